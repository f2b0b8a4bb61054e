//! Drawing up one scene after the other.

use super::super::Alignment;
use super::super::relation::Relation;
use super::super::timeline::{Timeline, Writings};
use super::axis::Axis;
use super::close_up::{CloseUp, Source};
use super::histogram::Histogram;
use super::lane::{Lane, LaneKind, Placed};
use super::{Picture, PicturedScene};
use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::tree::Tree;
use crate::tree::unread::UnreadIndex;

/// Goes through the scenes of a tree.
pub(super) struct Drafter<'a> {
    pub(super) tree: &'a Tree,
    pub(super) layout: &'a Layout,
    pub(super) unseen: &'a UnreadIndex,
    pub(super) alignment: &'a Alignment,
    /// The sensors in the order in which they are drawn.
    pub(super) sensors: &'a [SensorId],
    /// In how many steps distances are drawn.
    pub(super) bins: u16,
    /// One for each sensor, in their order.
    pub(super) histograms: &'a mut [Histogram],
    /// The picture that this one is held against.
    pub(super) like: Option<&'a Picture>,
}

/// A sensor's folder of a scene.
struct Held<'a> {
    cell: Cell,
    writings: Writings<'a>,
    is_compared: bool,
}

/// A sensor of a scene, with where its frames lie if they are not the reference's.
struct Drafted<'r> {
    kind: LaneKind,
    frames: u64,
    relation: Option<&'r Relation>,
    own: Option<Timeline>,
    placed: Option<Placed>,
}

impl Drafter<'_> {
    /// Draws up one scene.
    pub(super) fn draft(&mut self, scene: SceneId) -> PicturedScene {
        let relations = self.alignment.relations_in(scene);
        let held: Vec<Option<Held<'_>>> =
            self.sensors.iter().map(|sensor| self.held(scene, *sensor)).collect();
        let named = relations.first().map(|relation| relation.reference);
        let reference = match named {
            Some(named) => self.sensors.iter().position(|sensor| *sensor == named),
            None => held.iter().position(|held| held.as_ref().is_some_and(|it| it.is_compared)),
        };
        let of_reference = reference.and_then(|at| held.get(at)?.as_ref());
        let home = of_reference.map(|held| Timeline::of(&held.writings)).unwrap_or_default();
        let drafted: Vec<Drafted<'_>> = held
            .iter()
            .enumerate()
            .map(|(at, held)| {
                let relation = relations
                    .iter()
                    .find(|relation| self.sensors.get(at) == Some(&relation.sensor));
                self.drafted(held.as_ref(), relation, (&home, of_reference))
            })
            .collect();
        let ends = drafted.iter().filter_map(|it| it.placed.as_ref());
        let ends = ends.filter(|placed| placed.is_fitted).filter_map(Placed::ends);
        let axis = Axis::of(&home, ends);
        let lanes: Vec<Lane> =
            drafted.iter().map(|it| self.lane(it, &home, axis.as_ref())).collect();
        for (it, histogram) in drafted.iter().zip(self.histograms.iter_mut()) {
            count(it, histogram);
        }
        let name = self.layout.scene_name(scene).to_vec();
        let known = self.like.and_then(|like| {
            let at = like.scenes.binary_search_by(|it| it.name.cmp(&name)).ok()?;
            Some(like.scenes.get(at)?.close_up.as_ref()?.begin)
        });
        let close_up = axis.as_ref().and_then(|axis| {
            let sources = drafted.iter().zip(&lanes).map(|(it, lane)| Source {
                placed: it.placed.as_ref(),
                relation: it.relation,
                lane,
                own: it.own.as_ref().or((it.kind == LaneKind::Same).then_some(&home)),
            });
            CloseUp::of(axis, &home, &sources.collect::<Vec<_>>(), known)
        });
        PicturedScene { name, reference, axis, lanes, close_up }
    }

    /// The folder of a sensor in a scene, where it holds frames.
    fn held(&self, scene: SceneId, sensor: SensorId) -> Option<Held<'_>> {
        let cells = self.layout.scene_cells(scene);
        let cell = *cells.iter().find(|cell| cell.sensor == sensor)?;
        let writings = Writings::read(self.tree, self.layout, &self.alignment.readings, cell);
        let is_compared =
            !self.unseen.is_within(cell.folder) && !self.alignment.scenes.is_apart(cell);
        (self.layout.frames_in(self.tree, cell) > 0).then(|| Held {
            is_compared: is_compared && writings.files() > 0,
            cell,
            writings,
        })
    }

    fn drafted<'r>(
        &self,
        held: Option<&Held<'_>>,
        relation: Option<&'r Relation>,
        (home, of_reference): (&Timeline, Option<&Held<'_>>),
    ) -> Drafted<'r> {
        let blank =
            Drafted { kind: LaneKind::Absent, frames: 0, relation, own: None, placed: None };
        let Some(held) = held else { return blank };
        let frames = self.layout.frames_in(self.tree, held.cell);
        let Some(relation) = relation else {
            if held.is_compared && of_reference.is_some() {
                return Drafted { kind: LaneKind::Same, frames, ..blank };
            }
            let own = Timeline::of(&held.writings);
            let placed = Placed::as_written(home, &own, 0);
            let kind = LaneKind::NotCompared;
            return Drafted { kind, frames, own: Some(own), placed: Some(placed), ..blank };
        };
        let own = Timeline::of(&held.writings);
        let zeros_differ =
            of_reference.is_some_and(|home| home.writings.zeros_differ(&held.writings));
        let placed = match relation.sensor == relation.reference {
            true => Placed::reference(&own),
            false => Placed::of((home, &own), zeros_differ, self.alignment.tolerance_ns, relation),
        };
        let (own, placed) = (Some(own), Some(placed));
        Drafted { kind: LaneKind::Differs, frames, relation: Some(relation), own, placed }
    }

    fn lane(&self, it: &Drafted<'_>, home: &Timeline, axis: Option<&Axis>) -> Lane {
        let blank = Lane::blank(it.kind, it.frames);
        let Some(axis) = axis else { return Lane { relation: it.relation.cloned(), ..blank } };
        match (it.relation, &it.placed, &it.own) {
            (Some(relation), Some(placed), Some(own)) => {
                Lane::of((home, own), relation, placed, axis, self.bins)
            }
            (None, Some(placed), _) => {
                Lane { covered: axis.covered(placed.instants.iter().copied()), ..blank }
            }
            (None, None, _) if it.kind == LaneKind::Same => {
                let placed = Placed::reference(home);
                Lane { covered: axis.covered(placed.instants.iter().copied()), ..blank }
            }
            _ => blank,
        }
    }
}

/// Counts how far the frames of a sensor lie from the reference's.
fn count(it: &Drafted<'_>, histogram: &mut Histogram) {
    match (it.kind, it.relation, &it.placed) {
        (LaneKind::Same, ..) => histogram.add(0, it.frames),
        (LaneKind::Differs, Some(relation), Some(placed)) if relation.timed == histogram.timed => {
            if relation.sensor == relation.reference {
                histogram.add(0, it.frames);
            }
            placed.distances.iter().for_each(|(_, distance)| histogram.add(*distance, 1));
            histogram.is_corrected |= placed.is_corrected;
        }
        _ => {}
    }
}
