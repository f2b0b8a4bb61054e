use super::entries;
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::{Effect, ResponseCode};
use crate::text;

declare_rule! {
    /// Entries are compressed by a method that not every reader knows.
    ///
    /// Every zip reader knows stored and deflate. Deflate64 (the Windows Explorer uses it for files
    /// over 2 GB), bzip2, LZMA, Zstandard and others are written by some tools and read by few
    /// libraries. What the platform reads is not known.
    ///
    /// **Repair:** pack the tree again with deflate, or stored:
    /// `zip -r -Z deflate drive.zip drive`.
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
        let name = method_name(*method).map_or_else(|| format!("method {method}"), str::to_owned);
        sink.emit(&ZIP_METHOD_UNSUPPORTED, entries(names, Example::at), |kept| {
            let count = text::number(kept.count());
            let are = kept.verb("entry is", "entries are");
            Statement::new(format!("{count} {are} compressed by {name}, which few readers know"))
                .help("pack the tree again with deflate, or without compression")
        });
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
