//! [`FrameTimes`]: times of frames that stand beside them, and not in their names.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::fault::OwnFault;
use super::rows;
use crate::align::reading::date_ns;
use crate::align::unit::Unit;
use crate::layout::{Cell, Layout};
use crate::names::frame_name;
use crate::text;
use crate::tree::Tree;
use crate::tree::files::Files;

/// Times of frames, from lists of one time a line and from tables.
#[derive(Clone, Debug, Default)]
pub struct FrameTimes {
    lists: Vec<TimeList>,
    rows: Vec<TimeRow>,
}

/// The times of the frames of one folder, in their order.
#[derive(Clone, Debug)]
struct TimeList {
    /// The folder, relative to the target and without a `/` at its end.
    folder: Vec<u8>,
    /// Nanoseconds, with the line of each.
    times: Vec<(usize, i128)>,
}

/// The time of one frame.
#[derive(Clone, Debug)]
struct TimeRow {
    line: usize,
    sensor: Vec<u8>,
    scene: Vec<u8>,
    name: Vec<u8>,
    ns: i128,
}

/// The frames of folders by time, ascending.
pub(super) type Timed = BTreeMap<Cell, Vec<(i128, Vec<u8>)>>;

/// A time as it is written.
enum Written {
    /// A date with a time of day, in nanoseconds since 1970.
    Date(i128),
    /// A whole number, of a unit that all tell together.
    Whole(i128),
    /// A number with a decimal point or an exponent: seconds, in nanoseconds.
    Seconds(i128),
}

const NS: i128 = 1_000_000_000;

impl FrameTimes {
    /// Adds a list of one time a line, as `timestamps.txt` and `times.txt` of KITTI are: the first
    /// is that of the first frame of the folder, or of the one folder of frames below it. Empty
    /// lines at the end, and lines that begin with `#`, say nothing.
    ///
    /// # Errors
    /// When a line is no time or no later than the one before, or the numbers tell no unit.
    pub fn add_list(&mut self, folder: &[u8], text: &[u8]) -> Result<(), OwnFault> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let lines = text.split(|byte| *byte == b'\n').enumerate();
        let lines = lines.map(|(at, line)| (at + 1, line.trim_ascii()));
        let mut written = Vec::new();
        for (line, text) in lines.filter(|(_, text)| !text.is_empty() && !text.starts_with(b"#")) {
            written.push((line, read(text).ok_or_else(|| no_time(line, text))?));
        }
        let times = in_one_unit(written)?;
        ascend(times.iter().copied())?;
        let folder = folder.strip_suffix(b"/").unwrap_or(folder).to_vec();
        self.lists.push(TimeList { folder, times });
        Ok(())
    }

    /// Adds lines of `sensor,scene,name,time`: in that order, or as a first line of these names has
    /// them.
    ///
    /// # Errors
    /// When a line has too few fields or no time, or the numbers tell no unit.
    pub fn add_table(&mut self, text: &[u8]) -> Result<(), OwnFault> {
        let columns: &[&[&str]] =
            &[&["sensor"], &["scene"], &["name", "file", "frame"], &["time", "timestamp", "stamp"]];
        let rows = rows::read(text, columns)?;
        let mut written = Vec::with_capacity(rows.len());
        for row in &rows {
            let text = row.fields.last().map_or(&b""[..], Vec::as_slice);
            written.push((row.line, read(text).ok_or_else(|| no_time(row.line, text))?));
        }
        let times = in_one_unit(written)?;
        for (row, (line, ns)) in rows.into_iter().zip(times) {
            let mut fields = row.fields.into_iter();
            let mut next = || fields.next().unwrap_or_default();
            self.rows.push(TimeRow { line, sensor: next(), scene: next(), name: next(), ns });
        }
        Ok(())
    }

    /// Whether there are no times.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty() && self.rows.is_empty()
    }

    /// The frames of a tree by their times. A folder of which some frames have times and others
    /// have none is refused.
    pub(super) fn resolve(&self, tree: &Tree, layout: &Layout) -> Result<Timed, OwnFault> {
        let mut timed = Timed::new();
        for list in &self.lists {
            let (cell, names) = list.frames(tree, layout)?;
            let times = list.times.iter().map(|(_, ns)| *ns);
            timed.insert(cell, times.zip(names).collect());
        }
        let mut by_cell: BTreeMap<Cell, Vec<&TimeRow>> = BTreeMap::new();
        for row in &self.rows {
            let cell = super::own::cell_of(layout, (row.line, &row.sensor, &row.scene))?;
            by_cell.entry(cell).or_default().push(row);
        }
        for (cell, mut rows) in by_cell {
            let names = names_of(tree, layout, cell);
            let mut lines: HashMap<&[u8], usize> = HashMap::new();
            for row in &rows {
                let fail = |reason| Err(OwnFault { line: row.line, reason });
                let shown = text::lossless(&row.name);
                if !names.contains(&row.name) {
                    return fail(format!("there is no frame `{shown}`"));
                }
                if let Some(line) = lines.insert(&row.name, row.line) {
                    return fail(format!("line {line} gives the time of `{shown}`, too"));
                }
            }
            let first = rows.first().map_or(0, |row| row.line);
            if let Some(name) = names.iter().find(|name| !lines.contains_key(name.as_slice())) {
                let reason = format!("`{}` beside it has no time", text::lossless(name));
                return Err(OwnFault { line: first, reason });
            }
            rows.sort_by_key(|row| row.ns);
            ascend(rows.iter().map(|row| (row.line, row.ns)))?;
            timed.insert(cell, rows.iter().map(|row| (row.ns, row.name.clone())).collect());
        }
        Ok(timed)
    }
}

impl TimeList {
    /// The folder of frames that the list is of, and their names in their order.
    fn frames(&self, tree: &Tree, layout: &Layout) -> Result<(Cell, Vec<Vec<u8>>), OwnFault> {
        let line = self.times.last().map_or(0, |(line, _)| *line);
        let shown = text::lossless(&self.folder);
        let fail = |reason| OwnFault { line, reason };
        let path = |cell: &Cell| tree.path(cell.folder);
        let is_it = |cell: &&Cell| path(cell).strip_suffix(b"/") == Some(&self.folder);
        let below = [&self.folder[..], b"/"].concat();
        let mut inner = layout.cells().iter().filter(|cell| path(cell).starts_with(&below));
        let one_below = || inner.next().filter(|_| inner.next().is_none());
        let cell = layout.cells().iter().find(is_it).or_else(one_below);
        let cell =
            cell.copied().ok_or_else(|| fail(format!("`{shown}` is no folder of frames")))?;
        let mut names = names_of(tree, layout, cell);
        if names.len() != self.times.len() {
            let (times, frames) = (self.times.len() as u64, names.len() as u64);
            return Err(fail(format!(
                "there are {} for {} of `{shown}`",
                text::count(times, "time"),
                text::count(frames, "frame")
            )));
        }
        let value = |name: &Vec<u8>| frame_name::parse(name).map(|(value, _)| value);
        let mut values: Vec<Option<i128>> = names.iter().map(value).collect();
        values.sort_unstable();
        let are_numbers = values.first().is_some_and(Option::is_some);
        if values.windows(2).any(|two| two.first() == two.last()) && are_numbers {
            return Err(fail(format!("two frames of `{shown}` have one number")));
        }
        let lengths = |name: &Vec<u8>| name.len();
        let are_alike = names.iter().map(lengths).min() == names.iter().map(lengths).max();
        match (are_numbers, are_alike) {
            (true, _) => names.sort_by_key(value),
            (false, true) => names.sort_unstable(),
            (false, false) => {
                return Err(fail(format!(
                    "the names in `{shown}` are of several lengths, so their order is not sure"
                )));
            }
        }
        Ok((cell, names))
    }
}

/// The names of a sensor's frames in a scene.
fn names_of(tree: &Tree, layout: &Layout, cell: Cell) -> Vec<Vec<u8>> {
    let media = layout.sensor(cell.sensor).kind.media();
    let mut names = Vec::new();
    let files = Files::in_folder(tree.folder(cell.folder));
    files
        .filter(|files| files.media() == media)
        .for_each(|files| files.for_each(|name| names.push(name.to_vec())));
    names
}

fn no_time(line: usize, text: &[u8]) -> OwnFault {
    OwnFault { line, reason: format!("`{}` is no time", text::lossless(text)) }
}

/// That each is later than the one before.
fn ascend(times: impl Iterator<Item = (usize, i128)>) -> Result<(), OwnFault> {
    let mut last = None;
    for (line, ns) in times {
        if last.is_some_and(|last| ns <= last) {
            let reason = "the time is no later than the one before".to_owned();
            return Err(OwnFault { line, reason });
        }
        last = Some(ns);
    }
    Ok(())
}

fn read(text: &[u8]) -> Option<Written> {
    if let Some((digits, power)) = number(text) {
        let is_whole = text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        return match is_whole {
            true => Some(Written::Whole(digits)),
            false => nanoseconds(digits, power).map(Written::Seconds),
        };
    }
    date_ns(text).map(Written::Date)
}

/// A number as digits and the power of ten of the last of them.
fn number(text: &[u8]) -> Option<(i128, i32)> {
    let text = std::str::from_utf8(text).ok()?;
    let (number, power) = match text.split_once(['e', 'E']) {
        Some((number, power)) => (number, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let bare = whole.strip_prefix('-').unwrap_or(whole);
    if bare.is_empty() || !is_digits(bare) || !is_digits(fraction) {
        return None;
    }
    let digits = [whole, fraction].concat().parse::<i128>().ok()?;
    Some((digits, power.checked_sub(i32::try_from(fraction.len()).ok()?)?))
}

/// Seconds in nanoseconds; what is smaller is dropped.
fn nanoseconds(digits: i128, power: i32) -> Option<i128> {
    let power = power.checked_add(9)?;
    let factor = 10_i128.checked_pow(power.unsigned_abs());
    match power {
        0.. => digits.checked_mul(factor?).filter(|ns| ns.unsigned_abs() < MOST_NS),
        _ => Some(factor.map_or(0, |factor| digits.div_euclid(factor))),
    }
}

/// No time lies farther from its start than a thousand years.
const MOST_NS: u128 = 1_000 * 366 * 86_400 * 1_000_000_000;

/// All times in nanoseconds: whole numbers of the one unit that they tell together.
fn in_one_unit(written: Vec<(usize, Written)>) -> Result<Vec<(usize, i128)>, OwnFault> {
    let mut unit: Option<Unit> = None;
    let mut times = Vec::with_capacity(written.len());
    let first_is_date = matches!(written.first(), Some((_, Written::Date(_))));
    for (line, written) in written {
        let fail = |reason: &str| OwnFault { line, reason: reason.to_owned() };
        let is_date = matches!(written, Written::Date(_));
        if is_date != first_is_date {
            return Err(fail("some times are dates and others are numbers"));
        }
        let ns = match written {
            Written::Date(ns) | Written::Seconds(ns) => ns,
            Written::Whole(value) => {
                let own = Unit::of_stamp(value).ok_or_else(|| {
                    fail("the number is none since 1970, so its unit is not known: give seconds with a decimal point")
                })?;
                if unit.is_some_and(|unit| unit != own) {
                    return Err(fail("the number counts in another unit than those before"));
                }
                unit = Some(own);
                value.saturating_mul(NS / own.per_second())
            }
        };
        times.push((line, ns));
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        let check = |text: &str, expected: Result<&[i128], (usize, &str)>| {
            let mut times = FrameTimes::default();
            let found = times.add_list(b"a/b", text.as_bytes());
            let found = found.map(|()| times.lists[0].times.iter().map(|it| it.1).collect());
            let found = found.map_err(|fault| (fault.line, fault.reason));
            let expected = expected.map(<[i128]>::to_vec);
            assert_eq!(found, expected.map_err(|(line, it)| (line, it.to_owned())), "{text:?}");
        };
        // KITTI raw, KITTI odometry.
        check(
            "2011-09-26 13:02:25.594360375\n2011-09-26 13:02:25.697688576\n",
            Ok(&[1_317_042_145_594_360_375, 1_317_042_145_697_688_576]),
        );
        check("0.000000e+00\r\n1.036e-01\r\n\r\n", Ok(&[0, 103_600_000]));
        check(
            "# times\n1681532060.061\n1681532060.161",
            Ok(&[1_681_532_060_061_000_000, 1_681_532_060_161_000_000]),
        );
        check(
            "1681532060061\n1681532060161",
            Ok(&[1_681_532_060_061_000_000, 1_681_532_060_161_000_000]),
        );
        check("1681532060061000001", Ok(&[1_681_532_060_061_000_001]));
        check("", Ok(&[]));
        let unknown = "the number is none since 1970, so its unit is not known: give seconds with a decimal point";
        check("0\n100\n200", Err((1, unknown)));
        check(
            "1681532060061\n1681532060161000",
            Err((2, "the number counts in another unit than those before")),
        );
        check("0.1\n0.1", Err((2, "the time is no later than the one before")));
        check("0.1\n2011-09-26 13:02:25", Err((2, "some times are dates and others are numbers")));
        check(
            "2011-09-26 13:02:25\n2011-09-26T15:02:26+0200",
            Ok(&[1_317_042_145_000_000_000, 1_317_042_146_000_000_000]),
        );
        check("2011-09-26 13:02:25 7", Err((1, "`2011-09-26 13:02:25 7` is no time")));
        check("0.1\n\nnoon", Err((3, "`noon` is no time")));
        check("1e999999999", Err((1, "`1e999999999` is no time")));
        check("1e-99", Ok(&[0]));
    }
}
