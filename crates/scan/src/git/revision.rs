//! From a revision and the names of folders to the tree that stands there.

use gix::bstr::ByteSlice as _;
use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};
use gix::prelude::FindExt as _;
use gix::{ObjectId, Repository};
use sensortree_core::text;

use super::error::{GitError, said, shown};
use super::target::Origin;
use crate::unwind;

/// At most so many names are compared with a mistaken one.
const MOST_COMPARED: usize = 10_000;

/// A tag of a tag of so many tags is none that git makes; an object that stands for another can
/// lead in a circle.
const MOST_STEPS: usize = 32;

/// The tree that a revision names: a commit's, a tag's, or a tree itself.
pub(super) fn tree(repository: &Repository, revision: &[u8]) -> Result<ObjectId, GitError> {
    let named = || shown(revision);
    let unreadable = |said: String| GitError::Unreadable { what: format!("`{}`", named()), said };
    // The library takes commits and tags for whole where it follows them, and panics at
    // a damaged one.
    let spec = unwind::catch(|| repository.rev_parse(revision))
        .ok_or_else(|| unreadable("an object that leads to it is damaged".to_owned()))?;
    let spec = spec.map_err(|error| unresolved(repository, revision, &error))?;
    let id = spec.single().ok_or_else(|| GitError::Unresolved {
        revision: named(),
        said: "it stands for more than one commit".to_owned(),
    })?;
    let (mut id, mut of_commit) = (id.detach(), false);
    for _ in 0..MOST_STEPS {
        let object = repository.find_object(id).map_err(|error| unreadable(said(&error)))?;
        let next = match object.kind {
            Kind::Tree => return Ok(object.id),
            kind if of_commit => return Err(unreadable(format!("its tree is a {kind}"))),
            Kind::Blob => return Err(GitError::NotATree { revision: named(), kind: "a file" }),
            Kind::Commit => {
                of_commit = true;
                object.try_to_commit_ref_iter().and_then(|mut commit| commit.tree_id().ok())
            }
            Kind::Tag => object.try_to_tag_ref_iter().and_then(|tag| tag.target_id().ok()),
        };
        let damaged = || unreadable(format!("its object is a damaged {}", object.kind));
        id = next.ok_or_else(damaged)?;
    }
    Err(unreadable("its tags do not come to an end".to_owned()))
}

fn unresolved(repository: &Repository, revision: &[u8], error: &gix::Error) -> GitError {
    let named = shown(revision);
    if repository.head().is_ok_and(|head| head.is_unborn())
        && (revision.starts_with(b"HEAD") || revision == b"@")
    {
        return GitError::Unborn { revision: named };
    }
    // Where the reference is there, what it leads to is not.
    let reference =
        revision.split(|byte| b"~^@:".contains(byte)).next().filter(|name| !name.is_empty());
    let reference = reference.unwrap_or(b"HEAD").as_bstr();
    if let Ok(mut found) = repository.find_reference(reference)
        && let Err(error) = found.peel_to_id()
    {
        return GitError::Unreadable {
            what: format!("`{}`", shown(reference)),
            said: said(&error),
        };
    }
    match error.downcast_any_ref::<gix::revision::spec::parse::Error>() {
        Some(gix::revision::spec::parse::Error::MissingReference { .. }) => {
            let nearest = nearest_reference(repository, &named);
            GitError::NoRevision { revision: named, nearest }
        }
        _ => GitError::Unresolved { revision: named, said: said(error) },
    }
}

fn nearest_reference(repository: &Repository, named: &str) -> Option<String> {
    let references = repository.references().ok()?;
    let names: Vec<String> = references
        .all()
        .ok()?
        .filter_map(Result::ok)
        .take(MOST_COMPARED)
        .map(|reference| shown(reference.name().shorten()))
        .collect();
    // The index is no reference, but it can be meant.
    text::nearest(named, names.iter().map(String::as_str).chain(["HEAD", "index"]))
        .map(str::to_owned)
}

/// The tree that stands in another at the end of these names.
pub(super) fn descend(
    repository: &Repository,
    origin: &Origin,
    root: ObjectId,
    segments: &[Vec<u8>],
) -> Result<ObjectId, GitError> {
    let mut tree = root;
    let mut buffer = Vec::new();
    for (depth, name) in segments.iter().enumerate() {
        let path = || shown(&segments.get(..=depth).unwrap_or_default().join(&b'/'));
        let found =
            repository.objects.find(&tree, &mut buffer).map_err(|error| GitError::Unreadable {
                what: format!("the folder above `{}`", path()),
                said: said(&error),
            })?;
        if found.kind != Kind::Tree {
            return Err(GitError::Unreadable {
                what: format!("the folder above `{}`", path()),
                said: format!("its object is a {}", found.kind),
            });
        }
        let entries =
            || TreeRefIter::from_bytes(found.data, repository.object_hash()).filter_map(Result::ok);
        let Some(entry) = entries().find(|entry| entry.filename == name.as_slice()) else {
            let folders: Vec<String> = entries()
                .filter(|entry| entry.mode.is_tree())
                .take(MOST_COMPARED)
                .map(|entry| shown(entry.filename))
                .collect();
            return Err(GitError::NoFolder {
                path: path(),
                source_name: origin.name(),
                nearest: nearest_path(segments, depth, &folders),
            });
        };
        tree = match entry.mode.kind() {
            EntryKind::Tree => entry.oid.to_owned(),
            kind => {
                let kind = what(kind);
                return Err(GitError::NotAFolder {
                    path: path(),
                    source_name: origin.name(),
                    kind,
                });
            }
        };
    }
    Ok(tree)
}

/// The path whose name at one depth is the nearest of those that are there.
pub(super) fn nearest_path(segments: &[Vec<u8>], depth: usize, there: &[String]) -> Option<String> {
    let name = shown(segments.get(depth)?);
    let nearest = text::nearest(&name, there.iter().map(String::as_str))?;
    let above = segments.get(..depth)?.iter().map(|name| shown(name));
    Some(above.chain([nearest.to_owned()]).collect::<Vec<_>>().join("/"))
}

/// What stands there, in words.
pub(super) fn what(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Tree => "a folder",
        EntryKind::Blob | EntryKind::BlobExecutable => "a file",
        EntryKind::Link => "a symbolic link",
        EntryKind::Commit => "a submodule, whose files are in a repository of their own",
    }
}
