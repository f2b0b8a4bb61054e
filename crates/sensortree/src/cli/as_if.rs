//! `--as-if FILE`: the tree as it would be after the renames of a list.

use std::fs::File;
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use miette::Diagnostic;
use sensortree_core::Inspection;
use sensortree_core::plan::{Change, MetadataSource, Plan, Rename};
use sensortree_report::escape::{visible, visible_path};

use crate::cli::target::metadata_at;

/// A list of renames that a user made.
#[derive(Clone, Debug)]
pub struct AsIf {
    /// The file, as the user named it.
    file: String,
    renames: Vec<Rename>,
    /// The line of each of them, from 1.
    lines: Vec<u64>,
}

/// Why a list of renames cannot be used.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum AsIfError {
    /// The file cannot be read.
    #[error("`{file}` cannot be read: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A line of it cannot be used.
    #[error("line {line} of `{file}`: {what}")]
    #[diagnostic(help(
        "write one rename a line, `from,to`, with paths relative to the target; a folder stands for all that is in it"
    ))]
    Line {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// The renames cannot be carried out together.
    #[error("the renames of `{file}` cannot be carried out: {what}")]
    #[diagnostic(help("give each file a path of its own; names can be swapped"))]
    Together {
        /// The file.
        file: String,
        /// What is wrong.
        what: String,
    },
}

impl AsIf {
    /// Reads a list of renames: CSV with the columns `from` and `to`, and any others behind them;
    /// the line with their names may be left out.
    ///
    /// # Errors
    /// When it cannot be read, or a line of it has no two paths.
    pub fn read(path: &Path) -> Result<Self, AsIfError> {
        let Table { file, changes, lines } = Table::read(path, false)?;
        let rename = |Change { from, to }| Some(Rename { from, to: to? });
        Ok(AsIf { file, renames: changes.into_iter().filter_map(rename).collect(), lines })
    }

    /// What is found out of the target as it would be after the renames. `folder` is the target
    /// where it is a local folder, so that a metadata.json from another place can be read.
    ///
    /// # Errors
    /// When the renames cannot be carried out.
    pub fn apply(
        &self,
        inspection: &Inspection,
        folder: Option<&Path>,
    ) -> Result<Inspection, AsIfError> {
        let plan = Plan::from_renames(&inspection.tree, &self.renames).map_err(|error| {
            let what = visible(&error.fault.to_string()).into_owned();
            let file = self.file.clone();
            match error.at.and_then(|at| self.lines.get(at)) {
                Some(line) => AsIfError::Line { file, line: *line, what },
                None => AsIfError::Together { file, what },
            }
        })?;
        let mut applied = inspection.after(&plan, metadata_of(&plan, folder));
        let renames = sensortree_core::text::count(self.renames.len() as u64, "rename");
        applied.coverage.notes.push(format!("as if the {renames} of {} were made", self.file));
        Ok(applied)
    }
}

/// A table of changes of paths: CSV.
#[derive(Debug)]
pub(crate) struct Table {
    /// The file, as the user named it.
    pub(crate) file: String,
    /// The changes.
    pub(crate) changes: Vec<Change>,
    /// The line of each of them, from 1.
    pub(crate) lines: Vec<u64>,
}

impl Table {
    /// Reads a table with the columns `from` and `to`, and any others behind them; the line with
    /// their names may be left out. Where it `removes`, nothing in `to` takes a path out.
    ///
    /// # Errors
    /// When it cannot be read, or a line of it has no two paths.
    pub(crate) fn read(path: &Path, removes: bool) -> Result<Self, AsIfError> {
        let file = visible_path(path.as_os_str().as_encoded_bytes());
        let unreadable = |reason: String| AsIfError::Unreadable { file: file.clone(), reason };
        let opened = File::open(path).map_err(|error| unreadable(error.to_string()))?;
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(opened);
        let (mut changes, mut lines) = (Vec::new(), Vec::new());
        let mut record = ByteRecord::new();
        let mut is_first = true;
        while reader
            .read_byte_record(&mut record)
            .map_err(|error| unreadable(visible(&error.to_string()).into_owned()))?
        {
            let line = record.position().map_or(1, csv::Position::line);
            let field = |at: usize| {
                let field = record.get(at).unwrap_or_default();
                // A byte order mark is none of the first path.
                if is_first && at == 0 { without_mark(field) } else { field }
            };
            let (from, to) = (field(0), field(1));
            if is_first && (from, to) == (b"from", b"to") {
                is_first = false;
                continue;
            }
            is_first = false;
            if from.is_empty() || (to.is_empty() && !(removes && record.len() > 1)) {
                let what = "two paths are wanted, and one is missing".to_owned();
                return Err(AsIfError::Line { file, line, what });
            }
            let to = Some(to.to_vec()).filter(|to| !to.is_empty());
            changes.push(Change { from: from.to_vec(), to });
            lines.push(line);
        }
        Ok(Table { file, changes, lines })
    }
}

fn without_mark(field: &[u8]) -> &[u8] {
    field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field)
}

/// The text of the file that becomes metadata.json, where it is another one than now and can
/// be read. `folder` is the target where it is a local folder.
pub(crate) fn metadata_of(plan: &Plan<'_>, folder: Option<&Path>) -> Option<Vec<u8>> {
    match plan.metadata_source() {
        MetadataSource::From(path) => {
            folder.zip(local(&path)).and_then(|(folder, path)| metadata_at(&folder.join(path)).ok())
        }
        MetadataSource::Kept | MetadataSource::Absent => None,
    }
}

/// A path of the tree as one of this system; `None` where it has no such path.
fn local(path: &[u8]) -> Option<std::path::PathBuf> {
    std::str::from_utf8(path).ok().map(std::path::PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn lists_are_read_with_and_without_the_names_of_their_columns() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("renames.csv");
        let read = |text: &[u8]| {
            fs::write(&path, text).unwrap();
            AsIf::read(&path)
        };
        let expected = [Rename { from: b"a,b".to_vec(), to: b"c".to_vec() }];
        for text in [
            "from,to\n\"a,b\",c\n",
            "\"a,b\",c",
            "from,to,why\r\n\"a,b\",c,because\r\n\r\n",
            "\u{feff}from,to\n\"a,b\",c\n",
        ] {
            assert_eq!(read(text.as_bytes()).unwrap().renames, expected, "{text:?}");
        }
        assert!(read(b"from,to\n").unwrap().renames.is_empty());
        let error = read(b"from,to\na,b\nc\n").unwrap_err().to_string();
        assert!(error.starts_with("line 3 of "), "{error}");
        assert!(AsIf::read(&folder.path().join("absent.csv")).is_err());
    }
}
