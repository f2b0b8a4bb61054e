//! What a listing is, told by its beginning.

use sensortree_probe::ActualFormat;

use super::bytes::Text;
use super::columns::Tool;
use super::line::{Format, Line};
use super::refused::{self, FIND};
use super::table::Table;
use super::{own_format, plain};

/// How many lines tell the format.
const SAMPLE: usize = 200;

/// From how many lines on numbers that rise by one are those of the lines.
const COUNTED: usize = 8;

/// A kind of listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing at all.
    Empty,
    /// One that sensortree saved.
    Own,
    /// Objects in JSON.
    Json,
    /// The manifest of an S3 Inventory.
    Inventory,
    /// One entry a line.
    Lines(Lines),
}

/// A listing with one entry a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    /// What a line holds.
    pub(super) format: Format,
    /// What parts the lines: a line feed or a zero byte.
    pub(super) end: u8,
    /// Whether a carriage return stands before each line feed.
    pub(super) returns: bool,
    /// Whether paths begin with `./`, and so at the dataset's own root.
    pub(super) dotted: bool,
}

impl Lines {
    /// Whether the first line only names the columns.
    pub(super) fn has_header(&self) -> bool {
        matches!(self.format, Format::Table(table) if table.has_header)
    }
}

impl Kind {
    /// Tells what a text lists. An error says what it is instead, and what would help.
    pub(super) fn of(text: &Text<'_>) -> Result<Self, String> {
        let head = text.head.as_slice();
        let words = head.trim_ascii_start();
        if words.is_empty() {
            // What breaks off before its first word is not empty: what is wrong shows when
            // it is read.
            let broken = Lines { format: Format::Path, end: b'\n', returns: false, dotted: false };
            return Ok(if text.is_whole { Kind::Empty } else { Kind::Lines(broken) });
        }
        if own_format::begins(head) {
            return Ok(Kind::Own);
        }
        let holds = |word: &str| memchr::memmem::find(head, word.as_bytes()).is_some();
        if holds("\"sensortree-report/") || holds("predicted answer: ") {
            return Err("a report of sensortree; name the listing that it was made from".to_owned());
        }
        if let Some(what) = refused::at_the_beginning(words) {
            return Err(what);
        }
        if begins_json(words) {
            if holds("\"contents\"") && holds("\"type\"") {
                return Err(format!("a tree by `tree -J`; {FIND}"));
            }
            return Ok(if holds("\"fileSchema\"") { Kind::Inventory } else { Kind::Json });
        }
        if let Some(instead) = instead(head) {
            return Err(instead);
        }
        lines(head, text.is_whole).map(Kind::Lines)
    }
}

fn begins_json(words: &[u8]) -> bool {
    let mut marks = words.iter().filter(|byte| !byte.is_ascii_whitespace());
    match (marks.next(), marks.next()) {
        (Some(b'{'), next) => matches!(next, Some(b'"' | b'}')),
        (Some(b'['), next) => matches!(next, Some(b'{' | b'[' | b']' | b'"')),
        _ => false,
    }
}

fn instead(head: &[u8]) -> Option<String> {
    if head.starts_with(b"PK\x03\x04") {
        return Some("a zip archive, which is checked by itself, without --listing".to_owned());
    }
    if head.starts_with(b"PAR1") {
        return Some("a Parquet table; of an S3 Inventory, name the manifest.json".to_owned());
    }
    if let Some(what) = ActualFormat::of(head).describe() {
        return Some(what.to_owned());
    }
    let is_odd = |byte: &&u8| matches!(byte, 1..=8 | 14..=31);
    let odd = head.iter().filter(is_odd).count();
    (odd > head.len() / 16).then(|| "a binary file of an unknown kind".to_owned())
}

fn lines(head: &[u8], is_whole: bool) -> Result<Lines, String> {
    let end = if head.contains(&0) { 0 } else { b'\n' };
    let mut sample: Vec<&[u8]> = head.split(|byte| *byte == end).collect();
    // The last line may be cut off.
    if !is_whole && sample.len() > 1 {
        sample.pop();
    }
    sample.truncate(SAMPLE);
    let returns = end == b'\n' && sample.first().is_some_and(|line| line.ends_with(b"\r"));
    if returns {
        sample.iter_mut().for_each(|line| *line = line.strip_suffix(b"\r").unwrap_or(line));
    }
    let format = format(&sample)?;
    let first = sample.iter().find_map(|line| match format.read(line) {
        Line::Entry { path, .. } | Line::Heading(path) => Some(path),
        Line::Nothing if line.starts_with(b".") => Some(*line),
        _ => None,
    });
    let dotted = first
        .is_some_and(|path| path == b"." || path.starts_with(b"./") || path.starts_with(b".\\"));
    Ok(Lines { format, end, returns, dotted })
}

/// What the lines are of.
fn format(sample: &[&[u8]]) -> Result<Format, String> {
    if let Some(what) = refused::known(sample) {
        return Err(what);
    }
    // Of formats that fit as many lines, the strictest counts, which comes first.
    let columns = Tool::ALL.into_iter().map(Format::Columns);
    let all: Vec<Format> = columns.chain(Format::RECOGNISED).collect();
    let scored = all.into_iter().rev().map(|format| (fitting(format, sample), format));
    match scored.max_by_key(|(lines, _)| *lines) {
        Some((lines, Format::Columns(Tool::Ls))) if lines > 0 && !has_headings(sample) => {
            Err("the output of `ls -l` of one folder; make the listing with `ls -lR`".to_owned())
        }
        Some((lines, format)) if lines > 0 && holds_paths(format, sample) => Ok(format),
        _ => match Table::of(sample) {
            Some(table) => table.map(Format::Table),
            None => paths(sample),
        },
    }
}

/// Whether what stands behind the sizes are paths: of other formats the columns tell enough.
fn holds_paths(format: Format, sample: &[&[u8]]) -> bool {
    if !matches!(format, Format::Sized | Format::Typed) {
        return true;
    }
    let entries = sample.iter().filter_map(|line| match format.read(line) {
        Line::Entry { path, size, .. } => Some((path, size)),
        _ => None,
    });
    let (paths, sizes): (Vec<&[u8]>, Vec<Option<u64>>) = entries.unzip();
    // Numbers that count the lines are no sizes.
    let counts = sizes.len() >= COUNTED
        && sizes.windows(2).all(|pair| pair[1].zip(pair[0]).is_some_and(|(b, a)| b == a + 1));
    !counts && (plain::are_paths(&paths) || paths.iter().all(|path| path.starts_with(b".")))
}

fn has_headings(sample: &[&[u8]]) -> bool {
    sample.iter().any(|line| matches!(Tool::Ls.read(line), Line::Heading(_)))
}

/// How many lines are of the format; none where the first line that says anything is not, or most
/// others are not.
fn fitting(format: Format, sample: &[&[u8]]) -> usize {
    let says = |line: &&[u8]| match format.read(line) {
        Line::Entry { .. } | Line::Unlisted(_) | Line::Total(_) => Some(true),
        Line::Nothing | Line::Heading(_) => None,
        Line::Foreign => Some(false),
    };
    let mut fitting = 0;
    let mut all = 0;
    for fits in sample.iter().filter_map(says) {
        if all == 0 && !fits {
            return 0;
        }
        all += 1;
        fitting += usize::from(fits);
    }
    if 2 * fitting >= all { fitting } else { 0 }
}

fn paths(sample: &[&[u8]]) -> Result<Format, String> {
    let any = |test: &dyn Fn(&[u8]) -> bool| sample.iter().any(|line| test(line));
    if any(&|line| line.starts_with("├── ".as_bytes()) || line.starts_with("└── ".as_bytes()))
    {
        return Err(format!("the drawing of a tree, which leaves out too much; {FIND}"));
    }
    let modes = |line: &[u8]| {
        let (mode, rest) = line.split_at_checked(10).unwrap_or_default();
        mode.iter().all(|byte| b"-rwxdlcbpsStT".contains(byte))
            && matches!(rest.first(), Some(b' ' | b'.' | b'+'))
    };
    if any(&modes) || sample.first().is_some_and(|line| line.ends_with(b":")) {
        return Err(format!("the output of `ls`, which leaves out too much; {FIND}"));
    }
    if !plain::are_paths(sample) {
        return Err(refused::unknown(sample));
    }
    let is_windows = any(&|line| line.contains(&b'\\')) && !any(&|line| line.contains(&b'/'));
    Ok(if is_windows { Format::WindowsPath } else { Format::Path })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Result<Kind, String> {
        Kind::of(&Text::of(text.as_bytes()).unwrap())
    }

    #[test]
    fn formats_are_told_by_their_first_lines() {
        let check = |text: &str, expected: Format| match kind(text) {
            Ok(Kind::Lines(lines)) => assert_eq!(lines.format, expected, "{text}"),
            other => panic!("{text}: {other:?}"),
        };
        check("lidar-top/scene_1/1.pcd\nmetadata.json\n", Format::Path);
        check("metadata.json", Format::Path);
        check("[old]/1.pcd\n", Format::Path);
        check(".\\lidar-top\\1.pcd\r\n.\\metadata.json\r\n", Format::WindowsPath);
        check("a/1.pcd\na/odd\\name.pcd\n", Format::Path);
        check("\ngs://acme/data/:\ngs://acme/data/1.pcd\n", Format::Url);
        check("gs://acme/data/lidar-top/\ngs://acme/data/metadata.json\n", Format::Url);
        check("12 ./a/1.pcd\n13 ./a/2.pcd\n", Format::Sized);
        check("f 12 ./a/1.pcd\nd 4096 ./a\n", Format::Typed);
        check("        2 2026-11-23 16:55:29.000000000 a/1.jpg\n", Format::SizedDated);
        check("2026-11-23 16:55:29          2 data/1.jpg\n", Format::Aws { rounded: false });
        check("2026-11-23 16:55:29    2 Bytes data/1.jpg\n", Format::Aws { rounded: true });
        check(
            "                           PRE a/\n2026-11-23 16:55:29          2 1.jpg\n",
            Format::Aws { rounded: false },
        );
        check(
            "gs://a/b/:\n   12  2026-11-23T16:55:28Z  gs://a/b/1.pcd\nTOTAL: 1 objects, 12 bytes (12 B)\n",
            Format::Gsutil,
        );
        check("2026/11/23 16:55:29                 2  a/1.jpg\n", Format::S5cmd);
        // One line of another kind does not change what the listing is.
        check("12 a/1.pcd\nodd/line\n13 a/2.pcd\n14 a/3.pcd\n", Format::Sized);
    }

    #[test]
    fn how_lines_end_and_begin_is_told() {
        let check = |text: &str, end: u8, returns: bool, dotted: bool| match kind(text) {
            Ok(Kind::Lines(lines)) => {
                assert_eq!(
                    (lines.end, lines.returns, lines.dotted),
                    (end, returns, dotted),
                    "{text:?}"
                );
            }
            other => panic!("{text}: {other:?}"),
        };
        check("a/1.pcd\nb\r\n", b'\n', false, false);
        check("a/1.pcd\r\nb\r\n", b'\n', true, false);
        check(".\n./a/1.pcd\n", b'\n', false, true);
        check("./a/1.pcd\0./b\n/2.pcd\0", 0, false, true);
        check("d 4096 .\nf 12 ./a.pcd\n", b'\n', false, true);
    }

    #[test]
    fn other_kinds_and_what_is_no_listing() {
        assert_eq!(kind(""), Ok(Kind::Empty));
        assert_eq!(kind(" \r\n\n"), Ok(Kind::Empty));
        assert_eq!(kind("[\n{\"Path\":\"a\"}]"), Ok(Kind::Json));
        assert_eq!(kind("[]"), Ok(Kind::Json));
        assert_eq!(kind("{ \"Contents\": []}"), Ok(Kind::Json));
        assert_eq!(
            kind("{\"sourceBucket\":\"a\",\"fileSchema\":\"Bucket, Key\"}"),
            Ok(Kind::Inventory)
        );
        let check = |text: &str, expected: &str| {
            let said = kind(text).unwrap_err();
            assert!(said.starts_with(expected), "{text:?}: {said}");
        };
        check("<!DOCTYPE html><html>", "a web page");
        check("<?xml version=\"1.0\"?><ListBucketResult>", "a service's answer");
        check("{\"schema\": \"sensortree-report/1\"}", "a report of sensortree");
        check("✗ predicted answer: 5710 File tree\n  because L103\n", "a report of sensortree");
        check("PK\x03\x04", "a zip archive");
        check("An error occurred (AccessDenied) when calling\n", "an error message of `aws`");
        check("Contents:\n- ETag: x\n  Key: a/1.jpg\n", "YAML by `aws s3api`");
        check("gs://acme/a/1.jpg#1728600000000001\n", "the output of `gsutil ls -a`");
        check("[{\"type\":\"directory\",\"contents\":[]}]", "a tree by `tree -J`");
        check("-rw-r--r-- 1 me me 20 Nov 23 16:55 1.pcd\n", "the output of `ls -l` of one folder");
        check("a/1.jpg | 20\nb/2.jpg | 30\n", "a text whose lines are no paths");
        check("x  a/1.jpg\ny  a/2.jpg\n", "a table of an unknown kind");
        check("PAR1\x15", "a Parquet table");
        check("%PDF-1.7", "a PDF document");
        check("drive\n├── lidar-top\n└── metadata.json\n", "the drawing of a tree");
        check("drive:\nlidar-top\nmetadata.json\n", "the output of `ls`");
        check("total 4\ndrwxr-xr-x 2 me me 4096 Nov 23 16:55 lidar-top\n", "the output of `ls -l`");
        check("hello\nworld\n", "a text whose lines are no paths");
        check("\x01\x02\x03\x04\x05", "a binary file");
    }
}
