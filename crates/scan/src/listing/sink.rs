//! Takes the entries of a listing into a tree, below the root that they are read from.

use std::ops::ControlFlow;

use sensortree_core::text;
use sensortree_core::tree::{Entry, EntryKind, TreeBuilder, Unread};

use super::line::Line;
use crate::source::Run;

/// How many lines that cannot be read are quoted, and how many folders that were not
/// listed are named.
const MOST_NAMED: usize = 20;

/// Entries between two reports of progress.
const PROGRESS_STEP: u64 = 8_192;

/// From where the paths of a listing are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// They are relative to the dataset's root.
    Here,
    /// They are whole keys, and where the dataset begins shows when all are known.
    Sought,
    /// They are whole keys, and the dataset is what begins with one of these, which end in `/`: the
    /// same place with the bucket and without.
    Told(Vec<Vec<u8>>),
}

/// What becomes of a listing.
pub(super) struct Sink<'a> {
    builder: TreeBuilder,
    root: Root,
    run: &'a Run<'a>,
    /// How many entries were taken or passed over.
    pub(super) entries: u64,
    /// Of them, those that lie outside the root that was told.
    pub(super) outside: u64,
    /// The first of those.
    pub(super) first_outside: Vec<u8>,
    entries_at_total: u64,
    /// The folder of the first entry, until one of another folder comes.
    only_folder: OnlyFolder,
    unlisted: Vec<Vec<u8>>,
    unlisted_more: u64,
    unread: Vec<String>,
    unread_more: u64,
    /// Whether the reading ended before the listing did, on demand.
    pub(super) is_interrupted: bool,
}

/// The folder in which all entries lie, so far.
#[derive(PartialEq, Eq)]
enum OnlyFolder {
    Unknown,
    Is(Vec<u8>),
    Several,
}

impl OnlyFolder {
    fn take(&mut self, path: &[u8]) {
        let path = path.strip_suffix(b"/").unwrap_or(path);
        let folder = &path[..path.iter().rposition(|byte| *byte == b'/').unwrap_or(0)];
        *self = match self {
            OnlyFolder::Unknown => OnlyFolder::Is(folder.to_vec()),
            OnlyFolder::Is(known) if *known == folder => return,
            _ => OnlyFolder::Several,
        };
    }
}

impl<'a> Sink<'a> {
    pub(super) fn new(root: Root, run: &'a Run<'a>) -> Self {
        Sink {
            builder: run.builder(),
            root,
            run,
            entries: 0,
            outside: 0,
            first_outside: Vec::new(),
            entries_at_total: 0,
            only_folder: OnlyFolder::Unknown,
            unlisted: Vec::new(),
            unlisted_more: 0,
            unread: Vec::new(),
            unread_more: 0,
            is_interrupted: false,
        }
    }

    /// From where paths are read.
    pub(super) fn root(&self) -> &Root {
        &self.root
    }

    /// Takes what a line says, and says whether to go on.
    pub(super) fn take(&mut self, line: Line<'_>) -> ControlFlow<()> {
        match line {
            Line::Entry { path, kind: Some(kind), size } => return self.add(path, kind, size),
            Line::Entry { path, kind: None, size } => {
                return self.add(path, EntryKind::Unknown, size);
            }
            Line::Total(total) => self.compare(total),
            Line::Unlisted(folder) => self.name_unlisted(folder),
            Line::Nothing | Line::Foreign | Line::Heading(_) => {}
        }
        ControlFlow::Continue(())
    }

    /// Takes an entry.
    pub(super) fn add(
        &mut self,
        path: &[u8],
        kind: EntryKind,
        size: Option<u64>,
    ) -> ControlFlow<()> {
        if self.only_folder != OnlyFolder::Several {
            self.only_folder.take(path);
        }
        if let Some(path) = self.below_root(path) {
            self.builder.add(&Entry { path, kind, size });
        }
        self.count()
    }

    /// The path below the root; `None` where it is the root itself or lies outside.
    fn below_root<'p>(&mut self, path: &'p [u8]) -> Option<&'p [u8]> {
        let Root::Told(roots) = &self.root else { return Some(path) };
        if let Some(below) = roots.iter().find_map(|root| path.strip_prefix(root.as_slice())) {
            return (!below.is_empty()).then_some(below);
        }
        if !roots.iter().any(|root| root.strip_suffix(b"/") == Some(path)) {
            if self.outside == 0 {
                self.first_outside = path.to_vec();
            }
            self.outside += 1;
        }
        None
    }

    fn count(&mut self) -> ControlFlow<()> {
        self.entries += 1;
        if self.entries.is_multiple_of(PROGRESS_STEP) {
            self.run.progress().listed(PROGRESS_STEP);
            if self.run.is_cancelled() {
                self.is_interrupted = true;
                return ControlFlow::Break(());
            }
        }
        ControlFlow::Continue(())
    }

    fn compare(&mut self, total: u64) {
        let listed = self.entries - self.entries_at_total;
        self.entries_at_total = self.entries;
        if listed != total {
            let said = format!(
                "the listing's own total is {}, and it names {}",
                text::count(total, "object"),
                text::number(listed)
            );
            self.cannot_read(said);
        }
    }

    pub(super) fn name_unlisted(&mut self, folder: &[u8]) {
        if self.unlisted.len() < MOST_NAMED {
            self.unlisted.push(folder.to_vec());
        } else {
            self.unlisted_more += 1;
        }
    }

    /// Whether all entries lie in one folder, and others in it were named and not listed.
    pub(super) fn is_shallow(&self) -> bool {
        !self.unlisted.is_empty() && self.only_folder != OnlyFolder::Several
    }

    /// Says, in words, that a part of the listing cannot be read.
    pub(super) fn cannot_read(&mut self, said: String) {
        if self.unread.len() < MOST_NAMED {
            self.unread.push(said);
        } else {
            self.unread_more += 1;
        }
    }

    /// The tree of all that was taken.
    pub(super) fn settle(&mut self) -> TreeBuilder {
        self.run.progress().listed(self.entries % PROGRESS_STEP);
        std::mem::take(&mut self.builder)
    }

    /// What was not read, with paths relative to `root`, which ends in `/` or is empty.
    pub(super) fn unread(&mut self, root: &[u8]) -> Vec<Unread> {
        let whole = |reason: String| Unread { path: Vec::new(), reason };
        let more = |count: u64, what: &str| {
            (count > 0).then(|| format!("{} more {what}", text::number(count)))
        };
        let mut unread: Vec<Unread> =
            std::mem::take(&mut self.unread).into_iter().map(whole).collect();
        unread.extend(more(self.unread_more, "lines cannot be read").map(whole));
        for mut folder in std::mem::take(&mut self.unlisted) {
            if !folder.ends_with(b"/") {
                folder.push(b'/');
            }
            let path = folder.strip_prefix(root).map(<[u8]>::to_vec).unwrap_or(folder);
            unread.push(Unread {
                path,
                reason: "named and not listed: list all folders below, too".to_owned(),
            });
        }
        unread.extend(more(self.unlisted_more, "folders are named and not listed").map(whole));
        unread
    }
}
