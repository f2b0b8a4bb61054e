//! HTTP, as far as the tests need it to fill stores and to download them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Client, Method};
use tokio::runtime::{Builder, Runtime};

use super::Outcome;

/// More uploads at once are not faster with any of the servers.
const UPLOADS: usize = 32;

/// How long a server may take to answer its first request.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request that changes a store.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: &'static [(&'static str, &'static str)],
    pub(super) body: Vec<u8>,
}

struct Parts {
    runtime: Runtime,
    client: Client,
}

fn parts() -> Outcome<&'static Parts> {
    static PARTS: OnceLock<Result<Parts, String>> = OnceLock::new();
    let made = PARTS.get_or_init(|| {
        // Another part of the process may have done so, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Azurite closes connections that rest for five seconds; one that is taken up again just
        // then is reset.
        let client = Client::builder()
            .pool_idle_timeout(Duration::from_secs(2))
            .build()
            .map_err(|error| error.to_string())?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Parts { runtime, client })
    });
    made.as_ref().map_err(|error| error.clone().into())
}

/// The body of what stands at an address.
pub(super) fn get(url: &str, headers: &[(&str, &str)]) -> Outcome<Vec<u8>> {
    let Parts { runtime, client } = parts()?;
    let request = headers
        .iter()
        .fold(client.get(url), |request, (name, value)| request.header(*name, *value));
    runtime
        .block_on(async { Ok(request.send().await?.error_for_status()?.bytes().await?.to_vec()) })
}

/// Sends requests, many at once. The first that is not answered with success is an error.
pub(super) fn send_all(requests: impl IntoIterator<Item = Request>) -> Outcome<()> {
    let Parts { runtime, client } = parts()?;
    let sent =
        stream::iter(requests).map(|request| send(client, request)).buffer_unordered(UPLOADS);
    runtime.block_on(sent.try_collect::<Vec<()>>())?;
    Ok(())
}

async fn send(client: &Client, request: Request) -> Outcome<()> {
    let Request { method, url, headers, body } = request;
    let request = headers
        .iter()
        .fold(client.request(method, &url), |request, (name, value)| request.header(*name, *value));
    // Said even where it is 0, which Azure wants to be told.
    let answer = request.header(CONTENT_LENGTH, body.len()).body(body).send().await?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    Err(format!("{status} for {url}: {}", answer.text().await.unwrap_or_default()).into())
}

/// Puts an object at a path that is sent as it stands. A URL would not do: `..` is a way up in it,
/// however it is encoded.
pub(super) fn put_as_is(endpoint: &str, path: &str, body: &[u8]) -> Outcome<()> {
    let host = endpoint.strip_prefix("http://").unwrap_or(endpoint);
    let mut stream = TcpStream::connect(host)?;
    let length = body.len();
    write!(
        stream,
        "PUT {path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(body)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    if answer.starts_with("HTTP/1.1 200") {
        Ok(())
    } else {
        Err(format!("PUT {path}: {answer}").into())
    }
}

/// Waits until a request succeeds; `is_alive` says early that it never will.
pub(super) fn wait_for(request: &Request, is_alive: impl Fn() -> bool) -> Outcome<()> {
    let begin = Instant::now();
    loop {
        match send_all([request.clone()]) {
            Ok(()) => return Ok(()),
            Err(error) if begin.elapsed() > PATIENCE || !is_alive() => return Err(error),
            Err(_) => std::thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Waits until nothing more is to be had from an address.
pub(super) fn wait_for_refusal(url: &str) -> Outcome<()> {
    let begin = Instant::now();
    while get(url, &[]).is_ok() {
        if begin.elapsed() > PATIENCE {
            return Err(format!("{url} is still answered").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
