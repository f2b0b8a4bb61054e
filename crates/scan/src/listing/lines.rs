//! Reads listings with one entry a line.

use std::collections::BTreeSet;
use std::io::Read;
use std::ops::ControlFlow;

use sensortree_core::text;
use sensortree_core::tree::EntryKind;

use super::bytes::{Lines, each_line};
use super::line::{Format, Line};
use super::sink::Sink;
use super::{columns, inventory, kind};

/// Reads a listing with one entry a line.
pub(super) fn read(reader: impl Read, kind: kind::Lines, sink: &mut Sink<'_>) {
    let mut written = Written::new(kind.format);
    let mut joined = Vec::new();
    let mut heading: Option<Vec<u8>> = None;
    // Folders that a listing by folders has named, and whose own heading has not come.
    let mut pending: BTreeSet<Vec<u8>> = BTreeSet::new();
    each_line(&mut Lines::new(reader, kind.end), |number, line| {
        let line = match line {
            Ok(line) if kind.returns => line.strip_suffix(b"\r").unwrap_or(line),
            Ok(line) => line,
            Err(fault) => {
                sink.cannot_read(fault);
                return ControlFlow::Continue(());
            }
        };
        if kind.has_header() && number == 1 {
            return ControlFlow::Continue(());
        }
        let mut read = kind.format.read(line);
        if let Line::Heading(folder) = read {
            pending.remove(folder);
            heading = Some(folder.to_vec());
            return ControlFlow::Continue(());
        }
        if let Line::Entry { path, kind: entry, .. } = &mut read {
            if let Some(folder) = &heading {
                joined.clear();
                joined.extend_from_slice(folder);
                if !folder.ends_with(b"/") {
                    joined.push(b'/');
                }
                joined.extend_from_slice(path);
                *path = &joined;
                if *entry == Some(EntryKind::Folder) {
                    pending.insert(joined.clone());
                }
            }
            match written.as_path(path) {
                Some(plain) => *path = plain,
                None => read = Line::Foreign,
            }
        }
        if let Line::Entry { path, .. } = &mut read
            && kind.dotted
        {
            match *path {
                b"." | b"./" => return ControlFlow::Continue(()),
                [b'.', b'/', below @ ..] => *path = below,
                _ => read = Line::Foreign,
            }
        }
        if read == Line::Foreign {
            let quoted = text::lossless(line.get(..80).unwrap_or(line)).into_owned();
            sink.cannot_read(format!(
                "line {number} of the listing is not as the others: `{quoted}`"
            ));
        }
        sink.take(read)
    });
    for folder in pending {
        sink.name_unlisted(folder.strip_prefix(b"./").unwrap_or(&folder));
    }
}

/// How the paths of a listing are written, where they are not written as they are.
struct Written {
    format: Format,
    /// A path as it is.
    plain: Vec<u8>,
}

impl Written {
    fn new(format: Format) -> Self {
        Written { format, plain: Vec::new() }
    }

    /// The path as it is; `None` where it is not written as the tool writes paths.
    fn as_path<'p>(&'p mut self, path: &'p [u8]) -> Option<&'p [u8]> {
        match self.format {
            Format::WindowsPath => self.turned(path),
            Format::Table(table) if table.is_encoded => inventory::decode(path, &mut self.plain),
            Format::Table(_) if path.contains(&b'\\') && !path.contains(&b'/') => self.turned(path),
            Format::Columns(tool) if tool.quotes() && path.starts_with(b"\"") => {
                columns::unquoted(path, &mut self.plain)?;
            }
            // `find -ls` has a backslash before what is odd in a name.
            Format::Columns(columns::Tool::FindLs) if path.contains(&b'\\') => return None,
            _ => return Some(path),
        }
        Some(&self.plain)
    }

    fn turned(&mut self, path: &[u8]) {
        self.plain.clear();
        self.plain.extend(path.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }));
    }
}
