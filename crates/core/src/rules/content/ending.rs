//! Faulty frames at the end of a scene, or from one frame on to the end of a sensor: what
//! broke off there.

use std::collections::BTreeSet;

use super::Fault;
use crate::finding::{Context, Example, Part, Rule, Sink, Statement, proof};
use crate::layout::{Cell, SensorId};
use crate::names::frame_name;
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;
use crate::platform::{Basis, Effect};
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FileClass, Folder};

const CAUSE: &str = "as a power cut or a full disk";

/// Says that faulty frames are the last of their scenes, where they are. Nothing is said where not
/// all frames were looked into, nor where whole scenes are faulty.
pub(super) fn last_of_scenes<'n>(
    context: &Context<'_>,
    mut cells: impl Iterator<Item = (Cell, &'n NameSet)>,
) -> Option<String> {
    let (first, mut names) = cells.next()?;
    let (mut cell, mut is_one, mut is_partial) = (first, true, false);
    loop {
        let folder = context.tree.folder(cell.folder);
        let frames = plain_frames(folder)?;
        is_partial |= tail(&frames, &[names])? < frames.len();
        match cells.next() {
            Some(next) => ((cell, names), is_one) = (next, false),
            None => break,
        }
    }
    if !is_partial {
        return None;
    }
    if !is_one {
        return Some(format!("they are the last of their scenes, {CAUSE} leaves them"));
    }
    let scene = text::lossless(context.layout.scene_name(cell.scene));
    Some(match names.count() {
        1 => format!("it is the last of scene `{scene}`, {CAUSE} leaves it"),
        count => {
            let count = text::number(count);
            format!("they are the last {count} of scene `{scene}`, {CAUSE} leaves them")
        }
    })
}

/// The frames of a folder, where they are all written in one way and all that hold something
/// were looked into.
fn plain_frames(folder: &Folder) -> Option<Frames<'_>> {
    let looked = folder.content().map_or(0, |content| content.files());
    match folder.frames() {
        [(naming, set)] if looked == folder.probeable() => Some(Frames { naming: *naming, set }),
        _ => None,
    }
}

struct Frames<'a> {
    naming: frame_name::Naming,
    set: &'a FrameSet,
}

impl Frames<'_> {
    fn len(&self) -> usize {
        self.set.len()
    }
}

/// How many frames these names are, where they are the last ones, in the order of time.
fn tail(frames: &Frames<'_>, names: &[&NameSet]) -> Option<usize> {
    let mut faulty = FrameSet::default();
    let mut is_plain = names.iter().all(|names| names.is_complete());
    for names in names {
        names.for_each(|name| match frame_name::parse(name) {
            Some((value, naming)) if naming == frames.naming => faulty.insert(value),
            _ => is_plain = false,
        });
    }
    faulty.seal();
    let before = frames.len().checked_sub(faulty.len())?;
    let is_last = is_plain && frames.set.iter().skip(before).eq(faulty.iter());
    is_last.then_some(faulty.len())
}

/// Where a copy broke off.
pub(in crate::rules) struct BrokenOff {
    cell: Cell,
    name: String,
    path: String,
    sensor: String,
}

impl BrokenOff {
    /// Whether the frame at which the copy broke off is one of these.
    pub(super) fn is_among<'n>(
        &self,
        mut cells: impl Iterator<Item = (Cell, &'n NameSet)>,
    ) -> bool {
        cells.any(|(cell, names)| cell == self.cell && names.contains(self.name.as_bytes()))
    }

    /// Says all frames that the copy left cut off, empty or zero, by the rule that names the first
    /// of them.
    pub(super) fn emit(
        &self,
        context: &Context<'_>,
        sink: &mut Sink<'_>,
        rule: &'static Rule,
        id: SensorId,
    ) {
        let sensor = context.layout.sensor(id);
        let mut parts = Vec::new();
        for cell in context.layout.sensor_cells(id) {
            for (what, names) in lost(context.tree.folder(cell.folder)) {
                let mut stems = NameSet::default();
                names.for_each(|name| stems.insert(crate::names::stem(name)));
                stems.seal();
                let part = Part::files(context.tree, cell.folder, Files::named(names))
                    .in_scene(cell.scene)
                    .names_missing(cell.scene, id, stems)
                    .drawn(move |path, _| Example::at(path).noting(what));
                parts.push(part.keyed(what));
            }
        }
        sink.emit(rule, parts, |kept| {
            let (frames, are) = (kept.counted("frame"), kept.verb("is", "are"));
            let kinds: BTreeSet<&str> = kept.keys().copied().collect();
            let kinds: Vec<&str> = kinds.into_iter().collect();
            let (kinds, Self { path, .. }) = (kinds.join(" or "), self);
            let label = sensor.label();
            let statement = Statement::new(format!(
                "{frames} of `{label}` {are} {kinds}: its copy broke off at `{path}`"
            ))
            .about_sensor(&sensor.folder_name)
            .note(format!(
                "from there on all of `{label}` is cut off, empty or absent, and metadata.json is empty"
            ))
            .help(self.help());
            match proof::has_arrived(context, id) {
                true => statement,
                false => statement.effect(Effect::MISALIGNED, Basis::Implied),
            }
        });
    }
}

impl BrokenOff {
    /// Says it of the scenes that are missing behind: why, and what to do.
    pub(in crate::rules) fn say_of_scenes(&self, statement: Statement, message: &str) -> Statement {
        let Self { path, .. } = self;
        let statement = statement.message(format!("{message}: its copy broke off at `{path}`"));
        statement.help(self.help())
    }

    fn help(&self) -> String {
        let Self { path, sensor, .. } = self;
        format!("copy `{sensor}` again from `{path}` on, and metadata.json")
    }
}

/// The frame from which on all of a sensor is cut off, empty, zero or absent. Only where
/// metadata.json is empty and later scenes are absent: a recording that ends so leaves no
/// empty metadata.json behind.
pub(in crate::rules) fn broken_off(context: &Context<'_>, id: SensorId) -> Option<BrokenOff> {
    let metadata = context.metadata?;
    let sensor = context.layout.sensor(id);
    let is_empty = metadata.document.text().is_empty() && metadata.too_large.is_none();
    if !is_empty || context.unseen.is_within(sensor.folder) {
        return None;
    }
    let (tree, layout) = (context.tree, context.layout);
    let cells: Vec<Cell> = layout.sensor_cells(id).collect();
    // The scenes that the sensor has are the first ones, and others follow.
    let has_first = cells.iter().map(|cell| cell.scene).eq(layout.scene_ids().take(cells.len()));
    if !has_first || cells.len() == layout.scene_ids().count() {
        return None;
    }
    let mut at = None;
    for cell in cells {
        let folder = tree.folder(cell.folder);
        let lost: Vec<&NameSet> = lost(folder).into_iter().map(|(_, names)| names).collect();
        if lost.is_empty() && at.is_none() {
            continue;
        }
        let frames = plain_frames(folder)?;
        let count = tail(&frames, &lost)?;
        if at.is_some() && count < frames.len() {
            return None;
        }
        if at.is_none() {
            let first = frames.set.iter().nth(frames.len().checked_sub(count)?)?;
            at = Some((cell, frames.naming.render(first)));
        }
    }
    let (cell, name) = at?;
    let path = text::lossless(&tree.path_of(cell.folder, name.as_bytes())).into_owned();
    Some(BrokenOff { cell, name, path, sensor: sensor.label().into_owned() })
}

/// The names of the frames in a folder that are cut off, empty or zero, with which of these they
/// are.
fn lost(folder: &Folder) -> Vec<(&'static str, &NameSet)> {
    let faulty = folder.content().into_iter().flat_map(|content| content.faults());
    let faulty = faulty.filter(|(fault, _)| is_lost(*fault)).map(|(fault, files)| {
        let is_zero = matches!(fault, Fault::Zeros | Fault::BlankBody);
        (if is_zero { "zero" } else { "cut off" }, files.names())
    });
    let empty = folder.remark(FileClass::Empty).map(|names| ("empty", names));
    empty.into_iter().chain(faulty).collect()
}

/// Whether a frame with this fault may be one that a copy did not finish.
pub(super) fn is_lost(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::Zeros | Fault::BlankBody | Fault::ShortPointCloud | Fault::CutOffImage(_)
    )
}

#[cfg(test)]
mod tests {
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;

    /// What is noted and advised in the findings of one rule.
    fn said(sketch: &str, code: &str) -> Vec<(Vec<String>, String)> {
        let report = Sketch::parse(sketch).unwrap().check(&Settings::default());
        let findings = report.findings.into_iter().filter(|finding| finding.rule.code == code);
        findings.map(|finding| (finding.notes, finding.help.unwrap_or_default())).collect()
    }

    fn scene(last: &str) -> String {
        format!(
            "lidar-top/\n  scene_1/\n    1000.pcd x3 +100\n{last}camera-front/\n  scene_1/\n    \
             1000.jpg x5 +100\nmetadata.json\n"
        )
    }

    #[test]
    fn the_last_frames_of_a_scene_are_said() {
        let found = said(&scene("    1300.pcd x2 +100 =zeros\n"), "F110");
        let [(notes, help)] = found.as_slice() else { panic!("{found:?}") };
        let note =
            "they are the last 2 of scene `scene_1`, as a power cut or a full disk leaves them";
        assert_eq!(notes, &[note]);
        assert!(help.contains("where the recording itself ended so"), "{help}");
        for other in
            ["    1300.pcd =zeros\n    1400.pcd\n", "    1300.pcd =zeros\n    1400.pcd (0 bytes)\n"]
        {
            let found = said(&scene(other), "F110");
            let [(notes, help)] = found.as_slice() else { panic!("{found:?}") };
            assert!(notes.is_empty() && !help.contains("ended so"), "{notes:?} {help}");
        }
    }

    fn copied(lidar: &str, metadata: &str) -> String {
        let camera: String =
            (1..=3).map(|scene| format!("  scene_{scene}/\n    1000.jpg x5 +100\n")).collect();
        format!(
            "lidar-top/\n  scene_1/\n    1000.pcd x5 +100\n{lidar}camera-front/\n{camera}{metadata}\n"
        )
    }

    #[test]
    fn a_copy_that_broke_off_is_said_once() {
        let empty = "metadata.json:";
        let cut = "  scene_2/\n    1000.pcd x2 +100\n    1200.pcd =cut\n    \
                   1300.pcd (0 bytes)\n    1400.pcd (0 bytes)\n";
        let sketch = copied(cut, empty);
        let help = "copy `lidar-top` again from `lidar-top/scene_2/1200.pcd` on, and metadata.json";
        let found = said(&sketch, "F103");
        let [(notes, of_cut)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((notes.len(), of_cut.as_str()), (1, help));
        let report = Sketch::parse(&sketch).unwrap().check(&Settings::default());
        let said_of: Vec<(&str, u64, &str)> = report
            .findings
            .iter()
            .map(|finding| (finding.rule.code, finding.count, finding.message.as_str()))
            .collect();
        let expected = "3 frames of `lidar-top` are cut off or empty: its copy broke off at \
                        `lidar-top/scene_2/1200.pcd`";
        assert!(said_of.contains(&("F103", 3, expected)), "{said_of:?}");
        let codes: Vec<&str> = said_of.iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes, ["A201", "M101", "F103"], "{said_of:?}");
        // A frame behind it that is whole, a scene behind it that is there, or a
        // metadata.json that is.
        let whole = cut.replace("1400.pcd (0 bytes)", "1400.pcd");
        let followed = format!("{cut}  scene_3/\n    1000.pcd x5 +100\n");
        for (lidar, metadata) in
            [(whole.as_str(), empty), (&followed, empty), (cut, "metadata.json")]
        {
            assert_eq!(said(&copied(lidar, metadata), "F101").len(), 1);
            let found = said(&copied(lidar, metadata), "F103");
            let [(notes, other)] = found.as_slice() else { panic!("{found:?}") };
            assert!(notes.is_empty() && other != help, "{notes:?} {other}");
        }
    }
}
