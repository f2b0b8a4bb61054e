//! SeaweedFS and moto.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;

use super::client::{self, Request};
use super::process::{self, Server};
use super::{Outcome, install};

/// What stays as it is in the path of a URL.
pub(super) const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// An access key and its secret; of no worth outside the test.
#[derive(Clone, Copy, Debug)]
pub struct KeyPair {
    /// The access key's id.
    pub id: &'static str,
    /// The secret.
    pub secret: &'static str,
}

/// A running SeaweedFS. It enforces signatures, and normalises keys: no `//`, no `..`.
#[derive(Debug)]
pub struct SeaweedFs {
    endpoint: String,
    #[expect(dead_code, reason = "the server runs as long as this is held")]
    server: Server,
}

impl SeaweedFs {
    /// May do everything.
    pub const OWNER: KeyPair =
        KeyPair { id: "OWNERKEY4SENSORTREE1", secret: "owner-secret-of-the-sensortree-tests" };
    /// May list and read what starts with `open` in [`SeaweedFs::SIGNED`], and nothing else.
    pub const LIMITED: KeyPair =
        KeyPair { id: "LIMITEDKEY4SENSORTR1", secret: "limited-secret-of-the-sensortree-tests" };
    /// A bucket for those with a key.
    pub const SIGNED: &'static str = "signed";
    /// A bucket that everyone may list and read.
    pub const OPEN: &'static str = "open";
    /// A bucket that everyone may list and read, but for what [`SeaweedFs::deny_listing`] says.
    pub const GUARDED: &'static str = "guarded";

    /// Anyone may write, so that filling a bucket takes no signature.
    fn identities() -> String {
        let KeyPair { id: owner, secret: owner_secret } = SeaweedFs::OWNER;
        let KeyPair { id: limited, secret: limited_secret } = SeaweedFs::LIMITED;
        let [signed, open, guarded] = [SeaweedFs::SIGNED, SeaweedFs::OPEN, SeaweedFs::GUARDED];
        format!(
            r#"{{"identities": [
  {{"name": "owner", "credentials": [{{"accessKey": "{owner}", "secretKey": "{owner_secret}"}}],
    "actions": ["Admin", "Read", "List", "Write", "Tagging"]}},
  {{"name": "limited", "credentials": [{{"accessKey": "{limited}", "secretKey": "{limited_secret}"}}],
    "actions": ["List:{signed}/open*", "Read:{signed}/open*"]}},
  {{"name": "anonymous", "actions": ["Write", "List:{open}", "Read:{open}", "Admin:{guarded}"]}}
]}}"#
        )
    }

    pub(super) fn start() -> Outcome<SeaweedFs> {
        let mut program = install::seaweedfs()?;
        program.files.push(("identities.json", SeaweedFs::identities()));
        let (server, [s3, ..]) =
            process::start_with_ports("seaweedfs", &program, arguments, |ports, server| {
                let [s3, filer, ..] = *ports;
                for bucket in [SeaweedFs::SIGNED, SeaweedFs::OPEN, SeaweedFs::GUARDED] {
                    let url = format!("http://127.0.0.1:{filer}/buckets/{bucket}/");
                    client::wait_for(
                        &Request { method: Method::POST, url, headers: &[], body: Vec::new() },
                        || server.is_alive(),
                    )?;
                }
                client::wait_for(
                    &put(
                        &format!("http://127.0.0.1:{s3}"),
                        SeaweedFs::SIGNED,
                        "ready",
                        b"x".to_vec(),
                    ),
                    || server.is_alive(),
                )
            })?;
        Ok(SeaweedFs { endpoint: format!("http://127.0.0.1:{s3}"), server })
    }

    /// Where it is: `http://127.0.0.1:PORT`, path style, any region.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Writes objects, many at once.
    ///
    /// # Errors
    ///
    /// What the server says when it refuses one.
    pub fn put(
        &self,
        bucket: &str,
        objects: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Outcome<()> {
        client::send_all(
            objects.into_iter().map(|(key, body)| put(&self.endpoint, bucket, &key, body)),
        )
    }

    /// From now on nobody may list a prefix of [`SeaweedFs::GUARDED`] that starts so. Replaces what
    /// was denied before.
    ///
    /// # Errors
    ///
    /// What the server says when it refuses.
    pub fn deny_listing(&self, prefix: &str) -> Outcome<()> {
        let bucket = SeaweedFs::GUARDED;
        let policy = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket",
  "Resource": "arn:aws:s3:::{bucket}", "Condition": {{"StringLike": {{"s3:prefix": ["{prefix}*"]}}}}}}]}}"#
        );
        let url = format!("{}/{bucket}?policy", self.endpoint);
        client::send_all([Request {
            method: Method::PUT,
            url,
            headers: &[],
            body: policy.into_bytes(),
        }])?;
        // It is heeded a moment later.
        client::wait_for_refusal(&format!("{}/{bucket}?list-type=2&prefix={prefix}", self.endpoint))
    }
}

fn arguments(ports: &[u16; 10]) -> Vec<String> {
    let [s3, filer, master, volume, admin, s3_rpc, filer_rpc, master_rpc, volume_rpc, admin_rpc] =
        ports;
    [
        "mini -dir=. -ip=127.0.0.1 -ip.bind=127.0.0.1 -s3.config=identities.json".to_owned(),
        "-master.telemetry=false -webdav=false -admin.ui=false -s3.iam=false -s3.port.iceberg=0 -s3.port.lance=0"
            .to_owned(),
        format!("-s3.port={s3} -filer.port={filer} -master.port={master} -volume.port={volume} -admin.port={admin}"),
        format!("-s3.port.grpc={s3_rpc} -filer.port.grpc={filer_rpc} -master.port.grpc={master_rpc}"),
        format!("-volume.port.grpc={volume_rpc} -volume.port.public={volume} -admin.port.grpc={admin_rpc}"),
    ]
    .iter()
    .flat_map(|line| line.split(' '))
    .map(str::to_owned)
    .collect()
}

/// A running moto. It keeps keys as they are, and takes any key pair or none.
#[derive(Debug)]
pub struct Moto {
    endpoint: String,
    #[expect(dead_code, reason = "the server runs as long as this is held")]
    server: Server,
}

impl Moto {
    /// The bucket that is there.
    pub const BUCKET: &'static str = "odd";

    pub(super) fn start() -> Outcome<Moto> {
        let program = install::moto()?;
        let arguments = |[port]: &[u16; 1]| {
            ["-H", "127.0.0.1", "-p"]
                .map(str::to_owned)
                .into_iter()
                .chain([port.to_string()])
                .collect()
        };
        let (server, [port]) =
            process::start_with_ports("moto", &program, arguments, |[port], server| {
                let url = format!("http://127.0.0.1:{port}/{}", Moto::BUCKET);
                client::wait_for(
                    &Request { method: Method::PUT, url, headers: &[], body: Vec::new() },
                    || server.is_alive(),
                )
            })?;
        Ok(Moto { endpoint: format!("http://127.0.0.1:{port}"), server })
    }

    /// Where it is: `http://127.0.0.1:PORT`, path style.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A bucket that keeps each version of an object, and of one that is deleted a mark.
    ///
    /// # Errors
    ///
    /// What the server says when it refuses to make it.
    pub fn versioned(&self) -> Outcome<&'static str> {
        const VERSIONED: &str = "versioned";
        const ENABLED: &str =
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        let request = |query: &str, body: &str| Request {
            method: Method::PUT,
            url: format!("{}/{VERSIONED}{query}", self.endpoint),
            headers: &[],
            body: body.as_bytes().to_vec(),
        };
        client::send_all([request("", "")])?;
        client::send_all([request("?versioning", ENABLED)])?;
        Ok(VERSIONED)
    }

    /// Writes objects into a bucket, one after the other.
    ///
    /// # Errors
    ///
    /// What the server says when it refuses one.
    pub fn put(
        &self,
        bucket: &str,
        objects: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Outcome<()> {
        objects.into_iter().try_for_each(|(key, body)| {
            let path = format!("/{bucket}/{}", utf8_percent_encode(&key, PATH));
            client::put_as_is(&self.endpoint, &path, &body)
        })
    }
}

fn put(endpoint: &str, bucket: &str, key: &str, body: Vec<u8>) -> Request {
    let url = format!("{endpoint}/{bucket}/{}", utf8_percent_encode(key, PATH));
    Request { method: Method::PUT, url, headers: &[], body }
}
