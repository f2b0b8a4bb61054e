//! The steps of files, folder by folder.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use super::places::{Node, Places};
use super::{Phase, Place, Step, StepError, StepsEnd};
use crate::tree::{Arrangement as _, Destination, FolderId, joined, parent_and_name};

/// Names before and after.
type Names = Vec<(Vec<u8>, Vec<u8>)>;

type Each<'e, E> = &'e mut dyn FnMut(Phase, Step<'_>) -> Result<(), E>;

pub(super) fn for_each<E>(
    places: &mut Places<'_>,
    edited: Option<&[u8]>,
    each: Each<'_, E>,
) -> Result<(), StepsEnd<E>> {
    let edited = edited.map(|path| edit(places, path, each)).transpose()?;
    for id in places.tree.ids() {
        let is_merged = !places.stands(id) && places.arranged.folder_path(id).is_some();
        if !is_merged && !places.arranged.sorts(id) {
            continue;
        }
        if is_merged && places.tree.folder(id).remarks().iter().any(|(_, it)| !it.is_complete()) {
            return Err(StepsEnd::Plan(StepError::NamesUnknown(places.path(Node::Old(id)))));
        }
        let skipped = edited.as_ref().filter(|(folder, _)| *folder == id).map(|(_, name)| name);
        let moves = Moves::of(places, id, skipped.map(Vec::as_slice));
        moves.emit(places, id, each)?;
    }
    Ok(())
}

/// The steps that give metadata.json another text. Where it stands.
fn edit<E>(
    places: &mut Places<'_>,
    path: &[u8],
    each: Each<'_, E>,
) -> Result<(FolderId, Vec<u8>), StepsEnd<E>> {
    let absent = || StepsEnd::Plan(StepError::NoMetadata(path.to_vec()));
    let (folder, name) = parent_and_name(path);
    let folder = places.tree.folder_at(folder).ok_or_else(absent)?;
    if !places.tree.folder(folder).holds(name) {
        return Err(absent());
    }
    let after = places.arranged.path_of(folder, name).ok_or_else(absent)?;
    let (home, new_name) = parent_and_name(&after);
    let home = places.at(home);
    if home != Node::Old(folder) {
        places.count(Node::Old(folder), -1);
        places.count(home, 1);
    }
    places.touch(home);
    places.touch(Node::Old(folder));
    let temporary = places.temporary();
    let mut emit = |phase, step: Step<'_>| each(phase, step).map_err(StepsEnd::Taker);
    let new = joined(&places.path(home), &temporary);
    emit(Phase::Write, Step::WriteMetadata { path: &new })?;
    let from = places.path(Node::Old(folder));
    let names = [(name.to_vec(), new_name.to_vec())];
    emit(Phase::Aside, Step::Rename { from: &from, to: Place::Kept, names: &names })?;
    let home = places.path_afterwards(home);
    let names = [(temporary, new_name.to_vec())];
    emit(Phase::Settle, Step::Rename { from: &home, to: Place::Tree(&home), names: &names })?;
    Ok((folder, name.to_vec()))
}

/// What becomes of the files right in one folder.
#[derive(Default)]
struct Moves {
    removed: Names,
    /// To other folders, where their name is free.
    out: BTreeMap<Node, Names>,
    /// To another name here that is free once the ones above are gone, in order.
    within: Names,
    /// To a name that is not free yet.
    aside: BTreeMap<Node, Vec<Aside>>,
}

/// The name before, the temporary one, and the last one.
type Aside = (Vec<u8>, Vec<u8>, Vec<u8>);

impl Moves {
    fn of(places: &mut Places<'_>, id: FolderId, skipped: Option<&[u8]>) -> Self {
        let here = Node::Old(id);
        let (mut moves, mut within) = (Moves::default(), Names::new());
        let folder = places.tree.folder(id);
        let goes_with_folder = places.arranged.folder_path(id).is_none();
        // Folders come one after the other: most files go where the one before went.
        let mut recent: Option<(Vec<u8>, Node)> = None;
        folder.for_each_entry(|name, _| {
            if skipped == Some(name) {
                return;
            }
            let path = match places.arranged.file(id, name) {
                // What goes with its folder is not taken out of it.
                Destination::Stays | Destination::Removed if goes_with_folder => return,
                Destination::Removed => None,
                Destination::Path(path) => Some(path),
                Destination::Stays if places.stands(id) => return,
                Destination::Stays => places.arranged.path_of(id, name),
            };
            let Some(path) = path else {
                moves.removed.push((name.to_vec(), name.to_vec()));
                return;
            };
            let (home, new_name) = parent_and_name(&path);
            let node = match &recent {
                Some((known, node)) if known == home => *node,
                _ => {
                    let node = places.at(home);
                    recent = Some((home.to_vec(), node));
                    node
                }
            };
            if node == here && name == new_name {
                // It stays.
            } else if node == here {
                within.push((name.to_vec(), new_name.to_vec()));
            } else if places.was_there(node, new_name) {
                let temporary = places.temporary();
                let names = (name.to_vec(), temporary, new_name.to_vec());
                moves.aside.entry(node).or_default().push(names);
            } else {
                moves.out.entry(node).or_default().push((name.to_vec(), new_name.to_vec()));
            }
        });
        moves.order(places, id, within, skipped);
        moves
    }

    /// Orders files that get another name in their folder: each name is free when a file gets it.
    fn order(
        &mut self,
        places: &mut Places<'_>,
        id: FolderId,
        within: Names,
        freed: Option<&[u8]>,
    ) {
        let here = Node::Old(id);
        let is_taken: Vec<bool> =
            within.iter().map(|(_, new_name)| places.was_there(here, new_name)).collect();
        if !is_taken.contains(&true) {
            self.within = within;
            return;
        }
        let left: HashSet<&[u8]> = self
            .removed
            .iter()
            .map(|(name, _)| name.as_slice())
            .chain(self.out.values().flatten().map(|(name, _)| name.as_slice()))
            .chain(self.aside.values().flatten().map(|(name, ..)| name.as_slice()))
            .chain(freed)
            .collect();
        let by_name: HashMap<&[u8], usize> =
            within.iter().enumerate().map(|(at, (name, _))| (name.as_slice(), at)).collect();
        // Who waits for the name of each.
        let mut waits: HashMap<usize, usize> = HashMap::new();
        let (mut ready, mut set_aside) = (Vec::new(), Vec::new());
        for (at, (_, new_name)) in within.iter().enumerate() {
            if !is_taken.get(at).is_some_and(|it| *it) || left.contains(new_name.as_slice()) {
                ready.push(at);
            } else if let Some(by) = by_name.get(new_name.as_slice()) {
                waits.insert(*by, at);
            } else {
                // A folder has the name that goes later.
                set_aside.push(at);
            }
        }
        drop(left);
        let mut is_done = vec![false; within.len()];
        let mut order = Vec::with_capacity(within.len());
        let mut follow = |first: Option<usize>, is_done: &mut Vec<bool>| {
            let mut next = first;
            while let Some(at) = next
                && let Some(done) = is_done.get_mut(at)
                && !*done
            {
                *done = true;
                order.push(at);
                next = waits.get(&at).copied();
            }
        };
        for at in ready {
            follow(Some(at), &mut is_done);
        }
        let mut mark = |at: usize, is_done: &mut Vec<bool>| {
            if let Some(done) = is_done.get_mut(at) {
                *done = true;
            }
            follow(waits.get(&at).copied(), is_done);
        };
        for at in &set_aside {
            mark(*at, &mut is_done);
        }
        // What is left goes in circles: one of each is set aside.
        for at in 0..within.len() {
            if is_done.get(at) == Some(&false) {
                set_aside.push(at);
                mark(at, &mut is_done);
            }
        }
        let pair = |at: &usize| within.get(*at).cloned().unwrap_or_default();
        self.within = order.iter().map(pair).collect();
        for (name, new_name) in set_aside.iter().map(pair) {
            let temporary = places.temporary();
            self.aside.entry(here).or_default().push((name, temporary, new_name));
        }
    }

    fn emit<E>(
        self,
        places: &mut Places<'_>,
        id: FolderId,
        each: Each<'_, E>,
    ) -> Result<(), StepsEnd<E>> {
        let here = Node::Old(id);
        let from = places.path(here);
        let mut emit = |phase, from: &[u8], to: Place<'_>, names: &[(Vec<u8>, Vec<u8>)]| {
            if names.is_empty() {
                return Ok(());
            }
            each(phase, Step::Rename { from, to, names }).map_err(StepsEnd::Taker)
        };
        let Moves { removed, out, within, aside } = self;
        emit(Phase::Aside, &from, Place::Trash(&from), &removed)?;
        leave(places, id, removed.iter().map(|(name, _)| name.as_slice()));
        for (node, names) in out {
            emit(Phase::Out, &from, Place::Tree(&places.path(node)), &names)?;
            leave(places, id, names.iter().map(|(name, _)| name.as_slice()));
            places.count(node, i64::try_from(names.len()).unwrap_or(i64::MAX));
        }
        if !within.is_empty() {
            places.touch(here);
        }
        emit(Phase::Within, &from, Place::Tree(&from), &within)?;
        for (node, names) in aside {
            leave(places, id, names.iter().map(|(name, ..)| name.as_slice()));
            places.count(node, i64::try_from(names.len()).unwrap_or(i64::MAX));
            let first: Names = names
                .iter()
                .map(|(name, temporary, _)| (name.clone(), temporary.clone()))
                .collect();
            emit(Phase::Aside, &from, Place::Tree(&places.path(node)), &first)?;
            let last: Names =
                names.into_iter().map(|(_, temporary, last)| (temporary, last)).collect();
            let home = places.path_afterwards(node);
            emit(Phase::Settle, &home, Place::Tree(&home), &last)?;
        }
        Ok(())
    }
}

/// Counts files that go out of a folder.
fn leave<'n>(places: &mut Places<'_>, here: FolderId, names: impl Iterator<Item = &'n [u8]>) {
    let mut left = 0;
    for name in names {
        left += 1;
        let (below, _) = parent_and_name(name);
        if !below.is_empty() {
            places.leave_deep(here, below);
        }
    }
    if left > 0 {
        places.count(Node::Old(here), -left);
    }
}
