//! One step of a look into a file: what is to be read next, and what goes on with it.

use std::fmt;

use crate::facts::{Defect, Fault, ProbeResult, TextPlace};

/// How many bytes are read of a file at first.
pub const HEAD: usize = 4096;

/// How often a file is read at most for its header and its end.
pub const MOST_READS: u32 = 256;

/// How many bytes are read at once of what stands behind a header.
pub const PIECE: usize = 1 << 18;

/// How much is looked at behind a header, packed or unpacked. No sensor writes frames as large: it
/// is there so that a sparse file of exabytes comes to an end. (In tests, too, and soon.)
pub(crate) const MOST_BODY: u64 = if cfg!(test) { 1 << 23 } else { 1 << 30 };

/// How far a file is looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Its header, and the end of an image.
    #[default]
    Headers,
    /// All of it.
    Whole,
}

/// A stretch of a file that is wanted. Where the file ends before, what there is of it will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// Where it begins.
    pub offset: u64,
    /// How many bytes it has.
    pub length: usize,
}

/// What a look at some bytes gives.
pub(crate) enum ProbeStep {
    /// This is to be read.
    Read(ByteRange),
    /// This is to be read, and handed to what is to go on.
    GoOn(Box<dyn Stage>, ByteRange),
    /// All is known.
    Done(ProbeResult),
}

impl ProbeStep {
    pub(crate) fn done(fault: Fault, place: Option<TextPlace>) -> Self {
        ProbeStep::Done(ProbeResult {
            problems: vec![Defect { place, ..Defect::new(fault) }],
            ..ProbeResult::default()
        })
    }
}

/// Where a look into a file is, when it is told more.
pub(crate) trait Stage: fmt::Debug + Send {
    /// Takes the bytes that stand at `offset`; `is_last` where the file ends with them, sooner than
    /// it was said to.
    fn take(self: Box<Self>, offset: u64, bytes: &[u8], is_last: bool) -> ProbeStep;

    /// Whether it still goes through the file's header, where a file can send it here and there.
    fn is_in_header(&self) -> bool {
        false
    }
}
