//! Changes of single values in a metadata.json that is drawn as one that fits but for them: so an
//! example shows what it is about, and not a whole document.

use crate::document::json::{Document, Kind, Value};
use crate::names::METADATA;

/// The text with each line of `patches` carried out: `path = value`, `path = as path` (the value
/// that stands there) or `path absent`. A path is keys with dots between them and positions in
/// brackets: `cameraCoefficients[0].camera.heading.z`. What is not there is added as the last.
///
/// # Errors
/// When a line is no such change, or names something in what is not there.
pub(super) fn patched(mut text: String, patches: &str) -> Result<String, String> {
    for line in patches.lines().map(str::trim).filter(|line| !line.is_empty()) {
        text = match (line.strip_suffix(" absent"), line.split_once(" = ")) {
            (Some(path), _) => without(&text, path)?,
            (None, Some((path, value))) => match value.strip_prefix("as ") {
                Some(other) => with(&text, path, written_at(&text, other)?.as_str())?,
                None => with(&text, path, value)?,
            },
            (None, None) => return Err(format!("`{line}` changes nothing")),
        };
    }
    Ok(text)
}

/// One step of a path.
enum Step<'p> {
    Key(&'p str),
    Position(usize),
}

fn steps(path: &str) -> Result<Vec<Step<'_>>, String> {
    let mut steps = Vec::new();
    for part in path.split('.') {
        let (key, positions) = part.split_once('[').map_or((part, ""), |(key, rest)| (key, rest));
        steps.push(Step::Key(key));
        for position in positions.split('[').filter(|position| !position.is_empty()) {
            let position = position.strip_suffix(']').and_then(|digits| digits.parse().ok());
            steps.push(Step::Position(position.ok_or_else(|| format!("`{path}` is no path"))?));
        }
    }
    Ok(steps)
}

/// Parses the text as it is so far.
fn document(text: &str) -> Document {
    Document::parse(METADATA, text.as_bytes().to_vec())
}

/// The value that the steps lead to.
fn find<'v>(mut value: &'v Value, steps: &[Step<'_>]) -> Option<&'v Value> {
    for step in steps {
        value = match (step, &value.kind) {
            (Step::Key(key), Kind::Object(object)) => &object.get(key)?.value,
            (Step::Position(at), Kind::Array(items)) => items.get(*at)?,
            _ => return None,
        };
    }
    Some(value)
}

/// The value at a path, as it is written there.
fn written_at(text: &str, path: &str) -> Result<String, String> {
    let (document, steps) = (document(text), steps(path)?);
    let found = document.root().and_then(|root| find(root, &steps));
    let span = found.ok_or_else(|| format!("`{path}` leads nowhere"))?.span;
    Ok(text[span.start..span.end].to_owned())
}

fn with(text: &str, path: &str, value: &str) -> Result<String, String> {
    let (document, steps) = (document(text), steps(path)?);
    let root = document.root().ok_or("the document is not read")?;
    if let Some(found) = find(root, &steps) {
        return Ok([&text[..found.span.start], value, &text[found.span.end..]].concat());
    }
    let missing = || format!("`{path}` leads nowhere");
    let (last, above) = steps.split_last().ok_or_else(missing)?;
    let parent = find(root, above).ok_or_else(missing)?;
    let (end, is_empty, added) = match (last, &parent.kind) {
        (Step::Key(key), Kind::Object(object)) => {
            let last = object.members().last().map(|member| member.value.span.end);
            (last, last.is_none(), format!("\"{key}\": {value}"))
        }
        (Step::Position(_), Kind::Array(items)) => {
            let last = items.last().map(|item| item.span.end);
            (last, last.is_none(), value.to_owned())
        }
        _ => return Err(missing()),
    };
    let end = end.unwrap_or(parent.span.start + 1);
    let separator = if is_empty { "" } else { ", " };
    Ok([&text[..end], separator, &added, &text[end..]].concat())
}

fn without(text: &str, path: &str) -> Result<String, String> {
    let (document, steps) = (document(text), steps(path)?);
    let root = document.root().ok_or("the document is not read")?;
    let missing = || format!("`{path}` leads nowhere");
    let (last, above) = steps.split_last().ok_or_else(missing)?;
    let parent = find(root, above).ok_or_else(missing)?;
    // Where each part of the parent begins and ends.
    let (parts, at) = match (last, &parent.kind) {
        (Step::Key(key), Kind::Object(object)) => {
            let parts: Vec<_> = object
                .members()
                .map(|member| (member.key.span.start, member.value.span.end))
                .collect();
            (parts, object.members().position(|member| member.key.value == *key))
        }
        (Step::Position(at), Kind::Array(items)) => {
            (items.iter().map(|item| (item.span.start, item.span.end)).collect(), Some(*at))
        }
        _ => return Err(missing()),
    };
    let at = at.ok_or_else(missing)?;
    let (start, end) = *parts.get(at).ok_or_else(missing)?;
    // With the comma before it, or where it is the first, behind it.
    let (start, end) = match (at.checked_sub(1).and_then(|before| parts.get(before)), parts.get(1))
    {
        (Some((_, before)), _) => (*before, end),
        (None, Some((next, _))) => (start, *next),
        (None, None) => (start, end),
    };
    Ok([&text[..start], &text[end..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_changed_added_and_taken_away() {
        let text = r#"{"a": [1, {"b": 2}], "c": {}}"#;
        let patch = |patches: &str| patched(text.to_owned(), patches);
        assert_eq!(patch("a[1].b = 3").unwrap(), r#"{"a": [1, {"b": 3}], "c": {}}"#);
        assert_eq!(patch("a[2] = \"x\"").unwrap(), r#"{"a": [1, {"b": 2}, "x"], "c": {}}"#);
        assert_eq!(patch("c.d = 4").unwrap(), r#"{"a": [1, {"b": 2}], "c": {"d": 4}}"#);
        assert_eq!(patch("e = 5").unwrap(), r#"{"a": [1, {"b": 2}], "c": {}, "e": 5}"#);
        assert_eq!(patch("a absent").unwrap(), r#"{"c": {}}"#);
        assert_eq!(patch("c absent\na[0] absent").unwrap(), r#"{"a": [{"b": 2}]}"#);
        assert_eq!(patch("a[1].b absent").unwrap(), r#"{"a": [1, {}], "c": {}}"#);
        assert_eq!(patch("a[2] = as a[1]").unwrap(), r#"{"a": [1, {"b": 2}, {"b": 2}], "c": {}}"#);
        for wrong in ["a.b = as d", "a.b = 1", "x.y = 1", "z absent", "a", "a[x] = 1"] {
            assert!(patch(wrong).is_err(), "{wrong}");
        }
    }
}
