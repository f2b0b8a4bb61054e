//! All that is looked at and written before the first step.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use sensortree_core::plan::steps::{Phase, Place, Step, StepsEnd};

use super::Faults;
use super::folder::Folder;
use super::journal::{FolderTimes, Journal, JournalWriter};
use crate::error::ApplyError;
use crate::executor::{Job, Removals};
use crate::run::Run;
use crate::state::StateFolder;

/// The name under which the text of metadata.json is kept that an edit gives it.
pub(super) const NEW_METADATA: &str = "metadata.new";

/// The name under which that text is kept where somebody changed it before the run was taken back.
pub(super) const CHANGED_METADATA: &str = "metadata.changed";

/// Looks whether a job can be carried out, and writes its journal.
pub(super) fn prepare(
    target: &Path,
    job: &Job<'_>,
    run: &Run,
    state: &StateFolder,
    faults: &Faults,
) -> Result<Journal, ApplyError> {
    let root = Folder::root(target).map_err(|error| step(b"", error))?;
    let path = run.folder.join("journal");
    let failed = |source| ApplyError::State { folder: run.folder.clone(), source };
    if let Some(edit) = job.metadata {
        let shown = || String::from_utf8_lossy(&edit.path).into_owned();
        let changed = |what| ApplyError::Changed { path: shown(), what };
        let (now, permissions) =
            read_below(target, &edit.path).map_err(|error| step(&edit.path, error))?;
        if now != edit.before {
            return Err(changed("holds something else now"));
        }
        faults.before_operation().map_err(failed)?;
        let new = run.folder.join(NEW_METADATA);
        fs::write(&new, &edit.after)
            .and_then(|()| fs::File::open(&new)?.sync_all())
            // The new file gets them from this one.
            .and_then(|()| fs::set_permissions(&new, permissions))
            .map_err(failed)?;
    }
    faults.before_operation().map_err(failed)?;
    let mut writer = JournalWriter::create(&path).map_err(failed)?;
    let mut preparation =
        Preparation { root: &root, uses_trash: false, made: BTreeSet::new(), faults };
    let temporary = format!(".sensortree-{}-", run.id);
    let edited = job.metadata.map(|edit| edit.path.as_slice());
    let each = &mut |phase, step: Step<'_>| preparation.step(&mut writer, phase, step, run);
    job.plan.for_each_step(&temporary, edited, each).map_err(|end| match end {
        StepsEnd::Plan(error) => ApplyError::Impossible { what: error.to_string() },
        StepsEnd::Taker(error) => error,
    })?;
    if preparation.uses_trash {
        let state_folder = Folder::root(state.path()).map_err(failed)?;
        let same = state_folder.facts().and_then(|one| Ok(one.device == root.facts()?.device));
        if !same.map_err(failed)? {
            let what = format!(
                "`{}` is on another file system than the dataset, so nothing can be moved there",
                state.path().display()
            );
            return Err(ApplyError::Impossible { what });
        }
    }
    faults.before_operation().map_err(failed)?;
    writer.finish(job.removals == Removals::Deleted)
}

struct Preparation<'p> {
    root: &'p Folder,
    uses_trash: bool,
    made: BTreeSet<Vec<u8>>,
    faults: &'p Faults,
}

impl Preparation<'_> {
    fn step(
        &mut self,
        writer: &mut JournalWriter,
        phase: Phase,
        given: Step<'_>,
        run: &Run,
    ) -> Result<(), ApplyError> {
        match given {
            Step::Touches { folder } => {
                let look = || {
                    let opened = self.root.open(folder)?;
                    opened.require_writable()?;
                    opened.facts()
                };
                let facts = look().map_err(|error| step(folder, error))?;
                self.faults.before_operation().map_err(|error| step(folder, error))?;
                let times = FolderTimes {
                    path: folder.to_vec(),
                    mode: facts.mode,
                    seconds: facts.seconds,
                    nanoseconds: facts.nanoseconds,
                };
                return writer.times(&times).map_err(|error| failed(run, error));
            }
            // The tree does not keep folders that lie deep, and some are there.
            Step::MakeFolder { path } => {
                let is_there = self.root.holds(path).map_err(|error| step(path, error))?;
                if is_there && self.root.is_folder(path).unwrap_or(false) {
                    return Ok(());
                }
                if is_there {
                    return Err(step(path, io::ErrorKind::AlreadyExists.into()));
                }
                self.made.insert(path.to_vec());
            }
            Step::Rename { from, to: Place::Tree(to), names } => {
                if phase == Phase::Out && from != to {
                    self.require_no_relative_links(from, names)?;
                }
            }
            Step::Rename { .. } => self.uses_trash = true,
            Step::WriteMetadata { .. } | Step::RemoveFolder { .. } => {}
        }
        writer.step(phase, given).map_err(|error| failed(run, error))
    }

    /// A relative link that goes to another folder would lead somewhere else.
    fn require_no_relative_links(
        &self,
        from: &[u8],
        names: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<(), ApplyError> {
        let folder = self.root.open(from).map_err(|error| step(from, error))?;
        for (name, _) in names {
            let path = [from, b"/", name].concat();
            let link = folder.link(name).map_err(|error| step(&path, error))?;
            if link.is_some_and(|to| !to.starts_with(b"/")) {
                let path = String::from_utf8_lossy(&path).into_owned();
                let what =
                    format!("`{path}` is a relative link, which would lead elsewhere once moved");
                return Err(ApplyError::Impossible { what });
            }
        }
        Ok(())
    }
}

fn failed(run: &Run, source: io::Error) -> ApplyError {
    ApplyError::State { folder: run.folder.clone(), source }
}

/// An error about one path, before anything was touched.
pub(super) fn step(path: &[u8], source: io::Error) -> ApplyError {
    let shown = if path.is_empty() { ".".into() } else { String::from_utf8_lossy(path) };
    ApplyError::Step { path: shown.into_owned(), source, undone: true }
}

/// What a file holds, and who may read it.
fn read_below(target: &Path, path: &[u8]) -> io::Result<(Vec<u8>, fs::Permissions)> {
    #[cfg(unix)]
    let path = {
        use std::os::unix::ffi::OsStrExt as _;
        Path::new(std::ffi::OsStr::from_bytes(path))
    };
    #[cfg(not(unix))]
    let path = Path::new(std::str::from_utf8(path).map_err(|_| io::ErrorKind::InvalidFilename)?);
    let path = target.join(path);
    Ok((fs::read(&path)?, fs::metadata(&path)?.permissions()))
}
