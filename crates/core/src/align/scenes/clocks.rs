//! Sensors whose clock stands apart from the others' by one offset in all scenes: what their stamps
//! meet in scenes of other names, they meet by chance.
//!
//! A recording of many hours whose cameras tell local time has, under the name of one scene, the
//! stamps of two. One offset that fits every scene under its own name says more than stamps that
//! are met in some of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{OpenScenes, SceneMatches, Stamped};
use crate::align::known::Known;
use crate::align::unit::Unit;
use crate::layout::{SceneId, SensorId};
use crate::names::SensorKind;

/// Of fewer scenes, one offset is no evidence.
const FEWEST_SCENES: usize = 3;
/// Of the scenes, nine of ten have the offset.
const NEARLY_ALL: (usize, usize) = (9, 10);

/// A sensor that is so far from another in nearly all scenes that both have, and shares no moment
/// with it in any.
struct Ahead {
    sensor: SensorId,
    /// In so many scenes.
    scenes: usize,
    /// Whether the offset is known for something, as a time zone is.
    is_known: bool,
}

/// The sensors whose clock explains more than the scenes of other names that `matches` found for
/// them: held against the sensor with the most scenes, of equal ones the first LiDAR.
pub(super) fn apart(
    open: &OpenScenes<'_>,
    cells: &[Stamped<'_>],
    matches: &SceneMatches,
) -> BTreeSet<SensorId> {
    if matches.is_empty() {
        return BTreeSet::new();
    }
    let mut by_sensor: BTreeMap<SensorId, BTreeMap<SceneId, &Stamped<'_>>> = BTreeMap::new();
    for cell in cells {
        by_sensor.entry(cell.cell.sensor).or_default().insert(cell.cell.scene, cell);
    }
    let is_camera = |sensor: SensorId| open.layout.sensor(sensor).kind == SensorKind::Camera;
    let base = by_sensor
        .iter()
        .min_by_key(|(sensor, own)| (std::cmp::Reverse(own.len()), is_camera(**sensor), **sensor));
    let Some((base, reference)) = base else { return BTreeSet::new() };
    let matched = matched_with(*base, matches);
    let explains_more = |found: &Ahead| {
        let matched = matched.get(&found.sensor).copied().unwrap_or_default();
        match found.is_known {
            true => found.scenes > matched,
            false => found.scenes * NEARLY_ALL.0 > matched * NEARLY_ALL.1,
        }
    };
    let others = by_sensor.iter().filter(|(sensor, _)| *sensor != base);
    let found = others.filter_map(|(sensor, own)| {
        let common: Vec<(&Stamped<'_>, &Stamped<'_>)> = own
            .iter()
            .filter_map(|(scene, cell)| Some((*reference.get(scene)?, *cell)))
            .filter(|(one, other)| one.writing() == other.writing())
            .collect();
        of_pairs(*sensor, &common)
    });
    found.filter(explains_more).map(|found| found.sensor).collect()
}

/// By sensor, how many of its folders were found to be of one scene or recording with folders of
/// this one.
fn matched_with(base: SensorId, matches: &SceneMatches) -> BTreeMap<SensorId, usize> {
    let same = matches.same.iter().map(|scene| scene.cells.clone());
    let recuts = matches.recuts.iter().map(|recut| recut.cells().collect());
    let mut matched: BTreeMap<SensorId, usize> = BTreeMap::new();
    for cells in same.chain(recuts).filter(|it| it.iter().any(|cell| cell.sensor == base)) {
        for cell in cells {
            *matched.entry(cell.sensor).or_default() += 1;
        }
    }
    matched
}

/// The offset of a sensor's folders from those of the same scenes in another.
fn of_pairs(sensor: SensorId, common: &[(&Stamped<'_>, &Stamped<'_>)]) -> Option<Ahead> {
    if common.len() < FEWEST_SCENES {
        return None;
    }
    let mut starts: Vec<i128> = common.iter().map(|(one, other)| other.first - one.first).collect();
    starts.sort_unstable();
    let offset = *starts.get(starts.len() / 2)?;
    let near = |one: &Stamped<'_>, other: &Stamped<'_>| half_a_step(one).max(half_a_step(other));
    let fits = |(one, other): &&(&Stamped<'_>, &Stamped<'_>)| {
        let near = near(one, other);
        let is_at = |apart: i128| (apart - offset).abs() <= near;
        let shares_no_moment = other.first > one.last || other.last < one.first;
        shares_no_moment && (is_at(other.first - one.first) || is_at(other.last - one.last))
    };
    let scenes = common.iter().filter(fits).count();
    let (one, other) = common.first()?;
    let unit = Unit::of_frames(&one.naming, one.set)?;
    let second = 10_i128
        .checked_pow(u32::from(one.naming.fraction_digits()))
        .and_then(|scale| scale.checked_mul(unit.per_second()))?;
    (scenes * NEARLY_ALL.1 >= common.len() * NEARLY_ALL.0).then(|| Ahead {
        sensor,
        scenes,
        is_known: Known::within(offset, near(one, other), second).is_some(),
    })
}

/// Half of the usual step between two frames.
fn half_a_step(cell: &Stamped<'_>) -> i128 {
    let steps = i128::try_from(cell.set.len()).unwrap_or(i128::MAX).saturating_sub(1).max(1);
    ((cell.last - cell.first) / steps / 2).max(1)
}
