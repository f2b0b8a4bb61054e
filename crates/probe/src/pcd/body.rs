//! What stands behind a header, read to its end in pieces. Memory is bounded, whatever
//! the header claims.

use std::cmp::Ordering;

use super::columns::Columns;
use super::header::{Encoding, Header};
use super::lzf::Unpacker;
use super::positions::{Marks, Number, Positions};
use super::text::Lines;
use super::{AXES, SIZES, is_without_padding, sizes};
use crate::facts::pcd::DataFault;
use crate::facts::{Defect, Fault, Measurement, ProbeResult};
use crate::step::{ByteRange, MOST_BODY, PIECE, ProbeStep, Stage};

/// The longest point that is looked at, in bytes.
const MAX_STRIDE: u64 = 1 << 16;

/// The way through a body.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// Where the data begin, where the next piece does, and where there is nothing more to read.
    start: u64,
    at: u64,
    end: u64,
    /// How many bytes the header promises from `start` on, where it says so.
    promised: Option<u64>,
    /// Whether `end` is that of all there is, and not only of what is looked at.
    is_all: bool,
    /// Whether the file ended before.
    is_short: bool,
    /// The first bytes of the file, so that a place in them can be shown.
    head: Vec<u8>,
    points: u64,
    data: Data,
    /// What was found in the header.
    known: ProbeResult,
}

#[derive(Clone, Debug)]
enum Data {
    Rows(Rows),
    Lines(Lines),
    Columns { unpacker: Unpacker, columns: Columns, unpacked: u64 },
}

/// Goes on behind the header of a file of `size` bytes that begins with `head`: as far as that
/// goes, at once. `known` is what was found in the header.
pub(super) fn read(header: &Header, head: &[u8], size: u64, known: ProbeResult) -> ProbeStep {
    let start = header.length as u64;
    let (start, promised, data) = match header.encoding {
        Encoding::Binary => {
            let Some(rows) = Rows::new(header) else { return ProbeStep::Done(known) };
            (start, Some(header.points.saturating_mul(header.stride())), Data::Rows(rows))
        }
        Encoding::Ascii => (start, None, Data::Lines(Lines::new(header, head))),
        Encoding::BinaryCompressed => {
            let Some((packed, unpacked)) = sizes(header, head) else {
                return ProbeStep::Done(known);
            };
            let columns = Columns::new(header, is_without_padding(header, unpacked));
            let data = Data::Columns { unpacker: Unpacker::default(), columns, unpacked };
            (start.saturating_add(SIZES as u64), Some(packed), data)
        }
    };
    let whole = promised.map_or(size, |promised| start.saturating_add(promised).min(size));
    let end = whole.min(start.saturating_add(MOST_BODY));
    let body = Body {
        start,
        at: start,
        end,
        promised,
        is_all: end == whole,
        is_short: false,
        head: head.to_vec(),
        points: header.points,
        data,
        known,
    };
    let at_hand =
        usize::try_from(start).ok().and_then(|start| head.get(start..)).unwrap_or_default();
    body.go_on(at_hand)
}

impl Stage for Body {
    fn take(self: Box<Self>, _: u64, piece: &[u8], is_last: bool) -> ProbeStep {
        self.take_piece(piece, is_last)
    }
}

impl Body {
    fn take_piece(mut self, piece: &[u8], is_last: bool) -> ProbeStep {
        if is_last {
            self.end = self.at.saturating_add(piece.len() as u64).min(self.end);
            (self.is_short, self.is_all) = (true, true);
        }
        self.go_on(piece)
    }

    fn go_on(mut self, piece: &[u8]) -> ProbeStep {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let piece = piece.get(..left).unwrap_or(piece);
        self.at = self.at.saturating_add(piece.len() as u64);
        let is_over = match &mut self.data {
            Data::Rows(rows) => {
                rows.take(piece);
                false
            }
            Data::Lines(lines) => {
                lines.take(piece);
                false
            }
            Data::Columns { unpacker, columns, unpacked } => {
                unpacker.take(piece, |start, bytes| columns.take(start, bytes));
                // A few bytes can be unpacked to very many.
                unpacker.is_broken() || unpacker.unpacked() > (*unpacked).min(MOST_BODY)
            }
        };
        if is_over || self.at >= self.end {
            let mut facts = std::mem::take(&mut self.known);
            facts.problems.extend(self.finish());
            return ProbeStep::Done(facts);
        }
        let length = usize::try_from(self.end - self.at).unwrap_or(PIECE).min(PIECE);
        let stretch = ByteRange { offset: self.at, length };
        ProbeStep::GoOn(Box::new(self), stretch)
    }

    /// The one thing that is wrong with the data, of several the one that explains the others.
    fn finish(self) -> Option<Defect> {
        let Body { start, at, promised, is_all, is_short, head, points, data, .. } = self;
        if let Some(promised) = promised.filter(|_| is_short) {
            let found = at.saturating_sub(start);
            return Some(problem(
                Fault::ShortPointCloud,
                Some(Measurement::Bytes { found, promised }),
            ));
        }
        let mut tail = None;
        let (is_blank, positions) = match data {
            Data::Rows(rows) => {
                tail = rows.blank_tail(start);
                (rows.is_blank(), rows.positions)
            }
            Data::Lines(mut lines) => {
                lines.finish();
                if let Some(misfit) = lines.fault() {
                    return Some(misfit.problem(&head));
                }
                let figures = Some(Measurement::Points { found: lines.points(), of: points });
                match lines.points().cmp(&points) {
                    Ordering::Less if is_all => {
                        return Some(problem(Fault::ShortPointCloud, figures));
                    }
                    Ordering::Greater => return Some(problem(Fault::MorePoints, figures)),
                    _ => (false, *lines.positions()),
                }
            }
            Data::Columns { unpacker, mut columns, unpacked } => {
                let ends_well = unpacker.is_whole() && unpacker.unpacked() == unpacked;
                let is_seen_whole = is_all && unpacked <= MOST_BODY;
                if unpacker.is_broken() || (is_seen_whole && !ends_well) {
                    return Some(problem(Fault::Data(DataFault::Packing), None));
                }
                (columns.is_blank(), *columns.finish())
            }
        };
        if is_blank {
            return Some(problem(Fault::BlankBody, None));
        }
        match (positions.fault(), tail) {
            (Some((fault, figures)), _) => Some(problem(fault, Some(figures))),
            (None, tail) => Some(problem(Fault::BlankTail, Some(tail?))),
        }
    }
}

/// What is wrong with the first lines of a cloud in text, of which no more than `head` is at hand.
pub(super) fn first_lines(header: &Header, head: &[u8]) -> Option<Defect> {
    let behind = head.get(header.length..)?;
    // The last line may go on.
    let end = behind.iter().rposition(|byte| *byte == b'\n')?;
    let mut lines = Lines::new(header, head);
    lines.take(behind.get(..=end)?);
    lines.fault().map(|misfit| misfit.problem(head))
}

fn problem(fault: Fault, figures: Option<Measurement>) -> Defect {
    Defect { figures, ..Defect::new(fault) }
}

/// The points of a binary cloud, one behind the other.
#[derive(Clone, Debug)]
struct Rows {
    stride: usize,
    axes: [(usize, Number); 3],
    /// The beginning of a point that the last piece ended in.
    begun: Vec<u8>,
    positions: Positions,
    /// How many bytes were seen, and up to where they are other than zero.
    seen: u64,
    told: u64,
}

/// Of how many bytes one may be other than zero, at the beginning, so that what follows is no
/// points: a write that broke off. Drivers leave a few points before empty beams, too, but
/// hardly so few.
const BLANK_OF: u64 = 100;

/// Which part of the points, at the end, is worth saying where they are zero bytes.
const TAIL_OF: u64 = 4;

impl Rows {
    /// `None` for points that are too long to be looked at.
    fn new(header: &Header) -> Option<Self> {
        let stride = usize::try_from(header.stride())
            .ok()
            .filter(|stride| (1..=MAX_STRIDE).contains(&(*stride as u64)))?;
        let mut axes = [None; 3];
        for (axis, name) in axes.iter_mut().zip(AXES) {
            let before = header.fields.iter().position(|field| field.name == name)?;
            let lead = header
                .fields
                .get(..before)?
                .iter()
                .map(|field| field.size.saturating_mul(field.count));
            *axis = Some((
                usize::try_from(lead.fold(0, u64::saturating_add)).ok()?,
                Number::of(header.fields.get(before)?),
            ));
        }
        let [Some(x), Some(y), Some(z)] = axes else { return None };
        Some(Rows {
            stride,
            axes: [x, y, z],
            begun: Vec::new(),
            positions: Positions::default(),
            seen: 0,
            told: 0,
        })
    }

    /// The points at the end that are nothing but zero bytes, where these are many.
    fn blank_tail(&self, start: u64) -> Option<Measurement> {
        let stride = self.stride as u64;
        let (all, told) = (self.seen / stride, self.told.div_ceil(stride));
        let found = all.saturating_sub(told);
        let byte = start.saturating_add(told.saturating_mul(stride));
        (found > 0 && found.saturating_mul(TAIL_OF) >= all).then_some(Measurement::Tail {
            found,
            of: all,
            byte,
        })
    }

    /// Whether there is nothing but zero bytes, from the beginning or from shortly behind it.
    fn is_blank(&self) -> bool {
        self.told.saturating_mul(BLANK_OF) <= self.seen
    }

    fn take(&mut self, mut piece: &[u8]) {
        if let Some(last) = piece.iter().rposition(|byte| *byte != 0) {
            self.told = self.seen.saturating_add(last as u64 + 1);
        }
        self.seen = self.seen.saturating_add(piece.len() as u64);
        if !self.begun.is_empty() {
            let (rest, behind) = piece.split_at((self.stride - self.begun.len()).min(piece.len()));
            self.begun.extend_from_slice(rest);
            piece = behind;
            if self.begun.len() < self.stride {
                return;
            }
            let point = std::mem::take(&mut self.begun);
            self.point(&point);
        }
        let points = piece.chunks_exact(self.stride);
        self.begun.extend_from_slice(points.remainder());
        points.for_each(|point| self.point(point));
    }

    fn point(&mut self, point: &[u8]) {
        let axes = self.axes;
        let marks = axes.iter().enumerate().fold(0, |marks: Marks, (axis, (offset, number))| {
            marks | self.positions.see(axis, number.read(point.get(*offset..).unwrap_or_default()))
        });
        self.positions.count(marks);
    }
}

#[cfg(test)]
mod tests;
