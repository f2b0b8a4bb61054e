use sensortree_probe::Fault;

use super::say_fault;
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud that holds more points than its header says.
    ///
    /// In binary these are bytes of whole points behind the last, more than the 4 KiB of padding that writers leave there at most; in
    /// text more lines, which are counted with `--content full`. Readers stop at the number of points that the header says, and the points behind it are lost without a word. Most often lines
    /// were added by a script that left the header as it was.
    ///
    /// **Repair:** write into `POINTS`, and `WIDTH` times `HEIGHT`, how many points there are.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =ascii, edit WIDTH 100\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 100\n -> POINTS 99\n
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =ascii
    /// metadata.json
    /// ```
    PCD_SURPLUS_POINTS {
        code: "F115",
        name: "pcd-surplus-points",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let help = "write into POINTS, and WIDTH times HEIGHT, how many points there are";
    say_fault(
        context,
        sink,
        &PCD_SURPLUS_POINTS,
        Fault::MorePoints,
        ("has more points than its header says", "have"),
        help,
    );
}
