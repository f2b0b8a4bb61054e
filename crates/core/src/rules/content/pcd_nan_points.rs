use sensortree_probe::Fault;

use super::say_fault;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud in which at least 19 of 20 points are no numbers (NaN or infinite). Seen with `--content full`.
    ///
    /// Where a beam comes back with nothing, writers of organised clouds put NaN, and readers pass over it. Half of a frame can be
    /// so when a sensor looks into the sky, and more than two thirds in the open. With less than a twentieth left, the sensor was
    /// covered or switched off, or its points were lost on the way.
    ///
    /// **Repair:** look at the frames in a viewer. Where they show nothing, convert them again from the recording, or delete them in
    /// every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =lost points
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =half lost
    /// metadata.json
    /// ```
    PCD_NAN_POINTS {
        code: "F111",
        name: "pcd-nan-points",
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
        &PCD_NAN_POINTS,
        Fault::LostPoints,
        ("has hardly any point that is a number", "have"),
        help,
    );
}
