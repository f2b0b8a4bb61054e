//! Web addresses of stores, as consoles and SDKs show them: `https://s3.REGION.amazonaws.com/…`,
//! `https://storage.googleapis.com/…`, `https://ACCOUNT.blob.core.windows.net/…`.
//!
//! Other than in `s3://` and its like, the path is percent-encoded here, and a `?` begins a query.

use sensortree_scan::SourceError;

use crate::url::{AZURE_CLOUDS, CloudUrl, Parts, Provider, azure_account, is_signed, of_signature};

/// Hosts of Google that take `/BUCKET/KEY`; the last is the one of links for a browser.
const GOOGLE: [&str; 3] =
    ["storage.googleapis.com", "commondatastorage.googleapis.com", "storage.cloud.google.com"];

/// Paths of Google's JSON interface, in which the bucket stands elsewhere.
const GOOGLE_INTERFACE: [&str; 3] = ["storage/v1/", "download/storage/v1/", "upload/storage/v1/"];

/// What a host says of the place.
enum Host<'a> {
    /// A host of AWS: the bucket where it stands in the host, and the region.
    S3 { bucket: Option<&'a str>, region: Option<&'a str> },
    /// A host of AWS that does not list a bucket, such as that of a website or an access point.
    OtherOfAws,
    /// A host of Google: the bucket where it stands in the host.
    Google { bucket: Option<&'a str> },
    /// A host of a storage account.
    Azure,
}

/// The place of a web address; `None` where its host is no store's that is known.
pub(crate) fn parse(text: &str) -> Option<Result<CloudUrl, SourceError>> {
    let (scheme, rest) = text.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let host = host.to_ascii_lowercase();
    let host = host.strip_suffix(":443").unwrap_or(&host);
    let found = known(host)?;
    if user.is_some() {
        return Some(Err(SourceError::new(
            "the address holds a user name or a key before the `@`",
        )
        .help("leave it out, and give the keys as docs/cloud.md says")));
    }
    Some(place(&found, host, rest))
}

fn place(found: &Host<'_>, host: &str, rest: &str) -> Result<CloudUrl, SourceError> {
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if path.len() < rest.len() {
        // Of a query nothing is repeated, whether or not it is known to hold a key.
        return Err(if is_signed(rest) {
            of_signature()
        } else {
            SourceError::new("what follows the `?` or `#` of a web address is not read")
                .help("write the address without it; in a key write `%3F` and `%23`")
        });
    }
    let path = decoded(path.strip_prefix('/').unwrap_or(path))?;
    let first = || path.split_once('/').unwrap_or((&path, ""));
    let (provider, scheme, (bucket, key), region) = match *found {
        Host::S3 { bucket, region } => {
            let place = bucket.map_or_else(first, |bucket| (bucket, path.as_str()));
            (Provider::S3, "s3", place, region)
        }
        Host::OtherOfAws => {
            return Err(SourceError::new(
                "this address of AWS is not the one under which a bucket is listed",
            )
            .help("write `s3://BUCKET/PREFIX`"));
        }
        Host::Google { bucket } => {
            let of_interface = GOOGLE_INTERFACE.iter().any(|begin| path.starts_with(begin));
            if bucket.is_none() && of_interface {
                return Err(SourceError::new("this is an address of Google's JSON interface")
                    .help("write `gs://BUCKET/PREFIX`"));
            }
            (Provider::Gcs, "gs", bucket.map_or_else(first, |bucket| (bucket, path.as_str())), None)
        }
        Host::Azure => (Provider::Azure, "abfss", first(), None),
    };
    let account = match provider {
        Provider::Azure => Some(azure_account(host)?),
        _ => None,
    };
    CloudUrl::of_parts(Parts { provider, scheme, bucket, account, region, path: key })
}

fn known(host: &str) -> Option<Host<'_>> {
    if GOOGLE.contains(&host) {
        return Some(Host::Google { bucket: None });
    }
    if let Some(bucket) = host.strip_suffix(".storage.googleapis.com") {
        return Some(Host::Google { bucket: Some(bucket) });
    }
    let of_azure = |kind: &str| {
        AZURE_CLOUDS
            .iter()
            .any(|cloud| host.strip_suffix(cloud).is_some_and(|account| account.ends_with(kind)))
    };
    if of_azure(".blob.") || of_azure(".dfs.") {
        return Some(Host::Azure);
    }
    let labels =
        host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))?;
    of_aws(labels)
}

/// What stands before `.amazonaws.com`: `[BUCKET.]s3[.dualstack][.REGION]`, or `s3-REGION` in old
/// addresses. `None` for services that are no S3.
fn of_aws(labels: &str) -> Option<Host<'_>> {
    let (front, last) = labels.rsplit_once('.').unwrap_or(("", labels));
    let bucket = Some(front).filter(|front| !front.is_empty());
    if last == "s3" {
        return Some(Host::S3 { bucket, region: None });
    }
    if let Some(region) = last.strip_prefix("s3-") {
        return Some(match is_region(region) {
            true => Host::S3 { bucket, region: Some(region) },
            false => Host::OtherOfAws,
        });
    }
    if !is_region(last) {
        return None;
    }
    let front = match front.strip_suffix("s3.dualstack") {
        Some(front) => Some(front),
        None => front.strip_suffix("s3"),
    };
    match front {
        Some("") => Some(Host::S3 { bucket: None, region: Some(last) }),
        Some(front) => front
            .strip_suffix('.')
            .map(|bucket| Host::S3 { bucket: Some(bucket), region: Some(last) }),
        None => labels.split('.').any(|label| label.starts_with("s3-")).then_some(Host::OtherOfAws),
    }
}

/// Whether a label is a region's name: `eu-west-1`, `us-gov-east-1`.
fn is_region(label: &str) -> bool {
    let (words, number) = label.rsplit_once('-').unwrap_or_default();
    !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words.contains('-')
        && words
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The path with each `%XX` as the byte that it stands for, once; `+` is a plus sign there.
fn decoded(path: &str) -> Result<String, SourceError> {
    let wrong = |what: &str| {
        SourceError::new(what.to_owned()).help("write `%25` for a `%` that is a part of a key")
    };
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = path.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte != b'%' {
            out.push(byte);
            at += 1;
            continue;
        }
        let (Some(high), Some(low)) = (digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) else {
            return Err(wrong("a `%` of the address is not followed by two hexadecimal digits"));
        };
        // Two digits of four bits each are a byte.
        out.push(u8::try_from(high * 16 + low).unwrap_or_default());
        at += 3;
    }
    String::from_utf8(out).map_err(|_| wrong("what the address encodes is no UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_that_of_the_stores_own_address() {
        let check = |text: &str, expected: &str, region: Option<&str>| {
            let url = parse(text).unwrap().unwrap();
            assert_eq!((url.to_string().as_str(), url.region()), (expected, region), "{text}");
            // Shown, it is an address that names the same place.
            let again: CloudUrl = url.to_string().parse().unwrap();
            assert_eq!((again.bucket(), again.key()), (url.bucket(), url.key()), "{text}");
        };
        let west = Some("eu-west-1");
        check("https://acme.s3.eu-west-1.amazonaws.com/a/b/", "s3://acme/a/b/", west);
        check("https://s3.eu-west-1.amazonaws.com/acme/a", "s3://acme/a", west);
        check("https://s3.eu-west-1.amazonaws.com/acme", "s3://acme/", west);
        check("https://a.b.c.s3.eu-west-1.amazonaws.com/", "s3://a.b.c/", west);
        check("https://foo.s3.s3.eu-west-1.amazonaws.com/x", "s3://foo.s3/x", west);
        check("https://acme.s3.dualstack.eu-west-1.amazonaws.com/x", "s3://acme/x", west);
        check("https://s3-eu-west-1.amazonaws.com/acme/x", "s3://acme/x", west);
        check("https://acme.s3-eu-west-1.amazonaws.com/x", "s3://acme/x", west);
        check("https://acme.s3.amazonaws.com/x", "s3://acme/x", None);
        check("HTTPS://S3.amazonaws.com:443/acme/X", "s3://acme/X", None);
        check("http://s3.amazonaws.com/acme/x", "s3://acme/x", None);
        check("https://acme.s3.cn-north-1.amazonaws.com.cn/x", "s3://acme/x", Some("cn-north-1"));
        check(
            "https://s3.us-gov-east-1.amazonaws.com/acme/x",
            "s3://acme/x",
            Some("us-gov-east-1"),
        );
        check("https://storage.googleapis.com/acme/a/b", "gs://acme/a/b", None);
        check("https://acme.storage.googleapis.com/a/b", "gs://acme/a/b", None);
        check("https://storage.cloud.google.com/acme/a", "gs://acme/a", None);
        check(
            "https://acme.blob.core.windows.net/drives/a/",
            "abfss://drives@acme.dfs.core.windows.net/a/",
            None,
        );
        check(
            "https://acme.dfs.core.chinacloudapi.cn/drives",
            "abfss://drives@acme.dfs.core.chinacloudapi.cn/",
            None,
        );
    }

    #[test]
    fn keys_are_decoded_once() {
        let check = |path: &str, key: &str| {
            let url = parse(&format!("https://storage.googleapis.com/acme/{path}"));
            assert_eq!(url.unwrap().unwrap().key(), key);
        };
        check("a%20b+c", "a b+c");
        check("a%2520b", "a%20b");
        check("a%2Fb//c", "a/b//c");
        check("%e4%BD%a0", "你");
        check("a%3Fb%23c", "a?b#c");
        check("ü d", "ü d");
    }

    #[test]
    fn mistakes_are_said_and_secrets_are_not() {
        let check = |text: &str, expected: &str| {
            let error = parse(text).unwrap().unwrap_err();
            let said = format!("{error} / {}", error.help.as_deref().unwrap_or_default());
            assert!(said.contains(expected), "{text}: {said}");
            assert!(!said.contains("hunter2"), "{text}: {said}");
        };
        let s3 = "https://acme.s3.amazonaws.com";
        check(&format!("{s3}/x?X-Amz-Signature=hunter2"), "a signature");
        check(&format!("{s3}/x?AWSAccessKeyId=A&Signature=hunter2&Expires=1"), "a signature");
        check(&format!("{s3}/x?versionId=hunter2"), "is not read");
        check(&format!("{s3}?prefix=x"), "is not read");
        check(&format!("{s3}/x#hunter2"), "is not read");
        check("https://acme.blob.core.windows.net/drives/x?sv=2024&sig=hunter2", "a signature");
        check("https://storage.googleapis.com/acme/x?X-Goog-Signature=hunter2", "a signature");
        check("https://me:hunter2@s3.amazonaws.com/acme/x", "before the `@`");
        check("https://s3.amazonaws.com/", "lacks the bucket's name");
        check("https://s3.amazonaws.com/Acme/x", "no capital letters");
        check("https://acme.blob.core.windows.net/", "lacks the container's name");
        check("https://a_b.blob.core.windows.net/drives/x", "no storage account");
        check(&format!("{s3}/100%"), "two hexadecimal digits");
        check(&format!("{s3}/%+1"), "two hexadecimal digits");
        check(&format!("{s3}/%ff"), "no UTF-8");
        check("https://acme.s3-accelerate.amazonaws.com/x", "write `s3://");
        check("https://acme.s3-website.eu-west-1.amazonaws.com/x", "write `s3://");
        check("https://ap-1.s3-accesspoint.eu-west-1.amazonaws.com/x", "write `s3://");
        check("https://storage.googleapis.com/storage/v1/b/acme/o", "JSON interface");
    }

    #[test]
    fn hosts_of_others_are_no_stores() {
        for text in [
            "https://host.example/drive",
            "https://s3.amazonaws.com.host.example/acme",
            "https://storage.googleapis.com.host.example/acme",
            "https://acme.blob.core.windows.net.host.example/drives",
            "https://s3.amazonaws.com:9000/acme",
            "https://ec2.eu-west-1.amazonaws.com/x",
            "https://xs3.eu-west-1.amazonaws.com/x",
            "https://evils3.dualstack.eu-west-1.amazonaws.com/x",
            "https://amazonaws.com/x",
            "ftp://s3.amazonaws.com/acme",
            "https://",
            "s3.amazonaws.com/acme",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(rest in "\\PC{0,40}") {
            for host in ["s3.amazonaws.com", "storage.googleapis.com", ""] {
                if let Some(Ok(url)) = parse(&format!("https://{host}{rest}")) {
                    proptest::prop_assert!(!url.bucket().is_empty());
                }
            }
        }
    }
}
