use sensortree_probe::{Fault, MissingPart};

use super::{Saying, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A JPEG that lacks its end, its data, or the header that says how large it is.
    ///
    /// A JPEG ends in a marker, behind which other data may stand. An image without one was cut off while it was written or
    /// copied: most viewers draw its upper part and leave the rest grey, and some draw nothing.
    ///
    /// **Repair:** copy the frame again from its source; where the recording itself was cut off, delete the frame in every
    /// sensor of the scene.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =cut
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    JPEG_TRUNCATED {
        code: "F107",
        name: "jpeg-truncated",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Headers,
        judges: jpegs,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::CutOffImage(lacking) = fault else { return None };
        let what = match lacking {
            MissingPart::Frame => "has no header that says how large the image is",
            MissingPart::Data => "ends before the image's data",
            MissingPart::End => "lacks the end of the image",
        };
        let several = match lacking {
            MissingPart::Frame => "have",
            MissingPart::Data => "end",
            MissingPart::End => "lack",
        };
        Some(Saying {
            does: (what.to_owned(), several),
            label: "",
            help: "copy the frames again from their source, or delete them in every sensor of the scene",
        })
    };
    say_faults(context, sink, &JPEG_TRUNCATED, saying, |_| None);
}
