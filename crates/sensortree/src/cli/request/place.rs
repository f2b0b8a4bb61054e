//! Where the tree of a request is, and with which keys its store is asked.
//!
//! Two kinds of keys must never meet: those of the request are for the endpoint that stands
//! beside them and for nothing else, and those of the environment are never sent to an endpoint
//! that a request names.

use std::net::{Ipv4Addr, Ipv6Addr};

use sensortree_cloud::{CloudAccess, CloudUrl, EnvironmentAccess, ExplicitAccess, Secret};
use sensortree_core::document::request::Request;
use sensortree_scan::SourceError;

/// Schemes by which stores are named that follow the S3 protocol.
const S3_PROTOCOL: [&str; 7] = ["s3a", "s3n", "oss", "obs", "cos", "cosn", "minio"];

/// The place that a request names in its `resourceUrl`, which is `url`, and how it is asked.
/// `asked` is what the command line says of cloud stores; of the keys of the environment it is used
/// only where the request names no endpoint.
///
/// # Errors
/// When it is no place in a store.
pub fn place(
    request: &Request,
    url: &str,
    asked: &EnvironmentAccess,
) -> Result<(CloudUrl, CloudAccess), SourceError> {
    let named =
        request.storage().and_then(|storage| storage.endpoint.map(|endpoint| (storage, endpoint)));
    let Some((storage, endpoint)) = named else {
        return Ok((url.parse()?, CloudAccess::Environment(asked.clone())));
    };
    if is_link_local(endpoint) && asked.endpoint_url.as_deref() != Some(endpoint) {
        return Err(SourceError::new(
            "the request's endpoint is an address of this computer's own network segment, where machines of a cloud \
             have the service that gives out their keys",
        )
        .help("if it is meant, name the same endpoint with --endpoint-url"));
    }
    let url = of_s3_protocol(url).parse()?;
    let endpoint_url = Some(endpoint.to_owned());
    let keys = storage.keys.filter(|_| !asked.unsigned);
    let access = match keys {
        Some(keys) => CloudAccess::Explicit(ExplicitAccess {
            access_key: Secret::new(keys.access_key.trim().to_owned()),
            secret_key: Secret::new(keys.secrete_key.trim().to_owned()),
            endpoint_url,
            region: asked.region.clone(),
            addressing: asked.addressing,
        }),
        None => CloudAccess::Environment(EnvironmentAccess {
            endpoint_url,
            unsigned: true,
            ..asked.clone()
        }),
    };
    Ok((url, access))
}

/// Whether an endpoint's host is a link-local address in any of the spellings that systems take:
/// also as one number, in hex or octal, and as IPv6.
fn is_link_local(endpoint: &str) -> bool {
    let rest = endpoint.trim();
    let rest = rest.split_once("://").map_or(rest, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    if let Some(inside) = authority.strip_prefix('[') {
        let host = inside.split([']', '%']).next().unwrap_or_default();
        return host.parse::<Ipv6Addr>().is_ok_and(|address| {
            address.is_unicast_link_local()
                || [address.to_ipv4(), nat64(address)]
                    .into_iter()
                    .flatten()
                    .any(|address| address.is_link_local())
                // The metadata service of AWS.
                || address == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
        });
    }
    let host = authority.split(':').next().unwrap_or_default().trim_end_matches('.');
    let name = host.to_ascii_lowercase();
    let is_service =
        ["metadata", "metadata.google.internal", "instance-data"].contains(&name.as_str());
    is_service || ipv4(host).is_some_and(|address| address.is_link_local())
}

/// The address of IPv4 in one of IPv6 that is translated (`64:ff9b::/96`).
fn nat64(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        _ => None,
    }
}

/// An address as `inet_aton` takes it: one to four numbers, the last for all bytes that are left,
/// in decimal, hex or octal.
fn ipv4(host: &str) -> Option<Ipv4Addr> {
    let number = |text: &str| {
        let lower = text.to_ascii_lowercase();
        match lower.strip_prefix("0x") {
            Some("") => Some(0),
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None if lower.len() > 1 && lower.starts_with('0') => {
                u32::from_str_radix(&lower, 8).ok()
            }
            None => lower.parse().ok(),
        }
    };
    let numbers: Vec<u32> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|number| *number > 255) {
        return None;
    }
    let mut address = *last;
    for (number, shift) in first.iter().zip([24, 16, 8]) {
        address |= number << shift;
    }
    Some(Ipv4Addr::from(address))
}

/// The address with the one scheme by which the S3 protocol is asked for: an endpoint of one's own
/// speaks no other.
fn of_s3_protocol(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) if scheme == "gs" || S3_PROTOCOL.contains(&scheme) => {
            format!("s3://{rest}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(storage: &str) -> Request {
        let text =
            format!(r#"{{"resourceUrl": "gs://acme-drives/0423/", "externalStorage": {storage}}}"#);
        Request::parse("body.json", text.as_bytes())
    }

    fn asked() -> EnvironmentAccess {
        EnvironmentAccess {
            endpoint_url: Some("https://mine.example".to_owned()),
            ..EnvironmentAccess::default()
        }
    }

    #[test]
    fn a_link_local_endpoint_is_asked_only_where_the_user_names_it() {
        let check = |endpoint: &str, is_refused: bool| {
            let request = request(&format!(r#"{{"endpoint": "{endpoint}"}}"#));
            let url = "gs://acme-drives/0423/";
            assert_eq!(place(&request, url, &asked()).is_err(), is_refused, "{endpoint}");
            let meant = EnvironmentAccess {
                endpoint_url: Some(endpoint.to_owned()),
                ..EnvironmentAccess::default()
            };
            assert!(place(&request, url, &meant).is_ok(), "{endpoint}");
        };
        for refused in [
            "http://169.254.169.254",
            "169.254.169.254:80/latest",
            "http://2852039166/",
            "http://0xA9FEA9FE",
            "http://0xa9.0xfe.0xa9.0xfe",
            "http://0251.0376.0251.0376",
            "http://169.254.43518",
            "http://169.16689662",
            "http://169.254.169.254.",
            "http://[::ffff:169.254.169.254]:80/",
            "http://[::ffff:a9fe:a9fe]",
            "http://[64:ff9b::a9fe:a9fe]",
            "http://[fe80::1]",
            "http://[fd00:ec2::254]/",
            "http://metadata.google.internal",
        ] {
            check(refused, true);
        }
        for taken in [
            "https://theirs.example",
            "http://127.0.0.1:9000",
            "http://[::1]:9000",
            "http://10.0.0.1",
        ] {
            check(taken, false);
        }
    }

    #[test]
    fn keys_of_the_environment_meet_no_endpoint_of_a_request() {
        let access =
            |storage: &str| place(&request(storage), "gs://acme-drives/0423/", &asked()).unwrap();
        let (url, CloudAccess::Environment(environment)) =
            access(r#"{"endpoint": "https://theirs.example"}"#)
        else {
            panic!("there are no keys");
        };
        assert_eq!(url.to_string(), "s3://acme-drives/0423/");
        assert!(environment.unsigned);
        assert_eq!(environment.endpoint_url.as_deref(), Some("https://theirs.example"));

        let half = r#"{"endpoint": "https://theirs.example", "accessKey": "a"}"#;
        assert!(matches!(
            access(half).1,
            CloudAccess::Environment(EnvironmentAccess { unsigned: true, .. })
        ));
        let misspelt =
            r#"{"endpoint": "https://theirs.example", "accessKey": "a", "secretKey": "b"}"#;
        assert!(matches!(
            access(misspelt).1,
            CloudAccess::Environment(EnvironmentAccess { unsigned: true, .. })
        ));
    }

    #[test]
    fn keys_of_a_request_meet_its_endpoint_alone() {
        let whole = r#"{"endpoint": "https://theirs.example", "accessKey": "a", "secreteKey": "b", "vendorType": "OSS"}"#;
        let CloudAccess::Explicit(explicit) =
            place(&request(whole), "gs://acme-drives/0423/", &asked()).unwrap().1
        else {
            panic!("there are keys");
        };
        assert_eq!(explicit.endpoint_url.as_deref(), Some("https://theirs.example"));
        // Without an endpoint of their own they go nowhere.
        let stray = r#"{"accessKey": "a", "secreteKey": "b"}"#;
        let (url, access) = place(&request(stray), "gs://acme-drives/0423/", &asked()).unwrap();
        assert_eq!(url.to_string(), "gs://acme-drives/0423/");
        let CloudAccess::Environment(environment) = access else { panic!("no endpoint is named") };
        assert_eq!(environment.endpoint_url.as_deref(), Some("https://mine.example"));
    }

    #[test]
    fn what_is_no_place_in_a_store_is_an_error() {
        let check = |url: &str, expected: bool| {
            let storage = r#"{"endpoint": "https://theirs.example"}"#;
            assert_eq!(place(&request(storage), url, &asked()).is_ok(), expected, "{url}");
        };
        check("oss://acme-drives/0423/", true);
        check("cosn://acme-drives/0423/", true);
        check("/data/0423", false);
        check("https://theirs.example/acme-drives/0423/", false);
        check("file:///etc/", false);
        check("git:HEAD", false);
        check("gs://", false);
    }
}
