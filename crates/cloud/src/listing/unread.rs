//! What could not be listed, in as few words as say it.

use std::collections::BTreeSet;

use sensortree_core::tree::Unread;

/// So many folders are named at most; of more, those that they lie in.
const MOST: usize = 100;

/// Makes paths relative to the target, and leaves out what lies in another that is unread for
/// the same reason.
pub(super) fn condense(unread: BTreeSet<(Vec<u8>, String)>, root: usize) -> Vec<Unread> {
    let relative = |(prefix, reason): (Vec<u8>, String)| Unread {
        path: prefix.get(root..).unwrap_or_default().to_vec(),
        reason,
    };
    let mut all: BTreeSet<Unread> = unread.into_iter().map(relative).collect();
    let depth = |unread: &Unread| unread.path.iter().filter(|byte| **byte == b'/').count();
    let mut deepest = all.iter().map(depth).max().unwrap_or_default();
    while all.len() > MOST && deepest > 0 {
        deepest -= 1;
        all = all
            .into_iter()
            .map(|unread| Unread { path: first_folders(&unread.path, deepest), ..unread })
            .collect();
    }
    let is_said = |unread: &Unread| {
        let above =
            unread.path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
        std::iter::once(0).chain(above).filter(|end| *end < unread.path.len()).any(|end| {
            let path = unread.path.get(..end).unwrap_or_default().to_vec();
            all.contains(&Unread { path, reason: unread.reason.clone() })
        })
    };
    all.iter().filter(|unread| !is_said(unread)).cloned().collect()
}

/// The first names of a path, each with its `/`.
fn first_folders(path: &[u8], count: usize) -> Vec<u8> {
    path.split_inclusive(|byte| *byte == b'/').take(count).flatten().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(unread: impl IntoIterator<Item = (String, &'static str)>) -> Vec<String> {
        let unread = unread
            .into_iter()
            .map(|(path, reason)| (path.into_bytes(), reason.to_owned()))
            .collect();
        let said = condense(unread, "data/".len());
        said.iter()
            .map(|unread| format!("{}: {}", String::from_utf8_lossy(&unread.path), unread.reason))
            .collect()
    }

    #[test]
    fn what_lies_in_a_folder_that_is_said_is_not_said_again() {
        let paths = [("data/a/b/", "x"), ("data/a/", "x"), ("data/a/c/", "y"), ("data/ab/", "x")];
        assert_eq!(
            said(paths.map(|(path, reason)| (path.to_owned(), reason))),
            ["a/: x", "a/c/: y", "ab/: x"]
        );
        assert_eq!(said([("data/".to_owned(), "x"), ("data/a/".to_owned(), "x")]), [": x"]);
    }

    #[test]
    fn of_many_folders_those_are_said_that_they_lie_in() {
        let scenes = (0..1000).map(|scene| (format!("data/lidar-{}/{scene}/", scene % 3), "x"));
        assert_eq!(said(scenes), ["lidar-0/: x", "lidar-1/: x", "lidar-2/: x"]);
        assert_eq!(said((0..1000).map(|sensor| (format!("data/{sensor}/"), "x"))), [": x"]);
    }
}
