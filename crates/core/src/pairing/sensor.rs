//! Pairing the frames of one sensor in one scene with the reference's.

use hashbrown::HashMap;

use super::fault::Fault;
use super::side::Side;
use super::stems::{self, Moves};
use super::{Clock, Disagreement, PairBy, SensorPairing};
use crate::align::timeline::Writings;
use crate::align::{Alignment, Mended, Relation, fitted, under};
use crate::layout::{Layout, SceneId, SensorId};
use crate::tree::Tree;

/// Pairs a sensor that does not have the reference's very frames, as their names tell times.
pub(super) fn pair(
    tree: &Tree,
    layout: &Layout,
    alignment: &Alignment,
    relation: &Relation,
    by: &PairBy,
) -> Result<SensorPairing, Fault> {
    let side = |sensor| side(tree, layout, alignment, relation.scene, sensor);
    let both = side(relation.sensor).zip(side(relation.reference));
    let (own, reference) = both.ok_or(Fault::Unrelated)?;
    Sides { own: &own, reference: &reference }.pair(relation, alignment.tolerance_ns, by)
}

fn side<'t>(
    tree: &'t Tree,
    layout: &Layout,
    alignment: &'t Alignment,
    scene: SceneId,
    sensor: SensorId,
) -> Option<Side<'t>> {
    let cell = layout.scene_cells(scene).iter().find(|cell| cell.sensor == sensor)?;
    let writings = Writings::read(tree, layout, &alignment.readings, *cell);
    Some(Side::as_named(cell.folder, writings))
}

/// A sensor's frames and the reference's.
pub(super) struct Sides<'s, 't> {
    pub(super) own: &'s Side<'t>,
    pub(super) reference: &'s Side<'t>,
}

impl Sides<'_, '_> {
    /// The pairs by one way, as `relation` has found the two to stand.
    pub(super) fn pair(
        &self,
        relation: &Relation,
        tolerance_ns: Option<u64>,
        by: &PairBy,
    ) -> Result<SensorPairing, Fault> {
        let timelines = (&self.reference.timeline, &self.own.timeline);
        if self.own.timeline.mixed || self.reference.timeline.mixed {
            return Err(Fault::SeveralUnits);
        }
        let zeros_differ = self.reference.zeros_differ(self.own);
        let fitted = fitted(timelines, zeros_differ, tolerance_ns, relation);
        let nearest = || under(timelines, tolerance_ns, 0);
        let disagreement = fitted
            .as_ref()
            .zip(nearest())
            .and_then(|(fitted, nearest)| self.disagreement(fitted, &nearest));
        let chosen = match by {
            PairBy::Nearest => nearest(),
            PairBy::Order => Some(self.in_order(fitted.as_ref())?),
            PairBy::Offset | PairBy::Table(_) => fitted.clone(),
        };
        let chosen = chosen.ok_or(Fault::Unrelated)?;
        if chosen.pairs.is_empty() {
            return Err(Fault::NoPairs);
        }
        let moves = self.moves(&chosen, fitted.as_ref()).settled(self.own)?;
        let clock = fitted.map(|_| Clock {
            offset: relation.offset,
            steps: relation.steps.as_ref().map(|steps| steps.stretches.clone()).unwrap_or_default(),
            rate: relation.rate,
        });
        Ok(SensorPairing {
            scene: relation.scene,
            sensor: relation.sensor,
            reference: relation.reference,
            clock,
            frames: self.own.names().len() as u64,
            reference_frames: self.reference.names().len() as u64,
            pairs: chosen.pairs.len() as u64,
            far: moves.far.len() as u64,
            sizes: chosen.sizes,
            timed: relation.timed,
            disagreement,
            near_moves: stems::set(self.own, moves.near),
            far_moves: stems::set(self.own, moves.far),
        })
    }

    /// The first with the first, the second with the second.
    fn in_order(&self, fitted: Option<&Mended>) -> Result<Mended, Fault> {
        let (own, reference) = (&self.own.timeline.stamps, &self.reference.timeline.stamps);
        if own.len() != reference.len() {
            let (frames, reference_frames) = (own.len() as u64, reference.len() as u64);
            return Err(Fault::CountsDiffer { frames, reference_frames });
        }
        let in_order = || own.iter().copied().zip(reference.iter().copied());
        if let Some(fitted) = fitted {
            let mut pairs = fitted.pairs.iter().map(|pair| (pair.own, pair.reference));
            if !pairs.by_ref().eq(in_order()) {
                return Err(Fault::StampsTell { pairs: fitted.pairs.len() as u64 });
            }
        }
        Ok(Mended::in_order(in_order()))
    }

    /// The stems that the pairs give.
    fn moves(&self, chosen: &Mended, fitted: Option<&Mended>) -> Moves {
        let clock: Option<HashMap<i128, i128>> = fitted.map(|it| it.instants().collect());
        let is_far = |own: i128, reference: i128| {
            let (Some(clock), Some(fitted)) = (&clock, fitted) else { return false };
            let at = clock.get(&own).copied();
            let off = at.map(|at| (at - fitted.figure_of(reference)).abs());
            off.is_none_or(|off| off > i128::from(fitted.half_step))
        };
        let mut moves = Moves::default();
        for pair in &chosen.pairs {
            let from = self.own.stem_of(pair.own).map(<[u8]>::to_vec);
            let to = self.reference.stem_at(pair.reference);
            let side = match is_far(pair.own, pair.reference) {
                true => &mut moves.far,
                false => &mut moves.near,
            };
            side.extend(from.zip(to));
        }
        for (own, corrected) in &chosen.alone {
            let from = self.own.stem_of(*own).map(<[u8]>::to_vec);
            let both = from.zip(self.reference.stem_at(*corrected));
            match chosen.is_apart || self.own.is_renamed() {
                true => moves.near.extend(both),
                false => moves.spare.extend(both),
            }
        }
        moves
    }

    fn disagreement(&self, fitted: &Mended, nearest: &Mended) -> Option<Disagreement> {
        let partners = |of: &Mended| -> HashMap<i128, i128> {
            of.pairs.iter().map(|pair| (pair.own, pair.reference)).collect()
        };
        let (by_offset, by_nearest) = (partners(fitted), partners(nearest));
        let stamps = self.own.timeline.stamps.iter();
        let mut differing = stamps.filter(|own| by_offset.get(*own) != by_nearest.get(*own));
        let first = *differing.next()?;
        let partner =
            |of: &HashMap<i128, i128>| self.reference.name_of(*of.get(&first)?).map(<[u8]>::to_vec);
        Some(Disagreement {
            count: 1 + differing.count() as u64,
            frame: self.own.name_of(first)?.to_vec(),
            by_offset: partner(&by_offset),
            by_nearest: partner(&by_nearest),
        })
    }
}
