//! Whether git tracks a file.

use std::path::Path;

/// Whether the file is in the index of the git repository that it lies in. Where there is none, or
/// it cannot be read, it is not.
///
/// The index is read by this program itself: the git program need not be there, and would run what
/// a repository's configuration tells it to.
#[cfg(feature = "git")]
#[must_use]
pub fn is_tracked_by_git(file: &Path) -> bool {
    is_in_index(file).unwrap_or(false)
}

/// Without the feature `git` nothing is known to be tracked.
#[cfg(not(feature = "git"))]
#[must_use]
pub fn is_tracked_by_git(_file: &Path) -> bool {
    false
}

#[cfg(feature = "git")]
fn is_in_index(file: &Path) -> Option<bool> {
    let file = file.canonicalize().ok()?;
    let repository = gix::discover(file.parent()?).ok()?;
    let root = repository.workdir()?.canonicalize().ok()?;
    let relative = gix::path::into_bstr(file.strip_prefix(root).ok()?).ok()?;
    let relative = gix::path::to_unix_separators_on_windows(relative);
    let index = repository.try_index().ok()??;
    Some(index.entry_by_path(relative.as_ref()).is_some())
}

#[cfg(all(test, feature = "git"))]
mod tests {
    use super::*;
    use std::fs;
    use std::process::Command;

    #[test]
    fn only_what_the_index_has_is_tracked() {
        let around = tempfile::tempdir().unwrap();
        let at = |name: &str| around.path().join(name);
        fs::create_dir_all(at("repository/sub")).unwrap();
        for name in ["repository/sub/request.json", "repository/other.json", "outside.json"] {
            fs::write(at(name), "{}").unwrap();
        }
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command
                .args(arguments)
                .current_dir(at("repository"))
                .env_remove("GIT_DIR")
                .env_remove("GIT_INDEX_FILE");
            command.output().is_ok_and(|output| output.status.success())
        };
        if !git(&["init"]) {
            println!("skipped: there is no git program to make a repository with");
            return;
        }
        assert!(!is_tracked_by_git(&at("repository/sub/request.json")), "there is no index yet");
        assert!(git(&["add", "sub/request.json"]));
        assert!(is_tracked_by_git(&at("repository/sub/request.json")));
        assert!(!is_tracked_by_git(&at("repository/other.json")));
        assert!(!is_tracked_by_git(&at("repository/missing.json")));
        assert!(!is_tracked_by_git(&at("outside.json")));
    }
}
