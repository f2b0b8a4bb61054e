//! Looking into some frames only. Which, is known once all are listed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;
use rayon::prelude::*;
use sensortree_core::tree::{Found, SelectedFile, Tree};

use super::blobs::Blobs;
use super::contents::Contents;
use super::inspect::Folder;
use super::listing::{Crew, Worker};
use super::target::names;
use crate::options::ScanOptions;

/// Looks into the frames that are chosen among all, folder by folder on all threads.
pub(super) fn look_into(
    crew: &Crew<'_>,
    contents: &Contents,
    folder: &Folder,
    tree: &mut Tree,
    options: &ScanOptions,
) {
    let picks: Vec<SelectedFile> = tree.picks(options.sample).collect();
    let wanted = picks.len() as u64;
    let looked = AtomicU64::new(0);
    let nothing = || Found::default();
    let of_one_folder = picks.par_chunk_by(|a, b| a.folder == b.folder);
    let each = of_one_folder.fold(nothing, |mut found, picks| {
        if let Some(first) = picks.first().filter(|_| !crew.is_interrupted()) {
            let path = tree.path(first.folder);
            look_into_picks(crew, contents, folder, &path, picks, &mut found);
            let count = picks.len() as u64;
            crew.looked(looked.fetch_add(count, Ordering::Relaxed) + count, wanted);
        }
        found
    });
    let found = crew.pool().install(|| {
        each.reduce(nothing, |mut found, others| {
            found.merge(others);
            found
        })
    });
    tree.hold(found);
}

/// Looks into some frames of one folder, whose path ends in `/`.
fn look_into_picks(
    crew: &Crew<'_>,
    contents: &Contents,
    folder: &Folder,
    path: &[u8],
    picks: &[SelectedFile],
    found: &mut Found,
) {
    let mut worker = crew.worker();
    let Worker { blobs, looker, errors, .. } = &mut *worker;
    let mut objects = Objects { folder, path, in_tree: None, hash: crew.hash() };
    for pick in picks {
        let looked = match objects.find(blobs, &pick.name) {
            Some(id) => contents.look_into(blobs, looker, &id, pick.format),
            None => Err("its object cannot be found again".to_owned()),
        };
        match looked {
            Ok(Some(facts)) => found.add(pick, facts),
            Ok(None) => {}
            Err(reason) => errors.unread_file_for(path, &pick.name, reason),
        }
    }
}

/// Finds the object of the file at a path, as a listing has it.
pub(super) fn object_at(crew: &Crew<'_>, folder: &Folder, path: &[u8]) -> Option<ObjectId> {
    let at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (path, name) = path.split_at_checked(at)?;
    let mut worker = crew.worker();
    Objects { folder, path, in_tree: None, hash: crew.hash() }.find(&mut worker.blobs, name)
}

/// The objects of the files in one folder.
struct Objects<'o> {
    /// The folder that is listed.
    folder: &'o Folder,
    /// The path from there, which ends in `/`.
    path: &'o [u8],
    /// Those that a tree names, once it was read.
    in_tree: Option<HashMap<Vec<u8>, ObjectId>>,
    hash: gix::hash::Kind,
}

impl Objects<'_> {
    fn find(&mut self, blobs: &mut Blobs, name: &[u8]) -> Option<ObjectId> {
        if let Folder::Index(index) = self.folder
            && let Some(id) = index.object(&[self.path, name].concat())
        {
            return Some(id);
        }
        if self.in_tree.is_none() {
            self.in_tree = Some(self.read_tree(blobs).unwrap_or_default());
        }
        self.in_tree.as_ref()?.get(name).copied()
    }

    /// Reads the tree that stands at the folder's path.
    fn read_tree(&self, blobs: &mut Blobs) -> Option<HashMap<Vec<u8>, ObjectId>> {
        let names: Vec<Vec<u8>> = names(self.path).collect();
        let (mut tree, depth) = match self.folder {
            Folder::Tree(tree) => (*tree, 0),
            Folder::Index(index) => index.tree_at(&names)?,
        };
        let mut data = Vec::new();
        for name in names.get(depth..)? {
            blobs.tree(&tree, &mut data).ok()?;
            tree =
                self.entries(&data).find(|entry| entry.filename == name.as_slice())?.oid.to_owned();
        }
        blobs.tree(&tree, &mut data).ok()?;
        Some(
            self.entries(&data)
                .map(|entry| (entry.filename.to_vec(), entry.oid.to_owned()))
                .collect(),
        )
    }

    fn entries<'d>(&self, data: &'d [u8]) -> impl Iterator<Item = EntryRef<'d>> + use<'d> {
        TreeRefIter::from_bytes(data, self.hash).map_while(Result::ok)
    }
}
