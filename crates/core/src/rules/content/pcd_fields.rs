use sensortree_probe::Fault;
use sensortree_probe::pcd::FieldFault;

use super::{Saying, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose points have no position, or values that are no numbers.
    ///
    /// The fields `x`, `y` and `z` place a point; their names are written in lower case. A type is `F` for floating point,
    /// `I` or `U` for whole numbers, and a float has 4 or 8 bytes. Further fields are taken as they are.
    ///
    /// **Repair:** write the point clouds with `x`, `y` and `z` as 4-byte floats.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd =edit FIELDS x y z -> FIELDS X Y Z
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd =edit FIELDS x y z intensity -> FIELDS x y z reflectivity
    /// metadata.json
    /// ```
    PCD_FIELDS {
        code: "F104",
        name: "pcd-fields",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T7"],
        needs: Headers,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::Fields(fault) = fault else { return None };
        let (does, label) = match fault {
            FieldFault::NoPosition => {
                (("lacks one of the fields `x`, `y` and `z`", "lack"), "no x, y and z")
            }
            FieldFault::Type => {
                (("has a field of a type that is none of F, I and U", "have"), "of another type")
            }
            FieldFault::Size => (
                ("has a position of a size that no number has", "have"),
                "of no size that its type has",
            ),
        };
        let help = "write the point clouds with `x`, `y` and `z` as 4-byte floats";
        Some(Saying { does: (does.0.to_owned(), does.1), label, help })
    };
    say_faults(context, sink, &PCD_FIELDS, saying, |_| None);
}
