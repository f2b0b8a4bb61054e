//! Blots secrets out of a request's text, before anything else is made of it.
//!
//! A request that is broken, or is no request at all but a file of credentials given by mistake, must not give its secrets away
//! either. So this does not look for secrets: all is blotted out but what is known to be none. What stays is the shape of the
//! text, its keys, and the values of the fields that a request is known to have; and of those that are addresses, neither
//! user names and passwords nor the values of a query.
//!
//! Every byte stays in its place: a character is replaced by one of as many bytes, and what makes a text invalid as JSON or
//! UTF-8 still does afterwards.

use super::field::{Field, StorageField};
use super::is_unseen;
use crate::json::{Written, within};
use crate::text;

/// How much of a value is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exposure {
    /// All of it.
    Shown,
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

impl Exposure {
    fn of_key(key: &str) -> Self {
        if is_secret_key(key) {
            return Exposure::Secret;
        }
        let known = Field::ALL
            .map(Field::as_str)
            .into_iter()
            .chain(StorageField::ALL.map(StorageField::as_str));
        match known.clone().find(|known| *known == key).or_else(|| text::nearest(key, known)) {
            Some("resourceUrl" | "endpoint" | "uploadFile") => Exposure::Address,
            Some("fileTreeType" | "dataType" | "name" | "projectId" | "vendorType") => {
                Exposure::Shown
            }
            Some("accessKey" | "secreteKey") => Exposure::Secret,
            _ => Exposure::Hidden,
        }
    }
}

/// Blots out all of a request's text that may be a secret. Its length stays.
pub(super) fn redact(text: &mut [u8]) {
    let mut redactor = Redactor { text, at: 0, open: Vec::new(), pending: None };
    while redactor.step() {}
}

/// An open bracket.
#[derive(Clone, Copy)]
struct Bracket {
    /// How much is to be seen of what stands in it without a key of its own.
    unkeyed: Exposure,
    /// Whether all in it is a secret.
    secret: bool,
}

struct Redactor<'t> {
    text: &'t mut [u8],
    at: usize,
    open: Vec<Bracket>,
    /// How much is to be seen of the value of the key that was read last.
    pending: Option<Exposure>,
}

impl Redactor<'_> {
    /// Steps over what stands here; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.byte(self.at) else { return false };
        match byte {
            b'"' | b'\'' => self.string(byte),
            b'{' | b'[' => {
                // What stands in an object without a key is not as it should be.
                let unkeyed = if byte == b'[' { self.here() } else { Exposure::Secret };
                let secret = self.open.last().is_some_and(|outer| outer.secret)
                    || self.pending == Some(Exposure::Secret);
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
    fn here(&self) -> Exposure {
        self.pending
            .or_else(|| self.open.last().map(|bracket| bracket.unkeyed))
            .unwrap_or(Exposure::Secret)
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
        self.pending = Some(if secret { Exposure::Secret } else { Exposure::of_key(key) });
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
        } else {
            let exposure = self.here();
            self.pending = None;
            self.blot_string(start, end, exposure);
        }
    }

    /// The characters of a string's inside; none where it is not UTF-8.
    fn written(&self, start: usize, end: usize) -> Vec<Written> {
        let inside = self.text.get(start..end).and_then(|inside| std::str::from_utf8(inside).ok());
        inside.map(|inside| within(inside, start)).unwrap_or_default()
    }

    fn blot_string(&mut self, start: usize, end: usize, exposure: Exposure) {
        match exposure {
            Exposure::Shown | Exposure::Address => {
                let written = self.written(start, end);
                if written.is_empty() {
                    return self.blot(start, end);
                }
                let always = exposure == Exposure::Address;
                for hidden in secrets_of_address(&written, always) {
                    self.blot(hidden.span.start, hidden.span.end);
                }
            }
            Exposure::Hidden | Exposure::Secret => {
                // A value of nothing but spaces is no secret, and worth to be seen as what it is.
                let written = self.written(start, end);
                if written.is_empty() || !written.iter().all(|written| is_unseen(written.character))
                {
                    self.blot(start, end);
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
            if self.pending.is_some_and(|exposure| exposure == Exposure::Hidden) {
                self.blot(start, end);
            }
            return;
        }
        let exposure = self.here();
        self.pending = None;
        let is_number = word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'));
        if exposure == Exposure::Shown
            || LITERALS.contains(&word.as_str())
            || (is_number && exposure != Exposure::Secret)
        {
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
            self.blot(start, end);
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
        self.blot(start.min(end), end);
        self.at = end + if until == b"\n" { 0 } else { until.len() };
    }

    /// Replaces each character by one of as many bytes. Spaces, line breaks and what makes the text invalid stay invalid.
    fn blot(&mut self, start: usize, end: usize) {
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
            let blot = match length {
                Some(2) => "\u{d7}",
                Some(3) => "\u{2731}",
                Some(4) => "\u{1f512}",
                _ => {
                    rest.iter_mut().take(1).for_each(|byte| *byte = 0xFF);
                    return 1;
                }
            };
            rest.iter_mut().zip(blot.bytes()).for_each(|(byte, blot)| *byte = blot);
            return blot.len();
        }
    };
    rest.iter_mut().take(length).for_each(|byte| *byte = b'*');
    length
}

/// What of an address is not to be seen: what stands before an `@` in its host, the values of its query, and what follows a `#`.
/// A text that is no address has none, unless it is `always` taken for one.
fn secrets_of_address(written: &[Written], always: bool) -> Vec<Written> {
    let characters: String = written.iter().map(|written| written.character).collect();
    let scheme = characters
        .find("://")
        .map(|at| characters.get(..at).unwrap_or_default().chars().count() + 3);
    if scheme.is_none() && !always {
        return Vec::new();
    }
    let begin = scheme.unwrap_or(0);
    let position = |from: usize, wanted: &[char]| {
        let found =
            written.iter().skip(from).position(|written| wanted.contains(&written.character));
        found.map_or(written.len(), |at| from + at)
    };
    let query = position(begin, &['?', '#']);
    let credentials = credentials_end(written.get(begin..query).unwrap_or_default());
    let mut secrets: Vec<Written> = written.iter().skip(begin).take(credentials).copied().collect();
    let mut in_value = false;
    for one in written.iter().skip(query) {
        match one.character {
            '?' | '&' => in_value = false,
            '=' if !in_value => in_value = true,
            '#' => in_value = true,
            _ if in_value => secrets.push(*one),
            _ => {}
        }
    }
    secrets
}

/// How many characters of an address behind its scheme are a user's name and password. A password may hold any character, also
/// the slash that ends a host; so where there is a colon before that and no port behind it, all up to the last `@` is taken for one.
fn credentials_end(address: &[Written]) -> usize {
    let slash = address.iter().position(|one| one.character == '/').unwrap_or(address.len());
    let host = address.get(..slash).unwrap_or_default();
    let colon = host.iter().position(|one| one.character == ':');
    let has_port =
        colon.is_some_and(|at| host.iter().skip(at + 1).all(|one| one.character.is_ascii_digit()));
    let reach = if colon.is_some() && !has_port { address } else { host };
    reach.iter().rposition(|one| one.character == '@').unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redacted(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        redact(&mut bytes);
        assert_eq!(bytes.len(), text.len());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_is_known_to_be_no_secret_stays() {
        let check = |text: &str, expected: &str| assert_eq!(redacted(text), expected);
        check(r#"{"name": "drive", "dataType": 3}"#, r#"{"name": "drive", "dataType": 3}"#);
        check(
            r#"{"accessKey": "AKIA12", "secreteKey": "a\"b\\"}"#,
            r#"{"accessKey": "******", "secreteKey": "******"}"#,
        );
        check(
            r#"{"secretKey": "abc", "Secret_Key": "abc"}"#,
            r#"{"secretKey": "***", "Secret_Key": "***"}"#,
        );
        check(r#"{"note": "abc", "count": 7}"#, r#"{"note": "***", "count": 7}"#);
        check(
            r#"{"token": 123, "password": [true, {"name": "abc"}]}"#,
            r#"{"token": 111, "password": [true, {"name": "***"}]}"#,
        );
        for blank in [
            r#"{"accessKey": "  "}"#,
            "{\"accessKey\": \"\u{3000}\"}",
            r#"{"accessKey": "\u200b\n"}"#,
            r#"{"accessKey": ""}"#,
        ] {
            check(blank, blank);
        }
        check("{\"note\": \"\u{e9}\u{20ac}\u{1f697}\"}", "{\"note\": \"\u{d7}\u{2731}\u{1f512}\"}");
        check(
            r#"{"accessKey": "\u0041\q\u12\n"}"#,
            r#"{"accessKey": "******\*\*12**"}"#.replace("12", "**").as_str(),
        );
    }

    #[test]
    fn an_address_keeps_all_but_its_secrets() {
        let check = |value: &str, expected: &str| {
            let text = |value: &str| format!(r#"{{"resourceUrl": "{value}"}}"#);
            assert_eq!(redacted(&text(value)), text(expected));
        };
        check("gs://bucket/drives/0423/", "gs://bucket/drives/0423/");
        check("gs:\\/\\/bucket\\/a@b/", "gs:\\/\\/bucket\\/a@b/");
        check("http://host:9000/a@b/", "http://host:9000/a@b/");
        check("s3n://AKIA:se/cret@bucket/a", "s3n://************@bucket/a");
        check("https://user:pass@host/a", "https://*********@host/a");
        check("user:pa/ss@host/a", "**********@host/a");
        check(
            "https://h/a?X-Amz-Signature=abc%3D&b=c#d",
            "https://h/a?X-Amz-Signature=******&b=*#*",
        );
        check("https://h/a\\u003fsig=abc", "https://h/a\\u003fsig=***");
        assert_eq!(redacted(r#"{"name": "what? = a@b"}"#), r#"{"name": "what? = a@b"}"#);
        assert_eq!(redacted(r#"{"name": "s3://u:p@h"}"#), r#"{"name": "s3://***@h"}"#);
    }

    #[test]
    fn a_broken_text_gives_nothing_away() {
        const SECRET: &str = "wJalrXUtnFEMI";
        for text in [
            "{\"secreteKey\": \"wJalrXUtnFEMI",
            "{\"secreteKey: \"wJalrXUtnFEMI\", \"endpoint\": \"x\"}",
            "{\"accessKey\": AKIA\", \"secreteKey\": \"wJalrXUtnFEMI\"}",
            "{secreteKey: wJalrXUtnFEMI}",
            "{'secreteKey': 'wJalrXUtnFEMI'}",
            "{\"secreteKey\" \"wJalrXUtnFEMI\"}",
            "{\"secreteKey\" = \"wJalrXUtnFEMI\"}",
            "{\"secreteKey\": \"x\" \"wJalrXUtnFEMI\"}",
            "{\"name\": \"x\"} // secreteKey wJalrXUtnFEMI",
            "{/* \"name\": \"wJalrXUtnFEMI\" */}",
            "{\"name\": \"x\"} {\"secreteKey\": \"wJalrXUtnFEMI\"}",
            "[default]\naws_secret_access_key = wJalrXUtnFEMI\n",
            "secreteKey: wJalrXUtnFEMI\n",
            "wJalrXUtnFEMI",
            "wJalrXUtnFEMI: x",
            "\"wJalrXUtnFEMI\"",
            "{\"secreteKey\": {\"name\": \"wJalrXUtnFEMI\"}}",
            "{\"secreteKey\": [[\"wJalrXUtnFEMI\"]]}",
            "{\"externalStorage\": \"wJalrXUtnFEMI\"}",
            "{\"s\\u0065creteKey\": \"wJalrXUtnFEMI\"}",
            "{\"secreteKey\":\n\"wJalrXUtnFEMI\"}",
            "{\"name\":,\"wJalrXUtnFEMI\"}",
            "curl -F accessKey=wJalrXUtnFEMI",
            "export SECRET=wJalrXUtnFEMI",
            "# wJalrXUtnFEMI",
        ] {
            assert!(text.contains(SECRET));
            let shown = redacted(text);
            assert!(!shown.contains("Jalr"), "{text}\n{shown}");
        }
    }

    #[test]
    fn what_is_not_utf8_stays_so() {
        let mut bytes = b"{\"accessKey\": \"a\xc3\xffb\"}".to_vec();
        redact(&mut bytes);
        assert_eq!(bytes, b"{\"accessKey\": \"*\xff\xff*\"}");
    }

    proptest! {
        #[test]
        fn anything_is_redacted(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut text = bytes.clone();
            redact(&mut text);
            prop_assert_eq!(text.len(), bytes.len());
            prop_assert_eq!(std::str::from_utf8(&text).is_ok(), std::str::from_utf8(&bytes).is_ok());
        }

        /// Strict JSON takes afterwards what it took before, and nothing else.
        #[test]
        fn validity_stays(key in "name|secreteKey|note|resourceUrl", value in any::<String>(), cut in 0_usize..200) {
            let text = format!("{{\"{key}\": [{}, 1]}}", serde_json::to_string(&value).unwrap());
            let redacted = redacted(&text);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&redacted).is_ok(), "{redacted}");
            let mut broken = text.into_bytes();
            broken.truncate(cut);
            redact(&mut broken);
            prop_assert!(cut >= redacted.len() || serde_json::from_slice::<serde_json::Value>(&broken).is_err());
        }
    }
}
