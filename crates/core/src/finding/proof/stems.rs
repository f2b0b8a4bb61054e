//! [`Stems`]: the names of frames without their suffixes.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use crate::names::frame_name;
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;

/// The stems of files: numbers by the way they are written, and others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stems {
    /// By the width of zero-padded numbers and the digits of a fraction: so two stems are equal
    /// when their bytes are.
    pub(super) numbers: BTreeMap<(u8, u8), FrameSet>,
    pub(super) texts: NameSet,
}

impl Stems {
    pub(super) fn add_set(&mut self, width: u8, fraction: u8, set: &FrameSet) {
        let known = self.numbers.entry((width, fraction)).or_default();
        if known.is_empty() {
            *known = set.clone();
        } else {
            known.merge(set.clone());
        }
    }

    /// Adds one stem.
    pub(crate) fn add(&mut self, stem: &[u8]) {
        match number(stem) {
            Some((value, key)) => self.numbers.entry(key).or_default().insert(value),
            None => self.texts.insert(stem),
        }
    }

    pub(super) fn seal(&mut self) {
        self.numbers.values_mut().for_each(FrameSet::seal);
        self.texts.seal();
    }

    pub(crate) fn contains(&self, stem: &[u8]) -> bool {
        match number(stem) {
            Some((value, key)) => self.numbers.get(&key).is_some_and(|set| set.contains(value)),
            None => self.texts.contains(stem),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.values().all(FrameSet::is_empty) && self.texts.is_empty()
    }

    /// Whether any of the stems is no number.
    pub(crate) fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    /// Calls for each stem that is no number.
    pub(crate) fn for_each_text(&self, each: impl FnMut(&[u8])) {
        self.texts.for_each(each);
    }

    /// Calls for each stem that is a number.
    pub(crate) fn for_each_number(&self, mut each: impl FnMut(&[u8])) {
        for (key, set) in &self.numbers {
            set.iter().for_each(|value| each(&render(*key, value)));
        }
    }

    /// Those that the other holds, too.
    pub(super) fn shared_with(&self, other: &Stems) -> Self {
        let mut shared = Stems::default();
        for (key, set) in &self.numbers {
            let Some(theirs) = other.numbers.get(key) else { continue };
            if set == theirs {
                shared.numbers.insert(*key, set.clone());
                continue;
            }
            let mut theirs = theirs.iter().peekable();
            let mut both = FrameSet::default();
            for value in set.iter() {
                while theirs.next_if(|other| *other < value).is_some() {}
                if theirs.peek() == Some(&value) {
                    both.insert(value);
                }
            }
            both.seal();
            shared.numbers.insert(*key, both);
        }
        shared.texts = self.texts.filtered(|stem| other.texts.contains(stem)).into_owned();
        shared
    }

    pub(super) fn remove(&mut self, stems: &Stems) {
        for (key, set) in &mut self.numbers {
            let Some(gone) = stems.numbers.get(key).filter(|gone| !gone.is_empty()) else {
                continue;
            };
            let gone: HashSet<i128> = gone.iter().collect();
            let mut left = FrameSet::default();
            set.iter().filter(|value| !gone.contains(value)).for_each(|value| left.insert(value));
            left.seal();
            *set = left;
        }
        if !stems.texts.is_empty() {
            let left = self.texts.filtered(|stem| !stems.texts.contains(stem)).into_owned();
            self.texts = left;
        }
    }
}

/// Whether a stem is a number.
pub(crate) fn is_number(stem: &[u8]) -> bool {
    number(stem).is_some()
}

/// A stem that is a number, and the way it is written.
fn number(stem: &[u8]) -> Option<(i128, (u8, u8))> {
    let (value, naming) =
        frame_name::parse(stem).filter(|(_, naming)| naming.suffix().is_empty())?;
    Some((value, (naming.zero_padded_width(), naming.fraction_digits())))
}

pub(super) fn render((width, fraction): (u8, u8), value: i128) -> Vec<u8> {
    frame_name::render_stem(value, width, fraction).into_bytes()
}
