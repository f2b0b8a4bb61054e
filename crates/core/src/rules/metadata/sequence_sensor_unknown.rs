use std::collections::{BTreeMap, BTreeSet};

use super::edits::{edit, replace, string};
use super::pairing::{Answer, Entry, Mistake, Pairing};
use super::{body, emit_groups, quoted};
use crate::document::metadata::{Metadata, sequence_field};
use crate::finding::{Context, Sink, Statement};
use crate::layout::Sensor;
use crate::names::look_alikes::{self, odd_characters};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// A name in `lidarSequence` or `cameraSequence` has no folder in the tree.
    ///
    /// The names are those of the folders without `lidar-` or `camera-`, so a name that carries
    /// the prefix finds nothing, and a name that differs in case or in a letter neither. A name
    /// that is nearly that of a folder which no name stands for is taken for that folder's, and is
    /// said once, here.
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
        judges: named_sensors,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    let mut mistakes: BTreeMap<Option<Mistake>, Vec<Entry<'_>>> = BTreeMap::new();
    for entry in Pairing::of(context, body).entries {
        match entry.answer {
            Answer::Meant(_, mistake) => mistakes.entry(Some(mistake)).or_default().push(entry),
            Answer::Nothing => mistakes.entry(None).or_default().push(entry),
            Answer::Exact(_) | Answer::Repeat | Answer::Said => {}
        }
    }
    let place =
        |entry: &Entry<'_>| metadata.document.point(entry.name.span, label(meant(context, entry)));
    emit_groups(sink, &SEQUENCE_SENSOR_UNKNOWN, mistakes.into_values(), place, |entries| {
        let listed = if entries.len() > 1 { entries } else { &[] };
        let lines = listed.iter().take(SHOWN).map(|entry| {
            let line = text::number(metadata.document.line(entry.name.span) as u64);
            let name = text::short(&entry.name.value);
            match meant(context, entry) {
                Some((sensor, Mistake::Sequence)) => {
                    format!("line {line}: `{name}` belongs in `{}`", sequence_field(sensor.kind))
                }
                Some((sensor, _)) => format!("line {line}: `{}` in place of `{name}`", sensor.name),
                None => format!("line {line}: `{name}`"),
            }
        });
        let further = line_in_coefficients(metadata, entries);
        let mistake = entries.iter().find_map(|entry| Some(meant(context, entry)?.1));
        let names = entries.iter().filter(|_| mistake != Some(Mistake::Sequence));
        let names = names.filter_map(|entry| {
            let (sensor, _) = meant(context, entry)?;
            Some(replace(entry.name.span, string(&sensor.name)))
        });
        let repair = Repair::safe("the sensor's folder has this name").with(edit(metadata, names));
        Statement::new(sentence(context, mistake, entries))
            .notes(lines)
            .notes(
                further.map(|line| {
                    format!("`cameraCoefficients` has it so too, first in line {line}")
                }),
            )
            .help(match mistake {
                Some(Mistake::Characters) => "type the name anew, as the folder has it",
                Some(Mistake::Prefix) => "write the names without the prefix",
                Some(Mistake::Spelling) => {
                    "write the name as the folder has it, without the prefix"
                }
                Some(Mistake::Sequence) => "move the name to the other sequence",
                None => "take the name out, or add its folder",
            })
            .repair(repair)
    });
}

/// The sensor that a name is meant for, and how it is off.
fn meant<'a>(context: &Context<'a>, entry: &Entry<'_>) -> Option<(&'a Sensor, Mistake)> {
    let Answer::Meant(id, mistake) = entry.answer else { return None };
    Some((context.layout.sensor(id), mistake))
}

/// What is said at a name.
fn label(meant: Option<(&Sensor, Mistake)>) -> String {
    match meant {
        Some((sensor, Mistake::Sequence)) => {
            format!("belongs in `{}`", sequence_field(sensor.kind))
        }
        Some((sensor, Mistake::Prefix)) => format!("without the prefix: \"{}\"", sensor.name),
        Some((sensor, Mistake::Spelling | Mistake::Characters)) => {
            format!("expected \"{}\"", sensor.name)
        }
        None => "no folder of this name".to_owned(),
    }
}

fn sentence(context: &Context<'_>, mistake: Option<Mistake>, entries: &[&Entry<'_>]) -> String {
    let mut fields: Vec<&str> = entries.iter().map(|entry| sequence_field(entry.kind)).collect();
    fields.dedup();
    let names = quoted(entries.iter().map(|entry| entry.name.value.as_str()));
    let verb = if fields.len() == 1 { "names" } else { "name" };
    let fields = quoted(fields);
    let one = match entries {
        [entry] => Some((entry, meant(context, entry))),
        _ => None,
    };
    match (mistake, one) {
        (Some(Mistake::Sequence), Some((_, Some((sensor, _))))) => {
            format!("{fields} names {names}, which is a {}", sensor.kind.noun())
        }
        (Some(Mistake::Sequence), _) => {
            format!("{fields} {verb} sensors of the other kind: {names}")
        }
        (Some(Mistake::Prefix), Some((_, Some((sensor, _))))) => {
            format!("{fields} names {names}; the name is `{}`, without the prefix", sensor.name)
        }
        (Some(Mistake::Prefix), _) => format!("{fields} {verb} sensors with their prefix: {names}"),
        (Some(Mistake::Characters), of_one) => {
            let odd = entries.iter().map(|it| odd_characters(it.name.value.as_bytes()));
            let odd = look_alikes::list(&odd.flatten().collect());
            match of_one {
                Some((entry, Some((sensor, _)))) => {
                    let name = entry.name.value.as_bytes();
                    let visible = look_alikes::visible(name);
                    let right = &sensor.name;
                    format!("{fields} names `{visible}` with {odd}; the name is `{right}`")
                }
                _ => format!("{fields} {verb} sensors with {odd}: {names}"),
            }
        }
        (Some(Mistake::Spelling), Some((entry, Some((sensor, _))))) => {
            match unseen_character(&entry.name.value, &sensor.name) {
                Some(what) => format!(
                    "{fields} names `{}` with {what}; the folder is `{}`",
                    sensor.name,
                    sensor.label()
                ),
                None => format!("{fields} names {names}; the folder is `{}`", sensor.label()),
            }
        }
        (Some(Mistake::Spelling), _) if differ_in_case(context, entries) => {
            format!("{fields} {verb} sensors in another letter case than their folders: {names}")
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

/// What a name has and its folder has not, where nobody sees it: `a blank behind it`.
fn unseen_character(name: &str, folder: &str) -> Option<String> {
    let is_unseen = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
    };
    let (at, unseen) = name.char_indices().find(|(_, c)| is_unseen(*c))?;
    if name.chars().filter(|c| !is_unseen(*c)).ne(folder.chars()) {
        return None;
    }
    let what = match unseen {
        ' ' => "a blank".to_owned(),
        '\t' => "a tab".to_owned(),
        other => format!("an invisible U+{:04X}", u32::from(other)),
    };
    let seen = name.trim_matches(is_unseen);
    Some(match name.find(seen) {
        Some(start) if at < start => format!("{what} before it"),
        Some(start) if at >= start + seen.len() => format!("{what} behind it"),
        _ => format!("{what} in it"),
    })
}

/// Whether names differ from those of their folders in upper and lower case alone.
fn differ_in_case(context: &Context<'_>, entries: &[&Entry<'_>]) -> bool {
    entries.iter().all(|entry| {
        meant(context, entry).is_some_and(|(sensor, _)| {
            sensor.name.to_lowercase() == entry.name.value.to_lowercase()
        })
    })
}

/// Where `cameraCoefficients` follows a name that is to be corrected.
fn line_in_coefficients(metadata: &Metadata, entries: &[&Entry<'_>]) -> Option<String> {
    let corrected: BTreeSet<&str> = entries
        .iter()
        .filter(|entry| entry.answer.sensor().is_some())
        .map(|entry| entry.name.value.as_str())
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
