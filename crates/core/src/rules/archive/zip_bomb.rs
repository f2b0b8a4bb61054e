use crate::finding::{Context, Example, Sink};
use crate::platform::Effect;
use crate::rules::archive;
use crate::text;

/// Unpacked, in bytes: below it no ratio does harm.
const LEAST_UNPACKED: u64 = 1 << 30;

/// Point clouds as text shrink to a tenth; a hundredth is nothing that a sensor writes.
const MOST_RATIO: u64 = 100;

declare_rule! {
    /// The zip declares sizes out of all proportion, or entries that share their data.
    ///
    /// Such an archive is made to fill the disk of whoever unpacks it, or was put together wrongly. Services that unpack
    /// uploads refuse it or are hurt by it. It is judged by what the list of entries declares, and never unpacked: over a
    /// hundred times the zip's size and over 1 GiB in all, an entry that deflate cannot pack so small, or entries that
    /// begin within one another.
    ///
    /// **Repair:** look at the entries that are named; frames full of zeros are a recording that failed.
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
    if facts.overlapping > 0 {
        let mut finding = sink.gather(&ZIP_BOMB);
        finding.add_many(facts.overlapping, Example::at(""));
        finding.say(match facts.overlapping {
            1 => "1 entry begins within another".to_owned(),
            count => format!("{} entries begin within one another", text::number(count)),
        });
    }
    let mut finding = sink.gather(&ZIP_BOMB);
    if archive::add_entries(&mut finding, &facts.inflated, Example::at) {
        let entries = match finding.count() {
            1 => "1 entry claims".to_owned(),
            count => format!("{} entries claim", text::number(count)),
        };
        finding.say(format!("{entries} to unpack to more than deflate can pack"));
        return;
    }
    drop(finding);
    if facts.unpacked >= LEAST_UNPACKED && facts.unpacked / MOST_RATIO >= facts.packed {
        let mut finding = sink.gather(&ZIP_BOMB);
        finding.add(Example::at(""));
        finding.say(format!(
            "the zip claims to unpack to {}, {} times what it packs",
            text::count(facts.unpacked, "byte"),
            text::number(facts.unpacked / facts.packed.max(1))
        ));
    }
}
