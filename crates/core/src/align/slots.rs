//! What is truly missing or too much in a scene, once all sensors are compared with the reference.
//!
//! A comparison is lopsided: what the reference has too much, every other sensor lacks, and what it
//! lacks, every other has too much. Here such frames are said of the one sensor that is at fault.

use super::relation::Runs;

/// One sensor's part in a scene, in the reference's ticks.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// Positions in the reference that have no partner.
    pub(super) missing: Vec<usize>,
    /// Frames of the sensor that have no partner, ascending.
    pub(super) extra: Vec<Surplus>,
}

/// A frame that the reference does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Surplus {
    /// Its position in its own timeline.
    pub(super) position: usize,
    /// Its stamp in its own ticks.
    pub(super) stamp: i128,
    /// Where it lies on the reference's clock.
    pub(super) at: i128,
}

/// What is said of one sensor: slots that it lacks, by their stamp on the reference's clock, and
/// its own frames that the others lack, by position and stamp.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) missing: Vec<i128>,
    pub(super) extra: Vec<(usize, i128)>,
}

/// Frames of several sensors, none of which the reference has, that are one.
struct Cluster {
    at: i128,
    /// The parts that hold it, and their frame.
    holders: Vec<(usize, Surplus)>,
}

/// Settles whose fault each gap and each surplus is. `parts` are the sensors that could be
/// compared, the reference not among them. Gives the fault of the reference, and of each part.
pub(super) fn settle(reference: &[i128], parts: Vec<Part>, tolerance: i128) -> (Fault, Vec<Fault>) {
    let mut own = Fault::default();
    let sensors = parts.len() + 1;
    let stamp = |at: &usize| reference.get(*at).copied();
    let alone = if parts.len() >= 2 { in_all(&parts) } else { Vec::new() };
    let clusters = cluster(&parts, tolerance);
    let mut faults: Vec<Fault> = parts
        .into_iter()
        .map(|part| {
            let missing = part
                .missing
                .iter()
                .filter(|at| alone.binary_search(at).is_err())
                .filter_map(stamp)
                .collect();
            Fault { missing, extra: Vec::new() }
        })
        .collect();
    for Cluster { at, holders } in clusters {
        // With two sensors nothing tells which of them is right; a frame that most have,
        // the others lack.
        if sensors > 2 && holders.len() * 2 > sensors {
            own.missing.push(at);
            for (part, fault) in faults.iter_mut().enumerate() {
                if !holders.iter().any(|(holder, _)| *holder == part) {
                    fault.missing.push(at);
                }
            }
        } else {
            for (holder, surplus) in holders {
                if let Some(fault) = faults.get_mut(holder) {
                    fault.extra.push((surplus.position, surplus.stamp));
                }
            }
        }
    }
    own.extra = alone.into_iter().filter_map(|at| Some((at, stamp(&at)?))).collect();
    for fault in faults.iter_mut().chain([&mut own]) {
        fault.missing.sort_unstable();
        fault.extra.sort_unstable();
    }
    (own, faults)
}

/// The positions in the reference that every part lacks.
fn in_all(parts: &[Part]) -> Vec<usize> {
    let Some(shortest) = parts.iter().min_by_key(|part| part.missing.len()) else {
        return Vec::new();
    };
    let everywhere = |at: &usize| parts.iter().all(|part| part.missing.binary_search(at).is_ok());
    shortest.missing.iter().copied().filter(everywhere).collect()
}

/// Puts together what lies within the tolerance, at most one frame of each part.
fn cluster(parts: &[Part], tolerance: i128) -> Vec<Cluster> {
    let mut frames: Vec<(usize, Surplus)> =
        Vec::with_capacity(parts.iter().map(|part| part.extra.len()).sum());
    for (at, part) in parts.iter().enumerate() {
        frames.extend(part.extra.iter().map(|surplus| (at, *surplus)));
    }
    frames.sort_unstable_by_key(|(part, surplus)| (surplus.at, *part, surplus.position));
    let mut clusters: Vec<Cluster> = Vec::new();
    for (part, surplus) in frames {
        match clusters.last_mut() {
            Some(last)
                if surplus.at - last.at <= tolerance
                    && !last.holders.iter().any(|(holder, _)| *holder == part) =>
            {
                last.holders.push((part, surplus));
            }
            _ => clusters.push(Cluster { at: surplus.at, holders: vec![(part, surplus)] }),
        }
    }
    clusters
}

/// Missing slots as runs: neighbours are those with no frame of the reference between them.
pub(crate) fn runs_of_missing(missing: &[i128], reference: &[i128], cap: usize) -> Runs {
    let mut runs = Runs::default();
    let mut before: Option<i128> = None;
    for stamp in missing {
        let next = before.is_some_and(|before| {
            let from = reference.partition_point(|held| *held <= before);
            reference.get(from).is_none_or(|held| held >= stamp)
        });
        runs.push(*stamp, next, cap);
        before = Some(*stamp);
    }
    runs
}

/// Surplus frames as runs of neighbours.
pub(crate) fn runs_of_extra(extra: &[(usize, i128)], cap: usize) -> Runs {
    let mut runs = Runs::default();
    let mut before = None;
    for (position, stamp) in extra {
        runs.push(*stamp, before.is_some_and(|before: usize| before + 1 == *position), cap);
        before = Some(*position);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(missing: &[usize], extra: &[i128]) -> Part {
        let surplus =
            |(position, stamp): (usize, &i128)| Surplus { position, stamp: *stamp, at: *stamp };
        Part { missing: missing.to_vec(), extra: extra.iter().enumerate().map(surplus).collect() }
    }

    fn fault(missing: &[i128], extra: &[(usize, i128)]) -> Fault {
        Fault { missing: missing.to_vec(), extra: extra.to_vec() }
    }

    #[test]
    fn the_one_at_fault_is_named() {
        let reference = [0, 100, 200, 300];
        let check = |parts: Vec<Part>, own: Fault, faults: Vec<Fault>| {
            assert_eq!(settle(&reference, parts, 5), (own, faults));
        };
        // One lacks what the others have.
        check(
            vec![part(&[1], &[]), part(&[], &[])],
            fault(&[], &[]),
            vec![fault(&[100], &[]), fault(&[], &[])],
        );
        // All lack what the reference has: the reference has it too much.
        check(
            vec![part(&[1], &[]), part(&[1], &[])],
            fault(&[], &[(1, 100)]),
            vec![fault(&[], &[]), fault(&[], &[])],
        );
        // All have what the reference lacks, give or take some jitter.
        check(
            vec![part(&[], &[400]), part(&[], &[402])],
            fault(&[400], &[]),
            vec![fault(&[], &[]), fault(&[], &[])],
        );
        // One has what no other has.
        check(
            vec![part(&[], &[400]), part(&[], &[])],
            fault(&[], &[]),
            vec![fault(&[], &[(0, 400)]), fault(&[], &[])],
        );
        // Of two, neither is known to be right: it is said of the other one.
        check(vec![part(&[1], &[400])], fault(&[], &[]), vec![fault(&[100], &[(0, 400)])]);
    }
}
