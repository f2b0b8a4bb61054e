//! Which sensor a name in metadata.json stands for. Every rule about names asks here, so that a
//! name that is a little off is one mistake and not one too many and one too few.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::json::Spanned;
use crate::document::metadata::{Body, Coefficients};
use crate::finding::Context;
use crate::layout::{Layout, SensorId};
use crate::names::{self, SensorKind, look_alikes};
use crate::rules::in_place::Places;
use crate::text;
use crate::tree::FolderId;

/// How many pairs of names are compared at most in search of the nearest.
const MAX_COMPARISONS: usize = 250_000;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A sensor of exactly this name.
    Exact(SensorId),
    /// A sensor of another name, most likely.
    Meant(SensorId, Mistake),
    /// A sensor that was named before.
    Repeat,
    /// Nothing in the tree.
    Nothing,
    /// Nothing that is known of, for a reason that is said elsewhere.
    Said,
}

impl Answer {
    /// The sensor that it stands for.
    pub(super) fn sensor(self) -> Option<SensorId> {
        match self {
            Answer::Exact(id) | Answer::Meant(id, _) => Some(id),
            _ => None,
        }
    }

    /// The answer where there may be sensors that were not seen: what was not found can be
    /// one of them.
    fn among_unseen(self) -> Self {
        match self {
            Answer::Exact(_)
            | Answer::Meant(_, Mistake::Prefix | Mistake::Characters)
            | Answer::Repeat
            | Answer::Said => self,
            Answer::Nothing | Answer::Meant(_, Mistake::Spelling | Mistake::Sequence) => {
                Answer::Said
            }
        }
    }
}

/// How a name is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mistake {
    /// It has characters that are not what they look like, or do not show.
    Characters,
    /// It carries the folder's prefix.
    Prefix,
    /// It is misspelt.
    Spelling,
    /// It stands in the sequence of the other kind of sensor.
    Sequence,
}

/// A name in a sequence, and what it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// The kind whose sequence it stands in.
    pub(super) kind: SensorKind,
    /// The name.
    pub(super) name: &'a Spanned<String>,
    /// What it stands for.
    pub(super) answer: Answer,
}

/// The names of the sequences.
#[derive(Debug)]
pub(super) struct Pairing<'a> {
    /// Every name, sequence by sequence.
    pub(super) entries: Vec<Entry<'a>>,
    /// Sensors that no name stands for.
    pub(super) unnamed: Vec<SensorId>,
}

impl<'a> Pairing<'a> {
    /// Pairs the names of the sequences with the tree's sensors.
    pub(super) fn of(context: &Context<'_>, body: &'a Body) -> Self {
        let layout = context.layout;
        let sensors = Names::of(layout);
        let mut named = vec![false; layout.sensors.len()];
        let mut entries: Vec<Entry<'a>> = Vec::new();
        for kind in SensorKind::ALL {
            let mut seen = BTreeSet::new();
            for name in body.sequence(kind).map_or(&[][..], |sequence| &sequence.names) {
                let answer = if !seen.insert(name.value.as_str()) {
                    Answer::Repeat
                } else if let Some(id) = sensors.exact(kind, &name.value) {
                    sensors.mark(kind, &name.value, &mut named);
                    Answer::Exact(id)
                } else {
                    Answer::Nothing
                };
                entries.push(Entry { kind, name, answer });
            }
        }
        let mut open = |named: &mut Vec<bool>, find: &dyn Fn(&Entry<'a>, &[bool]) -> Answer| {
            for entry in entries.iter_mut().filter(|entry| entry.answer == Answer::Nothing) {
                entry.answer = find(entry, named);
                if let Some(is_named) =
                    entry.answer.sensor().and_then(|id| named.get_mut(id.0 as usize))
                {
                    *is_named = true;
                }
            }
        };
        // What stands in the place of the sensor's folder, as a link or a pointer, is
        // said there (L109).
        let places = Places::of_folders(context.tree, FolderId::ROOT);
        open(&mut named, &|entry, _| {
            let folder = format!("{}{}", entry.kind.prefix(), entry.name.value);
            match places.get(folder.as_bytes()) {
                Some(_) => Answer::Said,
                None => Answer::Nothing,
            }
        });
        open(&mut named, &|entry, named| {
            let other = if entry.kind == SensorKind::Lidar {
                SensorKind::Camera
            } else {
                SensorKind::Lidar
            };
            match sensors.exact(other, &entry.name.value) {
                Some(_) if context.unseen.is_at_the_top() => Answer::Said,
                Some(id) if named.get(id.0 as usize) == Some(&true) => Answer::Repeat,
                Some(id) => Answer::Meant(id, Mistake::Sequence),
                None => Answer::Nothing,
            }
        });
        open(&mut named, &|entry, _| match sensors.by_look(entry.kind, &entry.name.value) {
            Some(id) => Answer::Meant(id, Mistake::Characters),
            None => Answer::Nothing,
        });
        open(&mut named, &|entry, _| match sensors.by_folder(&entry.name.value) {
            Some(id) => Answer::Meant(id, Mistake::Prefix),
            None => Answer::Nothing,
        });
        let is_missing = |named: &[bool], id: SensorId| named.get(id.0 as usize) == Some(&false);
        let missing = named.iter().filter(|named| !**named).count();
        if missing.saturating_mul(body.sequence_names()) <= MAX_COMPARISONS {
            open(&mut named, &|entry, named| {
                let missing = layout.sensors().filter(|(id, _)| is_missing(named, *id));
                nearest(
                    &entry.name.value,
                    entry.kind,
                    missing.map(|(id, sensor)| (id, sensor.kind, sensor.name.as_str())),
                )
            });
        }
        for kind in SensorKind::ALL {
            let lone = |named: &[bool]| {
                let mut missing = layout
                    .sensors()
                    .filter(|(id, sensor)| sensor.kind == kind && is_missing(named, *id));
                missing.next().filter(|_| missing.next().is_none())
            };
            let unanswered = entries
                .iter_mut()
                .filter(|entry| entry.kind == kind && entry.answer == Answer::Nothing);
            // One name and one sensor are left: they belong together, however little they
            // have in common.
            if let ([entry], Some((id, sensor))) =
                (unanswered.collect::<Vec<_>>().as_mut_slice(), lone(&named))
                && !entry.name.value.trim().is_empty()
            {
                // That a sensor has no name is said where its folder is.
                let is_nameless = sensor.name.trim().is_empty();
                entry.answer =
                    if is_nameless { Answer::Said } else { Answer::Meant(id, Mistake::Spelling) };
                if let Some(is_named) = named.get_mut(id.0 as usize) {
                    *is_named = true;
                }
            }
        }
        let unnamed =
            layout.sensors().map(|(id, _)| id).filter(|id| is_missing(&named, *id)).collect();
        if context.unseen.is_at_the_top() {
            entries.iter_mut().for_each(|entry| entry.answer = entry.answer.among_unseen());
        }
        Pairing { entries, unnamed }
    }
}

impl Body {
    fn sequence_names(&self) -> usize {
        SensorKind::ALL
            .into_iter()
            .filter_map(|kind| self.sequence(kind))
            .map(|sequence| sequence.names.len())
            .sum()
    }
}

/// The names of `cameraCoefficients`.
#[derive(Debug)]
pub(super) struct CoefficientsPairing<'a> {
    /// Every named entry, and what its name stands for.
    pub(super) entries: Vec<(&'a Coefficients, &'a Spanned<String>, Answer)>,
    /// Cameras of `cameraSequence` that no entry is for.
    pub(super) without: Vec<SensorId>,
    /// Every camera that `cameraSequence` names, in its order.
    sequence: Vec<SensorId>,
}

impl<'a> CoefficientsPairing<'a> {
    /// Pairs the entries of `cameraCoefficients` with the tree's cameras. `None` where there is
    /// no such field.
    pub(super) fn of(context: &Context<'_>, body: &'a Body) -> Option<Self> {
        let layout = context.layout;
        let list = body.coefficients.as_ref()?;
        let sensors = Names::of(layout);
        let sequence = Pairing::of(context, body);
        // What `cameraSequence` calls a camera is a name for it here too: the misspelling
        // is said there.
        let called: BTreeMap<&str, Option<SensorId>> = sequence
            .entries
            .iter()
            .map(|entry| (entry.name.value.as_str(), entry.answer.sensor()))
            .collect();
        let mut seen = BTreeSet::new();
        let mut covered: BTreeSet<SensorId> = BTreeSet::new();
        let mut entries: Vec<(&Coefficients, &Spanned<String>, Answer)> = Vec::new();
        for entry in &list.entries {
            let Some(name) = &entry.name else { continue };
            let answer = if !seen.insert(name.value.as_str()) {
                Answer::Repeat
            } else if let Some(id) = sensors.exact(SensorKind::Camera, &name.value) {
                Answer::Exact(id)
            } else {
                match called.get(name.value.as_str()) {
                    Some(Some(id)) if layout.sensor(*id).kind == SensorKind::Camera => {
                        Answer::Exact(*id)
                    }
                    Some(None) => Answer::Said,
                    _ => Answer::Nothing,
                }
            };
            covered.extend(answer.sensor());
            entries.push((entry, name, answer));
        }
        let is_camera = |id: &SensorId| layout.sensor(*id).kind == SensorKind::Camera;
        let mut without: Vec<SensorId> = sequence
            .entries
            .iter()
            .filter_map(|entry| entry.answer.sensor())
            .filter(|id| is_camera(id) && !covered.contains(id))
            .collect();
        without.sort_unstable();
        without.dedup();
        let compare = without.len().saturating_mul(entries.len()) <= MAX_COMPARISONS;
        for (_, name, answer) in
            entries.iter_mut().filter(|(_, _, answer)| *answer == Answer::Nothing)
        {
            let by_look = sensors.by_look(SensorKind::Camera, &name.value);
            let by_folder = || sensors.by_folder(&name.value).filter(is_camera);
            let by_look = by_look.map(|id| (id, Mistake::Characters));
            *answer = match by_look.or_else(|| Some((by_folder()?, Mistake::Prefix))) {
                Some((id, mistake)) => Answer::Meant(id, mistake),
                None if compare => {
                    let cameras = without
                        .iter()
                        .map(|id| (*id, SensorKind::Camera, layout.sensor(*id).name.as_str()));
                    nearest(&name.value, SensorKind::Camera, cameras)
                }
                None => Answer::Nothing,
            };
            without.retain(|id| answer.sensor() != Some(*id));
        }
        if context.unseen.is_at_the_top() {
            entries.iter_mut().for_each(|(_, _, answer)| *answer = answer.among_unseen());
        }
        let named = sequence.entries.iter().filter_map(|entry| entry.answer.sensor());
        let sequence = named.filter(is_camera).collect();
        Some(CoefficientsPairing { entries, without, sequence })
    }

    /// Entries that name no camera with the cameras that have no entry, each with the next by
    /// order, where there are as many of both: most likely the entries only call them otherwise.
    pub(super) fn by_order(&self) -> Option<Vec<(&'a Spanned<String>, SensorId)>> {
        let is_open = |answer: Answer| answer == Answer::Nothing;
        let names: Vec<&Spanned<String>> = self
            .entries
            .iter()
            .filter(|(_, name, answer)| is_open(*answer) && !name.value.trim().is_empty())
            .map(|(_, name, _)| *name)
            .collect();
        let mut seen = BTreeSet::new();
        let cameras: Vec<SensorId> = self
            .sequence
            .iter()
            .copied()
            .filter(|id| self.without.contains(id) && seen.insert(*id))
            .collect();
        let is_same = !names.is_empty()
            && names.len() == self.entries.iter().filter(|entry| is_open(entry.2)).count()
            && names.len() == cameras.len()
            && cameras.len() == self.without.len();
        is_same.then(|| names.into_iter().zip(cameras).collect())
    }
}

fn nearest<'s>(
    name: &str,
    kind: SensorKind,
    sensors: impl Iterator<Item = (SensorId, SensorKind, &'s str)>,
) -> Answer {
    let same: Vec<(&str, SensorId)> =
        sensors.filter(|(_, found, _)| *found == kind).map(|(id, _, name)| (name, id)).collect();
    match text::nearest(name, same.iter().map(|(name, _)| *name)) {
        Some(meant) => same
            .iter()
            .find(|(name, _)| *name == meant)
            .map_or(Answer::Nothing, |(_, id)| Answer::Meant(*id, Mistake::Spelling)),
        None => Answer::Nothing,
    }
}

/// The tree's sensors by name and by folder.
struct Names<'l> {
    by_name: BTreeMap<(SensorKind, &'l str), Vec<SensorId>>,
    by_folder: BTreeMap<String, SensorId>,
    /// By what the name looks like.
    by_look: BTreeMap<(SensorKind, Vec<u8>), SensorId>,
}

impl<'l> Names<'l> {
    fn of(layout: &'l Layout) -> Self {
        let mut names = Names {
            by_name: BTreeMap::new(),
            by_folder: BTreeMap::new(),
            by_look: BTreeMap::new(),
        };
        for (id, sensor) in layout.sensors().filter(|(_, sensor)| !sensor.name.is_empty()) {
            names.by_name.entry((sensor.kind, sensor.name.as_str())).or_default().push(id);
            let look = names::plain(sensor.name.as_bytes()).into_owned();
            names.by_look.entry((sensor.kind, look)).or_insert(id);
            let right = format!("{}{}", sensor.kind.prefix(), sensor.name);
            for folder in [right.as_str(), &sensor.label()] {
                names.by_folder.entry(fold(folder)).or_insert(id);
            }
        }
        names
    }

    fn exact(&self, kind: SensorKind, name: &str) -> Option<SensorId> {
        self.by_name.get(&(kind, name))?.first().copied()
    }

    /// The sensor whose name looks the same as one with characters that are not what
    /// they look like.
    fn by_look(&self, kind: SensorKind, name: &str) -> Option<SensorId> {
        if look_alikes::odd_characters(name.as_bytes()).is_empty() {
            return None;
        }
        self.by_look.get(&(kind, names::plain(name.as_bytes()).into_owned())).copied()
    }

    fn by_folder(&self, name: &str) -> Option<SensorId> {
        self.by_folder.get(&fold(name)).copied()
    }

    fn mark(&self, kind: SensorKind, name: &str, named: &mut [bool]) {
        for id in self.by_name.get(&(kind, name)).into_iter().flatten() {
            if let Some(is_named) = named.get_mut(id.0 as usize) {
                *is_named = true;
            }
        }
    }
}

/// A folder's name without case and separators: `Camera_front` is meant for `camera-front`.
fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
