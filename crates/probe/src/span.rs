//! [`Span`]: a place in a file.

/// A stretch of a file, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte behind it.
    pub end: usize,
}

impl Span {
    /// From one byte up to another.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    /// The place between two bytes.
    #[must_use]
    pub fn at(place: usize) -> Self {
        Span { start: place, end: place }
    }
}
