use super::{Fault, emit_faults, projected_cameras};
use crate::document::calibration::{CameraModel, Parameters};
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::repair::Edit;
use crate::rules::metadata::edits::{replace, string};

declare_rule! {
    /// The keys of `heading` or `intrinsic` are not in the order in which the SDK reads them.
    ///
    /// The SDK takes the values by their order in the file, x y z w and fx fy cx cy, and does not
    /// look at the keys. The platform's own sample writes w first, so the two disagree, and which
    /// of them the platform follows is not known. For this reason the rule is off unless it is
    /// selected. JSON itself gives keys no order.
    ///
    /// **Repair:** if the data goes through the SDK, write the keys in its order.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json with:
    ///   cameraCoefficients[0].camera.heading = {"x": -0.5, "y": 0.5, "z": -0.5, "w": 0.5}
    /// ```
    PARAMETER_KEY_ORDER {
        code: "C111",
        name: "parameter-key-order",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["M8"],
        default_on: false,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let text = context.metadata.map_or(&[][..], |metadata| metadata.document.text());
    let faults = projected_cameras(context).flat_map(|(entry, camera)| {
        let intrinsics = camera.model().map(CameraModel::intrinsics).unwrap_or_default();
        let order = &["x", "y", "z", "w"];
        let heading = fault(text, entry, "heading", camera.heading.as_ref(), order);
        let intrinsic = fault(text, entry, "intrinsic", camera.intrinsic.as_ref(), intrinsics);
        heading.into_iter().chain(intrinsic)
    });
    emit_faults(context, sink, &PARAMETER_KEY_ORDER, faults);
}

fn fault<'a>(
    text: &[u8],
    entry: &'a Coefficients,
    field: &str,
    group: Option<&Parameters>,
    order: &[&str],
) -> Option<Fault<'a>> {
    // A list has no keys; M103 says so.
    let group = group.filter(|group| !group.is_list)?;
    let keys: Vec<&str> = group.members.iter().map(|member| member.key.value.as_str()).collect();
    // Keys too many or too few are said by other rules.
    let is_same = keys.len() == order.len() && order.iter().all(|key| keys.contains(key));
    if !is_same || keys == order {
        return None;
    }
    let (keys, order) = (keys.join(" "), order.join(" "));
    let what = format!("`{field}` has its keys in the order {keys}");
    let fault = Fault::new(entry, group.span, format!("read as {order}"), what)
        .tail(format!("; the SDK reads {order}"))
        .help("write the keys in the SDK's order");
    Some(fault.edits("a key keeps its value", reordered(text, group, &order).into_iter().collect()))
}

/// The change that writes a group of numbers in another order of its keys.
fn reordered(text: &[u8], group: &Parameters, order: &str) -> Option<Edit> {
    let members: Option<Vec<String>> = order
        .split(' ')
        .map(|key| {
            let span = group.member(key)?.span;
            let value = text.get(span.start..span.end)?;
            Some(format!("{}: {}", string(key), String::from_utf8_lossy(value)))
        })
        .collect();
    Some(replace(group.span, format!("{{{}}}", members?.join(", "))))
}
