//! Plans of scenes: slots, and what each sensor makes of them. The inverse of an alignment.

use super::Dice;

/// The fault that a plan has, all of one sensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Planted {
    /// No fault.
    Nothing,
    /// The clock stands apart by so many milliseconds, for no known cause.
    Offset(i128),
    /// The same, by a time zone, leap seconds, another epoch, or two of these.
    Known(i128),
    /// From this slot on the clock stands apart by so many milliseconds.
    Step { at: usize, by: i128 },
    /// A counter that starts anew, after so many frames.
    Wrap { after: usize, modulus: i128 },
    /// Three frames for each of the others'.
    Triple,
    /// A rate that is so many parts in a million off.
    Rate(i128),
    /// The same, no more than a clock can be.
    Drift(i128),
    /// Stamps that are off by up to so many milliseconds.
    Jitter(i128),
    /// So many percent of the frames are lost.
    Loss(u64),
    /// Microseconds where the others have milliseconds.
    Unit,
    /// Microseconds of the hour, which may start anew after so many frames.
    Hour { after: Option<usize> },
}

impl Planted {
    /// The kinds, in the order of the confusion matrix.
    pub(super) const KINDS: [&'static str; 12] = [
        "nothing", "offset", "known", "step", "wrap", "triple", "rate", "drift", "jitter", "loss",
        "unit", "hour",
    ];

    pub(super) fn kind(self) -> usize {
        match self {
            Planted::Nothing => 0,
            Planted::Offset(_) => 1,
            Planted::Known(_) => 2,
            Planted::Step { .. } => 3,
            Planted::Wrap { .. } => 4,
            Planted::Triple => 5,
            Planted::Rate(_) => 6,
            Planted::Drift(_) => 7,
            Planted::Jitter(_) => 8,
            Planted::Loss(_) => 9,
            Planted::Unit => 10,
            Planted::Hour { .. } => 11,
        }
    }
}

/// How the slots of a scene follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beat {
    /// At one step.
    Steady,
    /// At one step, give or take two milliseconds.
    Shaken,
    /// At steps between 60 and 160 hundredths.
    Uneven,
    /// One by one: a counter.
    Counted,
}

/// A scene: what is planted, on whom, and what each sensor's frames are called.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) beat: Beat,
    /// The usual step, in milliseconds.
    pub(super) period: i128,
    pub(super) slots: Vec<i128>,
    pub(super) planted: Planted,
    pub(super) victim: usize,
    /// How far any sensor's stamps are off, in milliseconds.
    pub(super) noise: i128,
    /// How many percent of any sensor's frames are lost.
    pub(super) lost: u64,
    /// The stamps of each sensor, ascending.
    pub(super) sensors: Vec<Vec<i128>>,
    /// Frames of the victim that were lost.
    pub(super) victim_lost: usize,
}

const START: i128 = 1_681_532_060_061;
const HOUR: i128 = 3_600_000;

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9));
        let count = usize::try_from(dice.between(2, 8)).unwrap();
        let frames = usize::try_from(dice.between(12, 300)).unwrap();
        let period = [50, 100, 100, 100, 200, 500][dice.below(6)];
        let kind = dice.below(Planted::KINDS.len());
        let beat = match (kind, dice.below(10)) {
            (4, _) => Beat::Counted,
            (5 | 6, _) | (_, 0..=4) => Beat::Steady,
            (_, 5..=7) => Beat::Shaken,
            _ => Beat::Uneven,
        };
        let (mut noise, mut lost) = (0, 0);
        if beat != Beat::Counted && dice.chance(40) {
            noise = dice.between(1, 3);
        }
        if dice.chance(40) {
            lost = dice.roll() % 3 + 1;
        }
        let victim = dice.below(count);
        let planted = planted(kind, frames, period, beat, &mut dice);
        if planted == Planted::Nothing {
            (noise, lost) = (0, 0);
        }
        let mut slots = slots(beat, frames, period, &mut dice);
        if let Planted::Hour { after } = planted {
            // The hour ends before the scene does, or it does not.
            let full = START - START.rem_euclid(HOUR) + HOUR;
            let by = full - after.map_or(START - 60_000, |after| slots[after]);
            slots.iter_mut().for_each(|slot| *slot += by);
        }
        let mut plan = Plan {
            beat,
            period,
            slots,
            planted,
            victim,
            noise,
            lost,
            sensors: Vec::new(),
            victim_lost: 0,
        };
        for sensor in 0..count {
            let stamps = plan.stamps(sensor, &mut dice);
            plan.sensors.push(stamps);
        }
        plan
    }

    fn stamps(&mut self, sensor: usize, dice: &mut Dice) -> Vec<i128> {
        let planted = if sensor == self.victim { self.planted } else { Planted::Nothing };
        let first = self.slots[0];
        let lost = if let Planted::Loss(percent) = planted { percent } else { self.lost };
        let noise = if let Planted::Jitter(most) = planted { most } else { self.noise };
        let mut stamps = Vec::new();
        let last = *self.slots.last().unwrap();
        let slots: Vec<i128> = match planted {
            Planted::Triple => {
                (0..self.slots.len() * 3).map(|at| first + at as i128 * self.period / 3).collect()
            }
            // The others' scene ends when theirs does.
            Planted::Rate(ppm) => (0..self.slots.len() * 2)
                .map(|at| {
                    first + (at as i128 * self.period * 1_000_000 + 500_000) / (1_000_000 + ppm)
                })
                .take_while(|stamp| *stamp <= last)
                .collect(),
            _ => self.slots.clone(),
        };
        for (at, slot) in slots.into_iter().enumerate() {
            if dice.chance(lost) {
                if sensor == self.victim {
                    self.victim_lost += 1;
                }
                continue;
            }
            let stamp = slot + dice.between(-noise, noise);
            stamps.push(match planted {
                Planted::Offset(by) | Planted::Known(by) => stamp + by,
                Planted::Step { at: from, by } if at >= from => stamp + by,
                Planted::Wrap { after, modulus } => {
                    (stamp - first + modulus - after as i128).rem_euclid(modulus)
                }
                Planted::Drift(ppm) => stamp + (slot - first) * ppm / 1_000_000,
                Planted::Unit => stamp * 1_000 + dice.between(0, 999),
                Planted::Hour { .. } => stamp.rem_euclid(HOUR) * 1_000,
                _ => stamp,
            });
        }
        stamps.sort_unstable();
        stamps.dedup();
        stamps
    }

    /// How long the scene is, in milliseconds.
    pub(super) fn length(&self) -> i128 {
        self.slots.last().unwrap() - self.slots[0]
    }

    /// How far a stamp may be off, all taken together, in milliseconds.
    fn blur(&self) -> i128 {
        2 * self.noise + 1
    }

    /// Whether the stamps alone tell what is planted, and on whom where there are three
    /// sensors or more.
    ///
    /// - A jitter must be clearly more than that of the others, and a loss more than theirs.
    /// - An offset below half the step must be clearly more than the jitter; near half of it either
    ///   neighbour may be meant.
    /// - A clock that is set back by less than the scene leaves no order of frames, and one that is
    ///   set by a few steps cannot be told from frames lost, unless these come unevenly. There must
    ///   be frames enough on either side.
    /// - Two rates must slide apart by clearly more than the jitter within the scene; so must a
    ///   clock that drifts.
    pub(super) fn is_identifiable(&self) -> bool {
        let blur = self.blur();
        let frames = self.slots.len();
        let slide = |ppm: i128| self.length() * ppm.abs() / 1_000_000;
        match self.planted {
            Planted::Nothing | Planted::Known(_) | Planted::Unit => true,
            Planted::Offset(by) => {
                let (by, half) = (by.abs(), self.period / 2);
                let near_half = (by - half).abs() * 5 < half;
                by > 4 * blur && !near_half
            }
            Planted::Step { at, by } => {
                let enough = at >= 10 && frames - at >= 10;
                let few = if self.beat == Beat::Uneven { 3 } else { 12 };
                enough && if by > 0 { by > few * self.period } else { -by > 2 * self.length() }
            }
            Planted::Wrap { after, .. } => after >= 6 && frames - after >= 6,
            Planted::Triple => true,
            Planted::Rate(ppm) => frames >= 30 && ppm.abs() >= 700 && slide(ppm) > 8 * blur,
            Planted::Drift(ppm) => slide(ppm) < 2 * self.period / 10,
            Planted::Jitter(most) => most > 4 * blur,
            Planted::Loss(_) => self.victim_lost >= 1,
            Planted::Hour { after } => {
                after.is_none_or(|after| after >= 10 && frames - after >= 10)
            }
        }
    }
}

fn planted(kind: usize, frames: usize, period: i128, beat: Beat, dice: &mut Dice) -> Planted {
    let sign = if dice.chance(50) { 1 } else { -1 };
    let inside = |dice: &mut Dice| usize::try_from(dice.between(1, frames as i128 - 1)).unwrap();
    match kind {
        0 => Planted::Nothing,
        1 => Planted::Offset(
            sign * match dice.below(4) {
                0 => dice.between(5, period / 2),
                1 => dice.between(period, 20 * period),
                2 => dice.between(10_000, 3_600_000),
                _ => dice.between(1_000_000_000, 40_000_000_000),
            },
        ),
        2 => {
            let zone = dice.between(-48, 56) * 900_000;
            let leap = [0, 18, -18, 37, -37][dice.below(5)] * 1_000;
            let epoch = if dice.chance(20) { -315_964_800_000 } else { 0 };
            let by = if epoch != 0 { epoch + leap } else { zone + leap };
            if by == 0 { Planted::Known(28_800_000) } else { Planted::Known(by) }
        }
        3 => {
            let by = match dice.below(4) {
                0 => sign * dice.between(3 * period, 20 * period),
                1 => sign * 37_000,
                2 => sign * HOUR,
                _ => -dice.between(1_000_000_000, 300_000_000_000),
            };
            Planted::Step { at: inside(dice), by }
        }
        4 => Planted::Wrap { after: inside(dice), modulus: [1 << 16, 1 << 32][dice.below(2)] },
        5 => Planted::Triple,
        6 => Planted::Rate(sign * dice.between(500, 5_000)),
        7 => Planted::Drift(sign * dice.between(20, 200)),
        8 => Planted::Jitter(dice.between(4, (period / 6).max(5))),
        9 => Planted::Loss(dice.roll() % 26 + 4),
        10 => Planted::Unit,
        _ => {
            let at = inside(dice);
            Planted::Hour { after: (dice.chance(50) && beat != Beat::Counted).then_some(at) }
        }
    }
}

fn slots(beat: Beat, frames: usize, period: i128, dice: &mut Dice) -> Vec<i128> {
    if beat == Beat::Counted {
        return (0..frames as i128).collect();
    }
    let mut at = START;
    let mut slots = Vec::with_capacity(frames);
    for k in 0..frames as i128 {
        slots.push(match beat {
            Beat::Shaken => START + k * period + dice.between(-2, 2),
            Beat::Uneven => at,
            Beat::Steady | Beat::Counted => START + k * period,
        });
        at += period * dice.between(60, 160) / 100;
    }
    slots
}
