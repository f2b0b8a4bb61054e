use super::*;
use crate::{Depth, Format, Probe};
use proptest::prelude::*;
use sensortree_core::sketch::{Content, Held};

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

/// A PNG of these filtered rows, of colour of 8 bits.
fn png_of(width: u32, height: u32, rows: &[u8]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut checksum = Crc::new();
        checksum.update(kind);
        checksum.update(data);
        file.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        file.extend([kind, data, &checksum.sum().to_be_bytes()].concat());
    };
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[&sides[..], &[8, 2, 0, 0, 0]].concat());
    let mut packed = Vec::with_capacity(rows.len() + 1_000);
    flate2::Compress::new(flate2::Compression::fast(), true)
        .compress_vec(rows, &mut packed, flate2::FlushCompress::Finish)
        .unwrap();
    chunk(b"IDAT", &packed);
    chunk(b"IEND", &[]);
    file
}

#[test]
fn one_colour_is_told_in_whatever_way_its_rows_are_written() {
    const COLOUR: [u8; 3] = [201, 0, 77];
    let (width, height) = (90_usize, 60_usize);
    // Each way of writing, computed pixel by pixel as the standard says.
    let rows = |colours: &dyn Fn(usize, usize) -> [u8; 3], way: &dyn Fn(usize) -> u8| {
        let at = |x: isize, y: isize, channel: usize| match (usize::try_from(x), usize::try_from(y))
        {
            (Ok(x), Ok(y)) => i32::from(colours(x, y)[channel]),
            _ => 0,
        };
        let mut rows = Vec::new();
        for y in 0..height {
            rows.push(way(y));
            for x in 0..width {
                for channel in 0..3 {
                    let (column, row) = (x.cast_signed(), y.cast_signed());
                    let left = at(column - 1, row, channel);
                    let above = at(column, row - 1, channel);
                    let corner = at(column - 1, row - 1, channel);
                    let all = left + above - corner;
                    let nearest =
                        [left, above, corner].into_iter().min_by_key(|near| (all - near).abs());
                    let predicted = match way(y) {
                        0 => 0,
                        1 => left,
                        2 => above,
                        3 => (left + above) / 2,
                        _ => nearest.unwrap(),
                    };
                    let written = (at(column, row, channel) - predicted).rem_euclid(256);
                    rows.push(u8::try_from(written).unwrap());
                }
            }
        }
        png_of(90, 60, &rows)
    };
    let found = |file: &[u8]| problems(Depth::Whole, Format::Png, file);
    for way in 0..5 {
        let mixed = |row: usize| u8::try_from((row + usize::from(way)) % 5).unwrap();
        for way in [&|_| way, &mixed as &dyn Fn(usize) -> u8] {
            assert_eq!(found(&rows(&|_, _| COLOUR, way)), [Fault::OneColour], "{}", way(0));
            for odd in [(0, 0), (89, 0), (0, 1), (45, 30), (89, 59)] {
                let spotted = |x, y| if (x, y) == odd { [201, 1, 77] } else { COLOUR };
                assert_eq!(found(&rows(&spotted, way)), [], "{} {odd:?}", way(0));
            }
        }
    }
    assert_eq!(problems(Depth::Headers, Format::Png, &rows(&|_, _| COLOUR, &|_| 0)), []);
    assert_eq!(found(&png_of(8, 8, &[0; 25 * 8])), [], "too small");
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
