use std::collections::{BTreeMap, BTreeSet};

use super::{emit_groups, owners, quoted};
use crate::document::metadata::{Place, Unknown};
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// metadata.json has a field that nothing is known to read.
    ///
    /// It most likely changes nothing. Yet somebody wrote it for a reason, so it is worth a look
    /// whether a field of the sample was meant. A key that stands in the place of a field that is
    /// missing is a misspelling, and M102 says it instead.
    ///
    /// **Repair:** delete the field, or give it the name that was meant.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   vehicle = "car 7"
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    METADATA_FIELD_UNKNOWN {
        code: "M104",
        name: "metadata-field-unknown",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(metadata) = context.metadata else { return };
    let mut objects: BTreeMap<_, Vec<&Unknown>> = BTreeMap::new();
    for unknown in &metadata.shape.unknown {
        objects
            .entry((unknown.place.path, unknown.place.camera.is_some()))
            .or_default()
            .push(unknown);
    }
    let place = |unknown: &&Unknown| metadata.document.point(unknown.key.span, "no known field");
    emit_groups(sink, &METADATA_FIELD_UNKNOWN, objects.into_values(), place, |fields| {
        let keys: BTreeSet<&str> =
            fields.iter().map(|unknown| unknown.key.value.as_str()).collect();
        let mut places: Vec<Place> = fields.iter().map(|unknown| unknown.place).collect();
        places.dedup();
        let verb = if places.len() == 1 { "has" } else { "have" };
        let noun = if keys.len() == 1 { "an unknown field" } else { "unknown fields" };
        let near = fields.iter().filter_map(|unknown| Some((unknown, unknown.nearest?)));
        Statement::new(format!("{} {verb} {noun}: {}", owners(metadata, &places), quoted(keys)))
            .notes(near.take(SHOWN).map(|(unknown, nearest)| {
                let key = text::short(&unknown.key.value);
                format!("`{key}` is near to `{nearest}`, which stands there too")
            }))
            .help(if fields.iter().any(|unknown| unknown.is_calibration) {
                "nothing reads it: keep it in a file of its own, outside the tree"
            } else {
                "delete what nothing reads"
            })
    });
}
