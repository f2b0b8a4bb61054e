use super::{entries, whole};
use crate::finding::figures::{SIZE_PACKED, SIZE_UNPACKED};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::platform::Effect;
use crate::text;

/// Unpacked, in bytes: below it no ratio does harm.
const LEAST_UNPACKED: u64 = 1 << 30;

/// Point clouds as text shrink to a tenth; a hundredth is nothing that a sensor writes.
const MOST_RATIO: u64 = 100;

declare_rule! {
    /// The zip declares sizes out of all proportion, or entries that share their data.
    ///
    /// Such an archive is made to fill the disk of whoever unpacks it, or was put together wrongly.
    /// Services that unpack uploads refuse it or are hurt by it. It is judged by what the list of
    /// entries declares, and never unpacked: over a hundred times the zip's size and over 1 GiB in
    /// all, an entry that deflate cannot pack so small, or entries that begin within one another.
    ///
    /// **Repair:** look at the entries that are named; frames full of zeros are a
    /// recording that failed.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd (4000000000 bytes) [packed 4000000]
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drive.zip
    /// drive/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd (4000000000 bytes) [packed 90000000]
    ///   metadata.json
    /// ```
    ZIP_BOMB {
        code: "Z113",
        name: "zip-bomb",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["T12"],
        scope: Archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    let overlapping = Part::group(facts.overlapping, Example::at(""));
    sink.emit(&ZIP_BOMB, [overlapping], |kept| {
        let what = kept.verb("entry begins within another", "entries begin within one another");
        Statement::new(format!("{} {what}", text::number(kept.count())))
    });
    let is_inflated = sink.emit(&ZIP_BOMB, entries(&facts.inflated, Example::at), |kept| {
        let claim = kept.verb("entry claims", "entries claim");
        let count = text::number(kept.count());
        Statement::new(format!("{count} {claim} to unpack to more than deflate can pack"))
    });
    if !is_inflated
        && facts.unpacked >= LEAST_UNPACKED
        && facts.unpacked / MOST_RATIO >= facts.packed
    {
        let bytes = text::count(facts.unpacked, "byte");
        let times = text::number(facts.unpacked / facts.packed.max(1));
        let message = format!("the zip claims to unpack to {bytes}, {times} times what it packs");
        let statement = Statement::new(message)
            .figure(&SIZE_PACKED, facts.packed)
            .figure(&SIZE_UNPACKED, facts.unpacked);
        sink.emit_one(&ZIP_BOMB, whole(), statement);
    }
}
