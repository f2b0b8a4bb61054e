//! Times that are written in a frame's name among other things.

use crate::align::unit::Unit;

/// A time found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// The stem that the time alone gives.
    pub(super) stem: String,
    /// How it was found, in a few words.
    pub(super) note: &'static str,
}

/// How the names of one folder are read: together, as what one name means may show in the others only.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Reader {
    /// The most digits before an exponent: those of other names end in zeros that were left out.
    mantissa: usize,
    /// The least and the largest number behind a date and a hyphen, and how many there are.
    behind_dates: Option<(i128, i128, i128)>,
}

impl Reader {
    /// Adds a stem of the folder.
    pub(super) fn add(&mut self, stem: &str) {
        if let Some((digits, _)) = exponent(stem) {
            self.mantissa = self.mantissa.max(digits.len());
        }
        let hyphened = date_time(stem.as_bytes()).and_then(|read| read.hyphened);
        if let Some(number) = hyphened {
            let (least, most, count) = self.behind_dates.unwrap_or((number, number, 0));
            self.behind_dates = Some((least.min(number), most.max(number), count + 1));
        }
    }

    /// Whether the numbers behind dates merely count.
    fn counts(self) -> bool {
        self.behind_dates.is_some_and(|(least, most, count)| most - least < count)
    }

    /// The time in a stem: a number with an exponent, a time since 1970 or 1980, a date with a time of day; else its longest
    /// number.
    pub(super) fn read(self, stem: &str) -> Option<Written> {
        if let Some((digits, power)) = exponent(stem) {
            let milliseconds = self.milliseconds(&digits, power)?;
            let note = "the number that is written with an exponent, in milliseconds";
            return Some(Written { stem: milliseconds.to_string(), note });
        }
        if let Some(milliseconds) = parts_of_a_second(stem) {
            let note = "its seconds and the parts of a second behind, in milliseconds";
            return Some(Written { stem: milliseconds.to_string(), note });
        }
        let runs = digit_runs(stem);
        if let Some(stamp) = runs.iter().rev().find(|run| is_stamp(run)) {
            return Some(Written { stem: (*stamp).to_owned(), note: "the time in the name" });
        }
        if let Some(read) = date_time(stem.as_bytes()) {
            let counted = read.hyphened.is_some() && self.counts();
            let milliseconds =
                if counted { read.milliseconds - read.thousandths } else { read.milliseconds };
            let note = match read.zone {
                Some(_) => "that date and time, with its zone",
                None => "that date and time, taken as UTC",
            };
            return Some(Written { stem: milliseconds.to_string(), note });
        }
        let longest = runs.into_iter().filter(|run| run.len() <= 36).max_by_key(|run| run.len())?;
        let note = "the number in the name, if that is the time";
        Some(Written { stem: longest.to_owned(), note })
    }

    /// A number with an exponent in whole milliseconds, where it is a time and has digits enough.
    fn milliseconds(self, digits: &str, power: u32) -> Option<i128> {
        let behind = u32::try_from(digits.len()).ok()?.checked_sub(1)?;
        let value: i128 = digits.parse().ok()?;
        let whole = value.checked_mul(10_i128.checked_pow(power.checked_sub(behind)?)?)?;
        let unit = Unit::of_stamp(whole)?;
        let needed = power.checked_add(4)?.checked_sub(unit.per_second().ilog10())?;
        (self.mantissa >= needed as usize)
            .then(|| whole.checked_mul(1_000).map(|it| it / unit.per_second()))?
    }
}

/// The digits and the power of ten of a number such as `1.681532060061e+18`.
fn exponent(stem: &str) -> Option<(String, u32)> {
    let (mantissa, power) = stem.split_once(['e', 'E'])?;
    let power = power.strip_prefix('+').unwrap_or(power);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = whole.len() == 1 && is_number(whole) && is_number(fraction) && is_number(power);
    // A hash may have an `e` among its digits, but none at its second place with a power of a time behind.
    let power: u32 = power.parse().ok().filter(|_| plain && power.len() <= 3)?;
    (9..=19).contains(&power).then(|| (format!("{whole}{fraction}"), power))
}

/// Milliseconds of `1681532060_561000000`: seconds since 1970, and microseconds or nanoseconds with all their digits.
fn parts_of_a_second(stem: &str) -> Option<i128> {
    let runs = digit_runs(stem);
    let [.., seconds, parts] = runs.as_slice() else { return None };
    let ends = stem.ends_with(parts) && stem.len() > seconds.len() + parts.len();
    let between = stem.len().checked_sub(parts.len() + 1 + seconds.len())?;
    let is_joined = stem.get(between..)?.starts_with(seconds);
    let whole: i128 = seconds.parse().ok()?;
    let known = matches!(parts.len(), 6 | 9) && seconds.len() == 10 && is_stamp(seconds);
    let scale = if parts.len() == 6 { 1_000 } else { 1_000_000 };
    let rest: i128 = parts.parse().ok()?;
    (ends && is_joined && known).then(|| whole * 1_000 + rest / scale)
}

fn digit_runs(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect()
}

/// The first second of 2100.
const LATEST_SECOND: i128 = 4_102_444_800;

fn is_stamp(run: &str) -> bool {
    let Ok(value) = run.parse::<i128>() else { return false };
    !run.starts_with('0')
        && Unit::of_stamp(value).is_some_and(|unit| value / unit.per_second() < LATEST_SECOND)
}

/// A date with a time of day.
#[derive(Clone, Copy, Debug)]
struct DateTime {
    /// Since 1970, the zone taken off.
    milliseconds: i128,
    /// The part of it that stands behind the second.
    thousandths: i128,
    /// The number behind the second, where a hyphen is all that sets it off: it may be one that counts.
    hyphened: Option<i128>,
    /// The zone, in minutes.
    zone: Option<i128>,
}

/// The first date and time of day: `2018-07-24T11-28-47.123`, `20180724_112847`, `2018-07-24-11-28-47-123+0800`.
fn date_time(text: &[u8]) -> Option<DateTime> {
    (0..text.len())
        .filter(|at| *at == 0 || !text[at - 1].is_ascii_digit())
        .find_map(|at| date_time_at(&text[at..]))
}

fn date_time_at(text: &[u8]) -> Option<DateTime> {
    const WIDTHS: [usize; 6] = [4, 2, 2, 2, 2, 2];
    const SEPARATORS: &[u8] = b"-_:. T";
    let mut rest = text;
    let mut fields = [0_i128; 6];
    for (at, (field, width)) in fields.iter_mut().zip(WIDTHS).enumerate() {
        if at > 0
            && let [separator, behind @ ..] = rest
            && SEPARATORS.contains(separator)
        {
            rest = behind;
        }
        let (digits, behind) = rest.split_at_checked(width)?;
        *field = number(digits)?;
        rest = behind;
    }
    let [year, month, day, hour, minute, second] = fields;
    let in_range = (1980..2100).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    if !in_range {
        return None;
    }
    let (thousandths, hyphened, behind) = thousandths(rest);
    let zone = zone(behind, behind.len() < rest.len());
    let milliseconds = seconds * 1_000 + thousandths - zone.unwrap_or_default() * 60_000;
    Some(DateTime { milliseconds, thousandths, hyphened, zone })
}

/// The minutes of a zone such as `+0800` or `Z`. Behind whole seconds a hyphen may mean anything.
fn zone(text: &[u8], has_fraction: bool) -> Option<i128> {
    let (sign, rest) = match text.split_first()? {
        (b'Z', rest) if !rest.first().is_some_and(u8::is_ascii_alphanumeric) => return Some(0),
        (b'+', rest) => (1, rest),
        (b'-', rest) if has_fraction => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = rest.split_at_checked(2)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, behind) = rest.split_at_checked(2)?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let is_zone = hours <= 14 && minutes % 15 == 0 && minutes < 60;
    (is_zone && !behind.first().is_some_and(u8::is_ascii_digit))
        .then_some(sign * (hours * 60 + minutes))
}

/// The fraction of a second that follows a time of day, in milliseconds; the number that it may be instead, where a hyphen
/// stands before it; and what is behind.
fn thousandths(rest: &[u8]) -> (i128, Option<i128>, &[u8]) {
    let marked = rest.strip_prefix(b".").or(rest.strip_prefix(b"_")).or(rest.strip_prefix(b","));
    let hyphened = rest.strip_prefix(b"-");
    let digits = marked.or(hyphened).unwrap_or(rest);
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_fraction = match (marked, hyphened) {
        (None, Some(_)) => matches!(count, 3 | 6 | 9),
        _ => (3..=MOST_DIGITS_OF_A_FRACTION).contains(&count),
    };
    let (fraction, behind) = digits.split_at(if is_fraction { count } else { 0 });
    let read = fraction.split_at_checked(3).and_then(|(first, _)| number(first));
    match read {
        None => (0, None, rest),
        Some(read) => {
            let whole = hyphened.filter(|_| marked.is_none()).and_then(|_| number(fraction));
            (read, whole, behind)
        }
    }
}

/// More digits behind a second are no fraction of it.
const MOST_DIGITS_OF_A_FRACTION: usize = 12;

fn number(digits: &[u8]) -> Option<i128> {
    digits.iter().try_fold(0, |value, digit| {
        digit.is_ascii_digit().then(|| value * 10 + i128::from(digit - b'0'))
    })
}

/// Days from 1 January 1970 to a date of the Gregorian calendar.
fn days_since_1970(year: i128, month: i128, day: i128) -> i128 {
    // Counted in years that start in March, so that the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 719_469
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_in_a_name() {
        let check = |text: &str, expected: Option<&str>| {
            let mut reader = Reader::default();
            reader.add(text);
            let read = reader.read(text).map(|written| written.stem);
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("CAM_FRONT__1532402927612460", Some("1532402927612460"));
        check(
            "n015-2018-07-24-11-22-45+0800__CAM_FRONT__1532402927612460",
            Some("1532402927612460"),
        );
        check("2018-07-24T11-28-47", Some("1532431727000"));
        check("2018-07-24 11:28:47.123456", Some("1532431727123"));
        check("img_20180724_112847", Some("1532431727000"));
        check("img_20180724112847", Some("1532431727000"));
        check("img_20180724112847123", Some("1532431727123"));
        check("1681532060_561000000", Some("1681532060561"));
        check("cam_1681532060-061234", Some("1681532060061"));
        check("1681532060_0012", Some("1681532060"));
        check("1.681532060061e+18", Some("1681532060061"));
        check("1.68153206e+18", None);
        check("1.6e+04", Some("04"));
        check("2023-04-15T12-14-20.061+0800", Some("1681532060061"));
        check("2023-04-15T04:14:20.061Z", Some("1681532060061"));
        check("2023-04-15T01-14-20,061-0300", Some("1681532060061"));
        check("1970-01-01-00-00-00", Some("1970"));
        check("2000-02-29-00-00-00", Some("951782400000"));
        check("2018-13-24T11-28-47", Some("2018"));
        check("frame_000001", Some("000001"));
        check("1000 (1)", Some("1000"));
        check("front", None);
        check("", None);
        check(&"9".repeat(200), None);
    }

    #[test]
    fn the_names_of_a_folder_are_read_together() {
        let check = |stems: &[&str], expected: &[&str]| {
            let mut reader = Reader::default();
            stems.iter().for_each(|stem| reader.add(stem));
            let read = stems.iter().filter_map(|stem| reader.read(stem)).map(|it| it.stem);
            assert_eq!(read.collect::<Vec<_>>(), expected, "{stems:?}");
        };
        check(
            &["2023-04-15-12-14-20-061", "2023-04-15-12-14-20-161"],
            &["1681560860061", "1681560860161"],
        );
        // These merely count, and the second is all that is known.
        check(
            &["2023-04-15-12-14-20-000001", "2023-04-15-12-14-21-000002"],
            &["1681560860000", "1681560861000"],
        );
        check(&["1.681532060061e+18", "1.68153206e+18"], &["1681532060061", "1681532060000"]);
    }
}
