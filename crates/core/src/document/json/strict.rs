//! The judge: what strict JSON takes.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fault::{Fault, FaultKind};
use super::{MAX_DEPTH, Span};

/// Any JSON value, read to its end and not kept: what `serde_json::Value` takes and refuses,
/// in no memory.
struct Any;

impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

impl<'de> Visitor<'de> for Any {
    type Value = Any;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Any, E> {
        Ok(Any)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Any, E> {
        Ok(Any)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Any, E> {
        Ok(Any)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Any, E> {
        Ok(Any)
    }

    fn visit_str<E>(self, _: &str) -> Result<Any, E> {
        Ok(Any)
    }

    fn visit_unit<E>(self) -> Result<Any, E> {
        Ok(Any)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Any, A::Error> {
        while elements.next_element::<Any>()?.is_some() {}
        Ok(Any)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Any, A::Error> {
        while members.next_entry::<Any, Any>()?.is_some() {}
        Ok(Any)
    }
}

/// Why strict JSON does not take a text.
#[derive(Debug)]
pub(super) struct Refusal(serde_json::Error);

pub(super) fn judge(text: &str) -> Result<(), Refusal> {
    serde_json::from_str::<Any>(text).map(|_| ()).map_err(Refusal)
}

/// How many objects a text holds one after the other, where it holds nothing else.
pub(super) fn count_objects(text: &str) -> Option<u64> {
    if !text.starts_with('{') {
        return None;
    }
    serde_json::Deserializer::from_str(text)
        .into_iter::<Any>()
        .try_fold(0, |count, object| object.ok().map(|_| count + 1))
}

impl Refusal {
    /// The fault in `text`, of which the part from `start` was judged.
    pub(super) fn into_fault(self, text: &str, start: usize) -> Fault {
        let Refusal(error) = self;
        let mut place = place_of(text, start, error.line(), error.column());
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        let width =
            text.get(place..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let span = Span::new(place, place + width);
        let words = error.to_string();
        // The place is said apart.
        let words =
            words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned();
        if words.starts_with("recursion limit") {
            return Fault::new(FaultKind::TooDeep, span, format!("over {MAX_DEPTH} levels"));
        }
        if error.is_eof() {
            return Fault::new(FaultKind::Truncated, Span::at(text.len()), words);
        }
        Fault::new(FaultKind::Syntax, span, words)
    }
}

/// The offset of a line (from 1) and of a column in bytes (from 1; 0 for the line's end before).
fn place_of(text: &str, start: usize, line: usize, column: usize) -> usize {
    let mut at = start;
    for _ in 1..line {
        match text.get(at..).and_then(|rest| rest.find('\n')) {
            Some(newline) => at += newline + 1,
            None => break,
        }
    }
    at.saturating_add(column.saturating_sub(1)).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_judges_as_a_reader_that_keeps_the_values_does() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        for text in [
            "{}",
            "",
            " ",
            "1e400",
            "-1e-400",
            "123456789012345678901234567890",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "\"\t\"",
            "01",
            "[1,]",
            "{\"a\":1,\"a\":2}",
            "{} x",
            "NaN",
            "\u{a0}1",
            &nested(MAX_DEPTH),
            &nested(MAX_DEPTH + 1),
        ] {
            let kept = serde_json::from_str::<serde_json::Value>(text);
            assert_eq!(judge(text).is_ok(), kept.is_ok(), "{text:.40}: {kept:.40?}");
        }
        assert!(judge(&nested(MAX_DEPTH)).is_ok());
        assert!(judge(&nested(MAX_DEPTH + 1)).is_err());
    }
}
