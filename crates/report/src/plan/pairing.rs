//! What a chosen pairing comes to, in words.

use sensortree_core::align::duration;
use sensortree_core::layout::{Layout, SceneId, SensorId};
use sensortree_core::pairing::SensorSum;
use sensortree_core::plan::{Incomplete, Spared};
use sensortree_core::report::paired::Paired;
use sensortree_core::text::{count, number};

use super::PairingView;
use crate::escape::visible_path;

/// The most scenes or sensors that are named one by one.
const MOST_NAMED: usize = 8;

/// What frames pair, sensor by sensor, and of which sensors no pairs are known.
pub(super) fn pairing_lines(pairing: &PairingView<'_>) -> Vec<String> {
    let PairingView { sums, far, .. } = *pairing;
    let Paired { report, layout } = pairing.paired;
    let mut lines: Vec<String> = sums.iter().map(|sum| of_sensor(layout, sum, far)).collect();
    let refused = report.refused.iter().take(MOST_NAMED).map(|it| {
        let (sensor, scene) = (sensor_name(layout, it.sensor), scene_name(layout, it.scene));
        format!("{sensor} in scene {scene} stays as it is: {}", it.fault)
    });
    lines.extend(refused);
    lines.extend(more(report.refused.len(), "sensor of a scene", "sensors of scenes"));
    lines
}

fn more(of: usize, one: &str, several: &str) -> Option<String> {
    let more = of.checked_sub(MOST_NAMED).filter(|more| *more > 0)?;
    let noun = if more == 1 { one } else { several };
    Some(format!("and {} more {noun} stay as they are", number(more as u64)))
}

fn sensor_name(layout: &Layout, sensor: SensorId) -> String {
    format!("`{}`", visible_path(&layout.sensor(sensor).folder_name))
}

fn scene_name(layout: &Layout, scene: SceneId) -> String {
    format!("`{}`", visible_path(layout.scene_name(scene)))
}

/// `camera-front`: 80 of 80 frames pair with those of `lidar-top`; …
fn of_sensor(layout: &Layout, sum: &SensorSum, moves_far: bool) -> String {
    let sensor = sensor_name(layout, sum.sensor);
    let (pairs, frames) = (number(sum.pairs), count(sum.frames, "frame"));
    if sum.sensor == sum.reference {
        return format!("{sensor}: {pairs} of {frames} get the stems that are given");
    }
    let length = |of: i128| duration(of, sum.timed);
    let mut parts = vec![format!(
        "{pairs} of {frames} pair with those of {}",
        sensor_name(layout, sum.reference)
    )];
    parts.extend(sum.offset.map(|by| {
        let way = if by < 0 { "behind" } else { "ahead" };
        format!("clock {} {way}", length(by.abs()))
    }));
    parts.extend(sum.median.zip(sum.p95).map(|(median, p95)| {
        format!("left: median {}, 95 of 100 within {}", length(median.into()), length(p95.into()))
    }));
    if sum.left != (0, 0) {
        let (own, other) = sum.left;
        parts.push(format!(
            "without partner: {} of its own and {} of the other's",
            number(own),
            number(other)
        ));
    }
    if sum.far > 0 {
        let far = number(sum.far);
        parts.push(match moves_far {
            true => format!("{far} move by more than half a step beyond its clock"),
            false => format!("{far} would move by more than half a step beyond its clock (--far)"),
        });
    }
    if let Some((scene, first)) = &sum.example {
        let name = |name: &Option<Vec<u8>>| match name {
            Some(name) => format!("`{}`", visible_path(name)),
            None => "nothing".to_owned(),
        };
        parts.push(format!(
            "the nearest stamps pair {} otherwise: `{}` of scene {} with {}, not {}",
            number(sum.disagreeing),
            visible_path(&first.frame),
            scene_name(layout, *scene),
            name(&first.by_nearest),
            name(&first.by_offset)
        ));
    }
    format!("{sensor}: {}", parts.join("; "))
}

/// What of the frames that are not in all sensors is to be taken out, and which scenes are left as
/// they are.
#[must_use]
pub fn incomplete_lines(incomplete: &Incomplete) -> Vec<String> {
    let dropped = incomplete.dropped();
    let of: u64 = incomplete.scenes.iter().filter(|scene| scene.dropped > 0).count() as u64;
    let mut lines = vec![match dropped {
        0 => "all frames are in all sensors of their scene".to_owned(),
        _ => format!(
            "{} of {} that not all sensors have: to be taken out",
            count(dropped, "file"),
            count(of, "scene")
        ),
    }];
    let spared = incomplete.spared.iter().take(MOST_NAMED).map(|(scene, why)| {
        let why = match why {
            Spared::NoFrames(sensor) => {
                format!("`{}` has no frames in it, and all of it would go", visible_path(sensor))
            }
            Spared::NoneComplete => "no frame is in all sensors, and all of it would go".to_owned(),
            Spared::NotAllKnown(sensor) => {
                format!("not all names of `{}` in it are known", visible_path(sensor))
            }
        };
        format!("scene `{}` stays as it is: {why}", visible_path(scene))
    });
    lines.extend(spared);
    lines.extend(more(incomplete.spared.len(), "scene", "scenes"));
    lines
}
