use std::collections::BTreeMap;

use super::clock_steps;
use super::clock_words::{apart, causes, spelled};
use super::group::{self, Group};
use super::mending::Renamed;
use crate::align::{Known, Offset, Relation, duration};
use crate::finding::{Context, Example, Sink, Statement, figures};
use crate::layout::SensorId;
use crate::multiset_hash::{MultisetHash, Occurrences};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// One constant offset sets a sensor's stamps apart from the reference's: two clocks that were
    /// not the same.
    ///
    /// A frame of the platform is one point cloud with the images of the same timestamp, so sensors
    /// whose clocks stand apart share no frame, though each has all of them. The usual causes show
    /// in the size: a time zone is a multiple of 15 minutes, GPS time runs 18 s ahead of UTC and
    /// TAI 37 s, and a clock that counts from 1980 stands 315,964,800 s behind one that counts from
    /// 1970. Some milliseconds, the same for every frame, are the time between a sensor's trigger
    /// and its stamp. An offset that grows over the scene is a clock that drifts.
    ///
    /// A clock that was set while it recorded (a receiver that finds the time, the end of summer
    /// time) is one finding with the frames before and behind, and not so many missing and so many
    /// too many. So is a counter that starts anew at 2^8, 2^16 or 2^32, or with the hour, the day
    /// or the week: its frames lose their order by name.
    ///
    /// An offset is believed only where it brings together more frames, and more closely, than
    /// chance would. Frames that pair off one by one from 0 in one sensor and from 1 in the other
    /// count as an offset, too. The clock that most sensors share is taken for right, and of two
    /// the one that counts milliseconds since 1970; where that does not decide, the finding says
    /// that nobody is known to be to blame. Where frames come steadily and the offset is about half
    /// a step, both pairings are said and no name is suggested.
    ///
    /// **Repair:** name each frame by the stamp of the reference's frame that it belongs to; where
    /// a counter started anew, in the order in which the frames were recorded.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681560860061.jpg x10 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x10 +100
    /// metadata.json
    /// ```
    CLOCK_OFFSET {
        code: "A204",
        name: "clock-offset",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T10"],
    }
}

/// Offsets of neighbouring size are one where they lie no farther apart than this.
const ONE_OFFSET_NS: i128 = 100_000_000;
/// With more offsets than this among its scenes, a sensor has another in every scene.
const MOST_OFFSETS: usize = 4;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let relations = || context.alignment.relations().iter();
    let shifted =
        || relations().filter(|relation| relation.offset.is_some() && relation.steps.is_none());
    let classes = classes(
        shifted().filter_map(|relation| Some((relation.sensor, relation.timed, relation.offset?))),
    );
    let key = |relation: &Relation| {
        let offset = relation.offset.unwrap_or_default();
        let at = (relation.sensor, relation.timed, offset.by);
        // What could be a sensor's own delay is one cause, however long it is with each.
        let class = offset.beyond_tolerance.then(|| classes.get(&at).copied().unwrap_or(offset.by));
        (class, relation.timed)
    };
    for group in group::groups(context, shifted(), key) {
        say(context, sink, &group);
    }
    let stepped = relations().filter(|relation| relation.steps.is_some());
    for group in group::groups(context, stepped, clock_steps::key) {
        let parts = group.mended(context, clock_steps::parts(context, &group), Renamed::Sensor);
        sink.emit(&CLOCK_OFFSET, parts, |kept| clock_steps::statement(context, &group.kept(kept)));
    }
}

/// For each sensor and offset, the class of offsets that are one with it: its smallest member. A
/// sensor with too many classes has but one.
fn classes(
    offsets: impl Iterator<Item = (SensorId, bool, Offset)>,
) -> BTreeMap<(SensorId, bool, i128), i128> {
    let mut sizes: Vec<(bool, i128)> = Vec::new();
    let mut own: BTreeMap<(SensorId, bool), Vec<i128>> = BTreeMap::new();
    for (sensor, timed, offset) in offsets {
        sizes.push((timed, offset.by));
        own.entry((sensor, timed)).or_default().push(offset.by);
    }
    sizes.sort_unstable();
    let mut class_of: BTreeMap<(bool, i128), i128> = BTreeMap::new();
    let mut last: Option<(bool, i128, i128)> = None;
    for (timed, by) in sizes {
        let class = match last {
            Some((before, size, class))
                if before == timed
                    && by.saturating_sub(size) <= if timed { ONE_OFFSET_NS } else { 0 } =>
            {
                class
            }
            _ => by,
        };
        class_of.insert((timed, by), class);
        last = Some((timed, by, class));
    }
    let mut classes = BTreeMap::new();
    for ((sensor, timed), sizes) in own {
        let class = |by: i128| class_of.get(&(timed, by)).copied().unwrap_or(by);
        let mut distinct: Vec<i128> = sizes.iter().map(|by| class(*by)).collect();
        distinct.sort_unstable();
        distinct.dedup();
        for by in sizes {
            let own = if distinct.len() > MOST_OFFSETS { i128::MIN } else { class(by) };
            classes.insert((sensor, timed, by), own);
        }
    }
    classes
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, group: &Group<'_>) {
    let parts = group.parts(|relation| {
        let offset = relation.offset?;
        let digest = MultisetHash::from_ints([offset.by, offset.drift.into()]);
        let several = Occurrences { count: relation.pairs, hash: digest };
        Some((several, example(context, relation)?))
    });
    let parts = group.mended(context, parts, Renamed::Sensor);
    sink.emit(&CLOCK_OFFSET, parts, |kept| {
        let group = group.kept(kept);
        let figures = Figures::of(&group);
        figures.map_or_else(Statement::default, |figures| statement(context, &group, &figures))
    });
}

fn statement(context: &Context<'_>, group: &Group<'_>, figures: &Figures) -> Statement {
    let (subject, object) = (group.names(context), group.agreeing(context));
    let (by, verb) = (figures.by, group.verb("runs", "run"));
    let scenes = group.in_scenes(context);
    let of = &object.text;
    let message = match (figures.timed, figures.is_several()) {
        (false, _) => numbered(&subject, group.verb("numbers", "number"), of, by, &scenes),
        (true, true) if figures.is_delay => {
            let most = duration(figures.least.abs().max(figures.most.abs()), true);
            format!(
                "{subject} {verb} up to {most} apart from {of}, each by an offset of its own{scenes}"
            )
        }
        (true, true) => {
            format!("{subject} {verb} apart from {of}, by another offset in each scene,{scenes}")
        }
        (true, false) if by == 0 => format!("{subject} {verb} at another speed than {of}{scenes}"),
        (true, false) => format!("{subject} {verb} {} {of}{scenes}", apart(by, true)),
    };
    let statement = Statement::new(message)
        .about(group.subject_sensor(context))
        .notes(figures.notes(by))
        .notes(group.each(context, each))
        .notes(blame(group, &object))
        .help(match figures.other {
            Some(_) => format!(
                "find out which frames belong together, and rename those of {subject} to the stamps of {of}"
            ),
            None => format!("rename the frames of {subject} to the stamps of {of}"),
        });
    let statement = group.say_repairs(context, statement);
    group.say_complete(context, figures.add_to(statement))
}

/// What is measured of one sensor of several.
fn each(relations: &[&Relation]) -> Option<String> {
    let mut offsets: Vec<Offset> = relations.iter().filter_map(|it| it.offset).collect();
    offsets.sort_by_key(|offset| offset.by);
    let offset = offsets.get(offsets.len() / 2)?;
    let timed = relations.first()?.timed;
    let way = if offset.by < 0 { "behind" } else { "ahead" };
    let drift = match offset.ppm {
        0 => String::new(),
        ppm => format!(", drifting by {} ppm", text::number(i128::from(ppm))),
    };
    let left = group::distances(relations).map(|left| format!("; left: {left}"));
    Some(format!("{} {way}{drift}{}", duration(offset.by.abs(), timed), left.unwrap_or_default()))
}

/// That nobody is known to be to blame, where two sensors disagree and both tell a time.
pub(super) fn blame(group: &Group<'_>, agreeing: &group::Agreeing) -> Option<String> {
    let is_undecided = agreeing.of == 2 && group.sensors.len() == 1;
    let timed = group.relations.iter().all(|relation| relation.timed);
    let offset = |relation: &&Relation| relation.offset.filter(|it| it.beyond_tolerance);
    let plain = group.relations.iter().filter_map(offset).all(|it| it.known.is_none_or(is_mutual));
    let beyond = group.relations.iter().any(|it| offset(it).is_some() || it.steps.is_some());
    (is_undecided && timed && plain && beyond).then(|| {
        "with two sensors nothing tells whose clock is right: the LiDAR, or the first in order, is taken for it".to_owned()
    })
}

/// Whether an offset may be the fault of either clock.
fn is_mutual(known: Known) -> bool {
    !known.first.is_cyclic()
}

fn numbered(subject: &str, verb: &str, object: &str, by: i128, scenes: &str) -> String {
    let (size, way) = (text::number(by.abs()), if by < 0 { "below" } else { "above" });
    format!("{subject} {verb} its frames {size} {way} {object}{scenes}")
}

/// A frame of the sensor with the name that it would have by the reference.
pub(super) fn example(context: &Context<'_>, relation: &Relation) -> Option<Example> {
    let (own, reference) = relation.distances?.first?;
    let (scene, sensor) = (relation.scene, relation.sensor);
    let path = group::path_of(context, scene, sensor, own)?;
    // Where either neighbour may be meant, no name is better than a wrong one.
    if relation.offset.is_some_and(|offset| offset.other.is_some()) {
        return Some(Example::at(path));
    }
    let expected = group::name_as(context, scene, (sensor, relation.reference), reference)?;
    Some(Example::at(path).expecting(expected))
}

/// What is said of several scenes together.
struct Figures {
    /// The median offset, and the extremes.
    by: i128,
    least: i128,
    most: i128,
    timed: bool,
    known: Option<Known>,
    ambiguous: bool,
    /// The largest drift over a scene, by size.
    drift: i64,
    ppm: i64,
    pairs: u64,
    frames: u64,
    median: i64,
    p95: i64,
    max: i64,
    /// Whether all of it could be the time between a trigger and its stamp.
    is_delay: bool,
    /// The offset of the other pairing.
    other: Option<i128>,
    /// Whether the sensor's stamps do not count since an epoch; and the first of them, in
    /// nanoseconds.
    since_start: bool,
    first_stamp: i128,
    outside: (u64, u64),
}

impl Figures {
    fn of(group: &Group<'_>) -> Option<Self> {
        let offsets = || group.relations.iter().filter_map(|relation| relation.offset);
        let mut sizes: Vec<i128> = offsets().map(|offset| offset.by).collect();
        sizes.sort_unstable();
        let known = offsets().next()?.known;
        Some(Figures {
            by: *sizes.get(sizes.len() / 2)?,
            least: *sizes.first()?,
            most: *sizes.last()?,
            timed: group.relations.first()?.timed,
            known: known.filter(|known| offsets().all(|other| other.known == Some(*known))),
            ambiguous: offsets().all(|offset| offset.ambiguous),
            drift: offsets().map(|it| it.drift).max_by_key(|drift| drift.unsigned_abs())?,
            ppm: offsets().map(|it| it.ppm).max_by_key(|ppm| ppm.unsigned_abs())?,
            pairs: group.sum(|relation| relation.pairs),
            frames: group.sum(|relation| relation.reference_frames),
            p95: group
                .relations
                .iter()
                .filter_map(|it| Some(it.distances?.sizes.p95))
                .max()
                .unwrap_or_default(),
            is_delay: offsets().all(|offset| !offset.beyond_tolerance),
            other: offsets()
                .find_map(|offset| offset.other)
                .filter(|_| offsets().all(|it| it.other.is_some())),
            since_start: offsets().all(|offset| offset.since_start.is_some()),
            first_stamp: offsets().find_map(|offset| offset.since_start).unwrap_or_default(),
            outside: (group.sum(|it| it.outside.0), group.sum(|it| it.outside.1)),
            median: group.median_distance().unwrap_or_default(),
            max: group.largest_distance().unwrap_or_default(),
        })
    }

    fn add_to(&self, statement: Statement) -> Statement {
        let quantity = |of| group::length(self.timed, of);
        statement
            .figure(quantity([&figures::OFFSET, &figures::OFFSET_STEPS]), self.by)
            .figure(quantity([&figures::DRIFT, &figures::DRIFT_STEPS]), self.drift)
            .figure(quantity(group::RESIDUAL_MEDIAN), self.median)
            .figure(quantity(group::RESIDUAL_LARGEST), self.max)
            .figure(&figures::REFERENCE_FRAMES_COMPARED, self.frames)
            .figure(&figures::FRAMES_PAIRED, self.pairs)
    }

    /// Whether the sensors or scenes do not share one offset.
    fn is_several(&self) -> bool {
        let one = if self.is_delay { self.p95.into() } else { ONE_OFFSET_NS.saturating_mul(2) };
        self.timed && self.most.saturating_sub(self.least) > one
    }

    fn notes(&self, by: i128) -> Vec<String> {
        let text = |value: i128| duration(value, self.timed);
        let taken = match (self.is_several(), self.drift) {
            (true, _) => "the offsets are".to_owned(),
            (false, 0) => format!("{} {}", text(by.abs()), if self.timed { "are" } else { "is" }),
            (false, _) => "offset and drift are".to_owned(),
        };
        let done = if by < 0 { "added" } else { "taken off" };
        let left = match self.max {
            0 => "no distance is left".to_owned(),
            max => {
                let (median, p95) = (text(self.median.into()), text(self.p95.into()));
                let max = text(max.into());
                format!("distance left: median {median}, 95 of 100 within {p95}, largest {max}")
            }
        };
        let pairs = match (self.pairs, self.frames) {
            (pairs, frames) if pairs == frames => text::count(pairs, "frame"),
            (pairs, frames) => {
                format!("{} of {}", text::number(pairs), text::count(frames, "frame"))
            }
        };
        let pair = if self.pairs == 1 { "pairs" } else { "pair" };
        let mut notes = vec![format!("{pairs} {pair} one to one once {taken} {done}; {left}")];
        if self.least != self.most && !self.is_delay {
            notes.push(format!(
                "the offset goes from {} to {} over the scenes",
                text(self.least),
                text(self.most)
            ));
        }
        if self.drift != 0 {
            let way = if self.drift < 0 { "falls" } else { "grows" };
            notes.push(format!(
                "the clock drifts by {} millionths of the time: over a scene the offset {way} by up to {}",
                text::number(i128::from(self.ppm).abs()),
                text(i128::from(self.drift).abs())
            ));
        }
        notes.extend(self.known.map(causes).unwrap_or_default());
        if let Some(other) = self.other {
            notes.push(format!(
                "that is about half of a step: the frames pair as well {}, and nothing but their number tells which belong together",
                apart(other, self.timed).trim_end_matches(" of")
            ));
        } else if self.ambiguous && self.known.is_none() && self.timed && !self.is_several() {
            notes.push(
                "both are so regular that nothing but their number tells which frames belong together".to_owned(),
            );
        }
        if self.since_start && self.known.is_none() {
            let since =
                spelled(self.first_stamp).map(|long| format!(", {long} before the first frame"));
            notes.push(format!(
                "these stamps count from some start, as when the sensor was switched on{}, and are no date",
                since.unwrap_or_default()
            ));
        }
        notes.extend(outside(self.outside));
        notes
    }
}

/// What lies outside the time that two clocks have in common.
pub(super) fn outside((missing, extra): (u64, u64)) -> Option<String> {
    let own = (extra > 0).then(|| format!("{} of its own", text::count(extra, "frame")));
    let others =
        (missing > 0).then(|| format!("{} of the reference", text::count(missing, "frame")));
    let parts: Vec<String> = own.into_iter().chain(others).collect();
    (!parts.is_empty()).then(|| {
        format!("{} lie before or behind the time that both have in common", parts.join(" and "))
    })
}
