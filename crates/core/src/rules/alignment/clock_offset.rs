use std::collections::BTreeMap;

use super::group::{self, Group};
use crate::align::{KnownOffset, Offset, Relation, duration};
use crate::finding::{Context, Example, Sink, Statement, figures};
use crate::layout::SensorId;
use crate::multiset_hash::{MultisetHash, Occurrences};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// One constant offset sets a sensor's stamps apart from the reference's: two clocks that were not the same.
    ///
    /// A frame of the platform is one point cloud with the images of the same timestamp, so sensors whose clocks stand apart
    /// share no frame, though each has all of them. The usual causes show in the size: a time zone is a multiple of 15
    /// minutes, GPS time runs 18 s ahead of UTC and TAI 37 s, and a clock that counts from 1980 stands 315,964,800 s behind
    /// one that counts from 1970. Some milliseconds, the same for every frame, are the time between a sensor's trigger and
    /// its stamp. An offset that grows over the scene is a clock that drifts.
    ///
    /// An offset is believed only where it brings together more frames, and more closely, than chance would. Frames that
    /// pair off one by one from 0 in one sensor and from 1 in the other count as an offset, too.
    ///
    /// **Repair:** name each frame by the stamp of the reference's frame that it belongs to.
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
const ONE_OFFSET_NS: i64 = 100_000_000;
/// With more offsets than this among its scenes, a sensor has another in every scene.
const MOST_OFFSETS: usize = 4;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let relations =
        || context.alignment.relations().iter().filter(|relation| relation.offset.is_some());
    let classes = classes(
        relations()
            .filter_map(|relation| Some((relation.sensor, relation.timed, relation.offset?))),
    );
    let key = |relation: &Relation| {
        let offset = relation.offset.unwrap_or(NO_OFFSET);
        // An offset that could be a sensor's own delay is that sensor's own; a clock's may be shared.
        let alone = (!offset.beyond_tolerance).then_some(relation.sensor);
        (
            alone,
            classes.get(&(relation.sensor, relation.timed, offset.by)).copied().unwrap_or_default(),
            relation.timed,
        )
    };
    for group in group::groups(context, relations(), key) {
        say(context, sink, &group);
    }
}

const NO_OFFSET: Offset =
    Offset { by: 0, drift: 0, beyond_tolerance: false, known: None, ambiguous: false };

/// For each sensor and offset, the class of offsets that are one with it: its smallest member. A sensor with too many
/// classes has but one.
fn classes(
    offsets: impl Iterator<Item = (SensorId, bool, Offset)>,
) -> BTreeMap<(SensorId, bool, i64), i64> {
    let mut sizes: Vec<(bool, i64)> = Vec::new();
    let mut own: BTreeMap<(SensorId, bool), Vec<i64>> = BTreeMap::new();
    for (sensor, timed, offset) in offsets {
        sizes.push((timed, offset.by));
        own.entry((sensor, timed)).or_default().push(offset.by);
    }
    sizes.sort_unstable();
    let mut class_of: BTreeMap<(bool, i64), i64> = BTreeMap::new();
    let mut last: Option<(bool, i64, i64)> = None;
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
        let class = |by: i64| class_of.get(&(timed, by)).copied().unwrap_or(by);
        let mut distinct: Vec<i64> = sizes.iter().map(|by| class(*by)).collect();
        distinct.sort_unstable();
        distinct.dedup();
        for by in sizes {
            let own = if distinct.len() > MOST_OFFSETS { i64::MIN } else { class(by) };
            classes.insert((sensor, timed, by), own);
        }
    }
    classes
}

fn say(context: &Context<'_>, sink: &mut Sink<'_>, group: &Group<'_>) {
    let parts = group.parts(|relation| {
        let offset = relation.offset.filter(|_| group.counts(relation))?;
        let digest = MultisetHash::from_ints([offset.by.into(), offset.drift.into()]);
        let several = Occurrences { count: relation.pairs, hash: digest };
        Some((several, example(context, relation, group.all_others)?))
    });
    sink.emit(&CLOCK_OFFSET, parts, |kept| {
        let group = group.kept(kept);
        let figures = Figures::of(&group);
        figures.map_or_else(Statement::default, |figures| statement(context, &group, &figures))
    });
}

fn statement(context: &Context<'_>, group: &Group<'_>, figures: &Figures) -> Statement {
    let (sensors, reference) = (group.names(context), group.reference(context));
    // Seen from the reference, where that is the odd one.
    let (subject, object, verb, by) = match group.all_others {
        true => (reference, sensors, "runs", figures.by.saturating_neg()),
        false => (sensors, reference, group.verb("runs", "run"), figures.by),
    };
    let scenes = group.in_scenes(context);
    let statement = Statement::new(match (figures.timed, figures.is_several()) {
        (false, _) => numbered(&subject, group.verb("numbers", "number"), &object, by, &scenes),
        (true, true) => format!(
            "{subject} {verb} apart from {object}, by another offset in each scene,{scenes}"
        ),
        (true, false) => {
            let (size, way) = (i128::from(by).abs(), if by < 0 { "behind" } else { "ahead of" });
            let human = spelled(size).map(|text| format!(" ({text})")).unwrap_or_default();
            let long = duration(size, true);
            match figures.by {
                0 => format!("{subject} {verb} at another speed than {object}{scenes}"),
                _ => format!("{subject} {verb} {long}{human} {way} {object}{scenes}"),
            }
        }
    })
    .about(group.subject(context))
    .notes(figures.notes(by, group))
    .help(match group.all_others {
        true => format!(
            "rename the frames of {subject} to the stamps of {object}, or theirs to its own"
        ),
        false => format!("rename the frames of {subject} to the stamps of {object}"),
    });
    figures.add_to(statement)
}

fn numbered(subject: &str, verb: &str, object: &str, by: i64, scenes: &str) -> String {
    let (size, way) = (text::number(i128::from(by).abs()), if by < 0 { "below" } else { "above" });
    format!("{subject} {verb} its frames {size} {way} {object}{scenes}")
}

/// A frame of the sensor with the name that it would have by the reference; or the other way round.
fn example(context: &Context<'_>, relation: &Relation, all_others: bool) -> Option<Example> {
    let (own, reference) = relation.distances?.first?;
    let (scene, sensor) = (relation.scene, relation.sensor);
    let (path, expected) = if all_others {
        let path = group::path_of(context, scene, relation.reference, reference)?;
        (path, group::name_as(context, scene, (relation.reference, sensor), own)?)
    } else {
        let path = group::path_of(context, scene, sensor, own)?;
        (path, group::name_as(context, scene, (sensor, relation.reference), reference)?)
    };
    Some(Example::at(path).expecting(expected))
}

/// What is said of several scenes together.
struct Figures {
    /// The median offset, and the extremes.
    by: i64,
    least: i64,
    most: i64,
    timed: bool,
    known: Option<KnownOffset>,
    ambiguous: bool,
    /// The largest drift over a scene, by size.
    drift: i64,
    pairs: u64,
    frames: u64,
    median: i64,
    max: i64,
}

impl Figures {
    fn of(group: &Group<'_>) -> Option<Self> {
        let offsets = || group.relations.iter().filter_map(|relation| relation.offset);
        let mut sizes: Vec<i64> = offsets().map(|offset| offset.by).collect();
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
            pairs: group.sum(|relation| relation.pairs),
            frames: group.sum(|relation| relation.reference_frames),
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

    /// Whether the scenes do not share one offset.
    fn is_several(&self) -> bool {
        self.timed && self.most.saturating_sub(self.least) > ONE_OFFSET_NS.saturating_mul(2)
    }

    fn notes(&self, by: i64, group: &Group<'_>) -> Vec<String> {
        let text = |value: i64| duration(i128::from(value), self.timed);
        let taken = match (self.is_several(), self.drift) {
            (true, _) => "the offsets are".to_owned(),
            (false, 0) => {
                format!("{} {}", text(by.saturating_abs()), if self.timed { "are" } else { "is" })
            }
            (false, _) => "offset and drift are".to_owned(),
        };
        let done = if by < 0 { "added" } else { "taken off" };
        let left = match self.max {
            0 => "no distance is left".to_owned(),
            max => format!("median distance left {}, largest {}", text(self.median), text(max)),
        };
        let pairs = match (self.pairs, self.frames) {
            (pairs, frames) if pairs == frames => text::count(pairs, "frame"),
            (pairs, frames) => {
                format!("{} of {}", text::number(pairs), text::count(frames, "frame"))
            }
        };
        let pair = if self.pairs == 1 { "pairs" } else { "pair" };
        let mut notes = vec![format!("{pairs} {pair} one to one once {taken} {done}; {left}")];
        if self.least != self.most {
            notes.push(format!(
                "the offset goes from {} to {} over the scenes",
                text(self.least),
                text(self.most)
            ));
        }
        if self.drift != 0 {
            let way = if self.drift < 0 { "falls" } else { "grows" };
            notes.push(format!(
                "the clock drifts: over a scene the offset {way} by up to {}",
                text(self.drift.saturating_abs())
            ));
        }
        notes.extend(self.known.map(|known| cause(known, group.all_others)));
        if self.ambiguous && self.known.is_none() && self.timed && !self.is_several() {
            notes.push(
                "both are so regular that nothing but their number tells which frames belong together".to_owned(),
            );
        }
        notes
    }
}

/// The cause in a person's words.
fn cause(known: KnownOffset, turned: bool) -> String {
    match known {
        KnownOffset::TimeZone(minutes) => {
            let minutes = i32::from(minutes);
            let size = spelled(i128::from(minutes.abs()) * 60_000_000_000).unwrap_or_default();
            let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
            let zone = format!(
                "UTC{}{hours}{}",
                if minutes < 0 { "-" } else { "+" },
                if rest == 0 { String::new() } else { format!(":{rest:02}") }
            );
            let who = if turned { "the others' stamps are" } else { "these stamps are" };
            format!(
                "{size} is a time zone: {who} local time ({zone}) where the reference's are UTC, or the other way round"
            )
        }
        KnownOffset::GpsLeapSeconds => "18 s are the leap seconds between GPS time and UTC".to_owned(),
        KnownOffset::TaiLeapSeconds => "37 s are the leap seconds between TAI, as PTP clocks run, and UTC".to_owned(),
        KnownOffset::TaiGps => "19 s lie between TAI, as PTP clocks run, and GPS time".to_owned(),
        KnownOffset::GpsEpoch => {
            "315,964,800 s, give or take the leap seconds, lie between the Unix epoch (1970) and the GPS epoch (1980)"
                .to_owned()
        }
    }
}

/// A length of time of a second or more, in nanoseconds, as people say it: `8 h`, `2 min 3.5 s`.
fn spelled(value: i128) -> Option<String> {
    const SECOND: i128 = 1_000_000_000;
    let (seconds, rest) = (value / SECOND, value % SECOND);
    if seconds < 1 {
        return None;
    }
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let millis = rest / 1_000_000;
    let fraction = if millis == 0 {
        String::new()
    } else {
        format!(".{millis:03}").trim_end_matches('0').to_owned()
    };
    let mut parts: Vec<String> = [(days, "d"), (hours, "h"), (minutes, "min")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{} {unit}", text::number(count)))
        .collect();
    if seconds % 60 > 0 || millis > 0 {
        parts.push(format!("{}{fraction} s", seconds % 60));
    }
    Some(parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn lengths_of_time_read_as_people_say_them() {
        let table = [
            (28_800_000, Some("8 h")),
            (19_800_000, Some("5 h 30 min")),
            (18_000, Some("18 s")),
            (123_457, Some("2 min 3.457 s")),
            (43, None),
            (93_600_000, Some("1 d 2 h")),
        ];
        for (milliseconds, expected) in table {
            assert_eq!(spelled(milliseconds * 1_000_000).as_deref(), expected);
        }
    }
}
