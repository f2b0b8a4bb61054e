use std::collections::{BTreeMap, BTreeSet, HashMap};

use unicode_normalization::UnicodeNormalization as _;

use super::files;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Apart, Cell, Layout, SceneId, SensorId};
use crate::names::fold;
use crate::names::name_set::NameSet;
use crate::platform::{Basis, Effect};
use crate::repair::Repair;
use crate::text;
use crate::tree::{FolderId, Tree};

declare_rule! {
    /// Folder names that differ only in upper and lower case, or in how an accent is encoded.
    ///
    /// Side by side in one folder, two such names are one on Windows and macOS: copied there, or
    /// unzipped, one folder swallows the other. That is advice on a tree that stays in an object
    /// store, which tells them apart.
    ///
    /// The same scene spelt so in two sensors is worse: the platform matches scene ids, finds two
    /// scenes, and each lacks a sensor. That happens when part of the data went through a Mac,
    /// which may store `é` as `e` and a combining accent.
    ///
    /// Where such folders are one by what they hold, each with frames that the other sensors have
    /// in one folder, they are said to be parts of one scene, or of one sensor.
    ///
    /// **Repair:** give the folders of one scene the same name in every sensor, and different
    /// scenes names that differ otherwise.
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
    say_apart(context, sink);
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

/// Top folders whose names are alike. One that is to be renamed for its prefix (L103) collides with
/// none in the end.
fn sibling_sensors(tree: &Tree, layout: &Layout) -> Vec<Vec<FolderId>> {
    let to_rename = |folder: &FolderId| {
        layout
            .sensors
            .iter()
            .any(|sensor| sensor.folder == *folder && sensor.expected_folder.is_some())
    };
    // Parts of one sensor are said as that.
    let apart: BTreeSet<FolderId> = layout.apart.iter().map(|apart| apart.folder).collect();
    let is_apart = |folder: &FolderId| apart.contains(folder);
    let tops: Vec<FolderId> =
        tree.children(FolderId::ROOT).filter(|folder| !is_apart(folder)).collect();
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

/// Folders of one sensor or one scene that differ by case, and are one by what they hold.
fn say_apart(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let tops = layout.apart.iter().filter(|apart| apart.scene.is_none());
    let tops: BTreeSet<FolderId> = tops.map(|apart| apart.folder).collect();
    let is_below = |folder: FolderId| tops.contains(&tree.folder(folder).parent());
    for is_sensor in [true, false] {
        let of_kind = |apart: &&Apart| match apart.scene {
            None => is_sensor,
            // What goes along with the folder above is said of that.
            Some(_) => is_sensor == is_below(apart.folder),
        };
        let parts = layout.apart.iter().filter(of_kind).map(|apart| {
            let part = match apart.scene {
                Some(_) if is_sensor => Part::nothing(),
                _ => {
                    let (own, whole) = (tree.path(apart.folder), tree.path(apart.whole));
                    let note = difference(
                        tree.folder(apart.whole).name(),
                        tree.folder(apart.folder).name(),
                    );
                    let example = Example::at(own).noting(note);
                    Part::at(match String::from_utf8(whole) {
                        Ok(whole) => example.expecting(whole),
                        Err(_) => example,
                    })
                }
            };
            let part = match apart.scene {
                Some(scene) => {
                    let stems = stems_in(tree, apart.folder);
                    part.in_scene(scene).names_missing(scene, apart.sensor, stems)
                }
                None => part,
            };
            part.keyed(apart.sensor)
        });
        sink.emit(&NAME_COLLISION, parts, |kept| {
            let noun = if is_sensor { "folder" } else { "scene folder" };
            let labels = files::labels(layout, &kept.distinct_keys());
            let (count, are) = (kept.counted(noun), kept.verb("is a part", "are parts"));
            let message = match is_sensor {
                true => format!("{count} {are} of {labels}"),
                false => format!("{count} of {labels} {are} of another"),
            };
            let message = format!("{message}, by a name that differs in case alone");
            Statement::new(message)
                .about(files::only(layout, &kept.distinct_keys()))
                .effect(Effect::MISALIGNED, Basis::Implied)
                .help("move what it holds to the folder shown, which has the rest")
                .repair_as_shown(Repair::to_be_looked_at("they have no frame in common"))
        });
    }
}

/// The stems of the numbered frames right in a folder.
fn stems_in(tree: &Tree, folder: FolderId) -> NameSet {
    let mut stems = NameSet::default();
    for (naming, set) in tree.folder(folder).frames() {
        set.iter().for_each(|value| stems.insert(naming.render_stem(value).as_bytes()));
    }
    stems.seal();
    stems
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
        .repair_as_shown(Repair::to_be_looked_at("the other sensors spell the scene so"))
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
