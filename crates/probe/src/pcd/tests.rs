use super::*;
use crate::{Format, Probe};
use proptest::prelude::*;

const HEAD_LINES: &str = "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2\nDATA binary\n";

/// What is found in a file of these bytes, and how many bytes were read.
fn probe(file: &[u8], size: u64) -> (ProbeResult, usize) {
    let mut probe = Probe::new(Format::Pcd, size);
    let mut read = 0;
    loop {
        let wanted = probe.wanted();
        let start = usize::try_from(wanted.offset).unwrap().min(file.len());
        let bytes = &file[start..file.len().min(start + wanted.length)];
        read += bytes.len();
        if let Some(facts) = probe.take(bytes) {
            return (facts, read);
        }
    }
}

/// Each fault with the text that it points at.
fn found(file: &[u8]) -> Vec<(Fault, String)> {
    let (facts, _) = probe(file, file.len() as u64);
    let shown = |problem: &Defect| match &problem.place {
        Some(place) => {
            String::from_utf8_lossy(&place.text[place.span.start..place.span.end]).into_owned()
        }
        None => String::new(),
    };
    facts.problems.iter().map(|problem| (problem.fault, shown(problem))).collect()
}

fn check(file: &[u8], expected: &[(Fault, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(fault, text)| (*fault, (*text).to_owned())).collect();
    assert_eq!(found(file), expected, "{}", String::from_utf8_lossy(file));
}

/// The header with one piece of it changed, and 24 bytes behind it.
fn changed(from: &str, to: &str) -> Vec<u8> {
    assert!(HEAD_LINES.contains(from), "{from}");
    [HEAD_LINES.replacen(from, to, 1).as_bytes(), &[1; 24]].concat()
}

#[test]
fn headers_as_they_are_in_the_wild_are_taken() {
    for (from, to) in [
        ("VERSION 0.7\n", ""),
        ("VERSION 0.7", "VERSION .5"),
        ("COUNT 1 1 1\n", ""),
        ("VIEWPOINT 0 0 0 1 0 0 0\n", ""),
        ("# .PCD v0.7 - Point Cloud Data file format\n", ""),
        ("# .PCD v0.7 - Point Cloud Data file format\n", "#comment Author: CloudCompare\n\n"),
        ("WIDTH 2\nHEIGHT 1", "WIDTH 1\nHEIGHT 2"),
        ("WIDTH 2\nHEIGHT 1\n", ""),
        ("FIELDS", "COLUMNS"),
        ("FIELDS x y z", "FIELDS  x\ty z "),
        ("POINTS 2", "POINTS 2                   "),
    ] {
        check(&changed(from, to), &[]);
    }
    check(&[HEAD_LINES.replace('\n', "\r\n").as_bytes(), &[1; 24]].concat(), &[]);
    // Padding up to a page.
    check(&[HEAD_LINES.as_bytes(), &[1; 4000]].concat(), &[]);
    // Padding fields, and one that takes no room.
    let fields = changed(
        "FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1",
        "FIELDS x y z _ t\nSIZE 4 4 4 1 1\nTYPE F F F U F\nCOUNT 1 1 1 4 0",
    );
    let no_values = (Fault::Uncommon(Uncommon::NoValues), "t");
    check(&[fields, vec![1; 8]].concat(), &[no_values]);
}

#[test]
fn what_one_reader_refuses_is_said_where_it_stands() {
    for (from, to, uncommon, shown) in [
        ("WIDTH 2\nHEIGHT 1", "WIDTH 0\nHEIGHT 0", Uncommon::NoShape, "WIDTH 0"),
        ("HEIGHT 1", "HEIGHT 0", Uncommon::ZeroSide, "HEIGHT 0"),
        ("WIDTH 2", "WIDTH 0", Uncommon::ZeroSide, "WIDTH 0"),
        ("WIDTH 2\nHEIGHT 1", "WIDTH 1", Uncommon::NoHeight, "WIDTH 1"),
        ("0 0 0 1 0 0 0", "1 2 3 0 0 0 0", Uncommon::NoHeading, "VIEWPOINT 1 2 3 0 0 0 0"),
    ] {
        check(&changed(from, to), &[(Fault::Uncommon(uncommon), shown)]);
    }
    check(&changed("WIDTH 2\nHEIGHT 1", "WIDTH 2"), &[]);
    let missing = (Fault::Header(HeaderFault::Missing(Keyword::Width)), "DATA binary");
    check(&changed("WIDTH 2\n", ""), &[missing]);
    for viewpoint in ["0 0 0 1 0 0", "0 0 0 1 0 0 0 0", "0 0 0 1 0 0 x", ""] {
        let line = format!("VIEWPOINT {viewpoint}");
        let shown = line.trim_end().to_owned();
        let faulty = (Fault::Header(HeaderFault::Viewpoint), shown.as_str());
        check(&changed("VIEWPOINT 0 0 0 1 0 0 0", &line), &[faulty]);
    }
    let marked = [&b"\xEF\xBB\xBF"[..], &changed("WIDTH", "WIDTH")].concat();
    check(&marked, &[(Fault::Header(HeaderFault::ByteOrderMark), "\u{FEFF}")]);
}

#[test]
fn the_first_lines_of_text_are_read_with_the_header() {
    let lines = |first: &str| {
        let more = "1 2 3\n".repeat(2_000);
        format!("{}{first}{more}", changed_text("POINTS 2", "POINTS 2000"))
    };
    check(lines("").as_bytes(), &[]);
    let misfit = |fault, shown| (Fault::Data(fault), shown);
    check(lines("HEADER_EXT 6\n").as_bytes(), &[misfit(DataFault::TooFewNumbers, "HEADER_EXT 6")]);
    check(lines("1,5 2 3\n").as_bytes(), &[misfit(DataFault::NoNumber, "1,5")]);
}

/// The header of a cloud in text, of any width, with one piece of it changed.
fn changed_text(from: &str, to: &str) -> String {
    let text = HEAD_LINES.replace("DATA binary", "DATA ascii").replace("WIDTH 2\nHEIGHT 1\n", "");
    text.replacen(from, to, 1)
}

#[test]
fn each_fault_of_a_header_points_at_its_place() {
    let header = Fault::Header;
    check(
        &changed("SIZE 4 4 4\n", ""),
        &[(header(HeaderFault::Missing(Keyword::Size)), "DATA binary")],
    );
    check(
        &changed("POINTS 2\n", ""),
        &[(header(HeaderFault::Missing(Keyword::Points)), "DATA binary")],
    );
    check(&changed("SIZE 4 4 4", "SIZE 4 4"), &[(header(HeaderFault::Uneven), "SIZE 4 4")]);
    check(
        &changed("FIELDS", "COUNT 1 1 1\nFIELDS"),
        &[(header(HeaderFault::BeforeFields), "COUNT 1 1 1")],
    );
    check(
        &changed("TYPE F F F\nCOUNT 1 1 1\n", "TYPE F F I\nCOUNT 1 1 1\nFIELDS x y z\n"),
        &[(header(HeaderFault::BeforeFields), "TYPE F F I")],
    );
    check(&changed("COUNT 1 1 1\n", "COUNT 1 1 1\nFIELDS x y z\n"), &[]);
    check(
        &changed("SIZE 4 4 4\n", "SIZE 4 4\nSIZE 4 4 4\n"),
        &[(header(HeaderFault::Uneven), "SIZE 4 4")],
    );
    check(&changed("VERSION", "VERSION\u{17}"), &[]);
    check(&changed("HEIGHT 1", "HEIGHT 1;"), &[]);
    check(&changed("HEIGHT 1", "HEIGHT 1x"), &[(header(HeaderFault::NoNumber), "1x")]);
    check(&changed("SIZE 4 4 4", "SIZE 4 -4 4"), &[(header(HeaderFault::NoNumber), "-4")]);
    check(&changed("POINTS 2", "POINTS"), &[(header(HeaderFault::NoNumber), "POINTS")]);
    check(&changed("POINTS 2", "POINTS 3"), &[(header(HeaderFault::Points), "POINTS 3")]);
    check(&changed("HEIGHT 1", "HIEGHT 1"), &[(header(HeaderFault::UnknownLine), "HIEGHT")]);
    check(&changed("DATA binary", "DATA lzf"), &[(header(HeaderFault::Encoding), "lzf")]);
    check(&changed("DATA binary", "DATA"), &[(header(HeaderFault::Encoding), "DATA")]);
    check(
        &changed("DATA binary\n", "DATA ascii-1.5 2 3\n"),
        &[(header(HeaderFault::Glued), "-1.5 2 3")],
    );
    check(
        &changed("DATA binary\n", "DATA ascii 1 2 3\n"),
        &[(header(HeaderFault::Glued), "1 2 3")],
    );
    check(
        HEAD_LINES.replace('\n', "\r").as_bytes(),
        &[(header(HeaderFault::CarriageReturns), "\r")],
    );
    check(HEAD_LINES.split_at(60).0.as_bytes(), &[(header(HeaderFault::CutOff), "FIELD")]);
    check(HEAD_LINES.split_at(55).0.as_bytes(), &[(header(HeaderFault::CutOff), "")]);
    check(
        &changed("POINTS 2", "POINTS 99999999999999999999"),
        &[(header(HeaderFault::NoNumber), "99999999999999999999")],
    );
}

#[test]
fn what_is_no_point_cloud_is_told() {
    check(b"hello", &[(Fault::NotAPointCloud(ActualFormat::Unknown), "")]);
    check(b"\n\n", &[(Fault::Header(HeaderFault::CutOff), "")]);
    check(
        b"<!doctype html><title>Sign in</title>",
        &[(Fault::NotAPointCloud(ActualFormat::WebPage), "")],
    );
    check(b"LASF\0\0\0", &[(Fault::NotAPointCloud(ActualFormat::Known("a LAS point cloud")), "")]);
    check(&[0; 5000], &[(Fault::Zeros, "")]);
    let (facts, read) = probe(&[7; 10_000], 10_000_000);
    assert_eq!(
        (facts.problems[0].fault, read),
        (Fault::NotAPointCloud(ActualFormat::Unknown), HEAD)
    );
}

#[test]
fn fields_need_a_position_in_numbers() {
    let fields = Fault::Fields;
    check(
        &changed("FIELDS x y z", "FIELDS X Y Z"),
        &[(fields(FieldFault::NoPosition), "FIELDS X Y Z")],
    );
    check(&changed("TYPE F F F", "TYPE F F f"), &[(fields(FieldFault::Type), "z")]);
    let small = changed("SIZE 4 4 4\nTYPE F F F", "SIZE 4 1 4\nTYPE F F F");
    check(&small, &[(fields(FieldFault::Size), "y")]);
    check(
        &changed(
            "WIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2",
            "WIDTH 0\nHEIGHT 1\nPOINTS 0",
        ),
        &[(Fault::NoPoints, "")],
    );
}

#[test]
fn a_body_is_held_against_its_header() {
    let short = |file: &[u8]| {
        probe(file, file.len() as u64).0.problems.first().and_then(|problem| problem.figures)
    };
    let figures = |promised, found| Some(Measurement::Bytes { found, promised });
    assert_eq!(short(&[HEAD_LINES.as_bytes(), &[1; 24]].concat()), None);
    assert_eq!(short(&[HEAD_LINES.as_bytes(), &[1; 23]].concat()), figures(24, 23));
    let ascii = HEAD_LINES.replace("binary", "ascii");
    assert_eq!(short(format!("{ascii}1 2 3\n4 5 6").as_bytes()), None);
    assert_eq!(short(format!("{ascii}1 2 3\n4 5").as_bytes()), figures(11, 9));
    let packed = |packed: u32, unpacked: u32, body: usize| {
        let header = HEAD_LINES.replace("binary", "binary_compressed");
        let file =
            [header.as_bytes(), &packed.to_le_bytes(), &unpacked.to_le_bytes(), &vec![1; body]]
                .concat();
        short(&file)
    };
    assert_eq!(packed(30, 24, 30), None, "larger than without compression");
    assert_eq!(packed(30, 24, 29), figures(38, 37));
    assert_eq!(packed(30, 12, 30), figures(24, 12));
    assert_eq!(packed(u32::MAX, u32::MAX, 3), figures(8 + u64::from(u32::MAX), 11));
    assert_eq!(short(HEAD_LINES.replace("binary", "binary_compressed").as_bytes()), figures(8, 0));
}

#[test]
fn a_header_that_never_ends_and_one_of_impossible_size_cost_little() {
    let endless = "# a comment\n".repeat(1 << 20);
    let (facts, read) = probe(endless.as_bytes(), endless.len() as u64);
    assert_eq!(facts.problems[0].fault, Fault::Header(HeaderFault::Endless));
    assert!(read < 2 * MAX_HEADER, "{read}");
    let long = [&b"# .PCD\n".repeat(10_000), HEAD_LINES.as_bytes(), &[1; 24]].concat();
    assert_eq!(probe(&long, long.len() as u64).0.problems, []);
    let huge = changed(
        "WIDTH 2\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS 2",
        "WIDTH 0\nHEIGHT 1\nPOINTS 1000000000000000000",
    );
    let short =
        |file: &[u8], at: usize| probe(file, file.len() as u64).0.problems[at].figures.unwrap();
    assert_eq!(
        short(&huge, 0),
        Measurement::Bytes { found: 24, promised: 12_000_000_000_000_000_000 }
    );
    let beyond = changed("SIZE 4 4 4", "SIZE 18446744073709551615 18446744073709551615 4");
    assert_eq!(short(&beyond, 1), Measurement::Bytes { found: 24, promised: u64::MAX });
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_judged_as_it_is_by_then() {
    let file = [&b"# .PCD\n".repeat(1_000), HEAD_LINES.as_bytes()].concat();
    let mut probe = Probe::new(Format::Pcd, file.len() as u64 + 24);
    assert_eq!(probe.take(&file[..HEAD]), None);
    let facts = probe.take(&file[..5_000]).unwrap();
    assert_eq!(facts.problems[0].fault, Fault::Header(HeaderFault::CutOff));
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(
        lines in proptest::collection::vec("(#.*|VERSION|FIELDS|COLUMNS|SIZE|TYPE|COUNT|WIDTH|HEIGHT|POINTS|DATA)?( ?(x|y|z|_|F|U|ascii|binary|binary_compressed|-|[0-9]{1,21})){0,5}[\r]?\n", 0..12),
        noise in proptest::collection::vec(any::<u8>(), 0..40),
        size in any::<u64>(),
    ) {
        let file = [lines.concat().as_bytes(), &noise].concat();
        for size in [file.len() as u64, size] {
            let (facts, _) = probe(&file, size);
            for place in facts.problems.iter().filter_map(|problem| problem.place.as_ref()) {
                prop_assert!(place.text.get(place.span.start..place.span.end).is_some());
            }
        }
    }
}
