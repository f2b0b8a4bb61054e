//! A duration as people write it.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;

/// How far apart two timestamps may lie and still be one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// In nanoseconds.
    pub nanoseconds: u64,
}

/// Text that is no tolerance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ToleranceError {
    /// Not a duration.
    #[error("`{0}` is not a duration; write it as 50ms, 1.5s or 100us")]
    NotADuration(String),
    /// A duration below zero, or one of centuries.
    #[error("`{0}` lies outside what a tolerance can be: from 0s to 584 years")]
    OutOfRange(String),
}

impl FromStr for Tolerance {
    type Err = ToleranceError;

    fn from_str(text: &str) -> Result<Self, ToleranceError> {
        let duration: SignedDuration =
            text.parse().map_err(|_| ToleranceError::NotADuration(text.to_owned()))?;
        match u64::try_from(duration.as_nanos()) {
            Ok(nanoseconds) => Ok(Tolerance { nanoseconds }),
            Err(_) => Err(ToleranceError::OutOfRange(text.to_owned())),
        }
    }
}

impl fmt::Display for Tolerance {
    /// In the largest unit of which it is a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")];
        let whole = units.into_iter().find(|(scale, _)| self.nanoseconds.is_multiple_of(*scale));
        let (scale, unit) = whole.unwrap_or((1, "ns"));
        write!(f, "{}{unit}", self.nanoseconds / scale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_as_people_write_them() {
        let check = |text: &str, expected: Option<u64>| {
            assert_eq!(
                text.parse().ok().map(|tolerance: Tolerance| tolerance.nanoseconds),
                expected,
                "{text}"
            );
        };
        check("50ms", Some(50_000_000));
        check("1s", Some(1_000_000_000));
        check("1.5s", Some(1_500_000_000));
        check("100us", Some(100_000));
        check("100 µs", Some(100_000));
        check("0s", Some(0));
        check("-1s", None);
        check("1 s ago", None);
        check("50", None);
        check("", None);
        check("9999999999999999999h", None);
        check("600 y", None);
    }
}
