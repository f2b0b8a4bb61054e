//! Where in a repository what is checked lies, for the formats that code hosts show.

use std::env;
use std::fs;
use std::iter;
use std::path::{Component, Path, PathBuf};

use sensortree_report::Places;

use crate::cli::check_arguments::CheckArguments;
use crate::target::Target;

/// The places of a run: of its target, and of the files that the flags and `config` name.
#[must_use]
pub fn places(
    arguments: &CheckArguments,
    target: Option<&Target>,
    config: Option<&Path>,
) -> Places {
    let Some(root) = Root::find() else { return Places::default() };
    let below = |path: Option<&Path>| {
        path.filter(|path| path.as_os_str() != "-").and_then(|path| root.below(path))
    };
    let request = below(arguments.request.as_deref());
    let metadata = below(arguments.listed.metadata.as_deref());
    let file = below(target.and_then(Target::file));
    let anchor = request.clone().or_else(|| below(config)).or_else(|| metadata.clone()).or(file);
    let tree = match target {
        Some(Target::Folder(folder)) => below(Some(folder.path())),
        #[cfg(feature = "git")]
        Some(Target::Git(folder)) => {
            folder.target().segments(Some(&root.here)).ok().map(|names| names.join(&b'/'))
        }
        _ => None,
    };
    Places { tree, request, metadata, anchor }
}

/// The top of the repository in which one stands, or else the current folder.
struct Root {
    path: PathBuf,
    /// The way from there to the current folder.
    #[cfg(feature = "git")]
    here: Vec<u8>,
}

impl Root {
    fn find() -> Option<Self> {
        let here = env::current_dir().and_then(fs::canonicalize).ok()?;
        let top = here.ancestors().find(|folder| folder.join(".git").exists());
        let path = top.unwrap_or(&here).to_owned();
        Some(Root {
            #[cfg(feature = "git")]
            here: here.strip_prefix(&path).ok().and_then(joined).unwrap_or_default(),
            path,
        })
    }

    /// A path from there, links resolved, since code hosts follow none.
    fn below(&self, path: &Path) -> Option<Vec<u8>> {
        let path = fs::canonicalize(path).ok()?;
        path.strip_prefix(&self.path).ok().and_then(joined)
    }
}

/// The way from the current folder to the one that is checked, `/`-separated: empty for the current
/// folder itself. A folder that is named from the root and lies elsewhere stays as it is named;
/// what is staged is the folder of the work tree. `None` for all that is no folder of the disk.
pub(crate) fn from_here(target: &Target, is_staged: bool) -> Option<Vec<u8>> {
    #[cfg(not(feature = "git"))]
    let _ = is_staged;
    let here = env::current_dir().ok();
    let folder = match target {
        Target::Folder(folder) => folder,
        #[cfg(feature = "git")]
        Target::Git(folder) if is_staged => {
            let here = here.and_then(|here| fs::canonicalize(here).ok())?;
            return way(&here, &resolved_above(&folder.path_in_work_tree()?));
        }
        _ => return None,
    };
    let named = folder.path();
    let below = here.as_deref().and_then(|here| named.strip_prefix(here).ok()).unwrap_or(named);
    let path: PathBuf =
        below.components().filter(|component| *component != Component::CurDir).collect();
    let mut path = path.into_os_string().into_encoded_bytes();
    if cfg!(windows) {
        path.iter_mut().filter(|byte| **byte == b'\\').for_each(|byte| *byte = b'/');
    }
    Some(path)
}

/// A path with the links resolved as far as there is something.
#[cfg(feature = "git")]
fn resolved_above(path: &Path) -> PathBuf {
    let real = path.ancestors().find_map(|above| {
        let real = fs::canonicalize(above).ok()?;
        Some(real.join(path.strip_prefix(above).ok()?))
    });
    real.unwrap_or_else(|| path.to_owned())
}

/// The way from a folder to a place, `/`-separated: empty for the folder itself. Both are absolute,
/// with their links resolved. `None` where none leads there, as from one drive to another.
pub(crate) fn way(from: &Path, to: &Path) -> Option<Vec<u8>> {
    let (up, common) = from.ancestors().enumerate().find(|(_, above)| to.starts_with(above))?;
    let down = joined(to.strip_prefix(common).ok()?)?;
    let names = iter::repeat_n(b"..".as_slice(), up).chain(Some(down.as_slice()));
    Some(names.filter(|names| !names.is_empty()).collect::<Vec<_>>().join(&b'/'))
}

/// A relative path with `/` between its names.
pub(crate) fn joined(path: &Path) -> Option<Vec<u8>> {
    let names = path.components().map(|component| match component {
        Component::Normal(name) => Some(name.as_encoded_bytes()),
        _ => None,
    });
    names.collect::<Option<Vec<_>>>().map(|names| names.join(&b'/'))
}
