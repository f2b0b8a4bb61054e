//! What holds datasets packed or by hash: recordings, shards and caches.

use super::view::View;
use super::{Found, no_place};

/// `segment-….tfrecord`.
pub(super) fn waymo(view: View<'_>) -> Option<Found> {
    packed(
        view,
        &["tfrecord"],
        |_| true,
        "one file holds all sensors of a drive: its frames are to be written out, one file each",
    )
}

/// `drive.bag`, `drive.mcap`, `drive_0.db3`.
pub(super) fn ros(view: View<'_>) -> Option<Found> {
    packed(
        view,
        &["bag", "mcap", "db3"],
        |_| true,
        "one file holds all topics of a drive: its frames are to be written out, one file each",
    )
}

/// `data/train-00000-of-00002.parquet`.
pub(super) fn parquet(view: View<'_>) -> Option<Found> {
    packed(
        view,
        &["parquet"],
        |name| name.contains("-of-"),
        "one file holds many rows, with images and clouds in columns: to be written out, \
         one file each",
    )
}

/// `dataset_info.json` beside `….arrow`: what the `datasets` library makes of a dataset.
pub(super) fn arrow(view: View<'_>) -> Option<Found> {
    let is_dataset = ["dataset_info.json", "state.json"].iter().any(|name| view.has(name));
    let note = "one file holds many rows, with images and clouds in columns: to be written out, one \
         file each";
    packed(view, &["arrow"], |_| is_dataset, note)
}

/// `train-000000.tar`, `train-000001.tar`, …: each holds the files of many samples.
pub(super) fn webdataset(view: View<'_>) -> Option<Found> {
    let is_shard = |name: &str| {
        let stem = name.strip_suffix(".tar").unwrap_or_default();
        stem.len() - stem.trim_end_matches(|c: char| c.is_ascii_digit()).len() >= 4
    };
    let note =
        "one file holds many samples: they are to be unpacked, and sorted by sensor and scene";
    packed(view, &["tar"], |name| is_shard(name) && view.count("tar") > 1, note)
}

/// Files of these suffixes, in a tree that has no frames beside them.
fn packed(
    view: View<'_>,
    suffixes: &[&str],
    is_like: impl Fn(&str) -> bool,
    note: &'static str,
) -> Option<Found> {
    let file = view.first_file_like(|suffix| suffixes.contains(&suffix), is_like)?;
    if view.tree_holds_frames() {
        return None;
    }
    let path = view.file(&file);
    Some(Found::new(vec![path.clone()], vec![no_place(path, note)]))
}

/// `datasets--<owner>--<name>/{blobs,refs,snapshots}/`, with a folder for each commit in
/// `snapshots/` whose files are links into `blobs/`.
pub(super) fn hugging_face(view: View<'_>) -> Option<Found> {
    let name = view.name();
    let is_named =
        ["datasets--", "models--", "spaces--"].iter().any(|start| name.starts_with(start));
    let is_commit =
        |name: &str| name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    let blobs = view.dir("blobs");
    let commit =
        view.dir("snapshots").and_then(|dir| dir.dirs().find(|dir| is_commit(&dir.name())));
    let has_refs = view.dir("refs").is_some();
    let marks = [is_named, blobs.is_some(), commit.is_some(), has_refs];
    if marks.iter().filter(|is_there| **is_there).count() < 2 || !(is_named || commit.is_some()) {
        return None;
    }
    let mapping = [
        commit.map(|dir| {
            no_place(
                dir.path(),
                "the files of one commit, as a rule links into `blobs/`, which may not arrive",
            )
        }),
        blobs.map(|dir| no_place(dir.path(), "the same files, named by their hashes")),
    ];
    let evidence = [commit, blobs].into_iter().flatten().map(View::path);
    let mut found = Found::new(evidence.collect(), mapping.into_iter().flatten().collect());
    if found.evidence.is_empty() {
        found.evidence.push(view.path());
    }
    found.help = Some(
        "write it out as plain files, and check these: \
         `hf download OWNER/NAME --repo-type dataset --local-dir FOLDER`",
    );
    Some(found)
}
