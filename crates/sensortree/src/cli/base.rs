//! Where a dataset lies, seen from the folder of a configuration file: what ignores with a leading
//! `/` start from.

use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use sensortree_core::finding::settings::Base;
use sensortree_core::text;

use crate::cli::file_system::folder_of;
use crate::cli::places::joined;
use crate::target::Target;

/// Where a dataset lies.
#[derive(Clone, Debug)]
pub(crate) enum Location {
    /// At this absolute path, by the names that the user gave. It need not be on the disk.
    Path(PathBuf),
    /// Nowhere on the disk, with the reason in words.
    Nowhere(&'static str),
}

impl Location {
    /// Returns where the target lies.
    pub(crate) fn of(target: Option<&Target>) -> Self {
        const UNKNOWN: &str = "where the dataset lies is not known";
        let Some(target) = target else { return Location::Nowhere("no dataset is checked") };
        let path = match target.on_disk() {
            Ok(path) => absolute(&path),
            Err(reason) => return Location::Nowhere(reason),
        };
        path.map_or(Location::Nowhere(UNKNOWN), Location::Path)
    }

    /// Returns where it lies, seen from the folder of a configuration file.
    pub(crate) fn relative_to_folder_of(&self, file: &Path) -> Base {
        let path = match self {
            Location::Path(path) => path,
            Location::Nowhere(reason) => return Base::Outside((*reason).to_owned()),
        };
        let folder = fs::canonicalize(folder_of(file)).unwrap_or_default();
        let mut bases: Vec<String> = Vec::new();
        // The user may name the dataset by a link in the folder, or by one that leads to it.
        let above = path.ancestors().find(|above| is_same(above, &folder));
        let named = above.and_then(|above| path.strip_prefix(above).ok()).and_then(joined);
        let real = fs::canonicalize(path).ok();
        let real = real.and_then(|path| path.strip_prefix(&folder).ok().and_then(joined));
        for base in named.into_iter().chain(real) {
            let base = text::lossless(&base).into_owned();
            if !bases.contains(&base) {
                bases.push(base);
            }
        }
        if bases.is_empty() {
            let file = text::lossless(file.as_os_str().as_encoded_bytes()).into_owned();
            return Base::Outside(format!("the dataset does not lie below the folder of `{file}`"));
        }
        Base::Below(bases)
    }
}

fn is_same(path: &Path, folder: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|path| path == folder)
}

/// Returns an absolute path without `.` and `..`, in which links stay as they are named. Those
/// before a `..` are resolved, since it counts from where they lead.
fn absolute(path: &Path) -> Option<PathBuf> {
    let names: Vec<Component<'_>> = path.components().collect();
    let last = names.iter().rposition(|name| matches!(name, Component::ParentDir));
    let (resolved, kept) = names.split_at(last.map_or(0, |at| at + 1));
    let start = if resolved.is_empty() {
        env::current_dir().ok()?
    } else {
        fs::canonicalize(resolved.iter().collect::<PathBuf>()).ok()?
    };
    let kept = kept.iter().filter(|name| !matches!(name, Component::CurDir));
    Some(start.join(kept.collect::<PathBuf>()))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_dataset_is_found_by_the_names_that_lead_to_it_and_by_where_it_is() {
        let around = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(around.path()).unwrap();
        let at = |path: &str| root.join(path);
        for folder in ["repository/data/drive", "repository/conf", "store/drive"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        symlink(at("store"), at("repository/linked")).unwrap();
        symlink("data", at("repository/alias")).unwrap();
        symlink("repository", at("entrance")).unwrap();
        let check = |target: &str, file: &str, expected: &[&str]| {
            let base =
                Location::Path(absolute(&at(target)).unwrap()).relative_to_folder_of(&at(file));
            match base {
                Base::Below(bases) => assert_eq!(bases, expected, "{target} {file}"),
                Base::Outside(reason) => {
                    assert!(expected.is_empty(), "{target} {file}: {reason}");
                    assert!(reason.contains(file), "{reason}");
                }
            }
        };
        let file = "repository/sensortree.toml";
        check("repository/data/drive", file, &["data/drive"]);
        check("repository/./data//drive/", file, &["data/drive"]);
        check("repository/conf/../data/drive", file, &["data/drive"]);
        check("repository", file, &[""]);
        check("repository/data/not-checked-out", file, &["data/not-checked-out"]);
        check("repository/linked/drive", file, &["linked/drive"]);
        check("repository/linked/../store/drive", file, &[]);
        check("repository/alias/drive", file, &["alias/drive", "data/drive"]);
        check("entrance/data/drive", file, &["data/drive"]);
        check("repository/data/drive", "entrance/sensortree.toml", &["data/drive"]);
        check("repository/data/drive", "repository/conf/sensortree.toml", &[]);
        check("store/drive", file, &[]);
    }
}
