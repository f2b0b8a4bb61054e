//! Blots secrets out of a request's text, before anything else is made of it.
//!
//! A request that is broken, or is no request at all but a file of credentials given by mistake,
//! must not give its secrets away either. So this does not look for secrets: all is redacted but
//! what is known to be none. What stays is the shape of the text, its keys, and the values of the
//! fields that a request is known to have; and of those that are addresses, neither user names and
//! passwords nor the values of a query.
//!
//! Every byte stays in its place: a character is replaced by one of as many bytes, and what makes a
//! text invalid as JSON or UTF-8 still does afterwards.

use serde::de::IgnoredAny;

use super::field::{Field, StorageField};
use super::is_unseen;
use crate::document::json::{Span, Written, within};
use crate::text;

/// How much of a value is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Visibility {
    /// All of it.
    Shown,
    /// A word or a number, and nothing that is as long as a key.
    Short,
    /// All but what in an address can be a secret.
    Address,
    /// Numbers, but no text: nothing is known of it.
    Hidden,
    /// Nothing.
    Secret,
}

/// What in a key tells that its value is a secret, whatever the rest of the key is.
const TELLING: [&str; 8] = ["key", "secret", "token", "passw", "pwd", "credential", "sign", "auth"];

/// Whether what stands under this key is a secret by the key's name.
pub(super) fn is_secret_key(key: &str) -> bool {
    let folded: String = key
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .take(256)
        .collect();
    TELLING.iter().any(|word| folded.contains(word))
}

impl Visibility {
    fn of_key(key: &str) -> Self {
        if is_secret_key(key) {
            return Visibility::Secret;
        }
        let known = Field::ALL
            .map(Field::as_str)
            .into_iter()
            .chain(StorageField::ALL.map(StorageField::as_str));
        match known.clone().find(|known| *known == key).or_else(|| text::nearest(key, known)) {
            Some("resourceUrl" | "endpoint" | "uploadFile") => Visibility::Address,
            Some("name") => Visibility::Shown,
            Some("fileTreeType" | "dataType" | "projectId" | "vendorType") => Visibility::Short,
            Some("accessKey" | "secreteKey") => Visibility::Secret,
            _ => Visibility::Hidden,
        }
    }
}

/// What a longer text may be a key.
const LONGEST_WORD: usize = 19;

/// Whether a key is a field's, or so near to one that nothing else is meant.
fn is_known(key: &str) -> bool {
    let known = Field::ALL
        .map(Field::as_str)
        .into_iter()
        .chain(StorageField::ALL.map(StorageField::as_str));
    known.clone().any(|known| known == key) || text::nearest(key, known).is_some()
}

/// Blots out all of a request's text that may be a secret. Its length stays.
///
/// In a text that is no JSON nothing tells for sure where a value begins and what it belongs to:
/// one wrong quote turns keys into values and values into what stands between them. So nothing is
/// to be seen of it but the names of fields.
pub(super) fn redact(text: &mut [u8]) {
    let json = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let is_broken = serde_json::from_slice::<IgnoredAny>(json).is_err();
    let mut redactor = Redactor { text, at: 0, open: Vec::new(), pending: None, is_broken };
    while redactor.step() {}
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Bracket {
    /// How much is to be seen of what stands in it without a key of its own.
    unkeyed: Visibility,
    /// Whether all in it is a secret.
    secret: bool,
}

struct Redactor<'t> {
    text: &'t mut [u8],
    at: usize,
    open: Vec<Bracket>,
    /// How much is to be seen of the value of the key that was read last.
    pending: Option<Visibility>,
    /// Whether the text is no JSON.
    is_broken: bool,
}

impl Redactor<'_> {
    /// Steps over what stands here; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.byte(self.at) else { return false };
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'{' | b'[' => {
                // What stands in an object without a key is not as it should be.
                let unkeyed = if byte == b'[' { self.here() } else { Visibility::Secret };
                let secret = self.open.last().is_some_and(|outer| outer.secret)
                    || self.pending == Some(Visibility::Secret);
                self.pending = None;
                self.open.push(Bracket { unkeyed, secret });
                self.at += 1;
            }
            b'}' | b']' => {
                self.open.pop();
                self.pending = None;
                self.at += 1;
            }
            b',' => {
                self.pending = None;
                self.at += 1;
            }
            b'#' => self.comment(b"\n"),
            b'/' if self.byte(self.at + 1) == Some(b'/') => self.comment(b"\n"),
            b'/' if self.byte(self.at + 1) == Some(b'*') => self.comment(b"*/"),
            b':' | 0..=b' ' | 0x7F => self.at += 1,
            _ => self.word(),
        }
        true
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.get(at).copied()
    }

    /// How much is to be seen of a value here. Outside of all brackets no request has any.
    fn here(&self) -> Visibility {
        self.pending
            .or_else(|| self.open.last().map(|bracket| bracket.unkeyed))
            .unwrap_or(Visibility::Secret)
    }

    /// Whether a colon follows, so that what ends here is a key.
    fn is_key(&self, end: usize) -> bool {
        let rest = self.text.get(end..).unwrap_or_default();
        self.pending.is_none()
            && rest.iter().find(|byte| !byte.is_ascii_whitespace() && **byte != 0) == Some(&b':')
    }

    /// Notes the key whose value comes next. Below a secret all is secret.
    fn begin_value(&mut self, key: &str) {
        let secret = self.open.last().is_some_and(|bracket| bracket.secret);
        self.pending = Some(if secret { Visibility::Secret } else { Visibility::of_key(key) });
    }

    fn string(&mut self, quote: u8) {
        let start = self.at + 1;
        let mut end = start;
        while let Some(byte) = self.byte(end).filter(|byte| *byte != quote && *byte != b'\n') {
            end += if byte == b'\\' { 2 } else { 1 };
        }
        let end = end.min(self.text.len());
        self.at = if self.byte(end) == Some(quote) { end + 1 } else { end };
        if self.is_key(self.at) {
            let key: String =
                self.written(start, end).iter().map(|written| written.character).collect();
            self.begin_value(&key);
            if self.is_broken && !is_known(&key) {
                self.redact(start, end);
            }
        } else {
            let visibility = if self.is_broken { Visibility::Secret } else { self.here() };
            self.pending = None;
            self.redact_string(start, end, visibility);
        }
    }

    /// The characters of a string's inside; none where it is not UTF-8.
    fn written(&self, start: usize, end: usize) -> Vec<Written> {
        let inside = self.text.get(start..end).and_then(|inside| std::str::from_utf8(inside).ok());
        inside.map(|inside| within(inside, start)).unwrap_or_default()
    }

    fn redact_string(&mut self, start: usize, end: usize, visibility: Visibility) {
        match visibility {
            Visibility::Short if end - start <= LONGEST_WORD => {}
            Visibility::Shown | Visibility::Address => {
                let written = self.written(start, end);
                if written.is_empty() {
                    return self.redact(start, end);
                }
                let always = visibility == Visibility::Address;
                for hidden in secrets_of_address(&written, always) {
                    self.redact(hidden.span.start, hidden.span.end);
                }
            }
            Visibility::Short | Visibility::Hidden | Visibility::Secret => {
                // A value of nothing but spaces is no secret, and worth to be seen as what it is.
                let written = self.written(start, end);
                if written.is_empty() || !written.iter().all(|written| is_unseen(written.character))
                {
                    self.redact(start, end);
                }
            }
        }
    }

    /// A number, a literal, a key without quotes, or something that JSON does not have.
    fn word(&mut self) {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let ends = |byte: &u8| {
            byte.is_ascii_whitespace()
                || matches!(byte, b'"' | b'\'' | b',' | b':' | b'[' | b']' | b'{' | b'}')
        };
        let end = rest.iter().position(ends).map_or(self.text.len(), |length| start + length);
        self.at = end;
        let word =
            String::from_utf8_lossy(self.text.get(start..end).unwrap_or_default()).into_owned();
        if self.is_key(end) {
            // Without quotes only what is nearly a known key is one.
            self.begin_value(&word);
            if !is_known(&word) {
                self.redact(start, end);
            }
            return;
        }
        let visibility = self.here();
        self.pending = None;
        let is_number = word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
        let is_shown = !self.is_broken
            && (matches!(visibility, Visibility::Shown | Visibility::Short)
                || (is_number && visibility != Visibility::Secret));
        // No key has one digit or two.
        let is_small = self.is_broken && is_number && word.len() <= 2;
        if is_shown || is_small || LITERALS.contains(&word.as_str()) {
            return;
        }
        if is_number {
            self.text
                .iter_mut()
                .take(end)
                .skip(start)
                .filter(|byte| byte.is_ascii_digit())
                .for_each(|byte| *byte = b'1');
        } else {
            self.redact(start, end);
        }
    }

    fn comment(&mut self, until: &[u8]) {
        let start = self.at + if until == b"\n" { 1 } else { 2 };
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest
            .windows(until.len())
            .position(|window| window == until)
            .map_or(self.text.len(), |at| start + at);
        let start = if self.byte(start) == Some(b'/') { start + 1 } else { start };
        self.redact(start.min(end), end);
        self.at = end + if until == b"\n" { 0 } else { until.len() };
    }

    /// Replaces each character by one of as many bytes. Spaces, line breaks and what makes the text
    /// invalid stay invalid.
    fn redact(&mut self, start: usize, end: usize) {
        let mut at = start;
        while at < end.min(self.text.len()) {
            let Some(rest) = self.text.get_mut(at..end) else { return };
            at += blot_first(rest);
        }
    }
}

/// Words whose values are no secret.
const LITERALS: [&str; 9] =
    ["true", "false", "null", "True", "False", "None", "NaN", "Infinity", "-Infinity"];

/// Blots out the first character, escape or broken byte, and says how many bytes that was.
fn blot_first(rest: &mut [u8]) -> usize {
    let length = match rest {
        [b'\\', b'u', digits @ ..]
            if digits.len() >= 4 && digits.iter().take(4).all(u8::is_ascii_hexdigit) =>
        {
            6
        }
        [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
        // No escape of JSON before, and none after.
        [b'\\', second, ..] => {
            if second.is_ascii() {
                *second = b'*';
            }
            return if second.is_ascii() { 2 } else { 1 };
        }
        [0..=b' ' | 0x7F | b'\\', ..] => return 1,
        [first, ..] if first.is_ascii() => 1,
        _ => {
            let length = (2..=4).find(|length| {
                rest.get(..*length).is_some_and(|first| std::str::from_utf8(first).is_ok())
            });
            let redact = match length {
                Some(2) => "\u{d7}",
                Some(3) => "\u{2731}",
                Some(4) => "\u{1f512}",
                _ => {
                    rest.iter_mut().take(1).for_each(|byte| *byte = 0xFF);
                    return 1;
                }
            };
            rest.iter_mut().zip(redact.bytes()).for_each(|(byte, redact)| *byte = redact);
            return redact.len();
        }
    };
    rest.iter_mut().take(length).for_each(|byte| *byte = b'*');
    length
}

/// A text on a command line or in an error that may be an address, with `*` for what in it may
/// be a secret.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    let hidden = secrets_of_address(&within(text, 0), true);
    let mut at = hidden.iter().map(|written| &written.span).peekable();
    let mut shown = String::with_capacity(text.len());
    for (place, character) in text.char_indices() {
        while at.next_if(|span| span.end <= place).is_some() {}
        let is_hidden = at.peek().is_some_and(|span| span.start <= place);
        shown.push(if is_hidden { '*' } else { character });
    }
    shown
}

/// Names in an address's query that are no secret: those of signatures, whose values are,
/// and short ones.
const QUERY_NAMES: [&str; 12] = [
    "X-Amz-Signature",
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "X-Amz-Algorithm",
    "X-Amz-Expires",
    "X-Goog-Signature",
    "X-Goog-Credential",
    "X-Goog-Algorithm",
    "AWSAccessKeyId",
    "Signature",
    "Expires",
    "prefix",
];

/// How long a name in a query is that cannot be a secret: `sig`, `sv`.
const SHORTEST_NAME: usize = 3;

/// What of an address is not to be seen: what stands before an `@` in its host, what its query
/// says, what follows a `#` or a `;`, and what is said to be the value of something.
/// Percent-encoded characters count as what they stand for.
///
/// A text that is not `always` taken for an address is one where it has a scheme; else only what is
/// named a secret is hidden.
fn secrets_of_address(written: &[Written], always: bool) -> Vec<Written> {
    let units = decoded(written);
    let characters: Vec<char> = units.iter().map(|unit| unit.character).collect();
    let scheme = scheme_end(&characters);
    let is_address = always || characters.windows(3).any(|three| three == [':', '/', '/']);
    let mut hidden = vec![false; units.len()];
    let mut hide = |from: usize, to: usize| {
        hidden.iter_mut().take(to).skip(from).for_each(|hidden| *hidden = true);
    };
    if is_address {
        let (from, to) = credentials(&characters, scheme);
        hide(from, to);
    }
    let ends_part =
        |c: &char| matches!(c, '?' | '&' | ';' | '#' | '/' | ',' | '\\') || c.is_whitespace();
    let mut begin = scheme.min(characters.len());
    let mut in_query = false;
    // Whether the part before was a value that a slash or the like has ended too early.
    let mut in_value = false;
    while begin < characters.len() {
        let rest = characters.get(begin..).unwrap_or_default();
        let end = begin + rest.iter().position(ends_part).unwrap_or(rest.len());
        let part = characters.get(begin..end).unwrap_or_default();
        let equals = part.iter().position(|c| *c == '=').map(|at| begin + at);
        let name: String = part.iter().take_while(|c| **c != '=').collect();
        let may_be_seen =
            name.chars().count() <= SHORTEST_NAME || QUERY_NAMES.contains(&name.as_str());
        match equals {
            _ if in_value => hide(begin, end),
            Some(_) if is_address && in_query && !may_be_seen => hide(begin, end),
            Some(at) if is_address && (in_query || !is_plain_value(&characters, at + 1, end)) => {
                hide(at + 1, end);
            }
            None if is_address && in_query => hide(begin, end),
            _ => {}
        }
        // A key may have slashes, and what else ends a part.
        if let Some(at) = equals.filter(|_| !in_query && (name == "sig" || is_secret_key(&name))) {
            hide(at + 1, characters.len());
        }
        match characters.get(end) {
            Some('?' | '&' | ';') => (in_query, in_value) = (true, false),
            // Nothing of what follows is sent to a server, and so it is no part of a name.
            Some('#') if is_address => hide(end + 1, characters.len()),
            Some(_) if in_query && is_address => {
                in_value = true;
                hide(end, end + 1);
            }
            _ => {}
        }
        begin = end + 1;
    }
    let hidden = units.iter().zip(hidden).filter(|(_, hidden)| *hidden);
    hidden.map(|(unit, _)| *unit).collect()
}

/// Whether a value is a date or a number, as folders are named: `date=2026-11-23`.
fn is_plain_value(characters: &[char], from: usize, to: usize) -> bool {
    let value = characters.get(from..to).unwrap_or_default();
    value.len() <= 10 && value.iter().all(|c| c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// The characters with those that are percent-encoded, also twice, put together.
fn decoded(written: &[Written]) -> Vec<Written> {
    let mut units: Vec<Written> = written.to_vec();
    for _ in 0..4 {
        let mut next: Vec<Written> = Vec::with_capacity(units.len());
        let mut at = 0;
        while let Some(unit) = units.get(at) {
            let digit =
                |beyond: usize| units.get(at + beyond).and_then(|unit| unit.character.to_digit(16));
            let code = digit(1).zip(digit(2)).map(|(high, low)| high * 16 + low);
            match code.and_then(char::from_u32).filter(|c| unit.character == '%' && c.is_ascii()) {
                Some(character) => {
                    let end = units.get(at + 2).map_or(unit.span.end, |last| last.span.end);
                    next.push(Written { character, span: Span::new(unit.span.start, end) });
                    at += 3;
                }
                None => {
                    next.push(*unit);
                    at += 1;
                }
            }
        }
        if next.len() == units.len() {
            break;
        }
        units = next;
    }
    units
}

/// Where the scheme of an address ends, with the slashes behind it; 0 where it has none.
fn scheme_end(characters: &[char]) -> usize {
    let word =
        characters.iter().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    let word = word.count();
    let behind = characters.get(word..).unwrap_or_default();
    let is_scheme = word > 0 && word <= 12 && matches!(behind, [':', '/', ..]);
    let start = if is_scheme { word + 1 } else { 0 };
    let slashes = characters.iter().skip(start).take_while(|c| **c == '/').count();
    start + slashes
}

/// Where a user's name and password begin and end, which may hold any character, also the slash
/// that ends a host. Behind a host that is one by its characters only the names before the last `@`
/// are hidden: a colon may have been forgotten.
fn credentials(characters: &[char], begin: usize) -> (usize, usize) {
    let rest = characters.get(begin..).unwrap_or_default();
    let Some(at) = rest.iter().rposition(|c| *c == '@') else { return (begin, begin) };
    let host = rest.iter().take_while(|c| **c != '/').count();
    let is_host = host > 0
        && rest
            .iter()
            .take(host)
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && begin >= 3
        && characters.get(begin - 3..begin) == Some(&[':', '/', '/']);
    (if is_host { begin + host + 1 } else { begin }, begin + at)
}

#[cfg(test)]
mod tests;
