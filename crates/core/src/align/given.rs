//! Holding sensors against each other by times that do not stand in their names.

use std::rc::Rc;

use super::choose::{Chosen, Member, SceneFrames, choose};
use super::fit::Scratch;
use super::relation::Relation;
use super::timeline::Timeline;
use crate::layout::{SceneId, SensorId};

/// A sensor of a scene with its times.
pub(crate) struct Given {
    /// The sensor.
    pub(crate) sensor: SensorId,
    /// Whether it is a LiDAR.
    pub(crate) is_lidar: bool,
    /// Whether the settings name it as the reference.
    pub(crate) is_named: bool,
    /// Its times.
    pub(crate) timeline: Rc<Timeline>,
}

struct Frames<'g>(&'g [Given]);

impl SceneFrames for Frames<'_> {
    fn timeline(&mut self, member: usize) -> Rc<Timeline> {
        self.0.get(member).map(|it| Rc::clone(&it.timeline)).unwrap_or_default()
    }

    fn zeros_differ(&self, _: usize, _: usize) -> bool {
        false
    }

    fn hint(&self, _: usize, _: usize) -> Option<i128> {
        None
    }
}

/// The position of the reference among the sensors of a scene, and how each stands to it; of the
/// sensors in order, LiDARs come first.
pub(crate) fn relate(
    scene: SceneId,
    sensors: &[Given],
    tolerance_ns: Option<u64>,
) -> Option<(usize, Vec<Relation>)> {
    let mut order: Vec<usize> = (0..sensors.len()).collect();
    order.sort_by_key(|at| sensors.get(*at).map(|it| (!it.is_lidar, *at)));
    let rank = |at: usize| order.iter().position(|other| *other == at).unwrap_or_default();
    let member = |(at, it): (usize, &Given)| Member {
        weight: 1,
        rank: rank(at),
        is_named: it.is_named,
        is_lidar: it.is_lidar,
    };
    let members: Vec<Member> = sensors.iter().enumerate().map(member).collect();
    let chosen = choose(&members, &mut Frames(sensors), tolerance_ns, &mut Scratch::default());
    let Chosen { reference, comparisons } = chosen;
    let home = sensors.get(reference)?;
    let frames = |it: &Given| it.timeline.stamps.len() as u64;
    let relations = sensors.iter().zip(comparisons).map(|(it, comparison)| {
        let mut relation = Relation {
            frames: frames(it),
            ..Relation::same(scene, (home.sensor, it.sensor), frames(home))
        };
        if let Some(comparison) = comparison {
            relation.take(comparison);
        }
        relation
    });
    Some((reference, relations.collect()))
}
