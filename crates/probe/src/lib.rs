//! What a file holds, told from a few of its bytes.
//!
//! A [`Probe`] reads nothing itself: it says which stretch of the file it wants next, and is
//! handed that. Of most files it wants the beginning, of a JPEG the end, too; more only where
//! the file's own header is longer, and never more than [`MOST_READS`] times. A probe of the
//! whole file ([`Depth::Whole`]) goes on behind the header in pieces of [`PIECE`] bytes, one
//! after the other, and keeps a few of them at most. What a header claims allocates nothing and
//! is computed without overflow.
//!
//! ```
//! use sensortree_probe::{Fault, Format, ActualFormat, Probe};
//!
//! let file = b"<html><title>Sign in</title></html>";
//! let mut probe = Probe::new(Format::Jpeg, file.len() as u64);
//! let stretch = probe.wanted();
//! let facts = probe.take(&file[..stretch.length]).expect("so short a file is read in one go");
//! assert_eq!(facts.problems[0].fault, Fault::NotTheImage(ActualFormat::WebPage));
//! ```

mod actual_format;
mod chunks;
mod facts;
mod format;
mod image;
mod jpeg;
pub mod pcd;
mod pointer;
mod probe;
mod span;
mod step;

pub use actual_format::{ActualFormat, TELLING_BYTES};
pub use facts::jpeg::{Damage, Exotic, HeaderFault as JpegHeaderFault, MissingPart};
pub use facts::{ChunkFault, Defect, Fault, ImageSize, Measurement, ProbeResult, TextPlace};
pub use format::Format;
pub use pointer::{LfsPointer, Pointer, PointerTarget};
pub use probe::Probe;
pub use span::Span;
pub use step::{ByteRange, Depth, HEAD, MOST_READS, PIECE};
