//! [`Names`]: the renames of one step, forward and back.

use std::io;
use std::sync::PoisonError;

use super::folder::Folder;
use super::progress::done_names;
use super::steps::{Carrier, LeftOut, failed};
use crate::error::ApplyError;

/// How many names are renamed between two looks at whether to go on.
const BETWEEN_LOOKS: usize = 1_024;

/// Renames from one folder to one.
pub(super) struct Names {
    pub(super) from: Vec<u8>,
    pub(super) names: Vec<(Vec<u8>, Vec<u8>)>,
    /// `None` where one of them is not there: none of the steps is done then, or can be.
    pub(super) folders: Option<(Folder, Folder)>,
}

impl Names {
    /// Which are done. What `may_be_missing` may be there neither under the one name nor the other.
    pub(super) fn done(&self, may_be_missing: bool) -> Result<Vec<bool>, ApplyError> {
        let Some((from, to)) = &self.folders else { return Ok(vec![false; self.names.len()]) };
        done_names(
            &self.names,
            may_be_missing,
            |name| from.holds(name).map_err(|error| self.failed(name, error)),
            |name| to.holds(name).map_err(|error| self.failed(name, error)),
        )
        .and_then(|done| {
            done.map_err(|at| {
                let name = self.names.get(at).map(|(name, _)| name.as_slice()).unwrap_or_default();
                self.failed(name, io::Error::other("it was changed by something else since"))
            })
        })
    }

    pub(super) fn forward(&self, carrier: &Carrier<'_>, done: &[bool]) -> Result<(), ApplyError> {
        if carrier.leaves_out && self.folders.is_none() {
            return Ok(());
        }
        let (from, to) = self.folders()?;
        for (at, (name, new_name)) in self.names.iter().enumerate() {
            if done.get(at).is_some_and(|done| *done) {
                continue;
            }
            carrier.before(name)?;
            match rename(from, name, to, new_name) {
                Err(error) if carrier.leaves_out && error.kind() == io::ErrorKind::NotFound => {}
                renamed => renamed.map_err(|error| self.failed(name, error))?,
            }
            if at % BETWEEN_LOOKS == BETWEEN_LOOKS - 1 {
                carrier.count(BETWEEN_LOOKS).map_err(|error| self.failed(name, error))?;
            }
        }
        carrier.count(self.names.len() % BETWEEN_LOOKS).map_err(|error| self.failed(b"", error))
    }

    /// Takes them back, the last first, those that are `done` or all. `first` gets where it is.
    pub(super) fn backward(
        &self,
        carrier: &Carrier<'_>,
        done: Option<&[bool]>,
        may_be_missing: bool,
        first: &mut usize,
    ) -> Result<(), ApplyError> {
        let is_done = |at: usize| done.is_none_or(|done| done.get(at).is_some_and(|done| *done));
        if !(0..self.names.len()).any(is_done) {
            return Ok(());
        }
        let (from, to) = self.folders()?;
        let mut left_out = LeftOut::default();
        for (at, (name, new_name)) in self.names.iter().enumerate().rev() {
            if !is_done(at) {
                continue;
            }
            carrier.before(name)?;
            match rename(to, new_name, from, name) {
                Err(error) if may_be_missing && error.kind() == io::ErrorKind::NotFound => {
                    left_out.files += 1;
                    left_out.example = [self.from.as_slice(), b"/", name].concat();
                }
                renamed => {
                    renamed.map_err(|error| self.failed(name, error))?;
                    left_out.others += 1;
                }
            }
            *first = at;
        }
        let mut all = carrier.left_out.lock().unwrap_or_else(PoisonError::into_inner);
        all.files += left_out.files;
        all.others += left_out.others;
        if left_out.files > 0 {
            all.example = left_out.example;
        }
        drop(all);
        carrier.count(self.names.len()).map_err(|error| self.failed(b"", error))
    }

    fn folders(&self) -> Result<(&Folder, &Folder), ApplyError> {
        self.folders
            .as_ref()
            .map(|(from, to)| (from, to))
            .ok_or_else(|| self.failed(b"", io::ErrorKind::NotFound.into()))
    }

    fn failed(&self, name: &[u8], source: io::Error) -> ApplyError {
        failed(&[self.from.as_slice(), b"/", name].concat(), source)
    }
}

/// Renames, also from and to below the folder, where the tree keeps no folders so deep.
fn rename(from: &Folder, name: &[u8], to: &Folder, new_name: &[u8]) -> io::Result<()> {
    match from.rename(name, to, new_name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && new_name.contains(&b'/') => {
            let ends = new_name.iter().enumerate().filter(|(_, byte)| **byte == b'/');
            for (end, _) in ends {
                match to.make(new_name.get(..end).unwrap_or_default()) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            }
            from.rename(name, to, new_name)
        }
        renamed => renamed,
    }
}
