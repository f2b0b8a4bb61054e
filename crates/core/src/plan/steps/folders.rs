//! The steps of folders, which are few: each with all in it.

use std::collections::BTreeSet;

use hashbrown::{HashMap, HashSet};

use super::places::{Node, Places};
use super::{Phase, Place, Step, StepError, StepsEnd};
use crate::tree::{FolderId, joined, parent_and_name};

/// A folder that goes to another place.
struct Item {
    node: Node,
    to: Node,
    name: Vec<u8>,
}

pub(super) fn for_each<E>(
    places: &mut Places<'_>,
    each: &mut dyn FnMut(Phase, Step<'_>) -> Result<(), E>,
) -> Result<(), StepsEnd<E>> {
    let mut items = Vec::new();
    let mut removed = Vec::new();
    let tree = places.tree;
    for id in tree.ids().filter(|id| *id != FolderId::ROOT) {
        let folder = tree.folder(id);
        let parent = folder.parent();
        let Some(path) = places.arranged.folder_path(id) else {
            if places.arranged.folder_path(parent).is_some() {
                places.count(Node::Old(parent), -1);
                removed.push(id);
            }
            continue;
        };
        if !places.stands(id) {
            continue;
        }
        let (home, name) = parent_and_name(path);
        // Most stay in their folder, wherever that goes.
        let stays_in = places.stands(parent) && places.arranged.folder_path(parent) == Some(home);
        if stays_in && folder.name() == name {
            continue;
        }
        let to = places.at(home);
        places.count(Node::Old(parent), -1);
        places.count(to, 1);
        items.push(Item { node: Node::Old(id), to, name: name.to_vec() });
    }
    let emptied = emptied(places, &mut items);
    for new in places.new.iter().filter(|new| new.is_needed) {
        let path = joined(&places.path(new.parent), &new.made_as);
        each(Phase::Make, Step::MakeFolder { path: &path }).map_err(StepsEnd::Taker)?;
    }
    let new = places.new.iter().enumerate().filter(|(_, new)| new.is_needed);
    for (at, new) in new.filter(|(_, new)| new.name != new.made_as) {
        items.push(Item { node: Node::New(at), to: new.parent, name: new.name.clone() });
    }
    let mut aside: BTreeSet<usize> = BTreeSet::new();
    let at_first = Simulated::new(places);
    for (at, item) in items.iter().enumerate() {
        if matches!(item.node, Node::Old(_)) && at_first.occupant(item.to, &item.name).is_some() {
            aside.insert(at);
        }
    }
    let names: Vec<Vec<u8>> = items.iter().map(|_| places.temporary()).collect();
    let moves = Moves { items: &items, removed: &removed, emptied: &emptied, names: &names };
    loop {
        match moves.order(places, &aside) {
            Ok(steps) => {
                if !aside.is_empty() {
                    places.touch(Node::Old(FolderId::ROOT));
                }
                return steps.iter().try_for_each(|step| step.emit(each)).map_err(StepsEnd::Taker);
            }
            // It goes below itself, as far as can be seen: out of the way with it.
            Err(stuck) if aside.insert(stuck) => {}
            Err(stuck) => {
                let path = items.get(stuck).map(|item| places.path(item.node));
                return Err(StepsEnd::Plan(StepError::Twice(path.unwrap_or_default())));
            }
        }
    }
}

/// Folders that nothing is left in, the deepest first. They go nowhere.
fn emptied(places: &mut Places<'_>, items: &mut Vec<Item>) -> Vec<FolderId> {
    let going: HashSet<FolderId> = items
        .iter()
        .filter_map(|item| match item.node {
            Node::Old(id) => Some(id),
            Node::New(_) => None,
        })
        .collect();
    loop {
        let emptied = places.emptied(&going);
        let among: HashSet<FolderId> = emptied.iter().copied().collect();
        let before = items.len();
        items.retain(|item| match item.node {
            Node::Old(id) if among.contains(&id) => {
                places.count(item.to, -1);
                false
            }
            _ => true,
        });
        if !places.drop_unneeded() && items.len() == before {
            for id in &emptied {
                places.touch(Node::Old(places.tree.folder(*id).parent()));
            }
            return emptied;
        }
    }
}

/// A step of one folder.
enum FolderStep {
    Rename {
        phase: Phase,
        from: Vec<u8>,
        to: Vec<u8>,
        is_removed: bool,
        names: [(Vec<u8>, Vec<u8>); 1],
    },
    Clear(Vec<u8>),
}

impl FolderStep {
    fn emit<E>(&self, each: &mut dyn FnMut(Phase, Step<'_>) -> Result<(), E>) -> Result<(), E> {
        match self {
            FolderStep::Rename { phase, from, to, is_removed, names } => {
                let to = if *is_removed { Place::Trash(to) } else { Place::Tree(to) };
                each(*phase, Step::Rename { from, to, names })
            }
            FolderStep::Clear(path) => each(Phase::Clear, Step::RemoveFolder { path }),
        }
    }
}

struct Moves<'m> {
    items: &'m [Item],
    removed: &'m [FolderId],
    /// Those that nothing is left in, the deepest first.
    emptied: &'m [FolderId],
    /// A temporary name for each item.
    names: &'m [Vec<u8>],
}

impl Moves<'_> {
    /// All steps in order, with these items set aside first. An error is an item that cannot go
    /// where it is to go, since that is below itself.
    fn order(
        &self,
        places: &Places<'_>,
        aside: &BTreeSet<usize>,
    ) -> Result<Vec<FolderStep>, usize> {
        let mut simulated = Simulated::new(places);
        let mut steps = Vec::new();
        let root = Node::Old(FolderId::ROOT);
        let item = |at: usize| self.items.get(at).zip(self.names.get(at));
        // Children come behind their parents, and go first.
        for (item, name) in aside.iter().rev().filter_map(|at| item(*at)) {
            steps.push(simulated.go(Phase::FoldersAside, item.node, root, name));
        }
        let is_settled =
            |at: usize, item: &Item| aside.contains(&at) || matches!(item.node, Node::New(_));
        let direct = self.items.iter().enumerate().filter(|(at, item)| !is_settled(*at, item));
        self.go_all(&mut simulated, Phase::Folders, direct, &mut steps)?;
        for id in self.removed {
            steps.push(simulated.remove(*id));
        }
        for (id, below) in places.deep().rev() {
            steps.push(FolderStep::Clear(joined(&simulated.path(Node::Old(*id)), below)));
        }
        for id in self.emptied {
            steps.push(FolderStep::Clear(simulated.path(Node::Old(*id))));
        }
        let settled = self.items.iter().enumerate().filter(|(at, item)| is_settled(*at, item));
        self.go_all(&mut simulated, Phase::FoldersSettle, settled, &mut steps)?;
        Ok(steps)
    }

    fn go_all<'i>(
        &self,
        simulated: &mut Simulated<'_>,
        phase: Phase,
        items: impl Iterator<Item = (usize, &'i Item)>,
        steps: &mut Vec<FolderStep>,
    ) -> Result<(), usize> {
        let mut waiting: Vec<(usize, &Item)> = items.collect();
        loop {
            let before = waiting.len();
            waiting.retain(|(_, item)| {
                let can_go = !simulated.is_below(item.to, item.node);
                if can_go {
                    steps.push(simulated.go(phase, item.node, item.to, &item.name));
                }
                !can_go
            });
            match waiting.first() {
                None => return Ok(()),
                Some((stuck, _)) if waiting.len() == before => return Err(*stuck),
                Some(_) => {}
            }
        }
    }
}

/// Where folders are between the steps.
struct Simulated<'p> {
    places: &'p Places<'p>,
    moved: HashMap<Node, (Node, Vec<u8>)>,
}

impl<'p> Simulated<'p> {
    fn new(places: &'p Places<'_>) -> Self {
        Simulated { places, moved: HashMap::new() }
    }

    /// The folder that a folder is in, and its name there.
    fn place(&self, node: Node) -> Option<(Node, &[u8])> {
        if let Some((parent, name)) = self.moved.get(&node) {
            return Some((*parent, name));
        }
        match node {
            Node::Old(FolderId::ROOT) => None,
            Node::Old(id) => {
                let folder = self.places.tree.folder(id);
                Some((Node::Old(folder.parent()), folder.name()))
            }
            Node::New(at) => {
                self.places.new.get(at).map(|new| (new.parent, new.made_as.as_slice()))
            }
        }
    }

    fn path(&self, node: Node) -> Vec<u8> {
        match self.place(node) {
            Some((parent, name)) => joined(&self.path(parent), name),
            None => Vec::new(),
        }
    }

    fn is_below(&self, node: Node, above: Node) -> bool {
        let mut at = Some(node);
        while let Some(node) = at {
            if node == above {
                return true;
            }
            at = self.place(node).map(|(parent, _)| parent);
        }
        false
    }

    /// The folder that has a name before the first step.
    fn occupant(&self, node: Node, name: &[u8]) -> Option<FolderId> {
        match node {
            Node::Old(id) => self.places.tree.child(id, name),
            Node::New(_) => None,
        }
    }

    fn go(&mut self, phase: Phase, node: Node, to: Node, new_name: &[u8]) -> FolderStep {
        let (from, name) = match self.place(node) {
            Some((parent, name)) => (self.path(parent), name.to_vec()),
            None => (Vec::new(), Vec::new()),
        };
        let step = FolderStep::Rename {
            phase,
            from,
            to: self.path(to),
            is_removed: false,
            names: [(name, new_name.to_vec())],
        };
        self.moved.insert(node, (to, new_name.to_vec()));
        step
    }

    fn remove(&self, id: FolderId) -> FolderStep {
        let (from, name) = match self.place(Node::Old(id)) {
            Some((parent, name)) => (self.path(parent), name.to_vec()),
            None => (Vec::new(), Vec::new()),
        };
        let names = [(name.clone(), name)];
        let to = self.places.path(Node::Old(self.places.tree.folder(id).parent()));
        FolderStep::Rename { phase: Phase::Folders, from, to, is_removed: true, names }
    }
}
