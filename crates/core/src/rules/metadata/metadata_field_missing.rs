use std::collections::BTreeMap;

use super::edits::{edit, insert, replace, string, unwrap};
use super::{emit_groups, is_needed, owners, quoted, softened};
use crate::document::Location;
use crate::document::json::{Span, Spanned};
use crate::document::metadata::{Coefficients, Foreign, Metadata, Missing, Place};
use crate::finding::{Context, Sink, Statement};
use crate::names::METADATA;
use crate::platform::Effect;
use crate::repair::{Edit, Repair};
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// metadata.json lacks a field that the platform's sample has.
    ///
    /// No page says which fields may be left out, and the platform could not build its scenes
    /// without most of them. What the tree has no use for may be absent: `lidarSequence` without
    /// LiDARs, `cameraSequence` without cameras, `cameraCoefficients` without cameras or in 2D
    /// data. A field that is only misspelt is said here, at the key that stands in its place; keys
    /// are case-sensitive. Which keys `intrinsic`, `radial`, `tangential` and `projection` need
    /// depends on the camera's model, and is said by C102. In 2D data a gap in a camera's
    /// coefficients is advice.
    ///
    /// A calibration that another tool wrote is one finding for all cameras that have it so,
    /// with where each of its fields goes: Xtreme1 and BasicAI (`camera_internal`,
    /// `camera_external`), ROS (`K`, `D`), OpenCV (`distortion`), matrices of 4 × 4, Euler
    /// angles. So are fields that all stand one level too deep, and entries without a name,
    /// which go by the order of `cameraSequence`.
    ///
    /// **Repair:** add the field, or correct its spelling.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   filetreeType = 0
    ///   cameraCoefficients absent
    ///   cameraSequence absent
    ///   fileTreeType absent
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   cameraCoefficients absent
    ///   cameraSequence absent
    /// ```
    METADATA_FIELD_MISSING {
        code: "M102",
        name: "metadata-field-missing",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T13", "M5"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(metadata) = context.metadata else { return };
    if let Some(key) = metadata.shape.wrapped.last() {
        let levels = match metadata.shape.wrapped.len() {
            1 => "one level".to_owned(),
            count => format!("{} levels", text::number(count as u64)),
        };
        let keys = quoted(metadata.shape.wrapped.iter().map(|key| key.value.as_str()));
        let place = metadata.document.point(key.span, "the fields stand in here");
        let statement = Statement::new(format!(
            "the fields of `{METADATA}` stand {levels} too deep, under {keys}"
        ))
        .help(format!("write the object under `{}` alone", text::short(&key.value)))
        .repair(
            Repair::safe("nothing else stands around it")
                .with(edit(metadata, unwrapped(metadata).into_iter().flatten())),
        );
        sink.emit_one(&METADATA_FIELD_MISSING, place, statement);
    }
    emit_foreign(context, metadata, sink);
    // The same gap in every camera has one cause.
    let mut gaps: BTreeMap<_, Vec<Gap<'_>>> = BTreeMap::new();
    for missing in &metadata.shape.missing {
        let fields: Vec<&Field> = missing
            .fields
            .iter()
            .filter(|(field, instead)| {
                instead.is_some() || is_needed(context, missing.place, field)
            })
            .collect();
        if !fields.is_empty() {
            gaps.entry((missing.place.path, missing.place.camera.is_some(), words(&fields)))
                .or_default()
                .push((missing, fields));
        }
    }
    let place = |gap: &Gap<'_>| location(metadata, gap);
    emit_groups(sink, &METADATA_FIELD_MISSING, gaps.into_values(), place, |objects| {
        let places: Vec<Place> = objects.iter().map(|(missing, _)| missing.place).collect();
        let words = objects.first().map(|(_, fields)| words(fields)).unwrap_or_default();
        let verb = if places.len() == 1 { "lacks" } else { "lack" };
        let is_misspelt =
            objects.iter().any(|(_, fields)| fields.iter().all(|(_, instead)| instead.is_some()));
        let (owners, lacking) = (owners(metadata, &places), text::list(&words, words.len()));
        let is_nameless = objects.iter().any(|(_, fields)| {
            fields.iter().any(|(field, instead)| *field == "name" && instead.is_none())
        });
        let renames = objects.iter().flat_map(|(_, fields)| fields).filter_map(|field| {
            let (field, key) = field;
            Some(replace(key.as_ref()?.span, string(field)))
        });
        let named = is_nameless.then(|| entries_by_order(metadata)).flatten().unwrap_or_default();
        let is_filled = |entry: &Coefficients| entry.width.is_some() || entry.camera.is_some();
        let named = named.into_iter().filter(|(entry, _)| is_filled(entry)).map(|(entry, name)| {
            insert(entry.span.start + 1, format!("\"name\": {}, ", string(&name.value)))
        });
        let statement = Statement::new(format!("{owners} {verb} {lacking}"))
            .repair(
                Repair::to_be_looked_at(
                    "the keys are nearly these, or the order is that of the cameras",
                )
                .with(edit(metadata, renames.chain(named))),
            )
            .notes(is_nameless.then(|| names_by_order(metadata)).flatten())
            .help(if is_misspelt {
                "correct the spelling of the key"
            } else {
                "add what is missing"
            });
        if places.iter().any(|place| place.camera.is_some()) {
            softened(context, statement)
        } else {
            statement
        }
    });
}

/// Says which cameras have a calibration in the form of another tool: one cause in all
/// that are alike.
fn emit_foreign(context: &Context<'_>, metadata: &Metadata, sink: &mut Sink<'_>) {
    let mut alike: BTreeMap<_, Vec<&Foreign>> = BTreeMap::new();
    for foreign in &metadata.shape.foreign {
        let keys: Vec<&str> = foreign.keys.iter().map(|(key, _)| key.value.as_str()).collect();
        let key = (foreign.place.path, keys, &foreign.instead_of);
        alike.entry(key).or_default().push(foreign);
    }
    let place = |foreign: &&Foreign| {
        let Some((key, to)) = foreign.keys.first() else {
            return metadata.document.locate(Span::at(0));
        };
        metadata.document.point(key.span, *to)
    };
    emit_groups(sink, &METADATA_FIELD_MISSING, alike.into_values(), place, |objects| {
        let Some(Foreign { tool, keys, instead_of, place }) = objects.first() else {
            return Statement::default();
        };
        let places: Vec<Place> = objects.iter().map(|foreign| foreign.place).collect();
        let owners = owners(metadata, &places);
        let verb = if places.len() == 1 { "has" } else { "have" };
        let found = quoted(keys.iter().map(|(key, _)| key.value.as_str()));
        let form = tool.map(|tool| format!(", the form of {tool},")).unwrap_or_default();
        let wanted = quoted(instead_of.iter().copied());
        let mut ways: Vec<String> = Vec::new();
        for (key, to) in keys {
            let key = format!("`{}`", text::short(&key.value));
            let end = format!(" → {to}");
            match ways.iter_mut().find(|way| way.ends_with(&end)) {
                Some(way) => way.insert_str(way.len() - end.len(), &format!(", {key}")),
                None => ways.push(format!("{key}{end}")),
            }
        }
        if tool.is_some_and(|tool| tool.starts_with("Xtreme1")) && instead_of.contains(&"camera") {
            ways.push("`type`: `PinHole`".to_owned());
        }
        let nameless = instead_of.contains(&"name").then(|| names_by_order(metadata)).flatten();
        let inside = if place.path.is_empty() { "in `camera` " } else { "" };
        let statement =
            Statement::new(format!("{owners} {verb} {found}{form} in place of {wanted}"))
                .notes(ways)
                .notes(nameless)
                .help(format!("write the same calibration {inside}as the notes say"));
        softened(context, statement)
    });
}

/// Which camera each entry of `cameraCoefficients` is most likely for, where none has a name.
fn names_by_order(metadata: &Metadata) -> Option<String> {
    let names: Vec<String> = entries_by_order(metadata)?
        .into_iter()
        .map(|(_, name)| format!("`{}`", text::short(&name.value)))
        .collect();
    let names = text::list(&names, SHOWN);
    Some(format!("`name`: by the order of `cameraSequence`, most likely {names}"))
}

/// The entries of `cameraCoefficients`, where none has a name and they are as many as the cameras,
/// with these.
fn entries_by_order(metadata: &Metadata) -> Option<Vec<(&Coefficients, &Spanned<String>)>> {
    let body = metadata.body.as_ref()?;
    let (list, sequence) = (body.coefficients.as_ref()?, body.camera_sequence.as_ref()?);
    let is_same = sequence.complete
        && list.entries.len() == sequence.names.len()
        && list.entries.iter().all(|entry| entry.name.is_none());
    is_same.then(|| list.entries.iter().zip(&sequence.names).collect())
}

/// The changes that leave of metadata.json the object alone which has its fields, where nothing
/// else stands around that.
fn unwrapped(metadata: &Metadata) -> Option<[Edit; 2]> {
    let text = metadata.document.text();
    let keys = metadata.shape.wrapped.iter();
    let keys = keys.map(|key| text.get(key.span.start..key.span.end));
    let keys: Option<Vec<String>> =
        keys.map(|key| Some(format!("{{{}:", String::from_utf8_lossy(key?)))).collect();
    let (before, levels) = (keys?.concat(), metadata.shape.wrapped.len());
    unwrap(text, metadata.body.as_ref()?.span, (&before, &"}".repeat(levels)))
}

type Field = (&'static str, Option<Spanned<String>>);

/// An object, and what it lacks.
type Gap<'a> = (&'a Missing, Vec<&'a Field>);

fn words(fields: &[&Field]) -> Vec<String> {
    let describe = |(field, instead): &&Field| match instead {
        Some(key) => format!("`{field}` (written `{}`)", text::short(&key.value)),
        None => format!("`{field}`"),
    };
    fields.iter().map(describe).collect()
}

/// The misspelt key, or else where the object opens.
fn location(metadata: &Metadata, (missing, fields): &Gap<'_>) -> Location {
    match fields.iter().find_map(|(field, instead)| instead.as_ref().map(|key| (field, key))) {
        Some((field, key)) => metadata.document.point(key.span, format!("expected `{field}`")),
        None => {
            let names = quoted(fields.iter().map(|(field, _)| *field));
            let brace = Span::new(missing.span.start, missing.span.start + 1);
            metadata.document.point(brace, format!("{names} missing in this object"))
        }
    }
}
