//! Point clouds in PCD: what the header says, whether the file can hold that much, and, where the whole file is looked at,
//! whether the points are some that a sensor could have seen.

mod body;
mod columns;
mod header;
mod lzf;
mod positions;
mod text;

pub(super) use body::Body;
pub use header::{Encoding, Field, Header, HeaderFault, Keyword, MAX_HEADER};
pub use positions::{Disproportion, Extent};

use std::fmt::Write as _;

use super::{Depth, Facts, Fault, Figures, HEAD, Instead, Look, Place, Problem, Stretch};
use crate::json::Span;

/// The fields that place a point.
const AXES: [&[u8]; 3] = [b"x", b"y", b"z"];

/// What is wrong with the fields of a point cloud that can otherwise be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FieldFault {
    /// Not each of `x`, `y` and `z` is there.
    NoPosition,
    /// A type that is none of `F`, `I` and `U`.
    Type,
    /// `x`, `y` or `z` of a size that no number of its type has.
    Size,
}

/// What is wrong with the data behind a header that is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataFault {
    /// They cannot be unpacked, or not to what they are said to become.
    Packing,
    /// A word in a line of text is no number.
    NoNumber,
    /// A line of text has fewer numbers than a point.
    TooFewNumbers,
}

/// What a header says of a cloud's points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloud {
    /// How many there are.
    pub points: u64,
    /// What each has: `x F4, y F4, z F4, intensity U1`, each value with its type and its bytes.
    pub fields: Box<str>,
}

impl Cloud {
    fn of(header: &Header) -> Self {
        let mut fields = String::new();
        for field in &header.fields {
            let separator = if fields.is_empty() { "" } else { ", " };
            let name = crate::text::lossless(&field.name);
            let (kind, size) = (char::from(field.kind), field.size);
            // Writing to a String cannot fail.
            let _ = match field.count {
                1 => write!(fields, "{separator}{name} {kind}{size}"),
                count => write!(fields, "{separator}{name} {count}×{kind}{size}"),
            };
        }
        Cloud { points: header.points, fields: fields.into() }
    }
}

/// Looks at the beginning of a file of `size` bytes.
pub(super) fn look(head: &[u8], size: u64, depth: Depth) -> Look {
    let whole = head.len() as u64 >= size;
    let header = match header::read(head, whole) {
        header::Read::Header(header) => header,
        header::Read::Faulty(fault, span) => {
            return Look::done(Fault::Header(fault), Place::new(head, span));
        }
        header::Read::None => return Look::done(Fault::NotAPointCloud(Instead::of(head)), None),
        header::Read::More => return longer(head),
    };
    if header.encoding == Encoding::BinaryCompressed && !whole && head.len() < header.length + SIZES
    {
        return longer(head);
    }
    let mut facts = Facts { cloud: Some(Cloud::of(&header)), ..Facts::default() };
    if let Some((fault, span)) = fields(&header) {
        facts
            .problems
            .push(Problem { place: Place::new(head, span), ..Problem::new(Fault::Fields(fault)) });
    }
    if header.points == 0 {
        facts.say(Fault::NoPoints);
    } else if let Some(figures) = shortfall(&header, head, size) {
        facts
            .problems
            .push(Problem { figures: Some(figures), ..Problem::new(Fault::ShortPointCloud) });
    }
    match depth {
        Depth::Whole if facts.problems.is_empty() => body::read(&header, head, size),
        // So short a file is read whole anyway. Of a longer one, whose first points may well be beams that did not come
        // back, more would have to be read.
        Depth::Headers
            if facts.problems.is_empty() && whole && header.encoding != Encoding::Ascii =>
        {
            match body::read(&header, head, size) {
                Look::Done(mut facts) => {
                    facts.problems.retain(|problem| problem.fault == Fault::BlankBody);
                    Look::Done(facts)
                }
                _ => Look::Done(facts),
            }
        }
        _ => Look::Done(facts),
    }
}

/// The bytes of the two sizes that a compressed body begins with.
const SIZES: usize = 8;

fn longer(head: &[u8]) -> Look {
    let length = head.len().max(HEAD).saturating_mul(4).min(MAX_HEADER + SIZES);
    Look::Read(Stretch { offset: 0, length })
}

fn fields(header: &Header) -> Option<(FieldFault, Span)> {
    let position = AXES.map(|axis| header.fields.iter().find(|field| field.name == axis));
    if position.contains(&None) {
        return Some((FieldFault::NoPosition, header.fields_span));
    }
    if let Some(field) =
        header.fields.iter().find(|field| !matches!(field.kind, b'F' | b'I' | b'U'))
    {
        return Some((FieldFault::Type, field.span));
    }
    let odd = |field: &&Field| {
        let sizes: &[u64] = if field.kind == b'F' { &[4, 8] } else { &[1, 2, 4, 8] };
        !sizes.contains(&field.size) || field.count == 0
    };
    position.into_iter().flatten().find(odd).map(|field| (FieldFault::Size, field.span))
}

/// What the header promises and the file has not, in bytes behind the header. More than promised is padding.
fn shortfall(header: &Header, head: &[u8], size: u64) -> Option<Figures> {
    let found = size.saturating_sub(header.length as u64);
    let values = header.points.saturating_mul(header.stride());
    let (promised, found) = match header.encoding {
        Encoding::Binary => (values, found),
        // The least that can be: a digit and a separator for each number, and nothing behind the last.
        Encoding::Ascii => (
            header.points.saturating_mul(header.words()).saturating_mul(2).saturating_sub(1),
            found,
        ),
        Encoding::BinaryCompressed => {
            match (number(head, header.length), number(head, header.length + 4)) {
                // What is packed must be all there, and give as much as the header promises.
                (Some(packed), Some(unpacked)) => match packed.saturating_add(SIZES as u64) {
                    packed if packed > found => (packed, found),
                    _ => (values, unpacked),
                },
                _ => (SIZES as u64, found),
            }
        }
    };
    (found < promised).then_some(Figures::Bytes { found, promised })
}

fn number(head: &[u8], at: usize) -> Option<u64> {
    let (bytes, _) = head.get(at..)?.split_first_chunk()?;
    Some(u64::from(u32::from_le_bytes(*bytes)))
}

#[cfg(test)]
mod tests;
