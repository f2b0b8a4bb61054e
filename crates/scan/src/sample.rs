//! Looks into frames once all are listed, folder by folder on all threads.

use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use sensortree_core::tree::{Found, SelectedFile};

use crate::content::Content;
use crate::scan_errors::ScanErrors;
use crate::source::{ListedTree, Run};

/// How many frames of one folder are looked into in one go.
const PART: usize = 256;

/// The same where all of them is read: some megabytes each.
const WHOLE_PART: usize = 8;

/// Some frames of one folder.
pub(crate) struct Picks<'p> {
    /// The folder's path, which ends in `/`; the target's is empty.
    pub(crate) path: &'p [u8],
    /// The frames.
    pub(crate) files: &'p [SelectedFile],
}

/// Looks into the frames that are chosen of a tree, by `look`, and adds to the tree what they hold.
pub(crate) fn look_into(
    run: &Run<'_>,
    pool: &rayon::ThreadPool,
    listed: &mut ListedTree,
    look: impl Fn(&Picks<'_>, &mut Found, &mut ScanErrors) + Sync,
) {
    let tree = &listed.tree;
    let picks: Vec<SelectedFile> = tree.picks(run.options().sample).collect();
    let part = if run.options().content == Content::Full { WHOLE_PART } else { PART };
    let parts: Vec<&[SelectedFile]> = picks
        .chunk_by(|a, b| a.folder == b.folder)
        .flat_map(|of_one_folder| of_one_folder.chunks(part))
        .collect();
    let (wanted, looked) = (picks.len() as u64, AtomicU64::new(0));
    let nothing = || (Found::default(), ScanErrors::default());
    let each = parts.into_par_iter().fold(nothing, |(mut found, mut errors), files| {
        if let Some(first) = files.first().filter(|_| !run.is_cancelled()) {
            look(&Picks { path: &tree.path(first.folder), files }, &mut found, &mut errors);
            let count = files.len() as u64;
            run.progress().looked(looked.fetch_add(count, Ordering::Relaxed) + count, wanted);
        }
        (found, errors)
    });
    let (found, errors) = pool.install(|| {
        each.reduce(nothing, |(mut found, mut errors), (other_found, other_errors)| {
            found.merge(other_found);
            errors.merge(other_errors);
            (found, errors)
        })
    });
    listed.tree.hold(found);
    listed.errors.merge(errors);
}
