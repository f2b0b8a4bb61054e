use std::collections::{BTreeMap, BTreeSet};

use super::{owners, quoted};
use crate::document::metadata::{Place, Unknown};
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// metadata.json has a field that nothing is known to read.
    ///
    /// It most likely changes nothing. Yet somebody wrote it for a reason, so it is worth a look whether a field of the sample was
    /// meant. A key that stands in the place of a field that is missing is a misspelling, and M102 says it instead.
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
    for (_, fields) in objects {
        let mut finding = sink.gather(&METADATA_FIELD_UNKNOWN);
        for unknown in &fields {
            finding.locate(metadata.document.point(unknown.key.span, "no known field"));
        }
        for unknown in fields.iter().filter(|unknown| unknown.nearest.is_some()).take(SHOWN) {
            let nearest = unknown.nearest.unwrap_or_default();
            finding.note(format!(
                "`{}` is near to `{nearest}`, which stands there too",
                text::short(&unknown.key.value)
            ));
        }
        finding.help("delete what nothing reads");
        let keys: BTreeSet<&str> =
            fields.iter().map(|unknown| unknown.key.value.as_str()).collect();
        let mut places: Vec<Place> = fields.iter().map(|unknown| unknown.place).collect();
        places.dedup();
        let (verb, noun) = (
            if places.len() == 1 { "has" } else { "have" },
            if keys.len() == 1 { "field" } else { "fields" },
        );
        let which = if keys.len() == 1 { "an unknown" } else { "unknown" };
        finding.say(format!(
            "{} {verb} {which} {noun}: {}",
            owners(metadata, &places),
            quoted(keys)
        ));
    }
}
