//! Family Z: the zip that a dataset is uploaded in.

pub(super) mod not_a_zip;
pub(super) mod several_top_folders;
pub(super) mod top_folder_missing;
pub(super) mod top_folder_name;
pub(super) mod zip_bomb;
pub(super) mod zip_damaged;
pub(super) mod zip_duplicate_entry;
pub(super) mod zip_empty;
pub(super) mod zip_encrypted;
pub(super) mod zip_method_unsupported;
pub(super) mod zip_name_encoding;
pub(super) mod zip_path_unsafe;
pub(super) mod zip_too_large;

use crate::archive::EntryNames;
use crate::finding::{Example, Part};
use crate::tree::files::Files;

/// All entries of these names, each of which the user may ignore. Some are shown as
/// `draw` has them.
fn entries<'t>(
    names: &'t EntryNames,
    draw: impl Fn(Vec<u8>) -> Example + Copy + 't,
) -> impl Iterator<Item = Part<'t>> {
    names.folders().map(move |(folder, names)| {
        Part::paths(folder, Files::named(names)).drawn(move |path, _| draw(path))
    })
}

/// The archive as a whole.
fn whole() -> Example {
    Example::at("")
}

#[cfg(test)]
mod tests {
    use crate::finding::settings::{Settings, Suppression};
    use crate::sketch::Sketch;

    /// Whatever is shown, an ignore takes the entry that it names, and nothing else.
    #[test]
    fn an_ignored_entry_is_the_only_one_left_out() {
        let frames: String = (0..40)
            .map(|at| format!("      {}.pcd [encrypted]\n", 1_681_532_060_061_u64 + at * 100))
            .collect();
        let tree = format!(
            "target: drive.zip\ndrive/\n  lidar-top/\n    scene_1/\n{frames}  metadata.json\n"
        );
        let sketch = Sketch::parse(&tree).unwrap();
        let counted = |pattern: &str, max_examples: usize| {
            let rules = vec!["Z108".parse().unwrap()];
            let suppression = Suppression::at(pattern, rules, String::new()).unwrap();
            let settings =
                Settings { max_examples, suppressions: vec![suppression], ..Settings::default() };
            let report = sketch.check(&settings);
            let found = report.findings.iter().find(|finding| finding.rule.code == "Z108");
            (found.map_or(0, |finding| finding.count), report.ignored)
        };
        for max_examples in [0, 1, 5, 100] {
            for at in [0, 17, 39] {
                let name = 1_681_532_060_061_u64 + at * 100;
                let pattern = format!("drive/lidar-top/scene_1/{name}.pcd");
                assert_eq!(counted(&pattern, max_examples), (39, 1), "{pattern}");
            }
            assert_eq!(counted("drive/lidar-top/**", max_examples), (0, 40));
            assert_eq!(counted("drive/camera-front/**", max_examples), (40, 0));
        }
    }
}
