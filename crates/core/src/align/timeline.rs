//! [`Timeline`]: the frames of one sensor in one scene as one ascending sequence, however their
//! names are written.

use std::cell::OnceCell;

use super::reading::{self, FolderReading, Reading, Readings};
use super::scaling::{decimals, factor, times};
use super::unit::Unit;
use crate::layout::{Cell, Layout};
use crate::names::SensorKind;
use crate::names::frame_name::Naming;
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;
use crate::tree::{Folder, Tree};

/// The frames of one folder that are of the sensor's kind, by the way they are written.
#[derive(Clone, Debug)]
pub(crate) struct Writings<'t> {
    sets: Vec<(&'t Naming, &'t FrameSet)>,
    /// How the names are read, where they are no plain numbers.
    read: Option<Read<'t>>,
}

/// Frames whose names are no plain numbers.
#[derive(Clone, Debug)]
struct Read<'t> {
    reading: &'t FolderReading,
    folder: &'t Folder,
    kind: SensorKind,
    /// The frames by their times, once they are asked for.
    frames: OnceCell<Vec<(i128, Vec<u8>)>>,
}

impl Read<'_> {
    fn frames(&self) -> &Vec<(i128, Vec<u8>)> {
        self.frames.get_or_init(|| reading::frames_by_time(self.folder, self.kind, self.reading))
    }

    /// The file name of the frame of this time.
    fn name_of(&self, stamp: i128) -> Option<String> {
        let frames = self.frames();
        let at = frames.binary_search_by_key(&stamp, |(held, _)| *held).ok()?;
        frames.get(at).and_then(|(_, name)| String::from_utf8(name.clone()).ok())
    }
}

impl<'t> Writings<'t> {
    /// Those of a scene folder whose names are numbers.
    pub(crate) fn of(tree: &'t Tree, layout: &Layout, cell: Cell) -> Self {
        let media = layout.sensor(cell.sensor).kind.media();
        let sets = tree.folder(cell.folder).frames();
        let sets = sets.iter().filter(|(naming, _)| naming.media() == media);
        Writings { sets: sets.map(|(naming, set)| (naming, set)).collect(), read: None }
    }

    /// Those of a scene folder, as its names are read.
    pub(crate) fn read(
        tree: &'t Tree,
        layout: &Layout,
        readings: &'t Readings,
        cell: Cell,
    ) -> Self {
        let read = readings.get(cell.folder).map(|reading| Read {
            reading,
            folder: tree.folder(cell.folder),
            kind: layout.sensor(cell.sensor).kind,
            frames: OnceCell::new(),
        });
        let plain = Writings::of(tree, layout, cell);
        // Among texts that nothing reads, such as hashes, a few are numbers by chance.
        let texts = || {
            let texts = tree.folder(cell.folder).texts_of(layout.sensor(cell.sensor).kind.media());
            texts.map(NameSet::count).sum::<u64>()
        };
        if read.is_none() && texts() > plain.files() {
            return Writings { sets: Vec::new(), read };
        }
        Writings { read, ..plain }
    }

    /// Whether the names are numbers of a unit, or of none.
    pub(crate) fn are_plain(&self) -> bool {
        self.read.is_none()
    }

    /// The number of files.
    pub(crate) fn files(&self) -> u64 {
        match &self.read {
            Some(read) => read.reading.stamps.len() as u64,
            None => self.sets.iter().map(|(_, set)| set.len() as u64).sum(),
        }
    }

    /// Whether both hold the same stems. Compares compressed bytes, so two unequal answers may
    /// still be one in truth: where one kind of file is split over several suffixes.
    pub(crate) fn same_stems(&self, other: &Self) -> bool {
        let stem = |naming: &Naming| (naming.zero_padded_width(), naming.fraction_digits());
        let is_read_alike = match (&self.read, &other.read) {
            (None, None) => true,
            (Some(own), Some(other)) => own.reading == other.reading,
            _ => false,
        };
        is_read_alike
            && self.sets.len() == other.sets.len()
            && self
                .sets
                .iter()
                .zip(&other.sets)
                .all(|((a, left), (b, right))| stem(a) == stem(b) && left == right)
    }

    /// The way in which most frames are written; with leading zeros, if some are and the others are
    /// long enough to need none.
    pub(crate) fn usual(&self) -> Option<Naming> {
        let by_weight =
            |(naming, set): &(&Naming, &FrameSet)| (naming.zero_padded_width(), set.len());
        let (widest, _) = self.sets.iter().copied().max_by_key(by_weight)?;
        let (most, _) = self.sets.iter().copied().max_by_key(|(_, set)| set.len())?;
        Some(if self.needs_no_zeros(widest.zero_padded_width()) { *widest } else { *most })
    }

    /// Whether every number that is written without leading zeros has at least `width` digits.
    fn needs_no_zeros(&self, width: u8) -> bool {
        let digits = |value: i128| value.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
        let plain = self.sets.iter().filter(|(naming, _)| naming.zero_padded_width() == 0);
        plain.filter_map(|(_, set)| set.first()).all(|first| digits(first) >= u32::from(width))
    }

    /// Whether the same numbers are written with other leading zeros.
    pub(crate) fn zeros_differ(&self, other: &Self) -> bool {
        if !self.are_plain() || !other.are_plain() {
            return false;
        }
        let (Some(mine), Some(theirs)) = (self.usual(), other.usual()) else { return false };
        match (mine.zero_padded_width(), theirs.zero_padded_width()) {
            (0, 0) => false,
            (0, width) => !self.needs_no_zeros(width),
            (width, 0) => !other.needs_no_zeros(width),
            (left, right) => left != right,
        }
    }

    /// The first and last stamp and the number of files, where the stamps are times.
    /// Costs no decoding.
    pub(crate) fn span_of_times(&self) -> Option<(i128, i128, u64)> {
        if !self.are_plain() {
            return None;
        }
        let [(naming, set)] = self.sets.as_slice() else { return None };
        Unit::of_frames(naming, set)?;
        Some((set.first()?, set.last()?, set.len() as u64))
    }

    /// The first frame: its stamp in the folder's timeline, and its file name.
    pub(crate) fn first(&self) -> Option<(i128, String)> {
        let stamp = *Timeline::of(self).stamps.first()?;
        Some((stamp, self.name_of(stamp)?))
    }

    /// The file name of a stamp of the folder's timeline, exactly as listed.
    pub(crate) fn name_of(&self, stamp: i128) -> Option<String> {
        if let Some(read) = &self.read {
            return read.name_of(stamp);
        }
        let finest =
            self.sets.iter().map(|(naming, _)| naming.fraction_digits()).max().unwrap_or(0);
        let plain =
            |value: i128, naming: &Naming| times(value, factor(finest - naming.fraction_digits()));
        let in_finer_unit = |value: i128| {
            let (unit, finer) = (Unit::of_stamp(value)?, Unit::of_stamp(stamp)?);
            (finer > unit).then(|| times(value, finer.per_second() / unit.per_second()))
        };
        let as_written = self.sets.iter().find_map(|(naming, set)| {
            let found = set.iter().find(|value| plain(*value, naming) >= stamp)?;
            (plain(found, naming) == stamp).then(|| naming.render(found))
        });
        as_written.or_else(|| {
            self.sets.iter().find_map(|(naming, set)| {
                set.iter()
                    .find(|value| in_finer_unit(*value) == Some(stamp))
                    .map(|found| naming.render(found))
            })
        })
    }

    /// The name of every frame by its stamp on the folder's timeline, ascending; none where the
    /// numbers are of several units.
    pub(crate) fn names_by_stamp(&self) -> Vec<(i128, Vec<u8>)> {
        if let Some(read) = &self.read {
            return read.frames().clone();
        }
        let finest =
            self.sets.iter().map(|(naming, _)| naming.fraction_digits()).max().unwrap_or(0);
        let mut frames = Vec::with_capacity(self.sets.iter().map(|(_, set)| set.len()).sum());
        for (naming, set) in &self.sets {
            let factor = factor(finest - naming.fraction_digits());
            let frame = |value| (times(value, factor), naming.render(value).into_bytes());
            frames.extend(set.iter().map(frame));
        }
        frames.sort_unstable();
        frames
    }

    /// The frames where all names are numbers that are written in one way, with a plain suffix.
    pub(crate) fn only_numbers(&self) -> Option<(&Naming, &FrameSet)> {
        let [(naming, set)] = self.sets.as_slice() else { return None };
        let is_plain = self.are_plain() && !naming.suffix().is_empty();
        (is_plain && !naming.suffix().contains('.')).then_some((*naming, *set))
    }

    /// The file name that writes a stamp of this folder's timeline in the way most of its frames
    /// are written, with another suffix.
    pub(crate) fn name_for(&self, stamp: i128, suffix: &str) -> Option<String> {
        let stem = match &self.read {
            Some(read) => {
                let name = read.name_of(stamp)?;
                name.rsplit_once('.').map(|(stem, _)| stem.to_owned()).unwrap_or(name)
            }
            None => self.usual()?.render_stem(stamp),
        };
        Some(format!("{stem}.{suffix}"))
    }

    /// The suffix that most frames have, in lower case.
    pub(crate) fn suffix(&self) -> Option<String> {
        if let Some(read) = &self.read {
            let first = read.reading.stamps.first().and_then(|stamp| read.name_of(stamp))?;
            return first.rsplit_once('.').map(|(_, suffix)| suffix.to_ascii_lowercase());
        }
        let most = self.sets.iter().max_by_key(|(_, set)| set.len());
        most.map(|(naming, _)| naming.suffix().to_ascii_lowercase())
    }

    /// Whether every stem is as long as the others, so that ordering by name is ordering by time.
    /// What is no plain number is taken for that, as it is named as what it is.
    pub(crate) fn are_one_length(&self) -> bool {
        if !self.are_plain() {
            return true;
        }
        let mut lengths = self.sets.iter().flat_map(|(naming, set)| {
            [set.first(), set.last()]
                .into_iter()
                .flatten()
                .map(|value| naming.render_stem(value).len())
        });
        let negative = self.sets.iter().any(|(_, set)| set.first().is_some_and(|first| first < 0));
        match lengths.next() {
            Some(first) => !negative && lengths.all(|length| length == first),
            None => true,
        }
    }

    /// The first two frames, by time, whose names sort the other way round.
    pub(crate) fn first_out_of_order(&self) -> Option<(String, String)> {
        if self.are_one_length() {
            return None;
        }
        let finest =
            self.sets.iter().map(|(naming, _)| naming.fraction_digits()).max().unwrap_or(0);
        let mut frames: Vec<(i128, &Naming, i128)> =
            Vec::with_capacity(self.sets.iter().map(|(_, set)| set.len()).sum());
        for (naming, set) in &self.sets {
            let factor = factor(finest - naming.fraction_digits());
            frames.extend(set.iter().map(|value| (times(value, factor), *naming, value)));
        }
        frames.sort_unstable();
        let digits = |value: i128| value.unsigned_abs().checked_ilog10();
        let mut neighbours = frames.iter().zip(frames.iter().skip(1));
        let (before, after) = neighbours.find(|(before, after)| {
            // Stems of one length and sign sort as their values do; rendering is for
            // the few others.
            let alike = before.1 == after.1 && before.2 >= 0 && digits(before.2) == digits(after.2);
            !alike
                && before.0 != after.0
                && before.1.render_stem(before.2) > after.1.render_stem(after.2)
        })?;
        Some((before.1.render(before.2), after.1.render(after.2)))
    }
}

/// The frames of one sensor in one scene as one ascending sequence of stamps, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    /// The stamps, ascending, each once: in units of the last digit of the finest writing.
    pub(crate) stamps: Vec<i128>,
    /// How many digits of a stamp stand behind the decimal point of a second, where the
    /// stamps are times.
    pub(crate) decimals: Option<u8>,
    /// Whether the stamps were written in more than one unit, and are now all in the finest.
    pub(crate) mixed: bool,
    /// What the names are, where they are no plain numbers.
    pub(crate) reading: Option<Reading>,
    /// Digits behind the decimal point in the finest writing.
    fraction: u8,
}

/// The last numbers of a counter of 32 bits.
const ENDS_OF_32_BITS: std::ops::Range<i128> = (1 << 32) - (1 << 16)..1 << 32;
/// Neighbours in two units lie at least this factor apart. A clock that counts up through a power
/// of ten does not.
const LEAST_UNIT_JUMP: i128 = 100;

impl Timeline {
    /// The timeline of a scene folder.
    pub(crate) fn of(writings: &Writings<'_>) -> Self {
        let mut timeline = Timeline::default();
        timeline.read(writings);
        timeline
    }

    /// Reads a scene folder in place of what was read before, keeping the memory.
    pub(crate) fn read(&mut self, writings: &Writings<'_>) {
        let stamps = &mut self.stamps;
        stamps.clear();
        self.reading = writings.read.as_ref().map(|read| read.reading.reading);
        if let Some(Read { reading, .. }) = &writings.read {
            stamps.extend(reading.stamps.iter());
            self.mixed = false;
            self.fraction = 0;
            self.decimals = reading.counts_since_epoch().then_some(reading.decimals);
            return;
        }
        stamps.reserve(writings.sets.iter().map(|(_, set)| set.len()).sum());
        self.mixed = false;
        self.decimals = None;
        self.fraction =
            writings.sets.iter().map(|(naming, _)| naming.fraction_digits()).max().unwrap_or(0);
        for (naming, set) in &writings.sets {
            match factor(self.fraction - naming.fraction_digits()) {
                1 => stamps.extend(set.iter()),
                factor => stamps.extend(set.iter().map(|value| times(value, factor))),
            }
        }
        if writings.sets.len() > 1 {
            stamps.sort_unstable();
            stamps.dedup();
        }
        self.tell_unit();
    }

    /// A timeline of nanoseconds, ascending.
    pub(crate) fn of_times(stamps: Vec<i128>) -> Self {
        Timeline { stamps, decimals: Some(9), ..Timeline::default() }
    }

    /// A timeline of integer stamps.
    #[cfg(test)]
    pub(crate) fn of_stamps(stamps: impl IntoIterator<Item = i128>) -> Self {
        let mut stamps: Vec<i128> = stamps.into_iter().collect();
        stamps.sort_unstable();
        stamps.dedup();
        let mut timeline = Timeline { stamps, ..Timeline::default() };
        timeline.tell_unit();
        timeline
    }

    fn tell_unit(&mut self) {
        let (Some(first), Some(last)) = (self.stamps.first().copied(), self.stamps.last().copied())
        else {
            return;
        };
        if self.fraction > 0 {
            let unit = Unit::of_span(first, last, self.stamps.len(), self.fraction);
            self.decimals = unit.map(|_| self.fraction);
            return;
        }
        if self.bring_to_one_unit() {
            return;
        }
        // A stray 0 or -1 at the start tells nothing of the others.
        let middle = self.stamps.get(self.stamps.len() / 2).copied().unwrap_or(last);
        let unit = Unit::of_span(first, last, self.stamps.len(), 0);
        let unit = unit
            .or_else(|| Unit::of_span(middle, last, self.stamps.len() - self.stamps.len() / 2, 0));
        // A counter of 32 bits shortly before it starts anew is no time in the year 2106.
        let is_counter = ENDS_OF_32_BITS.contains(&last);
        self.decimals = unit.filter(|_| !is_counter).map(decimals);
    }

    /// Brings stamps of several units to the finest of them; false where there is but one.
    fn bring_to_one_unit(&mut self) -> bool {
        let unit = |stamp: Option<&i128>| stamp.and_then(|stamp| Unit::of_stamp(*stamp));
        let Some(finest) = unit(self.stamps.last()) else { return false };
        let coarse = self
            .stamps
            .partition_point(|stamp| Unit::of_stamp(*stamp).is_none_or(|unit| unit < finest));
        let Some(below) = coarse.checked_sub(1).and_then(|at| self.stamps.get(at)).copied() else {
            return false;
        };
        let jumps = self.stamps.get(coarse).is_some_and(|above| above / LEAST_UNIT_JUMP >= below);
        if unit(Some(&below)).is_none() || !jumps {
            return false;
        }
        for stamp in &mut self.stamps {
            if let Some(unit) = Unit::of_stamp(*stamp) {
                *stamp = times(*stamp, finest.per_second() / unit.per_second());
            }
        }
        self.stamps.sort_unstable();
        self.stamps.dedup();
        self.decimals = Some(decimals(finest));
        self.mixed = true;
        true
    }

    /// Digits behind the decimal point in the finest writing.
    pub(crate) fn fraction(&self) -> u8 {
        self.fraction
    }

    /// The steps between neighbours.
    pub(crate) fn cadence(&self) -> Option<Cadence> {
        Cadence::of(&self.stamps)
    }
}

/// How far apart a timeline's frames are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cadence {
    /// The median step.
    pub(crate) step: i128,
    /// How many steps there are.
    pub(crate) steps: usize,
    /// How many of them are about that long, and what those come to together.
    pub(crate) near: usize,
    pub(crate) near_sum: i128,
    /// Whether most steps are about that long.
    pub(crate) regular: bool,
}

impl Cadence {
    /// The cadence of ascending stamps; `None` for fewer than two.
    pub(crate) fn of(stamps: &[i128]) -> Option<Self> {
        let (first, rest) = stamps.split_first()?;
        let step = rest.first()? - first;
        let steps = rest.len();
        let differences = || stamps.iter().zip(rest).map(|(before, after)| after - before);
        if differences().all(|difference| difference == step) {
            let near_sum = rest.last().map_or(0, |last| last - first);
            return Some(Cadence { step, steps, near: steps, near_sum, regular: true });
        }
        let mut sorted: Vec<i128> = differences().collect();
        let (_, median, _) = sorted.select_nth_unstable_by(steps / 2, Ord::cmp);
        let step = *median;
        let about = sorted
            .iter()
            .filter(|difference| (**difference - step).abs().saturating_mul(4) <= step);
        let (near, near_sum) =
            about.fold((0_usize, 0), |(count, sum), difference| (count + 1, sum + difference));
        Some(Cadence {
            step,
            steps,
            near,
            near_sum,
            regular: near.saturating_mul(5) >= steps.saturating_mul(3),
        })
    }

    /// This cadence in ticks finer by a factor.
    pub(crate) fn in_finer_ticks(self, factor: i128) -> Self {
        Cadence { step: times(self.step, factor), near_sum: times(self.near_sum, factor), ..self }
    }

    /// This cadence against another, as a ratio of rates: above 1 where this one is faster.
    #[expect(clippy::cast_precision_loss, reason = "a ratio to a few digits")]
    pub(crate) fn rate_against(self, other: Cadence) -> f64 {
        let mean = |cadence: Cadence| cadence.near_sum as f64 / cadence.near.max(1) as f64;
        if self.near_sum > 0 { mean(other) / mean(self) } else { 1.0 }
    }
}
