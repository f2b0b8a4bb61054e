//! Reading a [`Tree`] as a sensor-oriented dataset: which folders are sensors, which scenes they
//! hold, and where the tree is not laid out so, what it is nearest to.

pub mod contents;
pub(crate) mod foreign;
mod joined;
mod levels;
mod listed;
pub(crate) mod misplaced;
mod read;
mod tops;

pub use joined::Apart;
pub use misplaced::misplaced_metadata;

use crate::names::{self, SensorKind};
use crate::platform::DataType;
use crate::tree::{FolderId, Tree};

/// A sensor of a [`Layout`], by position in [`Layout::sensors`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SensorId(pub u32);

/// A scene of a [`Layout`], by position in [`Layout::scenes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SceneId(pub u32);

/// A top folder that holds one sensor's frames, or is meant to.
#[derive(Clone, Debug)]
pub struct Sensor {
    /// Its folder.
    pub folder: FolderId,
    /// The folder's name, exactly the bytes listed.
    pub folder_name: Vec<u8>,
    /// LiDAR or camera: by the prefix, or where that is wrong, by what it holds.
    pub kind: SensorKind,
    /// The sensor's name as metadata.json has it: what follows the prefix, also where the prefix
    /// still has to be mended.
    pub name: String,
    /// The folder name that would be right, where the present one is not.
    pub expected_folder: Option<String>,
}

impl Sensor {
    /// The folder's name as text.
    #[must_use]
    pub fn label(&self) -> std::borrow::Cow<'_, str> {
        crate::text::lossless(&self.folder_name)
    }

    /// Whether the folder is to be renamed for nothing but characters that are not what they look
    /// like, that do not show, or that are white space.
    #[must_use]
    pub fn is_misspelt_by_characters(&self) -> bool {
        self.expected_folder.is_some()
            && names::sensor_name::split(&names::meant(&self.folder_name)).is_some()
    }
}

/// The folder of one sensor in one scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The scene.
    pub scene: SceneId,
    /// The sensor.
    pub sensor: SensorId,
    /// The folder that holds its frames.
    pub folder: FolderId,
}

/// How the tree as a whole is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayoutKind {
    /// Sensors at the top, scenes below, frames in them: what the platform takes,
    /// single faults aside.
    SensorOriented,
    /// Not so. One rule says what it is instead and how to mend it; nothing else is judged.
    Other(OtherLayout),
}

/// What a tree is that is not sensor oriented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OtherLayout {
    /// All is there, with the levels of folders in another order (L111).
    Transposed(Transposed),
    /// The tree is right one or more levels above or below (L112).
    WrongRoot(WrongRoot),
    /// A known other layout (L123).
    Foreign(Foreign),
    /// Nothing that could be a sensor (L113).
    NoSensor,
}

/// A tree whose levels of folders stand in another order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transposed {
    /// The order found.
    pub order: LevelOrder,
    /// The names in order for the sensors' folders, ascending.
    pub sensors: Vec<String>,
    /// The folders of frames, and where each belongs, in the tree's order.
    pub moves: Vec<Move>,
}

/// What the levels of folders are, outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelOrder {
    /// Scene, sensor.
    SceneFirst,
    /// LiDARs and cameras apart, and below them sensor and scene in either order.
    KindFirst,
}

/// A folder of frames and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The folder.
    pub folder: FolderId,
    /// Its sensor, by position in [`Transposed::sensors`].
    pub sensor: u32,
    /// The folder that is named for its scene; the root where none is.
    pub scene: FolderId,
}

/// Where the right root is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WrongRoot {
    /// In one or more folders below, each of which is a dataset of its own.
    Below(Vec<FolderId>),
    /// This many levels above: the target is itself a sensor's folder (1) or a scene's (2).
    Above(u8),
}

/// A known other layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// What it is called: `nuScenes`, `KITTI raw`, `a source repository`.
    pub name: &'static str,
    /// The folder in which it starts.
    pub root: FolderId,
    /// How many folders beside that one have it, too, as far as they were looked into.
    pub alike: usize,
    /// What of the tree told so: paths.
    pub evidence: Vec<Vec<u8>>,
    /// How its parts map to ours.
    pub mapping: Vec<Mapping>,
    /// Where the times of its frames are, in a few words; empty where there is nothing to say.
    pub times: &'static str,
    /// Which of its frames are those of one moment.
    pub pairing: Pairing,
    /// What to do, where that is not to move and convert the data as the mapping has it.
    pub help: Option<&'static str>,
}

/// Which frames of another layout are those of one moment, and so get one name in all sensors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Nothing is known of it.
    Unknown,
    /// Those of one name or number.
    ByName,
    /// Those nearest in time: each sensor has times of its own.
    ByTime,
}

/// How one part of another layout maps to ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// A path in the tree that stands for all of its kind.
    pub from: Vec<u8>,
    /// Its path in order; `<scene>` and `<timestamp>` stand for what the path does not say. `None`
    /// where it has no place.
    pub to: Option<String>,
    /// What has to be done to such a file.
    pub transfer: Transfer,
    /// Folders that belong to other sensors in the same way, and these sensors' folders.
    pub alike: Vec<(Vec<u8>, String)>,
    /// What else is to be known, in a few words.
    pub note: &'static str,
}

/// What has to be done to a file of another layout to make it a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// It is one, and only stands elsewhere.
    Move,
    /// It is of another format, told by its suffix.
    Convert(String),
    /// Nothing: it is none.
    Leave,
}

impl Mapping {
    /// Where such a file is to be moved as it is, as far as its path says so without anything left
    /// open.
    #[must_use]
    pub fn exact_move(&self) -> Option<&str> {
        let to = self.to.as_deref().filter(|_| self.transfer == Transfer::Move)?;
        let is_whole = !to.contains('<') && crate::names::dataset_path::is_valid(to.as_bytes());
        is_whole.then_some(to)
    }
}

/// A [`Tree`] read as a dataset.
#[derive(Clone, Debug)]
pub struct Layout {
    /// How the tree as a whole is to be read.
    pub reading: LayoutKind,
    /// The sensors, by folder name. Empty unless the reading is sensor oriented.
    pub sensors: Vec<Sensor>,
    /// The names of all scenes, ascending, each once.
    pub scenes: Vec<Vec<u8>>,
    /// The top folders that are no sensor's, by name. Empty unless the reading is sensor oriented.
    pub strays: Vec<FolderId>,
    /// The folders that belong to others of nearly the same names, and are no sensor's or scene's
    /// by themselves.
    pub apart: Vec<Apart>,
    /// The scene folders, by scene and then by sensor.
    cells: Vec<Cell>,
    /// Where each scene's cells start in `cells`; one more than there are scenes.
    starts: Vec<usize>,
    /// For each sensor, the positions of its cells in `cells`.
    by_sensor: Vec<Vec<u32>>,
}

impl Layout {
    /// Puts the parts together; `cells` in any order.
    #[must_use]
    pub fn new(
        reading: LayoutKind,
        sensors: Vec<Sensor>,
        scenes: Vec<Vec<u8>>,
        mut cells: Vec<Cell>,
    ) -> Self {
        cells.sort_unstable();
        let mut starts = vec![0; scenes.len() + 1];
        for cell in &cells {
            starts[cell.scene.0 as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut by_sensor = vec![Vec::new(); sensors.len()];
        for (at, cell) in (0..).zip(&cells) {
            by_sensor[cell.sensor.0 as usize].push(at);
        }
        let (strays, apart) = (Vec::new(), Vec::new());
        Layout { reading, sensors, scenes, strays, apart, cells, starts, by_sensor }
    }

    /// Whether the tree is sensor oriented, single faults aside.
    #[must_use]
    pub fn is_sensor_oriented(&self) -> bool {
        self.reading == LayoutKind::SensorOriented
    }

    /// The sensors with their ids.
    pub fn sensors(&self) -> impl Iterator<Item = (SensorId, &Sensor)> {
        (0..).map(SensorId).zip(&self.sensors)
    }

    /// One sensor.
    #[must_use]
    pub fn sensor(&self, id: SensorId) -> &Sensor {
        &self.sensors[id.0 as usize]
    }

    /// The ids of all scenes.
    pub fn scene_ids(&self) -> impl Iterator<Item = SceneId> + use<> {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "scenes are folders, and those are counted in 32 bits"
        )]
        (0..self.scenes.len() as u32).map(SceneId)
    }

    /// A scene's name, exactly the bytes listed.
    #[must_use]
    pub fn scene_name(&self, id: SceneId) -> &[u8] {
        &self.scenes[id.0 as usize]
    }

    /// All scene folders, by scene and then by sensor.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The folders of one scene, by sensor.
    #[must_use]
    pub fn scene_cells(&self, scene: SceneId) -> &[Cell] {
        let at = scene.0 as usize;
        &self.cells[self.starts[at]..self.starts[at + 1]]
    }

    /// The folders of one sensor, by scene.
    pub fn sensor_cells(&self, sensor: SensorId) -> impl ExactSizeIterator<Item = Cell> {
        self.by_sensor[sensor.0 as usize].iter().map(|at| self.cells[*at as usize])
    }

    /// Whether the sensors make it 2D or 3D data (fact T13).
    #[must_use]
    pub fn data_type(&self) -> Option<DataType> {
        if self.sensors.iter().any(|sensor| sensor.kind == SensorKind::Lidar) {
            Some(DataType::PointCloud3D)
        } else if self.sensors.is_empty() {
            None
        } else {
            Some(DataType::Image2D)
        }
    }

    /// The number of frames of one sensor in one scene: files that are numbered and of a kind that
    /// a sensor writes.
    #[must_use]
    pub fn frames_in(&self, tree: &Tree, cell: Cell) -> u64 {
        let kind = self.sensor(cell.sensor).kind;
        let frames = tree.folder(cell.folder).frames_of(kind.media());
        frames.map(|(_, set)| set.len() as u64).sum()
    }
}
