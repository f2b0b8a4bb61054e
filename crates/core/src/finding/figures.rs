//! Measured values of findings: each is of a quantity of one table, with its unit.

/// What can be measured of a fault.
#[derive(Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Its name in reports, stable for ever.
    pub name: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// What it is, in one sentence.
    pub meaning: &'static str,
}

/// The unit of a [`Quantity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, counted.
    One,
    /// Bytes.
    Byte,
    /// Nanoseconds.
    Nanosecond,
    /// What one step of the numbers in frames' names is, where that is no time.
    Step,
    /// Pixels.
    Pixel,
}

impl Unit {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Unit::One => "1",
            Unit::Byte => "byte",
            Unit::Nanosecond => "ns",
            Unit::Step => "step",
            Unit::Pixel => "px",
        }
    }
}

/// A measured value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What was measured.
    pub quantity: &'static Quantity,
    /// How much it is, in the quantity's unit.
    pub value: i128,
}

macro_rules! quantities {
    ($($(#[doc = $meaning:literal])* $id:ident = $name:literal, $unit:ident;)*) => {
        $(
            $(#[doc = $meaning])*
            pub static $id: Quantity = Quantity {
                name: $name,
                unit: Unit::$unit,
                meaning: concat!($($meaning),*).trim_ascii(),
            };
        )*
        /// All quantities, by name.
        pub static ALL: &[&Quantity] = &[$(&$id),*];
    };
}

quantities! {
    /// The usual time between two frames of a sensor.
    CADENCE = "cadence", Nanosecond;
    /// The usual step between the numbers of two frames of a sensor.
    CADENCE_STEPS = "cadence_steps", Step;
    /// By how much a sensor's offset grows over a scene, at most; falls, where that is below zero.
    DRIFT = "drift", Nanosecond;
    /// By how much a sensor's offset in frame numbers grows over a scene, at most; falls, where
    /// that is below zero.
    DRIFT_STEPS = "drift_steps", Step;
    /// How many frames of sensors were compared with the reference's.
    FRAMES_COMPARED = "frames_compared", One;
    /// How many frames all sensors have, in the scenes of the finding.
    FRAMES_COMPLETE = "frames_complete", One;
    /// How many will be complete in all sensors once the finding is mended.
    FRAMES_COMPLETE_MENDED = "frames_complete_mended", One;
    /// How many frames pair one to one with frames of the reference.
    FRAMES_PAIRED = "frames_paired", One;
    /// The length of the longest stretch of time in which no sensor has a frame.
    GAP_LENGTH = "gap_length", Nanosecond;
    /// The height of an image.
    HEIGHT = "height", Pixel;
    /// The height of a camera's images, as declared.
    HEIGHT_DECLARED = "height_declared", Pixel;
    /// How many frames one behind the other the longest run has.
    LONGEST_RUN = "longest_run", One;
    /// How far a sensor's clock runs ahead of the reference's; behind it, where that is below zero.
    OFFSET = "offset", Nanosecond;
    /// How far a sensor's frame numbers lie above the reference's; below them, where that
    /// is below zero.
    OFFSET_STEPS = "offset_steps", Step;
    /// The usual time between two frames of the reference.
    REFERENCE_CADENCE = "reference_cadence", Nanosecond;
    /// The usual step between the numbers of two frames of the reference.
    REFERENCE_CADENCE_STEPS = "reference_cadence_steps", Step;
    /// How many frames of the reference were compared with the sensors'.
    REFERENCE_FRAMES_COMPARED = "reference_frames_compared", One;
    /// The largest distance between paired frames once offset and drift are taken off.
    RESIDUAL_LARGEST = "residual_largest", Nanosecond;
    /// The largest distance between the numbers of paired frames once offset and drift
    /// are taken off.
    RESIDUAL_LARGEST_STEPS = "residual_largest_steps", Step;
    /// The median distance between paired frames once offset and drift are taken off.
    RESIDUAL_MEDIAN = "residual_median", Nanosecond;
    /// The median distance between the numbers of paired frames once offset and drift
    /// are taken off.
    RESIDUAL_MEDIAN_STEPS = "residual_median_steps", Step;
    /// The distance between paired frames that 95 of 100 do not exceed, once offset and drift are
    /// taken off.
    RESIDUAL_P95 = "residual_p95", Nanosecond;
    /// The distance between the numbers of paired frames that 95 of 100 do not exceed, once offset
    /// and drift are taken off.
    RESIDUAL_P95_STEPS = "residual_p95_steps", Step;
    /// The size of a file, or of a text in a document.
    SIZE = "size", Byte;
    /// The size that the platform takes at most; the least that it may mean, where that
    /// is not sure.
    SIZE_LIMIT = "size_limit", Byte;
    /// What the entries of an archive take in it, as declared.
    SIZE_PACKED = "size_packed", Byte;
    /// What the entries of an archive unpack to, as declared.
    SIZE_UNPACKED = "size_unpacked", Byte;
    /// How many frames have a stamp that a frame of the reference has, too.
    STAMPS_IN_COMMON = "stamps_in_common", One;
    /// The width of an image.
    WIDTH = "width", Pixel;
    /// The width of a camera's images, as declared.
    WIDTH_DECLARED = "width_declared", Pixel;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_meanings_are_sentences() {
        assert!(ALL.is_sorted_by_key(|quantity| quantity.name), "in the order of their names");
        let names: BTreeSet<&str> = ALL.iter().map(|quantity| quantity.name).collect();
        assert_eq!(names.len(), ALL.len());
        for quantity in ALL {
            assert!(quantity.meaning.ends_with('.') && !quantity.meaning.starts_with(' '));
        }
    }
}
