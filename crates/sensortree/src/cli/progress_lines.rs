//! How far a run is, in lines of JSON.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

/// How long nothing is said after a line.
const PAUSE: Duration = Duration::from_millis(100);

/// What was done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    /// Entries listed.
    pub(crate) entries: u64,
    /// Parts listed, of so many that are known; absent where a source does not list in parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parts: Option<[u64; 2]>,
    /// Frames looked into, of so many that are to be; absent where that is a part of listing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) frames: Option<[u64; 2]>,
    /// Steps of a plan carried out, of so many that it has; absent where nothing is carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steps: Option<[u64; 2]>,
}

/// A line of standard error.
#[derive(Serialize)]
struct Line {
    progress: Counts,
}

/// Writes what was done so far on standard error: the first change, the last, and of those between
/// as many as a person can follow.
#[derive(Debug, Default)]
pub(crate) struct Lines(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    counts: Counts,
    /// What the last line said, and when.
    said: Option<(Counts, Instant)>,
}

impl State {
    /// The line that is due after a change at `now`.
    fn due(&mut self, now: Instant) -> Option<String> {
        match self.said {
            Some((_, then)) if now.saturating_duration_since(then) < PAUSE => None,
            _ => self.line(now),
        }
    }

    /// The line that says what none did yet.
    fn line(&mut self, now: Instant) -> Option<String> {
        if self.said.is_some_and(|(counts, _)| counts == self.counts) {
            return None;
        }
        self.said = Some((self.counts, now));
        serde_json::to_string(&Line { progress: self.counts }).ok()
    }
}

impl Lines {
    /// Counts a change, and says so where a line is due.
    pub(crate) fn write(&self, change: impl FnOnce(&mut Counts)) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state.counts);
        // Written with the lock held: counts never go back from line to line.
        write(state.due(Instant::now()));
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let state = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        write(state.line(Instant::now()));
    }
}

fn write(line: Option<String>) {
    if let Some(line) = line {
        // Whoever reads no more is told no more: the run is the same.
        let _ = io::stderr().lock().write_all(format!("{line}\n").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_change_is_said_and_then_one_at_a_time() {
        let began = Instant::now();
        let mut state = State::default();
        state.counts.entries = 3;
        assert_eq!(state.due(began).unwrap(), r#"{"progress":{"entries":3}}"#);
        state.counts.entries = 4;
        assert_eq!(state.due(began + PAUSE / 2), None);
        state.counts.parts = Some([1, 9]);
        let line = state.due(began + PAUSE).unwrap();
        assert_eq!(line, r#"{"progress":{"entries":4,"parts":[1,9]}}"#);
    }

    #[test]
    fn the_end_is_said_once() {
        let began = Instant::now();
        let mut state = State::default();
        state.counts.entries = 3;
        assert!(state.due(began).is_some());
        assert_eq!(state.line(began), None);
        state.counts.frames = Some([2, 2]);
        let line = state.line(began).unwrap();
        assert_eq!(line, r#"{"progress":{"entries":3,"frames":[2,2]}}"#);
    }
}
