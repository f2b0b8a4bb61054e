//! What standard output and standard error can show.

use std::env;
use std::fmt;
use std::io::{self, IsTerminal, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters,
    ThemeStyles,
};
use sensortree_core::report::Report;
use sensortree_report::escape::{must_be_written_out, visible};
use sensortree_report::verdict_line;

/// How wide text is drawn where no terminal says.
const WIDTH: usize = 100;

/// What a stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Whether colour may be used.
    pub color: bool,
    /// Whether lines may be drawn with other characters than those of ASCII.
    pub unicode: bool,
    /// Whether text may link to web addresses.
    pub links: bool,
    /// How many columns text may take.
    pub width: usize,
    /// Whether it is a terminal, whose width that is.
    pub is_terminal: bool,
}

impl Terminal {
    /// What standard output can show.
    #[must_use]
    pub fn stdout() -> Self {
        Self::of(&io::stdout())
    }

    /// What standard error can show.
    #[must_use]
    pub fn stderr() -> Self {
        Self::of(&io::stderr())
    }

    /// What a file gets: neither colour nor a terminal's width.
    #[must_use]
    pub fn file() -> Self {
        Terminal { color: false, links: false, unicode: true, width: WIDTH, is_terminal: false }
    }

    fn of(stream: &(impl RawStream + IsTerminal)) -> Self {
        let is_terminal = IsTerminal::is_terminal(stream);
        let size = if is_terminal { terminal_size::terminal_size() } else { None };
        let color = AutoStream::choice(stream) != ColorChoice::Never;
        Terminal {
            color,
            links: color && is_terminal,
            unicode: speaks_unicode(),
            width: size.map_or(WIDTH, |(columns, _)| usize::from(columns.0)),
            is_terminal,
        }
    }
}

/// Whether the locale is one of UTF-8: the first of the three variables that is set decides,
/// as in C.
fn speaks_unicode() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(env::var_os)
        .find(|value| !value.is_empty());
    locale.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// Sets when colour is used, on both streams.
pub fn choose_color(choice: clap::ColorChoice) {
    let choice = match choice {
        clap::ColorChoice::Auto if is_forced() => ColorChoice::Always,
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// Whether `FORCE_COLOR` asks for colour: it is set to anything but `0` or `false`, and `NO_COLOR`
/// does not speak against it. `CLICOLOR_FORCE` is known to [`AutoStream`].
fn is_forced() -> bool {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none()
        && set("FORCE_COLOR").is_some_and(|value| value != "0" && value != "false")
}

/// Says on standard error why the run came to nothing.
pub fn complain(problem: &dyn Diagnostic) {
    let drawn = drawn(problem, Terminal::stderr());
    // Where standard error takes nothing there is nobody left to tell.
    let _ = anstream::stderr().write_all(drawn.trim_start().as_bytes());
}

/// A problem as it is drawn in a terminal, or for whatever else reads it.
fn drawn(problem: &dyn Diagnostic, terminal: Terminal) -> String {
    let characters =
        if terminal.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let theme = GraphicalTheme {
        characters: ThemeCharacters { error: "error:".to_owned(), ..characters },
        styles: if terminal.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    // Whatever reads a pipe or a log looks for a path in one piece.
    let wraps = terminal.is_terminal;
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width)
        .with_wrap_lines(wraps)
        .with_break_words(false)
        .with_links(false);
    let mut drawn = String::new();
    let wrapped = WithWrappedLabels { problem, width: terminal.width };
    let shown: &dyn Diagnostic = if wraps { &wrapped } else { problem };
    if handler.render_report(&mut drawn, shown).is_err() {
        drawn = format!("error: {problem}\n");
    }
    drawn
}

/// A problem whose labels, which are drawn below the place that they are about, are broken into
/// lines at spaces. The drawing itself leaves that to the terminal, which breaks words.
struct WithWrappedLabels<'a> {
    problem: &'a dyn Diagnostic,
    width: usize,
}

impl WithWrappedLabels<'_> {
    fn wrapped(&self, label: &LabeledSpan) -> LabeledSpan {
        let text = label.label().map(|text| {
            let room = self.width.saturating_sub(self.before(label)).max(NARROWEST_LABEL);
            let options = textwrap::Options::new(room)
                .break_words(false)
                .word_separator(textwrap::WordSeparator::AsciiSpace)
                .word_splitter(textwrap::WordSplitter::NoHyphenation);
            textwrap::fill(text, options)
        });
        if label.primary() {
            LabeledSpan::new_primary_with_span(text, *label.inner())
        } else {
            LabeledSpan::new_with_span(text, *label.inner())
        }
    }

    /// How many columns stand before the label: the line's number, what precedes the middle of the
    /// place in its line, and the branch that leads from there.
    fn before(&self, label: &LabeledSpan) -> usize {
        let source = self.problem.source_code();
        // With the line before, as without one it begins at the place itself.
        let Some(Ok(place)) = source.map(|source| source.read_span(label.inner(), 1, 0)) else {
            return 0;
        };
        let at = label.offset().saturating_sub(place.span().offset());
        let text = String::from_utf8_lossy(place.data().get(..at).unwrap_or_default());
        let cells = text.rsplit('\n').next().map_or(0, textwrap::core::display_width);
        let number = (place.line() + 3).to_string().len();
        number + " │ ".chars().count() + 1 + cells + label.len() / 2 + "╰── ".chars().count()
    }
}

/// A label is not wrapped to fewer columns: one word of it would often be longer.
const NARROWEST_LABEL: usize = 16;

impl fmt::Debug for WithWrappedLabels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.problem, f)
    }
}

impl fmt::Display for WithWrappedLabels<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.problem, f)
    }
}

impl std::error::Error for WithWrappedLabels<'_> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.problem.source()
    }
}

impl Diagnostic for WithWrappedLabels<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.problem.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labels = self.problem.labels()?;
        Some(Box::new(labels.map(|label| self.wrapped(&label))))
    }

    fn diagnostic_source(&self) -> Option<&dyn Diagnostic> {
        self.problem.diagnostic_source()
    }
}

/// The same text, byte for byte as long, with nothing in it that drives a terminal: to be drawn
/// with its mistakes.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => out.push(' '),
            c if must_be_written_out(c) => out.extend(std::iter::repeat_n('?', c.len_utf8())),
            c => out.push(c),
        }
    }
    out
}

/// Says on standard error what the platform is predicted to answer.
pub fn answer(report: &Report) {
    let Terminal { color, unicode, width, .. } = Terminal::stderr();
    let style = sensortree_report::Style { color, unicode, width, ..Default::default() };
    // Where standard error takes nothing there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{}", verdict_line(report, &style));
}

/// Says on standard error what the user may not have meant.
pub fn warn(what: &str) {
    say(AnsiColor::Yellow, "warning", what);
}

/// Says on standard error what is done.
pub fn note(what: &str) {
    say(AnsiColor::Cyan, "note", what);
}

fn say(color: AnsiColor, label: &str, what: &str) {
    let style = Style::new().bold().fg_color(Some(color.into()));
    // Where standard error takes nothing there is nobody left to tell.
    let _ = writeln!(anstream::stderr(), "{style}{label}{style:#}: {}", visible(what));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error, Diagnostic)]
    #[error("the file cannot be used, and that is said in one long line")]
    struct Wrong {
        #[source_code]
        text: String,
        #[label("`sensor-prefix-absent` is not a rule; did you mean `sensor-prefix-missing`?")]
        place: miette::SourceSpan,
    }

    fn lines(width: usize, is_terminal: bool) -> Vec<String> {
        let text = "select = [\"sensor-prefix-absent\"]".to_owned();
        let wrong = Wrong { text, place: (10, 22).into() };
        let terminal = Terminal { width, is_terminal, ..Terminal::file() };
        drawn(&wrong, terminal).lines().map(str::to_owned).collect()
    }

    #[test]
    fn labels_are_broken_at_spaces_within_a_terminal() {
        for width in [56, 64, 80, 120] {
            let lines = lines(width, true);
            for line in &lines {
                assert!(line.chars().count() <= width, "{width}: {line}");
            }
            for name in ["`sensor-prefix-absent`", "`sensor-prefix-missing`?"] {
                assert!(lines.iter().any(|line| line.contains(name)), "{width}: {lines:#?}");
            }
        }
    }

    #[test]
    fn what_is_read_by_others_is_not_broken() {
        let lines = lines(40, false);
        let label = "is not a rule; did you mean `sensor-prefix-missing`?";
        assert!(lines.iter().any(|line| line.ends_with(label)), "{lines:#?}");
    }
}
