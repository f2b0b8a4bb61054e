use std::collections::{BTreeMap, BTreeSet};

use super::pairing::{Answer, Entry, Mistake, Pairing};
use super::{body, quoted};
use crate::document::metadata::{Metadata, sequence_field};
use crate::finding::{Context, Sink};
use crate::layout::SensorId;
use crate::platform::Effect;
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// A name in `lidarSequence` or `cameraSequence` has no folder in the tree.
    ///
    /// The names are those of the folders without `lidar-` or `camera-`, so a name that carries the prefix finds nothing, and a
    /// name that differs in case or in a letter neither. A name that is nearly that of a folder which no name stands for is taken
    /// for that folder's, and is said once, here.
    ///
    /// **Repair:** write the folder's name without its prefix, or add the folder that is missing.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraSequence = ["camera-front"]
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
    SEQUENCE_SENSOR_UNKNOWN {
        code: "M108",
        name: "sequence-sensor-unknown",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T3", "M3"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let layout = context.layout;
    let mut mistakes: BTreeMap<Option<Mistake>, Vec<(Entry<'_>, Option<SensorId>)>> =
        BTreeMap::new();
    for entry in Pairing::of(context, body).entries {
        match entry.answer {
            Answer::Meant(id, mistake) => {
                mistakes.entry(Some(mistake)).or_default().push((entry, Some(id)));
            }
            Answer::Nothing => mistakes.entry(None).or_default().push((entry, None)),
            Answer::Exact(_) | Answer::Repeat | Answer::Said => {}
        }
    }
    for (mistake, entries) in mistakes {
        let mut finding = sink.gather(&SEQUENCE_SENSOR_UNKNOWN);
        for (entry, id) in &entries {
            let label = match (id.map(|id| layout.sensor(id)), mistake) {
                (Some(sensor), Some(Mistake::Sequence)) => {
                    format!("belongs in `{}`", sequence_field(sensor.kind))
                }
                (Some(sensor), Some(Mistake::Prefix)) => {
                    format!("without the prefix: \"{}\"", sensor.name)
                }
                (Some(sensor), _) => format!("expected \"{}\"", sensor.name),
                (None, _) => "no folder of this name".to_owned(),
            };
            finding.locate(metadata.document.point(entry.name.span, label));
        }
        if entries.len() > 1 {
            for (entry, id) in entries.iter().take(SHOWN) {
                let line = text::number(metadata.document.line(entry.name.span) as u64);
                let name = text::short(&entry.name.value);
                finding.note(match id.map(|id| layout.sensor(id)) {
                    Some(sensor) if mistake == Some(Mistake::Sequence) => {
                        format!(
                            "line {line}: `{name}` belongs in `{}`",
                            sequence_field(sensor.kind)
                        )
                    }
                    Some(sensor) => format!("line {line}: `{}` in place of `{name}`", sensor.name),
                    None => format!("line {line}: `{name}`"),
                });
            }
        }
        if let Some(line) = line_in_coefficients(metadata, &entries) {
            finding.note(format!("`cameraCoefficients` has it so too, first in line {line}"));
        }
        finding.help(match mistake {
            Some(Mistake::Prefix) => "write the names without the prefix",
            Some(Mistake::Spelling) => "write the name as the folder has it, without the prefix",
            Some(Mistake::Sequence) => "move the name to the other sequence",
            None => "take the name out, or add its folder",
        });
        finding.say(sentence(context, mistake, &entries));
    }
}

fn sentence(
    context: &Context<'_>,
    mistake: Option<Mistake>,
    entries: &[(Entry<'_>, Option<SensorId>)],
) -> String {
    let mut fields: Vec<&str> =
        entries.iter().map(|(entry, _)| sequence_field(entry.kind)).collect();
    fields.dedup();
    let names = quoted(entries.iter().map(|(entry, _)| entry.name.value.as_str()));
    let verb = if fields.len() == 1 { "names" } else { "name" };
    let fields = quoted(fields);
    let one = match entries {
        [(entry, id)] => Some((entry, id.map(|id| context.layout.sensor(id)))),
        _ => None,
    };
    match (mistake, one) {
        (Some(Mistake::Sequence), Some((_, Some(sensor)))) => {
            format!("{fields} names {names}, which is a {}", sensor.kind.noun())
        }
        (Some(Mistake::Sequence), _) => {
            format!("{fields} {verb} sensors of the other kind: {names}")
        }
        (Some(Mistake::Prefix), Some((_, Some(sensor)))) => {
            format!("{fields} names {names}; the name is `{}`, without the prefix", sensor.name)
        }
        (Some(Mistake::Prefix), _) => format!("{fields} {verb} sensors with their prefix: {names}"),
        (Some(Mistake::Spelling), Some((_, Some(sensor)))) => {
            format!("{fields} names {names}; the folder is `{}`", sensor.label())
        }
        (Some(Mistake::Spelling), _) => {
            format!("{fields} {verb} sensors that the tree spells otherwise: {names}")
        }
        (None, Some((entry, _))) if entry.name.value.trim().is_empty() => {
            format!("{fields} holds an empty name")
        }
        (None, Some((entry, _))) => {
            format!("{fields} names {names}, and there is no folder `{}`", folder(entry))
        }
        (None, None) => format!("{fields} {verb} sensors that have no folder: {names}"),
    }
}

/// Where `cameraCoefficients` follows a name that is to be corrected.
fn line_in_coefficients(
    metadata: &Metadata,
    entries: &[(Entry<'_>, Option<SensorId>)],
) -> Option<String> {
    let corrected: BTreeSet<&str> = entries
        .iter()
        .filter(|(_, id)| id.is_some())
        .map(|(entry, _)| entry.name.value.as_str())
        .collect();
    let list = metadata.body.as_ref()?.coefficients.as_ref()?;
    let name = list
        .entries
        .iter()
        .filter_map(|entry| entry.name.as_ref())
        .find(|name| corrected.contains(name.value.as_str()))?;
    Some(text::number(metadata.document.line(name.span) as u64))
}

/// The folder that a name asks for.
fn folder(entry: &Entry<'_>) -> String {
    let prefix = entry.kind.prefix();
    let name = entry.name.value.as_str();
    format!("{prefix}{}", text::short(name.strip_prefix(prefix).unwrap_or(name)))
}
