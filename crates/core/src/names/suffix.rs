//! What a single file or folder name says by itself.

use std::fmt;

/// A lower-case file suffix without its dot, of at most 12 ASCII letters and digits; empty where
/// there is none or a strange one.
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

    /// This suffix where it is a known one, else the empty one: so that a folder of files whose
    /// every suffix differs (`dump.000001`) is told from its neighbours by a few suffixes and not
    /// by a million.
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

/// A file name as its stem and its suffix.
pub(crate) fn split(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(at) if at > 0 => (&name[..at], &name[at + 1..]),
        _ => (name, b""),
    }
}

/// A file name without its suffix.
pub(crate) fn stem(name: &[u8]) -> &[u8] {
    split(name).0
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
    ("arrow", "Arrow table"),
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

/// The suffixes of what has one file packed in it.
pub(crate) const PACKED_FILES: [&str; 5] = ["gz", "bz2", "xz", "zst", "lz4"];

/// The suffixes of what has several files packed in it.
pub(crate) const PACKED_FOLDERS: [&str; 7] = ["zip", "tar", "tgz", "tbz2", "txz", "7z", "rar"];

/// The suffix of the files that stand for what DVC keeps apart.
pub const DVC: &str = "dvc";

/// What a file of this suffix is called, where it is a known one.
#[must_use]
pub fn format_name(suffix: &str) -> Option<&'static str> {
    let suffix = suffix.to_ascii_lowercase();
    let known = POINT_CLOUD_SUFFIXES.iter().chain(IMAGE_SUFFIXES).chain(OTHER_SUFFIXES);
    known.into_iter().find(|(known, _)| *known == suffix).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests;
