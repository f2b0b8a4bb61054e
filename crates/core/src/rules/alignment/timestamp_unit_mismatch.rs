use super::group::{self, Group};
use super::mending::Renamed;
use crate::align::reading::{Reading, Zone};
use crate::align::unit::Unit;
use crate::align::{Notation, Relation, Written, duration};
use crate::finding::{Context, Example, Sink, Statement, figures};
use crate::layout::SensorId;
use crate::platform::Effect;
use crate::text;
use crate::tree::files::Files;

declare_rule! {
    /// A sensor's stamps count in another unit than the reference's, or are written in another way.
    ///
    /// Microseconds beside milliseconds, decimal seconds beside integers, both units in one folder,
    /// or `7` beside `000007`: the instants are the same and the names are not, so no frame of the
    /// one is found in the other. The unit is told by the magnitude of the stamps, and for stamps
    /// that count from some start by their cadence.
    ///
    /// **Repair:** name each frame by the stamp of the reference's frame that it belongs to, which
    /// also takes care of the digits that the coarser unit cannot hold.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// camera-left/
    ///   scene_1/
    ///     1681532060061000.jpg x3 +100000
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// metadata.json
    /// ```
    TIMESTAMP_UNIT_MISMATCH {
        code: "A206",
        name: "timestamp-unit-mismatch",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T6", "T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    // That stamps count from the hour, the day or the week is said with their clock, and their
    // unit with it.
    let is_cyclic = |relation: &Relation| {
        let known = relation.offset.and_then(|offset| offset.known);
        relation.steps.as_ref().is_some_and(|steps| steps.wrap.is_some())
            || known.is_some_and(|known| known.first.is_cyclic())
    };
    let differing = context
        .alignment
        .relations()
        .iter()
        .filter(|relation| relation.notation.is_some() && !is_cyclic(relation))
        .filter(|relation| !is_said_by_name(context, relation));
    for mut group in group::groups(context, differing, |relation| relation.notation) {
        // Whoever departs from milliseconds is the one to change, however many they are.
        let is_right = |relation: &&Relation| match relation.notation {
            Some(Notation::Unit { reference, .. }) => {
                reference == Written::Whole(Unit::Milliseconds)
            }
            _ => false,
        };
        group.all_others &= !group.relations.iter().any(is_right);
        let parts = group.parts(|relation| {
            let example = example(context, relation, group.all_others)?;
            let count = if group.all_others { relation.reference_frames } else { relation.frames };
            group.counts(relation).then_some((count.into(), example))
        });
        let which = if group.all_others { Renamed::Reference } else { Renamed::Sensor };
        let parts = group.mended(context, parts, which);
        sink.emit(&TIMESTAMP_UNIT_MISMATCH, parts, |kept| statement(context, &group.kept(kept)));
    }
}

/// Whether what sets the stems apart is that some are texts or decimals, which L117 says with how
/// they are read.
fn is_said_by_name(context: &Context<'_>, relation: &Relation) -> bool {
    let Some(Notation::Unit { sensor, reference, .. }) = relation.notation else { return false };
    let is_whole = |files: Files<'_>| match files {
        Files::Numbered(naming, _) => naming.fraction_digits() == 0,
        Files::Named(..) => false,
        Files::Landmark(_) => true,
    };
    let is_said = |written: Written, of: SensorId| {
        let kind = context.layout.sensor(of).kind;
        matches!(written, Written::Read(_))
            && group::cell_of(context, relation.scene, of).is_some_and(|cell| {
                let files = Files::in_folder(context.tree.folder(cell.folder));
                !files.filter(|files| files.media() == kind.media()).all(is_whole)
            })
    };
    is_said(sensor, relation.sensor) || is_said(reference, relation.reference)
}

fn statement(context: &Context<'_>, group: &Group<'_>) -> Statement {
    let first = group.relations.first().and_then(|first| Some((first.timed, first.notation?)));
    let Some((timed, notation)) = first else { return Statement::default() };
    let (sensors, reference) = (group.names(context), group.reference(context));
    let (subject, object, verb) = match group.all_others {
        true => (reference, sensors, "writes"),
        false => (sensors, reference, group.verb("writes", "write")),
    };
    let its = if group.all_others { "its" } else { group.verb("its", "their") };
    let scenes = group.in_scenes(context);
    let statement = Statement::new(match notation {
        Notation::Mixed => format!("{subject} {verb} stamps of several units side by side{scenes}"),
        Notation::Zeros => format!("{subject} {verb} {its} numbers with other leading zeros than {object}{scenes}"),
        Notation::Unit { sensor, reference, finer } => {
            let (own, other, finer) =
                if group.all_others { (reference, sensor, -finer) } else { (sensor, reference, finer) };
            match (own, other) {
                (Written::Plain, _) | (_, Written::Plain) => {
                    let factor = text::number(10_i128.pow(u32::from(finer.unsigned_abs())));
                    let way = if finer > 0 { "finer" } else { "coarser" };
                    format!("{subject} {verb} {its} stamps in a unit {factor} times {way} than {object}{scenes}")
                }
                _ => format!("{subject} {verb} {its} stamps in {}, {object} in {}{scenes}", own.noun(), other.noun()),
            }
        }
    })
    .about(group.subject(context))
    .notes(shown_zone(notation))
    .help(match notation {
        Notation::Mixed => format!("bring all frames of {subject} to one unit"),
        _ => format!("rename the frames of {subject} to the stamps of {object}"),
    });
    let statement = group.say_repairs(context, statement);
    if notation == Notation::Mixed && group.sensors.as_slice() == [group.reference] {
        return statement;
    }
    let apart = group.relations.iter().filter(|relation| relation.offset.is_none());
    let largest = apart.filter_map(|relation| Some(relation.distances?.sizes.max)).max();
    let left = match largest {
        None | Some(0) => "at no distance".to_owned(),
        Some(max) => format!("at most {} apart", duration(i128::from(max), timed)),
    };
    let (pairs, frames) = (group.sum(|it| it.pairs), group.sum(|it| it.frames));
    let residual = group::length(timed, group::RESIDUAL_LARGEST);
    let statement = match largest {
        Some(largest) => statement.figure(residual, largest),
        None => statement,
    };
    let (paired, of) = (text::number(pairs), text::count(frames, "frame"));
    let once = match notation {
        Notation::Unit { sensor: Written::Read(_), .. }
        | Notation::Unit { reference: Written::Read(_), .. } => "once both are read as times",
        _ => "once both are in one unit",
    };
    let statement = statement
        .figure(&figures::FRAMES_COMPARED, frames)
        .figure(&figures::FRAMES_PAIRED, pairs)
        .note(format!("{once}, {paired} of {of} pair with the reference's, {left}"));
    group.say_complete(context, statement)
}

/// The zone of dates, where the other sensors' times show it.
fn shown_zone(notation: Notation) -> Option<String> {
    let Notation::Unit { sensor, reference, .. } = notation else { return None };
    [sensor, reference].into_iter().find_map(|written| match written {
        Written::Read(Reading::Date(Zone::Shown(minutes))) => Some(format!(
            "the dates are in the time of {}, as the other sensors' times show",
            text::zone(minutes)
        )),
        _ => None,
    })
}

fn example(context: &Context<'_>, relation: &Relation, all_others: bool) -> Option<Example> {
    let (scene, sensor) = (relation.scene, relation.sensor);
    let first = |sensor| group::first_frame(context, scene, sensor);
    if sensor == relation.reference || matches!(relation.notation, Some(Notation::Mixed)) {
        return Some(Example::at(first(sensor)?.1));
    }
    // The first frames belong together only if a pair says so; with equal values the first of both
    // are a pair.
    let pair = relation.distances.and_then(|distances| distances.first);
    let (own, other) = match pair {
        Some(pair) => pair,
        None => (first(sensor)?.0, first(relation.reference)?.0),
    };
    let known = pair.is_some()
        || (relation.missing.is_empty()
            && relation.extra.is_empty()
            && relation.unrelated.is_none());
    let (at, by, stamp, shown) = match all_others {
        true => (relation.reference, sensor, own, other),
        false => (sensor, relation.reference, other, own),
    };
    let example = Example::at(group::path_of(context, scene, at, shown)?);
    match group::name_as(context, scene, (at, by), stamp).filter(|_| known) {
        Some(expected) => Some(example.expecting(expected)),
        None => Some(example),
    }
}
