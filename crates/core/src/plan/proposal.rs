//! [`Proposal`]: a plan, with what each of the findings that it mends comes to.

use std::collections::BTreeMap;

use super::arranged::{Arranged, Changed};
use super::choose::WhyLeft;
use super::{Change, Plan};
use crate::finding::Finding;
use crate::repair::Repair;
use crate::tree::{FolderId, Tree};

/// How many changes of a cause are kept as examples.
const MOST_EXAMPLES: usize = 5;

/// A plan, and what it consists of.
#[derive(Debug)]
pub struct Proposal<'t> {
    /// The plan. Nothing in it collides.
    pub plan: Plan<'t>,
    /// What is mended, in the order of the findings.
    pub causes: Vec<Cause<'t>>,
    /// The positions of the findings that are not mended, ascending, with the reason.
    pub left: Vec<(usize, WhyLeft)>,
}

/// A finding that a plan mends.
#[derive(Debug)]
pub struct Cause<'t> {
    /// Its position among the findings.
    pub finding: usize,
    /// Which of its repairs is in the plan, from 0.
    pub repair: usize,
    /// What the repair changes by itself.
    pub counts: ChangeCounts,
    /// The first few changes of paths that it makes by itself.
    pub examples: Vec<Change>,
    /// The repair alone.
    plan: Plan<'t>,
}

/// How many paths a plan changes. A folder that goes as a whole counts as one path, and what is in
/// it does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeCounts {
    /// What gets another name in the same folder.
    pub renamed: PathCounts,
    /// What goes to another folder.
    pub moved: PathCounts,
    /// What is taken out of the tree.
    pub removed: PathCounts,
    /// Changes of stretches of metadata.json.
    pub edits: u64,
}

/// So many files and folders.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathCounts {
    /// Files.
    pub files: u64,
    /// Folders.
    pub folders: u64,
}

impl ChangeCounts {
    /// All paths.
    #[must_use]
    pub fn paths(&self) -> u64 {
        [self.renamed, self.moved, self.removed].iter().map(|of| of.files + of.folders).sum()
    }

    pub(super) fn count(&mut self, changed: &Changed<'_>, stays_in_folder: bool) {
        let counts = match &changed.change.to {
            None => &mut self.removed,
            Some(_) if stays_in_folder => &mut self.renamed,
            Some(_) => &mut self.moved,
        };
        let count = if changed.file.is_some() { &mut counts.files } else { &mut counts.folders };
        *count += 1;
    }
}

impl<'t> Plan<'t> {
    /// How many paths it changes.
    #[must_use]
    pub fn counts(&self) -> ChangeCounts {
        Arranged::new(self).sum_up(0).0
    }

    /// What a repair comes to in a tree by itself: how many paths it changes, and the first few
    /// changes.
    #[must_use]
    pub fn preview(tree: &Tree, repair: &Repair, most: usize) -> (ChangeCounts, Vec<Change>) {
        let mut alone = Plan::new(tree);
        alone.add_repair(repair);
        Arranged::new(&alone).sum_up(most)
    }

    /// Whether an operation is about a folder itself, or about a file of it.
    fn is_about(&self, folder: FolderId, file: Option<&[u8]>) -> bool {
        match file {
            None => self.folders.contains_key(&folder),
            Some(name) => self.files.get(&folder).is_some_and(|changes| {
                changes.single.contains_key(name)
                    || changes.many.iter().any(|(which, _)| which.contains(name))
            }),
        }
    }
}

impl<'t> Proposal<'t> {
    /// `repairs` are the positions of the findings whose repairs are in the plan, each with which
    /// of its repairs that is.
    pub(super) fn new(
        plan: Plan<'t>,
        findings: &[Finding],
        repairs: &[(usize, usize)],
        left: Vec<(usize, WhyLeft)>,
    ) -> Self {
        let cause = |(at, number): &(usize, usize)| {
            let repair = findings.get(*at)?.repairs.get(*number)?;
            let mut alone = Plan::new(plan.tree);
            alone.add_repair(repair);
            let (counts, examples) = Arranged::new(&alone).sum_up(MOST_EXAMPLES);
            Some(Cause { finding: *at, repair: *number, counts, examples, plan: alone })
        };
        let causes = repairs.iter().filter_map(cause).collect();
        Proposal { plan, causes, left }
    }

    /// Calls for each change of a path, as [`Plan::for_each_change`], with the positions of the
    /// causes that it has.
    pub fn for_each_change(&self, mut each: impl FnMut(Change, &[usize])) {
        let mut by_folder: BTreeMap<FolderId, Vec<usize>> = BTreeMap::new();
        for (at, cause) in self.causes.iter().enumerate() {
            for folder in cause.plan.folders.keys().chain(cause.plan.files.keys()) {
                let causes = by_folder.entry(*folder).or_default();
                if causes.last() != Some(&at) {
                    causes.push(at);
                }
            }
        }
        let mut causes = Vec::new();
        Arranged::new(&self.plan).for_each_changed(|Changed { folder, file, change }| {
            let about = by_folder.get(&folder).into_iter().flatten();
            let is_about = |at: &&usize| {
                self.causes.get(**at).is_some_and(|cause| cause.plan.is_about(folder, file))
            };
            causes.clear();
            causes.extend(about.filter(is_about));
            // A folder with changes of its own and of its files is named once for each.
            causes.dedup();
            each(change, &causes);
        });
    }

    /// The positions of the causes that change the text of metadata.json.
    pub fn causes_of_edits(&self) -> impl Iterator<Item = usize> {
        let causes = self.causes.iter().enumerate();
        causes.filter(|(_, cause)| cause.counts.edits > 0).map(|(at, _)| at)
    }
}
