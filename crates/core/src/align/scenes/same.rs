//! Folders that hold the same stamps under several names.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{MOST_COMPARED, OpenScenes, Span, Stamped, common};
use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::names::SensorKind;

/// Folders of several sensors that hold one scene, by their stamps, and do not all bear its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameScene {
    /// The folders, one a sensor, by sensor.
    pub cells: Vec<Cell>,
    /// The name that most of them bear; between equals a LiDAR's, and then the first sensor's.
    pub home: SceneId,
}

impl SameScene {
    pub(super) fn new(layout: &Layout, mut cells: Vec<Cell>) -> Self {
        cells.sort_unstable_by_key(|cell| (cell.sensor, cell.scene));
        let bearers = |scene| cells.iter().filter(|cell| cell.scene == scene).count();
        let is_camera = |id| layout.sensor(id).kind == SensorKind::Camera;
        let home = cells
            .iter()
            .min_by_key(|cell| (Reverse(bearers(cell.scene)), is_camera(cell.sensor), cell.sensor))
            .map_or(SceneId(0), |cell| cell.scene);
        SameScene { cells, home }
    }
}

/// Of a scene's stamps, nine of ten are the same where a folder lacks a few.
const NEARLY: (usize, usize) = (9, 10);

/// Groups of folders, by their positions, one a sensor at most and not all of one name.
pub(super) fn find(open: &OpenScenes<'_>, cells: &[Stamped<'_>]) -> Vec<Vec<usize>> {
    let (mut groups, repeated) = equal(open, cells);
    join_near(open, cells, &repeated, &mut groups);
    let names = |group: &Vec<usize>| {
        let scenes = group.iter().filter_map(|at| cells.get(*at)).map(|it| it.cell.scene);
        scenes.collect::<BTreeSet<SceneId>>().len()
    };
    groups.retain(|group| names(group) > 1);
    groups
}

/// Folders of equal stems, one a sensor; and those whose stamps some sensor has in two scenes,
/// which prove nothing.
fn equal(open: &OpenScenes<'_>, cells: &[Stamped<'_>]) -> (Vec<Vec<usize>>, BTreeSet<usize>) {
    let mut by_span: BTreeMap<Span, Vec<Vec<usize>>> = BTreeMap::new();
    for (at, cell) in cells.iter().enumerate() {
        let classes = by_span.entry(cell.span()).or_default();
        let is_of = |class: &Vec<usize>| {
            let first = class.first().and_then(|at| cells.get(*at));
            first.is_some_and(|first| first.has_stems_of(cell))
        };
        match classes.iter().position(is_of) {
            Some(known) => classes[known].push(at),
            None if classes.len() < MOST_CLASSES => classes.push(vec![at]),
            None => {}
        }
    }
    let mut repeated = BTreeSet::new();
    for closed in open.closed() {
        repeated.extend(by_span.remove(&closed.span()).into_iter().flatten().flatten());
    }
    let sensor = |at: &usize| cells.get(*at).map(|it| it.cell.sensor);
    let mut groups = Vec::new();
    for class in by_span.into_values().flatten() {
        let sensors: BTreeSet<Option<SensorId>> = class.iter().map(sensor).collect();
        if sensors.len() < class.len() {
            repeated.extend(class);
        } else if class.len() > 1 {
            groups.push(class);
        }
    }
    groups.sort_unstable();
    (groups, repeated)
}

/// The most sets of stamps of one span that are told apart.
const MOST_CLASSES: usize = 16;

/// Adds folders that hold nearly the same stamps as one of another sensor, where each of the two
/// sensors lacks the other's name.
fn join_near(
    open: &OpenScenes<'_>,
    cells: &[Stamped<'_>],
    repeated: &BTreeSet<usize>,
    groups: &mut Vec<Vec<usize>>,
) {
    let mut group_of: BTreeMap<usize, usize> = BTreeMap::new();
    for (group, members) in groups.iter().enumerate() {
        group_of.extend(members.iter().map(|at| (*at, group)));
    }
    // Of a group, its first folder stands for the others.
    let stands = |at: usize| {
        group_of
            .get(&at)
            .is_none_or(|group| groups.get(*group).and_then(|it| it.first()) == Some(&at))
    };
    let is_lacked =
        |cell: &Stamped<'_>| open.sensors.iter().any(|sensor| !open.has(cell.cell.scene, *sensor));
    let mut order: Vec<usize> = cells
        .iter()
        .enumerate()
        .filter(|(at, cell)| stands(*at) && !repeated.contains(at) && is_lacked(cell))
        .map(|(at, _)| at)
        .collect();
    order.sort_by_key(|at| cells.get(*at).map(|it| (it.first, it.cell)));
    let mut left = MOST_COMPARED;
    let mut edges: Vec<(Reverse<usize>, usize, usize)> = Vec::new();
    for (place, at) in order.iter().enumerate() {
        let Some(one) = cells.get(*at) else { continue };
        let behind = order.iter().skip(place + 1).filter_map(|at| Some((*at, cells.get(*at)?)));
        for (other_at, other) in behind.take_while(|(_, other)| other.first <= one.last) {
            let is_pair = one.cell.sensor != other.cell.sensor
                && one.cell.scene != other.cell.scene
                && one.writing() == other.writing()
                && !open.has(one.cell.scene, other.cell.sensor)
                && !open.has(other.cell.scene, one.cell.sensor);
            let (least, most) =
                (one.set.len().min(other.set.len()), one.set.len().max(other.set.len()));
            let Some(rest) = left.checked_sub(least.saturating_add(most).saturating_add(1)) else {
                return;
            };
            left = rest;
            if !is_pair || least * NEARLY.1 < most * NEARLY.0 {
                continue;
            }
            let shared = common(one.set.iter(), other.set.iter());
            if shared * NEARLY.1 >= most * NEARLY.0 {
                edges.push((Reverse(shared), *at, other_at));
            }
        }
    }
    edges.sort_unstable();
    for (_, one, other) in edges {
        join(cells, groups, &mut group_of, one, other);
    }
}

/// Makes two folders, with all of their groups, one group, where no sensor is in both.
fn join(
    cells: &[Stamped<'_>],
    groups: &mut Vec<Vec<usize>>,
    group_of: &mut BTreeMap<usize, usize>,
    one: usize,
    other: usize,
) {
    let members = |at: usize| match group_of.get(&at).and_then(|group| groups.get(*group)) {
        Some(members) => members.clone(),
        None => vec![at],
    };
    let mut all = members(one);
    if all.contains(&other) {
        return;
    }
    all.extend(members(other));
    let sensors: BTreeSet<SensorId> =
        all.iter().filter_map(|at| cells.get(*at)).map(|it| it.cell.sensor).collect();
    if sensors.len() < all.len() {
        return;
    }
    for at in [one, other] {
        if let Some(members) = group_of.get(&at).and_then(|group| groups.get_mut(*group)) {
            members.clear();
        }
    }
    all.sort_unstable();
    group_of.extend(all.iter().map(|at| (*at, groups.len())));
    groups.push(all);
}
