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

mod journal;
mod leg;
mod store;

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use sensortree_cloud::{Bucket, BucketError, CloudAccess, CloudUrl, Precondition, Provider};
use sensortree_core::plan::After;
use sensortree_scan::SourceError;
use serde::{Deserialize, Serialize};

use self::leg::{Asking, Fault, Leg, Operation, kept, mark_occupied};
use self::store::Store;
use crate::error::ApplyError;
use crate::executor::{Applied, Executor, Job, Outline, Progress, Removals};
use crate::run::{Run, RunStatus};
use crate::sealed::{self, ByteString};
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

/// How many requests of each kind something takes, if none has to be sent again.
///
/// Google, Amazon and Azure bill them in two classes, [writes](Self::writes) and
/// [reads](Self::reads), whose prices depend on the region and the class of storage; `delete` is
/// free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// What is known of an object.
    pub head: u64,
    /// A copy within the store.
    pub copy: u64,
    /// An object that is written.
    pub put: u64,
    /// An object that is read.
    pub get: u64,
    /// An object that is deleted.
    pub delete: u64,
}

impl Requests {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.writes() + self.reads() + self.delete
    }

    /// Those that stores bill as writes. A list is billed so, too; there is none among these.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.copy + self.put
    }

    /// Those that stores bill as reads.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.head + self.get
    }
}

/// What is to be done: `work.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Work {
    /// The host that the bucket was asked at.
    host: String,
    operations: Vec<Operation>,
    metadata: Option<Edit>,
    /// Whether what is taken out is kept.
    is_kept: bool,
    /// Markers of folders that stay behind.
    markers: u64,
    bytes: u64,
}

/// A new text for metadata.json.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Edit {
    from: String,
    to: String,
    before: ByteString,
    after: ByteString,
}

/// How far a run is: `phase.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Phase {
    Copying,
    /// All is copied, and all originals are there.
    Copied,
    /// Copies and originals are looked at once more, and what is taken out is kept.
    Verifying,
    /// Originals are being deleted.
    Finishing,
    Finished,
    /// Copies are being deleted.
    TakingBack,
    /// All is being copied back.
    Reversing,
    Undone,
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

impl Work {
    fn to_apply(&self) -> Requests {
        let moved = self.moved();
        let edited = u64::from(self.metadata.is_some());
        Requests {
            // Of an original, of its new key before, and of that afterwards.
            head: 3 * moved + self.removed(),
            copy: moved,
            put: edited,
            get: 2 * edited,
            delete: 0,
        }
    }

    fn to_finish(&self) -> Requests {
        let (moved, removed) = (self.moved(), self.removed());
        let occupied = self.operations.iter().filter(|it| it.occupied).count() as u64;
        let edited = self.metadata.as_ref().is_some_and(|edit| edit.from != edit.to);
        Requests {
            head: 3 * moved + 2 * removed,
            copy: occupied,
            put: 0,
            get: if self.is_kept { removed } else { 0 } + u64::from(edited),
            delete: moved + removed + u64::from(edited),
        }
    }

    fn moved(&self) -> u64 {
        self.operations.len() as u64 - self.removed()
    }

    fn removed(&self) -> u64 {
        self.operations.iter().filter(|operation| operation.to.is_none()).count() as u64
    }

    fn outline(&self) -> Outline {
        let edited = self.metadata.as_ref().is_some_and(|edit| edit.from != edit.to);
        Outline {
            renamed: self.moved() + u64::from(edited),
            removed: self.removed(),
            edits_metadata: self.metadata.is_some(),
            requests: self.to_apply().all() + self.to_finish().all(),
            bytes: self.bytes,
        }
    }

    fn notes(&self) -> Vec<String> {
        match self.markers {
            0 => Vec::new(),
            1 => vec!["1 marker of a folder (a key that ends in `/`) stays".to_owned()],
            many => vec![format!("{many} markers of folders (keys that end in `/`) stay")],
        }
    }
}

/// One call of an executor.
struct Session<'a, S> {
    store: &'a S,
    host: &'a str,
    kind: &'static str,
    target: String,
    progress: &'a dyn Progress,
}

/// A run that is worked on.
struct Course<'a, S> {
    run: Run,
    work: Work,
    phase: Phase,
    asking: Asking<'a, S>,
    progress: &'a dyn Progress,
    notes: Vec<String>,
}

impl<'a, S: Store> Session<'a, S> {
    async fn apply(self, work: Work, state: &StateFolder) -> Result<Applied, ApplyError> {
        state.refuse_interrupted(&self.target)?;
        let work = Work { host: self.host.to_owned(), ..work };
        let asking = Asking::new(self.store);
        if let Some(edit) = &work.metadata {
            check_text(&asking, edit).await?;
        }
        let mut run = state.begin(self.kind, &self.target, Timestamp::now())?;
        let stated = |source| ApplyError::State { folder: run.folder.clone(), source };
        sealed::write(&run.folder, PHASE, &Phase::Copying).map_err(stated)?;
        sealed::write(&run.folder, WORK, &work).map_err(stated)?;
        run.set_status(RunStatus::Running)?;
        let phase = Phase::Copying;
        let (progress, notes) = (self.progress, work.notes());
        let mut course = Course { run, work, phase, asking, progress, notes };
        match course.carry_on().await {
            Ok(()) => Ok(course.applied()),
            Err(Stop::Apply(error)) => Err(error),
            Err(Stop::Fault(fault @ Fault::Changed { .. })) => {
                let is_undone = course.take_back().await.is_ok();
                Err(fault.error(is_undone))
            }
            Err(Stop::Fault(fault)) => Err(fault.error(false)),
        }
    }

    /// Takes a run up where it is.
    fn take_up(self, run: &Run) -> Result<Course<'a, S>, ApplyError> {
        let no_run = |what: String| ApplyError::NoRun { what };
        if run.kind != self.kind || run.target != self.target {
            return Err(no_run(format!("the run {} is not about `{}`", run.id, self.target)));
        }
        let missing = |name: &str| ApplyError::Journal {
            journal: run.folder.join(name),
            what: "it is not there".to_owned(),
        };
        let work: Work = sealed::read(&run.folder, WORK)?.ok_or_else(|| missing(WORK))?;
        let phase: Phase = sealed::read(&run.folder, PHASE)?.ok_or_else(|| missing(PHASE))?;
        if work.host != self.host {
            let what = format!("the run {} is about the store at {}", run.id, work.host);
            return Err(no_run(what));
        }
        let asking = Asking::new(self.store);
        let (progress, notes, run) = (self.progress, work.notes(), run.clone());
        Ok(Course { run, work, phase, asking, progress, notes })
    }

    async fn finish(self, run: &Run) -> Result<Applied, ApplyError> {
        let impossible =
            |what: &str| ApplyError::Impossible { what: format!("the run {} {what}", run.id) };
        if run.status == RunStatus::Begun {
            return Err(impossible("has not copied all objects yet"));
        }
        let mut course = self.take_up(run)?;
        match course.phase {
            Phase::Copied | Phase::Verifying | Phase::Finishing => {}
            Phase::Copying => return Err(impossible("has not copied all objects yet")),
            Phase::Finished => return Err(impossible("is finished")),
            Phase::TakingBack | Phase::Reversing | Phase::Undone => {
                return Err(impossible("is taken back, or being so"));
            }
        }
        if course.phase == Phase::Copied {
            course.set_phase(Phase::Verifying, RunStatus::Running)?;
        }
        course.carry_on().await.map_err(Stop::error)?;
        Ok(course.applied())
    }

    async fn resume(self, run: &Run) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_resuming()? {
            return Ok(applied);
        }
        let mut course = self.take_up(run)?;
        course.carry_on().await.map_err(Stop::error)?;
        Ok(course.applied())
    }

    async fn undo(self, run: &Run) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_undoing()? {
            return Ok(applied);
        }
        run.must_be_last()?;
        let mut course = self.take_up(run)?;
        course.undo().await.map_err(Stop::error)?;
        Ok(course.applied())
    }
}

/// Why a run stopped.
enum Stop {
    Fault(Fault),
    Apply(ApplyError),
}

impl Stop {
    /// As an error of a run of which something was done.
    fn error(self) -> ApplyError {
        match self {
            Stop::Fault(fault) => fault.error(false),
            Stop::Apply(error) => error,
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Stop::Fault(fault)
    }
}

impl From<ApplyError> for Stop {
    fn from(error: ApplyError) -> Self {
        Stop::Apply(error)
    }
}

impl<S: Store> Course<'_, S> {
    fn applied(self) -> Applied {
        let outline = Outline { requests: self.asking.asked(), ..self.work.outline() };
        Applied { run: self.run.id, outline, can_be_undone: true, result: None, notes: self.notes }
    }

    /// Writes down how far the run is. The phase is written first where the status says less, so
    /// that a run whose status is that it is done is.
    fn set_phase(&mut self, phase: Phase, status: RunStatus) -> Result<(), ApplyError> {
        if status == RunStatus::Running && self.run.status != status {
            self.run.set_status(status)?;
        }
        let written = sealed::write(&self.run.folder, PHASE, &phase);
        written.map_err(|source| ApplyError::State { folder: self.run.folder.clone(), source })?;
        self.phase = phase;
        if self.run.status != status {
            self.run.set_status(status)?;
        }
        Ok(())
    }

    /// Goes on until nothing is open.
    async fn carry_on(&mut self) -> Result<(), Stop> {
        match self.phase {
            Phase::Copying => {
                let forward = self.forward()?;
                forward.copy().await?;
                let notes = forward.notes();
                drop(forward);
                if let Some(edit) = &self.work.metadata {
                    write_text(&self.asking, edit).await?;
                }
                self.notes.extend(notes);
                self.set_phase(Phase::Copied, RunStatus::Finished)?;
            }
            Phase::Verifying | Phase::Finishing => {
                self.make_final().await?;
                self.set_phase(Phase::Finished, RunStatus::Finished)?;
            }
            Phase::TakingBack => self.take_back().await?,
            Phase::Reversing => self.reverse().await?,
            Phase::Copied | Phase::Finished => {
                let phase = self.phase;
                self.set_phase(phase, RunStatus::Finished)?;
            }
            Phase::Undone => self.set_phase(Phase::Undone, RunStatus::Undone)?,
        }
        Ok(())
    }

    async fn undo(&mut self) -> Result<(), Stop> {
        match self.phase {
            Phase::Copying | Phase::Copied | Phase::Verifying | Phase::TakingBack => {
                self.take_back().await
            }
            Phase::Finishing => {
                // Some originals are gone already, and all have to be, to be copied back.
                self.make_final().await?;
                self.set_phase(Phase::Finished, RunStatus::Running)?;
                self.reverse().await
            }
            Phase::Finished | Phase::Reversing => self.reverse().await,
            Phase::Undone => Ok(self.set_phase(Phase::Undone, RunStatus::Undone)?),
        }
    }

    fn trash(&self) -> PathBuf {
        self.run.trash()
    }

    fn forward(&self) -> Result<Leg<'_, S>, ApplyError> {
        let trash = self.work.is_kept.then(|| self.trash());
        let journal = self.run.folder.join(FORWARD);
        let (asking, operations) = (&self.asking, &self.work.operations);
        Leg::open(asking, operations, self.run.id.as_str(), &journal, trash, self.progress)
    }

    async fn make_final(&mut self) -> Result<(), Stop> {
        let verified = self.forward()?.verify().await;
        if self.phase == Phase::Verifying {
            match verified {
                Ok(()) => self.set_phase(Phase::Finishing, RunStatus::Running)?,
                Err(fault) => {
                    // Nothing is final, and all is as it was when it was copied.
                    self.set_phase(Phase::Copied, RunStatus::Finished)?;
                    return Err(fault.into());
                }
            }
        } else {
            verified?;
        }
        self.forward()?.finish().await?;
        if let Some(edit) = self.work.metadata.as_ref().filter(|edit| edit.from != edit.to) {
            delete_text(&self.asking, &edit.from, &edit.before).await?;
        }
        Ok(())
    }

    /// Deletes the copies, while all originals are there.
    async fn take_back(&mut self) -> Result<(), Stop> {
        self.set_phase(Phase::TakingBack, RunStatus::Running)?;
        self.unwrite_text().await?;
        let forward = self.forward()?;
        forward.take_back().await?;
        let notes = forward.notes();
        drop(forward);
        self.notes.extend(notes);
        Ok(self.set_phase(Phase::Undone, RunStatus::Undone)?)
    }

    /// Takes the new text of metadata.json back. The old one is there, or is written. What somebody
    /// else wrote since stays.
    async fn unwrite_text(&mut self) -> Result<(), Fault> {
        let Some(edit) = &self.work.metadata else { return Ok(()) };
        let unwritten = if edit.from == edit.to {
            exchange(&self.asking, &edit.to, &edit.after.0, edit.before.0.clone()).await
        } else {
            delete_text(&self.asking, &edit.to, &edit.after).await
        };
        match unwritten {
            Err(Fault::Changed { key, .. }) => {
                let note = format!(
                    "`{key}` was written by somebody else since, and stays; its text before the \
                     run is in `{}`",
                    self.run.folder.join(WORK).display()
                );
                self.notes.push(note);
                Ok(())
            }
            unwritten => unwritten,
        }
    }

    /// Copies everything back once the originals are gone.
    async fn reverse(&mut self) -> Result<(), Stop> {
        self.set_phase(Phase::Reversing, RunStatus::Running)?;
        let forward = self.forward()?;
        let mut back = Vec::new();
        let mut removed_sizes = HashMap::new();
        for (number, operation) in (0..).zip(&self.work.operations) {
            let done = forward.done(number);
            if let Some(begun) = done.begun.as_ref().filter(|_| operation.to.is_none()) {
                removed_sizes.insert(number, begun.size);
            }
            if let Some(from) = operation.to.clone() {
                let to = Some(operation.from.clone());
                let expected = done.placed.or(done.copied);
                back.push(Operation { from, to, occupied: false, expected });
            }
        }
        drop(forward);
        mark_occupied(&mut back);
        let journal = self.run.folder.join(BACKWARD);
        let run = self.run.id.as_str();
        let leg = Leg::open(&self.asking, &back, run, &journal, None, self.progress)?;
        leg.copy().await?;
        leg.verify().await?;
        leg.finish().await?;
        let mut notes = leg.notes();
        drop(leg);
        let trash = self.trash();
        let removed = (0..).zip(&self.work.operations).filter(|(_, it)| it.to.is_none());
        for (number, operation) in removed {
            if !self.work.is_kept {
                notes.push(format!("`{}` was deleted for good, and is not back", operation.from));
                continue;
            }
            let path = kept(&trash, number);
            let size = removed_sizes.get(&number).copied();
            let text = std::fs::read(&path).and_then(|text| match size {
                Some(size) if size != text.len() as u64 => {
                    Err(std::io::Error::other("it has another size than the object had"))
                }
                _ => Ok(text),
            });
            let text = text.map_err(|error| Fault::Local { path, error })?;
            put_back(&self.asking, &operation.from, text).await?;
        }
        if let Some(edit) = self.work.metadata.as_ref().filter(|edit| edit.from != edit.to) {
            put_back(&self.asking, &edit.from, edit.before.0.clone()).await?;
        }
        self.unwrite_text().await?;
        self.notes.extend(notes);
        Ok(self.set_phase(Phase::Undone, RunStatus::Undone)?)
    }
}

fn changed(key: &str, what: &'static str) -> Fault {
    Fault::Changed { key: key.to_owned(), what }
}

/// Makes sure that metadata.json is the one that is to be edited.
async fn check_text<S: Store>(asking: &Asking<'_, S>, edit: &Edit) -> Result<(), ApplyError> {
    let checked = async {
        let (text, _) = asking.get(&edit.from).await?;
        if text != edit.before.0 {
            return Err(changed(&edit.from, "holds something else"));
        }
        Ok(())
    };
    checked.await.map_err(|fault| fault.error(true))
}

/// Writes the new text of metadata.json, where that is not done yet.
async fn write_text<S: Store>(asking: &Asking<'_, S>, edit: &Edit) -> Result<(), Fault> {
    let text = edit.after.0.clone();
    if edit.from == edit.to {
        return exchange(asking, &edit.to, &edit.before.0, text).await;
    }
    put_back(asking, &edit.to, text).await
}

/// Writes a text over another, which has to be the one expected.
async fn exchange<S: Store>(
    asking: &Asking<'_, S>,
    key: &str,
    old: &[u8],
    new: Vec<u8>,
) -> Result<(), Fault> {
    let (text, head) = asking.get(key).await?;
    if text == new {
        return Ok(());
    }
    if text != old {
        return Err(changed(key, "was written in between"));
    }
    match asking.put(key, new.clone(), Precondition::Is(&head)).await {
        // A request that was sent twice finds its own text.
        Err(Fault::Store { error: BucketError::Precondition, .. }) => {
            match asking.get(key).await? {
                (text, _) if text == new => Ok(()),
                _ => Err(changed(key, "was written in between")),
            }
        }
        Err(Fault::Store { error: BucketError::Unsupported, .. }) => {
            asking.put(key, new, Precondition::Nothing).await
        }
        put => put,
    }
}

/// Writes an object where none is; one that holds the same is as good.
async fn put_back<S: Store>(
    asking: &Asking<'_, S>,
    key: &str,
    bytes: Vec<u8>,
) -> Result<(), Fault> {
    match asking.put(key, bytes.clone(), Precondition::Absent).await {
        Err(Fault::Store { error: BucketError::Precondition, .. }) => {
            match asking.get(key).await? {
                (found, _) if found == bytes => Ok(()),
                _ => Err(changed(key, "is there already")),
            }
        }
        Err(Fault::Store { error: BucketError::Unsupported, .. }) => match asking.get(key).await {
            Err(Fault::Store { error: BucketError::Missing, .. }) => {
                asking.put(key, bytes, Precondition::Nothing).await
            }
            Ok((found, _)) if found == bytes => Ok(()),
            Ok(_) => Err(changed(key, "is there already")),
            Err(fault) => Err(fault),
        },
        put => put,
    }
}

/// Deletes an object that holds this.
async fn delete_text<S: Store>(
    asking: &Asking<'_, S>,
    key: &str,
    text: &ByteString,
) -> Result<(), Fault> {
    match asking.get(key).await {
        Err(Fault::Store { error: BucketError::Missing, .. }) => Ok(()),
        Ok((found, _)) if found == text.0 => asking.delete(key).await,
        Ok(_) => Err(changed(key, "was written in between")),
        Err(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests;
