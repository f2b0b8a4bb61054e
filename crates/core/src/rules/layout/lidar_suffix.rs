use super::suffix;
use crate::finding::{Context, Sink};
use crate::names::SensorKind;
use crate::platform::Effect;

declare_rule! {
    /// A file under a LiDAR that does not end in `.pcd`.
    ///
    /// Every point cloud on the platform's pages is a `.pcd`, lower case, and none of them mentions
    /// another format. So `.bin`, `.las`, `.ply` or `.npy` are taken to be unreadable there, `.PCD`
    /// to be overlooked by a reader that looks for the suffix, and a file that is no point cloud at
    /// all to be out of place. Images under a LiDAR are L116.
    ///
    /// **Repair:** rename `.PCD` to `.pcd`; convert other formats, which a new suffix alone does
    /// not do; unpack what is packed (`.pcd.gz`, a scene as `.zip`); keep labels and logs outside
    /// the folder that is uploaded.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.bin x3 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    LIDAR_SUFFIX {
        code: "L114",
        name: "lidar-suffix",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T7"],
        judges: lidars,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    suffix::check(context, sink, &LIDAR_SUFFIX, SensorKind::Lidar);
}
