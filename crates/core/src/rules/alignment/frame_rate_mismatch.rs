use super::group;
use crate::align::{Rate, Relation, duration};
use crate::digest::{Digest, Several};
use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A sensor records at another rate than the reference: 30 Hz beside 10 Hz.
    ///
    /// A frame of the platform takes one frame of every sensor at one timestamp. Of a faster sensor most frames have no
    /// partner, and beside a slower one most of the reference's have none. The rates are the usual steps between frames;
    /// frames are paired with the nearest.
    ///
    /// **Repair:** of the faster sensor keep, for each frame of the slower one, the nearest, name it by that frame's stamp
    /// and leave out the rest.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x20 +50
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x10 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x10 +100
    /// metadata.json
    /// ```
    FRAME_RATE_MISMATCH {
        code: "A205",
        name: "frame-rate-mismatch",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T10"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let relations = context.alignment.relations().iter().filter(|relation| relation.rate.is_some());
    // A tenth is as fine as rates are told apart here: those of two scenes differ by their jitter.
    #[expect(clippy::cast_possible_truncation, reason = "a small number")]
    let key = |relation: &Relation| {
        relation.rate.map(|rate| ((rate.ratio() * 10.0).round() as i64, relation.timed))
    };
    for group in group::groups(context, relations, key) {
        let mut found = sink.gather(&FRAME_RATE_MISMATCH);
        if let Some(sensor) = group.subject().filter(|_| !group.all_others) {
            found.about_sensor(&context.layout.sensor(sensor).folder_name);
        }
        let mut said: Vec<(&Relation, Rate)> = Vec::new();
        for relation in &group.relations {
            let Some(rate) = relation.rate else { continue };
            found.covers_cell(relation.scene, relation.sensor);
            let Some((_, path)) = group::first_frame(context, relation.scene, relation.sensor)
            else {
                continue;
            };
            let without = relation.frames.max(relation.reference_frames)
                - relation.pairs.min(relation.frames.max(relation.reference_frames));
            let note = format!("{} without a partner in this scene", text::count(without, "frame"));
            let digest = Digest::of_figures([rate.step.into(), rate.reference_step.into()]);
            let several = Several { count: without.max(1), digest };
            if found.add_many(several, Example::at(path).noting(note)) {
                found.in_scene(relation.scene);
                said.push((relation, rate));
            }
        }
        let Some((first, rate)) = said.first() else { continue };
        let faster = rate.ratio() > 1.0;
        let sum =
            |of: fn(&Relation) -> u64| said.iter().map(|(relation, _)| of(relation)).sum::<u64>();
        let (pairs, frames, reference_frames) =
            (sum(|it| it.pairs), sum(|it| it.frames), sum(|it| it.reference_frames));
        let (sensors, reference) =
            (group.names(context), group::names(context, &[group.reference], false));
        let near =
            said.iter().filter_map(|(relation, _)| Some(relation.distances?.sizes.max)).max();
        let distance = match near {
            Some(max) if max > 0 && first.offset.is_none() => {
                format!(", at most {} apart", duration(i128::from(max), first.timed))
            }
            _ => String::new(),
        };
        found.note(format!(
            "of {} and {} of {reference}, {} pair{distance}; {} would be left out",
            text::count(frames, "frame"),
            text::number(reference_frames),
            text::number(pairs),
            text::number((frames + reference_frames).saturating_sub(2 * pairs)),
        ));
        found.help(match faster {
            true => format!(
                "keep the frame nearest to each of {reference}, rename it to that stamp and leave out the others"
            ),
            false => format!("of {reference} keep the frame nearest to each of {sensors}, and leave out the others"),
        });
        let (verb, scenes) = (group.verb("records", "record"), group.in_scenes(context));
        let rates = match first.timed {
            true => {
                format!("at {}, {reference} at {}", hertz(rate.step), hertz(rate.reference_step))
            }
            false => {
                format!(
                    "every {}, {reference} every {}",
                    text::number(rate.step),
                    text::number(rate.reference_step)
                )
            }
        };
        found.say(format!("{sensors} {verb} {rates}{scenes}"));
    }
}

/// The rate of a step in nanoseconds, to three digits or so.
#[expect(clippy::cast_precision_loss, reason = "a rate to a few digits")]
fn hertz(step: i64) -> String {
    let rate = 1e9 / step.max(1) as f64;
    let text = match rate {
        rate if rate >= 9.5 => format!("{rate:.1}"),
        rate => format!("{rate:.2}"),
    };
    format!("{} Hz", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::hertz;

    #[test]
    fn rates_read_as_people_write_them() {
        let table = [
            (100_000_000, "10 Hz"),
            (33_333_333, "30 Hz"),
            (33_366_667, "30 Hz"),
            (400_000_000, "2.5 Hz"),
            (80_000_000, "12.5 Hz"),
        ];
        for (step, expected) in table {
            assert_eq!(hertz(step), expected);
        }
    }
}
