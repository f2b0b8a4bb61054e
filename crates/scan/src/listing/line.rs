//! What one line says, in each of the formats that have one entry a line.

use sensortree_core::tree::EntryKind;

use super::columns::Tool;
use super::table::Table;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'l> {
    /// An entry.
    Entry {
        /// Its path, without the scheme of a URL.
        path: &'l [u8],
        /// What it is. `None`: a file, or a folder where others lie below it.
        kind: Option<EntryKind>,
        /// Its size in bytes, where the line has it; rounded where the tool rounded it.
        size: Option<u64>,
    },
    /// Nothing about an entry: a heading, an empty line.
    Nothing,
    /// How many entries the tool has listed.
    Total(u64),
    /// A folder that the tool has named and not listed.
    Unlisted(&'l [u8]),
    /// The folder of the entries that follow.
    Heading(&'l [u8]),
    /// No line of this format.
    Foreign,
}

/// A format that has one entry a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A path and nothing else.
    Path,
    /// A path of a file system that separates names by backslashes.
    WindowsPath,
    /// A URL and nothing else: `gsutil ls`, `s5cmd ls --show-fullpath`.
    Url,
    /// `find -printf '%s %p\n'`, `rclone ls`.
    Sized,
    /// `find -printf '%y %s %p\n'`.
    Typed,
    /// `rclone lsl`.
    SizedDated,
    /// `aws s3 ls --recursive`; with sizes for people where `rounded`.
    Aws {
        /// `--human-readable`.
        rounded: bool,
    },
    /// `gsutil ls -l`, `gcloud storage ls -l`.
    Gsutil,
    /// `s5cmd ls`.
    S5cmd,
    /// In columns that blanks part.
    Columns(Tool),
    /// In columns that a tab, a semicolon or a comma parts.
    Table(Table),
}

impl Format {
    /// Those that are told from a line alone, the strictest first.
    pub(super) const RECOGNISED: [Format; 8] = [
        Format::Gsutil,
        Format::S5cmd,
        Format::Aws { rounded: true },
        Format::Aws { rounded: false },
        Format::Url,
        Format::SizedDated,
        Format::Typed,
        Format::Sized,
    ];

    /// Reads a line.
    pub(super) fn read(self, line: &[u8]) -> Line<'_> {
        match self {
            Format::Path | Format::WindowsPath => path(line),
            Format::Url => url(line),
            Format::Sized => sized(line).unwrap_or(Line::Foreign),
            Format::Typed => typed(line).unwrap_or(Line::Foreign),
            Format::SizedDated => sized_dated(line).unwrap_or(Line::Foreign),
            Format::Aws { rounded } => aws(line, rounded).unwrap_or_else(|| aws_beside(line)),
            Format::Gsutil => gsutil(line).unwrap_or_else(|| gsutil_beside(line)),
            Format::S5cmd => s5cmd(line).unwrap_or_else(|| s5cmd_beside(line)),
            Format::Columns(tool) => tool.read(line),
            Format::Table(table) => table.read(line),
        }
    }

    /// Whether such lines are most often of a folder, and not of a store.
    pub(super) fn is_of_files(self) -> bool {
        match self {
            Format::Path | Format::WindowsPath | Format::Sized | Format::Typed => true,
            Format::Columns(tool) => tool.is_of_files(),
            _ => false,
        }
    }

    /// Whether a folder's name looks the same as that of an object that stands for one.
    pub(super) fn may_be_shallow(self) -> bool {
        match self {
            Format::Url | Format::Path => true,
            Format::Columns(tool) => tool.may_be_shallow(),
            _ => false,
        }
    }

    /// What wrote such lines.
    pub(super) fn tool(self) -> &'static str {
        match self {
            Format::Path => "paths",
            Format::WindowsPath => "paths with backslashes",
            Format::Url => "URLs",
            Format::Sized => "sizes and paths",
            Format::Typed => "types, sizes and paths",
            Format::SizedDated => "`rclone lsl`",
            Format::Aws { rounded: true } => "`aws s3 ls --recursive`, with rounded sizes",
            Format::Aws { rounded: false } => "`aws s3 ls --recursive`",
            Format::Gsutil => "`gsutil ls -l` or `gcloud storage ls -l`",
            Format::S5cmd => "`s5cmd ls`",
            Format::Columns(tool) => tool.name(),
            Format::Table(_) => "a table",
        }
    }
}

/// An object of a store: one of zero bytes whose key ends as a folder's does stands
/// for that folder.
pub(super) fn object(path: &[u8], size: Option<u64>) -> Line<'_> {
    let is_marker =
        size.unwrap_or(0) == 0 && (path.ends_with(b"/") || path.ends_with(b"_$folder$"));
    let kind = if is_marker { EntryKind::FolderMarker } else { EntryKind::File };
    Line::Entry { path, kind: Some(kind), size }
}

fn path(line: &[u8]) -> Line<'_> {
    match line {
        b"" | b"." | b"./" => Line::Nothing,
        [b'0'..=b'9', ..] if is_sum(line) => Line::Nothing,
        [.., b'/'] => Line::Entry { path: line, kind: Some(EntryKind::Folder), size: None },
        // In a file of paths, such a line is one of another listing.
        [b' ' | b'0'..=b'9', ..] if is_of_a_tool(line) => Line::Foreign,
        _ if after_scheme(line).is_some() || is_complaint(line) => Line::Foreign,
        _ => Line::Entry { path: line, kind: None, size: None },
    }
}

/// What `tree` ends with: `6 directories, 20 files`.
fn is_sum(line: &[u8]) -> bool {
    let after = number(line).map(|(_, rest)| rest);
    let after = after.and_then(|rest| {
        rest.strip_prefix(b" directories, ").or(rest.strip_prefix(b" directory, "))
    });
    let after = after.and_then(number).map(|(_, rest)| rest);
    matches!(after, Some(b" files" | b" file"))
}

/// Whether a program says that it could not list something.
fn is_complaint(line: &[u8]) -> bool {
    line.ends_with(b": Permission denied") || line.ends_with(b": No such file or directory")
}

fn is_of_a_tool(line: &[u8]) -> bool {
    [
        Format::Gsutil,
        Format::S5cmd,
        Format::Aws { rounded: true },
        Format::Aws { rounded: false },
        Format::SizedDated,
    ]
    .into_iter()
    .any(|format| matches!(format.read(line), Line::Entry { .. }))
}

fn url(line: &[u8]) -> Line<'_> {
    match after_scheme(line) {
        // The heading of a folder, in a recursive listing.
        Some(path) if path.ends_with(b"/:") => Line::Nothing,
        Some(path) => object(path, None),
        None if line.is_empty() => Line::Nothing,
        None => Line::Foreign,
    }
}

fn sized(line: &[u8]) -> Option<Line<'_>> {
    let (size, rest) = number(skip_spaces(line))?;
    match rest {
        [b' ' | b'\t', path @ ..] if !path.is_empty() => Some(sized_path(path, size)),
        _ => None,
    }
}

fn sized_path(path: &[u8], size: u64) -> Line<'_> {
    // `gsutil du` sums up folders, too.
    match after_scheme(skip_spaces(path)) {
        Some(key) if key.ends_with(b"/") && size > 0 => Line::Nothing,
        Some(key) => object(key, Some(size)),
        // What `wc -c` ends with.
        None if path == b"total" => Line::Nothing,
        None => Line::Entry { path, kind: None, size: Some(size) },
    }
}

fn typed(line: &[u8]) -> Option<Line<'_>> {
    let (kind, rest) = match line {
        [b'f', b' ', rest @ ..] => (EntryKind::File, rest),
        [b'd', b' ', rest @ ..] => (EntryKind::Folder, rest),
        [b'l', b' ', rest @ ..] => (EntryKind::Link, rest),
        [b'p' | b's' | b'b' | b'c' | b'D', b' ', rest @ ..] => (EntryKind::Special, rest),
        _ => return None,
    };
    let Line::Entry { path, size, .. } = sized(rest)? else { return None };
    Some(Line::Entry { path, kind: Some(kind), size: size.filter(|_| kind == EntryKind::File) })
}

fn sized_dated(line: &[u8]) -> Option<Line<'_>> {
    let (size, rest) = number(skip_spaces(line))?;
    let rest = shaped(rest.strip_prefix(b" ")?, b"0000-00-00 00:00:00.000000000 ")?;
    (!rest.is_empty()).then_some(Line::Entry {
        path: rest,
        kind: Some(EntryKind::File),
        size: Some(size),
    })
}

fn aws(line: &[u8], rounded: bool) -> Option<Line<'_>> {
    let rest = skip_spaces(shaped(line, b"0000-00-00 00:00:00 ")?);
    let (size, rest) = if rounded { rounded_size(rest)? } else { number(rest)? };
    let key = rest.strip_prefix(b" ")?;
    (!key.is_empty()).then(|| object(key, Some(size)))
}

fn aws_beside(line: &[u8]) -> Line<'_> {
    let words = skip_spaces(line);
    if let Some(total) = words.strip_prefix(b"Total Objects: ") {
        return number(total).map_or(Line::Nothing, |(total, _)| Line::Total(total));
    }
    match words.strip_prefix(b"PRE ") {
        Some(folder) if words.len() < line.len() => Line::Unlisted(folder),
        _ if words.is_empty() || words.starts_with(b"Total Size: ") => Line::Nothing,
        _ => Line::Foreign,
    }
}

fn gsutil(line: &[u8]) -> Option<Line<'_>> {
    let words = skip_spaces(line);
    let (size, rest) = rounded_size(words)
        .filter(|(_, rest)| rest.starts_with(b"  "))
        .or_else(|| number(words))?;
    let url =
        skip_spaces(shaped(skip_spaces(rest.strip_prefix(b"  ")?), b"0000-00-00T00:00:00Z  ")?);
    let key = after_scheme(url).filter(|key| !key.is_empty())?;
    // With -a each version of an object has a line, and which one stands is not said.
    (memchr::memmem::find(key, b"  metageneration=").is_none()).then(|| object(key, Some(size)))
}

fn gsutil_beside(line: &[u8]) -> Line<'_> {
    if let Some(total) = line.strip_prefix(b"TOTAL: ") {
        return number(total).map_or(Line::Foreign, |(total, _)| Line::Total(total));
    }
    let words = skip_spaces(line);
    match after_scheme(words) {
        Some(path) if path.ends_with(b":") => Line::Nothing,
        Some(path) if path.ends_with(b"/") && words.len() < line.len() => Line::Unlisted(path),
        None if words.is_empty() => Line::Nothing,
        _ => Line::Foreign,
    }
}

fn s5cmd(line: &[u8]) -> Option<Line<'_>> {
    let mut rest = shaped(line, b"0000/00/00 00:00:00 ")?;
    // A storage class and an ETag may stand before the size, which two spaces part from the path.
    for _ in 0..3 {
        let words = skip_spaces(rest);
        let word = words.split(|byte| *byte == b' ').next()?;
        rest = words.get(word.len()..)?;
        if let (Some(size), Some(path)) = (short_size(word), rest.strip_prefix(b"  ")) {
            return (!path.is_empty())
                .then(|| object(after_scheme(path).unwrap_or(path), Some(size)));
        }
    }
    None
}

fn s5cmd_beside(line: &[u8]) -> Line<'_> {
    let words = skip_spaces(line);
    match words.strip_prefix(b"DIR  ") {
        Some(folder) if words.len() < line.len() => Line::Unlisted(folder),
        _ if words.is_empty() => Line::Nothing,
        _ => Line::Foreign,
    }
}

/// What follows `s3://` or the like.
pub(super) fn after_scheme(text: &[u8]) -> Option<&[u8]> {
    let colon = text.get(..8.min(text.len()))?.iter().position(|byte| *byte == b':')?;
    let (scheme, rest) = text.split_at(colon);
    let is_scheme = scheme.len() > 1
        && scheme.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    rest.strip_prefix(b"://").filter(|_| is_scheme)
}

fn skip_spaces(text: &[u8]) -> &[u8] {
    let spaces = text.iter().take_while(|byte| **byte == b' ').count();
    text.get(spaces..).unwrap_or_default()
}

/// A whole number, and what follows it.
pub(super) fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    let step = |value: u64, digit: &u8| value.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
    let value = digits.iter().try_fold(0, step)?;
    (!digits.is_empty()).then_some((value, rest))
}

/// A word that is a whole number.
pub(super) fn whole(word: &[u8]) -> Option<u64> {
    number(word).filter(|(_, rest)| rest.is_empty()).map(|(number, _)| number)
}

/// What follows a text of this shape, in which a `0` stands for any digit.
pub(super) fn shaped<'l>(text: &'l [u8], shape: &[u8]) -> Option<&'l [u8]> {
    let (head, rest) = text.split_at_checked(shape.len())?;
    let fits = |(byte, shape): (&u8, &u8)| {
        if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape }
    };
    head.iter().zip(shape).all(fits).then_some(rest)
}

/// A size with its unit (`12 Bytes`, `1.2 KiB`), and what follows.
pub(super) fn rounded_size(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = text.iter().position(|byte| *byte == b' ')?;
    let (figure, rest) = (text.get(..end)?, text.get(end + 1..)?);
    let unit_end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(unit_end)?;
    let power = match unit {
        b"Byte" | b"Bytes" | b"B" => 0,
        [prefix, b'i', b'B'] => power_of(*prefix)?,
        _ => return None,
    };
    Some((scaled(figure, power)?, rest))
}

/// A size as s5cmd writes it: `12`, `1.2K`.
pub(super) fn short_size(word: &[u8]) -> Option<u64> {
    // What has more digits than any size is an ETag.
    match word {
        [digits @ .., last] if last.is_ascii_uppercase() && digits.len() < 20 => {
            scaled(digits, power_of(*last)?)
        }
        _ => whole(word),
    }
}

fn power_of(prefix: u8) -> Option<i32> {
    b"KMGTPE".iter().position(|known| *known == prefix).and_then(|at| i32::try_from(at + 1).ok())
}

fn scaled(figure: &[u8], power: i32) -> Option<u64> {
    let is_figure = figure.first()?.is_ascii_digit()
        && figure.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    let value: f64 = std::str::from_utf8(figure).ok().filter(|_| is_figure)?.parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float becomes the nearest of its range"
    )]
    Some((value * 1024_f64.powi(power)).round() as u64)
}

#[cfg(test)]
mod tests;
