//! [`Target`]: what is checked.

/// The kind of place a tree was listed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A local folder.
    Local,
    /// A zip archive.
    Zip,
    /// An S3 prefix.
    S3,
    /// A Google Cloud Storage prefix.
    Gcs,
    /// An Azure Blob Storage prefix.
    Azure,
    /// A revision or the index of a git repository.
    Git,
    /// A saved listing.
    Listing {
        /// Whether it is of a folder that a repository may keep, and not of a store or an archive.
        of_folder: bool,
    },
    /// No tree: a request alone.
    Request,
}

impl TargetKind {
    /// Whether files that serve a repository are where they should be.
    #[must_use]
    pub fn may_be_in_repository(self) -> bool {
        matches!(
            self,
            TargetKind::Local | TargetKind::Git | TargetKind::Listing { of_folder: true }
        )
    }

    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TargetKind::Local => "local",
            TargetKind::Zip => "zip",
            TargetKind::S3 => "s3",
            TargetKind::Gcs => "gs",
            TargetKind::Azure => "az",
            TargetKind::Git => "git",
            TargetKind::Listing { .. } => "listing",
            TargetKind::Request => "request",
        }
    }
}

/// What was checked.
#[derive(Clone, Debug)]
pub struct Target {
    /// The kind of place.
    pub kind: TargetKind,
    /// The place as the user named it, without any secret.
    pub uri: String,
    /// The last segments of its absolute path, outermost first, so that a target one level too low
    /// can be told.
    pub segments: Vec<String>,
}

impl Target {
    /// Whether a look into files takes so much more than their listing that it is for the user to
    /// ask for: in a store, each is a request, and in git, images are unpacked whole.
    #[must_use]
    pub fn is_costly_to_look_into(&self) -> bool {
        match self.kind {
            TargetKind::S3 | TargetKind::Gcs | TargetKind::Azure | TargetKind::Git => true,
            TargetKind::Zip => self.uri.contains("://"),
            _ => false,
        }
    }
}
