//! Finds the datasets below a folder or a prefix, by names alone.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(feature = "cloud")]
use sensortree_cloud::{CloudPrefix, Level};
use sensortree_core::names::{METADATA, SensorKind};
use sensortree_report::escape::visible_path;
#[cfg(feature = "cloud")]
use sensortree_scan::ScanError;

use crate::cli::cloud::CloudArguments;
use crate::cli::exit::Failure;
use crate::cli::run_config_error::RunConfigError;
use crate::cli::target;
use crate::target::Target;

/// How many folders deep datasets are looked for.
const DEPTH: usize = 8;

/// The datasets below what is named, in the order of their names. A dataset within one is a part of
/// it.
///
/// # Errors
/// When nothing can be listed there, or none is found.
pub(super) fn below(prefix: &OsStr, cloud: &CloudArguments) -> Result<Vec<OsString>, Failure> {
    let named = visible_path(prefix.as_encoded_bytes());
    let found: Vec<OsString> = match target::named(prefix, cloud).map_err(RunConfigError::from)? {
        Target::Folder(folder) => {
            let mut found = Vec::new();
            in_folder(folder.path(), 0, &mut found).map_err(|error| {
                let reason = error.to_string();
                RunConfigError::NotLookedFor { prefix: named.clone(), reason }
            })?;
            found.into_iter().map(PathBuf::into_os_string).collect()
        }
        #[cfg(feature = "cloud")]
        Target::Cloud(prefix) => in_store(&prefix)?,
        _ => {
            let reason = "it is neither a folder nor a cloud prefix".to_owned();
            return Err(RunConfigError::NotLookedFor { prefix: named, reason }.into());
        }
    };
    if found.is_empty() {
        return Err(RunConfigError::NoneBelow { prefix: named }.into());
    }
    Ok(found)
}

/// Whether a folder that holds these names is a dataset's.
fn is_dataset<'n>(
    mut folders: impl Iterator<Item = &'n [u8]>,
    mut files: impl Iterator<Item = &'n [u8]>,
) -> bool {
    let is_sensor = |name: &[u8]| {
        SensorKind::ALL.iter().any(|kind| {
            let prefix = kind.prefix().as_bytes();
            name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        })
    };
    files.any(|name| name.eq_ignore_ascii_case(METADATA.as_bytes())) || folders.any(is_sensor)
}

/// Whether a folder of such a name is gone into.
fn is_looked_into(name: &[u8]) -> bool {
    !name.starts_with(b".")
}

fn in_folder(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Links are followed by no listing, unless that is asked for.
        match entry.file_type()? {
            kind if kind.is_dir() => folders.push(entry.file_name()),
            kind if kind.is_file() => files.push(entry.file_name()),
            _ => {}
        }
    }
    let names = |names: &[OsString]| -> Vec<Vec<u8>> {
        names.iter().map(|name| name.as_encoded_bytes().to_vec()).collect()
    };
    let (folder_names, file_names) = (names(&folders), names(&files));
    if is_dataset(folder_names.iter().map(Vec::as_slice), file_names.iter().map(Vec::as_slice)) {
        found.push(folder.to_owned());
        return Ok(());
    }
    folders.sort_unstable();
    for name in folders.iter().filter(|name| is_looked_into(name.as_encoded_bytes())) {
        if depth < DEPTH {
            in_folder(&folder.join(name), depth + 1, found)?;
        }
    }
    Ok(())
}

#[cfg(feature = "cloud")]
fn in_store(top: &CloudPrefix) -> Result<Vec<OsString>, Failure> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), 0)];
    while let Some((below, depth)) = waiting.pop() {
        let Level { folders, objects } = top.level(&below).map_err(ScanError::from)?;
        if is_dataset(folders.iter().map(String::as_bytes), objects.iter().map(String::as_bytes)) {
            let url = top.url().to_string();
            let url = url.strip_suffix('/').unwrap_or(&url);
            let below = below.strip_suffix('/').unwrap_or(&below);
            let end = if below.is_empty() { String::new() } else { format!("/{below}") };
            found.push(OsString::from(format!("{url}{end}")));
        } else if depth < DEPTH {
            let inside = folders.iter().rev().filter(|name| is_looked_into(name.as_bytes()));
            waiting.extend(inside.map(|name| (format!("{below}{name}/"), depth + 1)));
        }
    }
    Ok(found)
}
