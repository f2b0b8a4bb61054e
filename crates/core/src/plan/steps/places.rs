//! [`Places`]: which folder before stands for which folder afterwards, and which are new.

use std::collections::BTreeSet;

use hashbrown::{HashMap, HashSet};

use super::{Phase, Step, StepsEnd};
use crate::plan::arranged::Arranged;
use crate::tree::{FolderId, Tree, joined, parent_and_name};

/// A folder of the tree, or a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Node {
    Old(FolderId),
    New(usize),
}

/// A folder that is made.
pub(super) struct NewFolder {
    pub(super) parent: Node,
    pub(super) name: Vec<u8>,
    /// The name that it is made under, where something else still has its own.
    pub(super) made_as: Vec<u8>,
    /// Where it is made: its path while only files go.
    path: Vec<u8>,
    /// Whether something goes into it.
    pub(super) is_needed: bool,
}

pub(super) struct Places<'p> {
    pub(super) tree: &'p Tree,
    pub(super) arranged: &'p Arranged<'p>,
    temporary: &'p str,
    given: u64,
    /// The folder that stands for each path afterwards.
    standing: HashMap<Vec<u8>, Node>,
    pub(super) new: Vec<NewFolder>,
    /// How many entries go out of each folder and into it.
    balance: HashMap<Node, i64>,
    touched: BTreeSet<FolderId>,
    /// Folders below those that the tree keeps, from which files go.
    deep: BTreeSet<(FolderId, Vec<u8>)>,
}

impl<'p> Places<'p> {
    pub(super) fn new(tree: &'p Tree, arranged: &'p Arranged<'p>, temporary: &'p str) -> Self {
        let mut standing: HashMap<Vec<u8>, Node> = HashMap::with_capacity(tree.folders().len());
        // A folder that keeps its path stands for it, whoever else comes there; else the first.
        for must_stay in [true, false] {
            for id in tree.ids() {
                let Some(path) = arranged.folder_path(id) else { continue };
                let now = tree.path(id);
                let stays = now.strip_suffix(b"/").unwrap_or(&now) == path;
                if stays == must_stay {
                    standing.entry_ref(path).or_insert(Node::Old(id));
                }
            }
        }
        Places {
            tree,
            arranged,
            temporary,
            given: 0,
            standing,
            new: Vec::new(),
            balance: HashMap::new(),
            touched: BTreeSet::new(),
            deep: BTreeSet::new(),
        }
    }

    /// A name that nothing has.
    pub(super) fn temporary(&mut self) -> Vec<u8> {
        self.given += 1;
        format!("{}{}", self.temporary, self.given).into_bytes()
    }

    /// The folder that stands for a path afterwards; a new one where none does.
    pub(super) fn at(&mut self, path: &[u8]) -> Node {
        if path.is_empty() {
            return Node::Old(FolderId::ROOT);
        }
        if let Some(known) = self.standing.get(path) {
            return *known;
        }
        let (above, name) = parent_and_name(path);
        let parent = self.at(above);
        let is_free = !self.was_there(parent, name);
        let made_as = if is_free { name.to_vec() } else { self.temporary() };
        let path_now = joined(&self.path(parent), &made_as);
        let node = Node::New(self.new.len());
        self.new.push(NewFolder {
            parent,
            name: name.to_vec(),
            made_as,
            path: path_now,
            is_needed: true,
        });
        self.standing.insert(path.to_vec(), node);
        self.count(parent, 1);
        node
    }

    /// Whether a folder stands for its own path afterwards, and not another one.
    pub(super) fn stands(&self, id: FolderId) -> bool {
        let Some(path) = self.arranged.folder_path(id) else { return false };
        id == FolderId::ROOT || self.standing.get(path) == Some(&Node::Old(id))
    }

    /// The path of a folder while only files go.
    pub(super) fn path(&self, node: Node) -> Vec<u8> {
        match node {
            Node::Old(id) => {
                let mut path = self.tree.path(id);
                path.pop();
                path
            }
            Node::New(at) => self.new.get(at).map(|new| new.path.clone()).unwrap_or_default(),
        }
    }

    /// The path of a folder once folders stand where they go.
    pub(super) fn path_afterwards(&self, node: Node) -> Vec<u8> {
        match node {
            Node::Old(id) => self.arranged.folder_path(id).map(<[u8]>::to_vec).unwrap_or_default(),
            Node::New(at) => self
                .new
                .get(at)
                .map_or_else(Vec::new, |new| joined(&self.path_afterwards(new.parent), &new.name)),
        }
    }

    /// Whether a name is there before the first step.
    pub(super) fn was_there(&self, node: Node, name: &[u8]) -> bool {
        match node {
            Node::Old(id) => {
                self.tree.folder(id).holds(name) || self.tree.child(id, name).is_some()
            }
            Node::New(_) => false,
        }
    }

    /// Counts what goes into a folder, or with a number below zero out of it.
    pub(super) fn count(&mut self, node: Node, more: i64) {
        *self.balance.entry(node).or_insert(0) += more;
        self.touch(node);
    }

    pub(super) fn touch(&mut self, node: Node) {
        if let Node::Old(id) = node {
            self.touched.insert(id);
        }
    }

    /// Notes that a file goes out of a folder below one of the tree, with its path from there.
    pub(super) fn leave_deep(&mut self, above: FolderId, mut path: &[u8]) {
        while !path.is_empty() && self.deep.insert((above, path.to_vec())) {
            (path, _) = parent_and_name(path);
        }
    }

    /// Folders that held something and are left with nothing, the deepest first. Those that are
    /// `going` are counted as gone from their folder already.
    pub(super) fn emptied(&self, going: &HashSet<FolderId>) -> Vec<FolderId> {
        let mut cleared: HashMap<FolderId, i64> = HashMap::new();
        let mut emptied = Vec::new();
        // Children come behind their parents.
        for id in self.tree.ids().rev().filter(|id| *id != FolderId::ROOT) {
            let change = self.balance.get(&Node::Old(id)).copied().unwrap_or(0)
                - cleared.get(&id).copied().unwrap_or(0);
            if change >= 0 || self.arranged.folder_path(id).is_none() {
                continue;
            }
            let folder = self.tree.folder(id);
            let mut held = 0;
            folder.for_each_entry(|_, _| held += 1);
            self.tree.children(id).for_each(|_| held += 1);
            if held + change <= 0 {
                emptied.push(id);
                let is_counted = going.contains(&id);
                *cleared.entry(folder.parent()).or_insert(0) += i64::from(!is_counted);
            }
        }
        emptied
    }

    /// Drops new folders that nothing goes into. Whether there are any.
    pub(super) fn drop_unneeded(&mut self) -> bool {
        let mut dropped = false;
        // Children come behind their parents.
        for at in (0..self.new.len()).rev() {
            let holds = self.balance.get(&Node::New(at)).copied().unwrap_or(0);
            if let Some(new) = self.new.get_mut(at).filter(|new| new.is_needed && holds <= 0) {
                new.is_needed = false;
                let parent = new.parent;
                self.count(parent, -1);
                dropped = true;
            }
        }
        dropped
    }

    /// Folders below those that the tree keeps, from which files go: the folder that they lie in
    /// and their path from there, the deepest last.
    pub(super) fn deep(&self) -> impl DoubleEndedIterator<Item = &(FolderId, Vec<u8>)> {
        self.deep.iter()
    }

    pub(super) fn for_each_touched<E>(
        &self,
        each: &mut dyn FnMut(Phase, Step<'_>) -> Result<(), E>,
    ) -> Result<(), StepsEnd<E>> {
        let touched = self.touched.iter().map(|id| self.path(Node::Old(*id)));
        let deep = self.deep.iter().map(|(id, below)| joined(&self.path(Node::Old(*id)), below));
        touched.chain(deep).try_for_each(|folder| {
            each(Phase::Make, Step::Touches { folder: &folder }).map_err(StepsEnd::Taker)
        })
    }
}
