//! Whether pages, and what the program prints, keep to plain words: `xtask/words.toml` has those
//! that they do not use.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Outcome;

/// The words that are not used, and what stands for each, from the root of the workspace.
const TABLE: &str = "xtask/words.toml";

/// Where readers read: folders, and the suffix of the files in them. The transcripts have what the
/// program prints.
const READ: [(&str, &str); 4] =
    [("", "md"), ("docs", "md"), ("python/sensortree", "py"), ("tests/cmd", "trycmd")];

/// Fails where words of the table stand.
pub(crate) fn check(root: &Path) -> Outcome {
    let table: BTreeMap<String, String> = toml::from_str(&fs::read_to_string(root.join(TABLE))?)?;
    let mut files = Vec::new();
    for (folder, suffix) in READ {
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == suffix) {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut found = Vec::new();
    for file in &files {
        let text = fs::read_to_string(file)?;
        for (words, instead) in &table {
            for line in lines_with(&text, words) {
                let named = file.strip_prefix(root)?.display();
                found.push(format!("{named}:{line}: `{words}`; write `{instead}`"));
            }
        }
    }
    match found.as_slice() {
        [] => Ok(format!("none of {} words in {} files", table.len(), files.len())),
        found => Err(format!("words of {TABLE}:\n  {}", found.join("\n  ")).into()),
    }
}

/// The lines, counted from 1, in which some words begin, whole, in any case and over line breaks.
fn lines_with(text: &str, words: &str) -> Vec<usize> {
    let mut plain = String::new();
    let mut starts = Vec::new();
    for line in text.lines() {
        starts.push(plain.len());
        for word in line.split_whitespace() {
            plain.push_str(&word.to_lowercase());
            plain.push(' ');
        }
    }
    let begins_with_letter = words.starts_with(char::is_alphanumeric);
    let is_whole = |at: usize| {
        let before = plain[..at].ends_with(char::is_alphanumeric) && begins_with_letter;
        !before && !plain[at + words.len()..].starts_with(char::is_alphanumeric)
    };
    let found = plain.match_indices(words).map(|(at, _)| at).filter(|at| is_whole(*at));
    found.map(|at| starts.partition_point(|start| *start <= at)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole_in_any_case_and_over_line_breaks() {
        let lines = |text| lines_with(text, "how grave");
        assert_eq!(lines("a\n\nSet How grave it is, how\n  grave\n"), [3, 3]);
        assert_eq!(lines("(how grave)"), [1]);
        assert_eq!(lines("show grave, how graver, how, grave"), [0; 0]);
        assert_eq!(lines_with("error: `xml` is none of a, b", "` is none of"), [1]);
        assert_eq!(lines_with("there is none of them", "` is none of"), [0; 0]);
    }

    #[test]
    fn a_word_of_the_table_fails_wherever_readers_read() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let path = |folder: &str, name: &str, suffix: &str| {
            format!("{folder}/{name}.{suffix}").trim_start_matches('/').to_owned()
        };
        write(TABLE, "\"blotted out\" = \"redacted\"\n");
        for (folder, suffix) in READ {
            write(&path(folder, "a", suffix), "Keys are redacted.\n");
            write(&path(folder, "a", "rs"), "// blotted out\n");
        }
        assert_eq!(check(root.path()).unwrap(), "none of 1 words in 4 files");
        for (folder, suffix) in READ {
            let path = path(folder, "b", suffix);
            write(&path, "\nKeys are blotted\nout.\n");
            let error = check(root.path()).unwrap_err().to_string();
            let expected = format!("\n  {path}:2: `blotted out`; write `redacted`");
            assert!(error.ends_with(&expected), "{error}");
            fs::remove_file(root.path().join(path)).unwrap();
        }
    }

    #[test]
    fn what_is_written_in_their_place_is_not_refused_itself() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let table = fs::read_to_string(root.join(TABLE)).unwrap();
        let table: BTreeMap<String, String> = toml::from_str(&table).unwrap();
        assert!(!table.is_empty());
        for (words, instead) in &table {
            assert_eq!(*words, words.to_lowercase(), "is compared with lower case");
            assert!(table.keys().all(|words| lines_with(instead, words).is_empty()), "{instead}");
        }
    }
}
