//! What a listing finds beside the tree itself: what could not be read, and what was left
//! out on purpose.

use std::collections::BTreeMap;
use std::io;

use sensortree_core::text;
use sensortree_core::tree::Unread;

/// The reason for what is unread when [`Progress::cancelled`](crate::Progress::cancelled)
/// ended the listing.
pub const INTERRUPTED: &str = "the listing was interrupted";

/// What a listing could not read, and what it left out on purpose. Those of parts of a listing
/// merge into those of the whole, in any order.
#[derive(Debug, Default)]
pub struct ScanErrors {
    /// Folders that could not be read, with the reason.
    folders: Vec<Unread>,
    /// Files that could not be looked at, counted by their folder and the reason: when one of a
    /// folder's files is refused, most often all are.
    files: BTreeMap<(Vec<u8>, String), Refused>,
    skipped: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Refused {
    count: u64,
    smallest: Vec<u8>,
}

impl ScanErrors {
    /// Says that a folder, or what is left of it, could not be read. Its path ends in `/`; the
    /// target's is empty.
    pub fn unread_folder(&mut self, path: &[u8], error: &io::Error) {
        self.unread_folder_for(path, reason(error));
    }

    /// Says that a folder could not be read, for a reason that is no error of the system.
    pub fn unread_folder_for(&mut self, path: &[u8], reason: String) {
        self.folders.push(Unread { path: path.to_vec(), reason });
    }

    /// Says that the listing ended before its end, so that any part of the target can be unread.
    pub(crate) fn interrupted(&mut self) {
        self.unread_folder_for(b"", INTERRUPTED.to_owned());
    }

    /// Says that a file could not be looked at. The folder's path ends in `/`; the
    /// target's is empty.
    pub fn unread_file(&mut self, folder: &[u8], name: &[u8], error: &io::Error) {
        self.unread_file_for(folder, name, reason(error));
    }

    /// Says that a file could not be looked at, for a reason that is no error of the system.
    pub fn unread_file_for(&mut self, folder: &[u8], name: &[u8], reason: String) {
        self.refuse(folder.to_vec(), reason, Refused { count: 1, smallest: name.to_vec() });
    }

    /// Says that a path was left out on purpose.
    pub fn skip(&mut self, path: Vec<u8>) {
        self.skipped.push(path);
    }

    fn refuse(&mut self, folder: Vec<u8>, reason: String, refused: Refused) {
        self.files
            .entry((folder, reason))
            .and_modify(|known| {
                known.count += refused.count;
                if refused.smallest < known.smallest {
                    known.smallest.clone_from(&refused.smallest);
                }
            })
            .or_insert(refused);
    }

    /// Adds what another part of the listing could not read.
    pub fn merge(&mut self, other: ScanErrors) {
        self.folders.extend(other.folders);
        self.skipped.extend(other.skipped);
        for ((folder, reason), refused) in other.files {
            self.refuse(folder, reason, refused);
        }
    }

    /// What could not be read and what was left out, both in a fixed order.
    pub(crate) fn finish(self) -> (Vec<Unread>, Vec<Vec<u8>>) {
        let ScanErrors { folders: mut unread, files, mut skipped } = self;
        unread.extend(files.into_iter().map(|((folder, reason), refused)| match refused.count {
            1 => Unread { path: [folder, refused.smallest].concat(), reason },
            count => Unread {
                path: folder,
                reason: format!("{reason} ({})", text::count(count, "file")),
            },
        }));
        unread.sort_unstable();
        unread.dedup();
        skipped.sort_unstable();
        skipped.dedup();
        (unread, skipped)
    }
}

/// Why the system refused, in plain words.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "vanished while the tree was read".to_owned(),
        io::ErrorKind::NotADirectory => "became something else while the tree was read".to_owned(),
        _ => {
            let text = error.to_string();
            let words = text.split(" (os error ").next().unwrap_or_default();
            let mut letters = words.chars();
            letters
                .next()
                .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(files: &[(&str, &str)]) -> ScanErrors {
        let mut errors = ScanErrors::default();
        for (folder, name) in files {
            errors.unread_file(
                folder.as_bytes(),
                name.as_bytes(),
                &io::ErrorKind::PermissionDenied.into(),
            );
        }
        errors
    }

    #[test]
    fn files_of_one_folder_are_said_once_however_they_are_split() {
        let whole = errors(&[("a/", "1"), ("a/", "2"), ("b/", "3")]).finish().0;
        let mut split = errors(&[("a/", "2"), ("b/", "3")]);
        split.merge(errors(&[("a/", "1")]));
        assert_eq!(split.finish().0, whole);
        let said: Vec<_> =
            whole.iter().map(|gap| (text::lossless(&gap.path), gap.reason.as_str())).collect();
        assert_eq!(
            said,
            [("a/".into(), "permission denied (2 files)"), ("b/3".into(), "permission denied")]
        );
    }

    #[test]
    fn reasons_are_plain_words() {
        assert_eq!(reason(&io::Error::from_raw_os_error(24)), "too many open files");
        assert_eq!(reason(&io::ErrorKind::NotFound.into()), "vanished while the tree was read");
    }
}
