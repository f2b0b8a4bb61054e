//! Family F: what the files hold.

pub(super) mod content_all_zero;
pub(super) mod content_is_pointer;
pub(super) mod ending;
pub(super) mod file_empty;
pub(super) mod frames_identical;
pub(super) mod image_blank;
pub(super) mod image_sizes_differ;
pub(super) mod images;
pub(super) mod pcd_fields_differ;
pub(super) mod pcd_sparse;
pub(super) mod point_clouds;
mod words;

use std::collections::BTreeMap;

use sensortree_probe::{Fault, Measurement, TextPlace};

use self::words::Saying;
use crate::document::json::{line_and_column, stretch};
use crate::document::{Document, Location};
use crate::finding::{Context, Example, Kept, Part, Rule, Sink, Statement, proof};
use crate::layout::{Cell, SensorId};
use crate::platform::{Basis, Effect};
use crate::text;
use crate::tree::files::Files;
use crate::tree::{ContentSummary, FaultyFile, FaultyFiles};

/// Says the faults in frames that are this rule's. Those of one sensor that are the same
/// are one finding.
fn say_faults(context: &Context<'_>, sink: &mut Sink<'_>, rule: &'static Rule) {
    for (id, _) in context.layout.sensors() {
        for (fault, cells) in faults_of(context, id) {
            let saying = Saying::of(fault).filter(|saying| std::ptr::eq(saying.rule, rule));
            let Some(saying) = saying else { continue };
            // What a copy that broke off left of a sensor is said once, where it broke off.
            if ending::is_lost(fault)
                && let Some(broken_off) = ending::broken_off(context, id)
            {
                if broken_off.is_among(cells.iter().map(|(cell, faulty)| (*cell, faulty.names()))) {
                    broken_off.emit(context, sink, rule, id);
                }
                continue;
            }
            sink.emit(rule, parts(context, &cells, figures_of), |kept| {
                statement(context, (id, fault), &cells, &saying, kept)
            });
        }
    }
}

/// What is said of the frames of a sensor that have one fault.
fn statement(
    context: &Context<'_>,
    (id, fault): (SensorId, Fault),
    cells: &[(Cell, &FaultyFiles)],
    saying: &Saying,
    kept: &Kept<'_, '_, Faulty<'_>>,
) -> Statement {
    let sensor = context.layout.sensor(id);
    let frames = match looked_into(context, context.layout.sensor_cells(id)) {
        Looked::All(_) => format!("{} of `{}`", kept.counted("frame"), sensor.label()),
        Looked::Some(1) => format!("the one frame of `{}` that was looked into", sensor.label()),
        Looked::Some(looked) => {
            let which = match kept.count() == looked {
                true => "all".to_owned(),
                false => format!("{} of the", text::number(kept.count())),
            };
            let looked = text::count(looked, "frame");
            format!("{which} {looked} of `{}` that were looked into", sensor.label())
        }
    };
    let (verb, several, rest) = saying.verbs();
    let statement = Statement::new(format!("{frames} {} {rest}", kept.verb(verb, several)))
        .about_sensor(&sensor.folder_name)
        .excerpt(excerpt(context, kept, saying.label));
    // A sensor of which nothing can be read is a sensor without frames.
    let statement = match proof::is_unreadable(fault) && !proof::has_arrived(context, id) {
        true => statement.effect(Effect::MISALIGNED, Basis::Implied),
        false => statement,
    };
    let names = cells.iter().map(|(cell, faulty)| (*cell, faulty.names()));
    if matches!(fault, Fault::Zeros | Fault::BlankBody)
        && let Some(note) = ending::last_of_scenes(context, names)
    {
        return statement.note(note).help(
            "copy the frames again from their source, or, where the recording itself ended so, delete these times in every sensor",
        );
    }
    statement.help(saying.help)
}

/// How many frames were looked into.
enum Looked {
    /// All that can be.
    All(u64),
    /// Not all: a sample, or what could be read.
    Some(u64),
}

fn looked_into(context: &Context<'_>, cells: impl Iterator<Item = Cell>) -> Looked {
    let (looked, all) =
        cells.map(|cell| context.tree.folder(cell.folder)).fold((0, 0), |(looked, all), folder| {
            (looked + folder.content().map_or(0, ContentSummary::files), all + folder.probeable())
        });
    if looked < all { Looked::Some(looked) } else { Looked::All(looked) }
}

/// What is wrong with what the frames of a sensor hold.
fn faults_of<'a>(context: &Context<'a>, sensor: SensorId) -> BTreeMap<Fault, Vec<Faulty<'a>>> {
    let mut faults: BTreeMap<Fault, Vec<Faulty<'a>>> = BTreeMap::new();
    for cell in context.layout.sensor_cells(sensor) {
        let content = context.tree.folder(cell.folder).content();
        for (fault, files) in content.into_iter().flat_map(|content| content.faults()) {
            faults.entry(*fault).or_default().push((cell, files));
        }
    }
    faults
}

/// Faulty frames of one cell.
type Faulty<'t> = (Cell, &'t FaultyFiles);

/// The files of some cells that have one fault, with what `note` makes of what is known of one.
fn parts<'t>(
    context: &Context<'t>,
    cells: &[Faulty<'t>],
    note: fn(&FaultyFile) -> Option<String>,
) -> Vec<Part<'t, Faulty<'t>>> {
    let part = |(cell, faulty): &Faulty<'t>| {
        let (cell, faulty) = (*cell, *faulty);
        Part::files(context.tree, cell.folder, Files::named(faulty.names()))
            .in_scene(cell.scene)
            .keyed((cell, faulty))
            .drawn(move |path, name| {
                let note = faulty.case(name).and_then(note);
                Example { note, ..Example::at(path) }
            })
    };
    cells.iter().map(part).collect()
}

/// The place of the first fault of which one is known, with what to say there.
fn excerpt(
    context: &Context<'_>,
    kept: &Kept<'_, '_, Faulty<'_>>,
    label: &str,
) -> Option<(Document, Location)> {
    kept.parts.iter().find_map(|part| {
        let (cell, faulty) = part.key;
        let case = faulty.case(part.files.as_ref()?.names(1).first()?)?;
        let path = context.tree.path_of(cell.folder, &case.name);
        Some(location(&path, case.place.as_ref()?, label))
    })
}

fn location(path: &[u8], place: &TextPlace, label: &str) -> (Document, Location) {
    let name = text::lossless(path).into_owned();
    let (line, column) = line_and_column(&place.text, place.span.start);
    let length = place.span.end.saturating_sub(place.span.start);
    let location = Location {
        document: name.clone().into(),
        offset: place.span.start,
        length,
        line,
        column,
        label: Some(label.to_owned()),
        stretch: stretch(&place.text, place.span.start, length),
    };
    (Document { name, text: place.text.to_vec() }, location)
}

/// What was counted or measured in a frame: `12 bytes of 24`, `line 7`.
fn figures_of(case: &FaultyFile) -> Option<String> {
    Some(match case.figures? {
        Measurement::Bytes { found, promised } => {
            format!("{} of {}", text::count(found, "byte"), text::number(promised))
        }
        Measurement::Points { found, of } => {
            format!("{} of {}", text::count(found, "point"), text::number(of))
        }
        Measurement::Tail { found, of, byte } => format!(
            "{} of {}, from byte {} on",
            text::count(found, "point"),
            text::number(of),
            text::number(byte)
        ),
        Measurement::PointerTarget(size) => format!("stands for {}", text::count(size, "byte")),
        Measurement::Byte(byte) => format!("byte {}", text::number(byte)),
        Measurement::Line(line) => format!("line {}", text::number(line)),
        Measurement::Extent(extent) => {
            let axes = ["x", "y", "z"].into_iter().zip(extent);
            let reach = axes.map(|(axis, (least, largest))| match least == largest {
                true => format!("{axis} {}", coordinate(least)),
                false => format!("{axis} {} to {}", coordinate(least), coordinate(largest)),
            });
            reach.collect::<Vec<_>>().join(", ")
        }
    })
}

/// A coordinate in words; of such as no map has, only how large they are.
fn coordinate(value: i64) -> String {
    const LIMIT: u64 = 1_000_000_000_000_000;
    if value.unsigned_abs() < LIMIT {
        text::number(value)
    } else if value < 0 {
        "under -10^15".to_owned()
    } else {
        "over 10^15".to_owned()
    }
}
