use std::borrow::Cow;
use std::collections::BTreeMap;

use super::files::{labels, only};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::names::SensorKind;
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::names::name_set::NameSet;
use crate::platform::Effect;
use crate::tree::files::Files;
use crate::tree::{FileClass, Folder};

declare_rule! {
    /// Two files for one timestamp, in one sensor and scene: `.jpg` and `.jpeg`, or `01` and `1`.
    ///
    /// A frame is found by its time, so of two files with the same one the platform can take only
    /// one, and which is not known. Most often one is the original and the other a conversion, or a
    /// script changed how it pads numbers between two runs. One path that a listing gives twice
    /// counts here, too.
    ///
    /// **Repair:** keep the one that belongs to the data set, and delete the other.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     0001681532060061.pcd
    ///     1681532060061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    ///     1681532060161.pcd
    /// metadata.json
    /// ```
    DUPLICATE_FRAME {
        code: "L119",
        name: "duplicate-frame",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T6"],
        judges: scene_files,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    for (id, sensor) in layout.sensors() {
        for cell in layout.sensor_cells(id) {
            let folder = tree.folder(cell.folder);
            for (first, other, stamps) in shared(folder, sensor.kind) {
                // A number with other leading zeros is another stem, which the other sensors
                // need not have.
                let stems = NameSet::from_names(stamps.iter().map(|at| other.render_stem(at)));
                let files = Files::Numbered(other, Cow::Owned(stamps));
                let part = Part::files(tree, cell.folder, files).drawn(move |path, name| {
                    let stamp = frame_name::parse(name).map(|(value, _)| first.render(value));
                    let note = stamp.map(|name| format!("the timestamp of `{name}`"));
                    Example { note, ..Example::at(path) }
                });
                let part = part.names_extra(cell.scene, stems);
                parts.push(part.in_scene(cell.scene).keyed(id));
            }
            let again = folder.repeated();
            if !again.is_empty() {
                let part = Part::files(tree, cell.folder, Files::owned(again))
                    .drawn(|path, name| Example::at(path).noting(listed_twice(folder, name)));
                parts.push(part.in_scene(cell.scene).keyed(id));
            }
        }
    }
    sink.emit(&DUPLICATE_FRAME, parts, |kept| {
        let sensors = kept.distinct_keys();
        let (files, have) = (kept.counted("file"), kept.verb("has", "have"));
        let of = labels(layout, &sensors);
        Statement::new(format!(
            "{files} of {of} {have} the timestamp of another file in the same scene"
        ))
        .about(only(layout, &sensors))
        .help("keep one file for each timestamp and delete the others")
    });
}

/// What is wrong with a path that was listed more than once.
fn listed_twice(folder: &Folder, name: &[u8]) -> &'static str {
    let empty = folder.remark(FileClass::Empty);
    // A name that was empty both times is listed twice among the empty ones, too.
    let is_once_empty =
        empty.is_some_and(|names| names.contains(name) && !names.repeated().contains(name));
    if is_once_empty {
        "listed more than once, with different sizes"
    } else {
        "listed more than once"
    }
}

/// The stamps that stand in two sets, with how the first is written and how the other, which is
/// one too many.
fn shared(folder: &Folder, kind: SensorKind) -> Vec<(Naming, Naming, FrameSet)> {
    let mut found: BTreeMap<(Naming, Naming), FrameSet> = BTreeMap::new();
    for sets in comparable(folder, kind).values().filter(|sets| sets.len() > 1) {
        for_each_shared(sets, |value, first, other| {
            found.entry((*first, *other)).or_default().insert(value);
        });
    }
    let sealed = |mut stamps: FrameSet| {
        stamps.seal();
        stamps
    };
    found.into_iter().map(|((first, other), stamps)| (first, other, sealed(stamps))).collect()
}

/// The frames of a kind of sensor, by how many digits stand behind the decimal point: values of one
/// such group compare.
fn comparable(folder: &Folder, kind: SensorKind) -> BTreeMap<u8, Vec<(&Naming, &FrameSet)>> {
    let mut sets: BTreeMap<u8, Vec<(&Naming, &FrameSet)>> = BTreeMap::new();
    for (naming, set) in folder.frames() {
        if naming.media() == kind.media() {
            sets.entry(naming.fraction_digits()).or_default().push((naming, set));
        }
    }
    // What is written as it should be comes first: it is the other that is one too many.
    for sets in sets.values_mut() {
        sets.sort_by_key(|(naming, _)| {
            (naming.suffix() != kind.suffix(), naming.zero_padded_width() > 0, **naming)
        });
    }
    sets
}

/// Calls for each value that stands in several sets, once for each set but the first that holds it.
fn for_each_shared(sets: &[(&Naming, &FrameSet)], mut shared: impl FnMut(i128, &Naming, &Naming)) {
    let mut heads: Vec<_> =
        sets.iter().map(|(naming, set)| (*naming, set.iter().peekable())).collect();
    while let Some(least) = heads.iter_mut().filter_map(|(_, values)| values.peek().copied()).min()
    {
        let mut first = None;
        for (naming, values) in &mut heads {
            if values.next_if_eq(&least).is_some() {
                match first {
                    None => first = Some(*naming),
                    Some(first) => shared(least, first, naming),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;
    use crate::tree::{Entry, TreeBuilder};

    #[test]
    fn a_path_listed_twice_is_said() {
        let sketch =
            Sketch::parse("lidar-top/\n  a/\n    1681532060061.pcd x3 +100\nmetadata.json\n")
                .unwrap();
        let mut builder = TreeBuilder::new();
        for drawn in sketch.entries.iter().chain(&sketch.entries) {
            builder.add(&Entry { path: &drawn.path, kind: drawn.kind, size: Some(drawn.size) });
        }
        let inspection = crate::Inspection { tree: builder.finish(), ..sketch.inspection() };
        let report = crate::check(inspection, &Settings::default());
        let findings: Vec<_> =
            report.findings.iter().map(|finding| (finding.rule.code, finding.count)).collect();
        assert_eq!(findings, [("L119", 3)]);
    }
}
