//! Offsets between clocks that have a known cause.

/// Leap seconds: GPS time runs 18 s ahead of UTC since 2017, TAI 37 s, and GPS 19 s behind TAI.
const GPS_UTC_SECONDS: i128 = 18;
const TAI_UTC_SECONDS: i128 = 37;
const TAI_GPS_SECONDS: i128 = 19;
/// From 1970-01-01 to 1980-01-06, where GPS time starts.
const GPS_EPOCH_SECONDS: i128 = 315_964_800;
const QUARTER_HOUR_SECONDS: i128 = 900;
const LARGEST_ZONE_SECONDS: i128 = 14 * 3_600;
const HOUR_SECONDS: i128 = 3_600;
const DAY_SECONDS: i128 = 86_400;
const WEEK_SECONDS: i128 = 7 * DAY_SECONDS;
/// A GPS receiver counts weeks in ten bits, and takes the 1024th for the first.
const ROLLOVER_SECONDS: i128 = 1_024 * WEEK_SECONDS;

/// Why two clocks are known to stand apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KnownOffset {
    /// A multiple of 15 minutes up to 14 hours: one is local time. In minutes, sensor less
    /// reference.
    TimeZone(i16),
    /// 18 s: one is GPS time, the other UTC.
    GpsLeapSeconds,
    /// 37 s: one is TAI, as PTP clocks run, the other UTC.
    TaiLeapSeconds,
    /// 19 s: one is TAI, the other GPS time.
    TaiGps,
    /// 315,964,800 s: one counts from 1980, the other from 1970.
    GpsEpoch,
    /// 619,315,200 s: a receiver's count of weeks started anew.
    GpsWeekRollover,
    /// One counts from the start of the GPS week.
    TimeOfWeek,
    /// One counts from midnight, of the zone that is so many minutes ahead of UTC.
    TimeOfDay(i16),
    /// One counts from the full hour.
    TimeOfHour,
}

impl KnownOffset {
    /// Whether it is a clock that starts anew with each hour, day or week.
    #[must_use]
    pub fn is_cyclic(self) -> bool {
        matches!(
            self,
            KnownOffset::TimeOfHour | KnownOffset::TimeOfDay(_) | KnownOffset::TimeOfWeek
        )
    }
}

/// What an offset is known for: one cause, or two that add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Known {
    /// The larger part.
    pub first: KnownOffset,
    /// The leap seconds that come on top of it, if any: how many seconds, and why.
    pub second: Option<(i8, KnownOffset)>,
}

const LEAPS: [(i128, Option<KnownOffset>); 7] = [
    (0, None),
    (GPS_UTC_SECONDS, Some(KnownOffset::GpsLeapSeconds)),
    (-GPS_UTC_SECONDS, Some(KnownOffset::GpsLeapSeconds)),
    (TAI_UTC_SECONDS, Some(KnownOffset::TaiLeapSeconds)),
    (-TAI_UTC_SECONDS, Some(KnownOffset::TaiLeapSeconds)),
    (TAI_GPS_SECONDS, Some(KnownOffset::TaiGps)),
    (-TAI_GPS_SECONDS, Some(KnownOffset::TaiGps)),
];

/// The most known offsets that are tried near one that was seen.
const MOST_TRIED: usize = 4;

impl Known {
    /// The known offsets no farther than `slack` from `offset`, all in ticks of which `second` make
    /// a second: the simplest first, and of these the nearest.
    #[must_use]
    pub(super) fn near(offset: i128, slack: i128, second: i128) -> Vec<(Self, i128)> {
        let mut found: Vec<(bool, i128, Self, i128)> = Vec::new();
        if second <= 0 {
            return Vec::new();
        }
        for (leap, why) in LEAPS {
            let rest = offset.saturating_sub(leap * second);
            for (cause, size) in bases(rest, second) {
                let size = size + leap * second;
                let apart = offset.saturating_sub(size).saturating_abs();
                let known = match (cause, why) {
                    (None, None) => continue,
                    (None, Some(first)) | (Some(first), None) => Known { first, second: None },
                    (Some(first), Some(why)) => {
                        let seconds = i8::try_from(leap).unwrap_or_default();
                        Known { first, second: Some((seconds, why)) }
                    }
                };
                if apart <= slack {
                    found.push((known.second.is_some(), apart, known, size));
                }
            }
        }
        found.sort_unstable();
        found.truncate(MOST_TRIED);
        found.into_iter().map(|(_, _, known, size)| (known, size)).collect()
    }

    /// The simplest known offset within `slack` of `offset`.
    #[must_use]
    pub fn within(offset: i128, slack: i128, second: i128) -> Option<Self> {
        Self::near(offset, slack, second).first().map(|(known, _)| *known)
    }

    /// What a clock counts from whose stamps start anew with each hour, day or week: told by the
    /// offset from a clock that counts since 1970, and by how large its stamps are.
    #[must_use]
    pub(super) fn cyclic(offset: i128, last: i128, slack: i128, second: i128) -> Option<Self> {
        let one = |first| Some(Known { first, second: None });
        if second <= 0 || last < 0 || offset >= 0 {
            return None;
        }
        let is_multiple = |offset: i128, of: i128| {
            let rest = offset.rem_euclid(of * second);
            rest <= slack || of * second - rest <= slack
        };
        if last < HOUR_SECONDS * second && is_multiple(offset, HOUR_SECONDS) {
            return one(KnownOffset::TimeOfHour);
        }
        if last < DAY_SECONDS * second && is_multiple(offset, QUARTER_HOUR_SECONDS) {
            let into_the_day = offset.rem_euclid(DAY_SECONDS * second);
            let quarter = QUARTER_HOUR_SECONDS * second;
            let quarters = (into_the_day + quarter / 2) / quarter;
            // Midnight of a zone from UTC-10 to UTC+14.
            let minutes = if quarters > 56 { quarters - 96 } else { quarters } * 15;
            return one(KnownOffset::TimeOfDay(i16::try_from(minutes).unwrap_or_default()));
        }
        if last < WEEK_SECONDS * second {
            // GPS weeks start 18 s before midnight of UTC; some receivers take these off.
            let start = offset + GPS_EPOCH_SECONDS * second;
            let leap = is_multiple(start - GPS_UTC_SECONDS * second, WEEK_SECONDS);
            if leap || is_multiple(start, WEEK_SECONDS) {
                let gps = (18, KnownOffset::GpsLeapSeconds);
                return Some(Known { first: KnownOffset::TimeOfWeek, second: leap.then_some(gps) });
            }
        }
        None
    }
}

/// The known offsets nearest to `offset` that are no leap seconds, nothing among them.
fn bases(offset: i128, second: i128) -> [(Option<KnownOffset>, i128); 4] {
    let quarter = QUARTER_HOUR_SECONDS * second;
    let most = LARGEST_ZONE_SECONDS * second;
    let sign = if offset < 0 { -1 } else { 1 };
    let within = offset.clamp(-most, most);
    let quarters = (within + sign * quarter / 2) / quarter;
    let minutes = i16::try_from(quarters * 15).unwrap_or_default();
    let zone = (quarters != 0).then_some(KnownOffset::TimeZone(minutes));
    [
        (None, 0),
        (zone, quarters * quarter),
        (Some(KnownOffset::GpsEpoch), sign * GPS_EPOCH_SECONDS * second),
        (Some(KnownOffset::GpsWeekRollover), sign * ROLLOVER_SECONDS * second),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_offsets_are_named_by_one_cause_or_two() {
        let check = |offset: i128, expected: Option<(KnownOffset, Option<i8>)>| {
            let known = Known::within(offset, 40, 1_000);
            let known = known.map(|it| (it.first, it.second.map(|(seconds, _)| seconds)));
            assert_eq!(known, expected, "{offset}");
        };
        check(28_800_003, Some((KnownOffset::TimeZone(480), None)));
        check(-19_800_000, Some((KnownOffset::TimeZone(-330), None)));
        check(18_000, Some((KnownOffset::GpsLeapSeconds, None)));
        check(-37_010, Some((KnownOffset::TaiLeapSeconds, None)));
        check(28_782_000, Some((KnownOffset::TimeZone(480), Some(-18))));
        check(-315_964_782_000, Some((KnownOffset::GpsEpoch, Some(18))));
        check(-619_315_200_000, Some((KnownOffset::GpsWeekRollover, None)));
        check(0, None);
        check(123_457, None);
        check(i128::MAX / 4, None);
    }

    #[test]
    fn clocks_that_start_anew_are_known_by_where_they_start() {
        let check = |now: i128, stamp: i128, expected: Option<KnownOffset>| {
            let known = Known::cyclic(stamp - now, stamp, 40, 1_000);
            assert_eq!(known.map(|it| it.first), expected, "{stamp}");
        };
        let now = 1_681_563_597_000;
        check(now, now % 3_600_000, Some(KnownOffset::TimeOfHour));
        check(now, now % 86_400_000, Some(KnownOffset::TimeOfDay(0)));
        let in_china = (now + 28_800_000) % 86_400_000;
        check(now, in_china, Some(KnownOffset::TimeOfDay(480)));
        let of_week = (now - 315_964_800_000 + 18_000) % 604_800_000;
        check(now, of_week, Some(KnownOffset::TimeOfWeek));
        check(now, 221_298, None);
    }
}
