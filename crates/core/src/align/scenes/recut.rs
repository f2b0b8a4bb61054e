//! Recordings that sensors cut into scenes at different places.

use std::collections::{BTreeMap, BTreeSet};

use super::{MOST_COMPARED, OpenScenes, Stamped, common};
use crate::layout::{Cell, SceneId, SensorId};

/// A recording that several sensors hold whole, cut into scenes at different places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recut {
    /// The sensors by their way of cutting it: those of the cut that most have first, and of equal
    /// ones the finest.
    pub cuts: Vec<Cut>,
    /// How many frames some of the sensors have and others lack, whatever the cut.
    pub differing: u64,
}

/// One way of cutting a recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The sensors that cut it so, ascending.
    pub sensors: Vec<SensorId>,
    /// The scenes, in the order of time, with the name of the first frame without its suffix.
    pub scenes: Vec<(SceneId, String)>,
    /// The folders of all these sensors.
    cells: Vec<Cell>,
}

impl Recut {
    /// The folders of all sensors that it is about.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        self.cuts.iter().flat_map(|cut| cut.cells.iter().copied())
    }

    /// The sensors that it is about, ascending.
    #[must_use]
    pub fn sensors(&self) -> Vec<SensorId> {
        let mut sensors: Vec<SensorId> =
            self.cuts.iter().flat_map(|cut| cut.sensors.iter().copied()).collect();
        sensors.sort_unstable();
        sensors
    }

    /// The scenes that it is about, whoever has them.
    #[must_use]
    pub fn scenes(&self) -> BTreeSet<SceneId> {
        self.cells().map(|cell| cell.scene).collect()
    }
}

/// The folders of one sensor in a stretch of time, in its order.
type Own<'c, 't> = Vec<&'c Stamped<'t>>;

/// The scenes of one sensor in the order of time, each with its first and last stamp.
type Spans = Vec<(SceneId, i128, i128)>;

/// Of a recording's frames, so many of a hundred may be missing in some sensor.
const FEW: usize = 5;

pub(super) fn find(open: &OpenScenes<'_>, cells: &[Stamped<'_>]) -> Vec<Recut> {
    let mut order: Vec<&Stamped<'_>> = cells.iter().collect();
    order.sort_by_key(|it| (it.writing(), it.first, it.cell));
    let mut found = Vec::new();
    let mut left = MOST_COMPARED;
    let mut stretch: Vec<&Stamped<'_>> = Vec::new();
    let mut end = None;
    for cell in order {
        let key = (cell.writing(), cell.first);
        if end.is_some_and(|end| key > end) {
            found.extend(recut(open, &stretch, &mut left));
            stretch.clear();
            end = None;
        }
        end = end.max(Some((cell.writing(), cell.last)));
        stretch.push(cell);
    }
    found.extend(recut(open, &stretch, &mut left));
    found
}

/// Whether the folders of a stretch of time are one recording that is cut at different places.
fn recut(open: &OpenScenes<'_>, stretch: &[&Stamped<'_>], left: &mut usize) -> Option<Recut> {
    let mut by_sensor: BTreeMap<SensorId, Own<'_, '_>> = BTreeMap::new();
    for cell in stretch {
        by_sensor.entry(cell.cell.sensor).or_default().push(cell);
    }
    if by_sensor.len() < 2 || by_sensor.values().all(|own| own.len() < 2) {
        return None;
    }
    let frames: usize = stretch.iter().map(|it| it.set.len()).sum();
    *left = left.checked_sub(frames)?;
    let union = |own: &Own<'_, '_>| {
        let mut all: Vec<i128> = own.iter().flat_map(|it| it.set.iter()).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let first = union(by_sensor.values().next()?);
    let mut differing = 0;
    for own in by_sensor.values().skip(1) {
        let other = union(own);
        let shared = common(first.iter().copied(), other.iter().copied());
        let apart = first.len() + other.len() - 2 * shared;
        if apart * 100 > first.len().max(other.len()) * FEW {
            return None;
        }
        differing += apart;
    }
    // Sensors that cut it at the same frames, under the same names, cut it alike.
    let mut cuts: BTreeMap<Spans, Vec<SensorId>> = BTreeMap::new();
    for (sensor, own) in &by_sensor {
        let cut = own.iter().map(|it| (it.cell.scene, it.first, it.last)).collect();
        cuts.entry(cut).or_default().push(*sensor);
    }
    let mut cuts: Vec<(Spans, Vec<SensorId>)> = cuts.into_iter().collect();
    cuts.sort_by_key(|(cut, sensors)| {
        (std::cmp::Reverse((sensors.len(), cut.len())), sensors.first().copied())
    });
    let counts: BTreeSet<usize> = cuts.iter().map(|(cut, _)| cut.len()).collect();
    let (reference, rest) = cuts.split_first()?;
    let is_cut_elsewhere = |(_, sensors): &&(Spans, Vec<SensorId>)| {
        let own = sensors.first().and_then(|sensor| by_sensor.get(sensor));
        let other = reference.1.first().and_then(|sensor| by_sensor.get(sensor));
        own.zip(other).is_some_and(|(own, other)| {
            !is_a_few_misplaced(open, own, other, frames / by_sensor.len())
        })
    };
    // Of scenes that begin and end a frame earlier or later, each for itself, the frames are said.
    if (counts.len() == 1 && !starts_differ(&cuts))
        || !rest.iter().any(|cut| is_cut_elsewhere(&cut))
    {
        return None;
    }
    let cuts = cuts.iter().map(|(cut, sensors)| {
        let own = sensors.first().and_then(|sensor| by_sensor.get(sensor));
        let naming = own.and_then(|own| own.first()).map(|it| it.naming);
        let stem = |first: i128| naming.map(|it| it.render_stem(first)).unwrap_or_default();
        Cut {
            sensors: sensors.clone(),
            scenes: cut.iter().map(|(scene, first, _)| (*scene, stem(*first))).collect(),
            cells: sensors
                .iter()
                .filter_map(|sensor| by_sensor.get(sensor))
                .flat_map(|own| own.iter().map(|it| it.cell))
                .collect(),
        }
    });
    Some(Recut { cuts: cuts.collect(), differing: differing as u64 })
}

/// Whether the scenes do not all begin at the same frames.
fn starts_differ(cuts: &[(Spans, Vec<SensorId>)]) -> bool {
    let starts = |cut: &[(SceneId, i128, i128)]| -> Vec<i128> {
        cut.iter().skip(1).map(|(_, first, _)| *first).collect()
    };
    let mut all = cuts.iter().map(|(cut, _)| starts(cut));
    let first = all.next();
    all.any(|other| Some(other) != first)
}

/// Whether a sensor keeps a few frames in a wrong one of the folders that another has, too, rather
/// than that the recording was cut elsewhere: few of all, or while most other scenes are cut alike.
fn is_a_few_misplaced(
    open: &OpenScenes<'_>,
    own: &[&Stamped<'_>],
    other: &[&Stamped<'_>],
    frames: usize,
) -> bool {
    let known: BTreeMap<SceneId, &Stamped<'_>> =
        other.iter().map(|it| (it.cell.scene, *it)).collect();
    let mut displaced = 0;
    for cell in own {
        let Some(home) = known.get(&cell.cell.scene) else { return false };
        displaced += cell.set.len() - common(cell.set.iter(), home.set.iter());
    }
    let alike = open.layout.scenes.len() - open.scenes.len();
    alike >= known.len() || displaced * 10 <= frames
}
