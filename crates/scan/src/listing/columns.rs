//! Listings in columns that blanks or tabs part, with a path at the end of each line.

use sensortree_core::tree::EntryKind;

use super::line::{Line, after_scheme, number, object, rounded_size, shaped, short_size, whole};

/// What wrote a listing in columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    S3cmd,
    Ossutil,
    S3ApiText,
    Azcopy,
    Mc,
    FindLs,
    Ls,
    Tar,
    Unzip,
    UnzipVerbose,
    GitTree,
    GitTreeSized,
    GitFiles,
    Checksums,
    NamedChecksums,
}

/// What stands in a column.
#[derive(Clone, Copy)]
enum Column {
    /// A whole number of no interest.
    Number,
    Size,
    /// `20KiB`.
    ShortSize,
    /// The letters of a mode: `-rw-r--r--`.
    Mode,
    /// Git's figures of a mode: `100644`.
    GitMode,
    /// At least 32 hexadecimal digits.
    Hash,
    /// A day in figures.
    Day,
    /// A time of day.
    Time,
    /// A day and a time, as `ls` and `tar` write them: two words or three.
    When,
    /// A word that may be missing.
    Zone,
    Word,
}

impl Tool {
    /// All, the strictest first.
    pub(super) const ALL: [Tool; 15] = [
        Tool::FindLs,
        Tool::Ls,
        Tool::Tar,
        Tool::UnzipVerbose,
        Tool::Unzip,
        Tool::GitTreeSized,
        Tool::GitTree,
        Tool::GitFiles,
        Tool::Ossutil,
        Tool::S3cmd,
        Tool::S3ApiText,
        Tool::Azcopy,
        Tool::Mc,
        Tool::Checksums,
        Tool::NamedChecksums,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Tool::S3cmd => "`s3cmd ls -r`",
            Tool::Ossutil => "`ossutil ls`",
            Tool::S3ApiText => "`aws s3api list-objects-v2 --output text`",
            Tool::Azcopy => "`azcopy list`",
            Tool::Mc => "`mc ls -r`",
            Tool::FindLs => "`find -ls`",
            Tool::Ls => "`ls -lR`",
            Tool::Tar => "`tar -tv`",
            Tool::Unzip | Tool::UnzipVerbose => "`unzip -l`",
            Tool::GitTree | Tool::GitTreeSized => "`git ls-tree -r`",
            Tool::GitFiles => "`git ls-files -s`",
            Tool::Checksums | Tool::NamedChecksums => "a program for checksums",
        }
    }

    /// Whether it lists a folder, and not a store or an archive.
    pub(super) fn is_of_files(self) -> bool {
        matches!(self, Tool::FindLs | Tool::Ls | Tool::Checksums | Tool::NamedChecksums)
    }

    /// Whether a folder that was not listed looks as one that is empty.
    pub(super) fn may_be_shallow(self) -> bool {
        matches!(self, Tool::Mc | Tool::GitTree | Tool::GitTreeSized)
    }

    /// Whether odd names stand in quotation marks, with their bytes in octal.
    pub(super) fn quotes(self) -> bool {
        matches!(self, Tool::GitTree | Tool::GitTreeSized | Tool::GitFiles)
    }

    fn columns(self) -> &'static [Column] {
        use Column::{Day, GitMode, Hash, Mode, Number, ShortSize, Size, Time, When, Word, Zone};
        match self {
            Tool::S3cmd => &[Day, Time, Size],
            Tool::Ossutil => &[Day, Time, Zone, Word, Size, Word, Word],
            Tool::Mc => &[Day, Time, Word, ShortSize],
            Tool::FindLs => &[Number, Number, Mode, Number, Word, Word, Size, When],
            Tool::Ls => &[Mode, Number, Word, Word, Size, When],
            Tool::Tar => &[Mode, Word, Size, When],
            Tool::Unzip => &[Size, Day, Time],
            Tool::UnzipVerbose => &[Size, Word, Number, Word, Day, Time, Word],
            Tool::GitTree => &[GitMode, Word, Hash],
            Tool::GitTreeSized => &[GitMode, Word, Hash, Size],
            Tool::GitFiles => &[GitMode, Hash, Number],
            Tool::Checksums => &[Hash],
            Tool::S3ApiText | Tool::Azcopy | Tool::NamedChecksums => &[],
        }
    }

    /// What stands between the last column and the path.
    fn gap(self) -> &'static [u8] {
        match self {
            Tool::Unzip => b"   ",
            Tool::UnzipVerbose => b"  ",
            Tool::GitTree | Tool::GitTreeSized | Tool::GitFiles => b"\t",
            _ => b" ",
        }
    }

    /// Reads a line.
    pub(super) fn read(self, line: &[u8]) -> Line<'_> {
        let entry = match self {
            Tool::S3ApiText => s3api(line),
            Tool::Azcopy => azcopy(line),
            Tool::NamedChecksums => named_checksum(line),
            _ => self.in_columns(line),
        };
        entry.unwrap_or_else(|| self.beside(line))
    }

    fn in_columns(self, line: &[u8]) -> Option<Line<'_>> {
        let line = if self == Tool::Mc { line.strip_prefix(b"[")? } else { line };
        let mut columns = Columns { rest: line, kind: None, size: None };
        for column in self.columns() {
            columns.take(*column)?;
        }
        let Columns { rest, kind, size } = columns;
        let path = rest.strip_prefix(self.gap())?;
        match self {
            Tool::S3cmd | Tool::Ossutil => {
                return Some(object(after_scheme(skip_blanks(path))?, size));
            }
            Tool::Mc => return Some(mc(path, size)),
            // Both the mark of a text and that of a binary file are one byte.
            Tool::Checksums => {
                let path = path.strip_prefix(b" ").or(path.strip_prefix(b"*"))?;
                return Some(file(path, None)).filter(|_| !path.is_empty());
            }
            _ => {}
        }
        if path.is_empty() {
            return None;
        }
        if self == Tool::Ls && matches!(path, b"." | b"..") {
            return Some(Line::Nothing);
        }
        let kind = kind.unwrap_or(match path.ends_with(b"/") {
            true => EntryKind::Folder,
            false => EntryKind::File,
        });
        let path = match kind {
            EntryKind::Link => before_target(path),
            _ => path,
        };
        // A module of its own, in a repository of its own.
        if kind == EntryKind::Unknown {
            return Some(Line::Unlisted(path));
        }
        Some(Line::Entry { path, kind: Some(kind), size: size.filter(|_| kind == EntryKind::File) })
    }

    /// What a line says that is no entry.
    fn beside(self, line: &[u8]) -> Line<'_> {
        let words = skip_blanks(line);
        let begins = |all: &[&[u8]]| all.iter().any(|begin| words.starts_with(begin));
        let is_beside = match self {
            Tool::Ossutil => {
                if let Some(total) = words.strip_prefix(b"Object Number is: ") {
                    return number(total).map_or(Line::Foreign, |(total, _)| Line::Total(total));
                }
                begins(&[b"LastModifiedTime"]) || words.ends_with(b"(s) elapsed")
            }
            Tool::S3cmd => match words.strip_prefix(b"DIR") {
                Some(folder) => {
                    let folder = after_scheme(skip_blanks(folder));
                    return folder.map_or(Line::Foreign, Line::Unlisted);
                }
                None => false,
            },
            Tool::S3ApiText => {
                if let Some(folder) = words.strip_prefix(b"COMMONPREFIXES\t") {
                    return Line::Unlisted(folder);
                }
                begins(&[
                    b"CHECKSUMALGORITHM",
                    b"OWNER",
                    b"RESTORESTATUS",
                    b"REQUESTCHARGED",
                    b"None",
                ])
            }
            Tool::Azcopy => {
                if let Some(total) = words.strip_prefix(b"File count: ") {
                    return number(total).map_or(Line::Foreign, |(total, _)| Line::Total(total));
                }
                begins(&[b"Total file size: ", b"INFO: "])
            }
            Tool::Ls => match line.strip_suffix(b":") {
                Some(folder) if !folder.is_empty() => return Line::Heading(folder),
                _ => begins(&[b"total "]),
            },
            Tool::Unzip | Tool::UnzipVerbose => {
                if let Some(total) = unzip_total(words) {
                    return Line::Total(total);
                }
                begins(&[b"Archive:", b"Length"])
                    || (!words.is_empty() && words.iter().all(|byte| b"- ".contains(byte)))
            }
            _ => false,
        };
        if is_beside || words.is_empty() { Line::Nothing } else { Line::Foreign }
    }
}

/// A line, read up to some column.
struct Columns<'l> {
    rest: &'l [u8],
    kind: Option<EntryKind>,
    size: Option<u64>,
}

impl<'l> Columns<'l> {
    fn word(&mut self) -> Option<&'l [u8]> {
        let rest = skip_blanks(self.rest);
        let end = rest.iter().position(|byte| b" \t".contains(byte)).unwrap_or(rest.len());
        let (word, rest) = rest.split_at_checked(end).filter(|_| end > 0)?;
        self.rest = rest;
        Some(word)
    }

    fn take(&mut self, column: Column) -> Option<()> {
        let before = self.rest;
        let word = self.word()?;
        let fits = match column {
            Column::Word => true,
            Column::Number => whole(word).is_some(),
            Column::Size => {
                self.size = whole(word);
                // Git has no size of what is no file.
                self.size.is_some() || (word == b"-" && self.kind != Some(EntryKind::File))
            }
            Column::ShortSize => {
                let size = word.strip_suffix(b"iB").or(word.strip_suffix(b"B"));
                self.size = short_size(size?);
                self.size.is_some()
            }
            Column::Mode => {
                self.kind = Some(kind_of(word)?);
                true
            }
            Column::GitMode => {
                self.kind = Some(match word {
                    b"100644" | b"100755" | b"100664" => EntryKind::File,
                    b"120000" => EntryKind::Link,
                    b"040000" => EntryKind::Folder,
                    b"160000" => EntryKind::Unknown,
                    _ => return None,
                });
                true
            }
            Column::Hash => word.len() >= 32 && word.iter().all(u8::is_ascii_hexdigit),
            Column::Day => is_day(word),
            Column::Time => is_time(word),
            Column::Zone => {
                if !matches!(word, [b'+' | b'-', digits @ ..] if digits.len() == 4) {
                    self.rest = before;
                }
                true
            }
            Column::When => return self.take_when(word),
        };
        fits.then_some(())
    }

    /// `2024-10-10 22:40`, `2024-10-10 22:40:00.000000000 +0000`, `Oct 10 22:40`, `10 Oct 2024`.
    fn take_when(&mut self, first: &[u8]) -> Option<()> {
        let second = self.word()?;
        if is_day(first) {
            is_time(second).then_some(())?;
            return self.take(Column::Zone);
        }
        let is_month = |word: &[u8]| word.len() == 3 && word.iter().all(u8::is_ascii_alphabetic);
        let is_of_month = |word: &[u8]| word.len() <= 2 && whole(word).is_some();
        let fits =
            (is_month(first) && is_of_month(second)) || (is_of_month(first) && is_month(second));
        let third = self.word().filter(|_| fits)?;
        (is_time(third) || (third.len() == 4 && whole(third).is_some())).then_some(())
    }
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|byte| b" \t".contains(byte)).count();
    &text[blanks..]
}

fn is_day(word: &[u8]) -> bool {
    [&b"0000-00-00"[..], b"00-00-0000", b"00-00-00"]
        .iter()
        .any(|shape| shaped(word, shape).is_some_and(<[u8]>::is_empty))
}

fn is_time(word: &[u8]) -> bool {
    let rest = shaped(word, b"00:00:00").or_else(|| shaped(word, b"00:00"));
    rest.is_some_and(|rest| match rest.split_first() {
        Some((mark, digits)) => *mark == b'.' && digits.iter().all(u8::is_ascii_digit),
        None => true,
    })
}

/// What a mode in letters is of, with a mark of further rights behind it or not.
fn kind_of(mode: &[u8]) -> Option<EntryKind> {
    let (kind, rights) = mode.split_first()?;
    let rights =
        rights.strip_suffix(b".").or(rights.strip_suffix(b"+")).or(rights.strip_suffix(b"@"));
    let rights = rights.unwrap_or(&mode[1..]);
    let is_mode = rights.len() == 9 && rights.iter().all(|byte| b"rwxsStT-".contains(byte));
    match kind {
        _ if !is_mode => None,
        b'-' => Some(EntryKind::File),
        b'd' => Some(EntryKind::Folder),
        b'l' | b'h' => Some(EntryKind::Link),
        b'b' | b'c' | b'p' | b's' | b'D' => Some(EntryKind::Special),
        _ => None,
    }
}

/// A link's path without what it leads to.
fn before_target(path: &[u8]) -> &[u8] {
    let arrow = memchr::memmem::find(path, b" -> ").or(memchr::memmem::find(path, b" link to "));
    &path[..arrow.unwrap_or(path.len())]
}

fn file(path: &[u8], size: Option<u64>) -> Line<'_> {
    Line::Entry { path, kind: Some(EntryKind::File), size }
}

/// Newer versions of `mc` have the storage class before the key.
fn mc(path: &[u8], size: Option<u64>) -> Line<'_> {
    let class = path.iter().position(|byte| *byte == b' ');
    let class =
        class.map(|end| &path[..end]).filter(|word| word.iter().all(u8::is_ascii_uppercase));
    let key = class.map_or(path, |class| &path[class.len() + 1..]);
    if key.is_empty() { Line::Foreign } else { object(key, size) }
}

/// `CONTENTS`, the ETag in quotation marks, the key, the day and the size, and what else there is,
/// parted by tabs.
fn s3api(line: &[u8]) -> Option<Line<'_>> {
    let mut fields = line.split(|byte| *byte == b'\t');
    if fields.next()? != b"CONTENTS" {
        return None;
    }
    fields.find(|field| field.starts_with(b"\"") && field.ends_with(b"\""))?;
    let (key, _, size) = (fields.next()?, fields.next()?, whole(fields.next()?)?);
    Some(object(key, Some(size)))
}

/// `PATH; Content Length: 20.00 KiB`.
fn azcopy(line: &[u8]) -> Option<Line<'_>> {
    const LENGTH: &[u8] = b"Content Length: ";
    let at = memchr::memmem::rfind(line, LENGTH)?;
    let path = line[..at].trim_ascii_end().strip_suffix(b";")?;
    let path = path.strip_prefix(b"INFO: ").unwrap_or(path);
    let length = line[at + LENGTH.len()..].split(|byte| *byte == b';').next()?;
    let size = match rounded_size(length) {
        Some((size, [])) => size,
        _ => whole(length)?,
    };
    (!path.is_empty()).then(|| object(path, Some(size)))
}

/// `MD5 (PATH) = HASH`.
fn named_checksum(line: &[u8]) -> Option<Line<'_>> {
    let open = memchr::memmem::find(line, b" (")?;
    let close = memchr::memmem::rfind(line, b") = ")?;
    let is_name =
        line[..open].iter().all(|byte| byte.is_ascii_alphanumeric() || b"-/".contains(byte));
    let hash = &line[close + 4..];
    let is_hash = hash.len() >= 32 && hash.iter().all(u8::is_ascii_hexdigit);
    let path = line.get(open + 2..close).filter(|path| !path.is_empty())?;
    (is_name && is_hash).then(|| file(path, None))
}

/// `1234567                     20 files`.
fn unzip_total(words: &[u8]) -> Option<u64> {
    let files = words.strip_suffix(b" files").or(words.strip_suffix(b" file"))?;
    let last = files.rsplit(|byte| *byte == b' ').next()?;
    whole(words.split(|byte| *byte == b' ').next()?)?;
    whole(last)
}

/// A name as git quotes it, without its quotation marks; `None` where it is not as git writes it.
pub(super) fn unquoted(path: &[u8], into: &mut Vec<u8>) -> Option<()> {
    into.clear();
    let mut rest = path.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            into.push(*first);
            continue;
        }
        let (mark, after) = rest.split_first()?;
        let named = b"abtnvfr".iter().position(|letter| letter == mark);
        (rest, _) = match (named, mark) {
            (Some(at), _) => (after, into.push([7, 8, 9, 10, 11, 12, 13][at])),
            (None, b'"' | b'\\') => (after, into.push(*mark)),
            _ => {
                let digits = std::str::from_utf8(rest.get(..3)?).ok()?;
                (&rest[3..], into.push(u8::from_str_radix(digits, 8).ok()?))
            }
        };
    }
    Some(())
}

#[cfg(test)]
mod tests;
