use std::collections::BTreeMap;

use crate::finding::{Context, Example, Sink};
use crate::layout::SensorId;
use crate::names::Media;
use crate::platform::Effect;
use crate::text;
use crate::tree::Holdings;
use crate::tree::files::Files;

declare_rule! {
    /// The points of a sensor's clouds do not all have the same fields.
    ///
    /// One driver writes one header. Where some frames have an `intensity` and others none, or the same field is of another
    /// type, parts of the dataset were converted by different programs or settings, and what reads one wrongly reads the rest
    /// rightly: a wrong `intensity` colours the cloud, a missing one leaves it grey. What most of the sensor's frames have is
    /// taken for right.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        let Some(usual) = usual(context, id) else { continue };
        let mut finding = sink.gather(&PCD_FIELDS_DIFFER);
        finding.about_sensor(&sensor.folder_name);
        for cell in context.layout.sensor_cells(id) {
            let folder = context.tree.folder(cell.folder);
            let kinds = folder.holdings().map_or(&[][..], Holdings::fields);
            for kind in kinds.iter().filter(|kind| *kind.fields != *usual) {
                let note = |path: Vec<u8>, _: &[u8]| Example::at(path).noting(&*kind.fields);
                let mut left = 0;
                match &kind.names {
                    Some(names) => {
                        let files = Files::named(names);
                        left += finding.add_files(context.tree, cell.folder, files, note);
                    }
                    None => {
                        let clouds = Files::in_folder(folder);
                        for files in clouds.filter(|files| files.media() == Media::PointCloud) {
                            left += finding.add_files(context.tree, cell.folder, files, note);
                        }
                    }
                }
                if left > 0 {
                    finding.in_scene(cell.scene);
                }
            }
        }
        finding.note(format!("most have {usual}"));
        finding.help("convert these frames again, as the others were");
        let verb = if finding.count() == 1 { "has" } else { "have" };
        let count = text::count(finding.count(), "frame");
        let label = sensor.label();
        finding.say(format!("{count} of `{label}` {verb} other fields than the rest"));
    }
}

/// The fields that most of a sensor's clouds have, where not all have the same.
fn usual<'a>(context: &Context<'a>, sensor: SensorId) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for cell in context.layout.sensor_cells(sensor) {
        let holdings = context.tree.folder(cell.folder).holdings();
        for kind in holdings.map_or(&[][..], Holdings::fields) {
            *counts.entry(&kind.fields).or_default() += kind.count;
        }
    }
    if counts.len() < 2 {
        return None;
    }
    // Of two that are as frequent, the first by name.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(fields, _)| fields)
}
