//! [`KeyInterpolator`]: keys as positions on a line, so that a range of keys can be cut where work
//! is to be divided.
//!
//! Keys are strings of any kind: timestamps, counters, hashes, words. What they are made of is
//! learnt from keys that were just listed: at each place of the name, the characters seen there and
//! those of their kind are the digits of a number. An interpolator may be as wrong as it likes:
//! cuts are only ever compared as strings, so a bad one costs a request and no key.

/// The largest number of positions that an interpolator tells apart: 2^112.
const RANGE: u128 = 1 << 112;

/// How much of that may lie above the first character in which the keys differ: how far beyond them
/// cuts can reach.
const RANGE_ABOVE: u128 = 1 << 48;

/// Follows a cut, and sorts behind all that file names are made of: whatever begins with the cut
/// lies below it.
const LAST: char = '~';

/// Positions of the keys that start with one head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeyInterpolator {
    /// What all keys measured start with; others lie below or above all positions.
    head: String,
    /// For each character behind the head, those that may stand there, ascending.
    digits: Vec<Vec<char>>,
}

impl KeyInterpolator {
    /// An interpolator for keys like these. `None` where there is nothing to tell them apart by.
    ///
    /// `within` bytes are what all keys of the listing start with.
    pub(super) fn of(keys: &[&str], within: usize) -> Option<KeyInterpolator> {
        let common = keys.iter().skip(1).fold(*keys.first()?, |head, key| shared(head, key)).len();
        let names: Vec<&str> = keys.iter().filter_map(|key| key.get(within..)).collect();
        let mut places: Vec<Vec<char>> = Vec::new();
        for name in names {
            for (at, letter) in name.chars().enumerate() {
                match places.get_mut(at) {
                    Some(place) => insert(place, letter),
                    None => places.push(vec![letter]),
                }
            }
        }
        let mixed = alphabet_of_mixed_places(&places);
        let digits = places.iter().map(|seen| alphabet(seen, &mixed));
        // How many characters behind `within` are common to all keys.
        let common = keys.first()?.get(within..common).map_or(0, |text| text.chars().count());
        let (above, below): (Vec<_>, Vec<_>) = digits.enumerate().partition(|(at, _)| *at < common);
        let mut size: u128 = 1;
        let mut fits = |digits: &Vec<char>, range: u128| {
            let grown = size.saturating_mul(digits.len() as u128);
            let fits = grown <= range;
            size = if fits { grown } else { size };
            fits
        };
        let mut reach: Vec<Vec<char>> = above
            .into_iter()
            .rev()
            .map(|(_, digits)| digits)
            .take_while(|digits| fits(digits, RANGE_ABOVE))
            .collect();
        reach.reverse();
        let skipped = common - reach.len();
        reach.extend(
            below.into_iter().map(|(_, digits)| digits).take_while(|digits| fits(digits, RANGE)),
        );
        let first = keys.first()?;
        let head = first
            .get(..within)?
            .chars()
            .chain(first.get(within..)?.chars().take(skipped))
            .collect();
        (size > 1).then_some(KeyInterpolator { head, digits: reach })
    }

    /// One more than the last position.
    pub(super) fn end(&self) -> u128 {
        self.digits.iter().map(|digits| digits.len() as u128).product()
    }

    /// Where a key lies; never falling while keys rise.
    pub(super) fn position(&self, key: &str) -> u128 {
        let Some(name) = key.strip_prefix(self.head.as_str()) else {
            return if key < self.head.as_str() { 0 } else { self.end() };
        };
        let mut letters = name.chars();
        let mut position = 0;
        let mut unit = self.end();
        for digits in &self.digits {
            let Some(letter) = letters.next() else { break };
            unit /= digits.len() as u128;
            match digits.binary_search(&letter) {
                Ok(digit) => position += unit * digit as u128,
                Err(behind) => return position + unit * behind as u128,
            }
        }
        position
    }

    /// Whether a key starts as those do that the interpolator tells apart.
    pub(super) fn holds(&self, key: &str) -> bool {
        key.starts_with(&self.head)
    }

    /// A string at a position. Keys that start with what is written there lie below it.
    pub(super) fn cut(&self, position: u128) -> String {
        let mut cut = self.head.clone();
        let mut unit = self.end();
        for digits in &self.digits {
            unit /= digits.len() as u128;
            let digit = usize::try_from(position / unit % digits.len() as u128).unwrap_or_default();
            cut.extend(digits.get(digit));
            // What follows would be the lowest digits only.
            if position.is_multiple_of(unit) {
                break;
            }
        }
        cut.push(LAST);
        cut
    }
}

/// The string that sorts behind everything in a folder, as far as names are made of what names
/// are made of.
pub(super) fn behind(folder: &str) -> String {
    format!("{}{LAST}", folder.strip_suffix('/').unwrap_or(folder))
}

fn shared<'a>(a: &'a str, b: &str) -> &'a str {
    let length = a
        .chars()
        .zip(b.chars())
        .take_while(|(a, b)| a == b)
        .map(|(letter, _)| letter.len_utf8())
        .sum();
    a.get(..length).unwrap_or_default()
}

fn insert(place: &mut Vec<char>, letter: char) {
    if let Err(at) = place.binary_search(&letter) {
        place.insert(at, letter);
    }
}

/// Where digits and letters stand in one place, as in hashes, they do so everywhere: a hash that
/// begins with 0 has a neighbour that begins with f.
fn alphabet_of_mixed_places(places: &[Vec<char>]) -> Vec<char> {
    let mut all = Vec::new();
    for seen in places {
        if seen.iter().any(char::is_ascii_digit) && seen.iter().any(char::is_ascii_alphabetic) {
            seen.iter().for_each(|letter| insert(&mut all, *letter));
        }
    }
    let hexadecimal = all.iter().all(|letter| letter.is_ascii_hexdigit());
    let mut alphabet = all.clone();
    for letter in all {
        let kind = match letter {
            '0'..='9' => '0'..='9',
            'a'..='f' if hexadecimal => 'a'..='f',
            'A'..='F' if hexadecimal => 'A'..='F',
            'a'..='z' => 'a'..='z',
            'A'..='Z' => 'A'..='Z',
            _ => letter..=letter,
        };
        kind.for_each(|letter| insert(&mut alphabet, letter));
    }
    alphabet
}

/// What may stand in a place where this was seen. A control character may, and is never part
/// of a cut.
fn alphabet(seen: &[char], mixed: &[char]) -> Vec<char> {
    let mut alphabet: Vec<char> =
        seen.iter().copied().filter(|letter| !letter.is_control()).collect();
    if seen.iter().all(|letter| mixed.contains(letter)) {
        mixed.iter().for_each(|letter| insert(&mut alphabet, *letter));
    }
    if seen.iter().any(char::is_ascii_digit) {
        ('0'..='9').for_each(|letter| insert(&mut alphabet, letter));
    }
    if alphabet.len() > 1 && seen.len() > 1 {
        for kind in ['a'..='z', 'A'..='Z'] {
            // One letter alone is part of a word that all names share.
            if seen.iter().filter(|letter| kind.contains::<char>(letter)).count() > 1
                && !mixed.contains(kind.start())
            {
                kind.for_each(|letter| insert(&mut alphabet, letter));
            }
        }
    }
    if alphabet.is_empty() {
        alphabet.push(LAST);
    }
    alphabet
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn interpolator(keys: &[&str], within: &str) -> KeyInterpolator {
        KeyInterpolator::of(keys, within.len()).unwrap()
    }

    /// The cut at a share of the way from one key to another.
    fn between(interpolator: &KeyInterpolator, from: &str, to: &str, thousandths: u128) -> String {
        let (from, to) = (interpolator.position(from), interpolator.position(to));
        interpolator.cut(from + (to - from) * thousandths / 1000)
    }

    #[test]
    fn numbers_are_cut_by_value_and_far_beyond_those_seen() {
        let seen = interpolator(&["s/1681532060061.pcd", "s/1681532159961.pcd"], "s/");
        assert_eq!(
            between(&seen, "s/1681532060061.pcd", "s/1681532160061.pcd", 500),
            "s/1681532110061~"
        );
        let (first, last) =
            (seen.position("s/1681532060061.pcd"), seen.position("s/1681532159961.pcd"));
        assert_eq!(seen.cut(last + 1000 * (last - first)), "s/1681632059961~");
    }

    #[test]
    fn what_a_name_is_made_of_is_learnt_from_the_names() {
        let check = |keys: &[&str], to: &str, expected: &str| {
            let interpolator = interpolator(keys, "d/");
            let cut = between(&interpolator, keys[0], to, 500);
            assert!(cut.starts_with(expected), "{keys:?}: {cut}");
        };
        // A page of hashes that all begin alike; the others do not.
        check(&["d/000f3a", "d/0041bc", "d/00f0aa"], "d/ffffff", "d/8");
        check(&["d/00f3a91c-77aa", "d/01b0aa2f-00b1"], "d/ff000000-0000", "d/7");
        check(&["d/frame_000001.jpg", "d/frame_000999.jpg"], "d/frame_900001.jpg", "d/frame_45");
        check(&["d/1.jpg", "d/10.jpg", "d/100.jpg"], "d/99.jpg", "d/5");
        check(&["d/scene_1/7.pcd", "d/scene_1/9.pcd"], "d/scene_9/1.pcd", "d/scene_5/");
        check(&["d/аист", "d/вол", "d/дом"], "d/дом", "d/в");
    }

    #[test]
    fn a_long_common_head_does_not_use_up_the_range() {
        let head = "d/0123456789012345678901234567890123456789012345678901234567890123456789_";
        let keys = [format!("{head}1681532060061"), format!("{head}1681532159961")];
        let interpolator = interpolator(&[&keys[0], &keys[1]], "d/");
        let cut = between(&interpolator, &keys[0], &keys[1], 500);
        assert!(cut.starts_with(&format!("{head}16815321100")), "{cut}");
    }

    #[test]
    fn names_that_are_all_one_have_no_ruler() {
        assert_eq!(KeyInterpolator::of(&[], 0), None);
        assert_eq!(KeyInterpolator::of(&["d/x"], 2), None);
        assert_eq!(KeyInterpolator::of(&["d/"], 2), None);
    }

    proptest! {
        #[test]
        fn positions_rise_with_keys(mut keys in proptest::collection::vec("[0-9a-f~/é_\u{1}]{0,6}", 1..9)) {
            keys.sort();
            let seen: Vec<&str> = keys.iter().step_by(2).map(String::as_str).collect();
            if let Some(interpolator) = KeyInterpolator::of(&seen, 0) {
                let positions: Vec<u128> = keys.iter().map(|key| interpolator.position(key)).collect();
                prop_assert!(positions.is_sorted(), "{positions:?}");
                prop_assert!(positions.iter().all(|position| *position <= interpolator.end()));
            }
        }
    }
}
