//! [`Histogram`]: how far a sensor's frames lie from those of the reference.

/// How many bins lie on either side of the one in the middle.
const SIDE: usize = 256;

/// How far a sensor's frames lie from those of the reference that they pair with, over all scenes.
/// What the reference's clock says is in the middle. Where a sensor's clock stands apart by more
/// than half a step, its frames are counted as they lie once that is taken off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Histogram {
    /// How far it reaches on either side: half of the usual step, in nanoseconds, or as stems count
    /// that are no times.
    pub reach: u64,
    /// Whether the stems are times.
    pub timed: bool,
    /// Whether in some scene a clock that stands apart was taken off.
    pub is_corrected: bool,
    counts: Vec<u64>,
}

impl Histogram {
    pub(super) fn new(reach: u64, timed: bool) -> Self {
        Histogram { reach, timed, is_corrected: false, counts: vec![0; 2 * SIDE + 1] }
    }

    /// Counts frames that lie so far from the reference's.
    pub(super) fn add(&mut self, distance: i64, frames: u64) {
        let side = i128::try_from(SIDE).unwrap_or(i128::MAX);
        let reach = i128::from(self.reach.max(1));
        // To the nearest bin, on either side alike.
        let scaled = i128::from(distance.unsigned_abs()) * side;
        let away = ((scaled + reach / 2) / reach).min(side);
        let away = usize::try_from(away).unwrap_or(SIDE);
        let at = if distance < 0 { SIDE - away } else { SIDE + away };
        if let Some(count) = self.counts.get_mut(at) {
            *count += frames;
        }
    }

    /// How many frames were counted.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The part of the reach, in percent, beyond which no more than one frame of 200 lies: the
    /// smallest of 1, 2, 5, 10, 20, 50 and 100 of which that is so.
    #[must_use]
    pub fn occupied_percent(&self) -> u8 {
        let all = self.frames();
        let within = |percent: &u8| {
            let side = SIDE * usize::from(*percent) / 100;
            let inside: u64 =
                self.counts.get(SIDE - side..=SIDE + side).unwrap_or_default().iter().sum();
            (all - inside).saturating_mul(200) <= all
        };
        [1, 2, 5, 10, 20, 50].into_iter().find(within).unwrap_or(100)
    }

    /// The frames by their distances, in `2 * bars + 1` bars from one end to the other of a part of
    /// the reach. What lies beyond counts to the last one.
    #[must_use]
    pub fn bars(&self, percent: u8, bars: usize) -> Vec<u64> {
        let side = (SIDE * usize::from(percent.clamp(1, 100)) / 100).max(1);
        let mut sums = vec![0; 2 * bars + 1];
        for (at, count) in self.counts.iter().enumerate() {
            let away = (at.abs_diff(SIDE) * bars + side / 2) / side;
            let away = away.min(bars);
            let bar = if at < SIDE { bars - away } else { bars + away };
            if let Some(sum) = sums.get_mut(bar) {
                *sum += count;
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_counted_where_they_lie() {
        let mut histogram = Histogram::new(50_000_000, true);
        histogram.add(0, 990);
        histogram.add(25_000_000, 5);
        histogram.add(-50_000_000, 3);
        histogram.add(i64::MIN, 2);
        assert_eq!(histogram.frames(), 1_000);
        assert_eq!(histogram.bars(100, 2), [5, 0, 990, 5, 0]);
        assert_eq!(histogram.bars(10, 1), [5, 990, 5]);
        assert_eq!(histogram.occupied_percent(), 50);
    }

    #[test]
    fn what_lies_close_takes_little_of_the_reach() {
        let mut histogram = Histogram::new(50_000_000, true);
        assert_eq!(histogram.occupied_percent(), 1);
        histogram.add(2_000_000, 10);
        assert_eq!(histogram.occupied_percent(), 5);
        histogram.add(40_000_000, 10);
        assert_eq!(histogram.occupied_percent(), 100);
    }

    #[test]
    fn without_a_step_all_is_in_the_middle_or_beyond() {
        let mut histogram = Histogram::new(0, false);
        histogram.add(0, 2);
        histogram.add(9, 1);
        assert_eq!(histogram.bars(100, 1), [0, 2, 1]);
    }
}
