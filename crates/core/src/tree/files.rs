//! [`Files`]: files of one folder that have something in common, and all their names.

use std::borrow::Cow;

use crate::multiset_hash::{Identified as _, MultisetHash, Occurrences};
use crate::names::Media;
use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;
use crate::tree::{FileClass, Folder};

/// Files of one folder that share a suffix and a way of naming, or a remark.
#[derive(Clone, Debug)]
pub(crate) enum Files<'t> {
    /// Files whose stem is a number.
    Numbered(Naming, Cow<'t, FrameSet>),
    /// Other files, and their suffix in lower case where they share one.
    Named(&'t str, Cow<'t, NameSet>),
    /// One file whose very name says something.
    Landmark(&'static str),
}

impl<'t> Files<'t> {
    /// The regular files of a folder by their suffix, in a fixed order. Leftovers, partial files
    /// and links are in none.
    pub(crate) fn in_folder(folder: &'t Folder) -> impl Iterator<Item = Files<'t>> {
        let numbered = folder
            .frames()
            .iter()
            .map(|(naming, set)| Files::Numbered(*naming, Cow::Borrowed(set)));
        let named = folder.remarks().iter().filter_map(|(remark, names)| match remark {
            FileClass::Unnumbered(suffix) => {
                Some(Files::Named(suffix.as_str(), Cow::Borrowed(names)))
            }
            _ => None,
        });
        numbered.chain(named).chain(folder.landmarks().map(Files::Landmark))
    }

    /// The same files, borrowed.
    pub(crate) fn borrowed(&self) -> Files<'_> {
        match self {
            Files::Numbered(naming, set) => Files::Numbered(*naming, Cow::Borrowed(set)),
            Files::Named(suffix, names) => Files::Named(suffix, Cow::Borrowed(names)),
            Files::Landmark(name) => Files::Landmark(name),
        }
    }

    /// Files of these names.
    pub(crate) fn named(names: &'t NameSet) -> Self {
        Files::Named("", Cow::Borrowed(names))
    }

    /// As [`Files::named`], of names that stand in no tree.
    pub(crate) fn owned(names: NameSet) -> Self {
        Files::Named("", Cow::Owned(names))
    }

    /// The suffix, without its dot; empty where there is none or an unknown one.
    pub(crate) fn suffix(&self) -> &str {
        match self {
            Files::Numbered(naming, _) => naming.suffix(),
            Files::Named(suffix, _) => suffix,
            Files::Landmark(name) => name.rsplit_once('.').map_or("", |(_, suffix)| suffix),
        }
    }

    /// What the files hold, going by their suffix.
    pub(crate) fn media(&self) -> Media {
        match self {
            Files::Numbered(naming, _) => naming.media(),
            Files::Named(..) | Files::Landmark(_) => Media::of_suffix(self.suffix()),
        }
    }

    /// How many files there are.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Files::Numbered(_, set) => set.len() as u64,
            Files::Named(_, names) => names.count(),
            Files::Landmark(_) => 1,
        }
    }

    /// How many files there are, and what tells them from any others.
    pub(crate) fn occurrences(&self) -> Occurrences {
        match self {
            Files::Numbered(naming, set) => {
                let first = set.first().map(|value| naming.render(value)).unwrap_or_default();
                let parts: [&[u8]; 2] =
                    [first.as_bytes(), &MultisetHash::from_ints(set.iter()).to_bytes()];
                Occurrences { count: self.count(), hash: MultisetHash::from_parts(&parts) }
            }
            Files::Named(_, names) => names.occurrences(),
            Files::Landmark(name) => Occurrences { count: 1, hash: name.as_bytes().identity() },
        }
    }

    /// The names of the first few files.
    pub(crate) fn names(&self, most: usize) -> Vec<Vec<u8>> {
        match self {
            Files::Numbered(naming, set) => {
                set.iter().take(most).map(|value| naming.render(value).into_bytes()).collect()
            }
            Files::Named(_, names) => names.smallest(most),
            Files::Landmark(name) => vec![name.as_bytes().to_vec()],
        }
    }

    /// Gives the name of each file that is kept.
    pub(crate) fn for_each(&self, mut each: impl FnMut(&[u8])) {
        match self {
            Files::Numbered(naming, set) => {
                set.iter().for_each(|value| each(naming.render(value).as_bytes()));
            }
            Files::Named(_, names) => names.for_each(each),
            Files::Landmark(name) => each(name.as_bytes()),
        }
    }

    /// As [`Files::filtered`], where this is wanted.
    pub(crate) fn filtered_if(self, wanted: bool, passes: impl FnMut(&[u8]) -> bool) -> Self {
        if wanted { self.filtered(passes) } else { self }
    }

    /// The files whose names pass, of those whose names are kept. Names that are not kept pass
    /// where all that are do.
    pub(crate) fn filtered(self, mut passes: impl FnMut(&[u8]) -> bool) -> Self {
        match self {
            Files::Numbered(naming, set) => {
                let mut left = FrameSet::default();
                for value in set.iter() {
                    if passes(naming.render(value).as_bytes()) {
                        left.insert(value);
                    }
                }
                left.seal();
                Files::Numbered(naming, Cow::Owned(left))
            }
            Files::Named(suffix, names) => {
                let left = names.filtered(|name| passes(name));
                let all_pass = match &left {
                    Cow::Borrowed(_) => true,
                    Cow::Owned(left) => !names.is_complete() && left.count() > 0,
                };
                let left = if all_pass { None } else { Some(left.into_owned()) };
                Files::Named(suffix, left.map_or(names, Cow::Owned))
            }
            Files::Landmark(name) if passes(name.as_bytes()) => Files::Landmark(name),
            Files::Landmark(_) => Files::Named("", Cow::Owned(NameSet::default())),
        }
    }
}
