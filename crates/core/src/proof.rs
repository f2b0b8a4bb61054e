//! What of each scene has arrived, sensor by sensor, and which frames are there in some sensors and not in others.
//!
//! This is computed from the tree and from what is known of the files' contents alone. Tolerances, clocks and references
//! choose which rule names a difference, and never whether there is one: stems compare as bytes.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;

use crate::coverage::Covered;
use crate::digest::Several;
use crate::frame_name;
use crate::frames::FrameSet;
use crate::layout::names::Media;
use crate::layout::{Cell, SceneId, SensorId, SensorKind};
use crate::name_set::NameSet;
use crate::probe::Fault;
use crate::rules::Context;
use crate::tree::{Folder, FolderId, Remark};

/// Camera frames' suffixes that the platform is known to read somewhere, in any case (fact T8).
const CAMERA_SUFFIXES: &[&str] = &["jpg", "jpeg", "png", "webp"];

/// Whether a file of this suffix can be a frame of this kind of sensor (facts T7, T8).
pub(crate) fn is_frame_suffix(kind: SensorKind, suffix: &str) -> bool {
    match kind {
        SensorKind::Lidar => suffix == kind.suffix(),
        SensorKind::Camera => CAMERA_SUFFIXES.iter().any(|s| s.eq_ignore_ascii_case(suffix)),
    }
}

/// The stems of files: numbers by the way they are written, and others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stems {
    /// By the width of zero-padded numbers and the digits of a fraction: so two stems are equal when their bytes are.
    numbers: BTreeMap<(u8, u8), FrameSet>,
    texts: NameSet,
}

impl Stems {
    fn add_set(&mut self, width: u8, fraction: u8, set: &FrameSet) {
        let known = self.numbers.entry((width, fraction)).or_default();
        if known.is_empty() {
            *known = set.clone();
        } else {
            known.merge(set.clone());
        }
    }

    /// Adds one stem.
    pub(crate) fn add(&mut self, stem: &[u8]) {
        match number(stem) {
            Some((value, key)) => self.numbers.entry(key).or_default().insert(value),
            None => self.texts.insert(stem),
        }
    }

    fn seal(&mut self) {
        self.numbers.values_mut().for_each(FrameSet::seal);
        self.texts.seal();
    }

    pub(crate) fn contains(&self, stem: &[u8]) -> bool {
        match number(stem) {
            Some((value, key)) => self.numbers.get(&key).is_some_and(|set| set.contains(value)),
            None => self.texts.contains(stem),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.values().all(FrameSet::is_empty) && self.texts.is_empty()
    }

    /// Whether any of the stems is no number.
    pub(crate) fn has_texts(&self) -> bool {
        !self.texts.is_empty()
    }

    fn remove(&mut self, stems: &Stems) {
        for (key, set) in &mut self.numbers {
            let Some(gone) = stems.numbers.get(key).filter(|gone| !gone.is_empty()) else {
                continue;
            };
            let gone: HashSet<i128> = gone.iter().collect();
            let mut left = FrameSet::default();
            set.iter().filter(|value| !gone.contains(value)).for_each(|value| left.insert(value));
            left.seal();
            *set = left;
        }
        if !stems.texts.is_empty() {
            let left = self.texts.filtered(|stem| !stems.texts.contains(stem)).into_owned();
            self.texts = left;
        }
    }
}

/// Whether a stem is a number.
pub(crate) fn is_number(stem: &[u8]) -> bool {
    number(stem).is_some()
}

/// A stem that is a number, and the way it is written.
fn number(stem: &[u8]) -> Option<(i128, (u8, u8))> {
    let (value, naming) =
        frame_name::parse(stem).filter(|(_, naming)| naming.suffix().is_empty())?;
    Some((value, (naming.zero_padded_width(), naming.fraction_digits())))
}

fn render((width, fraction): (u8, u8), value: i128) -> Vec<u8> {
    frame_name::render_stem(value, width, fraction).into_bytes()
}

/// What stands in the place of frames, by the rules that say so.
pub(crate) struct StandIns {
    parts: Vec<Part>,
}

/// The stems that files of one kind stand for, the folder of the files, and the rules that name them.
type Part = (Stems, FolderId, &'static [&'static str]);

/// Whether a fault leaves nothing of a frame that can be read.
pub(crate) fn is_unreadable(fault: Fault) -> bool {
    unreadable_by(fault).is_some()
}

/// The rule that says a fault which leaves nothing of a frame that can be read; `None` for other faults.
fn unreadable_by(fault: Fault) -> Option<&'static [&'static str]> {
    Some(match fault {
        Fault::Pointer(_) => &["F109"],
        Fault::Zeros | Fault::BlankBody => &["F110"],
        Fault::NotAPointCloud(_) | Fault::Header(_) => &["F102"],
        Fault::ShortPointCloud => &["F103"],
        Fault::Fields(_) => &["F104"],
        Fault::Data(_) => &["F114"],
        Fault::NotTheImage(_) => &["F106"],
        Fault::CutOffImage(_) => &["F107"],
        Fault::ImageHeader(_) => &["F116"],
        Fault::DamagedImage(_) => &["F117"],
        Fault::Chunks(_) => &["F118"],
        Fault::NoPoints
        | Fault::MorePoints
        | Fault::BlankTail
        | Fault::Uncommon(_)
        | Fault::LostPoints
        | Fault::PointsAtOrigin
        | Fault::PointsEqual
        | Fault::OneColour
        | Fault::Disproportion(_)
        | Fault::Exotic(_) => return None,
    })
}

/// A file name as its stem and its suffix.
fn split(name: &[u8]) -> (&[u8], &[u8]) {
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(at) if at > 0 => (&name[..at], &name[at + 1..]),
        _ => (name, b""),
    }
}

/// What has arrived of a sensor in a scene.
pub(crate) fn arrived(context: &Context<'_>, cell: Cell) -> Stems {
    let kind = context.layout.sensor(cell.sensor).kind;
    let folder = context.tree.folder(cell.folder);
    let mut stems = Stems::default();
    for (naming, set) in folder.frames() {
        if is_frame_suffix(kind, naming.suffix()) {
            stems.add_set(naming.zero_padded_width(), naming.fraction_digits(), set);
        }
    }
    for (remark, names) in folder.remarks() {
        if let Remark::Unnumbered(suffix) = remark
            && suffix.media() == kind.media()
        {
            names.for_each(|name| {
                let (stem, suffix) = split(name);
                if std::str::from_utf8(suffix).is_ok_and(|suffix| is_frame_suffix(kind, suffix)) {
                    stems.add(stem);
                }
            });
        }
    }
    stems.seal();
    stems.remove(&lost(folder));
    stems
}

/// The stems of the frames in a folder that cannot be read, which the rules on their contents say.
pub(crate) fn lost(folder: &Folder) -> Stems {
    let mut lost = Stems::default();
    add_lost(folder, |_, names| names.for_each(|name| lost.add(split(name).0)));
    lost.seal();
    lost
}

/// Whether any frame of a sensor has arrived, in whatever scene.
pub(crate) fn has_arrived(context: &Context<'_>, sensor: SensorId) -> bool {
    let kind = context.layout.sensor(sensor).kind;
    context.layout.sensor_cells(sensor).any(|cell| {
        let folder = context.tree.folder(cell.folder);
        let mut lost = 0;
        add_lost(folder, |_, names| lost += names.count());
        let frames = folder.frames().iter();
        let frames = frames.filter(|(naming, _)| is_frame_suffix(kind, naming.suffix()));
        let numbered: usize = frames.map(|(_, set)| set.len()).sum();
        numbered as u64 > lost || !arrived(context, cell).is_empty()
    })
}

/// Calls for the files of a folder that cannot be read, with the rule that says so.
fn add_lost(folder: &Folder, mut add: impl FnMut(&'static [&'static str], &NameSet)) {
    if let Some(names) = folder.remark(Remark::Empty) {
        add(&["F101"], names);
    }
    for (fault, files) in folder.holdings().iter().flat_map(|holdings| holdings.faults()) {
        if let Some(rule) = unreadable_by(*fault) {
            add(rule, files.names());
        }
    }
}

impl StandIns {
    /// What stands in the place of a sensor's frames in a scene: unreadable, under another suffix, under an odd name, a
    /// level too deep or one too high.
    pub(crate) fn of(context: &Context<'_>, cell: Cell) -> Self {
        let tree = context.tree;
        let sensor = context.layout.sensor(cell.sensor);
        let folder = tree.folder(cell.folder);
        let mut found = StandIns { parts: Vec::new() };
        let mut add = |names: &NameSet, at: FolderId, rules: &'static [&'static str]| {
            let mut stems = Stems::default();
            names.for_each(|name| stems.add(split(name).0));
            stems.seal();
            found.parts.push((stems, at, rules));
        };
        add_lost(folder, |rules, names| add(names, cell.folder, rules));
        for (remark, names) in folder.remarks() {
            if let Remark::OddFrame(_) = remark {
                let mut meant = NameSet::default();
                names.for_each(|name| {
                    meant.insert(&crate::layout::names::without_odd_marks(name));
                });
                meant.seal();
                add(&meant, cell.folder, &["L121"]);
            }
        }
        // Frames under a suffix that is no frame's, or the other kind's.
        let other = frames_where(folder, |suffix| {
            Media::of_suffix(suffix) == sensor.kind.media() && !is_frame_suffix(sensor.kind, suffix)
        });
        found.parts.push((other, cell.folder, &["L114", "L115"]));
        let any = |suffix: &str| Media::of_suffix(suffix) == sensor.kind.media();
        let mut open: Vec<FolderId> = tree.children(cell.folder).collect();
        while let Some(id) = open.pop() {
            found.parts.push((frames_where(tree.folder(id), any), id, &["L108"]));
            open.extend(tree.children(id));
        }
        found.parts.extend(Self::beside_scenes(context, cell.sensor).parts);
        found.parts.retain(|(stems, ..)| !stems.is_empty());
        found
    }

    /// The frames that stand right under a sensor, in no scene's folder.
    fn beside_scenes(context: &Context<'_>, sensor: SensorId) -> Self {
        let sensor = context.layout.sensor(sensor);
        let folder = context.tree.folder(sensor.folder);
        let any = |suffix: &str| Media::of_suffix(suffix) == sensor.kind.media();
        let parts: Vec<Part> = vec![(frames_where(folder, any), sensor.folder, &["L107"])];
        StandIns { parts }
    }

    /// Whether something stands in the place of this stem.
    pub(crate) fn contains(&self, stem: &[u8]) -> bool {
        self.parts.iter().any(|(stems, ..)| stems.contains(stem))
    }

    /// Whether something stands in the place of this stem, and a finding says so.
    fn is_named(&self, stem: &[u8], covered: &Covered) -> bool {
        self.parts
            .iter()
            .any(|(stems, at, rules)| stems.contains(stem) && covered.is_named(*at, rules))
    }
}

/// The stems of the files right in a folder whose suffix passes.
fn frames_where(folder: &Folder, passes: impl Fn(&str) -> bool) -> Stems {
    let mut stems = Stems::default();
    for (naming, set) in folder.frames() {
        if passes(naming.suffix()) {
            stems.add_set(naming.zero_padded_width(), naming.fraction_digits(), set);
        }
    }
    for (remark, names) in folder.remarks() {
        if let Remark::Unnumbered(suffix) = remark
            && passes(suffix.as_str())
        {
            names.for_each(|name| stems.add(split(name).0));
        }
    }
    stems.seal();
    stems
}

/// Frames that some sensors of a scene have and one lacks.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) scene: SceneId,
    pub(crate) sensor: SensorId,
    /// The frames; empty where they are too many to be compared one by one.
    pub(crate) lacked: Vec<Lacked>,
}

/// A frame that one sensor lacks.
#[derive(Clone, Debug)]
pub(crate) struct Lacked {
    pub(crate) stem: Vec<u8>,
    /// The first sensor that has it, of those that are compared.
    pub(crate) holder: SensorId,
    /// Whether no other has it.
    pub(crate) has_one_holder: bool,
}

/// How far stand-ins explain a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StandInsCount {
    /// Whatever stands in a frame's place explains it.
    Always,
    /// Only what a finding names.
    WhereNamed,
}

/// The differences between the sensors of each scene that no finding names so far. A sensor that `stands_apart` in a scene
/// as a whole is not compared there.
pub(crate) fn differences(
    context: &Context<'_>,
    covered: &Covered,
    stand_ins: StandInsCount,
    stands_apart: &dyn Fn(SceneId, SensorId) -> bool,
) -> Vec<Difference> {
    let mut search = Search {
        context,
        covered,
        stand_ins,
        stands_apart,
        compared: MOST_COMPARED,
        noted: MOST_NOTED,
        found: Vec::new(),
    };
    for scene in incomplete(context) {
        search.look_at(*scene);
    }
    search.found
}

/// The scenes whose sensors do not hold the same frames, whatever is said of that.
fn incomplete<'a>(context: &Context<'a>) -> &'a [SceneId] {
    context.incomplete.get_or_init(|| {
        let scenes = context.layout.scene_ids();
        scenes.filter(|scene| !is_whole(context, *scene)).collect()
    })
}

/// Whether every sensor has the scene, with the same frames.
fn is_whole(context: &Context<'_>, scene: SceneId) -> bool {
    let cells = context.layout.scene_cells(scene);
    let has_all = cells.len() == context.layout.sensors.len();
    if !has_all || is_plainly_whole(context, cells) {
        return has_all;
    }
    if !cells.iter().all(|cell| texts_of(context, *cell).all(NameSet::is_complete)) {
        return false;
    }
    let mut stems = cells.iter().map(|cell| arrived(context, *cell));
    let Some(first) = stems.next().filter(|first| !first.is_empty()) else { return false };
    stems.all(|stems| stems == first)
}

/// Whether every sensor has the scene, with the same numbered frames and nothing else to be said of them. Compares
/// compressed bytes.
fn is_plainly_whole(context: &Context<'_>, cells: &[Cell]) -> bool {
    let plain = |cell: &Cell| {
        let folder = context.tree.folder(cell.folder);
        let kind = context.layout.sensor(cell.sensor).kind;
        let is_fault = |holdings: &crate::probe::Holdings| {
            holdings.faults().iter().any(|(fault, _)| unreadable_by(*fault).is_some())
        };
        let is_clean = folder.remarks().iter().all(|(remark, _)| {
            !matches!(remark, Remark::Empty | Remark::Unnumbered(_) | Remark::OddFrame(_))
        }) && !folder.holdings().is_some_and(is_fault);
        match folder.frames() {
            [(naming, set)] if is_clean && is_frame_suffix(kind, naming.suffix()) => {
                Some((naming.zero_padded_width(), naming.fraction_digits(), set))
            }
            _ => None,
        }
    };
    let Some((first, rest)) = cells.split_first() else { return true };
    let Some(first) = plain(first).filter(|(_, _, set)| !set.is_empty()) else { return false };
    rest.iter().all(|cell| plain(cell) == Some(first))
}

/// The names of a sensor's frames in a scene that no number names.
fn texts_of<'a>(context: &Context<'a>, cell: Cell) -> impl Iterator<Item = &'a NameSet> {
    let media = context.layout.sensor(cell.sensor).kind.media();
    let remarks = context.tree.folder(cell.folder).remarks().iter();
    let is_text =
        move |remark: Remark| matches!(remark, Remark::Unnumbered(of) if of.media() == media);
    remarks.filter(move |(remark, _)| is_text(*remark)).map(|(_, names)| names)
}

/// What tells the frames that no number names from any others, where not all of their names are kept.
fn digest_of_texts(context: &Context<'_>, cell: Cell) -> Several {
    let kind = context.layout.sensor(cell.sensor).kind;
    let is_frame = |suffix: &[u8]| {
        std::str::from_utf8(suffix).is_ok_and(|suffix| is_frame_suffix(kind, suffix))
    };
    texts_of(context, cell).map(|names| names.stems_before(is_frame)).collect()
}

/// The most comparisons of a stem with a sensor that are made one by one, over all scenes.
const MOST_COMPARED: usize = 50_000_000;

/// The most frames that are noted as missing in some sensor, over all scenes: each takes some 80 bytes.
const MOST_NOTED: usize = 1_000_000;

/// How many comparisons naming all differences of a scene takes at most: each stem of any sensor with each sensor, for
/// those that are not the first one's.
fn comparisons(held: &[Stems]) -> usize {
    let Some(first) = held.first() else { return 0 };
    let count = |stems: &Stems| {
        let numbers: usize = stems.numbers.values().map(FrameSet::len).sum();
        numbers.saturating_add(usize::try_from(stems.texts.count()).unwrap_or(usize::MAX))
    };
    let differing: usize = held.iter().filter(|stems| *stems != first).map(count).sum();
    differing.saturating_add(count(first)).saturating_mul(held.len())
}

/// The sensors of a scene that are compared, with what has arrived of each.
struct Compared {
    sensors: Vec<(SensorId, Option<Cell>)>,
    held: Vec<Stems>,
}

/// What each of the compared sensors lacks, and how much more may be noted.
struct Missing<'n> {
    of: Vec<Vec<Lacked>>,
    left: &'n mut usize,
}

impl Missing<'_> {
    /// Notes a stem for the sensors that do not have it; `None` where that is too many.
    fn note(
        &mut self,
        stem: &[u8],
        has: &[bool],
        sensors: &[(SensorId, Option<Cell>)],
    ) -> Option<()> {
        let mut holders = sensors.iter().zip(has).filter(|(_, has)| **has).map(|((id, _), _)| *id);
        let holder = holders.next()?;
        let has_one_holder = holders.next().is_none();
        for (missing, _) in self.of.iter_mut().zip(has).filter(|(_, has)| !**has) {
            *self.left = self.left.checked_sub(1)?;
            missing.push(Lacked { stem: stem.to_vec(), holder, has_one_holder });
        }
        Some(())
    }
}

/// A search for the differences of one scene after the other, which goes into single names as long as they are not too many.
struct Search<'s, 'a> {
    context: &'s Context<'a>,
    covered: &'s Covered,
    stand_ins: StandInsCount,
    stands_apart: &'s dyn Fn(SceneId, SensorId) -> bool,
    /// How many comparisons may be made yet.
    compared: usize,
    /// How many frames may be noted yet.
    noted: usize,
    found: Vec<Difference>,
}

impl Search<'_, '_> {
    fn look_at(&mut self, scene: SceneId) {
        let compared = self.compared(scene);
        let missing = match self.compared.checked_sub(comparisons(&compared.held)) {
            Some(left) => {
                self.compared = left;
                self.missing(scene, &compared)
            }
            None => None,
        };
        let Compared { sensors, held } = compared;
        let Some(missing) = missing else {
            // Of so many only which sensors differ from the first is told.
            let first = held.first();
            let others = sensors.iter().zip(&held).filter(|(_, stems)| Some(*stems) != first);
            self.found.extend(others.map(|((sensor, _), _)| Difference {
                scene,
                sensor: *sensor,
                lacked: Vec::new(),
            }));
            return;
        };
        for ((sensor, cell), lacked) in sensors.into_iter().zip(missing) {
            let lacked = self.unexplained(scene, sensor, cell, lacked);
            if !lacked.is_empty() {
                self.found.push(Difference { scene, sensor, lacked });
            }
        }
    }

    /// Which sensors are compared: those that stand apart as a whole are named as that, and what could not be read is not
    /// known to be missing.
    fn compared(&self, scene: SceneId) -> Compared {
        let Search { context, covered, stands_apart, .. } = *self;
        let layout = context.layout;
        let mut present = layout.scene_cells(scene).iter().copied().peekable();
        let all: Vec<(SensorId, Option<Cell>)> = match covered.is_absent(scene) {
            true => present.map(|cell| (cell.sensor, Some(cell))).collect(),
            false => {
                let sensors = layout.sensors();
                sensors.map(|(id, _)| (id, present.next_if(|cell| cell.sensor == id))).collect()
            }
        };
        let is_compared = |(id, cell): &(SensorId, Option<Cell>)| {
            let folder = cell.map_or(layout.sensor(*id).folder, |cell| cell.folder);
            let apart = covered.is_cell(scene, *id) || stands_apart(scene, *id);
            !apart && !context.unseen.is_within(folder)
        };
        let sensors: Vec<(SensorId, Option<Cell>)> = all.into_iter().filter(is_compared).collect();
        let held = sensors
            .iter()
            .map(|(_, cell)| cell.map(|cell| arrived(context, cell)).unwrap_or_default())
            .collect();
        Compared { sensors, held }
    }

    /// What each sensor lacks, whatever explains it; `None` where that is too much to be noted.
    fn missing(&mut self, scene: SceneId, compared: &Compared) -> Option<Vec<Vec<Lacked>>> {
        let context = self.context;
        let Compared { sensors, held } = compared;
        let mut missing = Missing { of: vec![Vec::new(); sensors.len()], left: &mut self.noted };
        let keys: BTreeSet<(u8, u8)> =
            held.iter().flat_map(|stems| stems.numbers.keys().copied()).collect();
        for key in keys {
            let decoded: Vec<Vec<i128>> = held
                .iter()
                .map(|stems| {
                    stems.numbers.get(&key).map(|set| set.iter().collect()).unwrap_or_default()
                })
                .collect();
            let mut all: Vec<i128> = decoded.concat();
            all.sort_unstable();
            all.dedup();
            if decoded.iter().all(|own| own.len() == all.len()) {
                continue;
            }
            let mut own: Vec<_> = decoded.iter().map(|own| own.iter().peekable()).collect();
            for value in &all {
                let has: Vec<bool> =
                    own.iter_mut().map(|own| own.next_if_eq(&value).is_some()).collect();
                missing.note(&render(key, *value), &has, sensors)?;
            }
        }
        let are_known = sensors.iter().all(|(_, cell)| {
            cell.is_none_or(|cell| texts_of(context, cell).all(NameSet::is_complete))
        });
        if !are_known {
            let mut digests =
                sensors.iter().map(|(_, cell)| cell.map(|cell| digest_of_texts(context, cell)));
            let first = digests.next().flatten();
            if let Some((sensor, _)) =
                sensors.first().filter(|_| digests.any(|other| other != first))
            {
                self.found.push(Difference { scene, sensor: *sensor, lacked: Vec::new() });
            }
        }
        let mut texts: BTreeSet<Vec<u8>> = BTreeSet::new();
        for stems in held.iter().filter(|_| are_known) {
            stems.texts.for_each(|stem| {
                texts.insert(stem.to_vec());
            });
        }
        for stem in texts {
            let has: Vec<bool> = held.iter().map(|stems| stems.texts.contains(&stem)).collect();
            missing.note(&stem, &has, sensors)?;
        }
        Some(missing.of)
    }

    /// What of it no finding names and nothing else explains.
    fn unexplained(
        &self,
        scene: SceneId,
        sensor: SensorId,
        cell: Option<Cell>,
        mut lacked: Vec<Lacked>,
    ) -> Vec<Lacked> {
        let Search { context, covered, stand_ins, .. } = *self;
        lacked.retain(|frame| !covered.is_missing(scene, sensor, &frame.stem));
        if lacked.is_empty() {
            return lacked;
        }
        let others = match cell {
            Some(cell) => StandIns::of(context, cell),
            None => StandIns::beside_scenes(context, sensor),
        };
        lacked.retain(|frame| match stand_ins {
            StandInsCount::Always => !others.contains(&frame.stem),
            StandInsCount::WhereNamed => !others.is_named(&frame.stem, covered),
        });
        lacked
    }
}

#[cfg(test)]
mod tests {
    use crate::entry::Entry;
    use crate::settings::Settings;
    use crate::sketch::Sketch;
    use crate::tree::TreeBuilder;
    use crate::verdict::Outcome;

    /// Sensors whose frames bear hashes as names: more than are kept by name.
    #[test]
    fn names_that_are_not_kept_are_compared_all_the_same() {
        let sketch = Sketch::parse(
            "lidar-top/\n  a/\n    1000.pcd\ncamera-front/\n  a/\n    1000.jpg\nmetadata.json\n",
        )
        .unwrap();
        let hash = |k: u64| format!("{:016x}{k:08x}", k.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let outcome = |lost: Option<u64>| {
            let mut builder = TreeBuilder::new();
            for k in 0..20_000 {
                let names = [("lidar-top", "pcd"), ("camera-front", "jpg")];
                for (sensor, suffix) in names {
                    if sensor == "camera-front" && lost == Some(k) {
                        continue;
                    }
                    let path = format!("{sensor}/a/{}.{suffix}", hash(k));
                    builder.add(&Entry::file(path.as_bytes(), 9));
                }
            }
            builder.add(&Entry::file(b"metadata.json", 9));
            let inspection = crate::Inspection { tree: builder.finish(), ..sketch.inspection() };
            // That they are no times is another matter.
            let ignore = vec!["L117".parse().unwrap()];
            let report = crate::check(inspection, &Settings { ignore, ..Settings::default() });
            report.verdict.outcome
        };
        assert_eq!(outcome(None), Outcome::Accepted);
        assert_eq!(outcome(Some(12_345)), Outcome::ScenesAtRisk);
    }
}
