use sensortree_probe::Fault;

use super::say_fault;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud that holds less than its header promises: it was cut off.
    ///
    /// For binary data the header says exactly how many bytes must follow, and for compressed data two sizes stand before
    /// them. Of text it is said only where the points cannot fit, at two bytes for each number; with `--content full` the
    /// lines are counted. More bytes than promised are padding, as the point cloud library writes it, and are in order.
    ///
    /// **Repair:** copy the frame again from its source; where the recording itself was cut off, delete the frame in every
    /// sensor of the scene.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =cut
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_TRUNCATED {
        code: "F103",
        name: "pcd-truncated",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T7"],
        needs: Headers,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let help =
        "copy the frames again from their source, or delete them in every sensor of the scene";
    say_fault(
        context,
        sink,
        &PCD_TRUNCATED,
        Fault::ShortPointCloud,
        ("holds less than the header promises", "hold"),
        help,
    );
}
