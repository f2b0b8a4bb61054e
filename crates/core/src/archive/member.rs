//! One entry of an archive, and what its name says.

use std::borrow::Cow;

use encoding_rs::GBK;

use crate::tree::EntryKind;

/// The compression method of data that are not compressed.
pub(super) const STORED: u16 = 0;

/// The one method that everything unpacks.
pub(super) const DEFLATE: u16 = 8;

/// One entry of an archive's directory. Borrowed from the source, never stored.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// The name, exactly the bytes that stand in the directory. A folder's ends in `/`.
    pub name: &'a [u8],
    /// The name in UTF-8, where the entry carries it beside the other (Info-ZIP's
    /// Unicode path field).
    pub unicode_name: Option<&'a [u8]>,
    /// Whether the entry says that its name is in UTF-8 (general purpose flag 11).
    pub utf8: bool,
    /// What it stands for.
    pub kind: EntryKind,
    /// Whether its data are encrypted.
    pub encrypted: bool,
    /// The number of its compression method.
    pub method: u16,
    /// What it takes in the archive, in bytes, as declared.
    pub packed: u64,
    /// What it unpacks to, in bytes, as declared.
    pub size: u64,
    /// Where in the archive it begins, as declared.
    pub offset: u64,
}

/// What is wrong with a name beyond its encoding. The gravest first; a name has at most one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameFault {
    /// A segment is `..`: the entry would leave the folder that the zip is unpacked in.
    Parent,
    /// It begins with a drive's letter.
    Drive,
    /// It begins with `/`.
    Absolute,
    /// It holds a byte of value 0, where many readers take it to end.
    Nul,
    /// Its segments are separated by `\`.
    Backslash,
    /// A segment has no bytes: `a//b`.
    EmptySegment,
    /// A segment is `.`.
    Dot,
    /// It has no bytes.
    Empty,
}

/// The encoding that an undeclared name seems to be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameReading {
    /// UTF-8.
    Utf8,
    /// GBK, the encoding of Chinese Windows.
    Gbk,
    /// Code page 437, which the format has where nothing is said.
    Cp437,
}

impl NameReading {
    /// The encoding's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            NameReading::Utf8 => "UTF-8",
            NameReading::Gbk => "GBK",
            NameReading::Cp437 => "code page 437",
        }
    }

    /// The encoding that a name seems to be in that is not ASCII.
    #[must_use]
    pub fn guess(name: &[u8]) -> Self {
        if std::str::from_utf8(name).is_ok() {
            NameReading::Utf8
        } else if is_common_chinese(name) {
            NameReading::Gbk
        } else {
            NameReading::Cp437
        }
    }

    /// The name, read in this encoding.
    #[must_use]
    pub fn read(self, name: &[u8]) -> Cow<'_, str> {
        match self {
            NameReading::Utf8 => crate::text::lossless(name),
            NameReading::Gbk => GBK.decode_without_bom_handling(name).0,
            NameReading::Cp437 => name.iter().map(|byte| cp437(*byte)).collect::<String>().into(),
        }
    }
}

/// Whether all that is not ASCII are pairs of bytes from the common plane of GBK (GB 2312). The
/// whole of GBK would take almost any European name too.
fn is_common_chinese(name: &[u8]) -> bool {
    let mut bytes = name.iter();
    while let Some(byte) = bytes.next() {
        let pair = match byte {
            0..=0x7f => continue,
            0xa1..=0xf7 => bytes.next().is_some_and(|second| matches!(second, 0xa1..=0xfe)),
            _ => false,
        };
        if !pair {
            return false;
        }
    }
    GBK.decode_without_bom_handling_and_without_replacement(name).is_some()
}

/// The upper half of code page 437.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

fn cp437(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        None => char::from(byte),
        Some(at) => CP437.chars().nth(usize::from(at)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

/// A name as it is to stand in the tree, and what had to be mended for that.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Resolved<'a> {
    /// The path from the archive's root, without a `/` at its end; `None` where there is
    /// no safe one.
    pub(super) path: Option<Cow<'a, [u8]>>,
    pub(super) fault: Option<NameFault>,
    pub(super) undeclared: Option<NameReading>,
}

impl<'a> Member<'a> {
    /// A stored, unencrypted file of this size at the archive's beginning, or a folder where the
    /// name ends in `/`.
    #[must_use]
    pub fn plain(name: &'a [u8], size: u64) -> Self {
        Member {
            name,
            unicode_name: None,
            utf8: true,
            kind: if name.ends_with(b"/") { EntryKind::Folder } else { EntryKind::File },
            encrypted: false,
            method: 0,
            packed: size,
            size,
            offset: 0,
        }
    }

    /// Where the entry ends at the earliest: behind its local header, without extra fields,
    /// and its data.
    #[must_use]
    pub fn least_end(&self) -> u64 {
        self.offset.saturating_add(30 + self.name.len() as u64).saturating_add(self.packed)
    }

    /// Whether its data can be looked into: they are not encrypted, and packed by a method
    /// that everything unpacks.
    #[must_use]
    pub fn can_be_unpacked(&self) -> bool {
        !self.encrypted && matches!(self.method, STORED | DEFLATE)
    }

    /// The path that the name means, from the archive's root on and without a `/` at its end;
    /// `None` where it means none that is safe.
    #[must_use]
    pub fn path(&self) -> Option<Cow<'a, [u8]>> {
        self.resolve().path
    }

    /// The folder or file that the name means.
    pub(super) fn resolve(&self) -> Resolved<'a> {
        let (name, undeclared) = self.decoded();
        let fault = name_fault(&name);
        let path = match (fault, name) {
            (Some(NameFault::Parent | NameFault::Empty), _) => None,
            (Some(_), name) => mended(&name),
            (None, Cow::Borrowed(name)) => {
                Some(Cow::Borrowed(name.strip_suffix(b"/").unwrap_or(name)))
            }
            (None, Cow::Owned(mut name)) => {
                if name.ends_with(b"/") {
                    name.pop();
                }
                Some(Cow::Owned(name))
            }
        };
        Resolved { path, fault, undeclared }
    }

    fn decoded(&self) -> (Cow<'a, [u8]>, Option<NameReading>) {
        if self.utf8 || self.name.is_ascii() {
            return (Cow::Borrowed(self.name), None);
        }
        if let Some(name) = self.unicode_name {
            return (Cow::Borrowed(name), None);
        }
        let reading = NameReading::guess(self.name);
        let name = match reading {
            NameReading::Utf8 => Cow::Borrowed(self.name),
            NameReading::Gbk | NameReading::Cp437 => {
                Cow::Owned(reading.read(self.name).into_owned().into_bytes())
            }
        };
        (name, Some(reading))
    }
}

fn name_fault(name: &[u8]) -> Option<NameFault> {
    // Almost every name ends here: it neither begins oddly nor has a segment that is empty or
    // begins with a dot.
    let begins_plainly =
        !matches!(name.first(), None | Some(b'/' | b'.')) && name.get(1) != Some(&b':');
    let is_odd = |slash: usize| matches!(name.get(slash + 1), Some(b'.' | b'/'));
    if begins_plainly
        && memchr::memchr2(b'\\', 0, name).is_none()
        && !memchr::memchr_iter(b'/', name).any(is_odd)
    {
        return None;
    }
    let has_segment = |segment: &[u8]| {
        name.split(|byte| matches!(byte, b'/' | b'\\')).any(|part| part == segment)
    };
    if name.is_empty() {
        Some(NameFault::Empty)
    } else if has_segment(b"..") {
        Some(NameFault::Parent)
    } else if has_drive(name) {
        Some(NameFault::Drive)
    } else if matches!(name[0], b'/' | b'\\') {
        Some(NameFault::Absolute)
    } else if name.contains(&0) {
        Some(NameFault::Nul)
    } else if name.contains(&b'\\') {
        Some(NameFault::Backslash)
    } else if name
        .strip_suffix(b"/")
        .unwrap_or(name)
        .split(|byte| *byte == b'/')
        .any(<[u8]>::is_empty)
    {
        Some(NameFault::EmptySegment)
    } else if has_segment(b".") {
        Some(NameFault::Dot)
    } else {
        None
    }
}

fn has_drive(name: &[u8]) -> bool {
    matches!(name, [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// The path that a lenient extractor makes of a faulty name: relative, with `/`, without segments
/// that are empty or `.`, and as far as its first zero.
fn mended(name: &[u8]) -> Option<Cow<'static, [u8]>> {
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = if has_drive(name) { &name[2..] } else { name };
    let segments: Vec<&[u8]> = name
        .split(|byte| matches!(byte, b'/' | b'\\'))
        .filter(|segment| !matches!(*segment, b"" | b"."))
        .collect();
    let path = segments.join(&b'/');
    (!path.is_empty()).then_some(Cow::Owned(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &[u8]) -> Member<'_> {
        Member { utf8: false, ..Member::plain(name, 1) }
    }

    #[test]
    fn names_are_mended_as_extractors_do() {
        let cases: &[(&[u8], Option<&str>, Option<NameFault>)] = &[
            (b"a/b.pcd", Some("a/b.pcd"), None),
            (b"a/", Some("a"), None),
            (b"a/.hidden", Some("a/.hidden"), None),
            (b"a:b/c", Some("a:b/c"), None),
            (b"", None, Some(NameFault::Empty)),
            (b"a/../../b", None, Some(NameFault::Parent)),
            (b"..", None, Some(NameFault::Parent)),
            (b"a\\..\\b", None, Some(NameFault::Parent)),
            (b"C:\\a\\b", Some("a/b"), Some(NameFault::Drive)),
            (b"c:/a", Some("a"), Some(NameFault::Drive)),
            (b"//a/b", Some("a/b"), Some(NameFault::Absolute)),
            (b"/", None, Some(NameFault::Absolute)),
            (b"a\\b\\", Some("a/b"), Some(NameFault::Backslash)),
            (b"./a/./b", Some("a/b"), Some(NameFault::Dot)),
            (b"a/b\0.txt", Some("a/b"), Some(NameFault::Nul)),
            (b"\0", None, Some(NameFault::Nul)),
            (b"a/\0/../b", None, Some(NameFault::Parent)),
            (b"a//b", Some("a/b"), Some(NameFault::EmptySegment)),
            (b"a/b//", Some("a/b"), Some(NameFault::EmptySegment)),
            (b"a//./b", Some("a/b"), Some(NameFault::EmptySegment)),
            (b"./", None, Some(NameFault::Dot)),
        ];
        for (name, path, fault) in cases {
            let resolved = member(name).resolve();
            let text = resolved.path.as_deref().map(crate::text::lossless);
            assert_eq!(
                (text.as_deref(), resolved.fault),
                (*path, *fault),
                "{}",
                crate::text::lossless(name)
            );
        }
    }

    #[test]
    fn encodings_are_guessed() {
        let gbk = GBK.encode("前视/相机").0.into_owned();
        let cases: &[(&[u8], NameReading, &str)] = &[
            ("相机".as_bytes(), NameReading::Utf8, "相机"),
            (&gbk, NameReading::Gbk, "前视/相机"),
            (b"caf\x82", NameReading::Cp437, "café"),
            (b"caf\x82s", NameReading::Cp437, "cafés"),
            (b"\xff", NameReading::Cp437, "\u{a0}"),
        ];
        for (name, reading, text) in cases {
            assert_eq!(NameReading::guess(name), *reading, "{text}");
            assert_eq!(reading.read(name), *text);
        }
        assert_eq!(CP437.chars().count(), 128);
    }

    #[test]
    fn a_declared_name_is_taken_at_its_word() {
        let name = b"caf\x82";
        let plain = member(name);
        assert_eq!(plain.resolve().undeclared, Some(NameReading::Cp437));
        assert_eq!(Member { utf8: true, ..plain }.resolve().undeclared, None);
        let beside = Member { unicode_name: Some("café".as_bytes()), ..plain }.resolve();
        assert_eq!((beside.path.as_deref(), beside.undeclared), (Some("café".as_bytes()), None));
    }
}
