//! Pairing the frames of one scene across its sensors.

pub mod unit;

use crate::layout::Layout;
use crate::settings::Settings;
use crate::tree::Tree;

/// How each sensor's timestamps relate to the reference's, scene by scene.
#[derive(Clone, Debug)]
pub struct Alignment {}

impl Alignment {
    /// Compares the sensors of every scene.
    #[must_use]
    pub fn of(_tree: &Tree, _layout: &Layout, _settings: &Settings) -> Self {
        Alignment {}
    }

    /// The cadence of the reference sensor in nanoseconds, the median over its scenes.
    #[must_use]
    pub fn cadence_ns(&self) -> Option<u64> {
        None
    }

    /// Settings about alignment that had no effect, in words.
    #[must_use]
    pub fn idle_settings(&self, _settings: &Settings) -> Vec<String> {
        Vec::new()
    }
}
