//! [`Range`]: a stretch of keys that one worker lists, and where it may be cut for another.

use std::sync::Arc;

use super::super::pages::Keys;
use super::key_interpolator::{KeyInterpolator, behind};

/// How many keys of a page an interpolator is made from.
const SAMPLE: usize = 24;

/// So many pages lie between two guesses at least: of a single page, the end would often come
/// on a second one.
const LEAST_STRIDE: u128 = 2;

/// With so many guesses or fewer, each goes twice as far as the one before.
const GUESSES_TO_DOUBLE: u128 = 10;

/// A stretch of the keys that start with a prefix. Its bounds are strings, and need not be keys.
#[derive(Debug)]
pub(super) struct Range {
    /// What is listed.
    pub(super) prefix: Arc<str>,
    /// Only keys behind this one.
    pub(super) low: Option<String>,
    /// No keys behind this one; `None` to the end of the prefix.
    pub(super) high: Option<String>,
    /// No key behind this one has been counted: where a cut may be made at the earliest.
    reach: Option<Vec<u8>>,
    pace: Option<Pace>,
    /// How many pages of the keys before were listed, or are being listed: as much again
    /// may well follow.
    lasted: u128,
    guesses: Guesses,
    /// Where the names below the prefix are known to lie, ascending.
    landmarks: Landmarks,
    /// A cut was tried and is of no use, until the next page.
    stuck: bool,
}

/// How often what lies behind a range may be cut on the mere guess that there is anything.
#[derive(Clone, Copy, Debug, Default)]
struct Guesses {
    left: usize,
    /// How many they were at first.
    of: usize,
}

/// How far a page goes.
#[derive(Clone, Debug)]
struct Pace {
    interpolator: Arc<KeyInterpolator>,
    /// Positions that a page covers.
    page: u128,
    /// Whether this comes from a page of the range itself.
    own: bool,
}

/// Cuts between subfolders.
#[derive(Clone, Debug, Default)]
pub(super) struct Landmarks {
    cuts: Arc<[String]>,
    from: usize,
    to: usize,
    /// How many pages lie between two of them, by what was seen.
    pages_each: f64,
}

impl Landmarks {
    /// Landmarks between the common prefixes of a page, where `pages_each` pages lie between
    /// two of them.
    pub(super) fn of(prefixes: &Keys, pages_each: f64) -> Landmarks {
        let folders = prefixes.iter().filter_map(|prefix| std::str::from_utf8(prefix.key).ok());
        let mut cuts: Vec<String> = folders.map(behind).collect();
        cuts.sort_unstable();
        Landmarks { from: 0, to: cuts.len(), cuts: cuts.into(), pages_each }
    }

    /// Those behind a key and before another.
    fn within(&mut self, reach: &[u8], high: Option<&str>) {
        let left = self.cuts.get(self.from..self.to).unwrap_or_default();
        let passed = left.partition_point(|cut| cut.as_bytes() <= reach);
        let inside =
            high.map_or(left.len(), |high| left.partition_point(|cut| cut.as_str() < high));
        self.to = self.from + inside.max(passed);
        self.from += passed;
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn pages(&self) -> f64 {
        (self.to - self.from) as f64 * self.pages_each
    }
}

impl Range {
    /// All keys that start with the prefix.
    pub(super) fn whole(prefix: Arc<str>, landmarks: Landmarks) -> Range {
        Range {
            prefix,
            low: None,
            high: None,
            reach: None,
            pace: None,
            lasted: 0,
            guesses: Guesses::default(),
            landmarks,
            stuck: false,
        }
    }

    /// Whether it is a part of what the prefix holds, so that its bounds decide what belongs to it.
    pub(super) fn is_part(&self) -> bool {
        self.low.is_some() || self.high.is_some()
    }

    /// Takes note of a page, of which nothing behind `last` is counted. So many guesses may be made
    /// at what follows.
    pub(super) fn advance(&mut self, page: &Keys, last: &[u8], guesses: usize) {
        self.guesses = Guesses { left: guesses, of: guesses };
        self.lasted = self.lasted.saturating_add(1);
        if self.reach.as_deref().is_none_or(|reach| reach < last) {
            self.reach = Some(last.to_vec());
        }
        self.stuck = false;
        self.pace = Pace::of(page, self.prefix.len());
        if let Some(reach) = &self.reach {
            self.landmarks.within(reach, self.high.as_deref());
        }
    }

    /// How many pages another worker could take over, roughly.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(super) fn spare_pages(&self) -> f64 {
        if self.stuck {
            return 0.0;
        }
        let by_landmarks = self.landmarks.pages();
        if self.landmarks.to > self.landmarks.from && by_landmarks >= 1.0 {
            return by_landmarks;
        }
        let Some(pace) = &self.pace else { return 0.0 };
        let here = self.position(&pace.interpolator);
        match self.end(pace, here) {
            Some(end) if pace.own => end.saturating_sub(here) as f64 / pace.page as f64 - 1.0,
            // Whether anything is there at all is being asked right now.
            Some(_) => 0.0,
            // Nobody knows how much; the nearest are asked for first.
            None if self.guesses.left > 0 => f64::MAX / self.lasted as f64,
            None => 0.0,
        }
    }

    /// Gives what lies behind a cut to another range; `None`, until the next page, where no good
    /// cut is to be had.
    pub(super) fn split(&mut self) -> Option<Range> {
        let other = if self.landmarks.to > self.landmarks.from && self.landmarks.pages() >= 1.0 {
            self.split_at_landmark()
        } else {
            self.split_by_pace()
        };
        self.stuck = other.is_none();
        other
    }

    fn split_at_landmark(&mut self) -> Option<Range> {
        let Landmarks { cuts, from, to, pages_each } = self.landmarks.clone();
        let middle = from + (to - from) / 2;
        let cut = cuts.get(middle)?;
        let mut other = self.split_at(cut.clone(), None)?;
        other.landmarks = Landmarks { cuts: Arc::clone(&cuts), from: middle + 1, to, pages_each };
        self.landmarks.to = middle;
        Some(other)
    }

    fn split_by_pace(&mut self) -> Option<Range> {
        let pace = self.pace.clone()?;
        let here = self.position(&pace.interpolator);
        let end = self.end(&pace, here);
        let at = match end {
            // The page that is on its way is this range's own; of what is left behind it, each gets
            // half, in whole pages: what lies on both sides of a cut comes on two pages.
            Some(end) => {
                let next = here + pace.page;
                let left = end.saturating_sub(next);
                next + left / 2 / pace.page * pace.page
            }
            None => here.checked_add(pace.page.saturating_mul(self.stride()))?,
        };
        let mut other =
            self.split_at(pace.interpolator.cut(at), Some(Pace { own: false, ..pace }))?;
        other.lasted = self.lasted;
        if end.is_none() {
            other.lasted = self.lasted.saturating_add(self.stride());
            other.guesses = Guesses { left: self.guesses.left.saturating_sub(1), ..self.guesses };
        }
        Some(other)
    }

    /// How many pages ahead the next guess is, where it is not known how far keys go.
    ///
    /// A guess is a page listed where keys lie behind it, and a request for nothing where none do.
    /// So they stand the closer, the more of them may be made: of 63, 37 lie among the first 1,000
    /// pages, where it would be 10 if each went twice as far, and the last is 45,000 pages ahead.
    fn stride(&self) -> u128 {
        let of = (self.guesses.of as u128).max(GUESSES_TO_DOUBLE);
        (self.lasted.saturating_mul(GUESSES_TO_DOUBLE) / of).max(LEAST_STRIDE)
    }

    /// Whether more may lie behind it than anybody knows.
    pub(super) fn is_open(&self) -> bool {
        let Some(pace) = &self.pace else { return self.high.is_none() };
        self.end(pace, self.position(&pace.interpolator)).is_none()
    }

    fn split_at(&mut self, cut: String, pace: Option<Pace>) -> Option<Range> {
        let behind_reach = self.reach.as_deref().is_none_or(|reach| reach < cut.as_bytes());
        let behind_low = self.low.as_ref().is_none_or(|low| *low < cut);
        let before_high = self.high.as_ref().is_none_or(|high| cut < *high);
        if !(behind_reach && behind_low && before_high && cut.starts_with(&*self.prefix)) {
            return None;
        }
        let other = Range {
            prefix: Arc::clone(&self.prefix),
            low: Some(cut.clone()),
            high: self.high.replace(cut),
            reach: None,
            pace,
            lasted: 0,
            guesses: Guesses::default(),
            landmarks: Landmarks::default(),
            stuck: false,
        };
        Some(other)
    }

    /// Where it is now.
    fn position(&self, interpolator: &KeyInterpolator) -> u128 {
        let reach = self.reach.as_deref().and_then(|reach| std::str::from_utf8(reach).ok());
        reach.or(self.low.as_deref()).map_or(0, |here| interpolator.position(here))
    }

    /// Where it ends, as far as that can be told: at its bound, or, where the next guess goes
    /// beyond that, where names can go on no further.
    fn end(&self, pace: &Pace, here: u128) -> Option<u128> {
        let bound = self
            .high
            .as_deref()
            .filter(|high| pace.interpolator.holds(high))
            .map(|high| pace.interpolator.position(high));
        bound.or_else(|| {
            Some(pace.interpolator.end())
                .filter(|end| here.saturating_add(pace.page.saturating_mul(self.stride())) >= *end)
        })
    }

    /// The innermost folder that what is left of the range lies in, with its `/`: what is to be
    /// said to be unread of it.
    pub(super) fn folder(&self) -> Vec<u8> {
        let prefix = self.prefix.as_bytes();
        let from = self.reach.as_deref().or(self.low.as_ref().map(String::as_bytes));
        let (Some(from), Some(high)) = (from, self.high.as_ref()) else { return prefix.to_vec() };
        let shared = from.iter().zip(high.as_bytes()).take_while(|(a, b)| a == b).count();
        let folder = from.get(..shared).unwrap_or_default();
        let end = folder.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
        folder.get(..end.max(prefix.len())).unwrap_or(prefix).to_vec()
    }
}

impl Pace {
    fn of(page: &Keys, within: usize) -> Option<Pace> {
        let step = page.len().div_ceil(SAMPLE).max(1);
        let last = page.len().checked_sub(1)?;
        let text = |at| page.get(at).and_then(|key| std::str::from_utf8(key.key).ok());
        let sample: Vec<&str> = (0..last).step_by(step).chain([last]).filter_map(text).collect();
        let interpolator = KeyInterpolator::of(&sample, within)?;
        let page = interpolator
            .position(sample.last()?)
            .saturating_sub(interpolator.position(sample.first()?))
            .max(1);
        Some(Pace { interpolator: Arc::new(interpolator), page, own: true })
    }
}
