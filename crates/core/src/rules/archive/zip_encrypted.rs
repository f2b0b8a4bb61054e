use super::entries;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::{Effect, ResponseCode};
use crate::text;

declare_rule! {
    /// Entries of the zip are encrypted.
    ///
    /// The upload takes no password, so what is encrypted cannot be read. The names of the entries
    /// can, and the rest of the check goes by them. A zip whose metadata.json is encrypted cannot
    /// be judged as a whole.
    ///
    /// **Repair:** pack the tree again without a password.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd [encrypted]
    ///   metadata.json
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
    ZIP_ENCRYPTED {
        code: "Z108",
        name: "zip-encrypted",
        effect: Effect::Reject(ResponseCode::NotAZip),
        basis: Implied,
        facts: ["T12"],
        scope: Archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    sink.emit(&ZIP_ENCRYPTED, entries(&facts.encrypted, Example::at), |kept| {
        let (count, files) = (text::number(kept.count()), text::count(facts.files, "file"));
        let verb = kept.verb("is", "are");
        Statement::new(format!("{count} of {files} in the zip {verb} encrypted"))
            .help("pack the tree again without a password")
    });
}
