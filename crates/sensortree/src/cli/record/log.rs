//! The log of answers: a file of lines of JSON.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::entry::{Entry, SCHEMA};

/// Where the log is in the folder for state.
const NAME: &str = "sensortree/answers.jsonl";

/// The lines of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Those that can be read, in order.
    pub entries: Vec<Entry>,
    /// The numbers, from 1, of those that cannot.
    pub unread: Vec<usize>,
}

/// Why a file is not written to.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It holds something else.
    #[error("it holds something else than answers")]
    SomethingElse,
}

/// Where the log is, where the user does not say: `None` where the environment names no folder.
#[must_use]
pub fn default_path() -> Option<PathBuf> {
    // A relative one is none, as the XDG specification has it.
    let of = |variable| env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = if cfg!(windows) {
        of("LOCALAPPDATA")
    } else {
        of("XDG_STATE_HOME").or_else(|| of("HOME").map(|home| home.join(".local/state")))
    };
    folder.map(|folder| folder.join(NAME))
}

/// Adds a line to a log, which is made where there is none. Others may do so at the same time, and
/// what an earlier run left of a line that it could not finish stays on a line of its own.
///
/// # Errors
/// When it cannot be written, or is no log.
pub fn append(path: &Path, entry: &Entry) -> Result<(), LogError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.lock()?;
    let mut line = if is_whole(&mut file)? { String::new() } else { "\n".to_owned() };
    line.push_str(&serde_json::to_string(entry).map_err(io::Error::from)?);
    line.push('\n');
    file.write_all(line.as_bytes())?;
    file.sync_data()?;
    Ok(())
}

/// Whether the last line of a log ends, so that the next can follow.
fn is_whole(file: &mut File) -> Result<bool, LogError> {
    let begin = format!("{{\"schema\":\"{SCHEMA}\"");
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    let most = u64::try_from(begin.len()).unwrap_or(u64::MAX);
    Read::by_ref(file).take(most).read_to_end(&mut first)?;
    if !begin.as_bytes().starts_with(&first) {
        return Err(LogError::SomethingElse);
    }
    if first.is_empty() {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Reads a log.
///
/// # Errors
/// When it cannot be read.
pub fn read(path: &Path) -> io::Result<Lines> {
    let text = fs::read(path)?;
    let mut lines = Lines { entries: Vec::new(), unread: Vec::new() };
    for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Entry>(line) {
            Ok(entry) if entry.schema == SCHEMA => lines.entries.push(entry),
            _ => lines.unread.push(number + 1),
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::thread;

    use super::super::entry::Outcome;
    use super::*;

    fn entry(report: &str) -> Entry {
        Entry {
            schema: SCHEMA.to_owned(),
            report: report.to_owned(),
            endpoint: "import".to_owned(),
            outcome: Outcome::Unknown,
            predicted: None,
            actual: 200,
            scenes: None,
            claims: BTreeMap::new(),
        }
    }

    #[test]
    fn lines_of_many_writers_are_all_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state/answers.jsonl");
        thread::scope(|scope| {
            for writer in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    for line in 0..20 {
                        append(path, &entry(&format!("{writer}-{line}"))).unwrap();
                    }
                });
            }
        });
        let lines = read(&path).unwrap();
        assert_eq!((lines.entries.len(), lines.unread.len()), (160, 0));
    }

    #[test]
    fn a_line_that_was_cut_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.jsonl");
        append(&path, &entry("a")).unwrap();
        append(&path, &entry("b")).unwrap();
        let text = fs::read(&path).unwrap();
        for cut in 1..text.len() {
            fs::write(&path, &text[..cut]).unwrap();
            append(&path, &entry("c")).unwrap();
            let lines = read(&path).unwrap();
            assert_eq!(lines.entries.last().unwrap().report, "c", "cut at {cut}");
            assert!(lines.unread.len() <= 1, "cut at {cut}");
        }
    }

    #[test]
    fn another_file_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        fs::write(&path, "notes").unwrap();
        assert!(matches!(append(&path, &entry("a")), Err(LogError::SomethingElse)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "notes");
    }
}
