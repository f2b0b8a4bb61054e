use super::group::{self, Group};
use crate::align::{Rate, Relation, duration};
use crate::finding::{Context, Example, Sink, Statement, figures};
use crate::multiset_hash::{MultisetHash, Occurrences};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A sensor records at another rate than the reference: 30 Hz beside 10 Hz.
    ///
    /// A frame of the platform takes one frame of every sensor at one timestamp. Of a faster sensor
    /// most frames have no partner, and beside a slower one most of the reference's have none. The
    /// rates are the usual steps between frames; frames are paired with the nearest.
    ///
    /// **Repair:** of the faster sensor keep, for each frame of the slower one, the nearest, name
    /// it by that frame's stamp and leave out the rest.
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
    // Rates of two scenes differ by their jitter: those that follow one another are told apart by
    // tenths, others by thousandths.
    #[expect(clippy::cast_possible_truncation, reason = "a small number")]
    let key = |relation: &Relation| {
        let rounded = |rate: Rate| {
            let parts = if rate.is_multiple { 10.0 } else { 500.0 };
            (rate.is_multiple, (rate.ratio() * parts).round() as i64)
        };
        relation.rate.map(|rate| (rounded(rate), relation.timed))
    };
    for group in group::groups(context, relations, key) {
        let parts = group.parts(|relation| {
            let rate = relation.rate?;
            let (_, path) = group::first_frame(context, relation.scene, relation.sensor)?;
            let without =
                relation.frames.max(relation.reference_frames).saturating_sub(relation.pairs);
            let note = format!("{} without a partner in this scene", text::count(without, "frame"));
            let digest = MultisetHash::from_ints([rate.step.into(), rate.reference_step.into()]);
            let several = Occurrences { count: without.max(1), hash: digest };
            Some((several, Example::at(path).noting(note)))
        });
        sink.emit(&FRAME_RATE_MISMATCH, parts, |kept| statement(context, &group.kept(kept)));
    }
}

fn statement(context: &Context<'_>, group: &Group<'_>) -> Statement {
    let first = group.relations.first().and_then(|first| Some((*first, first.rate?)));
    let Some((first, Rate { step, reference_step, is_multiple })) = first else {
        return Statement::default();
    };
    let (pairs, frames) = (group.sum(|it| it.pairs), group.sum(|it| it.frames));
    let reference_frames = group.sum(|it| it.reference_frames);
    let (sensors, reference) = (group.names(context), group.reference(context));
    let distance = match group.largest_distance() {
        Some(max) if max > 0 && first.offset.is_none() => {
            format!(", at most {} apart", duration(i128::from(max), first.timed))
        }
        _ => String::new(),
    };
    let (verb, scenes) = (group.verb("records", "record"), group.in_scenes(context));
    let rates = match first.timed {
        true => {
            let hertz = |of: i64| hertz(of, !is_multiple);
            format!("at {}, {reference} at {}", hertz(step), hertz(reference_step))
        }
        false => {
            let (own, other) = (text::number(step), text::number(reference_step));
            format!("every {own}, {reference} every {other}")
        }
    };
    let slides = (!is_multiple && first.timed).then(|| {
        #[expect(clippy::cast_possible_truncation, reason = "a ratio to a few digits")]
        let ppm = ((first.rate.map_or(1.0, |rate| rate.ratio()) - 1.0).abs() * 1e6).round() as i64;
        format!(
            "the rates differ by {} millionths, more than a clock can be off: the frames slide past each other, and no offset sets that right",
            text::number(i128::from(ppm))
        )
    });
    Statement::new(format!("{sensors} {verb} {rates}{scenes}"))
        .about(group.subject(context).filter(|_| !group.all_others))
        .figure(group::length(first.timed, group::CADENCE), step)
        .figure(group::length(first.timed, group::REFERENCE_CADENCE), reference_step)
        .figure(&figures::FRAMES_COMPARED, frames)
        .figure(&figures::REFERENCE_FRAMES_COMPARED, reference_frames)
        .figure(&figures::FRAMES_PAIRED, pairs)
        .note(format!(
            "of {} and {} of {reference}, {} pair{distance}; {} would be left out",
            text::count(frames, "frame"),
            text::number(reference_frames),
            text::number(pairs),
            text::number((frames + reference_frames).saturating_sub(2 * pairs)),
        ))
        .notes(slides)
        .help(match step < reference_step {
            true => format!(
                "keep the frame nearest to each of {reference}, rename it to that stamp and leave out the others"
            ),
            false => format!(
                "of {reference} keep the frame nearest to each of {sensors}, and leave out the others"
            ),
        })
}

/// The rate of a step in nanoseconds, to three digits or so; to one more where two are nearly
/// equal.
#[expect(clippy::cast_precision_loss, reason = "a rate to a few digits")]
fn hertz(step: i64, precise: bool) -> String {
    let rate = 1e9 / step.max(1) as f64;
    let text = match rate {
        rate if precise => format!("{rate:.3}"),
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
            assert_eq!(hertz(step, false), expected);
        }
    }
}
