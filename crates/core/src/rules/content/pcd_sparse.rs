use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::text;
use crate::tree::Holdings;
use crate::tree::files::Files;

declare_rule! {
    /// A point cloud has less than a thirty-second of the points that are usual in its scene.
    ///
    /// How much a LiDAR sees changes with what stands around it, and by far less than this. A cloud of a few points among full
    /// ones is one of which most packets were lost, or a rest that was written when the recording ended. It can be read, and an
    /// annotator sees an empty frame. What counts is what the headers say, so this is seen with `--content headers`, too. Where
    /// more than a quarter of a scene's clouds are so, the sensor sees little now and then, and nothing is said.
    ///
    /// **Repair:** convert the frames again from the recording, or delete these times in every sensor of the scene.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd (20000 bytes)
    ///     1681532060161.pcd (20000 bytes)
    ///     1681532060261.pcd (300 bytes)
    ///     1681532060361.pcd (20000 bytes)
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd (20000 bytes)
    ///     1681532060161.pcd (20000 bytes)
    ///     1681532060261.pcd (8000 bytes)
    ///     1681532060361.pcd (20000 bytes)
    /// metadata.json
    /// ```
    PCD_SPARSE {
        code: "F124",
        name: "pcd-sparse",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        let mut finding = sink.gather(&PCD_SPARSE);
        finding.about_sensor(&sensor.folder_name);
        for cell in context.layout.sensor_cells(id) {
            let holdings = context.tree.folder(cell.folder).holdings();
            let Some(sparse) = holdings.and_then(Holdings::sparse) else { continue };
            for (least, names) in &sparse.names {
                let files = Files::named(names);
                let points = match least {
                    1 => "1 point".to_owned(),
                    _ => format!(
                        "{} to {} points",
                        text::number(*least),
                        text::number(2 * least - 1)
                    ),
                };
                let usual = text::number(sparse.usual);
                let left = finding.add_files(context.tree, cell.folder, files, |path, _| {
                    Example::at(path).noting(format!("{points}, where {usual} and more are usual"))
                });
                if left > 0 {
                    finding.in_scene(cell.scene);
                }
            }
        }
        finding.help(
            "convert the frames again from the recording, or delete these times in every sensor",
        );
        let verb = if finding.count() == 1 { "has" } else { "have" };
        let count = text::count(finding.count(), "frame");
        let label = sensor.label();
        finding.say(format!("{count} of `{label}` {verb} hardly any points beside the others"));
    }
}
