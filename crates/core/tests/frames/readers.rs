//! Decoders, and what they make of a file.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, Command, Stdio};

use zune_core::bytestream::ZCursor;
use zune_jpeg::JpegDecoder;

/// What a decoder makes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It opens it, and its picture has this hash.
    Opened(u64),
    /// It opens it, and says that something is wrong.
    Warned,
    Refused,
}

/// All decoders that there are.
pub(super) struct Readers {
    pillow: Option<Child>,
    has_djpeg: bool,
}

/// Reads files, each behind its length, and answers with a byte and the picture's hash.
const PILLOW: &str = "
import sys, struct, io, zlib, warnings
warnings.simplefilter('ignore')
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
source, sink = sys.stdin.buffer, sys.stdout.buffer
sink.write(b'.'); sink.flush()
while True:
    head = source.read(8)
    if len(head) < 8: break
    data = source.read(struct.unpack('<Q', head)[0])
    try:
        image = Image.open(io.BytesIO(data), formats=['JPEG'])
        if image.size[0] * image.size[1] > 1 << 26: raise ValueError
        image.load()
        answer = b'1' + struct.pack('<Q', zlib.crc32(image.tobytes()))
    except Exception:
        answer = b'0' + bytes(8)
    sink.write(answer); sink.flush()
";

impl Readers {
    /// The decoders that are libraries, and, where programs are wanted, those that are installed.
    pub(super) fn new(with_programs: bool) -> Self {
        let none = Readers { pillow: None, has_djpeg: false };
        if !with_programs {
            return none;
        }
        let has_djpeg = Command::new("djpeg")
            .arg("-version")
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        let mut pillow = Command::new("python3")
            .args(["-c", PILLOW])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok();
        let is_there = pillow.as_mut().is_some_and(|pillow| {
            pillow.stdout.as_mut().is_some_and(|answers| answers.read_exact(&mut [0]).is_ok())
        });
        Readers { pillow: pillow.filter(|_| is_there), has_djpeg }
    }

    pub(super) fn names(&self) -> Vec<&'static str> {
        let mut names = vec!["zune-jpeg", "jpeg-decoder"];
        names.extend(self.pillow.is_some().then_some("Pillow"));
        names.extend(self.has_djpeg.then_some("djpeg"));
        names
    }

    pub(super) fn read(&mut self, file: &[u8]) -> Vec<Answer> {
        let mut answers = vec![zune(file), jpeg_decoder(file)];
        answers.extend(self.pillow.as_mut().map(|pillow| ask_pillow(pillow, file)));
        answers.extend(self.has_djpeg.then(|| djpeg(file)));
        answers
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        if let Some(pillow) = &mut self.pillow {
            drop(pillow.stdin.take());
            let _ = pillow.wait();
        }
    }
}

/// The hash of a picture; a decoder that gives up by panicking refuses.
fn opened<E>(decode: impl FnOnce() -> Result<Vec<u8>, E>) -> Answer {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(pixels)) => {
            let mut hasher = DefaultHasher::new();
            pixels.hash(&mut hasher);
            Answer::Opened(hasher.finish())
        }
        _ => Answer::Refused,
    }
}

fn zune(file: &[u8]) -> Answer {
    opened(|| JpegDecoder::new(ZCursor::new(file)).decode())
}

fn jpeg_decoder(file: &[u8]) -> Answer {
    let mut decoder = jpeg_decoder::Decoder::new(file);
    decoder.set_max_decoding_buffer_size(1 << 28);
    opened(|| decoder.decode())
}

fn ask_pillow(pillow: &mut Child, file: &[u8]) -> Answer {
    let questions = pillow.stdin.as_mut().unwrap();
    questions.write_all(&(file.len() as u64).to_le_bytes()).unwrap();
    questions.write_all(file).unwrap();
    questions.flush().unwrap();
    let mut answer = [0; 9];
    pillow.stdout.as_mut().unwrap().read_exact(&mut answer).unwrap();
    let [opened, hash @ ..] = answer;
    if opened == b'1' { Answer::Opened(u64::from_le_bytes(hash)) } else { Answer::Refused }
}

fn djpeg(file: &[u8]) -> Answer {
    let mut child = Command::new("djpeg")
        .args(["-fast", "-outfile", "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It may stop reading before the end.
    let _ = child.stdin.take().unwrap().write_all(file);
    match child.wait().unwrap().code() {
        Some(0) => Answer::Opened(0),
        Some(2) => Answer::Warned,
        _ => Answer::Refused,
    }
}
