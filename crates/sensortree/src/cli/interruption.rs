//! Ctrl-C, and being told to end: what was found so far is judged and reported as incomplete.

use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What a run ends with that is interrupted a second time: what shells take for "ended by Ctrl-C".
const ENDED_AT_ONCE: i32 = 130;

/// Whether the user wants the run to end.
#[derive(Clone, Debug, Default)]
pub struct Interruption {
    raised: Arc<AtomicBool>,
}

impl Interruption {
    /// Takes Ctrl-C, and the signals to end and to hang up, from here on. The first is kept for
    /// [`Interruption::is_raised`]; the next ends the run at once.
    ///
    /// Where whoever started this run lets it ignore one of them, as `nohup` does, all stay
    /// as they are.
    #[must_use]
    pub fn watch() -> Self {
        let interruption = Interruption::default();
        let raised = Arc::clone(&interruption.raised);
        // Without a handler a signal ends the run as it does any other program.
        let _ = ctrlc::try_set_handler(move || {
            if raised.swap(true, Ordering::Relaxed) {
                process::exit(ENDED_AT_ONCE);
            }
        });
        interruption
    }

    /// Whether the run was interrupted.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }

    /// Says that nothing is to come that could end early, so that already the first interruption
    /// ends the run.
    pub fn end_at_once(&self) {
        self.raised.store(true, Ordering::Relaxed);
    }
}
