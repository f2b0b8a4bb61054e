//! Going through the scenes of a dataset, and comparing the sensors of each.

use std::rc::Rc;

use super::choose::{Chosen, Member, SceneFrames, choose};
use super::fit::Scratch;
use super::reading::Readings;
use super::relation::{Notation, Relation};
use super::scaling::factor;
use super::scene::Comparison;
use super::scenes::SceneMatches;
use super::slots::{self, Fault, Part};
use super::ticks::tolerance_of;
use super::timeline::{Cadence, Timeline, Writings};
use super::{AlignmentOptions, GAP_STEPS, GAPS_KEPT, Gap, is_named, nanoseconds};
use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::names::SensorKind;
use crate::tree::Tree;
use crate::tree::unread::UnreadIndex;

/// Goes through the scenes with buffers that are used again.
pub(super) struct Aligner<'a> {
    /// Folders whose names do not say with which others they are to be compared.
    scenes: &'a SceneMatches,
    /// How names are read that are no plain numbers.
    readings: &'a Readings,
    /// Whether a part of some sensor could not be read.
    is_partly_unseen: bool,
    tree: &'a Tree,
    layout: &'a Layout,
    unseen: &'a UnreadIndex,
    options: AlignmentOptions<'a>,
    ranks: &'a [usize],
    scratch: Scratch,
    pub(super) found: Found,
    /// Whether the scenes were gone through before.
    again: bool,
}

/// What comparing scenes shows.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// What is not the same.
    pub(super) relations: Vec<Relation>,
    /// Stretches in which no sensor has a frame.
    pub(super) gaps: Vec<Gap>,
    /// In how many scenes each sensor stands beside others.
    pub(super) compared: Vec<u64>,
    /// The cadence of each scene's reference, in nanoseconds, where it is steady.
    pub(super) cadences: Vec<u64>,
}

impl Found {
    /// Adds what later scenes show.
    pub(super) fn append(&mut self, mut other: Found) {
        self.relations.append(&mut other.relations);
        self.gaps.append(&mut other.gaps);
        self.cadences.append(&mut other.cadences);
        for (sum, count) in self.compared.iter_mut().zip(other.compared) {
            *sum += count;
        }
    }
}

/// The sensors of a scene that have the very same frames, by their places among its folders.
type Alike = Vec<usize>;

/// The most groups of sensors that a sensor's frames are held against byte by byte.
const MOST_GROUPS: usize = 32;
/// The most stamps of a scene that are kept in memory at once; beyond, folders are read as often as
/// they are needed.
const MOST_KEPT: usize = 1 << 21;

/// The frames of a scene, a folder for each group of sensors that have the same.
struct Folders<'s, 't> {
    writings: Vec<&'s Writings<'t>>,
    sensors: Vec<SensorId>,
    kept: Vec<Option<Rc<Timeline>>>,
    room: usize,
    hints: &'s [Option<i128>],
}

impl SceneFrames for Folders<'_, '_> {
    fn timeline(&mut self, member: usize) -> Rc<Timeline> {
        if let Some(Some(timeline)) = self.kept.get(member) {
            return Rc::clone(timeline);
        }
        let read = self.writings.get(member).map(|writings| Timeline::of(writings));
        let timeline = Rc::new(read.unwrap_or_default());
        if let Some(slot) = self.kept.get_mut(member)
            && timeline.stamps.len() <= self.room
        {
            self.room -= timeline.stamps.len();
            *slot = Some(Rc::clone(&timeline));
        }
        timeline
    }

    fn zeros_differ(&self, reference: usize, sensor: usize) -> bool {
        let pair = self.writings.get(reference).zip(self.writings.get(sensor));
        pair.is_some_and(|(reference, sensor)| reference.zeros_differ(sensor))
    }

    fn hint(&self, reference: usize, sensor: usize) -> Option<i128> {
        let of = |at: usize| {
            let sensor = self.sensors.get(at)?;
            self.hints.get(sensor.0 as usize).copied().flatten()
        };
        match (of(reference), of(sensor)) {
            (None, None) => None,
            (reference, sensor) => Some(sensor.unwrap_or(0) - reference.unwrap_or(0)),
        }
    }
}

/// One sensor of a scene as compared with the reference.
struct Draft {
    relation: Relation,
    /// The first and the last frame that have a partner: of the reference's stamps, and of
    /// the sensor's own.
    overlap: Option<[(i128, i128); 2]>,
    /// Whether its gaps and surplus are to be weighed against those of the others.
    weighed: bool,
}

impl<'a> Aligner<'a> {
    pub(super) fn new(
        tree: &'a Tree,
        layout: &'a Layout,
        unseen: &'a UnreadIndex,
        (scenes, readings): (&'a SceneMatches, &'a Readings),
        options: AlignmentOptions<'a>,
        ranks: &'a [usize],
    ) -> Self {
        Aligner {
            scenes,
            readings,
            is_partly_unseen: layout.sensors().any(|(_, sensor)| unseen.is_within(sensor.folder)),
            tree,
            layout,
            unseen,
            options,
            ranks,
            scratch: Scratch::default(),
            found: Found { compared: vec![0; layout.sensors.len()], ..Found::default() },
            again: false,
        }
    }

    /// The folders of a scene that have frames and were read to their end, the reference first.
    fn cells(&self, scene: SceneId) -> Vec<(Cell, Writings<'a>)> {
        let (tree, layout, readings) = (self.tree, self.layout, self.readings);
        let mut cells: Vec<(Cell, Writings<'a>)> = layout
            .scene_cells(scene)
            .iter()
            .filter(|cell| !self.unseen.is_within(cell.folder) && !self.scenes.is_apart(**cell))
            .map(|cell| (*cell, Writings::read(tree, layout, readings, *cell)))
            .filter(|(_, writings)| writings.files() > 0)
            .collect();
        cells.sort_by_key(|(cell, _)| self.ranks.get(cell.sensor.0 as usize).copied());
        cells
    }

    /// Compares the sensors of one scene; `hints` are offsets by sensor that other
    /// scenes speak for.
    pub(super) fn align(&mut self, scene: SceneId, hints: &[Option<i128>]) {
        let cells = self.cells(scene);
        if cells.is_empty() {
            return;
        }
        let are_plain = cells.iter().all(|(_, writings)| writings.are_plain());
        let groups = match self.scenes.is_alike(scene) && !self.is_partly_unseen && are_plain {
            true => vec![(0..cells.len()).collect()],
            false => alike(&cells),
        };
        let writings: Vec<&Writings<'_>> = groups
            .iter()
            .filter_map(|group| cells.get(*group.first()?).map(|(_, writings)| writings))
            .collect();
        let of = |at: &usize| cells.get(*at).map(|(cell, _)| *cell);
        let sensors = groups.iter().filter_map(|group| Some(of(group.first()?)?.sensor)).collect();
        let kept = vec![None; groups.len()];
        let mut folders = Folders { writings, sensors, kept, room: MOST_KEPT, hints };
        let members: Vec<Member> = groups.iter().map(|group| self.member(&cells, group)).collect();
        let tolerance = self.options.tolerance_ns;
        let chosen = choose(&members, &mut folders, tolerance, &mut self.scratch);
        self.keep(&cells, &groups, chosen, &mut folders);
    }

    fn member(&self, cells: &[(Cell, Writings<'_>)], group: &[usize]) -> Member {
        let of = || group.iter().filter_map(|at| cells.get(*at)).map(|(cell, _)| cell.sensor);
        let sensor = |id: SensorId| self.layout.sensor(id);
        Member {
            weight: group.len(),
            rank: group.first().copied().unwrap_or_default(),
            is_named: self
                .options
                .reference
                .is_some_and(|name| of().any(|id| is_named(sensor(id), name))),
            is_lidar: of().any(|id| sensor(id).kind == SensorKind::Lidar),
        }
    }

    /// Keeps what a scene's comparisons show.
    fn keep(
        &mut self,
        cells: &[(Cell, Writings<'a>)],
        groups: &[Alike],
        chosen: Chosen,
        folders: &mut Folders<'_, '_>,
    ) {
        let Chosen { reference, comparisons } = chosen;
        let timeline = folders.timeline(reference);
        let home = groups.get(reference).and_then(|group| cells.get(*group.first()?));
        let Some((home, own)) = home else { return };
        let cadence = timeline.cadence();
        if !self.again {
            self.survey(cells, &timeline, cadence);
        }
        let mut gaps = self.gaps_in(*home, &timeline, cadence);
        // A good scene: nothing is to be said of any sensor.
        if groups.len() == 1 && !timeline.mixed {
            self.found.gaps.append(&mut gaps);
            return;
        }
        let blank = |cell: Cell, files: u64| blank(cell, *home, &timeline, files);
        let mut drafts: Vec<Draft> = Vec::with_capacity(cells.len());
        let mut parts: Vec<Part> = Vec::with_capacity(cells.len());
        for (at, (group, comparison)) in groups.iter().zip(comparisons).enumerate() {
            if let Some(comparison) = &comparison
                && !gaps.is_empty()
            {
                let sensor = folders.timeline(at);
                gaps.retain(|gap| comparison.frames_between(&sensor, gap.between) == 0);
            }
            let others = group.iter().filter_map(|at| cells.get(*at));
            let others = others.filter(|(cell, _)| cell.sensor != home.sensor);
            for (cell, writings) in others {
                let mut relation = blank(*cell, writings.files());
                let Some(comparison) = comparison.clone() else {
                    relation.notation = timeline.mixed.then_some(Notation::Mixed);
                    parts.push(Part::default());
                    drafts.push(Draft { relation, overlap: None, weighed: true });
                    continue;
                };
                drafts.push(draft(relation, comparison, &timeline, &mut parts));
            }
        }
        self.found.gaps.append(&mut gaps);
        let own = blank(*home, own.files());
        self.settle(own, &timeline, drafts, parts);
    }

    /// Says of each sensor what it lacks and has too much, and keeps what is not the same.
    fn settle(
        &mut self,
        mut own: Relation,
        reference: &Timeline,
        drafts: Vec<Draft>,
        parts: Vec<Part>,
    ) {
        let tolerance = match parts.iter().any(|part| !part.extra.is_empty()) {
            true => tolerance_of(reference, self.options.tolerance_ns),
            false => 0,
        };
        let (home, faults) = slots::settle(&reference.stamps, parts, tolerance);
        assign(&mut own, &home, None);
        if reference.mixed {
            own.notation = Some(Notation::Mixed);
        }
        let mut relations = vec![own];
        let mut faults = faults.into_iter();
        for Draft { mut relation, overlap, weighed } in drafts {
            if weighed && let Some(fault) = faults.next() {
                assign(&mut relation, &fault, overlap);
            }
            relations.push(relation);
        }
        relations.retain(|relation| !relation.is_same());
        self.found.relations.append(&mut relations);
    }

    /// The gaps of the scene's reference, where its cadence is steady otherwise.
    fn gaps_in(&self, home: Cell, reference: &Timeline, cadence: Option<Cadence>) -> Vec<Gap> {
        // Another sensor may have frames there.
        if self.is_partly_unseen {
            return Vec::new();
        }
        let timed = cadence.filter(|cadence| cadence.regular).zip(reference.decimals);
        let Some((cadence, decimals)) = timed else { return Vec::new() };
        let least = cadence.step.saturating_mul(GAP_STEPS).max(factor(decimals));
        let stamps = &reference.stamps;
        let steps = stamps.iter().zip(stamps.iter().skip(1));
        steps
            .filter(|(before, after)| **after - **before >= least)
            .take(GAPS_KEPT)
            .map(|(before, after)| Gap {
                scene: home.scene,
                reference: home.sensor,
                between: (*before, *after),
                length_ns: nanoseconds(after - before, decimals),
                step_ns: nanoseconds(cadence.step, decimals),
            })
            .collect()
    }

    /// Counts the scenes in which each sensor stands beside others, and keeps the cadence
    /// of the reference.
    fn survey(
        &mut self,
        cells: &[(Cell, Writings<'_>)],
        reference: &Timeline,
        cadence: Option<Cadence>,
    ) {
        if let Some((cadence, decimals)) =
            cadence.filter(|cadence| cadence.regular).zip(reference.decimals)
        {
            self.found.cadences.push(nanoseconds(cadence.step, decimals));
        }
        for (cell, _) in cells.iter().filter(|_| cells.len() > 1) {
            if let Some(count) = self.found.compared.get_mut(cell.sensor.0 as usize) {
                *count += 1;
            }
        }
    }

    /// Compares once more what stayed open, with the offset that the other scenes of the sensor
    /// speak for: a scene of one frame can tell nothing by itself.
    pub(super) fn try_again(&mut self) {
        let hints = hints(&self.found.relations, self.layout.sensors.len());
        let known = |sensor: SensorId| hints.get(sensor.0 as usize).is_some_and(Option::is_some);
        let mut open: Vec<SceneId> = self
            .found
            .relations
            .iter()
            .filter(|relation| relation.unrelated.is_some_and(|it| it.apart.is_some()))
            .filter(|relation| known(relation.sensor) || known(relation.reference))
            .map(|relation| relation.scene)
            .collect();
        open.dedup();
        if open.is_empty() {
            return;
        }
        self.found.relations.retain(|relation| open.binary_search(&relation.scene).is_err());
        self.found.gaps.retain(|gap| open.binary_search(&gap.scene).is_err());
        self.again = true;
        for scene in open {
            self.align(scene, &hints);
        }
    }
}

/// Puts together the folders that hold the very same stems, each group in the order given.
fn alike(cells: &[(Cell, Writings<'_>)]) -> Vec<Alike> {
    let mut groups: Vec<Alike> = Vec::new();
    for (at, (_, writings)) in cells.iter().enumerate() {
        let same = |group: &&mut Alike| {
            let held = group.first().and_then(|first| cells.get(*first));
            held.is_some_and(|(_, held)| held.same_stems(writings))
        };
        match groups.iter_mut().take(MOST_GROUPS).find(same) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

/// Takes over what a comparison shows of a sensor, and adds its part to those that are weighed
/// against each other.
fn draft(
    mut relation: Relation,
    comparison: Comparison,
    reference: &Timeline,
    parts: &mut Vec<Part>,
) -> Draft {
    let overlap = comparison.overlap;
    let part = relation.take(comparison);
    let is_shifted =
        relation.offset.is_some_and(|offset| offset.beyond_tolerance) || relation.steps.is_some();
    let weighed = relation.unrelated.is_none() && relation.rate.is_none();
    if weighed {
        parts.push(part);
    } else {
        let missing: Vec<i128> =
            part.missing.iter().filter_map(|at| reference.stamps.get(*at).copied()).collect();
        relation.missing = missing.into_iter().collect();
    }
    Draft { relation, overlap: overlap.filter(|_| is_shifted), weighed }
}

/// What a sensor lacks and has too much. What lies outside the overlap of two clocks that stand
/// apart tells of these.
fn assign(relation: &mut Relation, fault: &Fault, overlap: Option<[(i128, i128); 2]>) {
    let is_inside = |stamp: i128, side: usize| {
        let range = overlap.and_then(|overlap| overlap.get(side).copied());
        range.is_none_or(|(first, last)| (first..=last).contains(&stamp))
    };
    let missing = fault.missing.iter().copied().filter(|stamp| is_inside(*stamp, 0));
    relation.missing = missing.collect::<Vec<i128>>().into_iter().collect();
    let extra = fault.extra.iter().map(|(_, stamp)| *stamp);
    relation.extra =
        extra.filter(|stamp| is_inside(*stamp, 1)).collect::<Vec<_>>().into_iter().collect();
    relation.outside = (
        (fault.missing.len() - relation.missing.len()) as u64,
        (fault.extra.len() - relation.extra.len()) as u64,
    );
}

/// A sensor that has the reference's frames, so far as is known.
fn blank(cell: Cell, reference: Cell, timeline: &Timeline, frames: u64) -> Relation {
    Relation {
        frames,
        timed: timeline.decimals.is_some(),
        ..Relation::same(cell.scene, (reference.sensor, cell.sensor), timeline.stamps.len() as u64)
    }
}

/// The fewest scenes that speak for an offset by agreeing, when none of them shows it by itself.
const FEWEST_AGREEING: usize = 3;
/// How far apart two scenes' offsets may lie and still be one, in nanoseconds.
const AGREEING_NS: i128 = 100_000_000;

/// For each sensor, the offset that most of its scenes show; or, where none shows any, the one that
/// nearly all would have if their first frames belonged together.
fn hints(relations: &[Relation], sensors: usize) -> Vec<Option<i128>> {
    let Some(home) = usual_reference(relations, sensors) else { return vec![None; sensors] };
    let mut shown: Vec<Vec<i128>> = vec![Vec::new(); sensors];
    let mut open: Vec<Vec<i128>> = vec![Vec::new(); sensors];
    for relation in relations.iter().filter(|relation| relation.reference == home) {
        let at = relation.sensor.0 as usize;
        if let (Some(offset), Some(list)) = (relation.offset, shown.get_mut(at)) {
            list.push(offset.by);
        } else if let (Some(apart), Some(list)) =
            (relation.unrelated.and_then(|it| it.apart), open.get_mut(at))
        {
            list.push(apart);
        }
    }
    let median = |list: &mut Vec<i128>| {
        list.sort_unstable();
        list.get(list.len() / 2).copied()
    };
    shown
        .iter_mut()
        .zip(&mut open)
        .map(|(shown, open)| {
            median(shown).or_else(|| {
                let middle = median(open)?;
                let near =
                    open.iter().filter(|apart| (**apart - middle).abs() <= AGREEING_NS).count();
                (near >= FEWEST_AGREEING && near * 5 >= open.len() * 4).then_some(middle)
            })
        })
        .collect()
}

/// The sensor that most were compared with.
fn usual_reference(relations: &[Relation], sensors: usize) -> Option<SensorId> {
    let mut counts = vec![0_u64; sensors];
    for relation in relations {
        if let Some(count) = counts.get_mut(relation.reference.0 as usize) {
            *count += 1;
        }
    }
    let count = |id: SensorId| counts.get(id.0 as usize).copied().unwrap_or_default();
    let references = relations.iter().map(|relation| relation.reference);
    references.max_by_key(|id| (count(*id), std::cmp::Reverse(id.0)))
}
