//! What a file is that is called a zip and is none.

/// How many bytes from a file's beginning tell what it is.
pub const HEAD_BYTES: usize = 512;

/// What a file is that is no zip, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Another kind of file, with its name in a sentence: `a gzip file`.
    Known(&'static str),
    /// A web page, most often a login or error page that was saved under the archive's name.
    WebPage,
    /// A store's answer in XML or JSON, most often an error.
    ServiceAnswer,
    /// A git-LFS pointer: the archive itself was not fetched.
    LfsPointer,
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
    (b"\x1f\x8b", Instead::Known("a gzip file (`.gz`, `.tar.gz`)")),
    (b"7z\xbc\xaf\x27\x1c", Instead::Known("a 7z archive")),
    (b"Rar!\x1a\x07", Instead::Known("a RAR archive")),
    (b"BZh", Instead::Known("a bzip2 file (`.bz2`, `.tar.bz2`)")),
    (b"\xfd7zXZ\x00", Instead::Known("an xz file (`.xz`, `.tar.xz`)")),
    (b"\x28\xb5\x2f\xfd", Instead::Known("a Zstandard file (`.zst`, `.tar.zst`)")),
    (b"\x04\x22\x4d\x18", Instead::Known("an LZ4 file")),
    (b"\x00\x05\x16\x07", Instead::Known("the resource fork that macOS keeps beside a file (`._…`)")),
    (b"%PDF-", Instead::Known("a PDF document")),
    (b"\xff\xd8\xff", Instead::Known("a JPEG image")),
    (b"\x89PNG", Instead::Known("a PNG image")),
    (b"# .PCD", Instead::Known("a PCD point cloud")),
    (b"version https://git-lfs.github.com/spec/", Instead::LfsPointer),
];

impl Instead {
    /// Tells from the first [`HEAD_BYTES`] bytes of a file, or fewer where it has no more.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)) {
            return *kind;
        }
        if head.get(257..262) == Some(b"ustar") {
            return Instead::Known("a tar archive");
        }
        if !head.is_empty() && head.iter().all(|byte| *byte == 0) {
            return Instead::Zeros;
        }
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let begins =
            |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()));
        if ["<!doctype html", "<html", "<head", "<body"].into_iter().any(begins) {
            Instead::WebPage
        } else if begins("<?xml") || begins("<error") || begins("{") {
            Instead::ServiceAnswer
        } else {
            Instead::Unknown
        }
    }

    /// What it is, in a sentence: `a RAR archive`.
    #[must_use]
    pub fn describe(self) -> Option<&'static str> {
        match self {
            Instead::Known(name) => Some(name),
            Instead::WebPage => Some("a web page"),
            Instead::ServiceAnswer => Some("a service's answer in XML or JSON"),
            Instead::LfsPointer => Some("a git-LFS pointer"),
            Instead::SplitZip => Some("one part of a split zip"),
            Instead::Zeros => Some("nothing but zero bytes at its beginning"),
            Instead::Unknown => None,
        }
    }

    /// What would mend it.
    #[must_use]
    pub fn repair(self) -> &'static str {
        match self {
            Instead::WebPage | Instead::ServiceAnswer => {
                "look at the file as text: it says why the download gave no archive; then download it again"
            }
            Instead::LfsPointer => "fetch the archive itself with `git lfs pull`",
            Instead::SplitZip => "join the parts with `zip -s 0 split.zip --out joined.zip`, or split by scene instead",
            Instead::Zeros => "copy the archive again from its source",
            Instead::Known(_) | Instead::Unknown => "pack the dataset's top folder as a zip, stored or with deflate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_first_bytes() {
        let tar = [&[b'a'; 257][..], b"ustar\0"].concat();
        let cases: &[(&[u8], Instead)] = &[
            (b"Rar!\x1a\x07\x01\x00", Instead::Known("a RAR archive")),
            (&tar, Instead::Known("a tar archive")),
            (b"\xef\xbb\xbf \n<!DOCTYPE HTML>", Instead::WebPage),
            (b"<?xml version=\"1.0\"?><Error>", Instead::ServiceAnswer),
            (b"{\"error\":", Instead::ServiceAnswer),
            (b"version https://git-lfs.github.com/spec/v1\n", Instead::LfsPointer),
            (&[0; 40], Instead::Zeros),
            (b"", Instead::Unknown),
            (b"hello", Instead::Unknown),
        ];
        for (head, expected) in cases {
            assert_eq!(Instead::of(head), *expected, "{}", crate::text::lossless(head));
        }
    }
}
