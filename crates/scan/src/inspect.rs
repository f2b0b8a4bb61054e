//! From a source to what the core judges: the one driver of all sources.

use sensortree_core::Inspection;
use sensortree_core::document::MetadataFile;
use sensortree_core::layout::misplaced_metadata;
use sensortree_core::tree::{Coverage, Tree};

use crate::content::Content;
use crate::error::ScanError;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::source::{Contents, ListedTree, Run, Source};

/// Lists a source, reads its metadata.json, and looks into its frames as far as `options` ask for.
///
/// The result does not depend on the number of threads, nor on the order in which names come.
///
/// # Errors
/// When there is nothing to judge. What cannot be read of a target that can goes to the coverage
/// instead, and so does that `progress` ended the run.
pub fn inspect(
    source: &dyn Source,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    let run = Run::new(options, progress, source.capabilities());
    let (listed, mut contents) = source.list(&run)?;
    finish(&run, listed, &mut *contents)
}

/// Reads what is wanted of the files of a listed tree, and puts all together.
pub(crate) fn finish(
    run: &Run<'_>,
    mut listed: ListedTree,
    contents: &mut dyn Contents,
) -> Result<Inspection, ScanError> {
    if let (MetadataFile::Absent, false) = (&listed.metadata, run.was_cancelled())
        && let Some(path) = misplaced_metadata(&listed.tree)
    {
        let read = contents.misplaced_metadata(&listed, &path)?;
        listed.metadata = read.map_or(MetadataFile::Absent, MetadataFile::misplaced);
    }
    let content = listed.content.unwrap_or(run.options().content);
    if run.visits() && content != Content::None && !run.is_cancelled() {
        contents.visit(&mut listed)?;
    }
    if run.was_cancelled() {
        listed.errors.interrupted();
    }
    let ListedTree { target, tree, archive, metadata, errors, all_listed, notes, .. } = listed;
    let (unread, skipped) = errors.finish();
    let coverage =
        Coverage { unread, skipped, all_listed, notes, ..coverage(&tree, content, run.options()) };
    Ok(Inspection { target, tree, archive, metadata, coverage })
}

/// How far a tree was looked into.
fn coverage(tree: &Tree, content: Content, options: &ScanOptions) -> Coverage {
    let word = content.as_str();
    if content == Content::None {
        return Coverage { content: word, ..Coverage::default() };
    }
    Coverage {
        content: word,
        probed: tree.probed(),
        probeable: tree.probeable(),
        sample: options.sample,
        ..Coverage::default()
    }
}
