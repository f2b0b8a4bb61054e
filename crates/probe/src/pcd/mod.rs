//! Point clouds in PCD: what the header says, whether the file can hold that much, and, where the
//! whole file is looked at, whether the points are some that a sensor could have seen.

mod body;
mod columns;
mod header;
mod lzf;
mod positions;
mod text;

pub use crate::facts::pcd::{
    Cloud, DataFault, Disproportion, Extent, FieldFault, HeaderFault, Keyword, MAX_HEADER, Uncommon,
};
pub use header::{Encoding, Field, Header};

use std::borrow::Cow;

use crate::actual_format::ActualFormat;
use crate::facts::{Defect, Fault, Measurement, ProbeResult, TextPlace};
use crate::span::Span;
use crate::step::{ByteRange, Depth, HEAD, ProbeStep};

/// The fields that place a point.
const AXES: [&[u8]; 3] = [b"x", b"y", b"z"];

impl Cloud {
    fn of(header: &Header) -> Self {
        // Made for each frame that is looked into, so without the formatting machinery.
        let mut fields = String::with_capacity(16 * header.fields.len());
        for field in &header.fields {
            if !fields.is_empty() {
                fields.push_str(", ");
            }
            fields.push_str(&name_of(field));
            fields.push(' ');
            let mut digits = itoa::Buffer::new();
            if field.count != 1 {
                fields.push_str(digits.format(field.count));
                fields.push('×');
            }
            fields.push(char::from(field.kind));
            fields.push_str(digits.format(field.size));
        }
        Cloud { points: header.points, fields: fields.into() }
    }
}

/// A field's name as text.
fn name_of(field: &Field) -> Cow<'_, str> {
    match std::str::from_utf8(&field.name) {
        Ok(name) => Cow::Borrowed(name),
        Err(_) => Cow::Owned(field.name.escape_ascii().to_string()),
    }
}

/// Looks at the beginning of a file of `size` bytes.
pub(crate) fn look(head: &[u8], size: u64, depth: Depth) -> ProbeStep {
    let whole = head.len() as u64 >= size;
    let header = match header::read(head, whole) {
        header::Read::Header(header) => header,
        header::Read::Faulty(fault, span) => {
            return ProbeStep::done(Fault::Header(fault), TextPlace::new(head, span));
        }
        header::Read::None => {
            return ProbeStep::done(Fault::NotAPointCloud(ActualFormat::of(head)), None);
        }
        header::Read::More => return longer(head),
    };
    if header.encoding == Encoding::BinaryCompressed && !whole && head.len() < header.length + SIZES
    {
        return longer(head);
    }
    let mut facts = ProbeResult { cloud: Some(Cloud::of(&header)), ..ProbeResult::default() };
    let place = |span| TextPlace::new(head, span);
    if let Some((fault, span)) = fields(&header) {
        facts.problems.push(Defect { place: place(span), ..Defect::new(Fault::Fields(fault)) });
    }
    if header.points == 0 {
        facts.say(Fault::NoPoints);
    } else if let Some((fault, figures)) = misfit(&header, head, size) {
        facts.problems.push(Defect { figures: Some(figures), ..Defect::new(fault) });
    }
    let is_right = facts.problems.is_empty();
    if is_right && let Some((uncommon, span)) = uncommon(&header, head) {
        let fault = Fault::Uncommon(uncommon);
        facts.problems.push(Defect { place: place(span), ..Defect::new(fault) });
    }
    if is_right && let Some(figures) = surplus(&header, size) {
        facts.problems.push(Defect { figures: Some(figures), ..Defect::new(Fault::MorePoints) });
    }
    match depth {
        Depth::Whole if is_right => body::read(&header, head, size, facts),
        // So short a file is read whole anyway. Of a longer one, whose first points may well be
        // beams that did not come back, more would have to be read.
        Depth::Headers if is_right && whole => {
            match body::read(&header, head, size, ProbeResult::default()) {
                ProbeStep::Done(found) => {
                    let is_said = |problem: &Defect| {
                        matches!(problem.fault, Fault::BlankBody | Fault::Data(_))
                    };
                    facts.problems.extend(found.problems.into_iter().filter(is_said));
                    ProbeStep::Done(facts)
                }
                _ => ProbeStep::Done(facts),
            }
        }
        Depth::Headers if is_right && header.encoding == Encoding::Ascii => {
            facts.problems.extend(body::first_lines(&header, head));
            ProbeStep::Done(facts)
        }
        _ => ProbeStep::Done(facts),
    }
}

/// The bytes of the two sizes that a compressed body begins with.
const SIZES: usize = 8;

fn longer(head: &[u8]) -> ProbeStep {
    let length = head.len().max(HEAD).saturating_mul(4).min(MAX_HEADER + SIZES);
    ProbeStep::Read(ByteRange { offset: 0, length })
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

/// What the header promises and the file has not, in bytes behind the header. More than promised is
/// padding, but for what compressed data are unpacked to.
fn misfit(header: &Header, head: &[u8], size: u64) -> Option<(Fault, Measurement)> {
    let found = size.saturating_sub(header.length as u64);
    let values = header.points.saturating_mul(header.stride());
    let (promised, found) = match header.encoding {
        Encoding::Binary => (values, found),
        // The least that can be: a digit and a separator for each number, and nothing
        // behind the last.
        Encoding::Ascii => (
            header.points.saturating_mul(header.words()).saturating_mul(2).saturating_sub(1),
            found,
        ),
        Encoding::BinaryCompressed => match sizes(header, head) {
            // What is packed must be all there, and give as much as the header promises.
            Some((packed, unpacked)) => match packed.saturating_add(SIZES as u64) {
                packed if packed > found => (packed, found),
                _ if unpacked > values => {
                    let figures = Measurement::Bytes { found: unpacked, promised: values };
                    return Some((Fault::Data(DataFault::Size), figures));
                }
                _ if is_without_padding(header, unpacked) => (unpacked, unpacked),
                _ => (values, unpacked),
            },
            None => (SIZES as u64, found),
        },
    };
    (found < promised).then_some((Fault::ShortPointCloud, Measurement::Bytes { found, promised }))
}

/// The two sizes that compressed data begin with: packed, and unpacked.
fn sizes(header: &Header, head: &[u8]) -> Option<(u64, u64)> {
    Some((number(head, header.length)?, number(head, header.length.checked_add(4)?)?))
}

fn is_without_padding(header: &Header, unpacked: u64) -> bool {
    let less = header.stride_without_padding();
    less < header.stride() && unpacked == header.points.saturating_mul(less)
}

/// What one reader or another refuses of a header, or of compressed data.
fn uncommon(header: &Header, head: &[u8]) -> Option<(Uncommon, Span)> {
    let is_compressed = header.encoding == Encoding::BinaryCompressed;
    let is_left_out = is_compressed
        && sizes(header, head).is_some_and(|(_, unpacked)| is_without_padding(header, unpacked));
    header
        .uncommon
        .or_else(|| is_left_out.then_some((Uncommon::PaddingLeftOut, header.fields_span)))
}

/// How many bytes of padding writers put behind the points of a binary cloud, at most.
const MOST_PADDING: u64 = 4096;

/// The points that a binary cloud holds, where these are more than its header says: too many bytes
/// for padding, and a whole number of points.
fn surplus(header: &Header, size: u64) -> Option<Measurement> {
    let stride = header.stride();
    let bytes = size.saturating_sub(header.length as u64);
    let more = bytes.saturating_sub(header.points.saturating_mul(stride));
    let is_more = header.encoding == Encoding::Binary
        && more > MOST_PADDING
        && more.checked_rem(stride) == Some(0);
    is_more.then(|| Measurement::Points { found: bytes / stride, of: header.points })
}

fn number(head: &[u8], at: usize) -> Option<u64> {
    let (bytes, _) = head.get(at..)?.split_first_chunk()?;
    Some(u64::from(u32::from_le_bytes(*bytes)))
}

#[cfg(test)]
mod tests;
