//! [`Neighbours`]: what tells the frames of one folder from one another. A hash and a few figures
//! are kept for each of them until the folder is finished, 16 bytes a frame and its name in each of
//! two sets; then what stands out is left.

use std::collections::BTreeMap;

use sensortree_probe::ProbeResult;

use crate::names::frame_name::{self, Naming};
use crate::names::name_set::NameSet;

/// How many different kinds of fields of a folder are kept. A sensor writes one.
const KINDS: usize = 16;

/// A cloud stands out that has fewer points than one in so many powers of two of what is usual in
/// its folder, at the least: 2^6 below the power of two that the usual number lies in is less than
/// a thirty-second of it.
const SPARSE_POWERS: u8 = 6;

/// Of how many clouds one can be told to stand out.
const MOST_RARE: u64 = 4;

/// What is known of the frames of a folder beside one another. Merging is associative and
/// commutative.
#[derive(Clone, Debug, Default)]
pub(super) struct Neighbours {
    /// The hash of each frame that a number names, in no order.
    prints: BTreeMap<Naming, Vec<(u64, u64)>>,
    /// The clouds by the number of their points, as a power of two.
    points: BTreeMap<u8, NameSet>,
    kinds: Vec<FieldsKind>,
    alike: Vec<Alike>,
    sparse: Option<Sparse>,
}

/// Frames of one content, one behind the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alike {
    /// How they are named.
    pub naming: Naming,
    /// The number of the first.
    pub first: u64,
    /// The number of the last.
    pub last: u64,
    /// How many there are, two at the least.
    pub count: u64,
}

/// Clouds of few points among others of many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparse {
    /// Their names, by the number of points that they have at the least, which is a power of two,
    /// and half of what none of them reaches.
    pub names: Vec<(u64, NameSet)>,
    /// How many points the others have at the least, most of them.
    pub usual: u64,
}

/// The clouds whose points have the same fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldsKind {
    /// The fields, as [`Cloud::fields`](sensortree_probe::pcd::Cloud::fields).
    pub fields: Box<str>,
    /// How many clouds have them.
    pub count: u64,
    /// Their names; `None` where all of the folder have them.
    pub names: Option<NameSet>,
}

impl Neighbours {
    /// Adds what a frame was found to hold.
    pub(super) fn add(&mut self, name: &[u8], facts: &ProbeResult) {
        if let Some(print) = facts.print
            && let Some((value, naming)) = frame_name::parse(name)
            && let Ok(value) = u64::try_from(value)
        {
            self.prints.entry(naming).or_default().push((value, print));
        }
        // Of a cloud with a fault that is said.
        let Some(cloud) = facts.cloud.as_ref().filter(|_| facts.is_of_use()) else {
            return;
        };
        if let Some(power) = cloud.points.checked_ilog2() {
            #[expect(clippy::cast_possible_truncation, reason = "at most 63")]
            self.points.entry(power as u8).or_default().insert(name);
        }
        match self.kinds.binary_search_by(|kind| kind.fields.cmp(&cloud.fields)) {
            Ok(at) => self.kinds[at].names.get_or_insert_default().insert(name),
            Err(at) => {
                let names = Some(NameSet::from_names([name]));
                self.insert_kind(at, FieldsKind { fields: cloud.fields.clone(), count: 0, names });
            }
        }
    }

    /// Keeps a kind if it is among the first. Whatever is in the end was all the time, so all of
    /// its names are there.
    fn insert_kind(&mut self, at: usize, kind: FieldsKind) {
        if at < KINDS {
            self.kinds.truncate(KINDS - 1);
            self.kinds.insert(at, kind);
        }
    }

    pub(super) fn merge(&mut self, other: Neighbours) {
        for (naming, prints) in other.prints {
            self.prints.entry(naming).or_default().extend(prints);
        }
        for (power, names) in other.points {
            self.points.entry(power).or_default().merge(names);
        }
        for kind in other.kinds {
            match self.kinds.binary_search_by(|known| known.fields.cmp(&kind.fields)) {
                Ok(at) => {
                    let names = self.kinds[at].names.get_or_insert_default();
                    names.merge(kind.names.unwrap_or_default());
                }
                Err(at) => self.insert_kind(at, kind),
            }
        }
        self.alike.extend(other.alike);
        self.alike.sort_unstable();
        if self.sparse.is_none() {
            self.sparse = other.sparse;
        }
    }

    /// Finds what stands out, and forgets the rest.
    pub(super) fn seal(&mut self) {
        for (naming, mut prints) in std::mem::take(&mut self.prints) {
            prints.sort_unstable();
            prints.dedup();
            let runs = prints.chunk_by(|(_, one), (_, next)| one == next);
            self.alike.extend(runs.filter_map(|run| match run {
                [(first, _), .., (last, _)] => {
                    Some(Alike { naming, first: *first, last: *last, count: run.len() as u64 })
                }
                _ => None,
            }));
        }
        for kind in &mut self.kinds {
            if let Some(names) = &mut kind.names {
                names.seal();
                kind.count = names.count();
            }
        }
        if let [kind] = self.kinds.as_mut_slice() {
            kind.names = None;
        }
        self.seal_points();
    }

    fn seal_points(&mut self) {
        let mut points = std::mem::take(&mut self.points);
        let all: u64 = points.values().map(NameSet::count).sum();
        let mut before = 0;
        let usual = points.iter().find_map(|(power, names)| {
            before += names.count();
            (2 * before > all).then_some(*power)
        });
        let Some(usual) = usual else { return };
        points.retain(|power, _| power.saturating_add(SPARSE_POWERS) <= usual);
        let rare: u64 = points.values().map(NameSet::count).sum();
        // Where many are so, the sensor sees little now and then.
        if rare > 0 && rare.saturating_mul(MOST_RARE) <= all {
            let power = |power: u8| 1 << u32::from(power);
            let names = points.into_iter().map(|(least, mut names)| {
                names.seal();
                (power(least), names)
            });
            self.sparse = Some(Sparse { names: names.collect(), usual: power(usual) });
        }
    }

    pub(super) fn alike(&self) -> &[Alike] {
        &self.alike
    }

    pub(super) fn sparse(&self) -> Option<&Sparse> {
        self.sparse.as_ref()
    }

    pub(super) fn kinds(&self) -> &[FieldsKind] {
        &self.kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sensortree_probe::pcd::Cloud;

    fn facts(print: u64, points: u64, fields: &str) -> ProbeResult {
        let cloud = Some(Cloud { points, fields: fields.into() });
        ProbeResult { print: Some(print), cloud, ..ProbeResult::default() }
    }

    fn sealed(frames: &[(u64, ProbeResult)]) -> Neighbours {
        let mut neighbours = Neighbours::default();
        for (stamp, facts) in frames {
            neighbours.add(format!("{stamp}.pcd").as_bytes(), facts);
        }
        neighbours.seal();
        neighbours
    }

    #[test]
    fn frames_of_one_content_are_runs_in_the_order_of_their_numbers() {
        let prints = [7, 7, 8, 7, 9, 9, 9];
        let mut frames: Vec<(u64, ProbeResult)> =
            (1000..).zip(prints).map(|(stamp, print)| (stamp, facts(print, 100, "x"))).collect();
        frames.reverse();
        // One that is listed twice is no copy of itself.
        frames.push(frames[0].clone());
        let runs = sealed(&frames);
        let runs: Vec<_> =
            runs.alike().iter().map(|run| (run.first, run.last, run.count)).collect();
        assert_eq!(runs, [(1000, 1001, 2), (1004, 1006, 3)]);
    }

    #[test]
    fn few_clouds_of_few_points_stand_out() {
        let sparse = |points: &[u64]| {
            let frames = (0..).zip(points).map(|(at, points)| (at, facts(at, *points, "x")));
            let frames: Vec<_> = frames.collect();
            let found = sealed(&frames).sparse().cloned();
            found.map(|found| {
                let count = |(least, names): &(u64, NameSet)| (*least, names.count());
                (found.usual, found.names.iter().map(count).collect::<Vec<_>>())
            })
        };
        assert_eq!(sparse(&[100_000, 90_000, 120_000, 1_000]), Some((65_536, vec![(512, 1)])));
        assert_eq!(sparse(&[100_000, 90_000, 120_000, 4_000]), None);
        assert_eq!(sparse(&[100_000, 90_000, 1, 1]), None);
        assert_eq!(sparse(&[5, 5, 5, 5, 1]), None);
        assert_eq!(sparse(&[0, 0]), None);
        assert_eq!(sparse(&[]), None);
    }

    #[test]
    fn kinds_of_fields_have_names_where_they_are_several() {
        let same = sealed(&[(1, facts(1, 9, "x")), (2, facts(2, 9, "x"))]);
        assert_eq!(same.kinds(), [FieldsKind { fields: "x".into(), count: 2, names: None }]);
        let mixed = sealed(&[(1, facts(1, 9, "x")), (2, facts(2, 9, "y"))]);
        let kinds: Vec<_> = mixed.kinds().iter().map(|kind| (&*kind.fields, kind.count)).collect();
        assert_eq!(kinds, [("x", 1), ("y", 1)]);
        assert!(mixed.kinds()[1].names.as_ref().unwrap().contains(b"2.pcd"));
    }

    proptest! {
        #[test]
        fn how_it_is_split_does_not_matter(
            frames in proptest::collection::vec((0_u64..40, 0_u64..3, 0_u32..20, 0_u64..20), 0..60),
            cut in 0_usize..60,
        ) {
            // What a frame holds follows from its name.
            let mut frames: Vec<(u64, ProbeResult)> = frames
                .into_iter()
                .map(|(stamp, print, power, kind)| {
                    (stamp, facts(print, 1 << power, &kind.to_string()))
                })
                .collect();
            frames.sort_by_key(|(stamp, _)| *stamp);
            frames.dedup_by_key(|(stamp, _)| *stamp);
            let whole = sealed(&frames);
            let mut merged = Neighbours::default();
            let cut = cut.min(frames.len());
            for part in [&frames[cut..], &frames[..cut]] {
                let mut neighbours = Neighbours::default();
                for (stamp, facts) in part.iter().rev() {
                    neighbours.add(format!("{stamp}.pcd").as_bytes(), facts);
                }
                merged.merge(neighbours);
            }
            merged.seal();
            prop_assert_eq!(merged.alike(), whole.alike());
            prop_assert_eq!(merged.sparse(), whole.sparse());
            prop_assert_eq!(merged.kinds(), whole.kinds());
        }
    }
}
