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

/// The time in a stem: a time since 1970 or 1980, else a date with a time of day, else its longest number.
pub(super) fn in_text(stem: &str) -> Option<Written> {
    let runs = digit_runs(stem);
    if let Some(stamp) = runs.iter().rev().find(|run| is_stamp(run)) {
        return Some(Written { stem: (*stamp).to_owned(), note: "the time in the name" });
    }
    if let Some(milliseconds) = date_time(stem.as_bytes()) {
        return Some(Written {
            stem: milliseconds.to_string(),
            note: "that date and time, taken as UTC",
        });
    }
    let longest = runs.into_iter().filter(|run| run.len() <= 36).max_by_key(|run| run.len())?;
    Some(Written { stem: longest.to_owned(), note: "the number in the name, if that is the time" })
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

/// Milliseconds since 1970 of the first date and time of day: `2018-07-24T11-28-47.123`, `20180724_112847`.
fn date_time(text: &[u8]) -> Option<i128> {
    (0..text.len())
        .filter(|at| *at == 0 || !text[at - 1].is_ascii_digit())
        .find_map(|at| date_time_at(&text[at..]))
}

fn date_time_at(text: &[u8]) -> Option<i128> {
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
    in_range.then(|| seconds * 1_000 + thousandths(rest))
}

/// The fraction of a second that follows a time of day, in milliseconds.
fn thousandths(rest: &[u8]) -> i128 {
    let digits = rest
        .strip_prefix(b".")
        .or(rest.strip_prefix(b"_"))
        .or(rest.strip_prefix(b","))
        .unwrap_or(rest);
    digits.split_at_checked(3).and_then(|(digits, _)| number(digits)).unwrap_or(0)
}

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
            assert_eq!(in_text(text).map(|written| written.stem).as_deref(), expected, "{text}");
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
        check("1970-01-01-00-00-00", Some("1970"));
        check("2000-02-29-00-00-00", Some("951782400000"));
        check("2018-13-24T11-28-47", Some("2018"));
        check("frame_000001", Some("000001"));
        check("1000 (1)", Some("1000"));
        check("front", None);
        check("", None);
        check(&"9".repeat(200), None);
    }
}
