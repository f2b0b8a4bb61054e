use std::path::{Path, PathBuf};

use super::error::{GitError, shown};
use super::repository;

/// What of a git repository is checked: `git:REVISION[:FOLDER]` or `git:index[:FOLDER]`.
///
/// The folder is counted from the top of the repository; one that begins with `./` or `../` from
/// where one stands, as git has it. A branch called `index` is `git:heads/index`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitTarget {
    pub(super) named: String,
    pub(super) origin: Origin,
    pub(super) folder: Vec<u8>,
}

/// Where names are taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// What would be committed now.
    Index,
    /// What was committed.
    Revision(Vec<u8>),
}

impl Origin {
    /// The name in sentences.
    pub(super) fn name(&self) -> String {
        match self {
            Origin::Index => "the index".to_owned(),
            Origin::Revision(revision) => format!("`{}`", shown(revision)),
        }
    }
}

impl GitTarget {
    /// What such a target begins with.
    pub const SCHEME: &str = "git:";

    /// The target that is named, where it is one of a git repository.
    ///
    /// # Errors
    /// When it names neither a revision nor the index.
    pub fn named(target: &[u8]) -> Option<Result<Self, GitError>> {
        let rest = target.strip_prefix(Self::SCHEME.as_bytes())?;
        let (origin, folder) = match end_of_revision(rest) {
            Some(end) => {
                (rest.get(..end).unwrap_or_default(), rest.get(end + 1..).unwrap_or_default())
            }
            None => (rest, &b""[..]),
        };
        let origin = match origin {
            b"" => return Some(Err(GitError::NoSource { target: shown(target) })),
            b"index" => Origin::Index,
            revision => Origin::Revision(revision.to_vec()),
        };
        Some(Ok(GitTarget { named: shown(target), origin, folder: folder.to_vec() }))
    }

    /// Returns the path that the folder has in the work tree of the repository around
    /// `from`, whether it is checked out or not. `None` without a work tree, or when there
    /// is no such repository.
    #[must_use]
    pub fn path_in_work_tree(&self, from: &Path) -> Option<PathBuf> {
        let repository = repository::open(self, from).ok()?;
        let segments = self.segments(repository::here(&repository, from).as_deref()).ok()?;
        let below = segments.join(&b'/');
        Some(repository.workdir()?.join(gix::path::from_byte_slice(&below).ok()?))
    }

    /// A folder of the index, by its path from the top of the repository.
    pub(super) fn in_index(folder: &[u8]) -> Self {
        let end = if folder.is_empty() { String::new() } else { format!(":{}", shown(folder)) };
        GitTarget {
            named: format!("{}index{end}", Self::SCHEME),
            origin: Origin::Index,
            folder: folder.to_vec(),
        }
    }

    /// The names that lead to the folder from the top of the repository, where one stands in
    /// `here`, which is `None` outside the work tree.
    ///
    /// # Errors
    /// When the folder lies outside the repository.
    pub fn segments(&self, here: Option<&[u8]>) -> Result<Vec<Vec<u8>>, GitError> {
        let outside = || GitError::Outside { path: shown(&self.folder) };
        let mut segments = Vec::new();
        if matches!(self.folder.split(|byte| *byte == b'/').next(), Some(b"." | b"..")) {
            segments.extend(names(here.ok_or_else(outside)?));
        }
        for name in names(&self.folder) {
            match name.as_slice() {
                b"." => {}
                b".." => drop(segments.pop().ok_or_else(outside)?),
                _ => segments.push(name),
            }
        }
        Ok(segments)
    }
}

/// The names on a path.
pub(super) fn names(path: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty()).map(<[u8]>::to_vec)
}

/// Where the `:` stands that ends a revision: `HEAD@{2026-11-23 10:00}` holds others.
fn end_of_revision(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    text.iter().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *byte == b':' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_taken_apart() {
        let check = |target: &str, source: &str, folder: &str| {
            let found = GitTarget::named(target.as_bytes()).unwrap().unwrap();
            assert_eq!(
                (found.origin.name().as_str(), shown(&found.folder).as_str()),
                (source, folder),
                "{target}"
            );
        };
        check("git:HEAD", "`HEAD`", "");
        check("git:v1.2:data/drive_0423", "`v1.2`", "data/drive_0423");
        check("git:index", "the index", "");
        check("git:index:data", "the index", "data");
        check("git:heads/index", "`heads/index`", "");
        check("git:main@{2026-11-23 10:00:00}:a:b", "`main@{2026-11-23 10:00:00}`", "a:b");
        check("git:HEAD:", "`HEAD`", "");
        check("git:}:a", "`}`", "a");
        assert!(GitTarget::named(b"drives/0423").is_none());
        for nothing in ["git:", "git::data"] {
            assert!(GitTarget::named(nothing.as_bytes()).unwrap().is_err(), "{nothing}");
        }
    }

    #[test]
    fn folders_are_counted_from_the_top_or_from_here() {
        let check = |folder: &str, here: Option<&str>, expected: Option<&str>| {
            let target =
                GitTarget::named(format!("git:HEAD:{folder}").as_bytes()).unwrap().unwrap();
            let found = target
                .segments(here.map(str::as_bytes))
                .ok()
                .map(|names| shown(&names.join(&b'/')));
            assert_eq!(found.as_deref(), expected, "{folder} from {here:?}");
        };
        check("", Some("a"), Some(""));
        check("b/c/", Some("a"), Some("b/c"));
        check("b//c", None, Some("b/c"));
        check("./b", Some("a"), Some("a/b"));
        check(".", Some("a"), Some("a"));
        check("../b", Some("a/x"), Some("a/b"));
        check("b/../c", Some("a"), Some("c"));
        check("..", Some("a"), Some(""));
        check("../..", Some("a"), None);
        check("./b", None, None);
    }
}
