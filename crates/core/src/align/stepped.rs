//! What is told of a sensor whose clock was set while it recorded, or whose counter started anew.

use super::common::Common;
use super::fit::Scratch;
use super::offset::Question;
use super::pieces::Pieces;
use super::relation::{Distances, Offset, Steps, Stretch, Wrap};
use super::scene::{Comparison, Unequal, sampled_every};
use super::slots::Surplus;
use super::ticks::sizes;
use crate::multiset_hash::Occurrences;

impl Comparison {
    /// Pairs the frames piece by piece, and takes over what that shows.
    pub(super) fn assign_pieces(
        &mut self,
        question: &Question<'_>,
        found: &Pieces,
        common: &Common<'_>,
        scratch: &mut Scratch,
    ) {
        let (ticks, clock) = (common.ticks, common.clock);
        let count = question.sensor.len();
        let order = found.ordered(question.sensor);
        // The place of a frame among the sensor's stamps, by its place in the order of recording.
        let place = |frame: usize| (frame + found.turned) % count.max(1);
        let mut unequal = Unequal::default();
        let mut is_met = (vec![false; question.reference.len()], vec![false; count]);
        let every = sampled_every(question.reference.len());
        let mut from = 0;
        scratch.distances.clear();
        for piece in &found.pieces {
            let stretch = order.get(piece.frames.0..piece.frames.1).unwrap_or_default();
            let mut next = from;
            question.meet(stretch, piece.offset, from, |slot, frame, distance| {
                let frame = place(piece.frames.0 + frame);
                scratch.distances.push(distance);
                if let (Some(slot), Some(frame)) = (is_met.0.get_mut(slot), is_met.1.get_mut(frame))
                {
                    (*slot, *frame) = (true, true);
                }
                if slot % every == 0 {
                    self.sample.push((slot, ticks.figure(i128::from(distance) + piece.offset)));
                }
                let pair = question.sensor.get(frame).zip(question.reference.get(slot));
                if question.keeps_pairs
                    && let Some((s, r)) = pair
                {
                    self.kept.push(clock.pair((*r, *s), ticks.figure(distance.into())));
                }
                if question.reference.get(slot) != question.sensor.get(frame) {
                    unequal.count += 1;
                    unequal.stamps.push(question.sensor.get(frame).copied().unwrap_or_default());
                    unequal.first.get_or_insert((slot, frame));
                }
                next = slot + 1;
            });
            from = next;
        }
        self.pairs = scratch.distances.len() as u64;
        let met = |met: &[bool], stamps: &[i128], factor: i128| {
            let first = met.iter().position(|met| *met)?;
            let last = met.iter().rposition(|met| *met)?;
            Some((stamps.get(first)? / factor, stamps.get(last)? / factor))
        };
        self.overlap = met(&is_met.0, question.reference, clock.reference_factor)
            .zip(met(&is_met.1, question.sensor, clock.sensor_factor))
            .map(|(reference, sensor)| [reference, sensor]);
        let alone = |met: &[bool]| {
            let places = met.iter().enumerate().filter(|(_, met)| !**met);
            places.map(|(at, _)| at).collect::<Vec<usize>>()
        };
        self.part.missing = alone(&is_met.0);
        let surplus = |position: usize| {
            let stamp = question.sensor.get(position).copied().unwrap_or_default();
            Surplus { position, stamp: stamp / clock.sensor_factor, at: clock.to_reference(stamp) }
        };
        self.part.extra = alone(&is_met.1).into_iter().map(surplus).collect();
        if question.keeps_pairs {
            let corrected = found.pieces.iter().flat_map(|piece| {
                let frames = piece.frames.0..piece.frames.1;
                let left = frames.filter(|at| is_met.1.get(place(*at)) == Some(&false));
                left.filter_map(|at| {
                    let own = question.sensor.get(place(at))? / clock.sensor_factor;
                    let on_reference = order.get(at)? - piece.offset;
                    Some((own, clock.to_reference(on_reference)))
                })
            });
            self.corrected = corrected.collect();
        }
        let slack = i128::from(question.jitter);
        let stretches = found.pieces.iter().map(|piece| Stretch {
            frames: (piece.frames.1 - piece.frames.0) as u64,
            first: question
                .sensor
                .get(place(piece.frames.0))
                .map_or(0, |stamp| stamp / clock.sensor_factor),
            by: ticks.wide_figure(piece.offset),
            known: question.known(piece.offset),
            is_right: piece.offset.abs() <= slack,
        });
        let stretches: Vec<Stretch> = stretches.collect();
        let wrap = found.modulus.map(|modulus| Wrap {
            modulus: modulus / clock.sensor_factor,
            cycle: ticks.decimals.map(|_| ticks.wide_figure(modulus)),
            after: (count - found.turned) as u64,
        });
        if let ([one], Some(_)) = (stretches.as_slice(), wrap) {
            self.offset = (one.by != 0).then_some(Offset {
                by: one.by,
                beyond_tolerance: !one.is_right,
                known: one.known,
                ..Offset::default()
            });
        }
        self.by = stretches.first().map_or(0, |first| first.by);
        self.steps = Some(Steps { wrap, stretches });
        let first = unequal.first.and_then(|(slot, frame)| {
            let own = question.sensor.get(frame)? / clock.sensor_factor;
            Some((own, question.reference.get(slot)? / clock.reference_factor))
        });
        let unequal = Occurrences { count: unequal.count, hash: unequal.stamps.finish() };
        self.distances = sizes(ticks, scratch).map(|sizes| Distances { sizes, unequal, first });
    }
}
