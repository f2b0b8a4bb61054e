//! The run that the README shows is the run that its reader gets.

use std::process::Command;

/// What differs from run to run: how long it took.
fn without_times(text: &str) -> String {
    text.lines()
        .map(|line| match line.split_once(" in ") {
            Some((listed, rest)) if listed.trim_start().starts_with("listed ") => {
                let rest = rest.split_once(" · ").map_or("", |(_, rest)| rest);
                format!("{listed} · {rest}\n")
            }
            _ => format!("{}\n", line.trim_end()),
        })
        .collect()
}

#[test]
fn the_readme_shows_a_real_run() {
    let readme = include_str!("../README.md");
    let shown =
        readme.split("<!-- run -->\n```console\n").nth(1).unwrap().split("```").next().unwrap();
    let (prompt, shown) = shown.split_once('\n').unwrap();
    let arguments = prompt.strip_prefix("$ sensortree ").unwrap().split(' ');
    let run = Command::new(env!("CARGO_BIN_EXE_sensortree"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("LC_ALL", "C.UTF-8")
        .env("COLUMNS", "100")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let printed = String::from_utf8(run.stdout).unwrap();
    assert_eq!(
        without_times(shown),
        without_times(&printed),
        "the README's run is not what is printed:\n{printed}"
    );
}
