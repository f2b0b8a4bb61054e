use super::say_faults;
use crate::platform::Effect;

declare_rule! {
    /// A file of zero bytes where its header or its data should be: a copy that failed, or a
    /// recording that was cut off.
    ///
    /// Some programs reserve a file's whole size before they write it, and file systems fill it
    /// with zeros after a crash. The size looks right, and nothing is in it. A power cut or a full
    /// disk leaves the last frames of a scene so, which is said where all frames of the scene were
    /// looked into. Only the first 4 KiB of a file are looked at, so that zeros behind a point
    /// cloud's header are seen in files as short as that; with `--content full` in all: at least 99
    /// of 100 bytes of the points, up to the end, or each byte of an image that has no end either.
    ///
    /// **Repair:** copy the frame again from its source. Where the recording itself ended so,
    /// delete that time in every sensor.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =zeros
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    CONTENT_ALL_ZERO {
        code: "F110",
        name: "content-all-zero",
        effect: Effect::Scene,
        basis: Implied,
        facts: [],
        needs: Headers,
        checked_by: say_faults,
    }
}
