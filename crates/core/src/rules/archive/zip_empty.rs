use super::whole;
use crate::archive::State;
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Effect, ResponseCode};

declare_rule! {
    /// The zip has no bytes, or no file in it.
    ///
    /// The upload endpoints have a code of their own for an empty file, 5707. Whether a zip that is
    /// well made and holds folders only gets the same answer is not known; there is nothing in it
    /// to import in any case.
    ///
    /// **Repair:** pack the dataset's top folder again and look at the tool's messages. A glob that
    /// matched nothing, or a full disk, leaves such a file behind.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// archive: empty
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   camera-front/
    ///     scene_1/
    ///       1681532060061.jpg
    ///   metadata.json
    /// ```
    ZIP_EMPTY {
        code: "Z103",
        name: "zip-empty",
        effect: Effect::Reject(ResponseCode::FileEmpty),
        basis: Documented,
        facts: ["T12"],
        scope: Archive,
        judges: archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive.filter(|_| !context.unseen.is_at_the_top()) else { return };
    let message = match facts.state {
        State::Empty => "the file has 0 bytes",
        State::Whole if facts.files == 0 && facts.tops.count() > 0 => {
            "the zip holds folders and not one file"
        }
        State::Whole if facts.files == 0 => "the zip holds nothing",
        _ => return,
    };
    let help = "pack the dataset's top folder again, as `zip -r drive.zip drive`";
    sink.emit_one(&ZIP_EMPTY, whole(), Statement::new(message).help(help));
}
