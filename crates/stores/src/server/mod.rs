//! A server of the S3 protocol that misbehaves as it is told.
//!
//! It speaks HTTP/1.1 by itself: what it has to do wrong (half an answer, none, a length that does
//! not fit) is what HTTP libraries take care not to do.

mod answer;
mod get;
mod list;
mod request;
mod script;

use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use answer::{Answer, Delivery};
pub use request::Recorded;
pub use script::{Fault, Operation, Rule};

use crate::keys::Keys;

/// The region that the bucket says it is in.
const REGION: &str = "us-east-1";

/// What a server holds, and how it behaves.
#[derive(Debug)]
pub struct World {
    bucket: String,
    keys: Keys,
    page: usize,
    latency: Duration,
    rules: Vec<Rule>,
    numbers: AtomicU64,
}

impl World {
    /// One bucket with these keys, and nothing wrong. A page holds 1,000 keys, as S3's.
    #[must_use]
    pub fn new(bucket: &str, keys: Keys) -> World {
        World {
            bucket: bucket.to_owned(),
            keys,
            page: 1000,
            latency: Duration::ZERO,
            rules: Vec::new(),
            numbers: AtomicU64::new(0),
        }
    }

    /// So many keys a page at most, whatever is asked for.
    #[must_use]
    pub fn page(self, keys: usize) -> World {
        World { page: keys, ..self }
    }

    /// Every answer comes so much later; requests wait side by side.
    #[must_use]
    pub fn latency(self, latency: Duration) -> World {
        World { latency, ..self }
    }

    /// Adds a fault. Of several that a request would meet, it meets the one that was added first.
    #[must_use]
    pub fn fault(mut self, rule: Rule) -> World {
        self.rules.push(rule);
        self
    }

    fn another_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    fn answer(&self, request: &Recorded, in_flight: u64) -> Answer {
        let operation = request.operation();
        let subject = request.subject();
        let fault = self
            .rules
            .iter()
            .find(|rule| rule.meets(operation, &subject, in_flight))
            .map(|rule| &rule.fault);
        fault.and_then(|fault| instead(fault, request)).unwrap_or_else(|| {
            let answer = self.proper(request, operation, fault);
            match fault {
                Some(Fault::CutShort) => {
                    let half =
                        answer.body.get(..answer.body.len() / 2).unwrap_or_default().to_vec();
                    Answer { body: half, ..answer }
                }
                Some(Fault::CutOff) => answer.delivered(Delivery::HalfThenClosed),
                Some(Fault::HalfThenSilence) => answer.delivered(Delivery::HalfThenSilence),
                _ => answer,
            }
        })
    }

    /// The answer to the request itself; faults that change what it says are heeded.
    fn proper(&self, request: &Recorded, operation: Operation, fault: Option<&Fault>) -> Answer {
        if let Some(Fault::Late(latency)) = fault {
            thread::sleep(*latency);
        }
        let (bucket, key) = request.bucket_and_key();
        if bucket != self.bucket {
            return Answer::error(404, "NoSuchBucket", "The specified bucket does not exist");
        }
        match operation {
            Operation::List => list::answer(request, &bucket, self, fault),
            Operation::Get | Operation::HeadObject => {
                get::answer(request, operation, &key, self, fault)
            }
            Operation::HeadBucket => {
                Answer::xml(200, Vec::new()).with("x-amz-bucket-region", &REGION)
            }
            Operation::Other => {
                Answer::error(405, "MethodNotAllowed", "This server is only read from.")
            }
        }
    }
}

/// What a fault answers in the place of what was asked for, if it does.
fn instead(fault: &Fault, request: &Recorded) -> Option<Answer> {
    let authorization = request.header("authorization").unwrap_or_default();
    Some(match fault {
        Fault::Error { status, code, message, retry_after } => {
            let answer = Answer::error(*status, code, message);
            match retry_after {
                Some(seconds) => answer.with("retry-after", seconds),
                None => answer,
            }
        }
        Fault::ErrorWith200 => {
            Answer { status: 200, ..Answer::error(500, "InternalError", "We encountered an internal error.") }
        }
        Fault::Html => {
            Answer::new(200, "text/html", b"<!DOCTYPE html><html><body><h1>Please log in</h1></body></html>".to_vec())
        }
        Fault::Silence => Answer::xml(200, Vec::new()).delivered(Delivery::Silence),
        Fault::HangUp => Answer::xml(200, Vec::new()).delivered(Delivery::Closed),
        Fault::Redirect(host) => {
            Answer::error(307, "TemporaryRedirect", "Please re-send this request to the specified temporary endpoint.")
                .with("location", &format!("{host}{}", request.target))
        }
        Fault::OtherRegion(region) if !authorization.contains(&format!("/{region}/s3/")) => Answer::error(
            301,
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint.",
        )
        .with("x-amz-bucket-region", region),
        Fault::OnlyFor(_) if authorization.is_empty() => Answer::error(403, "AccessDenied", "Access Denied"),
        Fault::OnlyFor(key) if !authorization.contains(&format!("Credential={key}/")) => Answer::error(
            403,
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
        ),
        _ => return None,
    })
}

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    world: World,
    requests: Mutex<Vec<Recorded>>,
    connections: Mutex<BTreeMap<u64, TcpStream>>,
    in_flight: AtomicU64,
    most_in_flight: AtomicU64,
    stopped: AtomicBool,
}

impl FaultServer {
    /// Starts a server on a free port of the loopback address.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub fn start(world: World) -> io::Result<FaultServer> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            world,
            requests: Mutex::default(),
            connections: Mutex::default(),
            in_flight: AtomicU64::new(0),
            most_in_flight: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Ok(FaultServer { address, shared })
    }

    /// Where it is: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was sent so far, in the order in which it came.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.shared.requests).clone()
    }

    /// The most requests that it held at once.
    #[must_use]
    pub fn most_in_flight(&self) -> u64 {
        self.shared.most_in_flight.load(Ordering::Relaxed)
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Ends the wait for the next connection.
        let _ = TcpStream::connect(self.address);
        for connection in lock(&self.shared.connections).values() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (number, connection) in (0..).zip(listener.incoming()) {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(connection) = connection else { continue };
        if let Ok(other) = connection.try_clone() {
            lock(&shared.connections).insert(number, other);
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A client that goes away in the middle is no fault of the test.
            let _ = serve(connection, &shared);
            lock(&shared.connections).remove(&number);
        });
    }
}

fn serve(mut connection: TcpStream, shared: &Shared) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut pending = Vec::new();
    while let Some(request) = request::read(&mut connection, &mut pending)? {
        let in_flight = shared.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        shared.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
        lock(&shared.requests).push(request.clone());
        if !shared.world.latency.is_zero() {
            thread::sleep(shared.world.latency);
        }
        let answer = shared.world.answer(&request, in_flight);
        let answer = if request.method == "HEAD" { answer.without_body() } else { answer };
        let sent = answer.send(&mut connection);
        shared.in_flight.fetch_sub(1, Ordering::SeqCst);
        if !sent? || request.header("connection") == Some("close") {
            break;
        }
    }
    connection.shutdown(Shutdown::Both)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
