//! Which zero-byte objects stand for folders.
//!
//! One does whose key ends in `/`, or that the store marks so, or beside which there are keys that start with its own and a
//! `/`. The last kind shows only once those keys come; keys that come between start with its own, too.

use sensortree_core::entry::EntryKind;
use sensortree_core::layout::names::is_junk_folder;
use sensortree_core::tree::MAX_DEPTH;

use super::super::pages::Key;

const FOLDER_SUFFIX: &[u8] = b"_$folder$";

/// What stands at a key; `None` where the keys behind it decide.
pub(super) fn kind_of(key: &Key<'_>, path: &[u8]) -> Option<EntryKind> {
    if key.size != Some(0) {
        return Some(EntryKind::File);
    }
    if path.is_empty() {
        // The target's own marker.
        return Some(EntryKind::Folder);
    }
    if key.folder || path.ends_with(b"/") || path.ends_with(FOLDER_SUFFIX) {
        return Some(EntryKind::FolderMarker);
    }
    let mut names = path.split(|byte| *byte == b'/');
    // What is in such folders is not kept folder by folder, so it could not be looked up.
    let is_kept = names.clone().count() <= usize::from(MAX_DEPTH) && !names.any(is_junk_folder);
    if is_kept { None } else { Some(EntryKind::File) }
}

/// Zero-byte objects that wait for the keys behind them. Each starts with the one before it.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    waiting: Vec<Vec<u8>>,
}

impl Doubts {
    /// Tells `settle` of every object that this key decides on, and whether it stands for a folder. To be called with each
    /// key, ascending.
    pub(super) fn pass(&mut self, key: &[u8], mut settle: impl FnMut(&[u8], bool)) {
        while let Some(last) = self.waiting.last() {
            let is_marker = match key.strip_prefix(last.as_slice()) {
                Some([b'/', ..]) => true,
                Some(_) => return,
                None => false,
            };
            settle(last, is_marker);
            self.waiting.pop();
        }
    }

    /// Waits for the keys behind this one, which was passed.
    pub(super) fn wait(&mut self, key: &[u8]) {
        self.waiting.push(key.to_vec());
    }

    /// Those that still wait.
    pub(super) fn rest(self) -> Vec<Vec<u8>> {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_a_marker_when_others_lie_below_it() {
        let check = |keys: &[&str], markers: &[&str], files: &[&str], rest: &[&str]| {
            let mut doubts = Doubts::default();
            let mut settled = [Vec::new(), Vec::new()];
            for key in keys {
                doubts.pass(key.as_bytes(), |key, is_marker| {
                    settled[usize::from(is_marker)].push(String::from_utf8_lossy(key).into_owned());
                });
                doubts.wait(key.as_bytes());
            }
            let left: Vec<_> =
                doubts.rest().iter().map(|key| String::from_utf8_lossy(key).into_owned()).collect();
            assert_eq!(settled, [files, markers], "{keys:?}");
            assert_eq!(left, rest, "{keys:?}");
        };
        check(&["a", "a/b", "c"], &["a"], &["a/b"], &["c"]);
        check(&["a", "a-b", "a.c", "a/b"], &["a"], &["a-b", "a.c"], &["a/b"]);
        check(&["a", "a/b", "a/b/c", "a/b/c/d"], &["a", "a/b", "a/b/c"], &[], &["a/b/c/d"]);
        check(&["1", "10", "100", "11"], &[], &["100", "10"], &["1", "11"]);
        check(&["a", "a0"], &[], &[], &["a", "a0"]);
    }

    #[test]
    fn markers_are_told_by_their_own_key_where_that_says_it() {
        let check = |path: &str, size: u64, folder: bool, expected: Option<EntryKind>| {
            let key = Key { key: path.as_bytes(), size: Some(size), folder };
            assert_eq!(kind_of(&key, path.as_bytes()), expected, "{path}");
        };
        check("a/", 0, false, Some(EntryKind::FolderMarker));
        check("a_$folder$", 0, false, Some(EntryKind::FolderMarker));
        check("a", 0, true, Some(EntryKind::FolderMarker));
        check("a", 0, false, None);
        check("a/", 7, false, Some(EntryKind::File));
        check("a", 7, true, Some(EntryKind::File));
        check(".git/a", 0, false, Some(EntryKind::File));
        check("", 0, false, Some(EntryKind::Folder));
    }
}
