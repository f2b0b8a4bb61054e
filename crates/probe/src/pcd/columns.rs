//! The points of a compressed cloud: all values of the first field, then all of the second.

use super::header::Header;
use super::positions::{Marks, Number, Positions};

/// How many points are looked at of one cloud, with a byte kept for each. A LiDAR's frame has a
/// tenth of that.
const MOST_POINTS: u64 = 1 << 22;

/// Where one coordinate of each point stands.
#[derive(Clone, Copy, Debug)]
struct Column {
    /// Where that of the next point stands.
    next: u64,
    /// The next point.
    point: u64,
    /// From one point's to the next one's.
    step: u64,
    number: Number,
}

/// Takes what is unpacked, in order.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    columns: [Option<Column>; 3],
    points: u64,
    marks: Vec<Marks>,
    positions: Positions,
    is_blank: bool,
    taken: u64,
}

impl Columns {
    /// `is_unpadded` where padding is left out.
    pub(super) fn new(header: &Header, is_unpadded: bool) -> Self {
        let columns = super::AXES.map(|axis| {
            let before = header.fields.iter().position(|field| field.name == axis)?;
            let field = header.fields.get(before)?;
            let lead = header.fields.get(..before)?.iter();
            let lead = lead.filter(|field| !(is_unpadded && field.is_padding()));
            let lead = lead.fold(0, |sum: u64, field| {
                sum.saturating_add(field.size.saturating_mul(field.count))
            });
            Some(Column {
                next: lead.saturating_mul(header.points),
                point: 0,
                step: field.size.saturating_mul(field.count),
                number: Number::of(field),
            })
        });
        let points = header.points.min(MOST_POINTS);
        Columns {
            columns,
            points,
            marks: Vec::new(),
            positions: Positions::default(),
            is_blank: true,
            taken: 0,
        }
    }

    /// Takes what stands from `start` on. It may begin with some that was taken before, so that no
    /// value is torn.
    pub(super) fn take(&mut self, start: u64, bytes: &[u8]) {
        let offset = |at: u64| usize::try_from(at.saturating_sub(start)).unwrap_or(usize::MAX);
        let fresh = bytes.get(offset(self.taken)..).unwrap_or_default();
        self.is_blank = self.is_blank && fresh.iter().all(|byte| *byte == 0);
        self.taken = start.saturating_add(bytes.len() as u64);
        for (axis, column) in self.columns.iter_mut().enumerate() {
            let Some(column) = column else { continue };
            while column.point < self.points
                && column.next.saturating_add(column.number.size()) <= self.taken
            {
                let value =
                    column.number.read(bytes.get(offset(column.next)..).unwrap_or_default());
                let marks = self.positions.see(axis, value);
                // At most as many as points are looked at.
                let at = usize::try_from(column.point).unwrap_or(usize::MAX);
                match self.marks.get_mut(at) {
                    Some(known) => *known |= marks,
                    None => self.marks.push(marks),
                }
                column.point += 1;
                column.next = column.next.saturating_add(column.step);
            }
        }
    }

    /// Whether nothing but zero bytes was taken.
    pub(super) fn is_blank(&self) -> bool {
        self.is_blank
    }

    pub(super) fn finish(&mut self) -> &Positions {
        for marks in std::mem::take(&mut self.marks) {
            self.positions.count(marks);
        }
        &self.positions
    }
}
