//! A frame's file name: a timestamp and the way it is written, both ways.
//!
//! A name is kept as a number only when it renders back to the same bytes, so a tree of 10^8 frames
//! stores no name.

use std::fmt;

use super::suffix::Media;

/// The way a timestamp is written in a file name: everything of the name but its value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Naming {
    suffix: [u8; Naming::MAX_SUFFIX],
    suffix_len: u8,
    width: u8,
    fraction: u8,
}

/// The one suffix of two parts that is common: what nuScenes calls its point clouds.
const DOUBLE_SUFFIX: &[u8] = b"pcd.bin";

impl Naming {
    /// The longest suffix kept, without its dot.
    pub const MAX_SUFFIX: usize = 12;

    /// The naming of this suffix (without its dot), with no leading zeros and no fraction.
    ///
    /// `None` when the suffix is longer than [`Naming::MAX_SUFFIX`], or neither ASCII letters and
    /// digits nor `pcd.bin`.
    #[must_use]
    pub fn plain(suffix: &str) -> Option<Self> {
        Self::new(suffix.as_bytes(), 0, 0)
    }

    fn new(suffix: &[u8], width: u8, fraction: u8) -> Option<Self> {
        let is_known = suffix.eq_ignore_ascii_case(DOUBLE_SUFFIX)
            || suffix.iter().all(u8::is_ascii_alphanumeric);
        if suffix.len() > Self::MAX_SUFFIX || !is_known {
            return None;
        }
        let mut bytes = [0; Self::MAX_SUFFIX];
        bytes[..suffix.len()].copy_from_slice(suffix);
        #[expect(clippy::cast_possible_truncation, reason = "at most MAX_SUFFIX")]
        Some(Naming { suffix: bytes, suffix_len: suffix.len() as u8, width, fraction })
    }

    /// The suffix without its dot, as written: `jpg`, `JPG`, or empty.
    #[must_use]
    pub fn suffix(&self) -> &str {
        // The constructor takes ASCII only.
        std::str::from_utf8(&self.suffix[..usize::from(self.suffix_len)]).unwrap_or_default()
    }

    /// What a file of this suffix holds.
    #[must_use]
    pub fn media(&self) -> Media {
        match &self.suffix[..usize::from(self.suffix_len)] {
            // Nearly all files; what they hold is asked for again and again.
            b"jpg" => Media::Image,
            b"pcd" => Media::PointCloud,
            _ => Media::of_suffix(self.suffix()),
        }
    }

    /// The total number of digits where the number has leading zeros, else 0.
    #[must_use]
    pub fn zero_padded_width(&self) -> u8 {
        self.width
    }

    /// How many digits stand behind the decimal point; 0 for an integer. The value counts units of
    /// the last digit.
    #[must_use]
    pub fn fraction_digits(&self) -> u8 {
        self.fraction
    }

    /// The stem that writes `value` in this way.
    #[must_use]
    pub fn render_stem(&self, value: i128) -> String {
        render_stem(value, self.width, self.fraction)
    }

    /// The whole file name that writes `value` in this way.
    #[must_use]
    pub fn render(&self, value: i128) -> String {
        let mut name = self.render_stem(value);
        let suffix = self.suffix();
        if !suffix.is_empty() {
            name.push('.');
            name.push_str(suffix);
        }
        name
    }
}

impl fmt::Debug for Naming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.render(0))
    }
}

/// The stem that writes `value` with at least `width` digits, of which `fraction` stand behind
/// a decimal point.
#[must_use]
pub fn render_stem(value: i128, width: u8, fraction: u8) -> String {
    // Written by hand: names are rendered by the million, and the formatter takes three times as
    // long.
    let digits = usize::from(digits_of(value));
    let fraction = usize::from(fraction);
    let zeros = usize::from(width).max(if fraction > 0 { fraction + 1 } else { 1 });
    let zeros = zeros.saturating_sub(digits);
    // A sign, a point and room for a suffix.
    let mut stem = String::with_capacity(zeros + digits + 8);
    if value < 0 {
        stem.push('-');
    }
    stem.extend(std::iter::repeat_n('0', zeros));
    match u64::try_from(value.unsigned_abs()) {
        Ok(short) => push_digits(&mut stem, short, digits),
        Err(_) => {
            let high = value.unsigned_abs() / SPLIT;
            let low = value.unsigned_abs() % SPLIT;
            let (middle, low) = (low / HALF, low % HALF);
            // Each part is below 10^19, and has as many digits as are left for it.
            let part = |part: u128| u64::try_from(part).unwrap_or_default();
            push_digits(&mut stem, part(high), digits.saturating_sub(38));
            push_digits(&mut stem, part(middle), digits.min(38).saturating_sub(19));
            push_digits(&mut stem, part(low), 19);
        }
    }
    if fraction > 0 {
        stem.insert(stem.len() - fraction, '.');
    }
    stem
}

/// Ten to the 19th, and its square.
const HALF: u128 = 10_000_000_000_000_000_000;
const SPLIT: u128 = HALF * HALF;

/// Writes the last so many digits of a number, zeros in front of it included.
fn push_digits(text: &mut String, mut number: u64, digits: usize) {
    let mut bytes = [b'0'; 20];
    let digits = digits.min(bytes.len());
    for byte in bytes.iter_mut().rev().take(digits) {
        let digit = (number % 10) as u8;
        *byte += digit;
        number /= 10;
    }
    let written = bytes.get(20 - digits..).unwrap_or_default();
    text.push_str(std::str::from_utf8(written).unwrap_or_default());
}

/// How many digits a number has, without a sign.
fn digits_of(value: i128) -> u8 {
    let value = value.unsigned_abs();
    let log = u64::try_from(value).map_or_else(|_| value.checked_ilog10(), u64::checked_ilog10);
    #[expect(clippy::cast_possible_truncation, reason = "at most 39")]
    log.map_or(1, |log| log as u8 + 1)
}

/// How long the stem of [`render_stem`] is.
pub(crate) fn rendered_len(value: i128, width: u8, fraction: u8) -> usize {
    let least = if fraction > 0 { fraction + 1 } else { 1 };
    let digits = usize::from(digits_of(value).max(width).max(least));
    digits + usize::from(value < 0) + usize::from(fraction > 0)
}

/// The most digits a stem may have and still be read as a number.
const MAX_DIGITS: usize = 36;

/// Reads a file name whose stem is a number: an integer, signed or zero-padded, or a decimal
/// number.
///
/// Gives the value (in units of the last digit) and the way it is written, and only when the two
/// render back to the very same bytes.
#[must_use]
pub fn parse(name: &[u8]) -> Option<(i128, Naming)> {
    let (negative, rest) = match name.split_first()? {
        (b'-', rest) => (true, rest),
        _ => (false, name),
    };
    let whole = digits(rest);
    if whole == 0 || whole > MAX_DIGITS {
        return None;
    }
    let mut value = number(0, &rest[..whole]);
    let mut width = if rest[0] == b'0' && whole > 1 { whole } else { 0 };
    let mut fraction = 0;
    let mut tail = &rest[whole..];
    // `1532402927.647951.pcd`: digits between two dots are a fraction; `1532402927.647951` alone
    // is one, too.
    if let Some(behind) = tail.strip_prefix(b".") {
        let count = digits(behind);
        let ends = behind.len() == count || behind[count..].starts_with(b".");
        if count > 0 && ends {
            if width != 0 || whole + count > MAX_DIGITS {
                return None;
            }
            value = number(value, &behind[..count]);
            fraction = count;
            tail = &behind[count..];
        }
    }
    if negative {
        if value == 0 || width != 0 {
            return None;
        }
        value = -value;
    }
    let suffix = match tail {
        [] => tail,
        [b'.', suffix @ ..] if !suffix.is_empty() => suffix,
        _ => return None,
    };
    if fraction > 0 {
        width = 0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "both are at most MAX_DIGITS")]
    let naming = Naming::new(suffix, width as u8, fraction as u8)?;
    Some((value, naming))
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// The number that digits write behind a number. At most 36 digits fit.
pub(crate) fn number(start: i128, digits: &[u8]) -> i128 {
    // Cannot overflow: callers bound the digits to MAX_DIGITS.
    if start == 0 && digits.len() <= 19 {
        return i128::from(
            digits.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0')),
        );
    }
    digits.iter().fold(start, |value, digit| value * 10 + i128::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What the formatter writes.
    fn formatted(value: i128, width: u8, fraction: u8) -> String {
        let sign = if value < 0 { "-" } else { "" };
        let digits = format!("{:0width$}", value.unsigned_abs(), width = usize::from(width));
        if fraction == 0 {
            return format!("{sign}{digits}");
        }
        let fraction = usize::from(fraction);
        let padded = format!("{digits:0>width$}", width = fraction + 1);
        let (whole, rest) = padded.split_at(padded.len() - fraction);
        format!("{sign}{whole}.{rest}")
    }

    #[test]
    fn numbers_are_written_as_the_formatter_does() {
        let mut values = vec![0, i128::MAX, i128::MIN];
        for power in 0..=38 {
            let ten = 10_i128.pow(power);
            values.extend([ten - 1, ten, ten + 1, ten + ten / 10 * 7, -ten]);
        }
        values.extend([i128::from(u64::MAX), i128::from(u64::MAX) + 1]);
        for value in values {
            for (width, fraction) in [(0, 0), (1, 0), (6, 0), (20, 0), (36, 0), (0, 1), (0, 9)] {
                let expected = formatted(value, width, fraction);
                assert_eq!(render_stem(value, width, fraction), expected, "{value}");
                assert_eq!(rendered_len(value, width, fraction), expected.len(), "{value}");
            }
        }
    }

    #[test]
    fn what_a_frame_holds_is_told_by_its_suffix() {
        for suffix in ["jpg", "JPG", "pcd", "PCD", "png", "bin", "pcd.bin", "", "jp", "jpgs", "txt"]
        {
            let naming = Naming::plain(suffix).unwrap();
            assert_eq!(naming.media(), Media::of_suffix(suffix), "{suffix}");
        }
    }

    #[test]
    fn what_is_a_number() {
        let read = |name: &str| {
            parse(name.as_bytes()).map(|(value, naming)| (value, naming.suffix().to_owned()))
        };
        assert_eq!(read("1681532060061.pcd"), Some((1_681_532_060_061, "pcd".into())));
        assert_eq!(read("0.jpg"), Some((0, "jpg".into())));
        assert_eq!(read("-5.jpg"), Some((-5, "jpg".into())));
        assert_eq!(read("000012.JPG"), Some((12, "JPG".into())));
        assert_eq!(
            read("99999999999999999999.pcd"),
            Some((99_999_999_999_999_999_999, "pcd".into()))
        );
        assert_eq!(read("1532402927.647951.pcd"), Some((1_532_402_927_647_951, "pcd".into())));
        assert_eq!(read("12"), Some((12, String::new())));
        assert_eq!(
            read("1532402927647951.pcd.bin"),
            Some((1_532_402_927_647_951, "pcd.bin".into()))
        );
        assert_eq!(
            read("1532402927.647951.PCD.bin"),
            Some((1_532_402_927_647_951, "PCD.bin".into()))
        );
        for text in [
            "",
            ".pcd",
            "-",
            "-0.pcd",
            "1e5.pcd",
            "+1.pcd",
            " 1.pcd",
            "1 .pcd",
            "1..pcd",
            "1.",
            "a1.pcd",
            "1.p-cd",
            "1.jpg.bin",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_renders_back_to_its_bytes(name in "-?[0-9]{1,30}(\\.[0-9]{1,9})?(\\.[a-zA-Z0-9]{1,5})?") {
            if let Some((value, naming)) = parse(name.as_bytes()) {
                prop_assert_eq!(naming.render(value), name);
            }
        }

        #[test]
        fn any_bytes_are_read_without_harm(name in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Some((value, naming)) = parse(&name) {
                prop_assert_eq!(naming.render(value).into_bytes(), name);
            }
        }
    }
}
