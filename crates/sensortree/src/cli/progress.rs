//! How far a long listing is, on a terminal or for another program.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{
    DecimalBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle,
};
use sensortree_core::text::count;
use sensortree_scan::{Cost, Progress};

use crate::cli::interruption::Interruption;
use crate::cli::progress_lines::{Counts, Lines};
use crate::cli::run_config::RunConfig;
use crate::cli::shown::Shown;
use crate::cli::terminal;

/// Listings that end sooner than this show nothing.
const DELAY: Duration = Duration::from_millis(500);

const LISTED: &str = "{spinner} listed {human_pos} entries in {elapsed} ({rate}/s){msg}";
const LOOKED: &str =
    "{spinner} looked into {human_pos} of {human_len} frames in {elapsed} ({rate}/s){msg}";
const STEPS: &str = "{spinner} {human_pos} of {human_len} steps in {elapsed} ({rate}/s)";

/// How long frames are looked into before it is told how long all of them take.
const MEASURED: Duration = Duration::from_secs(3);

/// How long it may take before it is said how to look into fewer.
const LONG: Duration = Duration::from_secs(30);

/// What is said then.
const HINT: &str = "; --sample N looks into N of each folder, --content none into none";

/// Whether all frames that are wanted take long, going by those that were looked into so far.
fn is_slow(frames: u64, wanted: u64, elapsed: Duration) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let share = frames.max(1) as f64 / wanted.max(1) as f64;
    elapsed >= MEASURED && elapsed.as_secs_f64() / share > LONG.as_secs_f64()
}

/// A line on standard error that counts what was listed, gone when dropped; or lines of JSON.
#[derive(Debug)]
pub struct Listing {
    bar: ProgressBar,
    lines: Option<Lines>,
    began: Instant,
    shown: Once,
    looking: Once,
    wanted: bool,
    says_cost: bool,
    hinted: Once,
    /// Whether the user can be told how to look into fewer frames.
    hints: bool,
    interruption: Interruption,
}

impl Listing {
    /// Begins to count. Nothing is shown unless the user lets it, standard error is a terminal, and
    /// this is no CI run. What was listed when the `interruption` comes is all that will be.
    #[must_use]
    pub fn begin(run_config: &RunConfig, interruption: Interruption) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_style(style(LISTED));
        Listing {
            bar,
            lines: (run_config.progress == Shown::Lines).then(Lines::default),
            began: Instant::now(),
            shown: Once::new(),
            looking: Once::new(),
            wanted: run_config.progress == Shown::Terminal
                && !is_in_ci()
                && io::stderr().is_terminal(),
            hinted: Once::new(),
            // Whoever says how many has thought of what it takes.
            hints: run_config.sample.is_none(),
            says_cost: !run_config.quiet && run_config.sample.is_none(),
            interruption,
        }
    }

    fn write(&self, change: impl FnOnce(&mut Counts)) {
        if let Some(lines) = &self.lines {
            lines.write(change);
        }
    }
}

/// A line on standard error that counts the steps of a plan, gone when dropped; or lines of JSON.
#[derive(Debug)]
pub struct Steps {
    bar: ProgressBar,
    lines: Option<Lines>,
    interruption: Interruption,
}

impl Steps {
    /// Begins to count, as [`Listing::begin`] does.
    #[must_use]
    pub fn begin(progress: Shown, interruption: Interruption) -> Self {
        let target = draw_target(progress == Shown::Terminal);
        let bar = ProgressBar::with_draw_target(None, target).with_style(style(STEPS));
        let lines = (progress == Shown::Lines).then(Lines::default);
        Steps { bar, lines, interruption }
    }
}

/// A line on standard error that counts the datasets that were checked. Gone when dropped.
#[derive(Debug)]
pub struct Datasets(ProgressBar);

impl Datasets {
    /// Begins to count, as [`Listing::begin`] does.
    #[must_use]
    pub fn begin(is_wanted: bool, count: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(count), draw_target(is_wanted))
            .with_style(style("{spinner} checked {human_pos} of {human_len} datasets"));
        Datasets(bar)
    }

    /// Counts one more.
    pub fn finished(&self) {
        self.0.inc(1);
    }
}

impl Drop for Datasets {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl sensortree_apply::Progress for Steps {
    fn done(&self, steps: u64, of: u64) {
        if let Some(lines) = &self.lines {
            lines.write(|counts| {
                // Threads are heard in any order.
                let before = counts.steps.map_or(0, |[steps, _]| steps);
                counts.steps = Some([steps.max(before), of]);
            });
        }
        self.bar.set_length(of);
        self.bar.set_position(steps);
    }

    fn cancelled(&self) -> bool {
        self.interruption.is_raised()
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Where a line is drawn that is wanted: on standard error, where that is a terminal.
fn draw_target(is_wanted: bool) -> ProgressDrawTarget {
    if is_wanted && !is_in_ci() && io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

fn is_in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false")
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_spinner()).with_key("rate", write_rate)
}

fn write_rate(state: &ProgressState, out: &mut dyn fmt::Write) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is positive and far below 2^64"
    )]
    let rate = HumanCount(state.per_sec() as u64);
    // The line is drawn anew at once; a failure leaves a gap in it.
    let _ = write!(out, "{rate}");
}

impl Progress for Listing {
    fn listed(&self, entries: u64) {
        self.write(|counts| counts.entries += entries);
        if !self.wanted {
            return;
        }
        self.bar.inc(entries);
        if self.began.elapsed() > DELAY {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    fn parts(&self, listed: u64, known: u64) {
        self.write(|counts| counts.parts = Some([listed, known]));
        // Of one part there is nothing to tell that the count does not.
        if self.wanted && known > 1 {
            self.bar.set_message(format!(
                ", {} of {} parts",
                HumanCount(listed),
                HumanCount(known)
            ));
        }
    }

    fn looks(&self, cost: Cost) {
        let Cost { frames, requests, bytes } = cost;
        if self.says_cost && frames > 0 {
            let (frames, requests) = (count(frames, "frame"), count(requests, "request"));
            let said = format!(
                "looking into {frames} takes {requests} and about {}; --sample N looks into N of each sensor's scenes",
                DecimalBytes(bytes)
            );
            self.bar.suspend(|| terminal::note(&said));
        }
    }

    fn looked(&self, frames: u64, wanted: u64) {
        self.write(|counts| counts.frames = Some([frames, wanted]));
        if self.wanted {
            self.looking.call_once(|| {
                self.bar.reset();
                self.bar.set_message("");
                self.bar.set_length(wanted);
                self.bar.set_style(style(LOOKED));
            });
            self.bar.set_position(frames);
            if self.hints && is_slow(frames, wanted, self.bar.elapsed()) {
                self.hinted.call_once(|| self.bar.set_message(HINT));
            }
        }
    }

    fn cancelled(&self) -> bool {
        self.interruption.is_raised()
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_slow_where_all_frames_take_long() {
        let check = |frames, wanted, seconds, expected| {
            assert_eq!(is_slow(frames, wanted, Duration::from_secs(seconds)), expected);
        };
        check(100, 1_000_000, 1, false);
        check(1_000, 1_000_000, 3, true);
        check(500, 1_000, 5, false);
        check(0, 1_000, 3, true);
        check(0, 0, 5, false);
    }

    #[test]
    fn lines_of_progress_are_well_formed() {
        // One that is not is replaced by a plain spinner, in which nothing is said.
        for template in [LISTED, LOOKED, STEPS] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
