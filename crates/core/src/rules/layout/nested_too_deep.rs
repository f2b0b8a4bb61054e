use std::rc::Rc;

use super::files::{content, is_left_behind, is_nameless, labels, only};
use crate::finding::{Context, Example, Part, Sink, Statement, proof};
use crate::layout::{Cell, Layout, SensorId};
use crate::names::{Media, Suffix};
use crate::platform::Effect;
use crate::repair::Repair;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FileClass, Folder, FolderId, Tree};

declare_rule! {
    /// A folder inside a scene's folder.
    ///
    /// Sensor, scene, frame: the platform's layout has these three levels. Nothing tells it what a
    /// fourth one would mean, so frames down there are not those of the scene, and other things, as
    /// masks or labels, are not expected at all.
    ///
    /// **Repair:** move frames up into their scene's folder. Where each inner folder is a drive of
    /// its own, make it a scene. Keep anything else outside the folder that is uploaded.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     data/
    ///       1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    NESTED_TOO_DEEP {
        code: "L108",
        name: "nested-too-deep",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T5"],
        judges: scenes,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let mut parts = Vec::new();
    for cell in layout.sensors().flat_map(|(id, _)| layout.sensor_cells(id)) {
        if is_nameless(tree.folder(cell.folder)) {
            continue;
        }
        let nested = below(tree, cell.folder);
        let is_only = nested.len() == 1;
        // What other sensors have of the scene, where this one has frames of its own: what lies
        // deeper is a part of the scene where it is one of those.
        let is_partial = !nested.is_empty() && layout.frames_in(tree, cell) > 0;
        let others = layout.scene_cells(cell.scene).iter().filter(|it| it.sensor != cell.sensor);
        let others: Option<Rc<[proof::Stems]>> =
            is_partial.then(|| others.map(|it| proof::arrived(context, *it)).collect());
        let fits = move |name: &[u8]| {
            let end = name.iter().rposition(|byte| *byte == b'.').unwrap_or(name.len());
            others.as_ref().is_none_or(|all| all.iter().any(|it| it.contains(&name[..end])))
        };
        for inner in nested {
            for files in files_of(tree.folder(inner)) {
                let mut is_frame_here = false;
                files.for_each(|name| is_frame_here |= is_frame(name) && fits(name));
                let fits = fits.clone();
                let part = Part::files(tree, inner, files).drawn(move |path, name| {
                    let expected = expected(tree, layout, cell, is_only, inner, name);
                    Example { expected: expected.filter(|_| fits(name)), ..Example::at(path) }
                });
                parts.push(part.in_scene(cell.scene).keyed((cell.sensor, is_frame_here)));
            }
            if content(tree.folder(inner)) == 0 {
                let part = Part::at(Example::at(tree.path(inner)).noting("empty"));
                parts.push(part.in_scene(cell.scene).keyed((cell.sensor, false)));
            }
        }
    }
    sink.emit(&NESTED_TOO_DEEP, parts, |kept| {
        let groups = || kept.parts.iter().filter_map(|part| part.files.as_ref());
        let (what, count) = match groups().map(Files::count).sum() {
            0 => ("empty folder", kept.count()),
            files => ("file", files),
        };
        let lie = if count == 1 { "lies" } else { "lie" };
        let mut sensors: Vec<SensorId> = kept.keys().map(|(sensor, _)| *sensor).collect();
        sensors.sort_unstable();
        sensors.dedup();
        let has_frames = groups().any(|files| files.borrowed().filtered(is_frame).count() > 0);
        let fit = kept.keys().any(|(_, fits)| *fits);
        Statement::new(format!(
            "{} {lie} below the scene folders of {}, deeper than any frame",
            text::count(count, what),
            labels(layout, &sensors)
        ))
        .about(only(layout, &sensors))
        .repair_as_shown(Repair::to_be_looked_at(
            "there is one scene that they can belong to, by the folders above them",
        ))
        .help(match has_frames {
            true if !fit => "no other sensor has frames of these times in the scene: keep them outside the folder that is uploaded, or make them a scene of their own in every sensor",
            true => "move the frames up into their scene's folder; where each inner folder is a drive of its own, make it a scene",
            false => "keep what is no part of the dataset outside the folder that is uploaded",
        })
    });
}

/// The files right in a folder that are not what a system or a tool left behind.
fn files_of(folder: &Folder) -> impl Iterator<Item = Files<'_>> {
    let others = folder
        .remarks()
        .iter()
        .filter(|(remark, _)| {
            let is_unnumbered = matches!(remark, FileClass::Unnumbered(_));
            !is_unnumbered && !remark.is_additional() && !is_left_behind(*remark)
        })
        .map(|(_, names)| Files::named(names));
    Files::in_folder(folder).chain(others)
}

/// The folders below one that hold something or are empty, each before those below it.
fn below(tree: &Tree, top: FolderId) -> Vec<FolderId> {
    let mut found = Vec::new();
    let mut open: Vec<FolderId> = tree.children(top).rev().collect();
    while let Some(id) = open.pop() {
        // What lies below a segment without a name is the fault of that segment.
        if is_nameless(tree.folder(id)) {
            continue;
        }
        if content(tree.folder(id)) > 0 || tree.children(id).len() == 0 {
            found.push(id);
        }
        open.extend(tree.children(id).rev());
    }
    found
}

fn is_frame(name: &[u8]) -> bool {
    Suffix::of(name).media() != Media::Other
}

/// Where a frame that lies too deep belongs: in the scene where that is the only inner folder, else
/// in a scene of its own where the outer one holds no frame.
fn expected(
    tree: &Tree,
    layout: &Layout,
    cell: Cell,
    is_only: bool,
    inner: FolderId,
    name: &[u8],
) -> Option<String> {
    // A name with folders in it lies deeper than they are told apart.
    if !is_frame(name) || name.contains(&b'/') {
        return None;
    }
    let file = std::str::from_utf8(name).ok()?;
    let scene = String::from_utf8(tree.path(cell.folder)).ok()?;
    if is_only {
        return (!tree.folder(cell.folder).holds(name)).then(|| format!("{scene}{file}"));
    }
    let path = String::from_utf8(tree.path(inner)).ok()?;
    let own = path.strip_prefix(&scene)?.trim_end_matches('/').replace('/', "_");
    let own = format!("{}_{own}", std::str::from_utf8(layout.scene_name(cell.scene)).ok()?);
    let sensor = String::from_utf8(tree.path(layout.sensor(cell.sensor).folder)).ok()?;
    let is_free =
        layout.scenes.binary_search_by(|known| known.as_slice().cmp(own.as_bytes())).is_err();
    (is_free && layout.frames_in(tree, cell) == 0).then(|| format!("{sensor}{own}/{file}"))
}
