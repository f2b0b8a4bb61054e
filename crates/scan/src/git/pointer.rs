//! Git LFS pointers: small text files that stand in a repository for large ones.

/// A pointer is shorter than this many bytes: Git LFS takes nothing longer for one.
pub(super) const MOST_BYTES: u64 = 1024;

/// No pointer is shorter: a version, a checksum and a size each have their line.
pub(super) const LEAST_BYTES: u64 = 100;

/// The one that is written today, and those before it that Git LFS still reads.
const VERSIONS: [&str; 3] =
    ["https://git-lfs.github.com/spec/v1", "https://hawser.github.com/spec/v1", "http://git-media.io/v/2"];

/// The size in bytes of the file that a pointer stands for; `None` where this is no pointer.
///
/// It is read as Git LFS reads it: with either kind of line break, and with the lines of extensions before the checksum.
/// What Git LFS would not take for a pointer, a checkout leaves as it is.
pub(super) fn size(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let mut lines = text.trim().lines().filter(|line| !line.is_empty());
    let version = lines.next()?.strip_prefix("version ")?;
    if !VERSIONS.contains(&version) {
        return None;
    }
    let checksum = lines.by_ref().find(|line| !is_extension(line))?.strip_prefix("oid sha256:")?;
    if checksum.len() != 64 || !checksum.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let size = lines.next()?.strip_prefix("size ")?;
    let is_number = !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
    let size = is_number.then(|| size.parse().ok())??;
    // Sizes are signed there.
    (lines.next().is_none() && size <= i64::MAX as u64).then_some(size)
}

/// Whether a line is `ext-0-name value`.
fn is_extension(line: &str) -> bool {
    let rest = line.strip_prefix("ext-").and_then(|rest| rest.strip_prefix(|digit: char| digit.is_ascii_digit()));
    rest.is_some_and(|rest| rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_read_as_git_lfs_reads_them() {
        let version = "version https://git-lfs.github.com/spec/v1";
        let oid = format!("oid sha256:{}", "4d7a2146".repeat(8));
        let check = |text: String, expected: Option<u64>| assert_eq!(size(text.as_bytes()), expected, "{text:?}");
        let pointer = format!("{version}\n{oid}\nsize 12345\n");
        assert!(pointer.len() as u64 >= LEAST_BYTES);
        check(pointer, Some(12_345));
        check(format!("{version}\n{oid}\nsize 0\n"), Some(0));
        check(format!("{version}\r\n{oid}\r\nsize 7\r\n"), Some(7));
        check(format!("{version}\next-0-foo sha256:{}\n{oid}\nsize 7\n", "0".repeat(64)), Some(7));
        check(format!("version https://hawser.github.com/spec/v1\n{oid}\nsize 7"), Some(7));
        check(format!("{version}\n{oid}\nsize 9223372036854775807\n"), Some(i64::MAX as u64));

        check(format!("{version}\n{oid}\nsize 9223372036854775808\n"), None);
        check(format!("{version}\n{oid}\nsize -1\n"), None);
        check(format!("{version}\n{oid}\nsize +1\n"), None);
        check(format!("{version}\n{oid}\nsize\n"), None);
        check(format!("{version}\n{oid}\n"), None);
        check(format!("{version}\nsize 7\n{oid}\n"), None);
        check(format!("{version}\n{oid}\nsize 7\nmore 1\n"), None);
        check(format!("{version}\noid sha256:beef\nsize 7\n"), None);
        check(format!("version https://example.com/v1\n{oid}\nsize 7\n"), None);
        check("# .PCD v0.7".to_owned(), None);
        check(String::new(), None);
        assert_eq!(size(b"version \xff"), None);
    }
}
