use super::*;
use crate::{ActualFormat, Format, MOST_READS, PIECE, Probe};
use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;

/// What is found in a file that is looked into so far.
fn to_depth(depth: Depth, file: &[u8]) -> ProbeResult {
    match depth {
        Depth::Headers => probe(file).0,
        Depth::Whole => whole(file, file.len() as u64),
    }
}

/// Where the data of the first scan begin.
fn data_of(file: &[u8]) -> usize {
    let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
    scan + 2 + usize::from(u16::from_be_bytes([file[scan + 2], file[scan + 3]]))
}

/// What is found in a file, and how many reads and bytes it took.
fn probe(file: &[u8]) -> (ProbeResult, u32, usize) {
    let mut probe = Probe::new(Format::Jpeg, file.len() as u64);
    let (mut reads, mut bytes) = (0, 0);
    loop {
        let wanted = probe.wanted();
        let start = usize::try_from(wanted.offset).unwrap();
        reads += 1;
        bytes += wanted.length;
        if let Some(facts) = probe.take(&file[start..start + wanted.length]) {
            return (facts, reads, bytes);
        }
    }
}

/// What is found in a whole file of which no more than this is there.
fn whole(file: &[u8], size: u64) -> ProbeResult {
    let mut probe = Probe::to(Depth::Whole, Format::Jpeg, size);
    let mut reached = 0;
    loop {
        let wanted = probe.wanted();
        // The walk up to the data may step back to where a segment begins.
        assert!(wanted.length <= PIECE && wanted.offset.saturating_add(1 << 16) >= reached);
        let start = usize::try_from(wanted.offset).unwrap().min(file.len());
        let piece = &file[start..file.len().min(start + wanted.length)];
        reached = wanted.offset + piece.len() as u64;
        if let Some(facts) = probe.take(piece) {
            return facts;
        }
    }
}

fn faults(file: &[u8]) -> Vec<Fault> {
    probe(file).0.problems.iter().map(|problem| problem.fault).collect()
}

/// An image by a real encoder, of noise so that it does not get small.
fn image(width: u16, height: u16, change: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let pixels: Vec<u8> = (0..u32::from(width) * u32::from(height) * 3)
        .map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0])
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    change(&mut encoder);
    encoder.encode(&pixels, width, height, ColorType::Rgb).unwrap();
    bytes
}

/// An Exif segment's data that say this orientation.
fn exif(orientation: u16, little: bool) -> Vec<u8> {
    let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let start: &[u8] = if little { b"Exif\0\0II*\0" } else { b"Exif\0\0MM\0*" };
    let make = [&short(0x010F)[..], &short(2), &long(4), b"ABC\0"].concat();
    let entry = [&short(0x0112)[..], &short(3), &long(1), &short(orientation), &[0, 0]].concat();
    [start, &long(8), &short(2), &make, &entry, &long(0)].concat()
}

#[test]
fn images_of_a_real_encoder_are_in_order() {
    for file in [
        image(160, 90, |_| {}),
        image(1, 1, |_| {}),
        image(300, 200, |encoder| encoder.set_progressive(true)),
        image(300, 200, |encoder| encoder.set_restart_interval(4)),
        image(64, 64, |encoder| encoder.add_app_segment(1, exif(1, true)).unwrap()),
    ] {
        let (facts, reads, bytes) = probe(&file);
        assert_eq!(facts.problems, [], "{} bytes", file.len());
        assert!(facts.image.is_some() && reads <= 2 && bytes <= HEAD + TAIL);
    }
    let size = probe(&image(160, 90, |_| {})).0.image;
    assert_eq!(size, Some(ImageSize { width: 160, height: 90, turned: false }));
}

#[test]
fn an_image_that_is_cut_off_is_noticed_wherever_it_is_cut() {
    for progressive in [false, true] {
        let file = image(300, 200, |encoder| encoder.set_progressive(progressive));
        let data = data_of(&file);
        for end in (4..data)
            .step_by(7)
            .chain((data..file.len() - 1).step_by(997))
            .chain(data - 20..data + 3)
        {
            let found = faults(&file[..end]);
            match end {
                end if end > data => assert_eq!(found, [Fault::CutOffImage(MissingPart::End)]),
                _ => assert!(matches!(
                    found[..],
                    [Fault::CutOffImage(MissingPart::Frame | MissingPart::Data)]
                )),
            }
            assert_eq!(
                whole(&file[..end], end as u64).problems[0].fault,
                found[0],
                "{end} of {}",
                file.len()
            );
        }
        let mut zeros = file.clone();
        zeros[file.len() / 2..].fill(0);
        assert_eq!(faults(&zeros), [Fault::CutOffImage(MissingPart::End)]);
        let no_picture = [&file[..data], b"\xFF\xD9"].concat();
        for depth in [Depth::Headers, Depth::Whole] {
            let found = to_depth(depth, &no_picture);
            assert_eq!(found.problems[0].fault, Fault::CutOffImage(MissingPart::Data), "{depth:?}");
        }
    }
}

#[test]
fn what_stands_behind_the_end_does_no_harm() {
    let whole = image(160, 90, |_| {});
    let video: Vec<u8> =
        (0..100_000_u32).map(|at| at.wrapping_mul(2_246_822_519).to_be_bytes()[1]).collect();
    let no_marker: Vec<u8> = video.iter().map(|byte| byte & 0x7F).collect();
    for behind in [&[0; 4000][..], &[0; 9000], &[0xFF; 9000], &whole, &video, &no_marker] {
        let file = [&whole[..], behind].concat();
        for depth in [Depth::Headers, Depth::Whole] {
            assert_eq!(to_depth(depth, &file).problems, [], "{} {depth:?}", behind.len());
        }
    }
}

#[test]
fn a_whole_image_is_read_to_its_end_marker() {
    let check = |file: &[u8], expected: &[Fault]| {
        let facts = whole(file, file.len() as u64);
        assert_eq!(
            facts.problems.iter().map(|problem| problem.fault).collect::<Vec<_>>(),
            expected
        );
        facts.image
    };
    for progressive in [false, true] {
        let file = image(1000, 700, |encoder| encoder.set_progressive(progressive));
        assert!(file.len() > 2 * PIECE);
        assert_eq!(check(&file, &[]).map(|size| size.width), Some(1000));
        let data = data_of(&file);
        for end in (data..file.len()).step_by(file.len() / 50) {
            let lacking = if end == data { MissingPart::Data } else { MissingPart::End };
            check(&file[..end], &[Fault::CutOffImage(lacking)]);
            // Of a video behind a cut, the last bytes look as if the image had an end.
            assert_eq!(
                whole(&file[..end], file.len() as u64).problems.len(),
                1,
                "cut at {end} while it is read"
            );
        }
        let zeros = [&file[..data], &vec![0; 500_000]].concat();
        check(&zeros, &[Fault::BlankBody]);
        check(&[&file[..], &[0; 500_000]].concat(), &[]);
    }
    check(&image(300, 200, |encoder| encoder.set_restart_interval(4)), &[]);
    check(&image(1, 1, |_| {}), &[]);
    check(b"\xFF\xD8\xFF\xD9", &[Fault::CutOffImage(MissingPart::Frame)]);
}

/// How an image is to be encoded.
type Change<'a> = &'a dyn Fn(&mut Encoder<&mut Vec<u8>>);

#[test]
fn one_colour_is_told_in_whatever_way_it_is_coded() {
    let encode = |pixels: &[u8], colour, change: Change<'_>| {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 90);
        change(&mut encoder);
        encoder.encode(pixels, 150, 90, colour).unwrap();
        let facts = to_depth(Depth::Whole, &bytes);
        facts.problems.iter().map(|problem| problem.fault).collect::<Vec<_>>()
    };
    let changes: [Change<'_>; 5] = [
        &|_| {},
        &|encoder| encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2),
        &|encoder| encoder.set_restart_interval(3),
        &|encoder| encoder.set_progressive(true),
        &|encoder| encoder.set_optimized_huffman_tables(true),
    ];
    for change in changes {
        for colour in [[0, 0, 0], [90, 200, 13]] {
            let mut pixels = colour.repeat(150 * 90);
            assert_eq!(encode(&pixels, ColorType::Rgb, change), [Fault::OneColour]);
            // One pixel far behind the first blocks, and a block that has another mean alone.
            let at = 3 * (150 * 85 + 140);
            pixels[at] ^= 0xC0;
            assert_eq!(encode(&pixels, ColorType::Rgb, change), []);
            let row = |at: usize| if at / 150 < 80 { colour } else { [120, 120, 120] };
            let halves: Vec<u8> = (0..150 * 90).flat_map(row).collect();
            assert_eq!(encode(&halves, ColorType::Rgb, change), []);
        }
        assert_eq!(encode(&[7; 150 * 90], ColorType::Luma, change), [Fault::OneColour]);
    }
}

#[test]
fn fill_before_the_end_marker_is_no_damage() {
    let file = image(150, 90, |_| {});
    let (before, end) = file.split_at(file.len() - 2);
    let check = |more: &[u8], expected| {
        let facts = to_depth(Depth::Whole, &[before, more, end].concat());
        let faults: Vec<Fault> = facts.problems.iter().map(|problem| problem.fault).collect();
        assert_eq!(faults, [expected], "{more:?}");
    };
    for fill in [&[0xFF, 0][..], &[0, 0xFF, 0, 0, 0], &[0xFF, 0, 0xFF, 0], &[0x35; 9]] {
        check(fill, Fault::Exotic(Exotic::StrayBytes));
    }
    // A few bytes as coded data have them, which no reader notices.
    check(&[0x35, 0x81, 0xFF, 0, 0x4A], Fault::Exotic(Exotic::MoreData));
}

#[test]
fn coded_data_behind_the_image_alone_prove_no_damage() {
    let check = |file: &[u8], expected| {
        let facts = to_depth(Depth::Whole, file);
        let faults: Vec<Fault> = facts.problems.iter().map(|problem| problem.fault).collect();
        assert_eq!(faults, [expected], "{} bytes", file.len());
    };
    for (is_progressive, restart) in [(false, 0), (false, 4), (true, 0)] {
        let file = image(150, 90, |encoder| {
            encoder.set_progressive(is_progressive);
            if restart > 0 {
                encoder.set_restart_interval(restart);
            }
        });
        let (before, end) = file.split_at(file.len() - 2);
        // What an encoder left of an earlier image in the same memory.
        let left = [0x35, 0x81, 0xFF, 0, 0x4A].repeat(20);
        check(&[before, &left, end].concat(), Fault::Exotic(Exotic::MoreData));
        // As much as the whole image once more was put there.
        if restart == 0 && !is_progressive {
            let data = &before[data_of(&file)..];
            check(&[before, data, data, end].concat(), Fault::Exotic(Exotic::StrayBytes));
            // Codes that are lost leave zeros before the end, and that is damage.
            let middle = data_of(&file) + data.len() / 2;
            let zeros = vec![0; before.len() - middle];
            check(&[&before[..middle], &zeros, end].concat(), Fault::DamagedImage(Damage::Surplus));
        }
    }
}

#[test]
fn exif_says_how_an_image_is_turned() {
    for (orientation, little) in [(6_u8, true), (6, false), (3, true), (8, false)] {
        let data = exif(orientation.into(), little);
        let file = image(160, 90, |encoder| encoder.add_app_segment(1, data).unwrap());
        let (facts, ..) = probe(&file);
        assert_eq!(
            facts.image,
            Some(ImageSize { width: 160, height: 90, turned: orientation > 4 })
        );
        assert_eq!(facts.problems[0].fault, Fault::Exotic(Exotic::Orientation(orientation)));
    }
    assert_eq!(
        faults(&image(9, 9, |encoder| encoder.add_app_segment(1, exif(0, true)).unwrap())),
        []
    );
    assert_eq!(
        faults(&image(9, 9, |encoder| encoder.add_app_segment(1, exif(300, true)).unwrap())),
        []
    );
}

#[test]
fn a_thumbnail_is_not_the_image_and_long_segments_are_stepped_over() {
    let thumbnail = image(16, 9, |_| {});
    let segment = [&thumbnail[..], &[7; 60_000]].concat();
    let file = image(160, 90, |encoder| {
        for number in 0..160 {
            encoder.add_app_segment(2 + number % 8, segment.clone()).unwrap();
        }
    });
    let (facts, reads, bytes) = probe(&file);
    assert_eq!(facts.image.map(|size| size.width), Some(160));
    assert_eq!(facts.problems, []);
    assert!(
        file.len() > 9_000_000 && reads < 170 && bytes < 1_000_000,
        "{reads} reads of {bytes} bytes"
    );
    // More of them than anyone writes.
    let hostile =
        [&b"\xFF\xD8"[..], &[&b"\xFF\xE2\xFF\xFF"[..], &[0; 65_533]].concat().repeat(400)].concat();
    let (facts, reads, _) = probe(&hostile);
    assert_eq!(
        (facts.problems[0].fault, reads),
        (Fault::CutOffImage(MissingPart::Frame), MOST_READS)
    );
}

#[test]
fn how_an_image_is_coded_is_told() {
    let with_frame = |marker: u8, precision: u8, components: u8| {
        let frame = [
            &[0xFF, marker, 0, 8 + 3 * components, precision, 0, 8, 0, 8, components][..],
            &(1..=components).flat_map(|id| [id, 0x11, 0]).collect::<Vec<u8>>(),
        ]
        .concat();
        let tables = [&b"\xFF\xDB\0\x43\0"[..], &[1; 64]].concat();
        let codes = [&b"\xFF\xC4\0\x14\0\x01"[..], &[0; 16]].concat();
        let tables = if marker == 0xC2 { [tables, codes].concat() } else { tables };
        let last = if marker == 0xC2 { 0 } else { 63 };
        let scan = [&b"\xFF\xDA\0\x08\x01\x01\0\0"[..], &[last, 0], b"\x00\xFF\xD9"].concat();
        faults(&[b"\xFF\xD8", &tables[..], &frame, &scan].concat())
    };
    let exotic = |exotic| vec![Fault::Exotic(exotic)];
    // Without codes for values that are not means.
    let standard = |fault: Option<Exotic>| -> Vec<Fault> {
        fault.into_iter().chain([Exotic::StandardCodes]).map(Fault::Exotic).collect()
    };
    assert_eq!(with_frame(0xC0, 8, 3), standard(None));
    assert_eq!(with_frame(0xC2, 8, 1), []);
    assert_eq!(with_frame(0xC0, 8, 4), standard(Some(Exotic::Cmyk)));
    assert_eq!(with_frame(0xC1, 12, 3), standard(Some(Exotic::Precision(12))));
    assert_eq!(with_frame(0xC3, 16, 1), exotic(Exotic::Lossless));
    assert_eq!(with_frame(0xC9, 8, 3), exotic(Exotic::Arithmetic));
    assert_eq!(with_frame(0xC5, 8, 3), exotic(Exotic::Hierarchical));
    assert_eq!(
        faults(b"\x89PNG\r\n\x1a\n"),
        [Fault::NotTheImage(ActualFormat::Known("a PNG image"))]
    );
    assert_eq!(faults(&[0; 9000]), [Fault::Zeros]);
    assert_eq!(faults(b"\xFF\xD8\xFF\xD9"), [Fault::CutOffImage(MissingPart::Frame)]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(
        segments in proptest::collection::vec((any::<u8>(), proptest::option::of(any::<u16>()), proptest::collection::vec(any::<u8>(), 0..300)), 0..40),
        cut in 0_usize..12_000,
    ) {
        let mut file = b"\xFF\xD8".to_vec();
        for (marker, length, body) in segments {
            let length = length.unwrap_or_else(|| u16::try_from(body.len() + 2).unwrap());
            file.extend([0xFF, marker]);
            file.extend(length.to_be_bytes());
            file.extend(body);
        }
        file.truncate(cut);
        let (_, reads, _) = probe(&file);
        prop_assert!(reads <= MOST_READS);
        let _ = (whole(&file, file.len() as u64), whole(&file, file.len() as u64 + 5_000));
    }

    #[test]
    fn any_exif_is_read_without_harm(little in any::<bool>(), bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let start: &[u8] = if little { b"Exif\0\0II*\0" } else { b"Exif\0\0MM\0*" };
        let _ = orientation(&[start, &bytes].concat());
    }
}
