//! How the names of a folder's frames tell times, where they are no plain numbers of a unit: dates,
//! times of day, seconds with parts of a second behind, numbers with an exponent.
//!
//! The names of a folder are read together, under each grammar that fits all of them. One is taken
//! where it alone fits, where the frames come clearly more steadily under it, or where the other
//! sensors of the scene show the same times; else no reading is.

mod calendar;
mod grammar;
mod template;
mod weigh;

use hashbrown::HashMap;

use self::grammar::Grammar;
use self::weigh::{Candidate, Weighed};
use super::unit::Unit;
use crate::layout::{Cell, Layout, SensorId};
use crate::names::frame_set::FrameSet;
use crate::names::{SensorKind, stem};
use crate::tree::files::Files;
use crate::tree::{Folder, FolderId, Tree};

const NS: i128 = 1_000_000_000;
const NS_OF_A_MINUTE: i128 = 60 * NS;
const NS_OF_A_DAY: i128 = 86_400 * NS;

/// What the names of frames are, where they are no plain numbers of a unit since an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// A number of this unit since 1970 among other text: `CAM_FRONT__1532402927612460`.
    Stamp(Unit),
    /// Seconds since 1970, and behind them a fraction with all its digits: `1681532060_561000000`.
    SecondsAndFraction,
    /// Seconds since 1970, and behind them a number of this unit without its leading zeros:
    /// `1681532060.9658000`.
    SecondsAndCount(Unit),
    /// A number of this unit since 1970 with an exponent: `1.681532060061e+18`.
    Exponent(Unit),
    /// A date with a time of day: `2023-04-15T12-14-20.061+0800`, `20230415121420061`.
    Date(Zone),
    /// A time of day alone, in hours, minutes and seconds: `235957500`, `23_59_57_500000`.
    TimeOfDay,
}

/// The zone of a date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Zone {
    /// The names tell it.
    Written,
    /// Nothing tells it: taken as UTC.
    Unknown,
    /// The other sensors' times show it: so many minutes ahead of UTC.
    Shown(i16),
}

impl Reading {
    /// What the names are, as a sentence has it.
    #[must_use]
    pub fn noun(self) -> String {
        match self {
            Reading::Stamp(unit) => format!("{} since 1970 among other text", unit.noun()),
            Reading::SecondsAndFraction => "seconds and a fraction of them".to_owned(),
            Reading::SecondsAndCount(unit) => {
                format!("seconds and {} without leading zeros", unit.noun())
            }
            Reading::Exponent(unit) => format!("{} in scientific notation", unit.noun()),
            Reading::Date(_) => "dates and times of day".to_owned(),
            Reading::TimeOfDay => "times of day".to_owned(),
        }
    }
}

/// How the frames of one folder are read.
#[derive(Clone, Debug)]
pub(crate) struct FolderReading {
    /// What its names are.
    pub(crate) reading: Reading,
    /// Its frames in ticks: since 1970, or since midnight of the first day.
    pub(crate) stamps: FrameSet,
    /// Digits of a tick behind the decimal point of a second.
    pub(crate) decimals: u8,
    grammar: Grammar,
    /// Before this time of day, in nanoseconds, the frames are of the day after.
    midnight: i128,
}

impl PartialEq for FolderReading {
    /// Whether both hold the same times under the same reading.
    fn eq(&self, other: &Self) -> bool {
        self.reading == other.reading
            && self.decimals == other.decimals
            && self.stamps == other.stamps
    }
}

impl FolderReading {
    /// `None` for plain numbers.
    fn new(candidate: Candidate) -> Option<Self> {
        let Candidate { grammar, reading, midnight, instants, .. } = candidate;
        let grammar = grammar?;
        let decimals = [0_u8, 3, 6]
            .into_iter()
            .find(|decimals| {
                let tick = NS / super::scaling::factor(*decimals);
                instants.iter().all(|instant| instant % tick == 0)
            })
            .unwrap_or(9);
        let tick = NS / super::scaling::factor(decimals);
        let mut stamps = FrameSet::default();
        instants.iter().for_each(|instant| stamps.insert(instant / tick));
        stamps.seal();
        Some(FolderReading { reading, stamps, decimals, grammar, midnight })
    }

    /// Whether the times count since 1970.
    pub(crate) fn counts_since_epoch(&self) -> bool {
        self.reading != Reading::TimeOfDay
    }

    /// The time of a frame, in nanoseconds.
    fn ns_of(&self, name: &[u8]) -> Option<i128> {
        let ns = self.grammar.read(stem(name))?.ns;
        let ns = if ns < self.midnight { ns + NS_OF_A_DAY } else { ns };
        Some(ns - minutes_ahead(self.reading) * NS_OF_A_MINUTE)
    }

    /// The time of a frame, in ticks.
    pub(crate) fn stamp_of(&self, name: &[u8]) -> Option<i128> {
        Some(self.ns_of(name)? / (NS / super::scaling::factor(self.decimals)))
    }

    /// Whether the times alone give each frame a stem of its own; `None` where they give none.
    pub(crate) fn has_distinct_stems(&self) -> Option<bool> {
        let tick = NS / super::scaling::factor(self.decimals);
        let part = NS / self.ticks_of_stem()?;
        let mut last = None;
        Some(self.stamps.iter().all(|stamp| {
            let stem = Some((stamp * tick).div_euclid(part));
            std::mem::replace(&mut last, stem) != stem
        }))
    }

    /// How many of the numbers that the times alone give as stems make a second.
    fn ticks_of_stem(&self) -> Option<i128> {
        match self.reading {
            Reading::TimeOfDay => None,
            Reading::Stamp(unit) => Some(unit.per_second()),
            _ => Some(Unit::Milliseconds.per_second()),
        }
    }

    /// The stem that the time alone gives a frame: a number that stands in the name as it is, and
    /// else whole milliseconds since
    /// 1970. `None` where the names do not tell the day.
    pub(crate) fn plain_stem_of(&self, name: &[u8]) -> Option<i128> {
        let part = NS / self.ticks_of_stem()?;
        self.ns_of(name).map(|ns| ns.div_euclid(part))
    }

    /// The same times as those of a zone so many minutes ahead of UTC.
    fn in_zone(&mut self, minutes: i16) {
        let tick = NS / super::scaling::factor(self.decimals);
        let by = (i128::from(minutes) - minutes_ahead(self.reading)) * NS_OF_A_MINUTE / tick;
        self.reading = Reading::Date(Zone::Shown(minutes));
        let mut stamps = FrameSet::default();
        self.stamps.iter().for_each(|stamp| stamps.insert(stamp - by));
        stamps.seal();
        self.stamps = stamps;
    }
}

/// A date with a time of day and nothing else, in nanoseconds since 1970: in the zone that stands
/// behind it, and in UTC where none does.
pub(crate) fn date_ns(text: &[u8]) -> Option<i128> {
    let is_of_one = text.iter().all(|byte| byte.is_ascii_digit() || b"-_:. TZ+,".contains(byte));
    let words = text.split(|byte| *byte == b' ').count();
    let mut forms = [true, false].into_iter().filter(|_| is_of_one && words <= 2);
    let read = |has_fraction| calendar::Form { year: 4, has_fraction }.read(text);
    forms.find_map(read).map(|written| written.ns)
}

fn minutes_ahead(reading: Reading) -> i128 {
    match reading {
        Reading::Date(Zone::Shown(minutes)) => minutes.into(),
        _ => 0,
    }
}

/// The folders whose names are read otherwise than as numbers, and those of which it is
/// not known how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readings {
    read: HashMap<FolderId, FolderReading>,
    undecided: HashMap<FolderId, Vec<Reading>>,
}

impl Readings {
    /// Reads the folders of all scenes.
    pub(crate) fn of(tree: &Tree, layout: &Layout) -> Self {
        let mut readings = Readings::default();
        let mut open: Vec<(Cell, Vec<Candidate>)> = Vec::new();
        for cell in layout.cells() {
            let kind = layout.sensor(cell.sensor).kind;
            match weigh::weigh(tree.folder(cell.folder), kind) {
                Weighed::Plain => {}
                Weighed::One(candidate) => {
                    let read = FolderReading::new(candidate).map(|read| (cell.folder, read));
                    readings.read.extend(read);
                }
                Weighed::Several(candidates) => open.push((*cell, candidates)),
            }
        }
        readings.decide(tree, layout, open);
        readings.tell_zones(tree, layout);
        readings
    }

    /// Whether all folders' names are plain numbers, or texts that nothing reads.
    pub(crate) fn is_empty(&self) -> bool {
        self.read.is_empty()
    }

    /// How the frames of a folder are read; `None` where they are plain numbers, or nothing tells.
    pub(crate) fn get(&self, folder: FolderId) -> Option<&FolderReading> {
        self.read.get(&folder)
    }

    /// The readings between which nothing decides.
    pub(crate) fn undecided(&self, folder: FolderId) -> &[Reading] {
        self.undecided.get(&folder).map_or(&[], Vec::as_slice)
    }

    /// Chooses among several readings by the times of the other sensors of the scene.
    fn decide(&mut self, tree: &Tree, layout: &Layout, open: Vec<(Cell, Vec<Candidate>)>) {
        let mut decided = Vec::new();
        for (cell, mut candidates) in open {
            let others = self.times_beside(tree, layout, cell);
            let best = weigh::nearest(&candidates, &others);
            match best {
                Some(at) => {
                    let candidate = candidates.swap_remove(at);
                    let read = FolderReading::new(candidate);
                    decided.extend(read.map(|read| (cell.folder, read)));
                }
                // Numbers that may as well be plain are taken for that.
                None if candidates.iter().any(Candidate::is_plain) => {}
                None => {
                    let readings = candidates.iter().map(|it| it.reading).collect();
                    self.undecided.insert(cell.folder, readings);
                }
            }
        }
        self.read.extend(decided);
    }

    /// The times since 1970 that other sensors of the scene tell for sure, in nanoseconds,
    /// each sensor's ascending.
    fn times_beside(&self, tree: &Tree, layout: &Layout, cell: Cell) -> Vec<Vec<i128>> {
        let others = layout.scene_cells(cell.scene).iter();
        let others = others.filter(|other| other.sensor != cell.sensor);
        others.filter_map(|other| self.times_of(tree, layout, *other)).collect()
    }

    fn times_of(&self, tree: &Tree, layout: &Layout, cell: Cell) -> Option<Vec<i128>> {
        if let Some(read) = self.read.get(&cell.folder) {
            let is_sure =
                !matches!(read.reading, Reading::TimeOfDay | Reading::Date(Zone::Unknown));
            let tick = NS / super::scaling::factor(read.decimals);
            return is_sure.then(|| read.stamps.iter().map(|stamp| stamp * tick).collect());
        }
        let media = layout.sensor(cell.sensor).kind.media();
        let mut sets = tree.folder(cell.folder).frames_of(media);
        let (naming, set) = sets.next().filter(|_| sets.next().is_none())?;
        let unit = Unit::of_frames(&naming, set)?;
        let parts = unit.per_second() * super::scaling::factor(naming.fraction_digits());
        let ns = |value: i128| super::scaling::times(value, NS) / parts;
        Some(set.iter().map(ns).collect())
    }

    /// Takes the dates of a sensor for those of the zone under which they are the
    /// other sensors' times.
    fn tell_zones(&mut self, tree: &Tree, layout: &Layout) {
        let mut votes: HashMap<SensorId, Vec<i16>> = HashMap::new();
        let mut local: Vec<Cell> = Vec::new();
        for cell in layout.cells() {
            let Some(read) = self.read.get(&cell.folder) else { continue };
            if read.reading != Reading::Date(Zone::Unknown) {
                continue;
            }
            local.push(*cell);
            let tick = NS / super::scaling::factor(read.decimals);
            let own: Vec<i128> = read.stamps.iter().map(|stamp| stamp * tick).collect();
            let others = self.times_beside(tree, layout, *cell);
            if let Some(minutes) = weigh::zone(&own, &others) {
                votes.entry(cell.sensor).or_default().push(minutes);
            }
        }
        for cell in local {
            let Some(votes) = votes.get(&cell.sensor) else { continue };
            let (Some(first), true) =
                (votes.first(), votes.iter().all(|it| Some(it) == votes.first()))
            else {
                continue;
            };
            if let Some(read) = self.read.get_mut(&cell.folder) {
                read.in_zone(*first);
            }
        }
    }
}

/// The names of a folder's frames of a kind of sensor.
fn for_each_name(folder: &Folder, kind: SensorKind, mut each: impl FnMut(&[u8])) {
    for files in Files::in_folder(folder).filter(|files| files.media() == kind.media()) {
        match files {
            Files::Numbered(..) | Files::Named(..) => files.for_each(&mut each),
            Files::Landmark(_) => {}
        }
    }
}

/// The folder's frames with the times that they are read as, ascending.
pub(crate) fn frames_by_time(
    folder: &Folder,
    kind: SensorKind,
    reading: &FolderReading,
) -> Vec<(i128, Vec<u8>)> {
    let mut frames = Vec::with_capacity(reading.stamps.len());
    for_each_name(folder, kind, |name| {
        frames.extend(reading.stamp_of(name).map(|stamp| (stamp, name.to_vec())));
    });
    frames.sort_unstable();
    frames
}

#[cfg(test)]
mod tests;
