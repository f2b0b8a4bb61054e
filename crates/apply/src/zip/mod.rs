//! Zips: the plan is carried out in a new file beside the old one, which stays as it is.
//!
//! The new file is named `<stem>.fixed.zip`. A platform that reads zips takes the top folder for
//! named as the file (fact T11), so the top folder of the new one is named `<stem>.fixed` where
//! that of the old one is named as it is to be; where it is not, it keeps its name, and what was
//! found about it stays true.
//!
//! A run's folder holds, beside `run.json`: `zip.json`, what the old zip was and what is made of
//! it; and `result.json`, the size and the checksum of the new one, written before that gets its
//! name. The new zip is written under a name of the run's own (`.sensortree-<run>.zip.new`),
//! brought to the disk, and renamed without replacing anything.

mod new_file;
mod recipe;
mod source;
mod writer;

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sensortree_core::archive::{self, LIMIT_DECIMAL};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use self::source::Fingerprint;

use self::new_file::{move_away, rename_new};
use self::recipe::{Recipe, survey};
use self::source::Source;
use self::writer::{Failure, write};
use crate::error::ApplyError;
use crate::executor::{Applied, Executor, Job, Outline, Progress};
use crate::faults::Faults;
use crate::run::{Run, RunStatus, sync_folder};
use crate::sealed::{self, hex};
use crate::state::StateFolder;

/// What runs of this executor are called.
pub const KIND: &str = "zip";

const JOURNAL: &str = "zip.json";
const RESULT: &str = "result.json";

/// Carries plans out on a zip, in a new file beside it. Whoever calls it has the lock on the
/// [target](ZipExecutor::target).
///
/// [`Outline::bytes`] are those of the entries, compressed, that are copied. What the plan takes
/// out is left out of the new zip, whatever [`Removals`](crate::Removals) say: the old one has it.
/// Entries that are listed twice and encrypted ones are copied as they are; an encrypted
/// metadata.json, or one that is there twice, is not edited. What stands before the first entry,
/// between entries or behind the end is no part of the new zip.
#[derive(Debug)]
pub struct ZipExecutor {
    path: PathBuf,
    fingerprint: Fingerprint,
    /// A new zip of so many bytes is refused where the old one has less.
    limit: u64,
    faults: Faults,
}

/// `zip.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Journal {
    /// What the old zip was when the plan was carried out.
    fingerprint: Fingerprint,
    /// The name under which the new zip is written, in the folder of the old one.
    temporary: String,
    /// The name that it gets.
    result: String,
    renamed: u64,
    removed: u64,
    bytes: u64,
    recipe: Recipe,
}

/// `result.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Written {
    bytes: u64,
    sha256: String,
}

impl ZipExecutor {
    /// For the zip at `path`, as it is now: where it is another one when a plan is carried out,
    /// nothing is done. Made before the zip is listed, it holds that the plan is for what was
    /// listed.
    ///
    /// # Errors
    /// When there is no such file, or it is no zip.
    pub fn new(path: &Path) -> Result<Self, ApplyError> {
        let fingerprint = Source::open(path)?.fingerprint()?;
        let faults = Faults::default();
        Ok(ZipExecutor { path: path.to_owned(), fingerprint, limit: LIMIT_DECIMAL, faults })
    }

    /// What the zip was known by when this was made.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    /// The executor of a zip that must be the one with this fingerprint, as a plan that was kept in
    /// a file has it.
    #[must_use]
    pub fn expecting(self, fingerprint: Fingerprint) -> Self {
        ZipExecutor { fingerprint, ..self }
    }

    /// The same, failing as a test says.
    #[doc(hidden)]
    #[must_use]
    pub fn failing(self, faults: Faults) -> Self {
        ZipExecutor { faults, ..self }
    }

    /// How many steps it has taken: file operations.
    #[doc(hidden)]
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.faults.taken()
    }

    /// The file that a plan for this zip makes.
    #[must_use]
    pub fn result(&self) -> PathBuf {
        self.path.with_file_name(format!("{}.zip", self.stems().1))
    }

    /// The names of the old and the new file without their suffix.
    fn stems(&self) -> (String, String) {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = archive::stem(&name).to_owned();
        let fixed = format!("{stem}.fixed");
        (stem, fixed)
    }

    /// What runs on this zip are about: its absolute path.
    ///
    /// # Errors
    /// When the zip is not there, or its path is not UTF-8.
    pub fn target(&self) -> Result<String, ApplyError> {
        let failed = |source| ApplyError::Step { path: shown(&self.path), source, undone: true };
        let path = self.path.canonicalize().map_err(failed)?;
        path.into_os_string().into_string().map_err(|_| ApplyError::Impossible {
            what: "the zip's path is not UTF-8, and a run could not be named by it".to_owned(),
        })
    }

    /// The old zip, where it is the one that is expected.
    fn source(&self, expected: &Fingerprint) -> Result<Source, ApplyError> {
        let source = Source::open(&self.path)?;
        if source.fingerprint()? == *expected {
            Ok(source)
        } else {
            let path = source.name().to_owned();
            Err(ApplyError::Changed { path, what: "was written in between" })
        }
    }

    fn survey(&self, job: &Job<'_>) -> Result<(Recipe, Outline), ApplyError> {
        let source = self.source(&self.fingerprint)?;
        let result = self.result();
        if fs::symlink_metadata(&result).is_ok() {
            let what = format!("`{}` is there already, and is not overwritten", shown(&result));
            return Err(ApplyError::Impossible { what });
        }
        let (stem, fixed) = self.stems();
        survey(&source, job, (&stem, &fixed))
    }

    /// Takes one step on a file of this path.
    fn step<T>(&self, path: &Path, step: impl FnOnce() -> io::Result<T>) -> Result<T, ApplyError> {
        let taken = self.faults.step().and_then(|()| step());
        taken.map_err(|source| ApplyError::Step { path: shown(path), source, undone: false })
    }

    /// Writes the new zip and gives it its name, as the journal of a run says.
    fn carry_out(
        &self,
        run: &mut Run,
        journal: &Journal,
        progress: &dyn Progress,
    ) -> Result<Applied, ApplyError> {
        let source = self.source(&journal.fingerprint)?;
        let (temporary, result) = self.files(journal);
        let written = self.write(&source, journal, &temporary, progress)?;
        if written.bytes >= self.limit && source.bytes() < self.limit {
            let what = format!(
                "the new zip would have {} bytes, and an upload has to have less than 100 MB",
                written.bytes
            );
            return Err(ApplyError::Impossible { what });
        }
        // Nobody wrote to it while it was copied.
        self.source(&journal.fingerprint)?;
        self.step(&run.folder, || sealed::write(&run.folder, RESULT, &written))?;
        self.step(&result, || rename_new(&temporary, &result))?;
        self.step(&result, || sync_folder(parent(&result)))?;
        self.step(&run.folder, || Ok(()))?;
        run.set_status(RunStatus::Finished)?;
        Ok(journal.applied(run, Some(result), Vec::new()))
    }

    fn write(
        &self,
        source: &Source,
        journal: &Journal,
        temporary: &Path,
        progress: &dyn Progress,
    ) -> Result<Written, ApplyError> {
        let file =
            self.step(temporary, || File::options().write(true).create_new(true).open(temporary))?;
        let mut out = Hashing { inner: BufWriter::new(file), sum: Sha256::new(), bytes: 0 };
        let failed = |source| ApplyError::Step { path: shown(temporary), source, undone: false };
        match write(source, &journal.recipe, &mut out, &self.faults, progress) {
            Ok(()) => {}
            Err(Failure::Old(error)) => return Err(error),
            Err(Failure::New(error)) => return Err(failed(error)),
            Err(Failure::Cancelled) => {
                return Err(failed(io::Error::from(io::ErrorKind::Interrupted)));
            }
        }
        let Hashing { inner, sum, bytes } = out;
        self.step(temporary, || {
            let file = inner.into_inner().map_err(io::IntoInnerError::into_error)?;
            // The old one's rights hold for the new one.
            if let Ok(old) = fs::metadata(&self.path) {
                file.set_permissions(old.permissions())?;
            }
            file.sync_all()
        })?;
        Ok(Written { bytes, sha256: hex(&sum.finalize()) })
    }

    /// The temporary file of a run, and its result.
    fn files(&self, journal: &Journal) -> (PathBuf, PathBuf) {
        let beside = |name: &str| self.path.with_file_name(name);
        (beside(&journal.temporary), beside(&journal.result))
    }

    fn remove_temporary(&self, journal: &Journal) -> Result<(), ApplyError> {
        let (temporary, _) = self.files(journal);
        self.step(&temporary, || match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
    }

    /// Whether what stands at the result's path is what this run wrote; `None` where nothing does.
    fn is_ours(&self, run: &Run, journal: &Journal) -> Result<Option<bool>, ApplyError> {
        let (_, result) = self.files(journal);
        let written: Option<Written> = sealed::read(&run.folder, RESULT)?;
        let failed = |source| ApplyError::Step { path: shown(&result), source, undone: false };
        match Written::of(&result) {
            Ok(found) => Ok(Some(written.as_ref() == Some(&found))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// Reads what a run on this zip was to do.
    fn take_up(&self, run: &Run) -> Result<Journal, ApplyError> {
        let target = self.target()?;
        if run.kind != KIND || run.target != target {
            let what = format!("the run {} is not about `{target}`", run.id);
            return Err(ApplyError::NoRun { what });
        }
        sealed::read(&run.folder, JOURNAL)?.ok_or_else(|| ApplyError::Journal {
            journal: run.folder.join(JOURNAL),
            what: "it is not there".to_owned(),
        })
    }
}

impl Journal {
    fn outline(&self) -> Outline {
        let Journal { renamed, removed, bytes, .. } = *self;
        let edits_metadata = self.recipe.metadata.is_some();
        Outline { renamed, removed, edits_metadata, requests: 0, bytes }
    }

    fn applied(&self, run: &Run, result: Option<PathBuf>, notes: Vec<String>) -> Applied {
        let outline = self.outline();
        Applied { run: run.id.clone(), outline, can_be_undone: true, result, notes }
    }
}

impl Executor for ZipExecutor {
    fn outline(&self, job: &Job<'_>) -> Result<Outline, ApplyError> {
        self.survey(job).map(|(_, outline)| outline)
    }

    fn apply(
        &self,
        job: &Job<'_>,
        state: &StateFolder,
        progress: &dyn Progress,
    ) -> Result<Applied, ApplyError> {
        let target = self.target()?;
        state.refuse_interrupted(&target)?;
        let (recipe, outline) = self.survey(job)?;
        let mut run = state.begin(KIND, &target, Timestamp::now())?;
        let Outline { renamed, removed, bytes, .. } = outline;
        let journal = Journal {
            fingerprint: self.fingerprint.clone(),
            temporary: format!(".sensortree-{}.zip.new", run.id),
            result: format!("{}.zip", self.stems().1),
            renamed,
            removed,
            bytes,
            recipe,
        };
        let folder = run.folder.clone();
        self.step(&folder, || sealed::write(&folder, JOURNAL, &journal))
            .and_then(|()| self.step(&folder, || Ok(())))
            .and_then(|()| run.set_status(RunStatus::Running))
            .and_then(|()| self.carry_out(&mut run, &journal, progress))
            .map_err(|error| {
                let cleaned = self.remove_temporary(&journal).and_then(|()| {
                    // Where the new zip has its name, all is done but to say so.
                    match self.is_ours(&run, &journal)? {
                        Some(true) => Ok(false),
                        _ => run.set_status(RunStatus::Undone).map(|()| true),
                    }
                });
                error.with_undone(cleaned.unwrap_or(false))
            })
    }

    fn resume(&self, run: &Run, progress: &dyn Progress) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_resuming()? {
            return Ok(applied);
        }
        let mut run = run.clone();
        let journal = self.take_up(&run)?;
        let (_, result) = self.files(&journal);
        if self.is_ours(&run, &journal)? == Some(true) {
            self.remove_temporary(&journal)?;
            self.step(&result, || sync_folder(parent(&result)))?;
            run.set_status(RunStatus::Finished)?;
            return Ok(journal.applied(&run, Some(result), Vec::new()));
        }
        if fs::symlink_metadata(&result).is_ok() {
            let what = format!("`{}` is there already, and is not overwritten", shown(&result));
            return Err(ApplyError::Impossible { what });
        }
        self.remove_temporary(&journal)?;
        self.carry_out(&mut run, &journal, progress)
    }

    fn undo(&self, run: &Run, _progress: &dyn Progress) -> Result<Applied, ApplyError> {
        if let Some(applied) = run.before_undoing()? {
            return Ok(applied);
        }
        let mut run = run.clone();
        let journal = self.take_up(&run)?;
        let (_, result) = self.files(&journal);
        let mut notes = Vec::new();
        match self.is_ours(&run, &journal)? {
            Some(true) => {
                let trash = run.trash();
                self.step(&trash, || fs::create_dir_all(&trash))?;
                let to = trash.join(&journal.result);
                self.step(&result, || move_away(&result, &to))?;
                self.step(&result, || sync_folder(parent(&result)))?;
            }
            // Another file took the name, before this run could.
            Some(false) if run.status == RunStatus::Running => {
                notes.push(format!("`{}` is not of this run, and stays", shown(&result)));
            }
            Some(false) => {
                let path = shown(&result);
                let what = "was changed after the run, and is not taken away";
                return Err(ApplyError::Changed { path, what });
            }
            None if run.status == RunStatus::Finished => {
                // It may have been given the name of the old one.
                self.source(&journal.fingerprint)?;
                notes.push(format!("`{}` was not there any more", shown(&result)));
            }
            None => {}
        }
        self.remove_temporary(&journal)?;
        self.step(&run.folder.clone(), || Ok(()))?;
        run.set_status(RunStatus::Undone)?;
        Ok(journal.applied(&run, None, notes))
    }
}

impl Written {
    fn of(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut sum = Sha256::new();
        let mut buffer = vec![0; 256 << 10];
        let mut bytes = 0;
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(Written { bytes, sha256: hex(&sum.finalize()) }),
                length => {
                    sum.update(buffer.get(..length).unwrap_or_default());
                    bytes += length as u64;
                }
            }
        }
    }
}

/// Adds up what is written.
struct Hashing<W> {
    inner: W,
    sum: Sha256,
    bytes: u64,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.inner.write(bytes)?;
        self.sum.update(bytes.get(..length).unwrap_or_default());
        self.bytes += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn shown(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests;
