use super::edits::{edit, replace, string};
use super::pairing::{Answer, CoefficientsPairing, Mistake};
use super::{body, is_projected, quoted, scenes_of};
use crate::document::json::{Span, Spanned};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::SensorId;
use crate::platform::Effect;
use crate::repair::Repair;
use crate::rules::sentences::SHOWN;
use crate::text;

declare_rule! {
    /// A camera of 3D data has no entry in `cameraCoefficients`.
    ///
    /// Without it the camera's images cannot be laid over the point clouds. 2D data needs none, and
    /// a dataset of LiDARs alone neither. An entry whose name is nearly the camera's is taken for
    /// its own, and is said here once. Where as many entries name no camera as cameras have no
    /// entry, the pairs by order are offered, and M112 does not say them again.
    ///
    /// **Repair:** add the camera's entry, or correct the name in it: the folder's
    /// name without `camera-`.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// camera-left/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[1] absent
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
    COEFFICIENTS_MISSING {
        code: "M111",
        name: "coefficients-missing",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["M5", "T13"],
        judges: cameras_and_coefficients,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context).filter(|_| is_projected(context)) else { return };
    let Some(list) = &body.coefficients else { return };
    let Some(pairing) = CoefficientsPairing::of(context, body) else { return };
    for (_, name, answer) in &pairing.entries {
        let Answer::Meant(id, mistake) = answer else { continue };
        let sensor = context.layout.sensor(*id);
        let place = metadata.document.point(name.span, format!("expected \"{}\"", sensor.name));
        let why = if *mistake == Mistake::Prefix { ", without the prefix" } else { "" };
        let statement = Statement::new(format!(
            "`cameraCoefficients` names `{}`; the camera's name is `{}`{why}",
            text::short(&name.value),
            sensor.name
        ))
        .about_sensor(&sensor.folder_name)
        .in_scenes(scenes_of(context, &sensor.name))
        .help(format!("write \"{}\" there", sensor.name))
        .repair(
            Repair::to_be_looked_at("no other camera lacks an entry that it could be")
                .with(edit(metadata, [replace(name.span, string(&sensor.name))])),
        );
        sink.emit_one(&COEFFICIENTS_MISSING, place, statement);
    }
    // An entry without a readable name may be the one that is looked for.
    if !list.complete {
        return;
    }
    let pairs = pairing.by_order().unwrap_or_default();
    let parts = pairing.without.into_iter().map(|id| {
        let sensor = context.layout.sensor(id);
        Part::at(Example::at(context.tree.path(sensor.folder))).keyed(sensor)
    });
    sink.emit(&COEFFICIENTS_MISSING, parts, |kept| {
        let names = quoted(kept.keys().map(|sensor| sensor.name.as_str()));
        let noun = kept.verb("camera", "cameras");
        let bracket = Span::new(list.span.start, list.span.start + 1);
        let label = format!("no entry for {names}");
        let mut statement =
            Statement::new(format!("`cameraCoefficients` has no entry for the {noun} {names}"))
                .help("add an entry for each camera");
        if !pairs.is_empty() {
            let unknown = quoted(pairs.iter().map(|(name, _)| name.value.as_str()));
            let verb = if pairs.len() == 1 { "is not a camera" } else { "are not cameras" };
            statement = Statement::new(format!(
                "`cameraCoefficients` has no entry for the {noun} {names}, and {unknown} {verb} \
                 of the tree"
            ))
            .note(format!("by order: {}", by_order(context, &pairs)))
            .repair(Repair::to_be_looked_at("the order is that of the cameras").with(
                edit(
                    metadata,
                    pairs.iter().map(|(name, id)| {
                        replace(name.span, string(&context.layout.sensor(*id).name))
                    }),
                ),
            ))
            .help(
                "write the cameras' names in the entries where they are the same, or add entries",
            );
        }
        statement
            .pointing_at([metadata.document.point(bracket, label)])
            .in_scenes(kept.keys().flat_map(|sensor| scenes_of(context, &sensor.name)))
    });
}

/// Names and the cameras that they may stand for.
fn by_order(context: &Context<'_>, pairs: &[(&Spanned<String>, SensorId)]) -> String {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, id)| {
            format!("`{}` → `{}`", text::short(&name.value), context.layout.sensor(*id).name)
        })
        .collect();
    text::list(&pairs, SHOWN)
}
