//! What a text is that was never meant as JSON, or is nothing at all.

use sensortree_probe::Pointer;

use super::Span;
use super::fault::{Fault, FaultKind};
use crate::text;

/// What was written or saved in the place of a JSON document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OtherFormat {
    /// A page for a browser, as a server answers in place of a file.
    WebPage,
    /// XML.
    Xml,
    /// YAML.
    Yaml,
    /// `key = value` in lines, as TOML and INI have it.
    KeysAndValues,
    /// A gzip stream.
    Gzip,
    /// A zip.
    Zip,
    /// A PDF.
    Pdf,
    /// An image.
    Image,
    /// An object that Python pickled.
    Pickle,
}

impl OtherFormat {
    /// What it is, in a sentence.
    pub(super) fn describe(self) -> &'static str {
        match self {
            OtherFormat::WebPage => "a web page",
            OtherFormat::Xml => "XML",
            OtherFormat::Yaml => "YAML",
            OtherFormat::KeysAndValues => "`key = value` lines (TOML or INI)",
            OtherFormat::Gzip => "a gzip file",
            OtherFormat::Zip => "a zip file",
            OtherFormat::Pdf => "a PDF",
            OtherFormat::Image => "an image",
            OtherFormat::Pickle => "a Python pickle",
        }
    }

    /// What brings the JSON.
    pub(super) fn help(self) -> &'static str {
        match self {
            OtherFormat::WebPage => {
                "download it again: this may be a sign-in or error page saved in its place"
            }
            OtherFormat::Xml => {
                "write or download it again: this may be a server's error saved in its place"
            }
            OtherFormat::Yaml | OtherFormat::KeysAndValues | OtherFormat::Pickle => {
                "convert it to JSON"
            }
            OtherFormat::Gzip | OtherFormat::Zip => "unpack it",
            OtherFormat::Pdf | OtherFormat::Image => "put the JSON file in its place",
        }
    }
}

/// Names what the bytes are by what they start with, where that is no text.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<Fault> {
    let starts: [(&[u8], OtherFormat); 9] = [
        (b"\x1F\x8B\x08", OtherFormat::Gzip),
        (b"PK\x03\x04", OtherFormat::Zip),
        (b"%PDF-", OtherFormat::Pdf),
        (b"\xFF\xD8\xFF", OtherFormat::Image),
        (b"\x89PNG\r\n", OtherFormat::Image),
        (b"\x80\x02}", OtherFormat::Pickle),
        (b"\x80\x03}", OtherFormat::Pickle),
        (b"\x80\x04\x95", OtherFormat::Pickle),
        (b"\x80\x05\x95", OtherFormat::Pickle),
    ];
    let (start, format) = starts.into_iter().find(|(start, _)| bytes.starts_with(start))?;
    Some(other(format, Span::new(0, start.len())))
}

/// Names what a text is that strict JSON has refused. `start` is where it starts behind a mark.
pub(super) fn of_text(text: &str, start: usize) -> Option<Fault> {
    let body = text.get(start..).unwrap_or_default();
    if !body.is_empty() && body.bytes().all(|byte| byte == 0) {
        let label = match body.len() {
            1 => "its only byte is zero".to_owned(),
            bytes => format!("all its {} are zero", text::count(bytes as u64, "byte")),
        };
        return Some(Fault::new(FaultKind::Zeros, Span::new(start, text.len()), label));
    }
    let first = body.trim_start();
    let place = text.len() - first.len();
    if first.is_empty() {
        let label = if text.is_empty() { "0 bytes" } else { "nothing but spaces" };
        return Some(Fault::new(FaultKind::Empty, Span::new(start, text.len()), label));
    }
    let line = Span::new(place, place + first.lines().next().map_or(0, str::len));
    if let Some(pointer) =
        Pointer::of(first.as_bytes()).or_else(|| is_path(first).then_some(Pointer::Link))
    {
        let label = pointer.describe();
        return Some(Fault::new(FaultKind::Pointer(pointer), line, label));
    }
    if first.starts_with('<') && !first.starts_with("<<<<<<<") {
        let head: String = first.chars().take(512).collect::<String>().to_ascii_lowercase();
        let is_page = head.starts_with("<!doctype html") || head.contains("<html");
        return Some(other(if is_page { OtherFormat::WebPage } else { OtherFormat::Xml }, line));
    }
    in_lines(first).map(|format| other(format, line))
}

fn other(format: OtherFormat, span: Span) -> Fault {
    Fault::new(FaultKind::OtherFormat(format), span, format.describe())
}

/// Whether a text is nothing but the path of a JSON file elsewhere: what git writes in the place
/// of a link where the system has none.
fn is_path(text: &str) -> bool {
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    let is_line = line.len() <= 4096 && !line.chars().any(char::is_control);
    let ends_in_json =
        || line.rsplit_once('.').is_some_and(|(_, ext)| ext.eq_ignore_ascii_case("json"));
    is_line && !line.contains(['{', '[', '"', '<']) && ends_in_json()
}

/// How many lines tell one notation from another.
const TELLING: usize = 40;

/// Names a notation of keys and values in lines, by the first lines that are neither empty nor
/// comments.
fn in_lines(text: &str) -> Option<OtherFormat> {
    let mut lines = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim_start().is_empty() && !line.trim_start().starts_with('#'))
        .take(TELLING);
    let first = lines.next()?;
    if first.starts_with("%YAML") || first == "---" || is_yaml_pair(first) {
        return Some(OtherFormat::Yaml);
    }
    let is_section =
        first.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(|name| {
            name.chars().any(char::is_alphabetic) && name.chars().all(is_key_character)
        });
    let mut pair = Some(first);
    if is_section {
        pair = lines.next();
    }
    pair.is_some_and(is_assignment).then_some(OtherFormat::KeysAndValues)
}

fn is_key_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ')
}

/// Whether a line is a key of YAML with or without its value: `version: '1.0'`.
fn is_yaml_pair(line: &str) -> bool {
    let line = line.strip_prefix("- ").unwrap_or(line);
    line.split_once(':').is_some_and(|(key, value)| {
        key.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && key.chars().all(is_key_character)
            && (value.is_empty() || value.starts_with(' '))
            // In JSON, a key without quotes has a comma behind its value.
            && !value.ends_with(',')
    })
}

/// Whether a line gives a key its value as TOML and INI do: `version = "1.0"`.
fn is_assignment(line: &str) -> bool {
    line.split_once('=').is_some_and(|(key, value)| {
        let key = key.trim_end();
        key.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && key.chars().all(|c| is_key_character(c) && c != ' ')
            && !value.trim_start().starts_with('{')
    })
}
