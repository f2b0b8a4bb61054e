use super::gather_remarked;
use crate::finding::{Context, Sink};
use crate::platform::Effect;
use crate::text;
use crate::tree::Remark;

declare_rule! {
    /// An object of zero bytes that stands for a folder: a key that ends in `/`, or `scene_1_$folder$`.
    ///
    /// An object store has no folders. Web consoles and Hadoop write such placeholders to show one, and a reader of the
    /// prefix gets them back among the frames. Most readers skip them, and nothing is known of the platform, so this is
    /// advice; it is the first thing to try where a tree is rejected that looks right.
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
    let mut markers = sink.gather(&FOLDER_MARKER);
    gather_remarked(context, &mut markers, |_, remark| remark == Remark::Marker, |_, _| {});
    markers.help("delete the placeholders; the keys of the frames make the folders");
    let count = text::count(markers.count(), "object");
    let verb = if markers.count() == 1 { "stands for a folder" } else { "stand for folders" };
    markers.say(format!("{count} of zero bytes {verb} and no frame"));
}
