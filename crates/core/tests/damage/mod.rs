//! Damage to the text of a document.

use proptest::collection::vec;
use proptest::prelude::*;

/// A change at a place: a byte gone, one more, all behind it gone, or another byte.
pub(crate) type Edit = (usize, u16, u8);

/// Some changes, one after the other.
pub(crate) fn edits() -> impl Strategy<Value = Vec<Edit>> {
    vec((0_usize..4, any::<u16>(), any::<u8>()), 1..5)
}

/// A text after changes; `marked`, with a byte order mark before it.
pub(crate) fn damaged(mut text: String, marked: bool, edits: Vec<Edit>) -> Vec<u8> {
    if marked {
        text.insert(0, '\u{FEFF}');
    }
    let mut bytes = text.into_bytes();
    for (edit, place, byte) in edits {
        let place = usize::from(place) % bytes.len().max(1);
        match edit {
            0 if !bytes.is_empty() => drop(bytes.remove(place)),
            1 => bytes.insert(place.min(bytes.len()), byte),
            2 => bytes.truncate(place.max(bytes.len() / 2)),
            _ => {
                if let Some(at) = bytes.get_mut(place) {
                    *at ^= byte;
                }
            }
        }
    }
    bytes
}
