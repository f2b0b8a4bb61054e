//! What is in a tree.

use sensortree_core::names::{METADATA, SensorKind};
use sensortree_core::sketch::{Drawn, FRAME_BYTES, Sketch, fitting_metadata};
use sensortree_core::tree::Entry;
use sensortree_probe::Depth;

/// The unit in which timestamps are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds, as the platform's page has them.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

impl Unit {
    fn nanoseconds(self) -> i64 {
        match self {
            Unit::Seconds => 1_000_000_000,
            Unit::Milliseconds => 1_000_000,
            Unit::Microseconds => 1_000,
            Unit::Nanoseconds => 1,
        }
    }
}

/// One sensor of a [`Plan`].
#[derive(Clone, Debug)]
pub struct SensorPlan {
    /// LiDAR or camera.
    pub kind: SensorKind,
    /// Its name, without the prefix.
    pub name: String,
    /// How far its clock is ahead, in nanoseconds.
    pub offset_ns: i64,
    /// How far, in nanoseconds, a timestamp may lie to either side of where it belongs.
    pub jitter_ns: i64,
    /// How many of a million frames are lost.
    pub lost_per_million: u64,
    /// How many frames it takes where the plan has one.
    pub rate: u32,
    /// The unit of its timestamps.
    pub unit: Unit,
}

/// A dataset: each sensor has each scene, and in it the same timestamps but for what the sensors'
/// own plans say.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What chance follows from.
    pub seed: u64,
    /// The sensors.
    pub sensors: Vec<SensorPlan>,
    /// How many scenes there are.
    pub scenes: u32,
    /// How many frames a sensor of rate 1 has in each scene.
    pub frames: u32,
    /// The first timestamp of the first scene, in nanoseconds.
    pub start_ns: i64,
    /// From one frame to the next, in nanoseconds.
    pub period_ns: i64,
}

/// From the end of one scene to the start of the next.
const PAUSE_NS: i64 = 10_000_000_000;

impl Plan {
    /// A good tree at 10 Hz, in milliseconds.
    #[must_use]
    pub fn new(lidars: u32, cameras: u32, scenes: u32, frames: u32) -> Self {
        let sensor = |kind, at: u32| SensorPlan {
            kind,
            name: format!("{}{at}", kind.as_str().chars().next().unwrap_or_default()),
            offset_ns: 0,
            jitter_ns: 0,
            lost_per_million: 0,
            rate: 1,
            unit: Unit::Milliseconds,
        };
        let lidars = (0..lidars).map(|at| sensor(SensorKind::Lidar, at));
        let cameras = (0..cameras).map(|at| sensor(SensorKind::Camera, at));
        Plan {
            seed: 0,
            sensors: lidars.chain(cameras).collect(),
            scenes,
            frames,
            start_ns: 1_681_532_060_061_000_000,
            period_ns: 100_000_000,
        }
    }

    /// The sensors of one kind.
    pub fn sensors_mut(&mut self, kind: SensorKind) -> impl Iterator<Item = &mut SensorPlan> {
        self.sensors.iter_mut().filter(move |sensor| sensor.kind == kind)
    }

    /// The same plan, in which of the cameras the second has a clock 30 ms ahead, the third jitters
    /// by up to 4 ms, and the fourth lost 2 of a thousand frames.
    #[must_use]
    pub fn with_three_bad_cameras(mut self) -> Self {
        for (at, sensor) in self.sensors_mut(SensorKind::Camera).enumerate() {
            match at {
                1 => sensor.offset_ns = 30_000_000,
                2 => sensor.jitter_ns = 4_000_000,
                3 => sensor.lost_per_million = 2_000,
                _ => {}
            }
        }
        self
    }

    /// A number that depends on nothing but the seed and these.
    pub(crate) fn chance(&self, sensor: usize, scene: u32, frame: u32) -> u64 {
        let mut bits = self.seed;
        for part in [sensor as u64, u64::from(scene), u64::from(frame)] {
            bits = mix(bits ^ part.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        }
        bits
    }

    /// The timestamps of one sensor in one scene, in its unit.
    pub fn stamps(&self, sensor: usize, scene: u32) -> impl Iterator<Item = i64> + '_ {
        let facts = &self.sensors[sensor];
        let length = i64::from(self.frames) * self.period_ns + PAUSE_NS;
        let first = self.start_ns + i64::from(scene) * length + facts.offset_ns;
        let period = self.period_ns / i64::from(facts.rate.max(1));
        let steady = facts.jitter_ns == 0 && facts.lost_per_million == 0;
        (0..self.frames * facts.rate.max(1)).filter_map(move |frame| {
            let mut stamp = first + i64::from(frame) * period;
            if !steady {
                let chance = self.chance(sensor, scene, frame);
                if chance % 1_000_000 < facts.lost_per_million {
                    return None;
                }
                let width = 2 * facts.jitter_ns + 1;
                stamp += ((chance >> 20).cast_signed() & i64::MAX) % width - facts.jitter_ns;
            }
            Some(stamp.div_euclid(facts.unit.nanoseconds()))
        })
    }

    /// The folder of one sensor in one scene, with a `/` at its end.
    #[must_use]
    pub fn folder(&self, sensor: usize, scene: u32) -> String {
        let SensorPlan { kind, name, .. } = &self.sensors[sensor];
        format!("{}{name}/scene_{scene:04}/", kind.prefix())
    }

    /// Lists every file, in an order that a cloud listing would have, without making anything for
    /// an entry: so a core can be fed any number of them. `size` is that of every frame.
    pub fn list(&self, size: u64, mut each: impl FnMut(&Entry<'_>)) {
        let mut path = Vec::new();
        let mut digits = itoa::Buffer::new();
        for sensor in 0..self.sensors.len() {
            let suffix = self.sensors[sensor].kind.suffix().as_bytes();
            for scene in 0..self.scenes {
                path.clear();
                path.extend_from_slice(self.folder(sensor, scene).as_bytes());
                let folder = path.len();
                for stamp in self.stamps(sensor, scene) {
                    path.truncate(folder);
                    path.extend_from_slice(digits.format(stamp).as_bytes());
                    path.push(b'.');
                    path.extend_from_slice(suffix);
                    each(&Entry::file(&path, size));
                }
            }
        }
        each(&Entry::file(METADATA.as_bytes(), self.metadata().len() as u64));
    }

    /// The metadata.json that fits.
    #[must_use]
    pub fn metadata(&self) -> String {
        let names = |kind: SensorKind| -> Vec<String> {
            let of_kind = self.sensors.iter().filter(|sensor| sensor.kind == kind);
            of_kind.map(|sensor| sensor.name.clone()).collect()
        };
        fitting_metadata(&names(SensorKind::Lidar), &names(SensorKind::Camera))
    }

    /// The tree drawn in memory.
    #[must_use]
    pub fn sketch(&self) -> Sketch {
        let mut entries = Vec::new();
        self.list(FRAME_BYTES, |entry| entries.push(Drawn::file(entry.path)));
        let metadata = Some(self.metadata().into_bytes());
        let target = "dataset".to_owned();
        Sketch { target, archive: None, depth: Depth::Headers, entries, metadata, request: None }
    }
}

/// Spreads every bit over all others (the finaliser of SplitMix64).
fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensortree_core::finding::settings::Settings;

    #[test]
    fn a_plan_gives_the_same_tree_again() {
        let plan = |seed| {
            let mut plan = Plan { seed, ..Plan::new(1, 1, 2, 50) };
            plan.sensors[1].jitter_ns = 3_000_000;
            plan.sensors[1].lost_per_million = 100_000;
            plan.sketch().entries
        };
        assert_eq!(plan(1), plan(1));
        assert_ne!(plan(1), plan(2));
        let kept = plan(1).iter().filter(|drawn| drawn.path.starts_with(b"camera-")).count();
        assert!((70..100).contains(&kept), "{kept} of 100 are kept");
    }

    #[test]
    fn a_good_tree_of_any_shape_gives_no_finding() {
        for (lidars, cameras) in [(1, 0), (0, 1), (0, 6), (1, 1), (2, 6)] {
            for (scenes, frames) in [(1, 1), (1, 2), (3, 1), (2, 100)] {
                let sketch = Plan::new(lidars, cameras, scenes, frames).sketch();
                let report = sensortree_core::check(sketch.inspection(), &Settings::default());
                assert!(
                    report.findings.is_empty(),
                    "{lidars} {cameras} {scenes} {frames}: {:#?}",
                    report.findings
                );
            }
        }
    }

    #[test]
    fn a_sensor_has_its_own_rate_unit_and_offset() {
        let mut plan = Plan { start_ns: 0, ..Plan::new(1, 1, 1, 2) };
        plan.sensors[1] = SensorPlan {
            rate: 2,
            unit: Unit::Microseconds,
            offset_ns: 7_000,
            ..plan.sensors[1].clone()
        };
        assert_eq!(plan.stamps(0, 0).collect::<Vec<_>>(), [0, 100]);
        assert_eq!(plan.stamps(1, 0).collect::<Vec<_>>(), [7, 50_007, 100_007, 150_007]);
    }
}
