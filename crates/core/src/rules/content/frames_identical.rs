use std::borrow::Cow;

use crate::finding::{Context, Example, Part, Sink, Statement, figures};
use crate::layout::{Cell, SensorId};
use crate::names::frame_set::FrameSet;
use crate::platform::Effect;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{Alike, ContentSummary, Folder};

declare_rule! {
    /// A frame holds the same as the frame before. Seen with `--content full`.
    ///
    /// No sensor measures the same twice: a camera's noise differs, and so do a LiDAR's distances.
    /// Frames that are equal to the byte come from a driver that hung and went on handing out its
    /// last frame, from a recorder that filled a gap, or from a copy under the wrong names. Frames
    /// are compared by a hash of what they hold, each with the one before it in its scene; what
    /// Exif says of an image does not count. Frames whose names are no numbers have no order and
    /// are not compared, nor are those of a sample (`--sample`).
    ///
    /// **Repair:** look whether the sensor stood still at that time. If it did, delete these times
    /// in every sensor of the scene, or copy the frames again from the recording.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd =same
    ///     1681532060161.pcd =same
    ///     1681532060261.pcd =same
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    ///     1681532060261.pcd
    /// metadata.json
    /// ```
    FRAMES_IDENTICAL {
        code: "F123",
        name: "frames-identical",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: AllWhole,
        judges: consecutive_frames,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        let parts = runs(context, id).filter_map(|(cell, folder, run)| {
            let (_, frames) = folder.frames().iter().find(|(naming, _)| *naming == run.naming)?;
            let (first, last) = (i128::from(run.first), i128::from(run.last));
            let mut repeats = FrameSet::default();
            let within = frames.iter().filter(|value| first < *value && *value <= last);
            within.for_each(|value| repeats.insert(value));
            repeats.seal();
            let original = run.naming.render(first);
            let files = Files::Numbered(run.naming, Cow::Owned(repeats));
            let part = Part::files(context.tree, cell.folder, files)
                .in_scene(cell.scene)
                .keyed(run.count)
                .drawn(move |path, _| Example::at(path).noting(format!("the same as {original}")));
            Some(part)
        });
        sink.emit(&FRAMES_IDENTICAL, parts, |kept| {
            let longest = kept.keys().max().copied().unwrap_or_default();
            let row = match kept.count() {
                1 => String::new(),
                _ => format!(", up to {} in a row", text::number(longest)),
            };
            let (count, verb) = (kept.counted("frame"), kept.verb("holds", "hold"));
            let label = sensor.label();
            Statement::new(format!("{count} of `{label}` {verb} the same as the frame before{row}"))
                .about_sensor(&sensor.folder_name)
                .figure(&figures::LONGEST_RUN, longest)
                .help(
                    "look whether the sensor stood still; if it did, delete these times in every sensor, or copy the frames again",
                )
        });
    }
}

/// The frames of one content in a sensor's folders, as far as all frames of a folder
/// were looked into.
fn runs<'a>(
    context: &Context<'a>,
    sensor: SensorId,
) -> impl Iterator<Item = (Cell, &'a Folder, Alike)> {
    let tree = context.tree;
    context.layout.sensor_cells(sensor).flat_map(move |cell| {
        let folder = tree.folder(cell.folder);
        let content = folder.content().filter(|held| held.files() == folder.probeable());
        let runs = content.map_or(&[][..], ContentSummary::alike);
        runs.iter().map(move |run| (cell, folder, *run))
    })
}
