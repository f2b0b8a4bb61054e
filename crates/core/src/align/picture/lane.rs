//! [`Lane`]: one sensor on the time axis of one scene.

use super::super::fitted;
use super::super::relation::Relation;
use super::super::ticks::Ticks;
use super::super::timeline::Timeline;
use super::axis::{Axis, Position, RESOLUTION, Span};

/// How a sensor stands to a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LaneKind {
    /// It has no frame of the scene.
    Absent,
    /// It was not compared with the others: not all of it was read, or its folder's name does not
    /// say with which others it belongs.
    NotCompared,
    /// It has the same frames as the reference.
    Same,
    /// Something is to be said of it: [`Lane::relation`].
    Differs,
}

/// One sensor on the time axis of one scene. Its frames lie where they do once the offset, the
/// drift and the steps that were found in its clock are taken off, so that a gap shows as a gap.
#[derive(Clone, Debug)]
pub struct Lane {
    /// How it stands to the scene.
    pub kind: LaneKind,
    /// How its frames stand to the reference's, where they are not the same. Of the reference
    /// itself, what it lacks and has too much.
    pub relation: Option<Relation>,
    /// How many frames it has.
    pub frames: u64,
    /// Where it has frames.
    pub covered: Vec<Span>,
    /// Slots of the scene that it has no frame for, in stamps of the reference.
    pub missing: Vec<Stretch>,
    /// Frames that the other sensors do not have, in stamps of its own.
    pub extra: Vec<Stretch>,
    /// How far its frames lie from the reference's, along the axis; nothing where all lie exactly
    /// on them.
    pub deviations: Vec<Deviation>,
    /// What is taken off from [`Lane::deviations`], in nanoseconds or as stems count: the offset
    /// of a clock that stands apart by more than half a step.
    pub base: i128,
}

/// Slots or frames that lie on neighbouring places of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where they lie.
    pub span: Span,
    /// The first stamp.
    pub first: i128,
    /// The last stamp.
    pub last: i128,
    /// How many they are.
    pub count: u64,
}

/// How far frames lie from the reference's in a stretch of an axis, sensor less reference, in
/// nanoseconds or as stems count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The stretch.
    pub span: Span,
    /// The smallest distance, with its sign.
    pub low: i64,
    /// The largest distance, with its sign.
    pub high: i64,
}

/// Where the frames of a sensor lie, in nanoseconds or as stems count.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// Every frame on the reference's clock, ascending.
    pub(super) instants: Vec<i128>,
    /// Frames that pair: the reference's instant, and the distance, less [`Placed::base`].
    pub(super) distances: Vec<(i128, i64)>,
    /// What is taken off from the distances.
    pub(super) base: i128,
    /// Whether the distances are those that are left once a clock was set right.
    pub(super) is_corrected: bool,
    /// Frames without partner: their own stamp, and where they lie.
    alone: Vec<(i128, i128)>,
    /// Whether it is known where they lie on the reference's clock.
    pub(super) is_fitted: bool,
}

impl Placed {
    /// The frames of a sensor as they are written, where that is the time.
    pub(super) fn as_written(reference: &Timeline, own: &Timeline, less: i128) -> Self {
        let is_one_clock = reference.decimals.is_some() == own.decimals.is_some();
        let ticks = Ticks { decimals: own.decimals };
        let instants = own.stamps.iter().filter(|_| is_one_clock);
        let instants = instants.map(|stamp| ticks.wide_figure(*stamp) - less).collect();
        Placed { instants, ..Placed::default() }
    }

    /// The frames of the reference itself.
    pub(super) fn reference(own: &Timeline) -> Self {
        Placed { is_fitted: true, ..Placed::as_written(own, own, 0) }
    }

    /// The frames of a sensor that differs from the reference.
    pub(super) fn of(
        (reference, own): (&Timeline, &Timeline),
        zeros_differ: bool,
        tolerance_ns: Option<u64>,
        relation: &Relation,
    ) -> Self {
        if relation.unrelated.is_some() {
            return Placed::default();
        }
        let by = relation.offset_by();
        let timelines = (reference, own);
        let Some(mended) = fitted(timelines, zeros_differ, tolerance_ns, relation) else {
            return Placed::as_written(reference, own, by);
        };
        let is_far = by.unsigned_abs() > u128::from(relation.half_step.unsigned_abs());
        let base = if is_far && relation.steps.is_none() { by } else { 0 };
        let (home, ticks) =
            (Ticks { decimals: reference.decimals }, Ticks { decimals: own.decimals });
        let is_timed = reference.decimals.is_some() && own.decimals.is_some();
        let mut distances: Vec<(i128, i64)> = Vec::with_capacity(mended.pairs.len());
        for pair in &mended.pairs {
            let at = mended.figure_of(pair.reference);
            let apart = match is_timed {
                true => ticks.wide_figure(pair.own) - home.wide_figure(pair.reference) - base,
                // What the two count from is not the same.
                false => i128::from(pair.off) + by - base,
            };
            let size = i64::try_from(apart).unwrap_or(if apart < 0 { i64::MIN } else { i64::MAX });
            distances.push((at, size));
        }
        // Of a faster sensor not all frames are wanted for pairs.
        let mut instants: Vec<i128> = match relation.rate {
            Some(_) => Placed::as_written(reference, own, by).instants,
            None => mended.instants().map(|(_, at)| at).collect(),
        };
        instants.sort_unstable();
        let mut alone: Vec<(i128, i128)> =
            mended.alone.iter().map(|(own, at)| (*own, mended.figure_of(*at))).collect();
        alone.sort_unstable();
        Placed { instants, distances, base, is_corrected: base != 0, alone, is_fitted: true }
    }

    /// The first and the last frame.
    pub(super) fn ends(&self) -> Option<(i128, i128)> {
        self.instants.first().copied().zip(self.instants.last().copied())
    }

    /// Where the frames without partner lie.
    pub(super) fn alone(&self) -> impl Iterator<Item = i128> {
        self.alone.iter().map(|(_, at)| *at)
    }

    /// Where a frame of this stamp lies.
    fn instant_of(&self, stamp: i128, ticks: Ticks) -> i128 {
        let at = self.alone.binary_search_by_key(&stamp, |(own, _)| *own);
        let known = at.ok().and_then(|at| self.alone.get(at)).map(|(_, at)| *at);
        known.unwrap_or_else(|| ticks.wide_figure(stamp) - self.base)
    }
}

impl Lane {
    /// A sensor of which nothing can be drawn.
    pub(super) fn blank(kind: LaneKind, frames: u64) -> Self {
        Lane {
            kind,
            relation: None,
            frames,
            covered: Vec::new(),
            missing: Vec::new(),
            extra: Vec::new(),
            deviations: Vec::new(),
            base: 0,
        }
    }

    /// A sensor that differs from the reference, on an axis.
    pub(super) fn of(
        (reference, own): (&Timeline, &Timeline),
        relation: &Relation,
        placed: &Placed,
        axis: &Axis,
        bins: u16,
    ) -> Self {
        let home = Ticks { decimals: reference.decimals };
        let ticks = Ticks { decimals: own.decimals };
        let slots = relation.missing.iter().map(|stamp| (stamp, home.wide_figure(stamp)));
        let surplus = relation.extra.iter().map(|stamp| (stamp, placed.instant_of(stamp, ticks)));
        Lane {
            relation: Some(relation.clone()),
            covered: axis.covered(placed.instants.iter().copied()),
            missing: stretches(slots, axis),
            extra: stretches(surplus, axis),
            deviations: deviations(&placed.distances, axis, bins),
            base: placed.base,
            ..Lane::blank(LaneKind::Differs, relation.frames)
        }
    }

    /// How many slots of the scene it lacks.
    #[must_use]
    pub fn lacks(&self) -> u64 {
        self.missing.iter().map(|stretch| stretch.count).sum()
    }

    /// How many frames it has that the others do not.
    #[must_use]
    pub fn surplus(&self) -> u64 {
        self.extra.iter().map(|stretch| stretch.count).sum()
    }
}

/// Puts together what lies on neighbouring places, each half a step wide to either side.
fn stretches(frames: impl Iterator<Item = (i128, i128)>, axis: &Axis) -> Vec<Stretch> {
    let half = (axis.step / 2).max(1);
    let mut found: Vec<Stretch> = Vec::new();
    for (stamp, at) in frames {
        let (from, to) = (axis.position(at - half), axis.position(at + half));
        match found.last_mut().filter(|last| from <= last.span.to) {
            Some(last) => {
                last.span.to = last.span.to.max(to);
                last.last = stamp;
                last.count += 1;
            }
            None => {
                found.push(Stretch {
                    span: Span { from, to },
                    first: stamp,
                    last: stamp,
                    count: 1,
                });
            }
        }
    }
    found
}

/// The smallest and the largest distance in each part of the axis; neighbours of the same ones are
/// one. Nothing where all distances are 0.
fn deviations(distances: &[(i128, i64)], axis: &Axis, bins: u16) -> Vec<Deviation> {
    if distances.iter().all(|(_, distance)| *distance == 0) {
        return Vec::new();
    }
    let edge = |bin: u16| -> Position {
        let at = u32::from(bin) * u32::from(RESOLUTION) / u32::from(bins.max(1));
        Position::try_from(at).unwrap_or(RESOLUTION)
    };
    let mut found: Vec<Deviation> = Vec::new();
    let mut current: Option<(u16, i64, i64)> = None;
    // Parts without a frame, where there are more parts than frames, belong to the ones before.
    let near = axis.part_of(axis.begin + axis.step * 3 / 2, RESOLUTION);
    let mut close = |(bin, low, high): (u16, i64, i64)| {
        let span = Span { from: edge(bin), to: edge(bin + 1) };
        if let Some(last) = found.last_mut().filter(|last| span.from - last.span.to <= near) {
            last.span.to = span.from;
            if (last.low, last.high) == (low, high) {
                last.span.to = span.to;
                return;
            }
        }
        found.push(Deviation { span, low, high });
    };
    for (at, distance) in distances {
        let bin = axis.part_of(*at, bins).min(bins.saturating_sub(1));
        current = match current {
            Some((held, low, high)) if held == bin => {
                Some((bin, low.min(*distance), high.max(*distance)))
            }
            other => {
                other.into_iter().for_each(&mut close);
                Some((bin, *distance, *distance))
            }
        };
    }
    current.into_iter().for_each(&mut close);
    found
}
