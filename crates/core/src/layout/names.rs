//! What a single file or folder name says by itself.

use std::fmt;

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
        let is_in = |table: &[(&str, &str)]| table.iter().any(|(known, _)| known.eq_ignore_ascii_case(suffix));
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

/// What a file of this suffix is called, where it is a known kind of frame.
#[must_use]
pub fn format_name(suffix: &str) -> Option<&'static str> {
    let suffix = suffix.to_ascii_lowercase();
    POINT_CLOUD_SUFFIXES.iter().chain(IMAGE_SUFFIXES).find(|(known, _)| *known == suffix).map(|(_, name)| *name)
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
    ];
    name != METADATA && NEAR.iter().any(|near| name.eq_ignore_ascii_case(near))
}

/// What a file name that is no number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameClass {
    /// One of [`LANDMARKS`], by its position.
    Landmark(usize),
    /// A file that an operating system or a tool left behind, or that serves the repository and not the dataset.
    Junk,
    /// What an interrupted transfer or an open editor left behind.
    Partial,
    /// Anything else, by its suffix.
    Other(Suffix),
}

/// Classifies a file name that is no number.
#[must_use]
pub fn classify(name: &[u8]) -> NameClass {
    if let Some(at) = LANDMARKS.iter().position(|landmark| landmark.as_bytes() == name) {
        NameClass::Landmark(at)
    } else if is_junk_file(name) {
        NameClass::Junk
    } else if is_partial_file(name) {
        NameClass::Partial
    } else {
        NameClass::Other(Suffix::of(name))
    }
}

/// Names that operating systems, desktops and version control leave in folders.
const JUNK_FILES: &[&[u8]] = &[
    b".DS_Store",
    b"Thumbs.db",
    b"thumbs.db",
    b"ehthumbs.db",
    b"desktop.ini",
    b"Desktop.ini",
    b".directory",
    b".localized",
    b".gitkeep",
    b".keep",
    b".gitignore",
    b".gitattributes",
    b".gitmodules",
    b".lfsconfig",
    b".dvcignore",
    b".pre-commit-config.yaml",
    b"sensortree.toml",
    b".sensortree.toml",
];

const JUNK_FOLDERS: &[&[u8]] = &[
    b"__MACOSX",
    b".ipynb_checkpoints",
    b"__pycache__",
    b"@eaDir",
    b".Trashes",
    b".Spotlight-V100",
    b".fseventsd",
    b"$RECYCLE.BIN",
    b"System Volume Information",
];

/// Folders in which version control keeps its own: they serve the repository and are no part of the dataset in it.
const VERSION_CONTROL_FOLDERS: &[&[u8]] = &[b".git", b".hg", b".svn", b".dvc"];

/// Whether everything in a folder of this name is something that a system or tool left behind.
#[must_use]
pub fn is_junk_folder(name: &[u8]) -> bool {
    JUNK_FOLDERS.contains(&name) || is_version_control_folder(name)
}

/// Whether version control keeps its own in a folder of this name; a local scan need not look into it.
#[must_use]
pub fn is_version_control_folder(name: &[u8]) -> bool {
    VERSION_CONTROL_FOLDERS.contains(&name)
}

fn is_junk_file(name: &[u8]) -> bool {
    name.starts_with(b"._") || JUNK_FILES.contains(&name)
}

fn is_partial_file(name: &[u8]) -> bool {
    const ENDS: &[&[u8]] = &[
        b".part",
        b".partial",
        b".tmp",
        b".temp",
        b".crdownload",
        b".download",
        b"~",
        b".swp",
        b".swo",
        b".filepart",
        b".gstmp",
        b".incomplete",
    ];
    ENDS.iter().any(|end| name.len() > end.len() && name.ends_with(end))
        || name.windows(8).any(|window| window == b"_.gstmp" || window == b".rclone.")
}

/// Whether a name has control characters, a space at either end, a backslash or invalid UTF-8, or is empty, `.` or `..`.
#[must_use]
pub fn has_odd_characters(name: &[u8]) -> bool {
    let outer_space = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_whitespace);
    if matches!(name, b"" | b"." | b"..") || outer_space(name.first()) || outer_space(name.last()) {
        return true;
    }
    match std::str::from_utf8(name) {
        Ok(text) => text.chars().any(|c| c.is_control() || c == '\\' || is_invisible(c)),
        Err(_) => true,
    }
}

/// Marks that change how text is shown without showing themselves: bidi controls, zero-width characters, line and
/// paragraph separators, the byte order mark.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{061C}' | '\u{00AD}')
}
