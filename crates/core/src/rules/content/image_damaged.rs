use sensortree_probe::{ChunkFault, Fault};

use super::{Saying, figures_of, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A PNG or WebP image that is cut off or damaged.
    ///
    /// That it is cut off is seen from its end, or from the size that it says of itself. With `--content full` all of it is
    /// read: the chunks of both, and of a PNG each checksum, and whether its rows can be unpacked and are all there. Whether
    /// the platform takes such images here is not known (L115): if it does, these cannot be shown, and if it does not, none of
    /// them is a frame. So it is more than advice, which a whole one is.
    ///
    /// **Repair:** copy the frame again from its source; where the recording itself is damaged, delete the frame in every
    /// sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.png
    ///     1681532060161.png =torn
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.png x2 +100
    /// metadata.json
    /// ```
    IMAGE_DAMAGED {
        code: "F118",
        name: "image-damaged",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Headers,
        judges: pngs_or_webps,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::Chunks(fault) = fault else { return None };
        let (what, several) = match fault {
            ChunkFault::CutOff => ("ends before the image does", "end"),
            ChunkFault::Checksum => ("holds data that are not those of their checksum", "hold"),
            ChunkFault::Packing => ("holds rows that cannot be unpacked", "hold"),
            ChunkFault::MissingRows => ("has fewer rows than the image should have", "have"),
            ChunkFault::Malformed => ("has a malformed chunk", "have"),
            ChunkFault::NoImage => ("has no chunk with the image", "have"),
        };
        Some(Saying {
            does: (what.to_owned(), several),
            label: "",
            help: "copy the frames again from their source, or delete them in every sensor of the scene",
        })
    };
    say_faults(context, sink, &IMAGE_DAMAGED, saying, figures_of);
}
