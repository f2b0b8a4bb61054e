use super::remarked;
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::tree::FileClass;

declare_rule! {
    /// An object of zero bytes that stands for a folder: a key that ends in `/`, or
    /// `scene_1_$folder$`.
    ///
    /// An object store has no folders. Web consoles and Hadoop write such placeholders to show one,
    /// and a reader of the prefix gets them back among the frames. Most readers skip them, and
    /// nothing is known of the platform, so this is advice; it is the first thing to try where a
    /// tree is rejected that looks right.
    ///
    /// **Repair:** delete the placeholders. The keys of the frames make the folders.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/ (marker)
    ///   scene_1_$folder$ (marker)
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    FOLDER_MARKER {
        code: "H102",
        name: "folder-marker",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["T5"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let markers = remarked(context, sink, |_, remark| remark == FileClass::Marker);
    sink.emit(&FOLDER_MARKER, markers, |kept| {
        let verb = kept.verb("stands for a folder", "stand for folders");
        let count = kept.counted("object");
        Statement::new(format!("{count} of zero bytes {verb} and no frame"))
            .help("delete the placeholders; the keys of the frames make the folders")
            .repair(Repair::safe("they hold nothing").with(kept.all_removed()))
    });
}
