use super::*;
use crate::probe::{Depth, Format, Probe};
use crate::sketch::{Content, Held};
use proptest::prelude::*;

/// What is found in a file that is looked into so far.
fn problems(depth: Depth, format: Format, file: &[u8]) -> Vec<Fault> {
    let mut probe = Probe::to(depth, format, file.len() as u64);
    loop {
        let stretch = probe.wanted();
        let start = usize::try_from(stretch.offset).unwrap();
        if let Some(facts) = probe.take(&file[start..start + stretch.length]) {
            return facts.problems.iter().map(|problem| problem.fault).collect();
        }
    }
}

fn image(name: &[u8]) -> Vec<u8> {
    let size = Held::default().size(name).unwrap_or(38);
    Content::of(name, size, None).head
}

const DEPTHS: [Depth; 2] = [Depth::Headers, Depth::Whole];

#[test]
fn whole_images_are_in_order() {
    for (name, format) in [(&b"1.png"[..], Format::Png), (b"1.webp", Format::Webp)] {
        let file = image(name);
        let longer = [&file[..], &[7; 9_000]].concat();
        for depth in DEPTHS {
            assert_eq!(problems(depth, format, &file), [], "{format:?}");
            assert_eq!(problems(depth, format, &longer), [], "{format:?} and more");
        }
    }
}

#[test]
fn a_cut_is_found_wherever_it_is() {
    for (name, format, from) in [(&b"1.png"[..], Format::Png, 40), (b"1.webp", Format::Webp, 31)] {
        let file = image(name);
        for end in (from..file.len()).step_by(41).chain(file.len() - 13..file.len()) {
            for depth in DEPTHS {
                let found = problems(depth, format, &file[..end]);
                assert_eq!(
                    found,
                    [Fault::Chunks(ChunkFault::CutOff)],
                    "{format:?} {end} {depth:?}"
                );
            }
        }
    }
}

#[test]
fn each_damage_of_a_png_is_found() {
    let file = image(b"1.png");
    let whole = |file: &[u8]| problems(Depth::Whole, Format::Png, file);
    // Each byte behind the sides is part of a chunk with a checksum.
    for at in (24..file.len() - 12).step_by(67) {
        let mut damaged = file.clone();
        damaged[at] ^= 0x20;
        assert_eq!(whole(&damaged).len(), 1, "byte {at}");
    }
    // A right checksum of rows that are too few.
    let mut taller = file.clone();
    taller[20..24].copy_from_slice(&2_000_u32.to_be_bytes());
    let mut checksum = Crc::new();
    checksum.update(&taller[12..29]);
    taller[29..33].copy_from_slice(&checksum.sum().to_be_bytes());
    assert_eq!(whole(&taller), [Fault::Chunks(ChunkFault::MissingRows)]);
    let without_image = [&file[..33], &file[file.len() - 12..]].concat();
    assert_eq!(whole(&without_image), [Fault::Chunks(ChunkFault::NoImage)]);
}

#[test]
fn the_rows_of_an_interlaced_image_are_counted() {
    let rows = |width: u32, height: u32, depth: u8, colour: u8| {
        let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let head = [&[0; 16][..], &sides, &[depth, colour, 0, 0, 1]].concat();
        Rows::new(&head).map(|rows| rows.wanted)
    };
    // By the standard's own table: 8 by 8 pixels in seven passes of 1, 1, 2, 4, 8, 16 and 32.
    assert_eq!(rows(8, 8, 8, 0), Some(64 + 15));
    assert_eq!(rows(1, 1, 8, 2), Some(4));
    assert_eq!(rows(8, 8, 3, 0), None);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(
        is_png in any::<bool>(),
        at in 0_usize..3_000,
        bytes in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let (name, format) =
            if is_png { (&b"1.png"[..], Format::Png) } else { (&b"1.webp"[..], Format::Webp) };
        let mut file = image(name);
        let at = at % file.len();
        let end = (at + bytes.len()).min(file.len());
        file.splice(at..end, bytes);
        for depth in DEPTHS {
            let _ = problems(depth, format, &file);
        }
    }
}
