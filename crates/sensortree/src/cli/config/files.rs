//! Where the text of configuration files comes from: the disk, or with `--staged` the index.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::path::Path;

use sensortree_report::escape::visible_path;

use super::file::shown;
use super::layer;

/// What the index has in the place of a file.
#[derive(Debug)]
pub enum InIndex {
    /// The file lies outside of the repository, so that the index has no say in it.
    Outside,
    /// It would not be committed, for a reason in words: `is not staged`.
    Not(&'static str),
    /// It would be committed so, or cannot be read.
    Staged(io::Result<Vec<u8>>),
}

/// Looks up a file in the index, of which so many bytes are taken at most.
pub type Index<'s> = &'s dyn Fn(&Path, u64) -> InIndex;

/// The files that a run's settings are read from.
#[derive(Default)]
pub struct Files<'s> {
    index: Option<Index<'s>>,
    notes: RefCell<Vec<String>>,
}

/// Where a file is read from.
#[derive(Debug)]
pub(crate) enum Source {
    /// From nowhere: it does not count, as it would not be committed.
    NotStaged,
    /// From the disk, where it may be or not.
    Disk,
    /// From the index, whose bytes these are.
    Index(io::Result<Vec<u8>>),
}

impl<'s> Files<'s> {
    /// The files as the index has them, where they lie in its repository; others are on the disk.
    #[must_use]
    pub fn staged(index: Index<'s>) -> Self {
        Files { index: Some(index), notes: RefCell::default() }
    }

    /// Says where a file is read from, and notes where that is not what the work tree has. One that
    /// the user names on the command line counts also when it is not staged.
    pub(crate) fn source(&self, path: &Path, is_named: bool, most_bytes: u64) -> Source {
        let Some(index) = self.index else { return Source::Disk };
        let name = || visible_path(shown(path).as_os_str().as_encoded_bytes());
        match index(path, most_bytes) {
            InIndex::Outside => Source::Disk,
            InIndex::Not(why) if is_named => {
                if layer::is_file(path) {
                    self.note(format!("`{}` {why}; it counts as the work tree has it", name()));
                }
                Source::Disk
            }
            InIndex::Not(why) => {
                if layer::is_file(path) {
                    self.note(format!(
                        "`{}` {why}, and does not count: the settings are those that would be committed",
                        name()
                    ));
                }
                Source::NotStaged
            }
            InIndex::Staged(staged) => {
                if let Ok(staged) = &staged {
                    self.compare(path, staged, most_bytes, &name());
                }
                Source::Index(staged)
            }
        }
    }

    /// Notes that the work tree has another text than the index.
    fn compare(&self, path: &Path, staged: &[u8], most_bytes: u64, name: &str) {
        let work_tree = match fs::metadata(path) {
            Ok(facts) if facts.is_file() && facts.len() <= most_bytes => fs::read(path).ok(),
            Ok(_) => None,
            Err(_) => {
                let said = format!("`{name}` counts as it is staged; the work tree lacks it");
                return self.note(said);
            }
        };
        // Git may give a work tree other ends of lines.
        let lines = |text: &[u8]| String::from_utf8_lossy(text).replace("\r\n", "\n");
        if work_tree.is_none_or(|text| lines(&text) != lines(staged)) {
            self.note(format!("`{name}` counts as it is staged; the work tree has another text"));
        }
    }

    fn note(&self, note: String) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    /// What the user may not expect of where files were read from, in words.
    #[must_use]
    pub fn into_notes(self) -> Vec<String> {
        self.notes.into_inner()
    }
}

impl Source {
    /// Whether a plain file is there to be read.
    pub(super) fn is_file(&self, path: &Path) -> bool {
        match self {
            Source::NotStaged => false,
            Source::Disk => layer::is_file(path),
            Source::Index(_) => true,
        }
    }

    /// The file's text.
    pub(super) fn text(self, path: &Path) -> io::Result<String> {
        match self {
            Source::NotStaged => Err(io::Error::from(io::ErrorKind::NotFound)),
            Source::Disk => layer::read(path),
            Source::Index(bytes) => String::from_utf8(bytes?)
                .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8")),
        }
    }
}
