//! From a revision or the index to what was found below a folder of it.

use std::path::Path;
use std::sync::Arc;

use gix::objs::TreeRefIter;
use gix::prelude::FindExt as _;
use gix::{ObjectId, Repository};
use sensortree_core::document::MetadataFile;
use sensortree_core::layout::misplaced_metadata;
use sensortree_core::names::METADATA;
use sensortree_core::tree::{Coverage, Target, TargetKind};
use sensortree_core::{Inspection, text};

use super::error::{GitError, shown};
use super::index::Index;
use super::listing::{Crew, Extent};
use super::target::{GitTarget, Source};
use super::{index_file, repository, revision, sample, trees};
use crate::error::ScanError;
use crate::options::ScanOptions;
use crate::progress::Progress;

/// Lists a revision or the index of the repository around `from`, which is where one stands, and
/// reads its metadata.json.
///
/// The result does not depend on the number of threads. What the index holds and would not be
/// committed (`git add --intent-to-add`) is left out, and said to be, as are folders in which
/// version control keeps its own.
///
/// # Errors
/// When there is no such repository, revision or folder, or the index cannot be read. All that
/// cannot be read below the folder goes to the coverage instead: missing and damaged objects,
/// submodules, and conflicts of a merge.
pub fn inspect(
    target: &GitTarget,
    from: &Path,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    let repository = repository::open(target, from)?;
    let segments = target.segments(repository::here(&repository, from).as_deref())?;
    let folder = Folder::find(&repository, target, &segments)?;
    look_at(&repository, &folder, target, &segments, Extent::Whole, options, progress)
}

/// Lists a folder that was found, and reads its metadata.json.
pub(super) fn look_at(
    repository: &Repository,
    folder: &Folder,
    target: &GitTarget,
    segments: &[Vec<u8>],
    extent: Extent<'_>,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    let crew = Crew::new(repository, extent, options, progress)?;
    let metadata = match folder {
        Folder::Tree(tree) => {
            crew.pool().scope(|scope| trees::list(&crew, scope, Vec::new(), *tree));
            metadata_in(repository, *tree)
        }
        Folder::Index(index) => {
            index.list(&crew, repository);
            index.metadata()
        }
    };
    let metadata = match metadata {
        Ok(Some(id)) => crew.metadata(&id),
        Ok(None) => MetadataFile::Absent,
        Err(known) => known,
    };
    let mut tree = crew.tree(options);
    let metadata = match metadata {
        MetadataFile::Absent => misplaced_metadata(&tree)
            .and_then(|path| sample::object_at(&crew, folder, &path))
            .map_or(MetadataFile::Absent, |id| crew.misplaced(&id)),
        metadata => metadata,
    };
    if let Some(contents) =
        crew.contents().filter(|_| options.is_sampled() && !crew.is_interrupted())
    {
        sample::look_into(&crew, contents, folder, &mut tree, options);
    }
    let (errors, absent) = crew.finish();
    let (unread, skipped) = errors.finish();
    let coverage = Coverage {
        unread,
        skipped,
        notes: note(absent).into_iter().collect(),
        ..options.coverage(&tree)
    };
    Ok(Inspection {
        target: described(target, repository, segments),
        tree,
        archive: None,
        metadata,
        coverage,
    })
}

/// What is to be said of frames that are kept elsewhere.
fn note(absent: u64) -> Option<String> {
    (absent > 0).then(|| {
        let frames = text::count(absent, "frame");
        format!("not looked into, as Git LFS has not fetched what they stand for: {frames}; `git lfs fetch` does")
    })
}

/// What is listed.
pub(super) enum Folder {
    Tree(ObjectId),
    Index(Box<Index>),
}

impl Folder {
    /// Finds the folder of these names below what `target` names.
    pub(super) fn find(
        repository: &Repository,
        target: &GitTarget,
        segments: &[Vec<u8>],
    ) -> Result<Self, GitError> {
        let descend = |tree, segments: &[Vec<u8>]| {
            revision::descend(repository, &target.source, tree, segments)
        };
        match &target.source {
            Source::Revision(revision) => {
                let tree = revision::tree(repository, revision)?;
                Ok(Folder::Tree(descend(tree, segments)?))
            }
            Source::Index => {
                let index = Index::new(Arc::new(index_file::read(repository)?), segments);
                if let Some((tree, depth)) = index.tree_above(segments) {
                    return Ok(Folder::Tree(descend(
                        tree,
                        segments.get(depth..).unwrap_or_default(),
                    )?));
                }
                index.must_have(segments)?;
                Ok(Folder::Index(Box::new(index)))
            }
        }
    }
}

/// The metadata.json right in a tree; where there are two, neither. That the tree cannot be read,
/// or is damaged so, is said by its listing.
fn metadata_in(repository: &Repository, tree: ObjectId) -> Result<Option<ObjectId>, MetadataFile> {
    let mut buffer = Vec::new();
    let found = repository.objects.find(&tree, &mut buffer);
    let Some(found) = found.ok().filter(|found| found.kind == gix::objs::Kind::Tree) else {
        return Ok(None);
    };
    let mut entries = TreeRefIter::from_bytes(found.data, repository.object_hash())
        .filter_map(Result::ok)
        .filter(|entry| entry.filename == METADATA);
    match (entries.next(), entries.next()) {
        (Some(_), Some(_)) => Err(MetadataFile::Unreadable),
        (entry, _) => {
            Ok(entry.filter(|entry| entry.mode.is_blob()).map(|entry| entry.oid.to_owned()))
        }
    }
}

fn described(target: &GitTarget, repository: &Repository, segments: &[Vec<u8>]) -> Target {
    let top = repository.workdir().unwrap_or_else(|| repository.git_dir());
    let top = crate::local::target(top).segments;
    let segments = top.into_iter().chain(segments.iter().map(|name| shown(name))).collect();
    Target { kind: TargetKind::Git, uri: target.named.clone(), segments }
}
