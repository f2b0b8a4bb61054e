//! The unit in which a timestamp counts, told by its magnitude.

use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;

/// A unit of time in which a stem counts since an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Whole or decimal seconds.
    Seconds,
    /// Milliseconds, the unit that the platform's page shows (fact T6).
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

/// Frames an hour apart on average are no recording, so stamps of that cadence were not read in
/// the right unit.
const LONGEST_CADENCE_SECONDS: i128 = 3_600;

impl Unit {
    /// Every unit, coarsest first.
    pub const ALL: [Unit; 4] =
        [Unit::Seconds, Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds];

    /// The unit of a stamp since 1970 or 1980, by how many digits it has. `None` for what is too
    /// small or too large to be one: an index, or a time since some start.
    #[must_use]
    pub fn of_stamp(value: i128) -> Option<Self> {
        // For the years 2001 to 5138 in seconds, 1973 to 5138 in the others.
        match value {
            1_000_000_000..100_000_000_000 => Some(Unit::Seconds),
            100_000_000_000..100_000_000_000_000 => Some(Unit::Milliseconds),
            100_000_000_000_000..100_000_000_000_000_000 => Some(Unit::Microseconds),
            100_000_000_000_000_000..100_000_000_000_000_000_000 => Some(Unit::Nanoseconds),
            _ => None,
        }
    }

    /// The unit of all frames written in one way, by magnitude, where their average cadence bears
    /// it out. `None` also when the first and the last frame are not in the same unit.
    #[must_use]
    pub fn of_frames(naming: &Naming, frames: &FrameSet) -> Option<Self> {
        let (first, last) = (frames.first()?, frames.last()?);
        Self::of_span(first, last, frames.len(), naming.fraction_digits())
    }

    /// The same, from the first and last of `count` stamps with `fraction` digits behind
    /// the decimal point.
    pub(super) fn of_span(first: i128, last: i128, count: usize, fraction: u8) -> Option<Self> {
        let scale = 10_i128.checked_pow(u32::from(fraction))?;
        let unit = Self::of_stamp(first / scale)
            .filter(|unit| Self::of_stamp(last / scale) == Some(*unit))?;
        // Decimals are written of seconds; of anything else they are no more than a guess.
        if fraction > 0 && unit != Unit::Seconds {
            return None;
        }
        let steps = i128::try_from(count).ok()?.saturating_sub(1).max(1);
        let cadence = (last / scale - first / scale) / steps / unit.per_second();
        (cadence < LONGEST_CADENCE_SECONDS).then_some(unit)
    }

    /// How many make a second.
    #[must_use]
    pub fn per_second(self) -> i128 {
        match self {
            Unit::Seconds => 1,
            Unit::Milliseconds => 1_000,
            Unit::Microseconds => 1_000_000,
            Unit::Nanoseconds => 1_000_000_000,
        }
    }

    /// The noun in sentences: `milliseconds`.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds",
            Unit::Milliseconds => "milliseconds",
            Unit::Microseconds => "microseconds",
            Unit::Nanoseconds => "nanoseconds",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_magnitude_tells_the_unit() {
        let table = [
            (0, None),
            (-1_681_532_060_061, None),
            (199, None),
            (1_532_402_927, Some(Unit::Seconds)),
            (1_681_532_060_061, Some(Unit::Milliseconds)),
            (1_532_402_927_647_951, Some(Unit::Microseconds)),
            (315_966_265_659_927_216, Some(Unit::Nanoseconds)),
            (1_681_532_060_061_000_000, Some(Unit::Nanoseconds)),
            (10_000_000_000_000_000_000_000, None),
        ];
        for (stamp, unit) in table {
            assert_eq!(Unit::of_stamp(stamp), unit, "{stamp}");
        }
    }

    #[test]
    fn the_cadence_must_bear_it_out() {
        let span = |first, last, count, fraction| Unit::of_span(first, last, count, fraction);
        assert_eq!(span(1_681_532_060_061, 1_681_532_079_961, 200, 0), Some(Unit::Milliseconds));
        // Nanoseconds since a start: of the magnitude of seconds since 1970, but ten years apart.
        assert_eq!(span(1_200_000_000, 21_100_000_000, 200, 0), None);
        assert_eq!(span(1_532_402_927_647_951, 1_532_402_937_647_951, 100, 6), Some(Unit::Seconds));
        assert_eq!(span(1_681_532_060, 1_681_532_060_061, 2, 0), None);
    }
}
