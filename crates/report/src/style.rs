//! How the formats for people look.

/// How the formats for people look. The others take no notice of it.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to colour.
    pub color: bool,
    /// Whether a rule's code links to its page, by an escape sequence (OSC 8) that not every
    /// program understands.
    pub links: bool,
    /// Whether to draw with characters beyond ASCII. Names are shown as they are either way.
    pub unicode: bool,
    /// The terminal's width in cells.
    pub width: usize,
    /// The predicted answer only.
    pub quiet: bool,
    /// 0: enough to act on. 1: every fact a finding rests on, each sensor, and more names. 2 and
    /// over: every name.
    pub verbose: u8,
}

impl Style {
    /// How many scenes or paths are named before the rest is counted.
    pub(crate) fn named(&self) -> usize {
        match self.verbose {
            0 => 3,
            1 => 20,
            _ => usize::MAX,
        }
    }
}

impl Default for Style {
    fn default() -> Self {
        Style { color: false, links: false, unicode: true, width: 80, quiet: false, verbose: 0 }
    }
}
