use std::collections::BTreeMap;

use super::{Looked, faults_of, looked_into};
use crate::contract::Effect;
use crate::files::Files;
use crate::finding::{Example, Sink};
use crate::frame_name::{self, Naming};
use crate::frames::FrameSet;
use crate::name_set::NameSet;
use crate::probe::Fault;
use crate::rules::Context;
use crate::text;
use crate::tree::Folder;

declare_rule! {
    /// An image in which all pixels have the same colour. Seen with `--content full`.
    ///
    /// A camera's image has noise even in the dark. One that is black, grey or green all over comes from a driver that had no
    /// image to hand on, a cable that was loose, or a decoder that lost its data, and an annotator sees nothing in it. An image
    /// counts where the coded data of a JPEG hold one mean and nothing else, or all rows of a PNG hold one colour; WebP images,
    /// interlaced PNGs, and images as small as 8 × 8 are not looked at. Such frames are not said to repeat each other as well
    /// (F123).
    ///
    /// **Repair:** extract the frames again from the recording. If they are blank there as well, delete these times in every
    /// sensor of the scene, or leave out the camera.
    ///
    /// ```tree bad
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg
    ///     1681532060161.jpg =one colour
    ///     1681532060261.jpg
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// content: full
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// metadata.json
    /// ```
    IMAGE_BLANK {
        code: "F127",
        name: "image-blank",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
        needs: Whole,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        let Some(cells) = faults_of(context, id).remove(&Fault::OneColour) else { continue };
        let mut finding = sink.gather(&IMAGE_BLANK);
        finding.about_sensor(&sensor.folder_name);
        let (mut longest, mut blank) = (0, 0);
        for (cell, faulty) in &cells {
            let names = faulty.names();
            blank += names.count();
            let files = Files::named(names);
            let left =
                finding.add_files(context.tree, cell.folder, files, |path, _| Example::at(path));
            if left > 0 {
                finding.in_scene(cell.scene);
                longest = longest.max(longest_run(context.tree.folder(cell.folder), names));
            }
        }
        finding.help(
            "extract the frames again from the recording, or delete these times in every sensor",
        );
        let label = sensor.label();
        let (count, looked) =
            (finding.count(), looked_into(context, context.layout.sensor_cells(id)));
        let frames = text::count(count, "frame");
        let verb = if count == 1 { "is" } else { "are" };
        finding.say(match looked {
            Looked::All(all) if all == blank && count > 1 => {
                format!("all {frames} of `{label}` are of one colour")
            }
            Looked::Some(all) if all == blank && count > 1 => {
                format!("all {frames} of `{label}` that were looked into are of one colour")
            }
            Looked::All(_) if longest > 1 => format!(
                "{frames} of `{label}` are of one colour, up to {} in a row",
                text::number(longest)
            ),
            _ => format!("{frames} of `{label}` {verb} of one colour"),
        });
    }
}

/// How many frames of a folder with these names stand one behind the other, at the most.
fn longest_run(folder: &Folder, names: &NameSet) -> u64 {
    let mut numbers: BTreeMap<Naming, FrameSet> = BTreeMap::new();
    names.for_each(|name| {
        if let Some((value, naming)) = frame_name::parse(name) {
            numbers.entry(naming).or_default().insert(value);
        }
    });
    let runs = folder.frames().iter().filter_map(|(naming, all)| {
        let set = numbers.get_mut(naming)?;
        set.seal();
        let mut named = set.iter().peekable();
        let (mut run, mut longest) = (0, 0);
        for value in all.iter() {
            run = if named.next_if_eq(&value).is_some() { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        Some(longest)
    });
    runs.max().unwrap_or(0)
}
