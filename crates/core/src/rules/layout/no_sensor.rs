use std::collections::BTreeMap;

use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::contents::Contents;
use crate::layout::{LayoutKind, OtherLayout};
use crate::platform::Effect;
use crate::rules::in_place::dvc_pointers;
use crate::text;
use crate::tree::{FileClass, FolderId, Tree};

declare_rule! {
    /// Nothing in the tree could be a sensor's folder.
    ///
    /// The import knows a LiDAR's folder by `lidar-` and a camera's by `camera-`. Here no folder at
    /// the top is named so or nearly so, none holds frames in scene folders, and the tree is no
    /// other layout that is known; most often it is another folder than the one that was meant.
    /// Since nothing else can be judged, the finding says what is there.
    ///
    /// **Repair:** check the target; or lay the frames out as
    /// `lidar-<name>/<scene>/<timestamp>.pcd` and `camera-<name>/<scene>/<timestamp>.jpg`.
    ///
    /// ```tree bad
    /// DSC_0001.jpg
    /// DSC_0002.jpg
    /// DSC_0003.jpg
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// metadata.json
    /// ```
    NO_SENSOR {
        code: "L113",
        name: "no-sensor",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T1", "T2"],
        scope: AnyTree,
        judges: listing,
    }
}

/// How many `.dvc` files are named.
const MOST_POINTERS: usize = 4;

/// How many suffixes are named.
const MOST_SUFFIXES: usize = 3;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let found_none = layout.reading == LayoutKind::Other(OtherLayout::NoSensor);
    // What could not be read may be the sensors.
    if !found_none || tree.is_empty() || context.unseen.is_within(FolderId::ROOT) {
        return;
    }
    sink.emit(&NO_SENSOR, [Part::at(Example::at(&b""[..]))], |_| {
        let here = Contents::of(tree, FolderId::ROOT);
        let below = Contents::of_children(tree, FolderId::ROOT);
        let kind = below.kind().filter(|_| here.frames() == 0);
        let there = what_is_there(tree);
        let pointers = dvc_pointers(tree.folder(FolderId::ROOT));
        if !pointers.is_empty() {
            let names: Vec<String> = pointers
                .iter()
                .map(|(_, name)| format!("`{}`", text::lossless(name)))
                .collect();
            let (what, stand) = match names.as_slice() {
                [_] => ("a `.dvc` file", "stands"),
                _ => ("`.dvc` files", "stand"),
            };
            return Statement::new(format!(
                "the data were not fetched: {what} {stand} in their place, {}",
                text::list(&names, MOST_POINTERS)
            ))
            .note(format!("there {there}"))
            .help(match pointers.as_slice() {
                [(_, name)] => format!("fetch them with `dvc pull {}`", text::lossless(name)),
                _ => "fetch them with `dvc pull`".to_owned(),
            });
        }
        Statement::new(format!(
            "no folder is named `lidar-…` or `camera-…`, nor could be meant so; there {there}"
        ))
        .notes(kind.map(|kind| {
            let (noun, prefix) = (kind.noun(), kind.prefix());
            format!("if the folders are the scenes of one {noun}, they belong in one folder named `{prefix}<name>`")
        }))
        .help(
            "check that this is the folder you meant; sensors are laid out as `lidar-<name>/<scene>/<timestamp>.pcd` \
             and `camera-<name>/<scene>/<timestamp>.jpg`",
        )
    });
}

/// Everything in the tree in one clause: `are 12,000 .jpg files in 3 folders`.
fn what_is_there(tree: &Tree) -> String {
    let folders = tree.folders().len() as u64 - 1;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut deeper = 0;
    for folder in tree.folders() {
        for (naming, set) in folder.frames() {
            *counts.entry(naming.suffix().to_ascii_lowercase()).or_default() += set.len() as u64;
        }
        for (remark, names) in folder.remarks() {
            match remark {
                FileClass::Unnumbered(suffix) => {
                    *counts.entry(suffix.as_str().to_owned()).or_default() += names.count();
                }
                FileClass::Deeper => deeper += names.count(),
                _ => {}
            }
        }
    }
    let named: u64 = counts.values().sum();
    let mut ranked: Vec<(String, u64)> =
        counts.into_iter().filter(|(suffix, _)| !suffix.is_empty()).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked.truncate(MOST_SUFFIXES);
    let shown: u64 = ranked.iter().map(|(_, count)| count).sum();
    let mut parts: Vec<String> = ranked
        .iter()
        .map(|(suffix, count)| text::count(*count, &format!(".{suffix} file")))
        .collect();
    if deeper > 0 {
        parts.push(format!("{} more than 16 levels down", text::count(deeper, "file")));
    }
    // Junk, links and what else has no suffix worth a word.
    let rest = tree.files().saturating_sub(shown + deeper).max(named.saturating_sub(shown));
    if rest > 0 {
        parts.push(text::count(rest, if parts.is_empty() { "file" } else { "other file" }));
    }
    let verb = if tree.files() == 1 { "is" } else { "are" };
    match (parts.is_empty(), folders) {
        (true, _) => format!(
            "{} and no file",
            if folders == 1 {
                "is 1 folder".to_owned()
            } else {
                format!("are {}", text::count(folders, "folder"))
            }
        ),
        (false, 0) => format!("{verb} {}, and no folder", text::list(&parts, parts.len())),
        (false, _) => format!(
            "{verb} {} in {}",
            text::list(&parts, parts.len()),
            text::count(folders, "folder")
        ),
    }
}
