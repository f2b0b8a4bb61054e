//! What a file was found to hold, and what is wrong with it.

mod chunks;
pub(crate) mod jpeg;
pub(crate) mod pcd;

pub use chunks::ChunkFault;

use crate::actual_format::{ActualFormat, TELLING_BYTES};
use crate::pointer::Pointer;
use crate::span::Span;

/// The longest text that is kept to show a place in it, in bytes.
const MAX_TEXT: usize = 4096;

/// The size of an image as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImageSize {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Whether Exif says that it is to be shown with width and height swapped.
    pub turned: bool,
}

/// What is wrong with what a file holds. Without anything that differs from file to file, so that
/// files with one fault can be counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// It stands for its data, which were not fetched.
    Pointer(Pointer),
    /// Nothing but zero bytes where its header should be.
    Zeros,
    /// No point cloud, but this.
    NotAPointCloud(ActualFormat),
    /// A point cloud whose header cannot be read.
    Header(pcd::HeaderFault),
    /// A point cloud of fewer bytes, or lines, than its header promises.
    ShortPointCloud,
    /// A point cloud without a position, or with values that are no numbers.
    Fields(pcd::FieldFault),
    /// A point cloud of no points.
    NoPoints,
    /// A point cloud whose data make no sense.
    Data(pcd::DataFault),
    /// A point cloud of more points than its header promises.
    MorePoints,
    /// A point cloud whose last points, a good part of all, are nothing but zero bytes.
    BlankTail,
    /// A point cloud that one reader or another refuses.
    Uncommon(pcd::Uncommon),
    /// Nothing but zero bytes behind the header.
    BlankBody,
    /// A point cloud in which (nearly) no position is a number.
    LostPoints,
    /// A point cloud in which (nearly) all points are at the origin.
    PointsAtOrigin,
    /// A point cloud whose points are all in one place.
    PointsEqual,
    /// A point cloud whose coordinates are out of all proportion.
    Disproportion(pcd::Disproportion),
    /// Not the image that its suffix says, but this.
    NotTheImage(ActualFormat),
    /// A JPEG that lacks something.
    CutOffImage(jpeg::MissingPart),
    /// A JPEG whose headers no decoder takes.
    ImageHeader(jpeg::HeaderFault),
    /// A JPEG whose coded data are not those of an image.
    DamagedImage(jpeg::Damage),
    /// An image in which all pixels are the same, unless it is as small as a block of 8 × 8.
    OneColour,
    /// A PNG or WebP image that is damaged, or not all there.
    Chunks(ChunkFault),
    /// A JPEG that not every reader takes.
    Exotic(jpeg::Exotic),
}

/// What is counted or measured of a fault in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measurement {
    /// How many bytes there are, and how many the header promises.
    Bytes {
        /// What there is.
        found: u64,
        /// What the header promises.
        promised: u64,
    },
    /// How many points it is about.
    Points {
        /// Those with the fault, or those that there are.
        found: u64,
        /// All of them, or those that the header promises.
        of: u64,
    },
    /// The line in the file, from 1.
    Line(u64),
    /// The place in the file, in bytes from its beginning.
    Byte(u64),
    /// The points at the end that it is about.
    Tail {
        /// How many they are.
        found: u64,
        /// How many there are in all.
        of: u64,
        /// Where the first of them stands in the file, in bytes.
        byte: u64,
    },
    /// From where to where the coordinates reach.
    Extent(pcd::Extent),
    /// How many bytes the data have that a pointer stands for.
    PointerTarget(u64),
}

/// A place in a file's header.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextPlace {
    /// The text of the file from its beginning to a little behind the place.
    pub text: Box<[u8]>,
    /// The place in it.
    pub span: Span,
}

impl TextPlace {
    /// The place in a file that begins so; `None` where it lies too deep to be shown.
    pub(crate) fn new(head: &[u8], span: Span) -> Option<Self> {
        let from_there = head.get(span.end..)?;
        let line_end =
            from_there.iter().position(|byte| *byte == b'\n').unwrap_or(from_there.len());
        let end = span.end.saturating_add(line_end.min(TELLING_BYTES));
        let text = head.get(..end).filter(|text| text.len() <= MAX_TEXT)?;
        Some(TextPlace { text: text.into(), span })
    }
}

/// A fault, and what differs from file to file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    /// What is wrong.
    pub fault: Fault,
    /// By how much, where that is counted.
    pub figures: Option<Measurement>,
    /// Where, in a text header.
    pub place: Option<TextPlace>,
    /// The hash of the data that a pointer stands for, as
    /// [`PointerTarget::hash`](crate::PointerTarget::hash) says it.
    pub hash: Option<Box<str>>,
}

impl Defect {
    /// A fault of which nothing else is known.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Defect { fault, figures: None, place: None, hash: None }
    }
}

/// What a file was found to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProbeResult {
    /// Its size, where it is an image.
    pub image: Option<ImageSize>,
    /// What its header says of its points, where it is a point cloud.
    pub cloud: Option<pcd::Cloud>,
    /// A hash of what was read of it, where that is all but segments that say nothing of an image's
    /// pixels. Files of one content have one hash; of others two in 2^64 have.
    pub print: Option<u64>,
    /// What is wrong with it.
    pub problems: Vec<Defect>,
    /// How many bytes more its data are than the file itself, where it is a pointer that names
    /// their size. A source that lists pointers with that size sets it to 0.
    pub beyond: i128,
}

impl ProbeResult {
    /// Whether nothing is wrong with it but how its writer writes.
    #[must_use]
    pub fn is_of_use(&self) -> bool {
        let is_habit = |problem: &Defect| {
            matches!(problem.fault, Fault::Exotic(_) | Fault::Uncommon(_) | Fault::MorePoints)
        };
        self.problems.iter().all(is_habit)
    }

    /// Says that all pixels of an image are the same, where it has more than a block of 8 × 8.
    pub(crate) fn say_one_colour(&mut self) {
        if self.image.is_some_and(|size| size.width > 8 || size.height > 8) {
            self.say(Fault::OneColour);
        }
    }

    pub(crate) fn say(&mut self, fault: Fault) {
        self.problems.push(Defect::new(fault));
    }
}
