//! JSON that can be looked at: what cannot be seen for what it is, is escaped.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::error::RenderError;
use crate::escape::must_be_written_out;

/// Writes a value as indented JSON in which every character that cannot be seen is escaped, and
/// a line break.
pub(crate) fn write(value: &impl Serialize, out: &mut dyn io::Write) -> Result<(), RenderError> {
    write_with(PrettyFormatter::new(), value, out)
}

/// Writes a value as JSON in one line, escaped in the same way, and a line break.
pub(crate) fn write_line(
    value: &impl Serialize,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    write_with(CompactFormatter, value, out)
}

fn write_with(
    layout: impl Formatter,
    value: &impl Serialize,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Visible { layout }))?;
    Ok(writeln!(out)?)
}

/// JSON that shows every character for what it is: beyond what JSON itself asks, it
/// escapes C1 controls, marks that reorder text, and what cannot be seen. A parser gives
/// the same strings back.
struct Visible<L> {
    layout: L,
}

impl<L: Formatter> Formatter for Visible<L> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let (mut written, mut before) = (0, ' ');
        for (at, c) in fragment.char_indices() {
            // `##[` starts a command in the log of a CI service, wherever in a line it stands.
            if must_be_written_out(c) || (before, c) == ('#', '#') {
                writer.write_all(&fragment.as_bytes()[written..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                written = at + c.len_utf8();
            }
            before = c;
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.layout.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.layout.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.layout.end_object_value(writer)
    }
}
