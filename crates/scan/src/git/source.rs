//! From a revision or the index to what was found below a folder of it.

use std::path::PathBuf;
use std::sync::Arc;

use gix::objs::TreeRefIter;
use gix::prelude::FindExt as _;
use gix::{ObjectId, Repository};
use sensortree_core::document::MetadataFile;
use sensortree_core::names::METADATA;
use sensortree_core::tree::{Target, TargetKind};

use super::error::{GitError, shown};
use super::index::Index;
use super::listing::{Extent, Shared};
use super::target::{GitTarget, Origin};
use super::{index_file, repository, revision, sample, trees};
use crate::error::ScanError;
use crate::source::{Capabilities, Contents, ListedTree, Looks, Run, Source};

/// A revision or the index of a git repository.
///
/// What the index holds and would not be committed (`git add --intent-to-add`) is left out, and
/// said to be, as are folders in which version control keeps its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitFolder {
    target: GitTarget,
    from: PathBuf,
}

impl GitFolder {
    /// A target in the repository around `from`, which is where one stands. Nothing is read yet.
    pub fn new(target: GitTarget, from: impl Into<PathBuf>) -> Self {
        GitFolder { target, from: from.into() }
    }

    /// What is listed.
    #[must_use]
    pub fn target(&self) -> &GitTarget {
        &self.target
    }

    /// The folder in the work tree of the repository, whether it is checked out or not. `None`
    /// without a work tree, or when there is no such repository.
    #[must_use]
    pub fn path_in_work_tree(&self) -> Option<PathBuf> {
        self.target.path_in_work_tree(&self.from)
    }
}

pub(super) const CAPABILITIES: Capabilities =
    Capabilities { looks: Looks::WhileListing, is_costly: true };

impl Source for GitFolder {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    /// Lists the folder.
    ///
    /// # Errors
    /// When there is no such repository, revision or folder, or the index cannot be read. All that
    /// cannot be read below the folder is data: missing and damaged objects, submodules, and
    /// conflicts of a merge.
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let GitFolder { target, from } = self;
        let repository = repository::open(target, from)?;
        let segments = target.segments(repository::here(&repository, from).as_deref())?;
        let folder = Folder::find(&repository, target, &segments)?;
        list(&repository, folder, described(target, &repository, &segments), Extent::Whole, run)
    }
}

/// Lists a folder that was found, and reads its metadata.json.
pub(super) fn list<'r>(
    repository: &Repository,
    folder: Folder,
    target: Target,
    extent: Extent<'r>,
    run: &'r Run<'r>,
) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
    let shared = Shared::new(repository, extent, run)?;
    let metadata = match &folder {
        Folder::Tree(tree) => {
            shared.pool().scope(|scope| trees::list(&shared, scope, Vec::new(), *tree));
            metadata_in(repository, *tree)
        }
        Folder::Index(index) => {
            index.list(&shared, repository);
            index.metadata()
        }
    };
    let metadata = match metadata {
        Ok(Some(id)) => shared.metadata(&id),
        Ok(None) => MetadataFile::Absent,
        Err(known) => known,
    };
    let tree = shared.tree();
    let (errors, note) = shared.finish();
    let notes = note.into_iter().collect();
    let listed = ListedTree { metadata, errors, notes, ..ListedTree::new(target, tree) };
    Ok((listed, Box::new(GitContents { shared, folder })))
}

/// What can be read of the files of a revision or the index.
struct GitContents<'r> {
    shared: Shared<'r>,
    folder: Folder,
}

impl Contents for GitContents<'_> {
    fn misplaced_metadata(
        &mut self,
        _listed: &ListedTree,
        path: &[u8],
    ) -> Result<Option<MetadataFile>, ScanError> {
        let id = sample::object_at(&self.shared, &self.folder, path);
        Ok(id.and_then(|id| self.shared.worker().blobs.read_metadata(&id).ok()))
    }

    fn visit(&mut self, listed: &mut ListedTree) -> Result<(), ScanError> {
        sample::look_into(&self.shared, &self.folder, listed);
        let (errors, note) = self.shared.finish();
        listed.errors.merge(errors);
        listed.notes.extend(note);
        Ok(())
    }
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
            revision::descend(repository, &target.origin, tree, segments)
        };
        match &target.origin {
            Origin::Revision(revision) => {
                let tree = revision::tree(repository, revision)?;
                Ok(Folder::Tree(descend(tree, segments)?))
            }
            Origin::Index => {
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

pub(super) fn described(
    target: &GitTarget,
    repository: &Repository,
    segments: &[Vec<u8>],
) -> Target {
    let top = repository.workdir().unwrap_or_else(|| repository.git_dir());
    let top = crate::local::target(top).segments;
    let segments = top.into_iter().chain(segments.iter().map(|name| shown(name))).collect();
    Target { kind: TargetKind::Git, uri: target.named.clone(), segments }
}
