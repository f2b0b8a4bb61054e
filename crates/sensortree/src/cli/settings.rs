//! What the core is told, from the command line and the configuration file.

use std::cell::LazyCell;
use std::num::{NonZero, NonZeroUsize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use jiff::civil::Date;
use sensortree_core::finding::settings::{Selector, Settings, Suppression};
use sensortree_core::for_each::{ForEach, Pieces};
use sensortree_core::platform::{DataType, Endpoint};

use crate::cli::base::Location;
use crate::cli::check_arguments::Output;
use crate::cli::config::{Config, Word, in_days};
use crate::target::Target;

/// How many days before its end it is said that an ignore ends.
const SOON: u64 = 14;

/// What is to be said of ignores that end within [`SOON`].
pub(crate) fn ending_soon(config: &Config, today: Date) -> Vec<String> {
    let suppressions = config.ignores.iter().map(|ignore| (ignore.on(today), ignore.expires));
    let at_paths = config.per_path_ignores.iter().map(|ignore| (ignore.on(today), ignore.expires));
    suppressions
        .chain(at_paths)
        .filter_map(|(suppression, expires)| {
            let days = expires?.days_from(today).filter(|days| *days <= SOON)?;
            Some(format!(
                "{} ends on {}, {}",
                suppression.label(&suppression.rules),
                expires?.0,
                in_days(days)
            ))
        })
        .collect()
}

/// What the core is told: all settings, of the command line and of files.
pub(crate) fn settings(
    config: Config,
    data_type: Option<DataType>,
    target: Option<&Target>,
    endpoint: Endpoint,
    today: Date,
) -> Settings {
    let defaults = Settings::default();
    let everywhere = config.ignores.iter().map(|ignore| ignore.on(today));
    let suppressions = everywhere.chain(per_path_excuses(&config, target, today)).collect();
    let severity = config.severity.into_iter();
    Settings {
        endpoint,
        data_type,
        basis: config.basis.unwrap_or_default().0,
        select: each_once(config.select.unwrap_or_default()),
        ignore: each_once(config.ignore),
        severity: severity.map(|choice| (choice.selector, choice.severity)).collect(),
        suppressions,
        tolerance_ns: config.tolerance.map(|word| word.0.nanoseconds),
        reference: config.reference,
        repairs: false,
        complete_frames: false,
        for_each: ForEach(on_all_cores),
        max_examples: config.max_examples.map_or(defaults.max_examples, NonZeroUsize::get),
    }
}

/// The ignores at some paths. Where the dataset lies is asked only if one of them depends on it.
fn per_path_excuses(config: &Config, target: Option<&Target>, today: Date) -> Vec<Suppression> {
    let location = LazyCell::new(|| Location::of(target));
    let suppressions =
        config.per_path_ignores.iter().map(|ignore| (ignore.on(today), &ignore.file));
    suppressions
        .map(|(suppression, file)| {
            if suppression.is_anchored() {
                suppression.with_base(location.relative_to_folder_of(file))
            } else {
                suppression
            }
        })
        .collect()
}

/// How many examples of a finding are kept where the user does not say: as many as one of the
/// outputs shows.
pub(crate) fn kept_examples(outputs: &[Output]) -> usize {
    let least = Settings::default().max_examples;
    let shown = outputs.iter().filter_map(|output| output.format.examples());
    shown.max().map_or(least, |shown| shown.max(least))
}

fn each_once(words: Vec<Word<Selector>>) -> Vec<Selector> {
    let mut once: Vec<Selector> = Vec::with_capacity(words.len());
    for Word(selector) in words {
        if !once.contains(&selector) {
            once.push(selector);
        }
    }
    once
}

/// Does the pieces of a work on as many threads as there are cores.
fn on_all_cores(count: usize, piece: Pieces<'_>) {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if cores.min(count) < 2 {
        return (0..count).for_each(piece);
    }
    let next = AtomicUsize::new(0);
    let work = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            piece(at);
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores.min(count) {
            // Where no thread can be had, those that there are do all of it.
            let _ = thread::Builder::new().spawn_scoped(scope, work);
        }
        work();
    });
}
