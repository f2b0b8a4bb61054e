//! [`ForEach`]: how work that falls into pieces is done.

use std::fmt;

/// The pieces of a work, of which each may be done at any time and on any thread.
pub type Pieces<'a> = &'a (dyn Fn(usize) + Sync);

/// How work that falls into independent pieces is done: calls for each number below a count, and
/// comes back when all are done. The crate has no threads of its own, so whoever has some says how.
/// What comes of the work is the same in any order.
#[derive(Clone, Copy)]
pub struct ForEach(pub fn(usize, Pieces<'_>));

impl ForEach {
    /// One piece after the other.
    pub const IN_ORDER: ForEach = ForEach(|count, piece| (0..count).for_each(piece));

    pub(crate) fn call(self, count: usize, piece: Pieces<'_>) {
        (self.0)(count, piece);
    }
}

impl Default for ForEach {
    fn default() -> Self {
        ForEach::IN_ORDER
    }
}

impl fmt::Debug for ForEach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForEach")
    }
}
