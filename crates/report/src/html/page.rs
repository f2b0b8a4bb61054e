//! The page as a whole.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sensortree_core::report::Report;
use sensortree_core::text::count;
use sha2::{Digest as _, Sha256};

use super::datasets::{self, Folded};
use crate::target_name::target_name;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page of one dataset: all that is said of it, and its report as JSON, in which nothing ends a
/// script element.
pub(super) fn of_one(report: &Report, part: &Markup, json: &str) -> Markup {
    page(&target_name(report), part, json)
}

/// The page of several datasets.
pub(super) fn of_several(folded: &[Folded], json: &str) -> Markup {
    page(&count(folded.len() as u64, "dataset"), &datasets::datasets(folded), json)
}

fn page(title: &str, body: &Markup, json: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) " · sensortree" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "To the report" }
                (body)
                footer {
                    "The JSON report is in this file, in the element "
                    code { "#report" } "."
                }
                // Nothing of it ends the element: see `inert`.
                script type="application/json" id="report" { (PreEscaped(json)) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
}

/// Nothing is fetched, and nothing runs or styles but what the tool wrote.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
