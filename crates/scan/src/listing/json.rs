//! Listings in JSON, read as a stream: objects of a store, in whatever array, page or
//! sequence they stand.
//!
//! `aws s3api list-objects-v2`, `rclone lsjson`, `s5cmd --json ls`, `mc ls --json`,
//! `gcloud storage ls --json`, `gcloud storage objects list --format=json` and
//! `az storage blob list` differ in names only, so one reader takes them all, and the lists of
//! paths or rows that their queries give.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Read};
use std::ops::ControlFlow;

use sensortree_core::text;
use sensortree_core::tree::EntryKind;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::error::Category;

use super::bytes::broken;
use super::json_value::{Inner, Scalar};
use super::line::{Line, after_scheme, object};
use super::plain::is_path;
use super::short_strings::ShortStrings;
use super::sink::Sink;

/// Which tool's names were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    S3Api,
    Rclone,
    S5cmd,
    Gcloud,
    Mc,
    Dvc,
    HuggingFace,
    /// Paths, or rows with a path in each, as a query picks them.
    Picked,
    /// Not even a page without objects.
    Unknown,
}

impl Tool {
    pub(super) fn name(self) -> &'static str {
        match self {
            Tool::S3Api => "`aws s3api list-objects-v2`",
            Tool::Rclone => "`rclone lsjson`",
            Tool::S5cmd => "`s5cmd --json ls`",
            Tool::Gcloud => "`gcloud storage` or `az storage blob list`",
            Tool::Mc => "`mc ls -r --json`",
            Tool::Dvc => "DVC",
            Tool::HuggingFace => "the Hugging Face Hub",
            Tool::Picked => "a query of a store's tool",
            Tool::Unknown => "JSON",
        }
    }

    /// Whether paths begin at what was listed, and not at the bucket.
    pub(super) fn is_relative(self) -> bool {
        self == Tool::Rclone
    }
}

/// Reads the tool from the first names in a listing's beginning.
pub(super) fn tool(head: &[u8]) -> Tool {
    let holds = |word: &str| memchr::memmem::find(head, word.as_bytes()).is_some();
    let all = [
        (&["\"Path\"", "\"IsDir\""][..], Tool::Rclone),
        (&["\"Path\""], Tool::Rclone),
        (&["\"status\"", "\"key\""], Tool::Mc),
        (&["\"relpath\""], Tool::Dvc),
        (&["\"path\"", "\"oid\""], Tool::HuggingFace),
        (&["\"Key\""], Tool::S3Api),
        (&["\"key\""], Tool::S5cmd),
        (&["\"url\""], Tool::Gcloud),
        (&["\"name\""], Tool::Gcloud),
        (&["\"RequestCharged\""], Tool::S3Api),
        (&["\"KeyCount\""], Tool::S3Api),
    ];
    let found = all.into_iter().find(|(words, _)| words.iter().all(|word| holds(word)));
    let marks: Vec<u8> =
        head.iter().filter(|byte| !byte.is_ascii_whitespace()).take(2).copied().collect();
    match found {
        _ if matches!(marks[..], [b'[', b'"' | b'[']) => Tool::Picked,
        Some((_, tool)) => tool,
        // What rclone gives for an empty folder.
        None if head.trim_ascii() == b"[]" => Tool::Rclone,
        None => Tool::Unknown,
    }
}

/// Reads a listing by a tool in JSON into the sink.
pub(super) fn read(reader: impl Read, tool: Tool, sink: &mut Sink<'_>) {
    let state = RefCell::new(State { sink, tool, is_page_open: false, settled: None });
    let mut json = serde_json::Deserializer::from_reader(io::BufReader::with_capacity(
        256 << 10,
        ShortStrings::new(reader),
    ));
    let ended = loop {
        match json.end() {
            Ok(()) => break None,
            // Another page, or another object of a sequence.
            Err(error) if error.classify() == Category::Syntax => {}
            Err(error) => break Some(error),
        }
        if let Err(error) = (Document { state: &state, depth: 0 }).deserialize(&mut json) {
            break Some(error);
        }
    };
    let State { sink, is_page_open, .. } = state.into_inner();
    if sink.is_interrupted {
        return;
    }
    if let Some(error) = ended {
        let (line, column) = (error.line(), error.column());
        let why = match error.classify() {
            Category::Io => broken(&error.into()),
            Category::Eof => "it is cut off".to_owned(),
            Category::Syntax | Category::Data => said(&error),
        };
        let taken = text::number(sink.entries);
        sink.cannot_read(format!(
            "the JSON cannot be read beyond line {line}, column {column} ({taken} entries): {why}"
        ));
    } else if is_page_open {
        sink.cannot_read(
            "the listing ends with a page that another one follows: list all pages".to_owned(),
        );
    }
}

/// What is wrong, without the place, which the library says itself at the end.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

struct State<'s, 'a> {
    sink: &'s mut Sink<'a>,
    tool: Tool,
    /// The last path of which the version that stands is known: what follows of it is older.
    settled: Option<Vec<u8>>,
    /// Whether the last page says that another one follows.
    is_page_open: bool,
}

/// The most values of a row that are looked at.
const MOST_IN_ROW: usize = 64;

/// A page, an object or an array of them.
#[derive(Clone, Copy)]
struct Document<'d, 's, 'a> {
    state: &'d RefCell<State<'s, 'a>>,
    /// How many arrays it stands in.
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_, '_> {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Document<'_, '_, '_> {
    fn take<E: serde::de::Error>(self, path: &[u8], size: Option<u64>) -> Result<(), E> {
        let path = after_scheme(path).unwrap_or(path);
        match self.state.borrow_mut().sink.take(object(path, size)) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(E::custom("interrupted")),
        }
    }

    /// Takes the values that a query picked of one object: its path, and where that is the only
    /// number its size.
    fn take_row<E: serde::de::Error>(self, texts: &[Vec<u8>], numbers: &[u64]) -> Result<(), E> {
        let mut paths: Vec<&Vec<u8>> = texts.iter().filter(|text| is_path(text)).collect();
        if paths.is_empty() {
            paths.extend(texts.first());
        }
        match (&paths[..], numbers) {
            ([path], [size]) => self.take(path, Some(*size)),
            _ => paths.into_iter().try_for_each(|path| self.take(path, None)),
        }
    }
}

impl<'de> Visitor<'de> for Document<'_, '_, '_> {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of a store, or a list of them")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Scalar, A::Error> {
        let inner = Document { depth: self.depth + 1, ..self };
        let (mut texts, mut numbers) = (Vec::new(), Vec::new());
        while let Some(value) = all.next_element_seed(inner)? {
            match value {
                // A list of paths may be long.
                Scalar::Text(path) if self.depth == 0 => self.take(&path, None)?,
                Scalar::Text(text) if texts.len() < MOST_IN_ROW => texts.push(text),
                Scalar::Number(number) if numbers.len() < MOST_IN_ROW => numbers.push(number),
                Scalar::Text(_) => return Err(A::Error::custom("a row has too many values")),
                _ => {}
            }
        }
        self.take_row(&texts, &numbers)?;
        Ok(Scalar::Other)
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.as_bytes().to_vec()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Scalar, A::Error> {
        let mut facts = Facts::default();
        let mut page = None;
        while let Some(name) = fields.next_key::<String>()? {
            match name.as_str() {
                "Contents" | "Versions" | "items" | "data" | "objects" | "blobs" | "Blobs"
                | "files" | "entries" => {
                    fields.next_value_seed(Document { depth: 1, ..self })?;
                }
                "CommonPrefixes" | "prefixes" => {
                    fields.next_value_seed(Prefixes { state: self.state })?;
                }
                "IsTruncated" => page = Some(fields.next_value::<Scalar>()?.is_true()),
                "NextToken" | "NextContinuationToken" | "NextMarker" | "nextPageToken" => {
                    page = Some(fields.next_value::<Scalar>()?.text().is_some());
                }
                "RequestCharged" | "KeyCount" => {
                    fields.next_value::<IgnoredAny>()?;
                    page.get_or_insert(false);
                }
                _ => facts.take(&name, &mut fields)?,
            }
        }
        let mut state = self.state.borrow_mut();
        if let Some(is_open) = page {
            state.is_page_open = is_open;
        }
        let is_older = facts.path.is_some() && facts.path == state.settled;
        if facts.has_version {
            state.settled.clone_from(&facts.path);
        }
        if let Some(line) = facts.line(state.tool).filter(|_| !(facts.has_version && is_older))
            && state.sink.take(line).is_break()
        {
            return Err(A::Error::custom("interrupted"));
        }
        Ok(Scalar::Other)
    }
}

/// Folders that a page names and does not list.
#[derive(Clone, Copy)]
struct Prefixes<'d, 's, 'a> {
    state: &'d RefCell<State<'s, 'a>>,
}

impl<'de> DeserializeSeed<'de> for Prefixes<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Prefixes<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("folders")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, prefix: &str) -> Result<(), E> {
        self.state.borrow_mut().sink.name_unlisted(prefix.as_bytes());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<(), A::Error> {
        while all.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            if name == "Prefix" {
                fields.next_value_seed(self)?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// What one object of the JSON says of an entry.
#[derive(Default)]
struct Facts {
    path: Option<Vec<u8>>,
    /// Whether the path was given under a name that is only used for whole addresses.
    is_address: bool,
    is_relative: bool,
    size: Option<u64>,
    is_folder: bool,
    is_prefix: bool,
    is_outdated: bool,
    /// Whether it is one of several versions, of which the newest comes first.
    has_version: bool,
}

impl Facts {
    fn take<'de, A: MapAccess<'de>>(&mut self, name: &str, fields: &mut A) -> Result<(), A::Error> {
        match name {
            "Key" | "key" | "name" if !self.is_address => {
                self.path = fields.next_value::<Scalar>()?.text();
            }
            "url" | "storage_url" => {
                if let Some(url) =
                    fields.next_value::<Scalar>()?.text().filter(|url| is_of_store(url))
                {
                    self.path = Some(url);
                    self.is_address = true;
                }
            }
            "Path" | "path" | "relpath" => {
                self.path = fields.next_value::<Scalar>()?.text();
                self.is_relative = true;
            }
            "Size" | "size" | "contentLength" | "ContentLength" | "bytes" | "length" => {
                self.size = fields.next_value::<Scalar>()?.number();
            }
            "IsDir" => self.is_folder = fields.next_value::<Scalar>()?.is_true(),
            "type" => {
                let kind = fields.next_value::<Scalar>()?.text();
                self.is_prefix = matches!(kind.as_deref(), Some(b"directory" | b"prefix"));
            }
            "IsLatest" => self.is_outdated |= !fields.next_value::<Scalar>()?.is_true(),
            "isCurrentVersion" => {
                self.is_outdated |= matches!(fields.next_value::<Scalar>()?, Scalar::False);
            }
            "IsDeleteMarker" | "isDeleteMarker" | "deleted" => {
                self.is_outdated |= fields.next_value::<Scalar>()?.is_true();
            }
            "snapshot" | "timeDeleted" => {
                self.is_outdated |= fields.next_value::<Scalar>()?.text().is_some();
            }
            // Of `mc`, which lists the newest version first.
            "versionOrdinal" | "versionIndex" | "isLatest" => {
                fields.next_value::<IgnoredAny>()?;
                self.has_version = true;
            }
            // Where Azure and Google keep the size.
            "properties" | "metadata" => {
                if let Inner(Some(size)) = fields.next_value()? {
                    self.size = Some(size);
                }
            }
            _ => {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn line(&self, tool: Tool) -> Option<Line<'_>> {
        let path = self.path.as_deref().filter(|_| !self.is_outdated)?;
        let mut key = after_scheme(path).unwrap_or(path);
        if self.is_address && path.starts_with(b"gs://") {
            // `gs://bucket/key#generation`.
            let generation = key.iter().rposition(|byte| *byte == b'#');
            let digits = generation.and_then(|at| key.get(at + 1..));
            if digits
                .is_some_and(|digits| digits.len() > 9 && digits.iter().all(u8::is_ascii_digit))
            {
                key = generation.and_then(|at| key.get(..at)).unwrap_or(key);
            }
        }
        if self.is_relative {
            let is_folder = self.is_folder || self.is_prefix;
            let kind = if is_folder { EntryKind::Folder } else { EntryKind::File };
            let size = self.size.filter(|_| !is_folder);
            return Some(Line::Entry { path: key, kind: Some(kind), size });
        }
        if self.is_prefix {
            return Some(Line::Unlisted(key));
        }
        // s5cmd leaves a size of zero out, and so nothing else of an object.
        Some(object(key, self.size.or((tool == Tool::S5cmd).then_some(0))))
    }
}

/// Whether an address is one of a store, and not one by which a store's page is fetched.
fn is_of_store(url: &[u8]) -> bool {
    after_scheme(url).is_some() && !url.starts_with(b"http")
}
