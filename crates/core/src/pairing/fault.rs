//! Why frames are not paired.

use std::fmt;

use crate::layout::{SceneId, SensorId};
use crate::text;

/// A sensor of which no pairs are known in a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The scene.
    pub scene: SceneId,
    /// The sensor.
    pub sensor: SensorId,
    /// Why.
    pub fault: Fault,
}

/// Why a sensor's frames are not paired with the reference's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No clock relates the two.
    Unrelated,
    /// Other sensors of the scene have times beside them, and it has none, nor do its names tell
    /// any.
    NoTimes,
    /// The names count in several units at once.
    SeveralUnits,
    /// Not one frame has another near it.
    NoPairs,
    /// The numbers of frames differ, so the order tells nothing.
    CountsDiffer {
        /// The sensor's frames.
        frames: u64,
        /// The reference's.
        reference_frames: u64,
    },
    /// The stamps pair frames otherwise than the order does.
    StampsTell {
        /// How many frames they pair.
        pairs: u64,
    },
    /// A frame without partner has the stem that another one gets, and no other is known for it.
    Taken {
        /// That stem.
        stem: Vec<u8>,
    },
    /// Two frames of the reference would get one stem, since their times are of one millisecond.
    OneMillisecond {
        /// That stem.
        stem: Vec<u8>,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Unrelated => write!(f, "no clock relates its frames to the reference's"),
            Fault::NoTimes => write!(f, "no times of its frames are given"),
            Fault::SeveralUnits => write!(f, "its stamps are of several units"),
            Fault::NoPairs => write!(f, "no frame lies near one of the reference"),
            Fault::CountsDiffer { frames, reference_frames } => write!(
                f,
                "it has {}, and the reference {}: their order does not tell which belong together",
                text::count(*frames, "frame"),
                text::number(*reference_frames)
            ),
            Fault::StampsTell { pairs } => write!(
                f,
                "the stamps pair {}, and otherwise than their order does",
                text::count(*pairs, "frame")
            ),
            Fault::Taken { stem } => write!(
                f,
                "a frame without partner has the stem `{}`, which another one gets",
                text::lossless(stem)
            ),
            Fault::OneMillisecond { stem } => write!(
                f,
                "two frames of the reference are of one millisecond, `{}`",
                text::lossless(stem)
            ),
        }
    }
}

/// Why a line that gives times or pairs cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnFault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in a few words.
    pub reason: String,
}

impl fmt::Display for OwnFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.reason)
    }
}

impl std::error::Error for OwnFault {}
