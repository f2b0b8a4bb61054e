//! From pairs of stamps to the stems that frames get.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::fault::Fault;
use super::side::Side;
use crate::names::name_set::NameSet;
use crate::names::stem;
use crate::repair::{Coordinate, FileSet, InOrder, Operation, StemMap};

/// A stem and the one in its place.
pub(super) type Renamed = (Vec<u8>, Vec<u8>);

/// The frames of a folder named by those of another: `pairs` are stamps of the one and of the
/// other, `alone` stamps of the one and the same instants on the other's clock, each in
/// their folder's ticks. `None` where a stamp has no frame, or no frame gets another stem.
pub(crate) fn renames(
    own: &Side<'_>,
    other: &Side<'_>,
    pairs: impl Iterator<Item = (i128, i128)>,
    alone: &[(i128, i128)],
) -> Option<Operation> {
    let pairs: Vec<(i128, i128)> = pairs.collect();
    if let Some(operation) = numbered(own, other, &pairs, alone) {
        return Some(operation);
    }
    let mut stems: Vec<Renamed> = Vec::with_capacity(pairs.len() + alone.len());
    for (stamp, partner) in pairs {
        stems.push((own.stem_of(stamp)?.to_vec(), other.stem_at(partner)?));
    }
    for (stamp, corrected) in alone {
        let from = own.stem_of(*stamp).map(<[u8]>::to_vec);
        stems.extend(from.zip(other.stem_at(*corrected)));
    }
    set(own, stems)
}

/// As [`renames`], without a name of either folder, for numbers that ascend on both sides. `None`
/// where they are not, or nothing is renamed.
fn numbered(
    own: &Side<'_>,
    other: &Side<'_>,
    pairs: &[(i128, i128)],
    alone: &[(i128, i128)],
) -> Option<Operation> {
    let ((naming, held), (other_naming, _)) = (own.numbers()?, other.numbers()?);
    let mut all: Vec<(i128, i128)> = pairs.iter().chain(alone).copied().collect();
    all.sort_unstable();
    // A stamp without a frame, or one that is there twice, is left to the names.
    let mut held = held.iter();
    if !all.iter().all(|(from, _)| held.by_ref().find(|value| value >= from) == Some(*from)) {
        return None;
    }
    let stays = |(from, to): &(i128, i128)| {
        from == to && naming.render_stem(*from) == other_naming.render_stem(*to)
    };
    all.retain(|pair| !stays(pair));
    let map = InOrder::of_numbers((naming, other_naming), &all)?;
    let names = NameSet::from_numbers(naming, all.iter().map(|(from, _)| *from));
    let coordinate = Coordinate::Stem(StemMap::InOrder(Arc::new(map)));
    Some(Operation::Set { files: FileSet::named(own.folder, names), coordinate })
}

/// The operation that gives the frames of a folder whose stem is the first of a pair the second.
/// `None` where none gets another.
pub(super) fn set(own: &Side<'_>, mut stems: Vec<Renamed>) -> Option<Operation> {
    stems.retain(|(from, to)| from != to);
    if stems.is_empty() {
        return None;
    }
    let names = {
        let meant: HashSet<&[u8]> = stems.iter().map(|(from, _)| from.as_slice()).collect();
        let names = own.names().iter().map(|(_, name)| name.as_slice());
        NameSet::from_names(names.filter(|name| meant.contains(stem(name))))
    };
    let coordinate = Coordinate::Stem(StemMap::of(stems));
    Some(Operation::Set { files: FileSet::named(own.folder, names), coordinate })
}

/// The stems of all frames of a folder that are told by a pairing.
#[derive(Debug, Default)]
pub(super) struct Moves {
    /// Those that move no farther than half a step beyond the clock.
    pub(super) near: Vec<Renamed>,
    /// Those that do.
    pub(super) far: Vec<Renamed>,
    /// Frames without partner that could have another stem: theirs on the reference's clock.
    pub(super) spare: HashMap<Vec<u8>, Vec<u8>>,
}

impl Moves {
    /// Sees to it that no two frames come to one stem, whether those that move far are left
    /// where they are or not.
    pub(super) fn settled(mut self, own: &Side<'_>) -> Result<Self, Fault> {
        let all: HashSet<&[u8]> = own.names().iter().map(|(_, name)| stem(name)).collect();
        let more = self.out_of_the_way(&all)?;
        self.near.extend(more);
        // Frames that stay where they are may be in the way of others.
        loop {
            let near: HashSet<Vec<u8>> = self.near.iter().map(|(from, _)| from.clone()).collect();
            let is_blocked = |(from, to): &Renamed| {
                from != to && all.contains(to.as_slice()) && !near.contains(to)
            };
            let (blocked, free): (Vec<_>, Vec<_>) = self.near.into_iter().partition(is_blocked);
            self.near = free;
            if blocked.is_empty() {
                return Ok(self);
            }
            self.far.extend(blocked);
        }
    }

    /// Other stems for the frames without partner that have one which another frame gets.
    fn out_of_the_way(&self, all: &HashSet<&[u8]>) -> Result<Vec<Renamed>, Fault> {
        let both = || self.near.iter().chain(&self.far);
        let taken: HashSet<&[u8]> = both().map(|(_, to)| to.as_slice()).collect();
        let moved: HashSet<&[u8]> = both().map(|(from, _)| from.as_slice()).collect();
        let mut more: Vec<Renamed> = Vec::new();
        for stem in all.iter().filter(|stem| !moved.contains(*stem) && taken.contains(*stem)) {
            let free = self.spare.get(*stem).filter(|to| !taken.contains(to.as_slice()));
            let free = free.filter(|to| !all.contains(to.as_slice()));
            let Some(free) = free else { return Err(Fault::Taken { stem: stem.to_vec() }) };
            more.push((stem.to_vec(), free.clone()));
        }
        more.sort_unstable();
        if more.windows(2).any(|two| matches!(two, [one, other] if one.1 == other.1)) {
            let stem = more.first().map(|(stem, _)| stem.clone()).unwrap_or_default();
            return Err(Fault::Taken { stem });
        }
        Ok(more)
    }
}
