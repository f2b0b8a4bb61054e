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
    /// The height of an image.
    HEIGHT = "height", Pixel;
    /// The height of a camera's images, as declared.
    HEIGHT_DECLARED = "height_declared", Pixel;
    /// How many frames one behind the other the longest run has.
    LONGEST_RUN = "longest_run", One;
    /// How far a sensor's clock runs ahead of the reference's; behind it, where that is below zero.
    OFFSET = "offset", Nanosecond;
    /// How far a sensor's frame numbers lie above the reference's; below them, where that is below zero.
    OFFSET_STEPS = "offset_steps", Step;
    /// The size of a file, or of a text in a document.
    SIZE = "size", Byte;
    /// The size that the platform takes at most; the least that it may mean, where that is not sure.
    SIZE_LIMIT = "size_limit", Byte;
    /// What the entries of an archive take in it, as declared.
    SIZE_PACKED = "size_packed", Byte;
    /// What the entries of an archive unpack to, as declared.
    SIZE_UNPACKED = "size_unpacked", Byte;
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
        let names: BTreeSet<&str> = ALL.iter().map(|quantity| quantity.name).collect();
        assert_eq!(names.len(), ALL.len());
        for quantity in ALL {
            assert!(quantity.meaning.ends_with('.') && !quantity.meaning.starts_with(' '));
        }
    }
}
