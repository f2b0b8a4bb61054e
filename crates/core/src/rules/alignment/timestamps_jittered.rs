use super::group;
use super::mending::Renamed;
use crate::align::{Relation, duration};
use crate::finding::{Context, Example, Sink, Statement, figures};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A sensor's frames pair one to one with the reference's, a little off: the stamps
    /// differ by jitter.
    ///
    /// A frame of the platform is one point cloud with the images of the very same timestamp, so a
    /// stamp that is off by one millisecond is another frame. Sensors that are triggered together
    /// and stamped one by one come out like that. Two timelines are called jittered only where
    /// their frames lie closer together than chance would have it.
    ///
    /// Two frames may lie half the reference's cadence apart and at most 100 ms; `--tolerance`
    /// sets another limit.
    ///
    /// **Repair:** name each frame by the stamp of the reference's frame that it belongs to.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    ///     1681532060261.pcd
    /// camera-front/
    ///   scene_1/
    ///     1681532060059.jpg
    ///     1681532060163.jpg
    ///     1681532060260.jpg
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
    TIMESTAMPS_JITTERED {
        code: "A203",
        name: "timestamps-jittered",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let jittered = context.alignment.relations().iter().filter(|relation| relation.is_jittered());
    for group in group::groups(context, jittered, |relation| relation.timed) {
        let parts = group
            .parts(|relation| Some((relation.distances?.unequal, example(context, relation)?)));
        let parts = group.mended(context, parts, Renamed::Sensor);
        sink.emit(&TIMESTAMPS_JITTERED, parts, |kept| {
            let group = group.kept(kept);
            let timed = kept.keys().any(|relation| relation.timed);
            let text = |value: i64| duration(i128::from(value), timed);
            let p95 = kept.keys().filter_map(|relation| Some(relation.distances?.sizes.p95)).max();
            let largest = group.largest_distance().unwrap_or_default();
            let median = group.median_distance().unwrap_or_default();
            let pairs = group.sum(|relation| relation.pairs);
            let not = match kept.count() {
                1 => "1 does".to_owned(),
                count => format!("{} do", text::number(count)),
            };
            let (sensor, reference) = (group.names(context), group.reference(context));
            let (most, scenes) = (text(largest), group.in_scenes(context));
            let statement = Statement::new(format!(
                "the frames of {sensor} lie up to {most} off those of {reference}{scenes}"
            ))
            .about(group.subject_sensor(context))
            .figure(group::length(timed, group::RESIDUAL_MEDIAN), median)
            .figure(group::length(timed, group::RESIDUAL_LARGEST), largest)
            .figure(&figures::FRAMES_PAIRED, pairs)
            .note(format!(
                "of {} that pair one to one, {not} not at the same stamp; distance: median {}, 95 of 100 within {}, largest {most}",
                text::count(pairs, "frame"),
                text(median),
                text(p95.unwrap_or_default()),
            ))
            .notes(group.each(context, group::distances))
            .help(format!("rename the frames of {sensor} to the stamps of {reference}"));
            let statement = group.say_repairs(context, statement);
            group.say_complete(context, statement)
        });
    }
}

fn example(context: &Context<'_>, relation: &Relation) -> Option<Example> {
    let (own, reference) = relation.distances?.first?;
    let path = group::path_of(context, relation.scene, relation.sensor, own)?;
    let expected =
        group::name_as(context, relation.scene, (relation.sensor, relation.reference), reference)?;
    Some(Example::at(path).expecting(expected))
}
