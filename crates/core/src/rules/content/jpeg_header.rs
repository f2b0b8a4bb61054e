use sensortree_probe::{Fault, JpegHeaderFault};

use super::{Saying, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A JPEG whose headers no decoder takes, though it begins and ends as one.
    ///
    /// Before the data of an image stand its size, its components, and the tables that it is decoded with. Where one of
    /// them is missing, or names what is not there, readers give up without a single pixel. So they do with an image that
    /// says it is larger than its bytes can hold: each block of 8 by 8 pixels takes two bits at least. Most often a
    /// program wrote or changed the headers by itself, or bytes were lost at the file's beginning.
    ///
    /// **Repair:** write the image again from the recording, or copy it again from its source.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =no tables
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
    JPEG_HEADER {
        code: "F116",
        name: "jpeg-header",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T8"],
        needs: Headers,
        judges: jpegs,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::ImageHeader(fault) = fault else { return None };
        let (what, several) = words(fault);
        let help = match fault {
            JpegHeaderFault::TooFewBytes => {
                "copy the frames again from their source, or write them again from the recording"
            }
            _ => "write the images again from the recording",
        };
        Some(Saying { does: (what.to_owned(), several), label: "", help })
    };
    say_faults(context, sink, &JPEG_HEADER, saying, |_| None);
}

fn words(fault: JpegHeaderFault) -> (&'static str, &'static str) {
    match fault {
        JpegHeaderFault::Frame => {
            ("has a header that contradicts itself on the image's components", "have")
        }
        JpegHeaderFault::SecondStart => {
            ("ends within its headers, where another image begins", "end")
        }
        JpegHeaderFault::UnknownMarker => ("has a segment of no kind among its headers", "have"),
        JpegHeaderFault::SecondFrame => ("has two headers that say how large it is", "have"),
        JpegHeaderFault::Table => ("has a malformed table to decode it with", "have"),
        JpegHeaderFault::NoQuantisation => ("lacks a quantisation table that it names", "lack"),
        JpegHeaderFault::Scan => ("has a malformed header of its coded data", "have"),
        JpegHeaderFault::UnknownComponent => {
            ("has coded data of a component that the image has not", "have")
        }
        JpegHeaderFault::NoCodes => ("lacks a Huffman table that it names", "lack"),
        JpegHeaderFault::TooFewBytes => ("holds too few bytes for an image of its size", "hold"),
    }
}
