use crate::archive::{Damage, State};
use crate::finding::{Context, Example, Sink, Statement};
use crate::platform::{Basis, Effect, ResponseCode};
use crate::rules::archive::{self, entries};
use crate::text;

declare_rule! {
    /// The zip is cut off, or its parts contradict each other.
    ///
    /// A zip keeps its list of entries at the end, so an upload or download that broke off leaves
    /// one that cannot be opened. Where there is a list, it is held against the record behind it,
    /// which says how long it is, where it begins and that the zip is whole: readers that go by one
    /// of these see no entries where another sees all. Each entry's place is held against the
    /// file's size, and the entry's own header against the list: of each entry in a zip of up to
    /// 4,096, of 4,096 spread over it in a larger one. The checksum of metadata.json is compared,
    /// and with `--content full` that of each frame. Bytes before or behind the zip itself are
    /// skipped by most readers and reported as advice.
    ///
    /// **Repair:** copy the zip again from its source and compare the sizes, or pack it again.
    /// `zip -T drive.zip` tests it whole.
    ///
    /// ```tree bad
    /// target: drive.zip
    /// archive: cut off
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
    ZIP_DAMAGED {
        code: "Z109",
        name: "zip-damaged",
        effect: Effect::Reject(ResponseCode::NotAZip),
        basis: Implied,
        facts: ["T12"],
        scope: Archive,
        judges: archive,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(facts) = context.archive else { return };
    if let Some(message) = whole(facts.state) {
        let help = "copy the zip again from its source and compare the sizes, or pack it again";
        sink.emit_one(&ZIP_DAMAGED, archive::whole(), Statement::new(message).help(help));
    }
    for (damage, names) in &facts.damage {
        sink.emit(&ZIP_DAMAGED, entries(names, Example::at), |kept| {
            let statement = Statement::new(of_entries(*damage, kept.count()))
                .help("copy the zip again from its source, or pack it again");
            match damage {
                Damage::Leading(_) | Damage::Trailing(_) => {
                    statement.effect(Effect::Advice, Basis::Advice)
                }
                _ => statement,
            }
        });
    }
}

fn whole(state: State) -> Option<String> {
    match state {
        State::CutOff => Some(
            "the zip is cut off: it begins as one, and the list of its entries is missing"
                .to_owned(),
        ),
        State::Broken { read, declared } => Some(format!(
            "the list of the zip's entries breaks off after {} of {}",
            text::number(read),
            text::number(declared)
        )),
        State::Whole | State::Empty | State::NotAZip(_) | State::Unread => None,
    }
}

fn of_entries(damage: Damage, count: u64) -> String {
    let entries = match count {
        1 => "of 1 entry".to_owned(),
        count => format!("of {} entries", text::number(count)),
    };
    match damage {
        Damage::Count { declared, found } => {
            format!(
                "the zip says that it has {} entries, and has {}",
                text::number(declared),
                text::number(found)
            )
        }
        Damage::DirectorySize { declared, found } => format!(
            "the zip says that the list of its entries takes {}, and it takes {}",
            text::count(declared, "byte"),
            text::number(found)
        ),
        Damage::DirectoryPlace { declared, found } => format!(
            "the zip says that the list of its entries begins behind {}, and it begins behind {}: \
             bytes before it are missing",
            text::count(declared, "byte"),
            text::number(found)
        ),
        Damage::EndsDisagree => "the two records at the zip's end contradict each other".to_owned(),
        Damage::SeveralDisks => "the zip says that it is one part of several".to_owned(),
        Damage::OtherDisk => {
            format!("the data {entries} are said to lie in another part of a split zip")
        }
        Damage::OutOfRange => format!("the data {entries} would lie outside the zip"),
        Damage::HeaderMissing => format!("the header {entries} does not stand where the list says"),
        Damage::HeadersDisagree => {
            format!("the header {entries} says something else than the list")
        }
        Damage::StoredSize => {
            format!("the sizes {entries} contradict each other: not compressed, and yet not equal")
        }
        Damage::Checksum => {
            format!("the data {entries} are not what the checksum or the size says")
        }
        Damage::Leading(bytes) => {
            format!("{} stand before the zip in the file", text::count(bytes, "byte"))
        }
        Damage::Trailing(bytes) => {
            format!("{} stand behind the zip in the file", text::count(bytes, "byte"))
        }
    }
}
