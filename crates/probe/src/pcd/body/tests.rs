use super::*;
use crate::pcd::Disproportion;
use crate::{Depth, Format, Probe};
use proptest::prelude::*;
use sensortree_core::sketch::{Content, Held, pack_lzf};

/// What is found in a file of which no more than this is there, and how many reads and bytes it
/// took. It was said to be of `size` bytes.
fn probe_sized(file: &[u8], size: u64) -> (Vec<Defect>, u32, u64) {
    let mut probe = Probe::to(Depth::Whole, Format::Pcd, size);
    let (mut reads, mut bytes, mut reached) = (0, 0, 0);
    loop {
        let ByteRange { offset, length } = probe.wanted();
        assert!(length <= PIECE.max(super::super::MAX_HEADER + SIZES));
        // What is unpacked on the way cannot be read twice.
        assert!(offset == 0 || offset >= reached, "back to {offset} from {reached}");
        let start = usize::try_from(offset).unwrap().min(file.len());
        let piece = &file[start..file.len().min(start.saturating_add(length))];
        reads += 1;
        bytes += piece.len() as u64;
        reached = offset + piece.len() as u64;
        if let Some(facts) = probe.take(piece) {
            return (facts.problems, reads, bytes);
        }
    }
}

fn probe(file: &[u8]) -> Vec<Defect> {
    probe_sized(file, file.len() as u64).0
}

fn check(file: &[u8], expected: &[(Fault, Option<Measurement>)]) {
    let found: Vec<_> =
        probe(file).into_iter().map(|problem| (problem.fault, problem.figures)).collect();
    assert_eq!(found, expected, "{}", String::from_utf8_lossy(&file[..file.len().min(400)]));
}

/// A file as a sketch draws it.
fn drawn(words: &str) -> Vec<u8> {
    let held = Held::parse(words).unwrap();
    let content = Content::of(b"1.pcd", held.size(b"1.pcd").unwrap_or(20_000), Some(&held));
    let mut bytes = content.head;
    bytes.resize(usize::try_from(content.size).unwrap(), 0);
    bytes
}

/// A cloud of `x y z` in binary.
fn binary(points: &[[f32; 3]]) -> Vec<u8> {
    let count = points.len();
    let header = format!("FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS {count}\nDATA binary\n");
    [header.into_bytes(), points.iter().flatten().flat_map(|value| value.to_le_bytes()).collect()]
        .concat()
}

fn text(header: &str, lines: &str) -> Vec<u8> {
    format!("FIELDS {header}\nDATA ascii\n{lines}").into_bytes()
}

const XYZ: &str = "x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 3";

#[test]
fn every_encoding_gives_the_same() {
    let points = |found, of| Some(Measurement::Points { found, of });
    for encoding in ["ascii, ", "compressed, "] {
        let check = |words: &str, expected: &[(Fault, Option<Measurement>)]| {
            check(&drawn(&format!("{encoding}{words}")), expected);
        };
        check("half lost", &[]);
        check("lost points", &[(Fault::LostPoints, points(100, 100))]);
        check("points at origin", &[(Fault::PointsAtOrigin, points(100, 100))]);
        let place = Measurement::Extent([(20, 20), (0, 0), (-2, -2)]);
        check("equal points", &[(Fault::PointsEqual, Some(place))]);
        let of = |least, largest| Some(Measurement::Extent([least, largest, (-1_700, -1_700)]));
        let unit = Fault::Disproportion(Disproportion::Unit);
        check("millimetres", &[(unit, of((-20_000, 20_000), (-20_000, 20_000)))]);
        let found = probe(&drawn(&format!("{encoding}map coordinates")));
        assert_eq!(found[0].fault, Fault::Disproportion(Disproportion::Map));
        let found = probe(&drawn(&format!("{encoding}noise")));
        assert_eq!(found[0].fault, Fault::Disproportion(Disproportion::Noise));
    }
    check(&drawn("half lost"), &[]);
    let (of, blank) = (1_238, &[(Fault::BlankBody, None)]);
    check(&drawn("lost points"), &[(Fault::LostPoints, points(of, of))]);
    check(&drawn("points at origin"), &[(Fault::PointsAtOrigin, points(of, of))]);
    let place = Measurement::Extent([(20, 20), (0, 0), (-2, -2)]);
    check(&drawn("equal points"), &[(Fault::PointsEqual, Some(place))]);
    check(&drawn("blank"), blank);
    check(&drawn("compressed, blank"), blank);
    check(&drawn("compressed, torn"), &[(Fault::Data(DataFault::Packing), None)]);
}

#[test]
fn a_large_cloud_is_read_in_pieces_and_only_as_far_as_it_is_promised() {
    // Pieces end within points, and padding is no points.
    let points: Vec<[f32; 3]> =
        (0..60_000_u16).map(|at| [f32::from(at % 90) + 1.0, 2.0, 3.0]).collect();
    let cloud = binary(&points);
    let padded = [&cloud[..], &vec![0xFF; 4_000_000]].concat();
    let (problems, reads, bytes) = probe_sized(&padded, padded.len() as u64);
    assert_eq!(problems, []);
    assert!(reads <= 6 && bytes == cloud.len() as u64, "{reads} reads of {bytes} bytes");
    // The last of them counts as the first does.
    let mut far = points;
    far[29_000..].fill([5_000.0; 3]);
    assert_eq!(probe(&binary(&far))[0].fault, Fault::Disproportion(Disproportion::Unit));
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_short() {
    let cloud = binary(&[[1.0; 3]; 100_000]);
    let header = cloud.len() as u64 - 1_200_000;
    for left in [100_usize, 4_096, 4_097, 300_000, 1_000_000] {
        let (problems, ..) = probe_sized(&cloud[..left], cloud.len() as u64);
        let figures = Measurement::Bytes { found: left as u64 - header, promised: 1_200_000 };
        assert_eq!(problems, [problem(Fault::ShortPointCloud, Some(figures))], "{left}");
    }
    let whole = drawn("compressed");
    let (problems, ..) = probe_sized(&whole[..whole.len() - 1], whole.len() as u64);
    assert_eq!(problems[0].fault, Fault::ShortPointCloud);
    let lines = text(XYZ, "1 2 3\n4 5 6\n7 8 9\n");
    let (problems, ..) = probe_sized(&lines[..lines.len() - 7], lines.len() as u64);
    assert_eq!(problems[0].fault, Fault::ShortPointCloud);
}

#[test]
fn lines_of_text_are_counted() {
    let points = |found| Some(Measurement::Points { found, of: 3 });
    check(&text(XYZ, "1 2 3\n4 5 6\n7 8 9"), &[]);
    check(&text(XYZ, "1 2 3\r\n4 5 6\r\n\r\n7 8 9\r\n\r\n"), &[]);
    check(&text(XYZ, "1.000000 2.00000 3.000000\n4 5 6"), &[(Fault::ShortPointCloud, points(2))]);
    check(&text(XYZ, "1 2 3\n4 5 6\n7 8 9\n1 2 3"), &[(Fault::MorePoints, points(4))]);
    // Lines run over the pieces that are read.
    let line = "-123.456789 0.000001234567 1e-3 -nan\n";
    let header = |count| format!("x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\nPOINTS {count}");
    let many = format!("1 2 3 4\n{}", line.repeat(49_999));
    check(&text(&header(50_000), &many), &[]);
    check(&text(XYZ, &"1 2 3 ".repeat(300_000)), &[(Fault::ShortPointCloud, points(1))]);
    let found = Some(Measurement::Points { found: 50_000, of: 50_001 });
    check(&text(&header(50_001), &many), &[(Fault::ShortPointCloud, found)]);
}

#[test]
fn a_line_that_is_no_point_is_shown() {
    let check = |lines: &str, fault: DataFault, line: u64, shown: Option<&str>| {
        let points = if lines.len() > 1_000 { "POINTS 300001" } else { "POINTS 3" };
        let problems = probe(&text(&XYZ.replace("POINTS 3", points), lines));
        let [Defect { fault: found, figures, place, .. }] = &problems[..] else {
            panic!("{problems:?}")
        };
        assert_eq!((found, figures), (&Fault::Data(fault), &Some(Measurement::Line(line))));
        let place = place.as_ref().map(|place| &place.text[place.span.start..place.span.end]);
        assert_eq!(place, shown.map(str::as_bytes));
    };
    check("1 2 3\n4 x6 6\n7 8 9\n", DataFault::NoNumber, 7, Some("x6"));
    check("1,5 2,5 3,5\n4 5 6\n7 8 9\n", DataFault::NoNumber, 6, Some("1,5"));
    check("1 2 3\n\n4 5 6\n  7 8 \n", DataFault::TooFewNumbers, 9, Some("  7 8"));
    check("1 2 3\n4 5 6\n7 8 9-\n", DataFault::NoNumber, 8, Some("9-"));
    // Behind the last point, nothing is read.
    assert_eq!(probe(&text(XYZ, "1 2 3\n4 5 6\n7 8 9\n# written by hand\n")), []);
    check(&("1 2 3\n".repeat(300_000) + "10 2\n"), DataFault::TooFewNumbers, 300_006, None);
}

#[test]
fn padding_is_written_in_text_or_left_out() {
    let padded = "_ x y z\nSIZE 1 4 4 4\nTYPE U F F F\nCOUNT 4 1 1 1\nPOINTS 1";
    check(&text(padded, "0 0 128 63 1 2 3"), &[]);
    check(&text(padded, "1 2 3"), &[]);
    // The position is read where it stands: five thousand are not on it.
    check(&text(padded, "5000 5000 5000 5000 1 2 3"), &[]);
    assert_eq!(probe(&text(padded, "5000 2 3"))[0].fault, Fault::Disproportion(Disproportion::Map));
}

#[test]
fn what_is_packed_must_become_what_it_is_said_to() {
    let cloud = |data: &[u8], unpacked: u32| {
        let packed = pack_lzf(data);
        let sizes = [u32::try_from(packed.len()).unwrap(), unpacked].map(u32::to_le_bytes).concat();
        let header =
            &b"FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 2\nDATA binary_compressed\n"[..];
        [header, &sizes, &packed, &[0; 50]].concat()
    };
    let values = [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0].map(f32::to_le_bytes).concat();
    let packing = &[(Fault::Data(DataFault::Packing), None)];
    check(&cloud(&values, 24), &[]);
    let size = |found, promised| {
        [(Fault::Data(DataFault::Size), Some(Measurement::Bytes { found, promised }))]
    };
    check(&cloud(&values, 25), &size(25, 24));
    check(&cloud(&values[..23], 24), packing);
    check(&cloud(&[&values[..], &values].concat(), 24), packing);
    check(&cloud(&[&values[..], &values].concat(), 48), &size(48, 24));
    // That it becomes more is known long before its end.
    let noise: Vec<u8> = (0..2_000_000_u32)
        .flat_map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes())
        .take(2_000_000)
        .collect();
    check(&cloud(&noise, 24), packing);
}

#[test]
fn a_position_is_found_wherever_it_stands_and_however_it_is_written() {
    let header =
        "FIELDS ring z _ y t x\nSIZE 2 8 1 4 8 2\nTYPE U F U I F I\nCOUNT 1 1 3 1 1 2\nPOINTS 2\n";
    let point = |x: i16, y: i32, z: f64| {
        let position = (z.to_le_bytes(), y.to_le_bytes(), x.to_le_bytes());
        [&[9, 9][..], &position.0, &[9; 3], &position.1, &[9; 8], &position.2, &[9, 9]].concat()
    };
    let rows = [point(1_500, -2_000, 3.0), point(-1_500, 2_000, f64::MIN_POSITIVE)];
    let binary = [header.as_bytes(), b"DATA binary\n", &rows.concat()].concat();
    let widths = [2, 8, 3, 4, 8, 4];
    let mut start = 0;
    let mut columns = Vec::new();
    for width in widths {
        rows.iter().for_each(|row| columns.extend_from_slice(&row[start..start + width]));
        start += width;
    }
    let packed = pack_lzf(&columns);
    let sizes = [packed.len(), columns.len()]
        .map(|size| u32::try_from(size).unwrap().to_le_bytes())
        .concat();
    let compressed = [header.as_bytes(), b"DATA binary_compressed\n", &sizes, &packed].concat();
    let extent = Some(Measurement::Extent([(-1_500, 1_500), (-2_000, 2_000), (0, 3)]));
    for file in [binary, compressed] {
        check(&file, &[(Fault::Disproportion(Disproportion::Unit), extent)]);
    }
}

/// What is found in a file that begins so and goes on with exabytes of zeros, and how many
/// bytes were read.
fn probe_endless(start: &[u8]) -> (Vec<Defect>, u64) {
    let mut probe = Probe::to(Depth::Whole, Format::Pcd, u64::MAX);
    let mut bytes = 0;
    loop {
        let ByteRange { offset, length } = probe.wanted();
        bytes += length as u64;
        let mut piece = vec![0; length];
        if offset == 0 {
            piece[..start.len()].copy_from_slice(start);
        }
        if let Some(facts) = probe.take(&piece) {
            return (facts.problems, bytes);
        }
    }
}

#[test]
fn what_a_header_claims_costs_nothing() {
    let endless = |header: &str| {
        let (problems, bytes) = probe_endless(header.as_bytes());
        assert!(bytes <= MOST_BODY + (1 << 20), "{header}: {bytes}");
        problems.into_iter().map(|problem| problem.fault).collect::<Vec<_>>()
    };
    let huge = "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 1000000000000000000";
    assert_eq!(endless(&format!("{huge}\nDATA binary\n")), [Fault::BlankBody]);
    assert_eq!(
        endless(&format!("{huge}\nDATA ascii\n1 2 3\n")),
        [Fault::Data(DataFault::TooFewNumbers)]
    );
    // Points that are longer than anything.
    assert_eq!(
        endless(&format!(
            "{}\nCOUNT 1 1 1000000000000\nDATA binary\n",
            huge.replace("000000000", "")
        )),
        []
    );
    // Some kilobytes that are said to become gigabytes, and do.
    let bomb = b"FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 300000000\nDATA binary_compressed\n";
    let packed = [&b"\x00\x00"[..], &b"\xE0\xFF\x00".repeat(40_000)].concat();
    let sizes =
        [u32::try_from(packed.len()).unwrap(), 3_600_000_000].map(u32::to_le_bytes).concat();
    check(&[&bomb[..], &sizes, &packed].concat(), &[(Fault::BlankBody, None)]);
}

proptest! {
    #[test]
    fn any_body_is_read_without_harm(
        data in proptest::sample::select(vec!["ascii", "binary", "binary_compressed"]),
        fields in proptest::sample::select(vec![
            "x y z\nSIZE 4 4 4\nTYPE F F F",
            "_ x y z\nSIZE 1 8 2 4\nTYPE U F I U\nCOUNT 3 1 2 0",
            "x y z n\nSIZE 1 1 1 65536\nTYPE U U U U\nCOUNT 1 1 1 0",
        ]),
        points in 1_u64..40,
        body in proptest::collection::vec(any::<u8>(), 0..700),
        words in "([0-9.e-]{1,4}[ \n]{1,2}){0,60}",
        missing in 0_usize..800,
    ) {
        let header = format!("FIELDS {fields}\nPOINTS {points}\nDATA {data}\n");
        let mut file = [header.as_bytes(), if data == "ascii" { words.as_bytes() } else { &body }].concat();
        if data == "binary_compressed" {
            let at = header.len();
            let sizes = [body.len().saturating_sub(8), body.len() * 3].map(|size| u32::try_from(size).unwrap().to_le_bytes());
            let end = file.len().min(at + 8);
            file.splice(at..end, sizes.concat());
        }
        let size = file.len() as u64;
        file.truncate(file.len() - missing.min(file.len() - 1));
        let (problems, ..) = probe_sized(&file, size);
        for place in problems.iter().filter_map(|problem| problem.place.as_ref()) {
            prop_assert!(place.text.get(place.span.start..place.span.end).is_some());
        }
    }
}
