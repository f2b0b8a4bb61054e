//! [`Axis`]: the time axis of a scene, and places on it.

use super::super::ticks::Ticks;
use super::super::timeline::{Cadence, Timeline};

/// How many parts an axis has: the last [`Position`] on it.
pub const RESOLUTION: Position = 1_000;

/// A place on an axis: 0 is where the scene begins, [`RESOLUTION`] where it ends.
pub type Position = u16;

/// A stretch of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub from: Position,
    /// Where it ends.
    pub to: Position,
}

/// The time axis of a scene: from half a step before its first frame to half a step behind its
/// last one, by the clock of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Where it begins, in nanoseconds, or as the stems count where they are no times.
    pub begin: i128,
    /// How long it is, in the same.
    pub length: i128,
    /// The usual step of the reference, in the same; 0 where it has none.
    pub step: i128,
    /// How many nanoseconds a unit of the reference's stems is, where they are times that are
    /// written in whole numbers: to write an instant as a stem.
    pub tick_ns: Option<u64>,
    /// Whether the stems are times.
    pub timed: bool,
}

impl Axis {
    /// The axis of a reference's frames and of other instants.
    pub(super) fn of(
        reference: &Timeline,
        others: impl Iterator<Item = (i128, i128)>,
    ) -> Option<Self> {
        let ticks = Ticks { decimals: reference.decimals };
        let figure = |stamp: &i128| ticks.wide_figure(*stamp);
        let mut first = figure(reference.stamps.first()?);
        let mut last = figure(reference.stamps.last()?);
        for (from, to) in others {
            (first, last) = (first.min(from), last.max(to));
        }
        let cadence = Cadence::of(&reference.stamps);
        let step = cadence.map_or(0, |cadence| ticks.wide_figure(cadence.step));
        let margin = (step / 2).max(1);
        let tick_ns = reference.decimals.filter(|_| reference.reading.is_none());
        let tick_ns = tick_ns.filter(|_| reference.fraction() == 0 && !reference.mixed);
        Some(Axis {
            begin: first - margin,
            length: last - first + 2 * margin,
            step,
            tick_ns: tick_ns
                .and_then(|decimals| 10_u64.checked_pow(9_u32.checked_sub(decimals.into())?)),
            timed: reference.decimals.is_some(),
        })
    }

    /// Where an instant lies; what lies outside is at the end.
    pub(super) fn position(&self, figure: i128) -> Position {
        self.part_of(figure, RESOLUTION)
    }

    /// In which of so many parts of the axis an instant lies.
    pub(super) fn part_of(&self, figure: i128, parts: u16) -> u16 {
        let within = (figure - self.begin).clamp(0, self.length);
        let at = within.saturating_mul(i128::from(parts)) / self.length.max(1);
        u16::try_from(at).unwrap_or(parts).min(parts)
    }

    /// The stretches that ascending instants cover, each half a step to either side. Where the
    /// next one is more than one and a half steps away, a gap begins.
    pub(super) fn covered(&self, instants: impl Iterator<Item = i128>) -> Vec<Span> {
        let half = (self.step / 2).max(1);
        let mut spans: Vec<Span> = Vec::new();
        let mut before: Option<i128> = None;
        for instant in instants {
            let to = self.position(instant + half);
            let from = self.position(instant - half);
            let goes_on = before.is_some_and(|before| instant - before <= half * 3);
            match spans.last_mut().filter(|last| goes_on || from <= last.to) {
                Some(last) => last.to = last.to.max(to),
                None => spans.push(Span { from, to: to.max(from + 1).min(RESOLUTION) }),
            }
            before = Some(instant);
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(stamps: &[i128]) -> Axis {
        Axis::of(&Timeline::of_stamps(stamps.iter().copied()), std::iter::empty()).unwrap()
    }

    #[test]
    fn an_axis_reaches_half_a_step_beyond_the_frames() {
        let axis = axis(&[1_681_532_060_000, 1_681_532_060_100, 1_681_532_060_200]);
        assert_eq!((axis.length, axis.step), (300_000_000, 100_000_000));
        assert_eq!((axis.timed, axis.tick_ns), (true, Some(1_000_000)));
        assert_eq!(axis.position(1_681_532_060_100_000_000), RESOLUTION / 2);
        assert_eq!(axis.position(0), 0);
        assert_eq!(axis.position(i128::from(i64::MAX)), RESOLUTION);
    }

    #[test]
    fn what_is_covered_ends_where_a_frame_is_not() {
        let ms = 1_000_000;
        let at = |step: i128| 1_681_532_060_000 * ms + step * 100 * ms;
        let axis =
            axis(&[1_681_532_060_000, 1_681_532_060_100, 1_681_532_060_200, 1_681_532_060_900]);
        let spans = axis.covered([0, 1, 2, 5, 6, 9].map(at).into_iter());
        let expected = [(0, 300), (500, 700), (900, 1_000)];
        assert_eq!(spans, expected.map(|(from, to)| Span { from, to }));
    }

    #[test]
    fn a_single_frame_has_an_axis() {
        let axis = axis(&[7]);
        assert_eq!((axis.length, axis.step, axis.timed, axis.tick_ns), (2, 0, false, None));
        assert_eq!(axis.covered([7].into_iter()), [Span { from: 0, to: RESOLUTION }]);
    }
}
