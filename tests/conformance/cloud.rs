//! The folder as objects of real stores.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use sensortree_cloud::CloudPrefix;
use sensortree_cloud::{CloudAccess, EnvironmentAccess, ExplicitAccess, Secret};
use sensortree_core::Inspection;
use sensortree_core::sketch::Sketch;
use sensortree_core::tree::EntryKind;
use sensortree_scan::ScanOptions;
use sensortree_scan::inspect;
use sensortree_stores::{Azurite, SeaweedFs, azurite, seaweedfs};

/// A key has 1,024 bytes at most, and the target's prefix takes some of them.
const LONGEST_PATH: usize = 900;

/// A bucket holds files, in folders that are there by them alone. What a repository keeps beside
/// the data is junk in it. The emulators make other names of backslashes and control characters.
pub(crate) fn holds(sketch: &Sketch) -> bool {
    let holds = |path: &[u8]| {
        let is_odd = |letter: char| letter.is_control() || letter == '\\';
        let is_kept = crate::is_kept_by_repositories;
        let holds = |path: &str| !path.contains(is_odd) && !path.split('/').any(is_kept);
        path.len() <= LONGEST_PATH && std::str::from_utf8(path).is_ok_and(holds)
    };
    sketch.entries.iter().any(|drawn| drawn.kind == EntryKind::File)
        && sketch.entries.iter().all(|drawn| {
            holds(&drawn.path)
                && match drawn.kind {
                    EntryKind::File => true,
                    EntryKind::Folder => {
                        let folder =
                            [drawn.path.strip_suffix(b"/").unwrap_or(&drawn.path), b"/"].concat();
                        let is_in_it =
                            |path: &[u8]| path.len() > folder.len() && path.starts_with(&folder);
                        sketch
                            .entries
                            .iter()
                            .any(|file| file.kind == EntryKind::File && is_in_it(&file.path))
                    }
                    _ => false,
                }
        })
}

pub(crate) fn has_seaweedfs() -> bool {
    seaweedfs().is_some()
}

pub(crate) fn has_azurite() -> bool {
    azurite().is_some()
}

/// A prefix of its own, that ends with the folder's name and without `/`.
fn prefix(folder: &Path) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = folder.file_name().unwrap().to_str().unwrap();
    format!("conformance/{}/{name}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Every file below the folder, as an object below the prefix.
fn objects(folder: &Path, prefix: &str) -> Vec<(String, Vec<u8>)> {
    let mut below = Vec::new();
    crate::zips::list(folder, &format!("{prefix}/"), &mut below);
    below
        .into_iter()
        .filter(|(path, _)| path.is_file())
        .map(|(path, key)| (key, fs::read(path).unwrap()))
        .collect()
}

fn inspect_at(target: &str, access: &CloudAccess, options: &ScanOptions) -> Inspection {
    inspect(&CloudPrefix::new(target.parse().unwrap(), access.clone()), options, &()).unwrap()
}

/// On SeaweedFS, with keys.
pub(crate) fn s3(folder: &Path, options: &ScanOptions) -> Inspection {
    let (store, prefix) = (seaweedfs().unwrap(), prefix(folder));
    store.put(SeaweedFs::SIGNED, objects(folder, &prefix)).unwrap();
    let secret = |text: &str| Secret::new(text.to_owned());
    let access = ExplicitAccess {
        access_key: secret(SeaweedFs::OWNER.id),
        secret_key: secret(SeaweedFs::OWNER.secret),
        endpoint_url: Some(store.endpoint().to_owned()),
        region: None,
        addressing: None,
    };
    inspect_at(
        &format!("s3://{}/{prefix}", SeaweedFs::SIGNED),
        &CloudAccess::Explicit(access),
        options,
    )
}

fn unsigned(endpoint: &str) -> CloudAccess {
    let endpoint_url = Some(endpoint.to_owned());
    CloudAccess::Environment(EnvironmentAccess {
        endpoint_url,
        unsigned: true,
        ..EnvironmentAccess::default()
    })
}

/// On SeaweedFS, which speaks the part of Google's protocol that lists and reads.
pub(crate) fn gcs(folder: &Path, options: &ScanOptions) -> Inspection {
    let (store, prefix) = (seaweedfs().unwrap(), prefix(folder));
    store.put(SeaweedFs::OPEN, objects(folder, &prefix)).unwrap();
    inspect_at(&format!("gs://{}/{prefix}", SeaweedFs::OPEN), &unsigned(store.endpoint()), options)
}

/// On Azurite.
pub(crate) fn azure(folder: &Path, options: &ScanOptions) -> Inspection {
    let (store, prefix) = (azurite().unwrap(), prefix(folder));
    store.put(Azurite::OPEN, objects(folder, &prefix)).unwrap();
    let target =
        format!("abfss://{}@{}.dfs.core.windows.net/{prefix}", Azurite::OPEN, Azurite::ACCOUNT);
    inspect_at(&target, &unsigned(store.endpoint()), options)
}
