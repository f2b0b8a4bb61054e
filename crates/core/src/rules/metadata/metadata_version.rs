use super::body;
use super::edits::{edit, replace, string};
use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::text;

declare_rule! {
    /// `version` in metadata.json is not `1.0`, the only one that is known.
    ///
    /// The platform's sample has `"1.0"`, and no other version was ever published. Nothing says
    /// what the platform makes of another one.
    ///
    /// **Repair:** write `"version": "1.0"`.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json with:
    ///   version = "2.0"
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    METADATA_VERSION {
        code: "M105",
        name: "metadata-version",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        judges: metadata_version,
    }
}

/// The version of the platform's sample.
const KNOWN: &str = "1.0";

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((metadata, body)) = body(context) else { return };
    if let Some(version) = body.version.as_ref().filter(|version| version.value != KNOWN) {
        let place = metadata.document.point(version.span, format!("expected \"{KNOWN}\""));
        let value = text::short(&version.value);
        let statement =
            Statement::new(format!("`version` is `{value}`; the only version known is `{KNOWN}`"))
                .help(format!("write \"{KNOWN}\""))
                .repair(
                    Repair::to_be_looked_at("no other version is known")
                        .with(edit(metadata, [replace(version.span, string(KNOWN))])),
                );
        sink.emit_one(&METADATA_VERSION, place, statement);
    }
}
