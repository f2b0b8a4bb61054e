//! How far files are looked into, and the one way to look into one.

use std::fmt;
use std::io;
use std::str::FromStr;

use sensortree_probe::{Depth, Format, Probe, ProbeResult};

/// How far files are looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    /// Not at all: names and sizes alone.
    None,
    /// Their headers, and the end of images.
    #[default]
    Headers,
    /// All of them: the points of clouds, and each code of images.
    Full,
}

impl Content {
    /// All three.
    pub const ALL: [Content; 3] = [Content::None, Content::Headers, Content::Full];

    /// The word in flags and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Content::None => "none",
            Content::Headers => "headers",
            Content::Full => "full",
        }
    }

    /// A look so far into a file of `size` bytes that is to hold `format`; `None` where none is
    /// to be taken.
    #[must_use]
    pub fn probe(self, format: Format, size: u64) -> Option<Probe> {
        match self {
            Content::None => None,
            Content::Headers => Some(Probe::to(Depth::Headers, format, size)),
            Content::Full => Some(Probe::to(Depth::Whole, format, size)),
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is none of [`Content`]'s.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected `none`, `headers` or `full`")]
pub struct UnknownContent;

impl FromStr for Content {
    type Err = UnknownContent;

    fn from_str(word: &str) -> Result<Self, UnknownContent> {
        Self::ALL.into_iter().find(|content| content.as_str() == word).ok_or(UnknownContent)
    }
}

/// Looks into a file, as far as `probe` goes. `read_at` reads into a buffer from an offset on, as
/// much as it likes, and nothing where the file ends. The buffer is for use again, and gets no
/// larger than a [`PIECE`](sensortree_probe::PIECE) or the longest header.
///
/// # Errors
/// When `read_at` fails.
pub fn look_into(
    probe: Probe,
    buffer: &mut Vec<u8>,
    read_at: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
) -> io::Result<ProbeResult> {
    look_on(probe, buffer, 0, read_at)
}

/// The same where the buffer begins with the file's first `length` bytes.
pub(crate) fn look_on(
    mut probe: Probe,
    buffer: &mut Vec<u8>,
    mut length: usize,
    mut read_at: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
) -> io::Result<ProbeResult> {
    loop {
        let stretch = probe.wanted();
        // The room is not made smaller, as to make it larger again is to fill it anew.
        buffer.resize(buffer.len().max(stretch.length), 0);
        length = length.min(stretch.length);
        let missing = buffer.get_mut(length..stretch.length).unwrap_or_default();
        let offset = stretch.offset.saturating_add(length as u64);
        length += read_full(missing, offset, &mut read_at)?;
        if let Some(facts) = probe.take(buffer.get(..length).unwrap_or_default()) {
            return Ok(facts);
        }
        length = 0;
    }
}

/// Reads from an offset on until the buffer is full or nothing is left, and gives how much that
/// was. `read_at` is as for [`look_into`].
///
/// # Errors
/// When `read_at` fails.
pub(crate) fn read_full(
    buffer: &mut [u8],
    offset: u64,
    mut read_at: impl FnMut(&mut [u8], u64) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut length = 0;
    while let Some(room) = buffer.get_mut(length..).filter(|room| !room.is_empty()) {
        match read_at(room, offset.saturating_add(length as u64)) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

/// What a file that is to hold `format` holds when it is this text.
pub(crate) fn facts_of(format: Format, text: &[u8]) -> ProbeResult {
    let mut probe = Probe::new(format, text.len() as u64);
    loop {
        let stretch = probe.wanted();
        let rest =
            usize::try_from(stretch.offset).ok().and_then(|at| text.get(at..)).unwrap_or_default();
        if let Some(facts) = probe.take(rest.get(..stretch.length).unwrap_or(rest)) {
            return facts;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensortree_probe::{ActualFormat, Fault};

    /// Reads a piece of a file, as a store may that gives less than asked for.
    fn piecewise(file: &[u8]) -> impl FnMut(&mut [u8], u64) -> io::Result<usize> {
        move |room, offset| {
            let rest = file.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
            let length = rest.len().min(room.len()).min(7);
            room[..length].copy_from_slice(&rest[..length]);
            Ok(length)
        }
    }

    #[test]
    fn a_file_is_read_however_little_is_given_at_once() {
        let file = b"<!doctype html><html></html>";
        let mut buffer = Vec::new();
        let facts =
            look_into(Probe::new(Format::Pcd, file.len() as u64), &mut buffer, piecewise(file))
                .unwrap();
        assert_eq!(facts.problems[0].fault, Fault::NotAPointCloud(ActualFormat::WebPage));
        // One that has shrunk to nothing since its size was asked for.
        assert_eq!(
            look_into(Probe::new(Format::Pcd, 1_000), &mut buffer, piecewise(b"")).unwrap(),
            ProbeResult::default()
        );
        let refuse = |_: &mut [u8], _| Err(io::ErrorKind::PermissionDenied.into());
        assert!(look_into(Probe::new(Format::Pcd, 1_000), &mut buffer, refuse).is_err());
    }

    #[test]
    fn a_file_that_shrinks_with_every_read_is_judged_as_it_is_by_then() {
        let header = b"FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 100000\nDATA binary\n";
        let file = [&header[..], &[1; 1_200_000]].concat();
        for (content, expected) in
            [(Content::Headers, &[][..]), (Content::Full, &[Fault::ShortPointCloud])]
        {
            let mut left = file.len();
            let shrinking = |room: &mut [u8], offset: u64| {
                let rest = file.get(usize::try_from(offset).unwrap()..left).unwrap_or_default();
                let length = rest.len().min(room.len());
                room[..length].copy_from_slice(&rest[..length]);
                left -= 200_000.min(left);
                Ok(length)
            };
            let probe = content.probe(Format::Pcd, file.len() as u64).unwrap();
            let facts = look_into(probe, &mut Vec::new(), shrinking).unwrap();
            let found: Vec<Fault> = facts.problems.iter().map(|problem| problem.fault).collect();
            assert_eq!(found, expected, "{content}");
        }
    }
}
