//! How well an offset explains two timelines, and whether better than chance would.
//!
//! Two unrelated timelines of the same rate pair off readily: within half a cadence nearly every
//! frame finds some partner. What they cannot do is to find it at one distance. So an offset is
//! believed when the distances left crowd around one value more than those of frames strewn evenly
//! would, by a binomial test over windows of doubling width that pays for every window and every
//! offset it could have chosen.

use super::pairing::{Line, Met, pair};

/// How likely an offset was before the frames were looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Prior {
    /// No offset: the clocks are one.
    Zero,
    /// An offset with a known cause, such as a time zone.
    Known,
    /// An offset that was found by looking.
    Found,
}

/// An offset, and what it explains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Fit {
    /// The offset, centred among the distances.
    pub(super) line: Line,
    /// How likely it was beforehand.
    pub(super) prior: Prior,
    /// Frames that pair.
    pub(super) pairs: usize,
    /// Frames of either side that do not.
    pub(super) unmatched: usize,
    /// Whether no offset could leave fewer.
    pub(super) complete: bool,
    /// The distance from the centre that 95 of 100 pairs stay within.
    pub(super) spread: i64,
    /// The median distance from the centre.
    pub(super) typical: i64,
    /// Whether chance would not do as well.
    pub(super) significant: bool,
}

/// The least share of frames, beyond what chance gives, that an offset must explain.
const LEAST_AGREEMENT: f64 = 0.3;
/// The same where the offset may change with time, and so has more ways to fit.
const LEAST_AGREEMENT_OF_A_DRIFT: f64 = 0.5;
/// The least evidence in bits, after paying for the choice of window and offset.
const LEAST_BITS: f64 = 10.0;
/// The same for an offset that nothing but the frames speaks for.
const LEAST_BITS_FOUND: f64 = 16.0;
/// Scenes of fewer frames than this have no statistics.
const FEW: usize = 8;

/// Buffers that are used again for each comparison.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// The distances of the pairs last looked at, in order.
    pub(super) distances: Vec<i64>,
    /// For sorting.
    pub(super) sorted: Vec<i64>,
}

/// Tries an offset. `None` when not one frame pairs.
pub(super) fn try_line(
    reference: &[i128],
    sensor: &[i128],
    line: Line,
    tolerance: i64,
    prior: Prior,
    scratch: &mut Scratch,
) -> Option<Fit> {
    let mut line = line;
    let mut centre = gather(reference, sensor, line, tolerance, scratch)?;
    // Off the middle the tolerance cuts one side short: move there and look again.
    for _ in 0..3 {
        if centre.abs() <= tolerance / 8 {
            break;
        }
        line = line.moved(i128::from(centre));
        centre = gather(reference, sensor, line, tolerance, scratch)?;
    }
    let line = line.moved(i128::from(centre));
    let pairs = scratch.distances.len();
    for distance in &mut scratch.distances {
        *distance -= centre;
    }
    let spread = percentile_of_size(&scratch.distances, 95, &mut scratch.sorted);
    let unmatched = (reference.len() - pairs) + (sensor.len() - pairs);
    let mut fit = Fit {
        line,
        prior,
        pairs,
        unmatched,
        complete: unmatched == reference.len().abs_diff(sensor.len()),
        spread,
        typical: percentile_of_size(&scratch.distances, 50, &mut scratch.sorted),
        significant: false,
    };
    fit.significant = is_significant(reference, sensor, tolerance, &fit, &scratch.distances);
    Some(fit)
}

/// Collects the distances of all pairs, and gives their median.
fn gather(
    reference: &[i128],
    sensor: &[i128],
    line: Line,
    tolerance: i64,
    scratch: &mut Scratch,
) -> Option<i64> {
    scratch.distances.clear();
    pair(reference, sensor, line, tolerance, |met| {
        if let Met::Pair(_, _, distance) = met {
            scratch.distances.push(distance);
        }
    });
    median(&scratch.distances, &mut scratch.sorted)
}

/// The median; the lower of two in the middle.
pub(super) fn median(values: &[i64], buffer: &mut Vec<i64>) -> Option<i64> {
    let first = *values.first()?;
    if values.iter().all(|value| *value == first) {
        return Some(first);
    }
    buffer.clear();
    buffer.extend_from_slice(values);
    let (_, median, _) = buffer.select_nth_unstable((values.len() - 1) / 2);
    Some(*median)
}

/// The size that `percent` of the values do not exceed; 0 of none.
pub(super) fn percentile_of_size(values: &[i64], percent: usize, buffer: &mut Vec<i64>) -> i64 {
    buffer.clear();
    buffer.extend(values.iter().map(|value| value.saturating_abs()));
    if buffer.is_empty() {
        return 0;
    }
    let at = (buffer.len() * percent).div_ceil(100).saturating_sub(1).min(buffer.len() - 1);
    let (_, value, _) = buffer.select_nth_unstable(at);
    *value
}

#[expect(clippy::cast_precision_loss, reason = "odds, not counts")]
fn is_significant(
    reference: &[i128],
    sensor: &[i128],
    tolerance: i64,
    fit: &Fit,
    distances: &[i64],
) -> bool {
    let (Some(r), Some(s)) = (Span::of(reference), Span::of(sensor)) else { return false };
    let (begin, end) = (r.first + fit.line.at(r.first), r.last + fit.line.at(r.last));
    let (from, to) = (begin.max(s.first), end.min(s.last));
    let margin = i128::from(tolerance);
    let within = |stamp: i128| (from - margin..=to + margin).contains(&stamp);
    let count = |stamps: &[i128], shift: &dyn Fn(i128) -> i128| {
        let from = stamps.partition_point(|stamp| shift(*stamp) < from - margin);
        stamps.get(from..).map_or(0, |rest| rest.partition_point(|stamp| within(shift(*stamp))))
    };
    let in_reference = count(reference, &|stamp| stamp + fit.line.at(stamp));
    let in_sensor = count(sensor, &|stamp| stamp);
    let (fewer, more) = (in_reference.min(in_sensor), in_reference.max(in_sensor));
    if fewer == 0 {
        return false;
    }
    let smaller = reference.len().min(sensor.len());
    if smaller < FEW {
        return all_of_few(smaller, reference.len() == sensor.len(), tolerance, fit);
    }
    let length = (to - from).max(1) as f64;
    let density = more as f64 / (length + length / more as f64);
    let choices = match fit.prior {
        Prior::Zero | Prior::Known => 2.0 * tolerance as f64,
        Prior::Found => (r.length() + s.length()) as f64,
    };
    let (least_bits, least_agreement) = match fit.prior {
        _ if fit.line.slope != 0.0 => (LEAST_BITS_FOUND, LEAST_AGREEMENT_OF_A_DRIFT),
        Prior::Found => (LEAST_BITS_FOUND, LEAST_AGREEMENT),
        Prior::Zero | Prior::Known => (LEAST_BITS, LEAST_AGREEMENT),
    };
    let windows = by_magnitude(distances);
    let mut inside = 0;
    for (bits, count) in windows.iter().enumerate() {
        inside += count;
        let width = 2.0 * (2_f64.powi(i32::try_from(bits).unwrap_or(i32::MAX)) - 1.0) + 1.0;
        let chance = (width * density).min(1.0);
        let share = (inside as f64 / fewer as f64).min(1.0);
        if chance >= 1.0 || (share - chance) / (1.0 - chance) < least_agreement {
            continue;
        }
        let looks = (choices / width).max(1.0).log2() + (windows.len() as f64).log2();
        if fewer as f64 * divergence(share, chance) - looks >= least_bits {
            return true;
        }
    }
    false
}

/// Whether a pairing of a handful of frames is to be believed: all of the smaller side pair, and
/// where no known cause speaks for the offset, their steps agree closely and are more than one.
fn all_of_few(smaller: usize, equal: bool, tolerance: i64, fit: &Fit) -> bool {
    if fit.pairs < smaller {
        return false;
    }
    match fit.prior {
        Prior::Zero | Prior::Known => true,
        Prior::Found => fit.spread <= tolerance / 4 && smaller >= if equal { 2 } else { 3 },
    }
}

/// How many values there are of each number of binary digits.
fn by_magnitude(distances: &[i64]) -> [usize; 65] {
    let mut windows = [0; 65];
    for distance in distances {
        let bits = (u64::BITS - distance.unsigned_abs().leading_zeros()) as usize;
        if let Some(window) = windows.get_mut(bits) {
            *window += 1;
        }
    }
    windows
}

/// How many bits each trial gives against `chance` when `share` of them succeed.
fn divergence(share: f64, chance: f64) -> f64 {
    let part = |p: f64, q: f64| if p <= 0.0 { 0.0 } else { p * (p / q).log2() };
    part(share, chance) + part(1.0 - share, 1.0 - chance)
}

struct Span {
    first: i128,
    last: i128,
}

impl Span {
    fn of(stamps: &[i128]) -> Option<Self> {
        Some(Span { first: *stamps.first()?, last: *stamps.last()? })
    }

    fn length(&self) -> i128 {
        self.last - self.first
    }
}
