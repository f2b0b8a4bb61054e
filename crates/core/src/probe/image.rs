//! What kind of image a file is, and how large PNG and WebP are.
//!
//! Both say so in their first bytes, and `imagesize` reads it from there: MIT, no dependencies, kept since 2016.

use super::{Format, ImageSize};

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

    proptest! {
        #[test]
        fn any_bytes_are_read_without_harm(
            which in 0_usize..4,
            keep in 0_usize..40,
            bytes in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let start = [PNG, LOSSY, LOSSLESS, EXTENDED][which];
            let _ = size(&[&start[..keep.min(start.len())], &bytes].concat());
        }
    }
}
