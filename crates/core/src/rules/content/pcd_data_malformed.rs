use sensortree_probe::Fault;
use sensortree_probe::pcd::DataFault;

use super::{Saying, figures_of, say_faults};
use crate::finding::{Context, Sink};
use crate::platform::Effect;

declare_rule! {
    /// A point cloud whose data make no sense, so that its points cannot be read. Most of it is seen with `--content full`.
    ///
    /// The header is right, and what stands behind it is not: compressed data that cannot be unpacked, or not to the size that they
    /// are said to have; or in text a line with fewer numbers than a point, or with a word that is no number. Padding (`_`) may be left
    /// out of a line, and NaN is a number here. Compressed data stand field by field, so that with another number of points than the
    /// header says each coordinate is read from another place. That, and what is wrong within the first 4 KiB of text, is seen without
    /// `--content full`, too. What stands behind the last line that the header says is not read, as by other readers.
    ///
    /// **Repair:** write the frame again from the recording; where text was written, mind decimal commas and lines that run into
    /// each other.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =compressed, torn
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =compressed
    /// metadata.json
    /// ```
    PCD_DATA_MALFORMED {
        code: "F114",
        name: "pcd-data-malformed",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T7"],
        needs: Headers,
        judges: point_clouds,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let Fault::Data(fault) = fault else { return None };
        let (one, several, label) = words(fault);
        Some(Saying {
            does: (one.to_owned(), several),
            label,
            help: "write the frames again from the recording",
        })
    };
    say_faults(context, sink, &PCD_DATA_MALFORMED, saying, figures_of);
}

fn words(fault: DataFault) -> (&'static str, &'static str, &'static str) {
    match fault {
        DataFault::Packing => ("holds compressed data that cannot be unpacked", "hold", ""),
        DataFault::Size => ("holds compressed data of another size than its points", "hold", ""),
        DataFault::NoNumber => ("holds a word that is no number", "hold", "no number"),
        DataFault::TooFewNumbers => {
            ("has a line with fewer numbers than a point", "have", "too few numbers for a point")
        }
    }
}
