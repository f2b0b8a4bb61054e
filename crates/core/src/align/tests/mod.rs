//! Synthetic recordings, and what must be told of each.

mod confusion;
mod plans;
mod properties;

use proptest::prelude::*;

use super::fit::Scratch;
use super::relation::duration;
use super::scene::{Comparison, Terms, compare};
use super::timeline::Timeline;

/// A small seeded generator (SplitMix64): the same numbers everywhere and always.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number from `from` to `to`, both included.
    fn between(&mut self, from: i128, to: i128) -> i128 {
        from + i128::from(self.roll()) % (to - from + 1)
    }

    /// A whole number below `end`.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % end as u64).unwrap()
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll() % 100 < percent
    }
}

const START: i128 = 1_681_532_060_061;
const HOUR: i128 = 3_600_000;

/// A recording of `count` frames, 100 ms apart.
fn steady(count: i128) -> Vec<i128> {
    (0..count).map(|k| START + k * 100).collect()
}

/// A recording whose steps go from 40 ms to 250 ms.
fn uneven(count: usize, seed: u64) -> Vec<i128> {
    let mut dice = Dice(seed);
    let mut at = START;
    (0..count)
        .map(|_| {
            at += dice.between(40, 250);
            at
        })
        .collect()
}

/// Frames strewn at random over the time of `count` frames at 10 Hz.
fn strewn(count: usize, seed: u64) -> Vec<i128> {
    let mut dice = Dice(seed);
    (0..count).map(|_| START + dice.between(0, count as i128 * 100)).collect()
}

fn shift(stamps: &[i128], by: i128) -> Vec<i128> {
    stamps.iter().map(|stamp| stamp + by).collect()
}

fn jitter(stamps: &[i128], most: i128, seed: u64) -> Vec<i128> {
    let mut dice = Dice(seed);
    stamps.iter().map(|stamp| stamp + dice.between(-most, most)).collect()
}

fn drop(stamps: &[i128], percent: u64, seed: u64) -> Vec<i128> {
    let mut dice = Dice(seed);
    stamps.iter().copied().filter(|_| !dice.chance(percent)).collect()
}

fn scale(stamps: &[i128], by: i128) -> Vec<i128> {
    stamps.iter().map(|stamp| stamp * by).collect()
}

fn compared(reference: &[i128], sensor: &[i128]) -> Option<Comparison> {
    let terms = Terms::of(None, None);
    let timeline = |stamps: &[i128]| Timeline::of_stamps(stamps.iter().copied());
    compare(&timeline(reference), &timeline(sensor), false, terms, &mut Scratch::default())
}

/// A comparison in one line.
fn told(reference: &[i128], sensor: &[i128]) -> String {
    let Some(comparison) = compared(reference, sensor) else { return "same".to_owned() };
    let Comparison { notation, offset, rate, distances, unrelated, pairs, timed, ref part, .. } =
        comparison;
    let text = |value: i64| duration(i128::from(value), timed);
    let mut parts = Vec::new();
    if let Some(unrelated) = unrelated {
        parts.push(format!("unrelated, {} common", unrelated.common));
    }
    if let Some(notation) = notation {
        parts.push(format!("{notation:?}").split(' ').next().unwrap_or_default().to_lowercase());
    }
    if let Some(offset) = offset {
        let known = offset.known.map(|known| format!(" ({:?})", known.first)).unwrap_or_default();
        let drift = if offset.drift == 0 {
            String::new()
        } else {
            format!(" drifting {}", text(offset.drift))
        };
        parts.push(format!("offset {}{known}{drift}", duration(offset.by, timed)));
    }
    if let Some(rate) = rate {
        parts.push(format!("rate {:.2}", rate.ratio()));
    }
    if let (Some(distances), None) = (distances, unrelated) {
        parts.push(format!("within {}", text(distances.sizes.max)));
    }
    if unrelated.is_none() {
        parts.push(format!("{pairs} pairs"));
    }
    if !part.missing.is_empty() {
        parts.push(format!("{} missing", part.missing.len()));
    }
    if !part.extra.is_empty() {
        parts.push(format!("{} extra", part.extra.len()));
    }
    parts.join(", ")
}

#[test]
fn what_is_told_of_each_recording() {
    let steady_200 = steady(200);
    let uneven_200 = uneven(200, 1);
    let table: Vec<(&str, Vec<i128>, Vec<i128>, &str)> = vec![
        ("the same", steady_200.clone(), steady_200.clone(), "same"),
        (
            "eight hours",
            steady_200.clone(),
            shift(&steady_200, 8 * HOUR),
            "offset 28,800,000 ms (TimeZone(480)), within 0 ms, 200 pairs",
        ),
        (
            "first ten missing",
            steady_200.clone(),
            steady_200[10..].to_vec(),
            "190 pairs, 10 missing",
        ),
        (
            "constant 30 ms",
            steady_200.clone(),
            shift(&steady_200, 30),
            "offset 30 ms, within 0 ms, 200 pairs",
        ),
        (
            "constant -60 ms",
            steady_200.clone(),
            shift(&steady_200, -60),
            "offset -60 ms, within 0 ms, 200 pairs",
        ),
        ("jitter", steady_200.clone(), jitter(&steady_200, 3, 2), "within 3 ms, 200 pairs"),
        (
            "third rate",
            steady(100),
            (0..300).map(|k| START + k * 100 / 3).collect(),
            "rate 3.00, 100 pairs",
        ),
        ("strewn", strewn(200, 5), strewn(200, 6), "unrelated, 0 common"),
        ("strewn v steady", steady_200.clone(), strewn(200, 6), "unrelated, 2 common"),
        (
            "uneven drop offset",
            uneven_200.clone(),
            drop(&jitter(&shift(&uneven_200, 8 * HOUR), 3, 1), 30, 4),
            "offset 28,800,000 ms (TimeZone(480)), within 3 ms, 137 pairs, 63 missing",
        ),
        (
            "uneven both drop offset",
            drop(&uneven_200, 30, 9),
            drop(&jitter(&shift(&uneven_200, 123_457), 3, 1), 30, 4),
            "offset 123,457 ms, within 3 ms, 93 pairs, 42 missing, 44 extra",
        ),
        (
            "uneven both drop",
            drop(&uneven_200, 30, 9),
            drop(&jitter(&uneven_200, 3, 1), 30, 4),
            "within 3 ms, 93 pairs, 42 missing, 44 extra",
        ),
        (
            "steady both drop",
            drop(&steady_200, 40, 9),
            drop(&jitter(&steady_200, 3, 1), 40, 4),
            "within 3 ms, 67 pairs, 44 missing, 52 extra",
        ),
        (
            "drift",
            steady(1000),
            steady(1000).iter().enumerate().map(|(k, s)| s + k as i128 / 4).collect(),
            "rate 1.00, within 50 ms, 998 pairs",
        ),
        (
            "drift small",
            steady(1000),
            steady(1000).iter().enumerate().map(|(k, s)| s + k as i128 / 40).collect(),
            "offset 12 ms drifting 24 ms, within 1 ms, 1000 pairs",
        ),
        (
            "12 v 10",
            steady(100),
            (0..120).map(|k| START + k * 250 / 3).collect(),
            "rate 1.20, within 34 ms, 100 pairs",
        ),
        (
            "30 Hz jitter",
            steady(100),
            jitter(&(0..300).map(|k| START + 7 + k * 100 / 3).collect::<Vec<_>>(), 3, 1),
            "rate 3.00, within 10 ms, 100 pairs",
        ),
        (
            "30 Hz 8h",
            steady(100),
            (0..300).map(|k| START + 8 * HOUR + k * 100 / 3).collect(),
            "offset 28,800,000 ms (TimeZone(480)), rate 3.00, within 0 ms, 100 pairs",
        ),
        ("us", steady_200.clone(), scale(&steady_200, 1000), "unit, 200 pairs"),
        (
            "us trunc",
            scale(&steady_200, 1000)
                .iter()
                .enumerate()
                .map(|(k, s)| s + (k as i128 * 7919) % 1000)
                .collect(),
            steady_200.clone(),
            "unit, within 0.987 ms, 200 pairs",
        ),
        (
            "us 8h drop",
            steady_200.clone(),
            drop(&scale(&shift(&steady_200, 8 * HOUR), 1000), 20, 3),
            "unit, offset 28,800,000 ms (TimeZone(480)), within 0 ms, 160 pairs, 40 missing",
        ),
        (
            "gps",
            steady_200.clone(),
            shift(&steady_200, -315_964_800_000 + 18_000),
            "offset -315,964,782,000 ms (GpsEpoch), within 0 ms, 200 pairs",
        ),
        ("one", steady(1), shift(&steady(1), 8), "within 8 ms, 1 pairs"),
        (
            "one 8h",
            steady(1),
            shift(&steady(1), 8 * HOUR + 3),
            "offset 28,800,003 ms (TimeZone(480)), within 0 ms, 1 pairs",
        ),
        ("one far", steady(1), shift(&steady(1), 123_456), "unrelated, 0 common"),
        ("two", steady(2), shift(&steady(2), -43), "within 43 ms, 2 pairs"),
        ("index base", (0..100).collect(), (1..101).collect(), "offset 1, within 0, 100 pairs"),
        ("index cont", (0..100).collect(), (100..200).collect(), "offset 100, within 0, 100 pairs"),
        (
            "index missing",
            (0..100).collect(),
            (0..100).filter(|k| k % 10 != 3).collect(),
            "90 pairs, 10 missing",
        ),
        ("index v stamp", steady(100), (0..100).collect(), "unrelated, 0 common"),
        (
            "relative",
            steady(100),
            (0..100).map(|k| k * 100).collect(),
            "offset -1,681,532,060,061 ms, within 0 ms, 100 pairs",
        ),
        (
            "relative us",
            steady(100),
            (0..100).map(|k| k * 100_000).collect(),
            "unit, offset -1,681,532,060,061 ms, within 0 ms, 100 pairs",
        ),
        ("half", steady_200.clone(), steady_200[..100].to_vec(), "100 pairs, 100 missing"),
        (
            "second half offset",
            uneven_200.clone(),
            shift(&uneven_200[100..], 77_777),
            "offset 77,777 ms, within 0 ms, 100 pairs, 100 missing",
        ),
        (
            "middle offset",
            uneven_200.clone(),
            shift(&uneven_200[60..120], 77_777),
            "offset 77,777 ms, within 0 ms, 60 pairs, 140 missing",
        ),
    ];
    for (name, reference, sensor, expected) in table {
        assert_eq!(told(&reference, &sensor), expected, "{name}");
    }
}

/// What must never come of two timelines that have nothing to do with each other: that they are one
/// with jitter or an offset.
/// The offsets of the stretches that a comparison tells apart.
fn stretches(reference: &[i128], sensor: &[i128]) -> Vec<i128> {
    let steps = compared(reference, sensor).and_then(|comparison| comparison.steps);
    steps.map_or(Vec::new(), |it| it.stretches.iter().map(|stretch| stretch.by).collect())
}

#[test]
fn a_clock_that_is_set_by_less_than_a_step_is_no_drift() {
    const MS: i128 = 1_000_000;
    let late = |from: usize, by: [i128; 2]| -> Vec<i128> {
        let by = |at: usize| by[usize::from(at >= from)];
        steady(80).into_iter().enumerate().map(|(at, stamp)| stamp + by(at)).collect()
    };
    for seed in 0..40 {
        let reference = jitter(&steady(80), 4, seed);
        let set = |from, by| jitter(&late(from, by), 4, seed + 100);
        for (from, by) in [(40, [-20, -81]), (40, [0, 61]), (30, [0, -61]), (55, [10, 75])] {
            let found = stretches(&reference, &set(from, by));
            let near = |(found, by): (&i128, &i128)| (found - by * MS).abs() < 6 * MS;
            let is_told = found.len() == 2 && found.iter().zip(&by).all(near);
            let told = told(&reference, &set(from, by));
            assert!(is_told, "{seed}: {by:?} from {from} on: {found:?}, {told}");
        }
        // A drift, and frames that are lost on either side, each at another time.
        let drifting: Vec<i128> =
            steady(80).iter().zip(0..).map(|(stamp, at)| stamp + at * 60 / 80 - 20).collect();
        let mut lost = jitter(&steady(81), 8, seed + 200);
        lost.remove(40);
        for sensor in [jitter(&drifting, 8, seed + 300), lost] {
            assert_eq!(stretches(&reference, &sensor), Vec::<i128>::new(), "{seed}");
        }
    }
}

fn is_called_one(reference: &[i128], sensor: &[i128]) -> bool {
    compared(reference, sensor)
        .is_none_or(|comparison| comparison.unrelated.is_none() && comparison.rate.is_none())
}

#[test]
fn unrelated_timelines_are_never_called_one() {
    for seed in 0..70 {
        let count = 12 + usize::try_from(seed % 7).unwrap() * 40;
        let (left, right) = (strewn(count, seed), strewn(count, seed + 1_000_000));
        assert!(!is_called_one(&left, &right), "strewn, seed {seed}");
        assert!(!is_called_one(&steady(count as i128), &right), "steady and strewn, seed {seed}");
        assert!(
            !is_called_one(&left, &shift(&right, 8 * HOUR)),
            "strewn on another day, seed {seed}"
        );
        let (left, right) = (uneven(count, seed), uneven(count, seed + 1_000_000));
        assert!(!is_called_one(&left, &right), "uneven, seed {seed}");
    }
}

#[test]
fn stamps_of_any_size_are_compared() {
    let last = 10_i128.pow(36) - 1;
    let sets: Vec<Vec<i128>> = vec![
        vec![0],
        vec![-1],
        vec![-last, last],
        vec![-last, -5, 0, 3, 10_i128.pow(20), last],
        (0..50).map(|k| 12_345_678_901_234_567_890 + k * 100).collect(),
        (0..50).map(|k| k * 10_i128.pow(34)).collect(),
        (-50..50).map(|k| k * 100).collect(),
        vec![i128::from(i64::MIN), i128::from(i64::MAX)],
    ];
    for (at, reference) in sets.iter().enumerate() {
        for (other, sensor) in sets.iter().enumerate() {
            assert_eq!(
                compared(reference, sensor).is_none(),
                at == other,
                "{reference:?} {sensor:?}"
            );
        }
    }
    assert_eq!(told(&sets[4], &shift(&sets[4], 30)), "offset 30 ns, within 0 ms, 50 pairs");
    assert_eq!(told(&sets[6], &sets[6][10..]), "90 pairs, 10 missing");
}

proptest! {
    #[test]
    fn an_offset_is_found_whatever_is_dropped(
        seed in any::<u64>(),
        count in 30_usize..300,
        offset in prop_oneof![-5_000_000_i128..5_000_000, -400_000_000_000_i128..400_000_000_000],
        dropped in 0_u64..40,
        most in 0_i128..4,
    ) {
        let whole = uneven(count, seed);
        let sensor = jitter(&drop(&shift(&whole, offset), dropped, seed ^ 1), most, seed ^ 2);
        let comparison = compared(&whole, &sensor);
        let Some(comparison) = comparison else {
            prop_assert_eq!(&whole, &sensor);
            return Ok(());
        };
        prop_assert!(comparison.unrelated.is_none() && comparison.rate.is_none());
        let found = comparison.offset.map_or(0, |offset| offset.by);
        let expected = offset * 1_000_000;
        // The middle of the jitter is known no better than its size.
        let near = most * 1_000_000;
        prop_assert!((found - expected).abs() <= near.max(if offset.abs() <= 8 { 8_000_000 } else { 0 }), "{} {}", found, expected);
        prop_assert_eq!(comparison.pairs, sensor.len() as u64);
        prop_assert_eq!(comparison.part.missing.len(), whole.len() - sensor.len());
        prop_assert!(comparison.part.extra.is_empty());
    }

    #[test]
    fn a_steady_recording_keeps_its_gaps(seed in any::<u64>(), count in 30_i128..300, dropped in 1_u64..40, most in 0_i128..4) {
        let whole = steady(count);
        let sensor = jitter(&drop(&whole, dropped, seed), most, seed ^ 2);
        if let Some(comparison) = compared(&whole, &sensor) {
            prop_assert!(comparison.offset.is_none_or(|offset| offset.by.abs() <= 3_000_000));
            prop_assert_eq!(comparison.pairs, sensor.len() as u64);
            prop_assert_eq!(comparison.part.missing.len(), whole.len() - sensor.len());
        }
    }

    #[test]
    fn any_two_sets_are_compared_without_harm(
        left in proptest::collection::vec(prop_oneof![any::<i64>().prop_map(i128::from), -40_i128..40, Just(10_i128.pow(36))], 1..60),
        right in proptest::collection::vec(prop_oneof![any::<i64>().prop_map(i128::from), -40_i128..40, Just(-10_i128.pow(36))], 1..60),
    ) {
        let first = told(&left, &right);
        prop_assert_eq!(&told(&left, &right), &first, "the same again");
        // SequenceHasher of several units are said even of two that are alike.
        let own = told(&left, &left);
        prop_assert!(own == "same" || own.starts_with("mixed"), "{}", own);
        if let Some(comparison) = compared(&left, &right) {
            let (mut left, mut right) = (left, right);
            left.sort_unstable();
            left.dedup();
            right.sort_unstable();
            right.dedup();
            let frames = left.len().min(right.len()) as u64;
            prop_assert!(comparison.pairs <= frames);
            if comparison.unrelated.is_none() && comparison.rate.is_none() {
                // A frame has a partner, or bears the very stamp of one that else had none.
                let settled = left.len() - comparison.part.missing.len();
                prop_assert_eq!(settled, right.len() - comparison.part.extra.len());
                prop_assert!(comparison.pairs <= settled as u64);
            }
        }
    }
}
