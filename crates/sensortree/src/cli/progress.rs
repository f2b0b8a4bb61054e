//! How far a long listing is, on a terminal.

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
use crate::cli::run_config::RunConfig;
use crate::cli::terminal;

/// Listings that end sooner than this show nothing.
const DELAY: Duration = Duration::from_millis(500);

/// A line on standard error that counts what was listed. Gone when dropped.
#[derive(Debug)]
pub struct Listing {
    bar: ProgressBar,
    began: Instant,
    shown: Once,
    looking: Once,
    wanted: bool,
    says_cost: bool,
    interruption: Interruption,
}

impl Listing {
    /// Begins to count. Nothing is shown unless the user lets it, standard error is a terminal, and
    /// this is no CI run. What was listed when the `interruption` comes is all that will be.
    #[must_use]
    pub fn begin(run_config: &RunConfig, interruption: Interruption) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
            .with_style(style("{spinner} listed {human_pos} entries ({rate}/s){msg}"));
        Listing {
            bar,
            began: Instant::now(),
            shown: Once::new(),
            looking: Once::new(),
            wanted: run_config.progress && !is_in_ci() && io::stderr().is_terminal(),
            // Whoever says how many has thought of what it takes.
            says_cost: !run_config.quiet && run_config.sample.is_none(),
            interruption,
        }
    }
}

/// A line on standard error that counts the steps of a plan. Gone when dropped.
#[derive(Debug)]
pub struct Steps {
    bar: ProgressBar,
    interruption: Interruption,
}

impl Steps {
    /// Begins to count, as [`Listing::begin`] does.
    #[must_use]
    pub fn begin(is_wanted: bool, interruption: Interruption) -> Self {
        let is_shown = is_wanted && !is_in_ci() && io::stderr().is_terminal();
        let target =
            if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target)
            .with_style(style("{spinner} {human_pos} of {human_len} steps ({rate}/s)"));
        Steps { bar, interruption }
    }
}

/// A line on standard error that counts the datasets that were checked. Gone when dropped.
#[derive(Debug)]
pub struct Datasets(ProgressBar);

impl Datasets {
    /// Begins to count, as [`Listing::begin`] does.
    #[must_use]
    pub fn begin(is_wanted: bool, count: u64) -> Self {
        let is_shown = is_wanted && !is_in_ci() && io::stderr().is_terminal();
        let target =
            if is_shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(count), target)
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
        if !self.wanted {
            return;
        }
        self.bar.inc(entries);
        if self.began.elapsed() > DELAY {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    fn parts(&self, listed: u64, known: u64) {
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
        if self.wanted {
            self.looking.call_once(|| {
                self.bar.reset();
                self.bar.set_length(wanted);
                self.bar.set_style(style(
                    "{spinner} looked into {human_pos} of {human_len} frames ({rate}/s)",
                ));
            });
            self.bar.set_position(frames);
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
