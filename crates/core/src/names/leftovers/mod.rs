//! The one table of what operating systems, network storage, synchronisers, transfer tools, editors
//! and data engines leave in folders, and how a name is looked up in it.

mod forms;
mod table;

use std::fmt;
use std::sync::LazyLock;

pub(crate) use self::table::HIDDEN_FOLDER;

use self::forms::Original;
use self::table::{HIDDEN_FILE, TABLE};

/// A row of the table: one kind of name that is no part of a dataset.
#[derive(Clone, Copy, Debug)]
pub struct Leftover {
    /// The name as users are shown it: a file's (`.DS_Store`), a shape of names (`._*`, where `*`
    /// is one or more bytes and `?` is one), an example (`* (1).*`), or a folder's, which ends in
    /// `/` (`@eaDir/`).
    pub pattern: &'static str,
    /// Who leaves it, as a noun phrase: `macOS`, `a Synology NAS`.
    pub left_by: &'static str,
    /// What it is.
    pub class: LeftoverClass,
    /// What to do about it, where that is not the usual advice of its class.
    own_advice: Option<&'static str>,
    form: Form,
}

/// What a leftover is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftoverClass {
    /// A file that nothing in a dataset needs.
    Harmless {
        /// Whether it serves the repository that a dataset is kept in, or the tools around it:
        /// `.gitattributes`, `.git/`.
        serves_repository: bool,
    },
    /// A file that was not transferred whole, or what a transfer keeps beside such a file.
    BrokenTransfer,
    /// A small file in place of data that were not fetched.
    Placeholder,
    /// A second copy of a file that stands, or stood, beside it under its own name.
    ConflictCopy,
}

impl LeftoverClass {
    /// The usual advice for a leftover of this class.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            LeftoverClass::Harmless { .. } => "delete it before the upload",
            LeftoverClass::BrokenTransfer => "run the transfer again until none is left",
            LeftoverClass::Placeholder => "fetch the file that it stands for",
            LeftoverClass::ConflictCopy => {
                "compare it with the original, and delete one of the two"
            }
        }
    }

    /// Whether it can be left alone or deleted without a loss to the dataset.
    #[must_use]
    pub fn is_harmless(self) -> bool {
        matches!(self, LeftoverClass::Harmless { .. })
    }
}

/// A row of [`table`], by position. Rows compare in the table's order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeftoverId(u8);

impl LeftoverId {
    /// Returns the row.
    #[must_use]
    pub fn row(self) -> &'static Leftover {
        &TABLE[usize::from(self.0)]
    }

    /// Returns what the row's leftovers are.
    #[must_use]
    pub fn class(self) -> LeftoverClass {
        self.row().class
    }

    /// Returns whether the row is the last one for files: hidden names that no other row knows.
    #[must_use]
    pub fn is_hidden_file(self) -> bool {
        self.row().pattern == HIDDEN_FILE
    }

    pub(super) fn new(index: usize) -> Self {
        // The table's length is checked where it is declared.
        LeftoverId(u8::try_from(index).unwrap_or(u8::MAX))
    }
}

impl fmt::Debug for LeftoverId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeftoverId({})", self.row().pattern)
    }
}

/// How a row's names are recognised, and how the original's name is taken from one.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// The pattern says all, and there is no original.
    Glob,
    /// The pattern has one `*`, which stands for the original's name.
    Star,
    /// A function decides. Names that lack one of these bytes are never handed to it.
    Parsed(&'static str, fn(&[u8]) -> Option<Original<'_>>),
}

impl Leftover {
    pub(super) const fn new(
        pattern: &'static str,
        left_by: &'static str,
        class: LeftoverClass,
    ) -> Self {
        Leftover { pattern, left_by, class, own_advice: None, form: Form::Glob }
    }

    const fn with_form(self, form: Form) -> Self {
        Leftover { form, ..self }
    }

    const fn with_advice(self, advice: &'static str) -> Self {
        Leftover { own_advice: Some(advice), ..self }
    }

    /// Returns what to do about such a leftover.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        self.own_advice.unwrap_or_else(|| self.class.advice())
    }

    /// Returns what to do about such a leftover, where that is not what its class is advised.
    #[must_use]
    pub fn own_advice(&self) -> Option<&'static str> {
        self.own_advice
    }

    /// Returns whether the row is about folders, and so about all that lies in one of that name.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.pattern.ends_with('/')
    }

    /// The pattern without the mark of a folder.
    fn glob(&self) -> &'static [u8] {
        self.pattern.strip_suffix('/').unwrap_or(self.pattern).as_bytes()
    }

    fn matches(&self, name: &[u8]) -> bool {
        match self.form {
            Form::Glob | Form::Star => matches_glob(self.glob(), name),
            Form::Parsed(_, parse) => parse(name).is_some(),
        }
    }

    /// The original of a name that matches.
    fn original<'n>(&self, name: &'n [u8]) -> Option<Original<'n>> {
        match self.form {
            Form::Glob => None,
            Form::Star => {
                let glob = self.glob();
                let star = glob.iter().position(|byte| *byte == b'*')?;
                let end = name.len().checked_sub(glob.len() - star - 1)?;
                Some(Original(name.get(star..end)?, b""))
            }
            Form::Parsed(_, parse) => parse(name),
        }
    }
}

// Left out on purpose, since regular names look the same:
// - OneDrive's conflict copies, `x-HOSTNAME.jpg`: any word may follow a hyphen.
// - iCloud's and Finder's second copies, `x 2.jpg`, of what is no time: a number after a space is
//   as often a frame's.
// - Safari's and FileZilla's second downloads, `x-1.jpg`: likewise.
// - vim's write test, `4913`: a number.
// - `core`, `core.12345`, `x.st` (axel), `x.old.jpg`: ordinary words.
// - `x_$folder$`: an object that stands for a folder, which has a rule of its own.
// What OneDrive, Dropbox and Google Drive keep online only has its ordinary name.

/// Returns the rows, in the order in which they are tried.
#[must_use]
pub fn table() -> &'static [Leftover] {
    TABLE
}

/// Returns what a file of this name is, in whatever folder, where it is a leftover.
#[must_use]
pub fn file(name: &[u8]) -> Option<LeftoverId> {
    static FILES: LazyLock<Index> = LazyLock::new(|| Index::new(false));
    FILES.find(name)
}

/// Returns what everything in a folder of this name is, where the folder is a leftover.
///
/// Hidden folders all are. Of names that begin with `@` or `#` only those are that network storage
/// is known to give, since a scene may be called `#12`; compare [`is_set_apart`].
#[must_use]
pub fn folder(name: &[u8]) -> Option<LeftoverId> {
    static FOLDERS: LazyLock<Index> = LazyLock::new(|| Index::new(true));
    FOLDERS.find(name)
}

/// Returns the name of the file (or, for a DVC pointer, the folder) that a file of this name stands
/// for: the whole of a broken transfer, the original of a conflict copy or a backup, what a
/// placeholder is in place of.
///
/// `None` where the file is no leftover, or where its name does not tell.
#[must_use]
pub fn stands_for(name: &[u8]) -> Option<Vec<u8>> {
    let Original(stem, suffix) = file(name)?.row().original(name)?;
    (!stem.is_empty()).then(|| [stem, suffix].concat())
}

/// Returns the name of the frame that a file named `168.pcd_001` is another copy of. It is no
/// leftover: nothing reads its suffix.
#[must_use]
pub fn numbered_copy_of(name: &[u8]) -> Option<&[u8]> {
    forms::of_numbered_suffix(name).map(|Original(stem, _)| stem)
}

/// Returns whether the files below a folder of this name are not kept folder by folder while a tree
/// is listed: every [`folder`] of the table, and any other whose name begins with `.`, `@` or `#`.
///
/// Network storage makes one folder per file below some of these.
#[must_use]
pub fn is_set_apart(folder_name: &[u8]) -> bool {
    match folder_name {
        b"." | b".." => false,
        [b'.' | b'@' | b'#', ..] => true,
        name => folder(name).is_some(),
    }
}

/// The rows for files or for folders, by what a name must have for a row to match. A name is
/// compared with the few rows that share its first or its last byte, and of those and of the rest
/// only with rows whose every literal byte it has.
struct Index {
    by_first: Vec<Vec<Candidate>>,
    by_last: Vec<Vec<Candidate>>,
    others: Vec<Candidate>,
}

#[derive(Clone, Copy)]
struct Candidate {
    id: LeftoverId,
    needs: u128,
}

impl Index {
    pub(super) fn new(of_folders: bool) -> Self {
        let mut index = Index {
            by_first: vec![Vec::new(); 256],
            by_last: vec![Vec::new(); 256],
            others: Vec::new(),
        };
        for (at, row) in TABLE.iter().enumerate().filter(|(_, row)| row.is_folder() == of_folders) {
            let glob = row.glob();
            let needs = match row.form {
                Form::Glob | Form::Star => bytes_of(glob.iter().filter(|byte| is_literal(byte))),
                Form::Parsed(needs, _) => bytes_of(needs.as_bytes()),
            };
            let candidate = Candidate { id: LeftoverId::new(at), needs };
            // The end of a pattern that a function stands behind may be but an example.
            let is_glob = !matches!(row.form, Form::Parsed(..));
            match glob {
                [first, ..] if is_literal(first) => {
                    index.by_first[usize::from(first.to_ascii_lowercase())].push(candidate);
                }
                [.., last] if is_glob && is_literal(last) => {
                    index.by_last[usize::from(last.to_ascii_lowercase())].push(candidate);
                }
                _ => index.others.push(candidate),
            }
        }
        index
    }

    fn find(&self, name: &[u8]) -> Option<LeftoverId> {
        let (first, last) = (name.first()?, name.last()?);
        if matches!(name, b"." | b"..") {
            return None;
        }
        let has = bytes_of(name);
        let find_in = |candidates: &[Candidate]| {
            let candidates = candidates.iter().filter(|candidate| candidate.needs & !has == 0);
            candidates.map(|candidate| candidate.id).find(|id| id.row().matches(name))
        };
        [
            find_in(&self.by_first[usize::from(first.to_ascii_lowercase())]),
            find_in(&self.by_last[usize::from(last.to_ascii_lowercase())]),
            find_in(&self.others),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

fn is_literal(byte: &u8) -> bool {
    !matches!(byte, b'*' | b'?')
}

/// The set of ASCII bytes that are there, in lower case.
fn bytes_of<'b>(bytes: impl IntoIterator<Item = &'b u8>) -> u128 {
    bytes
        .into_iter()
        .filter(|byte| byte.is_ascii())
        .fold(0, |set, byte| set | 1 << byte.to_ascii_lowercase())
}

/// Whether a name matches a pattern, ASCII letters in either case. `*` stands for one or more
/// bytes, `?` for one.
fn matches_glob(glob: &[u8], name: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    // Where to go on when the last star has to take one byte more.
    let mut retry: Option<(usize, usize)> = None;
    while read < name.len() {
        match glob.get(at) {
            Some(b'*') => {
                at += 1;
                read += 1;
                retry = Some((at, read));
                continue;
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&name[read]) => {
                at += 1;
                read += 1;
                continue;
            }
            _ => {}
        }
        let Some((star, taken)) = retry else { return false };
        retry = Some((star, taken + 1));
        (at, read) = (star, taken + 1);
    }
    at == glob.len()
}

#[cfg(test)]
mod tests;
