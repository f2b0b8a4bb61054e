use super::group;
use crate::align::{Distances, Relation, duration};
use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A sensor's frames pair one to one with the reference's, a little off: the stamps differ by jitter.
    ///
    /// A frame of the platform is one point cloud with the images of the very same timestamp, so a stamp that is off by one
    /// millisecond is another frame. Sensors that are triggered together and stamped one by one come out like that. Two
    /// timelines are called jittered only where their frames lie closer together than chance would have it.
    ///
    /// Two frames may lie half the reference's cadence apart and at most 100 ms; `--tolerance` sets another limit.
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
    for group in group::groups(context, jittered, |relation| (relation.sensor, relation.timed)) {
        let mut found = sink.gather(&TIMESTAMPS_JITTERED);
        if let Some(sensor) = group.subject() {
            found.about_sensor(&context.layout.sensor(sensor).folder_name);
        }
        let mut said: Vec<(&Relation, Distances)> = Vec::new();
        for relation in &group.relations {
            found.covers_cell(relation.scene, relation.sensor);
            let Some((distances, example)) = relation.distances.zip(example(context, relation))
            else {
                continue;
            };
            if found.add_many(distances.unequal, example) {
                found.in_scene(relation.scene);
                said.push((relation, distances));
            }
        }
        let Some((first, _)) = said.first() else { continue };
        let largest = |of: fn(&Distances) -> i64| {
            said.iter().map(|(_, distances)| of(distances)).max().unwrap_or_default()
        };
        let mut medians: Vec<i64> =
            said.iter().map(|(_, distances)| distances.sizes.median).collect();
        medians.sort_unstable();
        let median = medians.get(medians.len() / 2).copied().unwrap_or_default();
        let text = |value: i64| duration(i128::from(value), first.timed);
        let pairs: u64 = said.iter().map(|(relation, _)| relation.pairs).sum();
        found.note(format!(
            "of {} that pair one to one, {} not at the same stamp; distance: median {}, 95 of 100 within {}, largest {}",
            text::count(pairs, "frame"),
            match found.count() {
                1 => "1 does".to_owned(),
                count => format!("{} do", text::number(count)),
            },
            text(median),
            text(largest(|distances| distances.sizes.p95)),
            text(largest(|distances| distances.sizes.max)),
        ));
        let (sensor, reference) =
            (group.names(context), group::names(context, &[group.reference], false));
        found.help(format!("rename the frames of {sensor} to the stamps of {reference}"));
        let (most, scenes) =
            (text(largest(|distances| distances.sizes.max)), group.in_scenes(context));
        found.say(format!(
            "the frames of {sensor} lie up to {most} off those of {reference}{scenes}"
        ));
    }
}

fn example(context: &Context<'_>, relation: &Relation) -> Option<Example> {
    let (own, reference) = relation.distances?.first?;
    let path = group::path_of(context, relation.scene, relation.sensor, own)?;
    let expected =
        group::name_as(context, relation.scene, (relation.sensor, relation.reference), reference)?;
    Some(Example::at(path).expecting(expected))
}
