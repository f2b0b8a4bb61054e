//! What is told of planned scenes, held against what was planted.

use std::fmt::Write as _;
use std::rc::Rc;

use super::plans::{Beat, Plan, Planted};
use crate::align::choose::{Chosen, Member, SceneFrames, choose};
use crate::align::fit::Scratch;
use crate::align::scene::Comparison;
use crate::align::slots::{self, Part};
use crate::align::timeline::Timeline;

/// What is told of a sensor, in the order in which it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    Unrelated,
    Unit,
    Wrap,
    Rate,
    Step,
    /// In milliseconds, and whether it is more than jitter could be.
    Offset(i128, bool),
    Jitter,
    Missing,
    Extra,
}

impl Told {
    const KINDS: [&'static str; 10] = [
        "nothing",
        "unrelated",
        "unit",
        "wrap",
        "rate",
        "step",
        "offset",
        "jitter",
        "missing",
        "extra",
    ];

    pub(super) fn kind(self) -> usize {
        match self {
            Told::Unrelated => 1,
            Told::Unit => 2,
            Told::Wrap => 3,
            Told::Rate => 4,
            Told::Step => 5,
            Told::Offset(..) => 6,
            Told::Jitter => 7,
            Told::Missing => 8,
            Told::Extra => 9,
        }
    }
}

fn causes(comparison: &Comparison) -> Vec<Told> {
    let mut causes = Vec::new();
    causes.extend(comparison.unrelated.map(|_| Told::Unrelated));
    causes.extend(comparison.notation.map(|_| Told::Unit));
    causes.extend(comparison.rate.map(|_| Told::Rate));
    if let Some(steps) = &comparison.steps {
        causes.extend(steps.wrap.map(|_| Told::Wrap));
        causes.extend((steps.stretches.len() > 1).then_some(Told::Step));
    }
    let scale = if comparison.timed { 1_000_000 } else { 1 };
    let offset = comparison.offset.filter(|offset| offset.by != 0 || offset.drift != 0);
    causes.extend(offset.map(|offset| Told::Offset(offset.by / scale, offset.beyond_tolerance)));
    let jittered = comparison.distances.is_some_and(|distances| distances.sizes.max > 0);
    causes.extend((jittered && causes.is_empty()).then_some(Told::Jitter));
    causes
}

struct Planned(Vec<Rc<Timeline>>);

impl SceneFrames for Planned {
    fn timeline(&mut self, member: usize) -> Rc<Timeline> {
        Rc::clone(&self.0[member])
    }

    fn zeros_differ(&self, _: usize, _: usize) -> bool {
        false
    }

    fn hint(&self, _: usize, _: usize) -> Option<i128> {
        None
    }
}

/// What is told of each sensor of a scene.
pub(super) fn told(plan: &Plan) -> Vec<(usize, Told)> {
    let mut distinct: Vec<(&Vec<i128>, Vec<usize>)> = Vec::new();
    for (at, stamps) in plan.sensors.iter().enumerate() {
        match distinct.iter_mut().find(|(held, _)| *held == stamps) {
            Some((_, sensors)) => sensors.push(at),
            None => distinct.push((stamps, vec![at])),
        }
    }
    let timelines =
        distinct.iter().map(|(stamps, _)| Rc::new(Timeline::of_stamps(stamps.iter().copied())));
    let mut frames = Planned(timelines.collect());
    let members: Vec<Member> = distinct
        .iter()
        .map(|(_, sensors)| Member {
            weight: sensors.len(),
            rank: sensors[0],
            is_named: false,
            is_lidar: sensors[0] == 0,
        })
        .collect();
    let Chosen { reference, comparisons } =
        choose(&members, &mut frames, None, &mut Scratch::default());
    let (mut told, mut parts, mut of) = (Vec::new(), Vec::new(), Vec::new());
    for ((_, sensors), comparison) in distinct.iter().zip(&comparisons) {
        for at in sensors.iter().filter(|at| **at != distinct[reference].1[0]) {
            let Some(comparison) = comparison else {
                of.push(*at);
                parts.push(Part::default());
                continue;
            };
            told.extend(causes(comparison).into_iter().map(|cause| (*at, cause)));
            if comparison.unrelated.is_none() && comparison.rate.is_none() {
                of.push(*at);
                parts.push(comparison.part.clone());
            } else if !comparison.part.missing.is_empty() {
                told.push((*at, Told::Missing));
            }
        }
    }
    let home = &frames.0[reference];
    let tolerance = crate::align::ticks::tolerance_of(home, None);
    let (own, faults) = slots::settle(&home.stamps, parts, tolerance);
    for (at, fault) in of.into_iter().zip(faults).chain([(distinct[reference].1[0], own)]) {
        told.extend((!fault.missing.is_empty()).then_some((at, Told::Missing)));
        told.extend((!fault.extra.is_empty()).then_some((at, Told::Extra)));
    }
    told
}

/// Whether what is told is what was planted, on whom it was planted, and nothing of anybody else.
fn is_right(plan: &Plan, told: &[(usize, Told)]) -> bool {
    let two = plan.sensors.len() == 2;
    let intrinsic =
        matches!(plan.planted, Planted::Unit | Planted::Hour { .. } | Planted::Wrap { .. });
    let may_be_blamed = |sensor: usize| sensor == plan.victim || (two && !intrinsic);
    let blur = 2 * plan.noise + 1;
    let is_near = |found: i128, by: i128| {
        let apart = (found - by).abs();
        let steady = plan.beat != Beat::Uneven && plan.lost > 0;
        // Where frames come steadily and some are lost, an offset is known up to some steps.
        let steps = (apart + plan.period / 2) / plan.period;
        apart <= blur + 4
            || (steady && steps <= 8 && (apart - steps * plan.period).abs() <= blur + 4)
    };
    let is_main = |(sensor, cause): (usize, Told)| {
        may_be_blamed(sensor)
            && match (plan.planted, cause) {
                (Planted::Nothing, _) => false,
                (Planted::Offset(by) | Planted::Known(by), Told::Offset(found, _)) => {
                    is_near(found, by) || (two && is_near(-found, by))
                }
                (Planted::Step { .. }, Told::Step)
                | (Planted::Wrap { .. } | Planted::Hour { after: Some(_) }, Told::Wrap)
                | (Planted::Hour { .. }, Told::Unit)
                | (Planted::Triple | Planted::Rate(_), Told::Rate)
                | (Planted::Jitter(_), Told::Jitter)
                | (Planted::Loss(_), Told::Missing)
                | (Planted::Unit, Told::Unit) => true,
                (Planted::Loss(_), Told::Extra) => two,
                _ => false,
            }
    };
    let is_allowed = |(sensor, cause): (usize, Told)| match cause {
        Told::Jitter => {
            plan.noise > 0 || matches!(plan.planted, Planted::Drift(_)) && may_be_blamed(sensor)
        }
        Told::Offset(by, beyond) => {
            // Jitter has a middle, a clock that drifts has one too, and the hour is an offset.
            let small = !beyond && by.abs() <= blur;
            (small && plan.noise > 0)
                || (matches!(plan.planted, Planted::Drift(_)) && may_be_blamed(sensor) && !beyond)
                || (intrinsic && sensor == plan.victim)
                || (matches!(plan.planted, Planted::Step { .. }) && may_be_blamed(sensor) && small)
        }
        Told::Missing | Told::Extra => {
            let slides = matches!(plan.planted, Planted::Rate(_) | Planted::Triple);
            plan.lost > 0
                || (matches!(plan.planted, Planted::Loss(_)) && may_be_blamed(sensor))
                || (slides && may_be_blamed(sensor))
        }
        _ => false,
    };
    let needed = match plan.planted {
        Planted::Nothing | Planted::Drift(_) => 0,
        Planted::Hour { after: Some(_) } => 2,
        _ => 1,
    };
    let main = told.iter().filter(|it| is_main(**it)).count();
    main >= needed && told.iter().all(|it| is_main(*it) || is_allowed(*it))
}

/// The most weighty thing that is told.
fn headline(told: &[(usize, Told)]) -> usize {
    told.iter().map(|(_, cause)| cause.kind()).min().unwrap_or_default()
}

#[derive(Default)]
struct Matrix {
    /// By what was planted: plans, right, and by headline what was told otherwise.
    rows: [(u32, u32, [u32; 10]); 12],
}

fn measure(seeds: std::ops::Range<u64>, identifiable: bool, wrong: &mut Vec<String>) -> Matrix {
    let mut matrix = Matrix::default();
    for seed in seeds {
        let plan = Plan::new(seed);
        if plan.is_identifiable() != identifiable {
            continue;
        }
        let told = told(&plan);
        let (all, right, others) = &mut matrix.rows[plan.planted.kind()];
        *all += 1;
        if is_right(&plan, &told) {
            *right += 1;
        } else {
            others[headline(&told)] += 1;
            wrong.push(format!(
                "seed {seed}: {:?} on {} of {} ({:?}, {} frames, period {}, noise {}, lost {}): {told:?}",
                plan.planted,
                plan.victim,
                plan.sensors.len(),
                plan.beat,
                plan.slots.len(),
                plan.period,
                plan.noise,
                plan.lost,
            ));
        }
    }
    matrix
}

fn print(matrix: &Matrix) -> String {
    let mut text = format!("{:9} {:>6} {:>6}", "planted", "plans", "right");
    Told::KINDS.iter().for_each(|kind| write!(text, " {kind:>9}").unwrap());
    text.push('\n');
    let (mut plans, mut rights) = (0, 0);
    for (kind, (all, right, others)) in Planted::KINDS.iter().zip(&matrix.rows) {
        write!(text, "{kind:9} {all:6} {right:6}").unwrap();
        for count in others {
            let count = if *count == 0 { ".".to_owned() } else { count.to_string() };
            write!(text, " {count:>9}").unwrap();
        }
        text.push('\n');
        plans += all;
        rights += right;
    }
    writeln!(text, "{:9} {plans:6} {rights:6}", "all").unwrap();
    text
}

/// The matrices of 10,000 plans as docs/alignment.md shows them, by what stands in the
/// comment before each.
const SHOWN: [(&str, bool); 2] =
    [("<!-- matrix: identifiable -->", true), ("<!-- matrix: not identifiable -->", false)];

/// The page that shows them.
const PAGE: &str = include_str!("../../../../../docs/alignment.md");

/// The text of a page with this block behind a comment.
fn with_block(page: &str, comment: &str, block: &str) -> String {
    let (before, rest) = page.split_once(comment).unwrap();
    let (_, rest) = rest.split_once("```text\n").unwrap();
    let (_, behind) = rest.split_once("```\n").unwrap();
    format!("{before}{comment}\n```text\n{block}```\n{behind}")
}

#[test]
fn what_is_planted_is_told_where_the_stamps_tell_it() {
    let mut wrong = Vec::new();
    let mut measured = PAGE.to_owned();
    for (comment, identifiable) in SHOWN {
        let mut all = Vec::new();
        let matrix = measure(0..10_000, identifiable, &mut all);
        if identifiable {
            let [nothing, ..] = matrix.rows;
            wrong = all;
            assert_eq!(nothing.0, nothing.1, "a false alarm: {wrong:#?}");
            for (kind, (all, right, _)) in Planted::KINDS.iter().zip(&matrix.rows) {
                assert!(right * 100 >= all * 95, "{kind}: {right} of {all}");
            }
        }
        measured = with_block(&measured, comment, &print(&matrix));
    }
    let matrices = SHOWN.map(|(comment, _)| measured.split_once(comment).unwrap().1);
    let wrong = wrong.join("\n");
    assert!(measured == PAGE, "docs/alignment.md shows another matrix:{matrices:#?}\n{wrong}");
}

#[test]
fn all_clocks_together_may_stand_anywhere() {
    for seed in 0..60 {
        let plan = Plan::new(seed);
        if plan.beat == Beat::Counted || matches!(plan.planted, Planted::Hour { .. }) {
            continue;
        }
        let mut moved = plan.clone();
        for (at, stamps) in moved.sensors.iter_mut().enumerate() {
            let is_finer = plan.planted == Planted::Unit && at == plan.victim;
            let by = 86_400_000 * 365 * if is_finer { 1_000 } else { 1 };
            stamps.iter_mut().for_each(|stamp| *stamp += by);
        }
        assert_eq!(told(&plan), told(&moved), "seed {seed}");
    }
}

#[test]
fn a_clock_that_is_put_right_has_nothing_left_to_be_told() {
    for seed in 0..300 {
        let plan = Plan::new(seed);
        let is_offset = matches!(plan.planted, Planted::Offset(_) | Planted::Known(_));
        if !is_offset || !plan.is_identifiable() {
            continue;
        }
        let mut mended = plan.clone();
        for (sensor, cause) in told(&plan) {
            if let Told::Offset(by, _) = cause {
                mended.sensors[sensor].iter_mut().for_each(|stamp| *stamp -= by);
            }
        }
        let left = told(&mended);
        let apart = left.iter().any(|(_, cause)| matches!(cause, Told::Offset(_, true)));
        assert!(!apart, "seed {seed}: {left:?}");
    }
}

#[test]
fn recordings_that_have_nothing_in_common_are_called_so() {
    for seed in 0..100 {
        let mut plan = Plan::new(0);
        let count = 30 + usize::try_from(seed % 7).unwrap() * 30;
        plan.sensors = (0..3)
            .map(|sensor| super::strewn(count, seed * 3 + sensor))
            .map(|mut stamps| {
                stamps.sort_unstable();
                stamps
            })
            .collect();
        let told = told(&plan);
        let unrelated = told.iter().filter(|(_, cause)| *cause == Told::Unrelated).count();
        assert_eq!(unrelated, 2, "seed {seed}: {told:?}");
    }
}
