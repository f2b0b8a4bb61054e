//! The page as a whole.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sensortree_core::report::Report;
use sensortree_core::report::pictures::Pictures;
use sha2::{Digest as _, Sha256};

use super::overview::overview;
use super::repair::command_for_all;
use super::scenes::Scenes;
use super::{answer, finding, run};
use crate::run_facts::{RunFacts, Timing};
use crate::target_name::target_name;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page. `json` is the report, in which nothing ends a script element.
pub(super) fn page(report: &Report, timing: &Timing, facts: &RunFacts, json: &str) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (target_name(report)) " · sensortree" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "To the report" }
                (answer::banner(report, timing))
                main #main {
                    (answer::to_do(report))
                    @if let Some(pictures) = &report.pictures { (picture(report, pictures)) }
                    (finding::findings(report, facts))
                    (run::run(report, timing, facts))
                }
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

/// The sensors at a glance, and the scenes; nothing where there are none.
fn picture(report: &Report, pictures: &Pictures) -> Markup {
    if pictures.before.sensors.is_empty() || pictures.before.scenes.is_empty() {
        return html! {};
    }
    let after = pictures.after.as_ref();
    let command = command_for_all(report, after.map(|after| after.allow).unwrap_or_default());
    let scenes = Scenes::new(&pictures.before, after, command);
    html! { (overview(&pictures.before, &scenes.anchors)) (scenes.section()) }
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
