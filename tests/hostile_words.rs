//! What the command line repeats of its words drives no terminal.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests write files, too")]
mod place;

use std::process::Stdio;

use place::Place;

#[test]
fn no_error_repeats_a_control_character() {
    let place = Place::with("metadata.json\n");
    let name = "a\u{1b}[31m\u{202e}\u{9b}x";
    for words in [
        vec!["check", "--fail-on", name],
        vec!["check", "--no-such-flag\u{1b}[31m"],
        vec![name],
        vec!["explain", name],
        vec!["check", "--listing", name],
        vec!["check", name],
        vec!["check", "drive", "--config", name],
        vec!["check", "drive", "--format", "json=nowhere\u{1b}[31m/a"],
        vec!["check", "drive", "--format", "json=a\u{1b}[31m", "--format", "full=a\u{1b}[31m"],
        vec!["check", "drive", "--jobs", name],
    ] {
        let run = place.command("").args(&words).stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{words:?}: {said:?}");
        assert!(run.status.code().is_some_and(|exit| (1..=4).contains(&exit)), "{words:?}: {said}");
    }
}
