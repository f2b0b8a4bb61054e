use std::collections::BTreeMap;

use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::SensorId;
use crate::names::Media;
use crate::platform::Effect;
use crate::tree::files::Files;
use crate::tree::{ContentSummary, FieldsKind, Folder};

declare_rule! {
    /// The points of a sensor's clouds do not all have the same fields.
    ///
    /// One driver writes one header. Where some frames have an `intensity` and others none, or
    /// the same field is of another type, parts of the dataset were converted by different
    /// programs or settings, and what reads one wrongly reads the rest rightly: a wrong
    /// `intensity` colours the cloud, a missing one leaves it grey. What most of the sensor's
    /// frames have is taken for right.
    ///
    /// **Repair:** convert the frames that differ again, as the others were.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =edit intensity -> ring
    ///     1681532060261.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    ///     1681532060261.pcd
    /// metadata.json
    /// ```
    PCD_FIELDS_DIFFER {
        code: "F125",
        name: "pcd-fields-differ",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: point_clouds_of_a_sensor,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        let Some(usual) = usual(context, id) else { continue };
        let others = context.layout.sensor_cells(id).flat_map(|cell| {
            let folder = context.tree.folder(cell.folder);
            let kinds = folder.content().map_or(&[][..], ContentSummary::fields).iter();
            kinds
                .filter(|kind| *kind.fields != *usual)
                .flat_map(move |kind| clouds_of(folder, kind).map(move |files| (kind, files)))
                .map(move |(kind, files)| {
                    Part::files(context.tree, cell.folder, files)
                        .in_scene(cell.scene)
                        .drawn(|path, _| Example::at(path).noting(&*kind.fields))
                })
        });
        sink.emit(&PCD_FIELDS_DIFFER, others, |kept| {
            let (count, verb) = (kept.counted("frame"), kept.verb("has", "have"));
            let label = sensor.label();
            Statement::new(format!("{count} of `{label}` {verb} other fields than the rest"))
                .about_sensor(&sensor.folder_name)
                .note(format!("most have {usual}"))
                .help("convert these frames again, as the others were")
        });
    }
}

/// The clouds of a folder that have fields of one kind: all of them, where their names are
/// not kept apart.
fn clouds_of<'t>(folder: &'t Folder, kind: &'t FieldsKind) -> impl Iterator<Item = Files<'t>> {
    let all = kind
        .names
        .is_none()
        .then(|| Files::in_folder(folder).filter(|files| files.media() == Media::PointCloud));
    kind.names.iter().map(Files::named).chain(all.into_iter().flatten())
}

/// The fields that most of a sensor's clouds have, where not all have the same.
fn usual<'a>(context: &Context<'a>, sensor: SensorId) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for cell in context.layout.sensor_cells(sensor) {
        let content = context.tree.folder(cell.folder).content();
        for kind in content.map_or(&[][..], ContentSummary::fields) {
            *counts.entry(&kind.fields).or_default() += kind.count;
        }
    }
    if counts.len() < 2 {
        return None;
    }
    // Of two that are as frequent, the first by name.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(fields, _)| fields)
}
