//! The values of a listing in JSON.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A value where one of these is expected.
pub(super) enum Scalar {
    Text(Vec<u8>),
    Number(u64),
    True,
    False,
    Other,
}

impl Scalar {
    pub(super) fn text(self) -> Option<Vec<u8>> {
        if let Scalar::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn is_true(&self) -> bool {
        matches!(self, Scalar::True)
    }

    /// A number, also one in quotes, as Google has it.
    pub(super) fn number(self) -> Option<u64> {
        match self {
            Scalar::Number(number) => Some(number),
            Scalar::Text(text) => std::str::from_utf8(&text).ok()?.parse().ok(),
            Scalar::True | Scalar::False | Scalar::Other => None,
        }
    }
}

impl<'de> serde::Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.as_bytes().to_vec()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_i64<E>(self, _number: i64) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_f64<E>(self, _number: f64) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Scalar, E> {
        Ok(if truth { Scalar::True } else { Scalar::False })
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Scalar, A::Error> {
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Scalar, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

/// The size in an object within an entry's.
pub(super) struct Inner(pub(super) Option<u64>);

impl<'de> serde::Deserialize<'de> for Inner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Inner;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_unit<E>(self) -> Result<Inner, E> {
                Ok(Inner(None))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Inner, A::Error> {
                let mut size = None;
                while let Some(name) = fields.next_key::<String>()? {
                    match name.as_str() {
                        "size" | "contentLength" => size = fields.next_value::<Scalar>()?.number(),
                        _ => {
                            fields.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Inner(size))
            }
        }
        deserializer.deserialize_any(Fields)
    }
}
