//! The clouds that are changed: of each encoding, and real ones where they are there.

use std::fmt::Write as _;

use sensortree_core::sketch::pack_lzf;
use sensortree_probe::{Depth, Format};

use super::images::Dice;

pub(super) struct Cloud {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    /// Whether it is in binary, and ends with its last point.
    is_bare: bool,
}

/// A field: its name, its type, its bytes, and how many values a point has of it.
type Field = (&'static str, char, usize, usize);

const PLAIN: &[Field] =
    &[("x", 'F', 4, 1), ("y", 'F', 4, 1), ("z", 'F', 4, 1), ("intensity", 'F', 4, 1)];
const MIXED: &[Field] = &[
    ("x", 'F', 4, 1),
    ("y", 'F', 4, 1),
    ("z", 'F', 4, 1),
    ("ring", 'U', 2, 1),
    ("rgb", 'U', 4, 1),
    ("time", 'F', 8, 1),
    ("line", 'I', 1, 1),
];
const DOUBLE: &[Field] =
    &[("time", 'U', 4, 1), ("x", 'F', 8, 1), ("y", 'F', 8, 1), ("z", 'F', 8, 1)];
const SEVERAL: &[Field] =
    &[("x", 'F', 4, 1), ("y", 'F', 4, 1), ("z", 'F', 4, 1), ("echo", 'U', 1, 3)];

/// A value as text, and as bytes.
#[expect(clippy::cast_sign_loss, reason = "positions alone are negative, and no whole numbers")]
fn value((name, kind, size, _): Field, point: usize, dice: &mut Dice) -> (String, Vec<u8>) {
    let angle = point as f64 * 0.37;
    let number = match name {
        "x" => (angle.cos() * 20.0 * 64.0).round() / 64.0,
        "y" => (angle.sin() * 20.0 * 64.0).round() / 64.0,
        "z" => (point % 16) as f64 * 0.25 - 1.5,
        _ => dice.below(100) as f64,
    };
    let bytes = match (kind, size) {
        ('F', 4) => (number as f32).to_le_bytes().to_vec(),
        ('F', _) => number.to_le_bytes().to_vec(),
        _ => (number as u64).to_le_bytes()[..size].to_vec(),
    };
    (number.to_string(), bytes)
}

fn write(
    fields: &[Field],
    (width, height): (usize, usize),
    encoding: &str,
    is_old: bool,
) -> Vec<u8> {
    let points = width * height;
    let words =
        |word: &dyn Fn(&Field) -> String| fields.iter().map(word).collect::<Vec<_>>().join(" ");
    let mut header = String::new();
    if !is_old {
        header.push_str("# .PCD v0.7 - Point Cloud Data file format\n");
    }
    writeln!(header, "VERSION {}", if is_old { ".7" } else { "0.7" }).unwrap();
    writeln!(header, "FIELDS {}", words(&|field| field.0.to_owned())).unwrap();
    writeln!(header, "SIZE {}", words(&|field| field.2.to_string())).unwrap();
    writeln!(header, "TYPE {}", words(&|field| field.1.to_string())).unwrap();
    writeln!(header, "COUNT {}", words(&|field| field.3.to_string())).unwrap();
    writeln!(header, "WIDTH {width}\nHEIGHT {height}").unwrap();
    writeln!(header, "VIEWPOINT 0 0 0 1 0 0 0\nPOINTS {points}\nDATA {encoding}").unwrap();
    let mut dice = Dice::new(11);
    let (mut text, mut rows) = (String::new(), Vec::new());
    let mut columns = vec![Vec::new(); fields.len()];
    for point in 0..points {
        let mut line = Vec::new();
        for (field, column) in fields.iter().zip(&mut columns) {
            for _ in 0..field.3 {
                let (word, bytes) = value(*field, point, &mut dice);
                line.push(word);
                rows.extend_from_slice(&bytes);
                column.extend(bytes);
            }
        }
        text.push_str(&line.join(" "));
        text.push('\n');
    }
    let body = match encoding {
        "ascii" => text.into_bytes(),
        "binary" => rows,
        _ => {
            let columns = columns.concat();
            let packed = pack_lzf(&columns);
            let size = |bytes: &[u8]| (bytes.len() as u32).to_le_bytes();
            [&size(&packed)[..], &size(&columns), &packed].concat()
        }
    };
    [header.into_bytes(), body].concat()
}

/// Clouds of each encoding, and where it is wanted those of a folder of real ones, if it is there.
pub(super) fn all(with_real: bool) -> Vec<Cloud> {
    let mut clouds = Vec::new();
    for encoding in ["ascii", "binary", "binary_compressed"] {
        for (what, fields, shape, is_old) in [
            ("plain", PLAIN, (120, 1), false),
            ("of a few points", PLAIN, (3, 1), false),
            ("organised", PLAIN, (20, 8), false),
            ("of mixed fields", MIXED, (90, 1), true),
            ("of double precision", DOUBLE, (70, 1), false),
            ("of several values", SEVERAL, (80, 1), false),
        ] {
            let bytes = write(fields, shape, encoding, is_old);
            let is_bare = encoding == "binary";
            clouds.push(Cloud { name: format!("{encoding} {what}"), bytes, is_bare });
        }
    }
    if with_real {
        let real = super::corpus("pcd", Format::Pcd);
        clouds.extend(real.into_iter().map(|(name, bytes)| Cloud { name, bytes, is_bare: false }));
    }
    for Cloud { name, bytes, .. } in &clouds {
        let facts = super::probe(Depth::Whole, Format::Pcd, bytes);
        assert!(super::graver(&facts).is_empty(), "{name}: {:?}", facts.problems);
    }
    clouds
}

/// What a change of a cloud does to what readers make of it, where that is sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sure {
    /// All of it is still there.
    Good,
    /// No reader can have all points.
    Bad,
}

/// Where the points begin.
fn body(file: &[u8]) -> usize {
    let data = file.windows(5).position(|part| part == b"DATA ").unwrap_or(0);
    let line = file[data..].iter().position(|byte| *byte == b'\n');
    line.map_or(file.len(), |end| data + end + 1)
}

/// Words that stand in headers, rightly and wrongly.
const WORDS: [&[u8]; 22] = [
    b"0",
    b"1",
    b"-1",
    b"2",
    b"3",
    b"8",
    b"1e3",
    b"4.5",
    b"nan",
    b"F",
    b"I",
    b"U",
    b"f",
    b"x",
    b"_",
    b"",
    b"ascii",
    b"binary",
    b"binary_compressed",
    b"99999999",
    b"18446744073709551616",
    b"1 1",
];

/// Changes a cloud, and says how, and what is sure of it.
pub(super) fn change(cloud: &Cloud, dice: &mut Dice) -> (Vec<u8>, &'static str, Option<Sure>) {
    let Cloud { bytes: file, is_bare, .. } = cloud;
    let start = body(file);
    let (header, points) = file.split_at(start);
    let lines: Vec<&[u8]> = header.split_inclusive(|byte| *byte == b'\n').collect();
    let with = |lines: &[&[u8]]| [&lines.concat()[..], points].concat();
    let mut lines_left = lines.clone();
    let at = dice.below(lines.len());
    match dice.below(14) {
        0 => {
            lines_left.remove(at);
            (with(&lines_left), "a line of the header lost", None)
        }
        1 => {
            lines_left.swap(at, (at + 1) % lines.len());
            (with(&lines_left), "two lines of the header swapped", None)
        }
        2 => {
            lines_left.insert(dice.below(lines.len()), lines[at]);
            (with(&lines_left), "a line of the header twice", None)
        }
        3..=5 => {
            let line = lines[at].trim_ascii_end();
            let mut words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
            let word = dice.below(words.len());
            words[word] = WORDS[dice.below(WORDS.len())];
            let line = [&words.join(&b' ')[..], b"\n"].concat();
            lines_left[at] = &line;
            (with(&lines_left), "a word of the header changed", None)
        }
        6 => {
            let mut changed = file.clone();
            let digits: Vec<usize> = (0..start).filter(|at| header[*at].is_ascii_digit()).collect();
            if !digits.is_empty() {
                changed[digits[dice.below(digits.len())]] = b'0' + dice.below(10) as u8;
            }
            (changed, "a digit of the header changed", None)
        }
        7 => {
            let header = header.iter().flat_map(|byte| match byte {
                b'\n' => &b"\r\n"[..],
                byte => std::slice::from_ref(byte),
            });
            let header: Vec<u8> = header.copied().collect();
            ([&header, points].concat(), "line breaks of the header changed", None)
        }
        8 if !points.is_empty() => {
            let kept = dice.below(points.len());
            let is_cut = is_bare.then_some(Sure::Bad);
            (file[..start + kept].to_vec(), "cut off among the points", is_cut)
        }
        9 if *is_bare => {
            let padding = vec![0; dice.below(4000)];
            ([&file[..], &padding].concat(), "padding behind the points", Some(Sure::Good))
        }
        10 => {
            let number = dice.below(8);
            let mut changed = file.clone();
            if let Some(byte) = changed.get_mut(start + number) {
                *byte = dice.next() as u8;
            }
            (changed, "one of the first bytes behind the header", None)
        }
        11 => (file.clone(), "as it is", Some(Sure::Good)),
        _ => {
            let (changed, what) = super::changes::change(file, dice);
            (changed, what, None)
        }
    }
}
