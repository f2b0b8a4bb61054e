//! What a report must not be written over: the files that the run reads, and those of the dataset.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use sensortree_core::rules;

use crate::args::CheckArguments;
use crate::target::Target;

/// How much of a file tells whether it is a report.
const BEGINNING: u64 = 4_096;

/// What a file is that a report would be written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The run reads it.
    Read,
    /// It lies in the checked tree, and is no report.
    InTree,
}

/// What stands at the path and must stay. `others` are read, too: configuration and baseline.
#[must_use]
pub fn standing(
    path: &Path,
    arguments: &CheckArguments,
    target: Option<&Target>,
    others: &[&Path],
) -> Option<Standing> {
    // A pipe or a device is written to and holds nothing.
    if !fs::metadata(path).is_ok_and(|facts| facts.is_file()) {
        return None;
    }
    let path = fs::canonicalize(path).ok()?;
    let listing = match target {
        Some(Target::Listing(listing)) => listing.path.as_deref(),
        _ => None,
    };
    let target = target.and_then(Target::path);
    let read = [arguments.request.as_deref(), arguments.metadata.as_deref(), listing, target];
    let mut read = read
        .into_iter()
        .flatten()
        .chain(others.iter().copied())
        .filter_map(|read| fs::canonicalize(read).ok());
    if read.any(|read| read == path) {
        return Some(Standing::Read);
    }
    let tree = target.and_then(|target| fs::canonicalize(target).ok())?;
    (path.starts_with(tree) && !is_report(&path)).then_some(Standing::InTree)
}

/// Whether a file holds nothing, or what sensortree wrote.
fn is_report(path: &Path) -> bool {
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut beginning));
    let Ok(text) = std::str::from_utf8(&beginning).or_else(|error| {
        // The last character may be cut off.
        std::str::from_utf8(beginning.get(..error.valid_up_to()).unwrap_or_default())
    }) else {
        return false;
    };
    let first = text.lines().next().unwrap_or_default();
    let names_rule =
        || rules::ALL.iter().any(|rule| first.contains(&format!("{} {}", rule.code, rule.name)));
    let marks = ["sensortree", "predicted answer", "\"predicted\"", "H106 unreadable"];
    read.is_ok()
        && (matches!(text.trim(), "" | "[]")
            || marks.iter().any(|mark| text.contains(mark))
            || names_rule())
}
