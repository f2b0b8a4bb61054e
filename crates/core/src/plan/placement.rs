//! [`Placement`]: what becomes of each single path of a tree that is arranged anew.

use std::cell::OnceCell;

use super::Plan;
use super::arranged::Arranged;
use crate::tree::{Arrangement as _, FolderId, Tree, joined};

/// A plan that is asked for one path after another.
pub struct Placement<'p> {
    plan: &'p Plan<'p>,
    arranged: Arranged<'p>,
    /// Made when it is asked for: it is about as large as the tree before.
    after: OnceCell<Tree>,
}

/// What becomes of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// It is this one, which may be the same.
    Kept(Vec<u8>),
    /// It is taken out; of a folder: nothing is left in it.
    Removed,
    /// Nothing is known of it: it stands not in the tree.
    Unknown,
}

/// A file that does not stay where it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangedFile {
    /// The path before.
    pub from: Vec<u8>,
    /// The path afterwards; `None` where it is taken out.
    pub to: Option<Vec<u8>>,
}

impl<'t> Plan<'t> {
    /// Makes ready to ask what becomes of single paths.
    #[must_use]
    pub fn placement(&self) -> Placement<'_> {
        Placement { plan: self, arranged: Arranged::new(self), after: OnceCell::new() }
    }
}

impl Placement<'_> {
    /// The tree before.
    #[must_use]
    pub fn before(&self) -> &Tree {
        self.plan.tree
    }

    /// The tree afterwards.
    #[must_use]
    pub fn after(&self) -> &Tree {
        self.after.get_or_init(|| self.plan.tree())
    }

    /// What becomes of a file, by its path relative to the target.
    ///
    /// Of some odd names a tree keeps no more than their number. A file that may be one of them is
    /// taken for one, and goes where its folder goes.
    #[must_use]
    pub fn file(&self, path: &[u8]) -> After {
        let tree = self.before();
        let mut place = None;
        // The deepest folder first: what is not kept folder by folder stands in one further up.
        for (folder, name) in folders_on(tree, path).into_iter().rev() {
            let known = tree.folder(folder);
            if known.holds(name) {
                return match self.arranged.path_of(folder, name) {
                    Some(path) => After::Kept(path),
                    None => After::Removed,
                };
            }
            if place.is_none() && known.remarks().iter().any(|(_, names)| !names.is_complete()) {
                place = Some((folder, name));
            }
        }
        match place {
            Some((folder, name)) => match self.arranged.folder(folder) {
                Some(folder) => After::Kept(joined(&folder, name)),
                None => After::Removed,
            },
            None => After::Unknown,
        }
    }

    /// What becomes of a folder, by its path relative to the target without a `/` at its end. What
    /// is not kept folder by folder goes where the folder above it goes.
    #[must_use]
    pub fn folder(&self, path: &[u8]) -> After {
        let path = [path, b"/"].concat();
        let Some((folder, rest)) = folders_on(self.before(), &path).pop() else {
            return After::Unknown;
        };
        match (self.arranged.folder(folder), rest.strip_suffix(b"/").unwrap_or(rest)) {
            (Some(path), b"") if self.after().folder_at(&path).is_none() => After::Removed,
            (Some(path), b"") => After::Kept(path),
            (Some(path), rest) => After::Kept(joined(&path, rest)),
            (None, _) => After::Removed,
        }
    }

    /// Calls for each file that gets another path or is taken out, folder by folder. A file that
    /// was listed twice is one.
    pub fn for_each_changed_file(&self, mut each: impl FnMut(ChangedFile)) {
        let tree = self.before();
        for (id, folder) in tree.ids().zip(tree.folders()) {
            let path = tree.path(id);
            let stays = self
                .arranged
                .folder(id)
                .is_some_and(|after| path.strip_suffix(b"/").unwrap_or(&path) == after.as_slice());
            if stays && !self.arranged.sorts(id) {
                continue;
            }
            folder.for_each_entry(|name, _| {
                let from = [path.as_slice(), name].concat();
                let to = self.arranged.path_of(id, name);
                if to.as_ref() != Some(&from) {
                    each(ChangedFile { from, to });
                }
            });
        }
    }

    /// About how many bytes the files have that get another path: of a folder only the size of all
    /// files together is known, and each counts for its share.
    #[must_use]
    pub fn moved_bytes(&self) -> u64 {
        let tree = self.before();
        let mut bytes = 0_u64;
        for (id, folder) in tree.ids().zip(tree.folders()) {
            let path = tree.path(id);
            let mut moved = 0_u64;
            if self.arranged.folder(id).as_deref() != Some(path.strip_suffix(b"/").unwrap_or(&path))
                || self.arranged.sorts(id)
            {
                folder.for_each_entry(|name, _| {
                    let to = self.arranged.path_of(id, name);
                    let is_moved = to.is_some_and(|to| to != [path.as_slice(), name].concat());
                    moved += u64::from(is_moved);
                });
            }
            let share =
                u128::from(folder.bytes()) * u128::from(moved) / u128::from(folder.files().max(1));
            bytes = bytes.saturating_add(u64::try_from(share).unwrap_or(u64::MAX));
        }
        bytes
    }

    /// How many folders that the source lists itself get another path or are taken out: in an
    /// object store, markers.
    #[must_use]
    pub fn changed_markers(&self) -> u64 {
        let tree = self.before();
        let listed =
            tree.ids().zip(tree.folders()).skip(1).filter(|(_, folder)| folder.is_listed());
        let changed = listed.filter(|(id, _)| {
            let path = tree.path(*id);
            let path = path.strip_suffix(b"/").unwrap_or(&path);
            self.folder(path) != After::Kept(path.to_vec())
        });
        changed.count() as u64
    }

    /// How many files are in folders that change, and have names of which no more is known than
    /// their number: [`Placement::for_each_changed_file`] does not name them.
    #[must_use]
    pub fn changed_without_name(&self) -> u64 {
        let tree = self.before();
        let changed = tree.ids().zip(tree.folders()).filter(|(id, _)| {
            let path = tree.path(*id);
            self.arranged.folder(*id).as_deref() != Some(path.strip_suffix(b"/").unwrap_or(&path))
        });
        let names = changed.flat_map(|(_, folder)| folder.remarks());
        names
            .filter(|(_, names)| !names.is_complete())
            .map(|(_, names)| {
                let mut known = 0;
                names.for_each(|_| known += 1);
                names.count().saturating_sub(known)
            })
            .sum()
    }
}

/// The folders of the tree that lead to a path, from the root on, each with what is left of it.
fn folders_on<'n>(tree: &Tree, path: &'n [u8]) -> Vec<(FolderId, &'n [u8])> {
    let mut found = vec![(FolderId::ROOT, path)];
    let (mut folder, mut rest) = (FolderId::ROOT, path);
    while let Some(at) = rest.iter().position(|byte| *byte == b'/') {
        let Some(child) = tree.child(folder, &rest[..at]) else { break };
        (folder, rest) = (child, &rest[at + 1..]);
        found.push((folder, rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Rename;
    use crate::tree::{Entry, TreeBuilder};

    fn tree(paths: &[&str]) -> Tree {
        let mut builder = TreeBuilder::new();
        for path in paths {
            match path.strip_suffix('/') {
                Some(folder) => builder.add(&Entry::folder(folder.as_bytes())),
                None => builder.add(&Entry::file(path.as_bytes(), 1)),
            }
        }
        builder.finish()
    }

    fn renamed<'t>(tree: &'t Tree, renames: &[(&str, &str)]) -> Plan<'t> {
        let rename = |(from, to): &(&str, &str)| Rename { from: (*from).into(), to: (*to).into() };
        Plan::from_renames(tree, &renames.iter().map(rename).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn each_file_and_folder_is_found_where_it_goes() {
        let deep = "lidar-top/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w/x/y/z/1.pcd";
        let tree = tree(&[
            "Lidar_top/scene_1/",
            "Lidar_top/scene_1/1.pcd",
            "Lidar_top/scene_1/notes.txt",
            "old/only.jpg",
            "metadata.json",
            deep,
        ]);
        let plan = renamed(
            &tree,
            &[
                ("Lidar_top", "lidar-top-2"),
                ("Lidar_top/scene_1/notes.txt", "notes.txt"),
                ("old/only.jpg", "camera-a/s/1.jpg"),
                ("lidar-top", "lidar-low"),
            ],
        );
        let placement = plan.placement();
        let kept = |path: &str| After::Kept(path.as_bytes().to_vec());
        assert_eq!(placement.file(b"Lidar_top/scene_1/1.pcd"), kept("lidar-top-2/scene_1/1.pcd"));
        assert_eq!(placement.file(b"Lidar_top/scene_1/notes.txt"), kept("notes.txt"));
        assert_eq!(placement.file(b"metadata.json"), kept("metadata.json"));
        assert_eq!(placement.file(b"old/only.jpg"), kept("camera-a/s/1.jpg"));
        assert_eq!(placement.file(deep.as_bytes()), kept(&deep.replacen("-top", "-low", 1)));
        for unknown in ["Lidar_top/scene_1/2.pcd", "Lidar_top", "", "a/b"] {
            assert_eq!(placement.file(unknown.as_bytes()), After::Unknown, "{unknown}");
        }
        assert_eq!(placement.folder(b"Lidar_top/scene_1"), kept("lidar-top-2/scene_1"));
        assert_eq!(placement.folder(b"old"), After::Removed);
        assert_eq!(placement.folder(b"Lidar_top/x"), kept("lidar-top-2/x"));
    }

    #[test]
    fn the_files_that_change_are_those_whose_path_does() {
        let tree = tree(&["a/1.pcd", "a/b/2.pcd", "a/b/x.txt", "c/3.pcd", "d/4.pcd"]);
        let plan = renamed(&tree, &[("a", "e"), ("d/4.pcd", "d/5.pcd")]);
        let placement = plan.placement();
        let mut found = Vec::new();
        placement.for_each_changed_file(|change| found.push(change));
        found.sort();
        let expected = [
            ("a/1.pcd", "e/1.pcd"),
            ("a/b/2.pcd", "e/b/2.pcd"),
            ("a/b/x.txt", "e/b/x.txt"),
            ("d/4.pcd", "d/5.pcd"),
        ];
        let expected = expected
            .map(|(from, to)| ChangedFile { from: from.into(), to: Some(to.as_bytes().into()) });
        assert_eq!(found, expected);
        for change in &expected {
            let to = change.to.clone().unwrap();
            assert_eq!(placement.file(&change.from), After::Kept(to));
        }
        assert_eq!(placement.changed_without_name(), 0);
    }
}
