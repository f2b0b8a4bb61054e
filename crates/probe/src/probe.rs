//! [`Probe`]: a look into one file.

use twox_hash::XxHash3_64;

use crate::actual_format::ActualFormat;
use crate::facts::jpeg::MissingPart;
use crate::facts::pcd::HeaderFault;
use crate::facts::{Defect, Fault, Measurement, ProbeResult};
use crate::format::Format;
use crate::pointer::{Pointer, PointerTarget};
use crate::step::{ByteRange, Depth, HEAD, MOST_READS, ProbeStep, Stage};
use crate::{chunks, image, jpeg, pcd};

/// A look into one file, in as many reads as it takes.
#[derive(Debug)]
pub struct Probe {
    format: Format,
    depth: Depth,
    size: u64,
    wanted: ByteRange,
    stage: Option<Box<dyn Stage>>,
    reads: u32,
    print: u64,
}

impl Probe {
    /// A look into the header of a file of `size` bytes that is to hold this, and into the end
    /// of an image.
    #[must_use]
    pub fn new(format: Format, size: u64) -> Self {
        Probe::to(Depth::Headers, format, size)
    }

    /// A look so far into a file of `size` bytes that is to hold this.
    #[must_use]
    pub fn to(depth: Depth, format: Format, size: u64) -> Self {
        let (wanted, stage) = (ByteRange { offset: 0, length: 0 }, None);
        let mut probe = Probe { format, depth, size, wanted, stage, reads: 0, print: size };
        probe.want(ByteRange { offset: 0, length: HEAD });
        probe
    }

    /// How many reads and how many bytes such a file takes, if its header is as long as most are.
    #[must_use]
    pub fn usual_reads(format: Format, size: u64) -> (u64, u64) {
        let head = HEAD as u64;
        match format {
            Format::Jpeg if size > head => (2, head + jpeg::USUAL_TAIL as u64),
            Format::Png if size > head => (2, head + chunks::TAIL as u64),
            _ => (1, size.min(head)),
        }
    }

    /// What is to be read next. Never reaches over the end of the file as it was said to be.
    #[must_use]
    pub fn wanted(&self) -> ByteRange {
        self.wanted
    }

    /// Takes what was read, and gives what the file holds once that is known. Fewer bytes than
    /// wanted mean that the file ends there by now.
    pub fn take(&mut self, bytes: &[u8]) -> Option<ProbeResult> {
        let ByteRange { offset, length } = self.wanted;
        let bytes = bytes.get(..length).unwrap_or(bytes);
        let is_short = bytes.len() < length;
        if is_short {
            self.size = offset.saturating_add(bytes.len() as u64);
        }
        if self.depth == Depth::Whole {
            self.print = XxHash3_64::oneshot_with_seed(self.print, bytes);
        }
        let look = match self.stage.take() {
            None => self.begin(bytes),
            Some(stage) => stage.take(offset, bytes, is_short),
        };
        let stretch = match look {
            ProbeStep::Done(facts) => {
                return Some(self.printed(facts, offset.saturating_add(bytes.len() as u64)));
            }
            ProbeStep::Read(stretch) => stretch,
            ProbeStep::GoOn(stage, stretch) => {
                self.stage = Some(stage);
                stretch
            }
        };
        // Behind the header a probe goes forward and ends by itself; up to there a file can send it
        // here and there.
        let is_in_header = self.stage.as_ref().is_none_or(|stage| stage.is_in_header());
        self.reads = self.reads.saturating_add(u32::from(is_in_header));
        // A file that shrinks while it is read, or one made to be read for ever: what is known by
        // now will do.
        if self.reads >= MOST_READS || stretch.offset >= self.size {
            return Some(self.given_up());
        }
        self.want(stretch);
        None
    }

    /// What the file holds, with its hash where it was read up to its `end` and nothing is
    /// wrong with it.
    fn printed(&self, facts: ProbeResult, end: u64) -> ProbeResult {
        let is_whole = self.depth == Depth::Whole && end == self.size;
        let is_printed = is_whole && facts.is_of_use();
        ProbeResult { print: is_printed.then_some(self.print), ..facts }
    }

    fn want(&mut self, stretch: ByteRange) {
        let left = self.size.saturating_sub(stretch.offset);
        let length = usize::try_from(left).map_or(stretch.length, |left| stretch.length.min(left));
        self.wanted = ByteRange { length, ..stretch };
    }

    fn begin(&self, head: &[u8]) -> ProbeStep {
        if head.is_empty() {
            // A file of no bytes is told by its size.
            return ProbeStep::Done(ProbeResult::default());
        }
        let is_whole = head.len() as u64 >= self.size;
        let pointer = if is_whole { Pointer::of_whole(head) } else { Pointer::of(head) };
        if let Some(pointer) = pointer {
            return ProbeStep::Done(self.pointer(pointer, head));
        }
        if head.iter().all(|byte| *byte == 0) {
            return ProbeStep::done(Fault::Zeros, None);
        }
        if self.format == Format::Pcd {
            return pcd::look(head, self.size, self.depth);
        }
        match image::sniff(head) {
            Some(Format::Jpeg) if self.format == Format::Jpeg => {
                jpeg::begin(self.size, self.depth, head)
            }
            Some(found) if found == self.format => match image::fault(found, head) {
                Some(fault) => ProbeStep::done(fault, None),
                None => {
                    let look = if found == Format::Png { chunks::png } else { chunks::webp };
                    look(head, self.size, image::size(head), self.depth == Depth::Whole)
                }
            },
            _ => ProbeStep::done(Fault::NotTheImage(ActualFormat::of(head)), None),
        }
    }

    fn pointer(&self, pointer: Pointer, head: &[u8]) -> ProbeResult {
        let PointerTarget { size, hash } = pointer.behind(head);
        let beyond = size.map_or(0, |size| i128::from(size) - i128::from(self.size));
        let problem = Defect {
            figures: size.map(Measurement::PointerTarget),
            hash,
            ..Defect::new(Fault::Pointer(pointer))
        };
        ProbeResult { problems: vec![problem], beyond, ..ProbeResult::default() }
    }

    fn given_up(&self) -> ProbeResult {
        let mut facts = ProbeResult::default();
        facts.say(match self.format {
            Format::Pcd => Fault::Header(HeaderFault::CutOff),
            _ => Fault::CutOffImage(MissingPart::Frame),
        });
        facts
    }
}
