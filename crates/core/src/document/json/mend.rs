//! What would make JSON of a text that is nearly JSON: exact stretches, so that all else of the
//! text stays as it is.

use super::pieces;
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
                | Kind::MissingComma
                | Kind::Comment
                | Kind::SingleQuote
                | Kind::UnquotedKey
                | Kind::Word
                | Kind::NumberNotation
                | Kind::Escape
                | Kind::Space
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
    let mut found = if is_strict { Vec::new() } else { pieces::changes(text)? };
    // Of what Python printed, one fault stands for all that it writes otherwise.
    let of_python = [Kind::PythonObject, Kind::PythonNumber].into_iter().find(|kind| has(*kind));
    for mending in &mut found {
        if !has(mending.kind) {
            mending.kind = of_python?;
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
pub(super) fn mended(text: &str, mendings: &[Mending]) -> Option<String> {
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
        check(
            "{'a': (1, 2), 'b': ((1,), ()), 'c': ('x',)}",
            "{\"a\": [1, 2], \"b\": [[1], []], \"c\": [\"x\"]}",
        );
        check("{\"a\": np.int64(1), \"b\": (1, 2)}", "{\"a\": 1, \"b\": [1, 2]}");
        check("{a: 1, _b2 : {c: 2}}", "{\"a\": 1, \"_b2\" : {\"c\": 2}}");
        check("{ a /* x */ : 'b' }", "{ \"a\"  : \"b\" }");
        check("{\"a\": 1\n \"b\": [2\n3]\n}", "{\"a\": 1,\n \"b\": [2,\n3]\n}");
        check("{\"a\": 1 \"b\": [[1, 2] [3, 4] 5]}", "{\"a\": 1, \"b\": [[1, 2], [3, 4], 5]}");
        check("{\"a\": 1 // one\n \"b\": 2 }", "{\"a\": 1, \n \"b\": 2 }");
        check("{\"a\": 1// one\n \"b\": 2 }", "{\"a\": 1,\n \"b\": 2 }");
        check("{\"a\": 1/* */\u{a0}\"b\": 2}", "{\"a\": 1 ,\"b\": 2}");
        check("{\n  a: 1\n  b: 'x'\n}", "{\n  \"a\": 1,\n  \"b\": \"x\"\n}");
        check("[\"it\\'s\", \"\\'\\'\", \"\\\\'\"]", "[\"it's\", \"''\", \"\\\\'\"]");
        check("{'a': 'it\\'s \"so\"\\''}", "{\"a\": \"it's \\\"so\\\"'\"}");
        check("{\"a\": np.array([1.0, -2])}", "{\"a\": [1.0, -2]}");
        check(
            "{'a': array([[1., 0.5],\n       [2. , .25]], dtype=float32), 'b': array([], dtype='<U4')}",
            "{\"a\": [[1.0, 0.5],\n       [2.0 , 0.25]], \"b\": []}",
        );
        check(
            "[numpy.array( [np.float64(1), True] , dtype = np.bool_ ), +1, -.5e3, 5.e+1]",
            "[ [1, true], 1, -0.5e3, 5.0e+1]",
        );
        check("[1,\u{a0}2\u{2003}]", "[1, 2 ]");
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
            "{'a': '\\x41'}",
            "{\"a\": \"\\d\", \"b\": \"it\\'s\"}",
            "{\"a\": np.float64(nan)}",
            "{\"a\": f(1)}",
            "{\"a\": yes, \"b\": True}",
            // In parentheses, and no tuple; and brackets that nobody is known to have meant.
            "{'a': (1)}",
            "{'a': ((1, 2))}",
            "{\"a\": (1, 2)}",
            // Keys that languages read differently, or that are no names.
            "{None: 1}",
            "{true: 1}",
            "{NaN: 1}",
            "{1: 2}",
            "{a-b: 1}",
            "{a.b: 1}",
            "{\"a\": 1, b\": 2,\n\"c\": 3}",
            // One value or two.
            "{\"a\": [1 2],}",
            "[1 920]",
            "[\"front\" \"left\"]",
            "[\"a\"\"b\"]",
            "[true\t1]",
            "{\"a\":{}\"b\": 1}",
            "[{}{}]",
            "{\"a\": 20 px: 1}",
            "{\"a\": 1 2}",
            // A value that is missing rather than a comma.
            "{\"a\":\n\"b\": 1}",
            "{\"a\": 1\n\"b\"\n\"c\": 1}",
            // Calls of which more is said than the list.
            "[array(1)]",
            "[array((1, 2))]",
            "[array([1], [2])]",
            "[array([1], dtype=float32, order='C')]",
            "[array([], shape=(0, 3), dtype=float64)]",
            "[array(['2020-01-01'], dtype='datetime64[D]')]",
            "[array([(1, 2.0)], dtype=[('a', '<i4'), ('b', '<f4')])]",
            "[array([0, 1, ..., 998, 999])]",
            "[array([1, nan])]",
            "[jax.array([1])]",
            "[0x10]",
            "[+1, 0x10]",
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
