//! [`Source`]: the one way in which trees are listed, wherever they lie.
//!
//! A source lists names and hands back what can be read of the files behind them. All that is
//! decided about a run (which metadata.json counts, which frames are looked into, what the coverage
//! says) is [`inspect`](crate::inspect)'s, once for all sources.

use std::sync::atomic::{AtomicBool, Ordering};

use sensortree_core::archive::ArchiveFacts;
use sensortree_core::document::MetadataFile;
use sensortree_core::tree::{Target, Tree, TreeBuilder};
use sensortree_probe::{Format, Probe};

use crate::content::Content;
use crate::error::ScanError;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::scan_errors::ScanErrors;

/// Where a tree is listed from.
///
/// One that knows names and sizes alone returns `()` for the contents:
///
/// ```
/// use sensortree_core::finding::settings::Settings;
/// use sensortree_core::tree::{Entry, Target, TargetKind};
/// use sensortree_scan::{
///     Capabilities, Contents, ListedTree, Looks, Run, ScanError, ScanOptions, Source, inspect,
/// };
///
/// /// Paths and sizes that some database holds.
/// struct Database(Vec<(String, u64)>);
///
/// impl Source for Database {
///     fn capabilities(&self) -> Capabilities {
///         Capabilities { looks: Looks::Never("the database holds no files"), is_costly: false }
///     }
///
///     fn list<'r>(
///         &'r self,
///         run: &'r Run<'r>,
///     ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
///         let mut builder = run.builder();
///         for (path, size) in &self.0 {
///             builder.add(&Entry::file(path.as_bytes(), *size));
///         }
///         let target = Target {
///             kind: TargetKind::Listing { of_folder: false },
///             uri: "the database".to_owned(),
///             segments: Vec::new(),
///         };
///         Ok((ListedTree::new(target, builder.finish()), Box::new(())))
///     }
/// }
///
/// let database = Database(vec![("lidar-top/s/1681532060061.pcd".to_owned(), 1)]);
/// let inspection = inspect(&database, &ScanOptions::default(), &())?;
/// let report = sensortree_core::check(inspection, &Settings::default());
/// assert!(report.findings.iter().any(|finding| finding.rule.code == "L101"));
/// # Ok::<(), ScanError>(())
/// ```
pub trait Source {
    /// What the source can do. The same whenever it is asked.
    fn capabilities(&self) -> Capabilities;

    /// Lists everything below the target, and reads the metadata.json at its root. Where
    /// [`Run::looks_while_listing`] says so, frames are looked into on the way.
    ///
    /// # Errors
    /// When there is nothing to judge. What cannot be read of a target that can is data:
    /// [`ListedTree::errors`].
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError>;
}

/// What can be read of the files of a listed tree.
pub trait Contents {
    /// Reads the metadata.json that stands at a path other than its own. `None` where it cannot be
    /// read: nothing of it is judged but the names of sensors.
    ///
    /// # Errors
    /// When nothing of the source can be read any more.
    fn misplaced_metadata(
        &mut self,
        listed: &ListedTree,
        path: &[u8],
    ) -> Result<Option<MetadataFile>, ScanError>;

    /// Looks into the frames that [`Tree::picks`] chooses of the listed tree, in the order and with
    /// as many at once as suits the source, and adds to the tree what they hold.
    ///
    /// # Errors
    /// When nothing of the source can be read any more. A frame that cannot be read is one of
    /// [`ListedTree::errors`].
    fn visit(&mut self, listed: &mut ListedTree) -> Result<(), ScanError>;
}

/// Nothing can be read of the files.
impl Contents for () {
    fn misplaced_metadata(
        &mut self,
        _listed: &ListedTree,
        _path: &[u8],
    ) -> Result<Option<MetadataFile>, ScanError> {
        Ok(None)
    }

    fn visit(&mut self, _listed: &mut ListedTree) -> Result<(), ScanError> {
        Ok(())
    }
}

/// What a source can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// When files are looked into.
    pub looks: Looks,
    /// Whether to look into files costs so much more than to list them that users have to ask for
    /// it: in a store each is a request, and in git images are unpacked whole.
    pub is_costly: bool,
}

/// When a source looks into files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// Never, for the reason given.
    Never(&'static str),
    /// While they are listed; a sample of them once all are.
    WhileListing,
    /// Once all are listed.
    Afterwards,
}

/// A tree that was listed, and what is to be known beside it.
#[derive(Debug)]
pub struct ListedTree {
    /// What was listed, as reports name it.
    pub target: Target,
    /// What lies below the target.
    pub tree: Tree,
    /// What is to be known of the archive that the tree lies in, if it does.
    pub archive: Option<ArchiveFacts>,
    /// The metadata.json at the root.
    pub metadata: MetadataFile,
    /// What could not be read, and what was left out on purpose.
    pub errors: ScanErrors,
    /// Whether every name was listed, whatever could not be read of what the names stand for. False
    /// where that is not known.
    pub all_listed: bool,
    /// How far files are looked into, where that is less than the run asks for.
    pub content: Option<Content>,
    /// How the target was taken, where the user did not say that, in words.
    pub notes: Vec<String>,
}

impl ListedTree {
    /// A tree beside which nothing is to be known, without metadata.json.
    #[must_use]
    pub fn new(target: Target, tree: Tree) -> Self {
        ListedTree {
            target,
            tree,
            archive: None,
            metadata: MetadataFile::Absent,
            errors: ScanErrors::default(),
            all_listed: false,
            content: None,
            notes: Vec::new(),
        }
    }
}

/// One run over a source: what is asked for, and who is told how far it is.
pub struct Run<'r> {
    options: ScanOptions,
    progress: &'r dyn Progress,
    visits: bool,
    cancelled: AtomicBool,
}

impl<'r> Run<'r> {
    /// Creates a run over a source that can do so much.
    #[must_use]
    pub fn new(
        options: &ScanOptions,
        progress: &'r dyn Progress,
        capabilities: Capabilities,
    ) -> Self {
        let visits = options.content != Content::None
            && match capabilities.looks {
                Looks::Never(_) => false,
                Looks::WhileListing => options.sample.is_some(),
                Looks::Afterwards => true,
            };
        Run { options: options.clone(), progress, visits, cancelled: AtomicBool::new(false) }
    }

    /// The same run with other options, which look no further.
    #[must_use]
    pub fn with(&self, options: ScanOptions) -> Run<'r> {
        let visits = self.visits && options.content != Content::None;
        Run { options, progress: self.progress, visits, cancelled: AtomicBool::new(false) }
    }

    /// What is asked for.
    #[must_use]
    pub fn options(&self) -> &ScanOptions {
        &self.options
    }

    /// Who is told how far the run is.
    #[must_use]
    pub fn progress(&self) -> &'r dyn Progress {
        self.progress
    }

    /// What a tree is built with: one for each thread or part of a listing.
    #[must_use]
    pub fn builder(&self) -> TreeBuilder {
        let mut builder = self.options.builder();
        if self.visits {
            builder.keep_candidates();
        }
        builder
    }

    /// The look to take, while the tree is listed, into a file of `size` bytes that is to hold
    /// `format`; `None` where none is to be taken by then.
    #[must_use]
    pub fn probe(&self, format: Format, size: u64) -> Option<Probe> {
        self.content_while_listing().probe(format, size)
    }

    /// How far files are looked into while they are listed.
    #[must_use]
    pub fn content_while_listing(&self) -> Content {
        if self.visits { Content::None } else { self.options.content }
    }

    /// Whether files are looked into while they are listed. What is chosen among all can be only
    /// once all are known.
    #[must_use]
    pub fn looks_while_listing(&self) -> bool {
        self.content_while_listing() != Content::None
    }

    /// Whether frames are looked into once all are listed.
    pub(crate) fn visits(&self) -> bool {
        self.visits
    }

    /// Whether the run is to end with what it has: from then on the answer stays the same, and
    /// [`inspect`](crate::inspect) says so in the coverage. To be asked at least once for each
    /// folder.
    pub fn is_cancelled(&self) -> bool {
        if self.progress.cancelled() {
            self.cancelled.store(true, Ordering::Relaxed);
        }
        self.was_cancelled()
    }

    /// Whether anybody was told that the run is to end.
    pub(crate) fn was_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Run { options, progress: _, visits, cancelled } = self;
        f.debug_struct("Run")
            .field("options", options)
            .field("visits", visits)
            .field("cancelled", cancelled)
            .finish_non_exhaustive()
    }
}
