//! Object stores: objects are copied within the store, and the originals deleted only when the
//! user says so.
//!
//! Applying a plan copies each changed object to its new key and edits metadata.json. The originals
//! stay where they are until [`Executor::finish`]. Until then [`Executor::undo`] deletes the
//! copies; after it, undoing copies everything back in the same way. Any of these that is
//! interrupted is carried on by [`Executor::resume`].
//!
//! **What makes sure that a copy is one.** Its size, always. Beyond that:
//!
//! | store | compared |
//! |---|---|
//! | Google, own protocol | CRC32C, which each object has (`x-goog-hash`) |
//! | Azure | MD5 (`Content-MD5`), where the original has it: blobs written in one request do |
//! | S3 protocol | `ETag`: equal ones are taken for the same content. Different ones tell nothing (originals that were uploaded in parts, keys of the store's own for encryption); such copies are counted and said |
//!
//! **What stands in the way.** Before an object is copied it is made sure that its new key is free.
//! Google (own protocol) and Azure also refuse to copy to a key that was taken since; over the S3
//! protocol there is no such condition that copies an object's metadata too, so an object that is
//! written there within that moment would be replaced.
//!
//! **Keys that are another's.** Where objects swap their keys, or one gets the key of another that
//! goes elsewhere or is taken out, its copy is called `<key>.sensortree-<run>` until the run is
//! finished. Only then, when every object has a copy that was looked at once more, it is copied
//! over the other one.
//!
//! **What is taken out** stays until the run is finished. Then it is first read and kept in the
//! folder `trash-<run>` of this machine, named by its position among the operations in `work.json`;
//! unless it is to be deleted for good.
//!
//! **metadata.json** is written in its place once all is copied, on condition that it is still the
//! version that was read right before. Where a store says that it knows no such condition, or pays
//! it no heed, only that look stands before what is written. The old text is in the run's folder,
//! and undoing puts it back.
//!
//! In a bucket with versions all this leaves older versions and delete markers behind, as any
//! program does. Markers of folders (objects whose key ends in `/`) cannot be asked for and stay;
//! a note counts them.

mod asking;
mod course;
mod journal;
mod leg;
mod session;
mod store;
mod text;
mod work;

use sensortree_cloud::{Bucket, BucketError, CloudAccess, CloudUrl, Provider};
use sensortree_core::plan::After;
use sensortree_scan::SourceError;

use self::asking::Asking;
use self::leg::{Operation, mark_occupied};
use self::session::Session;
pub use self::work::Requests;
use self::work::{Edit, Work};
use crate::error::ApplyError;
use crate::executor::{Applied, Executor, Job, Outline, Progress, Removals};
use crate::run::Run;
use crate::sealed::ByteString;
use crate::state::StateFolder;

const WORK: &str = "work.json";
const PHASE: &str = "phase.json";
const FORWARD: &str = "forward.log";
const BACKWARD: &str = "backward.log";

/// Carries plans out below a prefix of an object store.
///
/// To be called from anywhere, within a runtime too: it asks the store from a thread of its own.
/// Whoever calls it has the lock on the [target](CloudExecutor::target).
/// Requests that fail in passing (5xx, 429, broken connections) are sent again, up to ten times
/// within three minutes.
///
/// A fault of the store or an end that somebody wanted leaves what was done, to be resumed or taken
/// back. Where something is not as the plan expects it, what was done is taken back.
#[derive(Clone, Debug)]
pub struct CloudExecutor {
    url: CloudUrl,
    access: CloudAccess,
}

impl CloudExecutor {
    /// For what lies below a prefix.
    #[must_use]
    pub fn new(url: &CloudUrl, access: &CloudAccess) -> Self {
        CloudExecutor { url: url.clone(), access: access.clone() }
    }

    /// What runs below this prefix are about: its address.
    #[must_use]
    pub fn target(&self) -> String {
        self.url.to_string()
    }

    /// What runs of this executor are called.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.url.provider() {
            Provider::S3 => "s3",
            Provider::Gcs => "gs",
            Provider::Azure => "az",
        }
    }

    /// The requests that a job takes: to apply it, and to finish it afterwards.
    ///
    /// # Errors
    /// When it is known beforehand that the job cannot be carried out.
    pub fn requests(&self, job: &Job<'_>) -> Result<(Requests, Requests), ApplyError> {
        let work = self.work(job, String::new())?;
        Ok((work.to_apply(), work.to_finish()))
    }

    /// What a job comes to here.
    fn work(&self, job: &Job<'_>, host: String) -> Result<Work, ApplyError> {
        let prefix = self.url.prefix();
        let impossible = |what: String| ApplyError::Impossible { what };
        let key = |path: &[u8]| {
            let path = std::str::from_utf8(path).map_err(|_| {
                impossible(format!("`{}` is no key: it is not UTF-8", path.escape_ascii()))
            })?;
            let key = format!("{prefix}{path}");
            if Bucket::takes(&key) {
                Ok(key)
            } else {
                let what = format!("`{path}` cannot be asked for: {}", BucketError::Key);
                Err(impossible(what))
            }
        };
        let placement = job.plan.placement();
        let unnamed = placement.changed_without_name();
        if unnamed > 0 {
            let what = format!("the names of {unnamed} objects that would change are not known");
            return Err(impossible(what));
        }
        let metadata = job.metadata.map(|edit| {
            let from = key(&edit.path)?;
            match placement.file(&edit.path) {
                After::Kept(to) => Ok(Edit {
                    from,
                    to: key(&to)?,
                    before: ByteString(edit.before.clone()),
                    after: ByteString(edit.after.clone()),
                }),
                After::Removed => {
                    Err(impossible("metadata.json is to be edited, and to be taken out".to_owned()))
                }
                After::Unknown => {
                    let path = String::from_utf8_lossy(&edit.path).into_owned();
                    Err(ApplyError::Changed { path, what: "is not in the tree" })
                }
            }
        });
        let metadata = metadata.transpose()?;
        let mut operations = Vec::new();
        let mut failed = None;
        placement.for_each_changed_file(|change| {
            let operation = key(&change.from).and_then(|from| {
                let to = change.to.as_deref().map(key).transpose()?;
                Ok(Operation { from, to, occupied: false, expected: None })
            });
            match operation {
                Ok(operation) => operations.push(operation),
                Err(error) => {
                    failed.get_or_insert(error);
                }
            }
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if let Some(edit) = &metadata {
            operations.retain(|operation| operation.from != edit.from);
            if operations.iter().any(|operation| {
                operation.from == edit.to || operation.to.as_ref() == Some(&edit.from)
            }) {
                let what = "metadata.json is to be edited and to swap its key with another object; \
                            do one after the other";
                return Err(impossible(what.to_owned()));
            }
        }
        mark_occupied(&mut operations);
        Ok(Work {
            host,
            operations,
            metadata,
            is_kept: job.removals == Removals::ToTrash,
            markers: placement.changed_markers(),
            bytes: placement.moved_bytes(),
        })
    }

    /// Asks the store from a thread of its own.
    fn with_bucket<T: Send>(
        &self,
        ask: impl FnOnce(&tokio::runtime::Runtime, &Bucket) -> Result<T, ApplyError> + Send,
    ) -> Result<T, ApplyError> {
        apart(|runtime| {
            let bucket = runtime.block_on(async { Bucket::new(&self.url, &self.access) });
            ask(runtime, &bucket.map_err(no_store)?)
        })
    }

    fn session<'a, S>(
        &self,
        store: &'a S,
        host: &'a str,
        progress: &'a dyn Progress,
    ) -> Session<'a, S> {
        let (kind, target) = (self.kind(), self.target());
        Session { store, host, kind, target, progress }
    }
}

fn is_there(
    runtime: &tokio::runtime::Runtime,
    bucket: &Bucket,
    key: &str,
) -> Result<bool, ApplyError> {
    let asking = Asking::new(bucket);
    let head = runtime.block_on(asking.head(key)).map_err(|fault| fault.error(true))?;
    Ok(head.is_some())
}

fn no_store(error: SourceError) -> ApplyError {
    let help = error.help.map(|help| format!(" ({help})")).unwrap_or_default();
    ApplyError::Impossible { what: format!("{}{help}", error.said) }
}

/// Runs something on a thread of its own, with a runtime of its own.
fn apart<T: Send>(
    work: impl FnOnce(&tokio::runtime::Runtime) -> Result<T, ApplyError> + Send,
) -> Result<T, ApplyError> {
    let run = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| ApplyError::Impossible {
            what: format!("the threads that ask the store could not be started: {error}"),
        })?;
        let outcome = work(&runtime);
        // A host name that is still being looked up would be waited for otherwise.
        runtime.shutdown_background();
        outcome
    };
    std::thread::scope(|scope| match scope.spawn(run).join() {
        Ok(outcome) => outcome,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}

impl Executor for CloudExecutor {
    /// The requests are those of applying and finishing together, and the bytes are about those
    /// that are copied within the store. In what was [`Applied`], they are those that were sent.
    fn outline(&self, job: &Job<'_>) -> Result<Outline, ApplyError> {
        Ok(self.work(job, String::new())?.outline())
    }

    fn apply(
        &self,
        job: &Job<'_>,
        state: &StateFolder,
        progress: &dyn Progress,
    ) -> Result<Applied, ApplyError> {
        let work = self.work(job, String::new())?;
        self.with_bucket(|runtime, bucket| {
            if self.url.is_zip() && is_there(runtime, bucket, self.url.key())? {
                let what = format!(
                    "`{}` is one object, a zip, which is not packed anew in the store; download it, \
                     and upload what is made of it",
                    self.url
                );
                return Err(ApplyError::Impossible { what });
            }
            let session = self.session(bucket, bucket.host(), progress);
            runtime.block_on(session.apply(work, state))
        })
    }

    fn finish(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError> {
        self.with_bucket(|runtime, bucket| {
            runtime.block_on(self.session(bucket, bucket.host(), progress).finish(run))
        })
    }

    fn resume(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError> {
        self.with_bucket(|runtime, bucket| {
            runtime.block_on(self.session(bucket, bucket.host(), progress).resume(run))
        })
    }

    fn undo(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError> {
        self.with_bucket(|runtime, bucket| {
            runtime.block_on(self.session(bucket, bucket.host(), progress).undo(run))
        })
    }
}

#[cfg(test)]
mod tests;
