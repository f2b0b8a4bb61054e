//! How much of a dataset a page shows, so that the page stays one that can be sent by mail.

/// The room of one dataset on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// How many bytes the drawings of its scenes have.
    pub(super) drawings: usize,
    /// How many bytes the findings have that are shown with all that is known of them.
    pub(super) findings: usize,
    /// How many bytes the maps of scenes and sensors have.
    pub(super) maps: usize,
    /// How many whole scenes have a line of their own.
    pub(super) rows: usize,
    /// How many places all its findings have together, where each has many.
    pub(super) places: usize,
}

/// The room of a dataset that has the page for itself.
const ALONE: Room =
    Room { drawings: 450_000, findings: 250_000, maps: 120_000, rows: 1_000, places: 600 };
/// What several have together.
const TOGETHER: Room =
    Room { drawings: 1_500_000, findings: 1_000_000, maps: 400_000, rows: 3_000, places: 3_000 };
/// What each of them has in any case: some scenes, some findings.
const LEAST: Room = Room { drawings: 15_000, findings: 10_000, maps: 4_000, rows: 20, places: 30 };

impl Room {
    /// The room of each of so many datasets.
    pub(super) fn of_each(datasets: usize) -> Self {
        let share = |of: fn(&Room) -> usize| {
            let together = if datasets > 1 { of(&TOGETHER) } else { of(&ALONE) };
            (together / datasets.max(1)).clamp(of(&LEAST), of(&ALONE))
        };
        Room {
            drawings: share(|room| room.drawings),
            findings: share(|room| room.findings),
            maps: share(|room| room.maps),
            rows: share(|room| room.rows),
            places: share(|room| room.places),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_datasets_share_and_each_has_some() {
        assert_eq!(Room::of_each(0), ALONE);
        assert_eq!(Room::of_each(1), ALONE);
        assert_eq!(Room::of_each(2), ALONE);
        assert_eq!(Room::of_each(100).drawings, LEAST.drawings);
        let ten = Room::of_each(10);
        assert_eq!((ten.drawings, ten.findings), (150_000, 100_000));
    }
}
