//! [`Shape`]: what names with groups of digits have in common, and the number that is left of each.

use std::cmp::Ordering;

use crate::names::frame_name::Naming;

/// The most digits that are read as a number: all values of a [`FrameSet`] have at most so many.
const MAX_DIGITS: usize = 36;

/// What is smaller has at most [`MAX_DIGITS`].
const LARGEST: i128 = 10_i128.pow(36);

/// The most groups of digits that are joined to one number.
const MAX_GROUPS: usize = 8;

/// The longest name that is split into text and digits.
const MAX_SHAPED: usize = 512;

/// What names have in common that differ in their digits alone.
///
/// The derived order is the order in which shapes are preferred: those with the
/// shortest text first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape {
    length: usize,
    pub(super) text: Box<[u8]>,
    pub(super) groups: Box<[Group]>,
    /// Whether the text has digits, which were too many for a number.
    has_digits: bool,
}

/// A group of digits in a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group {
    /// How many bytes of the shape's text stand before it.
    at: u16,
    /// How many digits it has; 0 for the only group of a name, where that has no leading zeros.
    width: u8,
}

/// A name split into its shape and its digits, without allocation.
pub(super) struct Split<'n> {
    name: &'n [u8],
    /// How long the shape's text is.
    text_len: usize,
    groups: [Group; MAX_GROUPS],
    /// How many digits each group has in this name.
    digits: [u8; MAX_GROUPS],
    group_count: usize,
    pub(super) value: i128,
}

impl<'n> Split<'n> {
    /// Splits a name; `None` where it has no digits or is too long.
    pub(super) fn new(name: &'n [u8]) -> Option<Self> {
        if name.len() > MAX_SHAPED {
            return None;
        }
        // Where the last groups of digits begin and end, each at its number modulo their length.
        let mut last = [(0, 0); MAX_GROUPS];
        let mut found = 0;
        let mut at = 0;
        while at < name.len() {
            let digits = leading_digits(&name[at..]);
            if digits > 0 {
                last[found % MAX_GROUPS] = (at, at + digits);
                found += 1;
            }
            // What follows digits is none.
            at += digits + 1;
        }
        // Joined are the last groups that have not too many digits together.
        let (mut group_count, mut total) = (0, 0);
        while group_count < found.min(MAX_GROUPS) {
            let (start, end) = last[(found - group_count - 1) % MAX_GROUPS];
            if total + (end - start) > MAX_DIGITS {
                break;
            }
            total += end - start;
            group_count += 1;
        }
        if group_count == 0 {
            return None;
        }
        let mut split = Split {
            name,
            text_len: name.len() - total,
            groups: [Group::default(); MAX_GROUPS],
            digits: [0; MAX_GROUPS],
            group_count,
            value: 0,
        };
        let mut number = Number::default();
        let mut before = 0;
        for at in 0..group_count {
            let (start, end) = last[(found - group_count + at) % MAX_GROUPS];
            number.append(&name[start..end]);
            // Both are bounded by MAX_SHAPED and MAX_DIGITS.
            let place = u16::try_from(start - before).ok()?;
            let width = u8::try_from(end - start).ok()?;
            split.groups[at] = Group { at: place, width };
            split.digits[at] = width;
            before += end - start;
        }
        split.value = number.value();
        let (start, end) = last[(found - group_count) % MAX_GROUPS];
        if group_count == 1 && (name[start] != b'0' || end - start == 1) {
            split.groups[0].width = 0;
        }
        Some(split)
    }

    /// The pieces of text between the groups, the first and the last of which may be empty.
    fn pieces(&self) -> impl Iterator<Item = &'n [u8]> {
        let name = self.name;
        let ends = self.groups().iter().map(|group| usize::from(group.at)).chain([self.text_len]);
        let digits = self.digits.iter().map(|digits| usize::from(*digits));
        let mut at = 0;
        let mut written = 0;
        ends.zip(digits.chain([0])).map(move |(end, digits)| {
            let piece = &name[at..at + (end - written)];
            at += piece.len() + digits;
            written = end;
            piece
        })
    }

    fn groups(&self) -> &[Group] {
        &self.groups[..self.group_count]
    }

    pub(super) fn order_against(&self, shape: &Shape) -> Ordering {
        self.text_len
            .cmp(&shape.length)
            .then_with(|| {
                let mut rest = &*shape.text;
                for piece in self.pieces() {
                    // Both texts are of one length.
                    let (theirs, behind) = rest.split_at(piece.len().min(rest.len()));
                    let order = piece.cmp(theirs);
                    if order.is_ne() {
                        return order;
                    }
                    rest = behind;
                }
                Ordering::Equal
            })
            .then_with(|| self.groups().cmp(&shape.groups))
    }

    pub(super) fn shape(&self) -> Shape {
        let text: Vec<u8> = self.pieces().flatten().copied().collect();
        let has_digits = text.iter().any(u8::is_ascii_digit);
        Shape { length: self.text_len, text: text.into(), groups: self.groups().into(), has_digits }
    }
}

fn leading_digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// A number that is put together from its digits; as long as that is possible in the
/// machine's own words.
#[derive(Default)]
struct Number {
    small: u64,
    large: Option<i128>,
    digits: usize,
}

impl Number {
    /// All numbers of so many digits are in a `u64`.
    const SMALL: usize = 19;

    fn append(&mut self, digits: &[u8]) {
        self.digits += digits.len();
        let values = digits.iter().map(|digit| digit - b'0');
        if self.digits <= Number::SMALL {
            self.small = values.fold(self.small, |number, digit| number * 10 + u64::from(digit));
        } else {
            let before = self.large.unwrap_or(self.small.into());
            self.large = Some(values.fold(before, |number, digit| number * 10 + i128::from(digit)));
        }
    }

    fn value(&self) -> i128 {
        self.large.unwrap_or(self.small.into())
    }
}

impl Shape {
    /// The digits of a name if it is of this shape. Where the text has digits, `None` says nothing.
    pub(super) fn read(&self, name: &[u8]) -> Option<i128> {
        if self.has_digits {
            return None;
        }
        let mut number = Number::default();
        let (mut rest, mut written) = (name, 0);
        for group in &self.groups {
            let at = usize::from(group.at);
            rest = rest.strip_prefix(&self.text[written..at])?;
            written = at;
            let digits = leading_digits(rest);
            let fits = match usize::from(group.width) {
                0 => digits == 1 || (2..=MAX_DIGITS).contains(&digits) && rest[0] != b'0',
                // The only group of a name has a width where it begins with zeros.
                width => digits == width && (self.groups.len() > 1 || rest[0] == b'0'),
            };
            if !fits {
                return None;
            }
            number.append(&rest[..digits]);
            rest = &rest[digits..];
        }
        (*rest == self.text[written..]).then(|| number.value())
    }

    /// Writes the name of this shape that has these digits.
    pub(super) fn write(&self, value: i128, name: &mut Vec<u8>) {
        name.clear();
        let total: usize = self.groups.iter().map(|group| usize::from(group.width)).sum();
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(value).as_bytes();
        let mut pad = total.saturating_sub(digits.len());
        let mut rest = digits;
        let mut written = 0;
        for group in &self.groups {
            let at = usize::from(group.at);
            name.extend_from_slice(&self.text[written..at]);
            written = at;
            let width = match usize::from(group.width) {
                0 => rest.len(),
                width => width,
            };
            let zeros = width.min(pad);
            pad -= zeros;
            name.extend(std::iter::repeat_n(b'0', zeros));
            let (now, later) = rest.split_at((width - zeros).min(rest.len()));
            name.extend_from_slice(now);
            rest = later;
        }
        name.extend_from_slice(&self.text[written..]);
    }

    /// Whether this is the shape of a number up to `value` that is written in this way, without
    /// leading zeros and without a decimal point.
    pub(super) fn writes(&self, naming: &Naming, value: i128) -> bool {
        let suffix = naming.suffix().as_bytes();
        let is_suffix = match self.text.split_first() {
            None => suffix.is_empty(),
            Some((dot, text)) => *dot == b'.' && text == suffix && !suffix.is_empty(),
        };
        is_suffix
            && matches!(*self.groups, [Group { at: 0, width: 0 }])
            && !self.has_digits
            && naming.zero_padded_width() == 0
            && naming.fraction_digits() == 0
            && (0..LARGEST).contains(&value)
    }

    /// Whether names of this shape sort as their numbers do.
    pub(super) fn sorts_as_numbers(&self) -> bool {
        self.groups.iter().all(|group| group.width > 0)
    }
}
