//! Which zero-byte objects stand for folders.
//!
//! One does whose key ends in `/`, or that the store marks so. Of any other the tree decides once
//! all keys are known.

use sensortree_core::tree::EntryKind;

use super::super::pages::Key;

const FOLDER_SUFFIX: &[u8] = b"_$folder$";

/// What stands at a key.
pub(super) fn kind_of(key: &Key<'_>, path: &[u8]) -> EntryKind {
    if key.size != Some(0) {
        return EntryKind::File;
    }
    if path.is_empty() {
        // The target's own marker.
        return EntryKind::Folder;
    }
    match key.folder || path.ends_with(b"/") || path.ends_with(FOLDER_SUFFIX) {
        true => EntryKind::FolderMarker,
        false => EntryKind::File,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_told_by_their_own_key_where_that_says_it() {
        let check = |path: &str, size: u64, folder: bool, expected: EntryKind| {
            let key = Key { key: path.as_bytes(), size: Some(size), folder };
            assert_eq!(kind_of(&key, path.as_bytes()), expected, "{path}");
        };
        check("a/", 0, false, EntryKind::FolderMarker);
        check("a_$folder$", 0, false, EntryKind::FolderMarker);
        check("a", 0, true, EntryKind::FolderMarker);
        check("a", 0, false, EntryKind::File);
        check("a/", 7, false, EntryKind::File);
        check("a", 7, true, EntryKind::File);
        check(".git/a", 0, false, EntryKind::File);
        check("", 0, false, EntryKind::Folder);
    }
}
