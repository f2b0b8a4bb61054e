//! Dates and times of day in text.

use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::template::digits;
use crate::names::frame_name;

const NS: i128 = 1_000_000_000;
const NS_OF_A_MINUTE: i128 = 60 * NS;
/// What may stand between the fields of a date and of a time of day.
const SEPARATORS: &[u8] = b"-_:. T";
/// More digits behind a second are no fraction of it.
const MOST_DIGITS_OF_A_FRACTION: usize = 9;
/// Frames were not recorded before, nor are they yet.
const YEARS: std::ops::Range<i16> = 1_980..2_100;

/// How a date and a time of day are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    /// How many digits the year has: 4, 2, or 0 where there is no date.
    pub(super) year: usize,
    /// Whether the digits behind the second are a fraction of it, and not a number that counts.
    pub(super) has_fraction: bool,
}

/// A time found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Nanoseconds since 1970, the zone taken off; since midnight where there is no date.
    pub(super) ns: i128,
    /// Whether a zone stands behind.
    pub(super) has_zone: bool,
}

impl Form {
    pub(super) const ALL: [Form; 6] = [
        Form { year: 4, has_fraction: true },
        Form { year: 4, has_fraction: false },
        Form { year: 2, has_fraction: true },
        Form { year: 2, has_fraction: false },
        Form { year: 0, has_fraction: true },
        Form { year: 0, has_fraction: false },
    ];

    /// The time that a text begins with: `2018-07-24T11-28-47.123+0800`,
    /// `20180724_112847`, `180724112847123`, `11_28_47`.
    pub(super) fn read(self, text: &[u8]) -> Option<Written> {
        let first = digits(text).len();
        let widths: &[usize] = match self.year {
            4 => &[4, 2, 2, 2, 2, 2],
            2 => &[2, 2, 2, 2, 2, 2],
            _ => &[2, 2, 2],
        };
        // Two digits of a year are taken for one only where no separators cut them off: `18-07-24`
        // may be anything.
        if self.year == 2 && first != 6 && !matches!(first, 12 | 15 | 18 | 21) {
            return None;
        }
        let (fields, rest) = fields(text, widths)?;
        let clock = fields.len().checked_sub(3)?;
        let &[hour, minute, second] = fields.get(clock..)? else { return None };
        let (fraction, behind) = self.fraction(rest)?;
        let has_fraction = behind.len() < rest.len();
        let (year, month, day) = match fields.get(..clock)? {
            [year, month, day] if self.year == 2 => (2_000 + year, *month, *day),
            [year, month, day] => (*year, *month, *day),
            _ => (1_970, 1, 1),
        };
        if self.year > 0 && !YEARS.contains(&year) {
            return None;
        }
        let small = |field: i16| i8::try_from(field).ok();
        let date = DateTime::new(
            year,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            0,
        );
        let ns = Offset::UTC.to_timestamp(date.ok()?).ok()?.as_nanosecond() + fraction;
        let zone = if self.year > 0 { zone(behind, has_fraction) } else { None };
        let minutes = i128::from(zone.unwrap_or_default());
        Some(Written { ns: ns - minutes * NS_OF_A_MINUTE, has_zone: zone.is_some() })
    }

    /// The fraction of the second, in nanoseconds, and what stands behind it.
    fn fraction(self, text: &[u8]) -> Option<(i128, &[u8])> {
        if !self.has_fraction {
            // Digits right behind the second would belong to it.
            return digits(text).is_empty().then_some((0, text));
        }
        let rest = match text {
            [b'.' | b'_' | b',' | b'-', rest @ ..] => rest,
            _ => text,
        };
        let fraction = digits(rest);
        if !(1..=MOST_DIGITS_OF_A_FRACTION).contains(&fraction.len()) {
            return None;
        }
        let value = frame_name::number(0, fraction);
        let missing = MOST_DIGITS_OF_A_FRACTION - fraction.len();
        let scale = 10_i128.pow(u32::try_from(missing).ok()?);
        Some((value * scale, &rest[fraction.len()..]))
    }
}

/// Fields of these widths, each but the first behind a separator or right behind the one before;
/// and what is left.
fn fields<'t>(text: &'t [u8], widths: &[usize]) -> Option<(Vec<i16>, &'t [u8])> {
    let mut rest = text;
    let mut fields = Vec::with_capacity(widths.len());
    for (at, width) in widths.iter().enumerate() {
        if at > 0
            && let [separator, behind @ ..] = rest
            && SEPARATORS.contains(separator)
        {
            rest = behind;
        }
        let (digits, behind) = rest.split_at_checked(*width)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        fields.push(i16::try_from(frame_name::number(0, digits)).ok()?);
        rest = behind;
    }
    Some((fields, rest))
}

/// The minutes of a zone such as `+0800` or `Z`. Behind whole seconds a hyphen may mean anything.
fn zone(text: &[u8], has_fraction: bool) -> Option<i16> {
    let (sign, rest) = match text.split_first()? {
        (b'Z', rest) if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => return Some(0),
        (b'+', rest) => (1, rest),
        (b'-', rest) if has_fraction => (-1, rest),
        _ => return None,
    };
    let (fields, behind) = fields(rest, &[2, 2])?;
    let &[hours, minutes] = fields.as_slice() else { return None };
    let is_zone = hours <= 14 && minutes % 15 == 0 && minutes < 60;
    (is_zone && !behind.first().is_some_and(u8::is_ascii_digit))
        .then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_of_day() {
        let check = |year: usize, has_fraction: bool, text: &str, expected: Option<i128>| {
            let read = Form { year, has_fraction }.read(text.as_bytes());
            assert_eq!(read.map(|it| it.ns / 1_000_000), expected, "{text}");
        };
        check(4, false, "2018-07-24T11-28-47", Some(1_532_431_727_000));
        check(4, true, "2018-07-24 11:28:47.123456", Some(1_532_431_727_123));
        check(4, false, "20180724_112847", Some(1_532_431_727_000));
        check(4, false, "20180724112847", Some(1_532_431_727_000));
        check(4, true, "20180724112847123", Some(1_532_431_727_123));
        check(4, true, "20230415121458061000", Some(1_681_560_898_061));
        check(2, true, "230415121458061", Some(1_681_560_898_061));
        check(2, false, "230415_121458", Some(1_681_560_898_000));
        check(2, false, "23-04-15_12-14-58", None);
        check(4, true, "2023-04-15T12-14-20.061+0800", Some(1_681_532_060_061));
        check(4, true, "2023-04-15T04:14:20.061Z", Some(1_681_532_060_061));
        check(4, true, "2023-04-15T01-14-20,061-0300", Some(1_681_532_060_061));
        check(4, false, "2000-02-29-00-00-00", Some(951_782_400_000));
        check(4, false, "2001-02-29-00-00-00", None);
        check(4, false, "2018-13-24T11-28-47", None);
        check(4, false, "1970-01-01-00-00-00", None);
        check(0, true, "235957500", Some(86_397_500));
        check(0, true, "23_59_57_500000", Some(86_397_500));
        check(0, false, "23_59_57", Some(86_397_000));
        check(0, false, "235960", None);
        check(0, false, "2359", None);
    }
}
