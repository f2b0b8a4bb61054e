//! What can be wrong with a document as JSON.

use sensortree_probe::Pointer;

use super::Span;
use super::other::OtherFormat;
use crate::text;

/// How many places beside the first a fault keeps.
const KEPT: usize = 8;

/// A kind of fault, and every place that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The first place that has it.
    pub span: Span,
    /// What stands at that place, in a few words.
    pub label: String,
    /// How many places have it.
    pub count: u64,
    /// The next few places.
    pub more: Vec<Span>,
}

/// What can be wrong with a document as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A byte order mark.
    ByteOrderMark,
    /// UTF-16 or UTF-32.
    Encoding,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// Nothing, or nothing but spaces.
    Empty,
    /// Zero bytes alone.
    Zeros,
    /// Zero bytes at the end.
    ZeroTail,
    /// A pointer stands for the file.
    Pointer(Pointer),
    /// Another format than JSON.
    OtherFormat(OtherFormat),
    /// A merge conflict that nobody resolved.
    Conflict,
    /// An object as Python prints it.
    PythonObject,
    /// A number as Python prints it: `np.float64(40.5)`.
    PythonNumber,
    /// A comment.
    Comment,
    /// A comma behind the last value.
    TrailingComma,
    /// No comma between two values.
    MissingComma,
    /// Single quotes.
    SingleQuote,
    /// A key without quotes.
    UnquotedKey,
    /// A bare word for a value.
    Word,
    /// `NaN` or `Infinity`.
    NotFinite,
    /// A number too large for any reader's numbers.
    NumberTooLarge,
    /// A number in a notation that JSON does not have: `+1`, `.5`, `0xFF`, `007`.
    NumberNotation,
    /// A control character in a string.
    ControlCharacter,
    /// A backslash that starts no escape of JSON.
    Escape,
    /// A space that is none of JSON's.
    Space,
    /// A key that stands twice in one object.
    DuplicateKey,
    /// Another object behind the end.
    SecondObject,
    /// Text behind the end.
    TrailingText,
    /// Arrays and objects too deep in each other.
    TooDeep,
    /// A string that is not closed where its line ends.
    OpenString,
    /// The document ends in the middle.
    Truncated,
    /// Anything else.
    Syntax,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, span: Span, label: impl Into<String>) -> Self {
        Fault { kind, span, label: label.into(), count: 1, more: Vec::new() }
    }

    pub(super) fn again(&mut self, span: Span) {
        self.count += 1;
        if self.more.len() < KEPT {
            self.more.push(span);
        }
    }

    /// What is wrong, as a sentence about the document of this name.
    #[must_use]
    pub fn sentence(&self, document: &str) -> String {
        let label = &self.label;
        let times = |one: &str, noun: &str| match self.count {
            1 => one.to_owned(),
            count => text::count(count, noun),
        };
        let predicate = match self.kind {
            FaultKind::ByteOrderMark => {
                "starts with a byte order mark, which strict JSON does not allow".to_owned()
            }
            FaultKind::Encoding => format!("is stored as {label}; JSON is UTF-8"),
            FaultKind::NotUtf8 => format!(
                "has {} not UTF-8",
                match self.count {
                    1 => "a byte that is".to_owned(),
                    count => format!("{} places that are", text::number(count)),
                }
            ),
            FaultKind::Empty => format!("is empty ({label})"),
            FaultKind::Zeros => format!("holds nothing: {label}"),
            FaultKind::ZeroTail => format!("ends in {label}"),
            FaultKind::Pointer(pointer) => {
                format!("holds {}, not the file that it stands for", pointer.describe())
            }
            FaultKind::OtherFormat(_) => format!("is {label}, not JSON"),
            FaultKind::Conflict => match self.count {
                1 => format!("has an unresolved merge conflict in {label}"),
                count => format!(
                    "has {} unresolved merge conflicts, the first in {label}",
                    text::number(count)
                ),
            },
            FaultKind::PythonObject => {
                format!("is a Python object as `print` writes it, not JSON: {label}")
            }
            FaultKind::PythonNumber => {
                format!("has {} written as `{label}(…)`", times("a value", "value"))
            }
            FaultKind::Comment => {
                format!("has {}, which JSON does not allow", times("a comment", "comment"))
            }
            FaultKind::TrailingComma => {
                format!(
                    "has {} behind the last value of an object or array",
                    times("a comma", "comma")
                )
            }
            FaultKind::MissingComma => {
                format!("lacks {} between two values", times("a comma", "comma"))
            }
            FaultKind::SingleQuote => {
                format!("has {} in single quotes", times("a string", "string"))
            }
            FaultKind::UnquotedKey => format!("has {} without quotes", times("a key", "key")),
            FaultKind::Word => {
                format!("has {} that JSON does not know: {label}", times("a word", "word"))
            }
            FaultKind::NotFinite => match self.count {
                1 => format!("has a value that is no number: {label}"),
                count => {
                    format!("has {} that are no numbers: {label}", text::count(count, "value"))
                }
            },
            FaultKind::NumberTooLarge => {
                format!("has {} too large to be read: {label}", times("a number", "number"))
            }
            FaultKind::NumberNotation => {
                format!(
                    "has {} in a notation that JSON does not have: {label}",
                    times("a number", "number")
                )
            }
            FaultKind::ControlCharacter => {
                format!("has {} in a string", times("a control character", "control character"))
            }
            FaultKind::Escape => {
                format!("has {} that JSON does not know: {label}", times("an escape", "escape"))
            }
            FaultKind::Space => format!(
                "has {} between its values that JSON does not take as a space",
                times("a character", "character")
            ),
            FaultKind::DuplicateKey => match self.count {
                1 => {
                    format!("has the key {label} twice in one object; readers take the later value")
                }
                count => format!(
                    "repeats {} within one object, the first of them {label}; readers take the later value",
                    text::count(count, "key")
                ),
            },
            FaultKind::SecondObject => label.clone(),
            FaultKind::TrailingText => "goes on behind the end of its JSON".to_owned(),
            FaultKind::TooDeep => format!("is nested too deep to be read: {label}"),
            FaultKind::OpenString => {
                "has a string that is not closed where its line ends".to_owned()
            }
            FaultKind::Truncated => format!("ends too early: {label}"),
            FaultKind::Syntax => format!("is not JSON: {label}"),
        };
        format!("`{document}` {predicate}")
    }

    /// What would mend it, in one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self.kind {
            FaultKind::ByteOrderMark => "save it as UTF-8 without a byte order mark (BOM)",
            FaultKind::Encoding | FaultKind::NotUtf8 => "save it as UTF-8",
            FaultKind::Empty | FaultKind::Truncated => "copy or write it again, whole",
            FaultKind::Zeros | FaultKind::ZeroTail => {
                "copy or write it again: a copy broke off, or the power failed during one"
            }
            FaultKind::Pointer(Pointer::GitLfs) => "fetch the file itself with `git lfs pull`",
            FaultKind::Pointer(Pointer::GitAnnex) => "fetch the file itself with `git annex get`",
            FaultKind::Pointer(Pointer::Dvc) => "fetch the file itself with `dvc pull`",
            FaultKind::Pointer(Pointer::Link) => {
                "copy the file that the path names, or set `git config core.symlinks true`"
            }
            FaultKind::OtherFormat(format) => format.help(),
            FaultKind::Conflict => "keep one side of each, and delete the lines of markers",
            FaultKind::PythonObject => "write it with `json.dump`, not with `str` or `print`",
            FaultKind::PythonNumber => {
                "write plain numbers: `float(x)` or `.tolist()`, then `json.dump`"
            }
            FaultKind::SecondObject => "keep the one that is right",
            FaultKind::Comment => "delete the comments",
            FaultKind::TrailingComma => "delete the comma",
            FaultKind::MissingComma => "put a comma there",
            FaultKind::SingleQuote => "write strings in double quotes",
            FaultKind::UnquotedKey => "write keys in double quotes",
            FaultKind::Word => "write `true`, `false`, `null`, or a string in double quotes",
            FaultKind::NotFinite | FaultKind::NumberTooLarge => {
                "write the true number, or have the file made again"
            }
            FaultKind::NumberNotation => "write it as a plain decimal number",
            FaultKind::ControlCharacter => "write it as an escape, as `\\n` or `\\t`, or delete it",
            FaultKind::Escape => "write a backslash as `\\\\`",
            FaultKind::Space => "put plain spaces there",
            FaultKind::DuplicateKey => "keep one of the two",
            FaultKind::TrailingText => "delete what stands behind the closing bracket",
            FaultKind::TooDeep => "flatten it",
            FaultKind::OpenString => "close the string with a double quote",
            FaultKind::Syntax => "mend it with an editor that checks JSON",
        }
    }
}
