use std::collections::{BTreeMap, BTreeSet};

use super::edits::{edit, insert, is_number, replace, unwrap};
use super::{emit_groups, is_needed, owners, quoted, softened};
use crate::document::metadata::{Form, Metadata, NAMES, Place, WrongType};
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::repair::{Edit, Repair};
use crate::rules::sentences::further_lines;

declare_rule! {
    /// A value in metadata.json is of another type than in the platform's sample.
    ///
    /// Numbers stand without quotes: `"0"` and `"1920"` are strings. `version` and the names are
    /// strings. `heading`, `position`, `intrinsic`, `radial` and `tangential` are objects of
    /// numbers; the SDK reads them by key, so an array in their place is not read at all. `null` is
    /// no value, save for a sequence or coefficients that the tree has no use for. In 2D data a
    /// wrong type in a camera's coefficients is advice.
    ///
    /// **Repair:** write the value in the type that is named.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   fileTreeType = "0"
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   cameraCoefficients = null
    ///   cameraSequence = null
    /// ```
    METADATA_FIELD_TYPE {
        code: "M103",
        name: "metadata-field-type",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: [],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(metadata) = context.metadata else { return };
    // The same slip in every camera has one cause.
    let mut slips: BTreeMap<_, Vec<&WrongType>> = BTreeMap::new();
    for wrong in &metadata.shape.wrong {
        if !wrong.is_null() || is_needed(context, wrong.place, &wrong.field) {
            // In a group of numbers the keys are whatever stands there; elsewhere they are
            // the known few.
            let field = if in_group(wrong) { "" } else { wrong.field.as_str() };
            let place = (wrong.place.path, wrong.place.camera.is_some());
            let key = (place, field, wrong.found, wrong.form);
            slips.entry(key).or_default().push(wrong);
        }
    }
    let place = |wrong: &&WrongType| {
        metadata.document.point(wrong.span, format!("expected {}", wrong.expected))
    };
    emit_groups(sink, &METADATA_FIELD_TYPE, slips.into_values(), place, |values| {
        let Some((first, others)) = values.split_first() else { return Statement::default() };
        let spans = others.iter().map(|wrong| wrong.span);
        let unquoted = values.iter().filter(|wrong| wrong.is_quoted()).filter_map(|wrong| {
            let text = metadata.document.text().get(wrong.span.start + 1..wrong.span.end - 1)?;
            let text = text.trim_ascii();
            is_number(text).then(|| replace(wrong.span, text))
        });
        let repair = Repair::safe("the number stands there").with(edit(metadata, unquoted));
        let brackets = brackets(metadata, first).filter(|_| others.is_empty());
        let brackets = Repair::safe("the object stands there")
            .with(edit(metadata, brackets.into_iter().flatten()));
        let statement = Statement::new(sentence(metadata, first, values))
            .repair(repair)
            .repair(brackets)
            .notes(further_lines(&metadata.document, spans, others.len() as u64))
            .notes(note(metadata, first))
            .help(help(metadata, first));
        if first.place.camera.is_some() { softened(context, statement) } else { statement }
    });
}

/// The changes that put brackets around an object, or take them away.
fn brackets(metadata: &Metadata, wrong: &WrongType) -> Option<[Edit; 2]> {
    match wrong.form {
        Form::Single => Some([insert(wrong.span.start, "["), insert(wrong.span.end, "]")]),
        Form::Wrapped => {
            let inside = metadata.body.as_ref()?.span;
            unwrap(metadata.document.text(), inside, ("[", "]"))
        }
        _ => None,
    }
}

/// What is to be written in place of a value.
fn help(metadata: &Metadata, wrong: &WrongType) -> String {
    let entry = |name: &str| {
        format!("write an array of entries: [{{\"name\": \"{name}\", \"width\": …}}, …]")
    };
    match (wrong.form, wrong.field.as_str()) {
        (Form::Quoted, _) => "write the number without quotes".to_owned(),
        (Form::Encoded, _) => "encode it once: the string holds JSON".to_owned(),
        (Form::Wrapped, _) => "take away the brackets around the object".to_owned(),
        (Form::Single, _) => "put the entry into brackets: [{…}]".to_owned(),
        (Form::Keyed, _) => {
            let list = metadata.body.as_ref().and_then(|body| body.coefficients.as_ref());
            let name = list.and_then(|list| list.entries.first()?.name.as_ref());
            entry(name.map_or("…", |name| &name.value))
        }
        (Form::List(_), "heading") => {
            "write {\"w\": …, \"x\": …, \"y\": …, \"z\": …}; whether the list has w first or last, \
             its source says"
                .to_owned()
        }
        (Form::List(_), "position") => "write {\"x\": …, \"y\": …, \"z\": …}".to_owned(),
        (Form::List(_), "intrinsic") => {
            "write {\"fx\": …, \"fy\": …, \"cx\": …, \"cy\": …}".to_owned()
        }
        (Form::List(_), "radial") => "write {\"k1\": …, \"k2\": …, …}".to_owned(),
        (Form::List(_), "tangential") => "write {\"p1\": …, \"p2\": …}".to_owned(),
        _ => format!("write {} there", wrong.expected),
    }
}

/// What else is known of a value.
fn note(metadata: &Metadata, wrong: &WrongType) -> Option<&'static str> {
    let list = metadata.body.as_ref().and_then(|body| body.coefficients.as_ref());
    // Numbers for keys name no camera.
    let is_by_name = list.is_some_and(|list| list.complete);
    match (wrong.form, wrong.field.as_str()) {
        (Form::List(5), "radial") => Some(
            "five values are most likely OpenCV's k1 k2 p1 p2 k3: p1 and p2 belong in `tangential`",
        ),
        (Form::Keyed, _) if is_by_name => Some("its keys are the names of the cameras"),
        _ => None,
    }
}

/// Whether it is one of a group of numbers, as `camera.radial`.
fn in_group(wrong: &WrongType) -> bool {
    wrong.place.path.contains('.')
}

fn sentence(metadata: &Metadata, first: &WrongType, values: &[&&WrongType]) -> String {
    let WrongType { field, found, expected, .. } = first;
    if *expected == NAMES {
        let elements = if values.len() == 1 { "an element" } else { "elements" };
        return format!("`{field}` has {elements} of a wrong type: {found} in place of {NAMES}");
    }
    if in_group(first) {
        let mut places: Vec<Place> = values.iter().map(|wrong| wrong.place).collect();
        places.dedup();
        let fields: BTreeSet<&str> = values.iter().map(|wrong| wrong.field.as_str()).collect();
        let verb = if places.len() == 1 { "has" } else { "have" };
        let group = owners(metadata, &places);
        return format!("{group} {verb} {found} in place of {expected} under {}", quoted(fields));
    }
    let places: Vec<Place> = values.iter().map(|wrong| wrong.place).collect();
    let owners = owners(metadata, &places);
    if field.is_empty() {
        let verb = if values.len() == 1 { "is" } else { "are" };
        return format!("{owners} {verb} {found}, not {expected}");
    }
    format!("`{field}` in {owners} is {found}, not {expected}")
}
