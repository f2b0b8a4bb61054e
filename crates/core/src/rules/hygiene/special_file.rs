use super::remarked;
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::text;
use crate::tree::FileClass;

declare_rule! {
    /// A socket, a named pipe or a device inside the tree.
    ///
    /// It holds no data that could be uploaded, and a tool that tries to read it may wait for ever.
    /// No page speaks of such files; none can arrive at the platform as a frame.
    ///
    /// **Repair:** delete it, and look which program put it there: it may still be writing.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    ///     recorder.sock (fifo)
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    SPECIAL_FILE {
        code: "H105",
        name: "special-file",
        effect: Effect::MISALIGNED,
        basis: Advice,
        facts: ["T5"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let special = remarked(context, sink, |_, remark| remark == FileClass::Special);
    sink.emit(&SPECIAL_FILE, special, |kept| {
        let count = text::number(kept.count());
        let what = kept.verb(
            "socket, named pipe or device stands",
            "sockets, named pipes or devices stand",
        );
        Statement::new(format!("{count} {what} in the tree")).help(
            "delete what is neither file nor folder, and see to it that no program still writes into the tree",
        )
        .repair(Repair::to_be_looked_at("they hold no data").with(kept.all_removed()))
    });
}
