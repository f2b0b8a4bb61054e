//! A reader of the XML that stores list with.
//!
//! It takes bytes, not text, since a key is whatever bytes a store lists, and it copies nothing
//! that is not asked for: a listing of a million keys has some twenty million tags. It knows
//! elements, text, character references, CDATA and comments, and no document types, so nothing in a
//! document can refer to anything outside it.

use memchr::{memchr, memmem};

/// Why a document cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It ends before its root element does.
    CutOff,
    /// It is no XML, or of a kind that no store sends.
    Malformed,
}

/// Elements deeper than this stand in no store's answer.
const DEEPEST: usize = 32;

/// The start of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a [u8],
    pub(super) attributes: &'a [u8],
    /// Whether it is an element without content, `<Prefix/>`.
    empty: bool,
}

/// Reads a document from its start to its end.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(document: &'a [u8]) -> Self {
        Reader { rest: document.strip_prefix(b"\xef\xbb\xbf").unwrap_or(document) }
    }

    /// The root element's start.
    pub(super) fn root(&mut self) -> Result<Tag<'a>, Fault> {
        loop {
            self.rest = self.rest.trim_ascii_start();
            match self.rest {
                [] => return Err(Fault::CutOff),
                [b'<', b'?' | b'!', ..] => self.skip_aside()?,
                [b'<', ..] => return self.open(),
                _ => return Err(Fault::Malformed),
            }
        }
    }

    /// The next element inside `parent`, or `None` at `parent`'s end. Text between elements
    /// is passed over.
    pub(super) fn child(&mut self, parent: &Tag<'_>) -> Result<Option<Tag<'a>>, Fault> {
        if parent.empty {
            return Ok(None);
        }
        loop {
            let text = memchr(b'<', self.rest).ok_or(Fault::CutOff)?;
            self.rest = self.rest.get(text..).unwrap_or_default();
            match self.rest {
                [b'<', b'/', ..] => {
                    self.close(parent.name)?;
                    return Ok(None);
                }
                [b'<', b'?' | b'!', ..] => self.skip_aside()?,
                _ => return self.open().map(Some),
            }
        }
    }

    /// Adds an element's text to `out`, up to the element's end.
    pub(super) fn text(&mut self, tag: &Tag<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        if tag.empty {
            return Ok(());
        }
        loop {
            let length = memchr(b'<', self.rest).ok_or(Fault::CutOff)?;
            let (text, rest) = self.rest.split_at(length);
            unescape(text, out)?;
            self.rest = rest;
            if let Some(data) = self.rest.strip_prefix(b"<![CDATA[") {
                let end = memmem::find(data, b"]]>").ok_or(Fault::CutOff)?;
                out.extend_from_slice(data.get(..end).unwrap_or_default());
                self.rest = data.get(end + 3..).unwrap_or_default();
            } else if self.rest.starts_with(b"<!") || self.rest.starts_with(b"<?") {
                self.skip_aside()?;
            } else {
                return self.close(tag.name);
            }
        }
    }

    /// An element's text as it stands, up to the element's end, which has to follow.
    pub(super) fn plain(&mut self, tag: &Tag<'_>) -> Result<&'a [u8], Fault> {
        if tag.empty {
            return Ok(&[]);
        }
        let length = memchr(b'<', self.rest).ok_or(Fault::CutOff)?;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.close(tag.name)?;
        Ok(text)
    }

    /// Passes over an element with all that it holds.
    pub(super) fn skip(&mut self, tag: &Tag<'a>) -> Result<(), Fault> {
        let mut open = Vec::new();
        let mut inside = *tag;
        loop {
            match self.child(&inside)? {
                Some(_) if open.len() >= DEEPEST => return Err(Fault::Malformed),
                Some(child) => {
                    open.push(inside);
                    inside = child;
                }
                None => match open.pop() {
                    Some(parent) => inside = parent,
                    None => return Ok(()),
                },
            }
        }
    }

    /// Makes sure that nothing follows the root element.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        loop {
            self.rest = self.rest.trim_ascii_start();
            match self.rest {
                [] => return Ok(()),
                [b'<', b'?' | b'!', ..] => self.skip_aside()?,
                _ => return Err(Fault::Malformed),
            }
        }
    }

    /// Takes a start tag; `rest` begins with its `<`.
    fn open(&mut self) -> Result<Tag<'a>, Fault> {
        let inner = self.rest.get(1..).unwrap_or_default();
        let is_end =
            |byte: &u8| matches!(byte, b'>' | b'/' | b'<' | b'=' | b' ' | b'\t' | b'\r' | b'\n');
        let length = inner.iter().position(is_end).ok_or(Fault::CutOff)?;
        let (name, mut after) = inner.split_at(length);
        if name.is_empty() {
            return Err(Fault::Malformed);
        }
        let mut attributes: &[u8] = &[];
        if after.first() != Some(&b'>') {
            let end = end_of_attributes(after).ok_or(Fault::CutOff)?;
            (attributes, after) = after.split_at(end);
        }
        self.rest = after.get(1..).unwrap_or_default();
        let empty = attributes.last() == Some(&b'/');
        let attributes = attributes.strip_suffix(b"/").unwrap_or(attributes);
        if attributes.first().is_some_and(|byte| !byte.is_ascii_whitespace()) {
            return Err(Fault::Malformed);
        }
        Ok(Tag { name, attributes, empty })
    }

    /// Takes the end tag of the element `name`; `rest` begins with its `<`.
    fn close(&mut self, name: &[u8]) -> Result<(), Fault> {
        // As everyone writes it.
        let behind = self
            .rest
            .strip_prefix(b"</")
            .and_then(|rest| rest.strip_prefix(name)?.strip_prefix(b">"));
        if let Some(behind) = behind {
            self.rest = behind;
            return Ok(());
        }
        let end = memchr(b'>', self.rest).ok_or(Fault::CutOff)?;
        let (tag, rest) = self.rest.split_at(end);
        if tag.strip_prefix(b"</").map(<[u8]>::trim_ascii_end) != Some(name) {
            return Err(Fault::Malformed);
        }
        self.rest = rest.get(1..).unwrap_or_default();
        Ok(())
    }

    /// Passes over a comment, a processing instruction or CDATA that nobody asked for.
    fn skip_aside(&mut self) -> Result<(), Fault> {
        const ASIDES: [(&[u8], &[u8]); 3] =
            [(b"<!--", b"-->"), (b"<?", b"?>"), (b"<![CDATA[", b"]]>")];
        for (start, end) in ASIDES {
            if let Some(inner) = self.rest.strip_prefix(start) {
                let at = memmem::find(inner, end).ok_or(Fault::CutOff)?;
                self.rest = inner.get(at + end.len()..).unwrap_or_default();
                return Ok(());
            }
            if start.starts_with(self.rest) {
                return Err(Fault::CutOff);
            }
        }
        Err(Fault::Malformed)
    }
}

/// Where the tag ends whose attributes begin here; a `>` in quotes ends nothing.
fn end_of_attributes(bytes: &[u8]) -> Option<usize> {
    let mut quote = None;
    bytes.iter().position(|&byte| {
        match quote {
            Some(open) if byte == open => quote = None,
            Some(_) => {}
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None => return byte == b'>',
        }
        false
    })
}

/// Adds text with its references resolved.
fn unescape(mut text: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
    while let Some(at) = memchr(b'&', text) {
        let (plain, reference) = text.split_at(at);
        out.extend_from_slice(plain);
        // The longest reference is `&#x10FFFF;`, give or take some leading zeros.
        let end =
            reference.iter().take(16).position(|byte| *byte == b';').ok_or(Fault::Malformed)?;
        let mut utf8 = [0; 4];
        let resolved =
            resolve(reference.get(1..end).unwrap_or_default()).ok_or(Fault::Malformed)?;
        out.extend_from_slice(resolved.encode_utf8(&mut utf8).as_bytes());
        text = reference.get(end + 1..).unwrap_or_default();
    }
    out.extend_from_slice(text);
    Ok(())
}

fn resolve(reference: &[u8]) -> Option<char> {
    let number = |digits: &[u8], radix| {
        let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
        char::from_u32(u32::from_str_radix(digits, radix).ok()?)
    };
    match reference {
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"amp" => Some('&'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        [b'#', b'x', digits @ ..] => number(digits, 16),
        [b'#', digits @ ..] => number(digits, 10),
        _ => None,
    }
}
