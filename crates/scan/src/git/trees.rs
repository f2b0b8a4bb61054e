//! The listing of a tree object and all below it. Each folder is a task of its own, and so is each
//! part of a huge one.

use std::ops::Range;
use std::sync::Arc;

use gix::objs::TreeRefIter;
use gix::objs::tree::{EntryKind as GitKind, EntryRef};
use gix::{ObjectId, oid};
use rayon::Scope;
use sensortree_core::tree::Entry;

use super::error::shown;
use super::listing::{Extent, Files, Shared, Worker, add_submodule, is_version_control};

/// Of a tree of more bytes than this, some four thousand names, other threads take parts.
const PART: usize = 256 * 1024;

/// A path longer than this is not followed: no system has such files, and a repository can be made
/// to have no end.
const LONGEST_PATH: usize = 16 * 1024;

/// More folders than these are not listed. Ten tree objects of ten names each can be made to
/// have 10^10 paths.
const MOST_FOLDERS: u64 = if cfg!(test) { 1_000 } else { 1_000_000 };

/// Lists a tree. The path of its folder ends in `/`; the target's is empty.
pub(super) fn list<'s>(shared: &'s Shared<'_>, scope: &Scope<'s>, path: Vec<u8>, tree: ObjectId) {
    if shared.is_cancelled() {
        return;
    }
    let count = shared.count_folder();
    if count > MOST_FOLDERS {
        // It is said once: what else is left out may be more than there is memory for.
        if count == MOST_FOLDERS + 1 {
            let reason = format!("there are more folders than are listed ({MOST_FOLDERS})");
            shared.worker().errors.unread_folder_for(&path, reason);
        }
        return;
    }
    let mut worker = shared.worker();
    let mut data = std::mem::take(&mut worker.buffer);
    let read = match path.len() {
        ..=LONGEST_PATH => worker.blobs.tree(&tree, &mut data),
        _ => Err("its path is too long to be followed".to_owned()),
    };
    if let Err(reason) = read {
        worker.errors.unread_folder_for(&path, reason);
        worker.buffer = data;
        return;
    }
    if data.len() <= PART {
        let below = add(shared, &mut worker, &path, &data, 0..data.len());
        worker.buffer = data;
        drop(worker);
        descend(shared, scope, below);
        return;
    }
    let (parts, fault) = parts(&data, tree.kind());
    if let Some(fault) = fault {
        worker.errors.unread_folder_for(&path, fault);
    }
    drop(worker);
    let (path, data) = (Arc::new(path), Arc::new(data));
    for part in parts {
        let (path, data) = (Arc::clone(&path), Arc::clone(&data));
        scope.spawn(move |scope| {
            if !shared.is_cancelled() {
                let below = add(shared, &mut shared.worker(), &path, &data, part);
                descend(shared, scope, below);
            }
        });
    }
}

/// The names of a tree, as they are read. Git writes each once and in order; which of two of one
/// name counts, its commands do not agree on.
#[derive(Default)]
struct Names<'d> {
    last: Option<EntryRef<'d>>,
    /// The files so far whose names the last one begins with. A folder of the same name need not
    /// come right behind its file.
    files: Vec<&'d [u8]>,
    /// What is wrong with them.
    fault: Option<String>,
}

impl<'d> Names<'d> {
    fn read(&mut self, entry: EntryRef<'d>) {
        let name: &[u8] = entry.filename;
        while self.files.last().is_some_and(|file| !name.starts_with(file)) {
            self.files.pop();
        }
        let is_twice = self.last.is_some_and(|last| last.filename == name)
            || self.files.last().is_some_and(|file| *file == name);
        if is_twice {
            let said = || format!("its object is damaged: it has `{}` twice", shown(name));
            self.fault.get_or_insert_with(said);
        } else if self.last.is_some_and(|last| last > entry) {
            let said = || "its object is damaged: its names are not in order".to_owned();
            self.fault.get_or_insert_with(said);
        }
        if !entry.mode.is_tree() {
            self.files.push(name);
        }
        self.last = Some(entry);
    }
}

/// Cuts a tree's bytes between its names, and says what is wrong with those.
fn parts(data: &[u8], kind: gix::hash::Kind) -> (Vec<Range<usize>>, Option<String>) {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut entries = TreeRefIter::from_bytes(data, kind);
    let mut names = Names::default();
    loop {
        let entry = entries.next().and_then(Result::ok);
        if let Some(entry) = entry {
            names.read(entry);
        }
        let end = if entry.is_some() { entries.offset_to_next_entry(data) } else { data.len() };
        if end - start >= PART || entry.is_none() {
            parts.push(start..end);
            start = end;
        }
        if entry.is_none() {
            return (parts, names.fault);
        }
    }
}

/// Adds the names in a part of a tree, and gives the folders among them.
fn add(
    shared: &Shared<'_>,
    worker: &mut Worker,
    path: &[u8],
    data: &[u8],
    part: Range<usize>,
) -> Vec<(Vec<u8>, ObjectId)> {
    let Worker { builder, errors, blobs, looker, .. } = worker;
    let mut listed = 0;
    let mut folders = Vec::new();
    let mut submodules = Vec::new();
    let part = data.get(part).unwrap_or_default();
    let is_wanted = !matches!(shared.extent(), Extent::Names);
    // Of a larger one, whoever cut it has read the names.
    let mut names = (data.len() <= PART).then(Names::default);
    let ids: Vec<&oid> = TreeRefIter::from_bytes(part, shared.hash())
        .map_while(Result::ok)
        .filter(|entry| is_wanted && entry.mode.is_blob())
        .map(|entry| entry.oid)
        .collect();
    let mut sizes = blobs.sizes(&ids).into_iter();
    let inside = builder.enter(path.strip_suffix(b"/").unwrap_or(path));
    let mut files = Files {
        inside,
        errors,
        blobs,
        looker,
        contents: shared.contents_while_listing(),
        folder: path,
    };
    for entry in TreeRefIter::from_bytes(part, shared.hash()) {
        let Ok(entry) = entry else {
            files.errors.unread_folder_for(path, "its object is damaged".to_owned());
            break;
        };
        if let Some(names) = &mut names {
            names.read(entry);
        }
        let kind = entry.mode.kind();
        let size = if is_wanted && entry.mode.is_blob() { sizes.next().flatten() } else { None };
        if is_version_control(entry.filename) {
            let end: &[u8] = if kind == GitKind::Tree { b"/" } else { b"" };
            files.errors.skip([path, entry.filename, end].concat());
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
    if let Some(fault) = names.and_then(|names| names.fault) {
        errors.unread_folder_for(path, fault);
    }
    for (folder, _) in &folders {
        builder.add(&Entry::folder(folder));
    }
    for path in submodules {
        add_submodule(builder, errors, &path);
    }
    shared.listed(listed);
    folders
}

fn descend<'s>(shared: &'s Shared<'_>, scope: &Scope<'s>, below: Vec<(Vec<u8>, ObjectId)>) {
    for (path, tree) in below {
        scope.spawn(move |scope| list(shared, scope, path, tree));
    }
}

#[cfg(test)]
mod tests {
    use gix::objs::Tree;
    use gix::objs::tree::{Entry, EntryKind};
    use gix::{ObjectId, Repository};

    use super::MOST_FOLDERS;
    use crate::git::{GitFolder, GitTarget};
    use crate::inspect;
    use crate::options::ScanOptions;

    fn tree(repository: &Repository, below: ObjectId) -> ObjectId {
        let entry = |at: u8| Entry {
            mode: EntryKind::Tree.into(),
            filename: vec![b'0' + at].into(),
            oid: below,
        };
        repository.write_object(Tree { entries: (0..10).map(entry).collect() }).unwrap().detach()
    }

    /// Ten trees, of which each has ten times the one below it: three kilobytes, and 10^10 paths.
    #[test]
    fn trees_that_unfold_without_end_are_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let repository = gix::init(folder.path()).unwrap();
        let mut top = ObjectId::empty_tree(repository.object_hash());
        for _ in 0..10 {
            top = tree(&repository, top);
        }
        let target = GitTarget::named(format!("git:{top}").as_bytes()).unwrap().unwrap();
        for jobs in [1, 4] {
            let options = ScanOptions { jobs: Some(jobs), ..ScanOptions::default() };
            let found =
                inspect(&GitFolder::new(target.clone(), folder.path()), &options, &()).unwrap();
            let unread: Vec<_> =
                found.coverage.unread.iter().map(|unread| unread.reason.as_str()).collect();
            assert_eq!(unread, ["there are more folders than are listed (1000)"]);
            let listed = found.tree.folders().len() as u64;
            assert!((MOST_FOLDERS..MOST_FOLDERS * 11).contains(&listed), "{listed}");
        }
    }
}
