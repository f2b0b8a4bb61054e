use sensortree_probe::Fault;

use super::say_fault;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud in which at least 19 of 20 points lie at the origin, where the sensor is. Seen with `--content full`.
    ///
    /// Some drivers write 0 0 0 where a beam comes back with nothing, so that half of a frame can be so and is not said here. With
    /// less than a twentieth left, the sensor saw nothing, or its points were lost on the way. Points that are no numbers do not
    /// count. Where each byte behind the header is zero, the other fields included, that is said instead (F110).
    ///
    /// **Repair:** look at the frames in a viewer. Where they show nothing, convert them again from the recording, or delete them in
    /// every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =points at origin
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    /// metadata.json
    /// ```
    PCD_ZERO_POINTS {
        code: "F112",
        name: "pcd-zero-points",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let help = "look at the frames in a viewer, and convert them again from the recording if they show nothing";
    say_fault(
        context,
        sink,
        &PCD_ZERO_POINTS,
        Fault::PointsAtOrigin,
        ("has hardly any point away from the origin", "have"),
        help,
    );
}
