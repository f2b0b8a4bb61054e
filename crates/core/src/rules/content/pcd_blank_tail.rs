use sensortree_probe::Fault;

use super::say_fault;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose last points, a quarter of all or more, are nothing but zero bytes. Seen with `--content full`.
    ///
    /// A write that broke off leaves zeros where the rest of the file should be, and the size looks right. Some drivers reserve room
    /// for all beams of a turn and fill only what came back, so that it need not be damage: then the header should say fewer points.
    /// It is looked for in binary clouds. Where (nearly) all of a cloud is zero, that is said instead (F110).
    ///
    /// **Repair:** copy the frame again from its source; where the source has it so, write into `POINTS` how many there are.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =half blank
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_BLANK_TAIL {
        code: "F121",
        name: "pcd-blank-tail",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let help =
        "copy the frames again from their source, or write into POINTS how many points there are";
    say_fault(
        context,
        sink,
        &PCD_BLANK_TAIL,
        Fault::BlankTail,
        ("ends in points that are nothing but zero bytes", "end"),
        help,
    );
}
