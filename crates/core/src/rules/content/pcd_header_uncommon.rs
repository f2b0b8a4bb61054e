use sensortree_probe::Fault;
use sensortree_probe::pcd::Uncommon;

use super::{Saying, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud that most readers take, and that one of them refuses or reads in another way.
    ///
    /// The usual readers (PCL, Open3D, pypcd4) do not agree on everything that stands in the wild: the driver of Livox writes
    /// `WIDTH 0` and `HEIGHT 0` beside the right `POINTS`, that of Ouster a field of `COUNT 0`, and PCL leaves padding (`_`) out of
    /// compressed data. Which reader the platform has is not known.
    ///
    /// **Repair:** write the frames again with a library for PCD, as PCL does it.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100 =edit HEIGHT 1\n -> HEIGHT 0\n
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    PCD_HEADER_UNCOMMON {
        code: "F120",
        name: "pcd-header-uncommon",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::Uncommon(uncommon) = fault else { return None };
        let (what, several, label) = words(uncommon);
        let help = "write the frames again with a library for PCD, or mend the line in each";
        Some(Saying { does: (what.to_owned(), several), label, help })
    };
    say_faults(context, sink, &PCD_HEADER_UNCOMMON, saying, |_| None);
}

fn words(uncommon: Uncommon) -> (&'static str, &'static str, &'static str) {
    match uncommon {
        Uncommon::NoShape => (
            "says WIDTH 0 and HEIGHT 0 beside its points, which PCL refuses",
            "say",
            "POINTS belongs here, and 1 into HEIGHT",
        ),
        Uncommon::ZeroSide => {
            ("says a WIDTH or HEIGHT of 0, which not every reader takes", "say", "not 0")
        }
        Uncommon::NoHeight => {
            ("has no HEIGHT, and another WIDTH than POINTS", "have", "not POINTS, and no HEIGHT")
        }
        Uncommon::NoValues => {
            ("has a field of COUNT 0, which not every reader takes", "have", "COUNT 0")
        }
        Uncommon::NoHeading => (
            "has a VIEWPOINT whose heading is all zeros, which not every reader takes",
            "have",
            "1 0 0 0 is no turn",
        ),
        Uncommon::PaddingLeftOut => (
            "leaves padding out of its compressed data, which not every reader takes",
            "leave",
            "`_` is not in the data",
        ),
    }
}
