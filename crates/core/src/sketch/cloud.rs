//! Point clouds as writers of PCD write them, in all three encodings.

use std::collections::HashMap;
use std::fmt::Write as _;

use twox_hash::XxHash3_64;

/// How a cloud is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    #[default]
    Binary,
    Ascii,
    Compressed,
}

/// What its points are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Points {
    /// A ring of 20 m around the sensor, without a fault.
    #[default]
    Ring,
    /// The same, half of it without a return.
    HalfLost,
    /// No position is a number.
    Lost,
    /// All of them where the sensor is.
    AtOrigin,
    /// All of them at one place of the ring.
    Equal,
    /// A ring in millimetres.
    Millimetres,
    /// A ring in a map's coordinates.
    Map,
    /// Numbers that are none.
    Noise,
    /// Zero bytes.
    Blank,
    /// A ring whose second half is zero bytes.
    HalfBlank,
}

/// `x y z intensity`.
pub(super) type Point = [f32; 4];

/// The bytes of a point in binary.
pub(super) const STRIDE: u64 = 16;

/// The intensity of all points of a cloud, by the name of its file: a number of six digits, so that
/// it takes as much room in text whatever the name is.
pub(super) fn intensity(name: &[u8]) -> f32 {
    let hash = XxHash3_64::oneshot(name) % 90_000;
    #[expect(clippy::cast_precision_loss, reason = "six digits are less than a single float has")]
    let digits = (100_001 + 10 * hash) as f32;
    digits / 1e6
}

impl Points {
    fn point(self, at: u32, of: u32, intensity: f32) -> Point {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what a writer does with a measurement"
        )]
        let single = |value: f64| value as f32;
        let (sine, cosine) = (f64::from(at) / f64::from(of) * std::f64::consts::TAU).sin_cos();
        let [x, y, z] = [20.0 * cosine, 20.0 * sine, -1.7];
        let is_blank = match self {
            Points::Blank => true,
            Points::HalfBlank => 2 * at >= of,
            _ => false,
        };
        if is_blank {
            return [0.0; 4];
        }
        let position = match self {
            Points::HalfLost if at % 2 == 1 => [f64::NAN; 3],
            Points::Ring | Points::HalfLost | Points::Blank | Points::HalfBlank => [x, y, z],
            Points::Lost => [f64::NAN; 3],
            Points::AtOrigin => [0.0; 3],
            Points::Equal => [20.0, 0.0, -1.7],
            Points::Millimetres => [x, y, z].map(|metres| metres * 1e3),
            Points::Map => [431_200.0 + x, 5_412_300.0 + y, 210.0 + z],
            Points::Noise => [x, y, z].map(|metres| metres * 1e30),
        };
        let [x, y, z] = position.map(single);
        [x, y, z, intensity]
    }

    /// So many of them.
    pub(super) fn take(self, count: u32, intensity: f32) -> impl Iterator<Item = Point> {
        (0..count).map(move |at| self.point(at, count, intensity))
    }
}

/// The header of a cloud of so many points.
pub(super) fn header(points: u64, encoding: Encoding) -> String {
    let data = match encoding {
        Encoding::Binary => "binary",
        Encoding::Ascii => "ascii",
        Encoding::Compressed => "binary_compressed",
    };
    format!(
        "# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\n\
         TYPE F F F F\nCOUNT 1 1 1 1\nWIDTH {points}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {points}\nDATA {data}\n"
    )
}

/// What stands behind the header.
pub(super) fn body(points: impl Iterator<Item = Point>, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Binary => points.flatten().flat_map(f32::to_le_bytes).collect(),
        Encoding::Ascii => {
            let mut text = String::new();
            for [x, y, z, intensity] in points {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{x} {y} {z} {intensity}");
            }
            text.into_bytes()
        }
        Encoding::Compressed => {
            let points: Vec<Point> = points.collect();
            let values = |field: usize| {
                points.iter().map(move |point| point.get(field).copied().unwrap_or_default())
            };
            let columns: Vec<u8> = (0..4).flat_map(values).flat_map(f32::to_le_bytes).collect();
            let packed = pack_lzf(&columns);
            // Sketches draw clouds of some hundred points.
            let sizes = [packed.len(), columns.len()]
                .map(|size| u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
            [&sizes.concat()[..], &packed].concat()
        }
    }
}

/// Data packed with LZF.
#[must_use]
pub fn pack_lzf(data: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut plain: Vec<u8> = Vec::new();
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    let mut at = 0;
    while let Some(rest) = data.get(at..).filter(|rest| !rest.is_empty()) {
        let key = rest.get(..3);
        let before =
            key.and_then(|key| seen.insert(key, at)).filter(|before| at - before <= 1 << 13);
        let length = before.map_or(0, |before| {
            let earlier = data.get(before..).unwrap_or_default();
            earlier.iter().zip(rest).take(264).take_while(|(earlier, here)| earlier == here).count()
        });
        let Some(before) = before.filter(|_| length >= 3) else {
            plain.extend(rest.first());
            at += 1;
            continue;
        };
        put_plain(&mut packed, &mut plain);
        let [.., high, low] = (at - before - 1).to_be_bytes();
        let (short, long) = (length - 2, length.saturating_sub(9));
        // Both fit: of a length up to 264 bytes, and a distance of 13 bits.
        let byte = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        if short < 7 {
            packed.push(byte(short) << 5 | high);
        } else {
            packed.extend([7 << 5 | high, byte(long)]);
        }
        packed.push(low);
        at += length;
    }
    put_plain(&mut packed, &mut plain);
    packed
}

fn put_plain(packed: &mut Vec<u8>, plain: &mut Vec<u8>) {
    for piece in plain.chunks(32) {
        packed.push(u8::try_from(piece.len() - 1).unwrap_or(31));
        packed.extend_from_slice(piece);
    }
    plain.clear();
}
