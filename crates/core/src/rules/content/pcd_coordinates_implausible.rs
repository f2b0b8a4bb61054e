use sensortree_probe::Fault;
use sensortree_probe::pcd::Disproportion;

use super::{Saying, figures_of, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose coordinates are out of all proportion: in millimetres, on a map, or no coordinates at all. Seen with
    /// `--content full`.
    ///
    /// The points of a frame lie around the sensor, in metres: a car's LiDAR reaches 300 m. Where half of them are more than 1,000
    /// from the origin, they are in millimetres if they lie around it, and in a map's coordinates (UTM) if they lie together on one
    /// side. The cameras' poses are said in the sensor's frame, so that neither fits the images, and single-precision numbers hold a
    /// map's coordinates only to half a metre. Where one of 20 is over 10,000,000,000, the bytes were read as what they are not: in
    /// another order, or with fields that the header does not have. Points at the origin, and such that are no numbers, do not count.
    ///
    /// **Repair:** write the points in metres and in the sensor's own frame.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =millimetres
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
    PCD_COORDINATES_IMPLAUSIBLE {
        code: "F113",
        name: "pcd-coordinates-implausible",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::Disproportion(disproportion) = fault else { return None };
        let (where_, help) = words(disproportion);
        Some(Saying { does: (format!("has its points {where_}"), "have"), label: "", help })
    };
    say_faults(context, sink, &PCD_COORDINATES_IMPLAUSIBLE, saying, figures_of);
}

fn words(disproportion: Disproportion) -> (&'static str, &'static str) {
    match disproportion {
        Disproportion::Unit => (
            "over 1,000 m from the sensor, as in millimetres",
            "write the points in metres, in the sensor's own frame",
        ),
        Disproportion::Map => (
            "over 1,000 m from the sensor on one side, as in a map's coordinates",
            "take the sensor's place off the points, and its heading, so that they lie in the sensor's own frame",
        ),
        Disproportion::Noise => (
            "beyond all measure, as bytes that are no coordinates",
            "write the frames again, with the fields in the order and of the types that the header says",
        ),
    }
}
