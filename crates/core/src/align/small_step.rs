//! A clock that was set by less than a step while it recorded: one offset pairs all frames but the
//! last, each behind the change with its neighbour's.

use std::cmp::Reverse;

use super::fit::{Fit, Scratch};
use super::offset::Question;
use super::pieces::{FEWEST, Piece, Pieces};

/// Either side of the change has so many frames.
const FEWEST_OF_A_SIDE: usize = 2 * FEWEST;
/// The change is looked for so many frames before and behind the likeliest place.
const NEAR: usize = 2;
/// What is left of the squares of all distances once each side has a middle of its own: one
/// part in so many at most.
const LEFT: f64 = 5.0;

impl Question<'_> {
    /// Two pieces that pair more frames than the one offset does, where the distances that it
    /// leaves lie around two values, one behind the other.
    ///
    /// Frames that come every 100 ms and are 60 ms late from one moment on lie 40 ms before the
    /// next ones, and pair with those: but one frame on each side is then left alone.
    pub(super) fn in_two(&self, one: Fit, scratch: &mut Scratch) -> Option<Pieces> {
        if one.complete || self.tolerance == 0 {
            return None;
        }
        // A clock that was set by little was right before, as likely as not, whatever offset or
        // slope pairs most frames.
        let flat = Some(one.line.offset).filter(|_| one.line.slope == 0.0);
        let tried = flat.into_iter().chain([0]).flat_map(|offset| self.around(offset));
        let pairs = |pieces: &[Piece; 2]| pieces.iter().map(|piece| piece.pairs).sum::<usize>();
        let size = |pieces: &[Piece; 2]| pieces.iter().map(|it| it.offset.abs()).sum::<i128>();
        let pieces = tried.min_by_key(|pieces| (Reverse(pairs(pieces)), size(pieces)))?;
        let is_likely = |piece: &Piece, scratch: &mut Scratch| {
            piece.pairs >= FEWEST && self.is_likely(self.sensor, *piece, scratch)
        };
        let is_told = pairs(&pieces) > one.pairs
            && pieces.iter().all(|piece| is_likely(piece, &mut *scratch));
        is_told.then(|| Pieces::in_order(pieces.to_vec()))
    }

    /// Two pieces each, whose offsets lie around one, with the neighbours' slots for one of them.
    fn around(&self, offset: i128) -> Vec<[Piece; 2]> {
        let mut met: Vec<(usize, i64)> = Vec::new();
        self.meet(self.sensor, offset, 0, |_, frame, distance| met.push((frame, distance)));
        let Some((before, behind)) = change_of_level(&met).and_then(|at| met.split_at_checked(at))
        else {
            return Vec::new();
        };
        let (early, late) = (offset + middle(before), offset + middle(behind));
        let by = (late - early).signum() * self.step;
        let frame = behind.first().map_or(0, |(frame, _)| *frame);
        // By their jitter the frames beside the change may seem to lie on its other side.
        let near = frame.saturating_sub(NEAR)..=frame + NEAR;
        let two = |frame| {
            [[early, late - by], [early + by, late]].map(|offsets| self.two(frame, offsets))
        };
        near.flat_map(two).collect()
    }

    /// The sensor's frames before one and from it on, each under an offset of its own.
    fn two(&self, frame: usize, offsets: [i128; 2]) -> [Piece; 2] {
        let ends = [(0, frame), (frame, self.sensor.len())];
        let mut next = 0;
        let mut piece = |(frames, offset): ((usize, usize), i128)| {
            let stretch = self.sensor.get(frames.0..frames.1).unwrap_or_default();
            let (from, mut pairs) = (next, 0);
            self.meet(stretch, offset, from, |slot, _, _| {
                pairs += 1;
                next = slot + 1;
            });
            Piece { frames, offset, pairs }
        };
        let [first, second] = offsets;
        [piece((ends[0], first)), piece((ends[1], second))]
    }
}

/// The middle of distances.
fn middle(met: &[(usize, i64)]) -> i128 {
    let mut distances: Vec<i64> = met.iter().map(|(_, distance)| *distance).collect();
    let at = distances.len() / 2;
    distances.sort_unstable();
    distances.get(at).copied().unwrap_or_default().into()
}

/// Where the distances change from one level to another, if there is such a place.
#[expect(clippy::cast_precision_loss, reason = "distances are below half a step")]
fn change_of_level(met: &[(usize, i64)]) -> Option<usize> {
    let count = met.len();
    if count < 2 * FEWEST_OF_A_SIDE {
        return None;
    }
    let sum: f64 = met.iter().map(|(_, distance)| *distance as f64).sum();
    let mean = sum / count as f64;
    let off = |distance: i64| distance as f64 - mean;
    let squares: f64 = met.iter().map(|(_, distance)| off(*distance).powi(2)).sum();
    let mut before = 0.0;
    let mut best: Option<(f64, usize)> = None;
    for (at, (_, distance)) in met.iter().enumerate() {
        if (FEWEST_OF_A_SIDE..=count - FEWEST_OF_A_SIDE).contains(&at) {
            // The sum of all is 0, so what is behind sums up to the same below it.
            let (left, right) = (at as f64, (count - at) as f64);
            let explained = before * before / left + before * before / right;
            if best.is_none_or(|(most, _)| explained > most) {
                best = Some((explained, at));
            }
        }
        before += off(*distance);
    }
    let (explained, at) = best?;
    let left = squares - explained;
    // A clock that drifts has two levels, too, but a slope tells more of it.
    let is_no_drift = left < squares - explained_by_slope(met, mean);
    (left * LEFT <= squares && is_no_drift).then_some(at)
}

/// How much of the squares of the distances a line through them explains.
#[expect(clippy::cast_precision_loss, reason = "distances are below half a step")]
fn explained_by_slope(met: &[(usize, i64)], mean: f64) -> f64 {
    let middle = (met.len() as f64 - 1.0) / 2.0;
    let (mut both, mut places) = (0.0, 0.0);
    for (at, (_, distance)) in met.iter().enumerate() {
        let place = at as f64 - middle;
        both += place * (*distance as f64 - mean);
        places += place * place;
    }
    both * both / places.max(1.0)
}
