//! What the server is sent.

use std::borrow::Cow;
use std::io::{self, Read};
use std::net::TcpStream;

use super::script::Operation;

/// A request as it was sent.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The method, as `GET`.
    pub method: String,
    /// Path and query, as they stood in the request.
    pub target: String,
    /// The headers in their order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; this server is sent none by who only lists and reads.
    pub body: Vec<u8>,
}

impl Recorded {
    /// A header's value, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, decoded.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'_, str>> {
        let query = self.target.split_once('?')?.1;
        form_urlencoded::parse(query.as_bytes())
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// Whether a text stands anywhere in the request, encoded or not.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let decoded = percent_encoding::percent_decode_str(&self.target).decode_utf8_lossy();
        self.target.contains(text)
            || decoded.contains(text)
            || self.headers.iter().any(|(_, value)| value.contains(text))
            || String::from_utf8_lossy(&self.body).contains(text)
    }

    /// Bucket and key of the path, decoded; the key is empty for the bucket itself.
    pub(crate) fn bucket_and_key(&self) -> (String, Vec<u8>) {
        let path = self.target.split('?').next().unwrap_or_default();
        let path = path.strip_prefix('/').unwrap_or(path);
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let decode = |text: &str| percent_encoding::percent_decode_str(text).collect::<Vec<u8>>();
        (String::from_utf8_lossy(&decode(bucket)).into_owned(), decode(key))
    }

    pub(crate) fn operation(&self) -> Operation {
        let (_, key) = self.bucket_and_key();
        match (self.method.as_str(), key.is_empty()) {
            ("GET", true) if self.parameter("location").is_none() => Operation::List,
            ("GET", false) => Operation::Get,
            ("HEAD", true) => Operation::HeadBucket,
            ("HEAD", false) => Operation::HeadObject,
            _ => Operation::Other,
        }
    }

    /// The prefix that is listed, or the key that is read.
    pub(crate) fn subject(&self) -> Vec<u8> {
        match self.operation() {
            Operation::List => {
                self.parameter("prefix").unwrap_or_default().into_owned().into_bytes()
            }
            _ => self.bucket_and_key().1,
        }
    }
}

/// More than any client sends before a body.
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 64;

/// The next request of a connection. `None`: the client closed it.
///
/// # Errors
///
/// What the connection says, or that it does not speak HTTP.
pub(crate) fn read(stream: &mut TcpStream, pending: &mut Vec<u8>) -> io::Result<Option<Recorded>> {
    let mut room = [0; 16 * 1024];
    loop {
        if let Some((head, request)) = parse(pending)? {
            pending.drain(..head);
            return with_body(request, stream, pending).map(Some);
        }
        if pending.len() > MAX_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
        match stream.read(&mut room)? {
            0 => return Ok(None),
            count => pending.extend_from_slice(room.get(..count).unwrap_or_default()),
        }
    }
}

/// The request's head and its length, once all of it has come.
fn parse(bytes: &[u8]) -> io::Result<Option<(usize, Recorded)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let status =
        request.parse(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let httparse::Status::Complete(length) = status else {
        return Ok(None);
    };
    let headers = request
        .headers
        .iter()
        .map(|header| {
            (header.name.to_ascii_lowercase(), String::from_utf8_lossy(header.value).into_owned())
        })
        .collect();
    let recorded = Recorded {
        method: request.method.unwrap_or_default().to_owned(),
        target: request.path.unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
    };
    Ok(Some((length, recorded)))
}

fn with_body(
    mut request: Recorded,
    stream: &mut TcpStream,
    pending: &mut Vec<u8>,
) -> io::Result<Recorded> {
    let length =
        request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let at_hand = pending.len().min(length);
    request.body = pending.drain(..at_hand).collect();
    let missing = u64::try_from(length - at_hand).unwrap_or(u64::MAX);
    stream.take(missing).read_to_end(&mut request.body)?;
    Ok(request)
}
