//! [`Part`]: occurrences that a rule found together, before anything that the user ignores
//! is taken away.

use super::model::Example;
use crate::document::Location;
use crate::layout::{SceneId, SensorId};
use crate::multiset_hash::{MultisetHash, Occurrences};
use crate::names::name_set::NameSet;
use crate::repair::Operation;
use crate::tree::files::Files;
use crate::tree::{FolderId, Tree};

/// Draws a place that is shown, from a file's path and its name.
pub(super) type Draw<'t> = Box<dyn Fn(Vec<u8>, &[u8]) -> Example + 't>;

/// Gives the operations that mend a part, in one of the ways that its rule knows.
pub(super) type Mend<'t> = Box<dyn Fn(usize) -> Vec<Operation> + 't>;

/// Gives the name of an item, and what tells it from any other, from its position.
type Item<'t> = Box<dyn Fn(usize) -> (Vec<u8>, MultisetHash) + 't>;

/// Draws the places that are shown of items, from the positions of those that are kept.
type DrawItems<'t> = Box<dyn Fn(&[usize]) -> Vec<Example> + 't>;

/// Several that a rule found together, with their names, and what it knows of them: a `K`.
pub(crate) struct Part<'t, K = ()> {
    pub(super) key: K,
    pub(super) what: What<'t>,
    pub(super) scene: Option<SceneId>,
    pub(super) names: Vec<Named>,
    /// What mends it, where that is more than to move its places to those that are right.
    pub(super) mend: Option<Mend<'t>>,
}

/// Where the occurrences are.
pub(super) enum What<'t> {
    /// Nowhere: the part says what the finding names, and is no occurrence.
    Nothing,
    /// At one place.
    At { occurrences: Occurrences, example: Example },
    /// In a document.
    Document { count: u64, location: Location },
    /// Files behind one path, each of which may be ignored.
    Files { folder: Vec<u8>, id: Option<FolderId>, files: Files<'t>, draw: Draw<'t> },
    /// Names behind one path that are no files, each of which may be ignored, with what tells
    /// each from others.
    Items { folder: Vec<u8>, count: usize, item: Item<'t>, draw: DrawItems<'t> },
}

/// A difference between sensors that a finding names, so that no other need name it.
pub(super) enum Named {
    Cell(SceneId, SensorId),
    Sensor(SensorId),
    Absent(SceneId),
    Missing(SceneId, SensorId, NameSet),
    Extra(SceneId, NameSet),
    /// Files that stand in the place of frames which the finding names.
    InPlace(FolderId, NameSet),
}

impl<'t> Part<'t> {
    fn new(what: What<'t>) -> Self {
        Part { key: (), what, scene: None, names: Vec::new(), mend: None }
    }

    /// No occurrence: for what is to be named by the finding all the same.
    pub(crate) fn nothing() -> Self {
        Part::new(What::Nothing)
    }

    /// One occurrence at a place.
    pub(crate) fn at(example: Example) -> Self {
        Part::group(1, example)
    }

    /// Several occurrences at one place, which `example` shows.
    pub(crate) fn group(occurrences: impl Into<Occurrences>, example: Example) -> Self {
        Part::new(What::At { occurrences: occurrences.into(), example })
    }

    /// One occurrence in a document.
    pub(crate) fn located(location: Location) -> Self {
        Part::located_many(1, location)
    }

    /// So many occurrences in a document, of which `location` is one.
    pub(crate) fn located_many(count: u64, location: Location) -> Self {
        Part::new(What::Document { count, location })
    }

    /// Files of one folder, each of them an occurrence.
    pub(crate) fn files(tree: &Tree, folder: FolderId, files: Files<'t>) -> Self {
        let draw: Draw<'t> = Box::new(|path, _| Example::at(path));
        Part::new(What::Files { folder: tree.path(folder), id: Some(folder), files, draw })
    }

    /// As [`Part::files`], of files that do not stand in a folder of the tree: `folder` is the path
    /// before their names.
    pub(crate) fn paths(folder: &[u8], files: Files<'t>) -> Self {
        let draw: Draw<'t> = Box::new(|path, _| Example::at(path));
        Part::new(What::Files { folder: folder.to_vec(), id: None, files, draw })
    }

    /// So many names of one folder that are no files of it, each of them an occurrence. `item`
    /// gives a name, with what tells it from any other, by its position: they are not held here, as
    /// there may be millions. `draw` makes the places that are shown from the positions of those
    /// that are not ignored.
    pub(crate) fn items(
        folder: Vec<u8>,
        count: usize,
        item: impl Fn(usize) -> (Vec<u8>, MultisetHash) + 't,
        draw: impl Fn(&[usize]) -> Vec<Example> + 't,
    ) -> Self {
        Part::new(What::Items { folder, count, item: Box::new(item), draw: Box::new(draw) })
    }
}

/// One occurrence at a place.
impl From<Example> for Part<'_> {
    fn from(example: Example) -> Self {
        Part::at(example)
    }
}

/// One occurrence in a document.
impl From<Location> for Part<'_> {
    fn from(location: Location) -> Self {
        Part::located(location)
    }
}

impl<'t, K> Part<'t, K> {
    /// The same with what the rule knows of it.
    pub(crate) fn keyed<L>(self, key: L) -> Part<'t, L> {
        let Part { what, scene, names, mend, .. } = self;
        Part { key, what, scene, names, mend }
    }

    /// What the rule knows of it.
    pub(crate) fn key(&self) -> &K {
        &self.key
    }

    /// Whether it is at one place, and not files or names.
    pub(crate) fn is_at_one_place(&self) -> bool {
        matches!(self.what, What::At { .. })
    }

    /// Draws the places of files by `draw`, from their path and their name.
    pub(crate) fn drawn(mut self, draw: impl Fn(Vec<u8>, &[u8]) -> Example + 't) -> Self {
        if let What::Files { draw: drawn, .. } = &mut self.what {
            *drawn = Box::new(draw);
        }
        self
    }

    /// Says what mends the part, in each of the ways that the statement names. It is asked only
    /// where a plan is wanted.
    pub(crate) fn mended(self, mend: impl Fn(usize) -> Vec<Operation> + 't) -> Self {
        Part { mend: Some(Box::new(mend)), ..self }
    }

    /// Says which scene is concerned; at risk, if the effect is [`Effect::Scene`].
    pub(crate) fn in_scene(self, scene: SceneId) -> Self {
        Part { scene: Some(scene), ..self }
    }

    fn naming(mut self, named: Named) -> Self {
        self.names.push(named);
        self
    }

    /// Says that the finding names a sensor's difference from the others in a scene,
    /// whatever it is.
    pub(crate) fn names_cell(self, scene: SceneId, sensor: SensorId) -> Self {
        self.naming(Named::Cell(scene, sensor))
    }

    /// As [`Part::names_cell`], in every scene.
    pub(crate) fn names_sensor(self, sensor: SensorId) -> Self {
        self.naming(Named::Sensor(sensor))
    }

    /// Says that the finding names all sensors that have no folder of this scene.
    pub(crate) fn names_absent(self, scene: SceneId) -> Self {
        self.naming(Named::Absent(scene))
    }

    /// Says that the finding names the stems that a sensor lacks in a scene.
    pub(crate) fn names_missing(self, scene: SceneId, sensor: SensorId, stems: NameSet) -> Self {
        self.naming(Named::Missing(scene, sensor, stems))
    }

    /// Says that the finding names the stems that one sensor has in a scene, and others lack.
    pub(crate) fn names_extra(self, scene: SceneId, stems: NameSet) -> Self {
        self.naming(Named::Extra(scene, stems))
    }

    /// Says that files of a folder stand in the place of frames which the finding names.
    pub(crate) fn in_place(self, folder: FolderId, files: NameSet) -> Self {
        self.naming(Named::InPlace(folder, files))
    }

    /// How many occurrences there are, the ignored ones included.
    pub(super) fn count(&self) -> u64 {
        match &self.what {
            What::Nothing => 0,
            What::At { occurrences, .. } => occurrences.count,
            What::Document { count, .. } => *count,
            What::Files { files, .. } => files.count(),
            What::Items { count, .. } => *count as u64,
        }
    }
}
