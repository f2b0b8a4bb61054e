//! What a file is that is not what its name says.

use super::pointer::Pointer;

/// How many bytes from a file's beginning tell what it is.
pub const TELLING_BYTES: usize = 512;

/// What a file is by its first bytes, where it is not what its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActualFormat {
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
const SIGNATURES: &[(&[u8], ActualFormat)] = &[
    (b"PK\x07\x08", ActualFormat::SplitZip),
    (b"PK\x03\x04", ActualFormat::Known("a zip archive")),
    (b"\x1f\x8b", ActualFormat::Known("a gzip file (`.gz`, `.tar.gz`)")),
    (b"7z\xbc\xaf\x27\x1c", ActualFormat::Known("a 7z archive")),
    (b"Rar!\x1a\x07", ActualFormat::Known("a RAR archive")),
    (b"BZh", ActualFormat::Known("a bzip2 file (`.bz2`, `.tar.bz2`)")),
    (b"\xfd7zXZ\x00", ActualFormat::Known("an xz file (`.xz`, `.tar.xz`)")),
    (b"\x28\xb5\x2f\xfd", ActualFormat::Known("a Zstandard file (`.zst`, `.tar.zst`)")),
    (b"\x04\x22\x4d\x18", ActualFormat::Known("an LZ4 file")),
    (
        b"\x00\x05\x16\x07",
        ActualFormat::Known("the resource fork that macOS keeps beside a file (`._…`)"),
    ),
    (b"%PDF-", ActualFormat::Known("a PDF document")),
    (b"\xff\xd8\xff", ActualFormat::Known("a JPEG image")),
    (b"\x89PNG", ActualFormat::Known("a PNG image")),
    (b"# .PCD", ActualFormat::Known("a PCD point cloud")),
    (b"GIF8", ActualFormat::Known("a GIF image")),
    (b"II*\x00", ActualFormat::Known("a TIFF image")),
    (b"MM\x00*", ActualFormat::Known("a TIFF image")),
    (b"II+\x00", ActualFormat::Known("a TIFF image")),
    (b"MM\x00+", ActualFormat::Known("a TIFF image")),
    (b"\xff\x0a", ActualFormat::Known("a JPEG XL image")),
    (b"\x00\x00\x00\x0cJXL ", ActualFormat::Known("a JPEG XL image")),
    (b"\x00\x00\x00\x0cjP  ", ActualFormat::Known("a JPEG 2000 image")),
    (b"\xff\x4f\xff\x51", ActualFormat::Known("a JPEG 2000 image")),
    (b"LASF", ActualFormat::Known("a LAS point cloud")),
    (b"ply\n", ActualFormat::Known("a PLY point cloud")),
    (b"ply\r", ActualFormat::Known("a PLY point cloud")),
    (b"\x93NUMPY", ActualFormat::Known("a NumPy array")),
    (b"\x89HDF\r\n", ActualFormat::Known("an HDF5 file")),
    (b"#ROSBAG V", ActualFormat::Known("a ROS bag")),
    (b"\x89MCAP0\r\n", ActualFormat::Known("an MCAP recording")),
    (b"SQLite format 3\x00", ActualFormat::Known("an SQLite database")),
];

/// What stands behind the first four bytes, and what has it there: containers that begin
/// with a length.
const CONTAINERS: &[(&[u8], ActualFormat)] = &[
    (b"ftypheic", ActualFormat::Known("a HEIC image")),
    (b"ftypheix", ActualFormat::Known("a HEIC image")),
    (b"ftypmif1", ActualFormat::Known("a HEIF image")),
    (b"ftypavif", ActualFormat::Known("an AVIF image")),
    (b"ftyp", ActualFormat::Known("an MP4 video")),
];

impl ActualFormat {
    /// Tells from the first [`TELLING_BYTES`] bytes of a file, or fewer where it has no more.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        if let Some((_, kind)) =
            SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature))
        {
            return *kind;
        }
        if let Some(pointer) = Pointer::of(head) {
            return ActualFormat::Pointer(pointer);
        }
        let behind = head.get(4..).unwrap_or_default();
        if let Some((_, kind)) = CONTAINERS.iter().find(|(brand, _)| behind.starts_with(brand)) {
            return *kind;
        }
        if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
            return ActualFormat::Known("a WebP image");
        }
        if head.starts_with(b"BM") && head.get(6..10) == Some(&[0; 4]) {
            return ActualFormat::Known("a BMP image");
        }
        if head.get(257..262) == Some(b"ustar") {
            return ActualFormat::Known("a tar archive");
        }
        if !head.is_empty() && head.iter().all(|byte| *byte == 0) {
            return ActualFormat::Zeros;
        }
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let begins = |word: &str| {
            text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        };
        if ["<!doctype html", "<html", "<head", "<body"].into_iter().any(begins) {
            ActualFormat::WebPage
        } else if begins("<?xml") || begins("<error") || begins("{") {
            ActualFormat::ServiceAnswer
        } else {
            ActualFormat::Unknown
        }
    }

    /// Whether something is packed in it.
    #[must_use]
    pub fn is_packed(self) -> bool {
        const PACKED: [&str; 6] = ["gzip", "bzip2", "xz", "Zstandard", "LZ4", "archive"];
        match self {
            ActualFormat::Known(name) => name.split(' ').any(|word| PACKED.contains(&word)),
            _ => false,
        }
    }

    /// What it is, in a sentence: `a RAR archive`.
    #[must_use]
    pub fn describe(self) -> Option<&'static str> {
        match self {
            ActualFormat::Known(name) => Some(name),
            ActualFormat::WebPage => Some("a web page"),
            ActualFormat::ServiceAnswer => Some("a service's answer in XML or JSON"),
            ActualFormat::Pointer(pointer) => Some(pointer.describe()),
            ActualFormat::SplitZip => Some("one part of a split zip"),
            ActualFormat::Zeros => Some("nothing but zero bytes at its beginning"),
            ActualFormat::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_told() {
        for head in [&b"\x1f\x8b"[..], b"PK\x03\x04", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd"] {
            assert!(ActualFormat::of(head).is_packed(), "{head:?}");
        }
        for head in [&b"%PDF-"[..], b"\xff\xd8\xff", b"hello", b"<html>"] {
            assert!(!ActualFormat::of(head).is_packed(), "{head:?}");
        }
    }

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        let cases: &[(&[u8], ActualFormat)] = &[
            (b"Rar!\x1a\x07\x01\x00", ActualFormat::Known("a RAR archive")),
            (&tar, ActualFormat::Known("a tar archive")),
            (b"\xef\xbb\xbf \n<!DOCTYPE HTML>", ActualFormat::WebPage),
            (b"<?xml version=\"1.0\"?><Error>", ActualFormat::ServiceAnswer),
            (b"{\"error\":", ActualFormat::ServiceAnswer),
            (
                b"version https://git-lfs.github.com/spec/v1\n",
                ActualFormat::Pointer(Pointer::GitLfs),
            ),
            (b"RIFF\x10\0\0\0WEBPVP8 ", ActualFormat::Known("a WebP image")),
            (b"\0\0\0\x18ftypheic", ActualFormat::Known("a HEIC image")),
            (&[0; 40], ActualFormat::Zeros),
            (b"", ActualFormat::Unknown),
            (b"hello", ActualFormat::Unknown),
        ];
        for (head, expected) in cases {
            assert_eq!(ActualFormat::of(head), *expected, "{}", head.escape_ascii());
        }
    }
}
