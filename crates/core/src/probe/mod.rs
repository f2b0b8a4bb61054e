//! What a file holds, told from a few of its bytes.
//!
//! A [`Probe`] reads nothing itself: it says which stretch of the file it wants next, and is handed that. Of most files it
//! wants the beginning, of a JPEG the end, too; more only where the file's own header is longer, and never more than
//! [`MOST_READS`] times. A probe of the whole file ([`Depth::Whole`]) goes on behind the header in pieces of [`PIECE`] bytes, one
//! after the other, and keeps a few of them at most. What a header claims allocates nothing and is computed without overflow.
//!
//! ```
//! use sensortree_core::probe::{Fault, Format, Instead, Probe};
//!
//! let file = b"<html><title>Sign in</title></html>";
//! let mut probe = Probe::new(Format::Jpeg, file.len() as u64);
//! let stretch = probe.wanted();
//! let facts = probe.take(&file[..stretch.length]).expect("so short a file is read in one go");
//! assert_eq!(facts.problems[0].fault, Fault::NotTheImage(Instead::WebPage));
//! ```

mod chunks;
mod image;
mod instead;
mod jpeg;
pub mod pcd;
mod pointer;

pub use chunks::ChunkFault;
pub use instead::{Instead, TELLING_BYTES};
pub use jpeg::{Damage, Exotic, HeaderFault as JpegHeaderFault, Lacking};
pub use pointer::{Behind, LfsPointer, Pointer};

use twox_hash::XxHash3_64;

use crate::document::json::Span;
use crate::names;

/// How many bytes are read of a file at first.
pub const HEAD: usize = 4096;

/// How often a file is read at most for its header and its end.
pub const MOST_READS: u32 = 256;

/// How many bytes are read at once of what stands behind a header.
pub const PIECE: usize = 1 << 18;

/// How much is looked at behind a header, packed or unpacked. No sensor writes frames as large: it is there so that a sparse
/// file of exabytes comes to an end. (In tests, too, and soon.)
const MOST_BODY: u64 = if cfg!(test) { 1 << 23 } else { 1 << 30 };

/// The longest text that is kept to show a place in it, in bytes.
const MAX_TEXT: usize = 4096;

/// How far a file is looked into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Its header, and the end of an image.
    #[default]
    Headers,
    /// All of it.
    Whole,
}

/// What a file is to hold, going by its suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// A PCD point cloud.
    Pcd,
    /// A JPEG image.
    Jpeg,
    /// A PNG image.
    Png,
    /// A WebP image.
    Webp,
}

impl Format {
    /// The format of files of this name, where it is one that is looked into.
    #[must_use]
    pub fn of_name(name: &[u8]) -> Option<Self> {
        // The whole suffix: `1.pcd.bin` and `1.jpg.part` are none of these.
        Self::of_suffix(names::Suffix::of(name).as_str())
    }

    /// The format of files of this suffix (without its dot, any case), where it is one that is looked into.
    #[must_use]
    pub fn of_suffix(suffix: &str) -> Option<Self> {
        let is = |known: &str| suffix.eq_ignore_ascii_case(known);
        if is("pcd") {
            Some(Format::Pcd)
        } else if is("jpg") || is("jpeg") {
            Some(Format::Jpeg)
        } else if is("png") {
            Some(Format::Png)
        } else if is("webp") {
            Some(Format::Webp)
        } else {
            None
        }
    }
}

/// A stretch of a file that is wanted. Where the file ends before, what there is of it will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Where it begins.
    pub offset: u64,
    /// How many bytes it has.
    pub length: usize,
}

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

/// What is wrong with what a file holds. Without anything that differs from file to file, so that files with one fault can be
/// counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// It stands for its data, which were not fetched.
    Pointer(Pointer),
    /// Nothing but zero bytes where its header should be.
    Zeros,
    /// No point cloud, but this.
    NotAPointCloud(Instead),
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
    NotTheImage(Instead),
    /// A JPEG that lacks something.
    CutOffImage(Lacking),
    /// A JPEG whose headers no decoder takes.
    ImageHeader(JpegHeaderFault),
    /// A JPEG whose coded data are not those of an image.
    DamagedImage(Damage),
    /// An image in which all pixels are the same, unless it is as small as a block of 8 × 8.
    OneColour,
    /// A PNG or WebP image that is damaged, or not all there.
    Chunks(ChunkFault),
    /// A JPEG that not every reader takes.
    Exotic(Exotic),
}

/// What is counted or measured of a fault in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figures {
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
    Behind(u64),
}

/// A place in a file's header.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The text of the file from its beginning to a little behind the place.
    pub text: Box<[u8]>,
    /// The place in it.
    pub span: Span,
}

impl Place {
    /// The place in a file that begins so; `None` where it lies too deep to be shown.
    fn new(head: &[u8], span: Span) -> Option<Self> {
        let from_there = head.get(span.end..)?;
        let line_end =
            from_there.iter().position(|byte| *byte == b'\n').unwrap_or(from_there.len());
        let end = span.end.saturating_add(line_end.min(TELLING_BYTES));
        let text = head.get(..end).filter(|text| text.len() <= MAX_TEXT)?;
        Some(Place { text: text.into(), span })
    }
}

/// A fault, and what differs from file to file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong.
    pub fault: Fault,
    /// By how much, where that is counted.
    pub figures: Option<Figures>,
    /// Where, in a text header.
    pub place: Option<Place>,
    /// The hash of the data that a pointer stands for, as [`Behind::hash`] says it.
    pub hash: Option<Box<str>>,
}

impl Problem {
    /// A fault of which nothing else is known.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Problem { fault, figures: None, place: None, hash: None }
    }
}

/// What a file was found to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its size, where it is an image.
    pub image: Option<ImageSize>,
    /// What its header says of its points, where it is a point cloud.
    pub cloud: Option<pcd::Cloud>,
    /// A hash of what was read of it, where that is all but segments that say nothing of an image's pixels. Files of one
    /// content have one hash; of others two in 2^64 have.
    pub print: Option<u64>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// How many bytes more its data are than the file itself, where it is a pointer that names their size. A source that
    /// lists pointers with that size sets it to 0.
    pub beyond: i128,
}

impl Facts {
    /// Whether nothing is wrong with it but how its writer writes.
    #[must_use]
    pub fn is_of_use(&self) -> bool {
        let is_habit = |problem: &Problem| {
            matches!(problem.fault, Fault::Exotic(_) | Fault::Uncommon(_) | Fault::MorePoints)
        };
        self.problems.iter().all(is_habit)
    }

    /// Says that all pixels of an image are the same, where it has more than a block of 8 × 8.
    fn say_one_colour(&mut self) {
        if self.image.is_some_and(|size| size.width > 8 || size.height > 8) {
            self.say(Fault::OneColour);
        }
    }

    fn say(&mut self, fault: Fault) {
        self.problems.push(Problem::new(fault));
    }
}

/// What a look at some bytes gives.
enum Look {
    /// This is to be read.
    Read(Stretch),
    /// This is to be read, and handed to what is to go on.
    GoOn(Stage, Stretch),
    /// All is known.
    Done(Facts),
}

impl Look {
    fn done(fault: Fault, place: Option<Place>) -> Self {
        Look::Done(Facts {
            problems: vec![Problem { place, ..Problem::new(fault) }],
            ..Facts::default()
        })
    }
}

/// Where a look into a file is.
#[derive(Debug)]
enum Stage {
    /// At its beginning, for as long as that does not tell.
    Beginning,
    /// On the way through an image's segments.
    Segments(jpeg::Walk),
    /// On the way through a point cloud's points.
    Points(Box<pcd::Body>),
    /// On the way through an image's coded data.
    Scans(Box<jpeg::Scans>),
    /// On the way through the chunks of a PNG or WebP image.
    Chunks(Box<chunks::Chunks>),
}

/// A look into one file, in as many reads as it takes.
#[derive(Debug)]
pub struct Probe {
    format: Format,
    depth: Depth,
    size: u64,
    wanted: Stretch,
    stage: Stage,
    reads: u32,
    print: u64,
}

impl Probe {
    /// A look into the header of a file of `size` bytes that is to hold this, and into the end of an image.
    #[must_use]
    pub fn new(format: Format, size: u64) -> Self {
        Probe::to(Depth::Headers, format, size)
    }

    /// A look so far into a file of `size` bytes that is to hold this.
    #[must_use]
    pub fn to(depth: Depth, format: Format, size: u64) -> Self {
        let (wanted, stage) = (Stretch { offset: 0, length: 0 }, Stage::Beginning);
        let mut probe = Probe { format, depth, size, wanted, stage, reads: 0, print: size };
        probe.want(Stretch { offset: 0, length: HEAD });
        probe
    }

    /// How many reads and how many bytes such a file takes, if its header is as long as most are.
    #[must_use]
    pub fn usual_reads(format: Format, size: u64) -> (u64, u64) {
        let (head, tail) = (HEAD as u64, jpeg::TAIL as u64);
        match format {
            Format::Jpeg | Format::Png if size > head => (2, head + tail),
            _ => (1, size.min(head)),
        }
    }

    /// What is to be read next. Never reaches over the end of the file as it was said to be.
    #[must_use]
    pub fn wanted(&self) -> Stretch {
        self.wanted
    }

    /// Takes what was read, and gives what the file holds once that is known. Fewer bytes than wanted mean that the file
    /// ends there by now.
    pub fn take(&mut self, bytes: &[u8]) -> Option<Facts> {
        let Stretch { offset, length } = self.wanted;
        let bytes = bytes.get(..length).unwrap_or(bytes);
        let is_short = bytes.len() < length;
        if is_short {
            self.size = offset.saturating_add(bytes.len() as u64);
        }
        if self.depth == Depth::Whole {
            self.print = XxHash3_64::oneshot_with_seed(self.print, bytes);
        }
        let look = match std::mem::replace(&mut self.stage, Stage::Beginning) {
            Stage::Beginning => self.begin(bytes),
            Stage::Segments(walk) => walk.take(offset, bytes),
            Stage::Points(body) => body.take(bytes, is_short),
            Stage::Scans(scans) => scans.take(bytes, is_short),
            Stage::Chunks(chunks) => chunks.take(bytes, is_short),
        };
        let stretch = match look {
            Look::Done(facts) => {
                return Some(self.printed(facts, offset.saturating_add(bytes.len() as u64)));
            }
            Look::Read(stretch) => stretch,
            Look::GoOn(stage, stretch) => {
                self.stage = stage;
                stretch
            }
        };
        // Behind the header a probe goes forward and ends by itself; up to there a file can send it here and there.
        let is_in_header = matches!(self.stage, Stage::Beginning | Stage::Segments(_));
        self.reads = self.reads.saturating_add(u32::from(is_in_header));
        // A file that shrinks while it is read, or one made to be read for ever: what is known by now will do.
        if self.reads >= MOST_READS || stretch.offset >= self.size {
            return Some(self.given_up());
        }
        self.want(stretch);
        None
    }

    /// What the file holds, with its hash where it was read up to its `end` and nothing is wrong with it.
    fn printed(&self, facts: Facts, end: u64) -> Facts {
        let is_whole = self.depth == Depth::Whole && end == self.size;
        let is_printed = is_whole && facts.is_of_use();
        Facts { print: is_printed.then_some(self.print), ..facts }
    }

    fn want(&mut self, stretch: Stretch) {
        let left = self.size.saturating_sub(stretch.offset);
        let length = usize::try_from(left).map_or(stretch.length, |left| stretch.length.min(left));
        self.wanted = Stretch { length, ..stretch };
    }

    fn begin(&self, head: &[u8]) -> Look {
        if head.is_empty() {
            // A file of no bytes is told by its size.
            return Look::Done(Facts::default());
        }
        let is_whole = head.len() as u64 >= self.size;
        let pointer = if is_whole { Pointer::of_whole(head) } else { Pointer::of(head) };
        if let Some(pointer) = pointer {
            return Look::Done(self.pointer(pointer, head));
        }
        if head.iter().all(|byte| *byte == 0) {
            return Look::done(Fault::Zeros, None);
        }
        if self.format == Format::Pcd {
            return pcd::look(head, self.size, self.depth);
        }
        match image::sniff(head) {
            Some(Format::Jpeg) if self.format == Format::Jpeg => {
                jpeg::Walk::new(self.size, self.depth).take(0, head)
            }
            Some(found) if found == self.format => match image::fault(found, head) {
                Some(fault) => Look::done(fault, None),
                None => {
                    let look = if found == Format::Png { chunks::png } else { chunks::webp };
                    look(head, self.size, image::size(head), self.depth == Depth::Whole)
                }
            },
            _ => Look::done(Fault::NotTheImage(Instead::of(head)), None),
        }
    }

    fn pointer(&self, pointer: Pointer, head: &[u8]) -> Facts {
        let Behind { size, hash } = pointer.behind(head);
        let beyond = size.map_or(0, |size| i128::from(size) - i128::from(self.size));
        let problem = Problem {
            figures: size.map(Figures::Behind),
            hash,
            ..Problem::new(Fault::Pointer(pointer))
        };
        Facts { problems: vec![problem], beyond, ..Facts::default() }
    }

    fn given_up(&self) -> Facts {
        let mut facts = Facts::default();
        facts.say(match self.format {
            Format::Pcd => Fault::Header(pcd::HeaderFault::CutOff),
            _ => Fault::CutOffImage(Lacking::Frame),
        });
        facts
    }
}
