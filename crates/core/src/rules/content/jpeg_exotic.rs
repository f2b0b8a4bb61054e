use sensortree_probe::{Exotic, Fault};

use super::{Saying, figures_of, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A JPEG of a kind that not every reader takes, or not in the same way.
    ///
    /// Browsers show baseline and progressive JPEG with 8 bits a sample, in grey or in colour. Images in CMYK come out in
    /// wrong colours or not at all; those of 12 bits, with arithmetic coding, without loss or in several layers not at all.
    /// A frame of Motion JPEG leaves out the tables of codes, and only some readers know to use the standard's. Bytes that
    /// belong to nothing, between an image's data and its end marker (seen with `--content full`), make some readers warn.
    /// Where Exif says that the image is to be turned, one program shows it turned and the next does not, and what is drawn
    /// on the one does not fit the other.
    ///
    /// **Repair:** write the images again as baseline JPEG in RGB, turned as they are to be shown.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x2 +100 =cmyk
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
    JPEG_EXOTIC {
        code: "F108",
        name: "jpeg-exotic",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Headers,
        judges: jpegs,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::Exotic(exotic) = fault else { return None };
        let (what, several) = match exotic {
            Exotic::Cmyk => ("is in CMYK, colours made for print".to_owned(), "are"),
            Exotic::Precision(bits) => {
                (format!("has {bits} bits a sample, where browsers take 8"), "have")
            }
            Exotic::Lossless => {
                ("is coded without loss, which browsers do not read".to_owned(), "are")
            }
            Exotic::Arithmetic => {
                ("has arithmetic coding, which browsers do not read".to_owned(), "have")
            }
            Exotic::Hierarchical => {
                ("is coded in layers, which browsers do not read".to_owned(), "are")
            }
            Exotic::StandardCodes => {
                ("has no tables of codes, as a frame of Motion JPEG".to_owned(), "have")
            }
            Exotic::StrayBytes => (
                "has bytes within it that belong to nothing, though it is whole".to_owned(),
                "have",
            ),
            Exotic::Orientation(orientation) => {
                (format!("is {} by Exif", turned(orientation)), "are")
            }
        };
        let help = match exotic {
            Exotic::StandardCodes => {
                "write the images again with their tables, as with `jpegtran` or `mjpeg2jpeg`"
            }
            Exotic::StrayBytes => "write the images again, as with `jpegtran`",
            Exotic::Orientation(_) => {
                "turn the pixels themselves, as with `jpegtran` or `exiftran`, and leave Exif at 1"
            }
            _ => "write the images again as baseline JPEG in RGB, 8 bits a sample",
        };
        Some(Saying { does: (what, several), label: "", help })
    };
    say_faults(context, sink, &JPEG_EXOTIC, saying, figures_of);
}

/// What Exif says is to be done to show the image.
fn turned(orientation: u8) -> &'static str {
    match orientation {
        2 => "mirrored",
        3 => "turned upside down",
        4 => "mirrored and turned upside down",
        5 | 7 => "mirrored and turned on its side",
        _ => "turned on its side",
    }
}
