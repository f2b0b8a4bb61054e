//! Finding the offset between two clocks.

use super::fit::{Fit, Prior, Scratch, median, percentile_of_size, try_line};
use super::known::Known;
use super::pairing::{Line, Met, pair};

/// Two timelines in the same ticks, and how they are to be compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) reference: &'a [i128],
    pub(super) sensor: &'a [i128],
    /// How far apart two stamps are paired, in ticks.
    pub(super) tolerance: i64,
    /// How far apart two stamps may lie and be one frame's jitter, in ticks.
    pub(super) jitter: i64,
    /// The reference's usual step, in ticks.
    pub(super) step: i128,
    /// How many ticks make a second, where the stamps are times.
    pub(super) second: Option<i128>,
    /// An offset that other scenes of the sensor speak for.
    pub(super) hint: Option<i128>,
    /// Whether the pairs themselves are wanted.
    pub(super) keeps_pairs: bool,
}

/// How many frames at either end are held against each other.
const END: usize = 12;
/// How many of the offsets that those vote for are tried.
const TRIED: usize = 24;
/// How many of those, the best by a sample of frames, are tried on all frames.
const TRIED_WHOLE: usize = 4;
/// How many frames are sampled, and how few say nothing.
const SAMPLED: usize = 64;
const FEW_SAMPLED: usize = 16;
/// A timeline of more frames than this is not gone through for an offset before a sample
/// speaks for it.
const LONG: usize = 4096;
/// How many differences are counted when a whole timeline is searched.
const MOST_VOTES: usize = 1 << 13;
/// How many times closer frames must come together under another offset where they do
/// so without one.
const CLOSER: i64 = 4;
/// A clock that gains a hundredth is not drifting, it runs at another rate.
const STEEPEST_DRIFT: f64 = 0.01;

impl Question<'_> {
    /// The offset that explains the two timelines best, if any does better than chance.
    pub(super) fn answer(&self, scratch: &mut Scratch) -> Option<Fit> {
        let mut best: Option<Fit> = None;
        if let Some(zero) = self.attempt(0, Prior::Zero, scratch) {
            if self.settles(&zero) {
                return Some(self.closer(zero, scratch));
            }
            best = Some(zero);
        }
        for (offset, prior) in self.suggested_by_the_ends() {
            if self.reference.len() > LONG && !self.promising(offset) {
                continue;
            }
            best = self.better(best, self.attempt(offset, prior, scratch));
            if best.is_some_and(|fit| fit.complete && fit.prior == Prior::Known) {
                return best;
            }
        }
        if best.is_some_and(|fit| fit.complete) {
            return best;
        }
        for offset in self.most_promising(self.votes_at_the_ends()) {
            best = self.better(best, self.attempt(offset, Prior::Found, scratch));
        }
        if best.is_none() {
            for offset in self.most_promising(self.votes_anywhere()) {
                best = self.better(best, self.attempt(offset, Prior::Found, scratch));
            }
        }
        best.or_else(|| self.drifting(scratch))
    }

    /// The same where a tick is as long as a step, so that any number meets some other: frames
    /// numbered one by one, or stamped in seconds at 1 Hz. There is no evidence in such numbers,
    /// only what is simplest: no offset, when that pairs half of the frames; else the one that
    /// pairs the first or the last of both.
    ///
    /// Numbers from 0 and from 1 that end alike are shifted by one, rather than one frame short
    /// at either end.
    pub(super) fn answer_for_numbers(&self) -> Option<Fit> {
        let (r, s) = (*self.reference.first()?, *self.sensor.first()?);
        let (from_first, from_last) = (s - r, *self.sensor.last()? - *self.reference.last()?);
        let pairs = |offset: i128| {
            let mut count = 0;
            pair(self.reference, self.sensor, Line::flat(offset), 0, |met| {
                count += usize::from(matches!(met, Met::Pair(..)));
            });
            count
        };
        let based =
            self.second.is_none() && from_first == from_last && matches!((r, s), (0, 1) | (1, 0));
        let smaller = self.reference.len().min(self.sensor.len());
        let enough = |offset: &i128| pairs(*offset) * 2 >= smaller;
        let known = self.hint.into_iter().chain(self.known_near(from_first));
        let simplest = based.then_some(from_first).into_iter().chain([0]).chain(known).find(enough);
        // With a single frame on either side any offset would pair it.
        let ends = [from_first, from_last].into_iter().filter(|_| smaller >= 2);
        let offset = simplest
            .or_else(|| ends.max_by_key(|offset| (pairs(*offset), -offset.abs())).filter(enough));
        let offset = offset.or_else(|| (pairs(0) > 0).then_some(0))?;
        let pairs = pairs(offset);
        let unmatched = self.reference.len() + self.sensor.len() - 2 * pairs;
        let prior = if offset == 0 { Prior::Zero } else { Prior::Known };
        Some(Fit {
            line: Line::flat(offset),
            prior,
            pairs,
            unmatched,
            complete: true,
            spread: 0,
            typical: 0,
            significant: true,
        })
    }

    /// The line that grows by `change` over the reference, and is the flat one in its middle.
    pub(super) fn sloped(&self, line: Line, change: i128) -> Option<Line> {
        let (first, last) = (*self.reference.first()?, *self.reference.last()?);
        #[expect(clippy::cast_precision_loss, reason = "a slope")]
        let slope = change as f64 / (last - first).max(1) as f64;
        Some(Line { origin: first + (last - first) / 2, slope, ..line })
    }

    /// Those of the offsets that pair most of a sample of frames, most first.
    fn most_promising(&self, offsets: Vec<i128>) -> Vec<i128> {
        let mut sampled: Vec<(usize, i128)> =
            offsets.into_iter().map(|offset| (self.sample(offset).0, offset)).collect();
        sampled.sort_by_key(|(pairs, _)| std::cmp::Reverse(*pairs));
        sampled.truncate(TRIED_WHOLE);
        sampled
            .into_iter()
            .map(|(_, offset)| offset)
            .filter(|offset| self.promising(*offset))
            .collect()
    }

    /// Whether a sample of frames does not speak against the offset.
    fn promising(&self, offset: i128) -> bool {
        let (pairs, of) = self.sample(offset);
        of < FEW_SAMPLED || pairs * 4 >= of
    }

    /// Of a sample of the reference's frames that lie in the sensor's time, how many have a
    /// sensor's frame nearby; and how many there are.
    fn sample(&self, offset: i128) -> (usize, usize) {
        let (Some(first), Some(last)) = (self.sensor.first(), self.sensor.last()) else {
            return (0, 0);
        };
        let from = self.reference.partition_point(|stamp| stamp + offset < *first);
        let to = self.reference.partition_point(|stamp| stamp + offset <= *last);
        let near = i128::from(self.tolerance / 4).max(1);
        let sample = self.reference.get(from..to).unwrap_or_default();
        let stride = (sample.len() / SAMPLED).max(1);
        let mut of = 0;
        let pairs = sample.iter().step_by(stride).filter(|stamp| {
            of += 1;
            let at = self.sensor.partition_point(|held| *held < *stamp + offset - near);
            self.sensor.get(at).is_some_and(|held| *held <= *stamp + offset + near)
        });
        (pairs.count(), of)
    }

    /// Whether the clocks are one and there is no need to look further: nothing is left over that
    /// another offset could pair, or most frames meet at no distance at all.
    fn settles(&self, zero: &Fit) -> bool {
        let centre = zero.line.offset.abs();
        let at_home = centre <= i128::from(zero.spread).max(1);
        zero.complete || (at_home && zero.pairs * 2 >= self.reference.len().min(self.sensor.len()))
    }

    /// The offset that brings the ends together, where it leaves no frame alone and a fraction of
    /// the distances that none leaves: frames that come steadily pair with their neighbours' slots,
    /// but never as closely.
    fn closer(&self, zero: Fit, scratch: &mut Scratch) -> Fit {
        if zero.complete || zero.typical == 0 || zero.line.offset.abs() > i128::from(zero.spread) {
            return zero;
        }
        let ends = self.sensor.first().zip(self.reference.first()).map(|(s, r)| s - r);
        let other = ends.and_then(|offset| self.attempt(offset, Prior::Found, scratch));
        let is_closer = |fit: &Fit| {
            fit.complete
                && fit.typical.saturating_mul(CLOSER) <= zero.typical
                && fit.spread.saturating_mul(CLOSER) <= zero.spread
        };
        other.filter(is_closer).unwrap_or(zero)
    }

    fn attempt(&self, offset: i128, prior: Prior, scratch: &mut Scratch) -> Option<Fit> {
        let fit = try_line(
            self.reference,
            self.sensor,
            Line::flat(offset),
            self.tolerance,
            prior,
            scratch,
        )?;
        fit.significant.then_some(fit)
    }

    /// Fewer frames left over are better; then an offset with a known cause; then the smaller one.
    fn better(&self, best: Option<Fit>, other: Option<Fit>) -> Option<Fit> {
        let key = |fit: &Fit| (fit.unmatched, fit.prior, fit.spread, fit.line.offset.abs());
        best.into_iter().chain(other).min_by_key(key)
    }

    /// Offsets that would bring the first or the last frames together, and known ones near those.
    fn suggested_by_the_ends(&self) -> Vec<(i128, Prior)> {
        let ends = [
            self.sensor.first().zip(self.reference.first()).map(|(s, r)| s - r),
            self.sensor.last().zip(self.reference.last()).map(|(s, r)| s - r),
        ];
        let ends: Vec<i128> = ends.into_iter().flatten().collect();
        let mut offsets: Vec<(i128, Prior)> = self
            .hint
            .into_iter()
            .chain(ends.iter().flat_map(|end| self.known_near(*end)))
            .map(|o| (o, Prior::Known))
            .collect();
        offsets.extend(ends.into_iter().map(|end| (end, Prior::Found)));
        offsets.dedup();
        offsets
    }

    /// What an offset is known for, if it is more than jitter could be.
    pub(super) fn known(&self, offset: i128) -> Option<Known> {
        let (second, slack) = (self.second?, i128::from(self.jitter));
        let last = *self.sensor.last()?;
        Known::within(offset, slack, second).or_else(|| Known::cyclic(offset, last, slack, second))
    }

    /// The offset under which the frames of two steady timelines pair with their neighbours on the
    /// other side, where these are about as near.
    pub(super) fn other_pairing(&self, offset: i128) -> Option<i128> {
        let other = offset - offset.signum() * self.step;
        let near = (offset.abs() - other.abs()).abs() * 5 <= self.step;
        let steady = |stamps| super::timeline::Cadence::of(stamps).is_some_and(|it| it.regular);
        let opposite = offset.signum() == -other.signum();
        (near && opposite && steady(self.reference) && steady(self.sensor)).then_some(other)
    }

    /// Known offsets so near that a few frames dropped at the end explain the rest.
    pub(super) fn known_near(&self, offset: i128) -> Vec<i128> {
        let Some(second) = self.second else { return Vec::new() };
        let near = self.step.saturating_mul(END as i128).max(i128::from(self.tolerance));
        Known::near(offset, near, second).into_iter().map(|(_, size)| size).collect()
    }

    /// The offsets that the first few and the last few frames of both vote for, most votes first.
    fn votes_at_the_ends(&self) -> Vec<i128> {
        self.votes_of(self.sensor)
    }

    /// The same for the sensor's frames in another order.
    pub(super) fn votes_of(&self, order: &[i128]) -> Vec<i128> {
        let ends = |stamps: &[i128]| {
            let head =
                stamps.get(..END.min(stamps.len())).map(<[i128]>::to_vec).unwrap_or_default();
            let tail = stamps
                .get(stamps.len().saturating_sub(END)..)
                .map(<[i128]>::to_vec)
                .unwrap_or_default();
            [head, tail]
        };
        let mut differences = Vec::with_capacity(2 * END * END);
        for (reference, sensor) in ends(self.reference).iter().zip(&ends(order)) {
            differences.extend(sensor.iter().flat_map(|s| reference.iter().map(move |r| s - r)));
        }
        self.most_voted(differences)
    }

    /// The offsets that a few frames of the sensor vote for when held against all of the reference.
    fn votes_anywhere(&self) -> Vec<i128> {
        let most = (MOST_VOTES / self.reference.len().max(1)).clamp(2, 12);
        let stride = (self.sensor.len() / most).max(1);
        let voters = self.sensor.iter().step_by(stride).take(most);
        self.most_voted(voters.flat_map(|s| self.reference.iter().map(move |r| s - r)).collect())
    }

    /// The values that most others lie close to, most first.
    fn most_voted(&self, mut differences: Vec<i128>) -> Vec<i128> {
        differences.sort_unstable();
        let width = i128::from(self.tolerance / 8).max(1);
        let mut clusters: Vec<(usize, i128)> = Vec::new();
        let mut start = 0;
        while let Some(first) = differences.get(start) {
            let rest = differences.get(start..).unwrap_or_default();
            let count = rest.partition_point(|difference| difference - first <= width);
            let middle = rest.get(count / 2).copied().unwrap_or(*first);
            clusters.push((count, middle));
            start += count.max(1);
        }
        clusters.sort_unstable_by_key(|(count, middle)| {
            (std::cmp::Reverse(*count), middle.abs(), *middle)
        });
        clusters.truncate(TRIED);
        clusters.into_iter().map(|(_, middle)| middle).collect()
    }

    /// A clock that gains or loses: follows the distances from one end to the other, and lays a
    /// line through them.
    fn drifting(&self, scratch: &mut Scratch) -> Option<Fit> {
        let start = self.sensor.first()? - self.reference.first()?;
        let starts = [(0, Prior::Zero), (start, Prior::Found)];
        let fits = starts.into_iter().filter_map(|(offset, prior)| {
            let line = self.followed(offset)?;
            let fit = try_line(self.reference, self.sensor, line, self.tolerance, prior, scratch)?;
            fit.significant.then_some(fit)
        });
        fits.min_by_key(|fit| (fit.unmatched, fit.prior))
    }

    /// The line along which frames pair when each pair moves the offset at which the next
    /// is looked for.
    fn followed(&self, start: i128) -> Option<Line> {
        let tolerance = i128::from(self.tolerance);
        let mut offset = start;
        let mut met: Vec<(i128, i128)> = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(r), Some(s)) = (self.reference.get(i), self.sensor.get(j)) {
            let apart = s - r - offset;
            if apart > tolerance {
                i += 1;
            } else if apart < -tolerance {
                j += 1;
            } else {
                met.push((*r, s - r));
                offset += apart / 4;
                i += 1;
                j += 1;
            }
        }
        let quarter = met.len() / 4;
        if quarter < FEWEST_TO_FOLLOW {
            return None;
        }
        let (early, late) = (met.get(..quarter)?, met.get(met.len() - quarter..)?);
        let (from, to) = (middle(early)?, middle(late)?);
        #[expect(clippy::cast_precision_loss, reason = "a slope")]
        let slope = (to.1 - from.1) as f64 / (to.0 - from.0).max(1) as f64;
        (slope.abs() <= STEEPEST_DRIFT).then_some(Line { origin: from.0, offset: from.1, slope })
    }
}

/// A quarter of a timeline must have this many pairs to lay a line through.
const FEWEST_TO_FOLLOW: usize = 4;

/// The medians of either coordinate.
fn middle(points: &[(i128, i128)]) -> Option<(i128, i128)> {
    let median_of = |mut values: Vec<i128>| {
        let at = values.len().checked_sub(1)? / 2;
        let (_, median, _) = values.select_nth_unstable(at);
        Some(*median)
    };
    Some((
        median_of(points.iter().map(|(at, _)| *at).collect())?,
        median_of(points.iter().map(|(_, offset)| *offset).collect())?,
    ))
}

/// How much the offset changes from the first pairs to the last, beyond what their spread explains.
/// `distances` are those left around the line, in order.
pub(super) fn change_over(
    question: &Question<'_>,
    line: Line,
    distances: &[i64],
    buffer: &mut Vec<i64>,
) -> i128 {
    const FEWEST: usize = 32;
    let (Some(first), Some(last)) = (question.reference.first(), question.reference.last()) else {
        return 0;
    };
    let by_slope = line.at(*last) - line.at(*first);
    if by_slope != 0 || distances.len() < FEWEST {
        return by_slope;
    }
    let quarter = distances.len() / 4;
    let early = distances.get(..quarter).and_then(|part| median(part, buffer));
    let late = distances.get(distances.len() - quarter..).and_then(|part| median(part, buffer));
    match early.zip(late) {
        // The medians of the outer quarters lie three quarters of the scene apart.
        Some((early, late)) if (late - early).abs() > percentile_of_size(distances, 95, buffer) => {
            i128::from(late - early) * 4 / 3
        }
        _ => 0,
    }
}
