//! Stamps in finer and coarser units, as far as numbers go.

use super::unit::Unit;

/// Digits behind the decimal point of a second that a stamp in this unit has.
pub(crate) fn decimals(unit: Unit) -> u8 {
    match unit {
        Unit::Seconds => 0,
        Unit::Milliseconds => 3,
        Unit::Microseconds => 6,
        Unit::Nanoseconds => 9,
    }
}

/// Ten to this power, as far as numbers go.
pub(crate) fn factor(power: u8) -> i128 {
    10_i128.saturating_pow(u32::from(power))
}

/// No stamp is larger, so that neither differences of stamps nor sums of a few of
/// those can overflow.
const LARGEST_STAMP: i128 = 10_i128.pow(37);

/// A stamp in a finer unit, as far as numbers go.
pub(crate) fn times(stamp: i128, factor: i128) -> i128 {
    stamp.saturating_mul(factor).clamp(-LARGEST_STAMP, LARGEST_STAMP)
}
