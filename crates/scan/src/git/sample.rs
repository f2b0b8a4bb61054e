//! Looking into some frames only. Which, is known once all are listed.

use std::collections::HashMap;

use gix::ObjectId;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryRef;

use super::blobs::Blobs;
use super::listing::{Shared, Worker};
use super::source::Folder;
use super::target::names;
use crate::sample;
use crate::source::ListedTree;

/// Looks into the frames that are chosen among all, and adds to the tree what they hold.
pub(super) fn look_into(shared: &Shared<'_>, folder: &Folder, listed: &mut ListedTree) {
    let Some(contents) = shared.contents() else { return };
    sample::look_into(shared.run(), shared.pool(), listed, |picks, found, errors| {
        let mut worker = shared.worker();
        let Worker { blobs, looker, .. } = &mut *worker;
        let mut objects = Objects { folder, path: picks.path, in_tree: None, hash: shared.hash() };
        for pick in picks.files {
            let looked = match objects.find(blobs, &pick.name) {
                Some(id) => contents.look_into(blobs, looker, &id, pick.format),
                None => Err("its object cannot be found again".to_owned()),
            };
            match looked {
                Ok(Some(facts)) => found.add(pick, facts),
                Ok(None) => {}
                Err(reason) => errors.unread_file_for(picks.path, &pick.name, reason),
            }
        }
    });
}

/// Finds the object of the file at a path, as a listing has it.
pub(super) fn object_at(shared: &Shared<'_>, folder: &Folder, path: &[u8]) -> Option<ObjectId> {
    let at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let (path, name) = path.split_at_checked(at)?;
    let mut worker = shared.worker();
    Objects { folder, path, in_tree: None, hash: shared.hash() }.find(&mut worker.blobs, name)
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
