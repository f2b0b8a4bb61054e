//! Walks that only count: what a listing with sizes costs at the least.

use std::error::Error;
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

/// Reads every folder and asks the size of every file, a folder a task, as cheaply as
/// the system allows.
#[cfg(target_os = "linux")]
pub(crate) fn bare(tree: &Path) -> Result<(), Box<dyn Error>> {
    use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawDir, StatxFlags, openat, statx};
    use std::sync::atomic::{AtomicU64, Ordering};

    fn read<'s>(scope: &rayon::Scope<'s>, path: &Path, bytes: &'s AtomicU64) {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(folder) = openat(CWD, path, flags, Mode::empty()) else { return };
        let mut buffer = Vec::with_capacity(128 * 1024);
        let mut names = RawDir::new(&folder, buffer.spare_capacity_mut());
        let mut sum = 0;
        while let Some(Ok(entry)) = names.next() {
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            if entry.file_type() == FileType::Directory {
                let below = path.join(name.to_string_lossy().as_ref());
                scope.spawn(move |scope| read(scope, &below, bytes));
            } else if let Ok(facts) =
                statx(&folder, name, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::SIZE)
            {
                sum += facts.stx_size;
            }
        }
        bytes.fetch_add(sum, Ordering::Relaxed);
    }

    let bytes = AtomicU64::new(0);
    rayon::scope(|scope| read(scope, tree, &bytes));
    println!("{} bytes", bytes.into_inner());
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn bare(tree: &Path) -> Result<(), Box<dyn Error>> {
    rayon_walkdir(tree)
}

/// What one would write first: walkdir in each scene's folder, on all cores.
pub(crate) fn rayon_walkdir(tree: &Path) -> Result<(), Box<dyn Error>> {
    let scenes: Vec<_> =
        WalkDir::new(tree).min_depth(2).max_depth(2).into_iter().collect::<Result<_, _>>()?;
    let bytes: u64 = scenes
        .par_iter()
        .flat_map_iter(|scene| WalkDir::new(scene.path()).min_depth(1))
        .filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len()))
        .sum();
    println!("{bytes} bytes");
    Ok(())
}
