//! What is said of a clock that was set while it recorded, and of a counter that started anew.

use super::clock_offset::{blame, example, outside};
use super::clock_words::{apart, causes};
use super::group::{self, Agreeing, Group};
use crate::align::{Relation, Stretch, Wrap, duration};
use crate::finding::{Context, Part, Statement, figures};
use crate::multiset_hash::{MultisetHash, Occurrences};
use crate::text;

/// What makes steps one cause: the number at which a counter starts anew, or the settings of the
/// clock to the second.
pub(super) fn key(relation: &Relation) -> (Option<i128>, Vec<i128>) {
    let Some(steps) = &relation.steps else { return (None, Vec::new()) };
    let second = if relation.timed { 1_000_000_000 } else { 1 };
    let rounded = |by: i128| (by + by.signum() * second / 2) / second;
    match steps.wrap {
        Some(wrap) => (Some(wrap.modulus), Vec::new()),
        None => (None, steps.stretches.iter().map(|stretch| rounded(stretch.by)).collect()),
    }
}

pub(super) fn parts<'a>(context: &Context<'a>, group: &Group<'a>) -> Vec<Part<'a, &'a Relation>> {
    group.parts(|relation| {
        let steps = relation.steps.as_ref()?;
        let figures = steps.stretches.iter().flat_map(|it| [it.by, it.frames.into()]);
        let digest = MultisetHash::from_ints(figures);
        let wrong = steps.stretches.iter().filter(|it| !it.is_right).map(|it| it.frames).sum();
        let several = Occurrences { count: wrong, hash: digest };
        Some((several, example(context, relation)?))
    })
}

pub(super) fn statement(context: &Context<'_>, group: &Group<'_>) -> Statement {
    let first = group.relations.first().and_then(|first| Some((*first, first.steps.as_ref()?)));
    let Some((first, steps)) = first else { return Statement::default() };
    let (subject, object) = (group.names(context), group.agreeing(context));
    let scenes = group.in_scenes(context);
    let (pairs, frames) = (group.sum(|it| it.pairs), group.sum(|it| it.frames));
    let message = match (steps.wrap, group.relations.len()) {
        (Some(wrap), _) => format!("{subject} {}{scenes}", wrapped(group, wrap, first)),
        (None, 1) => {
            let set = set(&steps.stretches, first.timed, &object.text);
            format!("the clock of {subject} {set}{scenes}")
        }
        (None, _) => {
            let clock = group.verb("the clock of", "the clocks of");
            let was = group.verb("was", "were");
            format!("{clock} {subject} {was} set while recording{scenes}")
        }
    };
    let wrong = steps.stretches.iter().filter(|it| !it.is_right).map(|it| it.frames).sum::<u64>();
    let help = match (steps.wrap, group.relations.len()) {
        (Some(_), _) => format!(
            "rename the frames of {subject} to the stamps of {}, in the order in which they were recorded",
            object.text
        ),
        (None, 1) => format!(
            "rename {} of {subject} to the stamps of {}, or leave out these times in every sensor",
            text::count(wrong, "frame"),
            object.text
        ),
        (None, _) => format!("rename the frames of {subject} to the stamps of {}", object.text),
    };
    let left = match group.largest_distance() {
        None | Some(0) => Some("; no distance is left".to_owned()),
        _ => group::distances(&group.relations).map(|left| format!("; distance left: {left}")),
    };
    let largest = steps.stretches.iter().map(|it| it.by).max_by_key(|by| by.abs());
    let statement = Statement::new(message)
        .about(group.subject_sensor(context))
        .notes(stretches(context, first, &steps.stretches))
        .note(format!(
            "so mended, {} of {} pair one to one{}",
            text::number(pairs),
            text::count(frames, "frame"),
            left.unwrap_or_default()
        ))
        .notes(notes(group, &object, &steps.stretches))
        .help(help)
        .figure(&figures::REFERENCE_FRAMES_COMPARED, group.sum(|it| it.reference_frames))
        .figure(&figures::FRAMES_PAIRED, pairs);
    let statement = group.say_repairs(context, statement);
    let statement = group.say_complete(context, statement);
    match largest {
        Some(by) => {
            let quantity = [&figures::OFFSET, &figures::OFFSET_STEPS];
            statement.figure(group::length(first.timed, quantity), by)
        }
        None => statement,
    }
}

fn notes(group: &Group<'_>, agreeing: &Agreeing, stretches: &[Stretch]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    let known = stretches.iter().filter_map(|stretch| stretch.known).next();
    notes.extend(known.map(causes).unwrap_or_default());
    notes.extend(outside((group.sum(|it| it.outside.0), group.sum(|it| it.outside.1))));
    notes.extend(blame(group, agreeing));
    notes
}

/// What a counter does.
fn wrapped(group: &Group<'_>, wrap: Wrap, first: &Relation) -> String {
    let starts = group.verb("starts", "start");
    let counts = group.verb("counts", "count");
    let after = match group.relations.len() {
        1 => format!(
            ", after {} of {}",
            text::number(wrap.after),
            text::count(first.frames, "frame")
        ),
        _ => String::new(),
    };
    match wrap.cycle {
        Some(cycle) => {
            let (of, unit) = match cycle / 1_000_000_000 {
                3_600 => ("hour", wrap.modulus / 3_600),
                86_400 => ("day", wrap.modulus / 86_400),
                604_800 => ("week", wrap.modulus / 604_800),
                _ => ("", 0),
            };
            let unit = match unit {
                1 => "seconds",
                1_000 => "milliseconds",
                1_000_000 => "microseconds",
                1_000_000_000 => "nanoseconds",
                _ => "",
            };
            if unit.is_empty() {
                let modulus = text::number(wrap.modulus);
                return format!("{counts} to {modulus} and {starts} anew at 0{after}");
            }
            format!("{counts} {unit} of the {of} and {starts} anew at 0{after}")
        }
        None => {
            let last = text::number(wrap.modulus - 1);
            format!("{counts} to {last} and {starts} anew at 0{after}")
        }
    }
}

/// How a clock was set.
fn set(stretches: &[Stretch], timed: bool, object: &str) -> String {
    let state = |stretch: &Stretch| match stretch.is_right {
        true => "right".to_owned(),
        false => apart(stretch.by, timed).trim_end_matches(" of").to_owned(),
    };
    match stretches {
        [before, after] => {
            let of: u64 = before.frames + after.frames;
            let first = format!(
                "its first {} of {}",
                text::number(before.frames),
                text::count(of, "frame")
            );
            match (before.is_right, after.is_right) {
                (false, true) => format!(
                    "is {} {object} for {first}, and right from then on",
                    apart(before.by, timed)
                ),
                _ => format!(
                    "is {} for {first}, and {} {object} from then on",
                    state(before),
                    apart(after.by, timed)
                ),
            }
        }
        _ => format!(
            "was set {} times while it recorded, against that of {object}",
            text::number((stretches.len().saturating_sub(1)) as u64)
        ),
    }
}

/// The most stretches that are listed.
const MOST_LISTED: usize = 6;

fn stretches(context: &Context<'_>, relation: &Relation, stretches: &[Stretch]) -> Vec<String> {
    if stretches.len() < 2 {
        return Vec::new();
    }
    let name = |stamp: i128| {
        let cell = group::cell_of(context, relation.scene, relation.sensor)?;
        group::writings(context, cell).name_of(stamp)
    };
    let list = stretches.iter().take(MOST_LISTED).map(|stretch| {
        let from =
            name(stretch.first).map_or_else(String::new, |name| format!("from `{name}` on, "));
        let way = match stretch.is_right {
            true => "as the reference".to_owned(),
            false => {
                let way = if stretch.by < 0 { "behind" } else { "ahead" };
                format!("{} {way}", duration(stretch.by.abs(), relation.timed))
            }
        };
        format!("{from}{}: {way}", text::count(stretch.frames, "frame"))
    });
    list.collect()
}
