//! [`Relation`]: how one sensor's frames in one scene stand to the reference's.

use super::known::Known;
use super::reading::Reading;
use super::scene::Comparison;
use super::slots::Part;
use super::unit::Unit;
use crate::layout::{SceneId, SensorId};
use crate::multiset_hash::{MultisetHash, Occurrences};
use crate::names::frame_set::FrameSet;
use crate::text;

/// How one sensor's frames in one scene stand to the reference's, where they are not the same.
///
/// The causes are decided in a fixed order: unit, clock offset, cadence, jitter, and what is left
/// is missing or extra.
#[derive(Clone, Debug)]
pub struct Relation {
    /// The scene.
    pub scene: SceneId,
    /// The sensor. The reference itself, where it is the one that lacks frames or has too many.
    pub sensor: SensorId,
    /// The sensor that it is compared with.
    pub reference: SensorId,
    /// The sensor's frames.
    pub frames: u64,
    /// The reference's frames.
    pub reference_frames: u64,
    /// How many frames pair one to one.
    pub pairs: u64,
    /// Whether the figures below are nanoseconds, or plain numbers because the stems are not times.
    pub timed: bool,
    /// The stems are written otherwise than the reference's.
    pub notation: Option<Notation>,
    /// The clocks stand apart.
    pub offset: Option<Offset>,
    /// The frames come at another rate.
    pub rate: Option<Rate>,
    /// The clock was set while it recorded, or its counter started anew.
    pub steps: Option<Steps>,
    /// The distances between paired frames once offset and drift are taken off; `None` where all
    /// pairs meet exactly and nothing was taken off.
    pub distances: Option<Distances>,
    /// The median distance and what is left around it, where it is no more than jitter could be: so
    /// that all scenes of a sensor are said alike.
    pub(super) centre: Option<Centre>,
    /// Half of the reference's usual step; 0 where that is not known.
    pub half_step: i64,
    /// Nothing of the above pairs more frames than chance would.
    pub unrelated: Option<Unrelated>,
    /// Slots of the scene in which this sensor has no frame, in the reference's ticks.
    pub missing: FrameSet,
    /// Frames of this sensor that the others do not have, in its own ticks.
    pub extra: FrameSet,
    /// Slots and frames that have no partner for the sole reason that the clock stands apart: those
    /// before and behind the time that both have in common.
    pub outside: (u64, u64),
}

impl Relation {
    /// Two sensors of a scene, the reference first, with the same so many frames.
    pub(crate) fn same(
        scene: SceneId,
        (reference, sensor): (SensorId, SensorId),
        frames: u64,
    ) -> Self {
        Relation {
            scene,
            sensor,
            reference,
            frames,
            reference_frames: frames,
            pairs: frames,
            timed: true,
            notation: None,
            offset: None,
            rate: None,
            steps: None,
            distances: None,
            centre: None,
            half_step: 0,
            unrelated: None,
            missing: FrameSet::default(),
            extra: FrameSet::default(),
            outside: (0, 0),
        }
    }

    /// Takes over what a comparison found, all but the frames without partner, which it gives back.
    pub(super) fn take(&mut self, comparison: Comparison) -> Part {
        let Comparison {
            notation,
            offset,
            rate,
            steps,
            distances,
            centre,
            half_step,
            unrelated,
            pairs,
            timed,
            part,
            ..
        } = comparison;
        *self = Relation {
            pairs,
            timed,
            notation,
            offset,
            rate,
            steps,
            distances,
            centre,
            half_step,
            unrelated,
            missing: FrameSet::default(),
            extra: FrameSet::default(),
            ..*self
        };
        part
    }

    /// Whether there is nothing to be said.
    pub(super) fn is_same(&self) -> bool {
        let apart = self.offset.is_some()
            || self.rate.is_some()
            || self.steps.is_some()
            || self.distances.is_some()
            || self.unrelated.is_some();
        !apart && self.notation.is_none() && self.missing.is_empty() && self.extra.is_empty()
    }

    /// Whether the frames stand otherwise than the reference's as a whole, and not only
    /// some of them.
    #[must_use]
    pub(crate) fn stands_apart(&self) -> bool {
        self.notation.is_some()
            || self.offset.is_some()
            || self.rate.is_some()
            || self.steps.is_some()
            || self.distances.is_some()
            || self.unrelated.is_some()
    }

    /// Whether the clock, the rate or the writing is another one than the reference's, and not
    /// only the jitter.
    #[must_use]
    pub(crate) fn has_clock_of_its_own(&self) -> bool {
        let small = self.offset.is_some_and(|offset| !offset.beyond_tolerance && offset.drift == 0);
        self.stands_apart() && !self.is_jittered() && !(small && self.notation.is_none())
    }

    /// The offset of the other pairing, where either neighbour may be meant, whether what sets the
    /// two apart is said as an offset or as jitter.
    #[must_use]
    pub(crate) fn other_pairing(&self) -> Option<i128> {
        let of_offset = self.offset.and_then(|offset| offset.other);
        of_offset.or_else(|| self.centre.and_then(|centre| centre.other))
    }

    /// The offset, sensor less reference, also where it is no more than jitter could be; 0 where
    /// none was found.
    #[must_use]
    pub(crate) fn offset_by(&self) -> i128 {
        let of_centre = || self.centre.map(|centre| i128::from(centre.by));
        self.offset.map(|offset| offset.by).or_else(of_centre).unwrap_or_default()
    }

    /// Whether another offset would pair as many frames, and nothing tells which is meant.
    #[must_use]
    pub(crate) fn is_ambiguous(&self) -> bool {
        let offset = self.offset.filter(|offset| offset.beyond_tolerance);
        offset.is_some_and(|offset| offset.ambiguous && offset.known.is_none())
    }

    /// Whether all that is to be said is that its frames lie a little off the reference's.
    #[must_use]
    pub fn is_jittered(&self) -> bool {
        let other = self.notation.is_some()
            || self.offset.is_some()
            || self.rate.is_some()
            || self.steps.is_some()
            || self.unrelated.is_some();
        self.distances.is_some() && !other
    }
}

/// How stems can differ for the same instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notation {
    /// They count in another unit.
    Unit {
        /// How the sensor's are written.
        sensor: Written,
        /// How the reference's are written.
        reference: Written,
        /// How many powers of ten finer the sensor's are; negative when they are coarser.
        finer: i8,
    },
    /// Some count in one unit, some in another.
    Mixed,
    /// The same numbers, with other leading zeros.
    Zeros,
}

/// The unit in which a stem counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Written {
    /// An integer of this unit since an epoch.
    Whole(Unit),
    /// Seconds with this many digits behind the decimal point.
    Decimal(u8),
    /// A number since some start, in a unit that cannot be told.
    Plain,
    /// No plain number.
    Read(Reading),
}

impl Written {
    /// The words in sentences.
    #[must_use]
    pub fn noun(self) -> String {
        match self {
            Written::Whole(unit) => unit.noun().to_owned(),
            Written::Decimal(digits) => {
                format!("seconds with {}", text::count(u64::from(digits), "decimal"))
            }
            Written::Plain => "a unit of its own".to_owned(),
            Written::Read(reading) => reading.noun(),
        }
    }
}

/// Two clocks that stand apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offset {
    /// Sensor less reference, in the middle of the scene.
    pub by: i128,
    /// By how much it grows from the first frame to the last; 0 where it does not.
    pub drift: i64,
    /// The same in millionths of the time.
    pub ppm: i64,
    /// The offset of the other pairing, where it is about half of a steady step and so either
    /// neighbour may be meant.
    pub other: Option<i128>,
    /// Whether it is more than jitter could be: beyond the tolerance.
    pub beyond_tolerance: bool,
    /// Why, where a cause is known.
    pub known: Option<Known>,
    /// The sensor's first stamp in nanoseconds, where its stamps do not count since an epoch and
    /// the reference's do.
    pub since_start: Option<i128>,
    /// Whether both timelines are so regular that many offsets would pair as many frames.
    pub ambiguous: bool,
}

/// A clock that was set while it recorded, or a counter that started anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Where the counter started anew, if it did.
    pub wrap: Option<Wrap>,
    /// The stretches between which the clock was set, in the order in which they were recorded.
    pub stretches: Vec<Stretch>,
}

/// A counter that started anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wrap {
    /// The number that it does not reach.
    pub modulus: i128,
    /// How long that is, where it counts time, in nanoseconds.
    pub cycle: Option<i128>,
    /// How many frames came before.
    pub after: u64,
}

/// Frames of a sensor under one setting of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How many they are.
    pub frames: u64,
    /// The stamp of the first, in the sensor's ticks.
    pub first: i128,
    /// Sensor less reference.
    pub by: i128,
    /// Why, where a cause is known.
    pub known: Option<Known>,
    /// Whether that is no more than jitter could be.
    pub is_right: bool,
}

/// Two sensors of different rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// The sensor's usual step.
    pub step: i64,
    /// The reference's usual step.
    pub reference_step: i64,
    /// Whether one follows the other: twice as fast, three times. Else both run at a rate
    /// of their own.
    pub is_multiple: bool,
}

impl Rate {
    /// How many frames the sensor has for each of the reference.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a ratio to a few digits")]
    pub fn ratio(&self) -> f64 {
        self.reference_step as f64 / self.step.max(1) as f64
    }
}

/// How far apart paired frames lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Distances {
    /// How large they are.
    pub sizes: Sizes,
    /// Pairs whose stamps are not equal.
    pub unequal: Occurrences,
    /// The first such pair: the sensor's stamp in its own ticks, the reference's in its own.
    pub first: Option<(i128, i128)>,
}

/// How large distances are, whatever their sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// The median.
    pub median: i64,
    /// What 95 of 100 do not exceed.
    pub p95: i64,
    /// The largest.
    pub max: i64,
}

/// Small distances between paired frames, seen both ways: from nothing, and from their median.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Centre {
    /// The median distance, sensor less reference.
    pub(super) by: i64,
    /// The offset of the other pairing, as of [`Offset`].
    pub(super) other: Option<i128>,
    /// The distances' sizes as they are.
    pub(super) as_jitter: Sizes,
    /// The sizes of what is left once the median is taken off.
    pub(super) as_offset: Sizes,
}

impl Centre {
    /// The offset that it is, if it is one.
    pub(super) fn offset(&self) -> Offset {
        Offset { by: i128::from(self.by), other: self.other, ..Offset::default() }
    }
}

/// Two timelines that nothing relates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrelated {
    /// SequenceHasher that are equal all the same.
    pub common: u64,
    /// The first stamps of the sensor and of the reference, each in its own ticks.
    pub first: (i128, i128),
    /// How far those are apart; `None` where one of the two numbers its frames and the
    /// other stamps them.
    pub apart: Option<i128>,
}

/// Frames in stretches of neighbours: the count is exact, the stretches are the first few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs {
    /// How many frames.
    pub count: u64,
    /// What tells them from any others as many.
    pub digest: MultisetHash,
    /// The first few stretches, ascending.
    pub shown: Vec<Run>,
}

/// Neighbouring frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first stamp.
    pub first: i128,
    /// The last stamp.
    pub last: i128,
    /// How many frames.
    pub count: u64,
}

impl Runs {
    /// Adds a frame; `next` when it is the neighbour of the one before. Keeps at most `cap`
    /// stretches.
    pub(crate) fn push(&mut self, stamp: i128, next: bool, cap: usize) {
        let all_shown = self.shown.iter().map(|run| run.count).sum::<u64>() == self.count;
        self.count += 1;
        self.digest.add(MultisetHash::from_parts(&[&stamp.to_be_bytes()]));
        if !all_shown {
            return;
        }
        if let Some(run) = self.shown.last_mut().filter(|_| next) {
            run.last = stamp;
            run.count += 1;
        } else if self.shown.len() < cap {
            self.shown.push(Run { first: stamp, last: stamp, count: 1 });
        }
    }

    /// How many frames, and what tells them from any others.
    #[must_use]
    pub fn occurrences(&self) -> Occurrences {
        Occurrences { count: self.count, hash: self.digest }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// A length of time given in nanoseconds, in milliseconds to the microsecond: `28,800,000 ms`,
/// `0.5 ms`; or a plain number.
#[must_use]
pub fn duration(value: i128, timed: bool) -> String {
    if !timed {
        return text::number(value);
    }
    let size = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let (scale, unit) = if size >= 1_000 || size == 0 { (1_000_000, "ms") } else { (1, "ns") };
    let whole = text::number(i128::try_from(size / scale).unwrap_or(i128::MAX));
    let micros = if scale == 1 { 0 } else { size % scale / 1_000 };
    let fraction = if micros == 0 {
        String::new()
    } else {
        format!(".{micros:03}").trim_end_matches('0').to_owned()
    };
    format!("{sign}{whole}{fraction} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        let table = [
            (0, "0 ms"),
            (3_000_000, "3 ms"),
            (500_000, "0.5 ms"),
            (-43_012_000, "-43.012 ms"),
            (28_800_000_000_000, "28,800,000 ms"),
            (250, "250 ns"),
        ];
        for (value, expected) in table {
            assert_eq!(duration(value, true), expected);
        }
        assert_eq!(duration(1, false), "1");
    }

    #[test]
    fn runs_are_capped_and_counts_are_not() {
        let mut runs = Runs::default();
        for stamp in [1, 2, 3, 7, 8, 20, 30] {
            runs.push(stamp, matches!(stamp, 2 | 3 | 8), 2);
        }
        assert_eq!(runs.count, 7);
        let first = Run { first: 1, last: 3, count: 3 };
        assert_eq!(runs.shown, [first, Run { first: 7, last: 8, count: 2 }]);
    }
}
