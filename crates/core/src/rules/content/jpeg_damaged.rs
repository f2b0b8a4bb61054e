use sensortree_probe::{Damage, Fault};

use super::{Saying, figures_of, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A JPEG whose coded data are damaged, though it has its end marker. Seen with `--content full`.
    ///
    /// Every code of the image is read, as a decoder reads it: where the data end before the image does, hold what is no
    /// code, or go on when the image is whole, pixels are lost. Viewers show such an image with its lower part grey or in
    /// wrong colours, and most say nothing. The byte is where it shows; the damage is there or before. Copies in text mode
    /// (each line break changed), blocks of zeros after a crash, and two files run into one are the usual causes. Of
    /// images with arithmetic coding or without loss only the end is looked for.
    ///
    /// **Repair:** copy the frame again from its source, in binary mode; where the recording itself is damaged, delete the
    /// frame in every sensor of the scene.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =torn
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
    ///     1681532060061.jpg x2 +100
    /// metadata.json
    /// ```
    JPEG_DAMAGED {
        code: "F117",
        name: "jpeg-damaged",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Whole,
        judges: jpegs,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::DamagedImage(damage) = fault else { return None };
        let (what, several) = match damage {
            Damage::Early => ("ends before all of the image's data", "end"),
            Damage::NoCode => ("holds data that are no code of the image", "hold"),
            Damage::Restart => ("lacks a restart marker where one is due", "lack"),
            Damage::Surplus => ("holds more data than the image takes", "hold"),
            Damage::BetweenScans => ("has a malformed header within its data", "have"),
        };
        Some(Saying {
            does: (what.to_owned(), several),
            label: "",
            help: "copy the frames again from their source, in binary mode, or delete them in every sensor of the scene",
        })
    };
    say_faults(context, sink, &JPEG_DAMAGED, saying, figures_of);
}
