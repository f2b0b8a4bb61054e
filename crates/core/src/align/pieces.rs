//! A clock that was set while it recorded, or a counter that started anew: the offset of a sensor,
//! stretch by stretch.
//!
//! The sensor's frames are cut where their steps are oddest. Each stretch may have one of a few
//! offsets, and the whole is told in as few bits as can be: so many for each frame without partner,
//! so many for each change of the offset. So a few frames that were lost are frames that were lost,
//! and many that are explained by one change are a clock that was set.

use super::fit::{Prior, Scratch, median, percentile_of_size, try_line};
use super::offset::Question;
use super::pairing::{Line, Met, pair};

/// Frames of a sensor that share one offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// The first frame and the one behind the last, in the order in which they were taken.
    pub(super) frames: (usize, usize),
    /// Sensor less reference.
    pub(super) offset: i128,
    /// How many of its frames have a partner.
    pub(super) pairs: usize,
}

/// A sensor's frames in the order in which they were taken, and their offsets.
#[derive(Clone, Debug)]
pub(super) struct Pieces {
    /// How many of the smallest stamps were taken last.
    pub(super) turned: usize,
    /// The number at which the counter started anew, if it is one that does.
    pub(super) modulus: Option<i128>,
    pub(super) pieces: Vec<Piece>,
    /// Bits that it takes to tell this.
    bits: f64,
}

/// The most places where a sensor's frames are cut.
const MOST_CUTS: usize = 24;
/// The most offsets that are tried for a stretch.
const MOST_OFFSETS: usize = 16;
/// How many offsets that the ends vote for are tried.
const MOST_VOTED: usize = 6;
/// How many frames may be lost where the clock was set, and the change still be found.
const LOST_AT_A_CHANGE: usize = 3;
/// A frame without partner takes this many bits.
const BITS_ALONE: f64 = 8.0;
/// A change of the offset takes this many bits.
const BITS_CHANGE: f64 = 40.0;
/// A change by no more than so many steps takes these on top.
const BITS_FEW_STEPS: f64 = 40.0;
const FEW_STEPS: i128 = 12;
/// So many bits must be saved by taking frames for taken in another order than that of their
/// stamps.
const BITS_ORDER: f64 = 10.0;
/// A change is told where so many frames at least lie on either side.
pub(super) const FEWEST: usize = 5;
/// A counter that starts anew ends this many steps before its number, and starts as many behind 0.
const STEPS_FROM_THE_END: i128 = 4;
/// A gap in which the order may be turned is this many steps long.
const STEPS_OF_A_TURN: i128 = 8;
const SECONDS_OF_A_CYCLE: [i128; 3] = [3_600, 86_400, 604_800];
const COUNTERS: [u32; 3] = [8, 16, 32];

/// An offset for one stretch.
#[derive(Clone, Copy, Debug)]
struct Choice {
    offset: i128,
    pairs: usize,
    /// The first and the last position of the reference that it uses.
    slots: (usize, usize),
    /// The 95th percentile of the distances that it leaves.
    spread: i64,
}

/// The state of the search behind a stretch.
#[derive(Clone, Debug)]
struct Path {
    bits: f64,
    choices: Vec<Option<Choice>>,
    last: Option<Choice>,
}

impl Question<'_> {
    /// The pieces of a sensor whose clock was set, or whose counter started anew; `None` where
    /// one offset tells it as well. `one` is that offset, with the frames of both sides that
    /// it leaves alone.
    pub(super) fn in_pieces(
        &self,
        one: Option<(i128, usize)>,
        scratch: &mut Scratch,
    ) -> Option<Pieces> {
        let all = self.reference.len() + self.sensor.len();
        let alone = one.map_or(all, |(_, alone)| alone);
        let shorter = self.reference.len().min(self.sensor.len());
        // Nothing that could be saved pays for a change.
        let saved = alone.saturating_sub(self.reference.len().abs_diff(self.sensor.len()));
        if shorter < 2 * FEWEST || saved < 2 * FEWEST {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "bits")]
        let whole = one.map_or(f64::INFINITY, |_| alone as f64 * BITS_ALONE);
        let known = one.map(|(offset, _)| offset);
        let natural = self.search(self.sensor, 0, None, known, scratch);
        let natural = natural.filter(|it| it.pieces.len() > 1 && it.bits < whole);
        let least = natural.as_ref().map_or(whole, |it| it.bits);
        let turned = self.turned(known, scratch);
        let turned = turned.filter(|it| {
            (it.pieces.len() > 1 || it.modulus.is_some()) && it.bits + BITS_ORDER < least
        });
        let found = turned.or(natural).filter(|it| it.pairs_enough(shorter))?;
        let order = found.ordered(self.sensor);
        found.pieces.iter().all(|piece| self.is_likely(&order, *piece, scratch)).then_some(found)
    }

    /// Whether the frames of a piece meet their slots better than by chance. Where any number meets
    /// some other there is no evidence but how many do.
    pub(super) fn is_likely(&self, order: &[i128], piece: Piece, scratch: &mut Scratch) -> bool {
        if self.tolerance == 0 {
            return true;
        }
        let frames = order.get(piece.frames.0..piece.frames.1).unwrap_or_default();
        let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return false };
        let (slack, offset) = (i128::from(self.tolerance), piece.offset);
        let begin = self.reference.partition_point(|r| r + offset + slack < *first);
        let end = self.reference.partition_point(|r| r + offset - slack <= *last);
        let slots = self.reference.get(begin..end).unwrap_or_default();
        let prior = match offset.abs() <= i128::from(self.jitter) {
            true => Prior::Zero,
            false if self.known(offset).is_some() => Prior::Known,
            false => Prior::Found,
        };
        try_line(slots, frames, Line::flat(offset), self.tolerance, prior, scratch)
            .is_some_and(|fit| fit.significant)
    }

    /// The same, with the frames before the longest gap taken for the last ones.
    fn turned(&self, known: Option<i128>, scratch: &mut Scratch) -> Option<Pieces> {
        let steps = self.sensor.iter().zip(self.sensor.iter().skip(1));
        let (at, gap) = steps
            .enumerate()
            .map(|(at, (before, after))| (at + 1, after - before))
            .max_by_key(|(at, gap)| (*gap, *at))?;
        if gap < self.own_step().saturating_mul(STEPS_OF_A_TURN) {
            return None;
        }
        let (late, early) = self.sensor.split_at_checked(at)?;
        let modulus = self.modulus();
        let by = modulus.unwrap_or_default();
        let order: Vec<i128> =
            early.iter().copied().chain(late.iter().map(|stamp| stamp + by)).collect();
        self.search(&order, at, modulus, known, scratch)
    }

    /// The usual step of the sensor's frames, in ticks.
    fn own_step(&self) -> i128 {
        super::timeline::Cadence::of(self.sensor).map_or(self.step, |cadence| cadence.step).max(1)
    }

    /// The number at which the sensor's stamps start anew: they end right before it, and
    /// start behind 0.
    fn modulus(&self) -> Option<i128> {
        let (first, last) = (*self.sensor.first()?, *self.sensor.last()?);
        let near = self.own_step().saturating_mul(STEPS_FROM_THE_END);
        let cycles =
            SECONDS_OF_A_CYCLE.into_iter().filter_map(|seconds| Some(seconds * self.second?));
        let counters = COUNTERS.into_iter().map(|bits| 1_i128 << bits);
        cycles.chain(counters).find(|modulus| {
            last < *modulus && modulus - last <= near && (0..=near).contains(&first)
        })
    }

    /// Finds the offsets that take fewest bits for frames in the order given.
    fn search(
        &self,
        order: &[i128],
        turned: usize,
        modulus: Option<i128>,
        known: Option<i128>,
        scratch: &mut Scratch,
    ) -> Option<Pieces> {
        let runs = self.runs(order);
        let base = self.base(order, modulus, known);
        let mut paths = vec![Path { bits: 0.0, choices: Vec::new(), last: None }];
        for (from, to) in &runs {
            let stretch = order.get(*from..*to)?;
            let tried = self.tried(&base, &paths, stretch, *from, order.len());
            let near = i128::from(self.tolerance / 4).max(1);
            let mut choices: Vec<Choice> = Vec::new();
            for offset in tried {
                let Some(choice) = self.choose(stretch, offset, scratch) else { continue };
                match choices.iter_mut().find(|it| (it.offset - choice.offset).abs() < near) {
                    Some(same) if same.pairs >= choice.pairs => {}
                    Some(same) => *same = choice,
                    None => choices.push(choice),
                }
            }
            // Those that were tried first stay first where it takes as many bits.
            let bits = |choice: &Choice| self.bits_of(stretch.len(), Some(*choice));
            choices.sort_by(|a, b| bits(a).total_cmp(&bits(b)));
            choices.truncate(MOST_OFFSETS);
            let choices = choices.into_iter().map(Some).chain([None]);
            paths = choices.map(|choice| self.continued(&paths, choice, stretch.len())).collect();
        }
        let best = paths.into_iter().min_by(|a, b| a.bits.total_cmp(&b.bits))?;
        if !best.bits.is_finite() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "bits")]
        let bits = best.bits + self.reference.len() as f64 * BITS_ALONE;
        let pieces = self.joined(&runs, &best.choices);
        Some(Pieces { turned, modulus, pieces, bits })
    }

    /// The bits that a stretch of frames takes, less those of the slots that it meets.
    #[expect(clippy::cast_precision_loss, reason = "bits")]
    fn bits_of(&self, frames: usize, choice: Option<Choice>) -> f64 {
        let pairs = choice.map_or(0, |choice| choice.pairs) as f64;
        let unit = (self.tolerance / 64).max(1) as f64;
        let spread = choice.map_or(0, |choice| choice.spread) as f64;
        (frames as f64 - 2.0 * pairs) * BITS_ALONE + pairs * (1.0 + spread / unit).log2() / 4.0
    }

    /// The best way to what is chosen for the next stretch.
    fn continued(&self, paths: &[Path], choice: Option<Choice>, frames: usize) -> Path {
        let own = self.bits_of(frames, choice);
        let cost = |path: &Path| match (choice, path.last) {
            (Some(choice), Some(last)) if choice.slots.0 <= last.slots.1 => f64::INFINITY,
            (Some(choice), Some(last)) if !self.are_one(choice.offset, last.offset) => {
                path.bits + own + self.bits_of_change(choice.offset - last.offset)
            }
            (Some(choice), None) if choice.offset != 0 => path.bits + own + 1.0,
            _ => path.bits + own,
        };
        let best = paths.iter().min_by(|a, b| cost(a).total_cmp(&cost(b)));
        let Some(best) = best else {
            return Path { bits: f64::INFINITY, choices: Vec::new(), last: None };
        };
        let mut choices = best.choices.clone();
        choices.push(choice);
        Path { bits: cost(best), choices, last: choice.or(best.last) }
    }

    /// A clock is seldom set by a few steps, but frames that come steadily seem so where
    /// some are lost.
    fn bits_of_change(&self, by: i128) -> f64 {
        let few = by.abs() <= self.step.saturating_mul(FEW_STEPS);
        if few { BITS_CHANGE + BITS_FEW_STEPS } else { BITS_CHANGE }
    }

    fn are_one(&self, one: i128, other: i128) -> bool {
        (one - other).abs() <= i128::from(self.tolerance / 2)
    }

    /// Where the frames are cut: at the oddest of their steps.
    fn runs(&self, order: &[i128]) -> Vec<(usize, usize)> {
        let usual = self.own_step();
        let mut odd: Vec<(i128, usize)> = order
            .iter()
            .zip(order.iter().skip(1))
            .enumerate()
            .map(|(at, (before, after))| ((after - before - usual).abs(), at + 1))
            .filter(|(apart, _)| *apart * 4 > usual)
            .collect();
        odd.sort_unstable_by_key(|(apart, at)| (std::cmp::Reverse(*apart), *at));
        odd.truncate(MOST_CUTS);
        let mut cuts: Vec<usize> = odd.into_iter().map(|(_, at)| at).collect();
        cuts.extend([0, order.len()]);
        cuts.sort_unstable();
        cuts.iter().copied().zip(cuts.iter().copied().skip(1)).collect()
    }

    /// Offsets that are tried for every stretch.
    fn base(&self, order: &[i128], modulus: Option<i128>, known: Option<i128>) -> Vec<i128> {
        let mut base = vec![0];
        base.extend(known);
        base.extend(self.hint);
        base.extend(self.votes_of(order).into_iter().take(MOST_VOTED));
        let ends = [
            order.first().zip(self.reference.first()).map(|(s, r)| s - r),
            order.last().zip(self.reference.last()).map(|(s, r)| s - r),
        ];
        for end in ends.into_iter().flatten() {
            base.push(end);
            base.extend(self.known_near(end));
            // A clock that starts anew with the hour stands whole hours apart.
            base.extend(modulus.map(|of| (end + of / 2).div_euclid(of) * of));
        }
        base
    }

    /// Offsets that are tried for one stretch, which starts with the frame `from` of `of`.
    fn tried(
        &self,
        base: &[i128],
        paths: &[Path],
        stretch: &[i128],
        from: usize,
        of: usize,
    ) -> Vec<i128> {
        let Some(first) = stretch.first() else { return Vec::new() };
        let at = |slot: usize| self.reference.get(slot).map(|stamp| first - stamp);
        let from_the_end = self.reference.len().checked_sub(of).map(|more| more + from);
        let mut tried: Vec<i128> = Vec::new();
        let mut last: Vec<(f64, Choice)> =
            paths.iter().filter_map(|path| Some((path.bits, path.last?))).collect();
        last.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        for (_, last) in last {
            tried.push(last.offset);
            // The frames right behind the clock's change may be lost.
            tried.extend((1..=LOST_AT_A_CHANGE).filter_map(|next| at(last.slots.1 + next)));
        }
        tried.extend(base);
        tried.extend((0..LOST_AT_A_CHANGE).filter_map(|more| at(from + more)));
        let less = |less| from_the_end?.checked_sub(less);
        tried.extend((0..LOST_AT_A_CHANGE).filter_map(less).filter_map(at));
        let mut seen = std::collections::BTreeSet::new();
        tried.retain(|offset| seen.insert(*offset));
        tried
    }

    /// Pairs a stretch of frames under an offset, and centres that.
    fn choose(&self, stretch: &[i128], offset: i128, scratch: &mut Scratch) -> Option<Choice> {
        self.slots_of(stretch, offset, scratch)?;
        let centre = median(&scratch.distances, &mut scratch.sorted)?;
        let offset = offset + i128::from(centre);
        let slots = self.slots_of(stretch, offset, scratch)?;
        let spread = percentile_of_size(&scratch.distances, 95, &mut scratch.sorted);
        Some(Choice { offset, pairs: scratch.distances.len(), slots, spread })
    }

    /// The first and the last slot that a stretch of frames meets under an offset; the distances
    /// are in `scratch`.
    fn slots_of(
        &self,
        stretch: &[i128],
        offset: i128,
        scratch: &mut Scratch,
    ) -> Option<(usize, usize)> {
        scratch.distances.clear();
        let mut slots: Option<(usize, usize)> = None;
        self.meet(stretch, offset, 0, |slot, _, distance| {
            scratch.distances.push(distance);
            slots = Some((slots.map_or(slot, |(first, _)| first), slot));
        });
        slots
    }

    /// Pairs a stretch of frames with the slots from one on: the slot, the frame's place in the
    /// stretch, the distance.
    pub(super) fn meet(
        &self,
        stretch: &[i128],
        offset: i128,
        from: usize,
        mut meet: impl FnMut(usize, usize, i64),
    ) {
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { return };
        let slack = i128::from(self.tolerance);
        let begin = self.reference.partition_point(|r| r + offset + slack < *first).max(from);
        let end = self.reference.partition_point(|r| r + offset - slack <= *last);
        let Some(slots) = self.reference.get(begin..end) else { return };
        pair(slots, stretch, Line::flat(offset), self.tolerance, |met| {
            if let Met::Pair(slot, frame, distance) = met {
                meet(begin + slot, frame, distance);
            }
        });
    }

    /// Neighbouring stretches of one offset as one piece; one without offset goes with
    /// the one before.
    fn joined(&self, runs: &[(usize, usize)], choices: &[Option<Choice>]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for ((from, to), choice) in runs.iter().zip(choices) {
            match (pieces.last_mut(), choice) {
                (Some(last), None) => last.frames.1 = *to,
                (Some(last), Some(choice)) if self.are_one(last.offset, choice.offset) => {
                    last.frames.1 = *to;
                    last.pairs += choice.pairs;
                }
                (_, Some(choice)) => {
                    let from = if pieces.is_empty() { 0 } else { *from };
                    let piece =
                        Piece { frames: (from, *to), offset: choice.offset, pairs: choice.pairs };
                    pieces.push(piece);
                }
                (None, None) => {}
            }
        }
        pieces
    }
}

impl Pieces {
    /// These pieces of frames that were taken in the order of their stamps, whatever it takes to
    /// tell them.
    pub(super) fn in_order(pieces: Vec<Piece>) -> Self {
        Pieces { turned: 0, modulus: None, pieces, bits: 0.0 }
    }

    /// Whether each piece has frames enough to be one, and together they pair more than half of
    /// what could be paired.
    fn pairs_enough(&self, of: usize) -> bool {
        let pairs: usize = self.pieces.iter().map(|piece| piece.pairs).sum();
        pairs * 2 > of && self.pieces.iter().all(|piece| piece.pairs >= FEWEST)
    }

    /// The frames in the order in which they were taken.
    pub(super) fn ordered(&self, sensor: &[i128]) -> Vec<i128> {
        let (late, early) = sensor.split_at(self.turned.min(sensor.len()));
        let by = self.modulus.unwrap_or_default();
        early.iter().copied().chain(late.iter().map(|stamp| stamp + by)).collect()
    }
}
