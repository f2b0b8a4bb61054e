//! What README and the book show is what their readers get.
//!
//! Each ` ```console ` block is run: the lines that begin with `$ ` by bash, in one folder for each
//! page, which holds a copy of `examples` at first; what is printed has to be what the page shows.
//! A line that is nothing but `…` stands for any number of lines. What readers need not see, as the
//! making of a small dataset, is run from comments: `<!-- $ COMMAND -->`. A ` ```python ` block is
//! run, too: behind `# ` stands what a line prints first. Of all other blocks each call of
//! `sensortree` is held to the program's flags.
//!
//! `PAGES=overwrite cargo test --test pages` writes what is printed into the pages.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![cfg_attr(unix, expect(clippy::print_stderr, reason = "it says what it skips"))]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The bucket that pages speak of. The store that the tests start calls it otherwise.
const BUCKET: &str = "s3://drives/";

/// Where pages say that their folder is.
const FOLDER: &str = "/data";

/// A line that stands for any number of lines.
const ANYTHING: &str = "…";

/// The pages: README in both languages, and the book without what is generated.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("README.zh-CN.md")];
    for file in fs::read_dir(root.join("docs")).unwrap() {
        let path = file.unwrap().path();
        let is_page = path.extension().is_some_and(|extension| extension == "md");
        if is_page && !path.ends_with("rules.md") {
            pages.push(path);
        }
    }
    pages.sort();
    pages
}

/// A page's text in pieces: what stands outside of fenced blocks, and the blocks.
enum Piece<'a> {
    Text(&'a str),
    /// The words behind the fence, and the lines between the fences.
    Block(&'a str, Vec<&'a str>),
}

fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut block: Option<(&str, Vec<&str>)> = None;
    for line in page.lines() {
        match block.take() {
            Some((words, lines)) if line == "```" => pieces.push(Piece::Block(words, lines)),
            Some((words, mut lines)) => {
                lines.push(line);
                block = Some((words, lines));
            }
            None => match line.strip_prefix("```") {
                Some(words) => block = Some((words, Vec::new())),
                None => pieces.push(Piece::Text(line)),
            },
        }
    }
    assert!(block.is_none(), "a block has no end");
    pieces
}

/// The folder where the commands of one page are run, and what they find in their environment.
struct Session {
    folder: TempDir,
    /// The store's address and its bucket, where the page needs one.
    store: Option<(String, &'static str)>,
}

impl Session {
    fn new(store: Option<(String, &'static str)>) -> Session {
        let folder = tempfile::tempdir().unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        for entry in walkdir::WalkDir::new(&examples) {
            let entry = entry.unwrap();
            let copy =
                folder.path().join("examples").join(entry.path().strip_prefix(&examples).unwrap());
            if entry.file_type().is_dir() {
                fs::create_dir_all(copy).unwrap();
            } else {
                fs::copy(entry.path(), copy).unwrap();
            }
        }
        Session { folder, store }
    }

    /// What bash prints, with what differs from run to run as the page has it.
    fn run(&self, command: &str) -> String {
        let program = Path::new(env!("CARGO_BIN_EXE_sensortree")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(program.to_owned()).chain(std::env::split_paths(&path));
        let mut bash = Command::new("bash");
        let mut command = command.to_owned();
        if let Some((endpoint, bucket)) = &self.store {
            command = command.replace(BUCKET, &format!("s3://{bucket}/"));
            bash.env("AWS_ENDPOINT_URL", endpoint)
                .env("AWS_ACCESS_KEY_ID", "OWNERKEY4SENSORTREE1")
                .env("AWS_SECRET_ACCESS_KEY", "owner-secret-of-the-sensortree-tests");
        }
        for name in
            ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI", "GITHUB_STEP_SUMMARY"]
        {
            bash.env_remove(name);
        }
        let output = bash
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .current_dir(self.folder.path())
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", self.folder.path())
            .envs(["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"].map(|name| (name, "A")))
            .envs(["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"].map(|name| (name, "a@example.com")))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("python"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("COLUMNS", "100")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut printed = String::from_utf8(output.stdout).unwrap();
        let folder = fs::canonicalize(self.folder.path()).unwrap();
        printed = printed.replace(folder.to_str().unwrap(), FOLDER);
        if let Some((_, bucket)) = &self.store {
            printed = printed.replace(&format!("s3://{bucket}/"), BUCKET);
        }
        printed.lines().fold(String::new(), |mut text, line| {
            writeln!(text, "{}", line.trim_end()).unwrap();
            text
        })
    }
}

/// What differs from run to run: how long it took, and the names of runs, which are times.
fn without_times(text: &str) -> String {
    let line = |line: &str| match line.split_once(" in ") {
        Some((listed, rest)) if listed.trim_start().starts_with("listed ") => {
            let rest = rest.split_once(" · ").map_or("", |(_, rest)| rest);
            format!("{listed} · {rest}\n")
        }
        _ => match line.rsplit_once(" · ") {
            Some((line, time)) if line.contains("predicted answer:") && time.ends_with("s") => {
                format!("{line}\n")
            }
            _ => format!("{}\n", without_run_names(line)),
        },
    };
    text.lines().map(line).collect()
}

/// A line with `RUN` in the place of each `20260415-121420-1`.
fn without_run_names(line: &str) -> String {
    let is_part = |letter: char| letter.is_ascii_digit() || letter == '-';
    let mut kept = String::new();
    let mut rest = line;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let end =
            rest[start..].find(|letter| !is_part(letter)).map_or(rest.len(), |end| start + end);
        let parts: Vec<&str> = rest[start..end].split('-').collect();
        let is_name =
            matches!(parts.as_slice(), [date, time, _] if date.len() == 8 && time.len() == 6);
        kept.push_str(&rest[..start]);
        kept.push_str(if is_name { "RUN" } else { &rest[start..end] });
        rest = &rest[end..];
    }
    kept + rest
}

/// Whether lines are as shown, where a line that is [`ANYTHING`] stands for any.
fn is_shown(shown: &[&str], printed: &[&str]) -> bool {
    match shown {
        [] => printed.is_empty(),
        [ANYTHING, rest @ ..] => (0..=printed.len()).any(|start| is_shown(rest, &printed[start..])),
        [first, rest @ ..] => {
            printed.first().is_some_and(|line| line == first) && is_shown(rest, &printed[1..])
        }
    }
}

/// The commands of a block with what is shown of each. A command goes on in lines that begin with
/// `> `, as bash shows them.
fn commands(block: &[&str]) -> Vec<(Vec<String>, String)> {
    let mut commands: Vec<(Vec<String>, String)> = Vec::new();
    for line in block {
        if let Some(command) = line.strip_prefix("$ ") {
            commands.push((vec![command.to_owned()], String::new()));
            continue;
        }
        let last = commands.last_mut();
        let (lines, shown) = last.unwrap_or_else(|| panic!("`{line}` has no command"));
        match line.strip_prefix('>') {
            Some(goes_on) if shown.is_empty() => {
                lines.push(goes_on.strip_prefix(' ').unwrap_or(goes_on).to_owned());
            }
            _ => {
                shown.push_str(line);
                shown.push('\n');
            }
        }
    }
    commands
}

/// The store that pages copy to, with the example in it; `None` where it cannot be had.
#[cfg(feature = "cloud")]
fn store() -> Option<(String, &'static str)> {
    let store = sensortree_stores::seaweedfs()?;
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let files = walkdir::WalkDir::new(&examples).into_iter().map(Result::unwrap);
    let objects = files.filter(|file| file.file_type().is_file()).map(|file| {
        let key = file.path().strip_prefix(&examples).unwrap().to_str().unwrap().to_owned();
        (key, fs::read(file.path()).unwrap())
    });
    store.put(sensortree_stores::SeaweedFs::SIGNED, objects).unwrap();
    Some((store.endpoint().to_owned(), sensortree_stores::SeaweedFs::SIGNED))
}

#[cfg(not(feature = "cloud"))]
fn store() -> Option<(String, &'static str)> {
    None
}

/// Whether a block needs what this machine has not, which is said.
fn lacking(block: &[&str], has_store: bool, page: &Path) -> bool {
    let needs = |what: &str| block.iter().any(|line| line.contains(what));
    let is_there = |program| Command::new(program).arg("--version").output().is_ok();
    let lacking = match () {
        () if needs(BUCKET) && !has_store => "a store",
        () if needs("python3 ") && !is_there("python3") => "Python",
        () if needs("$ git ") && !is_there("git") => "git",
        () => return false,
    };
    eprintln!("skipped: a block of {}, which needs {lacking}", page.display());
    true
}

#[test]
#[cfg(unix)]
fn what_pages_show_is_what_is_printed() {
    let overwrite = std::env::var_os("PAGES").is_some_and(|value| value == "overwrite");
    let mut wrong = String::new();
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        let needs_store = page.contains(&format!("$ sensortree fix {BUCKET}"));
        let store = if needs_store { store() } else { None };
        let has_store = store.is_some();
        let session = Session::new(store);
        let mut written = String::new();
        for piece in pieces(&page) {
            let (words, block) = match piece {
                Piece::Text(line) => {
                    writeln!(written, "{line}").unwrap();
                    if let Some(prepare) = line.strip_prefix("<!-- $ ") {
                        let prepare = prepare.strip_suffix(" -->").unwrap();
                        assert_eq!(session.run(prepare), "", "{}: {prepare}", path.display());
                    }
                    continue;
                }
                Piece::Block(words, block) => (words, block),
            };
            writeln!(written, "```{words}").unwrap();
            let lacks = words == "console" && lacking(&block, has_store, &path);
            if words != "console" || lacks {
                block.iter().for_each(|line| writeln!(written, "{line}").unwrap());
                written.push_str("```\n");
                continue;
            }
            for (lines, shown) in commands(&block) {
                let asked = lines.join("\n> ").replace("> \n", ">\n");
                writeln!(written, "$ {asked}").unwrap();
                let printed = session.run(&lines.join("\n"));
                let (expected, got) = (without_times(&shown), without_times(&printed));
                let expected: Vec<&str> = expected.lines().collect();
                let got: Vec<&str> = got.lines().collect();
                if is_shown(&expected, &got) {
                    written.push_str(&shown);
                } else {
                    written.push_str(&printed);
                    let page = path.file_name().unwrap().to_str().unwrap();
                    writeln!(wrong, "{page}: `{}` prints\n{printed}", lines.join("\n")).unwrap();
                }
            }
            written.push_str("```\n");
        }
        if overwrite && written != page {
            fs::write(&path, written).unwrap();
        }
    }
    assert!(wrong.is_empty() || overwrite, "pages do not show what is printed:\n{wrong}");
}

/// The arguments of each call of the program in a line of a script or a configuration.
fn calls(line: &str) -> Vec<&str> {
    let mut calls = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("sensortree ") {
        let is_word = !rest[..at]
            .ends_with(|letter: char| letter.is_alphanumeric() || "-_./".contains(letter));
        let quote = rest[..at].chars().next_back().filter(|letter| "'\"`".contains(*letter));
        rest = &rest[at + "sensortree ".len()..];
        let ends = [" | ", "  #", " ||", " &&", ";", "`"].iter().filter_map(|end| rest.find(end));
        let end = ends.chain(quote.and_then(|quote| rest.find(quote))).min();
        let call = rest[..end.unwrap_or(rest.len())].trim();
        if is_word && call.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            calls.push(call);
        }
    }
    calls
}

#[test]
#[cfg(unix)]
fn each_call_that_pages_show_has_flags_that_there_are() {
    let session = Session::new(None);
    let mut count = 0;
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        for piece in pieces(&page) {
            let Piece::Block(words, block) = piece else { continue };
            if !["sh", "yaml", "bash", "groovy"].contains(&words) {
                continue;
            }
            for call in block.iter().flat_map(|line| calls(line)) {
                count += 1;
                // Flags are read before the help is shown, and nothing is carried out.
                let call = call.replace("${{", "$").replace("}}", "").replace(['"', '\''], "");
                let printed = session.run(&format!("sensortree {call} --help >/dev/null"));
                assert!(!printed.contains("error"), "{}: `{call}`: {printed}", path.display());
            }
        }
    }
    assert!(count > 10, "{count} calls");
}

#[test]
#[cfg(unix)]
fn python_that_pages_show_prints_what_stands_beside_it() {
    let session = Session::new(None);
    let mut count = 0;
    for path in pages() {
        let page = fs::read_to_string(&path).unwrap();
        for piece in pieces(&page) {
            let Piece::Block("python", block) = piece else { continue };
            if lacking(&["python3 "], false, &path) {
                continue;
            }
            count += 1;
            let script = block.join("\n");
            let printed = session.run(&format!("python3 - <<'END'\n{script}\nEND"));
            assert!(!printed.contains("Traceback"), "{}: {printed}", path.display());
            let shown: Vec<&str> =
                block.iter().filter_map(|line| Some(line.split_once("  # ")?.1)).collect();
            let firsts: Vec<&str> = printed.lines().take(shown.len()).collect();
            assert_eq!(firsts, shown, "{}", path.display());
        }
    }
    assert!(count > 0 || Command::new("python3").arg("--version").output().is_err());
}

#[test]
fn the_readme_has_the_same_blocks_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let blocks = |name: &str| -> Vec<String> {
        let page = fs::read_to_string(root.join(name)).unwrap();
        let blocks = pieces(&page).into_iter().filter_map(|piece| match piece {
            Piece::Block(words, lines) => Some(format!("```{words}\n{}", lines.join("\n"))),
            Piece::Text(_) => None,
        });
        blocks.collect()
    };
    let english = blocks("README.md");
    assert!(english.len() > 5, "{english:?}");
    assert_eq!(english, blocks("README.zh-CN.md"));
}

#[test]
fn the_example_that_is_good_passes() {
    let run = Command::new(env!("CARGO_BIN_EXE_sensortree"))
        .args(["check", "examples/good", "--content", "full"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let printed = String::from_utf8(run.stdout).unwrap();
    assert_eq!(run.status.code(), Some(0), "{printed}");
    assert!(printed.contains("predicted answer: 200 Success"), "{printed}");
}

#[test]
fn lines_are_compared_as_the_pages_are_read() {
    assert!(is_shown(&["a", ANYTHING, "d"], &["a", "b", "c", "d"]));
    assert!(is_shown(&["a", ANYTHING], &["a"]));
    assert!(!is_shown(&["a", ANYTHING, "c"], &["a", "b"]));
    assert!(!is_shown(&["a"], &["a", "b"]));
    assert_eq!(without_run_names("run 20260415-121420-1: 21 paths"), "run RUN: 21 paths");
    assert_eq!(without_run_names("20230415-1 and 17"), "20230415-1 and 17");
    assert_eq!(calls("aws s3 ls | sensortree check - --listing  # x"), ["check - --listing"]);
    assert_eq!(calls("sh 'sensortree check drives' }"), ["check drives"]);
    assert!(calls("https://example.com/sensortree x").is_empty());
}
