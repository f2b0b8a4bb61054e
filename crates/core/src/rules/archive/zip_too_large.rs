use std::collections::BTreeMap;

use super::whole;
use crate::archive::{ArchiveFacts, LIMIT_BINARY, LIMIT_DECIMAL, Name};
use crate::finding::figures::{SIZE, SIZE_LIMIT};
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Basis, Effect, ResponseCode};
use crate::text;

/// What a part is to stay under, in bytes: room is left for its directory and a metadata.json
/// of its own.
const PART_BYTES: u64 = 95 * 1_000 * 1_000;

/// How many parts of a split are written out.
const SHOWN_PARTS: usize = 8;

declare_rule! {
    /// The zip has 100 MB or more.
    ///
    /// The limit of the upload endpoints is documented, and the unit is not: from 104,857,600 bytes
    /// (100 binary megabytes) on it is over the limit in either reading; between 100,000,000 bytes
    /// and that it may be. What counts is the size of the zip, not of what it unpacks to. JPEG
    /// images and compressed point clouds hardly shrink, so packing harder seldom helps.
    ///
    /// **Repair:** upload the scenes in several zips. The finding says which scenes fit
    /// together; each part needs a top folder named as its zip, all sensor folders, and a copy
    /// of metadata.json. Or put the tree into a cloud store and use an import endpoint, which
    /// has no such limit.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// archive: 170000000 bytes
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd (90000000 bytes)
    ///     scene_2/
    ///       1681532160061.pcd (80000000 bytes)
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// archive: 90001000 bytes
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd (90000000 bytes)
    ///   metadata.json
    /// ```
    ZIP_TOO_LARGE {
        code: "Z102",
        name: "zip-too-large",
        effect: Effect::Reject(ResponseCode::FileTooLarge),
        basis: Documented,
        facts: ["T12"],
        scope: Archive,
        judges: archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive.filter(|facts| facts.bytes >= LIMIT_DECIMAL) else { return };
    let is_certain = facts.bytes >= LIMIT_BINARY;
    let (bytes, verb) = (text::number(facts.bytes), if is_certain { "is" } else { "may be" });
    let mut statement =
        Statement::new(format!("the zip has {bytes} bytes, which {verb} over the limit of 100 MB"))
            .figure(&SIZE, facts.bytes)
            .figure(&SIZE_LIMIT, if is_certain { LIMIT_BINARY } else { LIMIT_DECIMAL });
    if !is_certain {
        statement = statement
            .effect(Effect::Reject(ResponseCode::FileTooLarge), Basis::Implied)
            .note("100 MB are 100,000,000 bytes or 104,857,600; the platform does not say which, so it may still be taken");
    }
    statement = if context.layout.is_sensor_oriented() {
        propose_split(facts, statement)
    } else {
        statement.help("upload fewer scenes at once, or import the tree from a cloud store")
    };
    sink.emit_one(&ZIP_TOO_LARGE, whole(), statement);
}

/// Says which scenes go in which part: in the order of their names, as many as fit.
fn propose_split(facts: &ArchiveFacts, statement: Statement) -> Statement {
    let parts = parts(&facts.scene_bytes);
    let oversized = parts.iter().filter(|part| part.bytes > PART_BYTES).map(|part| {
        format!(
            "scene `{}` alone takes {}: it fits in no zip and has to be imported from a cloud store",
            text::lossless(part.first),
            megabytes(part.bytes)
        )
    });
    let statement = statement.notes(oversized);
    if parts.len() < 2 {
        return statement.help("import the tree from a cloud store, which has no such limit");
    }
    let shown = (1..).zip(parts.iter().take(SHOWN_PARTS)).map(|(number, part)| {
        let (first, last) = (text::lossless(part.first), text::lossless(part.last));
        let scenes = match part.scenes {
            1 => format!("scene `{first}`"),
            count => format!("scenes `{first}` to `{last}` ({})", text::number(count)),
        };
        format!("part {number}: {scenes}, about {}", megabytes(part.bytes))
    });
    let left = parts.len().saturating_sub(SHOWN_PARTS) as u64;
    statement
        .notes(shown)
        .notes((left > 0).then(|| format!("… {} more", text::count(left, "part"))))
        .help(format!(
            "upload the scenes in {} zips, each with its own top folder `{stem}_1`, `{stem}_2` …, all sensor folders and a copy of metadata.json",
            text::number(parts.len() as u64),
            stem = facts.stem
        ))
}

struct Part<'f> {
    first: &'f Name,
    last: &'f Name,
    scenes: u64,
    bytes: u64,
}

fn parts(scenes: &BTreeMap<Name, u64>) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for (scene, &bytes) in scenes {
        match parts.last_mut() {
            Some(part) if part.bytes.saturating_add(bytes) <= PART_BYTES => {
                part.last = scene;
                part.scenes += 1;
                part.bytes = part.bytes.saturating_add(bytes);
            }
            _ => parts.push(Part { first: scene, last: scene, scenes: 1, bytes }),
        }
    }
    parts
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_add(50_000) / 100_000;
    format!("{}.{} MB", text::number(tenths / 10), tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_are_packed_in_order() {
        let scenes = |sizes: &[u64]| -> BTreeMap<Name, u64> {
            sizes
                .iter()
                .enumerate()
                .map(|(at, mega)| (format!("s{at:02}").into_bytes().into(), mega * 1_000_000))
                .collect()
        };
        let packed = |sizes: &[u64]| -> Vec<(u64, u64)> {
            parts(&scenes(sizes)).iter().map(|part| (part.scenes, part.bytes / 1_000_000)).collect()
        };
        assert_eq!(packed(&[40, 40, 40, 10]), [(2, 80), (2, 50)]);
        assert_eq!(packed(&[96, 10]), [(1, 96), (1, 10)]);
        assert_eq!(packed(&[]), []);
        assert_eq!(megabytes(94_960_000), "95.0 MB");
    }
}
