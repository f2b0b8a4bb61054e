//! What kind of image a file is, and how large PNG and WebP are.
//!
//! Both say so in their first bytes, and `imagesize` reads it from there: MIT, no dependencies,
//! kept since 2016.

use crate::actual_format::ActualFormat;
use crate::facts::{Fault, ImageSize};
use crate::format::Format;

/// The kind of image that begins so.
pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"\xFF\xD8") {
        Some(Format::Jpeg)
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some(Format::Webp)
    } else {
        None
    }
}

/// The size of the PNG or WebP image that begins so.
pub(super) fn size(head: &[u8]) -> Option<ImageSize> {
    let size = imagesize::blob_size(head).ok()?;
    let side = |pixels: usize| u32::try_from(pixels).ok().filter(|pixels| *pixels > 0);
    Some(ImageSize { width: side(size.width)?, height: side(size.height)?, turned: false })
}

/// What makes a PNG or WebP image unreadable that begins so, right behind its signature.
pub(super) fn fault(format: Format, head: &[u8]) -> Option<Fault> {
    let is_blank = |from: usize| {
        head.get(from..).is_some_and(|rest| !rest.is_empty() && rest.iter().all(|byte| *byte == 0))
    };
    match format {
        Format::Png if is_blank(SIGNATURE) => Some(Fault::Zeros),
        // The first chunk says how large the image is: behind the length, its type.
        Format::Png if head.get(12..16).is_some_and(|kind| kind != b"IHDR") => {
            Some(Fault::NotTheImage(ActualFormat::Unknown))
        }
        // The next chunk has a type, which is none in zeros.
        Format::Png if is_blank(HEADER) && head.len() >= HEADER + 8 => Some(Fault::BlankBody),
        Format::Webp if is_blank(12) => Some(Fault::Zeros),
        _ => None,
    }
}

/// How long a PNG's signature is, and how long with the chunk IHDR.
const SIGNATURE: usize = 8;
const HEADER: usize = SIGNATURE + 25;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x07\x80\0\0\x04\x38\x08\x02\0\0\0";
    /// The three ways in which WebP says its size.
    const LOSSY: &[u8] =
        b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x07\x38\x04\0\0";
    const LOSSLESS: &[u8] = b"RIFF\x24\0\0\0WEBPVP8L\x18\0\0\0\x2f\x7f\xc7\x0d\x01\0\0\0";
    const EXTENDED: &[u8] = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x07\0\x37\x04\0";

    #[test]
    fn png_and_webp_say_their_size() {
        for (file, format) in [
            (PNG, Format::Png),
            (LOSSY, Format::Webp),
            (LOSSLESS, Format::Webp),
            (EXTENDED, Format::Webp),
        ] {
            assert_eq!(sniff(file), Some(format));
            assert_eq!(
                size(file),
                Some(ImageSize { width: 1920, height: 1080, turned: false }),
                "{format:?}"
            );
        }
        assert_eq!(size(&PNG[..20]), None);
    }

    #[test]
    fn zeros_behind_a_signature_are_no_image() {
        let zeros = |head: &[u8]| [head, &[0; 100]].concat();
        for (head, format, expected) in [
            (zeros(&PNG[..8]), Format::Png, Some(Fault::Zeros)),
            (zeros(PNG), Format::Png, Some(Fault::BlankBody)),
            (
                [&PNG[..8], b"\0\0\0\x04iCCPabcd1234"].concat(),
                Format::Png,
                Some(Fault::NotTheImage(ActualFormat::Unknown)),
            ),
            ([PNG, b"\0\0\0\0\0\0\x10\0IDAT", &[0; 40]].concat(), Format::Png, None),
            (PNG.to_vec(), Format::Png, None),
            (zeros(&LOSSY[..12]), Format::Webp, Some(Fault::Zeros)),
            (zeros(EXTENDED), Format::Webp, None),
        ] {
            assert_eq!(fault(format, &head), expected, "{head:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(
            which in 0_usize..4,
            keep in 0_usize..40,
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let start = [PNG, LOSSY, LOSSLESS, EXTENDED][which];
            let file = [&start[..keep.min(start.len())], &bytes].concat();
            let _ = (size(&file), fault(Format::Png, &file), fault(Format::Webp, &file));
        }
    }
}
