use super::pairing::{Answer, CoefficientsPairing, Mistake};
use super::{body, is_projected, put_at_risk, quoted};
use crate::document::json::Span;
use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// A camera of 3D data has no entry in `cameraCoefficients`.
    ///
    /// Without it the camera's images cannot be laid over the point clouds. 2D data needs none, and a dataset of LiDARs alone
    /// neither. An entry whose name is nearly the camera's is taken for its own, and is said here once.
    ///
    /// **Repair:** add the camera's entry, or correct the name in it: the folder's name without `camera-`.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context).filter(|_| is_projected(context)) else { return };
    let Some(list) = &body.coefficients else { return };
    let Some(pairing) = CoefficientsPairing::of(context, body) else { return };
    for (_, name, answer) in &pairing.entries {
        let Answer::Meant(id, mistake) = answer else { continue };
        let sensor = context.layout.sensor(*id);
        let mut finding = sink.gather(&COEFFICIENTS_MISSING);
        finding.about_sensor(&sensor.folder_name);
        finding.locate(metadata.document.point(name.span, format!("expected \"{}\"", sensor.name)));
        put_at_risk(context, &sensor.name, &mut finding);
        finding.help(format!("write \"{}\" there", sensor.name));
        let why = if *mistake == Mistake::Prefix { ", without the prefix" } else { "" };
        finding.say(format!(
            "`cameraCoefficients` names `{}`; the camera's name is `{}`{why}",
            text::short(&name.value),
            sensor.name
        ));
    }
    // An entry without a readable name may be the one that is looked for.
    if !list.complete {
        return;
    }
    let mut finding = sink.gather(&COEFFICIENTS_MISSING);
    let mut names = Vec::new();
    for id in pairing.without {
        let sensor = context.layout.sensor(id);
        if finding.add(Example::at(context.tree.path(sensor.folder))) {
            put_at_risk(context, &sensor.name, &mut finding);
            names.push(sensor.name.as_str());
        }
    }
    if finding.count() > 0 {
        let bracket = Span::new(list.span.start, list.span.start + 1);
        finding.locate_many(
            0,
            metadata
                .document
                .point(bracket, format!("no entry for {}", quoted(names.iter().copied()))),
        );
    }
    finding.help("add an entry for each camera");
    let noun = if names.len() == 1 { "camera" } else { "cameras" };
    finding.say(format!("`cameraCoefficients` has no entry for the {noun} {}", quoted(names)));
}
