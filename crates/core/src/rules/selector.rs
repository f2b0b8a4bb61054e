//! Selectors, as a user writes them: one names at least one rule of the catalogue.

use std::str::FromStr;

use super::ALL;
use crate::finding::settings::Selector;
use crate::text;

/// A selector that names no rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a rule, family or `ALL`{}", .nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
pub struct UnknownSelector {
    /// The selector as given.
    pub found: String,
    /// The rule that was most likely meant.
    pub nearest: Option<String>,
}

impl FromStr for Selector {
    type Err = UnknownSelector;

    fn from_str(text: &str) -> Result<Self, UnknownSelector> {
        let selector = Selector(text.to_owned());
        if ALL.iter().any(|rule| selector.matches(rule)) {
            return Ok(selector);
        }
        let words = ALL.iter().flat_map(|rule| [rule.code, rule.name]);
        Err(UnknownSelector {
            found: text.to_owned(),
            nearest: text::nearest(text, words).map(str::to_owned),
        })
    }
}
