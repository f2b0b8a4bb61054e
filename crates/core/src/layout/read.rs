//! From folders to a [`Layout`].
//!
//! A tree is sensor oriented when a top folder has a right prefix and frames below. Where none
//! has, the explanations are tried from the surest to the vaguest, and the first that holds is the
//! one root cause.

use hashbrown::HashMap;

use super::contents::Contents;
use super::tops::Tops;
use super::{
    Cell, Layout, LayoutKind, OtherLayout, SceneId, Sensor, SensorId, WrongRoot, foreign, levels,
};
use crate::names::{self, METADATA, sensor_name};
use crate::tree::{FolderId, Target, Tree};

impl Layout {
    /// Reads a tree as a dataset.
    #[must_use]
    pub fn read(tree: &Tree, target: &Target) -> Self {
        let exact = Tops::by_prefix(tree, FolderId::ROOT);
        if exact
            .sensors
            .iter()
            .any(|sensor| Contents::within_reach(tree, sensor.folder).frames() > 0)
        {
            return Layout::sensor_oriented(tree, exact.with_near_misses(tree));
        }
        if let Some(what) = explanation(tree, target) {
            return Layout::otherwise(what);
        }
        // Folders of the right names that lack their frames are sensors still, where nothing
        // explains them better.
        let tops = exact.with_near_misses(tree);
        if tops.sensors.is_empty() {
            Layout::otherwise(OtherLayout::NoSensor)
        } else {
            Layout::sensor_oriented(tree, tops)
        }
    }

    fn sensor_oriented(tree: &Tree, tops: Tops) -> Self {
        let (scenes, cells) = scenes(tree, &tops.sensors);
        Layout {
            strays: tops.strays,
            ..Layout::new(LayoutKind::SensorOriented, tops.sensors, scenes, cells)
        }
    }

    fn otherwise(what: OtherLayout) -> Self {
        Layout::new(LayoutKind::Other(what), Vec::new(), Vec::new(), Vec::new())
    }
}

/// What a tree is that has no frames below any right prefix; none where its sensors only need other
/// names, if it has any.
fn explanation(tree: &Tree, target: &Target) -> Option<OtherLayout> {
    if let Some(levels) = root_above(tree, target) {
        return Some(OtherLayout::WrongRoot(WrongRoot::Above(levels)));
    }
    let by_prefix = || levels::Votes::by_prefix(tree).decide(tree);
    let by_mark = || foreign::recognise(tree).map(OtherLayout::Foreign);
    let by_kind = || levels::kind_first(tree).map(OtherLayout::Transposed);
    if let Some(what) = by_prefix().or_else(by_mark).or_else(by_kind) {
        return Some(what);
    }
    let near = levels::Votes::by_likeness(tree);
    if near.favour_the_root() {
        return None;
    }
    near.decide(tree).or_else(|| levels::scene_first_by_content(tree).map(OtherLayout::Transposed))
}

/// How many levels above the root lies, where the target is itself a sensor's folder or a scene's:
/// told by the names of the folders that lead to the target, and by what it holds.
fn root_above(tree: &Tree, target: &Target) -> Option<u8> {
    if tree.folder(FolderId::ROOT).has_landmark(METADATA) {
        return None;
    }
    let kind_of = |name: &String| match sensor_name::split(name) {
        Some((kind, rest)) if !rest.is_empty() => Some(kind),
        _ => sensor_name::near(name).filter(|near| near.is_by_prefix()).map(|near| near.kind),
    };
    let mut outward = target.segments.iter().rev().filter(|segment| !segment.is_empty());
    let (last, outer) = (outward.next().and_then(kind_of), outward.next().and_then(kind_of));
    let here = Contents::of(tree, FolderId::ROOT);
    let below = Contents::of_children(tree, FolderId::ROOT);
    if last.is_some() && below.kind() == last && here.frames() == 0 {
        // A project called `camera-something` with a folder for each camera is no camera.
        let sensors = tree
            .children(FolderId::ROOT)
            .filter(|child| sensor_name::likeness(&names::meant(tree.folder(*child).name())) > 0)
            .count();
        return (sensors * 2 <= tree.children(FolderId::ROOT).len()).then_some(1);
    }
    (outer.is_some() && here.kind() == outer && here.numbered > 0 && below.frames() == 0)
        .then_some(2)
}

/// The scenes of all sensors, ascending, each once, and the folders that hold them.
pub(super) fn scenes(tree: &Tree, sensors: &[Sensor]) -> (Vec<Vec<u8>>, Vec<Cell>) {
    let mut ids: HashMap<&[u8], u32> = HashMap::new();
    let mut scene_names: Vec<&[u8]> = Vec::new();
    let mut cells = Vec::new();
    for (sensor, id) in sensors.iter().zip((0..).map(SensorId)) {
        for folder in tree.children(sensor.folder) {
            let name = tree.folder(folder).name();
            // A segment without a name is no scene: L121 says what is wrong with it.
            if matches!(names::oddity(name), Some(names::Oddity::Empty | names::Oddity::Dots)) {
                continue;
            }
            let scene = *ids.entry(name).or_insert_with(|| {
                scene_names.push(name);
                // Folders are counted in 32 bits.
                u32::try_from(scene_names.len() - 1).unwrap_or(u32::MAX)
            });
            cells.push(Cell { scene: SceneId(scene), sensor: id, folder });
        }
    }
    let mut order: Vec<u32> = (0..).take(scene_names.len()).collect();
    order.sort_unstable_by_key(|scene| scene_names[*scene as usize]);
    let mut rank = vec![SceneId(0); scene_names.len()];
    for (scene, place) in order.iter().zip((0..).map(SceneId)) {
        rank[*scene as usize] = place;
    }
    for cell in &mut cells {
        cell.scene = rank[cell.scene.0 as usize];
    }
    (order.iter().map(|scene| scene_names[*scene as usize].to_vec()).collect(), cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::{SensorKind, dataset_path};
    use crate::sketch::Sketch;
    use crate::tree::{Entry, EntryKind, TargetKind, TreeBuilder};
    use proptest::prelude::*;

    fn target(uri: &str) -> Target {
        Target {
            kind: TargetKind::Local,
            uri: uri.to_owned(),
            segments: uri.split('/').map(str::to_owned).collect(),
        }
    }

    fn listed<'p>(paths: impl IntoIterator<Item = &'p [u8]>) -> Tree {
        let mut builder = TreeBuilder::new();
        paths.into_iter().for_each(|path| builder.add(&Entry::file(path, 1)));
        builder.finish()
    }

    /// The word for how a listing is read.
    fn reading(tree: &Tree, uri: &str) -> &'static str {
        match Layout::read(tree, &target(uri)).reading {
            LayoutKind::SensorOriented => "sensor oriented",
            LayoutKind::Other(OtherLayout::Transposed(_)) => "transposed",
            LayoutKind::Other(OtherLayout::WrongRoot(WrongRoot::Above(_))) => "above",
            LayoutKind::Other(OtherLayout::WrongRoot(WrongRoot::Below(_))) => "below",
            LayoutKind::Other(OtherLayout::Foreign(_)) => "foreign",
            LayoutKind::Other(OtherLayout::NoSensor) => "no sensor",
        }
    }

    #[test]
    fn how_trees_are_read() {
        let check = |uri: &str, paths: &[&str], expected: &str| {
            let tree = listed(paths.iter().map(|path| path.as_bytes()));
            assert_eq!(reading(&tree, uri), expected, "{uri}: {paths:?}");
        };
        check("d", &[], "no sensor");
        check("d", &["lidar-top/a/1.pcd"], "sensor oriented");
        check("d", &["lidar-top/1.pcd"], "sensor oriented");
        check("d", &["lidar-top/a/b/1.pcd"], "sensor oriented");
        check("d", &["lidar-top/notes.txt"], "sensor oriented");
        check("d", &["lidar-top/a/1.jpg"], "sensor oriented");
        check("d", &["top/a/1.pcd", "front/a/1.jpg"], "sensor oriented");
        check("d", &["velodyne_points/a/1.bin", "image_02/a/1.png"], "sensor oriented");
        check("d", &["lidar_top/a/1.pcd", "old/lidar_top/a/1.pcd"], "sensor oriented");
        check("d", &["a/1.pcd", "b/1.pcd"], "no sensor");
        check("d/lidar-top", &["a/1.pcd", "b/1.pcd"], "above");
        check("d/lidar-top", &["a/1.jpg", "b/1.jpg"], "no sensor");
        check("d/camera-rig", &["cam_0/1.jpg", "cam_1/1.jpg"], "sensor oriented");
        check("d/lidar-top/a/", &["1.pcd"], "above");
        check("d/lidar-top", &["camera-front/a/1.jpg"], "sensor oriented");
        check("d", &["a/lidar-top/1.pcd"], "transposed");
        check("d", &["a/cam_0/1.jpg", "a/cam_1/1.jpg"], "transposed");
        check("d", &["cam_run/lidar-top/1.pcd"], "transposed");
        check("d", &["lidar/top/a/1.pcd", "labels/a/1.png"], "transposed");
        check("d", &["lidar/a/1.pcd", "camera/a/1.jpg"], "sensor oriented");
        check("d", &["x/lidar-top/a/1.pcd"], "below");
        check("d", &["x/y/z/lidar-top/a/1.pcd", "x/y/w/lidar-top/a/1.pcd"], "below");
        check("d", &["x/lidar_top/a/1.pcd"], "below");
        check("d", &["lidar-top/notes.txt", "x/camera-a/a/1.jpg"], "below");
        check("d", &["x/images/a/1.jpg"], "no sensor");
    }

    #[test]
    fn sensors_that_are_meant_get_names_of_their_own() {
        let check = |paths: &[&[u8]], expected: &[(&str, SensorKind)], strays: usize| {
            let layout = Layout::read(&listed(paths.iter().copied()), &target("d"));
            let found: Vec<_> = layout
                .sensors
                .iter()
                .map(|sensor| {
                    (
                        sensor.expected_folder.clone().unwrap_or(sensor.label().into_owned()),
                        sensor.kind,
                    )
                })
                .collect();
            let expected: Vec<_> =
                expected.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
            assert_eq!((found, layout.strays.len()), (expected, strays));
        };
        use SensorKind::{Camera, Lidar};
        check(
            &[b"cam_\xff/a/1.jpg", b"lidar-top/a/1.pcd"],
            &[("camera-0", Camera), ("lidar-top", Lidar)],
            0,
        );
        check(
            &[b"Cam_left/a/1.jpg", b"camera-LEFT/a/1.jpg"],
            &[("camera-left-2", Camera), ("camera-LEFT", Camera)],
            0,
        );
        check(
            &[b"lidar_top/a/1.jpg", b"lidar-x/a/1.pcd"],
            &[("lidar-x", Lidar), ("camera-lidar_top", Camera)],
            0,
        );
        check(
            &[b"lidar-x/a/1.pcd", b"unit/a/x.jpg", b"unit2/b/x.jpg"],
            &[("lidar-x", Lidar), ("camera-unit", Camera)],
            1,
        );
        check(&[b"lidar-x/a/1.pcd", b"labels/a/1.png", b".cam/a/1.jpg"], &[("lidar-x", Lidar)], 1);
        check(&[b"lidar-x/a/1.pcd", b"metadata.json/a", b"//1.jpg"], &[("lidar-x", Lidar)], 0);
        check(&[b"lidar-/a/1.pcd"], &[("lidar-", Lidar)], 0);
    }

    #[test]
    fn scenes_and_cells_are_those_of_the_folders() {
        let tree = listed([
            b"lidar-x/b/1.pcd".as_slice(),
            b"camera-x/a/1.jpg",
            b"camera-x/b/1.jpg",
            b"lidar-x/c/1.pcd",
        ]);
        let layout = Layout::read(&tree, &target("d"));
        assert_eq!(layout.scenes, [b"a".to_vec(), b"b".to_vec(), b"c".to_vec()]);
        let sensors = |scene: u32| {
            layout.scene_cells(SceneId(scene)).iter().map(|cell| cell.sensor.0).collect::<Vec<_>>()
        };
        assert_eq!([sensors(0), sensors(1), sensors(2)], [vec![0], vec![0, 1], vec![1]]);
        for cell in layout.cells() {
            assert_eq!(tree.folder(cell.folder).name(), layout.scene_name(cell.scene));
        }
    }

    /// Trees that are wholly wrong get one answer, however large or deep they are.
    #[test]
    fn a_wholly_wrong_tree_gets_one_finding() {
        let check = |tree: Tree, code: &str| {
            let inspection =
                crate::Inspection { tree, ..Sketch::parse("").expect("a sketch").inspection() };
            let report = crate::check(inspection, &crate::finding::settings::Settings::default());
            let found: Vec<_> = report.findings.iter().map(|finding| finding.rule.code).collect();
            assert_eq!(found, [code], "{:?}", report.findings);
            report.findings[0].message.clone()
        };
        let deep = format!("{}lidar-top/a/1.pcd", "d/".repeat(500));
        assert!(check(listed([deep.as_bytes()]), "L113").contains("more than 16 levels down"));
        let paths: Vec<String> = (0..100_000).map(|k| format!("s{k}/{k}.pcd")).collect();
        assert!(
            check(listed(paths.iter().map(String::as_bytes)), "L113")
                .contains("100,000 .pcd files in 100,000 folders")
        );
        let paths: Vec<String> = (0..100_000).map(|k| format!("IMG_{k}.jpg")).collect();
        assert!(
            check(listed(paths.iter().map(String::as_bytes)), "L113")
                .contains("100,000 .jpg files")
        );
        let paths: Vec<String> = (0..2_000)
            .flat_map(|k| {
                [
                    format!("s{k}/lidar-top/1.pcd"),
                    format!("s{k}/CAM_FRONT/1.jpg"),
                    format!("s{k}/left/1.jpg"),
                ]
            })
            .collect();
        assert!(check(listed(paths.iter().map(String::as_bytes)), "L111").contains("2,000 scenes"));
        let paths: Vec<String> = (0..2_000).map(|k| format!("d{k}/lidar-top/a/1.pcd")).collect();
        assert!(
            check(listed(paths.iter().map(String::as_bytes)), "L112").contains("2,000 datasets")
        );
    }

    proptest! {
        #[test]
        fn any_listing_is_read_without_harm(
            paths in proptest::collection::vec(
                "((lidar|camera|cam|image_0|CAM_A|samples|x|)[-_/]?(top|a|1|\u{e9}|)/?){0,5}(1|2|metadata|\\PC)?\\.?(pcd|jpg|json|)",
                0..12,
            ),
            uri in "(d/)?(lidar-top|cam|x)?(/a)?",
        ) {
            let mut builder = TreeBuilder::new();
            for path in &paths {
                let kind = if path.ends_with('/') { EntryKind::Folder } else { EntryKind::File };
                builder.add(&Entry { path: path.as_bytes(), kind, size: Some(1) });
            }
            let tree = builder.finish();
            let layout = Layout::read(&tree, &target(&uri));
            let mut names = std::collections::BTreeSet::new();
            for sensor in &layout.sensors {
                let name = sensor.expected_folder.clone().unwrap_or_else(|| sensor.label().into_owned());
                prop_assert!(sensor.expected_folder.is_none() || dataset_path::is_valid(name.as_bytes()), "{}", name);
                prop_assert!(name.ends_with(&sensor.name));
                prop_assert!(names.insert(name), "two sensors of one name");
            }
            prop_assert_eq!(layout.is_sensor_oriented(), !layout.sensors.is_empty());
        }
    }
}
