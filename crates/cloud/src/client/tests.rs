//! The client against a server that answers what it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use super::*;
use crate::access::{Addressing, EnvironmentAccess, ExplicitAccess, Secret};
use crate::bucket::{Bucket, BucketError, Head, Precondition};

/// A server that gives each connection the next of its answers, and keeps what it was asked.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let kept = Arc::clone(&asked);
        std::thread::spawn(move || {
            for answer in answers {
                let Ok((stream, _)) = listener.accept() else { return };
                let mut reader = BufReader::with_capacity(1 << 16, stream);
                let mut head = Vec::new();
                // What is no HTTP comes in one piece, without such a line.
                while !head.ends_with(b"\r\n\r\n") && (head.is_empty() || head.is_ascii()) {
                    let piece = reader.fill_buf().unwrap().to_vec();
                    reader.consume(piece.len());
                    head.extend(piece);
                }
                kept.lock().unwrap().push(String::from_utf8_lossy(&head).into_owned());
                let mut stream = reader.into_inner();
                let _ = stream.write_all(answer.as_bytes());
                let _ = stream.shutdown(std::net::Shutdown::Write);
                // A reset before the other side has read all would lose the answer.
                let _ = stream.take(1).read(&mut [0]);
            }
        });
        Server { address, asked }
    }

    fn asked(&self) -> String {
        self.asked.lock().unwrap().concat()
    }
}

fn answer(status: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
}

fn unsigned(address: &str) -> CloudAccess {
    CloudAccess::Environment(EnvironmentAccess {
        endpoint_url: Some(address.to_owned()),
        region: Some("eu-west-1".to_owned()),
        unsigned: true,
        addressing: None,
    })
}

fn explicit(address: &str) -> CloudAccess {
    CloudAccess::Explicit(ExplicitAccess {
        access_key: Secret::new("AKIDEXAMPLE".to_owned()),
        secret_key: Secret::new("hunter2".to_owned()),
        endpoint_url: Some(address.to_owned()),
        region: Some("eu-west-1".to_owned()),
        addressing: None,
    })
}

fn client(access: &CloudAccess) -> Client {
    Client::new(&"s3://drives/data".parse().unwrap(), access).unwrap()
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

const REQUEST: PageRequest<'_> = PageRequest {
    prefix: "data/a b+%ü/",
    delimited: true,
    after: Some("data/a b+%ü/x"),
    token: Some("1=&"),
    limit: Some(7),
};

fn page(answers: &[String]) -> (Result<Page, PageError>, String) {
    let server = Server::start(answers.to_vec());
    let page = run(client(&explicit(&server.address)).page(&REQUEST));
    (page, server.asked())
}

const LISTING: &str =
    "<ListBucketResult><Contents><Key>data//../x</Key><Size>3</Size></Contents></ListBucketResult>";

#[test]
fn a_page_is_asked_for_as_the_protocol_has_it() {
    let (page, asked) = page(&[answer("200 OK", &[], LISTING)]);
    let page = page.unwrap();
    assert_eq!(page.objects.get(0).unwrap().key, b"data//../x");
    assert_eq!((page.objects.len(), page.next), (1, None));
    let line = asked.lines().next().unwrap();
    for part in [
        "GET /drives?",
        "list-type=2",
        "delimiter=%2F",
        "prefix=data%2Fa+b%2B%25%C3%BC%2F",
        "start-after=data%2Fa+b%2B%25%C3%BC%2Fx",
        "continuation-token=1%3D%26",
        "max-keys=7",
    ] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn a_public_bucket_is_asked_without_keys() {
    let server = Server::start(vec![answer("403 Forbidden", &[], "")]);
    let said = format!("{:?}", run(client(&unsigned(&server.address)).page(&REQUEST)));
    assert!(said.contains("no permission to list without keys"), "{said}");
    assert!(!server.asked().to_lowercase().contains("authorization"));
}

#[test]
fn handed_over_keys_sign_and_stay_hidden() {
    let server = Server::start(vec![answer("200 OK", &[], LISTING)]);
    let client = client(&explicit(&server.address));
    run(client.page(&REQUEST)).unwrap();
    let asked = server.asked().to_lowercase();
    assert!(asked.contains("authorization: aws4-hmac-sha256 credential=akidexample/"), "{asked}");
    assert!(asked.contains("/eu-west-1/s3/aws4_request"), "{asked}");
    assert!(!asked.contains("hunter2"));
    let shown = format!("{client:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("AKID"), "{shown}");
}

#[test]
fn refusals_say_what_to_do() {
    let check = |answers: &[String], expected: &str| {
        let said = format!("{:?}", page(answers).0);
        assert!(said.contains(expected), "{said}");
    };
    let error = |status: &str, code: &str| {
        answer(status, &[], &format!("<Error><Code>{code}</Code></Error>"))
    };
    check(&[error("404 Not Found", "NoSuchBucket")], "there is no bucket `drives` at 127.0.0.1:");
    check(
        &[error("403 Forbidden", "AccessDenied")],
        "Denied { said: \"no permission to list with these keys (it takes `s3:ListBucket`)",
    );
    check(&[error("503 Slow Down", "SlowDown")], "Throttled { after: None");
    check(&[answer("503 Slow Down", &["Retry-After: 7"], "")], "Throttled { after: Some(7s)");
    check(&[error("200 OK", "SlowDown")], "Throttled");
    check(&[error("200 OK", "InternalError")], "Transient");
    check(&[answer("502 Bad Gateway", &[], "<html>oops")], "Transient");
    check(&[answer("200 OK", &[], "<html>sign in")], "a page of HTML");
    check(&[answer("403 Forbidden", &[], "<html>blocked")], "a page of HTML");
    check(
        &[answer("200 OK", &["x: y"], &LISTING[..50])],
        "Transient { said: \"an answer of 127.0.0.1:",
    );
    check(
        &["HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<ListBucketResult>".to_owned()],
        "Transient",
    );
    let moved = answer("301 Moved", &["x-amz-bucket-region: eu-north-1"], "");
    check(
        &[moved],
        "is in the region `eu-north-1`, not in `eu-west-1`\", help: Some(\"name it: `--region eu-north-1`",
    );
    check(&["SSH-2.0-OpenSSH\r\n".to_owned()], "does not answer in HTTP");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Server::start(vec![answer("200 OK", &[], LISTING)]);
    let location = format!(
        "Location: {}/drives?key=hunter2",
        elsewhere.address.replace("//", "//me:hunter2@")
    );
    let server = Server::start(vec![answer("307 Temporary Redirect", &[&location], "")]);
    let said = format!("{:?}", run(client(&explicit(&server.address)).page(&REQUEST)));
    assert!(
        said.contains("which is not followed with keys") && !said.contains("hunter2"),
        "{said}"
    );
    assert_eq!(elsewhere.asked(), "");
}

#[test]
fn a_store_that_never_answered_is_named_wrongly() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let check = |address: &str, expected: &str| {
        let said = format!("{:?}", run(client(&explicit(address)).page(&REQUEST)));
        assert!(said.contains(expected), "{said}");
    };
    check(&address, "refuses connections");
    // A proxy would look the name up, and say what it likes.
    if ["http_proxy", "HTTP_PROXY"].into_iter().all(|name| std::env::var_os(name).is_none()) {
        check("http://store.invalid", "there is no host `store.invalid`");
        let CloudAccess::Explicit(access) = explicit("http://store.invalid") else {
            unreachable!()
        };
        let inside = CloudAccess::Explicit(ExplicitAccess {
            addressing: Some(Addressing::VirtualHost),
            ..access
        });
        let said = format!("{:?}", run(client(&inside).page(&REQUEST)));
        assert!(said.contains("there is no host `drives.store.invalid`"), "{said}");
    }
    let plain = Server::start(vec!["HTTP/1.1 400 Bad Request\r\n\r\n".to_owned()]);
    check(&plain.address.replace("http:", "https:"), "does not answer in TLS");
}

#[test]
fn objects_are_read_whole_and_in_parts() {
    let read = |answer: String, range: Option<Range<u64>>| {
        let server = Server::start(vec![answer]);
        let client = client(&explicit(&server.address));
        let object = match range {
            Some(range) => run(client.read_range("data/a b%ü.zip", range)),
            None => run(client.get("data/a b%ü.zip", 4)),
        };
        (object, server.asked())
    };
    let object = |bytes: &str, size: u64, cut: bool| Object {
        bytes: bytes.into(),
        size: Some(size),
        cut,
        version: None,
    };
    let (whole, asked) = read(answer("200 OK", &[], "abc"), None);
    assert_eq!(whole.unwrap(), Some(object("abc", 3, false)));
    assert!(asked.starts_with("GET /drives/data/a%20b%25%C3%BC.zip HTTP/1.1\r\n"), "{asked}");
    assert_eq!(
        read(answer("200 OK", &[], "abcdef"), None).0.unwrap(),
        Some(object("abcd", 6, true))
    );
    assert_eq!(read(answer("404 Not Found", &[], ""), None).0.unwrap(), None);
    assert!(
        read(answer("404 Not Found", &[], "<Error><Code>NoSuchBucket</Code></Error>"), None)
            .0
            .is_err()
    );

    let (part, asked) =
        read(answer("206 Partial Content", &["Content-Range: bytes 2-4/9"], "cde"), Some(2..5));
    assert_eq!(part.unwrap(), Some(object("cde", 9, false)));
    assert!(asked.to_lowercase().contains("range: bytes=2-4"), "{asked}");
    let (tagged, _) = read(
        answer("206 Partial Content", &["Content-Range: bytes 2-4/9", "ETag: \"v1\""], "cde"),
        Some(2..5),
    );
    assert_eq!(tagged.unwrap().unwrap().version.as_deref(), Some("\"v1\""));
    let (behind, _) = read(
        answer("416 Range Not Satisfiable", &["Content-Range: bytes */2"], "<Error/>"),
        Some(2..5),
    );
    assert_eq!(behind.unwrap(), Some(object("", 2, false)), "it is shorter than was thought");
    let refused = |answer| format!("{:?}", read(answer, Some(2..5)).0);
    assert!(refused(answer("200 OK", &[], "abcdefghi")).contains("cannot be asked for a part"));
    assert!(
        refused(answer("206 Partial Content", &["Content-Range: bytes 0-2/9"], "abc"))
            .contains("another part")
    );
}

#[test]
fn the_size_of_an_object_is_asked_without_the_object() {
    let server = Server::start(vec!["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_owned()]);
    assert_eq!(run(client(&explicit(&server.address)).head("data/a.zip")).unwrap(), Some(9));
    assert!(server.asked().starts_with("HEAD "));
}

#[test]
fn keys_that_cannot_be_asked_for_are_not_asked_for() {
    let server = Server::start(vec![answer("200 OK", &[], "abc")]);
    let client = client(&explicit(&server.address));
    for key in ["data//a", "data/../a", "./a", "/a", "a/", ""] {
        let error = format!("{:?}", run(client.get(key, 9)));
        assert!(
            error.contains("Denied") && error.contains("cannot be asked for"),
            "{key}: {error}"
        );
    }
    assert_eq!(server.asked(), "");
}

fn bucket(url: &str, access: &CloudAccess) -> Bucket {
    Bucket::new(&url.parse().unwrap(), access).unwrap()
}

#[test]
fn google_copies_to_a_key_that_is_free_and_tells_a_checksum() {
    let headers = [
        "ETag: \"e1\"",
        "Last-Modified: Sat, 15 Apr 2023 12:14:20 GMT",
        "x-goog-generation: 17",
        "x-goog-hash: crc32c=AAAAAA==",
        "x-goog-hash: md5=1B2M2Y8AsgTpgAmY7PhCfg==",
    ];
    let server = Server::start(vec![
        answer("200 OK", &[], ""),
        answer("412 Precondition Failed", &[], ""),
        answer("200 OK", &headers, "abc").replace("\r\n\r\nabc", "\r\n\r\n"),
        answer("412 Precondition Failed", &[], ""),
    ]);
    let access = unsigned(&server.address);
    run(async {
        let bucket = bucket("gs://drives/data", &access);
        assert!(bucket.copies_atomically());
        bucket.copy("data/a b", "data/c").await.unwrap();
        assert_eq!(bucket.copy("data/a b", "data/c").await, Err(BucketError::Precondition));
        let head = bucket.head("data/c").await.unwrap().unwrap();
        let expected = Head {
            size: 3,
            etag: Some("\"e1\"".to_owned()),
            version: Some("17".to_owned()),
            checksum: Some("crc32c:AAAAAA==".to_owned()),
            pending: false,
        };
        assert_eq!(head, expected);
        // Without a body, which the server would not read.
        let put = bucket.put("data/c", Vec::new(), Precondition::Is(&head)).await;
        assert_eq!(put, Err(BucketError::Precondition));
    });
    let asked = server.asked().to_lowercase();
    assert!(asked.starts_with("put /drives/data%2fc http/1.1\r\n"), "{asked}");
    assert!(asked.contains("x-goog-copy-source: drives/data%2fa%20b\r\n"), "{asked}");
    assert_eq!(asked.matches("x-goog-if-generation-match: 0\r\n").count(), 2, "{asked}");
    assert_eq!(asked.matches("x-goog-if-generation-match: 17\r\n").count(), 1, "{asked}");
}

#[test]
fn over_the_s3_protocol_requests_are_signed_sent_again_and_refused_in_words() {
    let denied = "<Error><Code>AccessDenied</Code><Message>hunter2 http://x</Message></Error>";
    let failed = "<Error><Code>InternalError</Code><Message>again</Message></Error>";
    let server = Server::start(vec![
        answer("503 Service Unavailable", &[], ""),
        // An answer that begins well and ends in an error.
        answer("200 OK", &[], failed),
        answer("200 OK", &[], "<CopyObjectResult/>"),
        answer("403 Forbidden", &[], denied),
        answer("204 No Content", &[], ""),
        answer("400 Bad Request", &[], denied),
    ]);
    let access = explicit(&server.address);
    run(async {
        let bucket = bucket("s3://drives/data", &access);
        assert!(!bucket.copies_atomically());
        bucket.copy("data/a", "data/b").await.unwrap();
        assert_eq!(bucket.delete("data/a").await, Err(BucketError::Denied));
        bucket.delete("data/a").await.unwrap();
        let error = bucket.delete("data/a").await.unwrap_err();
        assert_eq!(error.to_string(), "the store answered with the status 400");
    });
    let asked = server.asked();
    assert_eq!(asked.matches("PUT /drives/data/b HTTP/1.1\r\n").count(), 3, "{asked}");
    assert_eq!(asked.matches("DELETE /drives/data/a HTTP/1.1\r\n").count(), 3, "{asked}");
    assert_eq!(asked.to_lowercase().matches("credential=akidexample/").count(), 6, "{asked}");
}

/// Connections that were opened ahead are those that requests are sent on, and nothing is sent
/// on them before.
#[test]
fn connections_opened_ahead_carry_the_requests() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    const AHEAD: usize = 5;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (connected, asked) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (Arc::clone(&connected), Arc::clone(&asked));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            counted.0.fetch_add(1, Ordering::Relaxed);
            let asked = Arc::clone(&counted.1);
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream);
                let mut line = String::new();
                while line != "\r\n" {
                    line.clear();
                    if reader.read_line(&mut line).unwrap() == 0 {
                        return;
                    }
                }
                asked.fetch_add(1, Ordering::Relaxed);
                // None goes back before all are asked.
                while asked.load(Ordering::Relaxed) < AHEAD {
                    std::thread::sleep(Duration::from_millis(1));
                }
                let answer = answer("200 OK", &[], LISTING);
                reader.into_inner().write_all(answer.as_bytes()).unwrap();
            });
        }
    });
    let client = client(&unsigned(&address));
    run(async {
        // To one's own machine, nothing is opened ahead.
        client.open_ahead(AHEAD);
        client.transport.open_ahead(AHEAD);
        while connected.load(Ordering::Relaxed) < AHEAD {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(asked.load(Ordering::Relaxed), 0);
        let requests = (0..AHEAD).map(|_| client.page(&REQUEST));
        for page in futures_util::future::join_all(requests).await {
            assert_eq!(page.unwrap().objects.len(), 1);
        }
    });
    assert_eq!(connected.load(Ordering::Relaxed), AHEAD);
}
