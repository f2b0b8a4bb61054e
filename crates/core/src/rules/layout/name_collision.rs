use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization as _;

use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::names::fold;
use crate::platform::{Basis, Effect};
use crate::repair::Repair;
use crate::text;
use crate::tree::{FolderId, Tree};

declare_rule! {
    /// Folder names that differ only in upper and lower case, or in how an accent is encoded.
    ///
    /// Side by side in one folder, two such names are one on Windows and macOS: copied there, or unzipped, one folder
    /// swallows the other. That is advice on a tree that stays in an object store, which tells them apart.
    ///
    /// The same scene spelt so in two sensors is worse: the platform matches scene ids, finds two scenes, and each lacks a
    /// sensor. That happens when part of the data went through a Mac, which may store `é` as `e` and a combining accent.
    ///
    /// **Repair:** give the folders of one scene the same name in every sensor, and different scenes names that differ
    /// otherwise.
    ///
    /// ```tree bad
    /// camera-front/
    ///   Scene_1/
    ///     1681532060061.jpg
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree bad
    /// lidar-top/
    ///   Scene_1/
    ///     1681532060061.pcd
    ///   scene_1/
    ///     1681532070061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// metadata.json
    /// ```
    NAME_COLLISION {
        code: "L120",
        name: "name-collision",
        effect: Effect::MISALIGNED,
        basis: Advice,
        facts: ["T4", "T10"],
        judges: several_names,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let mut siblings = sibling_sensors(tree, layout);
    let mut spellings = Vec::new();
    for scenes in alike(layout.scene_ids().map(|id| (layout.scene_name(id), id))) {
        let cells = by_sensor(layout, &scenes);
        let side_by_side: Vec<&Vec<Cell>> =
            cells.values().filter(|cells| cells.len() > 1).collect();
        if side_by_side.is_empty() {
            spellings.push(scenes);
        }
        siblings.extend(
            side_by_side.into_iter().map(|cells| cells.iter().map(|cell| cell.folder).collect()),
        );
    }
    say_siblings(tree, sink, &siblings);
    say_spellings(context, sink, &spellings);
}

/// Things whose names are one to a system that folds them, two or more of each.
fn alike<'n, T>(named: impl Iterator<Item = (&'n [u8], T)>) -> Vec<Vec<T>> {
    let mut at: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for (name, thing) in named {
        let group = *at.entry(fold(name)).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(thing),
            None => groups.push(vec![thing]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Top folders whose names are alike. One that is to be renamed for its prefix (L103) collides with none in the end.
fn sibling_sensors(tree: &Tree, layout: &Layout) -> Vec<Vec<FolderId>> {
    let to_rename = |folder: &FolderId| {
        layout
            .sensors
            .iter()
            .any(|sensor| sensor.folder == *folder && sensor.expected_folder.is_some())
    };
    let tops: Vec<FolderId> = tree.children(FolderId::ROOT).collect();
    let mut groups = alike(tops.iter().map(|id| (tree.folder(*id).name(), *id)));
    groups.iter_mut().for_each(|group| group.retain(|folder| !to_rename(folder)));
    groups.retain(|group| group.len() > 1);
    groups
}

fn by_sensor(layout: &Layout, scenes: &[SceneId]) -> BTreeMap<SensorId, Vec<Cell>> {
    let mut cells: BTreeMap<SensorId, Vec<Cell>> = BTreeMap::new();
    for cell in scenes.iter().flat_map(|scene| layout.scene_cells(*scene)) {
        cells.entry(cell.sensor).or_default().push(*cell);
    }
    cells
}

/// Folders side by side.
fn say_siblings(tree: &Tree, sink: &mut Sink<'_>, siblings: &[Vec<FolderId>]) {
    let groups = siblings.iter().filter_map(|group| group.split_first());
    let parts = groups.flat_map(|(first, others)| {
        let first = tree.folder(*first).name();
        others.iter().map(move |other| {
            let note = difference(first, tree.folder(*other).name());
            Part::at(Example::at(tree.path(*other)).noting(note))
        })
    });
    sink.emit(&NAME_COLLISION, parts, |kept| {
        let (folders, have) = (kept.counted("folder"), kept.verb("has", "have"));
        Statement::new(format!(
            "{folders} {have} the name of another beside it but for case or the encoding of accents"
        ))
        .help("rename one of each two, or join them if they are the same")
    });
}

/// One scene, spelt differently in different sensors.
fn say_spellings(context: &Context<'_>, sink: &mut Sink<'_>, spellings: &[Vec<SceneId>]) {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    for scenes in spellings {
        // What most sensors have is taken to be meant; the first of equals.
        let most = scenes.iter().rev().max_by_key(|scene| layout.scene_cells(**scene).len());
        let Some(meant) = most.copied() else { continue };
        let name = layout.scene_name(meant);
        for scene in scenes {
            parts.push(Part::nothing().names_absent(*scene).keyed(meant));
        }
        for scene in scenes.iter().filter(|scene| **scene != meant) {
            for cell in layout.scene_cells(*scene) {
                let example = Example::at(tree.path(cell.folder))
                    .noting(difference(name, layout.scene_name(*scene)));
                let expected = String::from_utf8(tree.path(layout.sensor(cell.sensor).folder));
                let example = match (expected, std::str::from_utf8(name)) {
                    (Ok(sensor), Ok(name)) => example.expecting(format!("{sensor}{name}/")),
                    _ => example,
                };
                parts.push(Part::at(example).in_scene(*scene).keyed(meant));
            }
        }
    }
    sink.emit(&NAME_COLLISION, parts, |kept| {
        let (folders, are) = (kept.counted("scene folder"), kept.verb("is", "are"));
        Statement::new(format!(
            "{folders} {are} spelt otherwise than in other sensors, by case or the encoding of accents"
        ))
        .effect(Effect::MISALIGNED, Basis::Implied)
        .in_scenes(kept.keys().copied())
        .help("give the folders of one scene the same name in every sensor")
        .repair_as_shown(Repair::safe("most sensors spell the scene so"))
    });
}

/// What tells a name from another that is alike.
fn difference(name: &[u8], other: &[u8]) -> String {
    let composed = |name: &[u8]| text::lossless(name).nfc().collect::<String>();
    if composed(name) == composed(other) {
        "looks the same as another, but the accents are encoded otherwise (NFC, NFD)".to_owned()
    } else {
        format!("`{}` but for case", text::lossless(name))
    }
}
