//! Sentences and names as markup.

use maud::{Markup, html};

use crate::escape::{visible, visible_path};

/// A sentence in which names stand in backticks: these as code.
pub(super) fn prose(text: &str) -> Markup {
    marked(&visible(text))
}

/// A line of the summary, which is visible already. A number stays with its unit.
pub(super) fn line(text: &str) -> Markup {
    marked(text)
}

fn marked(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    html! {
        @for (at, part) in parts.iter().enumerate() {
            // A backtick without its like is one of a name.
            @match (at % 2 == 1, at + 1 < parts.len()) {
                (true, true) => { code { (part) } },
                (true, false) => { "`" (part) },
                (false, _) => { (part) },
            }
        }
    }
}

/// A path or a name, exactly as listed.
pub(super) fn name(bytes: &[u8]) -> String {
    visible_path(bytes)
}

/// A command that can be copied.
pub(super) fn command(text: &str) -> Markup {
    html! {
        span.command { code { (text) } button.copy type="button" hidden { "Copy" } }
    }
}
