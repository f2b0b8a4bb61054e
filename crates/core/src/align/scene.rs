//! Comparing the sensors of one scene.

use std::collections::BTreeSet;

use super::common::{Clock, Common};
use super::fit::{Fit, Prior, Scratch, percentile_of_size};
use super::notation::{finer_by, notation, one_is_numbered};
use super::offset::{Question, change_over};
use super::pairing::{Line, Met, pair};
use super::rates::RateRelation;
use super::relation::{Centre, Distances, Notation, Offset, Rate, Sizes, Steps, Unrelated};
use super::scaling::times;
use super::slots::{Part, Surplus};
use super::ticks::{Ticks, sizes};
use super::timeline::{Cadence, Timeline};
use crate::multiset_hash::{Occurrences, SequenceHasher};

/// How one timeline stands to another, in the ticks of both.
#[derive(Clone, Debug, Default)]
pub(super) struct Comparison {
    pub(super) notation: Option<Notation>,
    pub(super) offset: Option<Offset>,
    pub(super) rate: Option<Rate>,
    pub(super) steps: Option<Steps>,
    pub(super) distances: Option<Distances>,
    pub(super) centre: Option<Centre>,
    pub(super) unrelated: Option<Unrelated>,
    pub(super) pairs: u64,
    pub(super) timed: bool,
    /// What has no partner, and should.
    pub(super) part: Part,
    /// How the two clocks stand, where that could be told.
    clock: Option<Clock>,
    /// The first and the last frame that have a partner: of the reference's stamps and of the
    /// sensor's own, each in its ticks.
    pub(super) overlap: Option<[(i128, i128); 2]>,
    /// How far apart frames are paired, in nanoseconds or as it is.
    pub(super) tolerance: i128,
    /// Sensor less reference in the middle of the scene, told or not: in nanoseconds or as it is.
    pub(super) by: i128,
    /// For some of the reference's frames, by position, how far the sensor's frame lies off: in
    /// nanoseconds or as it is.
    pub(super) sample: Vec<(usize, i64)>,
    /// Half of the reference's usual step, in nanoseconds or as it is.
    pub(super) half_step: i64,
    /// Where they are wanted, the pairs.
    pub(super) kept: Vec<Pair>,
    /// Where pairs are wanted, the frames of the sensor without partner: their stamp, and the same
    /// instant on the reference's clock, each in its own ticks.
    pub(super) corrected: Vec<(i128, i128)>,
}

/// Two frames that are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The sensor's stamp, in its own ticks.
    pub(crate) own: i128,
    /// The reference's stamp, in its own ticks.
    pub(crate) reference: i128,
    /// How far they lie apart once the sensor's clock is set right: in nanoseconds or as it is.
    pub(crate) off: i64,
}

/// Pairs whose stamps are not equal: how many, and the positions of the first.
#[derive(Default)]
pub(super) struct Unequal {
    pub(super) count: u64,
    pub(super) stamps: SequenceHasher,
    pub(super) first: Option<(usize, usize)>,
}

/// What is asked of every comparison.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms {
    /// The tolerance that the user set, in nanoseconds.
    pub(super) tolerance_ns: Option<u64>,
    /// An offset in nanoseconds (or plain numbers) that other scenes speak for.
    pub(super) hint: Option<i128>,
    /// Whether the pairs themselves are wanted, and not only what they show.
    pub(super) keeps_pairs: bool,
}

impl Terms {
    /// What is asked to find how two timelines stand.
    pub(super) fn of(tolerance_ns: Option<u64>, hint: Option<i128>) -> Self {
        Terms { tolerance_ns, hint, keeps_pairs: false }
    }
}

/// A distance must be this many times the spread around it to be called an offset.
const OFFSET_OVER_SPREAD: i64 = 2;
/// One or two pairs have no spread that an offset could stand out of.
const FEWEST_FOR_AN_OFFSET: usize = 3;
/// How many times the typical distance, or part of the tolerance, a pair of an irregular timeline
/// may lie apart.
const OUTLIER_OVER_TYPICAL: i64 = 8;
/// Rates further apart than this are different rates, where the frames pair all the same.
const RATES_APART: f64 = 0.15;
/// The fewest steps on either side that make a rate.
const FEWEST_STEPS: usize = 3;

/// Compares a sensor's timeline with the reference's. `None` when they are the same.
pub(super) fn compare(
    reference: &Timeline,
    sensor: &Timeline,
    zeros_differ: bool,
    terms: Terms,
    scratch: &mut Scratch,
) -> Option<Comparison> {
    let (reference_cadence, sensor_cadence) = (reference.cadence(), sensor.cadence());
    let mut comparison =
        Comparison { timed: reference.decimals.is_some(), ..Comparison::default() };
    let finer = finer_by(reference, sensor, reference_cadence, sensor_cadence);
    comparison.notation = notation(reference, sensor, finer, zeros_differ);
    if finer == 0 && reference.stamps == sensor.stamps {
        comparison.pairs = reference.stamps.len() as u64;
        return comparison.notation.is_some().then_some(comparison);
    }
    if one_is_numbered(reference, sensor, reference_cadence, sensor_cadence) {
        comparison.notation = None;
        comparison.unrelated = unrelated(reference, sensor, None);
        return Some(comparison);
    }

    let common = Common::of(reference, sensor, finer);
    let mut question = common.question(terms);
    comparison.tolerance = common.ticks.wide_figure(i128::from(question.tolerance));
    comparison.half_step = common.ticks.figure(question.step / 2);
    let rates = common.rates();
    let Some(solution) = solve(&question, rates, scratch) else {
        if let Some(pieces) = question.in_pieces(None, scratch) {
            comparison.assign_pieces(&question, &pieces, &common, scratch);
            return Some(comparison);
        }
        let apart = question.sensor.first().zip(question.reference.first());
        let apart = apart.map(|(s, r)| common.ticks.wide_figure(s - r));
        comparison.unrelated = unrelated(reference, sensor, apart);
        return Some(comparison);
    };
    let Solution { line, fit } = solution;
    if rates == RateRelation::Same {
        let one = fit.map(|fit| (fit.line.offset, fit.unmatched));
        let is_flat = line.slope == 0.0;
        let pieces = is_flat.then(|| question.in_pieces(one, scratch)).flatten();
        if let Some(pieces) = pieces.or_else(|| question.in_two(fit?, scratch)) {
            comparison.assign_pieces(&question, &pieces, &common, scratch);
            return Some(comparison);
        }
    }
    let few_apart = |rates| fit.is_some() && differ(rates, RATES_APART, FEWEST_STEPS);
    comparison.rate = common
        .cadences()
        .filter(|cadences| rates != RateRelation::Same || few_apart(*cadences))
        .map(|(r, s)| Rate {
            step: common.ticks.mean_step(s),
            reference_step: common.ticks.mean_step(r),
            is_multiple: rates != RateRelation::Free,
        });
    // Where frames come irregularly there are no slots: two that lie farther apart than their
    // like are two.
    if let Some(fit) =
        fit.filter(|_| common.reference_cadence.is_some_and(|cadence| !cadence.regular))
    {
        let like = fit
            .typical
            .saturating_mul(OUTLIER_OVER_TYPICAL)
            .max(question.tolerance / OUTLIER_OVER_TYPICAL);
        question.tolerance = question.tolerance.min(like);
    }
    let mut clock = Clock { line, ..common.clock };
    let mut unequal = comparison.gather(&question, (clock, common.ticks), scratch);
    let drift = match fit {
        Some(_) => change_over(&question, line, &scratch.distances, &mut scratch.sorted),
        None => 0,
    };
    if let Some(sloped) = question.sloped(line, drift).filter(|_| drift != 0 && line.slope == 0.0) {
        clock.line = sloped;
        comparison.part = Part::default();
        unequal = comparison.gather(&question, (clock, common.ticks), scratch);
    }
    if comparison.pairs == 0 {
        return Some(Comparison {
            timed: comparison.timed,
            unrelated: unrelated(reference, sensor, Some(0)),
            ..Comparison::default()
        });
    }
    comparison.clock = Some(clock);
    let middle = question.reference.get(question.reference.len() / 2).copied().unwrap_or_default();
    comparison.by = common.ticks.wide_figure(clock.line.at(middle));
    let sizes = comparison.judge(
        &question,
        Solution { line: clock.line, fit },
        drift,
        common.ticks,
        scratch,
    );
    let stamps = |(i, j): (usize, usize)| {
        sensor.stamps.get(j).copied().zip(reference.stamps.get(i).copied())
    };
    let first = unequal.first.and_then(stamps);
    if let Some(offset) = &mut comparison.offset
        && reference.decimals.is_some()
        && sensor.decimals.is_none()
    {
        offset.since_start = question.sensor.first().map(|first| common.ticks.wide_figure(*first));
    }
    let unequal = Occurrences { count: unequal.count, hash: unequal.stamps.finish() };
    comparison.distances = sizes.map(|sizes| Distances { sizes, unequal, first });
    Some(comparison)
}

/// The clock under which two timelines lie over each other, and how well; no fit where they are of
/// different rate and only lie over each other as a whole.
#[derive(Clone, Copy, Debug)]
struct Solution {
    line: Line,
    fit: Option<Fit>,
}

fn solve(question: &Question<'_>, rates: RateRelation, scratch: &mut Scratch) -> Option<Solution> {
    // What runs at a rate of its own has no constant offset, however far into the scene
    // it seems to.
    let other = |question| line_of_other_rate(question).map(|line| Solution { line, fit: None });
    if rates == RateRelation::Free
        && let Some(solution) = other(question)
    {
        return Some(solution);
    }
    let fit = if question.tolerance == 0 {
        question.answer_for_numbers()
    } else {
        question.answer(scratch)
    };
    match fit {
        Some(fit) => Some(Solution { line: fit.line, fit: Some(fit) }),
        None if rates == RateRelation::Same => None,
        None => other(question),
    }
}

/// How fast a clock drifts, in millionths, that gains so much over a timeline.
fn parts_per_million(drift: i128, stamps: &[i128]) -> i64 {
    let length = stamps.first().zip(stamps.last()).map_or(1, |(first, last)| last - first);
    i64::try_from(drift.saturating_mul(1_000_000) / length.max(1)).unwrap_or_default()
}

/// The most frames of a reference whose distances are kept.
const SAMPLED: usize = 1_024;

/// How many frames of a reference there are for each whose distance is kept.
pub(super) fn sampled_every(frames: usize) -> usize {
    frames.div_ceil(SAMPLED).max(1)
}

impl Comparison {
    /// Pairs the frames, and keeps the distances in `scratch` and what has no partner.
    fn gather(
        &mut self,
        question: &Question<'_>,
        (clock, ticks): (Clock, Ticks),
        scratch: &mut Scratch,
    ) -> Unequal {
        let faster = self.rate.as_ref().is_some_and(|rate| rate.ratio() > 1.0);
        let (keep_missing, keep_extra) = match self.rate {
            // A faster sensor should have a frame for every one of the reference; its other frames
            // come of its rate. A slower one lacks frames by its rate.
            Some(_) => (faster, false),
            None => (true, true),
        };
        let mut unequal = Unequal::default();
        let distances = &mut scratch.distances;
        distances.clear();
        self.sample.clear();
        self.kept.clear();
        self.corrected.clear();
        let every = sampled_every(question.reference.len());
        let mut ends: Option<((usize, usize), (usize, usize))> = None;
        pair(
            question.reference,
            question.sensor,
            clock.line,
            question.tolerance,
            |met| match met {
                Met::Pair(i, j, distance) => {
                    distances.push(distance);
                    ends = Some((ends.map_or((i, j), |(first, _)| first), (i, j)));
                    let pair = question.sensor.get(j).zip(question.reference.get(i));
                    if question.keeps_pairs
                        && let Some((s, r)) = pair
                    {
                        let off = ticks.figure(distance.into());
                        self.kept.push(clock.pair((*r, *s), off));
                    }
                    if i % every == 0
                        && let Some((s, r)) = pair
                    {
                        self.sample.push((i, ticks.figure(s - r)));
                    }
                    if question.reference.get(i) != question.sensor.get(j) {
                        unequal.count += 1;
                        unequal.stamps.push(question.sensor.get(j).copied().unwrap_or_default());
                        unequal.first.get_or_insert((i, j));
                    }
                }
                Met::Missing(at) if keep_missing => self.part.missing.push(at),
                Met::Extra(at) if keep_extra => {
                    let stamp = question.sensor.get(at).copied().unwrap_or_default();
                    let surplus = Surplus {
                        position: at,
                        stamp: stamp / clock.sensor_factor,
                        at: clock.to_reference(stamp),
                    };
                    if question.keeps_pairs {
                        self.corrected.push((surplus.stamp, surplus.at));
                    }
                    self.part.extra.push(surplus);
                }
                Met::Missing(_) | Met::Extra(_) => {}
            },
        );
        self.pairs = distances.len() as u64;
        self.overlap = ends.map(|(first, last)| {
            let r = |at: usize| question.reference.get(at).copied().unwrap_or_default();
            let s = |at: usize| question.sensor.get(at).copied().unwrap_or_default();
            [
                (r(first.0) / clock.reference_factor, r(last.0) / clock.reference_factor),
                (s(first.1) / clock.sensor_factor, s(last.1) / clock.sensor_factor),
            ]
        });
        self.forget_mended(question);
        unequal
    }

    /// Takes out what is left over on both sides under the very same stamp: frames that were
    /// renamed already, in a scene whose other frames are still off.
    fn forget_mended(&mut self, question: &Question<'_>) {
        if self.part.missing.is_empty() || self.part.extra.is_empty() {
            return;
        }
        let missing: BTreeSet<i128> = self
            .part
            .missing
            .iter()
            .filter_map(|at| question.reference.get(*at))
            .copied()
            .collect();
        let stamp_of = |surplus: &Surplus| question.sensor.get(surplus.position).copied();
        let both: BTreeSet<i128> = self
            .part
            .extra
            .iter()
            .filter_map(stamp_of)
            .filter(|stamp| missing.contains(stamp))
            .collect();
        if both.is_empty() {
            return;
        }
        let is_mended = |stamp: Option<i128>| stamp.is_some_and(|stamp| both.contains(&stamp));
        self.part.missing.retain(|at| !is_mended(question.reference.get(*at).copied()));
        self.part.extra.retain(|surplus| !is_mended(stamp_of(surplus)));
    }

    /// Decides between offset, drift and jitter, and sums up the distances left. `drift` is how
    /// much the offset changes over the reference.
    fn judge(
        &mut self,
        question: &Question<'_>,
        solution: Solution,
        drift: i128,
        ticks: Ticks,
        scratch: &mut Scratch,
    ) -> Option<Sizes> {
        let Solution { line, fit } = solution;
        let middle =
            question.reference.get(question.reference.len() / 2).copied().unwrap_or_default();
        let by = line.at(middle);
        let slack = i128::from(question.jitter);
        let beyond = by.abs() > slack;
        let spread = percentile_of_size(&scratch.distances, 95, &mut scratch.sorted);
        let clear = by != 0
            && by.abs() > i128::from(spread.saturating_mul(OFFSET_OVER_SPREAD))
            && scratch.distances.len() >= FEWEST_FOR_AN_OFFSET;
        let explained = self.notation.is_some() || self.rate.is_some() || fit.is_none();
        if beyond || (!explained && (clear || drift != 0)) {
            self.offset = Some(Offset {
                by: ticks.wide_figure(by),
                drift: ticks.figure(drift),
                ppm: parts_per_million(drift, question.reference),
                other: question.other_pairing(by).map(|other| ticks.wide_figure(other)),
                since_start: None,
                beyond_tolerance: beyond,
                known: question.known(by).filter(|_| beyond),
                ambiguous: fit.is_some_and(|fit| fit.prior == Prior::Found && fit.spread == 0)
                    && Cadence::of(question.reference).is_none_or(|cadence| cadence.regular),
            });
        }
        let as_offset = sizes(ticks, scratch);
        if beyond || drift != 0 {
            return as_offset;
        }
        // Small distances can be seen either way; measured from nothing they are jitter.
        let by = i64::try_from(by).unwrap_or_default();
        scratch.distances.iter_mut().for_each(|distance| *distance = distance.saturating_add(by));
        let as_jitter = sizes(ticks, scratch).filter(|sizes| sizes.max > 0);
        self.centre =
            as_jitter.zip(as_offset).filter(|_| !explained).map(|(as_jitter, as_offset)| Centre {
                by: ticks.figure(i128::from(by)),
                other: question.other_pairing(by.into()).map(|other| ticks.wide_figure(other)),
                as_jitter,
                as_offset,
            });
        if self.offset.is_some() { as_offset } else { as_jitter }
    }

    /// How many of the sensor's frames lie between two stamps of the reference, which do not count.
    pub(super) fn frames_between(&self, sensor: &Timeline, (from, to): (i128, i128)) -> usize {
        let Some(clock) = self.clock else { return 0 };
        let on_reference = |stamp: &i128| clock.to_reference(times(*stamp, clock.sensor_factor));
        // A frame that belongs to either end may lie a little inside.
        let margin = (to - from) / 20;
        let end = sensor.stamps.partition_point(|stamp| on_reference(stamp) < to - margin);
        end.saturating_sub(
            sensor.stamps.partition_point(|stamp| on_reference(stamp) <= from + margin),
        )
    }
}

/// Whether two regular cadences are apart.
fn differ((a, b): (Cadence, Cadence), by: f64, fewest: usize) -> bool {
    let ratio = b.rate_against(a);
    a.regular && b.regular && a.steps.min(b.steps) >= fewest && ratio.max(1.0 / ratio) > 1.0 + by
}

/// The clock under which two timelines of different rate lie over each other, where there is one:
/// nothing, or a known offset.
fn line_of_other_rate(question: &Question<'_>) -> Option<Line> {
    let (r, s) = (question.reference, question.sensor);
    let (first, last) = (r.first()?, r.last()?);
    let (from, to) = (s.first()?, s.last()?);
    let shorter = (last - first).min(to - from);
    let overlap = |offset: i128| (last + offset).min(*to) - (first + offset).max(*from);
    let known = question.known_near(from - first);
    std::iter::once(0)
        .chain(question.hint)
        .chain(known)
        .find(|offset| overlap(*offset) * 2 >= shorter)
        .map(Line::flat)
}

/// That nothing relates two timelines; with the stamps that are equal all the same.
fn unrelated(reference: &Timeline, sensor: &Timeline, apart: Option<i128>) -> Option<Unrelated> {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(r), Some(s)) = (reference.stamps.get(i), sensor.stamps.get(j)) {
        common += u64::from(r == s);
        i += usize::from(r <= s);
        j += usize::from(s <= r);
    }
    let first = (*sensor.stamps.first()?, *reference.stamps.first()?);
    Some(Unrelated { common, first, apart })
}
