//! What the files of one folder were found to hold, counted. Memory follows the number of different
//! faults and sizes, not of files.

use hashbrown::HashMap;
use sensortree_probe::{Defect, Fault, ImageSize, Measurement, ProbeResult, TextPlace};

use super::neighbours::{Alike, FieldsKind, Neighbours, Sparse};
use crate::multiset_hash::{Identified, Occurrences};
use crate::names::name_set::NameSet;
use crate::smallest::Smallest;

/// How many different image sizes of a folder are kept. A camera writes one.
const SIZES: usize = 16;

/// Of how many files with one fault it is kept by how much and where they are wrong.
const CASES: usize = 64;

/// What the files right in a folder were found to hold.
#[derive(Clone, Debug, Default)]
pub struct ContentSummary {
    files: u64,
    beyond: i128,
    faults: Vec<(Fault, FaultyFiles)>,
    sizes: Vec<SizeCount>,
    neighbours: Neighbours,
}

/// The files of one folder that have one fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultyFiles {
    names: NameSet,
    cases: Smallest<FaultyFile>,
}

impl Default for FaultyFiles {
    fn default() -> Self {
        FaultyFiles { names: NameSet::default(), cases: Smallest::new(CASES) }
    }
}

impl FaultyFiles {
    /// Their names.
    #[must_use]
    pub fn names(&self) -> &NameSet {
        &self.names
    }

    /// What is known of the first few of them, by name.
    #[must_use]
    pub fn cases(&self) -> &[FaultyFile] {
        self.cases.kept()
    }

    /// What is known of the file of this name, if it is one of the first few.
    #[must_use]
    pub fn case(&self, name: &[u8]) -> Option<&FaultyFile> {
        self.cases().iter().find(|case| *case.name == *name)
    }

    fn add(&mut self, case: FaultyFile) {
        self.names.insert(&case.name);
        self.cases.add(case);
    }

    fn merge(&mut self, other: FaultyFiles) {
        self.names.merge(other.names);
        self.cases.merge(other.cases);
    }
}

/// A file with a fault.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FaultyFile {
    /// The file's name.
    pub name: Box<[u8]>,
    /// By how much it is wrong, where that is counted.
    pub figures: Option<Measurement>,
    /// Where in its header the fault is.
    pub place: Option<Box<TextPlace>>,
    /// The hash of the data that it stands for, where it is a pointer.
    pub hash: Option<Box<str>>,
}

/// The images of one size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeCount {
    /// The size.
    pub size: ImageSize,
    /// How many images have it, and what tells them from any others.
    pub images: Occurrences,
    /// The first of them by name.
    pub first: Box<[u8]>,
}

impl ContentSummary {
    /// How many files were looked into.
    #[must_use]
    pub fn files(&self) -> u64 {
        self.files
    }

    /// How many bytes more the data of pointers are than the pointers that were listed
    /// in their place.
    #[must_use]
    pub fn beyond(&self) -> i128 {
        self.beyond
    }

    /// The faults, in a fixed order, each with the first files that have it.
    #[must_use]
    pub fn faults(&self) -> &[(Fault, FaultyFiles)] {
        &self.faults
    }

    /// The smallest few of the sizes that images have, ascending.
    #[must_use]
    pub fn sizes(&self) -> &[SizeCount] {
        &self.sizes
    }

    /// Whether these are all sizes that images have.
    #[must_use]
    pub fn has_all_sizes(&self) -> bool {
        self.sizes.len() < SIZES
    }

    /// Frames of one content, one behind the other, ascending; known of frames that were looked at
    /// as a whole, and that a number names.
    #[must_use]
    pub fn alike(&self) -> &[Alike] {
        self.neighbours.alike()
    }

    /// The clouds that have by far fewer points than the others of the folder.
    #[must_use]
    pub fn sparse(&self) -> Option<&Sparse> {
        self.neighbours.sparse()
    }

    /// The smallest few of the kinds of fields that clouds have, ascending. Where there is one
    /// alone, it has no names.
    #[must_use]
    pub fn fields(&self) -> &[FieldsKind] {
        self.neighbours.kinds()
    }

    /// Adds what a file was found to hold.
    pub(crate) fn add(&mut self, name: &[u8], facts: ProbeResult) {
        self.files += 1;
        self.neighbours.add(name, &facts);
        self.beyond = self.beyond.saturating_add(facts.beyond);
        for Defect { fault, figures, place, hash } in facts.problems {
            let case = FaultyFile { name: name.into(), figures, place: place.map(Box::new), hash };
            match self.faults.binary_search_by_key(&fault, |(known, _)| *known) {
                Ok(at) => self.faults[at].1.add(case),
                Err(at) => {
                    let mut files = FaultyFiles::default();
                    files.add(case);
                    self.faults.insert(at, (fault, files));
                }
            }
        }
        if let Some(size) = facts.image {
            self.count(size, Occurrences { count: 1, hash: name.identity() }, name);
        }
    }

    fn count(&mut self, size: ImageSize, images: Occurrences, first: &[u8]) {
        match self.sizes.binary_search_by_key(&size, |known| known.size) {
            Ok(at) => {
                let known = &mut self.sizes[at];
                known.images = [known.images, images].into_iter().collect();
                if first < &*known.first {
                    known.first = first.into();
                }
            }
            // Whatever is among the smallest in the end was among them all the time, so its
            // count is whole.
            Err(at) if at < SIZES => {
                self.sizes.truncate(SIZES - 1);
                self.sizes.insert(at, SizeCount { size, images, first: first.into() });
            }
            Err(_) => {}
        }
    }

    /// Puts the faults of each file where it goes: `place` gives its folder and its name there.
    pub(super) fn sort_faults(
        &self,
        place: impl Fn(&[u8]) -> Option<(Vec<u8>, Vec<u8>)>,
        parts: &mut HashMap<Vec<u8>, ContentSummary>,
    ) {
        for (fault, files) in &self.faults {
            let mut add = |name: &[u8], case: Option<&FaultyFile>| {
                let Some((folder, name)) = place(name) else { return };
                let faults = &mut parts.entry(folder).or_default().faults;
                let at = match faults.binary_search_by_key(fault, |(known, _)| *known) {
                    Ok(at) => at,
                    Err(at) => {
                        faults.insert(at, (*fault, FaultyFiles::default()));
                        at
                    }
                };
                match case {
                    Some(case) => {
                        faults[at].1.add(FaultyFile { name: name.into(), ..case.clone() });
                    }
                    None => faults[at].1.names.insert(&name),
                }
            };
            files.names.for_each(|name| add(name, files.case(name)));
        }
    }

    /// The same but for the faults of files.
    pub(super) fn without_faults(&self) -> ContentSummary {
        ContentSummary { faults: Vec::new(), ..self.clone() }
    }

    /// Makes what was added ready to be read.
    pub(crate) fn seal(&mut self) {
        self.faults.iter_mut().for_each(|(_, files)| files.names.seal());
        self.neighbours.seal();
    }

    pub(crate) fn merge(&mut self, other: ContentSummary) {
        self.files += other.files;
        self.beyond = self.beyond.saturating_add(other.beyond);
        self.neighbours.merge(other.neighbours);
        for (fault, files) in other.faults {
            match self.faults.binary_search_by_key(&fault, |(known, _)| *known) {
                Ok(at) => self.faults[at].1.merge(files),
                Err(at) => self.faults.insert(at, (fault, files)),
            }
        }
        for SizeCount { size, images, first } in other.sizes {
            self.count(size, images, &first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn content(files: &[(u32, bool)]) -> ContentSummary {
        let mut content = ContentSummary::default();
        for (at, (width, is_wrong)) in files.iter().enumerate() {
            let mut facts = ProbeResult {
                image: Some(ImageSize { width: *width, height: 1, turned: false }),
                ..ProbeResult::default()
            };
            if *is_wrong {
                facts.problems.push(Defect::new(Fault::Zeros));
            }
            // The name tells nothing of the order, so that merging is held against it.
            content.add(format!("{}", (at * 7 + *width as usize) % 50).as_bytes(), facts);
        }
        content
    }

    proptest! {
        #[test]
        fn how_it_is_split_does_not_matter(
            files in proptest::collection::vec((1_u32..40, any::<bool>()), 0..60),
        ) {
            // The same names whole and in parts.
            let parts: Vec<ContentSummary> = files.iter().map(|file| content(std::slice::from_ref(file))).collect();
            let sealed = |mut content: ContentSummary| { content.seal(); content };
            let whole = sealed(parts.iter().cloned().fold(ContentSummary::default(), |mut sum, part| { sum.merge(part); sum }));
            let backwards = sealed(parts.into_iter().rev().fold(ContentSummary::default(), |mut sum, part| { sum.merge(part); sum }));
            prop_assert_eq!(whole.files(), files.len() as u64);
            prop_assert_eq!(whole.sizes(), backwards.sizes());
            prop_assert_eq!(whole.faults(), backwards.faults());
            prop_assert!(whole.sizes().len() <= SIZES);
            for known in whole.sizes() {
                let real = files.iter().filter(|(width, _)| *width == known.size.width).count() as u64;
                prop_assert_eq!(known.images.count, real);
            }
            prop_assert_eq!(content(&files).files(), files.len() as u64);
        }
    }
}
