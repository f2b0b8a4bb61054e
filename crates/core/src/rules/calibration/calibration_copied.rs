use std::collections::{BTreeMap, BTreeSet};

use super::{camera_list, has_lidar, projected_cameras};
use crate::document::json::Span;
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Part, Sink, Statement};
use crate::platform::Effect;

declare_rule! {
    /// Several cameras have the very same `heading` and `position`.
    ///
    /// Two cameras cannot be in one place and look one way. One entry was copied to make the other,
    /// or both still hold what a template had. Intrinsics may well be the same, for cameras of one
    /// make. Cameras that have no pose at all are not said here (C112). Only 3D data is looked at.
    ///
    /// **Repair:** write each camera's own rotation and place.
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
    ///   cameraCoefficients[0].camera.position.x = 1.5
    /// ```
    ///
    /// ```tree good
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
    ///   cameraCoefficients[1].camera.position.x = 0
    ///   cameraCoefficients[1].camera.position.y = 1
    /// ```
    CALIBRATION_COPIED {
        code: "C109",
        name: "calibration-copied",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["M7"],
        judges: several_poses,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(metadata) = context.metadata else { return };
    let mut alike: BTreeMap<[u64; 7], Vec<(&Coefficients, Span)>> = BTreeMap::new();
    let has_lidar = has_lidar(context);
    for (entry, camera) in projected_cameras(context) {
        // A rotation that is none is said already (C107), and so is a pose that nobody measured
        // (C112).
        let is_said = camera.heading_length() == Some(0.0) || has_lidar && camera.is_unplaced();
        if let Some(extrinsics) = camera.extrinsics().filter(|_| !is_said) {
            let span = camera.heading.as_ref().map_or(camera.span, |heading| heading.span);
            alike.entry(extrinsics).or_default().push((entry, span));
        }
    }
    let mut groups: Vec<_> = alike.into_values().filter(|cameras| are_several(cameras)).collect();
    groups.sort_by_key(|cameras| cameras.first().map(|(_, span)| *span));
    for cameras in groups {
        let Some(((original, _), copies)) = cameras.split_first() else { continue };
        // The first may be right; the one that repeats it is shown.
        let label = format!("the same as of {}", original.label());
        let parts = copies
            .iter()
            .map(|(_, span)| Part::located(metadata.document.point(*span, label.as_str())));
        sink.emit(&CALIBRATION_COPIED, parts, |_| {
            let list = camera_list(cameras.iter().map(|(entry, _)| entry.label()));
            Statement::new(format!("`heading` and `position` are the same in {list}"))
                .help("write each camera's own `heading` and `position`")
        });
    }
}

/// Whether more than one camera is meant: two entries of one name are said already.
fn are_several(cameras: &[(&Coefficients, Span)]) -> bool {
    let names: BTreeSet<Option<&str>> = cameras
        .iter()
        .map(|(entry, _)| entry.name.as_ref().map(|name| name.value.as_str()))
        .collect();
    names.len() > 1
}
