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

impl Sink<'_> {
    /// The moves of all that is kept to the places that are right for it, where one is known.
    pub(super) fn moves<K>(&self, kept: &Kept<'_, '_, K>) -> Vec<Operation> {
        let mut moves = Vec::new();
        let mut add = |example: Example| {
            let example = example.with_sound_suggestion(&self.renamed);
            if let Some(to) = example.mended().filter(|to| example.present && *to != example.path) {
                moves.push(Operation::Move { from: example.path, to });
            }
        };
        for part in &kept.parts {
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
