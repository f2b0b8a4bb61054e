use sensortree_probe::Fault;

use super::say_fault;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose points all have the same position. Seen with `--content full`.
    ///
    /// No sensor measures one place only. A converter that writes the first point again and again, or reads all points from
    /// one place in its buffer, makes such a cloud. It can be read, and an annotator sees a single dot. Points that are no
    /// numbers do not count, and a cloud of one point is not meant here (F124 compares it with the others of its scene).
    /// Where the points are all at the origin, that is said instead (F112).
    ///
    /// **Repair:** convert the frames again from the recording, or delete these times in every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =equal points
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
    PCD_POINTS_EQUAL {
        code: "F126",
        name: "pcd-points-equal",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let help = "convert the frames again from the recording, or delete these times in every sensor";
    say_fault(
        context,
        sink,
        &PCD_POINTS_EQUAL,
        Fault::PointsEqual,
        ("has all points in the same place", "have"),
        help,
    );
}
