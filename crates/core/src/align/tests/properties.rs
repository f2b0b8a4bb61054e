//! What must hold of every plan, whatever is planted: that nothing but the plan decides, and that
//! a repair mends.

use std::collections::BTreeSet;

use super::confusion::{Told, told};
use super::plans::{Beat, Plan, Planted};
use super::{compared, strewn};
use crate::align::mend::mended;
use crate::align::relation::Relation;
use crate::align::timeline::Timeline;
use crate::layout::{SceneId, SensorId};

/// The kinds of what is told, by sensor.
fn kinds(told: &[(usize, Told)], sensor: impl Fn(usize) -> usize) -> BTreeSet<(usize, usize)> {
    told.iter().map(|(at, cause)| (sensor(*at), cause.kind())).collect()
}

#[test]
fn the_order_of_the_sensors_decides_nothing_where_most_agree() {
    let mut compared = 0;
    for seed in 0..400 {
        let plan = Plan::new(seed);
        let sensors = plan.sensors.len();
        // Noise has a middle of its own with each reference.
        if sensors < 3 || plan.noise > 0 || plan.lost > 0 || !plan.is_identifiable() {
            continue;
        }
        let mut turned = plan.clone();
        turned.sensors.reverse();
        let (told, turned) = (told(&plan), told(&turned));
        let as_before = kinds(&turned, |at| sensors - 1 - at);
        assert_eq!(kinds(&told, |at| at), as_before, "seed {seed}: {:?}", plan.planted);
        compared += 1;
    }
    assert!(compared > 50, "{compared}");
}

#[test]
fn the_unit_of_all_sensors_decides_nothing() {
    for seed in 0..150 {
        let plan = Plan::new(seed);
        // A rate is told as far as a tick allows, which says less of milliseconds than of the same
        // stamps in microseconds.
        let is_left_out = matches!(
            plan.planted,
            Planted::Unit | Planted::Hour { .. } | Planted::Wrap { .. } | Planted::Rate(_)
        );
        if plan.beat == Beat::Counted || is_left_out {
            continue;
        }
        let mut finer = plan.clone();
        finer.sensors.iter_mut().flatten().for_each(|stamp| *stamp *= 1_000);
        let (told, finer) = (told(&plan), told(&finer));
        assert_eq!(kinds(&told, |at| at), kinds(&finer, |at| at), "seed {seed}");
    }
}

/// What a comparison of two sensors is kept as.
fn related(reference: &[i128], sensor: &[i128]) -> Option<Relation> {
    let mut relation = Relation {
        frames: sensor.len() as u64,
        ..Relation::same(SceneId(0), (SensorId(0), SensorId(1)), reference.len() as u64)
    };
    relation.take(compared(reference, sensor)?);
    Some(relation)
}

#[test]
fn new_names_by_the_reference_leave_no_clock_apart_and_lose_no_frame() {
    let mut applied = 0;
    for seed in 0..400 {
        let plan = Plan::new(seed);
        if plan.victim == 0 || !plan.is_identifiable() {
            continue;
        }
        let (reference, sensor) = (&plan.sensors[0], &plan.sensors[plan.victim]);
        let Some(relation) = related(reference, sensor) else { continue };
        let timeline = |stamps: &[i128]| Timeline::of_stamps(stamps.iter().copied());
        let timelines = (&timeline(reference), &timeline(sensor));
        let Some(mended) = mended(timelines, false, None, &relation) else { continue };
        let far = mended.clone().only(true).pairs.len();
        assert_eq!(far, 0, "seed {seed}: half a step is the most that is paired unasked");
        let pairs = mended.pairs.iter().map(|pair| (pair.own, pair.reference));
        let renamed: Vec<(i128, i128)> = pairs.chain(mended.alone.iter().copied()).collect();
        let stays = |stamp: &&i128| renamed.iter().all(|(from, _)| from != *stamp);
        let named = renamed.iter().map(|(_, to)| *to);
        let after: Vec<i128> = named.chain(sensor.iter().filter(stays).copied()).collect();
        let distinct: BTreeSet<i128> = after.iter().copied().collect();
        assert_eq!(distinct.len(), sensor.len(), "seed {seed}: {:?}", plan.planted);
        let common = reference.iter().filter(|stamp| distinct.contains(stamp)).count();
        assert!(common as u64 >= relation.pairs, "seed {seed}: {common} of {}", relation.pairs);
        let left = related(reference, &distinct.into_iter().collect::<Vec<_>>());
        let is_apart = left.is_some_and(|left| {
            left.offset.is_some_and(|offset| offset.beyond_tolerance)
                || left.notation.is_some()
                || left.steps.is_some()
        });
        assert!(!is_apart, "seed {seed}: {:?}", plan.planted);
        applied += 1;
    }
    assert!(applied > 100, "{applied}");
}

#[test]
fn of_a_thousand_pairs_with_nothing_in_common_at_most_one_is_called_related() {
    let related = |seed: u64| {
        let count = 12 + usize::try_from(seed % 9).unwrap() * 24;
        let told = compared(&strewn(count, seed * 2), &strewn(count, seed * 2 + 1));
        told.is_none_or(|told| told.unrelated.is_none())
    };
    let wrong: Vec<u64> = (0..1_000).filter(|seed| related(*seed)).collect();
    assert!(wrong.len() <= 1, "{wrong:?}");
}
