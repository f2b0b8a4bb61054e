//! [`MultisetHash`]: what tells many things from any other many, without keeping them.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// The sum of the hashes of some things: the same whatever their order and however they were split,
/// and another one as soon as one thing is another. It is the same on every machine and in every
/// version, since baselines keep it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MultisetHash(u128);

impl MultisetHash {
    /// Of one thing, by its parts in this order.
    #[must_use]
    pub fn from_parts(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            // The length keeps neighbouring parts apart.
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        Self::first_half(hasher)
    }

    /// Of figures, in this order.
    #[must_use]
    pub fn from_ints(figures: impl IntoIterator<Item = i128>) -> Self {
        let mut stamps = SequenceHasher::default();
        figures.into_iter().for_each(|figure| stamps.push(figure));
        stamps.finish()
    }

    /// Adds what another one stands for.
    pub fn add(&mut self, other: MultisetHash) {
        self.0 = self.0.wrapping_add(other.0);
    }

    /// Its bytes.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }

    fn first_half(hasher: Sha256) -> Self {
        let hash: [u8; 32] = hasher.finalize().into();
        MultisetHash(hash.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte)))
    }
}

/// The digest in the making of many stamps whose order is fixed; cheaper than a sum.
#[derive(Clone, Default)]
pub struct SequenceHasher(Sha256);

impl SequenceHasher {
    /// Adds the next one.
    pub fn push(&mut self, stamp: i128) {
        self.0.update(stamp.to_be_bytes());
    }

    /// Of all of them, in their order.
    #[must_use]
    pub fn finish(self) -> MultisetHash {
        MultisetHash::first_half(self.0)
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for MultisetHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Something that can be told from its like.
pub trait Identified {
    /// What tells it from any other of its kind.
    fn identity(&self) -> MultisetHash;
}

impl Identified for [u8] {
    fn identity(&self) -> MultisetHash {
        MultisetHash::from_parts(&[self])
    }
}

/// How many there are, and what tells just these from any others as many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occurrences {
    /// How many.
    pub count: u64,
    /// Which; the hash of nothing where only their number is known.
    pub hash: MultisetHash,
}

/// So many, of which no more is known.
impl From<u64> for Occurrences {
    fn from(count: u64) -> Self {
        Occurrences { count, hash: MultisetHash::default() }
    }
}

impl FromIterator<Occurrences> for Occurrences {
    fn from_iter<I: IntoIterator<Item = Occurrences>>(parts: I) -> Self {
        parts.into_iter().fold(Occurrences::default(), |mut sum, part| {
            sum.count += part.count;
            sum.hash.add(part.hash);
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_baselines_never_changes() {
        assert_eq!(
            MultisetHash::from_parts(&[b"a", b"bc"]).to_string(),
            "3fafa1cf2f19a7c1129beb20cf0983f7"
        );
    }

    #[test]
    fn neighbouring_parts_are_kept_apart() {
        assert_ne!(
            MultisetHash::from_parts(&[b"a", b"bc"]),
            MultisetHash::from_parts(&[b"ab", b"c"])
        );
        assert_ne!(MultisetHash::from_parts(&[b"a"]), MultisetHash::from_parts(&[b"a", b""]));
    }

    #[test]
    fn the_same_thing_twice_is_not_nothing() {
        let once = MultisetHash::from_parts(&[b"a"]);
        let mut twice = once;
        twice.add(once);
        assert!(twice != once && twice != MultisetHash::default());
    }
}
