//! Notes that stand for data: git-LFS, git-annex and DVC put a small text where the data belong,
//! and fetch the data only when they are asked to.

use std::fmt;
use std::ops::Range;

/// What a file is that stands for its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pointer {
    /// git-LFS.
    GitLfs,
    /// git-annex.
    GitAnnex,
    /// DVC.
    Dvc,
    /// A symbolic link that was written as a text, as on a system that has none.
    Link,
}

/// What a git-LFS pointer starts with: the specification of today, and the two names it had before.
const GIT_LFS: [&[u8]; 3] = [
    b"version https://git-lfs.github.com/spec/",
    b"version https://hawser.github.com/spec/",
    b"version http://git-media.io/v/",
];

/// The longest path that a system takes, in bytes.
const MAX_PATH: usize = 4096;

impl Pointer {
    /// Tells from all bytes of a file, where it has no more than are at hand.
    #[must_use]
    pub fn of_whole(text: &[u8]) -> Option<Self> {
        Self::of(text).or_else(|| is_path(text).then_some(Pointer::Link))
    }

    /// Tells from a file's first bytes.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        if GIT_LFS.iter().any(|start| head.starts_with(start)) {
            return Some(Pointer::GitLfs);
        }
        // Most files begin as none of them do, and have no line that could be looked for.
        if ![&b"/annex/"[..], b"../", b".git/", b"outs:"]
            .iter()
            .any(|start| head.starts_with(start))
        {
            return None;
        }
        let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // A locked file is a link to the object; where links are not kept, a file with
        // the link's text.
        let is_annexed = line.starts_with(b"/annex/objects/")
            || (line.starts_with(b"../") || line.starts_with(b".git/"))
                && line.windows(19).any(|part| part == b".git/annex/objects/");
        if is_annexed {
            return Some(Pointer::GitAnnex);
        }
        let is_dvc = line.trim_ascii_end() == b"outs:"
            && [&b"\n- md5: "[..], b"\n- etag: ", b"\n- checksum: "]
                .into_iter()
                .any(|first| head.get(line.len()..).is_some_and(|rest| rest.starts_with(first)));
        is_dvc.then_some(Pointer::Dvc)
    }

    /// What such a pointer, of this text, says of its data.
    #[must_use]
    pub fn behind(self, text: &[u8]) -> PointerTarget {
        match self {
            Pointer::GitLfs => {
                LfsPointer::parse(text).map_or_else(PointerTarget::default, |pointer| {
                    PointerTarget {
                        size: Some(pointer.size),
                        hash: Some(
                            format!(
                                "sha256 {}",
                                hex(pointer.sha256.get(..SHOWN_HASH / 2).unwrap_or_default())
                            )
                            .into(),
                        ),
                    }
                })
            }
            Pointer::GitAnnex => annexed(text),
            Pointer::Dvc => tracked(text),
            Pointer::Link => PointerTarget::default(),
        }
    }

    /// What it is, in a sentence: `a git-LFS pointer`.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Pointer::GitLfs => "a git-LFS pointer",
            Pointer::GitAnnex => "a git-annex pointer",
            Pointer::Dvc => "a DVC pointer",
            Pointer::Link => "a symbolic link's text",
        }
    }

    /// What brings the data.
    #[must_use]
    pub fn repair(self) -> &'static str {
        match self {
            Pointer::GitLfs => "fetch the data themselves with `git lfs pull`",
            Pointer::GitAnnex => "fetch the data themselves with `git annex get`",
            Pointer::Dvc => "fetch the data themselves with `dvc pull`",
            Pointer::Link => {
                "copy the files that the paths name (`cp -rL`), or check the repository out with `git config core.symlinks true`"
            }
        }
    }
}

/// Whether a text is nothing but the path of a frame elsewhere: one line, with a folder in it.
fn is_path(text: &[u8]) -> bool {
    let line = text.strip_suffix(b"\n").unwrap_or(text);
    let is_line = (4..=MAX_PATH).contains(&line.len())
        && !line.iter().any(u8::is_ascii_control)
        && std::str::from_utf8(line).is_ok();
    is_line
        && line.iter().any(|byte| matches!(byte, b'/' | b'\\'))
        && !line.contains(&b'<')
        && crate::format::Format::of_name(line).is_some()
}

/// What a pointer says of the data that it stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointerTarget {
    /// Their size in bytes.
    pub size: Option<u64>,
    /// The kind of their hash and how it begins: `sha256 725358ac24a4`.
    pub hash: Option<Box<str>>,
}

/// So many digits of a hash tell it from all others that one will meet.
const SHOWN_HASH: usize = 12;

/// What a key of git-annex says: `SHA256E-s31390--f50d7ac4….jpg`, the last name in the path
/// to an object.
fn annexed(text: &[u8]) -> PointerTarget {
    let line = text.split(|byte| byte.is_ascii_control()).next().unwrap_or_default();
    let key = line
        .rsplit(|byte| *byte == b'/')
        .next()
        .and_then(|key| std::str::from_utf8(key).ok())
        .unwrap_or_default();
    let Some((fields, name)) = key.split_once("--") else { return PointerTarget::default() };
    let mut fields = fields.split('-');
    let backend = fields.next().unwrap_or_default();
    let kind = backend.strip_suffix('E').unwrap_or(backend).to_ascii_lowercase();
    let is_hash = ["sha", "md5", "blake"].iter().any(|known| kind.starts_with(known));
    PointerTarget {
        size: fields.find_map(|field| number(field.strip_prefix('s')?.as_bytes())),
        hash: is_hash
            .then(|| beginning(&kind, name.split('.').next().unwrap_or_default()))
            .flatten(),
    }
}

/// What a `.dvc` file says of the one output that stands in it.
fn tracked(text: &[u8]) -> PointerTarget {
    let value = |key: &[u8]| {
        let lines = text
            .split(|byte| *byte == b'\n')
            .map(|line| line.trim_ascii().strip_prefix(b"- ").unwrap_or(line.trim_ascii()));
        lines.into_iter().find_map(|line| Some(line.strip_prefix(key)?.trim_ascii()))
    };
    PointerTarget {
        size: value(b"size:").and_then(number),
        hash: value(b"md5:")
            .and_then(|hash| beginning("md5", std::str::from_utf8(hash).ok()?.split('.').next()?)),
    }
}

/// A hash as it is said; `None` where that is none.
fn beginning(kind: &str, hash: &str) -> Option<Box<str>> {
    let is_hash = kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then(|| hash.get(..SHOWN_HASH)).flatten().map(|shown| format!("{kind} {shown}").into())
}

/// A number of digits alone: `parse` takes a sign, too.
fn number(digits: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(digits).ok()?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// What a git-LFS pointer says of the data it stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LfsPointer {
    /// The SHA-256 of the data.
    pub sha256: [u8; 32],
    /// Their size in bytes.
    pub size: u64,
}

impl LfsPointer {
    /// How many bytes a pointer may have. A version, a checksum and a size each have their line, so
    /// none is shorter; git-LFS takes nothing longer for one.
    pub const BYTES: Range<u64> = 100..1024;

    /// Reads a whole git-LFS pointer. `None` where the text is none, or is damaged.
    ///
    /// It is read as git-LFS reads it: with either kind of line break, and with the lines of
    /// extensions before the checksum. What git-LFS would not take for a pointer, a checkout leaves
    /// as it is.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        if !Self::BYTES.contains(&(text.len() as u64)) {
            return None;
        }
        let text = std::str::from_utf8(text).ok()?;
        let mut lines = text.trim().lines().filter(|line| !line.is_empty());
        if !VERSIONS.contains(&lines.next()?.strip_prefix("version ")?) {
            return None;
        }
        let checksum =
            lines.by_ref().find(|line| !is_extension(line))?.strip_prefix("oid sha256:")?;
        let sha256 = digest(checksum.as_bytes())?;
        let size = number(lines.next()?.strip_prefix("size ")?.as_bytes())?;
        // Sizes are signed there.
        (lines.next().is_none() && i64::try_from(size).is_ok())
            .then_some(LfsPointer { sha256, size })
    }
}

/// The specification of today, and those before it that git-LFS still reads.
const VERSIONS: [&str; 3] = [
    "https://git-lfs.github.com/spec/v1",
    "https://hawser.github.com/spec/v1",
    "http://git-media.io/v/2",
];

/// Whether a line is `ext-0-name value`.
fn is_extension(line: &str) -> bool {
    let rest = line
        .strip_prefix("ext-")
        .and_then(|rest| rest.strip_prefix(|digit: char| digit.is_ascii_digit()));
    rest.is_some_and(|rest| rest.starts_with('-'))
}

impl fmt::Debug for LfsPointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", hex(&self.sha256), self.size)
    }
}

fn digest(hex: &[u8]) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if hex.len() != 2 * digest.len() {
        return None;
    }
    for (byte, pair) in digest.iter_mut().zip(hex.chunks_exact(2)) {
        let mut value = 0;
        for digit in pair {
            // git-LFS writes and reads small letters only.
            let digit = char::from(*digit);
            value = value * 16 + digit.to_digit(16).filter(|_| !digit.is_ascii_uppercase())?;
        }
        *byte = u8::try_from(value).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_became_a_text_is_told_by_all_of_it() {
        for text in [&b"../../pool/front/1.jpg"[..], b"/data/1.pcd\n", b"..\\pool\\1.png"] {
            assert_eq!(Pointer::of_whole(text), Some(Pointer::Link));
        }
        for text in [
            &b"1.jpg"[..],
            b"../pool/1.txt",
            b"../pool/1.jpg\n../pool/2.jpg\n",
            b"<a href=/1.jpg",
            b"\xFF/1.jpg",
            b"/\0/1.jpg",
            b"",
        ] {
            assert_eq!(Pointer::of_whole(text), None, "{text:?}");
        }
        let annexed = b"../../.git/annex/objects/aa/bb/SHA256E-s3--ab.jpg/SHA256E-s3--ab.jpg";
        assert_eq!(Pointer::of_whole(annexed), Some(Pointer::GitAnnex));
    }
    use proptest::prelude::*;

    const OID: &str = "725358ac24a475f68d29a867b5506f633786e3318d1a30154435e1ef1c268428";

    #[test]
    fn pointers_are_told_by_their_first_bytes() {
        let check = |text: &str, expected: Option<Pointer>| {
            assert_eq!(Pointer::of(text.as_bytes()), expected, "{text}");
        };
        check("version https://git-lfs.github.com/spec/v1\noid", Some(Pointer::GitLfs));
        check("version https://hawser.github.com/spec/v1\r\n", Some(Pointer::GitLfs));
        check("version 0.7\n", None);
        check(
            "/annex/objects/SHA256E-s31390--f50d7ac4c6b9031379986bc362fcefb65f1e52621ce1708d537e740f.jpg\n",
            Some(Pointer::GitAnnex),
        );
        check(
            "../../.git/annex/objects/pX/ZJ/SHA256E-s3--b.jpg/SHA256E-s3--b.jpg",
            Some(Pointer::GitAnnex),
        );
        check("../../elsewhere/annex", None);
        check(
            "outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 14445097\n  path: data.pcd\n",
            Some(Pointer::Dvc),
        );
        check("outs:\n  - lanes\n", None);
        check("", None);
    }

    #[test]
    fn an_lfs_pointer_is_read_as_git_lfs_reads_it() {
        let check = |text: String, expected: Option<u64>| {
            let found = LfsPointer::parse(text.as_bytes()).map(|pointer| pointer.size);
            assert_eq!(found, expected, "{text:?}");
        };
        let version = "version https://git-lfs.github.com/spec/v1";
        let oid = format!("oid sha256:{OID}");
        check(format!("{version}\n{oid}\nsize 206144\n"), Some(206_144));
        check(format!("{version}\r\n{oid}\r\nsize 0\r\n"), Some(0));
        check(format!("{version}\next-0-foo sha256:{OID}\n{oid}\nsize 1\n"), Some(1));
        check(format!("version https://hawser.github.com/spec/v1\n{oid}\nsize 7"), Some(7));
        check(format!("\n{version}\n{oid}\nsize 7\n"), Some(7));
        check(format!("{version}\n{oid}\nsize 9223372036854775807\n"), Some(i64::MAX as u64));

        check(format!("{version}\n{oid}\nsize 9223372036854775808\n"), None);
        check(format!("{version}\n{oid}\nsize 99999999999999999999\n"), None);
        check(format!("{version}\n{oid}\nsize -1\n"), None);
        check(format!("{version}\n{oid}\nsize +1\n"), None);
        check(format!("{version}\n{oid}\nsize\n"), None);
        check(format!("{version}\n{oid}\nsize \n"), None);
        check(format!("{version}\n{oid}\n"), None);
        check(format!("{version}\nsize 7\n{oid}\n"), None);
        check(format!("{version}\n{oid}\nsize 7\nmore 1\n"), None);
        check(format!("{version}\noid sha256:{}\nsize 1\n", &OID[1..]), None);
        check(format!("{version}\noid sha256:{}\nsize 1\n", OID.to_uppercase()), None);
        check(format!("{version}\noid md5:{OID}\nsize 1\n"), None);
        check(format!("version https://example.com/v1\n{oid}\nsize 7\n"), None);
        check(format!("{oid}\nsize 1\n"), None);
        check(format!("{version}\n{oid}\nsize 1\n{}", " ".repeat(1024)), None);
        check("# .PCD v0.7".to_owned(), None);
        check(String::new(), None);
        assert_eq!(LfsPointer::parse(&[&b"version \xff"[..], &[b' '; 100]].concat()), None);

        let text = format!("{version}\n{oid}\nsize 7\n");
        let pointer = LfsPointer::parse(text.as_bytes()).unwrap();
        assert_eq!(format!("{pointer:?}"), format!("{OID} (7 bytes)"));
        assert!(LfsPointer::BYTES.contains(&(text.len() as u64)));
    }

    #[test]
    fn pointers_say_what_is_behind_them() {
        let check = |text: &str, size: Option<u64>, hash: Option<&str>| {
            let behind = Pointer::of(text.as_bytes()).unwrap().behind(text.as_bytes());
            assert_eq!((behind.size, behind.hash.as_deref()), (size, hash), "{text}");
        };
        let lfs =
            format!("version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize 206144\n");
        check(&lfs, Some(206_144), Some("sha256 725358ac24a4"));
        check("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", None, None);
        check(
            "/annex/objects/SHA256E-s31390--f50d7ac4c6b9031379.jpg\n",
            Some(31_390),
            Some("sha256 f50d7ac4c6b9"),
        );
        check(
            "../.git/annex/objects/p/Z/MD5-s3--900150983cd24fb0/MD5-s3--900150983cd24fb0",
            Some(3),
            Some("md5 900150983cd2"),
        );
        check("/annex/objects/URL--http&c%%host%data.pcd\n", None, None);
        check("/annex/objects/WORM-s7-m1433113400--1.pcd", Some(7), None);
        check("/annex/objects/SHA1-s99999999999999999999--short", None, None);
        let dvc = "outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 14445097\n  hash: md5\n  path: 1.pcd\n";
        check(dvc, Some(14_445_097), Some("md5 a304afb96060"));
        check("outs:\n- etag: \u{1b}[31m\n  size: -1\n", None, None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_harm(text in "(version https://git-lfs.github.com/spec/v1\n)?(oid sha256:[0-9a-f]{0,70}\n)?(size [0-9+-]{0,24}\n)?.*") {
            let _ = (Pointer::of(text.as_bytes()), LfsPointer::parse(text.as_bytes()));
            for pointer in [Pointer::GitLfs, Pointer::GitAnnex, Pointer::Dvc] {
                let hash = pointer.behind(text.as_bytes()).hash.unwrap_or_default();
                prop_assert!(hash.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' '));
            }
        }
    }
}
