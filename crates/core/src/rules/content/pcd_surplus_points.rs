use super::{Saying, figures_of, say_faults};
use crate::contract::Effect;
use crate::finding::Sink;
use crate::probe::Fault;
use crate::rules::Context;

declare_rule! {
    /// A point cloud in text with more lines than its header says points. Seen with `--content full`.
    ///
    /// Readers stop at the number of points that the header says, and the points behind it are lost without a word. Most often lines
    /// were added by a script that left the header as it was.
    ///
    /// **Repair:** write into `POINTS`, and `WIDTH` times `HEIGHT`, how many lines there are.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =ascii, edit WIDTH 100\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 100\n -> POINTS 99\n
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd =ascii
    /// metadata.json
    /// ```
    PCD_SURPLUS_POINTS {
        code: "F115",
        name: "pcd-surplus-points",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let saying = |fault| {
        (fault == Fault::MorePoints).then(|| Saying {
            does: ("has more lines than its header says points".to_owned(), "have"),
            label: "",
            help: "write into POINTS, and WIDTH times HEIGHT, how many lines there are",
        })
    };
    say_faults(context, sink, &PCD_SURPLUS_POINTS, saying, figures_of);
}
