//! The result of a check: everything a renderer draws.

use std::num::NonZeroU64;

use crate::baseline::Baselined;
use crate::contract::Endpoint;
use crate::finding::Finding;
use crate::layout::{SceneId, SensorKind};
use crate::rules::Rule;
use crate::verdict::Verdict;

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
    /// The last segments of its absolute path, outermost first, so that a target one level too low can be told.
    pub segments: Vec<String>,
}

impl Target {
    /// Whether a look into files takes so much more than their listing that it is for the user to ask for: in a store, each is
    /// a request, and in git, images are unpacked whole.
    #[must_use]
    pub fn is_costly_to_look_into(&self) -> bool {
        match self.kind {
            TargetKind::S3 | TargetKind::Gcs | TargetKind::Azure | TargetKind::Git => true,
            TargetKind::Zip => self.uri.contains("://"),
            _ => false,
        }
    }
}

/// A part of the target that could not be read (H106).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The path relative to the target, exactly the bytes listed.
    pub path: Vec<u8>,
    /// Why, in words.
    pub reason: String,
}

/// How much of the target was looked at.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// What could not be read, by path. Anything here makes the inspection incomplete.
    pub unread: Vec<Unread>,
    /// Whether every name was listed all the same, so that what is unread is what files hold. False where that is not known.
    pub all_listed: bool,
    /// Paths that were left out on purpose, as a repository's own `.git`.
    pub skipped: Vec<Vec<u8>>,
    /// How far file contents were looked into: `none`, `headers`, `full`.
    pub content: &'static str,
    /// How many files' contents were looked into.
    pub probed: u64,
    /// Of how many: those of a known format that are not empty. 0 where none was to be looked into.
    pub probeable: u64,
    /// How many of each folder's were to be looked into at the most, where not all were.
    pub sample: Option<NonZeroU64>,
    /// How the target was taken, where that was not said by the user: the kind of a listing, and where in it the dataset
    /// begins. In words.
    pub notes: Vec<String>,
}

impl Coverage {
    /// Whether all that was to be read was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.unread.is_empty()
    }
}

/// A sensor as the report sums it up.
#[derive(Clone, Debug)]
pub struct SensorSummary {
    /// Its folder, exactly the bytes listed.
    pub folder: Vec<u8>,
    /// LiDAR or camera.
    pub kind: SensorKind,
    /// Its name, without the prefix.
    pub name: String,
    /// The scenes that it has a folder of.
    pub scenes: u64,
    /// Its frames, over all scenes.
    pub frames: u64,
}

/// A document that findings point into.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name: `metadata.json`, or the request's as the user named it.
    pub name: String,
    /// Its text, in whose bytes locations count: as read, but decoded to UTF-8 where it was UTF-16.
    pub text: Vec<u8>,
}

/// The result of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was checked.
    pub target: Target,
    /// The API call whose answer is predicted.
    pub endpoint: Endpoint,
    /// The predicted answer.
    pub verdict: Verdict,
    /// The answer that is predicted when nothing is ignored and no rule is left out, where that is another one.
    pub without_ignores: Option<Verdict>,
    /// How many occurrences the user's ignores took away.
    pub ignored: u64,
    /// How much was looked at.
    pub coverage: Coverage,
    /// Entries listed, folders included.
    pub entries: u64,
    /// Files listed.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// The sensors, by folder name.
    pub sensors: Vec<SensorSummary>,
    /// The names of all scenes, ascending; [`SceneId`]s in findings count into it.
    pub scenes: Vec<Vec<u8>>,
    /// Frames over all sensors and scenes.
    pub frames: u64,
    /// The cadence of the reference sensor in nanoseconds, the median over its scenes, where it has one.
    pub cadence_ns: Option<u64>,
    /// The rules that ran.
    pub rules: Vec<&'static Rule>,
    /// How many rules that could have decided the prediction did not run, since the user left them out.
    pub deselected: usize,
    /// The name of the request that was checked too, where one was.
    pub request: Option<String>,
    /// The findings, gravest first, in a fixed order; without those that a baseline covers.
    pub findings: Vec<Finding>,
    /// What a baseline covers, and where it does no more, where there is one.
    pub baseline: Option<Baselined>,
    /// Settings that had no effect, in words.
    pub idle_settings: Vec<String>,
    /// The documents that findings point into.
    pub documents: Vec<Document>,
}

impl Report {
    /// Whether the target was read and there was nothing in it to check: most often it was not the one meant.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        !self.is_of_request_alone()
            && self.files == 0
            && self.all_findings().next().is_none()
            && self.coverage.is_complete()
    }

    /// How many of the rules could find something with what was looked at: those about what frames hold run only where that
    /// was looked into, and far enough.
    #[must_use]
    pub fn rules_run(&self) -> usize {
        self.rules.iter().filter(|rule| rule.needs.are_met(&self.coverage)).count()
    }

    /// The findings and, behind them, those that a baseline covers.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.baseline.iter().flat_map(|baseline| &baseline.covered))
    }

    /// Whether no tree was looked at, but a request alone.
    #[must_use]
    pub fn is_of_request_alone(&self) -> bool {
        self.target.kind == TargetKind::Request
    }

    /// A scene's name, exactly the bytes listed.
    #[must_use]
    pub fn scene_name(&self, id: SceneId) -> &[u8] {
        self.scenes.get(id.0 as usize).map_or(b"", Vec::as_slice)
    }
}
