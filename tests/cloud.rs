//! The whole program on cloud prefixes: on real stores, and on a server that does wrong what
//! it is told.
//!
//! Every run is told to say as much as it can, and all that it says and writes is searched for the
//! keys that it was given.
#![cfg(feature = "cloud")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "cloud/faults.rs"]
mod faults;
#[path = "cloud/keys.rs"]
mod keys;
#[path = "cloud/look.rs"]
mod look;
#[path = "cloud/real.rs"]
mod real;
#[path = "cloud/run.rs"]
mod run;
#[path = "cloud/secrets.rs"]
mod secrets;
