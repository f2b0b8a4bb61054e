use super::gather_remarked;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;
use crate::tree::Remark;

declare_rule! {
    /// A socket, a named pipe or a device inside the tree.
    ///
    /// It holds no data that could be uploaded, and a tool that tries to read it may wait for ever. No page speaks of such
    /// files; none can arrive at the platform as a frame.
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
    let mut special = sink.gather(&SPECIAL_FILE);
    gather_remarked(context, &mut special, |_, remark| remark == Remark::Special, |_, _| {});
    special.help("delete what is neither file nor folder, and see to it that no program still writes into the tree");
    let (count, verb) = match special.count() {
        1 => ("1 socket, named pipe or device".to_owned(), "stands"),
        count => (format!("{} sockets, named pipes or devices", text::number(count)), "stand"),
    };
    special.say(format!("{count} {verb} in the tree"));
}
