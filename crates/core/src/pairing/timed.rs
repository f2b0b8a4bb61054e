//! Pairing frames by times that are given beside them.

use std::rc::Rc;

use hashbrown::HashMap;

use super::fault::{Fault, OwnFault, Refused};
use super::sensor::Sides;
use super::side::Side;
use super::times::{FrameTimes, Timed};
use super::{Clock, PairBy, PairingReport, SensorPairing, stems};
use crate::align::given::{Given, relate};
use crate::align::timeline::Writings;
use crate::align::{Alignment, Relation};
use crate::layout::{Layout, SceneId, SensorId};
use crate::names::SensorKind;
use crate::tree::Tree;

/// Pairs the frames of the scenes of which times are given. All frames of one moment get the
/// reference's time in milliseconds as their stem, or the reference's stem where it has no times
/// beside it. Scenes without times stay as they are.
pub(super) fn pair(
    tree: &Tree,
    layout: &Layout,
    alignment: &Alignment,
    by: &PairBy,
    times: &FrameTimes,
    reference: Option<&str>,
) -> Result<PairingReport, OwnFault> {
    let timed = times.resolve(tree, layout)?;
    let mut report = PairingReport::default();
    for scene in layout.scene_ids() {
        let cells = layout.scene_cells(scene).iter();
        if cells.clone().any(|cell| timed.contains_key(cell)) {
            let in_scene = Scene { tree, layout, alignment, scene };
            in_scene.pair(&timed, by, reference, &mut report);
        }
    }
    Ok(report)
}

struct Scene<'s> {
    tree: &'s Tree,
    layout: &'s Layout,
    alignment: &'s Alignment,
    scene: SceneId,
}

impl Scene<'_> {
    fn pair(&self, timed: &Timed, by: &PairBy, named: Option<&str>, report: &mut PairingReport) {
        let mut sides: Vec<(SensorId, Side<'_>)> = Vec::new();
        for cell in self.layout.scene_cells(self.scene) {
            let side = match timed.get(cell) {
                Some(names) => Side::timed(cell.folder, names.clone()),
                None => {
                    let readings = &self.alignment.readings;
                    let writings = Writings::read(self.tree, self.layout, readings, *cell);
                    Side::as_named(cell.folder, writings)
                }
            };
            if side.names().is_empty() {
                continue;
            }
            match side.timeline.decimals {
                Some(_) => sides.push((cell.sensor, side)),
                None => self.refuse(report, cell.sensor, Fault::NoTimes),
            }
        }
        let given: Vec<Given> = sides
            .iter()
            .map(|(id, side)| {
                let sensor = self.layout.sensor(*id);
                Given {
                    sensor: *id,
                    is_lidar: sensor.kind == SensorKind::Lidar,
                    is_named: named.is_some_and(|it| sensor.name == it || sensor.label() == it),
                    timeline: Rc::new(side.timeline.clone()),
                }
            })
            .collect();
        let tolerance = self.alignment.tolerance_ns;
        let Some((at, relations)) = relate(self.scene, &given, tolerance) else { return };
        let Some((sensor, reference)) = sides.get(at) else { return };
        match self.by_its_times(*sensor, reference) {
            Err(fault) => return self.refuse(report, *sensor, fault),
            Ok(pairing) => report.sensors.push(pairing),
        }
        for ((sensor, own), relation) in sides.iter().zip(&relations) {
            if *sensor != relation.reference {
                match (Sides { own, reference }).pair(relation, tolerance, by) {
                    Ok(pairing) => report.sensors.push(pairing),
                    Err(fault) => self.refuse(report, *sensor, fault),
                }
            }
        }
        report.sensors.sort_by_key(|it| (it.scene, it.sensor));
    }

    fn refuse(&self, report: &mut PairingReport, sensor: SensorId, fault: Fault) {
        report.refused.push(Refused { scene: self.scene, sensor, fault });
        report.refused.sort_by_key(|it| (it.scene, it.sensor));
    }

    /// The reference, named by its own times.
    fn by_its_times(&self, sensor: SensorId, side: &Side<'_>) -> Result<SensorPairing, Fault> {
        let mut stems: Vec<stems::Renamed> = Vec::with_capacity(side.names().len());
        let mut taken: HashMap<Vec<u8>, i128> = HashMap::new();
        for (time, _) in side.names() {
            let Some(to) = side.stem_at(*time) else { continue };
            if taken.insert(to.clone(), *time).is_some() {
                return Err(Fault::OneMillisecond { stem: to });
            }
            stems.extend(side.stem_of(*time).map(|from| (from.to_vec(), to)));
        }
        let frames = side.names().len() as u64;
        let same = Relation::same(self.scene, (sensor, sensor), frames);
        Ok(SensorPairing {
            scene: self.scene,
            sensor,
            reference: sensor,
            clock: Some(Clock { offset: None, steps: Vec::new(), rate: None }),
            frames,
            reference_frames: frames,
            pairs: frames,
            far: 0,
            sizes: None,
            timed: same.timed,
            disagreement: None,
            near_moves: stems::set(side, stems),
            far_moves: None,
        })
    }
}
