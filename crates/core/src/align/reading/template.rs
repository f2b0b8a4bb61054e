//! [`Template`]: what the names of a folder's frames have in common.

/// Text and runs of digits in turn, as all stems of a folder have them: the same text, and
/// digits that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    /// The text before each run of digits, and behind the last.
    texts: Vec<Vec<u8>>,
}

impl Template {
    /// The template of one stem.
    pub(super) fn of(stem: &[u8]) -> Self {
        Template { texts: texts(stem).map(<[u8]>::to_vec).collect() }
    }

    /// Whether a stem has the same text in the same places.
    pub(super) fn fits(&self, stem: &[u8]) -> bool {
        texts(stem).eq(self.texts.iter().map(Vec::as_slice))
    }

    /// How many runs of digits there are.
    pub(super) fn runs(&self) -> usize {
        self.texts.len().saturating_sub(1)
    }
}

/// The text before each run of digits, and behind the last.
fn texts(stem: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(stem);
    std::iter::from_fn(move || {
        let left = rest?;
        let text = left.iter().take_while(|byte| !byte.is_ascii_digit()).count();
        let behind = &left[text..];
        let digits = digits(behind).len();
        rest = (digits > 0).then(|| &behind[digits..]);
        Some(&left[..text])
    })
}

/// The digits that a text begins with.
pub(super) fn digits(text: &[u8]) -> &[u8] {
    &text[..text.iter().take_while(|byte| byte.is_ascii_digit()).count()]
}

/// A stem from its run of digits of this position on.
pub(super) fn from_run(stem: &[u8], position: usize) -> Option<&[u8]> {
    let mut rest = stem;
    let mut left = position;
    loop {
        rest = &rest[rest.iter().position(u8::is_ascii_digit)?..];
        if left == 0 {
            return Some(rest);
        }
        left -= 1;
        rest = &rest[digits(rest).len()..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_template_differ_in_digits() {
        let template = Template::of(b"CAM_01__153.5e+18");
        assert_eq!(template.runs(), 4);
        assert!(template.fits(b"CAM_9__1.57e+2"));
        assert!(!template.fits(b"CAM_9__1.57e-2"));
        assert!(!template.fits(b"CAM_9__1.57e+"));
        assert!(!template.fits(b""));
        assert!(Template::of(b"7").fits(b"12"));
        assert_eq!(from_run(b"a12b345", 1), Some(&b"345"[..]));
        assert_eq!(from_run(b"a12b345", 2), None);
    }
}
