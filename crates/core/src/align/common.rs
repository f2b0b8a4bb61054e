//! [`Common`]: two timelines in the same ticks, and the way from one's to the other's.

use std::borrow::Cow;

use super::offset::Question;
use super::pairing::Line;
use super::rates::{self, RateRelation};
use super::scaling::{factor, times};
use super::scene::{Pair, Terms};
use super::ticks::{Ticks, tolerance};
use super::timeline::{Cadence, Timeline};

/// From the reference's ticks to the sensor's and back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) reference_factor: i128,
    pub(super) sensor_factor: i128,
    pub(super) line: Line,
}

impl Clock {
    /// Two stamps that are one, the reference's first, in common ticks.
    pub(super) fn pair(self, (reference, own): (i128, i128), off: i64) -> Pair {
        Pair { own: own / self.sensor_factor, reference: reference / self.reference_factor, off }
    }

    /// A stamp of the sensor in common ticks, on the reference's clock and in its ticks.
    pub(super) fn to_reference(self, stamp: i128) -> i128 {
        let stamp = stamp - self.line.at(stamp - self.line.offset);
        let half = self.reference_factor / 2;
        (stamp + stamp.signum() * half) / self.reference_factor
    }
}

/// Two timelines in the same ticks.
pub(super) struct Common<'a> {
    reference: Cow<'a, [i128]>,
    sensor: Cow<'a, [i128]>,
    pub(super) reference_cadence: Option<Cadence>,
    sensor_cadence: Option<Cadence>,
    pub(super) ticks: Ticks,
    pub(super) clock: Clock,
}

impl<'a> Common<'a> {
    /// Brings the coarser of two timelines to the ticks of the finer, which is `finer` powers of
    /// ten finer: the sensor, or when negative the reference.
    pub(super) fn of(reference: &'a Timeline, sensor: &'a Timeline, finer: i8) -> Self {
        let reference_factor = factor(finer.max(0).unsigned_abs());
        let sensor_factor = factor(finer.min(0).unsigned_abs());
        let scaled = |stamps: &'a [i128], factor: i128| match factor {
            1 => Cow::Borrowed(stamps),
            _ => stamps.iter().map(|stamp| times(*stamp, factor)).collect(),
        };
        Common {
            reference: scaled(&reference.stamps, reference_factor),
            sensor: scaled(&sensor.stamps, sensor_factor),
            reference_cadence: reference
                .cadence()
                .map(|cadence| cadence.in_finer_ticks(reference_factor)),
            sensor_cadence: sensor.cadence().map(|cadence| cadence.in_finer_ticks(sensor_factor)),
            ticks: Ticks {
                decimals: reference
                    .decimals
                    .map(|decimals| decimals.saturating_add(finer.max(0).unsigned_abs())),
            },
            clock: Clock { reference_factor, sensor_factor, line: Line::flat(0) },
        }
    }

    pub(super) fn cadences(&self) -> Option<(Cadence, Cadence)> {
        self.reference_cadence.zip(self.sensor_cadence)
    }

    pub(super) fn rates(&self) -> RateRelation {
        match self.cadences() {
            Some((r, s)) => rates::relate((&self.reference, r), (&self.sensor, s)),
            None => RateRelation::Same,
        }
    }

    pub(super) fn question(&self, terms: Terms) -> Question<'_> {
        let cadence = self.reference_cadence.or(self.sensor_cadence);
        let jitter = tolerance(cadence, self.ticks, terms.tolerance_ns);
        Question {
            reference: &self.reference,
            sensor: &self.sensor,
            tolerance: jitter,
            jitter,
            step: cadence.map_or(1, |cadence| cadence.step),
            second: self.ticks.decimals.map(factor),
            hint: terms.hint.map(|hint| self.ticks.ticks_of(hint)),
            keeps_pairs: terms.keeps_pairs,
        }
    }
}
