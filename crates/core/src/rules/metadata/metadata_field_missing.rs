use std::collections::BTreeMap;

use super::{emit_groups, is_needed, owners, quoted, softened};
use crate::document::Location;
use crate::document::json::{Span, Spanned};
use crate::document::metadata::{Metadata, Missing, Place};
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// metadata.json lacks a field that the platform's sample has.
    ///
    /// No page says which fields may be left out, and the platform could not build its scenes without most of them. What the
    /// tree has no use for may be absent: `lidarSequence` without LiDARs, `cameraSequence` without cameras, `cameraCoefficients`
    /// without cameras or in 2D data. A field that is only misspelt is said here, at the key that stands in its place; keys are
    /// case-sensitive. Which keys `intrinsic`, `radial`, `tangential` and `projection` need depends on the camera's model, and is
    /// said by C102. In 2D data a gap in a camera's coefficients is advice.
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
        let statement = Statement::new(format!("{owners} {verb} {lacking}")).help(if is_misspelt {
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
