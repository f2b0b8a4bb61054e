//! JSON without strings that are longer than any name.

use std::io::{self, Read};

use super::bytes::MAX_LINE;

/// Ends a text in which one string is longer than any name, so that a hostile one is
/// never held whole.
pub(super) struct ShortStrings<R> {
    reader: R,
    within: bool,
    escaped: bool,
    length: usize,
}

impl<R> ShortStrings<R> {
    pub(super) fn new(reader: R) -> Self {
        ShortStrings { reader, within: false, escaped: false, length: 0 }
    }
}

impl<R: Read> Read for ShortStrings<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        for byte in buffer.get(..read).unwrap_or_default() {
            self.length += 1;
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.within => self.escaped = true,
                b'"' => (self.within, self.length) = (!self.within, 0),
                _ => {}
            }
            if self.within && self.length > MAX_LINE {
                let said = "a string in it is longer than any name";
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, said));
            }
        }
        Ok(read)
    }
}
