//! Which sensor of a scene the others are held against: decided after all are held
//! against some one.

use std::cmp::Reverse;
use std::rc::Rc;

use super::fit::Scratch;
use super::scaling::decimals;
use super::scene::{Comparison, Terms, compare};
use super::timeline::{Cadence, Timeline};
use super::unit::Unit;

/// Sensors of a scene that have the very same frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// How many they are.
    pub(super) weight: usize,
    /// The place in line of the first of them; smaller is preferred.
    pub(super) rank: usize,
    /// Whether the settings name it as the reference.
    pub(super) is_named: bool,
    /// Whether it is a LiDAR.
    pub(super) is_lidar: bool,
}

/// What of a scene an alignment is made from.
pub(super) trait SceneFrames {
    /// The frames of a member.
    fn timeline(&mut self, member: usize) -> Rc<Timeline>;
    /// Whether two members write the same numbers with other leading zeros.
    fn zeros_differ(&self, reference: usize, sensor: usize) -> bool;
    /// How far the clocks of two members stand apart by what other scenes show: sensor less
    /// reference.
    fn hint(&self, reference: usize, sensor: usize) -> Option<i128>;
}

/// The reference, and how each member stands to it; `None` where it is the same.
pub(super) struct Chosen {
    pub(super) reference: usize,
    pub(super) comparisons: Vec<Option<Comparison>>,
}

/// What makes a member fit for being held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fitness {
    is_not_named: bool,
    is_mixed: bool,
    /// Whether its stamps do not count since an epoch.
    is_untimed: bool,
    is_minority: bool,
    /// The longest gap between two frames, in usual steps.
    longest_gap: i128,
    weight: Reverse<usize>,
    rank: usize,
}

/// Rates no farther apart than this are one.
const ONE_RATE: f64 = 8e-4;
/// Rates farther apart than this are those of other recordings, and not of other clocks.
const OTHER_RATE: f64 = 0.05;

/// Chooses the reference of a scene, and holds every member against it.
pub(super) fn choose(
    members: &[Member],
    frames: &mut impl SceneFrames,
    tolerance_ns: Option<u64>,
    scratch: &mut Scratch,
) -> Chosen {
    let sensors: usize = members.iter().map(|member| member.weight).sum();
    let mut fitness = Vec::with_capacity(members.len());
    let mut is_other_unit = Vec::with_capacity(members.len());
    for (at, member) in members.iter().enumerate() {
        let timeline = frames.timeline(at);
        let milliseconds = Some(decimals(Unit::Milliseconds));
        let is_plain = timeline.reading.is_none() && timeline.fraction() == 0;
        is_other_unit.push(timeline.decimals != milliseconds || !is_plain);
        fitness.push(Fitness {
            is_not_named: !member.is_named,
            is_mixed: timeline.mixed,
            is_untimed: timeline.decimals.is_none(),
            is_minority: member.weight * 2 <= sensors,
            longest_gap: longest_gap(&timeline.stamps),
            weight: Reverse(member.weight),
            rank: member.rank,
        });
    }
    let best = |among: &mut dyn Iterator<Item = usize>| {
        among.min_by_key(|at| fitness.get(*at).copied()).unwrap_or_default()
    };
    let seed = best(&mut (0..members.len()));
    let mut fits = fit(seed, members.len(), frames, tolerance_ns, scratch);
    let is_named = |at: usize| members.get(at).is_some_and(|member| member.is_named);
    if is_named(seed) || members.len() < 2 {
        return Chosen { reference: seed, comparisons: fits };
    }
    let class = rate_class(seed, members, &fits);
    let first = if class.contains(&seed) { seed } else { best(&mut class.iter().copied()) };
    if first != seed {
        fits = fit(first, members.len(), frames, tolerance_ns, scratch);
    }
    let cluster = clock_cluster(first, members, &class, &fits, &fitness);
    let reference = within_cluster(first, members, &cluster, &fits, &is_other_unit);
    if reference != first {
        fits = fit(reference, members.len(), frames, tolerance_ns, scratch);
    }
    Chosen { reference, comparisons: fits }
}

/// Holds every member against one.
fn fit(
    reference: usize,
    members: usize,
    frames: &mut impl SceneFrames,
    tolerance_ns: Option<u64>,
    scratch: &mut Scratch,
) -> Vec<Option<Comparison>> {
    let home = frames.timeline(reference);
    let one = |at: usize| {
        if at == reference {
            return None;
        }
        let sensor = frames.timeline(at);
        let terms = Terms::of(tolerance_ns, frames.hint(reference, at));
        compare(&home, &sensor, frames.zeros_differ(reference, at), terms, scratch)
    };
    (0..members).map(one).collect()
}

fn longest_gap(stamps: &[i128]) -> i128 {
    let Some(cadence) = Cadence::of(stamps) else { return 0 };
    let steps = stamps.iter().zip(stamps.iter().skip(1)).map(|(before, after)| after - before);
    let longest = steps.max().unwrap_or_default();
    (longest + cadence.step / 2) / cadence.step.max(1)
}

/// The members whose rate the scene is told by. Nearly equal rates vote; of LiDARs that record at
/// other rates the slots are the slowest one's, and else those of most sensors.
fn rate_class(seed: usize, members: &[Member], fits: &[Option<Comparison>]) -> Vec<usize> {
    let rate = |at: usize| {
        let fit = fits.get(at).and_then(Option::as_ref);
        fit.and_then(|fit| fit.rate.as_ref()).map_or(1.0, super::relation::Rate::ratio)
    };
    let is_related = |at: &usize| {
        *at == seed
            || fits
                .get(*at)
                .is_some_and(|fit| fit.as_ref().is_none_or(|fit| fit.unrelated.is_none()))
    };
    let mut by_rate: Vec<usize> = (0..members.len()).filter(is_related).collect();
    by_rate.sort_by(|a, b| rate(*a).total_cmp(&rate(*b)).then(a.cmp(b)));
    let mut classes: Vec<Vec<usize>> = Vec::new();
    for at in by_rate {
        match classes.last_mut() {
            Some(class)
                if class.first().is_some_and(|first| rate(at) / rate(*first) <= 1.0 + ONE_RATE) =>
            {
                class.push(at);
            }
            _ => classes.push(vec![at]),
        }
    }
    let of = |class: &[usize]| -> Vec<Member> {
        class.iter().filter_map(|at| members.get(*at).copied()).collect()
    };
    let key = |class: &Vec<usize>| {
        let weight: usize = of(class).iter().map(|member| member.weight).sum();
        (Reverse(weight), of(class).iter().map(|member| member.rank).min())
    };
    let speed = |class: &[usize]| class.first().map_or(1.0, |at| rate(*at));
    let Some(most) = classes.iter().min_by_key(|class| key(class)) else { return vec![seed] };
    // The classes go from the slowest to the fastest.
    let slower = classes.iter().find(|class| {
        let has_lidar = of(class).iter().any(|member| member.is_lidar);
        let as_many = key(class).0 == key(most).0;
        (has_lidar || as_many) && speed(class) * (1.0 + OTHER_RATE) < speed(most)
    });
    slower.unwrap_or(most).clone()
}

/// The clock of a member, as far as it tells it from others: its offset, or those before and
/// after each step.
fn clock(at: usize, first: usize, fits: &[Option<Comparison>]) -> Option<Vec<i128>> {
    let fit = fits.get(at).and_then(Option::as_ref).filter(|_| at != first);
    let Some(fit) = fit else { return Some(vec![0]) };
    if fit.unrelated.is_some() {
        return None;
    }
    let clock = match &fit.steps {
        Some(steps) if steps.wrap.is_some() || steps.stretches.len() > 1 => {
            steps.stretches.iter().map(|stretch| stretch.by).collect()
        }
        _ => vec![fit.by],
    };
    Some(clock)
}

/// The members of the clock that most sensors share.
fn clock_cluster(
    first: usize,
    members: &[Member],
    class: &[usize],
    fits: &[Option<Comparison>],
    fitness: &[Fitness],
) -> Vec<usize> {
    let near = fits.iter().flatten().map(|fit| fit.tolerance).min().unwrap_or_default() / 5;
    let mut clocks: Vec<(Vec<i128>, usize)> =
        class.iter().filter_map(|at| clock(*at, first, fits).map(|clock| (clock, *at))).collect();
    clocks.sort_unstable();
    let mut clusters: Vec<(Vec<i128>, Vec<usize>)> = Vec::new();
    for (clock, at) in clocks {
        let is_one = |other: &[i128]| {
            other.len() == clock.len()
                && other.iter().zip(&clock).all(|(a, b)| (a - b).abs() <= near)
        };
        match clusters.last_mut().filter(|(other, _)| is_one(other)) {
            Some((_, cluster)) => cluster.push(at),
            None => clusters.push((clock, vec![at])),
        }
    }
    let key = |(clock, cluster): &(Vec<i128>, Vec<usize>)| {
        let of = || cluster.iter().filter_map(|at| members.get(*at));
        let untimed = cluster.iter().all(|at| fitness.get(*at).is_some_and(|it| it.is_untimed));
        let weight: usize = of().map(|member| member.weight).sum();
        let stepped = cluster.iter().all(|at| {
            let fit = fits.get(*at).and_then(Option::as_ref);
            *at != first && fit.is_some_and(|fit| fit.steps.is_some())
        });
        (Reverse(weight), untimed, stepped, clock.len(), of().map(|member| member.rank).min())
    };
    clusters.iter().min_by_key(|it| key(it)).map_or(vec![first], |(_, cluster)| cluster.clone())
}

/// The reference among members of one clock: what is written in milliseconds, then what keeps to
/// the middle of all, then the first in line.
fn within_cluster(
    first: usize,
    members: &[Member],
    cluster: &[usize],
    fits: &[Option<Comparison>],
    is_other_unit: &[bool],
) -> usize {
    let other = |at: &usize| is_other_unit.get(*at).copied().unwrap_or_default();
    let weight = |at: &usize| members.get(*at).map_or(0, |member| member.weight);
    let least = cluster.iter().map(other).min().unwrap_or_default();
    let deviations = deviations(first, cluster, &weight, fits);
    let fit = |at: &usize| other(at) == least;
    let fitting = || cluster.iter().zip(&deviations).filter(|(at, _)| fit(at)).map(|(_, it)| it);
    let p95 = fitting().map(|it| it.p95).min().unwrap_or_default();
    let sum = fitting().map(|it| it.sum).min().unwrap_or_default();
    let is_near =
        |it: &Deviation| it.p95 <= p95.saturating_mul(2) && it.sum <= sum.saturating_mul(3);
    cluster
        .iter()
        .zip(&deviations)
        .filter(|(at, deviation)| fit(at) && is_near(deviation))
        .map(|(at, _)| *at)
        .min_by_key(|at| members.get(*at).map(|member| member.rank))
        .unwrap_or(first)
}

/// How far a member's frames lie from the middle of all.
#[derive(Clone, Copy, Debug, Default)]
struct Deviation {
    /// What 95 of 100 do not exceed.
    p95: i64,
    /// All together.
    sum: i64,
}

/// For each member, how far its frames lie from the middle of all members' frames of that slot. All
/// alike where there are not three sensors, and so no middle.
fn deviations(
    first: usize,
    cluster: &[usize],
    weight: &impl Fn(&usize) -> usize,
    fits: &[Option<Comparison>],
) -> Vec<Deviation> {
    let none = vec![Deviation::default(); cluster.len()];
    if cluster.iter().map(weight).sum::<usize>() < 3 || cluster.len() < 2 {
        return none;
    }
    let sample = |at: usize| {
        let fit = fits.get(at).and_then(Option::as_ref).filter(|_| at != first);
        fit.map(|fit| fit.sample.as_slice())
    };
    // (slot, distance, weight) of all; the first one's are the slots themselves.
    let mut all: Vec<(usize, i64, usize)> = Vec::new();
    for at in cluster {
        let sampled = sample(*at).unwrap_or_default().iter();
        all.extend(sampled.map(|(slot, distance)| (*slot, *distance, weight(at))));
    }
    let mut slots: Vec<usize> = all.iter().map(|(slot, ..)| *slot).collect();
    slots.sort_unstable();
    slots.dedup();
    let alike = cluster.iter().filter(|at| sample(**at).is_none()).map(weight).sum::<usize>();
    all.extend(slots.iter().filter(|_| alike > 0).map(|slot| (*slot, 0, alike)));
    all.sort_unstable();
    let middles: Vec<(usize, i64)> = all
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|held| {
            let total: usize = held.iter().map(|(.., weight)| weight).sum();
            let mut below = 0;
            let middle = held.iter().find(|(.., weight)| {
                below += weight;
                below * 2 >= total
            })?;
            Some((middle.0, middle.1))
        })
        .collect();
    let deviation = |at: &usize| {
        let mut sizes: Vec<i64> = match sample(*at) {
            None => middles.iter().map(|(_, middle)| middle.saturating_abs()).collect(),
            Some(sample) => sample
                .iter()
                .filter_map(|(slot, distance)| {
                    let at = middles.binary_search_by_key(slot, |(slot, _)| *slot).ok()?;
                    Some(distance.saturating_sub(middles.get(at)?.1).saturating_abs())
                })
                .collect(),
        };
        sizes.sort_unstable();
        let at = (sizes.len() * 95).div_ceil(100).saturating_sub(1);
        let sum = sizes.iter().fold(0_i64, |sum, size| sum.saturating_add(*size));
        Deviation { p95: sizes.get(at).copied().unwrap_or_default(), sum }
    };
    cluster.iter().map(deviation).collect()
}
