//! What a single file or folder name says by itself.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

use crate::names::leftovers::{self, LeftoverClass, LeftoverId};

/// A lower-case file suffix without its dot, of at most 12 ASCII letters and digits; empty where there is none or a
/// strange one.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Suffix([u8; 12]);

impl Suffix {
    /// The suffix of a file name.
    #[must_use]
    pub fn of(name: &[u8]) -> Self {
        match name.iter().rposition(|byte| *byte == b'.') {
            Some(at) if at > 0 => Self::new(&name[at + 1..]),
            _ => Self::default(),
        }
    }

    /// This suffix, whatever its case.
    #[must_use]
    pub fn new(suffix: &[u8]) -> Self {
        let mut bytes = [0; 12];
        if suffix.len() > bytes.len() || !suffix.iter().all(u8::is_ascii_alphanumeric) {
            return Self::default();
        }
        for (to, from) in bytes.iter_mut().zip(suffix) {
            *to = from.to_ascii_lowercase();
        }
        Suffix(bytes)
    }

    /// The text, lower-case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        // ASCII by construction.
        std::str::from_utf8(&self.0[..end]).unwrap_or_default()
    }

    /// What a file of this suffix holds.
    #[must_use]
    pub fn media(&self) -> Media {
        Media::of_suffix(self.as_str())
    }

    /// This suffix where it is a known one, else the empty one: so that a folder of files whose every suffix differs
    /// (`dump.000001`) is told from its neighbours by a few suffixes and not by a million.
    #[must_use]
    pub fn if_known(self) -> Self {
        if format_name(self.as_str()).is_some() { self } else { Self::default() }
    }
}

impl fmt::Debug for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ".{}", self.as_str())
    }
}

/// What a file holds, going by its suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Media {
    /// A point cloud, in whatever format.
    PointCloud,
    /// A still image, in whatever format.
    Image,
    /// Anything else.
    Other,
}

impl Media {
    /// What a file of this suffix (without its dot, any case) holds.
    #[must_use]
    pub fn of_suffix(suffix: &str) -> Self {
        let is_in = |table: &[(&str, &str)]| {
            table.iter().any(|(known, _)| known.eq_ignore_ascii_case(suffix))
        };
        if is_in(POINT_CLOUD_SUFFIXES) {
            Media::PointCloud
        } else if is_in(IMAGE_SUFFIXES) {
            Media::Image
        } else {
            Media::Other
        }
    }
}

/// Suffixes of point clouds, and what such a file is called.
pub const POINT_CLOUD_SUFFIXES: &[(&str, &str)] = &[
    ("pcd", "PCD point cloud"),
    ("bin", "raw binary point cloud"),
    ("pcd.bin", "raw binary point cloud"),
    ("las", "LAS point cloud"),
    ("laz", "compressed LAS point cloud"),
    ("ply", "PLY point cloud"),
    ("npy", "NumPy array"),
    ("npz", "NumPy archive"),
    ("feather", "Feather table"),
    ("pkl", "Python pickle"),
    ("xyz", "plain-text point cloud"),
    ("pts", "plain-text point cloud"),
    ("e57", "E57 point cloud"),
];

/// Suffixes of images, and what such a file is called.
pub const IMAGE_SUFFIXES: &[(&str, &str)] = &[
    ("jpg", "JPEG image"),
    ("jpeg", "JPEG image"),
    ("png", "PNG image"),
    ("webp", "WebP image"),
    ("bmp", "BMP image"),
    ("tif", "TIFF image"),
    ("tiff", "TIFF image"),
    ("gif", "GIF image"),
    ("heic", "HEIC image"),
    ("avif", "AVIF image"),
    ("ppm", "PPM image"),
    ("pgm", "PGM image"),
    ("jfif", "JPEG image"),
    ("jpe", "JPEG image"),
    ("exr", "OpenEXR image"),
];

/// Suffixes of what else lies about in datasets, and what such a file is called.
pub const OTHER_SUFFIXES: &[(&str, &str)] = &[
    ("txt", "text file"),
    ("json", "JSON file"),
    ("jsonl", "JSON file"),
    ("xml", "XML file"),
    ("yaml", "YAML file"),
    ("yml", "YAML file"),
    ("toml", "TOML file"),
    ("ini", "settings file"),
    ("cfg", "settings file"),
    ("csv", "table"),
    ("tsv", "table"),
    ("parquet", "Parquet table"),
    ("md", "Markdown text"),
    ("html", "web page"),
    ("pdf", "PDF document"),
    ("log", "log"),
    ("md5", "checksum"),
    ("sha256", "checksum"),
    ("zip", "ZIP archive"),
    ("tar", "TAR archive"),
    ("tgz", "compressed TAR archive"),
    ("gz", "gzip archive"),
    ("bz2", "bzip2 archive"),
    ("xz", "xz archive"),
    ("zst", "Zstandard archive"),
    ("7z", "7-Zip archive"),
    ("rar", "RAR archive"),
    ("bag", "ROS bag"),
    ("db3", "ROS 2 bag"),
    ("mcap", "MCAP recording"),
    ("pcap", "packet capture"),
    ("mp4", "video"),
    ("avi", "video"),
    ("mkv", "video"),
    ("mov", "video"),
    ("h264", "video stream"),
    ("h265", "video stream"),
    ("raw", "raw sensor data"),
    ("nv12", "raw image"),
    ("yuv", "raw image"),
    ("tfrecord", "TFRecord file"),
    ("label", "point labels"),
    ("py", "Python source"),
    ("ipynb", "Jupyter notebook"),
    ("rs", "Rust source"),
    ("js", "JavaScript source"),
    ("mjs", "JavaScript source"),
    ("jsx", "JavaScript source"),
    ("ts", "TypeScript source"),
    ("tsx", "TypeScript source"),
    ("vue", "Vue component"),
    ("go", "Go source"),
    ("java", "Java source"),
    ("kt", "Kotlin source"),
    ("swift", "Swift source"),
    ("c", "C source"),
    ("h", "C header"),
    ("cc", "C++ source"),
    ("cpp", "C++ source"),
    ("hpp", "C++ header"),
    ("cs", "C# source"),
    ("rb", "Ruby source"),
    ("php", "PHP source"),
    ("lua", "Lua source"),
    ("sh", "shell script"),
    ("bak", "backup copy"),
    ("lock", "lock"),
    (DVC, "DVC pointer"),
];

/// The suffix of the files that stand for what DVC keeps apart.
pub const DVC: &str = "dvc";

/// What a file of this suffix is called, where it is a known one.
#[must_use]
pub fn format_name(suffix: &str) -> Option<&'static str> {
    let suffix = suffix.to_ascii_lowercase();
    let known = POINT_CLOUD_SUFFIXES.iter().chain(IMAGE_SUFFIXES).chain(OTHER_SUFFIXES);
    known.into_iter().find(|(known, _)| *known == suffix).map(|(_, name)| *name)
}

/// The metadata file's name at the top of the tree (fact T9).
pub const METADATA: &str = "metadata.json";

/// Files whose very name tells something about the tree they stand in: misspelt metadata files, and the marks of other
/// dataset layouts and of plain repositories. At most 64, since a folder keeps one bit for each.
pub const LANDMARKS: &[&str] = &[
    METADATA,
    "Metadata.json",
    "METADATA.json",
    "METADATA.JSON",
    "metadata.JSON",
    "metadata.json.txt",
    "meta.json",
    "metadata.jsonl",
    "meta_data.json",
    "metadata",
    "metadata.yaml",
    "README.md",
    "README",
    "LICENSE",
    "Makefile",
    "Cargo.toml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "requirements.txt",
    "CMakeLists.txt",
    "go.mod",
    "pom.xml",
    "dataset_description.json",
    "participants.tsv",
    "sample.json",
    "sample_data.json",
    "scene.json",
    "ego_pose.json",
    "calibrated_sensor.json",
    "calib_cam_to_cam.txt",
    "calib_velo_to_cam.txt",
    "calib.txt",
    "timestamps.txt",
    "timestamps.json",
    "poses.json",
    "intrinsics.json",
    "annotations.feather",
    "key_id_map.json",
];

/// Whether a file name is one that metadata.json is often given by mistake.
#[must_use]
pub fn is_near_metadata(name: &str) -> bool {
    const NEAR: &[&str] = &[
        METADATA,
        "metadata.json.txt",
        "meta.json",
        "metadata.jsonl",
        "meta_data.json",
        "meta-data.json",
        "metadata",
        "metadata.txt",
        "metadata.yaml",
        "metadata.yml",
    ];
    name != METADATA
        && (NEAR.iter().any(|near| name.eq_ignore_ascii_case(near))
            || is_copy_of_metadata(name)
            || is_conflict_copy_of_metadata(name))
}

/// Whether it is what a synchroniser or a file manager calls a second metadata.json.
fn is_conflict_copy_of_metadata(name: &str) -> bool {
    let is_copy = leftovers::file(name.as_bytes())
        .is_some_and(|id| id.class() == LeftoverClass::ConflictCopy);
    is_copy
        && leftovers::stands_for(name.as_bytes())
            .is_some_and(|original| original.eq_ignore_ascii_case(METADATA.as_bytes()))
}

/// Whether it is what a browser or a file manager calls a second metadata.json: `metadata (1).json`.
fn is_copy_of_metadata(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".json") else { return false };
    let stem = stem.strip_prefix("copy of ").unwrap_or(stem);
    let Some(rest) = stem.strip_prefix("metadata") else { return false };
    let rest =
        rest.trim_matches(|c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '_' | '(' | ')'));
    rest.is_empty() || rest == "copy"
}

/// What a file name that is no number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameClass {
    /// One of [`LANDMARKS`], by its position.
    Landmark(usize),
    /// A file that a system or a tool left behind, or that serves the repository and not the dataset.
    Leftover(LeftoverId),
    /// A name that not every system takes, and the suffix that it has without what is odd.
    Odd(Oddity, Suffix),
    /// Anything else, by its suffix where that is a known one.
    Other(Suffix),
}

/// Classifies a file name that is no number.
#[must_use]
pub fn classify(name: &[u8]) -> NameClass {
    if let Some(at) = LANDMARKS.iter().position(|landmark| landmark.as_bytes() == name) {
        NameClass::Landmark(at)
    } else if let Some(leftover) = leftover_file(name) {
        NameClass::Leftover(leftover)
    } else if let Some(oddity) = oddity(name) {
        NameClass::Odd(oddity, Suffix::of(&without_odd_marks(name)).if_known())
    } else {
        NameClass::Other(Suffix::of(name).if_known())
    }
}

/// The leftover that a file is, as far as no other rule speaks of its name: DVC pointers are told by
/// their suffix, and a name that is odd and merely hidden by what is odd about it.
fn leftover_file(name: &[u8]) -> Option<LeftoverId> {
    leftovers::file(name).filter(|id| {
        let is_merely_odd = id.is_hidden_file() && oddity(name).is_some();
        !is_merely_odd && Suffix::of(name).as_str() != DVC
    })
}

/// What everything in a folder of this name is, where a system or a tool left the folder behind.
#[must_use]
pub fn junk_folder(name: &[u8]) -> Option<LeftoverId> {
    // A name that is merely hidden says nothing of who gave it.
    leftovers::folder(name).filter(|id| id.row().pattern != leftovers::HIDDEN_FOLDER)
}

/// Whether everything in a folder of this name is something that a system or tool left behind.
#[must_use]
pub fn is_junk_folder(name: &[u8]) -> bool {
    junk_folder(name).is_some()
}

/// Whether version control keeps its own in a folder of this name; a local scan need not look into
/// it.
#[must_use]
pub fn is_version_control_folder(name: &[u8]) -> bool {
    matches!(name, b".git" | b".hg" | b".svn" | b".dvc")
}

/// Why a name is one that not every system takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Oddity {
    /// An empty segment, as in `a//b`.
    Empty,
    /// A segment `.` or `..`.
    Dots,
    /// Bytes that are no UTF-8.
    NotText,
    /// Control characters: line breaks, tabs, escapes.
    Control,
    /// A backslash.
    Backslash,
    /// Marks that do not show: see [`is_invisible`].
    Invisible,
    /// A space at either end.
    OuterSpace,
}

impl Oddity {
    /// Every oddity, gravest first.
    pub const ALL: [Oddity; 7] = [
        Oddity::Empty,
        Oddity::Dots,
        Oddity::NotText,
        Oddity::Control,
        Oddity::Backslash,
        Oddity::Invisible,
        Oddity::OuterSpace,
    ];
}

/// The gravest oddity of a name, if it has any.
#[must_use]
pub fn oddity(name: &[u8]) -> Option<Oddity> {
    if name.is_empty() {
        return Some(Oddity::Empty);
    }
    if matches!(name, b"." | b"..") {
        return Some(Oddity::Dots);
    }
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
    if name.iter().all(is_plain) && name.first() != Some(&b' ') && name.last() != Some(&b' ') {
        return None;
    }
    let Ok(text) = std::str::from_utf8(name) else { return Some(Oddity::NotText) };
    if text.chars().any(char::is_control) {
        Some(Oddity::Control)
    } else if text.contains('\\') {
        Some(Oddity::Backslash)
    } else if text.chars().any(is_invisible) {
        Some(Oddity::Invisible)
    } else if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) {
        Some(Oddity::OuterSpace)
    } else {
        None
    }
}

/// The name without what is odd about it: control characters, marks that do not show, white space at its ends, and bytes
/// that are no UTF-8.
#[must_use]
pub fn without_odd_marks(name: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(name);
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c) && *c != char::REPLACEMENT_CHARACTER)
        .collect();
    kept.trim().as_bytes().to_vec()
}

/// Whether a name has control characters, a space at either end, a backslash or invalid UTF-8, or is empty, `.` or `..`.
#[must_use]
pub fn has_odd_characters(name: &[u8]) -> bool {
    oddity(name).is_some()
}

/// The name as a system sees it that tells neither upper from lower case nor one Unicode normal form from another: names
/// that are equal here are one name there. Bytes that are no UTF-8 stay as they are.
#[must_use]
pub fn fold(name: &[u8]) -> Vec<u8> {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    match std::str::from_utf8(name) {
        // Lower case first, since a few letters change their composition with their case.
        Ok(text) => text.nfd().flat_map(char::to_lowercase).nfc().collect::<String>().into_bytes(),
        Err(_) => name.to_vec(),
    }
}

/// Marks that change how text is shown without showing themselves: bidi controls, zero-width characters, line and
/// paragraph separators, the byte order mark.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_odd_about_a_name() {
        let check =
            |name: &[u8], expected: Option<Oddity>| assert_eq!(oddity(name), expected, "{name:?}");
        check(b"scene_1", None);
        check("scène 1".as_bytes(), None);
        check(b"", Some(Oddity::Empty));
        check(b".", Some(Oddity::Dots));
        check(b"..", Some(Oddity::Dots));
        check(b"...", None);
        check(b"a\xff", Some(Oddity::NotText));
        check(b"a\nb", Some(Oddity::Control));
        check(b"\x1b[31mred", Some(Oddity::Control));
        check("a\u{85}".as_bytes(), Some(Oddity::Control));
        check(b"a\\b", Some(Oddity::Backslash));
        check("a\u{202e}gpj".as_bytes(), Some(Oddity::Invisible));
        check(b" a", Some(Oddity::OuterSpace));
        check("a\u{a0}".as_bytes(), Some(Oddity::OuterSpace));
        check(&[b'a'; 255], None);
    }

    #[test]
    fn what_a_name_is() {
        let check = |name: &str, expected: NameClass| {
            assert_eq!(classify(name.as_bytes()), expected, "{name:?}");
        };
        for leftover in [
            ".DS_Store",
            "._1000.pcd",
            "Icon\r",
            "sensortree.toml",
            "1000.pcd.part",
            "1000.pcd_.gstmp",
            ".nfs00000000004a2c2b00000001",
            ".1000.pcd.Ab12Cd",
            ".notes.Ab12Cd",
            ".settings.backup",
            ".1000.123456",
            "metadata (1).json",
            "metadata.json.bak",
        ] {
            let id = leftovers::file(leftover.as_bytes()).expect(leftover);
            check(leftover, NameClass::Leftover(id));
        }
        check(".a\tb", NameClass::Odd(Oddity::Control, Suffix::default()));
        check("1000.pcd.dvc", NameClass::Other(Suffix::new(b"dvc")));
        check("data.dvc", NameClass::Other(Suffix::new(b"dvc")));
        check("~", NameClass::Other(Suffix::default()));
        check("a\tb.txt", NameClass::Odd(Oddity::Control, Suffix::new(b"txt")));
        check("a.jpg ", NameClass::Odd(Oddity::OuterSpace, Suffix::new(b"jpg")));
        check("notes.TXT", NameClass::Other(Suffix::new(b"txt")));
        check("dump.000001", NameClass::Other(Suffix::default()));
        check("__MACOSX", NameClass::Other(Suffix::default()));
    }

    #[test]
    fn which_names_are_one_name_elsewhere() {
        let same = |a: &str, b: &str| fold(a.as_bytes()) == fold(b.as_bytes());
        assert!(same("Scene_1", "scene_1"));
        assert!(same("caf\u{e9}", "cafe\u{301}"));
        assert!(same("CAF\u{c9}", "cafe\u{301}"));
        assert!(!same("scene_1", "scene-1"));
        assert!(!same("scene_1", "scene_01"));
        assert_ne!(fold(b"\xff"), fold(b"\xfe"));
    }
}
