//! A store that costs next to nothing: it speaks as much of the S3 protocol as listing takes, and
//! answers from one text in which all objects stand ready, so that what is measured is who asks.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const BEFORE_KEY: &[u8] = b"<Contents><Key>";
const BEHIND_KEY: &[u8] = b"</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>\
    <ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>4096</Size>\
    <StorageClass>STANDARD</StorageClass></Contents>";
const PAGE: usize = 1000;
const METADATA: &str = "{}";

/// The objects of the bucket `data`, by key. Keys are of letters that XML and addresses take
/// as they are.
pub(crate) struct Objects {
    text: Vec<u8>,
    /// Where each object begins in the text, and how long its key is.
    places: Vec<(usize, usize)>,
}

impl Objects {
    /// Keys have to come ascending.
    pub(crate) fn new(keys: impl Iterator<Item = String>) -> Objects {
        let mut objects = Objects { text: Vec::new(), places: Vec::new() };
        for key in keys {
            objects.places.push((objects.text.len(), key.len()));
            objects.text.extend_from_slice(BEFORE_KEY);
            objects.text.extend_from_slice(key.as_bytes());
            objects.text.extend_from_slice(BEHIND_KEY);
        }
        let count = objects.places.len();
        assert!(
            (1..count).all(|at| objects.key(at - 1) < objects.key(at)),
            "keys have to come ascending"
        );
        objects
    }

    pub(crate) fn count(&self) -> usize {
        self.places.len()
    }

    fn key(&self, at: usize) -> &[u8] {
        let (start, length) = self.places[at];
        &self.text[start + BEFORE_KEY.len()..][..length]
    }

    /// The position of the first object for which `is_behind` holds, which it does from there on.
    fn first(&self, is_behind: impl Fn(&[u8]) -> bool) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            if is_behind(self.key(middle)) { high = middle } else { low = middle + 1 }
        }
        low
    }

    fn text(&self, from: usize, to: usize) -> &[u8] {
        let start = |at: usize| self.places.get(at).map_or(self.text.len(), |place| place.0);
        &self.text[start(from)..start(to)]
    }
}

/// Serves the objects on a free port for as long as the process lives. Each answer comes `latency`
/// later, and what is sent on a new connection is not looked at before `connecting` is over.
pub(crate) fn start(
    objects: Objects,
    latency: Duration,
    connecting: Duration,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((own_address(), 0))?;
    let address = listener.local_addr()?;
    let objects = Arc::new(objects);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let objects = Arc::clone(&objects);
            thread::spawn(move || {
                // Those who ask may go as they like.
                thread::sleep(connecting);
                let _ = serve(connection, &objects, latency);
            });
        }
    });
    Ok(address)
}

/// An address of this machine that others could ask it by, where it has one: to the loopback
/// address, connections are not opened ahead.
fn own_address() -> IpAddr {
    let loopback = IpAddr::from(Ipv4Addr::LOCALHOST);
    // Nothing is sent: the system only says from where it would be.
    let towards =
        |socket: UdpSocket| socket.connect(("198.51.100.1", 9)).and_then(|()| socket.local_addr());
    let address = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(towards);
    address.map_or(loopback, |address| address.ip())
}

fn serve(mut connection: TcpStream, objects: &Objects, latency: Duration) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut pending = Vec::new();
    loop {
        let Some(end) = pending.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            let mut room = [0; 8192];
            let count = connection.read(&mut room)?;
            if count == 0 {
                return Ok(());
            }
            pending.extend_from_slice(&room[..count]);
            continue;
        };
        let head = String::from_utf8_lossy(&pending[..end]).into_owned();
        pending.drain(..end + 4);
        thread::sleep(latency);
        answer(&mut connection, &head, objects)?;
    }
}

fn answer(connection: &mut TcpStream, head: &str, objects: &Objects) -> io::Result<()> {
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path.trim_end_matches('/') == "/data" && method == "GET" {
        let (before, objects, behind) = page(query, objects);
        let length = before.len() + objects.len() + behind.len();
        send(connection, "200 OK", "application/xml", length, &before)?;
        connection.write_all(objects)?;
        return connection.write_all(&behind);
    }
    let (status, body) = match path {
        "/data" | "/data/" => ("200 OK", ""),
        path if path.ends_with("/metadata.json") => ("200 OK", METADATA),
        _ => ("404 Not Found", "<Error><Code>NoSuchKey</Code></Error>"),
    };
    let body = if method == "HEAD" { "" } else { body };
    send(connection, status, "application/xml", body.len(), body.as_bytes())
}

fn send(
    connection: &mut TcpStream,
    status: &str,
    kind: &str,
    length: usize,
    body: &[u8],
) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nx-amz-bucket-region: us-east-1\r\n\r\n"
    );
    connection.write_all(&[head.as_bytes(), body].concat())
}

/// A page, as the text before the objects, the objects, and the text behind them.
fn page<'o>(query: &str, objects: &'o Objects) -> (Vec<u8>, &'o [u8], Vec<u8>) {
    let parameter = |name: &str| {
        let value = query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        value.map(decoded)
    };
    let prefix = parameter("prefix").unwrap_or_default();
    let mut at = match (parameter("continuation-token"), parameter("start-after")) {
        (Some(token), _) => String::from_utf8_lossy(&token).parse().unwrap_or_default(),
        (None, Some(after)) => objects.first(|key| *key > *after),
        (None, None) => 0,
    };
    at = at.max(objects.first(|key| *key >= *prefix));
    let end = objects.first(|key| *key >= *prefix && !key.starts_with(&prefix));
    let limit =
        parameter("max-keys").and_then(|limit| String::from_utf8_lossy(&limit).parse().ok());
    let limit = limit.unwrap_or(PAGE).min(PAGE);
    let (mut from, mut to, mut prefixes, mut count) = (at, at, Vec::new(), 0);
    if parameter("delimiter").is_some_and(|delimiter| delimiter == b"/") {
        // Objects right in a folder stand side by side in the trees here.
        while at < end && count < limit {
            let key = objects.key(at);
            count += 1;
            let Some(slash) = key[prefix.len()..].iter().position(|byte| *byte == b'/') else {
                from = if from == to { at } else { from };
                (at, to) = (at + 1, at + 1);
                continue;
            };
            let common = &key[..=prefix.len() + slash];
            prefixes.extend_from_slice(
                &[b"<CommonPrefixes><Prefix>", common, b"</Prefix></CommonPrefixes>"].concat(),
            );
            at = objects.first(|key| *key > *common && !key.starts_with(common));
        }
    } else {
        (from, to) = (at, end.min(at + limit));
        (at, count) = (to, to - from);
    }
    let token = if at < end {
        format!("<NextContinuationToken>{at}</NextContinuationToken>")
    } else {
        String::new()
    };
    let mut before = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Name>data</Name><Prefix>{}</Prefix>{token}<KeyCount>{count}</KeyCount><MaxKeys>{limit}</MaxKeys>\
         <IsTruncated>{}</IsTruncated>",
        String::from_utf8_lossy(&prefix),
        at < end,
    );
    if parameter("encoding-type").is_some() {
        before.push_str("<EncodingType>url</EncodingType>");
    }
    (before.into_bytes(), objects.text(from, to), [&prefixes[..], b"</ListBucketResult>"].concat())
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default()];
                u8::from_str_radix(&String::from_utf8_lossy(&digits), 16).unwrap_or_default()
            }
            byte => byte,
        });
    }
    decoded
}
