//! [`Journal`]: what was done with each object, one line each, behind a checksum.
//!
//! A line counts once it is on the disk; many wait for the disk together. A last line that was not
//! written whole never counted. Any other damage makes a journal unusable.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use sensortree_cloud::Head;

use crate::error::ApplyError;

/// What an object was known by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sum: Option<String>,
}

impl From<&Head> for Seen {
    fn from(head: &Head) -> Self {
        Seen { size: head.size, etag: head.etag.clone(), sum: head.checksum.clone() }
    }
}

/// How sure it is that two objects hold the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sameness {
    /// A checksum says so.
    Sure,
    /// They have one size, and nothing that could be compared.
    BySize,
    /// They do not.
    Other,
}

impl Seen {
    /// Whether another object holds the same.
    pub(super) fn sameness(&self, other: &Seen) -> Sameness {
        if self.size != other.size {
            return Sameness::Other;
        }
        let kind = |sum: &Option<String>| {
            sum.as_ref().and_then(|sum| sum.split_once(':')).map(|(kind, _)| kind.to_owned())
        };
        match (&self.sum, &other.sum) {
            (Some(one), Some(another)) if one == another => Sameness::Sure,
            (Some(_), Some(_)) if kind(&self.sum) == kind(&other.sum) => Sameness::Other,
            // An MD5, in most stores; where it is none, two that are alike are still of one object.
            _ if self.etag.is_some() && self.etag == other.etag => Sameness::Sure,
            _ => Sameness::BySize,
        }
    }

    /// Whether this is the same version of the same object.
    pub(super) fn is_version(&self, other: &Seen) -> bool {
        match (&self.etag, &other.etag) {
            (Some(one), Some(another)) => one == another && self.size == other.size,
            _ => self.sameness(other) != Sameness::Other,
        }
    }
}

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Record {
    /// The original is this, the new key is free, and it is about to be copied.
    Begun(Seen),
    /// The copy is there, and is this.
    Copied(Seen),
    /// The copy stands at its key, which was another's, and is this.
    Placed(Seen),
    /// The original is deleted, or for a removal: kept, if it is to be, and deleted.
    Deleted,
    /// The copy under a name of its own is deleted.
    Tidied,
    /// The copy is taken away.
    TakenBack,
}

/// What was done with one object so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) begun: Option<Seen>,
    pub(super) copied: Option<Seen>,
    pub(super) placed: Option<Seen>,
    pub(super) deleted: bool,
    pub(super) tidied: bool,
}

impl Done {
    pub(super) fn add(&mut self, record: Record) {
        match record {
            Record::Begun(seen) => self.begun = Some(seen),
            Record::Copied(seen) => self.copied = Some(seen),
            Record::Placed(seen) => self.placed = Some(seen),
            Record::Deleted => self.deleted = true,
            Record::Tidied => self.tidied = true,
            Record::TakenBack => *self = Done::default(),
        }
    }
}

/// A line: what of the operation with this number.
#[derive(Serialize, Deserialize)]
struct Line(u64, Record);

type Waiting = (Vec<u8>, oneshot::Sender<io::Result<()>>);

/// An open journal.
pub(super) struct Journal {
    lines: Option<Sender<Waiting>>,
    writer: Option<JoinHandle<()>>,
}

impl Journal {
    /// Opens a journal, new or not, and reads what it says of each operation.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read.
    pub(super) fn open(path: &Path) -> Result<(Self, BTreeMap<u64, Done>), ApplyError> {
        let (done, length) = Journal::read(path)?;
        let unusable = |error: io::Error| ApplyError::Journal {
            journal: path.to_owned(),
            what: error.to_string(),
        };
        let file = File::options().create(true).append(true).open(path).map_err(unusable)?;
        // What was not written whole would spoil the line behind it.
        file.set_len(length).map_err(unusable)?;
        let (lines, waiting) = channel();
        let writer = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(file, &waiting))
            .map_err(unusable)?;
        Ok((Journal { lines: Some(lines), writer: Some(writer) }, done))
    }

    /// Reads a journal: what it says of each operation, and how long it is without a last line that
    /// was not written whole.
    fn read(path: &Path) -> Result<(BTreeMap<u64, Done>, u64), ApplyError> {
        let unusable = |what: String| ApplyError::Journal { journal: path.to_owned(), what };
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(unusable(error.to_string())),
        };
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let mut done: BTreeMap<u64, Done> = BTreeMap::new();
        let lines = text.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n');
        for (number, line) in (1..).zip(lines).filter(|(_, line)| !line.is_empty()) {
            let line = parse(line).ok_or_else(|| unusable(format!("line {number} is damaged")))?;
            done.entry(line.0).or_default().add(line.1);
        }
        Ok((done, whole as u64))
    }

    /// Adds a line. It is on the disk when this ends.
    pub(super) async fn add(&self, operation: u64, record: Record) -> io::Result<()> {
        let gone = || io::Error::other("the journal is not written any more");
        let text = serde_json::to_vec(&Line(operation, record))?;
        let line = [format!("{:08x} ", rawzip::crc32(&text)).as_bytes(), &text, b"\n"].concat();
        let (sender, written) = oneshot::channel();
        let lines = self.lines.as_ref().ok_or_else(gone)?;
        lines.send((line, sender)).map_err(|_| gone())?;
        written.await.map_err(|_| gone())?
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.lines = None;
        if let Some(writer) = self.writer.take() {
            // It ends with the last sender; a panic in it was told to those who waited.
            let _ = writer.join();
        }
    }
}

fn parse(line: &[u8]) -> Option<Line> {
    let (sum, text) = line.split_at_checked(9)?;
    let expected = format!("{:08x} ", rawzip::crc32(text));
    (sum == expected.as_bytes()).then(|| serde_json::from_slice(text).ok())?
}

/// Writes lines as they come, all that wait at once.
fn write(mut file: File, waiting: &Receiver<Waiting>) {
    while let Ok(first) = waiting.recv() {
        let mut lines = Vec::new();
        let mut senders = Vec::new();
        for (line, sender) in std::iter::once(first).chain(waiting.try_iter()) {
            lines.extend(line);
            senders.push(sender);
        }
        let written = file.write_all(&lines).and_then(|()| file.sync_data());
        for sender in senders {
            let told = match &written {
                Ok(()) => Ok(()),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            };
            // Whoever asked may have been stopped.
            let _ = sender.send(told);
        }
        if written.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(size: u64, etag: &str, sum: Option<&str>) -> Seen {
        Seen { size, etag: Some(etag.to_owned()), sum: sum.map(str::to_owned) }
    }

    #[test]
    fn what_tells_that_two_objects_hold_the_same() {
        let check = |one: Seen, other: Seen, expected: Sameness| {
            assert_eq!(one.sameness(&other), expected, "{one:?} {other:?}");
        };
        check(seen(1, "a", None), seen(1, "a", None), Sameness::Sure);
        check(seen(1, "a", None), seen(2, "a", None), Sameness::Other);
        // Parts, or keys of the store's own: no MD5.
        check(seen(1, "a-2", None), seen(1, "b", None), Sameness::BySize);
        check(seen(1, "a", Some("crc32c:x")), seen(1, "b", Some("crc32c:x")), Sameness::Sure);
        check(seen(1, "a", Some("crc32c:x")), seen(1, "a", Some("crc32c:y")), Sameness::Other);
        check(seen(1, "a", Some("md5:x")), seen(1, "b", None), Sameness::BySize);
        assert!(seen(1, "a", None).is_version(&seen(1, "a", None)));
        assert!(!seen(1, "a", None).is_version(&seen(1, "b", None)));
    }

    #[test]
    fn a_journal_is_read_as_it_was_written_and_not_where_it_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j.log");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (journal, done) = Journal::open(&path).unwrap();
        assert!(done.is_empty());
        let begun = seen(5, "\"a\"", Some("md5:x"));
        runtime.block_on(async {
            journal.add(0, Record::Begun(begun.clone())).await.unwrap();
            journal.add(7, Record::Deleted).await.unwrap();
            journal.add(0, Record::Copied(begun.clone())).await.unwrap();
            journal.add(3, Record::Begun(begun.clone())).await.unwrap();
            journal.add(3, Record::TakenBack).await.unwrap();
        });
        drop(journal);
        let first =
            Done { begun: Some(begun.clone()), copied: Some(begun.clone()), ..Done::default() };
        let whole = std::fs::read(&path).unwrap();
        let (done, _) = Journal::read(&path).unwrap();
        assert_eq!(done[&0], first);
        assert!(done[&7].deleted && done[&3] == Done::default());
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&path, &damaged).unwrap();
            // Without the end of a line, it was not written whole.
            let is_read = Journal::read(&path).is_ok();
            assert!(!is_read || at == whole.len() - 1, "byte {at}");
            // Cut off anywhere, it says less and never anything else.
            std::fs::write(&path, &whole[..at]).unwrap();
            let (less, length) = Journal::read(&path).unwrap();
            assert!(less.len() <= done.len() && length <= at as u64);
        }
        // What is added behind a line that was cut off stands in a line of its own.
        std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        let (journal, _) = Journal::open(&path).unwrap();
        runtime.block_on(journal.add(9, Record::Tidied)).unwrap();
        drop(journal);
        assert!(Journal::read(&path).unwrap().0[&9].tidied);
    }
}
