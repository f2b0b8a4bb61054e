//! Numbers of a request as they are written: whole ones beyond what a float can hold, and those
//! that only look like floats.

use crate::document::json::{Document, Kind, Value};

/// A number, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it is.
    pub number: Number,
    /// Whether it stands in quotes.
    pub quoted: bool,
    /// Whether it is written with digits alone, and a sign at most: `3`, not `3.0`, `3e0` or `-0`.
    pub plain: bool,
}

/// A number as far as a whole one of 64 bits is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// A whole number.
    Whole(i64),
    /// One with a fraction.
    Fraction,
    /// One beyond 64 bits.
    TooLarge,
}

impl Reading {
    /// The number that a value is, or that stands in it in quotes.
    #[must_use]
    pub fn of(document: &Document, value: &Value) -> Option<Self> {
        match &value.kind {
            Kind::Number(float) => {
                let written = document.text().get(value.span.start..value.span.end)?;
                Some(Self::written(std::str::from_utf8(written).ok()?, *float, false))
            }
            Kind::String(string) => {
                let float = string.trim().parse().ok().filter(|float: &f64| float.is_finite())?;
                Some(Self::written(string, float, true))
            }
            _ => None,
        }
    }

    fn written(text: &str, float: f64, quoted: bool) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let only_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let plain = only_digits && text != "-0" && (digits == "0" || !digits.starts_with('0'));
        let number = match text.trim().parse() {
            Ok(whole) => Number::Whole(whole),
            Err(_) if float.fract() != 0.0 => Number::Fraction,
            // Beyond 2^63 nothing fits; below, a float that is whole is exactly that.
            Err(_) if only_digits || float.abs() >= 9_223_372_036_854_775_808.0 => Number::TooLarge,
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
            Err(_) => Number::Whole(float as i64),
        };
        Reading { number, quoted, plain }
    }

    /// The whole number, where it is one.
    #[must_use]
    pub fn whole(self) -> Option<i64> {
        match self.number {
            Number::Whole(whole) => Some(whole),
            Number::Fraction | Number::TooLarge => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_is_written() {
        let check = |text: &str, number: Number, plain: bool| {
            let document = Document::parse("it.json", text.as_bytes().to_vec());
            let reading = Reading::of(&document, document.root().unwrap()).unwrap();
            assert_eq!((reading.number, reading.plain), (number, plain), "{text}");
        };
        check("3", Number::Whole(3), true);
        check("-3", Number::Whole(-3), true);
        check("3.0", Number::Whole(3), false);
        check("1e3", Number::Whole(1000), false);
        check("-0", Number::Whole(0), false);
        check("3.5", Number::Fraction, false);
        check("9223372036854775807", Number::Whole(i64::MAX), true);
        check("9223372036854775808", Number::TooLarge, true);
        check("-9223372036854775808", Number::Whole(i64::MIN), true);
        check("1e300", Number::TooLarge, false);
        check("123456789012345678901234567890123456789012345", Number::TooLarge, true);
        check("\"3\"", Number::Whole(3), true);
        check("\" 3\"", Number::Whole(3), false);
        check("\"03\"", Number::Whole(3), false);
        check("\"1e3\"", Number::Whole(1000), false);
        for text in ["\"\"", "\"three\"", "null", "[3]", "\"NaN\"", "\"inf\"", "true"] {
            let document = Document::parse("it.json", text.as_bytes().to_vec());
            assert_eq!(Reading::of(&document, document.root().unwrap()), None, "{text}");
        }
    }
}
