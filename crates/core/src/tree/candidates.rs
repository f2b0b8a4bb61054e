//! [`ProbeCandidates`]: the frames of one folder that can be looked into, for sources that choose
//! among them once all are known.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use sensortree_probe::{Format, ProbeResult};

use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;
use crate::tree::{ContentSummary, FolderId};

/// The bits that a size takes beside a frame's value: files of up to a terabyte.
const SIZE_BITS: u32 = 40;

/// Values below this are kept together with a size, so that neither their steps nor the changes of
/// steps can overflow.
const MOST_VALUE: i128 = 1 << 80;

/// A frame that is to be looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectedFile {
    /// The folder that it lies in.
    pub folder: FolderId,
    /// Its name there.
    pub name: Vec<u8>,
    /// What it is to hold.
    pub format: Format,
    /// Its size in bytes, as it was listed.
    pub size: u64,
}

/// What was found in frames that were chosen by [`super::Tree::picks`]. What several threads found
/// merges, in any order.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub(super) folders: BTreeMap<FolderId, ContentSummary>,
}

impl Found {
    /// Adds what a frame holds.
    pub fn add(&mut self, pick: &SelectedFile, facts: ProbeResult) {
        self.folders.entry(pick.folder).or_default().add(&pick.name, facts);
    }

    /// Adds what others hold.
    pub fn merge(&mut self, other: Found) {
        for (folder, content) in other.folders {
            self.folders.entry(folder).or_default().merge(content);
        }
    }
}

/// The frames of a folder that can be looked into, and their sizes.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProbeCandidates {
    /// Each value with the size behind it, as one number: a few bytes a frame.
    numbered: Vec<(Naming, FrameSet)>,
    /// Those of any other name, and those of a size or number out of all proportion.
    others: Vec<(Box<[u8]>, u64)>,
}

impl ProbeCandidates {
    /// Adds a frame. A name that is a number is given as such, too.
    pub(crate) fn add(&mut self, name: &[u8], number: Option<(i128, Naming)>, size: u64) {
        match number.filter(|(value, _)| value.abs() < MOST_VALUE && size >> SIZE_BITS == 0) {
            Some((value, naming)) => self.of(naming).insert(value << SIZE_BITS | i128::from(size)),
            None => self.others.push((name.into(), size)),
        }
    }

    fn of(&mut self, naming: Naming) -> &mut FrameSet {
        let at =
            self.numbered.iter().position(|(known, _)| *known == naming).unwrap_or_else(|| {
                self.numbered.push((naming, FrameSet::default()));
                self.numbered.len() - 1
            });
        &mut self.numbered[at].1
    }

    /// As [`FrameSet::settle`].
    pub(crate) fn settle(&mut self) {
        self.numbered.iter_mut().for_each(|(_, set)| set.settle());
    }

    pub(crate) fn merge(&mut self, other: ProbeCandidates) {
        for (naming, set) in other.numbered {
            self.of(naming).merge(set);
        }
        self.others.extend(other.others);
    }

    /// Puts them in an order that does not depend on that of the listing.
    pub(crate) fn seal(&mut self) {
        self.numbered.iter_mut().for_each(|(_, set)| set.seal());
        self.numbered.sort_unstable_by_key(|(naming, _)| *naming);
        self.others.sort_unstable();
        self.others.dedup();
    }

    /// So many of them, spread evenly by their rank, the first and the last among them; all where
    /// no number is given. They must be sealed.
    pub(crate) fn picks(
        &self,
        folder: FolderId,
        sample: Option<NonZeroU64>,
    ) -> impl Iterator<Item = SelectedFile> {
        let numbered = self
            .numbered
            .iter()
            .filter_map(|(naming, set)| Some((naming, Format::of_suffix(naming.suffix())?, set)));
        let numbered = numbered.flat_map(move |(naming, format, set)| {
            set.iter().map(move |packed| SelectedFile {
                folder,
                name: naming.render(packed >> SIZE_BITS).into_bytes(),
                format,
                size: u64::try_from(packed & ((1 << SIZE_BITS) - 1)).unwrap_or_default(),
            })
        });
        let others = self.others.iter().filter_map(move |(name, size)| {
            Some(SelectedFile {
                folder,
                name: name.to_vec(),
                format: Format::of_name(name)?,
                size: *size,
            })
        });
        let mut ranks = EvenSampler::new(self.len(), sample);
        numbered
            .chain(others)
            .enumerate()
            .filter(move |(at, _)| ranks.take(*at as u64))
            .map(|(_, pick)| pick)
    }

    fn len(&self) -> u64 {
        let numbered: usize = self.numbered.iter().map(|(_, set)| set.len()).sum();
        (numbered + self.others.len()) as u64
    }
}

/// Which of some ranks are taken.
struct EvenSampler {
    all: u64,
    wanted: u64,
    taken: u64,
}

impl EvenSampler {
    fn new(all: u64, sample: Option<NonZeroU64>) -> Self {
        EvenSampler { all, wanted: sample.map_or(all, |sample| all.min(sample.get())), taken: 0 }
    }

    /// Whether this rank is taken. To be asked for each, ascending.
    fn take(&mut self, rank: u64) -> bool {
        let is_next = self.taken < self.wanted && rank == self.next();
        self.taken += u64::from(is_next);
        is_next
    }

    fn next(&self) -> u64 {
        let (steps, last) =
            (u128::from(self.wanted.saturating_sub(1)), u128::from(self.all.saturating_sub(1)));
        let next = (u128::from(self.taken) * last).checked_div(steps).unwrap_or(0);
        u64::try_from(next).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::frame_name;
    use proptest::prelude::*;

    fn candidates<'n>(names: impl IntoIterator<Item = (&'n str, u64)>) -> ProbeCandidates {
        let mut candidates = ProbeCandidates::default();
        for (name, size) in names {
            candidates.add(name.as_bytes(), frame_name::parse(name.as_bytes()), size);
        }
        candidates
    }

    fn picked(mut candidates: ProbeCandidates, sample: u64) -> Vec<(String, u64)> {
        candidates.seal();
        let picks = candidates.picks(FolderId::ROOT, NonZeroU64::new(sample));
        picks.map(|pick| (String::from_utf8(pick.name).unwrap(), pick.size)).collect()
    }

    #[test]
    fn a_sample_is_spread_and_has_both_ends() {
        let check = |all: u64, sample: u64, expected: &[u64]| {
            let mut ranks = EvenSampler::new(all, NonZeroU64::new(sample));
            let taken: Vec<u64> = (0..all).filter(|rank| ranks.take(*rank)).collect();
            assert_eq!(taken, expected, "{sample} of {all}");
        };
        check(10, 1, &[0]);
        check(10, 2, &[0, 9]);
        check(10, 3, &[0, 4, 9]);
        check(10, 4, &[0, 3, 6, 9]);
        check(3, 3, &[0, 1, 2]);
        check(3, 30, &[0, 1, 2]);
        check(1, 1, &[0]);
        check(0, 5, &[]);
    }

    #[test]
    fn names_and_sizes_come_back_as_they_were() {
        let large = 1 << SIZE_BITS;
        let all = [
            ("-5.pcd", 7),
            ("1681532060061.pcd", 1),
            ("1681532060161.pcd", large - 1),
            ("000012.png", 3),
            ("1681532060261.pcd", large),
            ("999999999999999999999999999999999999.pcd", 4),
            ("frame_1.pcd", 5),
        ];
        let mut found = picked(candidates(all), u64::MAX);
        found.sort();
        let mut expected = all.map(|(name, size)| (name.to_owned(), size));
        expected.sort();
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn neither_order_nor_parts_matter(
            names in proptest::collection::btree_map("(-?[1-9][0-9]{0,30}|[a-z]{1,3})\\.(pcd|jpg)", 1_u64..1 << 41, 0..40),
            cut in 0_usize..40,
            sample in 1_u64..50,
        ) {
            let all: Vec<(&str, u64)> = names.iter().map(|(name, size)| (name.as_str(), *size)).collect();
            let whole = picked(candidates(all.iter().copied()), sample);
            prop_assert_eq!(whole.len() as u64, sample.min(all.len() as u64));
            let (left, right) = all.split_at(cut.min(all.len()));
            let mut parts = candidates(right.iter().rev().copied());
            parts.merge(candidates(left.iter().copied()));
            prop_assert_eq!(picked(parts, sample), whole);
        }
    }
}
