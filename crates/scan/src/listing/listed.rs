//! What a listing gives beside its entries.

use sensortree_core::document::MetadataFile;
use sensortree_core::tree::Unread;

/// What a listing gave beside its entries.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// What it is, in words.
    pub(super) name: String,
    /// Where its source lies, as [`Target::segments`](sensortree_core::tree::Target::segments);
    /// `None` where only its paths tell.
    pub(super) segments: Option<Vec<String>>,
    /// What it carries of metadata.json; `None` where it only names it.
    pub(super) metadata: Option<MetadataFile>,
    pub(super) unread: Vec<Unread>,
    pub(super) skipped: Vec<Vec<u8>>,
    /// What else is to be said of it.
    pub(super) notes: Vec<String>,
    /// Whether it is of a folder, and not of a store or an archive.
    pub(super) of_folder: bool,
    /// Whether a folder's name looks the same as that of an object that stands for one.
    pub(super) may_be_shallow: bool,
}
