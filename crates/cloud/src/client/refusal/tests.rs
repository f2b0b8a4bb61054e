use reqwest::header::{HeaderName, HeaderValue};

use super::*;

struct Answer {
    provider: Provider,
    keys: Keys,
    asked: Asked,
    status: u16,
    headers: Vec<(&'static str, String)>,
}

const S3: Answer = Answer {
    provider: Provider::S3,
    keys: Keys::Environment,
    asked: Asked::List,
    status: 403,
    headers: Vec::new(),
};

fn said(answer: &Answer, body: &str) -> String {
    let place = Place {
        provider: answer.provider,
        bucket: "drives".to_owned(),
        host: "store.example".to_owned(),
        address: "store.example".to_owned(),
        region: Some("eu-west-1".to_owned()),
        keys: answer.keys,
    };
    let mut headers = HeaderMap::new();
    for (name, value) in &answer.headers {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    let refusal =
        Refusal { place: &place, asked: answer.asked, status: answer.status, headers: &headers };
    match refusal.of_status(body.as_bytes()) {
        PageError::Throttled { after, said } => {
            format!("throttled {}: {said}", after.map_or(0, |after| after.as_secs()))
        }
        PageError::Transient { said } => format!("passing: {said}"),
        PageError::Denied { said } => format!("denied: {said}"),
        PageError::Fatal(SourceError { said, help, .. }) => {
            format!("fatal: {said} / {}", help.unwrap_or_default())
        }
    }
}

fn error(code: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>x</Message></Error>")
}

#[test]
fn codes_have_their_meaning() {
    let check = |status: u16, code: &str, expected: &str| {
        let said = said(&Answer { status, ..S3 }, &error(code));
        assert!(said.starts_with(expected), "{status} {code}: {said}");
    };
    check(
        403,
        "AccessDenied",
        "denied: no permission to list with these keys (it takes `s3:ListBucket`)",
    );
    check(403, "Unheard", "denied: ");
    check(
        404,
        "NoSuchBucket",
        "fatal: there is no bucket `drives` at store.example / check the spelling",
    );
    check(403, "InvalidAccessKeyId", "fatal: store.example does not know the keys");
    check(
        403,
        "SignatureDoesNotMatch",
        "fatal: store.example refuses the signature / the secret key does not belong",
    );
    check(400, "ExpiredToken", "fatal: the session token has expired");
    check(503, "SlowDown", "throttled 0: store.example asks for fewer requests (503)");
    check(429, "", "throttled 0");
    check(500, "InternalError", "passing: store.example answers InternalError (status 500)");
    check(502, "", "passing: store.example answers with status 502");
    check(400, "RequestTimeout", "passing");
    check(405, "MethodNotAllowed", "fatal: store.example does not know this kind of request");
    check(
        400,
        "InvalidBucketName",
        "fatal: store.example does not take the name of bucket `drives`",
    );
    check(400, "Odd", "fatal: store.example answers Odd (status 400): x");
    check(400, "<b>\n", "fatal: store.example answers with status 400");
    check(407, "", "fatal: the proxy on the way");
}

#[test]
fn each_store_has_its_own_words() {
    let check =
        |provider: Provider, keys: Keys, asked: Asked, status: u16, code: &str, expected: &str| {
            let said =
                said(&Answer { provider, keys, asked, status, headers: Vec::new() }, &error(code));
            assert!(said.contains(expected), "{said}");
        };
    use Asked::{List, Read};
    use Keys::{Environment, None, Request};
    check(Provider::Gcs, Environment, List, 403, "AccessDenied", "`storage.objects.list`");
    check(
        Provider::Gcs,
        Environment,
        Read,
        403,
        "AccessDenied",
        "read with these keys (it takes `storage.objects.get`)",
    );
    check(Provider::Gcs, Environment, List, 401, "", "does not know the keys");
    check(
        Provider::Gcs,
        None,
        List,
        401,
        "AuthenticationRequired",
        "lists bucket `drives` with keys only / leave out `--no-sign-request`",
    );
    check(
        Provider::Azure,
        Environment,
        List,
        403,
        "AuthorizationPermissionMismatch",
        "`Storage Blob Data Reader`",
    );
    check(
        Provider::Azure,
        Environment,
        List,
        403,
        "AuthenticationFailed",
        "the account key or the SAS token",
    );
    check(Provider::Azure, Environment, List, 404, "ContainerNotFound", "no container `drives`");
    check(Provider::Azure, Environment, List, 503, "ServerBusy", "throttled");
    check(Provider::S3, Request, List, 403, "InvalidAccessKeyId", "check `accessKey`");
    check(
        Provider::S3,
        Request,
        List,
        403,
        "SignatureDoesNotMatch",
        "`secreteKey` does not belong",
    );
}

#[test]
fn azure_says_the_reason_in_a_header_too() {
    let answer = Answer {
        provider: Provider::Azure,
        asked: Asked::Read,
        headers: vec![("x-ms-error-code", "AuthorizationPermissionMismatch".to_owned())],
        ..S3
    };
    assert!(said(&answer, "").starts_with("denied: no permission to read"));
}

#[test]
fn the_region_is_named_where_it_is_wrong() {
    let check = |status: u16, header: Option<&str>, body: &str, expected: &str| {
        let headers =
            header.map(|region| ("x-amz-bucket-region", region.to_owned())).into_iter().collect();
        let said = said(&Answer { status, headers, ..S3 }, body);
        assert!(said.contains(expected), "{status} {header:?} {body}: {said}");
    };
    const MOVED: &str =
        "is in the region `eu-north-1`, not in `eu-west-1` / name it: `--region eu-north-1`";
    check(301, Some("eu-north-1"), "", MOVED);
    check(301, Some("eu-north-1"), &error("PermanentRedirect"), MOVED);
    check(
        400,
        None,
        "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-north-1</Region></Error>",
        MOVED,
    );
    // The store names the region with every answer.
    check(403, Some("eu-west-1"), &error("AccessDenied"), "denied");
    check(403, Some("eu-north-1"), &error("AccessDenied"), "denied");
    check(301, Some("eu-west-1"), "", "says that the bucket is elsewhere, and not where");
    check(301, Some("`rm`"), "", "says that the bucket is elsewhere, and not where");
}

#[test]
fn the_store_says_when_to_come_again() {
    let check = |value: &str, expected: &str| {
        let answer = Answer { status: 503, headers: vec![("retry-after", value.to_owned())], ..S3 };
        let said = said(&answer, "");
        assert!(said.starts_with(expected), "{value}: {said}");
    };
    check("7", "throttled 7:");
    check(" 7 ", "throttled 7:");
    check("999999999999", "throttled 3600:");
    check("soon", "throttled 0:");
    check("-1", "throttled 0:");
    check("Sun, 06 Nov 1994 08:49:37 GMT", "throttled 0:");
    check("Fri, 06 Nov 2099 08:49:37 GMT", "throttled 3600:");
}

#[test]
fn a_wrong_clock_is_said_with_how_wrong_it_is() {
    let at = |minutes: i64| Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
    let date = |minutes: i64| {
        rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at(minutes)).unwrap()
    };
    let check =
        |provider: Provider, headers: Vec<(&'static str, String)>, body: &str, expected: &str| {
            let said = said(&Answer { provider, headers, ..S3 }, body);
            assert!(said.starts_with(expected), "{said}");
        };
    let skewed = |time: String| {
        format!(
            "<Error><Code>RequestTimeTooSkewed</Code><RequestTime>x</RequestTime><ServerTime>{time}</ServerTime></Error>"
        )
    };
    check(
        Provider::S3,
        vec![],
        &skewed(at(125).to_string()),
        "fatal: this computer's clock is 2 h behind store.example's",
    );
    check(
        Provider::S3,
        vec![("date", date(-18))],
        &error("RequestTimeTooSkewed"),
        "fatal: this computer's clock is 18 min ahead of",
    );
    check(
        Provider::S3,
        vec![],
        &error("RequestTimeTooSkewed"),
        "fatal: this computer's clock is not store.example's",
    );
    check(
        Provider::Azure,
        vec![("date", date(-18))],
        &error("AuthenticationFailed"),
        "fatal: this computer's clock is 18 min ahead",
    );
    check(
        Provider::Azure,
        vec![("date", date(0))],
        &error("AuthenticationFailed"),
        "fatal: store.example refuses the signature",
    );
}

#[test]
fn what_a_store_says_is_cut_short() {
    assert_eq!(brief(" a\n\t b "), "a b");
    assert_eq!(brief(&"ü".repeat(500)).chars().count(), 201);
}
