//! Which folders of several sensors hold the frames of one scene, by their stamps and before
//! names are compared.
//!
//! A scene is known by its name, and names go wrong: by what an export adds to them, by a count
//! that starts elsewhere, by a recording that was cut at other places. Stamps do not: folders of
//! several sensors that hold the same ones are one scene. Frames that are counted prove nothing, as
//! they are the same in every scene.

mod clocks;
mod misplaced;
mod recut;
mod same;

pub use misplaced::Misplaced;
pub use recut::{Cut, Recut};
pub use same::SameScene;

use std::collections::BTreeSet;

use super::timeline::Writings;
use super::unit::Unit;
use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;
use crate::tree::Tree;
use crate::tree::unread::UnreadIndex;

/// What stamps say about which folders belong together, where names say otherwise.
#[derive(Clone, Debug, Default)]
pub struct SceneMatches {
    /// Folders of one scene that do not all bear the same name.
    pub same: Vec<SameScene>,
    /// Recordings that sensors cut into scenes at different places.
    pub recuts: Vec<Recut>,
    /// Frames that lie in another scene's folder of the same sensor.
    pub misplaced: Vec<Misplaced>,
    /// Folders that bear the name of a scene which their sensor has under another name: they hold
    /// frames that no other sensor has. Ascending.
    pub displaced: Vec<Cell>,
    /// The folders that are not to be compared with those of the same name, ascending.
    apart: Vec<Cell>,
    /// The scenes whose sensors do not all have them with the same stamps, ascending.
    open: Vec<SceneId>,
}

/// The most stamps that are compared one by one.
const MOST_COMPARED: usize = 20_000_000;

impl SceneMatches {
    /// Looks at the scenes whose sensors do not all have them with the same stamps.
    pub(super) fn compute(tree: &Tree, layout: &Layout, unseen: &UnreadIndex) -> Self {
        let open = OpenScenes::of(tree, layout, unseen);
        if open.scenes.is_empty() || open.sensors.len() < 2 {
            return SceneMatches { open: open.scenes, ..SceneMatches::default() };
        }
        let cells = open.stamped();
        let found = open.matches(&cells);
        let apart = clocks::apart(&open, &cells, &found);
        if apart.is_empty() {
            return SceneMatches { open: open.scenes, ..found };
        }
        // Their stamps say nothing before their clock is set right.
        let is_told = |cell: &&Stamped<'_>| !apart.contains(&cell.cell.sensor);
        let told: Vec<Stamped<'_>> = cells.iter().filter(is_told).copied().collect();
        let found = open.matches(&told);
        SceneMatches { open: open.scenes, ..found }
    }

    /// Whether the folder's name does not say which folders of other sensors hold the same scene.
    pub(super) fn is_apart(&self, cell: Cell) -> bool {
        self.apart.binary_search(&cell).is_ok()
    }

    /// Whether all sensors that were read to their end have the scene with the same stamps.
    pub(super) fn is_alike(&self, scene: SceneId) -> bool {
        self.open.binary_search(&scene).is_err()
    }

    /// Whether there is nothing to be said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.same.is_empty() && self.recuts.is_empty() && self.misplaced.is_empty()
    }
}

/// A scene folder whose frames are all named by times, and written in one way.
#[derive(Clone, Copy, Debug)]
struct Stamped<'t> {
    cell: Cell,
    naming: Naming,
    set: &'t FrameSet,
    first: i128,
    last: i128,
}

impl<'t> Stamped<'t> {
    fn of(tree: &'t Tree, layout: &Layout, cell: Cell) -> Option<Self> {
        let media = layout.sensor(cell.sensor).kind.media();
        let mut sets = tree.folder(cell.folder).frames_of(media);
        let (naming, set) = sets.next().filter(|_| sets.next().is_none())?;
        Unit::of_frames(&naming, set)?;
        Some(Stamped { cell, naming, set, first: set.first()?, last: set.last()? })
    }

    /// How the stems are written: stems of two ways are never equal.
    fn writing(&self) -> (u8, u8) {
        (self.naming.zero_padded_width(), self.naming.fraction_digits())
    }

    fn span(&self) -> Span {
        (self.writing(), self.first, self.last, self.set.len())
    }

    fn has_stems_of(&self, other: &Self) -> bool {
        self.writing() == other.writing() && self.set == other.set
    }
}

/// What is known of a folder's stamps without reading them one by one.
type Span = ((u8, u8), i128, i128, usize);

/// The scenes whose sensors do not all have them with the same stamps.
struct OpenScenes<'t> {
    tree: &'t Tree,
    layout: &'t Layout,
    /// The sensors that have any frames and were read to their end, ascending.
    sensors: Vec<SensorId>,
    /// The scenes, ascending.
    scenes: Vec<SceneId>,
}

impl<'t> OpenScenes<'t> {
    fn of(tree: &'t Tree, layout: &'t Layout, unseen: &UnreadIndex) -> Self {
        let has_frames = |cell: Cell| Writings::of(tree, layout, cell).files() > 0;
        let sensors: Vec<SensorId> = layout
            .sensors()
            .filter(|(_, sensor)| !unseen.is_within(sensor.folder))
            .filter(|(id, _)| layout.sensor_cells(*id).any(has_frames))
            .map(|(id, _)| id)
            .collect();
        let mut open = OpenScenes { tree, layout, sensors, scenes: Vec::new() };
        open.scenes = layout.scene_ids().filter(|scene| !open.is_alike(*scene)).collect();
        open
    }

    /// Whether all sensors have the scene, with the same stems.
    fn is_alike(&self, scene: SceneId) -> bool {
        let cells = self.layout.scene_cells(scene).iter();
        let mut cells = cells.filter(|cell| self.sensors.binary_search(&cell.sensor).is_ok());
        let writings = |cell: &Cell| Writings::of(self.tree, self.layout, *cell);
        let Some(first) = cells.next().map(writings).filter(|first| first.files() > 0) else {
            return false;
        };
        let mut count = 1;
        let alike = cells.all(|cell| {
            count += 1;
            first.same_stems(&writings(cell))
        });
        alike && count == self.sensors.len()
    }

    /// What the stamps of these folders say about which belong together.
    fn matches(&self, cells: &[Stamped<'t>]) -> SceneMatches {
        let same = same::find(self, cells);
        let mut is_explained = vec![false; cells.len()];
        let (mut found, mut apart) = (Vec::new(), Vec::new());
        for members in same {
            for at in &members {
                if let Some(flag) = is_explained.get_mut(*at) {
                    *flag = true;
                }
            }
            let members = members.iter().filter_map(|at| cells.get(*at)).map(|it| it.cell);
            let scene = SameScene::new(self.layout, members.collect());
            apart.extend(scene.cells.iter().filter(|cell| cell.scene != scene.home).copied());
            found.push(scene);
        }
        let rest = cells.iter().zip(&is_explained).filter(|(_, is_explained)| !**is_explained);
        let rest: Vec<Stamped<'t>> = rest.map(|(cell, _)| *cell).collect();
        let recuts = recut::find(self, &rest);
        apart.extend(recuts.iter().flat_map(|recut| recut.cells()));
        apart.sort_unstable();
        let rest: Vec<Stamped<'t>> =
            rest.into_iter().filter(|it| apart.binary_search(&it.cell).is_err()).collect();
        let misplaced = misplaced::find(self, &rest);
        let displaced = self.displaced(&found, &apart);
        apart.extend(&displaced);
        apart.sort_unstable();
        SceneMatches { same: found, recuts, misplaced, displaced, apart, open: Vec::new() }
    }

    /// The folders in whose place a sensor has another one by its stamps, and which are of no scene
    /// that was found.
    fn displaced(&self, same: &[SameScene], apart: &[Cell]) -> Vec<Cell> {
        let at_home = same.iter().flat_map(|scene| &scene.cells);
        let at_home: BTreeSet<Cell> = at_home.copied().collect();
        let named = same.iter().flat_map(|scene| {
            let elsewhere = scene.cells.iter().filter(|cell| cell.scene != scene.home);
            elsewhere.filter_map(|cell| cell_of(self.layout, scene.home, cell.sensor))
        });
        let is_of_none =
            |cell: &Cell| !at_home.contains(cell) && apart.binary_search(cell).is_err();
        let mut displaced: Vec<Cell> = named.filter(is_of_none).collect();
        displaced.sort_unstable();
        displaced.dedup();
        displaced
    }

    /// The folders of the open scenes whose frames are named by times.
    fn stamped(&self) -> Vec<Stamped<'t>> {
        self.cells_of(&self.scenes)
    }

    fn cells_of(&self, scenes: &[SceneId]) -> Vec<Stamped<'t>> {
        let cells = scenes.iter().flat_map(|scene| self.layout.scene_cells(*scene));
        let cells = cells.filter(|cell| self.sensors.binary_search(&cell.sensor).is_ok());
        cells.filter_map(|cell| Stamped::of(self.tree, self.layout, *cell)).collect()
    }

    /// The folders of the other scenes whose frames are named by times.
    fn closed(&self) -> impl Iterator<Item = Stamped<'t>> {
        let cells = self.layout.cells().iter();
        let cells = cells.filter(|cell| self.scenes.binary_search(&cell.scene).is_err());
        cells.filter_map(|cell| Stamped::of(self.tree, self.layout, *cell))
    }

    /// Whether the sensor has a folder of the scene.
    fn has(&self, scene: SceneId, sensor: SensorId) -> bool {
        cell_of(self.layout, scene, sensor).is_some()
    }
}

/// The folder of a sensor in a scene.
fn cell_of(layout: &Layout, scene: SceneId, sensor: SensorId) -> Option<Cell> {
    let cells = layout.scene_cells(scene);
    let at = cells.binary_search_by_key(&sensor, |cell| cell.sensor).ok()?;
    cells.get(at).copied()
}

/// How many values two ascending sequences share.
fn common(left: impl Iterator<Item = i128>, right: impl Iterator<Item = i128>) -> usize {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    let mut count = 0;
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        match a.cmp(b) {
            std::cmp::Ordering::Less => {
                left.next();
            }
            std::cmp::Ordering::Greater => {
                right.next();
            }
            std::cmp::Ordering::Equal => {
                count += 1;
                left.next();
                right.next();
            }
        }
    }
    count
}
