use std::collections::BTreeMap;

use super::files::{labels, only};
use crate::contract::Effect;
use crate::digest::{Digest, Several};
use crate::finding::{Example, Sink};
use crate::frame_name::Naming;
use crate::frames::FrameSet;
use crate::layout::names::Media;
use crate::layout::{Cell, SensorKind};
use crate::rules::Context;
use crate::text;
use crate::tree::{Folder, Remark, Tree};

declare_rule! {
    /// Two files for one timestamp, in one sensor and scene: `.jpg` and `.jpeg`, or `01` and `1`.
    ///
    /// A frame is found by its time, so of two files with the same one the platform can take only one, and which is not
    /// known. Most often one is the original and the other a conversion, or a script changed how it pads numbers between two
    /// runs. One path that a listing gives twice counts here, too.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, settings, .. } = context;
    let mut sensors = Vec::new();
    let mut twice = sink.gather(&DUPLICATE_FRAME);
    for (id, sensor) in layout.sensors() {
        for cell in layout.sensor_cells(id) {
            let Duplicates { several, examples } =
                duplicates(tree, cell, sensor.kind, settings.max_examples);
            let mut examples = examples.into_iter();
            if !examples.next().is_some_and(|first| twice.add_many(several, first)) {
                continue;
            }
            examples.for_each(|example| {
                twice.show(example);
            });
            twice.in_scene(cell.scene);
            if sensors.last() != Some(&id) {
                sensors.push(id);
            }
        }
    }
    if let Some(sensor) = only(layout, &sensors) {
        twice.about_sensor(&sensor.folder_name);
    }
    twice.help("keep one file for each timestamp and delete the others");
    let (count, verb) =
        (text::count(twice.count(), "file"), if twice.count() == 1 { "has" } else { "have" });
    twice.say(format!(
        "{count} of {} {verb} the timestamp of another file in the same scene",
        labels(layout, &sensors)
    ));
}

/// The files of one folder that have another's timestamp.
#[derive(Default)]
struct Duplicates {
    several: Several,
    examples: Vec<Example>,
}

fn duplicates(tree: &Tree, cell: Cell, kind: SensorKind, most: usize) -> Duplicates {
    let folder = tree.folder(cell.folder);
    let mut found = Duplicates::default();
    for sets in comparable(folder, kind).values().filter(|sets| sets.len() > 1) {
        for_each_shared(sets, |value, first, other| {
            found.several.count += 1;
            found
                .several
                .digest
                .add(Digest::of(&[&value.to_be_bytes(), other.suffix().as_bytes()]));
            if found.examples.len() < most {
                let path = tree.path_of(cell.folder, other.render(value).as_bytes());
                found.examples.push(
                    Example::at(path).noting(format!("the timestamp of `{}`", first.render(value))),
                );
            }
        });
    }
    let listed_twice: u64 = folder.frames().iter().map(|(_, set)| set.repeated()).sum();
    let listed_twice =
        listed_twice + folder.remark(Remark::Repeated).map_or(0, crate::tally::Tally::count);
    if listed_twice > 0 {
        found.several.count += listed_twice;
        found.examples.push(
            Example::at(tree.path(cell.folder)).noting("paths in here are listed more than once"),
        );
    }
    found
}

/// The frames of a kind of sensor, by how many digits stand behind the decimal point: values of one such group compare.
fn comparable(folder: &Folder, kind: SensorKind) -> BTreeMap<u8, Vec<(&Naming, &FrameSet)>> {
    let mut sets: BTreeMap<u8, Vec<(&Naming, &FrameSet)>> = BTreeMap::new();
    for (naming, set) in folder.frames() {
        if Media::of_suffix(naming.suffix()) == kind.media() {
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
    use crate::entry::Entry;
    use crate::settings::Settings;
    use crate::sketch::Sketch;
    use crate::tree::TreeBuilder;

    #[test]
    fn a_path_listed_twice_is_said() {
        let sketch =
            Sketch::parse("lidar-top/\n  a/\n    1681532060061.pcd x3 +100\nmetadata.json\n")
                .unwrap();
        let mut builder = TreeBuilder::new(5);
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
