use std::collections::BTreeMap;

use super::{describe, gather_remarked, note_own_advice};
use crate::finding::{Context, Sink};
use crate::names::leftovers::{LeftoverClass, LeftoverId};
use crate::platform::Effect;
use crate::text;
use crate::tree::Remark;

declare_rule! {
    /// A file that was not transferred whole, or not at all: `1681532060061.pcd.part`, `….tmp`, `….crdownload`, `.….icloud`.
    ///
    /// A download or copy writes under such a name and renames the file when it is whole, so one that is still there says
    /// that a frame is missing or half there. A synchroniser that fetches files on demand keeps a placeholder for each that
    /// it has not fetched. Nothing is published about how the platform takes such a file; the scene that holds it is most
    /// likely not complete.
    ///
    /// **Repair:** run the transfer again until none is left, or delete the leftovers where the whole file stands beside
    /// them. Placeholders go when their files are fetched.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    ///     1681532060161.pcd.part
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PARTIAL_FILE {
        code: "H103",
        name: "partial-file",
        effect: Effect::Scene,
        basis: Advice,
        facts: ["T5"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let mut partial = sink.gather(&PARTIAL_FILE);
    let mut kinds: BTreeMap<LeftoverId, u64> = BTreeMap::new();
    gather_remarked(
        context,
        &mut partial,
        |_, remark| matches!(remark, Remark::Leftover(id) if is_partial(id)),
        |remark, count| {
            if let Remark::Leftover(id) = remark {
                *kinds.entry(id).or_default() += count;
            }
        },
    );
    let is_placeholder = |id: &LeftoverId| id.class() == LeftoverClass::Placeholder;
    partial.help(if !kinds.is_empty() && kinds.keys().all(is_placeholder) {
        "fetch the files that the placeholders stand for"
    } else {
        "run the transfer again until none is left, or delete what stands beside the whole file"
    });
    note_own_advice(&mut partial, kinds.keys());
    let count = text::count(partial.count(), "file");
    let (one, several) = ("was not transferred whole", "were not transferred whole");
    let verb = if partial.count() == 1 { one } else { several };
    partial.say(format!("{count} {verb}: {}", describe(&kinds)));
}

fn is_partial(id: LeftoverId) -> bool {
    matches!(id.class(), LeftoverClass::BrokenTransfer | LeftoverClass::Placeholder)
}
