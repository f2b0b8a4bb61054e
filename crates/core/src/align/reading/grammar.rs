//! [`Grammar`]: one way to read the names of a folder's frames as times.

use super::calendar::Form;
use super::template::{digits, from_run};
use super::{Reading, Zone};
use crate::align::unit::Unit;
use crate::names::frame_name;

const NS: i128 = 1_000_000_000;
/// The first moment of 1980, before which GPS time did not count, and of 2100, in nanoseconds.
const PLAUSIBLE: std::ops::Range<i128> = 315_532_800 * NS..4_102_444_800 * NS;
/// More digits than this are no number of 128 bits.
const MOST_DIGITS: usize = 36;

/// One way to read a folder's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grammar {
    /// Which run of digits the time begins with.
    run: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A number of this unit since 1970.
    Stamp(Unit),
    /// Seconds since 1970, and a fraction of them.
    Fraction,
    /// Seconds since 1970, and behind them a number of this unit without leading zeros.
    Count(Unit),
    /// A number with an exponent, of this unit, with at least so many digits in the longest name.
    Exponent(Unit),
    Calendar(Form),
}

/// The time of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instant {
    /// Nanoseconds since 1970, or since midnight.
    pub(super) ns: i128,
    /// Whether the name tells the zone.
    pub(super) has_zone: bool,
    /// A number behind a date, or in the place of a time of day, that may count frames instead.
    pub(super) may_count: Option<i128>,
}

impl Grammar {
    /// The ways that fit one stem.
    pub(super) fn of(stem: &[u8], runs: usize) -> Vec<Self> {
        // Of two that give the same times the first is taken.
        let kinds = Unit::ALL
            .into_iter()
            .flat_map(|unit| [Kind::Stamp(unit), Kind::Exponent(unit)])
            .chain([Kind::Fraction])
            .chain(Form::ALL.map(Kind::Calendar))
            .chain(Unit::ALL.map(Kind::Count));
        let all = (0..runs).flat_map(|run| kinds.clone().map(move |kind| Grammar { run, kind }));
        all.filter(|grammar| grammar.read(stem).is_some()).collect()
    }

    /// The time in a stem. `None` where it does not fit.
    pub(super) fn read(self, stem: &[u8]) -> Option<Instant> {
        let text = from_run(stem, self.run)?;
        // What stands behind a decimal point is a part of a number.
        if let [.., digit, b'.'] = &stem[..stem.len() - text.len()]
            && digit.is_ascii_digit()
            && !matches!(self.kind, Kind::Calendar(_))
        {
            return None;
        }
        let plain = |ns: i128| Instant { ns, has_zone: true, may_count: None };
        let instant = match self.kind {
            Kind::Stamp(unit) => plain(stamp(digits(text), unit)?),
            Kind::Fraction => {
                let (seconds, parts) = seconds_and_parts(text)?;
                let scale = 10_i128.checked_pow(9_u32.checked_sub(length(parts)?)?)?;
                plain(seconds + frame_name::number(0, parts) * scale)
            }
            Kind::Count(unit) => {
                let (seconds, parts) = seconds_and_parts(text)?;
                let has_zeros = parts.len() > 1 && parts.first() == Some(&b'0');
                let scale = NS / unit.per_second();
                let ns = frame_name::number(0, parts) * scale;
                let fits = unit != Unit::Seconds && !has_zeros && ns < NS;
                plain(seconds + Some(ns).filter(|_| fits)?)
            }
            Kind::Exponent(unit) => plain(exponent(stem, text, unit)?),
            Kind::Calendar(form) => {
                let written = form.read(text)?;
                let may_count = match form {
                    Form { year: 0, .. } => number(digits(text)),
                    Form { has_fraction, .. } => set_off(text, if has_fraction { 1 } else { 6 }),
                };
                Instant { ns: written.ns, has_zone: written.has_zone, may_count }
            }
        };
        let since_midnight = matches!(self.kind, Kind::Calendar(Form { year: 0, .. }));
        (since_midnight || PLAUSIBLE.contains(&instant.ns)).then_some(instant)
    }

    /// What it takes the names for.
    pub(super) fn reading(self, has_zone: bool) -> Reading {
        match self.kind {
            Kind::Stamp(unit) => Reading::Stamp(unit),
            Kind::Fraction => Reading::SecondsAndFraction,
            Kind::Count(unit) => Reading::SecondsAndCount(unit),
            Kind::Exponent(unit) => Reading::Exponent(unit),
            Kind::Calendar(Form { year: 0, .. }) => Reading::TimeOfDay,
            Kind::Calendar(_) if has_zone => Reading::Date(Zone::Written),
            Kind::Calendar(_) => Reading::Date(Zone::Unknown),
        }
    }
}

/// Whether both ends of a timeline, in nanoseconds since 1970, lie in times of which
/// there are recordings.
pub(super) fn are_plausible((first, last): (&i128, &i128)) -> bool {
    PLAUSIBLE.contains(first) && PLAUSIBLE.contains(last)
}

fn length(digits: &[u8]) -> Option<u32> {
    u32::try_from(digits.len()).ok()
}

/// A number of a unit since 1970, in nanoseconds. Of the unit that its size shows, and
/// without leading zeros.
fn stamp(digits: &[u8], unit: Unit) -> Option<i128> {
    if digits.len() > MOST_DIGITS || digits.first() == Some(&b'0') {
        return None;
    }
    let value = frame_name::number(0, digits);
    (Unit::of_stamp(value) == Some(unit)).then(|| value * (NS / unit.per_second()))
}

/// Seconds since 1970 in nanoseconds, and the digits behind them.
fn seconds_and_parts(text: &[u8]) -> Option<(i128, &[u8])> {
    let seconds = digits(text);
    let [b'.' | b'_' | b'-', rest @ ..] = &text[seconds.len()..] else { return None };
    let parts = digits(rest);
    (1..=9).contains(&parts.len()).then_some(())?;
    Some((stamp(seconds, Unit::Seconds)?, parts))
}

/// A number such as `1.681532060061e+18`, in nanoseconds.
fn exponent(stem: &[u8], text: &[u8], unit: Unit) -> Option<i128> {
    // A digit alone, with nothing before it.
    if stem.len() != text.len() {
        return None;
    }
    let [whole, rest @ ..] = text else { return None };
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => (digits(rest), &rest[digits(rest).len()..]),
        rest => (&rest[..0], rest),
    };
    let [b'e' | b'E', rest @ ..] = rest else { return None };
    let rest = rest.strip_prefix(b"+").unwrap_or(rest);
    let is_power = (1..=2).contains(&rest.len()) && digits(rest).len() == rest.len();
    let power = u32::try_from(frame_name::number(0, is_power.then_some(rest)?)).ok()?;
    let zeros = power.checked_sub(length(fraction)?)?;
    let start = frame_name::number(0, std::slice::from_ref(whole));
    let value = (fraction.len() < MOST_DIGITS).then(|| frame_name::number(start, fraction))?;
    let value = value.checked_mul(10_i128.checked_pow(zeros)?)?;
    (Unit::of_stamp(value) == Some(unit)).then(|| value * (NS / unit.per_second()))
}

/// The number that a run of digits is, where it has hours, minutes and seconds in one.
fn number(run: &[u8]) -> Option<i128> {
    (6..=MOST_DIGITS).contains(&run.len()).then(|| frame_name::number(0, run))
}

/// The number of at least so many digits that ends a text behind a hyphen or an underscore.
fn set_off(text: &[u8], fewest: usize) -> Option<i128> {
    let at = text.iter().rposition(|byte| !byte.is_ascii_digit())?;
    let (mark, number) = (text.get(at)?, text.get(at + 1..)?);
    let is_number = matches!(mark, b'-' | b'_') && (fewest..=MOST_DIGITS).contains(&number.len());
    is_number.then(|| frame_name::number(0, number))
}
