//! Words for clocks that stand apart.

use crate::align::{Known, KnownOffset, duration};
use crate::text;

/// An offset as a sentence says it: `28,800,000 ms (8 h) ahead of`.
pub(super) fn apart(by: i128, timed: bool) -> String {
    let (size, way) = (by.abs(), if by < 0 { "behind" } else { "ahead of" });
    let human = spelled(size).filter(|_| timed).map(|text| format!(" ({text})"));
    format!("{}{} {way}", duration(size, timed), human.unwrap_or_default())
}

/// The causes of an offset in a person's words.
pub(super) fn causes(known: Known) -> Vec<String> {
    let mut causes = vec![cause(known.first)];
    causes.extend(known.second.map(|(seconds, why)| {
        match known.first {
            KnownOffset::TimeOfWeek => {
                "weeks of GPS time start 18 s before those of UTC, as it knows no leap seconds"
                    .to_owned()
            }
            _ => format!("{seconds:+} s come on top: {}", cause(why)),
        }
    }));
    causes
}

fn cause(known: KnownOffset) -> String {
    match known {
        KnownOffset::TimeZone(minutes) => {
            let size = spelled(i128::from(minutes).abs() * 60_000_000_000).unwrap_or_default();
            let zone = text::zone(minutes);
            format!(
                "{size} is a time zone: these stamps are local time ({zone}) where the reference's are UTC, or the other way round"
            )
        }
        KnownOffset::GpsLeapSeconds => {
            "18 s are the leap seconds between GPS time and UTC".to_owned()
        }
        KnownOffset::TaiLeapSeconds => {
            "37 s are the leap seconds between TAI, as PTP clocks run, and UTC".to_owned()
        }
        KnownOffset::TaiGps => "19 s lie between TAI, as PTP clocks run, and GPS time".to_owned(),
        KnownOffset::GpsEpoch => {
            "315,964,800 s lie between the Unix epoch (1970) and the GPS epoch (1980)".to_owned()
        }
        KnownOffset::GpsWeekRollover => {
            "619,315,200 s are 1,024 weeks: a GPS receiver whose count of weeks started anew"
                .to_owned()
        }
        KnownOffset::TimeOfWeek => "the stamps count from the start of the GPS week".to_owned(),
        KnownOffset::TimeOfDay(0) => "the stamps count from midnight (UTC)".to_owned(),
        KnownOffset::TimeOfDay(minutes) => {
            format!("the stamps count from midnight of local time ({})", text::zone(minutes))
        }
        KnownOffset::TimeOfHour => "the stamps count from the full hour".to_owned(),
    }
}

/// A length of time of a second or more, in nanoseconds, as people say it: `8 h`, `2 min 3.5 s`.
pub(super) fn spelled(value: i128) -> Option<String> {
    const SECOND: i128 = 1_000_000_000;
    let (seconds, rest) = (value / SECOND, value % SECOND);
    if seconds < 1 {
        return None;
    }
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let millis = rest / 1_000_000;
    let fraction = if millis == 0 {
        String::new()
    } else {
        format!(".{millis:03}").trim_end_matches('0').to_owned()
    };
    let mut parts: Vec<String> = [(days, "d"), (hours, "h"), (minutes, "min")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{} {unit}", text::number(count)))
        .collect();
    if seconds % 60 > 0 || millis > 0 {
        parts.push(format!("{}{fraction} s", seconds % 60));
    }
    Some(parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn lengths_of_time_read_as_people_say_them() {
        let table = [
            (28_800_000, Some("8 h")),
            (19_800_000, Some("5 h 30 min")),
            (18_000, Some("18 s")),
            (123_457, Some("2 min 3.457 s")),
            (43, None),
            (93_600_000, Some("1 d 2 h")),
        ];
        for (milliseconds, expected) in table {
            assert_eq!(spelled(milliseconds * 1_000_000).as_deref(), expected);
        }
    }
}
