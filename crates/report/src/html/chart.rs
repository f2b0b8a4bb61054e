//! What the drawings share: numbers as short text, paths of rectangles, marks along an axis.

use std::fmt::Write as _;

use sensortree_core::align::picture::{Axis, Position, RESOLUTION, Span};

use crate::quantities::length;

/// A number with at most one digit behind the point.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The shape of rectangles, as the `d` of a path.
#[derive(Debug, Default)]
pub(super) struct Shape(pub(super) String);

impl Shape {
    /// Adds a rectangle.
    pub(super) fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let (x, y, height) = (short(x), short(y), short(height));
        let width = short(width);
        // Writing to a String cannot fail.
        let _ = write!(self.0, "M{x} {y}h{width}v{height}h-{width}z");
    }

    /// Whether there is nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A part of a drawing that is as wide as an axis is long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Panel {
    /// Its left edge.
    pub(super) left: f64,
    /// Its width.
    pub(super) width: f64,
}

impl Panel {
    /// Where a place of the axis lies.
    pub(super) fn x(self, at: Position) -> f64 {
        self.left + f64::from(at) * self.width / f64::from(RESOLUTION)
    }

    /// The left edge and the width of a stretch, at least so wide.
    pub(super) fn extent(self, span: Span, least: f64) -> (f64, f64) {
        let (from, to) = (self.x(span.from), self.x(span.to));
        let width = (to - from).max(least);
        let middle = f64::midpoint(from, to);
        let left = (middle - width / 2.0).clamp(self.left, self.left + self.width - width);
        (left, width)
    }
}

/// Marks along a length, each with its words: at round numbers, some four to eight of them.
/// Lengths of time are counted from the beginning.
pub(super) fn marks(whole: i128, timed: bool) -> Vec<(f64, String)> {
    const MOST: i128 = 8;
    let steps = (0..24).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_i128.pow(power)));
    // Of minutes and hours the round ones are others.
    let minute = 60_000_000_000;
    let sixties = [1, 2, 5, 10, 20, 30, 60, 120, 360, 720, 1_440].map(|count| count * minute);
    let is_long = timed && whole > minute * 2;
    let step = match is_long {
        true => sixties.into_iter().find(|step| whole / step <= MOST),
        false => None,
    };
    let step = step.or_else(|| steps.into_iter().find(|step| whole / step <= MOST));
    let Some(step) = step.filter(|_| whole > 0) else { return Vec::new() };
    let mark = |count: i128| {
        let at = count * step;
        let text = if at == 0 && timed { "0".to_owned() } else { length(at, timed) };
        (at as f64 / whole as f64, text)
    };
    (0..=whole / step).map(mark).collect()
}

/// An instant as the stems of the scene write it; else from its beginning.
pub(super) fn stamp(axis: &Axis, figure: i128) -> String {
    match axis.tick_ns {
        Some(tick) => ((figure + i128::from(tick) / 2) / i128::from(tick)).to_string(),
        None if axis.timed => format!("{} from the start", length(figure - axis.begin, true)),
        None => figure.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_few() {
        let words = |whole: i128, timed: bool| {
            marks(whole, timed).into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        let second = 1_000_000_000;
        assert_eq!(words(second, true), ["0", "200 ms", "400 ms", "600 ms", "800 ms", "1 s"]);
        assert_eq!(words(50 * second, true), ["0", "10 s", "20 s", "30 s", "40 s", "50 s"]);
        assert_eq!(words(600 * second, true), ["0", "2 min", "4 min", "6 min", "8 min", "10 min"]);
        assert_eq!(words(4, false), ["0", "1", "2", "3", "4"]);
        assert_eq!(words(0, true), [""; 0]);
    }

    #[test]
    fn narrow_stretches_are_seen_and_stay_inside() {
        let panel = Panel { left: 10.0, width: 100.0 };
        assert_eq!(panel.extent(Span { from: 0, to: 500 }, 2.0), (10.0, 50.0));
        assert_eq!(panel.extent(Span { from: 500, to: 501 }, 2.0), (59.05, 2.0));
        assert_eq!(panel.extent(Span { from: 1_000, to: 1_000 }, 2.0), (108.0, 2.0));
    }
}
