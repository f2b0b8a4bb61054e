//! [`Faults`]: failures that tests ask for.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes steps of an executor fail, for tests: nothing in the program sets one.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Faults {
    first: Option<u64>,
    last: u64,
    aborts: bool,
    taken: AtomicU64,
}

impl Faults {
    /// One step fails, counted from 0.
    #[must_use]
    pub fn at(step: u64) -> Self {
        Faults { first: Some(step), last: step, ..Faults::default() }
    }

    /// All steps from this one on fail, those that would clean up too: the disk is left as it is
    /// when the program ends there.
    #[must_use]
    pub fn from(step: u64) -> Self {
        Faults { first: Some(step), last: u64::MAX, ..Faults::default() }
    }

    /// The process ends at this step, without a word to anybody.
    #[must_use]
    pub fn abort_at(step: u64) -> Self {
        Faults { aborts: true, ..Faults::at(step) }
    }

    /// How many steps there were so far.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken.load(Ordering::SeqCst)
    }

    /// Is called before each step.
    pub(crate) fn step(&self) -> io::Result<()> {
        let step = self.taken.fetch_add(1, Ordering::SeqCst);
        match self.first {
            Some(first) if (first..=self.last).contains(&step) => {
                if self.aborts {
                    std::process::abort();
                }
                Err(io::Error::other("a fault that a test asked for"))
            }
            _ => Ok(()),
        }
    }
}
