//! [`Carrier`]: takes the steps of a journal, forward and back.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::iter::{
    IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _,
};
use sensortree_core::plan::steps::Phase;

use super::Faults;
use super::folder::{Folder, FolderFacts};
use super::journal::{Home, Journal, Record, Span};
use super::names::Names;
use super::prepare::{CHANGED_METADATA, NEW_METADATA};
use super::progress::done_in_order;
use crate::error::ApplyError;
use crate::executor::Progress;

pub(super) struct Carrier<'c> {
    root: Folder,
    trash: PathBuf,
    /// The folder of the run.
    run: PathBuf,
    journal: &'c Journal,
    faults: &'c Faults,
    progress: &'c dyn Progress,
    done: AtomicU64,
    stops: AtomicBool,
    /// Whether what is not there any more is left out.
    pub(super) leaves_out: bool,
    pub(super) left_out: Mutex<LeftOut>,
    /// What [`Carrier::backward`] took back: which steps, by position, and from which name on.
    taken_back: Mutex<Vec<(usize, usize)>>,
}

/// Files that are not there any more, of those that a phase renamed.
#[derive(Default)]
pub(super) struct LeftOut {
    pub(super) files: u64,
    pub(super) others: u64,
    pub(super) example: Vec<u8>,
}

impl<'c> Carrier<'c> {
    pub(super) fn new(
        target: &Path,
        trash: PathBuf,
        run: &Path,
        journal: &'c Journal,
        faults: &'c Faults,
        progress: &'c dyn Progress,
    ) -> Result<Self, ApplyError> {
        let root = Folder::root(target).map_err(|source| failed(b"", source))?;
        Ok(Carrier {
            root,
            trash,
            run: run.to_owned(),
            journal,
            faults,
            progress,
            done: AtomicU64::new(0),
            stops: AtomicBool::new(false),
            leaves_out: false,
            left_out: Mutex::default(),
            taken_back: Mutex::default(),
        })
    }

    /// The same, which leaves out what is not there any more: when a run is taken back, a file that
    /// somebody deleted since is no reason to keep all others from their names.
    pub(super) fn leaving_out(self) -> Self {
        Carrier { leaves_out: true, ..self }
    }

    /// The same, which counts on from what was done before: phases of one run are one count.
    pub(super) fn counting_from(self, done: u64) -> Self {
        Carrier { done: AtomicU64::new(done), ..self }
    }

    /// How much was done, with what was done before.
    pub(super) fn counted(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Takes all steps of a phase, and waits until they are on the disk. Where it `may_be_begun`,
    /// those that are done are left out.
    pub(super) fn forward(&self, phase: Phase, may_be_begun: bool) -> Result<(), ApplyError> {
        let spans = self.journal.steps(phase);
        if phase.is_in_order() {
            let steps = self.read(spans)?;
            // Whether folders were cleared need not be known: what is gone is left out.
            let is_known = !may_be_begun || phase == Phase::Clear;
            let first = if is_known { 0 } else { self.count_done(phase, &steps)? };
            for step in steps.get(first..).unwrap_or_default() {
                self.take(step)?;
            }
        } else {
            self.each(spans, |names, _| {
                let done = if may_be_begun { names.done(self.leaves_out)? } else { Vec::new() };
                names.forward(self, &done)
            })?;
        }
        self.sync()
    }

    /// Takes all steps of a phase back. Where it `may_be_partial`, those that are not done are left
    /// out. What could not be cleaned up, one sentence each.
    pub(super) fn backward(
        &self,
        phase: Phase,
        may_be_partial: bool,
    ) -> Result<Vec<String>, ApplyError> {
        let spans = self.journal.steps(phase);
        let mut notes = Vec::new();
        if phase.is_in_order() {
            let steps = self.read(spans)?;
            let done = if may_be_partial { self.count_done(phase, &steps)? } else { steps.len() };
            for (at, step) in steps.iter().enumerate().take(done).rev() {
                notes.extend(self.take_back(step)?);
                self.note_taken_back(at, 0);
            }
        } else {
            self.each(spans, |names, at| {
                let done = if may_be_partial { Some(names.done(self.leaves_out)?) } else { None };
                let first = &mut names.names.len();
                let result = names.backward(self, done.as_deref(), self.leaves_out, first);
                self.note_taken_back(at, *first);
                result
            })?;
            notes.extend(self.what_was_left_out()?);
        }
        self.sync()?;
        Ok(notes)
    }

    fn note_taken_back(&self, step: usize, first: usize) {
        self.taken_back.lock().unwrap_or_else(PoisonError::into_inner).push((step, first));
    }

    /// Takes the steps of a phase again that [`Carrier::backward`] took back before it failed. They
    /// are known and not told from names, as something else may have these since.
    pub(super) fn forward_again(&self, phase: Phase) -> Result<(), ApplyError> {
        let mut taken_back = self.taken_back.lock().unwrap_or_else(PoisonError::into_inner).clone();
        taken_back.sort_unstable();
        for (at, first) in taken_back {
            let Some(span) = self.journal.steps(phase).get(at) else { continue };
            match self.journal.step(*span)? {
                Record::Rename { from, to, names } => {
                    let folders = self.folders(&from, &to)?;
                    let done: Vec<bool> = (0..names.len()).map(|at| at < first).collect();
                    Names { from, names, folders }.forward(self, &done)?;
                }
                step => self.take(&step)?,
            }
        }
        self.sync()
    }

    /// One sentence about it. Where all is missing that the phase renamed, this is not the tree.
    fn what_was_left_out(&self) -> Result<Option<String>, ApplyError> {
        let left_out = self.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        let LeftOut { files, others, example } = &*left_out;
        match (files, others) {
            (0, _) => Ok(None),
            (_, 0) => Err(failed(example, io::ErrorKind::NotFound.into())),
            _ => Ok(Some(format!(
                "{} not there any more, under the name that the run gave: `{}`{}",
                if *files == 1 { "a file is".to_owned() } else { format!("{files} files are") },
                String::from_utf8_lossy(example),
                if *files == 1 { "" } else { " and others" },
            ))),
        }
    }

    /// Finds out which phase a run that was interrupted is in, where the end of its journal is
    /// lost: the first that is not done whole. Touches nothing but the journal.
    pub(super) fn advance_marker(&self) -> Result<(), ApplyError> {
        let mut journal = Journal::open(self.journal.path())?;
        while let Some(next) = journal.next_phase() {
            let is_whole = match journal.phase() {
                None => true,
                Some(phase) => self.is_done(phase, true)?,
            };
            if !is_whole || !self.is_done(next, false)? {
                break;
            }
            journal.mark_phase(next)?;
        }
        Ok(())
    }

    /// Whether all steps of a phase are done, or any.
    fn is_done(&self, phase: Phase, all: bool) -> Result<bool, ApplyError> {
        let spans = self.journal.steps(phase);
        if phase.is_in_order() {
            let steps = self.read(spans)?;
            let done = self.count_done(phase, &steps)?;
            // Whether a folder was cleared does not tell when.
            let tells = phase != Phase::Clear;
            return Ok(if all { done == steps.len() } else { tells && done > 0 });
        }
        let (every, any) = (AtomicBool::new(true), AtomicBool::new(false));
        self.each(spans, |names, _| {
            for is_done in names.done(self.leaves_out)? {
                let flag = if is_done { &any } else { &every };
                flag.store(is_done, Ordering::Relaxed);
            }
            Ok(())
        })?;
        Ok(if all { every.into_inner() } else { any.into_inner() })
    }

    /// Gives the folders that were touched back their modes and times. What could not be done, one
    /// sentence each.
    pub(super) fn restore_folders(&self) -> Vec<String> {
        remove_empty(&self.trash);
        let times = match self.journal.folder_times() {
            Ok(times) => times,
            Err(error) => return vec![error.to_string()],
        };
        let mut notes = Vec::new();
        for folder in times {
            let facts = FolderFacts {
                device: 0,
                mode: folder.mode,
                seconds: folder.seconds,
                nanoseconds: folder.nanoseconds,
            };
            if let Err(error) = self.root.restore(&folder.path, facts) {
                notes.push(format!(
                    "the time of `{}` is not what it was: {error}",
                    String::from_utf8_lossy(&folder.path)
                ));
            }
        }
        notes
    }

    fn read(&self, spans: &[Span]) -> Result<Vec<Record>, ApplyError> {
        spans.iter().map(|span| self.journal.step(*span)).collect()
    }

    /// Works on all renames of a phase at the same time, one folder each.
    fn each(
        &self,
        spans: &[Span],
        work: impl Fn(&Names, usize) -> Result<(), ApplyError> + Sync,
    ) -> Result<(), ApplyError> {
        spans.par_iter().enumerate().try_for_each(|(at, span)| {
            if self.stops.load(Ordering::Relaxed) {
                return Ok(());
            }
            let worked = match self.journal.step(*span)? {
                Record::Rename { from, to, names } => {
                    let folders = self.folders(&from, &to)?;
                    work(&Names { from, names, folders }, at)
                }
                other => Err(ApplyError::Journal {
                    journal: self.journal.path().to_owned(),
                    what: format!("{other:?} stands in the wrong phase"),
                }),
            };
            worked.inspect_err(|_| self.stops.store(true, Ordering::Relaxed))
        })
    }

    fn folders(&self, from: &[u8], to: &Home) -> Result<Option<(Folder, Folder)>, ApplyError> {
        let found = |opened: io::Result<Folder>, path: &[u8]| match opened {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(path, error)),
        };
        let one = found(self.root.open(from), from)?;
        let other = match to {
            Home::Tree(path) => found(self.root.open(path), path)?,
            Home::Trash(path) => Some(self.kept_in(&self.trash, path)?),
            Home::Kept => Some(self.kept_in(&self.run.join("before"), b"")?),
        };
        Ok(one.zip(other))
    }

    /// A folder of the trash, made where it is not there yet.
    fn kept_in(&self, home: &Path, path: &[u8]) -> Result<Folder, ApplyError> {
        let make = || {
            fs::create_dir_all(home)?;
            let root = Folder::root(home)?;
            let ends = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
            for end in ends.chain([path.len()]).filter(|end| *end > 0) {
                match root.make(path.get(..end).unwrap_or_default()) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            }
            root.open(path)
        };
        make().map_err(|source| ApplyError::State { folder: home.to_owned(), source })
    }

    /// How many steps of a phase that is done in order are done.
    fn count_done(&self, phase: Phase, steps: &[Record]) -> Result<usize, ApplyError> {
        if phase == Phase::Clear {
            return Ok(steps.len());
        }
        done_in_order(steps, |step| match step {
            Record::Make(path) => Ok(self.root.is_folder(path).unwrap_or(false)),
            Record::Write(path) | Record::Clear(path) => {
                self.root.holds(path).map_err(|error| failed(path, error))
            }
            Record::Rename { from, to, names } => {
                let Some((name, new_name)) = names.first() else { return Ok(true) };
                let Some((from, to)) = self.folders(from, to)? else { return Ok(false) };
                let went = || Ok(to.holds(new_name)? && !from.holds(name)?);
                went().map_err(|error| failed(new_name, error))
            }
        })
    }

    fn take(&self, step: &Record) -> Result<(), ApplyError> {
        match step {
            Record::Make(path) => {
                self.before(path)?;
                self.root.make(path).map_err(|error| failed(path, error))
            }
            Record::Write(path) => self.write_metadata(path),
            Record::Clear(path) => {
                self.before(path)?;
                match self.root.remove_folder(path) {
                    Ok(()) => Ok(()),
                    // What the listing did not show is left in it.
                    Err(error)
                        if matches!(
                            error.kind(),
                            io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::NotFound
                        ) =>
                    {
                        Ok(())
                    }
                    Err(error) => Err(failed(path, error)),
                }
            }
            Record::Rename { from, to, names } => {
                let folders = self.folders(from, to)?;
                Names { from: from.clone(), names: names.clone(), folders }.forward(self, &[])
            }
        }
    }

    fn take_back(&self, step: &Record) -> Result<Option<String>, ApplyError> {
        match step {
            Record::Make(path) => {
                self.before(path)?;
                match self.root.remove_folder(path) {
                    Ok(()) => Ok(None),
                    Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => {
                        let path = String::from_utf8_lossy(path);
                        Ok(Some(format!("`{path}` stays: it holds something new")))
                    }
                    Err(error) => Err(failed(path, error)),
                }
            }
            Record::Write(path) => {
                self.before(path)?;
                self.unwrite(path).map_err(|error| failed(path, error))
            }
            Record::Clear(path) => {
                self.before(path)?;
                match self.root.make(path) {
                    Ok(()) => Ok(None),
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(None),
                    Err(error) => Err(failed(path, error)),
                }
            }
            Record::Rename { from, to, names } => {
                let folders = self.folders(from, to)?;
                Names { from: from.clone(), names: names.clone(), folders }
                    .backward(self, None, false, &mut 0)?;
                Ok(None)
            }
        }
    }

    /// Writes the new metadata.json under its temporary name, whatever was written of it before.
    fn write_metadata(&self, path: &[u8]) -> Result<(), ApplyError> {
        self.before(path)?;
        let write = || {
            let new = self.run.join(NEW_METADATA);
            self.root.write(path, &fs::read(&new)?, fs::metadata(&new)?.permissions())
        };
        write().map_err(|error| failed(path, error))
    }

    /// Takes the new metadata.json away. Where somebody wrote to it since, it is kept in the folder
    /// of the run, which the sentence says.
    fn unwrite(&self, path: &[u8]) -> io::Result<Option<String>> {
        let written = fs::read(self.run.join(NEW_METADATA))?;
        // What ended in the middle of writing is no text of somebody else.
        if self.root.read(path)?.is_some_and(|now| written.starts_with(&now)) {
            self.root.remove_file(path)?;
            return Ok(None);
        }
        self.root.rename(path, &Folder::root(&self.run)?, CHANGED_METADATA.as_bytes())?;
        Ok(Some(format!(
            "metadata.json was changed after the run; what it held is kept in `{}`",
            self.run.join(CHANGED_METADATA).display()
        )))
    }

    pub(super) fn before(&self, path: &[u8]) -> Result<(), ApplyError> {
        self.faults.before_operation().map_err(|error| failed(path, error))
    }

    fn sync(&self) -> Result<(), ApplyError> {
        self.before(b"")?;
        self.root.sync().map_err(|error| failed(b"", error))
    }

    /// Counts steps, and says whether to stop.
    pub(super) fn count(&self, steps: usize) -> io::Result<()> {
        let done = self.done.fetch_add(steps as u64, Ordering::Relaxed) + steps as u64;
        let outline = self.journal.outline();
        let all = outline.renamed + outline.removed;
        // What is set aside on its way is renamed twice.
        self.progress.done(done.min(all), all);
        if self.progress.cancelled() {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "stopped"));
        }
        Ok(())
    }
}

/// Removes a folder with all folders in it, as far as no files are in them.
fn remove_empty(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        remove_empty(&entry.path());
    }
    // What is not empty stays, as it is meant to.
    let _ = fs::remove_dir(folder);
}

pub(super) fn failed(path: &[u8], source: io::Error) -> ApplyError {
    let path = String::from_utf8_lossy(path).trim_start_matches('/').to_owned();
    let path = if path.is_empty() { ".".to_owned() } else { path };
    ApplyError::Step { path, source, undone: false }
}
