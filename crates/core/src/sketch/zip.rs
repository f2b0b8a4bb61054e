//! Zips drawn as text: what a line says of an entry beside its name and size, and of the archive
//! as a whole.

use sensortree_probe::ActualFormat;

use super::{Drawn, Sketch, unescape};
use crate::archive::{self, ArchiveFacts, Damage, FirstPass, Member, SecondPass, State, Wanted};
use crate::tree::{EntryKind, Tree, TreeBuilder};

/// What is drawn of an archive as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnArchive {
    /// The size of the archive file, where one is drawn.
    pub bytes: Option<u64>,
    /// How far it can be read.
    pub state: State,
}

impl Default for DrawnArchive {
    fn default() -> Self {
        DrawnArchive { bytes: None, state: State::Whole }
    }
}

/// What is drawn of one entry of an archive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Its data are encrypted.
    pub encrypted: bool,
    /// Its name does not say that it is in UTF-8.
    pub undeclared: bool,
    /// It begins where the entry before does.
    pub overlapping: bool,
    /// Its compression method, where it is not only stored.
    pub method: Option<u16>,
    /// What it takes in the archive, where that is not its size.
    pub packed: Option<u64>,
    /// What is broken in it.
    pub damage: Option<Damage>,
}

/// Whether a target of this name is drawn as an archive.
pub(super) fn is_archive(target: &str) -> bool {
    target.len() > 4
        && target.get(target.len() - 4..).is_some_and(|suffix| suffix.eq_ignore_ascii_case(".zip"))
}

/// Reads the words behind `archive: `.
pub(super) fn parse_archive(words: &str) -> Result<DrawnArchive, String> {
    let state = |state| Ok(DrawnArchive { bytes: None, state });
    match words {
        "empty" => Ok(DrawnArchive { bytes: Some(0), state: State::Empty }),
        "cut off" => state(State::CutOff),
        "broken" => state(State::Broken { read: 7, declared: 12 }),
        _ => {
            if let Some(head) = words.strip_prefix("begins ") {
                return state(State::NotAZip(ActualFormat::of(&unescape(head)?)));
            }
            let bytes = words.strip_suffix(" bytes").and_then(|bytes| bytes.parse().ok());
            let bytes = bytes.ok_or_else(|| format!("`{words}` says nothing of an archive"))?;
            Ok(DrawnArchive { bytes: Some(bytes), state: State::Whole })
        }
    }
}

/// Takes the marks, `[encrypted, packed 10]`, from the end of a line.
pub(super) fn take_marks(line: &str) -> Result<(&str, Marks), String> {
    let mut marks = Marks::default();
    let Some((content, words)) = line.strip_suffix(']').and_then(|line| line.rsplit_once(" ["))
    else {
        return Ok((line, marks));
    };
    for word in words.split(", ") {
        let number =
            |prefix: &str| word.strip_prefix(prefix).and_then(|number| number.parse::<u64>().ok());
        match word {
            "encrypted" => marks.encrypted = true,
            "undeclared" => marks.undeclared = true,
            "overlapping" => marks.overlapping = true,
            "out of range" => marks.damage = Some(Damage::OutOfRange),
            "headers disagree" => marks.damage = Some(Damage::HeadersDisagree),
            _ => match (number("packed "), number("method ").map(u16::try_from)) {
                (Some(packed), _) => marks.packed = Some(packed),
                (_, Some(Ok(method))) => marks.method = Some(method),
                _ => return Err(format!("`{word}` says nothing of an entry")),
            },
        }
    }
    Ok((content, marks))
}

/// What a source would find in the drawn archive: its tree, its facts, and whether metadata.json
/// stands at the top.
pub(super) fn read(
    file_name: &str,
    archive: DrawnArchive,
    sketch: &Sketch,
) -> (Tree, ArchiveFacts, bool) {
    let stem = archive::stem(file_name);
    let Sketch { entries, depth, .. } = sketch;
    let names: Vec<Vec<u8>> = entries.iter().map(member_name).collect();
    let mut offset = 0;
    let mut before = 0;
    let mut members = Vec::with_capacity(entries.len());
    for (drawn, name) in entries.iter().zip(&names) {
        let Marks { encrypted, undeclared, overlapping, method, packed, .. } = drawn.marks;
        let member = Member {
            kind: drawn.kind,
            utf8: !undeclared,
            encrypted,
            method: method.unwrap_or(if packed.is_some() { 8 } else { 0 }),
            packed: packed.unwrap_or(drawn.size),
            offset: if overlapping { before } else { offset },
            ..Member::plain(name, drawn.size)
        };
        before = member.offset;
        offset = member.least_end();
        members.push(member);
    }
    let bytes = archive.bytes.unwrap_or(offset);
    if archive.state != State::Whole {
        let facts = ArchiveFacts::new(stem, bytes, archive.state);
        return (TreeBuilder::new().finish(), facts, false);
    }
    let mut survey = FirstPass::new();
    members.iter().for_each(|member| survey.add(member));
    let mut reading = SecondPass::new(survey.finish(stem), stem, bytes);
    let mut has_metadata = false;
    for (member, drawn) in members.iter().zip(entries) {
        match reading.add(member) {
            Wanted::Metadata => has_metadata = true,
            Wanted::Frame(format) if member.can_be_unpacked() && drawn.marks.damage.is_none() => {
                reading.hold(member, drawn.content().probe(*depth, format));
            }
            Wanted::Frame(_) | Wanted::Nothing => {}
        }
        if let Some(damage) = drawn.marks.damage {
            reading.damaged(damage, member.name);
        }
    }
    let (tree, facts) = reading.finish();
    (tree, facts, has_metadata)
}

fn member_name(drawn: &Drawn) -> Vec<u8> {
    let mut name = drawn.path.clone();
    if drawn.kind == EntryKind::Folder {
        name.push(b'/');
    }
    name
}
