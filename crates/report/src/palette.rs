//! [`Palette`]: the signs and colours of the formats for people, and lines broken to
//! the terminal's width.

use std::borrow::Cow;

use owo_colors::{OwoColorize as _, Style as Color};
use sensortree_core::finding::settings::Severity;
use sensortree_core::report::verdict::Outcome;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::escape::width;
use crate::style::Style;

/// Prose is not drawn wider than this: long lines are hard to read. Trees and documents are.
const WIDEST: usize = 120;

/// Narrower than this nothing can be drawn; a terminal breaks the lines itself.
const NARROWEST: usize = 20;

/// A space at which no line is broken. Names do not hold it: there it is written out.
pub(crate) const TIE: &str = "\u{a0}";

/// How text is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette {
    color: bool,
    /// Whether to draw with characters beyond ASCII.
    pub(crate) unicode: bool,
    /// The cells of a line of a drawing: of a tree or a document.
    pub(crate) width: usize,
    /// The cells of a line of prose.
    prose: usize,
}

impl Palette {
    /// As the style asks.
    pub(crate) fn new(style: &Style) -> Self {
        Palette {
            color: style.color,
            unicode: style.unicode,
            width: style.width.max(NARROWEST),
            prose: style.width.clamp(NARROWEST, WIDEST),
        }
    }

    fn color(self, color: Color) -> Color {
        if self.color { color } else { Color::new() }
    }

    /// The colour of a severity.
    pub(crate) fn severity(self, severity: Severity) -> Color {
        self.color(match severity {
            Severity::Error => Color::new().red().bold(),
            Severity::Warning => Color::new().yellow().bold(),
            Severity::Advice => Color::new().cyan().bold(),
        })
    }

    /// The colour of an outcome.
    pub(crate) fn outcome(self, outcome: Outcome) -> Color {
        self.color(match outcome {
            Outcome::Accepted => Color::new().green().bold(),
            Outcome::ScenesAtRisk | Outcome::Unknown => Color::new().yellow().bold(),
            Outcome::Rejected => Color::new().red().bold(),
        })
    }

    /// The colour of what can be done.
    pub(crate) fn help(self) -> Color {
        self.color(Color::new().green())
    }

    /// The colour of what is read last.
    pub(crate) fn faint(self) -> Color {
        self.color(Color::new().dimmed())
    }

    /// The colour of what stands out.
    pub(crate) fn strong(self) -> Color {
        self.color(Color::new().bold())
    }

    /// The text in a colour.
    pub(crate) fn paint(self, color: Color, text: &str) -> String {
        if self.color { text.style(color).to_string() } else { text.to_owned() }
    }

    fn sign(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.unicode { unicode } else { ascii }
    }

    /// The sign of an outcome.
    pub(crate) fn outcome_sign(self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Accepted => self.sign("✓", "ok"),
            Outcome::ScenesAtRisk => "!",
            Outcome::Rejected => self.sign("✗", "x"),
            Outcome::Unknown => "?",
        }
    }

    /// Between the parts of a list in one line.
    pub(crate) fn dot(self) -> &'static str {
        self.sign(" · ", "; ")
    }

    /// Between a name and what is said of it.
    pub(crate) fn dash(self) -> &'static str {
        self.sign("─", "-")
    }

    /// Before what can be done.
    pub(crate) fn arrow(self) -> &'static str {
        self.sign("→", "->")
    }

    /// For what is left out.
    pub(crate) fn ellipsis(self) -> &'static str {
        self.sign("…", "...")
    }

    /// Breaks text into lines of at most `width` cells.
    pub(crate) fn lines(text: &str, width: usize) -> Vec<String> {
        textwrap::wrap(text, options(width)).into_iter().map(std::borrow::Cow::into_owned).collect()
    }

    /// Parts of a list in one line, each of which stays in one line where it is short.
    pub(crate) fn row(self, parts: &[String]) -> String {
        let whole = |part: &String| {
            if width(part) > self.prose / 2 { part.clone() } else { part.replace(' ', TIE) }
        };
        parts.iter().map(whole).collect::<Vec<_>>().join(self.dot())
    }

    /// Breaks text, which may hold colours, into lines: the first starts with `first`, the
    /// others with `rest`.
    pub(crate) fn fill(self, text: &str, first: &str, rest: &str) -> String {
        let options = options(self.prose).initial_indent(first).subsequent_indent(rest);
        textwrap::fill(&tied(text), options).replace(TIE, " ")
    }

    /// As many whole words of the text as [`fill`](Self::fill) lays out with these indents in the
    /// lines that have `cells`, two at least.
    pub(crate) fn within_cells(self, text: &str, cells: usize, first: &str, rest: &str) -> String {
        let most = (cells / self.prose).max(2);
        let fits = |text: &str| self.fill(text, first, rest).lines().count() <= most;
        let mut shown = Cow::Borrowed(text);
        let mut kept = text;
        while !fits(&shown) {
            let Some((before, _)) = kept.rsplit_once(' ') else { break };
            kept = before.trim_end_matches([':', ',', ';']);
            shown = Cow::Owned(format!("{kept} {}", self.ellipsis()));
        }
        shown.into_owned()
    }
}

/// Units that stay in the line of their number.
const UNITS: [&str; 16] = [
    "ns", "µs", "ms", "s", "min", "h", "Hz", "B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "m",
];

/// The text with a [`TIE`] between each number and its unit: `28,800,000 ms`.
fn tied(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.match_indices(' ') {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let number = before.rsplit([' ', '(', '`']).next().unwrap_or_default();
        let digits = number.trim_start_matches(['+', '-', '−', '±']);
        let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b',' | b'.'))
            && digits.ends_with(|c: char| c.is_ascii_digit());
        let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
        if is_number && UNITS.contains(&&after[..end]) {
            out.push_str(&text[done..at]);
            out.push_str(TIE);
            done = at + 1;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Lines are broken at spaces alone, so that names stay whole where they can.
fn options(width: usize) -> Options<'static> {
    Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_with_their_units() {
        let check = |text: &str, expected: &str| assert_eq!(tied(text).replace(TIE, "_"), expected);
        check("runs 28,800,000 ms (8 h) ahead", "runs 28,800,000_ms (8_h) ahead");
        check("1.5 GB, +3 s; `10 Hz`", "1.5_GB, +3_s; `10_Hz`");
        check("2 sensors in scene_2 m and 3. m", "2 sensors in scene_2 m and 3. m");
        check("", "");
        let palette = Palette::new(&Style { width: 23, ..Style::default() });
        assert_eq!(
            palette.fill("it is ahead by 28,800 ms in all", "", ""),
            "it is ahead by\n28,800 ms in all"
        );
    }
}
