//! How a sensor writes the numbers in its frames' names.

use super::relation::{Notation, Written};
use super::timeline::{Cadence, Timeline};
use super::unit::Unit;

/// The farthest that a cadence may be from a power of ten times another and still show a unit.
const UNIT_SLACK: f64 = 0.02;
/// The same where the steps are uneven.
const UNEVEN_SLACK: f64 = 0.2;

/// How many powers of ten finer the sensor counts: by magnitude where both show it,
/// else by cadence.
pub(super) fn finer_by(
    reference: &Timeline,
    sensor: &Timeline,
    a: Option<Cadence>,
    b: Option<Cadence>,
) -> i8 {
    if let (Some(reference), Some(sensor)) = (reference.decimals, sensor.decimals) {
        let (reference, sensor) = (i16::from(reference), i16::from(sensor));
        return i8::try_from(sensor - reference).unwrap_or_default();
    }
    let Some((a, b)) = a.zip(b).filter(|(a, b)| a.step > 0 && b.step > 0) else { return 0 };
    // Of uneven steps the middle one is known no better than by a part; whether they fit each
    // other shows later.
    #[expect(clippy::cast_precision_loss, reason = "a ratio to a few digits")]
    let (ratio, slack) = match a.regular && b.regular {
        true => (b.rate_against(a), UNIT_SLACK),
        false => (a.step as f64 / b.step as f64, UNEVEN_SLACK),
    };
    [3_i8, 6, 9]
        .into_iter()
        .flat_map(|power| [power, -power])
        .find(|power| (ratio * 10_f64.powi(i32::from(*power)) - 1.0).abs() <= slack)
        .unwrap_or(0)
}

pub(super) fn notation(
    reference: &Timeline,
    sensor: &Timeline,
    finer: i8,
    zeros_differ: bool,
) -> Option<Notation> {
    if sensor.mixed {
        return Some(Notation::Mixed);
    }
    if sensor.reading != reference.reading {
        return Some(Notation::Unit {
            sensor: written(sensor),
            reference: written(reference),
            finer,
        });
    }
    if finer != 0 && !reference.mixed {
        return Some(Notation::Unit {
            sensor: written(sensor),
            reference: written(reference),
            finer,
        });
    }
    zeros_differ.then_some(Notation::Zeros)
}

fn written(timeline: &Timeline) -> Written {
    if let Some(reading) = timeline.reading {
        return Written::Read(reading);
    }
    match (timeline.fraction(), timeline.decimals) {
        (0, Some(decimals)) => Unit::ALL
            .into_iter()
            .find(|unit| super::scaling::decimals(*unit) == decimals)
            .map_or(Written::Plain, Written::Whole),
        (0, None) => Written::Plain,
        (digits, _) => Written::Decimal(digits),
    }
}

/// Whether one of the two numbers its frames one by one while the other stamps them.
pub(super) fn one_is_numbered(
    reference: &Timeline,
    sensor: &Timeline,
    a: Option<Cadence>,
    b: Option<Cadence>,
) -> bool {
    let numbered = |timeline: &Timeline, cadence: Option<Cadence>| {
        timeline.decimals.is_none() && cadence.is_none_or(|cadence| cadence.step == 1)
    };
    let stamped = |timeline: &Timeline, cadence: Option<Cadence>| {
        timeline.decimals.is_some() && cadence.is_none_or(|cadence| cadence.step > 1)
    };
    (numbered(reference, a) && stamped(sensor, b)) || (numbered(sensor, b) && stamped(reference, a))
}
