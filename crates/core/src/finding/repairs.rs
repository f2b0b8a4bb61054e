//! From what is left of a rule's parts to the operations that mend it.

use std::borrow::Cow;

use super::emit::{Kept, KeptPart};
use super::model::Example;
use super::part::What;
use super::sink::Sink;
use crate::names::name_set::NameSet;
use crate::repair::{Coordinate, FileSet, Operation};
use crate::tree::files::Files;

impl<K> KeptPart<'_, '_, K> {
    /// The files that are left, where they stand in a folder of the tree.
    pub(crate) fn file_set(&self) -> Option<FileSet> {
        let What::Files { id: Some(folder), files, .. } = &self.part.what else { return None };
        match (files, self.files.as_ref()?) {
            // All that the folder has of them.
            (Files::Numbered(naming, Cow::Borrowed(_)), Files::Numbered(_, Cow::Borrowed(_))) => {
                Some(FileSet::Numbered { folder: *folder, naming: *naming })
            }
            (_, left) => {
                let mut names = NameSet::default();
                left.for_each(|name| names.insert(name));
                names.seal();
                Some(FileSet::named(*folder, names))
            }
        }
    }
}

impl<K> Kept<'_, '_, K> {
    /// One coordinate for all files that are left.
    pub(crate) fn all_set(&self, coordinate: &Coordinate) -> Vec<Operation> {
        let files = self.parts.iter().filter_map(KeptPart::file_set);
        files.map(|files| Operation::Set { files, coordinate: coordinate.clone() }).collect()
    }

    /// All files that are left taken out of the tree.
    pub(crate) fn all_removed(&self) -> Vec<Operation> {
        let files = self.parts.iter().filter_map(KeptPart::file_set);
        files.map(|files| Operation::Remove { files }).collect()
    }
}

/// At how many files of each part, and in how many parts, it is looked whether a place is known
/// that is right for them.
const MOST_LOOKED_AT: usize = 16;

impl Sink<'_> {
    /// Whether a part says what mends it, or a place is known that is right for any of what is
    /// kept. Of many files the first few tell.
    pub(super) fn has_moves<K>(&self, kept: &Kept<'_, '_, K>) -> bool {
        let moves = |example: Example| {
            let example = example.with_sound_suggestion(&self.renamed);
            example.mended().is_some_and(|to| example.present && to != example.path)
        };
        let mut parts = kept.parts.iter().take(MOST_LOOKED_AT);
        kept.parts.iter().any(|part| part.part.mend.is_some())
            || parts.any(|part| match (&part.part.what, &part.files) {
                (What::At { example, .. }, _) => moves(example.clone()),
                (What::Files { folder, draw, .. }, Some(files)) => {
                    let names = files.names(MOST_LOOKED_AT);
                    names.iter().any(|name| moves(draw([folder.as_slice(), name].concat(), name)))
                }
                _ => false,
            })
    }

    /// What mends all that is kept in one way: what a part says of it, and else the moves to the
    /// places that are right.
    pub(super) fn moves<K>(&self, kept: &Kept<'_, '_, K>, way: usize) -> Vec<Operation> {
        let mends = kept.parts.iter().filter_map(|part| part.part.mend.as_ref());
        let mut moves: Vec<Operation> = mends.flat_map(|mend| mend(way)).collect();
        let mut add = |example: Example| {
            let example = example.with_sound_suggestion(&self.renamed);
            if let Some(to) = example.mended().filter(|to| example.present && *to != example.path) {
                moves.push(Operation::Move { from: example.path, to });
            }
        };
        for part in kept.parts.iter().filter(|part| part.part.mend.is_none()) {
            match (&part.part.what, &part.files) {
                (What::At { example, .. }, _) => add(example.clone()),
                (What::Files { folder, draw, .. }, Some(files)) => files.for_each(|name| {
                    add(draw([folder.as_slice(), name].concat(), name));
                }),
                _ => {}
            }
        }
        moves
    }
}
