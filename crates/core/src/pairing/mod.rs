//! Which frames of a scene's sensors are one, by a way that a person chooses, and the names that
//! they get so.
//!
//! In each scene every sensor is held against one, the reference of the [`Alignment`]: pairs are
//! one to one and in the order of time, and the sensor's frames take the stems of the reference's.
//! A frame that would move by more than half a step beyond its sensor's clock, as that was fitted,
//! is set apart, since it is another frame as likely as not.

mod fault;
mod own;
mod rows;
mod sensor;
pub(crate) mod side;
pub(crate) mod stems;
mod sums;
mod timed;
mod times;

pub use fault::{Fault, OwnFault, Refused};
pub use own::{OwnPair, OwnPairs};
pub use sums::SensorSum;
pub use times::FrameTimes;

use crate::align::{Alignment, Offset, Rate, Sizes, Stretch};
use crate::finding::figures::{self, Figure};
use crate::layout::{Layout, SceneId, SensorId};
use crate::repair::Operation;
use crate::tree::Tree;

/// How frames are paired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PairBy {
    /// Each sensor's clock as it was fitted.
    Offset,
    /// The nearest stamps, as they are.
    Nearest,
    /// The first frame with the first, the second with the second: only where the counts agree and
    /// the stamps tell nothing.
    Order,
    /// Pairs that the user gives.
    Table(OwnPairs),
}

impl PairBy {
    /// The word for it on the command line and in plans.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            PairBy::Offset => "offset",
            PairBy::Nearest => "nearest",
            PairBy::Order => "order",
            PairBy::Table(_) => "table",
        }
    }
}

/// The rules whose repairs a chosen pairing stands in the place of: those that rest on how the
/// clocks of two sensors stand.
pub const REPLACED: [&str; 5] = ["A203", "A204", "A205", "A206", "A207"];
/// Those whose repairs times that are given stand in the place of, besides: that stems are no
/// stamps, or not in milliseconds.
pub const REPLACED_BY_TIMES: [&str; 2] = ["L117", "L118"];

/// What a pairing comes to.
#[derive(Clone, Debug, Default)]
pub struct PairingReport {
    /// The sensors that do not have the very frames of the reference, by scene and then by sensor.
    pub sensors: Vec<SensorPairing>,
    /// Sensors of which no pairs are known, by scene and then by sensor. Their frames stay as they
    /// are.
    pub refused: Vec<Refused>,
}

/// The frames of one sensor in one scene, paired with the reference's.
#[derive(Clone, Debug)]
pub struct SensorPairing {
    /// The scene.
    pub scene: SceneId,
    /// The sensor.
    pub sensor: SensorId,
    /// What it is paired with; the sensor itself where its stems are given one by one.
    pub reference: SensorId,
    /// Its clock as it was fitted, whichever way frames are paired; `None` where nothing relates
    /// the two.
    pub clock: Option<Clock>,
    /// The sensor's frames.
    pub frames: u64,
    /// The reference's frames.
    pub reference_frames: u64,
    /// How many pair.
    pub pairs: u64,
    /// How many of those move by more than half a step beyond the fitted clock.
    pub far: u64,
    /// How far paired frames lie apart once the clock as it is taken by this way is set right;
    /// `None` without pairs, and where no stamps are compared.
    pub sizes: Option<Sizes>,
    /// Whether lengths are nanoseconds, or plain numbers since the stems are no times.
    pub timed: bool,
    /// Where the nearest stamps and the fitted clock give other pairs.
    pub disagreement: Option<Disagreement>,
    /// What gives the frames their new stems, without those that move far.
    pub near_moves: Option<Operation>,
    /// The same for those that move far.
    pub far_moves: Option<Operation>,
}

/// The clock of a sensor against the reference's.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// How far they stand apart; `None` where they do not.
    pub offset: Option<Offset>,
    /// The settings of the clock, where it was set while it recorded.
    pub steps: Vec<Stretch>,
    /// The rates, where those differ.
    pub rate: Option<Rate>,
}

/// Where the nearest stamps and the fitted clock give frames other partners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Of how many frames of the sensor.
    pub count: u64,
    /// The file name of the first of them.
    pub frame: Vec<u8>,
    /// The file name of its partner by the fitted clock, where it has one.
    pub by_offset: Option<Vec<u8>>,
    /// The file name of its partner by the nearest stamp, where it has one.
    pub by_nearest: Option<Vec<u8>>,
}

impl SensorPairing {
    /// Frames of the sensor, and of the reference, that have no partner.
    #[must_use]
    pub fn left(&self) -> (u64, u64) {
        (self.frames.saturating_sub(self.pairs), self.reference_frames.saturating_sub(self.pairs))
    }

    /// What was measured, each with its unit.
    #[must_use]
    pub fn figures(&self) -> Vec<Figure> {
        let length = |of_time, of_steps| if self.timed { of_time } else { of_steps };
        let offset = self.clock.as_ref().and_then(|clock| clock.offset);
        let lengths = [
            (offset.map(|it| it.by), &figures::OFFSET, &figures::OFFSET_STEPS),
            (offset.map(|it| it.drift.into()), &figures::DRIFT, &figures::DRIFT_STEPS),
            (
                self.sizes.map(|it| it.median.into()),
                &figures::RESIDUAL_MEDIAN,
                &figures::RESIDUAL_MEDIAN_STEPS,
            ),
            (
                self.sizes.map(|it| it.p95.into()),
                &figures::RESIDUAL_P95,
                &figures::RESIDUAL_P95_STEPS,
            ),
            (
                self.sizes.map(|it| it.max.into()),
                &figures::RESIDUAL_LARGEST,
                &figures::RESIDUAL_LARGEST_STEPS,
            ),
        ];
        let counts = [
            (&figures::FRAMES_COMPARED, self.frames),
            (&figures::REFERENCE_FRAMES_COMPARED, self.reference_frames),
            (&figures::FRAMES_PAIRED, self.pairs),
        ];
        let counts = counts.map(|(quantity, value)| Figure { quantity, value: value.into() });
        let lengths = lengths.into_iter().filter_map(|(value, of_time, of_steps)| {
            Some(Figure { quantity: length(of_time, of_steps), value: value? })
        });
        counts.into_iter().chain(lengths).collect()
    }
}

impl PairingReport {
    /// What gives all paired frames one stem: without those that move by more than half a step
    /// beyond their sensor's clock, or with them.
    pub fn operations(&self, far: bool) -> impl Iterator<Item = &Operation> {
        self.sensors.iter().flat_map(move |it| {
            it.near_moves.iter().chain(it.far_moves.iter().filter(move |_| far))
        })
    }
}

/// Pairs the frames of every scene; where times are given, of the scenes that they are of, and
/// then the settings' `reference` says which sensor the others are held against. Pairs that the
/// user gives need no times.
///
/// # Errors
/// When pairs that the user gives cannot be followed.
pub fn pair(
    tree: &Tree,
    layout: &Layout,
    alignment: &Alignment,
    by: &PairBy,
    times: Option<(&FrameTimes, Option<&str>)>,
) -> Result<PairingReport, OwnFault> {
    if let PairBy::Table(pairs) = by {
        return pairs.resolve(tree, layout, &alignment.readings);
    }
    if let Some((times, reference)) = times {
        return timed::pair(tree, layout, alignment, by, times, reference);
    }
    let mut report = PairingReport::default();
    for relation in alignment.relations() {
        if relation.sensor == relation.reference {
            continue;
        }
        match sensor::pair(tree, layout, alignment, relation, by) {
            Ok(paired) => report.sensors.push(paired),
            Err(fault) => {
                let (scene, sensor) = (relation.scene, relation.sensor);
                report.refused.push(Refused { scene, sensor, fault });
            }
        }
    }
    Ok(report)
}

#[cfg(test)]
mod tests;
