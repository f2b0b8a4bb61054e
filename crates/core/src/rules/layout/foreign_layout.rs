use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::foreign::{self, Moves, PathMove};
use crate::layout::{Foreign, LayoutKind, Mapping, OtherLayout, Pairing, Transfer};
use crate::multiset_hash::MultisetHash;
use crate::names::SensorKind;
use crate::platform::Effect;
use crate::repair::{Operation, Repair};
use crate::text;
use crate::tree::FolderId;

declare_rule! {
    /// The tree has the layout of another dataset or tool, or is no dataset at all.
    ///
    /// It is recognised by what only that layout has, at least two marks of it, and not by a single
    /// name. Known are
    ///
    /// - datasets of driving: nuScenes, T4 (TIER IV), nuPlan, Argoverse 1 and 2, PandaSet, A2D2,
    ///   aiMotive, CADC, KITTI, KITTI raw, KITTI odometry, KITTI-360, DAIR-V2X, OPV2V, RELLIS-3D,
    ///   Oxford RobotCar, records of Waymo;
    /// - tools: Xtreme1 (BasicAI), Supervisely, CVAT (3D tasks in either structure, exports),
    ///   Datumaro, SUSTechPOINTS, COCO, YOLO, Pascal VOC, BIDS;
    /// - what holds data packed: recordings of ROS, caches of Hugging Face, shards of Parquet,
    /// Arrow
    ///   and WebDataset;
    /// - plain source repositories, which may well have a file called metadata.json.
    ///
    /// The import reads none of them. Since nothing in such a tree can be right for it, only this
    /// is
    /// said, with where each part belongs. A tree of sensors whose folders are named as in one of
    /// these, with scenes below, only lacks prefixes (L103).
    ///
    /// **Repair:** move the files and convert those of other formats, as the finding says for each
    /// sensor: one file stands for all of its folder. `<scene>` and `<timestamp>` are what that
    /// layout keeps elsewhere than in names; the finding says where. Frames of one moment need one
    /// timestamp in all sensors, also where each sensor has times of its own. Where nothing is to
    /// be converted, and the place of every folder or file says which sensor and which scene it is
    /// of, `sensortree fix --unsafe` moves them as they are; labels, calibrations and whatever else
    /// is no frame stay where they are. Where no folder names the scene, it is named as the target.
    ///
    /// ```tree bad
    /// samples/
    ///   CAM_FRONT/
    ///     n015-2018-07-24-11-22-45+0800__CAM_FRONT__1532402927612460.jpg
    ///   LIDAR_TOP/
    ///     n015-2018-07-24-11-22-45+0800__LIDAR_TOP__1532402927647951.pcd.bin
    /// v1.0-mini/
    ///   sample_data.json
    ///   scene.json
    /// ```
    ///
    /// ```tree good
    /// camera-FRONT/
    ///   scene-0061/
    ///     1532402927647.jpg
    /// lidar-TOP/
    ///   scene-0061/
    ///     1532402927647.pcd
    /// metadata.json
    /// ```
    FOREIGN_LAYOUT {
        code: "L123",
        name: "foreign-layout",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T1", "T2"],
        scope: AnyTree,
        judges: listing,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let LayoutKind::Other(OtherLayout::Foreign(foreign)) = &layout.reading else { return };
    // What the layout is told by is shown, and is one fault; files that need only be moved are
    // shown with their places.
    let fault =
        |_| (foreign.evidence.first().cloned().unwrap_or_default(), MultisetHash::default());
    let part = Part::items(Vec::new(), foreign.evidence.len().min(1), fault, |_| {
        let moves = foreign
            .mapping
            .iter()
            .filter_map(|part| Some(Example::at(part.from.clone()).expecting(part.exact_move()?)));
        let evidence = foreign.evidence.iter().map(|path| Example::at(path.clone()));
        moves.chain(evidence).collect()
    });
    sink.emit(&FOREIGN_LAYOUT, [part], |_| {
        let root = text::lossless(&tree.path(foreign.root)).into_owned();
        let what = match (foreign.root, foreign.alike) {
            (FolderId::ROOT, _) => "the target looks".to_owned(),
            (_, 0) => format!("`{root}` looks"),
            (_, alike) => {
                format!("`{root}` and {} beside it look", text::count(alike as u64, "folder"))
            }
        };
        Statement::new(format!("{what} like {}, not like a sensor-oriented dataset", foreign.name))
            .notes(foreign.mapping.iter().flat_map(notes_on))
            .notes(
                Some(foreign.times)
                    .filter(|times| !times.is_empty())
                    .map(|times| format!("times: {times}")),
            )
            .notes(note_on_pairing(foreign))
            .help(help(foreign))
            .repair(moved(context, foreign))
    });
}

/// The moves of folders and files that need nothing else.
fn moved(context: &Context<'_>, found: &Foreign) -> Repair {
    // Whoever does not want the moves wants to know whether there are any.
    let most = if context.settings.repairs { usize::MAX } else { 1 };
    let Moves { paths, scene_is_target } = foreign::moves(context.tree, context.target, found);
    let are_files = paths.iter().all(|it| !it.from.ends_with(b"/"));
    let moves = paths.into_iter().map(|PathMove { from, to }| Operation::Move { from, to });
    let what = if are_files { "file" } else { "folder" };
    let says = match scene_is_target {
        false => "which sensor and which scene it is of",
        true => "which sensor it is of; the scene is named as the target, as no folder names it",
    };
    let layout = found.name;
    Repair::to_be_looked_at(format!("in the layout of {layout} the place of a {what} says {says}"))
        .with(moves.take(most))
}

/// What is said of one part: where it belongs and what has to be done to it.
fn notes_on(part: &Mapping) -> Vec<String> {
    let from = text::lossless(&part.from);
    let Some(to) = &part.to else { return vec![format!("`{from}`: {}", part.note)] };
    let what = match &part.transfer {
        Transfer::Convert(suffix) => {
            let format = to.rsplit_once('.').map_or("", |(_, suffix)| suffix);
            format!(": convert `.{suffix}` to `.{format}`")
        }
        Transfer::Move => ": move it".to_owned(),
        Transfer::Leave => String::new(),
    };
    let more = if part.note.is_empty() { String::new() } else { format!("; {}", part.note) };
    let mut notes = vec![format!("`{from}` → `{to}`{what}{more}")];
    if !part.alike.is_empty() {
        let alike = part.alike.iter();
        let pairs: Vec<String> =
            alike.map(|(from, to)| format!("`{}` → `{to}/`", text::lossless(from))).collect();
        notes.push(format!("in the same way {}", text::list(&pairs, 12)));
    }
    notes
}

/// Which frames get one name, where more than one sensor is spoken of.
fn note_on_pairing(foreign: &Foreign) -> Option<String> {
    let sensors = || foreign.mapping.iter().filter(|part| part.to.is_some());
    if sensors().map(|part| 1 + part.alike.len()).sum::<usize>() < 2 {
        return None;
    }
    let folders = || sensors().filter_map(|part| part.to.as_ref()?.split('/').next());
    let first_lidar = folders().find(|folder| folder.starts_with(SensorKind::Lidar.prefix()));
    match foreign.pairing {
        Pairing::Unknown => None,
        Pairing::ByName => {
            Some("frames of one moment have one number, and need one timestamp".to_owned())
        }
        Pairing::ByTime => first_lidar.or_else(|| folders().next()).map(|folder| {
            format!(
                "frames of one moment need one timestamp, and each sensor has times of its own: \
                 name those of the others by the frame of `{folder}` that is nearest in time",
            )
        }),
    }
}

fn help(foreign: &Foreign) -> &'static str {
    if let Some(help) = foreign.help {
        return help;
    }
    let mut parts = foreign.mapping.iter();
    if foreign.mapping.is_empty() {
        "check that this is the folder you meant"
    } else if parts.any(|part| part.transfer == Transfer::Move)
        && !foreign.mapping.iter().any(|part| matches!(part.transfer, Transfer::Convert(_)))
    {
        "move the files as shown, and add a metadata.json for the sensors that result"
    } else {
        "convert the data as shown, and add a metadata.json for the sensors that result"
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::settings::Settings;
    use crate::repair::Applicability;
    use crate::sketch::Sketch;

    #[test]
    fn a_repair_says_whether_the_layout_names_the_scene() {
        let repair = |tree: &str| {
            let inspection = Sketch::parse(tree).unwrap().inspection();
            let report = crate::check(inspection, &Settings::default());
            let found = report.findings.iter().find(|it| it.rule.code == "L123").unwrap();
            let [repair] = found.repairs.as_slice() else { panic!("{:?}", found.repairs) };
            assert_eq!(repair.applicability, Applicability::Unsafe, "it is to be looked at");
            repair.rests_on.clone()
        };
        assert_eq!(
            repair("task_7/\n  data/\n    01.pcd\n    01.jpg\n"),
            "in the layout of a CVAT 3D task the place of a file says which sensor and which scene it is of"
        );
        assert_eq!(
            repair("data/\n  01.pcd\n  01.jpg\n"),
            "in the layout of a CVAT 3D task the place of a file says which sensor it is of; the scene is named as the target, as no folder names it"
        );
        let scene = "  camera_config/\n    08.json\n  camera_image_0/\n    08.jpg\n  lidar_point_cloud_0/\n    08.pcd\n";
        assert_eq!(
            repair(&format!("a/\n{scene}")),
            "in the layout of Xtreme1 (BasicAI) the place of a folder says which sensor and which scene it is of"
        );
    }
}
