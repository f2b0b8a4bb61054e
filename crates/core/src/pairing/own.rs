//! [`OwnPairs`]: pairs that the user gives, frame by frame.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use super::fault::OwnFault;
use super::rows::{self, Row};
use super::side::Side;
use super::stems::{self, Renamed};
use super::{PairingReport, SensorPairing};
use crate::align::reading::Readings;
use crate::align::timeline::Writings;
use crate::layout::{Cell, Layout, SceneId, SensorId};
use crate::names::{Media, frame_name, stem};
use crate::text;
use crate::tree::Tree;

/// One frame with the stem that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPair {
    /// The line that says so, from 1.
    pub line: usize,
    /// The sensor, by its folder's name or its own.
    pub sensor: Vec<u8>,
    /// The scene.
    pub scene: Vec<u8>,
    /// The frame's file name.
    pub name: Vec<u8>,
    /// The file name of its partner in another sensor, or the stem itself.
    pub to: Vec<u8>,
}

/// Pairs that the user gives. Frames that they do not name stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnPairs {
    /// The pairs, in the order in which they are given.
    pub pairs: Vec<OwnPair>,
}

impl OwnPairs {
    /// Reads lines of `sensor,scene,name,to`: in that order, or as a first line of these names has
    /// them.
    ///
    /// # Errors
    /// When a line has too few fields, or a quote is not closed.
    pub fn parse(text: &[u8]) -> Result<Self, OwnFault> {
        let columns: &[&[&str]] =
            &[&["sensor"], &["scene"], &["name", "file", "from"], &["to", "partner", "stem"]];
        let pair = |Row { line, fields }: Row| {
            let mut fields = fields.into_iter();
            let mut next = || fields.next().unwrap_or_default();
            OwnPair { line, sensor: next(), scene: next(), name: next(), to: next() }
        };
        let rows = rows::read(text, columns)?;
        Ok(OwnPairs { pairs: rows.into_iter().map(pair).collect() })
    }

    /// What the pairs come to in a tree.
    pub(super) fn resolve(
        &self,
        tree: &Tree,
        layout: &Layout,
        readings: &Readings,
    ) -> Result<PairingReport, OwnFault> {
        let mut by_cell: BTreeMap<Cell, Vec<&OwnPair>> = BTreeMap::new();
        for pair in &self.pairs {
            by_cell
                .entry(cell_of(layout, (pair.line, &pair.sensor, &pair.scene))?)
                .or_default()
                .push(pair);
        }
        let side =
            |cell: Cell| Side::as_named(cell.folder, Writings::read(tree, layout, readings, cell));
        let mut report = PairingReport::default();
        let mut scene: Option<(SceneId, Vec<(SensorId, Side<'_>)>)> = None;
        for (cell, pairs) in &by_cell {
            if scene.as_ref().is_none_or(|(held, _)| *held != cell.scene) {
                let cells = layout.scene_cells(cell.scene).iter();
                scene = Some((cell.scene, cells.map(|it| (it.sensor, side(*it))).collect()));
            }
            let sides = scene.as_ref().map_or(&[][..], |(_, sides)| sides);
            let given = |of: SensorId| {
                let mut other =
                    by_cell.iter().filter(move |(it, _)| it.scene == cell.scene && it.sensor == of);
                other.next().map_or(&[][..], |(_, pairs)| pairs)
            };
            let found = Resolving { cell: *cell, pairs, sides }.resolve(&given)?;
            report.sensors.push(found);
        }
        Ok(report)
    }
}

/// The folder of a sensor, by its folder's name or its own, in a scene.
pub(super) fn cell_of(
    layout: &Layout,
    (line, sensor, scene): (usize, &[u8], &[u8]),
) -> Result<Cell, OwnFault> {
    let fail = |reason| OwnFault { line, reason };
    let shown = text::lossless(sensor);
    let is_named =
        |it: &crate::layout::Sensor| it.folder_name == sensor || it.name.as_bytes() == sensor;
    let mut sensors = layout.sensors().filter(|(_, sensor)| is_named(sensor));
    let (sensor, _) = sensors.next().ok_or_else(|| fail(format!("`{shown}` is no sensor")))?;
    if sensors.next().is_some() {
        return Err(fail(format!("several sensors are called `{shown}`: give the folder's name")));
    }
    let at = layout
        .scenes
        .binary_search_by(|it| it.as_slice().cmp(scene))
        .ok()
        .and_then(|at| u32::try_from(at).ok());
    let found = at.map(SceneId);
    let cells = found.map_or(&[][..], |scene| layout.scene_cells(scene));
    cells
        .iter()
        .find(|cell| cell.sensor == sensor)
        .copied()
        .ok_or_else(|| fail(format!("`{shown}` has no scene `{}`", text::lossless(scene))))
}

/// The pairs of one sensor in one scene.
struct Resolving<'r, 't> {
    cell: Cell,
    pairs: &'r [&'r OwnPair],
    /// The frames of all sensors of the scene.
    sides: &'r [(SensorId, Side<'t>)],
}

impl<'r> Resolving<'r, '_> {
    fn resolve(
        &self,
        given: &dyn Fn(SensorId) -> &'r [&'r OwnPair],
    ) -> Result<SensorPairing, OwnFault> {
        let own = self.sides.iter().find(|(sensor, _)| *sensor == self.cell.sensor);
        let first = self.pairs.first().map_or(0, |pair| pair.line);
        let none = || OwnFault { line: first, reason: "the scene has no frames".to_owned() };
        let (_, own) = own.ok_or_else(none)?;
        let held: HashSet<&[u8]> = own.names().iter().map(|(_, name)| name.as_slice()).collect();
        let mut stems: Vec<Renamed> = Vec::with_capacity(self.pairs.len());
        let mut lines: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut targets: HashMap<Vec<u8>, usize> = HashMap::new();
        for pair in self.pairs {
            let fail = |reason| OwnFault { line: pair.line, reason };
            if !held.contains(pair.name.as_slice()) {
                let name = text::lossless(&pair.name);
                return Err(fail(format!("there is no frame `{name}`")));
            }
            let from = stem(&pair.name).to_vec();
            if let Some(line) = lines.insert(from.clone(), pair.line) {
                let name = text::lossless(&pair.name);
                return Err(fail(format!("line {line} pairs `{name}` too")));
            }
            let to = self.stem_of(pair, given).map_err(fail)?;
            if let Some(line) = targets.insert(to.clone(), pair.line) {
                let to = text::lossless(&to);
                return Err(fail(format!("line {line} gives `{to}` to another frame")));
            }
            stems.push((from, to));
        }
        for (_, name) in own.names() {
            let is_in_the_way = !lines.contains_key(stem(name));
            if let Some(line) = targets.get(stem(name)).filter(|_| is_in_the_way) {
                let name = text::lossless(name);
                let reason = format!("`{name}` has that stem, and is not paired itself");
                return Err(OwnFault { line: *line, reason });
            }
        }
        is_in_order(&stems, &lines)?;
        let other = self.sides.iter().find(|(sensor, _)| *sensor != self.cell.sensor);
        Ok(SensorPairing {
            scene: self.cell.scene,
            sensor: self.cell.sensor,
            reference: self.cell.sensor,
            clock: None,
            frames: own.names().len() as u64,
            reference_frames: other.map_or(0, |(_, other)| other.names().len() as u64),
            pairs: stems.len() as u64,
            far: 0,
            sizes: None,
            timed: false,
            disagreement: None,
            near_moves: stems::set(own, stems),
            far_moves: None,
        })
    }

    /// The stem that a pair gives: its partner's, as that is called afterwards, or the one given.
    fn stem_of(
        &self,
        pair: &OwnPair,
        given: &dyn Fn(SensorId) -> &'r [&'r OwnPair],
    ) -> Result<Vec<u8>, String> {
        let others = self.sides.iter().filter(|(sensor, _)| *sensor != self.cell.sensor);
        let is_held = |side: &Side<'_>| side.names().iter().any(|(_, name)| *name == pair.to);
        let shown = text::lossless(&pair.to);
        if let Some((sensor, _)) = others.clone().find(|(_, side)| is_held(side)) {
            return match given(*sensor).iter().find(|other| other.name == pair.to) {
                None => Ok(stem(&pair.to).to_vec()),
                Some(other) if is_stem(&other.to) => Ok(other.to.clone()),
                Some(other) => Err(format!(
                    "its partner `{shown}` gets its stem from a partner itself, in line {}",
                    other.line
                )),
            };
        }
        match is_stem(&pair.to) {
            true => Ok(pair.to.clone()),
            false => {
                Err(format!("`{shown}` is no frame of another sensor of the scene, and no stem"))
            }
        }
    }
}

/// Whether a text is a stem and not a file's name.
fn is_stem(to: &[u8]) -> bool {
    let suffix = frame_name::parse(to).map(|(_, naming)| naming.suffix().to_owned());
    let is_name = suffix.is_some_and(|suffix| Media::of_suffix(&suffix) != Media::Other);
    let has_suffix = stem(to).len() < to.len() && frame_name::parse(to).is_none();
    !to.is_empty() && !is_name && !has_suffix && !to.contains(&b'/') && !to.contains(&0)
}

/// Whether frames get stems in the order in which they were taken, as far as both are numbers.
fn is_in_order(stems: &[Renamed], lines: &HashMap<Vec<u8>, usize>) -> Result<(), OwnFault> {
    let value = |stem: &[u8]| frame_name::parse(stem).map(|(value, _)| value);
    let values = stems.iter().map(|(from, to)| Some((value(from)?, value(to)?, from)));
    let Some(mut values) = values.collect::<Option<Vec<_>>>() else { return Ok(()) };
    values.sort_unstable();
    let mut neighbours = values.iter().zip(values.iter().skip(1));
    match neighbours.find(|(before, after)| before.1 >= after.1) {
        None => Ok(()),
        Some((before, after)) => Err(OwnFault {
            line: lines.get(after.2).copied().unwrap_or_default(),
            reason: format!(
                "`{}` comes behind `{}`, and would come before it",
                text::lossless(after.2),
                text::lossless(before.2)
            ),
        }),
    }
}
