//! From bytes to text.

use zeroize::Zeroize as _;

use super::Span;
use super::fault::{Fault, FaultKind};

/// Stands for each byte that is not UTF-8 in the text that is parsed: one byte too, so that the
/// places stay right, and nothing that strict JSON would have in any place.
pub(super) const SUBSTITUTE: char = '\u{1A}';

/// A document's bytes as text.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The bytes as read, or decoded to UTF-8 where they were UTF-16.
    pub(super) text: Vec<u8>,
    /// Where behind a byte order mark the text starts.
    pub(super) start: usize,
    /// What is wrong with the encoding.
    pub(super) faults: Vec<Fault>,
    body: Body,
}

/// What is to be parsed.
#[derive(Debug)]
enum Body {
    AsRead,
    Repaired(String),
    Nothing,
}

impl Decoded {
    /// The text to parse, if it is any.
    pub(super) fn readable(&self) -> Option<&str> {
        match &self.body {
            Body::AsRead => std::str::from_utf8(&self.text).ok(),
            Body::Repaired(text) => Some(text),
            Body::Nothing => None,
        }
    }
}

#[derive(Clone, Copy)]
enum Wide {
    Little,
    Big,
}

/// `redact` is given the text before anything is made of it.
pub(super) fn decode(mut bytes: Vec<u8>, redact: impl Fn(&mut [u8])) -> Decoded {
    let wide = match bytes.as_slice() {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => {
            Err(vec![Fault::new(FaultKind::Encoding, Span::at(0), "UTF-32")])
        }
        [0xFF, 0xFE, wide @ ..] => decode_wide(wide, Wide::Little, &redact),
        [0xFE, 0xFF, wide @ ..] => decode_wide(wide, Wide::Big, &redact),
        // Every JSON text starts with two ASCII characters, or is one.
        [low, 0, ..] if *low != 0 => decode_wide(&bytes, Wide::Little, &redact),
        [0, low, ..] if *low != 0 => decode_wide(&bytes, Wide::Big, &redact),
        _ => {
            redact(&mut bytes);
            return decode_narrow(bytes);
        }
    };
    match wide {
        Ok(decoded) => {
            // What was redacted in the text still stands here.
            bytes.zeroize();
            decoded
        }
        Err(faults) => {
            redact(&mut bytes);
            Decoded { text: bytes, start: 0, faults, body: Body::Nothing }
        }
    }
}

fn decode_wide(
    bytes: &[u8],
    order: Wide,
    redact: impl Fn(&mut [u8]),
) -> Result<Decoded, Vec<Fault>> {
    let name = match order {
        Wide::Little => "UTF-16 (little-endian)",
        Wide::Big => "UTF-16 (big-endian)",
    };
    let faults = vec![Fault::new(FaultKind::Encoding, Span::at(0), name)];
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| match order {
        Wide::Little => u16::from_le_bytes(*pair),
        Wide::Big => u16::from_be_bytes(*pair),
    });
    match char::decode_utf16(units).collect::<Result<String, _>>() {
        Ok(text) if rest.is_empty() => {
            let mut text = text.into_bytes();
            redact(&mut text);
            Ok(Decoded { text, start: 0, faults, body: Body::AsRead })
        }
        // Half a character: what it says is not clear, and the encoding has to be
        // mended first anyway.
        _ => Err(faults),
    }
}

fn decode_narrow(bytes: Vec<u8>) -> Decoded {
    const MARK: &[u8] = b"\xEF\xBB\xBF";
    let mut faults = Vec::new();
    let mut start = 0;
    if bytes.starts_with(MARK) {
        start = MARK.len();
        faults.push(Fault::new(FaultKind::ByteOrderMark, Span::new(0, start), "a byte order mark"));
    }
    let mut body = Body::AsRead;
    if std::str::from_utf8(&bytes).is_err() {
        let mut text = String::with_capacity(bytes.len());
        let mut fault: Option<Fault> = None;
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            if chunk.invalid().is_empty() {
                continue;
            }
            let span = Span::new(text.len(), text.len() + chunk.invalid().len());
            match &mut fault {
                Some(fault) => fault.again(span),
                None => {
                    fault =
                        Some(Fault::new(FaultKind::NotUtf8, span, hexadecimal(chunk.invalid())));
                }
            }
            chunk.invalid().iter().for_each(|_| text.push(SUBSTITUTE));
        }
        faults.extend(fault);
        body = Body::Repaired(text);
    }
    Decoded { text: bytes, start, faults, body }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("0x{byte:02X}")).collect::<Vec<_>>().join(" ")
}
