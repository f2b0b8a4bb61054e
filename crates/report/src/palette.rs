//! [`Palette`]: the signs and colours of the formats for people, and lines broken to
//! the terminal's width.

use owo_colors::{OwoColorize as _, Style as Color};
use sensortree_core::finding::settings::Severity;
use sensortree_core::report::verdict::Outcome;
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::escape::width;
use crate::style::Style;

/// Prose is not drawn wider than this: long lines are hard to read.
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
    /// The cells of a line.
    pub(crate) width: usize,
}

impl Palette {
    /// As the style asks.
    pub(crate) fn new(style: &Style) -> Self {
        Palette {
            color: style.color,
            unicode: style.unicode,
            width: style.width.clamp(NARROWEST, WIDEST),
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
            if width(part) > self.width / 2 { part.clone() } else { part.replace(' ', TIE) }
        };
        parts.iter().map(whole).collect::<Vec<_>>().join(self.dot())
    }

    /// Breaks text, which may hold colours, into lines: the first starts with `first`, the
    /// others with `rest`.
    pub(crate) fn fill(self, text: &str, first: &str, rest: &str) -> String {
        textwrap::fill(text, options(self.width).initial_indent(first).subsequent_indent(rest))
            .replace(TIE, " ")
    }
}

/// Lines are broken at spaces alone, so that names stay whole where they can.
fn options(width: usize) -> Options<'static> {
    Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit)
}
