use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::gather_remarked;
use crate::contract::Effect;
use crate::finding::Sink;
use crate::layout::names::Junk;
use crate::rules::Context;
use crate::text;
use crate::tree::Remark;

declare_rule! {
    /// A file that an operating system, a desktop or a tool left behind: `.DS_Store`, `Thumbs.db`, anything in `__MACOSX/`.
    ///
    /// Such files travel along unseen when a folder is zipped or synchronised, and then stand where a reader of the tree
    /// expects sensors, scenes and frames and nothing else. No published page says how the platform takes them, so this
    /// decides no verdict by default; a reader that takes every file of a scene for a frame stumbles over them.
    ///
    /// What serves a repository that the dataset is kept in (`.git/`, `.gitattributes`, `sensortree.toml`) is passed over in a
    /// local folder or a git revision, where it belongs, and counted anywhere else.
    ///
    /// **Repair:** delete them; nothing in a dataset needs them.
    ///
    /// ```tree bad
    /// .DS_Store
    /// lidar-top/
    ///   .DS_Store
    ///   scene_1/
    ///     ._1681532060061.pcd
    ///     1681532060061.pcd x2 +100
    /// __MACOSX/
    ///   lidar-top/
    ///     scene_1/
    ///       ._1681532060061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// .gitattributes
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// sensortree.toml
    /// ```
    JUNK_FILE {
        code: "H101",
        name: "junk-file",
        effect: Effect::MISALIGNED,
        basis: Advice,
        facts: ["T5", "T9"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let in_repository = context.target.kind.may_be_in_repository();
    let is_junk = |junk: Junk| !(in_repository && junk.serves_repository);
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let mut left = sink.gather(&JUNK_FILE);
    gather_remarked(
        context,
        &mut left,
        |remark| matches!(remark, Remark::Junk(junk) if is_junk(junk)),
        |remark, count| {
            if let Remark::Junk(junk) = remark {
                *kinds.entry(junk.name).or_default() += count;
            }
        },
    );
    left.help("delete what was left behind before the upload");
    let count = text::count(left.count(), "file");
    let verb = if left.count() == 1 { "is" } else { "are" };
    left.say(format!("{count} {verb} what a system or a tool left behind: {}", describe(&kinds)));
}

/// `3 .DS_Store, 1,200 in __MACOSX/`, the most frequent first.
fn describe(kinds: &BTreeMap<&str, u64>) -> String {
    let mut kinds: Vec<(&str, u64)> = kinds.iter().map(|(name, count)| (*name, *count)).collect();
    kinds.sort_by_key(|(name, count)| (Reverse(*count), *name));
    let parts: Vec<String> = kinds
        .into_iter()
        .map(|(name, count)| {
            let preposition = if name.ends_with('/') { "in " } else { "" };
            format!("{} {preposition}`{name}`", text::number(count))
        })
        .collect();
    text::list(&parts, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_the_most_frequent_first() {
        let kinds = BTreeMap::from([(".DS_Store", 3), ("__MACOSX/", 1_200), ("._*", 3)]);
        assert_eq!(describe(&kinds), "1,200 in `__MACOSX/`, 3 `.DS_Store` and 3 `._*`");
    }
}
