//! The server does wrong what it is told, and nothing else.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use sensortree_stores::{Fault, FaultServer, Keys, Operation, Rule, World};

fn world() -> World {
    World::new(
        "data",
        Keys::new()
            .numbered("a/", 1, 1, 9, ".pcd", 10)
            .object("metadata.json", "{\"version\": \"1.0\"}"),
    )
    .page(4)
}

/// All that comes in answer to a request, until the server closes; or until nothing more comes
/// for a while.
fn ask(server: &FaultServer, method: &str, target: &str, headers: &str) -> String {
    let mut stream =
        TcpStream::connect(server.endpoint().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    write!(stream, "{method} {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let mut room = [0; 4096];
    loop {
        match stream.read(&mut room) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&room[..count]),
            Err(error) => {
                assert!(
                    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
                    "{error}"
                );
                answer.extend_from_slice(b" (open)");
                break;
            }
        }
    }
    let answer = String::from_utf8(answer).unwrap();
    assert!(method != "HEAD" || answer.ends_with("\r\n\r\n"), "{answer}");
    answer
}

/// Each of `expected` stands in the answer to the request.
fn check(rule: Rule, method: &str, target: &str, headers: &str, expected: &[&str]) {
    let said = format!("{rule:?}");
    let server = FaultServer::start(world().fault(rule)).unwrap();
    let answer = ask(&server, method, target, headers);
    for part in expected {
        assert!(answer.contains(part), "{said}: no {part:?} in\n{answer}");
    }
}

const PAGE: &str = "/data?list-type=2";

#[test]
fn faults_are_what_they_are_called() {
    let list = |fault: Fault, expected: &[&str]| check(fault.always(), "GET", PAGE, "", expected);
    list(Fault::slow_down(Some(7)), &["HTTP/1.1 503", "retry-after: 7", "<Code>SlowDown</Code>"]);
    list(Fault::denied(), &["HTTP/1.1 403", "<Code>AccessDenied</Code>"]);
    list(Fault::ErrorWith200, &["HTTP/1.1 200", "<Error>"]);
    list(Fault::Html, &["HTTP/1.1 200", "text/html", "</html>"]);
    list(Fault::CutShort, &["content-length: ", "<Contents>"]);
    list(Fault::HalfThenSilence, &["<Contents>", "(open)"]);
    list(Fault::NoToken, &["<IsTruncated>true", "</ListBucketResult>"]);
    list(Fault::OtherRegion("eu-west-1"), &["HTTP/1.1 301", "x-amz-bucket-region: eu-west-1"]);
    list(Fault::OnlyFor("KEY"), &["HTTP/1.1 403", "AccessDenied"]);
    list(
        Fault::Redirect("http://127.0.0.1:9".to_owned()),
        &["HTTP/1.1 307", "location: http://127.0.0.1:9/data?list-type=2"],
    );
    check(
        Fault::OnlyFor("KEY").always(),
        "GET",
        PAGE,
        "authorization: AWS4 Credential=OTHER/2\r\n",
        &["InvalidAccessKeyId"],
    );
    check(
        Fault::OnlyFor("KEY").always(),
        "GET",
        PAGE,
        "authorization: AWS4 Credential=KEY/2\r\n",
        &["HTTP/1.1 200"],
    );
}

#[test]
fn cut_off_and_silent_answers_are() {
    let answer = |fault: Fault| {
        let server = FaultServer::start(world().fault(fault.always())).unwrap();
        ask(&server, "GET", PAGE, "")
    };
    let half = answer(Fault::CutOff);
    assert!(
        half.contains("<Contents>")
            && !half.contains("</ListBucketResult>")
            && !half.ends_with("(open)"),
        "{half}"
    );
    assert_eq!(answer(Fault::Silence), " (open)");
    assert_eq!(answer(Fault::HangUp), "");
}

#[test]
fn pages_repeat_as_told() {
    let next = |fault: Fault, token: &str| {
        let server = FaultServer::start(world().fault(fault.always())).unwrap();
        let answer = ask(&server, "GET", &format!("{PAGE}&continuation-token={token}"), "");
        let next = answer
            .split("<NextContinuationToken>")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_owned();
        (answer.contains("a/1.pcd"), next)
    };
    let (first, token) = next(Fault::RepeatPage, "ka%252F4%252Epcd");
    assert!(first && token != "ka%2F4%2Epcd", "{token}");
    let (first, token) = next(Fault::RepeatToken, "ka%252F4%252Epcd");
    assert!(!first);
    assert_eq!(token, "ka%2F4%2Epcd");
}

#[test]
fn a_rule_meets_what_it_is_narrowed_to() {
    let rule = Fault::internal().first(2).after(1).on(Operation::Get).below("a/");
    let server = FaultServer::start(world().fault(rule)).unwrap();
    let status =
        |target: &str| ask(&server, "GET", target, "").split(' ').nth(1).unwrap().to_owned();
    assert_eq!(status("/data?list-type=2&prefix=a/"), "200");
    assert_eq!(status("/data/metadata.json"), "200");
    let statuses: Vec<String> = (0..4).map(|_| status("/data/a/1.pcd")).collect();
    assert_eq!(statuses, ["200", "500", "500", "200"]);
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn objects_are_read_whole_in_ranges_and_not_at_all() {
    let none = || Fault::HangUp.first(0);
    check(none(), "GET", "/data/metadata.json", "", &["200", "{\"version\": \"1.0\"}"]);
    check(
        none(),
        "GET",
        "/data/metadata.json",
        "range: bytes=-4\r\n",
        &["206", "bytes 14-17/18", "\r\n\r\n.0\"}"],
    );
    check(none(), "GET", "/data/metadata.json", "range: bytes=18-\r\n", &["416"]);
    check(none(), "HEAD", "/data/a/5.pcd", "", &["200", "content-length: 10\r\n"]);
    check(none(), "HEAD", "/data/a/b.pcd", "", &["404"]);
    check(none(), "HEAD", "/data", "", &["200", "x-amz-bucket-region: us-east-1"]);
    check(none(), "GET", "/other?list-type=2", "", &["404", "NoSuchBucket"]);
    check(
        Fault::IgnoreRange.always(),
        "GET",
        "/data/metadata.json",
        "range: bytes=-4\r\n",
        &["200", "{\"version"],
    );
}

#[test]
fn a_server_remembers_what_it_was_sent() {
    let server = FaultServer::start(world()).unwrap();
    ask(&server, "GET", "/data?list-type=2&prefix=a%2Fb+c", "Authorization: secret\r\n");
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].parameter("prefix").as_deref(), Some("a/b c"));
    assert_eq!(requests[0].header("authorization"), Some("secret"));
    assert!(requests[0].holds("secret") && !requests[0].holds("another"));
}
