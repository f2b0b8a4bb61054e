use std::collections::BTreeSet;

use super::edits::{delete, edit};
use super::pairing::{Answer, CoefficientsPairing, Entry, Pairing};
use super::{body, emit_groups, quoted, scenes_of};
use crate::document::json::Spanned;
use crate::document::metadata::sequence_field;
use crate::finding::{Context, Sink, Statement};
use crate::names::SensorKind;
use crate::platform::{Basis, Effect};
use crate::repair::Repair;

declare_rule! {
    /// One name stands twice in a sequence, in both sequences, or twice in `cameraCoefficients`.
    ///
    /// Each sensor has one place in the data. A LiDAR and a camera may have the same name where
    /// both have a folder, as `lidar-front` and `camera-front`. Of two entries in
    /// `cameraCoefficients` for one camera it is not known which counts, so that camera's scenes
    /// are at risk.
    ///
    /// **Repair:** keep one of the two.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraSequence = ["front","front"]
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    SEQUENCE_DUPLICATE {
        code: "M110",
        name: "sequence-duplicate",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T3", "M5"],
        judges: several_named_sensors,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let is_in_other = |entry: &Entry<'_>| {
        body.sequence(entry.kind).is_none_or(|sequence| {
            sequence.names.iter().filter(|name| name.value == entry.name.value).take(2).count() < 2
        })
    };
    let repeats: Vec<Entry<'_>> = Pairing::of(context, body)
        .entries
        .into_iter()
        .filter(|entry| entry.answer == Answer::Repeat)
        .collect();
    let groups = SensorKind::ALL
        .map(|kind| repeats.iter().filter(|entry| entry.kind == kind).copied().collect::<Vec<_>>());
    let place = |entry: &Entry<'_>| {
        let label =
            if is_in_other(entry) { "named in the other sequence too" } else { "named before" };
        metadata.document.point(entry.name.span, label)
    };
    emit_groups(sink, &SEQUENCE_DUPLICATE, groups, place, |entries| {
        let Some(Entry { kind, .. }) = entries.first() else { return Statement::default() };
        let names: BTreeSet<&str> = entries.iter().map(|entry| entry.name.value.as_str()).collect();
        let (field, noun) = (sequence_field(*kind), kind.noun());
        let verb = if names.len() == 1 { "stands" } else { "stand" };
        let names = quoted(names);
        Statement::new(if entries.iter().any(|entry| is_in_other(entry)) {
            format!("{names} {verb} in both sequences, and the tree has no {noun} of that name")
        } else {
            format!("{names} {verb} more than once in `{field}`")
        })
        .help(format!("keep one of the two; delete it from `{field}`"))
        .repair(Repair::safe("the name stands there once more").with(edit(
            metadata,
            entries.iter().filter_map(|entry| delete(body.sequence(entry.kind)?, entry.name.span)),
        )))
    });
    let Some(pairing) = CoefficientsPairing::of(context, body) else { return };
    let repeats = pairing.entries.iter().filter(|(_, _, answer)| *answer == Answer::Repeat);
    let group = repeats.map(|(_, name, _)| *name).collect();
    let place = |name: &&Spanned<String>| {
        metadata.document.point(name.span, "has coefficients above already")
    };
    emit_groups(sink, &SEQUENCE_DUPLICATE, [group], place, |names| {
        let names: BTreeSet<&str> = names.iter().map(|name| name.value.as_str()).collect();
        let twice = quoted(names.iter().copied());
        Statement::new(format!("`cameraCoefficients` has more than one entry for {twice}"))
            .effect(Effect::Scene, Basis::Implied)
            .in_scenes(names.iter().flat_map(|name| scenes_of(context, name)))
            .help("keep the entry that is right")
    });
}
