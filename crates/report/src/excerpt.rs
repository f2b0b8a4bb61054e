//! [`Excerpt`]: a few lines of text with places marked on them, drawn by miette. The only
//! home of miette.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use owo_colors::Style as Color;

use crate::escape::width;
use crate::palette::Palette;

/// Labels narrower than this, in cells, are no longer read with ease.
const NARROW_LABEL: usize = 18;

/// The cells that miette draws before a label: `╰── `.
const HOOK: usize = 4;

/// A place in an excerpt.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    /// The first byte.
    pub(crate) start: usize,
    /// The byte behind the last; where it is `start`, a point is marked.
    pub(crate) end: usize,
    /// What is said there.
    pub(crate) label: Option<String>,
}

/// Where an excerpt of a document begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Numbering {
    /// The number of the excerpt's first line, from 1.
    pub(crate) first_line: usize,
    /// The line and column pointed at, from 1.
    pub(crate) at: (usize, usize),
}

/// A few lines of visible text with places marked on them.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt {
    /// Of what it is an excerpt.
    pub(crate) name: String,
    /// The lines, each with its line break.
    pub(crate) text: String,
    /// The line numbers; an excerpt of a tree has none.
    pub(crate) numbering: Option<Numbering>,
    /// The places marked, in order, none of which spans a line break.
    pub(crate) marks: Vec<Mark>,
}

impl Excerpt {
    /// The cells left of the text.
    pub(crate) fn gutter(last_line: usize) -> usize {
        digits(last_line) + 4
    }

    /// The cells that a label needs behind the start of what it is said of.
    pub(crate) fn label_room(label: &str) -> usize {
        width(label).min(NARROW_LABEL) + HOOK + 1
    }

    /// Draws it, each line with its line break.
    ///
    /// # Errors
    /// When miette does.
    pub(crate) fn draw(&self, palette: Palette, highlight: Color) -> Result<String, fmt::Error> {
        let mut theme = if palette.unicode {
            GraphicalTheme::unicode_nocolor()
        } else {
            GraphicalTheme::none()
        };
        theme.styles.highlights = vec![highlight];
        theme.styles.link = palette.strong();
        if self.numbering.is_some() {
            theme.styles.linum = palette.faint();
        }
        // miette starts with the message and its sign. That is ours to write: it is made empty and
        // its line left out.
        theme.characters.error = String::new();
        let mut handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
            .without_cause_chain()
            .without_syntax_highlighting();
        if self.numbering.is_none() {
            handler = handler.without_primary_span_start();
        }
        let drawing = Drawing { excerpt: self, labels: self.labels(palette.width) };
        let mut drawn = String::new();
        handler.render_report(&mut drawn, &drawing)?;
        let mut text = String::with_capacity(drawn.len());
        for line in drawn.lines().skip_while(|line| line.trim().is_empty()) {
            let line =
                if self.numbering.is_some() { line.to_owned() } else { self.without_number(line) };
            text.push_str(line.trim_end());
            text.push('\n');
        }
        Ok(text)
    }

    /// A line as miette draws it, with its number blanked and the gutter as narrow as
    /// for one digit.
    fn without_number(&self, line: &str) -> String {
        let number = 1 + digits(self.text.lines().count());
        match line.split_at_checked(number) {
            Some((gutter, rest))
                if gutter.bytes().all(|byte| byte == b' ' || byte.is_ascii_digit()) =>
            {
                format!("  {rest}")
            }
            _ => line.to_owned(),
        }
    }

    fn labels(&self, line_width: usize) -> Vec<LabeledSpan> {
        let last_line =
            self.numbering.map_or(0, |numbering| numbering.first_line) + self.text.lines().count();
        let gutter =
            if self.numbering.is_some() { Self::gutter(last_line) } else { Self::gutter(1) };
        self.marks
            .iter()
            .map(|mark| {
                let before = self.text.get(..mark.start).unwrap_or_default();
                let column = gutter + width(before.rsplit('\n').next().unwrap_or_default());
                let marked = self.text.get(mark.start..mark.end).unwrap_or_default();
                // The label hangs from the middle of what is marked. Where that leaves it no room,
                // only the start is marked.
                let room = |cells: usize| line_width.saturating_sub(column + cells / 2 + HOOK);
                let needed = mark.label.as_deref().map_or(0, width).min(NARROW_LABEL);
                let most = room(0).saturating_sub(needed).saturating_mul(2).max(3);
                let shown = crate::escape::prefix_within(marked, most);
                let room = room(width(shown)).max(NARROW_LABEL / 2);
                let label =
                    mark.label.as_deref().map(|label| Palette::lines(label, room).join("\n"));
                LabeledSpan::new(label, mark.start, shown.len())
            })
            .collect()
    }
}

fn digits(number: usize) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// An excerpt as miette asks for it.
#[derive(Debug)]
struct Drawing<'a> {
    excerpt: &'a Excerpt,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing<'_> {}

impl Diagnostic for Drawing<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Drawing<'_> {
    /// The whole excerpt, whatever span is asked for: it holds only what is to be shown. Without
    /// context lines, miette asks where a mark lies.
    fn read_span<'a>(
        &'a self,
        _: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let Excerpt { name, text, numbering, .. } = self.excerpt;
        let (line, column) = match (numbering, lines_before + lines_after) {
            (None, _) => (0, 0),
            (Some(numbering), 0) => {
                (numbering.at.0.saturating_sub(1), numbering.at.1.saturating_sub(1))
            }
            (Some(numbering), _) => (numbering.first_line.saturating_sub(1), 0),
        };
        let span = SourceSpan::new(0.into(), text.len());
        let lines = text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(
            name.clone(),
            text.as_bytes(),
            span,
            line,
            column,
            lines,
        )))
    }
}
