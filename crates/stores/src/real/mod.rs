//! Real stores on the loopback address: SeaweedFS and moto for S3 and GCS, Azurite for Azure.
//!
//! Each is installed once, in a pinned version, into a folder that git ignores; started when a test
//! first asks for it; shared by all tests of the test's process; and ended with that process,
//! however that ends. Installed in the same way: programs that read the reports.

mod azurite;
mod client;
mod download;
mod install;
mod process;
mod readers;
mod s3;
mod wanted;

use std::process::Command;
use std::sync::OnceLock;
use std::thread;

pub use azurite::Azurite;
pub use readers::Readers;
pub use s3::{KeyPair, Moto, SeaweedFs};

/// What goes wrong here is for a developer to read.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

static SEAWEEDFS: OnceLock<Option<SeaweedFs>> = OnceLock::new();
static MOTO: OnceLock<Option<Moto>> = OnceLock::new();
static READERS: OnceLock<Option<Readers>> = OnceLock::new();
static AZURITE: OnceLock<Option<Azurite>> = OnceLock::new();

/// The S3 server for everything but odd keys; the first call starts it. `None` where it cannot be
/// had, which was said on standard error.
///
/// # Panics
///
/// When it cannot be had, and `SENSORTREE_STORES` says that it must.
pub fn seaweedfs() -> Option<&'static SeaweedFs> {
    SEAWEEDFS.get_or_init(|| wanted::or_skip("seaweedfs", SeaweedFs::start)).as_ref()
}

/// The S3 server that keeps any key as it is, for some thousand objects; the first call starts it.
/// `None` where it cannot be had, which was said on standard error.
///
/// # Panics
///
/// When it cannot be had, and `SENSORTREE_STORES` says that it must.
pub fn moto() -> Option<&'static Moto> {
    MOTO.get_or_init(|| wanted::or_skip("moto", Moto::start)).as_ref()
}

/// The Azure server, for some thousand blobs; the first call starts it. `None` where it cannot be
/// had, which was said on standard error.
///
/// # Panics
///
/// When it cannot be had, and `SENSORTREE_STORES` says that it must.
pub fn azurite() -> Option<&'static Azurite> {
    AZURITE.get_or_init(|| wanted::or_skip("azurite", Azurite::start)).as_ref()
}

/// What reads reports; the first call installs it. `None` where it cannot be had, which was said
/// on standard error.
///
/// # Panics
///
/// When it cannot be had, and `SENSORTREE_STORES` says that it must.
pub fn readers() -> Option<&'static Readers> {
    READERS.get_or_init(|| wanted::or_skip("readers", Readers::install)).as_ref()
}

/// The program that runs hooks in git repositories, to be given arguments; the first call installs
/// it. `None` where it cannot be had, which was said on standard error.
///
/// # Panics
///
/// When it cannot be had, and `SENSORTREE_STORES` says that it must.
#[must_use]
pub fn pre_commit() -> Option<Command> {
    wanted::or_skip("pre-commit", install::pre_commit).map(|program| program.command())
}

/// Starts all of the stores, side by side: for tests that will ask for each.
pub fn start_all() {
    thread::scope(|scope| {
        scope.spawn(seaweedfs);
        scope.spawn(moto);
        scope.spawn(azurite);
    });
}
