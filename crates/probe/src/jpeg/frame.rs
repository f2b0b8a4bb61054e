//! What a JPEG says of its image and of each scan, and whether that can be.

use super::tables::{Codes, Kind, Tables};
use crate::facts::jpeg::HeaderFault;

/// The most components that an image has, and a scan.
pub(super) const MOST_COMPONENTS: usize = 4;

/// The most blocks of one unit of a scan.
const MOST_BLOCKS: u32 = 10;

/// What the frame header says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) marker: u8,
    pub(super) precision: u8,
    pub(super) width: u32,
    pub(super) height: u32,
    /// How many components it says that there are, which may be more than are kept.
    pub(super) count: u8,
    components: [Component; MOST_COMPONENTS],
}

/// One component of an image: its brightness, or one of its colours.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Component {
    id: u8,
    horizontal: u8,
    vertical: u8,
    quantisation: u8,
}

impl Frame {
    /// Reads a frame header, and says what about it cannot be. `None` where it is too short to say
    /// how large the image is.
    pub(super) fn read(marker: u8, body: &[u8]) -> Option<(Self, Option<HeaderFault>)> {
        let (&[precision, h1, h0, w1, w0, count], of_components) = body.split_first_chunk()?;
        let mut components = [Component::default(); MOST_COMPONENTS];
        let (parts, rest) = of_components.as_chunks::<3>();
        for (component, [id, sampling, quantisation]) in components.iter_mut().zip(parts) {
            *component = Component {
                id: *id,
                horizontal: sampling >> 4,
                vertical: sampling & 15,
                quantisation: *quantisation,
            };
        }
        let frame = Frame {
            marker,
            precision,
            width: u16::from_be_bytes([w1, w0]).into(),
            height: u16::from_be_bytes([h1, h0]).into(),
            count,
            components,
        };
        let is_sampled = |side: u8| (1..=4).contains(&side);
        let is_right = rest.is_empty()
            && (matches!(precision, 8 | 12) || !frame.is_walked())
            && parts.len() == usize::from(count)
            && (1..=MOST_COMPONENTS).contains(&parts.len())
            && frame.components().iter().all(|component| {
                is_sampled(component.horizontal) && is_sampled(component.vertical)
            });
        Some((frame, (!is_right).then_some(HeaderFault::Frame)))
    }

    pub(super) fn components(&self) -> &[Component] {
        self.components.get(..usize::from(self.count)).unwrap_or(&self.components)
    }

    pub(super) fn component(&self, at: usize) -> Component {
        self.components.get(at).copied().unwrap_or_default()
    }

    /// Whether its scans are coded with Huffman codes block by block, so that they can
    /// be read here.
    pub(super) fn is_walked(&self) -> bool {
        matches!(self.marker, 0xC0..=0xC2)
    }

    pub(super) fn is_progressive(&self) -> bool {
        self.marker == 0xC2
    }

    /// Blocks in a row of a component, and rows of them.
    fn blocks(&self, component: Component) -> (u32, u32) {
        let most = |side: fn(&Component) -> u8| {
            self.components().iter().map(side).max().map_or(1, u32::from).max(1)
        };
        let blocks = |pixels: u32, side: u8, most: u32| {
            (pixels * u32::from(side)).div_ceil(most).div_ceil(8)
        };
        (
            blocks(self.width, component.horizontal, most(|component| component.horizontal)),
            blocks(self.height, component.vertical, most(|component| component.vertical)),
        )
    }

    /// Units in a row of a scan of several components, and rows of them.
    fn units(&self) -> (u32, u32) {
        let units = |pixels: u32, side: fn(&Component) -> u8| {
            let most = self.components().iter().map(side).max().map_or(1, u32::from).max(1);
            pixels.div_ceil(8 * most)
        };
        (
            units(self.width, |component| component.horizontal),
            units(self.height, |component| component.vertical),
        )
    }
}

impl Component {
    pub(super) fn quantisation(self) -> u8 {
        self.quantisation
    }
}

/// What a scan header says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    parts: [Part; MOST_COMPONENTS],
    count: usize,
    /// The first value of a block that the scan has, and the last.
    pub(super) first: u8,
    pub(super) last: u8,
    /// Whether it has one more bit of values that are known already.
    pub(super) is_refinement: bool,
    /// How many units it has.
    pub(super) units: u32,
}

/// One component of a scan.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    /// Its place in the frame.
    pub(super) component: usize,
    /// Its blocks in one unit.
    pub(super) blocks: u32,
    /// Its tables of codes.
    pub(super) means: u8,
    pub(super) others: u8,
}

impl Scan {
    /// Reads a scan header.
    pub(super) fn read(frame: &Frame, body: &[u8]) -> Result<Self, HeaderFault> {
        let (count, rest) = body.split_first().ok_or(HeaderFault::Scan)?;
        let (parts, rest) = rest.as_chunks::<2>();
        // The last two bytes of the selection are read as a pair, too.
        let count = usize::from(*count);
        let (parts, selection) = parts.split_at_checked(count).ok_or(HeaderFault::Scan)?;
        let (&[[first, last]], &[bits]) = (selection, rest) else { return Err(HeaderFault::Scan) };
        if !(1..=MOST_COMPONENTS).contains(&count) {
            return Err(HeaderFault::Scan);
        }
        let mut scan = Scan {
            parts: [Part::default(); MOST_COMPONENTS],
            count,
            first: if frame.is_progressive() { first } else { 0 },
            last: if frame.is_progressive() { last } else { 63 },
            is_refinement: frame.is_progressive() && bits >> 4 != 0,
            units: 0,
        };
        for (at, [id, tables]) in parts.iter().enumerate() {
            let of_frame = frame.components().iter().enumerate();
            // Of two with one name each scan header means one.
            let component = of_frame
                .filter(|(_, component)| component.id == *id)
                .map(|(place, _)| place)
                .find(|place| !scan.parts().iter().take(at).any(|part| part.component == *place))
                .ok_or(HeaderFault::UnknownComponent)?;
            let Component { horizontal, vertical, .. } = frame.component(component);
            let blocks = if count == 1 { 1 } else { u32::from(horizontal) * u32::from(vertical) };
            if let Some(part) = scan.parts.get_mut(at) {
                *part = Part { component, blocks, means: tables >> 4, others: tables & 15 };
            }
        }
        if scan.parts().iter().map(|part| part.blocks).sum::<u32>() > MOST_BLOCKS {
            return Err(HeaderFault::Scan);
        }
        let (columns, rows) = match scan.parts() {
            [part] => frame.blocks(frame.component(part.component)),
            _ => frame.units(),
        };
        scan.units = columns.saturating_mul(rows);
        if frame.is_progressive() && !scan.is_possible(bits >> 4, bits & 15) {
            return Err(HeaderFault::Scan);
        }
        Ok(scan)
    }

    /// Whether the selection of a progressive scan is one that the standard has.
    fn is_possible(&self, before: u8, bit: u8) -> bool {
        let of_values = match self.first {
            0 => self.last == 0,
            first => first <= self.last && self.last <= 63 && self.count == 1,
        };
        of_values && bit <= 13 && (before == 0 || before == bit + 1)
    }

    pub(super) fn parts(&self) -> &[Part] {
        self.parts.get(..self.count).unwrap_or(&self.parts)
    }

    /// Which tables of codes a part of it is read with.
    pub(super) fn kinds(&self) -> impl Iterator<Item = Kind> {
        let has_means = self.first == 0 && !self.is_refinement;
        [(has_means, Kind::Mean), (self.last > 0, Kind::Rest)]
            .into_iter()
            .filter_map(|(has, kind)| has.then_some(kind))
    }

    /// What of the tables that it names makes it unreadable. Where the file has no codes at all,
    /// the standard's are defined in a sequential image, and it is said whether they are needed.
    pub(super) fn check(
        &self,
        frame: &Frame,
        tables: &mut Tables,
        has_codes: bool,
    ) -> Result<bool, HeaderFault> {
        let mut has_missing = false;
        for part in self.parts() {
            let component = frame.component(part.component);
            if tables.quantisation(component.quantisation()).is_none() {
                return Err(HeaderFault::NoQuantisation);
            }
            for kind in self.kinds() {
                let table = part.table(kind);
                let is_standard = !has_codes && !frame.is_progressive();
                if is_standard && tables.codes(kind, table).is_none() {
                    tables.define_standard(kind, table);
                    has_missing = true;
                }
                if tables.codes(kind, table).is_none() {
                    return Err(HeaderFault::NoCodes);
                }
            }
        }
        Ok(has_missing)
    }

    /// How many bytes it takes at least.
    pub(super) fn least_bytes(&self, tables: &Tables) -> u64 {
        let of_part = |part: &Part| -> u64 {
            let least = |kind| {
                let following = |symbol: u8| u32::from(symbol & 15);
                let following = |symbol| if kind == Kind::Mean { following(symbol) } else { 0 };
                tables
                    .codes(kind, part.table(kind))
                    .map_or(0, |codes: &Codes| codes.least_bits(following))
            };
            // Of the values of a progressive scan many blocks can be left out with one code.
            let bits = match (self.first, self.last) {
                (0, 0) if self.is_refinement => 1,
                (0, 0) => least(Kind::Mean),
                (0, _) => least(Kind::Mean) + least(Kind::Rest),
                _ => 0,
            };
            u64::from(part.blocks) * u64::from(bits)
        };
        let bits = self.parts().iter().map(of_part).sum::<u64>() * u64::from(self.units);
        bits.div_ceil(8)
    }
}

impl Part {
    pub(super) fn table(&self, kind: Kind) -> u8 {
        if kind == Kind::Mean { self.means } else { self.others }
    }
}
