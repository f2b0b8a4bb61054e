//! One name in a listing, as the source gave it.

/// One name in a listing. Borrowed from the source, never stored.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The path relative to the target, `/`-separated, exactly the bytes listed: empty segments,
    /// `..`, control characters and invalid UTF-8 included.
    pub path: &'a [u8],
    /// What stands there.
    pub kind: EntryKind,
    /// Its size in bytes, where the source knows it.
    pub size: Option<u64>,
}

/// What stands at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A file or an object.
    File,
    /// A folder that the source lists as such.
    Folder,
    /// A zero-byte object that stands for a folder in an object store: `prefix/`, `hdi_isfolder`,
    /// `prefix_$folder$`.
    FolderMarker,
    /// A symbolic link that is not followed. Its target is there, or the source does not know.
    Link,
    /// A symbolic link whose target is not there, or cannot be resolved.
    DanglingLink,
    /// A socket, fifo or device.
    Special,
    /// A file, or a folder where others lie below it: the listing does not say.
    Unknown,
}

impl<'a> Entry<'a> {
    /// A file of a known size.
    #[must_use]
    pub fn file(path: &'a [u8], size: u64) -> Self {
        Entry { path, kind: EntryKind::File, size: Some(size) }
    }

    /// A folder.
    #[must_use]
    pub fn folder(path: &'a [u8]) -> Self {
        Entry { path, kind: EntryKind::Folder, size: None }
    }
}
