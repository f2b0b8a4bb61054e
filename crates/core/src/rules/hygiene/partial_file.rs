use super::{describe, kinds, own_advice, remarked};
use crate::finding::{Context, Kept, KeptPart, Sink, Statement};
use crate::names::leftovers::{self, LeftoverClass, LeftoverId};
use crate::names::name_set::NameSet;
use crate::platform::Effect;
use crate::repair::{FileSet, Operation, Repair};
use crate::tree::FileClass;

declare_rule! {
    /// A file that was not transferred whole, or not at all: `1681532060061.pcd.part`,
    /// `….tmp`, `….crdownload`, `.….icloud`.
    ///
    /// A download or copy writes under such a name and renames the file when it is whole, so one
    /// that is still there says that a frame is missing or half there. A synchroniser that
    /// fetches files on demand keeps a placeholder for each that it has not fetched. Nothing is
    /// published about how the platform takes such a file; the scene that holds it is most
    /// likely not complete.
    ///
    /// **Repair:** run the transfer again until none is left, or delete the leftovers where the
    /// whole file stands beside them. Placeholders go when their files are fetched.
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
    let is_partial = |_, remark| matches!(remark, FileClass::Leftover(id) if is_partial(id));
    let partial = remarked(context, sink, is_partial);
    sink.emit(&PARTIAL_FILE, partial, |kept| {
        let kinds = kinds(kept);
        let is_placeholder = |id: &LeftoverId| id.class() == LeftoverClass::Placeholder;
        let verb = kept.verb("was", "were");
        let count = kept.counted("file");
        Statement::new(format!("{count} {verb} not transferred whole: {}", describe(&kinds)))
            .help(if kinds.keys().all(is_placeholder) {
                "fetch the files that the placeholders stand for"
            } else {
                "run the transfer again until none is left, or delete what stands beside the whole file"
            })
            .repair(
                Repair::to_be_looked_at("the whole file stands beside each")
                    .with(surplus(context, kept)),
            )
            .notes(own_advice(&kinds))
    });
}

/// The leftovers beside which the file stands that they are a part of, taken out.
fn surplus(context: &Context<'_>, kept: &Kept<'_, '_, FileClass>) -> Vec<Operation> {
    let mut operations = Vec::new();
    for files in kept.parts.iter().filter_map(KeptPart::file_set) {
        let FileSet::Files { folder, names: Some(names) } = files else { continue };
        let here = context.tree.folder(folder);
        let is_empty =
            |name: &[u8]| here.remark(FileClass::Empty).is_some_and(|empty| empty.contains(name));
        let mut whole = NameSet::default();
        names.for_each(|name| {
            let file = leftovers::stands_for(name);
            if file.is_some_and(|file| here.holds(&file) && !is_empty(&file)) {
                whole.insert(name);
            }
        });
        if !whole.is_empty() {
            whole.seal();
            operations.push(Operation::Remove { files: FileSet::named(folder, whole) });
        }
    }
    operations
}

fn is_partial(id: LeftoverId) -> bool {
    matches!(id.class(), LeftoverClass::BrokenTransfer | LeftoverClass::Placeholder)
}
