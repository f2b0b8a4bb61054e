use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::platform::Effect;
use crate::text;
use crate::tree::ContentSummary;
use crate::tree::files::Files;

declare_rule! {
    /// A point cloud has less than a thirty-second of the points that are usual in its scene.
    ///
    /// How much a LiDAR sees changes with what stands around it, and by far less than this. A
    /// cloud of a few points among full ones is one of which most packets were lost, or a rest
    /// that was written when the recording ended. It can be read, and an annotator sees an empty
    /// frame. What counts is what the headers say, so this is seen with `--content headers`, too.
    /// Where more than a quarter of a scene's clouds are so, the sensor sees little now and then,
    /// and nothing is said.
    ///
    /// **Repair:** convert the frames again from the recording, or delete these times in every
    /// sensor of the scene.
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
        judges: point_clouds_of_a_scene,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        let sparse = context.layout.sensor_cells(id).filter_map(|cell| {
            Some((
                cell,
                context.tree.folder(cell.folder).content().and_then(ContentSummary::sparse)?,
            ))
        });
        let parts = sparse.flat_map(|(cell, sparse)| {
            sparse.names.iter().map(move |(least, names)| {
                let points = match least {
                    1 => "1 point".to_owned(),
                    _ => {
                        let (least, most) = (text::number(*least), text::number(2 * least - 1));
                        format!("{least} to {most} points")
                    }
                };
                let usual = text::number(sparse.usual);
                Part::files(context.tree, cell.folder, Files::named(names))
                    .in_scene(cell.scene)
                    .drawn(move |path, _| {
                        Example::at(path)
                            .noting(format!("{points}, where {usual} and more are usual"))
                    })
            })
        });
        sink.emit(&PCD_SPARSE, parts, |kept| {
            let (count, verb) = (kept.counted("frame"), kept.verb("has", "have"));
            let label = sensor.label();
            Statement::new(format!(
                "{count} of `{label}` {verb} hardly any points beside the others"
            ))
            .about_sensor(&sensor.folder_name)
            .help("convert the frames again from the recording, or delete these times in every sensor")
        });
    }
}
