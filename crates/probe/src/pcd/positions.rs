//! Where the points of a cloud lie, as far as that tells whether they were written right.

use super::header::Field;
use crate::facts::pcd::Disproportion;
use crate::facts::{Fault, Measurement};

/// What stands at a point, in bits.
pub(super) type Marks = u8;

/// A coordinate is not a number, or infinite.
const LOST: Marks = 1;
/// A coordinate is other than 0.
const AWAY: Marks = 2;
/// A coordinate is beyond [`FAR`].
const OUT_OF_REACH: Marks = 4;
/// A coordinate is beyond [`NOWHERE`].
const OUT_OF_THIS_WORLD: Marks = 8;
/// A coordinate is not that of the first point.
const DIFFERENT: Marks = 16;

/// What no sensor on the ground sees, in metres: car LiDARs reach 300 m, surveying ones a few
/// kilometres and mostly less.
const FAR: f64 = 1_000.0;

/// What no coordinate is in any unit: ten thousand kilometres in millimetres, which holds all
/// of a map's.
const NOWHERE: f64 = 1e10;

/// The positions of the points seen so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Positions {
    points: u64,
    lost: u64,
    at_origin: u64,
    far: u64,
    nowhere: u64,
    /// How many differ from the first on some axis, and the first coordinate on each; `NaN` where
    /// there was none.
    different: u64,
    first: [f64; 3],
    /// The least and the largest of each axis, but for those that are 0.
    ranges: [(f64, f64); 3],
}

impl Default for Positions {
    fn default() -> Self {
        let ranges = [(f64::INFINITY, f64::NEG_INFINITY); 3];
        let first = [f64::NAN; 3];
        let (points, lost, at_origin, far, nowhere, different) = (0, 0, 0, 0, 0, 0);
        Positions { points, lost, at_origin, far, nowhere, different, first, ranges }
    }
}

impl Positions {
    /// Sees one coordinate, and gives its marks.
    pub(super) fn see(&mut self, axis: usize, value: f64) -> Marks {
        if !value.is_finite() {
            return LOST;
        }
        let mut different = 0;
        if let Some(first) = self.first.get_mut(axis)
            && value != *first
        {
            if first.is_nan() {
                *first = value;
            } else {
                different = DIFFERENT;
            }
        }
        if value == 0.0 {
            return different;
        }
        if let Some((least, largest)) = self.ranges.get_mut(axis) {
            *least = least.min(value);
            *largest = largest.max(value);
        }
        match value.abs() {
            size if size > NOWHERE => different | AWAY | OUT_OF_REACH | OUT_OF_THIS_WORLD,
            size if size > FAR => different | AWAY | OUT_OF_REACH,
            _ => different | AWAY,
        }
    }

    /// Counts a point by the marks of its coordinates.
    pub(super) fn count(&mut self, marks: Marks) {
        self.points += 1;
        if marks & LOST != 0 {
            self.lost += 1;
            return;
        }
        self.different += u64::from(marks & DIFFERENT != 0);
        if marks & AWAY == 0 {
            self.at_origin += 1;
        } else {
            self.far += u64::from(marks & OUT_OF_REACH != 0);
            self.nowhere += u64::from(marks & OUT_OF_THIS_WORLD != 0);
        }
    }

    /// What is wrong with them as a whole. The rules' pages say why the shares are what they are.
    pub(super) fn fault(&self) -> Option<(Fault, Measurement)> {
        let Positions { points, lost, at_origin, far, nowhere, different, .. } = *self;
        let numbers = points - lost;
        let seen = numbers - at_origin;
        let of_points = |found| Measurement::Points { found, of: points };
        let extent = || Measurement::Extent(self.ranges.map(extent_of));
        if points == 0 {
            None
        } else if nearly_all(lost, points) {
            Some((Fault::LostPoints, of_points(lost)))
        } else if nearly_all(at_origin, numbers) {
            Some((Fault::PointsAtOrigin, of_points(at_origin)))
        } else if different == 0 && numbers > 1 {
            Some((Fault::PointsEqual, extent()))
        } else if nowhere * 20 >= seen {
            Some((Fault::Disproportion(Disproportion::Noise), extent()))
        } else if far * 2 >= seen {
            let disproportion =
                if self.is_aside() { Disproportion::Map } else { Disproportion::Unit };
            Some((Fault::Disproportion(disproportion), extent()))
        } else {
            None
        }
    }

    /// Whether they lie together, and farther from the origin than from each other. The ground is
    /// flat, so that their height does not tell.
    fn is_aside(&self) -> bool {
        let [x, y, _] = self.ranges;
        [x, y].iter().any(|(least, largest)| {
            let nearest = if *least > 0.0 { *least } else { -largest };
            least <= largest && nearest > FAR && largest - least < nearest
        })
    }
}

/// Zeros where no other coordinate was seen.
fn extent_of((least, largest): (f64, f64)) -> (i64, i64) {
    if least <= largest { (whole(least), whole(largest)) } else { (0, 0) }
}

/// Nineteen of twenty and more.
fn nearly_all(some: u64, all: u64) -> bool {
    // A cloud has far fewer than 2^59 points.
    some * 20 >= all * 19
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "it saturates, and of coordinates as large nothing else is said"
)]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// How a coordinate is written in binary.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    kind: u8,
    size: u64,
}

impl Number {
    pub(super) fn of(field: &Field) -> Self {
        Number { kind: field.kind, size: field.size }
    }

    pub(super) fn size(self) -> u64 {
        self.size
    }

    /// The number that begins so; not one where there are too few bytes, or of another size
    /// than numbers have.
    pub(super) fn read(self, bytes: &[u8]) -> f64 {
        let value = match (self.kind, self.size) {
            (b'F', 4) => bytes.first_chunk().map(|bytes| f64::from(f32::from_le_bytes(*bytes))),
            (b'F', 8) => bytes.first_chunk().map(|bytes| f64::from_le_bytes(*bytes)),
            (b'I', 1) => bytes.first_chunk().map(|bytes| f64::from(i8::from_le_bytes(*bytes))),
            (b'I', 2) => bytes.first_chunk().map(|bytes| f64::from(i16::from_le_bytes(*bytes))),
            (b'I', 4) => bytes.first_chunk().map(|bytes| f64::from(i32::from_le_bytes(*bytes))),
            (b'I', 8) => bytes.first_chunk().map(|bytes| i64::from_le_bytes(*bytes) as f64),
            (b'U', 1) => bytes.first().map(|byte| f64::from(*byte)),
            (b'U', 2) => bytes.first_chunk().map(|bytes| f64::from(u16::from_le_bytes(*bytes))),
            (b'U', 4) => bytes.first_chunk().map(|bytes| f64::from(u32::from_le_bytes(*bytes))),
            (b'U', 8) => bytes.first_chunk().map(|bytes| u64::from_le_bytes(*bytes) as f64),
            _ => None,
        };
        value.unwrap_or(f64::NAN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(points: &[[f64; 3]]) -> Option<Fault> {
        let mut positions = Positions::default();
        for point in points {
            let marks = point
                .iter()
                .enumerate()
                .fold(0, |marks, (axis, value)| marks | positions.see(axis, *value));
            positions.count(marks);
        }
        positions.fault().map(|(fault, _)| fault)
    }

    /// A ring of points around a place, of this radius.
    fn ring(count: u32, around: [f64; 3], radius: f64) -> Vec<[f64; 3]> {
        let point = |at: u32| {
            let (sine, cosine) =
                (f64::from(at) / f64::from(count) * std::f64::consts::TAU).sin_cos();
            [around[0] + radius * cosine, around[1] + radius * sine, around[2] - 1.7]
        };
        (0..count).map(point).collect()
    }

    const LOST: [f64; 3] = [f64::NAN, f64::NAN, f64::NAN];

    /// So many points out of a hundred that are this, and the others around a car.
    fn mixed(share: usize, with: [f64; 3]) -> Vec<[f64; 3]> {
        let mut points = ring(100, [0.0; 3], 30.0);
        points[..share].fill(with);
        points
    }

    #[test]
    fn what_sensors_see_is_in_order() {
        for points in [
            vec![],
            ring(100, [0.0; 3], 0.1),
            ring(100, [0.0; 3], 250.0),
            ring(100, [120.0, -80.0, 0.0], 60.0),
            mixed(50, LOST),
            mixed(94, LOST),
            mixed(50, [f64::INFINITY, 1.0, 1.0]),
            mixed(50, [0.0; 3]),
            mixed(94, [0.0; 3]),
            mixed(49, [4_000.0, 1.0, 1.0]),
            mixed(4, [1e30, 1.0, 1.0]),
            vec![[0.0, 0.0, 1.0]],
            vec![[0.0, 0.0, 1.0], LOST],
            vec![[0.0, 0.0, 1.0], [0.0, 1.0, 1.0]],
            vec![[0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 0.0, 1.0]],
        ] {
            assert_eq!(fault(&points), None, "{:?}", points.first());
        }
    }

    #[test]
    fn what_none_sees_is_told() {
        let disproportion = |disproportion| Some(Fault::Disproportion(disproportion));
        assert_eq!(fault(&mixed(95, LOST)), Some(Fault::LostPoints));
        assert_eq!(fault(&[LOST]), Some(Fault::LostPoints));
        assert_eq!(fault(&mixed(95, [0.0; 3])), Some(Fault::PointsAtOrigin));
        assert_eq!(fault(&[LOST, [0.0; 3]]), Some(Fault::PointsAtOrigin), "of the numbers all are");
        assert_eq!(fault(&ring(100, [0.0; 3], 30_000.0)), disproportion(Disproportion::Unit));
        assert_eq!(
            fault(&ring(100, [431_200.0, 5_412_300.0, 200.0], 50.0)),
            disproportion(Disproportion::Map)
        );
        assert_eq!(
            fault(&ring(100, [-431_200.0, 0.0, 0.0], 50.0)),
            disproportion(Disproportion::Map)
        );
        let with_zeros =
            [ring(50, [431_200.0, 5_412_300.0, 200.0], 50.0), vec![[0.0; 3]; 50]].concat();
        assert_eq!(fault(&with_zeros), disproportion(Disproportion::Map));
        assert_eq!(fault(&mixed(5, [1e30, 1.0, 1.0])), disproportion(Disproportion::Noise));
        let mut extremes = mixed(100, [f64::MAX, f64::MIN, 0.0]);
        assert_eq!(fault(&extremes), Some(Fault::PointsEqual));
        extremes[99] = [f64::MIN, f64::MAX, 0.0];
        assert_eq!(fault(&extremes), disproportion(Disproportion::Noise));
        for point in [[1.5, 0.0, -2.0], [0.0, 0.0, 1.0], [30_000.0; 3]] {
            assert_eq!(fault(&[point; 2]), Some(Fault::PointsEqual));
            assert_eq!(fault(&[LOST, point, LOST, point]), Some(Fault::PointsEqual));
        }
    }

    #[test]
    fn numbers_are_read_in_every_way_that_they_are_written() {
        let read = |kind, size, bytes: &[u8]| Number { kind, size }.read(bytes);
        assert_eq!(read(b'F', 4, &1.5_f32.to_le_bytes()), 1.5);
        assert_eq!(read(b'F', 8, &(-1.5_f64).to_le_bytes()), -1.5);
        assert_eq!(read(b'I', 1, &[0xFF]), -1.0);
        assert_eq!(read(b'I', 2, &(-300_i16).to_le_bytes()), -300.0);
        assert_eq!(read(b'I', 4, &(-70_000_i32).to_le_bytes()), -70_000.0);
        assert_eq!(read(b'I', 8, &(-5_i64).to_le_bytes()), -5.0);
        assert_eq!(read(b'U', 1, &[0xFF]), 255.0);
        assert_eq!(read(b'U', 2, &300_u16.to_le_bytes()), 300.0);
        assert_eq!(read(b'U', 4, &70_000_u32.to_le_bytes()), 70_000.0);
        assert_eq!(read(b'U', 8, &5_u64.to_le_bytes()), 5.0);
        assert!(read(b'F', 4, &[0; 3]).is_nan() && read(b'F', 2, &[0; 8]).is_nan());
    }
}
