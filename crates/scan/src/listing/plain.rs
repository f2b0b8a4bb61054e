//! Whether lines are paths and nothing else.

use std::collections::BTreeSet;
use std::ops::Bound;

use sensortree_core::names::{METADATA, Media, SensorKind, Suffix};

/// Whether most of these lines are paths, and none of the rest contradicts it.
pub(super) fn are_paths(sample: &[&[u8]]) -> bool {
    let lines: BTreeSet<&[u8]> = sample.iter().map(|line| without_mark(line)).collect();
    let is_above_others = |line: &[u8]| {
        let next = lines.range::<&[u8], _>((Bound::Excluded(line), Bound::Unbounded)).next();
        next.is_some_and(|next| {
            next.strip_prefix(line).is_some_and(|rest| matches!(rest.first(), Some(b'/' | b'\\')))
        })
    };
    let (mut paths, mut others) = (0, 0);
    for line in &lines {
        if is_path(line) {
            paths += 1;
        } else if !line.is_empty() && !is_above_others(line) {
            others += 1;
        }
    }
    // As `find` writes them, and nothing else does: below the current folder, or below the one
    // that was named.
    let holds_any = lines.iter().any(|line| !line.is_empty());
    let are_found = holds_any
        && lines.iter().all(|line| {
            matches!(line, [] | [b'.'] | [b'.', b'/' | b'\\', ..]) && !ends_in_column(line)
        });
    (paths > 0 || are_found)
        && (paths >= others || are_found || share_a_folder(&lines))
        && !have_columns_before(sample)
}

/// Whether all lines begin with the same name of a folder, and none ends in a further column.
fn share_a_folder(lines: &BTreeSet<&[u8]>) -> bool {
    let first = |line: &[u8]| {
        let end = line.iter().position(|byte| matches!(byte, b'/' | b'\\'))?;
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        line[..end].iter().all(is_plain).then(|| line[..end].to_vec())
    };
    let mut named = lines.iter().filter(|line| !line.is_empty());
    let Some(folder) = named.next().and_then(|line| first(line)) else { return false };
    named.all(|line| first(line).as_ref() == Some(&folder))
        && !lines.iter().any(|line| ends_in_column(line))
}

fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a text is a path of a dataset for all that can be seen: by a frame's suffix at its end,
/// or a sensor's folder in it.
pub(super) fn is_path(text: &[u8]) -> bool {
    let is_anchored = matches!(text, [b'/', ..] | [b'.', b'/' | b'\\', ..] | [_, b':', b'\\', ..]);
    if has_frame_suffix(text) && is_anchored {
        return true;
    }
    if text.contains(&b'\t') || memchr::memmem::find(text, b"  ").is_some() {
        return false;
    }
    let names = || text.split(|byte| matches!(byte, b'/' | b'\\'));
    let last = names().next_back().unwrap_or_default();
    let is_known = has_frame_suffix(text)
        || last == METADATA.as_bytes()
        || (last.is_empty() && names().count() > 1)
        || (names().any(is_sensor) && !ends_in_column(last));
    is_known && !begins_with_column(text)
}

fn has_frame_suffix(path: &[u8]) -> bool {
    Suffix::of(path).media() != Media::Other
}

/// Whether a folder is named as a sensor's.
pub(super) fn is_sensor(name: &[u8]) -> bool {
    SensorKind::ALL.iter().any(|kind| name.starts_with(kind.prefix().as_bytes()))
}

/// Whether a number, a date or a hash stands before the path.
fn begins_with_column(text: &[u8]) -> bool {
    let first = text.iter().take_while(|byte| !matches!(byte, b'/' | b'\\')).count();
    let first = &text[..first.min(text.len())];
    let Some(end) = first.iter().position(|byte| matches!(byte, b' ' | b';' | b',' | b'|')) else {
        return false;
    };
    let word = &first[..end];
    let is_figure = word.iter().all(|byte| byte.is_ascii_digit() || b"-:.".contains(byte));
    let is_hash = word.len() >= 32 && word.iter().all(u8::is_ascii_hexdigit);
    is_hash || (is_figure && word.iter().any(u8::is_ascii_digit) && first.len() > end + 1)
}

/// Whether a figure stands behind the path, parted from it as columns are.
fn ends_in_column(last: &[u8]) -> bool {
    let end = last.iter().rposition(|byte| b" \t;,|:".contains(byte));
    end.is_some_and(|end| {
        let word = last[end + 1..].strip_suffix(b"\"").unwrap_or(&last[end + 1..]);
        !word.is_empty() && word.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
    })
}

/// Whether a word that is no part of the path stands before most paths.
fn have_columns_before(sample: &[&[u8]]) -> bool {
    let has = |line: &&&[u8]| {
        let is_address = memchr::memmem::find(line, b"://").is_some_and(|at| at > 8);
        let first = line.split(|byte| matches!(byte, b'/' | b'\\')).next().unwrap_or_default();
        let word = first.iter().rposition(|byte| *byte == b' ').map(|at| &first[at + 1..]);
        is_address || word.is_some_and(is_sensor)
    };
    2 * sample.iter().filter(has).count() >= sample.len().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_from_columns() {
        let check = |text: &str, expected: bool| {
            let lines: Vec<&[u8]> = text.split('\n').map(str::as_bytes).collect();
            assert_eq!(are_paths(&lines), expected, "{text}");
        };
        check("lidar-top/s/1.pcd\nmetadata.json", true);
        check("lidar-top\nlidar-top/s\nlidar-top/s/1.pcd", true);
        check("My Drive/lidar-top/s/1.pcd", true);
        check("2024 drives/lidar-top/s/1.pcd", false);
        check("/data/2024 drives/lidar-top/s/1.pcd", true);
        check("./a b /c\td/1.pcd", true);
        check("D:\\drive\\lidar-top\\s\\1.pcd", true);
        check("lidar-top/s/readme", true);
        check("20 lidar-top/s/1.pcd", false);
        check("20;lidar-top/s/1.pcd", false);
        check("lidar-top/s/1.pcd,20", false);
        check("lidar-top/s/1.pcd\t20", false);
        check("lidar-top/s/1.pcd  20", false);
        check("file lidar-top/s/1.pcd", false);
        check("2024-10-10 22:40 20 s3://a/lidar-top/s/1.pcd", false);
        check("d41d8cd98f00b204e9800998ecf8427e lidar-top/s/1.pcd", false);
        check("An error occurred (AccessDenied) when calling ListObjectsV2: Access Denied", false);
        check("fatal: not a git repository", false);
        check("", false);
    }
}
