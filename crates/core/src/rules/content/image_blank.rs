use std::collections::BTreeMap;

use sensortree_probe::Fault;

use super::{Looked, faults_of, looked_into, parts};
use crate::finding::{Context, Sink, Statement, figures};
use crate::names::frame_name::{self, Naming};
use crate::names::frame_set::FrameSet;
use crate::platform::Effect;
use crate::text;
use crate::tree::Folder;
use crate::tree::files::Files;

declare_rule! {
    /// An image in which all pixels have the same colour. Seen with `--content full`.
    ///
    /// A camera's image has noise even in the dark. One that is black, grey or green all over comes
    /// from a driver that had no image to hand on, a cable that was loose, or a decoder that lost
    /// its data, and an annotator sees nothing in it. An image counts where the coded data of a
    /// JPEG hold one mean and nothing else, or all rows of a PNG hold one colour; WebP images,
    /// interlaced PNGs, and images as small as 8 × 8 are not looked at. Such frames are not said to
    /// repeat each other as well (F123).
    ///
    /// **Repair:** extract the frames again from the recording. If they are blank there as well,
    /// delete these times in every sensor of the scene, or leave out the camera.
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
        judges: images,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (id, sensor) in context.layout.sensors() {
        let Some(cells) = faults_of(context, id).remove(&Fault::OneColour) else { continue };
        sink.emit(&IMAGE_BLANK, parts(context, &cells, |_| None), |kept| {
            let runs = kept.parts.iter().map(|part| {
                let (cell, _) = part.key;
                let files = part.files.as_ref();
                files.map_or(0, |files| longest_run(context.tree.folder(cell.folder), files))
            });
            let longest = runs.max().unwrap_or_default();
            let (frames, label) = (kept.counted("frame"), sensor.label());
            let is_of_several = kept.count() > 1;
            let verb = kept.verb("is", "are");
            let sentence = match looked_into(context, context.layout.sensor_cells(id)) {
                Looked::All(all) if all == kept.count() && is_of_several => {
                    format!("all {frames} of `{label}` are of one colour")
                }
                Looked::Some(all) if all == kept.count() && is_of_several => {
                    format!("all {frames} of `{label}` that were looked into are of one colour")
                }
                Looked::All(_) if longest > 1 => format!(
                    "{frames} of `{label}` are of one colour, up to {} in a row",
                    text::number(longest)
                ),
                _ => format!("{frames} of `{label}` {verb} of one colour"),
            };
            Statement::new(sentence)
                .about_sensor(&sensor.folder_name)
                .figure(&figures::LONGEST_RUN, longest)
                .help(
                    "extract the frames again from the recording, or delete these times in every sensor",
                )
        });
    }
}

/// How many frames of a folder, of these files, stand one behind the other, at the most.
fn longest_run(folder: &Folder, files: &Files<'_>) -> u64 {
    let mut numbers: BTreeMap<Naming, FrameSet> = BTreeMap::new();
    files.for_each(|name| {
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
