//! S3 Inventory: a manifest, and beside it the parts that list a bucket, in CSV or Parquet.

#[cfg(feature = "parquet")]
mod parquet;

use std::fs::File;
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Component, Path, PathBuf};

use sensortree_core::text;
use serde::Deserialize;

use super::bytes::{MAX_LINE, Text, broken};
use super::line::object;
use super::listed::Listed;
use super::sink::Sink;
use crate::scan_errors;

/// The largest manifest that is read, in bytes: room for 10^5 parts.
const MOST_BYTES: u64 = 64 << 20;

/// How far above the manifest a copy of the whole inventory may begin.
const MOST_LEVELS: usize = 8;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifest {
    source_bucket: String,
    file_format: String,
    file_schema: String,
    files: Vec<Part>,
}

#[derive(Debug, Deserialize)]
struct Part {
    key: String,
    size: Option<u64>,
}

/// What one row of an inventory says.
#[derive(Debug, Default)]
struct Row<'r> {
    key: &'r [u8],
    size: Option<u64>,
    /// Whether the row is of a deleted object or of an older version of one.
    is_gone: bool,
}

/// Reads an inventory, whose manifest lies at `path`.
pub(super) fn read<'a>(
    text: Text<'_>,
    path: Option<&Path>,
    mut sink: Sink<'a>,
) -> Result<(Sink<'a>, Listed), String> {
    let Some(folder) = path.map(|path| path.parent().unwrap_or(Path::new(""))) else {
        let said = "the manifest of an S3 Inventory, whose parts lie beside it: name its file, with --listing FILE";
        return Err(said.to_owned());
    };
    let manifest: Manifest = serde_json::from_reader(text.into_reader().take(MOST_BYTES))
        .map_err(|error| format!("a manifest of an S3 Inventory that cannot be read ({error})"))?;
    let read: fn(&Manifest, File, &mut Sink<'_>) -> Result<(), String> =
        match manifest.file_format.as_str() {
            "CSV" => csv,
            "Parquet" => parquet_part,
            format => {
                let format = text::short(format);
                return Err(format!("an S3 Inventory in {format}; have it made as CSV or Parquet"));
            }
        };
    for part in &manifest.files {
        let name = part.key.rsplit('/').next().unwrap_or_default();
        let read = open(folder, part).and_then(|file| read(&manifest, file, &mut sink));
        if let Err(why) = read {
            sink.cannot_read(format!("the inventory's part `{name}`: {why}"));
        }
        if sink.is_interrupted {
            break;
        }
    }
    let Manifest { source_bucket, file_format, files, .. } = &manifest;
    let parts = text::count(files.len() as u64, "part");
    let name = format!("the S3 Inventory of {source_bucket} ({file_format}, {parts})");
    Ok((sink, Listed { name, ..Listed::default() }))
}

/// Opens a part, which was copied with its folders or without, or as it lies in the bucket: in
/// `data`, beside the folder of the manifest.
fn open(folder: &Path, part: &Part) -> Result<File, String> {
    let key = Path::new(&part.key);
    let is_plain = key.components().all(|component| matches!(component, Component::Normal(_)));
    let Some(name) = key.file_name().filter(|_| is_plain) else {
        return Err("its name leads out of its folder".to_owned());
    };
    let beside = [
        folder.join(name),
        folder.join("data").join(name),
        folder.join("..").join("data").join(name),
    ];
    // An empty path has no parent, and the current folder's is the one above.
    let whole = std::path::absolute(folder).unwrap_or_default();
    let copied: Vec<PathBuf> =
        whole.ancestors().take(MOST_LEVELS).map(|above| above.join(key)).collect();
    let found = beside.into_iter().chain(copied).find(|path| path.is_file());
    let Some(found) = found else {
        return Err("is not beside the manifest: copy it there, with or without the folder `data`"
            .to_owned());
    };
    let file = File::open(found).map_err(|error| scan_errors::reason(&error))?;
    let bytes = file.metadata().map_err(|error| scan_errors::reason(&error))?.len();
    match part.size {
        Some(size) if size != bytes => Err(format!(
            "has {} and not the {} that the manifest says",
            text::count(bytes, "byte"),
            text::number(size)
        )),
        _ => Ok(file),
    }
}

fn take(row: &Row<'_>, sink: &mut Sink<'_>) -> ControlFlow<()> {
    if row.is_gone { ControlFlow::Continue(()) } else { sink.take(object(row.key, row.size)) }
}

fn csv(manifest: &Manifest, file: File, sink: &mut Sink<'_>) -> Result<(), String> {
    let columns: Vec<&str> = manifest.file_schema.split(',').map(str::trim).collect();
    let column = |name: &str| columns.iter().position(|column| *column == name);
    let (size, latest, deleted) = (column("Size"), column("IsLatest"), column("IsDeleteMarker"));
    let key = column("Key").ok_or_else(|| "the manifest's schema has no column Key".to_owned())?;
    let text = Text::of(file).map_err(|error| broken(&error))?;
    let lines = ShortLines { reader: text.into_reader(), length: 0 };
    let mut rows = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(lines);
    let mut record = ::csv::ByteRecord::new();
    let mut decoded = Vec::new();
    let mut row = 0_u64;
    loop {
        row += 1;
        match rows.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let why = match error.into_kind() {
                    ::csv::ErrorKind::Io(error) => broken(&error),
                    _ => "it is damaged".to_owned(),
                };
                return Err(format!("breaks off in row {row}: {why}"));
            }
        }
        let field = |at: Option<usize>| at.and_then(|at| record.get(at));
        let is = |at: Option<usize>, word: &[u8]| {
            field(at).is_some_and(|field| field.eq_ignore_ascii_case(word))
        };
        let Some(encoded) = record.get(key) else {
            sink.cannot_read(format!("the inventory's row {row} has no key"));
            continue;
        };
        decode(encoded, &mut decoded);
        let size = field(size)
            .and_then(|size| std::str::from_utf8(size).ok())
            .and_then(|size| size.parse().ok());
        let is_gone = is(latest, b"false") || is(deleted, b"true");
        if take(&Row { key: &decoded, size, is_gone }, sink).is_break() {
            return Ok(());
        }
    }
}

/// Undoes the encoding of keys in CSV, that of forms: `%XX`, and `+` for a space.
pub(super) fn decode(encoded: &[u8], into: &mut Vec<u8>) {
    into.clear();
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let code = after.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                into.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => into.push(if *first == b'+' { b' ' } else { *first }),
        }
    }
}

#[cfg(feature = "parquet")]
fn parquet_part(_manifest: &Manifest, file: File, sink: &mut Sink<'_>) -> Result<(), String> {
    parquet::read(file, sink)
}

#[cfg(not(feature = "parquet"))]
fn parquet_part(_manifest: &Manifest, _file: File, _sink: &mut Sink<'_>) -> Result<(), String> {
    Err("this build of sensortree leaves Parquet out; have the inventory made as CSV".to_owned())
}

/// Ends a text in which one line is longer than any name, so that a hostile one is
/// never held whole.
struct ShortLines<R> {
    reader: R,
    length: usize,
}

impl<R: Read> Read for ShortLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let new = buffer.get(..read).unwrap_or_default();
        self.length = match memchr::memrchr(b'\n', new) {
            Some(at) => new.len() - at,
            None => self.length + new.len(),
        };
        if self.length > MAX_LINE {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "a line in it is longer than any name",
            ));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_csv_are_decoded_as_forms_are() {
        let check = |encoded: &str, expected: &[u8]| {
            let mut decoded = vec![b'x'];
            decode(encoded.as_bytes(), &mut decoded);
            assert_eq!(decoded, expected, "{encoded}");
        };
        check("data/1.jpg", b"data/1.jpg");
        check("data%2F1+2%2B3.jpg", b"data/1 2+3.jpg");
        check("%C3%BC%FF", b"\xc3\xbc\xff");
        check("100%", b"100%");
        check("%zz%1", b"%zz%1");
    }
}
