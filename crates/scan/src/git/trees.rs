//! The listing of a tree object and all below it. Each folder is a task of its own, and so is each part of a huge one.

use std::ops::Range;
use std::sync::Arc;

use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind as GitKind;
use gix::{ObjectId, oid};
use rayon::Scope;
use sensortree_core::entry::Entry;

use super::listing::{Crew, Extent, Files, Worker, add_submodule, is_version_control};

/// Of a tree of more bytes than this, some four thousand names, other threads take parts.
const PART: usize = 256 * 1024;

/// A path longer than this is not followed: no system has such files, and a repository can be made to have no end.
const LONGEST_PATH: usize = 16 * 1024;

/// More folders than these are not listed. Ten tree objects of ten names each can be made to have 10^10 paths.
const MOST_FOLDERS: u64 = 1_000_000;

/// Lists a tree. The path of its folder ends in `/`; the target's is empty.
pub(super) fn list<'s>(crew: &'s Crew<'_>, scope: &Scope<'s>, path: Vec<u8>, tree: ObjectId) {
    if crew.is_interrupted() {
        return;
    }
    let count = crew.count_folder();
    if count > MOST_FOLDERS {
        // It is said once: what else is left out may be more than there is memory for.
        if count == MOST_FOLDERS + 1 {
            let reason = format!("there are more folders than are listed ({MOST_FOLDERS})");
            crew.worker().gaps.unread_folder_for(&path, reason);
        }
        return;
    }
    let mut worker = crew.worker();
    let mut data = std::mem::take(&mut worker.buffer);
    let read = match path.len() {
        ..=LONGEST_PATH => worker.blobs.tree(&tree, &mut data),
        _ => Err("its path is too long to be followed".to_owned()),
    };
    if let Err(reason) = read {
        worker.gaps.unread_folder_for(&path, reason);
        worker.buffer = data;
        return;
    }
    if data.len() <= PART {
        let below = add(crew, &mut worker, &path, &data, 0..data.len());
        worker.buffer = data;
        drop(worker);
        descend(crew, scope, below);
        return;
    }
    drop(worker);
    let (path, data) = (Arc::new(path), Arc::new(data));
    for part in parts(&data, tree.kind()) {
        let (path, data) = (Arc::clone(&path), Arc::clone(&data));
        scope.spawn(move |scope| {
            if !crew.is_interrupted() {
                let below = add(crew, &mut crew.worker(), &path, &data, part);
                descend(crew, scope, below);
            }
        });
    }
}

/// Cuts a tree's bytes between its names.
fn parts(data: &[u8], kind: gix::hash::Kind) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut names = TreeRefIter::from_bytes(data, kind);
    loop {
        let more = names.next().is_some_and(|name| name.is_ok());
        let end = if more { names.offset_to_next_entry(data) } else { data.len() };
        if end - start >= PART || !more {
            parts.push(start..end);
            start = end;
        }
        if !more {
            return parts;
        }
    }
}

/// Adds the names in a part of a tree, and gives the folders among them.
fn add(
    crew: &Crew<'_>,
    worker: &mut Worker,
    path: &[u8],
    data: &[u8],
    part: Range<usize>,
) -> Vec<(Vec<u8>, ObjectId)> {
    let Worker { builder, gaps, blobs, looker, .. } = worker;
    let mut listed = 0;
    let mut folders = Vec::new();
    let mut submodules = Vec::new();
    let part = data.get(part).unwrap_or_default();
    let is_wanted = !matches!(crew.extent(), Extent::Names);
    let ids: Vec<&oid> = TreeRefIter::from_bytes(part, crew.hash())
        .map_while(Result::ok)
        .filter(|entry| is_wanted && entry.mode.is_blob())
        .map(|entry| entry.oid)
        .collect();
    let mut sizes = blobs.sizes(&ids).into_iter();
    let inside = builder.enter(path.strip_suffix(b"/").unwrap_or(path));
    let mut files =
        Files { inside, gaps, blobs, looker, contents: crew.contents_at_once(), folder: path };
    for entry in TreeRefIter::from_bytes(part, crew.hash()) {
        let Ok(entry) = entry else {
            files.gaps.unread_folder_for(path, "its object is damaged".to_owned());
            break;
        };
        let kind = entry.mode.kind();
        let size = if is_wanted && entry.mode.is_blob() { sizes.next().flatten() } else { None };
        if is_version_control(entry.filename) {
            let end: &[u8] = if kind == GitKind::Tree { b"/" } else { b"" };
            files.gaps.skip([path, entry.filename, end].concat());
            continue;
        }
        listed += 1;
        match kind {
            GitKind::Tree => {
                folders.push(([path, entry.filename, b"/"].concat(), entry.oid.to_owned()));
            }
            GitKind::Commit => submodules.push([path, entry.filename, b"/"].concat()),
            _ if !is_wanted => files.add_name(entry.filename, kind),
            _ => files.add(entry.filename, kind, entry.oid, size),
        }
    }
    for (folder, _) in &folders {
        builder.add(&Entry::folder(folder));
    }
    for path in submodules {
        add_submodule(builder, gaps, &path);
    }
    crew.listed(listed);
    folders
}

fn descend<'s>(crew: &'s Crew<'_>, scope: &Scope<'s>, below: Vec<(Vec<u8>, ObjectId)>) {
    for (path, tree) in below {
        scope.spawn(move |scope| list(crew, scope, path, tree));
    }
}
