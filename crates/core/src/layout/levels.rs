//! Trees that have all levels of folders, but in another order or further down.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::contents::Contents;
use super::tops::FreeNames;
use super::{LevelOrder, Move, OtherLayout, Transposed, WrongRoot};
use crate::names::{self, SensorKind, sensor_name};
use crate::tree::{FolderId, Tree};

/// What the folders of frames say about the level on which the sensors stand, each by its own name
/// and its parent's.
#[derive(Debug, Default)]
pub(super) struct Votes {
    /// Folders of frames named as a sensor's.
    sensors: Vec<FolderId>,
    /// The weight of their votes.
    sensors_weight: u64,
    /// The folders in which sensors' folders stand that have folders of frames, and the weight of
    /// the votes for each.
    roots: BTreeMap<FolderId, u64>,
}

impl Votes {
    /// Counts only names with a right prefix.
    pub(super) fn by_prefix(tree: &Tree) -> Self {
        Self::count(tree, 3, |name| {
            let is_sensor =
                std::str::from_utf8(name).is_ok_and(|name| sensor_name::split(name).is_some());
            if is_sensor { 3 } else { 0 }
        })
    }

    /// Counts every name that is like a sensor's.
    pub(super) fn by_likeness(tree: &Tree) -> Self {
        // Sensors' names stand in every scene, and scenes' in every sensor.
        let mut known: HashMap<&[u8], u8> = HashMap::new();
        Self::count(tree, 2, |name| {
            *known.entry(name).or_insert_with(|| sensor_name::likeness(&names::meant(name)))
        })
    }

    /// `least` is the likeness that a name needs in a place where sensors are not expected.
    fn count<'t>(tree: &'t Tree, least: u8, mut likeness: impl FnMut(&'t [u8]) -> u8) -> Self {
        let mut votes = Votes::default();
        for id in tree.ids().skip(1) {
            if Contents::of(tree, id).frames() == 0 {
                continue;
            }
            let folder = tree.folder(id);
            let parent = folder.parent();
            let own = likeness(folder.name());
            let above =
                if parent == FolderId::ROOT { 0 } else { likeness(tree.folder(parent).name()) };
            if above > 0 && above >= own {
                let root = tree.folder(parent).parent();
                if root == FolderId::ROOT || above >= least {
                    *votes.roots.entry(root).or_default() += u64::from(above);
                }
            } else if own > 0 && parent != FolderId::ROOT && (folder.depth() == 2 || own >= least) {
                votes.sensors.push(id);
                votes.sensors_weight += u64::from(own);
            }
        }
        votes
    }

    fn weight_of_the_root(&self) -> u64 {
        self.roots.get(&FolderId::ROOT).copied().unwrap_or_default()
    }

    fn weight_below(&self) -> u64 {
        self.roots.values().sum::<u64>() - self.weight_of_the_root()
    }

    /// Whether most say that the sensors stand where they should.
    pub(super) fn favour_the_root(&self) -> bool {
        let weight = self.weight_of_the_root();
        weight > 0 && weight >= self.sensors_weight && weight >= self.weight_below()
    }

    /// What most say the tree is, if not as it should be.
    pub(super) fn decide(self, tree: &Tree) -> Option<OtherLayout> {
        if self.sensors_weight > 0 && self.sensors_weight >= self.weight_below() {
            return Some(OtherLayout::Transposed(scene_first(tree, &self.sensors)));
        }
        let below: Vec<FolderId> =
            self.roots.into_keys().filter(|root| *root != FolderId::ROOT).collect();
        // `camera/camera-front/scene_1/` and `lidar/lidar-top/scene_1/` are two halves
        // of one dataset.
        let is_kind = |root: &FolderId| {
            let folder = tree.folder(*root);
            folder.depth() == 1
                && sensor_name::near(&names::meant(folder.name()))
                    .is_some_and(|near| near.is_bare())
        };
        if !below.is_empty()
            && below.iter().all(is_kind)
            && let Some(transposed) = kind_first(tree)
        {
            return Some(OtherLayout::Transposed(transposed));
        }
        (!below.is_empty()).then_some(OtherLayout::WrongRoot(WrongRoot::Below(below)))
    }
}

/// A tree of scenes that hold sensors' folders, whose names say nothing: told by scenes that hold
/// both point clouds and images, where every name below stands for one of them only.
pub(super) fn scene_first_by_content(tree: &Tree) -> Option<Transposed> {
    let mut by_name: HashMap<&[u8], Contents> = HashMap::new();
    let mut sensors = Vec::new();
    let mut mixed = false;
    for scene in tree.children(FolderId::ROOT) {
        let mut all = Contents::default();
        for id in tree.children(scene) {
            let contents = Contents::of(tree, id);
            let name = tree.folder(id).name();
            if contents.frames() == 0 || sensor_name::is_of_another_kind(&names::meant(name)) {
                continue;
            }
            *by_name.entry(name).or_default() += contents;
            all += contents;
            sensors.push(id);
        }
        mixed |= all.point_clouds > 0 && all.images > 0;
    }
    let is_pure = |contents: &Contents| contents.point_clouds == 0 || contents.images == 0;
    (mixed && by_name.values().all(is_pure)).then(|| scene_first(tree, &sensors))
}

/// `sensors` are the folders of frames, each in the folder of its scene.
fn scene_first(tree: &Tree, sensors: &[FolderId]) -> Transposed {
    let found = sensors.iter().map(|id| Found {
        folder: *id,
        name: tree.folder(*id).name(),
        kind: None,
        scene: tree.folder(*id).parent(),
    });
    transposed(tree, LevelOrder::SceneFirst, &found.collect::<Vec<_>>())
}

/// A tree whose top folders stand for the kinds of sensors, with the sensors a level below:
/// `lidar/top/scene_1/`.
pub(super) fn kind_first(tree: &Tree) -> Option<Transposed> {
    let mut found = Vec::new();
    let mut is_kind_first = false;
    for top in tree.children(FolderId::ROOT) {
        let name = tree.folder(top).name();
        let text = names::meant(name);
        let Some(near) = sensor_name::near(&text).filter(sensor_name::Near::is_bare) else {
            let mut lower = tree
                .children(top)
                .flat_map(|child| std::iter::once(child).chain(tree.children(child)));
            if !sensor_name::is_of_another_kind(&text)
                && lower.any(|id| Contents::of(tree, id).frames() > 0)
            {
                return None;
            }
            continue;
        };
        let one_level = Contents::of_children(tree, top).frames();
        let two_levels: u64 =
            tree.children(top).map(|child| Contents::of_children(tree, child).frames()).sum();
        let kind = Some(near.kind);
        if two_levels > one_level {
            is_kind_first = true;
            add_two_levels(tree, top, kind, &mut found);
        } else if one_level > 0 {
            // Below the kind stand either the scenes of its one sensor, or sensors with no
            // level for scenes.
            let sensors = likeness_of_all(tree, tree.children(top)) > 0;
            is_kind_first |= sensors;
            for folder in tree.children(top).filter(|id| Contents::of(tree, *id).frames() > 0) {
                let (name, scene) = if sensors {
                    (tree.folder(folder).name(), FolderId::ROOT)
                } else {
                    (name, folder)
                };
                found.push(Found { folder, name, kind, scene });
            }
        } else if Contents::of(tree, top).frames() > 0 {
            found.push(Found { folder: top, name, kind, scene: FolderId::ROOT });
        }
    }
    is_kind_first.then(|| transposed(tree, LevelOrder::KindFirst, &found))
}

/// Takes the levels below a kind's folder for sensors and scenes, or the other way round, as their
/// names have it.
fn add_two_levels<'t>(
    tree: &'t Tree,
    top: FolderId,
    kind: Option<SensorKind>,
    found: &mut Vec<Found<'t>>,
) {
    let lower = tree.children(top).flat_map(|child| tree.children(child));
    let is_scene_above = likeness_of_all(tree, lower) > likeness_of_all(tree, tree.children(top));
    for upper in tree.children(top) {
        for folder in tree.children(upper).filter(|id| Contents::of(tree, *id).frames() > 0) {
            let (sensor, scene) = if is_scene_above { (folder, upper) } else { (upper, folder) };
            found.push(Found { folder, name: tree.folder(sensor).name(), kind, scene });
        }
    }
}

/// The mean likeness of folders' names to sensors', in thousandths.
fn likeness_of_all(tree: &Tree, folders: impl Iterator<Item = FolderId>) -> u64 {
    let (mut sum, mut count) = (0, 0);
    for folder in folders {
        sum += u64::from(sensor_name::likeness(&names::meant(tree.folder(folder).name())));
        count += 1;
    }
    sum * 1_000 / std::cmp::max(count, 1)
}

/// A folder of frames, its sensor's present name and its scene's folder.
struct Found<'t> {
    folder: FolderId,
    name: &'t [u8],
    kind: Option<SensorKind>,
    scene: FolderId,
}

/// Finds each sensor the name in order.
fn transposed(tree: &Tree, order: LevelOrder, found: &[Found<'_>]) -> Transposed {
    let mut contents: BTreeMap<(Option<SensorKind>, &[u8]), Contents> = BTreeMap::new();
    for Found { folder, name, kind, .. } in found {
        *contents.entry((*kind, name)).or_default() += Contents::of(tree, *folder);
    }
    // Names that are right stay as they are, so they come first.
    let is_right = |name: &[u8]| crate::names::dataset_path::is_valid(name);
    let mut free =
        FreeNames::new(contents.keys().map(|(_, name)| *name).filter(|name| is_right(name)));
    let expected: BTreeMap<_, String> = contents
        .iter()
        .map(|((kind, name), contents)| {
            let text = names::meant(name);
            if is_right(name) {
                return ((*kind, *name), text.into_owned());
            }
            let by_name = sensor_name::near(&text).map(|near| near.kind);
            let kind_found = contents.kind().or(*kind).or(by_name).unwrap_or(SensorKind::Camera);
            ((*kind, *name), free.take(sensor_name::in_order(&text, kind_found)))
        })
        .collect();
    let mut sensors: Vec<String> = expected.values().cloned().collect();
    sensors.sort();
    sensors.dedup();
    let mut moves: Vec<Move> = found
        .iter()
        .filter_map(|Found { folder, name, kind, scene }| {
            let at = sensors.binary_search(expected.get(&(*kind, *name))?).ok()?;
            Some(Move { folder: *folder, sensor: u32::try_from(at).ok()?, scene: *scene })
        })
        .collect();
    moves.sort_unstable_by_key(|found| found.folder);
    Transposed { order, sensors, moves }
}
