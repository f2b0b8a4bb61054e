//! Whether two sensors record at one rate.

use super::timeline::Cadence;

/// How fast a timeline goes on: its mean step, frames that were lost counted in.
#[derive(Clone, Copy, Debug)]
struct MeanStep {
    /// In ticks.
    step: f64,
    /// How far that may be off.
    error: f64,
    /// How many steps speak for it.
    steps: usize,
}

/// How two rates stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RateRelation {
    /// They cannot be told apart, but for what a clock may drift.
    Same,
    /// One is a small multiple of the other.
    Multiple,
    /// They are two rates, and neither follows the other.
    Free,
}

/// A clock is off by some hundred parts in a million at most; what differs by more is another rate.
const MOST_DRIFT: f64 = 500e-6;
/// How many times its error a difference must be.
const ERRORS: f64 = 5.0;
/// The fewest steps that make a rate.
const FEWEST_STEPS: usize = 3;
/// With fewer frames only rates that differ by this much are told apart.
const FEW: usize = 24;
const PLAIN: f64 = 0.05;
/// How far from a ratio of small numbers two rates may be, and the largest of these numbers.
const MULTIPLE_SLACK: f64 = 0.01;
const LARGEST_DENOMINATOR: u8 = 4;
/// The most steps that are taken together until they are right.
const MOST_HELD: usize = 4;
/// The most frames lost one after the other that a step is counted over.
const MOST_LOST: f64 = 50.0;

#[expect(clippy::cast_precision_loss, reason = "a mean to a few digits")]
impl MeanStep {
    fn new(stamps: &[i128], cadence: Cadence) -> Self {
        let usual = cadence.near_sum as f64 / cadence.near.max(1) as f64;
        let deviation = usual_deviation(stamps, usual);
        // A clock that was set by a part of a step is no other rate: what is odd does not count.
        let slack = (usual / 4.0).min(6.0 * deviation + 2.0);
        let (mut sum, mut counted, mut left_out) = (0.0, 0.0, 0_usize);
        // A frame that is late makes a long step and a short one, and both together are right.
        let (mut open, mut held) = (0.0, 0_usize);
        for step in steps(stamps) {
            (open, held) = (open + step, held + 1);
            let times = (open / usual).round();
            if (1.0..=MOST_LOST).contains(&times) && (open - times * usual).abs() <= slack {
                sum += open;
                counted += times;
                (open, held) = (0.0, 0);
            } else if held == MOST_HELD {
                left_out += held;
                (open, held) = (0.0, 0);
            }
        }
        left_out += held;
        let step = if counted > 0.0 { sum / counted } else { usual };
        // Only the jitter of the ends counts, and that of the ends of what was left out.
        let error = 1.5 * deviation * (1.0 + left_out as f64).sqrt() + 1.0;
        MeanStep { step, error: error / counted.max(1.0), steps: cadence.steps - left_out }
    }
}

/// The steps of a timeline.
#[expect(clippy::cast_precision_loss, reason = "a mean to a few digits")]
fn steps(stamps: &[i128]) -> impl Iterator<Item = f64> {
    stamps.iter().zip(stamps.iter().skip(1)).map(|(before, after)| {
        let step = after - before;
        // Numbers of 64 bits are turned into others in one instruction.
        i64::try_from(step).map_or(step as f64, |step| step as f64)
    })
}

/// How far a step usually is from the mean one: the mean size over those that are near it.
fn usual_deviation(stamps: &[i128], usual: f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for step in steps(stamps) {
        let apart = (step - usual).abs();
        if apart * 4.0 <= usual {
            sum += apart;
            count += 1.0;
        }
    }
    if count > 0.0 { sum / count } else { 0.0 }
}

/// How the rates of two regular timelines in the same ticks stand to each other.
pub(super) fn relate(
    (reference, a): (&[i128], Cadence),
    (sensor, b): (&[i128], Cadence),
) -> RateRelation {
    if !a.regular || !b.regular || a.step <= 0 || b.step <= 0 {
        return RateRelation::Same;
    }
    let (a, b) = (MeanStep::new(reference, a), MeanStep::new(sensor, b));
    // One frame lost of three looks like half the rate.
    if a.steps.min(b.steps) < FEWEST_STEPS {
        return RateRelation::Same;
    }
    let ratio = a.step / b.step;
    let apart = (ratio - 1.0).abs();
    let error = ERRORS * (a.error / a.step).hypot(b.error / b.step);
    let few = a.steps.min(b.steps) < FEW;
    if apart <= MOST_DRIFT.max(error) || (few && apart <= PLAIN) {
        return RateRelation::Same;
    }
    let larger = ratio.max(1.0 / ratio);
    let is_multiple = (1..=LARGEST_DENOMINATOR).any(|denominator| {
        let denominator = f64::from(denominator);
        let numerator = (larger * denominator).round();
        (larger * denominator / numerator - 1.0).abs() <= MULTIPLE_SLACK
    });
    if larger > 1.0 + PLAIN && is_multiple { RateRelation::Multiple } else { RateRelation::Free }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn related(reference: &[i128], sensor: &[i128]) -> RateRelation {
        let cadence = |stamps: &[i128]| Cadence::of(stamps).unwrap();
        relate((reference, cadence(reference)), (sensor, cadence(sensor)))
    }

    #[test]
    fn a_clock_drifts_and_a_rate_differs() {
        let at = |count: i128, step: i128| (0..count).map(|k| k * step / 1_000).collect::<Vec<_>>();
        let ten = at(1_000, 100_000);
        assert_eq!(related(&ten, &at(1_000, 100_008)), RateRelation::Same, "80 ppm");
        assert_eq!(related(&ten, &at(999, 100_100)), RateRelation::Free, "9.99 Hz");
        assert_eq!(related(&ten, &at(2_000, 50_000)), RateRelation::Multiple, "20 Hz");
        assert_eq!(related(&ten, &at(3_000, 33_333)), RateRelation::Multiple, "30 Hz");
        assert_eq!(related(&ten, &at(1_200, 83_333)), RateRelation::Free, "12 Hz");
        assert_eq!(related(&at(20, 100_000), &at(20, 100_300)), RateRelation::Same, "too few");
        let lossy: Vec<i128> =
            ten.iter().enumerate().filter(|(k, _)| k % 5 != 0).map(|(_, s)| *s).collect();
        assert_eq!(related(&ten, &lossy), RateRelation::Same, "lost frames");
        // As read from a device with a delay of its own each time; a quarter of the steps is far
        // from the usual one.
        for seed in 1..=50_u64 {
            let mut state = seed;
            let mut late = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                i128::from(state >> 33) % 51
            };
            let jittered: Vec<i128> = (0..200).map(|k| k * 100 + late()).collect();
            assert_eq!(related(&at(200, 100_000), &jittered), RateRelation::Same, "{seed}");
        }
        let doubled: Vec<i128> = (0..100)
            .flat_map(|k| [Some(k * 100), (k % 5 == 0).then_some(k * 100 + 2)])
            .flatten()
            .collect();
        assert_eq!(related(&at(100, 100_000), &doubled), RateRelation::Same, "frames twice");
        assert_eq!(related(&[0, 100, 200], &[0, 200]), RateRelation::Same, "one lost of three");
    }
}
