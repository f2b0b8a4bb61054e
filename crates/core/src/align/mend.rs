//! What the frames of one sensor are to be called by the clock of the reference.

use super::common::{Clock, Common};
use super::fit::Scratch;
use super::notation::finer_by;
use super::pairing::{Line, Met, pair};
use super::relation::{Relation, Sizes};
use super::scaling::{factor, times};
use super::scene::{Pair, Terms, compare};
use super::ticks::Ticks;
use super::timeline::Timeline;

/// The times of a sensor's frames as they are, and as they are once its clock is set right; each
/// ascending in the order in which the frames were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mended {
    /// Frames that have a partner.
    pub(crate) pairs: Vec<Pair>,
    /// Frames without partner: their own stamp, and the same instant on the reference's clock in
    /// the reference's ticks.
    pub(crate) alone: Vec<(i128, i128)>,
    /// Whether the clock stands apart as a whole, so that frames without partner are to be set
    /// right with it.
    pub(crate) is_apart: bool,
    /// Half of the reference's usual step, in nanoseconds or as it is: what lies farther from
    /// where the clock says is another frame as likely as not.
    pub(crate) half_step: i64,
    /// How far paired frames lie apart once the clock is set right; `None` without pairs.
    pub(crate) sizes: Option<Sizes>,
    scale: Scale,
}

/// From the reference's ticks to nanoseconds, or to the plain numbers that lengths are given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scale {
    factor: i128,
    ticks: Ticks,
}

impl Default for Scale {
    fn default() -> Self {
        Scale { factor: 1, ticks: Ticks { decimals: None } }
    }
}

impl Scale {
    /// Of a reference whose ticks are so many powers of ten coarser than the common ones.
    fn of(reference: &Timeline, finer: i8) -> Self {
        let finer = finer.max(0).unsigned_abs();
        let decimals = reference.decimals.map(|decimals| decimals.saturating_add(finer));
        Scale { factor: factor(finer), ticks: Ticks { decimals } }
    }
}

impl Mended {
    fn new(
        mut pairs: Vec<Pair>,
        mut alone: Vec<(i128, i128)>,
        half_step: i64,
        scale: Scale,
    ) -> Self {
        // What would come between other frames than it did is left as it is.
        pairs.sort_unstable_by_key(|pair| pair.reference);
        let is_free = |to: i128| pairs.binary_search_by_key(&to, |pair| pair.reference).is_err();
        alone.retain(|(_, to)| is_free(*to));
        alone.sort_unstable_by_key(|(_, to)| *to);
        alone.dedup_by_key(|(_, to)| *to);
        let sizes = sizes_of(&pairs);
        Mended { pairs, alone, is_apart: false, half_step, sizes, scale }
    }

    /// These pairs, the sensor's stamps first, of which nothing is known but their order.
    pub(crate) fn in_order(pairs: impl Iterator<Item = (i128, i128)>) -> Self {
        let pairs = pairs.map(|(own, reference)| Pair { own, reference, off: 0 }).collect();
        Mended { pairs, ..Mended::default() }
    }

    /// A stamp of the reference, in nanoseconds or as lengths are given.
    pub(crate) fn figure_of(&self, reference: i128) -> i128 {
        self.scale.ticks.wide_figure(times(reference, self.scale.factor))
    }

    /// Where each frame of the sensor lies once its clock is set right: its own stamp, and the
    /// instant as [`Mended::figure_of`] has those of the reference.
    pub(crate) fn instants(&self) -> impl Iterator<Item = (i128, i128)> {
        let met = |pair: &Pair| (pair.own, self.figure_of(pair.reference) + i128::from(pair.off));
        let alone = self.alone.iter().map(|(own, at)| (*own, self.figure_of(*at)));
        self.pairs.iter().map(met).chain(alone)
    }

    /// The same of those pairs alone that lie so far from where the clock says, or of all others
    /// and of the frames without partner.
    pub(crate) fn only(mut self, far: bool) -> Self {
        let half_step = self.half_step;
        self.pairs.retain(|pair| (pair.off.saturating_abs() > half_step) == far);
        if far {
            self.alone.clear();
        }
        self
    }
}

fn sizes_of(pairs: &[Pair]) -> Option<Sizes> {
    let mut sizes: Vec<i64> = pairs.iter().map(|pair| pair.off.saturating_abs()).collect();
    sizes.sort_unstable();
    let at = |percent: usize| {
        sizes.get((sizes.len() * percent).div_ceil(100).saturating_sub(1)).copied()
    };
    Some(Sizes { median: at(50)?, p95: at(95)?, max: *sizes.last()? })
}

/// The frames of a sensor under the clock that `relation` found. `None` where they do not come to
/// the reference's by a clock, or the two are of different rate.
pub(crate) fn mended(
    timelines: (&Timeline, &Timeline),
    zeros_differ: bool,
    tolerance_ns: Option<u64>,
    relation: &Relation,
) -> Option<Mended> {
    if relation.rate.is_some() {
        return None;
    }
    let mut mended = fitted(timelines, zeros_differ, tolerance_ns, relation)?;
    if !mended.is_apart {
        mended.alone.clear();
    }
    Some(mended)
}

/// As [`mended`], also of a sensor that records at another rate: then each frame of the slower one
/// has the nearest of the faster.
pub(crate) fn fitted(
    (reference, sensor): (&Timeline, &Timeline),
    zeros_differ: bool,
    tolerance_ns: Option<u64>,
    relation: &Relation,
) -> Option<Mended> {
    if relation.unrelated.is_some() || sensor.mixed || reference.mixed {
        return None;
    }
    if reference.stamps == sensor.stamps && reference.decimals == sensor.decimals && !zeros_differ {
        let pairs = sensor.stamps.iter();
        let pairs = pairs.map(|stamp| Pair { own: *stamp, reference: *stamp, off: 0 }).collect();
        let scale = Scale::of(reference, 0);
        return Some(Mended::new(pairs, Vec::new(), relation.half_step, scale));
    }
    let hint = relation.offset.map(|offset| offset.by);
    let terms = Terms { tolerance_ns, hint, keeps_pairs: true };
    let comparison = compare(reference, sensor, zeros_differ, terms, &mut Scratch::default())?;
    let is_as_found = comparison.steps == relation.steps
        && comparison.notation == relation.notation
        && comparison.pairs == relation.pairs;
    if !is_as_found {
        return None;
    }
    let stands_apart = relation.steps.is_some()
        || relation.notation.is_some()
        || relation.rate.is_some()
        || relation.offset.is_some_and(|offset| offset.beyond_tolerance);
    let finer = finer_by(reference, sensor, reference.cadence(), sensor.cadence());
    let scale = Scale::of(reference, finer);
    let mended = Mended::new(comparison.kept, comparison.corrected, comparison.half_step, scale);
    Some(Mended { is_apart: stands_apart, ..mended })
}

/// The frames of a sensor whose clock stands apart by `by`, sensor less reference, in nanoseconds
/// or as it is: each with the nearest of the reference within half a step, or within what the user
/// set. `None` where the stamps are of several units.
pub(crate) fn under(
    (reference, sensor): (&Timeline, &Timeline),
    tolerance_ns: Option<u64>,
    by: i128,
) -> Option<Mended> {
    if sensor.mixed || reference.mixed {
        return None;
    }
    let finer = finer_by(reference, sensor, reference.cadence(), sensor.cadence());
    let common = Common::of(reference, sensor, finer);
    let question = common.question(Terms { tolerance_ns, hint: None, keeps_pairs: true });
    let half_step = i64::try_from(question.step / 2).unwrap_or(i64::MAX / 8).min(i64::MAX / 8);
    let tolerance = match tolerance_ns {
        None => half_step.max(question.tolerance),
        Some(_) => question.tolerance,
    };
    let line = Line::flat(common.ticks.ticks_of(by));
    let clock = Clock { line, ..common.clock };
    let (mut pairs, mut alone) = (Vec::new(), Vec::new());
    pair(question.reference, question.sensor, line, tolerance, |met| {
        let own = |at: usize| question.sensor.get(at).copied().unwrap_or_default();
        let reference = |at: usize| question.reference.get(at).copied().unwrap_or_default();
        match met {
            Met::Pair(i, j, distance) => {
                let off = common.ticks.figure(distance.into());
                pairs.push(clock.pair((reference(i), own(j)), off));
            }
            Met::Extra(j) => {
                alone.push((own(j) / clock.sensor_factor, clock.to_reference(own(j))));
            }
            Met::Missing(_) => {}
        }
    });
    let half_step = common.ticks.figure(half_step.into());
    Some(Mended::new(pairs, alone, half_step, Scale::of(reference, finer)))
}
