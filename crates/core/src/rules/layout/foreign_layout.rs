use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{LayoutKind, OtherLayout};
use crate::multiset_hash::MultisetHash;
use crate::platform::Effect;
use crate::text;
use crate::tree::FolderId;

declare_rule! {
    /// The tree has the layout of another dataset or tool, or is no dataset at all.
    ///
    /// It is recognised by what only that layout has, not by a single name: nuScenes, Argoverse 2, PandaSet, KITTI, Xtreme1
    /// (BasicAI), Supervisely, COCO, YOLO, Pascal VOC, BIDS, records of Waymo and ROS, and plain source repositories, which
    /// may well have a file called metadata.json. The import reads none of them. Since nothing in such a tree can be right
    /// for it, only this is said, with where each part belongs.
    ///
    /// **Repair:** convert the data, by the mapping that the finding gives; `<scene>` and `<timestamp>` in it stand for
    /// what that layout keeps elsewhere than in names.
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
    // What the layout is told by is shown, and is one fault.
    let fault =
        |_| (foreign.evidence.first().cloned().unwrap_or_default(), MultisetHash::default());
    let part = Part::items(Vec::new(), foreign.evidence.len().min(1), fault, |_| {
        foreign.evidence.iter().map(|path| Example::at(path.clone())).collect()
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
            .notes(foreign.mapping.iter().map(|part| {
                let from = text::lossless(&part.from);
                match (&part.to, part.note) {
                    (Some(to), "") => format!("`{from}` → `{to}`"),
                    (Some(to), note) => format!("`{from}` → `{to}`: {note}"),
                    (None, note) => format!("`{from}`: {note}"),
                }
            }))
            .help(match foreign.mapping.is_empty() {
                true => "check that this is the folder you meant",
                false => {
                    "convert the data as shown, and add a metadata.json for the sensors that result"
                }
            })
    });
}
