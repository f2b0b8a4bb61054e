//! Layouts as tables: where the sensors' folders stand, what stands beside them, and where the
//! times are.

use super::view::{View, whole_suffix};
use super::{Found, SCENE, no_place};
use crate::layout::tops::FreeNames;
use crate::layout::{Mapping, Pairing};
use crate::names::{Media, SensorKind, sensor_name};
use crate::tree::FolderId;

/// A layout that one folder has, with everything in it.
///
/// Paths are relative to that folder. In a segment `*` stands for any text and `#` for one or more
/// digits. A segment in `<…>` names the sensor, and one in `{…}` the scene.
pub(super) struct Table {
    /// Where the sensors' paths start: empty, or a folder with a `/` at its end. The first that
    /// fits counts.
    pub(super) within: &'static [&'static str],
    /// The sensors' folders.
    pub(super) sensors: &'static [SensorRow],
    /// What else tells the layout, or has no place in ours.
    pub(super) beside: &'static [Beside],
    /// How much all that is there has to weigh together, for the layout to be this one.
    pub(super) least: u8,
    /// What gives the scene's name.
    pub(super) scene: SceneName,
    /// Where the times of frames are to be found.
    pub(super) times: &'static str,
    /// Which frames are those of one moment.
    pub(super) pairing: Pairing,
}

/// What gives a scene's name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SceneName {
    /// No folder does.
    Unknown,
    /// The folder that has the layout.
    Folder,
    /// The folder and the one above it, as its name alone is that of others, too.
    ParentAndFolder,
    /// The segment in `{…}`.
    Segment,
    /// The folder and the segment in `{…}`.
    FolderAndSegment,
}

/// Folders of the sensors of one kind.
#[derive(Clone, Copy)]
pub(super) struct SensorRow {
    kind: SensorKind,
    path: &'static str,
    /// What the name of a file is like.
    file: fn(&str) -> bool,
    /// The suffixes of the files; empty where they are those of the kind.
    suffixes: &'static [&'static str],
    /// The sensor's name, where no folder gives it. Rows of one name are several forms of one
    /// sensor.
    name: Option<&'static str>,
    /// Whether each folder holds the images of one cloud.
    is_of_one_cloud: bool,
    stamp: fn(&str) -> Option<String>,
    weight: u8,
    note: &'static str,
}

impl SensorRow {
    const fn new(kind: SensorKind, path: &'static str) -> Self {
        SensorRow {
            kind,
            path,
            file: |_| true,
            suffixes: &[],
            name: None,
            is_of_one_cloud: false,
            stamp: |_| None,
            weight: 1,
            note: "",
        }
    }

    /// Cameras' folders.
    pub(super) const fn camera(path: &'static str) -> Self {
        Self::new(SensorKind::Camera, path)
    }

    /// LiDARs' folders.
    pub(super) const fn lidar(path: &'static str) -> Self {
        Self::new(SensorKind::Lidar, path)
    }

    /// Only folders whose files are named so.
    pub(super) const fn named_like(self, file: fn(&str) -> bool) -> Self {
        SensorRow { file, ..self }
    }

    /// Only files of these suffixes.
    pub(super) const fn of_suffixes(self, suffixes: &'static [&'static str]) -> Self {
        SensorRow { suffixes, ..self }
    }

    /// The sensor's name, whatever the folders are called.
    pub(super) const fn called(self, name: &'static str) -> Self {
        SensorRow { name: Some(name), ..self }
    }

    /// A file's name gives its timestamp.
    pub(super) const fn stamped(self, stamp: fn(&str) -> Option<String>) -> Self {
        SensorRow { stamp, ..self }
    }

    /// What else is to be known.
    pub(super) const fn noted(self, note: &'static str) -> Self {
        SensorRow { note, ..self }
    }

    /// Few other layouts have such folders.
    pub(super) const fn telling(self) -> Self {
        SensorRow { weight: 2, ..self }
    }

    /// Many other layouts have such folders.
    pub(super) const fn common(self) -> Self {
        SensorRow { weight: 0, ..self }
    }

    /// Each folder holds the images of one cloud, and its name is that of the cloud.
    pub(super) const fn of_one_cloud_each(self) -> Self {
        SensorRow { is_of_one_cloud: true, ..self }
    }

    /// The folders that are there and hold such files: those of one scene, which stand for those
    /// of all.
    fn find<'t>(&self, view: View<'t>, within: &str) -> Vec<SensorDir<'t>> {
        let mut found: Vec<SensorDir<'t>> = Vec::new();
        for dir in self.find_among(expand(view, within, self.path, MOST_LOOKED_AT)) {
            if found.first().is_some_and(|first| first.scene != dir.scene) {
                break;
            }
            found.push(dir);
        }
        found
    }

    /// Those of the folders that hold such files.
    fn find_among<'s, 't: 's>(
        &'s self,
        dirs: Vec<(View<'t>, String, String)>,
    ) -> impl Iterator<Item = SensorDir<'t>> + 's {
        let fits = |suffix: &str| {
            if self.suffixes.is_empty() {
                Media::of_suffix(suffix) == self.kind.media()
            } else {
                self.suffixes.contains(&suffix)
            }
        };
        dirs.into_iter().filter_map(move |(dir, sensor, scene)| {
            let file = dir.first_file_like(fits, self.file)?;
            Some(SensorDir { dir, sensor, scene, file })
        })
    }
}

/// A file or folder that tells a layout, or has no place in ours.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    /// Of a folder with a `/` at its end. The last segment may be `*.` and a suffix.
    path: &'static str,
    weight: u8,
    note: &'static str,
}

impl Beside {
    /// Something that tells the layout.
    pub(super) const fn mark(path: &'static str) -> Self {
        Beside { path, weight: 1, note: "" }
    }

    /// Something that many layouts have.
    pub(super) const fn other(path: &'static str) -> Self {
        Beside { path, weight: 0, note: "" }
    }

    /// It has no place in our tree; what becomes of it.
    pub(super) const fn noted(self, note: &'static str) -> Self {
        Beside { note, ..self }
    }

    /// Few other layouts have it.
    pub(super) const fn telling(self) -> Self {
        Beside { weight: 2, ..self }
    }

    /// Its path, where it is there.
    fn find(&self, view: View<'_>) -> Option<Vec<u8>> {
        if let Some(folder) = self.path.strip_suffix('/') {
            return expand(view, "", folder, MOST_LOOKED_AT).first().map(|(dir, ..)| dir.path());
        }
        let (folder, name) = self.path.rsplit_once('/').unwrap_or(("", self.path));
        let dirs = if folder.is_empty() {
            vec![view]
        } else {
            expand(view, "", folder, MOST_LOOKED_AT).into_iter().map(|(dir, ..)| dir).collect()
        };
        dirs.into_iter().find_map(|dir| match name.strip_prefix("*.") {
            Some(suffix) => dir.first_file(|found| found == suffix).map(|file| dir.file(&file)),
            None => dir.has(name).then(|| dir.file(name)),
        })
    }
}

/// What becomes of a calibration.
pub(super) const IN_METADATA: &str = "goes into cameraCoefficients of metadata.json";

/// What becomes of calibrations that each frame has.
pub(super) const CHANGING_CALIBRATION: &str =
    "differs from frame to frame, where metadata.json has one entry a camera";

/// What becomes of labels.
pub(super) const LABELS: &str = "labels stay outside the tree";

/// What becomes of poses of the vehicle.
pub(super) const POSES: &str = "poses stay outside the tree";

/// The folder of one sensor that was found.
struct SensorDir<'t> {
    dir: View<'t>,
    /// What the path says of its name.
    sensor: String,
    /// What the path says of the scene's.
    scene: String,
    /// The first of its files.
    file: String,
}

/// A folder of frames, and what its path says of them.
pub(super) struct NamedDir<'t> {
    pub(super) dir: View<'t>,
    pub(super) kind: SensorKind,
    /// The sensor's name, not yet in order.
    pub(super) sensor: String,
    /// The scene's name, in order; it may hold [`SCENE`].
    pub(super) scene: String,
    /// The first of its files.
    pub(super) file: String,
    /// Whether the layout gives the sensor its name, and no folder does.
    pub(super) is_called: bool,
    /// Whether it holds the images of one cloud, by whose name it is called.
    pub(super) is_of_one_cloud: bool,
}

impl Table {
    /// Looks whether a folder has this layout.
    pub(super) fn find(&self, view: View<'_>) -> Option<Found> {
        self.within.iter().find_map(|within| self.find_within(view, within))
    }

    fn find_within(&self, view: View<'_>, within: &str) -> Option<Found> {
        let rows: Vec<(&SensorRow, Vec<SensorDir<'_>>)> = self
            .sensors
            .iter()
            .map(|row| (row, row.find(view, within)))
            .filter(|(_, dirs)| !dirs.is_empty())
            .collect();
        if rows.is_empty() {
            return None;
        }
        let beside: Vec<(&Beside, Vec<u8>)> =
            self.beside.iter().filter_map(|mark| Some((mark, mark.find(view)?))).collect();
        let weights = rows.iter().map(|(row, _)| row.weight);
        let weight: u8 = weights.chain(beside.iter().map(|(mark, _)| mark.weight)).sum();
        if weight < self.least {
            return None;
        }
        let mut found = Found::new(Vec::new(), Vec::new());
        // Where each sensor has times of its own, only one keeps them: a LiDAR, where there is any.
        let has_lidar = rows.iter().any(|(row, _)| row.kind == SensorKind::Lidar);
        let timekeeper = if has_lidar { SensorKind::Lidar } else { SensorKind::Camera };
        let mut has_timekeeper = false;
        let mut free = FreeNames::new(std::iter::empty());
        let mut called = Vec::new();
        for (row, dirs) in &rows {
            found.evidence.extend(dirs.first().map(|first| first.dir.path()));
            if let Some(name) = row.name {
                if called.contains(&(row.kind, name)) {
                    continue;
                }
                called.push((row.kind, name));
            }
            let keeps_time = self.pairing != Pairing::ByTime
                || (row.kind == timekeeper && !std::mem::replace(&mut has_timekeeper, true));
            let groups = if row.name.is_some() { 1 } else { dirs.len() };
            for dirs in by_suffix(dirs).into_iter().take(groups) {
                found.mapping.extend(self.map(view, row, &dirs, keeps_time, &mut free));
            }
        }
        let marks = beside.iter().filter(|(mark, _)| mark.weight > 1);
        found.evidence.extend(marks.map(|(_, path)| path.clone()));
        let left = beside.into_iter().filter(|(mark, _)| !mark.note.is_empty());
        found.mapping.extend(left.map(|(mark, path)| no_place(path, mark.note)));
        found.evidence.sort();
        found.evidence.dedup();
        Some(Found { times: self.times, pairing: self.pairing, ..found })
    }

    /// All folders of sensors, in every scene. `None` where the layout does not name the scenes,
    /// or the folder has it in several forms.
    pub(super) fn all_dirs<'t>(&self, view: View<'t>) -> Option<Vec<NamedDir<'t>>> {
        let mut forms =
            self.within.iter().filter(|within| self.find_within(view, within).is_some());
        let (Some(within), None) = (forms.next(), forms.next()) else { return None };
        if self.scene == SceneName::Unknown {
            return None;
        }
        let dirs = self.sensors.iter().flat_map(|row| {
            row.find_among(expand(view, within, row.path, usize::MAX)).map(|found| NamedDir {
                dir: found.dir,
                kind: row.kind,
                sensor: row.name.map_or(found.sensor, str::to_owned),
                scene: self.scene_of(view, &found.scene),
                file: found.file,
                is_called: row.name.is_some(),
                is_of_one_cloud: row.is_of_one_cloud,
            })
        });
        Some(dirs.collect())
    }

    /// Where the frames of one row belong.
    fn map(
        &self,
        view: View<'_>,
        row: &SensorRow,
        dirs: &[&SensorDir<'_>],
        keeps_time: bool,
        free: &mut FreeNames,
    ) -> Option<Mapping> {
        let (first, others) = dirs.split_first()?;
        let mut folder = |dir: &SensorDir<'_>| {
            free.take(sensor_name::in_order(row.name.unwrap_or(&dir.sensor), row.kind))
        };
        let sensor = folder(first);
        let stamp = Some(&first.file).filter(|_| keeps_time).and_then(|file| (row.stamp)(file));
        let scene = self.scene_of(view, &first.scene);
        let mut mapping = first.dir.frame(row.kind, &first.file, &sensor, &scene, stamp, row.note);
        if row.name.is_none() {
            mapping.alike = others.iter().map(|dir| (dir.dir.path(), folder(dir))).collect();
        }
        Some(mapping)
    }

    fn scene_of(&self, view: View<'_>, segment: &str) -> String {
        let folder = || view.scene();
        let is_in_a_folder = |id: FolderId| id != FolderId::ROOT;
        match self.scene {
            SceneName::Unknown => SCENE.to_owned(),
            SceneName::Folder => folder(),
            SceneName::ParentAndFolder => match view.above().filter(|dir| is_in_a_folder(dir.id)) {
                Some(above) => sensor_name::sanitize(&format!("{}_{}", above.name(), view.name())),
                None => folder(),
            },
            SceneName::Segment => sensor_name::sanitize(segment),
            SceneName::FolderAndSegment if is_in_a_folder(view.id) => {
                sensor_name::sanitize(&format!("{}_{segment}", view.name()))
            }
            SceneName::FolderAndSegment => format!("{SCENE}_{}", sensor_name::sanitize(segment)),
        }
    }
}

/// The folders by the suffix of their files, in the order in which they were found: only files of
/// one format are treated in the same way.
fn by_suffix<'d, 't>(dirs: &'d [SensorDir<'t>]) -> Vec<Vec<&'d SensorDir<'t>>> {
    let mut groups: Vec<(String, Vec<&SensorDir<'_>>)> = Vec::new();
    for dir in dirs {
        let suffix = whole_suffix(&dir.file);
        match groups.iter_mut().find(|(known, _)| *known == suffix) {
            Some((_, group)) => group.push(dir),
            None => groups.push((suffix, vec![dir])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// How many folders of one level are looked at.
const MOST_LOOKED_AT: usize = 256;

/// The folders that a path stands for, with what it says of the sensor's name and of the scene's;
/// of the folders of one level so many are looked at.
fn expand<'t>(
    view: View<'t>,
    within: &str,
    path: &str,
    most: usize,
) -> Vec<(View<'t>, String, String)> {
    let mut found = vec![(view, String::new(), String::new())];
    for segment in within.split_terminator('/').chain(path.split('/')) {
        let inner = |open, close| segment.strip_prefix(open)?.strip_suffix(close);
        let (of_sensor, of_scene) = (inner('<', '>'), inner('{', '}'));
        let pattern = of_sensor.or(of_scene).unwrap_or(segment);
        let mut next = Vec::new();
        for (view, sensor, scene) in found {
            let mut enter = |dir: View<'t>| {
                let name = dir.name();
                let add = |known: &str, is_named: bool| match (is_named, known) {
                    (false, known) => known.to_owned(),
                    (true, "") => name.clone().into_owned(),
                    (true, known) => format!("{known}_{name}"),
                };
                next.push((
                    dir,
                    add(&sensor, of_sensor.is_some()),
                    add(&scene, of_scene.is_some()),
                ));
            };
            if pattern.contains(['*', '#']) {
                let fitting = view.dirs().take(most);
                fitting.filter(|dir| is_like(&dir.name(), pattern)).for_each(&mut enter);
            } else {
                view.dir(pattern).into_iter().for_each(&mut enter);
            }
        }
        next.truncate(most);
        found = next;
    }
    found
}

/// Whether a name is like a pattern, in which `*` stands for any text and `#` for one or more
/// digits; each at most once.
pub(super) fn is_like(name: &str, pattern: &str) -> bool {
    let Some(at) = pattern.find(['*', '#']) else { return name == pattern };
    let (start, end) = (&pattern[..at], &pattern[at + 1..]);
    let inner = name.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    inner.is_some_and(|inner| {
        pattern[at..].starts_with('*')
            || (!inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_like_patterns() {
        let check = |name, pattern, expected| assert_eq!(is_like(name, pattern), expected);
        check("calib", "calib", true);
        check("CAM_FRONT", "CAM_*", true);
        check("0_pcd", "*_pcd", true);
        check("anything", "*", true);
        check("image_02", "image_0#", true);
        check("image_0", "image_0#", false);
        check("images", "image#", false);
        check("pcd", "p*cdx", false);
        check("aba", "ab*ba", false);
    }
}
