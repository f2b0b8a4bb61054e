//! Names of folders, and what they are read as.

use super::*;
use crate::layout::SceneId;
use crate::sketch::Sketch;

/// What the folders of one scene are read as, by sensor: the reading and the first
/// time, in nanoseconds.
fn read(sensors: &[(&str, &[String])]) -> Vec<(Option<Reading>, i128)> {
    let mut tree = String::new();
    for (sensor, stems) in sensors {
        let suffix = if sensor.starts_with("lidar") { "pcd" } else { "jpg" };
        tree += &format!("{sensor}/\n  s/\n");
        stems.iter().for_each(|stem| tree += &format!("    {stem}.{suffix}\n"));
    }
    let sketch = Sketch::parse(&(tree + "metadata.json\n")).unwrap();
    let inspection = sketch.inspection();
    let layout = Layout::read(&inspection.tree, &inspection.target);
    let readings = Readings::of(&inspection.tree, &layout);
    let of = |cell: &Cell| match readings.get(cell.folder) {
        Some(read) => {
            let tick = NS / super::super::scaling::factor(read.decimals);
            (Some(read.reading), read.stamps.first().unwrap() * tick)
        }
        None => (None, 0),
    };
    layout.scene_cells(SceneId(0)).iter().map(of).collect()
}

/// One sensor alone.
fn one(stems: &[String]) -> (Option<Reading>, i128) {
    read(&[("camera-a", stems)])[0]
}

fn named(count: i128, name: impl Fn(i128) -> String) -> Vec<String> {
    (0..count).map(name).collect()
}

const START: i128 = 1_681_532_060_061_000_000;
const STEP: i128 = 100_000_000;

#[test]
fn parts_of_a_second_without_leading_zeros_are_told_by_the_steps() {
    let start = 1_738_133_056_009_658_000_i128;
    let at = |step: i128| move |i: i128| start + i * step;
    let parts = |ns: i128, unit: i128| format!("{}.{}", ns / NS, ns % NS / (NS / unit));
    let nanoseconds = named(30, |i| parts(at(STEP)(i), NS));
    assert_eq!(one(&nanoseconds), (Some(Reading::SecondsAndCount(Unit::Nanoseconds)), start));
    let microseconds = named(30, |i| parts(at(STEP)(i), 1_000_000));
    assert_eq!(one(&microseconds), (Some(Reading::SecondsAndCount(Unit::Microseconds)), start));
    // Decimals of which zeros at the end were left out.
    let decimals = named(30, |i| {
        let ns = START + i * STEP;
        let text = format!("{}.{:09}", ns / NS, ns % NS);
        text.trim_end_matches('0').to_owned()
    });
    assert_eq!(one(&decimals), (None, 0));
    // Of one frame nothing tells, but another sensor's.
    assert_eq!(one(&nanoseconds[..1]), (None, 0));
    let other = vec![format!("{}", start / 1_000_000)];
    let beside = read(&[("camera-a", &nanoseconds[..1]), ("lidar-a", &other)]);
    assert_eq!(beside[0].0, None, "one set of digits alone is a decimal number");
}

#[test]
fn dates_written_as_numbers_are_dates() {
    let date = |ns: i128| {
        let of = |ns: i128| jiff::Timestamp::from_nanosecond(ns).unwrap();
        jiff::tz::Offset::UTC.to_datetime(of(ns))
    };
    let digits = |ns: i128| {
        let d = date(ns);
        format!(
            "{}{:02}{:02}{:02}{:02}{:02}{:03}",
            d.year(),
            d.month(),
            d.day(),
            d.hour(),
            d.minute(),
            d.second(),
            ns % NS / 1_000_000
        )
    };
    let start = 1_681_560_898_061_000_000;
    let all = named(40, |i| digits(start + i * STEP));
    assert_eq!(one(&all), (Some(Reading::Date(Zone::Unknown)), start));
    let short = named(40, |i| digits(start + i * STEP)[2..].to_owned());
    assert_eq!(one(&short), (Some(Reading::Date(Zone::Unknown)), start));
    let seconds = named(40, |i| digits(start + i * NS)[..14].to_owned());
    assert_eq!(one(&seconds), (Some(Reading::Date(Zone::Unknown)), start - 61_000_000));
    // Local time, shown by the LiDAR's.
    let local = named(40, |i| digits(start + 8 * 3_600 * NS + i * STEP));
    let stamps = named(40, |i| ((start + i * STEP) / 1_000_000).to_string());
    let both = read(&[("camera-a", &local), ("lidar-a", &stamps)]);
    assert_eq!(both, [(Some(Reading::Date(Zone::Shown(480))), start), (None, 0)]);
}

#[test]
fn times_of_day_need_a_minute_or_another_sensor() {
    let clock = |ms: i128| {
        let seconds = ms / 1_000;
        let (h, m, s) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        format!("{h:02}{m:02}{s:02}{:03}", ms % 1_000)
    };
    let noon = 43_200_000;
    let across = named(40, |i| clock(noon + 57_500 + i * 100));
    assert_eq!(one(&across), (Some(Reading::TimeOfDay), (noon + 57_500) * 1_000_000));
    let within = named(20, |i| clock(noon + i * 100));
    assert_eq!(one(&within).0, None);
    let day = 19_462 * 86_400_000;
    let stamps = named(20, |i| (day + noon + i * 100).to_string());
    let both = read(&[("camera-a", &within), ("lidar-a", &stamps)]);
    assert_eq!(both[0].0, Some(Reading::TimeOfDay));
    // Over midnight.
    let midnight = named(40, |i| clock(86_400_000 - 2_500 + i * 100));
    assert_eq!(one(&midnight), (Some(Reading::TimeOfDay), (86_400_000 - 2_500) * 1_000_000));
    let parted = named(40, |i| {
        let text = clock(86_400_000 - 2_500 + i * 100);
        format!("{}_{}_{}_{}000", &text[..2], &text[2..4], &text[4..6], &text[6..])
    });
    assert_eq!(one(&parted), (Some(Reading::TimeOfDay), (86_400_000 - 2_500) * 1_000_000));
}

#[test]
fn times_among_other_text() {
    let check = |name: &dyn Fn(i128) -> String, reading: Reading, first: i128| {
        let stems = named(10, |i| name(START + i * STEP));
        assert_eq!(one(&stems), (Some(reading), first), "{}", stems[0]);
    };
    check(&|ns| format!("CAM_1__{}", ns / 1_000), Reading::Stamp(Unit::Microseconds), START);
    check(
        &|ns| format!("n015-2018-07-24-11-22-45+0800__CAM__{}", ns / 1_000),
        Reading::Stamp(Unit::Microseconds),
        START,
    );
    check(&|ns| format!("{}_{:09}", ns / NS, ns % NS), Reading::SecondsAndFraction, START);
    // A number that counts beside it is no time of day.
    let counted = |ns: i128| (ns - START) / STEP;
    check(
        &|ns| format!("frame{:06}-{}_{:03}", counted(ns), ns / NS, ns % NS / 1_000_000),
        Reading::SecondsAndFraction,
        START,
    );
    check(&|ns| format!("1.{}e+18", ns % NS.pow(2)), Reading::Exponent(Unit::Nanoseconds), START);
    check(
        &|ns| {
            let seconds = ns / NS - 1_681_532_060 + 20;
            format!("2023-04-15-12-14-{seconds:02}-{:03}", ns % NS / 1_000_000)
        },
        Reading::Date(Zone::Unknown),
        START + 8 * 3_600 * NS,
    );
    check(
        &|ns| {
            let seconds = ns / NS - 1_681_532_060 + 20;
            format!("2023-04-15T12-14-{seconds:02}.{:03}+0800", ns % NS / 1_000_000)
        },
        Reading::Date(Zone::Written),
        START,
    );
}

#[test]
fn what_is_no_time() {
    let check = |stems: &[&str]| {
        let stems: Vec<String> = stems.iter().map(ToString::to_string).collect();
        assert_eq!(one(&stems).0, None, "{stems:?}");
    };
    check(&["frame_000001", "frame_000002", "frame_000003"]);
    check(&["frame0000", "frame0001"]);
    check(&["20180724_000001", "20180724_000002", "20180724_000003"]);
    check(&["3f2a9c81d", "99817263c", "0b1c2d3e4f"]);
    check(&["1681532060061", "1681532060161 - Copy"]);
    check(&["front", "rear"]);
    check(&["000001", "000002", "000003"]);
    // Numbers that count behind a date and a second.
    let counted = named(10, |i| format!("2023-04-15-12-14-{:02}-{i:06}", 20 + i));
    assert_eq!(one(&counted).1 % NS, 0);
}
