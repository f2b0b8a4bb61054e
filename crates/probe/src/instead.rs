//! What a file is that is not what its name says.

use super::pointer::Pointer;

/// How many bytes from a file's beginning tell what it is.
pub const TELLING_BYTES: usize = 512;

/// What a file is by its first bytes, where it is not what its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instead {
    /// Another kind of file, with its name in a sentence: `a gzip file`.
    Known(&'static str),
    /// A web page, most often a login or error page that was saved under the file's name.
    WebPage,
    /// A store's answer in XML or JSON, most often an error.
    ServiceAnswer,
    /// A note that says which data belong here: the data themselves were not fetched.
    Pointer(Pointer),
    /// One part of a zip that was split into several files.
    SplitZip,
    /// Nothing but zero bytes at its beginning: a copy that failed.
    Zeros,
    /// Nothing known.
    Unknown,
}

/// First bytes, and what begins so.
const SIGNATURES: &[(&[u8], Instead)] = &[
    (b"PK\x07\x08", Instead::SplitZip),
    (b"PK\x03\x04", Instead::Known("a zip archive")),
    (b"\x1f\x8b", Instead::Known("a gzip file (`.gz`, `.tar.gz`)")),
    (b"7z\xbc\xaf\x27\x1c", Instead::Known("a 7z archive")),
    (b"Rar!\x1a\x07", Instead::Known("a RAR archive")),
    (b"BZh", Instead::Known("a bzip2 file (`.bz2`, `.tar.bz2`)")),
    (b"\xfd7zXZ\x00", Instead::Known("an xz file (`.xz`, `.tar.xz`)")),
    (b"\x28\xb5\x2f\xfd", Instead::Known("a Zstandard file (`.zst`, `.tar.zst`)")),
    (b"\x04\x22\x4d\x18", Instead::Known("an LZ4 file")),
    (
        b"\x00\x05\x16\x07",
        Instead::Known("the resource fork that macOS keeps beside a file (`._…`)"),
    ),
    (b"%PDF-", Instead::Known("a PDF document")),
    (b"\xff\xd8\xff", Instead::Known("a JPEG image")),
    (b"\x89PNG", Instead::Known("a PNG image")),
    (b"# .PCD", Instead::Known("a PCD point cloud")),
    (b"GIF8", Instead::Known("a GIF image")),
    (b"II*\x00", Instead::Known("a TIFF image")),
    (b"MM\x00*", Instead::Known("a TIFF image")),
    (b"II+\x00", Instead::Known("a TIFF image")),
    (b"MM\x00+", Instead::Known("a TIFF image")),
    (b"\xff\x0a", Instead::Known("a JPEG XL image")),
    (b"\x00\x00\x00\x0cJXL ", Instead::Known("a JPEG XL image")),
    (b"\x00\x00\x00\x0cjP  ", Instead::Known("a JPEG 2000 image")),
    (b"\xff\x4f\xff\x51", Instead::Known("a JPEG 2000 image")),
    (b"LASF", Instead::Known("a LAS point cloud")),
    (b"ply\n", Instead::Known("a PLY point cloud")),
    (b"ply\r", Instead::Known("a PLY point cloud")),
    (b"\x93NUMPY", Instead::Known("a NumPy array")),
    (b"\x89HDF\r\n", Instead::Known("an HDF5 file")),
    (b"#ROSBAG V", Instead::Known("a ROS bag")),
    (b"\x89MCAP0\r\n", Instead::Known("an MCAP recording")),
    (b"SQLite format 3\x00", Instead::Known("an SQLite database")),
];

/// What stands behind the first four bytes, and what has it there: containers that begin with a length.
const CONTAINERS: &[(&[u8], Instead)] = &[
    (b"ftypheic", Instead::Known("a HEIC image")),
    (b"ftypheix", Instead::Known("a HEIC image")),
    (b"ftypmif1", Instead::Known("a HEIF image")),
    (b"ftypavif", Instead::Known("an AVIF image")),
    (b"ftyp", Instead::Known("an MP4 video")),
];

impl Instead {
    /// Tells from the first [`TELLING_BYTES`] bytes of a file, or fewer where it has no more.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        if let Some((_, kind)) =
            SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature))
        {
            return *kind;
        }
        if let Some(pointer) = Pointer::of(head) {
            return Instead::Pointer(pointer);
        }
        let behind = head.get(4..).unwrap_or_default();
        if let Some((_, kind)) = CONTAINERS.iter().find(|(brand, _)| behind.starts_with(brand)) {
            return *kind;
        }
        if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
            return Instead::Known("a WebP image");
        }
        if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
            return Instead::Known("a BMP image");
        }
        if head.get(257..262) == Some(b"ustar") {
            return Instead::Known("a tar archive");
        }
        if !head.is_empty() && head.iter().all(|byte| *byte == 0) {
            return Instead::Zeros;
        }
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let begins = |word: &str| {
            text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        };
        if ["<!doctype html", "<html", "<head", "<body"].into_iter().any(begins) {
            Instead::WebPage
        } else if begins("<?xml") || begins("<error") || begins("{") {
            Instead::ServiceAnswer
        } else {
            Instead::Unknown
        }
    }

    /// Whether something is packed in it.
    #[must_use]
    pub fn is_packed(self) -> bool {
        const PACKED: [&str; 6] = ["gzip", "bzip2", "xz", "Zstandard", "LZ4", "archive"];
        match self {
            Instead::Known(name) => name.split(' ').any(|word| PACKED.contains(&word)),
            _ => false,
        }
    }

    /// What it is, in a sentence: `a RAR archive`.
    #[must_use]
    pub fn describe(self) -> Option<&'static str> {
        match self {
            Instead::Known(name) => Some(name),
            Instead::WebPage => Some("a web page"),
            Instead::ServiceAnswer => Some("a service's answer in XML or JSON"),
            Instead::Pointer(pointer) => Some(pointer.describe()),
            Instead::SplitZip => Some("one part of a split zip"),
            Instead::Zeros => Some("nothing but zero bytes at its beginning"),
            Instead::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_told() {
        for head in [&b"\x1f\x8b"[..], b"PK\x03\x04", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd"] {
            assert!(Instead::of(head).is_packed(), "{head:?}");
        }
        for head in [&b"%PDF-"[..], b"\xff\xd8\xff", b"hello", b"<html>"] {
            assert!(!Instead::of(head).is_packed(), "{head:?}");
        }
    }

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        let cases: &[(&[u8], Instead)] = &[
            (b"Rar!\x1a\x07\x01\x00", Instead::Known("a RAR archive")),
            (&tar, Instead::Known("a tar archive")),
            (b"\xef\xbb\xbf \n<!DOCTYPE HTML>", Instead::WebPage),
            (b"<?xml version=\"1.0\"?><Error>", Instead::ServiceAnswer),
            (b"{\"error\":", Instead::ServiceAnswer),
            (b"version https://git-lfs.github.com/spec/v1\n", Instead::Pointer(Pointer::GitLfs)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Instead::Known("a WebP image")),
            (b"\0\0\0\x18ftypheic", Instead::Known("a HEIC image")),
            (&[0; 40], Instead::Zeros),
            (b"", Instead::Unknown),
            (b"hello", Instead::Unknown),
        ];
        for (head, expected) in cases {
            assert_eq!(Instead::of(head), *expected, "{}", head.escape_ascii());
        }
    }
}
