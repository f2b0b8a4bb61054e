//! What is said of a sensor on the time axis, in a few words.

use std::cmp::Reverse;

use sensortree_core::align::picture::{Lane, LaneKind, Picture, PicturedScene};
use sensortree_core::align::{Notation, Relation};
use sensortree_core::text::{count, number};

use crate::quantities::{length, rate};

/// What a statement is about, which gives it its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tone {
    /// All is as it should be.
    Fine,
    /// It was not compared.
    Mute,
    /// The frames are other ones: their rate, the way in which they are written, too many.
    Odd,
    /// The clock stands apart, was set, drifts or jitters.
    Clock,
    /// Frames are missing.
    Missing,
}

impl Tone {
    /// The class in the page's style.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Tone::Fine => "fine",
            Tone::Mute => "mute",
            Tone::Odd => "odd",
            Tone::Clock => "late",
            Tone::Missing => "miss",
        }
    }

    /// The sign before a statement, so that none is told by its colour alone.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Tone::Fine => "✓",
            Tone::Mute => "–",
            Tone::Odd => "≠",
            Tone::Clock => "◷",
            Tone::Missing => "▨",
        }
    }
}

/// A few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// What they are about.
    pub(crate) tone: Tone,
    /// The words.
    pub(crate) text: String,
}

/// What is said of a sensor in one scene, gravest last in the order of [`Tone`] first.
pub(crate) fn of_lane(lane: &Lane) -> Vec<Statement> {
    let say = |tone: Tone, text: String| Statement { tone, text };
    let mut said = Vec::new();
    match lane.kind {
        LaneKind::Absent => return vec![say(Tone::Missing, "no frames".to_owned())],
        LaneKind::NotCompared => return vec![say(Tone::Mute, "not compared".to_owned())],
        LaneKind::Same => return vec![say(Tone::Fine, "complete, on time".to_owned())],
        LaneKind::Differs => {}
    }
    if let Some(relation) = &lane.relation {
        said.extend(clock(relation).map(|text| say(Tone::Clock, text)));
        said.extend(other(relation).into_iter().map(|text| say(Tone::Odd, text)));
    }
    let (lacks, surplus) = (lane.lacks(), lane.surplus());
    if lacks > 0 {
        let of = number(i128::from(lane.frames + lacks - surplus.min(lane.frames)));
        said.push(say(Tone::Missing, format!("{} of {of} missing", number(lacks))));
    }
    if surplus > 0 {
        said.push(say(Tone::Odd, format!("{} too many", count(surplus, "frame"))));
    }
    said.sort_by_key(|statement| Reverse(statement.tone));
    said
}

/// How its clock stands.
fn clock(relation: &Relation) -> Option<String> {
    let timed = relation.timed;
    if let Some(steps) = &relation.steps {
        let times = steps.stretches.len().saturating_sub(1) as u64;
        return Some(match (&steps.wrap, times) {
            (Some(_), _) => "counter starts anew".to_owned(),
            (None, 1) => {
                let first = steps.stretches.first().map_or(0, |stretch| stretch.by);
                let by = steps.stretches.last().map_or(0, |stretch| stretch.by) - first;
                format!("clock jumps by {}", length(by.abs(), timed))
            }
            (None, times) => format!("clock jumps {}", self::count(times, "time")),
        });
    }
    if let Some(offset) = relation.offset.filter(|_| relation.notation.is_none() || relation.timed)
    {
        if offset.since_start.is_some() {
            return Some("counts from its own start".to_owned());
        }
        let mut text = if offset.by == 0 { String::new() } else { ahead(offset.by, timed) };
        if offset.drift != 0 {
            let drift = length(i128::from(offset.drift).abs(), timed);
            let by = if text.is_empty() { "" } else { ", " };
            text = format!("{text}{by}drifts by {drift}");
        }
        return (!text.is_empty()).then_some(text);
    }
    // What is written in another unit or comes at another rate lies off for that reason.
    let is_explained =
        relation.unrelated.is_some() || relation.rate.is_some() || relation.notation.is_some();
    let jitter = relation.distances.filter(|it| it.sizes.max > 0 && !is_explained)?;
    Some(format!("jitters by up to {}", length(i128::from(jitter.sizes.max), timed)))
}

/// Two rates that differ by fewer percent are told by how much they do.
const NEARLY_ONE_RATE: f64 = 5.0;

/// `30 ms ahead`: its stamps are later than the reference's, as findings say it of a clock.
fn ahead(by: i128, timed: bool) -> String {
    let way = match (by < 0, timed) {
        (false, true) => "ahead",
        (true, true) => "behind",
        (false, false) => "too high",
        (true, false) => "too low",
    };
    format!("{} {way}", length(by.abs(), timed))
}

/// What else sets its frames apart.
fn other(relation: &Relation) -> Vec<String> {
    let mut said = Vec::new();
    match relation.notation {
        Some(Notation::Unit { sensor, .. }) => said.push(format!("in {}", sensor.noun())),
        Some(Notation::Mixed) => said.push("in several units".to_owned()),
        Some(Notation::Zeros) => said.push("other leading zeros".to_owned()),
        None => {}
    }
    if let Some(own) = relation.rate {
        let part = (own.ratio() - 1.0) * 100.0;
        let way = if part < 0.0 { "slower" } else { "faster" };
        let hertz = |step: i64| u64::try_from(step).ok().filter(|_| relation.timed).and_then(rate);
        said.push(match hertz(own.step).zip(hertz(own.reference_step)) {
            _ if part.abs() < NEARLY_ONE_RATE => format!("{:.2} % {way}", part.abs()),
            Some((sensor, reference)) => format!("{sensor} beside {reference}"),
            None => format!("{:.2} frames for each", own.ratio()),
        });
    }
    if relation.unrelated.is_some() {
        said.push("no frame fits".to_owned());
    }
    said
}

/// How a sensor stands over all scenes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overall {
    /// What is said, gravest first.
    pub(crate) statements: Vec<Statement>,
    /// In how many scenes it has no frame.
    absent: u64,
    scenes: u64,
}

/// What is said of a sensor, by its place in the picture, over all scenes.
pub(crate) fn overall(picture: &Picture, sensor: usize) -> Overall {
    let lanes: Vec<&Lane> =
        picture.scenes.iter().filter_map(|scene| scene.lanes.get(sensor)).collect();
    let scenes = lanes.len() as u64;
    let held = lanes.iter().filter(|lane| lane.kind != LaneKind::Absent).count() as u64;
    let mut overall = Overall { scenes, absent: scenes - held, ..Overall::default() };
    overall.missing(&lanes);
    overall.clocks(&lanes, held);
    overall.others(&lanes, held);
    overall.statements.sort_by_key(|statement| Reverse(statement.tone));
    if overall.statements.is_empty() {
        let text = "complete, on time".to_owned();
        overall.statements.push(Statement { tone: Tone::Fine, text });
    }
    overall
}

/// ` in 3 of 10 scenes`; nothing where it is all of several or the only one.
fn in_scenes(scenes: usize, of: u64) -> String {
    match (scenes as u64, of) {
        (scenes, of) if scenes == of => String::new(),
        (scenes, of) => format!(" in {} of {}", number(scenes), self::count(of, "scene")),
    }
}

impl Overall {
    fn say(&mut self, tone: Tone, text: String) {
        self.statements.push(Statement { tone, text });
    }

    fn missing(&mut self, lanes: &[&Lane]) {
        if self.absent > 0 {
            let all = count(self.scenes, "scene");
            self.say(Tone::Missing, format!("no frames in {} of {all}", number(self.absent)));
        }
        let lacking: Vec<&&Lane> = lanes.iter().filter(|lane| lane.lacks() > 0).collect();
        let lacks: u64 = lacking.iter().map(|lane| lane.lacks()).sum();
        if lacks > 0 {
            let slots: u64 = lanes.iter().map(|lane| lane.frames + lane.lacks()).sum();
            let part = format!("{} of {} missing", number(lacks), count(slots, "frame"));
            let scenes = in_scenes(lacking.len(), self.scenes);
            self.say(Tone::Missing, format!("{part}{scenes}"));
        }
    }

    /// One statement for offsets to one side, and one for each other thing that clocks do.
    fn clocks(&mut self, lanes: &[&Lane], held: u64) {
        let relations: Vec<&Relation> =
            lanes.iter().filter_map(|lane| lane.relation.as_ref()).collect();
        let is_plain = |relation: &&&Relation| {
            relation.steps.is_none()
                && relation.offset.is_some_and(|it| it.since_start.is_none() && it.drift == 0)
        };
        for is_early in [false, true] {
            let offsets = relations.iter().filter(is_plain);
            let timed = relations.first().is_none_or(|relation| relation.timed);
            let mut by: Vec<i128> = offsets
                .filter_map(|relation| relation.offset.map(|offset| offset.by))
                .filter(|by| (*by < 0) == is_early && *by != 0)
                .collect();
            by.sort_unstable_by_key(|by| by.abs());
            let (Some(least), Some(most)) = (by.first(), by.last()) else { continue };
            let middle = by.get(by.len() / 2).copied().unwrap_or_default();
            let is_one = (most - least).abs() * 5 <= middle.abs();
            let range = match is_one {
                true => ahead(middle, timed),
                false => format!("up to {}", ahead(*most, timed)),
            };
            let text = format!("{range}{}", in_scenes(by.len(), held));
            self.say(Tone::Clock, text);
        }
        let others = relations.iter().filter(|relation| !is_plain(relation));
        self.alike(Tone::Clock, others.filter_map(|relation| clock(relation)), held);
    }

    fn others(&mut self, lanes: &[&Lane], held: u64) {
        let relations = lanes.iter().filter_map(|lane| lane.relation.as_ref());
        self.alike(Tone::Odd, relations.flat_map(other), held);
        let surplus: Vec<u64> =
            lanes.iter().map(|lane| lane.surplus()).filter(|surplus| *surplus > 0).collect();
        if !surplus.is_empty() {
            let frames = count(surplus.iter().sum(), "frame");
            self.say(Tone::Odd, format!("{frames} too many{}", in_scenes(surplus.len(), held)));
        }
        let mute = lanes.iter().filter(|lane| lane.kind == LaneKind::NotCompared).count();
        if mute > 0 {
            self.say(Tone::Mute, format!("not compared{}", in_scenes(mute, held)));
        }
    }

    /// What is said in the same words of several scenes once, or the most frequent of it.
    fn alike(&mut self, tone: Tone, said: impl Iterator<Item = String>, held: u64) {
        let mut said: Vec<String> = said.collect();
        said.sort();
        let scenes = said.len();
        let groups: Vec<(usize, String)> = said
            .chunk_by(|a, b| a == b)
            .filter_map(|group| Some((group.len(), group.first()?.clone())))
            .collect();
        let Some((_, text)) = groups.iter().max_by_key(|(scenes, _)| *scenes) else { return };
        let others = if groups.len() > 1 { ", and otherwise" } else { "" };
        self.say(tone, format!("{text}{others}{}", in_scenes(scenes, held)));
    }
}

/// What a cell of the map of scenes and sensors shows: one scene, or several neighbours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    /// The gravest of what is to be said, missing frames aside.
    pub(crate) tone: Tone,
    /// The part of the frames that are missing, from 0 to 1.
    pub(crate) missing: f64,
}

/// The cell of a sensor for neighbouring scenes.
pub(crate) fn cell<'l>(lanes: impl Iterator<Item = &'l Lane>) -> Cell {
    let mut cell = Cell { tone: Tone::Fine, missing: 0.0 };
    for lane in lanes {
        let missing = match lane.kind {
            LaneKind::Absent => 1.0,
            _ => lane.lacks() as f64 / (lane.frames + lane.lacks()).max(1) as f64,
        };
        cell.missing = cell.missing.max(missing);
        let said = of_lane(lane).into_iter().map(|statement| statement.tone);
        let tone = said.filter(|tone| *tone != Tone::Missing).max();
        cell.tone = cell.tone.max(tone.unwrap_or(Tone::Fine));
    }
    cell
}

/// The scenes of each column of a map that has `most` at the most: from one up to another.
pub(crate) fn columns(scenes: usize, most: usize) -> Vec<(usize, usize)> {
    let columns = scenes.min(most);
    let edge = |at: usize| at * scenes / columns.max(1);
    (0..columns).map(|at| (edge(at), edge(at + 1))).collect()
}

/// How much is to be seen in a scene, the gravest first, and whole ones last.
pub(crate) fn gravity(scene: &PicturedScene) -> Reverse<(bool, usize, u64, Tone)> {
    let absent = scene.lanes.iter().filter(|lane| lane.kind == LaneKind::Absent).count();
    let lacks = scene.lanes.iter().map(|lane| lane.lacks() + lane.surplus()).sum();
    let tone = scene.lanes.iter().flat_map(of_lane).map(|statement| statement.tone).max();
    Reverse((!scene.is_whole(), absent, lacks, tone.unwrap_or(Tone::Fine)))
}
