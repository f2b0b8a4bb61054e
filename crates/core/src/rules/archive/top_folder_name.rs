use crate::archive::Root;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::Effect;
use crate::text;

declare_rule! {
    /// The zip's top folder is not named as the zip.
    ///
    /// Since August 2024 the page about the file tree says that the top folder of an upload bears
    /// the name of the zip file. A zip that was renamed after it was packed, or downloaded twice
    /// (`drive (1).zip`), breaks that.
    ///
    /// **Repair:** name the zip file as its top folder is named; that is a rename and
    /// needs no repacking.
    ///
    /// ```tree bad
    /// target: drives/0423.zip
    /// 0422/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drives/0423.zip
    /// 0423/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///   metadata.json
    /// ```
    TOP_FOLDER_NAME {
        code: "Z104",
        name: "top-folder-name",
        effect: Effect::MISALIGNED,
        basis: Documented,
        facts: ["T11"],
        judges: archive_top,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    let Root::Top(top) = &facts.root else { return };
    if **top == *facts.stem.as_bytes() {
        return;
    }
    let (name, stem) = (text::lossless(top), &facts.stem);
    let message = if name.eq_ignore_ascii_case(stem) {
        format!("the top folder `{name}` and the zip `{stem}.zip` differ in upper and lower case")
    } else {
        format!("the top folder is named `{name}`, but the zip `{stem}.zip`")
    };
    let folder = Example::at([top, &b"/"[..]].concat()).expecting(format!("{stem}/"));
    let help =
        format!("rename the zip to `{name}.zip`, or pack it again with a top folder `{stem}`");
    sink.emit_one(&TOP_FOLDER_NAME, folder, Statement::new(message).help(help));
}
