//! What would make JSON of a text that is nearly JSON: exact stretches, so that all else of the
//! text stays as it is.

use super::python;
use super::{Document, Fault, FaultKind, Kind, Object, Span, Value};

/// A stretch of a text that is to be replaced, and the kind of fault that it mends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mending {
    /// The kind of fault.
    pub(crate) kind: FaultKind,
    /// The stretch.
    pub(crate) span: Span,
    /// What stands there afterwards.
    pub(crate) text: String,
}

/// What some editors write before a text in UTF-8.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// The changes that make JSON of a document, which then says the same; by their place. None where
/// something of it would still be no JSON, or where it is not clear what it says.
///
/// Of a key that stands twice, one is taken away only where all such keys have equal values.
pub(crate) fn mendings(document: &Document) -> Vec<Mending> {
    all(document).unwrap_or_default()
}

fn all(document: &Document) -> Option<Vec<Mending>> {
    use FaultKind as Kind;
    let is_known = |fault: &Fault| {
        matches!(
            fault.kind,
            Kind::ByteOrderMark
                | Kind::TrailingComma
                | Kind::Comment
                | Kind::SingleQuote
                | Kind::Word
                | Kind::PythonObject
                | Kind::PythonNumber
                | Kind::DuplicateKey
        )
    };
    let has = |kind| document.faults().iter().any(|fault| fault.kind == kind);
    if document.faults().is_empty() || !document.faults().iter().all(is_known) {
        return None;
    }
    let text = std::str::from_utf8(document.text()).ok()?;
    let root = document.root()?;
    let is_strict = document.faults().iter().all(|fault| fault.kind == Kind::DuplicateKey);
    let mut found = if is_strict { Vec::new() } else { of_pieces(text)? };
    if has(Kind::PythonObject) {
        for mending in &mut found {
            if matches!(mending.kind, Kind::SingleQuote | Kind::Word | Kind::PythonNumber) {
                mending.kind = Kind::PythonObject;
            }
        }
    }
    let mut repeats = Vec::new();
    if has(Kind::DuplicateKey) && add_repeats(text, root, &mut repeats) {
        let overlaps = |repeat: &Mending| {
            let is_apart = |other: &Mending| {
                other.span.end <= repeat.span.start || repeat.span.end <= other.span.start
            };
            !found.iter().all(is_apart)
        };
        if !repeats.iter().any(overlaps) {
            found.extend(repeats);
        }
    }
    found.sort_by_key(|mending| mending.span);
    let mended = Document::parse("", mended(text, &found)?.into_bytes());
    let is_right = mended.faults().iter().all(|fault| fault.kind == Kind::DuplicateKey)
        && mended.root().is_some_and(|after| says_the_same(root, after));
    is_right.then_some(found)
}

/// The text with the changes made.
fn mended(text: &str, mendings: &[Mending]) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut at = 0;
    for Mending { span, text: new, .. } in mendings {
        mended.push_str(text.get(at..span.start)?);
        mended.push_str(new);
        at = span.end;
    }
    mended.push_str(text.get(at..)?);
    Some(mended)
}

/// What is to be changed for each piece of a text that JSON does not have.
fn of_pieces(text: &str) -> Option<Vec<Mending>> {
    let mut found = Vec::new();
    let mut add = |kind, span, text: &str| {
        found.push(Mending { kind, span, text: text.to_owned() });
    };
    // A comma after which no value came yet.
    let mut comma: Option<Span> = None;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let piece = python::piece(rest);
        let span = Span::new(at, at + piece.len());
        at = span.end;
        let is_comment = piece.starts_with("//") || piece.starts_with("/*");
        if is_comment {
            add(FaultKind::Comment, span, "");
        } else if piece == BYTE_ORDER_MARK && span.start == 0 {
            add(FaultKind::ByteOrderMark, span, "");
        } else if piece.starts_with('\'') {
            add(FaultKind::SingleQuote, span, &in_double_quotes(piece)?);
        } else if let Some(name) = piece.strip_suffix('(') {
            // The call alone goes; the number in it stays as it is written.
            let end = at + text.get(at..)?.find(')')?;
            let argument = text.get(at..end)?;
            if !is_number_type(name)
                || serde_json::from_str::<serde_json::Number>(argument).is_err()
            {
                return None;
            }
            add(FaultKind::PythonNumber, span, "");
            add(FaultKind::PythonNumber, Span::new(end, end + 1), "");
            at = end + 1;
        } else if let Some(word) = json_word(piece) {
            add(FaultKind::Word, span, word);
        } else if let (Some(comma), "]" | "}") = (comma, piece) {
            add(FaultKind::TrailingComma, comma, "");
        }
        if piece == "," {
            comma = Some(span);
        } else if !is_comment && !piece.trim().is_empty() {
            comma = None;
        }
    }
    Some(found)
}

/// What JSON has for a word of Python.
fn json_word(word: &str) -> Option<&'static str> {
    match word {
        "True" => Some("true"),
        "False" => Some("false"),
        "None" => Some("null"),
        _ => None,
    }
}

/// Whether a name is that of one of NumPy's types of numbers.
fn is_number_type(name: &str) -> bool {
    let of_numpy = name.strip_prefix("np.").or_else(|| name.strip_prefix("numpy."));
    let base = of_numpy.map(|it| it.trim_end_matches(|c: char| c.is_ascii_digit()));
    matches!(base, Some("float" | "int" | "uint"))
}

/// A string in single quotes as one in double quotes. `None` where it has an escape that JSON does
/// not have.
fn in_double_quotes(piece: &str) -> Option<String> {
    let inside = piece.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut written = String::from("\"");
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => written.push_str("\\\""),
            '\\' => match characters.next()? {
                escape @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') => {
                    written.extend(['\\', escape]);
                }
                _ => return None,
            },
            _ => written.push(character),
        }
    }
    written.push('"');
    Some(written)
}

/// Takes away each member whose key stood before in its object. False where one of them has
/// another value than before: then it is not clear which is right.
fn add_repeats(text: &str, value: &Value, found: &mut Vec<Mending>) -> bool {
    match &value.kind {
        Kind::Array(elements) => elements.iter().all(|it| add_repeats(text, it, found)),
        Kind::Object(object) => add_repeated_members(text, object, found),
        _ => true,
    }
}

fn add_repeated_members(text: &str, object: &Object, found: &mut Vec<Mending>) -> bool {
    let written = |value: &Value| text.get(value.span.start..value.span.end);
    let mut known = hashbrown::HashMap::new();
    let mut end = 0;
    for member in &object.members {
        let value = &member.value;
        match known.get(&member.key.value) {
            Some(before) if *before != written(value) => return false,
            Some(_) => found.push(Mending {
                kind: FaultKind::DuplicateKey,
                span: Span::new(end, value.span.end),
                text: String::new(),
            }),
            None => {
                known.insert(&member.key.value, written(value));
                if !add_repeats(text, value, found) {
                    return false;
                }
            }
        }
        end = value.span.end;
    }
    true
}

/// Whether two values are the same, as far as the first could be read.
fn says_the_same(one: &Value, other: &Value) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Broken, _) => true,
        (Kind::Array(ones), Kind::Array(others)) => {
            ones.len() == others.len()
                && ones.iter().zip(others).all(|(one, other)| says_the_same(one, other))
        }
        (Kind::Object(ones), Kind::Object(others)) => {
            let alike = |one: &super::Member| {
                let other = others.get(&one.key.value);
                other.is_some_and(|other| says_the_same(&one.value, &other.value))
            };
            ones.members().count() == others.members().count() && ones.members().all(alike)
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nearly_json_becomes_json_and_all_else_stays() {
        let check = |text: &str, expected: &str| {
            let document = Document::parse("metadata.json", text.as_bytes().to_vec());
            let found = mendings(&document);
            assert!(!found.is_empty(), "{text}: {:?}", document.faults());
            assert_eq!(mended(text, &found).as_deref(), Some(expected));
            let kinds: Vec<FaultKind> = document.faults().iter().map(|fault| fault.kind).collect();
            let is_named = |mending: &Mending| kinds.contains(&mending.kind);
            assert!(found.iter().all(is_named), "{text}: {kinds:?}, {found:?}");
        };
        check("// a\n{\"a\":  1 /* b */ , \"c//\": 2}\n", "\n{\"a\":  1  , \"c//\": 2}\n");
        check("{\"a\": [1, 2, // last\n ], }", "{\"a\": [1, 2 \n ] }");
        check("\u{FEFF}{\"a\": 1, /* */}", "{\"a\": 1 }");
        check("{\"a\":  'it'}", "{\"a\":  \"it\"}");
        check(
            "{'a': 'say \"no\"', 'b': \"it's\", 'd': [True, None]}",
            "{\"a\": \"say \\\"no\\\"\", \"b\": \"it's\", \"d\": [true, null]}",
        );
        check("{\"a\": False}", "{\"a\": false}");
        check("[np.float64(40.50), numpy.int32(-7),  1.50]", "[40.50, -7,  1.50]");
        check("{'a': np.float64(1e-3)}", "{\"a\": 1e-3}");
        check("{\"a\": [1, 2] , \"b\": 3,\n \"a\": [1, 2]}", "{\"a\": [1, 2] , \"b\": 3}");
        check("{\"a\": 1, \"a\": 1, \"\\u0061\": 1, \"b\": 2}", "{\"a\": 1, \"b\": 2}");
        check("{\"a\": 1, \"a\": 1, \"b\": 'x',}", "{\"a\": 1, \"b\": \"x\"}");
        check("{\"a\": {\"b\": 1, \"b\": 1}, \"a\": {\"b\": 1, \"b\": 1}}", "{\"a\": {\"b\": 1}}");
        // The comment is mended, and which of the two values is right is not known.
        check("{\"a\": 1, \"a\": 2} // end", "{\"a\": 1, \"a\": 2} ");
    }

    #[test]
    fn what_does_not_say_what_it_means_is_left() {
        for text in [
            "{\"a\": 1, \"a\": 2}",
            "{\"a\": 1, \"a\": 1.0}",
            "{\"a\": NaN} // none",
            "{'a': nan}",
            "{'a': (1, 2)}",
            "{'a': '\\x41'}",
            "{'a': 'it\\'s \"so\"'}",
            "{\"a\": np.float64(nan)}",
            "{\"a\": np.array([1.0])}",
            "{\"a\": f(1)}",
            "{a: 1} // key",
            "{\"a\": yes, \"b\": True}",
            "{\"a\": [1 2],}",
            "{\"a\": [,]}",
            "{\"a\": 1, // cut",
            "{\"a\": 1}",
            "",
        ] {
            let document = Document::parse("metadata.json", text.as_bytes().to_vec());
            assert_eq!(mendings(&document), [], "{text}: {:?}", document.faults());
        }
    }
}
