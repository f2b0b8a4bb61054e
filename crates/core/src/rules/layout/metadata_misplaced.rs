use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::misplaced::{deeper, misnamed};
use crate::names::METADATA;
use crate::platform::Effect;
use crate::repair::{Operation, Repair};
use crate::text;
use crate::tree::{FolderId, Tree};

declare_rule! {
    /// The metadata file is there, but under another name or in another folder than the top.
    ///
    /// In every example of the layout it stands at the top, beside the sensor folders, and is
    /// called `metadata.json` in lower case; object stores tell `Metadata.json` from
    /// `metadata.json`. Its content is not judged until it is found.
    ///
    /// **Repair:** move or rename the file to `metadata.json` at the top. Where each sensor or
    /// scene has one, write one that holds them all.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// Metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    METADATA_MISPLACED {
        code: "L102",
        name: "metadata-misplaced",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T9"],
        judges: listing,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, .. } = context;
    if tree.folder(FolderId::ROOT).has_landmark(METADATA) || context.unseen.is_at_the_top() {
        return;
    }
    let at = |path: Vec<u8>| Part::at(Example::at(path).expecting(METADATA));
    let misnamed = misnamed(tree);
    if !misnamed.is_empty() {
        let parts = misnamed.iter().map(|name| at(name.as_bytes().to_vec()).keyed(name));
        sink.emit(&METADATA_MISPLACED, parts, |kept| {
            let names: Vec<&str> = kept.keys().map(|name| name.as_str()).collect();
            let first = names.first().copied().unwrap_or_default();
            let is_yaml = |name: &str| {
                let suffix = name.rsplit_once('.').map(|(_, suffix)| suffix);
                suffix.is_some_and(|suffix| suffix.starts_with(['y', 'Y']))
            };
            let statement = Statement::new(format!(
                "the metadata file is called `{first}`, but has to be called `metadata.json`"
            ))
            .help(match is_yaml(first) {
                true => format!("write what `{first}` holds as JSON, into `metadata.json`"),
                false => format!("rename `{first}` to `metadata.json`"),
            });
            let renamed = |name: &str| Operation::Move {
                from: name.as_bytes().to_vec(),
                to: METADATA.as_bytes().to_vec(),
            };
            match names.as_slice() {
                // Another name makes no JSON of it.
                [only] if is_yaml(only) => statement,
                [only] => {
                    statement.repair(Repair::safe("its name says what it is").with([renamed(only)]))
                }
                several => {
                    several.iter().filter(|name| !is_yaml(name)).fold(statement, |it, name| {
                        let why = format!("`{name}` is the metadata file, and the others are not");
                        it.repair(Repair::choice(why).with([renamed(name)]))
                    })
                }
            }
        });
        return;
    }
    let parts = deeper(tree).into_iter().map(|path| at(path.clone()).keyed(path));
    sink.emit(&METADATA_MISPLACED, parts, |kept| match kept.parts.as_slice() {
        [only] if !only.key.ends_with(b"/metadata.json") => {
            let path = text::lossless(only.key);
            Statement::new(format!(
                "the metadata file is `{path}`, but has to be `metadata.json` at the top"
            ))
            .help(format!("move `{path}` to `metadata.json` at the top"))
            .repair_as_shown(Repair::to_be_looked_at("its name is nearly that of a metadata file"))
        }
        [only] => Statement::new(
            "`metadata.json` stands in a folder below, but belongs at the top, beside the sensor folders",
        )
        .help(format!("move `{}` to the top", text::lossless(only.key)))
        .repair_as_shown(Repair::safe("there is no other metadata.json")),
        _ => Statement::new(format!(
            "{} called `metadata.json` stand in folders below, but one has to stand at the top, beside the sensor folders",
            kept.counted("file"),
        ))
        .help("write one metadata.json at the top that holds them all, and then take out those below"),
    });
}

/// Whether a metadata file stands anywhere but in its place.
pub(super) fn is_anywhere(tree: &Tree) -> bool {
    !misnamed(tree).is_empty() || !deeper(tree).is_empty()
}
