use super::*;
use proptest::prelude::*;

fn redacted(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    redact(&mut bytes);
    assert_eq!(bytes.len(), text.len());
    String::from_utf8(bytes).unwrap()
}

#[test]
fn what_is_known_to_be_no_secret_stays() {
    let check = |text: &str, expected: &str| assert_eq!(redacted(text), expected);
    check(r#"{"name": "drive", "dataType": 3}"#, r#"{"name": "drive", "dataType": 3}"#);
    check(
        r#"{"accessKey": "AKIA12", "secreteKey": "a\"b\\"}"#,
        r#"{"accessKey": "******", "secreteKey": "******"}"#,
    );
    check(
        r#"{"secretKey": "abc", "Secret_Key": "abc"}"#,
        r#"{"secretKey": "***", "Secret_Key": "***"}"#,
    );
    check(r#"{"note": "abc", "count": 7}"#, r#"{"note": "***", "count": 7}"#);
    check(
        r#"{"token": 123, "password": [true, {"name": "abc"}]}"#,
        r#"{"token": 111, "password": [true, {"name": "***"}]}"#,
    );
    for blank in [
        r#"{"accessKey": "  "}"#,
        "{\"accessKey\": \"\u{3000}\"}",
        r#"{"accessKey": "\u200b\n"}"#,
        r#"{"accessKey": ""}"#,
    ] {
        check(blank, blank);
    }
    check("{\"note\": \"\u{e9}\u{20ac}\u{1f697}\"}", "{\"note\": \"\u{d7}\u{2731}\u{1f512}\"}");
    check(
        r#"{"accessKey": "\u0041\q\u12\n"}"#,
        r#"{"accessKey": "******\*\*12**"}"#.replace("12", "**").as_str(),
    );
}

#[test]
fn an_address_keeps_all_but_its_secrets() {
    let check = |value: &str, expected: &str| {
        let text = |value: &str| format!(r#"{{"resourceUrl": "{value}"}}"#);
        assert_eq!(redacted(&text(value)), text(expected));
    };
    check("gs://bucket/drives/0423/", "gs://bucket/drives/0423/");
    check("gs:\\/\\/bucket\\/a@b/", "gs:\\/\\/bucket\\/*@b/");
    check("http://host:9000/a/", "http://host:9000/a/");
    check("http://host:9000/a@b/", "http://***********@b/");
    check("s3n://AKIA:se/cret@bucket/a", "s3n://************@bucket/a");
    check("https://user:pass@host/a", "https://*********@host/a");
    check("user:pa/ss@host/a", "**********@host/a");
    check("https://h/a?X-Amz-Signature=abc%3D&b=c#d", "https://h/a?X-Amz-Signature=******&b=*#*");
    check("https://h/a\\u003fsig=abc", "https://h/a\\u003fsig=***");
    assert_eq!(redacted(r#"{"name": "what? = a@b"}"#), r#"{"name": "what? = a@b"}"#);
    assert_eq!(redacted(r#"{"name": "s3://u:p@h"}"#), r#"{"name": "s3://***@h"}"#);
}

#[test]
fn a_broken_text_gives_nothing_away() {
    const SECRET: &str = "wJalrXUtnFEMI";
    for text in [
        "{\"secreteKey\": \"wJalrXUtnFEMI",
        "{\"secreteKey: \"wJalrXUtnFEMI\", \"endpoint\": \"x\"}",
        "{\"accessKey\": AKIA\", \"secreteKey\": \"wJalrXUtnFEMI\"}",
        "{secreteKey: wJalrXUtnFEMI}",
        "{'secreteKey': 'wJalrXUtnFEMI'}",
        "{\"secreteKey\" \"wJalrXUtnFEMI\"}",
        "{\"secreteKey\" = \"wJalrXUtnFEMI\"}",
        "{\"secreteKey\": \"x\" \"wJalrXUtnFEMI\"}",
        "{\"name\": \"x\"} // secreteKey wJalrXUtnFEMI",
        "{/* \"name\": \"wJalrXUtnFEMI\" */}",
        "{\"name\": \"x\"} {\"secreteKey\": \"wJalrXUtnFEMI\"}",
        "[default]\naws_secret_access_key = wJalrXUtnFEMI\n",
        "secreteKey: wJalrXUtnFEMI\n",
        "wJalrXUtnFEMI",
        "wJalrXUtnFEMI: x",
        "\"wJalrXUtnFEMI\"",
        "{\"secreteKey\": {\"name\": \"wJalrXUtnFEMI\"}}",
        "{\"secreteKey\": [[\"wJalrXUtnFEMI\"]]}",
        "{\"externalStorage\": \"wJalrXUtnFEMI\"}",
        "{\"s\\u0065creteKey\": \"wJalrXUtnFEMI\"}",
        "{\"secreteKey\":\n\"wJalrXUtnFEMI\"}",
        "{\"name\":,\"wJalrXUtnFEMI\"}",
        "curl -F accessKey=wJalrXUtnFEMI",
        "export SECRET=wJalrXUtnFEMI",
        "# wJalrXUtnFEMI",
    ] {
        assert!(text.contains(SECRET));
        let shown = redacted(text);
        assert!(!shown.contains("Jalr"), "{text}\n{shown}");
    }
}

#[test]
fn what_is_not_utf8_stays_so() {
    let mut bytes = b"{\"accessKey\": \"a\xc3\xffb\"}".to_vec();
    redact(&mut bytes);
    assert_eq!(bytes, b"{\"accessKey\": \"*\xff\xff*\"}");
}

proptest! {
    #[test]
    fn anything_is_redacted(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut text = bytes.clone();
        redact(&mut text);
        prop_assert_eq!(text.len(), bytes.len());
        prop_assert_eq!(std::str::from_utf8(&text).is_ok(), std::str::from_utf8(&bytes).is_ok());
    }

    /// Strict JSON takes afterwards what it took before, and nothing else.
    #[test]
    fn validity_stays(key in "name|secreteKey|note|resourceUrl", value in any::<String>(), cut in 0_usize..200) {
        let text = format!("{{\"{key}\": [{}, 1]}}", serde_json::to_string(&value).unwrap());
        let redacted = redacted(&text);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&redacted).is_ok(), "{redacted}");
        let mut broken = text.into_bytes();
        broken.truncate(cut);
        redact(&mut broken);
        prop_assert!(cut >= redacted.len() || serde_json::from_slice::<serde_json::Value>(&broken).is_err());
    }
}
