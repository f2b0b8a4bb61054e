//! The real stores start, hold what is put into them, and end with the tests.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sensortree_stores::{Azurite, Moto, SeaweedFs, azurite, moto, seaweedfs};

/// Status line and body of what stands at an address.
fn get(endpoint: &str, path: &str) -> String {
    let host = endpoint.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn seaweedfs_lists_what_is_put_and_denies_what_is_denied() {
    let Some(store) = seaweedfs() else { return };
    store.put(SeaweedFs::OPEN, [("a/b c+d".to_owned(), b"content".to_vec())]).unwrap();
    let open = get(store.endpoint(), "/open?list-type=2&prefix=a/");
    assert!(open.contains("<Key>a/b c+d</Key>") && open.contains("<Size>7</Size>"), "{open}");
    let signed = get(store.endpoint(), "/signed?list-type=2");
    assert!(signed.contains("403") && signed.contains("AccessDenied"), "{signed}");

    store
        .put(SeaweedFs::GUARDED, ["x/open/1", "x/closed/1"].map(|key| (key.to_owned(), Vec::new())))
        .unwrap();
    store.deny_listing("x/closed/").unwrap();
    let denied = get(store.endpoint(), "/guarded?list-type=2&prefix=x/closed/");
    assert!(denied.contains("AccessDenied"), "{denied}");
    let guarded = get(store.endpoint(), "/guarded?list-type=2&prefix=x/&delimiter=/");
    assert!(guarded.contains("<Prefix>x/closed/</Prefix>"), "{guarded}");
}

#[test]
fn moto_keeps_odd_keys() {
    let Some(store) = moto() else { return };
    let keys = ["a//b", "/x", "a/../b", "a/./b", "tab\there", "marker/"];
    store.put(Moto::BUCKET, keys.map(|key| (key.to_owned(), b"content".to_vec()))).unwrap();
    let listed = get(store.endpoint(), &format!("/{}?list-type=2&encoding-type=url", Moto::BUCKET));
    for key in ["a//b", "/x", "a/../b", "a/./b", "tab%09here", "marker/"] {
        assert!(listed.contains(&format!("<Key>{key}</Key>")), "{key}: {listed}");
    }
}

#[test]
fn azurite_lists_what_is_put() {
    let Some(store) = azurite() else { return };
    store.put(Azurite::CONTAINER, [("a/b.txt".to_owned(), b"content".to_vec())]).unwrap();
    let signature = Azurite::signature("rl", "2099-01-01T00:00:00Z").unwrap();
    let path = format!(
        "/{}/{}?restype=container&comp=list&{signature}",
        Azurite::ACCOUNT,
        Azurite::CONTAINER
    );
    let listed = get(store.endpoint(), &path);
    assert!(listed.contains("<Name>a/b.txt</Name>"), "{listed}");
    store.put(Azurite::OPEN, [("c.txt".to_owned(), b"content".to_vec())]).unwrap();
    let open = get(
        store.endpoint(),
        &format!("/{}/{}?restype=container&comp=list", Azurite::ACCOUNT, Azurite::OPEN),
    );
    assert!(open.contains("<Name>c.txt</Name>"), "{open}");
}

/// Run by [`a_server_ends_with_a_killed_test`], as the test that is killed.
#[test]
#[ignore = "waits to be killed"]
fn a_test_that_is_killed() {
    let store = seaweedfs().unwrap();
    println!("{}", store.endpoint());
    std::thread::sleep(Duration::from_secs(600));
}

#[test]
fn a_server_ends_with_a_killed_test() {
    if seaweedfs().is_none() {
        return;
    }
    let arguments = ["--exact", "a_test_that_is_killed", "--ignored", "--nocapture"];
    let mut test = Command::new(std::env::current_exe().unwrap())
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(test.stdout.take().unwrap()).lines().map_while(Result::ok);
    let endpoint = lines
        .filter_map(|line| line.find("http://").map(|at| line[at..].to_owned()))
        .next()
        .unwrap();
    let address = endpoint.strip_prefix("http://").unwrap();
    assert!(TcpStream::connect(address).is_ok());
    test.kill().unwrap();
    test.wait().unwrap();
    let begin = Instant::now();
    while TcpStream::connect(address).is_ok() {
        assert!(begin.elapsed() < Duration::from_secs(20), "the server outlives its test");
        std::thread::sleep(Duration::from_millis(50));
    }
}
