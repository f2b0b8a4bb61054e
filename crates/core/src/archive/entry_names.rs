//! [`EntryNames`]: the names of some entries of an archive.

use std::collections::BTreeMap;

use super::Name;
use crate::names::name_set::NameSet;

/// The names of some entries, exactly the bytes that stand in the archive, each once. They are kept
/// as the names of a tree's files are: folder by folder, compressed.
#[derive(Clone, Debug, Default)]
pub struct EntryNames {
    /// By what stands before the last segment, its `/` included.
    folders: BTreeMap<Name, NameSet>,
}

impl EntryNames {
    /// Adds a name. A folder's ends in `/`; that of the archive as a whole is empty.
    pub fn insert(&mut self, name: &[u8]) {
        let inner = name.strip_suffix(b"/").unwrap_or(name);
        let split = inner.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let (folder, last) = name.split_at(split);
        match self.folders.get_mut(folder) {
            Some(names) => names.insert(last),
            None => {
                let mut names = NameSet::default();
                names.insert(last);
                self.folders.insert(folder.into(), names);
            }
        }
    }

    /// Gives back what adding needs. Names are read once they are sealed.
    pub(super) fn seal(&mut self) {
        self.folders.values_mut().for_each(NameSet::seal);
    }

    /// How many names there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.folders.values().map(NameSet::count).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// The first name in the order of bytes.
    #[must_use]
    pub fn first(&self) -> Option<Vec<u8>> {
        let firsts = self.folders.iter().filter_map(|(folder, names)| {
            Some([&**folder, names.smallest(1).first()?.as_slice()].concat())
        });
        firsts.min()
    }

    /// The names, by what stands before their last segment.
    pub(crate) fn folders(&self) -> impl Iterator<Item = (&[u8], &NameSet)> {
        self.folders.iter().map(|(folder, names)| (&**folder, names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_their_folders() {
        let mut names = EntryNames::default();
        assert!(names.is_empty() && names.first().is_none());
        for name in ["b/2", "b/1", "b/1", "a", "", "b/c/", "/x", "b//y"] {
            names.insert(name.as_bytes());
        }
        names.seal();
        let mut all = Vec::new();
        for (folder, names) in names.folders() {
            names.for_each(|name| {
                all.push(crate::text::lossless(&[folder, name].concat()).into_owned());
            });
        }
        all.sort();
        assert_eq!(all, ["", "/x", "a", "b//y", "b/1", "b/2", "b/c/"]);
        assert_eq!((names.count(), names.first()), (7, Some(Vec::new())));
    }
}
