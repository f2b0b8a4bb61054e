//! Which of several readings of a folder's names is right: the one under which frames come
//! steadily, or at the times of other sensors.

use super::grammar::{Grammar, Instant};
use super::template::Template;
use super::{NS, NS_OF_A_DAY, NS_OF_A_MINUTE, Reading, for_each_name};
use crate::align::scaling::{factor, times};
use crate::align::unit::Unit;
use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;
use crate::names::{SensorKind, stem};
use crate::tree::Folder;

/// A reading is clearly the steadier one where its deviation is at most a quarter of the next.
const CLEARLY: f64 = 4.0;
/// A mean deviation of this part of a step is none that could tell readings apart.
const NO_DEVIATION: f64 = 0.01;
/// Times that two readings of one name give may differ by what the coarser leaves out.
const COARSE_NS: i128 = NS;
/// Frames that come faster are no recording.
const SHORTEST_STEP_NS: i128 = 200_000;
/// Numbers that count frames start below this; read as a time of day it is one in the morning.
const LARGEST_START: i128 = 10_000;
/// Zones are ahead of UTC by multiples of this, and by no more than 14 hours.
const NS_OF_A_QUARTER: i128 = 15 * NS_OF_A_MINUTE;
const MOST_QUARTERS: i128 = 56;
/// The most frames whose distance from another sensor's is looked at.
const SAMPLED: usize = 64;

/// A reading of all names of a folder.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// How they are read; `None` for plain numbers.
    pub(super) grammar: Option<Grammar>,
    pub(super) reading: Reading,
    /// Before this time of day, in nanoseconds, the frames are of the day after.
    pub(super) midnight: i128,
    /// The times of all frames, ascending: in nanoseconds, or as the numbers are where they
    /// have no unit.
    pub(super) instants: Vec<i128>,
    /// Whether they count since 1970.
    since_epoch: bool,
}

impl Candidate {
    pub(super) fn is_plain(&self) -> bool {
        self.grammar.is_none()
    }

    /// How far steps lie from the middle one, as a part of it, each step counting as one
    /// at the most.
    fn deviation(&self) -> f64 {
        let mut steps: Vec<i128> = steps(&self.instants).collect();
        let middle = steps.len() / 2;
        if steps.is_empty() {
            return 0.0;
        }
        let (_, median, _) = steps.select_nth_unstable(middle);
        let median = (*median).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a ratio to a few digits")]
        let part = |step: &i128| ((step - median).abs().min(median)) as f64 / median as f64;
        #[expect(clippy::cast_precision_loss, reason = "a count of frames")]
        let count = steps.len() as f64;
        steps.iter().map(part).sum::<f64>() / count
    }

    /// Whether this tells the times of the other one, more finely.
    fn refines(&self, other: &Candidate) -> bool {
        let mut pairs = self.instants.iter().zip(&other.instants);
        self.since_epoch == other.since_epoch
            && pairs.all(|(own, others)| (0..COARSE_NS).contains(&(own - others)))
    }

    /// Whether this counts since 1970 what the other one writes as a date of some zone, or as its
    /// time of day alone.
    fn completes(&self, other: &Candidate) -> bool {
        let rank = |it: &Candidate| match it.reading {
            Reading::TimeOfDay => 0,
            Reading::Date(_) => 1,
            _ => 2,
        };
        let apart = |(own, others): (&i128, &i128)| {
            let rest = (others - own).rem_euclid(NS_OF_A_QUARTER);
            rest < COARSE_NS || NS_OF_A_QUARTER - rest < COARSE_NS
        };
        rank(self) > rank(other)
            && rank(other) < 2
            && self.since_epoch
            && self.instants.iter().zip(&other.instants).all(apart)
    }
}

/// What comes of weighing.
pub(super) enum Weighed {
    /// Plain numbers, or no times at all.
    Plain,
    One(Candidate),
    Several(Vec<Candidate>),
}

/// Weighs the readings of a folder.
pub(super) fn weigh(folder: &Folder, kind: SensorKind) -> Weighed {
    let texts = || folder.texts_of(kind.media());
    let has_texts = texts().next().is_some();
    let may_be_read = has_texts || may_be_read(folder.frames_of(kind.media()));
    if !may_be_read || !texts().all(NameSet::is_complete) {
        return Weighed::Plain;
    }
    let sets: Vec<(Naming, &FrameSet)> = folder.frames_of(kind.media()).collect();
    let mut candidates = candidates(folder, kind);
    if !has_texts && let Some(plain) = plain(&sets) {
        candidates.insert(0, plain);
    }
    choose(candidates)
}

/// Whether whole or decimal numbers may be something else: dates by how many digits they have, or
/// parts of a second without leading zeros by how many of these differ.
fn may_be_read<'t>(sets: impl Iterator<Item = (Naming, &'t FrameSet)>) -> bool {
    let (mut fraction, mut are_long) = (None, true);
    for (naming, set) in sets {
        let own = naming.fraction_digits();
        if *fraction.get_or_insert(own) != own {
            return true;
        }
        let mut ends = [set.first(), set.last()].into_iter().flatten();
        are_long = are_long && ends.all(|value| is_as_long_as_a_date(naming, value));
    }
    fraction.is_some() && are_long
}

fn is_as_long_as_a_date(naming: Naming, value: i128) -> bool {
    let digits = value.checked_ilog10().map_or(1, |log| log + 1);
    let whole = digits.max(naming.zero_padded_width().into());
    let whole = whole.saturating_sub(naming.fraction_digits().into());
    // With 10, 13, 16 and 19 digits it is a number of a unit since 1970.
    matches!(whole, 5..=9 | 11 | 12 | 14 | 15 | 17 | 18 | 20 | 21) && {
        let stem = naming.render_stem(value);
        !Grammar::of(stem.as_bytes(), Template::of(stem.as_bytes()).runs()).is_empty()
    }
}

/// A reading that fits all names so far, and the times that it gives them.
type Held = (Grammar, Vec<Instant>);

/// The readings that fit all names of a folder and give each a time of its own.
fn candidates(folder: &Folder, kind: SensorKind) -> Vec<Candidate> {
    let mut common: Option<(Template, Vec<Held>)> = None;
    let mut is_open = true;
    for_each_name(folder, kind, |name| {
        let stem = stem(name);
        if !is_open {
            return;
        }
        let (template, held) = common.get_or_insert_with(|| {
            let template = Template::of(stem);
            let grammars = Grammar::of(stem, template.runs()).into_iter();
            (template, grammars.map(|grammar| (grammar, Vec::new())).collect())
        });
        held.retain_mut(|(grammar, instants)| {
            grammar.read(stem).map(|instant| instants.push(instant)).is_some()
        });
        is_open = template.fits(stem) && !held.is_empty();
    });
    let held = common.filter(|_| is_open).map(|(_, held)| held).unwrap_or_default();
    held.into_iter().filter_map(|(grammar, instants)| candidate(grammar, &instants)).collect()
}

fn candidate(grammar: Grammar, read: &[Instant]) -> Option<Candidate> {
    let has_zone = read.first()?.has_zone;
    if read.iter().any(|instant| instant.has_zone != has_zone) || counts(read) {
        return None;
    }
    let reading = grammar.reading(has_zone);
    let since_epoch = reading != Reading::TimeOfDay;
    let mut instants: Vec<i128> = read.iter().map(|instant| instant.ns).collect();
    instants.sort_unstable();
    let mut midnight = 0;
    if !since_epoch {
        let mut pairs = instants.iter().zip(instants.iter().skip(1));
        let gap = pairs.find(|(before, after)| *after - *before > NS_OF_A_DAY / 2);
        midnight = gap.map_or(0, |(_, after)| *after);
        instants.iter_mut().filter(|ns| **ns < midnight).for_each(|ns| *ns += NS_OF_A_DAY);
        instants.sort_unstable();
    }
    let shortest = steps(&instants).min();
    let candidate = Candidate { grammar: Some(grammar), reading, midnight, instants, since_epoch };
    shortest.is_none_or(|step| step >= SHORTEST_STEP_NS).then_some(candidate)
}

/// Whether the numbers behind the second, or instead of a time of day, only count.
fn counts(read: &[Instant]) -> bool {
    let numbers: Option<Vec<i128>> = read.iter().map(|instant| instant.may_count).collect();
    let Some(mut numbers) = numbers.filter(|numbers| numbers.len() > 1) else { return false };
    numbers.sort_unstable();
    let distinct = steps(&numbers).all(|step| step > 0);
    let (first, last) = (numbers.first(), numbers.last());
    let span = first.zip(last).map_or(0, |(first, last)| last - first);
    let count = i128::try_from(numbers.len()).unwrap_or(i128::MAX);
    distinct && span < count.saturating_mul(2) && first.is_some_and(|it| *it < LARGEST_START)
}

fn steps(instants: &[i128]) -> impl Iterator<Item = i128> {
    instants.iter().zip(instants.iter().skip(1)).map(|(before, after)| after - before)
}

/// The numbers as they are: in nanoseconds where their size shows a unit. `None` where that would
/// be before 1980 or in times to come.
fn plain(sets: &[(Naming, &FrameSet)]) -> Option<Candidate> {
    let finest = sets.iter().map(|(naming, _)| naming.fraction_digits()).max()?;
    let mut instants: Vec<i128> = Vec::new();
    for (naming, set) in sets {
        let scale = factor(finest - naming.fraction_digits());
        instants.extend(set.iter().map(|value| times(value, scale)));
    }
    instants.sort_unstable();
    let (first, last) = (*instants.first()?, *instants.last()?);
    let unit = Unit::of_span(first, last, instants.len(), finest);
    if let Some(unit) = unit {
        let parts = unit.per_second() * factor(finest);
        instants.iter_mut().for_each(|value| *value = times(*value, NS) / parts);
        if !instants.first().zip(instants.last()).is_some_and(super::grammar::are_plausible) {
            return None;
        }
    }
    Some(Candidate {
        grammar: None,
        reading: Reading::Stamp(unit.unwrap_or(Unit::Seconds)),
        midnight: 0,
        instants,
        since_epoch: unit.is_some(),
    })
}

/// The one reading that the frames' steps decide for, or those between which they do not.
fn choose(candidates: Vec<Candidate>) -> Weighed {
    let mut left: Vec<Candidate> = Vec::new();
    for candidate in candidates {
        let is_known = |held: &Candidate| {
            held.since_epoch == candidate.since_epoch && held.instants == candidate.instants
        };
        let is_increasing = steps(&candidate.instants).all(|step| step > 0);
        if is_increasing && !left.iter().any(is_known) {
            left.push(candidate);
        }
    }
    let deviations: Vec<f64> = left.iter().map(Candidate::deviation).collect();
    let least = deviations.iter().copied().fold(f64::INFINITY, f64::min);
    let most = (least * CLEARLY).max(NO_DEVIATION);
    let mut kept: Vec<Candidate> = left
        .into_iter()
        .zip(deviations)
        .filter(|(_, deviation)| *deviation < most || *deviation <= least)
        .map(|(candidate, _)| candidate)
        .collect();
    // Two readings of one time are one: the finer is taken, and before a date what counts since
    // 1970, and a date before its time of day.
    let stands_for = |one: &Candidate, other: &Candidate| {
        (one.refines(other) && !other.refines(one)) || one.completes(other)
    };
    let spare: Vec<bool> =
        kept.iter().map(|one| kept.iter().any(|other| stands_for(other, one))).collect();
    let mut spare = spare.into_iter();
    kept.retain(|_| !spare.next().unwrap_or_default());
    match kept.len() {
        0 => Weighed::Plain,
        1 => match kept.pop() {
            Some(one) if !one.is_plain() => Weighed::One(one),
            _ => Weighed::Plain,
        },
        _ => Weighed::Several(kept),
    }
}

/// The reading that gives the times of another sensor, where it alone does.
pub(super) fn nearest(candidates: &[Candidate], others: &[Vec<i128>]) -> Option<usize> {
    let distance = |candidate: &Candidate| {
        let to = |other: &Vec<i128>| {
            let shift = match candidate.since_epoch {
                true => 0,
                // Numbers without a unit cannot be compared.
                false if candidate.is_plain() => return None,
                false => quarters(&candidate.instants, other)? * NS_OF_A_QUARTER,
            };
            Some((distance(&candidate.instants, shift, other)?, step(other)))
        };
        others.iter().filter_map(to).min()
    };
    let mut distances: Vec<(i128, i128, usize)> = candidates
        .iter()
        .enumerate()
        .filter_map(|(at, candidate)| distance(candidate).map(|(far, step)| (far, step, at)))
        .collect();
    distances.sort_unstable();
    let (far, step, at) = *distances.first()?;
    let next = distances.get(1).map(|(far, ..)| *far);
    (far * 2 <= step && next.is_none_or(|next| far.saturating_mul(4) < next)).then_some(at)
}

/// How many minutes the zone is ahead of UTC under which dates are the times of other sensors.
pub(super) fn zone(own: &[i128], others: &[Vec<i128>]) -> Option<i16> {
    others.iter().find_map(|other| {
        let quarters = quarters(other, own).filter(|it| it.abs() <= MOST_QUARTERS)?;
        let far = distance(own, -quarters * NS_OF_A_QUARTER, other)?;
        (far * 2 <= step(other)).then(|| i16::try_from(quarters * 15).ok())?
    })
}

/// By how many quarters of an hour the second begins behind the first, to the nearest.
fn quarters(first: &[i128], second: &[i128]) -> Option<i128> {
    let apart = second.first()? - first.first()?;
    Some((apart + NS_OF_A_QUARTER / 2).div_euclid(NS_OF_A_QUARTER))
}

/// The middle step; a second where there is none.
fn step(instants: &[i128]) -> i128 {
    let mut steps: Vec<i128> = steps(instants).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(NS)
}

/// How far frames, once shifted, usually lie from the nearest of another sensor's.
fn distance(own: &[i128], shift: i128, other: &[i128]) -> Option<i128> {
    let every = own.len().div_ceil(SAMPLED).max(1);
    let to = |instant: &i128| {
        let instant = instant + shift;
        let at = other.partition_point(|held| *held < instant);
        let near = [at.checked_sub(1), Some(at)].into_iter().flatten();
        near.filter_map(|at| Some((other.get(at)? - instant).abs())).min()
    };
    let mut distances: Vec<i128> = own.iter().step_by(every).filter_map(to).collect();
    distances.sort_unstable();
    distances.get(distances.len() / 2).copied()
}
