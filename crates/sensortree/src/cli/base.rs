//! Where a dataset lies, seen from the folder of a configuration file: what ignores with a leading
//! `/` start from, and what a dataset is called in a baseline of several.

use std::env;
use std::fs;
use std::path::{Component, Path, PathBuf};

use sensortree_core::finding::settings::Base;
use sensortree_core::text;

use crate::cli::baseline::Names;
use crate::cli::file_system::folder_of;
use crate::cli::places::{joined, way};
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

/// Returns what a dataset is called in a file that has a part for each of several: the way to it
/// from the file's folder, with `/` between the names, or its address. Where links lead to it, it
/// has a name for each way; the first is the one to write.
///
/// # Errors
/// When it lies nowhere, with the reason in words.
pub(crate) fn names_beside(file: &Path, target: Option<&Target>) -> Names {
    #[cfg(feature = "cloud")]
    if let Some(Target::Cloud(prefix)) = target {
        return Ok(vec![prefix.url().to_string().trim_end_matches('/').to_owned()]);
    }
    let location = Location::of(target);
    let path = match &location {
        Location::Path(path) => path,
        Location::Nowhere(reason) => return Err(reason),
    };
    if let Base::Below(bases) = location.relative_to_folder_of(file) {
        let names = bases.into_iter().rev();
        let names = names.map(|base| if base.is_empty() { ".".to_owned() } else { base });
        return Ok(names.collect());
    }
    let folder = fs::canonicalize(folder_of(file)).map_err(|_| "its folder cannot be found")?;
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    let way = way(&folder, &path).ok_or("the dataset lies on another drive")?;
    Ok(vec![text::lossless(&way).into_owned()])
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

    #[test]
    fn a_dataset_is_named_by_the_way_from_a_baseline_to_it() {
        let around = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(around.path()).unwrap();
        for folder in ["repository/data/drive", "repository/known"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        symlink("data", root.join("repository/alias")).unwrap();
        let check = |target: &str, file: &str, expected: &[&str]| {
            let target = Target::named(root.join(target)).unwrap();
            assert_eq!(names_beside(&root.join(file), Some(&target)).unwrap(), expected);
        };
        check("repository/data/drive", "repository/b.json", &["data/drive"]);
        check("repository/alias/drive", "repository/b.json", &["data/drive", "alias/drive"]);
        check("repository/data/drive", "repository/data/drive/b.json", &["."]);
        check("repository/data/drive", "repository/known/b.json", &["../data/drive"]);
        check("repository/data", "repository/data/drive/b.json", &[".."]);
        check("repository/alias/drive", "repository/known/b.json", &["../data/drive"]);
    }

    #[cfg(feature = "cloud")]
    #[test]
    fn a_dataset_in_a_store_is_named_by_its_address() {
        for address in ["s3://drives/0423", "s3://drives/0423/"] {
            let target = Target::named(address).unwrap();
            let names = names_beside(Path::new("b.json"), Some(&target)).unwrap();
            assert_eq!(names, ["s3://drives/0423"]);
        }
    }
}
