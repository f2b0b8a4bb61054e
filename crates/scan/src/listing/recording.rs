//! Writing a saved listing while a source is listed.
//!
//! Each builder of the source has a [`EntryObserver`] of its own, that packs what it is told of and
//! hands it on in large parts. So a listing on many threads stays one, and the entries stand in the
//! order in which they were listed, which may differ from one run to the next.

use std::fmt;
use std::fs::File;
use std::io::{self, Seek, Write};
use std::sync::{Arc, Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use sensortree_core::Inspection;
use sensortree_core::document::MetadataFile;
use sensortree_core::tree::{EntryKind, EntryObserver};

use super::own_format::{End, Header, encode, letter};

/// How much text is packed in one go.
const PART: usize = 1 << 20;

/// How many bytes of metadata.json stand in a line.
const METADATA_LINE: usize = 64 << 10;

/// A listing that is being saved. Clones are of the same one.
#[derive(Clone)]
pub struct Recording(Arc<Mutex<State>>);

struct State {
    /// The entries, packed, without the beginning and the end of the listing.
    packed: File,
    entries: u64,
    root: Vec<u8>,
    failure: Option<io::Error>,
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Recording")
    }
}

impl Recording {
    /// Begins to record. What is listed waits in `spare`, an empty file that nobody else uses.
    #[must_use]
    pub fn begin(spare: File) -> Self {
        Recording(Arc::new(Mutex::new(State {
            packed: spare,
            entries: 0,
            root: Vec::new(),
            failure: None,
        })))
    }

    pub(crate) fn tap(&self) -> Box<dyn EntryObserver> {
        Box::new(Part { recording: self.clone(), text: Vec::new(), folder: None, entries: 0 })
    }

    /// Says where in the paths recorded the dataset begins; `root` ends in `/` or is empty.
    pub(crate) fn begin_at(&self, root: &[u8]) {
        self.with(|state| state.root = root.to_vec());
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes the whole listing, once the source is listed to its end and gave this inspection.
    ///
    /// # Errors
    /// When the spare file or `out` could not be written.
    pub fn finish(&self, inspection: &Inspection, out: &mut dyn Write) -> io::Result<()> {
        self.with(|state| {
            if let Some(failure) = state.failure.take() {
                return Err(failure);
            }
            let Inspection { target, metadata, coverage, .. } = inspection;
            let mut text = Vec::new();
            serde_json::to_writer(
                &mut text,
                &Header::of(target, &coverage.unread, &state.root, metadata),
            )?;
            text.push(b'\n');
            for unread in &coverage.unread {
                text.push(b'!');
                // The space parts the path from the reason, so the path has none.
                for part in unread.path.split_inclusive(|byte| *byte == b' ') {
                    encode(part.strip_suffix(b" ").unwrap_or(part), &mut text);
                    text.extend_from_slice(if part.ends_with(b" ") { b"%20" } else { b"" });
                }
                text.push(b' ');
                encode(unread.reason.as_bytes(), &mut text);
                text.push(b'\n');
            }
            for path in &coverage.skipped {
                line(b'~', path, &mut text);
            }
            if let MetadataFile::Text(metadata) = metadata {
                metadata.chunks(METADATA_LINE).for_each(|part| line(b'=', part, &mut text));
            }
            out.write_all(&packed(&text)?)?;
            state.packed.rewind()?;
            io::copy(&mut state.packed, out)?;
            let mut end = serde_json::to_vec(&End { entries: state.entries })?;
            end.push(b'\n');
            out.write_all(&packed(&end)?)
        })
    }
}

fn line(letter: u8, content: &[u8], text: &mut Vec<u8>) {
    text.push(letter);
    encode(content, text);
    text.push(b'\n');
}

fn packed(text: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::new(4));
    packer.write_all(text)?;
    packer.finish()
}

/// What one builder was told of and has not handed on yet.
#[derive(Debug)]
struct Part {
    recording: Recording,
    text: Vec<u8>,
    /// The folder that was named last in `text`.
    folder: Option<Vec<u8>>,
    entries: u64,
}

impl Part {
    fn hand_on(&mut self) {
        if self.entries == 0 {
            return;
        }
        let packed = packed(&self.text);
        let entries = std::mem::take(&mut self.entries);
        self.text.clear();
        self.folder = None;
        self.recording.with(|state| {
            match packed.and_then(|packed| state.packed.write_all(&packed)) {
                Ok(()) => state.entries += entries,
                Err(error) => state.failure = Some(error),
            }
        });
    }
}

impl EntryObserver for Part {
    fn entry(&mut self, folder: &[u8], name: &[u8], kind: EntryKind, size: Option<u64>) {
        if self.folder.as_deref() != Some(folder) {
            line(b'>', folder, &mut self.text);
            let mut known = self.folder.take().unwrap_or_default();
            known.clear();
            known.extend_from_slice(folder);
            self.folder = Some(known);
        }
        self.text.push(letter(kind));
        match size {
            Some(size) => self.text.extend_from_slice(itoa::Buffer::new().format(size).as_bytes()),
            None => self.text.push(b'-'),
        }
        self.text.push(b' ');
        encode(name, &mut self.text);
        self.text.push(b'\n');
        self.entries += 1;
        if self.text.len() > PART {
            self.hand_on();
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.hand_on();
    }
}
