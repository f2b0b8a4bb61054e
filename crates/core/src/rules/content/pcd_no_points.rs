use sensortree_probe::Fault;

use super::{Saying, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose header says that it has no points.
    ///
    /// Such a file can be read, and there is nothing in it to annotate. Some writers leave one behind for each revolution in
    /// which the sensor gave nothing, or where a filter took every point.
    ///
    /// **Repair:** delete the frame in every sensor of the scene, or write its points.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =no points
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_NO_POINTS {
        code: "F105",
        name: "pcd-no-points",
        effect: Effect::Scene,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        (fault == Fault::NoPoints).then(|| Saying {
            does: ("has no points".to_owned(), "have"),
            label: "",
            help: "delete the frames in every sensor of the scene, or write their points",
        })
    };
    say_faults(context, sink, &PCD_NO_POINTS, saying, |_| None);
}
