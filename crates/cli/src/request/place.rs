//! Where the tree of a request is, and with which keys its store is asked.
//!
//! Two kinds of keys must never meet: those of the request are for the endpoint that stands beside them and for nothing else, and
//! those of the environment are never sent to an endpoint that a request names.

use sensortree_core::request::Request;
use sensortree_scan::cloud::{
    CloudAccess, CloudError, CloudUrl, EnvironmentAccess, ExplicitAccess, Secret,
};

/// Schemes by which stores are named that follow the S3 protocol.
const S3_PROTOCOL: [&str; 7] = ["s3a", "s3n", "oss", "obs", "cos", "cosn", "minio"];

/// The place that a request names in its `resourceUrl`, which is `url`, and how it is asked. `asked` is what the command line
/// says of cloud stores; of the keys of the environment it is used only where the request names no endpoint.
///
/// # Errors
/// When it is no place in a store.
pub fn place(
    request: &Request,
    url: &str,
    asked: &EnvironmentAccess,
) -> Result<(CloudUrl, CloudAccess), CloudError> {
    let named =
        request.storage().and_then(|storage| storage.endpoint.map(|endpoint| (storage, endpoint)));
    let Some((storage, endpoint)) = named else {
        return Ok((url.parse()?, CloudAccess::Environment(asked.clone())));
    };
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

/// The address with the one scheme by which the S3 protocol is asked for: an endpoint of one's own speaks no other.
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
