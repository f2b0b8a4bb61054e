use std::collections::BTreeSet;

use super::pairing::{Answer, CoefficientsPairing, Entry, Pairing};
use super::{body, put_at_risk, quoted};
use crate::document::metadata::sequence_field;
use crate::finding::{Context, Sink};
use crate::names::SensorKind;
use crate::platform::{Basis, Effect};

declare_rule! {
    /// One name stands twice in a sequence, in both sequences, or twice in `cameraCoefficients`.
    ///
    /// Each sensor has one place in the data. A LiDAR and a camera may have the same name where both have a folder, as
    /// `lidar-front` and `camera-front`. Of two entries in `cameraCoefficients` for one camera it is not known which counts, so
    /// that camera's scenes are at risk.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let repeats: Vec<Entry<'_>> = Pairing::of(context, body)
        .entries
        .into_iter()
        .filter(|entry| entry.answer == Answer::Repeat)
        .collect();
    for kind in SensorKind::ALL {
        let mut finding = sink.gather(&SEQUENCE_DUPLICATE);
        let mut names = BTreeSet::new();
        let mut other = false;
        for entry in repeats.iter().filter(|entry| entry.kind == kind) {
            names.insert(entry.name.value.as_str());
            let times = body.sequence(kind).map_or(0, |sequence| {
                sequence.names.iter().filter(|name| name.value == entry.name.value).take(2).count()
            });
            other |= times < 2;
            let label = if times < 2 { "named in the other sequence too" } else { "named before" };
            finding.locate(metadata.document.point(entry.name.span, label));
        }
        let field = sequence_field(kind);
        finding.help(format!("keep one of the two; delete it from `{field}`"));
        let verb = if names.len() == 1 { "stands" } else { "stand" };
        finding.say(if other {
            format!(
                "{} {verb} in both sequences, and the tree has no {} of that name",
                quoted(names),
                kind.noun()
            )
        } else {
            format!("{} {verb} more than once in `{field}`", quoted(names))
        });
    }
    let Some(pairing) = CoefficientsPairing::of(context, body) else { return };
    let mut finding = sink.gather(&SEQUENCE_DUPLICATE);
    finding.effect(Effect::Scene, Basis::Implied);
    let mut names = BTreeSet::new();
    for (_, name, _) in pairing.entries.iter().filter(|(_, _, answer)| *answer == Answer::Repeat) {
        if names.insert(name.value.as_str()) {
            put_at_risk(context, &name.value, &mut finding);
        }
        finding.locate(metadata.document.point(name.span, "has coefficients above already"));
    }
    finding.help("keep the entry that is right");
    finding.say(format!("`cameraCoefficients` has more than one entry for {}", quoted(names)));
}
