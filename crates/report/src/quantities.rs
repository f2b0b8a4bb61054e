//! Rates, times, speeds and sizes, as people say them.

use sensortree_core::text::{count, number};

/// `10.0 Hz`; for slower sensors `one every 2.5 s`.
pub(crate) fn rate(cadence_ns: u64) -> Option<String> {
    if cadence_ns == 0 {
        return None;
    }
    let seconds = cadence_ns as f64 / 1e9;
    Some(if seconds <= 1.0 {
        format!("{:.1} Hz", 1.0 / seconds)
    } else {
        format!("one every {seconds:.1} s")
    })
}

/// `1.1 s`; what is too short to matter is said in milliseconds.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 0.1 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.1} s") }
}

/// A length of time in nanoseconds as people say it, to three digits: `8 h`, `1.25 s`, `30 ms`,
/// `0.4 ms`; or a plain number.
pub(crate) fn length(value: i128, timed: bool) -> String {
    if !timed {
        return number(value);
    }
    const SECOND: i128 = 1_000_000_000;
    let size = value.abs();
    if size >= 60 * SECOND {
        let seconds = (size + SECOND / 2) / SECOND;
        let parts =
            [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "min")];
        let parts = parts.into_iter().chain([(seconds % 60, "s")]);
        let parts: Vec<String> = parts
            .filter(|(count, _)| *count > 0)
            .take(2)
            .map(|(count, unit)| format!("{} {unit}", number(count)))
            .collect();
        return parts.join(" ");
    }
    let (scale, unit) = match size {
        0 => return "0 ms".to_owned(),
        SECOND.. => (1e9, "s"),
        100_000.. => (1e6, "ms"),
        1_000.. => (1e3, "µs"),
        _ => (1.0, "ns"),
    };
    let value = size as f64 / scale;
    let digits = match value {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    format!("{text} {unit}")
}

/// `910,000/s`, to two digits; `None` where the time is too short to tell.
pub(crate) fn speed(entries: u64, seconds: f64) -> Option<String> {
    if seconds < 0.1 {
        return None;
    }
    let speed = entries as f64 / seconds;
    let scale = 10_f64.powf((speed.max(1.0).log10().floor() - 1.0).max(0.0));
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float becomes the nearest number of its range"
    )]
    let rounded = ((speed / scale).round() * scale) as i128;
    Some(format!("{}/s", number(rounded)))
}

/// A size as people say it: `999 bytes`, `3.2 GB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1_000 {
        return count(bytes, "byte");
    }
    let mut value = bytes as f64;
    let mut unit = "";
    for next in UNITS {
        if value < 999.95 {
            break;
        }
        value /= 1_000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_say_them() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_000), "1.0 kB");
        assert_eq!(size(999_950), "1.0 MB");
        assert_eq!(size(3_200_000_000_000), "3.2 TB");
        assert_eq!(size(u64::MAX), "18.4 EB");
        assert_eq!(rate(100_000_000).as_deref(), Some("10.0 Hz"));
        assert_eq!(rate(33_333_333).as_deref(), Some("30.0 Hz"));
        assert_eq!(rate(2_500_000_000).as_deref(), Some("one every 2.5 s"));
        assert_eq!(rate(0), None);
        let lengths = [
            (0, "0 ms"),
            (12, "12 ns"),
            (1_500, "1.5 µs"),
            (400_000, "0.4 ms"),
            (30_000_000, "30 ms"),
            (43_210_000, "43.2 ms"),
            (1_250_000_000, "1.25 s"),
            (28_800_000_000_000, "8 h"),
            (123_457_000_000, "2 min 3 s"),
        ];
        for (nanoseconds, expected) in lengths {
            assert_eq!(length(nanoseconds, true), expected);
        }
        assert_eq!(length(1_200, false), "1,200");
        assert_eq!(seconds(0.0123), "12 ms");
        assert_eq!(seconds(1.06), "1.1 s");
        assert_eq!(speed(1_000_001, 1.1).as_deref(), Some("910,000/s"));
        assert_eq!(speed(3, 1.0).as_deref(), Some("3/s"));
        assert_eq!(speed(3, 0.0), None);
    }
}
