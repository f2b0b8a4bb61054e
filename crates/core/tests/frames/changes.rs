//! What is done to an image.

use super::images::Dice;

/// Changes a file in one of the ways in which copies, disks and programs do, and says which.
pub(super) fn change(file: &[u8], dice: &mut Dice) -> (Vec<u8>, &'static str) {
    let mut changed = file.to_vec();
    let at = dice.below(file.len() - 2) + 2;
    let magnitude = 1 + dice.below(9);
    let length = 1 + dice.below(1 << magnitude);
    let end = (at + length).min(file.len());
    let what = match dice.below(16) {
        0 => "as it is",
        1 => {
            changed[at] ^= 1 << dice.below(8);
            "one bit"
        }
        2 => {
            changed[at] = dice.next() as u8;
            "one byte"
        }
        3 => {
            // Among the headers.
            let at = 2 + dice.below(620.min(file.len() - 2));
            changed[at] = dice.next() as u8;
            "one byte of the headers"
        }
        4 => {
            changed[at..end].fill(0);
            "zeros"
        }
        5 => {
            changed[at..end].iter_mut().for_each(|byte| *byte = dice.next() as u8);
            "noise"
        }
        6 => {
            changed.drain(at..end);
            "lost bytes"
        }
        7 => {
            let more: Vec<u8> = (0..length).map(|_| dice.next() as u8).collect();
            changed.splice(at..at, more);
            "inserted bytes"
        }
        8 => {
            changed.truncate(at);
            "cut off"
        }
        9 => {
            changed.truncate(at);
            changed.extend([0xFF, 0xD9]);
            "cut off, with an end"
        }
        10 => {
            let last = changed.len() - 2;
            changed[at.min(last)..last].fill(0);
            "zeros up to the end marker"
        }
        11 => {
            let other = dice.below(file.len());
            let piece = file[other..(other + length).min(file.len())].to_vec();
            let end = (at + piece.len()).min(changed.len());
            changed.splice(at..end, piece);
            "a piece of another place"
        }
        12 => {
            changed.truncate(at);
            changed.extend_from_slice(file);
            "half, and a whole one"
        }
        13 => {
            let mut text = Vec::new();
            for byte in file {
                if *byte == b'\n' {
                    text.push(b'\r');
                }
                text.push(*byte);
            }
            changed = text;
            "line breaks changed"
        }
        14 => {
            changed.extend((0..length * 20).map(|_| dice.next() as u8));
            "more behind the end"
        }
        _ => {
            let last = changed.len() - 2;
            changed.splice(last..last, vec![dice.next() as u8 & 0x7F; length]);
            "more before the end"
        }
    };
    (changed, what)
}
