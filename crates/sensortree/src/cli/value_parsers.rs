//! How the command line reads values that several flags take.

use std::fmt::Display;
use std::num::{NonZeroU64, NonZeroUsize};
use std::str::FromStr;

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};
use sensortree_core::platform::DataType;

/// Takes the words of a setting, and offers them in help, completions and after a typing mistake.
pub(crate) fn words<T, const N: usize>(all: [T; N], as_str: fn(T) -> &'static str) -> ValueParser
where
    T: Copy + Send + Sync + FromStr + 'static,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    PossibleValuesParser::new(all.map(as_str)).try_map(|word| word.parse::<T>()).into()
}

pub(crate) fn data_type() -> ValueParser {
    let parse = |word: String| match word.as_str() {
        "2" => DataType::Image2D,
        _ => DataType::PointCloud3D,
    };
    PossibleValuesParser::new(["2", "3"]).map(parse).into()
}

pub(crate) fn at_least_one(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "expected a whole number from 1 up")
}

pub(crate) fn positive(text: &str) -> Result<NonZeroU64, &'static str> {
    text.parse().map_err(|_| "expected a whole number from 1 up")
}

pub(crate) fn text_of(error: impl Display) -> String {
    error.to_string()
}
