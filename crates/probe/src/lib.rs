//! What a file holds, told from a few of its bytes.
//!
//! A [`Probe`] reads nothing itself: it says which stretch of the file it wants next, and is handed that. Of most files it
//! wants the beginning, of a JPEG the end, too; more only where the file's own header is longer, and never more than
//! [`MOST_READS`] times. A probe of the whole file ([`Depth::Whole`]) goes on behind the header in pieces of [`PIECE`] bytes, one
//! after the other, and keeps a few of them at most. What a header claims allocates nothing and is computed without overflow.
//!
//! ```
//! use sensortree_probe::{Fault, Format, Instead, Probe};
//!
//! let file = b"<html><title>Sign in</title></html>";
//! let mut probe = Probe::new(Format::Jpeg, file.len() as u64);
//! let stretch = probe.wanted();
//! let facts = probe.take(&file[..stretch.length]).expect("so short a file is read in one go");
//! assert_eq!(facts.problems[0].fault, Fault::NotTheImage(Instead::WebPage));
//! ```

mod chunks;
mod facts;
mod format;
mod image;
mod instead;
mod jpeg;
pub mod pcd;
mod pointer;
mod probe;
mod span;
mod step;

pub use facts::jpeg::{Damage, Exotic, HeaderFault as JpegHeaderFault, Lacking};
pub use facts::{ChunkFault, Facts, Fault, Figures, ImageSize, Place, Problem};
pub use format::Format;
pub use instead::{Instead, TELLING_BYTES};
pub use pointer::{Behind, LfsPointer, Pointer};
pub use probe::Probe;
pub use span::Span;
pub use step::{Depth, HEAD, MOST_READS, PIECE, Stretch};
