//! What standard output and standard error can show.

use std::env;
use std::io::{self, IsTerminal, Write};

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};
use sensortree_report::escape::{must_be_written_out, visible};

/// How wide text is drawn where no terminal says.
const WIDTH: usize = 100;

/// What a stream can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// Whether colour may be used.
    pub color: bool,
    /// Whether lines may be drawn with other characters than those of ASCII.
    pub unicode: bool,
    /// How many columns text may take.
    pub width: usize,
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
        Terminal { color: false, unicode: true, width: WIDTH }
    }

    fn of(stream: &(impl RawStream + IsTerminal)) -> Self {
        let size =
            if IsTerminal::is_terminal(stream) { terminal_size::terminal_size() } else { None };
        Terminal {
            color: AutoStream::choice(stream) != ColorChoice::Never,
            unicode: speaks_unicode(),
            width: size.map_or(WIDTH, |(columns, _)| usize::from(columns.0)),
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
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// Says on standard error why the run came to nothing.
pub fn complain(problem: &dyn Diagnostic) {
    let terminal = Terminal::stderr();
    let characters =
        if terminal.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let theme = GraphicalTheme {
        characters: ThemeCharacters { error: "error:".to_owned(), ..characters },
        styles: if terminal.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    // Whatever reads a pipe or a log looks for a path in one piece.
    let wraps = IsTerminal::is_terminal(&io::stderr());
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(terminal.width)
        .with_wrap_lines(wraps)
        .with_links(false);
    let mut drawn = String::new();
    if handler.render_report(&mut drawn, problem).is_err() {
        drawn = format!("error: {problem}\n");
    }
    // Where standard error takes nothing there is nobody left to tell.
    let _ = anstream::stderr().write_all(drawn.trim_start().as_bytes());
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
