//! What the frames of one sensor are to be called by the clock of the reference.

use super::fit::Scratch;
use super::relation::Relation;
use super::scene::{Terms, compare};
use super::timeline::Timeline;

/// The times of a sensor's frames as they are, and as they are once its clock is set right; each
/// ascending in the order in which the frames were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mended {
    /// Frames that have a partner: their own stamp, and the partner's, each in its own ticks.
    pub(crate) pairs: Vec<(i128, i128)>,
    /// Frames without partner, where the clock as a whole stands apart: their own stamp, and the
    /// same instant on the reference's clock in the reference's ticks.
    pub(crate) alone: Vec<(i128, i128)>,
}

/// The frames of a sensor under the clock that `relation` found. `None` where they do not come to
/// the reference's by a clock.
pub(crate) fn mended(
    (reference, sensor): (&Timeline, &Timeline),
    zeros_differ: bool,
    tolerance_ns: Option<u64>,
    relation: &Relation,
) -> Option<Mended> {
    if relation.rate.is_some() || relation.unrelated.is_some() || sensor.mixed || reference.mixed {
        return None;
    }
    let hint = relation.offset.map(|offset| offset.by);
    let terms = Terms { tolerance_ns, hint, keeps_pairs: true };
    let comparison = compare(reference, sensor, zeros_differ, terms, &mut Scratch::default())?;
    let is_as_found = comparison.steps == relation.steps
        && comparison.notation == relation.notation
        && comparison.pairs == relation.pairs;
    if !is_as_found {
        return None;
    }
    let stands_apart = relation.steps.is_some()
        || relation.notation.is_some()
        || relation.offset.is_some_and(|offset| offset.beyond_tolerance);
    let mut alone = if stands_apart { comparison.corrected } else { Vec::new() };
    // What would come between other frames than it did is left as it is.
    let mut pairs = comparison.kept;
    pairs.sort_unstable_by_key(|(_, to)| *to);
    alone.retain(|(_, to)| pairs.binary_search_by_key(to, |(_, to)| *to).is_err());
    alone.sort_unstable_by_key(|(_, to)| *to);
    alone.dedup_by_key(|(_, to)| *to);
    Some(Mended { pairs, alone })
}
