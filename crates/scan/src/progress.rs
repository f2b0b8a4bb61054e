//! Who is told how far a listing is.

/// What looking into frames is expected to take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// How many frames are to be looked into.
    pub frames: u64,
    /// How many requests that takes, if no header is longer than most are.
    pub requests: u64,
    /// How many bytes those give.
    pub bytes: u64,
}

/// Who is told how far a listing is, and may end it.
pub trait Progress: Sync {
    /// This many more entries were listed. Called from any thread, once for a folder or a part of
    /// a large one.
    fn listed(&self, _entries: u64) {}

    /// So many parts are listed of those that are known. More may become known. Called now and
    /// then, by sources that list in parts.
    fn parts(&self, _listed: u64, _known: u64) {}

    /// All is listed, and frames are looked into from now on. Called by sources where
    /// that costs requests.
    fn looks(&self, _cost: Cost) {}

    /// So many frames are looked into of those that are to be. Called now and then, where that is
    /// done once all is listed.
    fn looked(&self, _frames: u64, _wanted: u64) {}

    /// Whether the listing is to end with what it has. Asked at least once for each folder; whoever
    /// ends says so in the coverage.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Nobody.
impl Progress for () {}
