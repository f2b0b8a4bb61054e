//! What a tick of a timeline is, and what is measured in ticks.

use super::fit::{Scratch, percentile_of_size};
use super::relation::Sizes;
use super::scaling::{factor, times};
use super::timeline::{Cadence, Timeline};

/// Without a word from the user, jitter is at most this.
const MOST_TOLERANCE_NS: i128 = 100_000_000;

/// The sizes of the distances at hand.
pub(super) fn sizes(ticks: Ticks, scratch: &mut Scratch) -> Option<Sizes> {
    let Scratch { distances, sorted } = scratch;
    let max = distances.iter().map(|distance| distance.saturating_abs()).max()?;
    let of_size = |percent: usize, sorted: &mut Vec<i64>| {
        ticks.figure(i128::from(percentile_of_size(distances, percent, sorted)))
    };
    Some(Sizes {
        median: of_size(50, sorted),
        p95: of_size(95, sorted),
        max: ticks.figure(i128::from(max)),
    })
}

/// What a tick is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticks {
    /// Digits behind the decimal point of a second; `None` where stamps are no times.
    pub(super) decimals: Option<u8>,
}

impl Ticks {
    /// Ticks as nanoseconds, or as they are.
    pub(super) fn wide_figure(self, ticks: i128) -> i128 {
        match self.decimals {
            None => ticks,
            Some(decimals @ ..=9) => times(ticks, factor(9 - decimals)),
            Some(decimals) => ticks / factor(decimals - 9),
        }
    }

    /// The same for a distance, which is no longer than a step.
    pub(super) fn figure(self, ticks: i128) -> i64 {
        let value = self.wide_figure(ticks);
        i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
    }

    /// The mean of the usual steps.
    pub(super) fn mean_step(self, cadence: Cadence) -> i64 {
        self.figure(cadence.near_sum) / i64::try_from(cadence.near.max(1)).unwrap_or(i64::MAX)
    }

    pub(super) fn ticks_of(self, value: i128) -> i128 {
        match self.decimals {
            None => value,
            Some(decimals @ ..=9) => value / factor(9 - decimals),
            Some(decimals) => times(value, factor(decimals - 9)),
        }
    }
}

/// How far apart two stamps may lie and be one frame's jitter, in ticks of this reference.
pub(super) fn tolerance_of(reference: &Timeline, set: Option<u64>) -> i128 {
    i128::from(tolerance(reference.cadence(), Ticks { decimals: reference.decimals }, set))
}

/// The tolerance in ticks: the user's, else half the cadence and at most 100 ms.
pub(super) fn tolerance(cadence: Option<Cadence>, ticks: Ticks, set: Option<u64>) -> i64 {
    let timed = ticks.decimals.is_some();
    let most = ticks.ticks_of(MOST_TOLERANCE_NS);
    let tolerance = match (set.filter(|_| timed), cadence) {
        (Some(nanoseconds), _) => ticks.ticks_of(i128::from(nanoseconds)),
        (None, Some(cadence)) if timed => (cadence.step / 2).min(most),
        (None, Some(cadence)) => cadence.step / 2,
        (None, None) if timed => most,
        (None, None) => 0,
    };
    // Leaves room to add a few.
    i64::try_from(tolerance).unwrap_or(i64::MAX).min(i64::MAX / 8)
}
