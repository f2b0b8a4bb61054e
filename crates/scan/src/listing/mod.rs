//! Saved listings: what other tools wrote of a tree, and what sensortree saved itself.
//!
//! The kind is told by the beginning of the text, and said in the coverage's notes. Everything is
//! read as a stream, so memory follows folders, and never lines. A part that cannot be read makes
//! the inspection incomplete, and the rest is judged all the same; only what is no listing at all
//! is an error. docs/listings.md describes what is read, and the format of [`Recording`].

mod bytes;
mod columns;
mod inventory;
mod json;
mod json_value;
mod kind;
mod line;
mod lines;
mod listed;
mod own;
mod own_format;
mod plain;
pub(crate) mod recording;
mod refused;
mod root;
mod short_strings;
mod sink;
mod source;
mod table;
#[cfg(test)]
mod tests;

pub use recording::Recording;
pub use source::{Listing, inspect_from, may_be_replaced};
