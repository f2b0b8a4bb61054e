//! What a folder's name says about the sensor in it, right or nearly so.

use super::SensorKind;
use crate::names;

/// Words that stand for the prefix itself: they give way to it.
const PREFIX_WORDS: &[(&str, SensorKind)] = &[
    ("lidars", SensorKind::Lidar),
    ("lidar", SensorKind::Lidar),
    ("cameras", SensorKind::Camera),
    ("camera", SensorKind::Camera),
    ("cams", SensorKind::Camera),
    ("cam", SensorKind::Camera),
];

/// Words that tell the kind of sensor and are part of its name: calibrations know it by them.
const KIND_WORDS: &[(&str, SensorKind)] = &[
    ("velodyne", SensorKind::Lidar),
    ("velo", SensorKind::Lidar),
    ("ouster", SensorKind::Lidar),
    ("hesai", SensorKind::Lidar),
    ("pandar", SensorKind::Lidar),
    ("livox", SensorKind::Lidar),
    ("robosense", SensorKind::Lidar),
    ("innoviz", SensorKind::Lidar),
    ("laser", SensorKind::Lidar),
    ("pointcloud", SensorKind::Lidar),
    ("pointclouds", SensorKind::Lidar),
    ("points", SensorKind::Lidar),
    ("cloud", SensorKind::Lidar),
    ("clouds", SensorKind::Lidar),
    ("pcd", SensorKind::Lidar),
    ("pcds", SensorKind::Lidar),
    ("pcl", SensorKind::Lidar),
    ("image", SensorKind::Camera),
    ("images", SensorKind::Camera),
    ("img", SensorKind::Camera),
    ("imgs", SensorKind::Camera),
    ("rgb", SensorKind::Camera),
    ("photo", SensorKind::Camera),
    ("photos", SensorKind::Camera),
    ("fisheye", SensorKind::Camera),
    ("pinhole", SensorKind::Camera),
];

/// Where a sensor is mounted: words that sensors are named by, and scenes are not.
const POSITION_WORDS: &[&str] = &[
    "front", "rear", "back", "left", "right", "top", "bottom", "side", "center", "centre",
    "middle", "roof", "bumper", "forward", "backward", "surround",
];

/// Words for what is made from frames, goes with them, or comes from sensors of other kinds. A
/// folder named so is no LiDAR's or camera's, whatever it holds.
const OTHER_WORDS: &[&str] = &[
    "label",
    "labels",
    "annotation",
    "annotations",
    "anno",
    "annos",
    "ann",
    "mask",
    "masks",
    "segmentation",
    "seg",
    "semantic",
    "instance",
    "panoptic",
    "gt",
    "groundtruth",
    "truth",
    "calib",
    "calibs",
    "calibration",
    "calibrations",
    "config",
    "configs",
    "doc",
    "docs",
    "documentation",
    "imu",
    "gps",
    "gnss",
    "oxts",
    "pose",
    "poses",
    "odometry",
    "map",
    "maps",
    "radar",
    "radars",
    "preview",
    "previews",
    "thumbnail",
    "thumbnails",
    "thumbs",
    "visualization",
    "viz",
    "vis",
    "backup",
    "bak",
    "src",
    "script",
    "scripts",
    "asset",
    "assets",
    "metadata",
    "meta",
    "log",
    "logs",
    "result",
    "results",
    "output",
    "outputs",
    "prediction",
    "predictions",
    "detection",
    "detections",
    "tracks",
    "test",
    "tests",
    "examples",
    "node_modules",
    "venv",
];

/// A folder name in order, taken apart: the kind by its prefix, and what follows. The name
/// may be empty.
#[must_use]
pub fn split(folder: &str) -> Option<(SensorKind, &str)> {
    SensorKind::ALL.into_iter().find_map(|kind| Some((kind, folder.strip_prefix(kind.prefix())?)))
}

/// What a folder name without the prefix was most likely meant to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Near<'n> {
    /// LiDAR or camera.
    pub kind: SensorKind,
    /// What is left of the name without the words that the prefix replaces.
    rest: &'n str,
    /// Whether a word stands for the prefix, not only for the kind.
    by_prefix: bool,
}

impl Near<'_> {
    /// Whether the name says the kind of sensor and nothing else: `lidar`, `Cameras`, `images`.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.rest.is_empty() || (!self.by_prefix && self.rest.chars().all(char::is_alphabetic))
    }

    /// Whether a word in the name stands for the prefix: `lidar_top`, `CAM_FRONT`, not
    /// `velodyne_points`.
    #[must_use]
    pub fn is_by_prefix(&self) -> bool {
        self.by_prefix
    }

    /// The sensor's name as metadata.json would have it.
    #[must_use]
    pub fn name(&self) -> String {
        sanitize(self.rest)
    }

    /// The folder name in order.
    #[must_use]
    pub fn folder_name(&self) -> String {
        format!("{}{}", self.kind.prefix(), self.name())
    }
}

/// Reads a folder name that has no right prefix as a sensor's, where a word in it says so.
#[must_use]
pub fn near(folder: &str) -> Option<Near<'_>> {
    let trimmed = folder.trim_matches(|c: char| !c.is_alphanumeric());
    if trimmed.is_empty() || is_of_another_kind(trimmed) {
        return None;
    }
    let first = || {
        PREFIX_WORDS.iter().find_map(|(word, kind)| Some((*kind, without_first(trimmed, word)?)))
    };
    let last =
        || PREFIX_WORDS.iter().find_map(|(word, kind)| Some((*kind, without_last(trimmed, word)?)));
    if let Some((kind, rest)) = first().or_else(last).or_else(|| misspelt(trimmed)) {
        return Some(Near { kind, rest, by_prefix: true });
    }
    let (_, kind) =
        KIND_WORDS.iter().find(|(known, _)| words(trimmed).any(|word| is_word(word, known)))?;
    Some(Near { kind: *kind, rest: trimmed, by_prefix: false })
}

/// How much a folder's name says that it is a sensor's: 3 with a right prefix, 2 with a word for
/// the prefix, 1 with a word for the kind of sensor or for where it is mounted, else 0.
#[must_use]
pub fn likeness(folder: &str) -> u8 {
    if split(folder).is_some() {
        return 3;
    }
    match near(folder) {
        Some(near) if near.by_prefix => 2,
        Some(_) => 1,
        None => u8::from(is_position(folder) && !is_of_another_kind(folder)),
    }
}

/// Whether the name says where a sensor is mounted.
#[must_use]
pub fn is_position(folder: &str) -> bool {
    words(folder).any(|word| POSITION_WORDS.iter().any(|known| is_word(word, known)))
}

/// Whether the name says that the folder is no LiDAR's or camera's.
#[must_use]
pub fn is_of_another_kind(folder: &str) -> bool {
    words(folder).any(|word| OTHER_WORDS.iter().any(|known| is_word(word, known)))
}

/// A folder name in order for a sensor of this kind, made from the present one.
#[must_use]
pub fn in_order(folder: &str, kind: SensorKind) -> String {
    let name = match near(folder) {
        Some(near) if near.kind == kind => near.name(),
        // The words are kept where they contradict what the folder holds: they may be the only
        // difference to another.
        _ => sanitize(folder),
    };
    format!("{}{name}", kind.prefix())
}

/// Whether a name is made of numbers and words for the kind of sensor alone: `0`, `image_02`,
/// `velodyne_points`.
#[must_use]
pub fn says_no_more_than_the_kind(name: &str) -> bool {
    let is_kind =
        |word: &str| PREFIX_WORDS.iter().chain(KIND_WORDS).any(|(known, _)| is_word(word, known));
    words(name).all(|word| word.bytes().all(|byte| byte.is_ascii_digit()) || is_kind(word))
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Whether a word is the known one, whatever its case and with or without a number behind it.
fn is_word(word: &str, known: &str) -> bool {
    word.trim_end_matches(|c: char| c.is_ascii_digit()).eq_ignore_ascii_case(known)
}

/// What follows `word` at the start of a name, where the word ends there.
fn without_first<'n>(name: &'n str, word: &str) -> Option<&'n str> {
    let (start, rest) = name.split_at_checked(word.len())?;
    if !start.eq_ignore_ascii_case(word) {
        return None;
    }
    let camel =
        |next: char| next.is_uppercase() && start.ends_with(|last: char| last.is_lowercase());
    match rest.chars().next() {
        Some(next) if next.is_alphabetic() && !camel(next) => None,
        _ => Some(rest.trim_start_matches(|c: char| !c.is_alphanumeric())),
    }
}

/// What precedes `word` at the end of a name, where the word starts there.
fn without_last<'n>(name: &'n str, word: &str) -> Option<&'n str> {
    let (rest, end) = name.split_at_checked(name.len().checked_sub(word.len())?)?;
    if !end.eq_ignore_ascii_case(word) {
        return None;
    }
    let camel = end.starts_with(char::is_uppercase) && rest.ends_with(char::is_lowercase);
    let apart = rest.ends_with(|last: char| !last.is_alphanumeric());
    (camel || apart).then(|| rest.trim_end_matches(|c: char| !c.is_alphanumeric()))
}

/// A name whose first word is one slip away from a prefix: `lidra-top`, `camra_front`.
fn misspelt(name: &str) -> Option<(SensorKind, &str)> {
    let end = name.find(|c: char| !c.is_alphanumeric())?;
    let (word, rest) = name.split_at(end);
    let word = word.to_lowercase();
    let kind = SensorKind::ALL
        .into_iter()
        .find(|kind| word.len() < 12 && strsim::osa_distance(&word, kind.as_str()) == 1)?;
    Some((kind, rest.trim_start_matches(|c: char| !c.is_alphanumeric())))
}

/// The longest sensor name that is suggested, in bytes: well below what any file system takes.
const MAX_NAME: usize = 120;

/// A sensor name that is in order: no odd characters, not empty, not too long.
pub(crate) fn sanitize(name: &str) -> String {
    let odd = |c: char| {
        c.is_control()
            || c.is_whitespace()
            || names::is_invisible(c)
            || matches!(c, '\\' | '/' | '\u{FFFD}')
    };
    let mut clean = String::with_capacity(name.len());
    for c in name.trim().chars() {
        let c = if odd(c) { '_' } else { c };
        if clean.len() + c.len_utf8() > MAX_NAME {
            break;
        }
        clean.push(c);
    }
    if clean.is_empty() { "0".to_owned() } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::dataset_path;
    use proptest::prelude::*;

    #[test]
    fn near_names_are_mended() {
        let check = |found: &str, expected: &str| {
            assert_eq!(
                near(found).map(|near| near.folder_name()).as_deref(),
                Some(expected),
                "{found}"
            );
        };
        check("lidar_top", "lidar-top");
        check("LiDAR-top", "lidar-top");
        check("Lidar-top", "lidar-top");
        check("LIDAR_TOP", "lidar-TOP");
        check("lidar top", "lidar-top");
        check(" lidar-top", "lidar-top");
        check("lidar\u{2013}top", "lidar-top");
        check("lidarTop", "lidar-Top");
        check("lidar0", "lidar-0");
        check("lidar", "lidar-0");
        check("lidar_top_2", "lidar-top_2");
        check("Cam_left", "camera-left");
        check("cam-front", "camera-front");
        check("CAM_FRONT_LEFT", "camera-FRONT_LEFT");
        check("CAMERA-x", "camera-x");
        check("camera_front", "camera-front");
        check("cameras_front", "camera-front");
        check("cam0", "camera-0");
        check("front_camera", "camera-front");
        check("front-left-cam", "camera-front-left");
        check("TopLidar", "lidar-Top");
        check("lidra-top", "lidar-top");
        check("camra-front", "camera-front");
        check("image_00", "camera-image_00");
        check("velodyne_points", "lidar-velodyne_points");
        check("img2", "camera-img2");
        check("camera\u{200b}front", "camera-front");
        check("camera_a\tb", "camera-a_b");
        check(&format!("camera_{}", "é".repeat(200)), &format!("camera-{}", "é".repeat(60)));
    }

    #[test]
    fn other_names_are_not_taken_for_sensors() {
        for name in [
            "",
            "-",
            "top",
            "scene_1",
            "cameraman",
            "campus",
            "camp",
            "radar-front",
            "labels",
            "camera_calib",
            "lidar_labels",
        ] {
            assert_eq!(near(name), None, "{name}");
        }
        assert!(is_position("front_left") && is_position("Top") && is_position("left2"));
        assert!(!is_position("scene_1") && !is_position("frontier"));
    }

    #[test]
    fn words_that_contradict_the_content_stay() {
        assert_eq!(in_order("lidar_top", SensorKind::Camera), "camera-lidar_top");
        assert_eq!(in_order("top", SensorKind::Lidar), "lidar-top");
    }

    proptest! {
        #[test]
        fn what_is_suggested_is_in_order(name in "\\PC{0,20}|(lidar|Cam|CAMERA|image)[^a]{0,20}|(?s:.{0,20})", lidar in any::<bool>()) {
            let kind = if lidar { SensorKind::Lidar } else { SensorKind::Camera };
            let folder = in_order(&name, kind);
            prop_assert!(dataset_path::is_valid(folder.as_bytes()), "{:?} from {:?}", folder, name);
            if let Some(near) = near(&name) {
                prop_assert!(dataset_path::is_valid(near.folder_name().as_bytes()), "{:?} from {:?}", near, name);
            }
        }
    }
}
