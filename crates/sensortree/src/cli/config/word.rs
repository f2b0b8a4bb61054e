//! The words of settings: each is read as what it names, so that a mistake is drawn where it
//! stands.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser, ValueParserFactory};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sensortree_core::finding::settings::{FailOn, Selector, Severity, Suppression};
use sensortree_core::platform::{Basis, Endpoint};
use sensortree_core::{rules, text};
use sensortree_scan::Links;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

use crate::cli::tolerance::Tolerance;
use jiff::civil::Date;

/// A glob that was tried.
#[derive(Clone, Debug)]
pub struct Pattern(pub(super) Suppression);

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Suppression::at(text, Vec::new(), String::new())
            .map(Pattern)
            .map_err(|error| error.kind().to_string())
    }
}

/// A reason that says something.
#[derive(Clone, Debug)]
pub struct Reason(pub(super) String);

impl FromStr for Reason {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().is_empty() {
            return Err("an ignore needs a reason");
        }
        Ok(Reason(text.to_owned()))
    }
}

/// A day, as TOML has them: 2026-12-31, without quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    /// How many days are left until it; `None` when it is over.
    #[must_use]
    pub fn days_from(self, today: Date) -> Option<u64> {
        let days = self.0.duration_since(today).as_hours() / 24;
        u64::try_from(days).ok()
    }
}

/// `today`, or `in 3 days`.
pub(crate) fn in_days(days: u64) -> String {
    if days == 0 { "today".to_owned() } else { format!("in {}", text::count(days, "day")) }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Parse;

        impl<'de> Visitor<'de> for Parse {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a day without quotes, as 2026-12-31")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let written = Datetime::deserialize(MapAccessDeserializer::new(map))?;
                let wrong = || {
                    serde::de::Error::custom(format!(
                        "`{written}` is no day; write it as 2026-12-31"
                    ))
                };
                let Datetime { date: Some(date), time: None, offset: None } = written else {
                    return Err(wrong());
                };
                let number = |part: u8| i8::try_from(part).ok();
                let year = i16::try_from(date.year).ok();
                let parts = year.zip(number(date.month)).zip(number(date.day));
                let day = parts.and_then(|((year, month), day)| Date::new(year, month, day).ok());
                day.map(Day).ok_or_else(wrong)
            }
        }

        deserializer.deserialize_any(Parse)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

/// A word of a file or the command line, read as what it names. A mistake in a file is drawn where
/// it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word<T>(pub T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Parsed within the visit, since that is where the deserializer still knows the place.
        struct Parse<T>(PhantomData<T>);

        impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Parse<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Parse(PhantomData)).map(Word)
    }
}

/// What can be said in the place of a [`Word`].
pub(crate) trait Vocabulary {
    /// The name in the schema.
    const NAME: &'static str;

    /// What an editor is told: the words, or what they look like.
    fn schema() -> Schema;
}

/// A [`Vocabulary`] of settings that stand on the command line, too.
pub(crate) trait Flag:
    Vocabulary + Clone + Send + Sync + FromStr<Err: fmt::Display> + 'static
{
    /// The words, where they are so few that the help has them all; else none.
    fn words() -> Vec<&'static str> {
        Vec::new()
    }

    /// The word, as a configuration file has it.
    fn text(&self) -> Cow<'_, str>;
}

impl<T: Vocabulary> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        T::schema()
    }
}

impl<T: Flag> ValueParserFactory for Word<T> {
    type Parser = ValueParser;

    fn value_parser() -> ValueParser {
        let parse = |text: &str| text.parse::<T>().map(Word).map_err(|error| error.to_string());
        let words = T::words();
        if words.is_empty() {
            ValueParser::from(parse)
        } else {
            PossibleValuesParser::new(words).try_map(move |word| parse(&word)).into()
        }
    }
}

fn one_of<'w>(words: impl IntoIterator<Item = &'w str>) -> Schema {
    let words: Vec<&str> = words.into_iter().collect();
    json_schema!({ "type": "string", "enum": words })
}

/// Says of enums that their words are all that can be said.
macro_rules! enums {
    ($($Enum:ident),*) => {$(
        impl Vocabulary for $Enum {
            const NAME: &'static str = stringify!($Enum);

            fn schema() -> Schema {
                one_of($Enum::ALL.map($Enum::as_str))
            }
        }

        impl Flag for $Enum {
            fn words() -> Vec<&'static str> {
                $Enum::ALL.map($Enum::as_str).to_vec()
            }

            fn text(&self) -> Cow<'_, str> {
                self.as_str().into()
            }
        }
    )*};
}

enums!(Severity, FailOn, Basis, Endpoint, Links);

impl Vocabulary for Selector {
    const NAME: &'static str = "Rules";

    fn schema() -> Schema {
        let families = rules::FAMILIES.iter().map(|(letter, _)| *letter);
        let families =
            families.filter(|letter| rules::ALL.iter().any(|rule| rule.family() == *letter));
        let rules = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
        one_of(std::iter::once("ALL").chain(families).chain(rules))
    }
}

impl Flag for Selector {
    fn text(&self) -> Cow<'_, str> {
        self.as_str().into()
    }
}

impl Vocabulary for Tolerance {
    const NAME: &'static str = "Duration";

    fn schema() -> Schema {
        json_schema!({ "type": "string", "examples": ["50ms", "1.5s", "100us"] })
    }
}

impl Flag for Tolerance {
    fn text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }
}

impl Vocabulary for Pattern {
    const NAME: &'static str = "Glob";

    fn schema() -> Schema {
        json_schema!({ "type": "string", "examples": ["camera-rear/**", "*/scene_0042", "/data/drive_0423/camera-rear/**"] })
    }
}

impl Vocabulary for Reason {
    const NAME: &'static str = "Reason";

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "\\S" })
    }
}
