//! Azurite.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use sha2::Sha256;

use super::client::{self, Request};
use super::process::{self, Server};
use super::s3::PATH;
use super::{Outcome, install};

/// The version of the protocol that signatures are made for.
const VERSION: &str = "2020-08-04";

/// A running Azurite, with one account.
#[derive(Debug)]
pub struct Azurite {
    endpoint: String,
    signature: String,
    #[expect(dead_code, reason = "the server runs as long as this is held")]
    server: Server,
}

impl Azurite {
    /// The account's name.
    pub const ACCOUNT: &'static str = "sensortreetests";
    /// The account's key; of no worth outside the test.
    pub const KEY: &'static str =
        "c2Vuc29ydHJlZS10ZXN0cy1vZi1henVyaXRlLWFuZC1ub3RoaW5nLWVsc2UtYXQtYWxsLW5vdC1zZWNyZXQhIQ==";
    /// A container that everyone may list and read.
    pub const OPEN: &'static str = "open";
    /// A container for those with a key or a signature.
    pub const CONTAINER: &'static str = "data";

    pub(super) fn start() -> Outcome<Azurite> {
        let mut program = install::azurite()?;
        program
            .environment
            .push(("AZURITE_ACCOUNTS", format!("{}:{}", Azurite::ACCOUNT, Azurite::KEY)));
        let signature = Azurite::signature("rwdlac", "2099-01-01T00:00:00Z")?;
        let (server, [port]) =
            process::start_with_ports("azurite", &program, arguments, |[port], server| {
                let account = format!("http://127.0.0.1:{port}/{}", Azurite::ACCOUNT);
                let create = |container: &str, headers| {
                    let url = format!("{account}/{container}?restype=container&{signature}");
                    client::wait_for(
                        &Request { method: Method::PUT, url, headers, body: Vec::new() },
                        || server.is_alive(),
                    )
                };
                create(Azurite::CONTAINER, &[])?;
                create(Azurite::OPEN, &[("x-ms-blob-public-access", "container")])
            })?;
        Ok(Azurite {
            endpoint: format!("http://127.0.0.1:{port}/{}", Azurite::ACCOUNT),
            signature,
            server,
        })
    }

    /// Where the account is: `http://127.0.0.1:PORT/ACCOUNT`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A shared access signature for the whole account: what it permits (to read, to list, …)
    /// and until when.
    ///
    /// # Errors
    ///
    /// None in truth: the account's key is in order.
    pub fn signature(permissions: &str, until: &str) -> Outcome<String> {
        let said =
            [Azurite::ACCOUNT, permissions, "b", "sco", "", until, "", "", VERSION, ""].join("\n");
        let mut mac = Hmac::<Sha256>::new_from_slice(&BASE64_STANDARD.decode(Azurite::KEY)?)?;
        mac.update(said.as_bytes());
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        Ok(format!(
            "sv={VERSION}&ss=b&srt=sco&sp={permissions}&se={}&sig={}",
            encode(until),
            encode(&signature)
        ))
    }

    /// Writes blobs, many at once.
    ///
    /// # Errors
    ///
    /// What the server says when it refuses one.
    pub fn put(
        &self,
        container: &str,
        blobs: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Outcome<()> {
        client::send_all(blobs.into_iter().map(|(name, body)| Request {
            method: Method::PUT,
            url: format!(
                "{}/{container}/{}?{}",
                self.endpoint,
                utf8_percent_encode(&name, PATH),
                self.signature
            ),
            headers: &[("x-ms-blob-type", "BlockBlob"), ("x-ms-version", VERSION)],
            body,
        }))
    }
}

fn arguments([port]: &[u16; 1]) -> Vec<String> {
    let port = port.to_string();
    let flags =
        ["--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry", "--silent"];
    ["--blobHost", "127.0.0.1", "--blobPort", &port]
        .into_iter()
        .chain(flags)
        .map(str::to_owned)
        .collect()
}
