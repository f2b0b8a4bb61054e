use std::path::PathBuf;

use sensortree_core::text;

/// Why nothing of a git repository can be judged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// The target names no revision.
    #[error(
        "`{target}` names no revision: write `git:REVISION`, `git:REVISION:FOLDER`, `git:index` or `git:index:FOLDER`"
    )]
    NoSource {
        /// The target as named.
        target: String,
    },
    /// There is no repository here.
    #[error("`{target}` is looked for in the repository around the current folder, and `{}` is in none", from.display())]
    NoRepository {
        /// The target as named.
        target: String,
        /// Where one stands.
        from: PathBuf,
    },
    /// The repository is somebody else's, so that nothing that it configures may be relied on.
    #[error("the repository `{}` belongs to another user, and git does not read those; if you trust it: \
             git config --global --add safe.directory '{}'", path.display(), path.display())]
    NotTrusted {
        /// The repository.
        path: PathBuf,
    },
    /// There is nothing in which something could be staged.
    #[error("nothing can be staged here: {said}")]
    NothingToStage {
        /// Why.
        said: &'static str,
    },
    /// The repository cannot be opened.
    #[error("the git repository cannot be opened: {said}")]
    Unopenable {
        /// What was said of it.
        said: String,
    },
    /// Nothing was committed yet.
    #[error("`{revision}` has no commit yet; `git:index` is what would be committed")]
    Unborn {
        /// The revision as named.
        revision: String,
    },
    /// There is no such revision.
    #[error("there is no revision `{revision}`{}", meant(nearest.as_deref()))]
    NoRevision {
        /// The revision as named.
        revision: String,
        /// What was most likely meant.
        nearest: Option<String>,
    },
    /// The revision cannot be made out.
    #[error("`{revision}` cannot be resolved to one revision: {said}")]
    Unresolved {
        /// The revision as named.
        revision: String,
        /// What was said of it.
        said: String,
    },
    /// The revision is no commit, and no tree.
    #[error("`{revision}` is {kind}, and a commit, a tag or a tree is needed")]
    NotATree {
        /// The revision as named.
        revision: String,
        /// What it is.
        kind: &'static str,
    },
    /// There is no such folder.
    #[error("there is no folder `{path}` in {source_name}{}", meant(nearest.as_deref()))]
    NoFolder {
        /// The path from the top of the repository.
        path: String,
        /// The revision or the index.
        source_name: String,
        /// What was most likely meant.
        nearest: Option<String>,
    },
    /// Something else stands there.
    #[error("`{path}` in {source_name} is {kind}, and a folder is needed")]
    NotAFolder {
        /// The path from the top of the repository.
        path: String,
        /// The revision or the index.
        source_name: String,
        /// What it is.
        kind: &'static str,
    },
    /// The path leads out of the repository, or starts where one does not stand in its work tree.
    #[error("`{path}` leads to nowhere in the repository")]
    Outside {
        /// The path as named.
        path: String,
    },
    /// What is there cannot be read.
    #[error("{what} cannot be read: {said}")]
    Unreadable {
        /// Which part of the repository.
        what: String,
        /// Why.
        said: String,
    },
}

impl GitError {
    /// Whether the target is there and cannot be read, so that naming it was no mistake.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        matches!(
            self,
            GitError::Unopenable { .. } | GitError::NotTrusted { .. } | GitError::Unreadable { .. }
        )
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}

/// Bytes of a name, as text in an error.
pub(super) fn shown(name: &[u8]) -> String {
    text::lossless(name).into_owned()
}

/// What the library said, with its causes, in one line.
pub(super) fn said(error: &gix::Error) -> String {
    let mut text = String::new();
    for cause in error.iter_errors() {
        let cause = cause.to_string();
        // How it came upon the fault is of no use to whoever named the revision.
        let is_inner = cause.starts_with("delegate.");
        if !cause.is_empty() && !is_inner && !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
