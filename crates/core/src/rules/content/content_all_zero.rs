use super::{Saying, say_faults};
use crate::contract::Effect;
use crate::finding::Sink;
use crate::probe::Fault;
use crate::rules::Context;

declare_rule! {
    /// A file of zero bytes where its header or its data should be: a copy that failed.
    ///
    /// Some programs reserve a file's whole size before they write it, and file systems fill it with zeros after a crash. The
    /// size looks right, and nothing is in it. Only the beginning is looked at; with `--content full` also whether all behind a
    /// header is zero: each byte of a point cloud's points, or of an image that has no end either.
    ///
    /// **Repair:** copy the frame again from its source.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        let what = match fault {
            Fault::Zeros => "holds zero bytes where the header should be",
            Fault::BlankBody => "holds nothing but zero bytes behind the header",
            _ => return None,
        };
        Some(Saying {
            does: (what.to_owned(), "hold"),
            label: "",
            help: "copy the frames again from their source, or delete them in every sensor of the scene",
        })
    };
    say_faults(context, sink, &CONTENT_ALL_ZERO, saying, |_| None);
}
