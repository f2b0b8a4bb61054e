//! [`Tree::fingerprint`]: what tells one state of a target from every other.

use super::Tree;
use crate::multiset_hash::{MultisetHash, SequenceHasher};

impl Tree {
    /// Identifies all paths that are known, and how many files of how many bytes each folder holds:
    /// the same for every listing of the same target, in whatever order and parts, and another one
    /// as soon as a file has another name, place or size. What files hold counts for nothing.
    #[must_use]
    pub fn fingerprint(&self) -> MultisetHash {
        let mut sum = MultisetHash::default();
        for (id, folder) in self.ids().zip(self.folders()) {
            let mut names = MultisetHash::default();
            for (naming, set) in folder.frames() {
                // Numbers come ascending, however they were listed.
                let mut numbers = SequenceHasher::default();
                set.iter().for_each(|value| numbers.push(value));
                let form = naming.render(0);
                names.add(MultisetHash::from_parts(&[
                    form.as_bytes(),
                    &numbers.finish().to_bytes(),
                ]));
            }
            for (class, others) in folder.remarks() {
                if !class.is_additional() {
                    names.add(others.occurrences().hash);
                }
            }
            for landmark in folder.landmarks() {
                names.add(MultisetHash::from_parts(&[landmark.as_bytes()]));
            }
            sum.add(MultisetHash::from_parts(&[
                &self.path(id),
                &folder.files.to_be_bytes(),
                // The size that was listed, whether or not pointers were looked into.
                &folder.bytes.to_be_bytes(),
                &names.to_bytes(),
            ]));
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use crate::tree::{Entry, Tree, TreeBuilder};

    fn tree(entries: &[(&str, u64)]) -> Tree {
        let mut builder = TreeBuilder::new();
        for (path, size) in entries {
            builder.add(&Entry::file(path.as_bytes(), *size));
        }
        builder.finish()
    }

    #[test]
    fn a_fingerprint_is_of_names_places_and_sizes_in_any_order() {
        let entries = [
            ("a/1.pcd", 1),
            ("a/2.pcd", 1),
            ("a/x.pcd", 1),
            ("a/.DS_Store", 1),
            ("metadata.json", 2),
        ];
        let fingerprint = tree(&entries).fingerprint();
        let mut reversed = entries;
        reversed.reverse();
        assert_eq!(tree(&reversed).fingerprint(), fingerprint);
        for at in 0..entries.len() {
            let mut larger = entries;
            larger[at].1 += 1;
            assert_ne!(tree(&larger).fingerprint(), fingerprint, "{}", entries[at].0);
            let renamed = format!("{}x", entries[at].0);
            let mut other = entries;
            other[at].0 = &renamed;
            assert_ne!(tree(&other).fingerprint(), fingerprint, "{renamed}");
            let moved = format!("b/{}", entries[at].0);
            let mut other = entries;
            other[at].0 = &moved;
            assert_ne!(tree(&other).fingerprint(), fingerprint, "{moved}");
        }
        assert_ne!(tree(&[("a/01.pcd", 1)]).fingerprint(), tree(&[("a/1.pcd", 1)]).fingerprint());
    }
}
