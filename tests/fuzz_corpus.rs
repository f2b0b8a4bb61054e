//! What the fuzz targets have kept is read to an end, with any toolchain: see `fuzz/`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(unreachable_pub, reason = "the fuzz targets have it as a library")]
#[path = "../fuzz/src/lib.rs"]
mod judged;

use std::fs;
use std::path::Path;

fn replay(target: &str, judge: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut replayed = 0;
    for file in fs::read_dir(folder).unwrap() {
        judge(&fs::read(file.unwrap().path()).unwrap());
        replayed += 1;
    }
    assert!(replayed >= 10, "only {replayed} for {target}");
}

#[test]
fn every_zip_is_judged() {
    replay("zip", judged::zip);
}

#[test]
fn every_metadata_is_judged() {
    replay("metadata", judged::metadata);
}

#[test]
fn every_point_cloud_is_judged() {
    replay("pcd", judged::pcd);
}

#[test]
fn every_image_is_judged() {
    replay("jpeg", judged::jpeg);
}

#[test]
fn every_listing_is_judged() {
    replay("listing", judged::listing);
}

#[test]
fn every_zip_directory_is_judged() {
    replay("zip_directory", judged::zip_directory);
}

#[test]
fn every_request_is_judged_and_shows_no_secret() {
    replay("request", judged::request);
}

#[cfg(feature = "git")]
#[test]
fn every_git_object_is_judged() {
    replay("git", judged::git);
}
