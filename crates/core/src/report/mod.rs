//! The result of a check: everything a renderer draws.

pub mod baseline;
pub mod check;
mod finding_id;
mod outlook;
pub mod paired;
pub mod pictures;
pub mod verdict;

pub use finding_id::FindingId;
pub use outlook::{Outlook, SceneOutlook};

use crate::document::Document;
use crate::finding::{Finding, Rule};
use crate::layout::SceneId;
use crate::names::SensorKind;
use crate::platform::Endpoint;
use crate::report::baseline::Baselined;
use crate::report::pictures::Pictures;
use crate::report::verdict::Verdict;
use crate::tree::{Coverage, Target, TargetKind};

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

/// The result of a check.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was checked.
    pub target: Target,
    /// The API call whose answer is predicted.
    pub endpoint: Endpoint,
    /// The predicted answer.
    pub verdict: Verdict,
    /// The answer that is predicted when nothing is ignored and no rule is left out, where that
    /// is another one.
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
    /// How many frames of each scene all sensors have, where that was
    /// [asked for](crate::finding::settings::Settings::complete_frames); `None` for a scene of
    /// which it takes too long to be told.
    pub complete_frames: Vec<Option<u64>>,
    /// Frames over all sensors and scenes.
    pub frames: u64,
    /// The cadence of the reference sensor in nanoseconds, the median over its scenes, where
    /// it has one.
    pub cadence_ns: Option<u64>,
    /// The rules that ran and had something to judge. Those about LiDARs have nothing where there
    /// is none, and those about what frames hold have nothing where that was not looked into, or
    /// not far enough.
    pub rules: Vec<&'static Rule>,
    /// How many rules that could have decided the prediction did not run, since the user
    /// left them out.
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
    /// What is drawn beside the findings, where a format asks for it. A check leaves it out:
    /// [`Pictures::of`] is for those who want it.
    pub pictures: Option<Pictures>,
}

impl Report {
    /// Whether the target was read and there was nothing in it to check: most often it was not
    /// the one meant.
    #[must_use]
    pub fn is_of_nothing(&self) -> bool {
        !self.is_of_request_alone()
            && self.files == 0
            && self.all_findings().next().is_none()
            && self.coverage.is_complete()
    }

    /// The findings and, behind them, those that a baseline covers.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.baseline.iter().flat_map(|baseline| &baseline.covered))
    }

    /// How many of the findings have a repair that a program can carry out.
    #[must_use]
    pub fn fixable(&self) -> usize {
        self.findings.iter().filter(|finding| !finding.repairs.is_empty()).count()
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
