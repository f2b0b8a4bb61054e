//! What is to be changed piece by piece, so that a text that is nearly JSON becomes JSON.
//!
//! This is stricter than the parser, which reads on past whatever it can: where a piece could be
//! meant in two ways, nothing is changed at all.

use super::mend::Mending;
use super::python;
use super::{FaultKind, Span};

/// What some editors write before a text in UTF-8.
const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// What is to be changed for each piece of a text that JSON does not have. `None` where it is not
/// certain what a piece means. The text is one that the parser has read.
///
/// What only Python writes is of the kind [`FaultKind::PythonNumber`] where it is a call, and
/// [`FaultKind::PythonObject`] where it is a tuple.
pub(super) fn changes(text: &str) -> Option<Vec<Mending>> {
    let mut pieces = Pieces {
        text,
        at: 0,
        found: Vec::new(),
        open: Vec::new(),
        before: Before::Nothing,
        gap: Gap::Nothing,
    };
    while pieces.at < text.len() {
        pieces.step()?;
    }
    Some(pieces.found)
}

/// A bracket that is open.
enum Open {
    Object,
    Array,
    /// A tuple, or a value in parentheses: its commas tell.
    Parentheses {
        bracket: Span,
        values: usize,
        commas: usize,
    },
    /// A call that makes an array of the list in it.
    ArrayCall,
}

/// What stands before a piece, but for spaces and comments.
#[derive(Clone, Copy)]
enum Before {
    /// Nothing, an opening bracket or a colon.
    Nothing,
    Comma(Span),
    /// A value or a key.
    Value {
        /// Where a comma behind it would stand: behind what is changed there and touches it, too,
        /// as no two changes of a text start at one place.
        end: usize,
        /// Whether it is an array or object.
        is_nested: bool,
    },
}

/// What lies between a piece and the one before, comments aside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Nothing,
    Spaces,
    LineEnd,
}

struct Pieces<'t> {
    text: &'t str,
    at: usize,
    found: Vec<Mending>,
    open: Vec<Open>,
    before: Before,
    gap: Gap,
}

impl<'t> Pieces<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn change(&mut self, kind: FaultKind, span: Span, text: impl Into<String>) {
        self.found.push(Mending { kind, span, text: text.into() });
    }

    /// Changes what stands between two pieces.
    fn change_space(&mut self, kind: FaultKind, span: Span, text: &str) {
        self.change(kind, span, text);
        match &mut self.before {
            Before::Value { end, .. } if *end == span.start => *end = span.end,
            _ => {}
        }
    }

    /// Steps over one piece.
    fn step(&mut self) -> Option<()> {
        let rest = self.rest();
        let piece = match number(rest) {
            "" => python::piece(rest),
            number => number,
        };
        let span = Span::new(self.at, self.at + piece.len());
        self.at = span.end;
        if piece.starts_with("//") || piece.starts_with("/*") {
            self.change_space(FaultKind::Comment, span, "");
            return Some(());
        }
        if piece == BYTE_ORDER_MARK && span.start == 0 {
            self.change(FaultKind::ByteOrderMark, span, "");
            return Some(());
        }
        if piece.trim().is_empty() {
            let is_line_end = matches!(piece, "\n" | "\r");
            if !is_line_end && !matches!(piece, " " | "\t") {
                self.change_space(FaultKind::Space, span, " ");
            }
            self.gap = self.gap.max(if is_line_end { Gap::LineEnd } else { Gap::Spaces });
            return Some(());
        }
        match piece {
            "," => self.comma(span),
            ":" => self.before = Before::Nothing,
            "]" | "}" | ")" => self.close(span)?,
            _ => {
                self.begin_value(piece)?;
                self.value(piece, span)?;
            }
        }
        self.gap = Gap::Nothing;
        Some(())
    }

    fn comma(&mut self, span: Span) {
        if let Some(Open::Parentheses { commas, .. }) = self.open.last_mut() {
            *commas += 1;
        }
        self.before = Before::Comma(span);
    }

    /// Before a value or key: puts a comma there where none stands and it is certain that one is
    /// missing.
    fn begin_value(&mut self, piece: &str) -> Option<()> {
        if let Before::Value { end, is_nested } = self.before {
            let is_missing = match (self.gap, self.open.last()?) {
                (Gap::Nothing, _) | (_, Open::ArrayCall) => false,
                (Gap::LineEnd, _) => true,
                // The parser has seen the colon behind it: this is a key.
                (Gap::Spaces, Open::Object) => piece.starts_with(['"', '\'']),
                // `1 920` may be one number, and `"front" "left"` one string.
                (Gap::Spaces, Open::Array | Open::Parentheses { .. }) => {
                    is_nested || matches!(piece, "[" | "{")
                }
            };
            if !is_missing {
                return None;
            }
            self.change(FaultKind::MissingComma, Span::at(end), ",");
            if let Some(Open::Parentheses { commas, .. }) = self.open.last_mut() {
                *commas += 1;
            }
        }
        match self.open.last_mut() {
            // Only what holds one list is known to be that list.
            Some(Open::ArrayCall) if piece != "[" => None,
            Some(Open::Parentheses { values, .. }) => {
                *values += 1;
                Some(())
            }
            _ => Some(()),
        }
    }

    fn value(&mut self, piece: &str, span: Span) -> Option<()> {
        let opened = match piece {
            "{" => Some(Open::Object),
            "[" => Some(Open::Array),
            "(" => Some(Open::Parentheses { bracket: span, values: 0, commas: 0 }),
            "array(" | "np.array(" | "numpy.array(" => {
                self.change(FaultKind::PythonNumber, span, "");
                Some(Open::ArrayCall)
            }
            _ => None,
        };
        if let Some(open) = opened {
            self.open.push(open);
            self.before = Before::Nothing;
            return Some(());
        }
        if let Some(name) = piece.strip_suffix('(') {
            self.number_call(name, span)?;
        } else if piece.starts_with(['"', '\'']) {
            self.string(piece, span)?;
        } else if piece.starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) {
            let plain = plain_number(piece)?;
            if plain != piece {
                self.change(FaultKind::NumberNotation, span, plain);
            }
        } else if matches!(self.open.last(), Some(Open::Object)) && self.is_before_colon() {
            if !is_name(piece) {
                return None;
            }
            self.change(FaultKind::UnquotedKey, span, format!("\"{piece}\""));
        } else if let Some(word) = json_word(piece) {
            self.change(FaultKind::Word, span, word);
        } else if !matches!(piece, "true" | "false" | "null") {
            return None;
        }
        self.before = Before::Value { end: self.at, is_nested: false };
        Some(())
    }

    /// A call of a type of numbers goes; the number in it stays as it is written.
    fn number_call(&mut self, name: &str, span: Span) -> Option<()> {
        let end = self.at + self.rest().find(')')?;
        let argument = self.text.get(self.at..end)?;
        if !is_number_type(name) || serde_json::from_str::<serde_json::Number>(argument).is_err() {
            return None;
        }
        self.change(FaultKind::PythonNumber, span, "");
        self.change(FaultKind::PythonNumber, Span::new(end, end + 1), "");
        self.at = end + 1;
        Some(())
    }

    fn close(&mut self, span: Span) -> Option<()> {
        let open = self.open.pop()?;
        if let Before::Comma(comma) = self.before {
            self.change(FaultKind::TrailingComma, comma, "");
        }
        match open {
            Open::Object | Open::Array => {}
            Open::Parentheses { bracket, values, commas } => {
                // `(1)` is no tuple of one value, but the value.
                if values > 0 && commas == 0 {
                    return None;
                }
                self.change(FaultKind::PythonObject, bracket, "[");
                self.change(FaultKind::PythonObject, span, "]");
            }
            Open::ArrayCall => return None,
        }
        if matches!(self.open.last(), Some(Open::ArrayCall)) {
            let end = self.at + array_call_end(self.rest())?;
            self.change(FaultKind::PythonNumber, Span::new(self.at, end), "");
            self.at = end;
            self.open.pop();
        }
        self.before = Before::Value { end: self.at, is_nested: true };
        Some(())
    }

    /// Whether the next piece is a colon.
    fn is_before_colon(&self) -> bool {
        let mut rest = self.rest().trim_start();
        while rest.starts_with("//") || rest.starts_with("/*") {
            rest = rest.get(python::piece(rest).len()..).unwrap_or_default().trim_start();
        }
        rest.starts_with(':')
    }

    /// Writes a string in double quotes, without escapes that JSON does not have.
    fn string(&mut self, piece: &str, span: Span) -> Option<()> {
        let quote = piece.chars().next()?;
        let inside = piece.strip_prefix(quote)?.strip_suffix(quote)?;
        // How what stands between two escapes that go is written, and where it starts.
        let mut written = String::from("\"");
        let mut start = span.start;
        let mut characters = inside.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => written.push_str("\\\""),
                '\\' => match characters.next()?.1 {
                    '\'' => {
                        let escape = span.start + quote.len_utf8() + at;
                        self.rewrite(start, escape, &written);
                        written.clear();
                        start = escape + "\\'".len();
                        self.change(FaultKind::Escape, Span::new(escape, start), "'");
                    }
                    escape @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u') => {
                        written.extend(['\\', escape]);
                    }
                    _ => return None,
                },
                _ => written.push(character),
            }
        }
        written.push('"');
        self.rewrite(start, span.end, &written);
        Some(())
    }

    /// A part of a string that is written otherwise in double quotes.
    fn rewrite(&mut self, start: usize, end: usize, written: &str) {
        if self.text.get(start..end) != Some(written) {
            self.change(FaultKind::SingleQuote, Span::new(start, end), written);
        }
    }
}

/// The number with which a text starts, in whatever notation. Empty where it starts with none.
fn number(text: &str) -> &str {
    let bytes = text.as_bytes();
    let signs = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let points = usize::from(bytes.get(signs) == Some(&b'.'));
    if !bytes.get(signs + points).is_some_and(u8::is_ascii_digit) {
        return "";
    }
    let mut end = signs;
    while let Some(byte) = bytes.get(end) {
        let is_sign_of_exponent = matches!(byte, b'+' | b'-')
            && matches!(bytes.get(end - 1), Some(b'e' | b'E'))
            && end > signs;
        if !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'_') && !is_sign_of_exponent {
            break;
        }
        end += 1;
    }
    text.get(..end).unwrap_or_default()
}

/// A number as JSON writes it, which differs at most by a plus sign that goes and by zeros beside
/// a bare point. `None` where that is not all.
fn plain_number(number: &str) -> Option<String> {
    let is_json = |text: &str| serde_json::from_str::<serde_json::Number>(text).is_ok();
    if is_json(number) {
        return Some(number.to_owned());
    }
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number.strip_prefix('+').unwrap_or(number)),
    };
    let mut plain = sign.to_owned();
    if let Some((whole, behind)) = digits.split_once('.') {
        plain.push_str(if whole.is_empty() { "0" } else { whole });
        plain.push('.');
        if !behind.starts_with(|first: char| first.is_ascii_digit()) {
            plain.push('0');
        }
        plain.push_str(behind);
    } else {
        plain.push_str(digits);
    }
    is_json(&plain).then_some(plain)
}

/// Whether a word is a name in every language that writes keys without quotes, and nothing else in
/// any: `None` is the key `None` to one of them, and `null` to another.
fn is_name(word: &str) -> bool {
    const VALUES: [&str; 10] =
        ["true", "false", "null", "True", "False", "None", "nan", "inf", "NaN", "Infinity"];
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && word.chars().all(is_of_name)
        && !VALUES.contains(&word)
}

/// What JSON has for a word of Python.
pub(super) fn json_word(word: &str) -> Option<&'static str> {
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

/// How long the end of a call that makes an array is behind its list: the bracket that closes it,
/// with at most the type of the elements before.
fn array_call_end(rest: &str) -> Option<usize> {
    let mut left = rest.trim_start();
    if let Some(argument) = left.strip_prefix(',') {
        let value = argument.trim_start().strip_prefix("dtype")?.trim_start();
        let value = value.strip_prefix('=')?.trim_start();
        let name = python::piece(value);
        if !is_element_type(name) {
            return None;
        }
        left = value.get(name.len()..)?.trim_start();
    }
    left.starts_with(')').then(|| rest.len() - left.len() + 1)
}

/// Whether this names a type whose elements are printed as what they are: others, as times and
/// records, are printed as texts and tuples that stand for something else.
fn is_element_type(written: &str) -> bool {
    let quoted = ['"', '\''].iter().find_map(|quote| {
        written.strip_prefix(*quote).and_then(|inside| inside.strip_suffix(*quote))
    });
    let name = quoted.unwrap_or(written).trim_start_matches(['<', '>', '=', '|']);
    let name = name.strip_prefix("np.").or_else(|| name.strip_prefix("numpy.")).unwrap_or(name);
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if matches!(base, "float" | "int" | "uint" | "bool" | "bool_" | "str" | "str_") {
        return true;
    }
    quoted.is_some() && base.len() < name.len() && matches!(base, "f" | "i" | "u" | "b" | "U")
}
