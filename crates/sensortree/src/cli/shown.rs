//! Where a run says how far it is.

/// Where it is said how far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Nowhere.
    Nowhere,
    /// In a line of standard error that is drawn anew, where that is a terminal.
    Terminal,
    /// In lines of JSON on standard error.
    Lines,
}
