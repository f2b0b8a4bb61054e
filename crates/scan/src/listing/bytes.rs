//! A listing as text: unpacked where it is gzip, UTF-8 where it was UTF-16, and cut into lines
//! without keeping them.

use std::io::{self, Read};
use std::ops::ControlFlow;

use encoding_rs::{CoderResult, Decoder, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;

use crate::scan_errors::reason;

/// The longest line that is looked at, in bytes: no store or file system has names that fill a
/// part of it.
pub(super) const MAX_LINE: usize = 1 << 20;

/// How much of a listing tells what it is.
const HEAD: usize = 64 << 10;

const GZIP: &[u8] = b"\x1f\x8b";
const UTF_8_MARK: &[u8] = b"\xef\xbb\xbf";

/// A listing's text, of which the beginning was looked at already.
pub(super) struct Text<'r> {
    /// Its beginning, at most 64 KiB.
    pub(super) head: Vec<u8>,
    /// Whether nothing follows the head.
    pub(super) is_whole: bool,
    /// How it was wrapped, in words; empty for plain UTF-8.
    pub(super) wrapping: &'static str,
    failure: Option<io::Error>,
    rest: Box<dyn Read + 'r>,
}

impl<'r> Text<'r> {
    /// The text of a listing whose bytes come from `reader`.
    ///
    /// # Errors
    /// When not even its first bytes can be read.
    pub(super) fn of(reader: impl Read + 'r) -> io::Result<Self> {
        let mut raw = Peeked::of(Box::new(reader), GZIP.len())?;
        let is_gzip = raw.head == GZIP;
        let unpacked: Box<dyn Read + 'r> =
            if is_gzip { Box::new(MultiGzDecoder::new(raw)) } else { Box::new(raw) };
        raw = match Peeked::of(unpacked, 2) {
            Ok(peeked) => peeked,
            // A gzip file that is broken from the start has no text, which is the reader's
            // to find again.
            Err(error) => Peeked { head: Vec::new(), at: 0, rest: Box::new(Failing(Some(error))) },
        };
        let (rest, utf16): (Box<dyn Read + 'r>, _) = match *raw.head.as_slice() {
            [0xff, 0xfe, ..] => {
                (Box::new(Utf16::new(raw, UTF_16LE.new_decoder_with_bom_removal())), true)
            }
            [0xfe, 0xff, ..] => {
                (Box::new(Utf16::new(raw, UTF_16BE.new_decoder_with_bom_removal())), true)
            }
            _ => (Box::new(raw), false),
        };
        let wrapping = match (is_gzip, utf16) {
            (false, false) => "",
            (true, false) => "gzip",
            (false, true) => "UTF-16",
            (true, true) => "gzip, UTF-16",
        };
        let mut text = Text { head: Vec::new(), is_whole: false, wrapping, failure: None, rest };
        text.read_head();
        Ok(text)
    }

    fn read_head(&mut self) {
        let mut head = vec![0; HEAD];
        let mut length = 0;
        while let Some(room) = head.get_mut(length..).filter(|room| !room.is_empty()) {
            match self.rest.read(room) {
                Ok(0) => {
                    self.is_whole = true;
                    break;
                }
                Ok(more) => length += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    break;
                }
            }
        }
        head.truncate(length);
        if head.starts_with(UTF_8_MARK) {
            head.drain(..UTF_8_MARK.len());
        }
        self.head = head;
    }

    /// The whole text, from its beginning on.
    pub(super) fn into_reader(self) -> impl Read + 'r {
        let Text { head, failure, rest, .. } = self;
        io::Cursor::new(head).chain(Failing(failure)).chain(rest)
    }
}

/// Fails once, if at all.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// A reader whose first bytes are known.
struct Peeked<'r> {
    head: Vec<u8>,
    at: usize,
    rest: Box<dyn Read + 'r>,
}

impl<'r> Peeked<'r> {
    fn of(mut rest: Box<dyn Read + 'r>, length: usize) -> io::Result<Self> {
        let mut head = Vec::with_capacity(length);
        rest.by_ref().take(length as u64).read_to_end(&mut head)?;
        Ok(Peeked { head, at: 0, rest })
    }
}

impl Read for Peeked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut left = self.head.get(self.at..).unwrap_or_default();
        match left.read(buffer)? {
            0 => self.rest.read(buffer),
            read => {
                self.at += read;
                Ok(read)
            }
        }
    }
}

/// UTF-16 read as UTF-8. What is no character becomes U+FFFD.
struct Utf16<'r> {
    source: Peeked<'r>,
    decoder: Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<'r> Utf16<'r> {
    fn new(source: Peeked<'r>, decoder: Decoder) -> Self {
        Utf16 { source, decoder, raw: vec![0; 32 << 10], text: Vec::new(), at: 0, ended: false }
    }

    fn decode_more(&mut self) -> io::Result<()> {
        let read = self.source.read(&mut self.raw)?;
        self.ended = read == 0;
        let raw = self.raw.get(..read).unwrap_or_default();
        let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(4 * self.raw.len());
        self.text.resize(room, 0);
        let (result, _, written, _) = self.decoder.decode_to_utf8(raw, &mut self.text, self.ended);
        debug_assert_eq!(result, CoderResult::InputEmpty, "the buffer has room for all");
        self.text.truncate(written);
        self.at = 0;
        Ok(())
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.text.len() && !self.ended {
            self.decode_more()?;
        }
        let mut left = self.text.get(self.at..).unwrap_or_default();
        let read = left.read(buffer)?;
        self.at += read;
        Ok(read)
    }
}

/// A line of a listing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'l> {
    /// A line without what ends it.
    Line(&'l [u8]),
    /// A line that is longer than [`MAX_LINE`].
    TooLong,
}

/// Cuts a text into lines, or at any other byte.
pub(super) struct Lines<R> {
    reader: R,
    end: u8,
    buffer: Vec<u8>,
    /// What of the buffer is not handed on yet.
    start: usize,
    filled: usize,
    /// How many lines were handed on.
    pub(super) number: u64,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(reader: R, end: u8) -> Self {
        Lines { reader, end, buffer: vec![0; 256 << 10], start: 0, filled: 0, number: 0 }
    }

    /// The next line; `None` at the end. The last one needs no line break.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        let mut searched = 0;
        loop {
            let waiting = self.buffer.get(self.start..self.filled).unwrap_or_default();
            if let Some(at) =
                waiting.get(searched..).and_then(|rest| memchr::memchr(self.end, rest))
            {
                let (from, to) = (self.start, self.start + searched + at);
                self.start = to + 1;
                self.number += 1;
                return Ok(Some(Piece::Line(self.buffer.get(from..to).unwrap_or_default())));
            }
            searched = waiting.len();
            if searched > MAX_LINE {
                self.skip_line()?;
                self.number += 1;
                return Ok(Some(Piece::TooLong));
            }
            if self.fill()? == 0 {
                if searched == 0 {
                    return Ok(None);
                }
                let (from, to) = (self.start, self.filled);
                self.start = self.filled;
                self.number += 1;
                return Ok(Some(Piece::Line(self.buffer.get(from..to).unwrap_or_default())));
            }
        }
    }

    /// Reads on; nothing is gained at the end.
    fn fill(&mut self) -> io::Result<usize> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled -= self.start;
            self.start = 0;
        }
        if self.filled == self.buffer.len() {
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
        loop {
            match self.reader.read(self.buffer.get_mut(self.filled..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    let read = read?;
                    self.filled += read;
                    return Ok(read);
                }
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            self.start = self.filled;
            if self.fill()? == 0 {
                return Ok(());
            }
            let waiting = self.buffer.get(..self.filled).unwrap_or_default();
            if let Some(at) = memchr::memchr(self.end, waiting) {
                self.start = at + 1;
                return Ok(());
            }
        }
    }
}

/// Hands on every line with its number, or what is wrong with it, in words.
pub(super) fn each_line<R: Read>(
    lines: &mut Lines<R>,
    mut take: impl FnMut(u64, Result<&[u8], String>) -> ControlFlow<()>,
) {
    loop {
        let number = lines.number + 1;
        let (line, ends) = match lines.next() {
            Ok(None) => return,
            Ok(Some(Piece::Line(line))) => (Ok(line), false),
            Ok(Some(Piece::TooLong)) => {
                (Err(format!("line {number} of the listing is longer than any name")), false)
            }
            Err(error) => {
                (Err(format!("the listing breaks off in line {number}: {}", broken(&error))), true)
            }
        };
        if take(number, line).is_break() || ends {
            return;
        }
    }
}

/// Why a text breaks off, in words.
pub(super) fn broken(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => "its gzip data are cut off".to_owned(),
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            "its gzip data are damaged".to_owned()
        }
        io::ErrorKind::FileTooLarge => error.to_string(),
        _ => reason(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write as _;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        let units = text.encode_utf16();
        units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    fn read(bytes: &[u8]) -> (Vec<u8>, &'static str) {
        let text = Text::of(bytes).unwrap();
        let wrapping = text.wrapping;
        let mut all = Vec::new();
        text.into_reader().read_to_end(&mut all).unwrap();
        (all, wrapping)
    }

    #[test]
    fn text_is_the_same_however_it_is_wrapped() {
        let text = "lidar-top/scène_1/1.pcd\n🚗\n".repeat(9_000);
        let plain = text.clone().into_bytes();
        assert_eq!(read(&plain), (plain.clone(), ""));
        assert_eq!(read(&[UTF_8_MARK, &plain].concat()), (plain.clone(), ""));
        assert_eq!(read(&gzip(&plain)), (plain.clone(), "gzip"));
        let parts = plain.split_at(1_234);
        assert_eq!(read(&[gzip(parts.0), gzip(parts.1)].concat()), (plain.clone(), "gzip"));
        assert_eq!(read(&utf16(&format!("\u{feff}{text}"), false)), (plain.clone(), "UTF-16"));
        assert_eq!(read(&utf16(&format!("\u{feff}{text}"), true)), (plain.clone(), "UTF-16"));
        assert_eq!(read(&gzip(&utf16(&format!("\u{feff}{text}"), false))), (plain, "gzip, UTF-16"));
        assert_eq!(read(b""), (Vec::new(), ""));
        assert_eq!(read(b"a\0b\0"), (b"a\0b\0".to_vec(), ""));
    }

    #[test]
    fn what_a_broken_gzip_still_gives_comes_before_its_error() {
        let text = "lidar-top/scene_1/1.pcd\n".repeat(100_000);
        let whole = gzip(text.as_bytes());
        let mut reader = Text::of(whole.get(..whole.len() / 2).unwrap()).unwrap().into_reader();
        let mut all = Vec::new();
        assert_eq!(reader.read_to_end(&mut all).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        assert!(!all.is_empty() && text.as_bytes().starts_with(&all));
        assert!(Text::of(&whole[..5]).unwrap().into_reader().read_to_end(&mut all).is_err());
    }

    #[test]
    fn lines_come_one_by_one_and_the_longest_are_passed_over() {
        let long = "x".repeat(3 * MAX_LINE);
        let text = format!("a\n\nb c\r\n{long}\nd\n{long}");
        let mut lines = Lines::new(text.as_bytes(), b'\n');
        let mut found = Vec::new();
        while let Some(piece) = lines.next().unwrap() {
            found.push(match piece {
                Piece::Line(line) => String::from_utf8(line.to_vec()).unwrap(),
                Piece::TooLong => "too long".to_owned(),
            });
        }
        assert_eq!(found, ["a", "", "b c\r", "too long", "d", "too long"]);
        assert_eq!(lines.number, 6);
        assert!(lines.buffer.len() <= 4 * MAX_LINE);
    }
}
