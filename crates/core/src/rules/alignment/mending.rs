//! New names for the frames of sensors whose clock stands apart: how far they may be trusted, and
//! where two pairings are as good, both of them.

use super::group::{self, Group};
use crate::align::{Mended, Notation, Relation, duration, mended, under};
use crate::finding::{Context, Part, Statement};
use crate::pairing::side::Side;
use crate::pairing::stems;
use crate::repair::{Operation, Repair};
use crate::text;

/// Which frames get other names so that two sensors of a scene have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renamed {
    /// The sensor's, by the reference's.
    Sensor,
    /// The reference's, by the sensor's.
    Reference,
}

/// The ways to mend a group, by their numbers: frames no farther from where the fitted clock says
/// than half a step, those that lie farther, all of them, and all under the other offset.
const NEAR: usize = 0;
const FAR: usize = 1;
const ALL: usize = 2;
const OTHER: usize = 3;

impl<'a> Group<'a> {
    /// The same parts, with the new names that mend each: of the sensors, or of the reference where
    /// it is the odd one.
    pub(super) fn mended<'t>(
        &self,
        context: &'t Context<'t>,
        parts: Vec<Part<'a, &'a Relation>>,
        which: Renamed,
    ) -> Vec<Part<'t, &'a Relation>>
    where
        'a: 't,
    {
        let first = self.sensors.first().copied();
        // The reference is renamed once, by the first of the others.
        let is_asked = |sensor| which == Renamed::Sensor || Some(sensor) == first;
        let mend = |part: Part<'a, &'a Relation>| {
            let relation = *part.key();
            if !is_asked(relation.sensor) {
                return part.mended(|_| Vec::new());
            }
            part.mended(move |way| Ends::of(context, relation, which).renames(way))
        };
        parts.into_iter().map(mend).collect()
    }

    /// The statement with new names as repairs, where there are any.
    pub(super) fn say_repairs(&self, context: &Context<'_>, statement: Statement) -> Statement {
        let is_mended = |relation: &&Relation| {
            relation.rate.is_none()
                && relation.unrelated.is_none()
                && relation.notation != Some(Notation::Mixed)
                && relation.pairs > 0
        };
        if !self.relations.iter().all(is_mended) {
            return statement;
        }
        let is_open = |it: &&Relation| it.other_pairing().is_some() || it.is_ambiguous();
        if self.relations.iter().any(is_open) {
            return statement.repairs_in_ways([
                (Repair::choice(self.rests_on(context, false)), ALL),
                (Repair::choice(self.rests_on(context, true)), OTHER),
            ]);
        }
        let (pairs, frames) = (self.sum(|it| it.pairs), self.sum(|it| it.frames));
        let rests_on = format!(
            "{} of {} pair with the reference's",
            text::number(pairs),
            text::count(frames, "frame")
        );
        let is_far = |it: &&Relation| it.distances.is_some_and(|of| of.sizes.max > it.half_step);
        let far = self.relations.iter().any(is_far).then(|| {
            let far = "they pair with the reference's at more than half a step from their clock";
            (Repair::far(far), FAR)
        });
        statement.repairs_in_ways([(Repair::safe(rests_on), NEAR)]).repairs_in_ways(far)
    }

    /// What one of two pairings that are as good rests on.
    fn rests_on(&self, context: &Context<'_>, is_other: bool) -> String {
        let found = |relation: &&Relation| {
            let ends = Ends::of(context, relation, Renamed::Sensor);
            let mended = if is_other { ends.other() } else { ends.fitted() }?;
            let by = if is_other { ends.other_offset()? } else { relation.offset_by() };
            Some((by, mended.pairs.len() as u64, mended.sizes?))
        };
        let found: Vec<_> = self.relations.iter().filter_map(found).collect();
        let pairs: u64 = found.iter().map(|(_, pairs, _)| pairs).sum();
        let frames = text::count(self.sum(|it| it.frames), "frame");
        let paired = format!("{} of {frames} pair with the reference's", text::number(pairs));
        let timed = self.relations.iter().all(|relation| relation.timed);
        let length = |of: i64| duration(of.into(), timed);
        let mut medians: Vec<i64> = found.iter().map(|(_, _, sizes)| sizes.median).collect();
        medians.sort_unstable();
        let mut offsets: Vec<i128> = found.iter().map(|(by, ..)| *by).collect();
        offsets.sort_unstable();
        let middle = (offsets.get(offsets.len() / 2), medians.get(medians.len() / 2));
        let p95 = found.iter().map(|(_, _, sizes)| sizes.p95).max();
        let ((Some(by), Some(median)), Some(p95)) = (middle, p95) else { return paired };
        format!(
            "{paired} once {} is taken off; distance left: median {}, 95 of 100 within {}",
            duration(*by, timed),
            length(*median),
            length(p95)
        )
    }
}

/// The two sensors of a relation, and which of them gets other names.
struct Ends<'c> {
    relation: &'c Relation,
    which: Renamed,
    tolerance_ns: Option<u64>,
    /// The frames of the sensor and of the reference.
    both: Option<[Side<'c>; 2]>,
}

impl<'c> Ends<'c> {
    fn of(context: &Context<'c>, relation: &'c Relation, which: Renamed) -> Self {
        let end = |sensor| {
            let cell = group::cell_of(context, relation.scene, sensor)?;
            Some(Side::as_named(cell.folder, group::writings(context, cell)))
        };
        let both = end(relation.sensor).zip(end(relation.reference));
        let tolerance_ns = context.alignment.tolerance_ns;
        Ends { relation, which, tolerance_ns, both: both.map(|(own, other)| [own, other]) }
    }

    /// The pairs under the clock that was found.
    fn fitted(&self) -> Option<Mended> {
        let [sensor, reference] = self.both.as_ref()?;
        mended(
            (&reference.timeline, &sensor.timeline),
            reference.zeros_differ(sensor),
            self.tolerance_ns,
            self.relation,
        )
    }

    /// The offset that would do as well.
    fn other_offset(&self) -> Option<i128> {
        let by = self.relation.offset_by();
        if let Some(other) = self.relation.other_pairing() {
            return Some(other);
        }
        if !self.relation.is_ambiguous() {
            return Some(by);
        }
        let step = i128::from(self.relation.half_step) * 2;
        let pairs = |by: i128| self.under(by).map_or(0, |mended| mended.pairs.len());
        [by - step, by + step].into_iter().max_by_key(|by| (pairs(*by), -by.abs()))
    }

    fn other(&self) -> Option<Mended> {
        self.under(self.other_offset()?)
    }

    fn under(&self, by: i128) -> Option<Mended> {
        let [sensor, reference] = self.both.as_ref()?;
        under((&reference.timeline, &sensor.timeline), self.tolerance_ns, by)
    }

    /// The new names in one way, as operations. None where they are not known for sure.
    fn renames(&self, way: usize) -> Vec<Operation> {
        let mended = if way == OTHER { self.other() } else { self.fitted() };
        let (Some(mended), Some([own, other])) = (mended, &self.both) else {
            return Vec::new();
        };
        let mended = match way {
            NEAR | FAR => mended.only(way == FAR),
            _ => mended,
        };
        let pairs = mended.pairs.iter().map(|pair| (pair.own, pair.reference));
        let operation = match self.which {
            Renamed::Sensor => stems::renames(own, other, pairs, &mended.alone),
            Renamed::Reference => {
                let pairs = pairs.map(|(own, other)| (other, own));
                stems::renames(other, own, pairs, &[])
            }
        };
        operation.into_iter().collect()
    }
}
