//! Whether comments keep to the width of the code, which rustfmt does not see to.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;

/// The columns that a line may take, as in `rustfmt.toml`.
const MOST: usize = 100;

/// The folders in the workspace that hold sources.
const FOLDERS: [&str; 6] = ["benches", "crates", "fuzz", "tests", "xtask", "src"];

/// Folders in these that hold what was built or fetched.
const NOT_OURS: [&str; 3] = ["target", "corpus", "artifacts"];

/// Fails where a comment has a line that is too long and could be shorter.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut files = Vec::new();
    for folder in FOLDERS.iter().map(|folder| root.join(folder)).filter(|folder| folder.is_dir()) {
        sources(&folder, &mut files)?;
    }
    files.sort();
    let mut faults = Vec::new();
    for file in &files {
        let named = file.strip_prefix(root)?.display();
        for (line, width) in too_long(&fs::read_to_string(file)?) {
            faults.push(format!("{named}:{line} has {width} columns"));
        }
    }
    match faults.as_slice() {
        [] => Ok(format!("comments keep to {MOST} columns: {} files looked at", files.len())),
        faults => {
            Err(format!("comments of more than {MOST} columns:\n  {}", faults.join("\n  ")).into())
        }
    }
}

/// All Rust files below a folder.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !NOT_OURS.contains(&name) && !name.starts_with('.') {
                sources(&path, into)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
    Ok(())
}

/// The lines of comments that are too long, by number and width. Left alone are drawn blocks
/// (between ` ``` `), rows of tables, and words that are too long by themselves, as addresses are.
fn too_long(source: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut is_drawn = false;
    for (at, line) in source.lines().enumerate() {
        let Some(comment) = line.trim_start().strip_prefix("//") else {
            is_drawn = false;
            continue;
        };
        let text = comment.trim_start_matches(['/', '!']).trim();
        if text.starts_with("```") {
            is_drawn = !is_drawn;
            continue;
        }
        let width = line.chars().count();
        let is_one_word = !text.trim_start_matches(['-', '*', ' ']).contains(' ');
        if width > MOST && !is_drawn && !text.starts_with('|') && !is_one_word {
            found.push((at + 1, width));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<usize> {
        too_long(source).into_iter().map(|(line, _)| line).collect()
    }

    #[test]
    fn a_comment_that_is_too_long_is_found_wherever_it_stands() {
        let words = "word ".repeat(25);
        for start in ["//", "///", "//!", "    // ", "    /// - "] {
            let source = format!("fn f() {{}}\n{start} short\n{start} {words}\n");
            assert_eq!(lines(&source), [3], "{start}");
        }
        let fits = format!("// {}", "é".repeat(48) + " " + &"é".repeat(48));
        assert_eq!((fits.chars().count(), lines(&fits)), (100, vec![]));
        assert_eq!(too_long(&(fits + "é")), [(1, 101)]);
    }

    #[test]
    fn what_cannot_be_shorter_is_left_alone() {
        let words = "word ".repeat(25);
        let address = format!("https://example.org/{}", "a".repeat(99));
        let let_be = [
            format!("/// ```text\n/// {words}\n/// ```\n/// short"),
            format!("/// | {words} |"),
            format!("// {address}"),
            format!("/// - {address}"),
            format!("const WORDS: &str = \"{words}\";"),
        ];
        for source in let_be {
            assert_eq!(lines(&source), [0; 0], "{source}");
        }
        // A block that is not closed ends with its comment.
        let after = format!("/// ```text\n/// drawn\nfn f() {{}}\n/// {words}");
        assert_eq!(lines(&after), [4]);
        assert_eq!(lines(&format!("/// ```\n/// ```\n/// {words}")), [3]);
    }

    #[test]
    fn all_files_below_the_folders_are_looked_at() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let long = format!("// {}\n", "word ".repeat(25));
        write("crates/a/src/deep/b.rs", "// short\n");
        write("crates/a/target/c.rs", &long);
        write("crates/a/notes.md", &long);
        assert_eq!(check(root.path()).unwrap(), "comments keep to 100 columns: 1 files looked at");
        write("tests/d.rs", &long);
        let error = check(root.path()).unwrap_err().to_string();
        assert!(error.ends_with("\n  tests/d.rs:1 has 128 columns"), "{error}");
    }
}
