use sensortree_probe::ActualFormat;

use super::whole;
use crate::archive::State;
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Effect, ResponseCode};

declare_rule! {
    /// The file is called a zip and is something else.
    ///
    /// A zip ends in a record that says where its list of entries begins; this file has none, and
    /// does not begin as a zip does either. What it is instead is told by its first bytes. The
    /// upload endpoints answer 5709 to anything that is no ZIP; renaming a `.tar.gz` or a `.rar`
    /// does not make one. An HTML page or an XML error under the archive's name means that a
    /// download failed and its error message was saved.
    ///
    /// **Repair:** pack the dataset's top folder again, as `zip -r drive.zip drive`, or fetch
    /// the archive again.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// archive: begins Rar!\x1a\x07
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd
    ///   metadata.json
    /// ```
    NOT_A_ZIP {
        code: "Z101",
        name: "not-a-zip",
        effect: Effect::Reject(ResponseCode::NotAZip),
        basis: Documented,
        facts: ["T12"],
        scope: Archive,
        judges: archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    let State::NotAZip(instead) = facts.state else { return };
    let message = match (instead, instead.describe()) {
        (ActualFormat::SplitZip, _) => {
            "the file is one part of a split zip, and the platform takes whole ones".to_owned()
        }
        (_, Some(what)) => format!("the file is no zip but {what}"),
        (_, None) => "the file is no zip: it has no list of entries at its end".to_owned(),
    };
    sink.emit_one(&NOT_A_ZIP, whole(), Statement::new(message).help(repair(instead)));
}

fn repair(instead: ActualFormat) -> &'static str {
    match instead {
        ActualFormat::WebPage | ActualFormat::ServiceAnswer => {
            "look at the file as text: it says why the download gave no archive; then download it again"
        }
        ActualFormat::Pointer(pointer) => pointer.repair(),
        ActualFormat::SplitZip => {
            "join the parts with `zip -s 0 split.zip --out joined.zip`, or split by scene instead"
        }
        ActualFormat::Zeros => "copy the archive again from its source",
        ActualFormat::Known(_) | ActualFormat::Unknown => {
            "pack the dataset's top folder as a zip, stored or with deflate"
        }
    }
}
