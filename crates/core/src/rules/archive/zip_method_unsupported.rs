use crate::finding::{Context, Example, Sink};
use crate::platform::{Effect, ResponseCode};
use crate::rules::archive;
use crate::text;

declare_rule! {
    /// Entries are compressed by a method that not every reader knows.
    ///
    /// Every zip reader knows stored and deflate. Deflate64 (the Windows Explorer uses it for files over 2 GB), bzip2, LZMA,
    /// Zstandard and others are written by some tools and read by few libraries. What the platform reads is not known.
    ///
    /// **Repair:** pack the tree again with deflate, or stored: `zip -r -Z deflate drive.zip drive`.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd [method 14, packed 400]
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd [method 8, packed 400]
    ///   metadata.json
    /// ```
    ZIP_METHOD_UNSUPPORTED {
        code: "Z112",
        name: "zip-method-unsupported",
        effect: Effect::Reject(ResponseCode::NotAZip),
        basis: Advice,
        facts: ["T12"],
        scope: Archive,
    }
}

/// Encrypted by AES: no method of compression, and said by the rule about encryption.
const AES: u16 = 99;

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    for (method, names) in facts.methods.iter().filter(|(method, _)| **method != AES) {
        let mut finding = sink.gather(&ZIP_METHOD_UNSUPPORTED);
        if archive::add_entries(&mut finding, names, Example::at) {
            finding.help("pack the tree again with deflate, or without compression");
            let name =
                method_name(*method).map_or_else(|| format!("method {method}"), str::to_owned);
            let message = match finding.count() {
                1 => format!("1 entry is compressed by {name}, which few readers know"),
                count => format!(
                    "{} entries are compressed by {name}, which few readers know",
                    text::number(count)
                ),
            };
            finding.say(message);
        }
    }
}

fn method_name(method: u16) -> Option<&'static str> {
    Some(match method {
        1 => "shrinking",
        2..=5 => "reducing",
        6 => "imploding",
        9 => "Deflate64",
        12 => "bzip2",
        14 => "LZMA",
        93 | 20 => "Zstandard",
        95 => "XZ",
        96 => "the JPEG variant",
        98 => "PPMd",
        _ => return None,
    })
}
