//! Object stores for tests and benchmarks.
//!
//! [`FaultServer`] is the project's own: a bucket of made-up keys behind the S3 protocol (and so
//! behind the one that GCS offers beside its own), which is fast, holds any number of keys in no
//! memory, and misbehaves exactly as it is told. It runs in the process of the test or the
//! benchmark and ends with it:
//!
//! ```
//! use std::time::Duration;
//! use sensortree_stores::{Fault, FaultServer, Keys, Operation, World};
//!
//! # fn main() -> std::io::Result<()> {
//! // 200,000 objects in 80 scenes, each request answered 50 ms late:
//! let world = World::new("data", Keys::new().drive("drive/", 4, 16, 2_500)).latency(Duration::from_millis(50));
//! let server = FaultServer::start(world)?;
//! let endpoint = server.endpoint();           // http://127.0.0.1:PORT, path style, any credentials or none
//! assert_eq!(server.requests().len(), 0);     // what it was sent so far, headers and all
//!
//! // One flat prefix of a million keys; and its first five listings are refused:
//! let flat = Keys::new().numbered("flat/", 1_681_532_060_061, 100, 1_000_000, ".pcd", 4096);
//! let world = World::new("data", flat).fault(Fault::slow_down(Some(1)).first(5).on(Operation::List));
//! # let _ = FaultServer::start(world)?;
//! # let _ = endpoint;
//! # Ok(())
//! # }
//! ```
//!
//! In a benchmark, start it in the benchmark's own process and measure the programs that are
//! compared as child processes, so that its time is not theirs. [`FaultServer::most_in_flight`]
//! says how many requests it held at once.
//!
//! [`seaweedfs`], [`moto`] and [`azurite`] are real ones: installed once, in a pinned version,
//! below cargo's target folder; started when a test first asks; shared by all tests of its process;
//! ended with that process, however it ends. A test whose store cannot be had returns early, which
//! was said. The environment variable `SENSORTREE_STORES` says what is wanted: names of stores,
//! `none`, and `required` for a failure in the place of a skipped test. [`readers`] are no store,
//! but installed and named so, too: programs that read the reports.

mod keys;
mod real;
mod server;

pub use keys::Keys;
pub use real::{
    Azurite, KeyPair, Moto, Readers, SeaweedFs, azurite, moto, pre_commit, readers, seaweedfs,
    start_all,
};
pub use server::{Fault, FaultServer, Operation, Recorded, Rule, World};
