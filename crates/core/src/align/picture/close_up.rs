//! [`CloseUp`]: the frames around one place of a scene, each for itself.

use super::super::relation::Relation;
use super::super::ticks::Ticks;
use super::super::timeline::Timeline;
use super::axis::Axis;
use super::lane::{Lane, Placed};

/// How many steps of the reference a close-up shows.
const STEPS: i128 = 12;
/// How many of them lie before the place that it is about.
const STEPS_BEFORE: i128 = 4;
/// A clock that stands apart by more steps than this is drawn as if it did not.
const MOST_STEPS_APART: i128 = 4;
/// The most frames of a sensor that are drawn, where it is much faster than the reference.
const MOST_FRAMES: usize = 64;

/// The frames around the place of a scene that tells most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseUp {
    /// Where it begins, in nanoseconds or as stems count.
    pub begin: i128,
    /// How long it is, in the same.
    pub length: i64,
    /// The slots of the scene: where the reference has its frames, from the beginning.
    pub slots: Vec<i64>,
    /// One for each sensor, in their order.
    pub lanes: Vec<CloseUpLane>,
}

/// The frames of one sensor in a [`CloseUp`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloseUpLane {
    /// Its frames by their own stamps, from the beginning of the close-up, but for those in
    /// [`CloseUpLane::extra`].
    pub frames: Vec<i64>,
    /// Frames that no other sensor has, in the same way.
    pub extra: Vec<i64>,
    /// Slots that it has no frame for.
    pub missing: Vec<i64>,
    /// By how much its frames were moved to be drawn, since its clock stands far apart; 0 where
    /// they are where their stamps say.
    pub moved_by: i128,
}

/// What of a sensor a close-up is made from.
pub(super) struct Source<'a> {
    /// Where its frames lie, and how far off; `None` where they are the reference's.
    pub(super) placed: Option<&'a Placed>,
    /// How it stands to the reference.
    pub(super) relation: Option<&'a Relation>,
    /// What is drawn of it.
    pub(super) lane: &'a Lane,
    /// Its frames.
    pub(super) own: Option<&'a Timeline>,
}

impl CloseUp {
    /// The close-up of a scene, from a known instant on or where most is told; `None` where its
    /// reference has no step.
    pub(super) fn of(
        axis: &Axis,
        reference: &Timeline,
        sources: &[Source<'_>],
        known: Option<i128>,
    ) -> Option<Self> {
        if axis.step <= 0 {
            return None;
        }
        let home = Ticks { decimals: reference.decimals };
        let place = place(home, sources).or_else(|| {
            reference.stamps.get(reference.stamps.len() / 3).map(|it| home.wide_figure(*it))
        })?;
        // A scene that is shorter has nothing behind its end.
        let length = i64::try_from(axis.step.saturating_mul(STEPS).min(axis.length)).ok()?;
        let latest = axis.begin + axis.length - i128::from(length);
        let found = place - axis.step * STEPS_BEFORE - axis.step / 2;
        let begin = known.unwrap_or(found).min(latest).max(axis.begin);
        let window = Window { begin, length };
        let slots = window.within(reference.stamps.iter().map(|stamp| home.wide_figure(*stamp)));
        let lanes = sources.iter().map(|source| match (source.placed, source.relation) {
            (None, _) if source.own.is_some() => {
                CloseUpLane { frames: slots.clone(), ..CloseUpLane::default() }
            }
            (Some(placed), Some(relation)) => {
                let far = relation.offset_by().abs() > axis.step * MOST_STEPS_APART;
                let moved_by = if far { relation.offset_by() } else { 0 };
                // The distances have the base taken off already, the instants all of the clock.
                let paired = placed
                    .distances
                    .iter()
                    .map(|(at, distance)| at + i128::from(*distance) + placed.base - moved_by);
                let shift = relation.offset_by() - moved_by;
                let alone = placed.alone().map(|at| at + shift);
                let is_paired = !placed.distances.is_empty() && relation.rate.is_none();
                let as_they_are = placed.instants.iter().map(|at| at + shift);
                let mut frames = match is_paired {
                    true => window.within(paired),
                    false => window.within(as_they_are),
                };
                frames.sort_unstable();
                let extra = if is_paired { window.within(alone) } else { Vec::new() };
                let missing = relation.missing.iter().map(|stamp| home.wide_figure(stamp));
                CloseUpLane { frames, extra, missing: window.within(missing), moved_by }
            }
            _ => CloseUpLane::default(),
        });
        let lanes = lanes.collect();
        Some(CloseUp { begin, length, slots, lanes })
    }
}

/// A stretch of the axis that is shown.
struct Window {
    begin: i128,
    length: i64,
}

impl Window {
    /// The instants that lie within, from its beginning.
    fn within(&self, instants: impl Iterator<Item = i128>) -> Vec<i64> {
        let inside = instants.filter_map(|at| i64::try_from(at - self.begin).ok());
        inside.filter(|at| (0..=self.length).contains(at)).take(MOST_FRAMES).collect()
    }
}

/// The place that tells most: where a clock was set; else the first frame that is missing or too
/// much; else where a frame lies farthest off.
fn place(home: Ticks, sources: &[Source<'_>]) -> Option<i128> {
    let steps = sources.iter().find_map(|source| {
        let steps = source.relation?.steps.as_ref()?;
        let from = steps.stretches.get(1)?.first;
        let own = Ticks { decimals: source.own?.decimals };
        let by = steps.stretches.get(1)?.by;
        Some(own.wide_figure(from) - by)
    });
    let missing = || {
        let firsts = sources.iter().filter_map(|source| source.lane.missing.first());
        firsts.map(|stretch| home.wide_figure(stretch.first)).min()
    };
    let extra = || {
        let alone = sources.iter().filter(|source| !source.lane.extra.is_empty());
        alone.filter_map(|source| source.placed?.alone().min()).min()
    };
    let farthest = || {
        let distances = sources.iter().filter_map(|source| source.placed);
        let distances = distances.flat_map(|placed| &placed.distances);
        distances.max_by_key(|(_, distance)| distance.unsigned_abs()).map(|(at, _)| *at)
    };
    steps.or_else(missing).or_else(extra).or_else(farthest)
}
