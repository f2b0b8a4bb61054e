//! What drawn frames hold: the smallest files that are what their suffix says, filled up to the
//! drawn size, or what a sketch says they hold instead.

use std::sync::LazyLock;

use flate2::{Compress, Compression, Crc, FlushCompress};
use sensortree_probe::{ByteRange, Depth, Format, Probe, ProbeResult};
use twox_hash::XxHash3_64;

use super::cloud::{self, Encoding, Points, STRIDE};
use super::unescape;
use crate::names::Suffix;

/// What is said of a frame's content behind a `=`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// It is this text and nothing else.
    text: Option<Vec<u8>>,
    /// A piece of its text, and what stands there instead.
    edit: Option<(String, String)>,
    encoding: Encoding,
    points: Points,
    is_torn: bool,
    is_without_tables: bool,
    /// Its width and height in pixels.
    pixels: Option<(u16, u16)>,
    is_png: bool,
    is_one_colour: bool,
    is_turned: bool,
    is_cmyk: bool,
    is_cut: bool,
    is_zeros: bool,
    is_without_points: bool,
    /// Whether it is the same as others that are drawn so.
    is_same: bool,
}

/// The size of images where none is drawn: that of [`super::fitting_metadata`].
const PIXELS: (u16, u16) = (1920, 1080);

/// The size of a JPEG of which nothing is drawn. Trees are drawn with very many.
static IMAGE_BYTES: LazyLock<u64> =
    LazyLock::new(|| jpeg(PIXELS, &Held::default(), b"").len() as u64);

/// A PNG of which nothing is drawn: to pack its rows takes a while.
static PLAIN_PNG: LazyLock<Vec<u8>> = LazyLock::new(|| pack_png(PIXELS, &Held::default()));

impl Held {
    /// Reads the words behind `=`.
    ///
    /// # Errors
    /// When a word says nothing of a file's content, or an escape is broken.
    pub fn parse(words: &str) -> Result<Self, String> {
        let mut held = Held::default();
        if let Some(text) = words.strip_prefix("begins ") {
            held.text = Some(unescape(text)?);
            return Ok(held);
        }
        let (words, edit) = match words.split_once("edit ") {
            Some((words, edit)) => (words.trim_end_matches(", "), edit.split_once(" ->")),
            None => (words, None),
        };
        if let Some((from, to)) = edit {
            let text =
                |escaped| String::from_utf8(unescape(escaped)?).map_err(|error| error.to_string());
            held.edit = Some((text(from)?, text(to.trim_start())?));
        }
        for word in words.split(", ").filter(|word| !word.is_empty()) {
            match word {
                "ascii" => held.encoding = Encoding::Ascii,
                "compressed" => held.encoding = Encoding::Compressed,
                "torn" => held.is_torn = true,
                "no tables" => held.is_without_tables = true,
                "lost points" => held.points = Points::Lost,
                "half lost" => held.points = Points::HalfLost,
                "points at origin" => held.points = Points::AtOrigin,
                "equal points" => held.points = Points::Equal,
                "millimetres" => held.points = Points::Millimetres,
                "map coordinates" => held.points = Points::Map,
                "noise" => held.points = Points::Noise,
                "half blank" => held.points = Points::HalfBlank,
                "blank" => held.points = Points::Blank,
                "png" => held.is_png = true,
                "one colour" => held.is_one_colour = true,
                "turned" => held.is_turned = true,
                "cmyk" => held.is_cmyk = true,
                "cut" => held.is_cut = true,
                "zeros" => held.is_zeros = true,
                "no points" => held.is_without_points = true,
                "same" => held.is_same = true,
                _ => {
                    let pixels =
                        word.split_once('x').map(|(width, height)| (width.parse(), height.parse()));
                    let Some((Ok(width), Ok(height))) = pixels else {
                        return Err(format!("`{word}` says nothing of a file's content"));
                    };
                    held.pixels = Some((width, height));
                }
            }
        }
        Ok(held)
    }

    /// Whether it is a text, and nothing else.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.text.is_some()
    }

    /// Whether an image is like those of which nothing is drawn.
    fn is_plain_image(&self) -> bool {
        *self == Held::default()
    }

    /// A file's text with its piece of that changed.
    fn edited(&self, text: Vec<u8>) -> Vec<u8> {
        let Some((from, to)) = &self.edit else { return text };
        let from = from.as_bytes();
        match text.windows(from.len().max(1)).position(|piece| piece == from) {
            Some(at) => [&text[..at], to.as_bytes(), &text[at + from.len()..]].concat(),
            None => text,
        }
    }

    /// The size of a file of this name of which none is drawn, where what it holds has one.
    #[must_use]
    pub fn size(&self, name: &[u8]) -> Option<u64> {
        let format = Format::of_suffix(Suffix::of(name).as_str());
        match (&self.text, format) {
            (Some(text), _) => Some(text.len() as u64),
            (None, Some(Format::Jpeg)) if self.is_plain_image() => Some(*IMAGE_BYTES),
            (None, Some(Format::Jpeg)) if !self.is_png => {
                Some(jpeg(self.pixels.unwrap_or(PIXELS), self, name).len() as u64)
            }
            (None, Some(Format::Png | Format::Jpeg)) => {
                Some(png(PIXELS, &Held::default(), name).len() as u64)
            }
            (None, Some(Format::Pcd)) if self.encoding != Encoding::Binary => {
                Some(point_cloud(0, self, name).len() as u64)
            }
            (None, _) => None,
        }
    }
}

/// A file's bytes: a beginning and an end, and zeros between the two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// How it begins.
    pub head: Vec<u8>,
    /// How it ends.
    pub tail: Vec<u8>,
    /// Its size in bytes.
    pub size: u64,
}

impl Content {
    /// What a file of this name, size and drawn content holds.
    #[must_use]
    pub fn of(name: &[u8], size: u64, held: Option<&Held>) -> Self {
        let plain = Held::default();
        let held = held.unwrap_or(&plain);
        let pixels = held.pixels.unwrap_or(PIXELS);
        let suffix = Suffix::of(name);
        // Frames that are drawn the same differ all the same, as those of a sensor do.
        let own = if held.is_same { b"" } else { name };
        let (head, tail) = match Format::of_suffix(suffix.as_str()) {
            _ if held.text.is_some() => (held.text.clone().unwrap_or_default(), Vec::new()),
            _ if held.is_zeros => (Vec::new(), Vec::new()),
            Some(Format::Pcd) => (point_cloud(size, held, own), Vec::new()),
            Some(Format::Jpeg) if !held.is_png => jpeg_of_size(jpeg(pixels, held, own), held, size),
            Some(Format::Jpeg | Format::Png) => (png(pixels, held, own), Vec::new()),
            Some(Format::Webp) => (webp(pixels, own), Vec::new()),
            None => (Vec::new(), Vec::new()),
        };
        Content::new(head, tail, size)
    }

    fn new(mut head: Vec<u8>, tail: Vec<u8>, size: u64) -> Self {
        // What has no room is cut off.
        if (head.len() + tail.len()) as u64 > size {
            head.extend(tail);
            head.truncate(usize::try_from(size).unwrap_or(usize::MAX));
            return Content { head, tail: Vec::new(), size };
        }
        Content { head, tail, size }
    }

    /// An image of two greys that every reader can decode.
    #[must_use]
    pub fn image(width: u16, height: u16) -> Self {
        let head = jpeg((width, height), &Held::default(), b"");
        let size = head.len() as u64;
        Content::new(head, Vec::new(), size)
    }

    /// What a look so far into it finds.
    #[must_use]
    pub fn probe(&self, depth: Depth, format: Format) -> ProbeResult {
        let mut probe = Probe::to(depth, format, self.size);
        loop {
            if let Some(facts) = probe.take(&self.read(probe.wanted())) {
                return facts;
            }
        }
    }

    /// The bytes of a stretch.
    fn read(&self, stretch: ByteRange) -> Vec<u8> {
        let tail_start = self.size.saturating_sub(self.tail.len() as u64);
        let mut bytes = vec![0; stretch.length];
        for (start, piece) in [(0, &self.head), (tail_start, &self.tail)] {
            let skipped =
                usize::try_from(stretch.offset.saturating_sub(start)).unwrap_or(usize::MAX);
            let at = usize::try_from(start.saturating_sub(stretch.offset)).unwrap_or(usize::MAX);
            let piece = piece.get(skipped..).unwrap_or_default();
            if let Some(room) = bytes.get_mut(at..) {
                let length = piece.len().min(room.len());
                room[..length].copy_from_slice(&piece[..length]);
            }
        }
        bytes
    }
}

/// The points of a cloud that is no binary one.
const OTHER_POINTS: u32 = 100;

/// The largest cloud whose points are written. Those of larger ones are zero bytes.
const WRITTEN: u64 = 1 << 16;

/// A point cloud: one of this size in binary, and of [`OTHER_POINTS`] otherwise.
fn point_cloud(size: u64, held: &Held, name: &[u8]) -> Vec<u8> {
    let intensity = cloud::intensity(name);
    if held.encoding != Encoding::Binary {
        let mut body = cloud::body(held.points.take(OTHER_POINTS, intensity), held.encoding);
        if held.is_torn {
            // Behind the two sizes, a stretch repeated from before the beginning.
            body.splice(8..10, [0x20, 0xFF]);
        }
        let text = [cloud::header(OTHER_POINTS.into(), held.encoding).as_bytes(), &body].concat();
        return held.edited(text);
    }
    let header = |points: u64| held.edited(cloud::header(points, Encoding::Binary).into_bytes());
    let mut points = size.saturating_sub(header(1).len() as u64) / STRIDE;
    while points > 1 && header(points).len() as u64 + points * STRIDE > size {
        points -= 1;
    }
    let written = if size <= WRITTEN { u32::try_from(points).unwrap_or_default() } else { 0 };
    let points = match held {
        Held { is_without_points: true, .. } => 0,
        Held { is_cut: true, .. } => 2 * points.max(1),
        _ => points.max(1),
    };
    [header(points), cloud::body(held.points.take(written, intensity), Encoding::Binary)].concat()
}

const END: &[u8] = &[0xFF, 0xD9];

/// A JPEG as the beginning and the end of a file of this size, with zeros between the two.
fn jpeg_of_size(mut bytes: Vec<u8>, held: &Held, size: u64) -> (Vec<u8>, Vec<u8>) {
    if held.is_cut {
        bytes.truncate(bytes.len() - END.len());
        return (bytes, Vec::new());
    }
    // What stands behind an image's end does no harm.
    let is_longer = bytes.len() as u64 + END.len() as u64 <= size;
    (bytes, if is_longer { END.to_vec() } else { Vec::new() })
}

/// A baseline JPEG of two greys, or of one, with a comment that tells it from those of other names.
fn jpeg((width, height): (u16, u16), held: &Held, name: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    segment(&mut bytes, 0xFE, format!("{:016x}", XxHash3_64::oneshot(name)).as_bytes());
    if held.is_turned {
        // One entry: the orientation, 6.
        segment(
            &mut bytes,
            0xE1,
            b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        );
    }
    if !held.is_without_tables {
        segment(&mut bytes, 0xDB, &[&[0][..], &[1; 64]].concat());
    }
    let components: u8 = if held.is_cmyk { 4 } else { 1 };
    let [h1, h0] = height.to_be_bytes();
    let [w1, w0] = width.to_be_bytes();
    let of_frame = (1..=components).flat_map(|component| [component, 0x11, 0]);
    segment(
        &mut bytes,
        0xC0,
        &[8, h1, h0, w1, w0, components].into_iter().chain(of_frame).collect::<Vec<u8>>(),
    );
    // Of the mean of a block: `0` for no difference, and `10` for one that takes a bit. Of the
    // rest: `0` for nothing.
    segment(&mut bytes, 0xC4, &[0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    segment(&mut bytes, 0xC4, &[0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    let of_scan = (1..=components).flat_map(|component| [component, 0x00]);
    segment(
        &mut bytes,
        0xDA,
        &[components].into_iter().chain(of_scan).chain([0, 63, 0]).collect::<Vec<u8>>(),
    );
    // The first block is a little brighter than grey (`101` and `0`), the next of its component, if
    // there are two greys, is grey (`100` and `0`), and all others are like the last of their
    // component, at two bits each.
    let blocks = usize::from(width.div_ceil(8)) * usize::from(height.div_ceil(8));
    let coded = bytes.len();
    bytes.resize(coded + (2 * blocks * usize::from(components) + 4).div_ceil(8).max(1), 0);
    bytes[coded] = 0b1010_0000;
    if !held.is_one_colour && blocks > 1 {
        let bit = 4 + 2 * usize::from(components - 1);
        bytes[coded + bit / 8] |= 0b1000_0000 >> (bit % 8);
    }
    if held.is_torn {
        // No code begins with `11`.
        let middle = coded + (bytes.len() - coded) / 2;
        bytes[middle] = 0b1100_0000;
    }
    bytes.extend_from_slice(END);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, body: &[u8]) {
    bytes.extend([0xFF, marker]);
    // Bodies here are a few dozen bytes.
    let length = u16::try_from(body.len() + 2).unwrap_or(u16::MAX);
    bytes.extend(length.to_be_bytes());
    bytes.extend(body);
}

/// A PNG of black, with one pixel that is nearly so unless it is of one colour, and with a text
/// that tells it from those of other names.
fn png(pixels: (u16, u16), held: &Held, name: &[u8]) -> Vec<u8> {
    let is_plain = pixels == PIXELS && !held.is_torn && !held.is_one_colour;
    let mut bytes = if is_plain { PLAIN_PNG.clone() } else { pack_png(pixels, held) };
    let mut text = Vec::new();
    let hash = XxHash3_64::oneshot(name);
    chunk(&mut text, *b"tEXt", format!("Title\0{hash:016x}").as_bytes());
    bytes.splice(PNG_HEADER..PNG_HEADER, text);
    bytes
}

/// The bytes of a PNG's signature and of the chunk with its size.
const PNG_HEADER: usize = 8 + 25;

fn pack_png((width, height): (u16, u16), held: &Held) -> Vec<u8> {
    let sides = [u32::from(width).to_be_bytes(), u32::from(height).to_be_bytes()].concat();
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut bytes, *b"IHDR", &[&sides[..], &[8, 0, 0, 0, 0]].concat());
    let mut rows = vec![0; (usize::from(width) + 1) * usize::from(height)];
    if let Some(pixel) = rows.last_mut().filter(|_| !held.is_one_colour) {
        *pixel = 1;
    }
    let mut packed = Vec::with_capacity(rows.len() / 64 + 64);
    // All of it fits into one chunk, and packing zeros cannot fail.
    let _ = Compress::new(Compression::best(), true).compress_vec(
        &rows,
        &mut packed,
        FlushCompress::Finish,
    );
    chunk(&mut bytes, *b"IDAT", &packed);
    if held.is_torn {
        let middle = bytes.len() - packed.len() / 2;
        bytes[middle] ^= 1;
    }
    chunk(&mut bytes, *b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut checksum = Crc::new();
    checksum.update(&kind);
    checksum.update(data);
    bytes.extend(u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(kind);
    bytes.extend(data);
    bytes.extend(checksum.sum().to_be_bytes());
}

/// A WebP image of one colour, without loss: each pixel takes no bit.
fn webp((width, height): (u16, u16), name: &[u8]) -> Vec<u8> {
    // 14 bits of each side, and nothing of transparency.
    let sides = u32::from(width.saturating_sub(1)) | u32::from(height.saturating_sub(1)) << 14;
    // No transform, no cache of colours, one group of codes: five codes of one symbol, 0, each.
    let codes: u32 = (0..5).fold(0, |codes, at| codes | 1 << (3 + 4 * at));
    // Bytes behind the last code tell it from those of other names.
    let name = XxHash3_64::oneshot(name).to_le_bytes();
    let data = [&[0x2F][..], &sides.to_le_bytes(), &codes.to_le_bytes(), &[0], &name].concat();
    let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let chunk = [&b"VP8L"[..], &length(data.len()), &data].concat();
    [&b"RIFF"[..], &length(4 + chunk.len()), b"WEBP", &chunk].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sensortree_probe::{Fault, ImageSize, MissingPart};

    #[test]
    fn drawn_files_hold_what_their_suffix_says() {
        let check = |name: &str, size: u64, words: &str, expected: &[Fault]| {
            let held = (!words.is_empty()).then(|| Held::parse(words).unwrap());
            let content = Content::of(name.as_bytes(), size, held.as_ref());
            let facts = content.probe(Depth::Headers, Format::of_name(name.as_bytes()).unwrap());
            let found: Vec<Fault> = facts.problems.iter().map(|problem| problem.fault).collect();
            assert_eq!(found, expected, "{name} {size} {words}");
            facts.image
        };
        let pixels = |width, height| Some(ImageSize { width, height, turned: false });
        for size in [9_000, 9_999, 4_000_000_000] {
            assert_eq!(check("1.pcd", size, "", &[]), None);
            for name in ["1.jpg", "1.JPEG", "1.png", "1.webp"] {
                assert_eq!(check(name, size, "", &[]), pixels(1920, 1080));
            }
        }
        assert_eq!(check("1.jpg", 2_000, "640x480", &[]), pixels(640, 480));
        check("1.jpg", 9_000, "cut", &[Fault::CutOffImage(MissingPart::End)]);
        check("1.jpg", 1_000, "", &[Fault::CutOffImage(MissingPart::End)]);
        check("1.jpg", 50, "", &[Fault::CutOffImage(MissingPart::Frame)]);
        check("1.pcd", 1_000, "cut", &[Fault::ShortPointCloud]);
        check("1.pcd", 1_000, "no points", &[Fault::NoPoints]);
        check("1.pcd", 1_000, "zeros", &[Fault::Zeros]);
        assert!(Held::parse("nothing").is_err());
    }
}
