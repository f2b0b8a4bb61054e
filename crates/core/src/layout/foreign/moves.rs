//! Where the frames of another layout belong that only stand elsewhere: every folder of them, and
//! not only the first.

use std::collections::{BTreeMap, BTreeSet};

use super::table::NamedDir;
use super::view::{View, whole_suffix};
use super::{DETECTORS, Mark, SCENE, clouds};
use crate::layout::Foreign;
use crate::names::{Media, SensorKind, dataset_path, sensor_name};
use crate::text;
use crate::tree::{FileClass, FolderId, Target, Tree};

/// A folder of frames, or a file, and its path in order. Folders end in `/`.
pub(crate) struct PathMove {
    pub(crate) from: Vec<u8>,
    pub(crate) to: Vec<u8>,
}

/// The moves that make a sensor-oriented tree of another layout.
#[derive(Default)]
pub(crate) struct Moves {
    pub(crate) paths: Vec<PathMove>,
    /// Whether no folder names a scene, which gets the name of the target.
    pub(crate) scene_is_target: bool,
}

/// The moves that make a sensor-oriented tree of another layout. None where something is to be
/// converted, where the layout does not say of each frame what sensor and what scene it is of, or
/// where two folders would become one.
///
/// What is no frame stays where it is, save for what stands in a folder of one sensor's frames,
/// which goes with it. Names stay as they are; only images beside their cloud, or in a folder of
/// its name, get its name.
pub(crate) fn moves(tree: &Tree, target: &Target, foreign: &Foreign) -> Moves {
    all_moves(tree, target, foreign).unwrap_or_default()
}

fn all_moves(tree: &Tree, target: &Target, foreign: &Foreign) -> Option<Moves> {
    let root = View::new(tree, foreign.root);
    let named = DETECTORS.iter().filter(|detector| detector.name == foreign.name);
    let detector = named.into_iter().find(|detector| detector.find(root).is_some())?;
    let depth = tree.folder(foreign.root).depth();
    let roots = tree.ids().filter(|id| tree.folder(*id).depth() == depth);
    let roots = roots.map(|id| View::new(tree, id)).filter(|view| detector.find(*view).is_some());
    // The scene of a target that is one scene itself.
    let scene_here = sensor_name::sanitize(target.segments.last().map_or("", String::as_str));
    let mut scene_is_target = false;
    let mut name_scene = |scene: &mut String| {
        scene_is_target |= scene.contains(SCENE);
        *scene = scene.replace(SCENE, &scene_here);
    };
    let mut places = Places { tree, named: BTreeMap::new(), taken: BTreeSet::new() };
    let paths = match detector.mark {
        Mark::Table(table) => {
            let mut dirs = Vec::new();
            for root in roots {
                dirs.extend(table.all_dirs(root)?);
            }
            dirs.iter_mut().for_each(|dir| name_scene(&mut dir.scene));
            of_table(dirs, &mut places)?
        }
        Mark::Clouds(_, clouds) => {
            let mut paths = Vec::new();
            for root in roots {
                let mut task = clouds(root)?;
                name_scene(&mut task.scene);
                paths.extend(clouds::moves_of(&task, &mut places)?);
            }
            paths
        }
        Mark::Function(_) => return None,
    };
    Some(Moves { paths, scene_is_target })
}

/// The moves of the folders of a table.
fn of_table(dirs: Vec<NamedDir<'_>>, places: &mut Places<'_>) -> Option<Vec<PathMove>> {
    let (of_clouds, of_sensors): (Vec<NamedDir<'_>>, Vec<NamedDir<'_>>) =
        dirs.into_iter().partition(|dir| dir.is_of_one_cloud);
    // Of several cameras in one folder, the layout names one.
    let is_mixed = |dir: &NamedDir<'_>| dir.is_called && dir.kind == SensorKind::Camera;
    if of_sensors.iter().any(is_mixed) {
        return None;
    }
    let of_sensors = without_other_forms(of_sensors)?;
    let mut found_moves = Vec::new();
    let mut seen = BTreeSet::new();
    for found in &of_sensors {
        // One folder with frames of two kinds of sensors is to be sorted.
        if !seen.insert(found.dir.id) || !are_frames(found) {
            return None;
        }
        let to = places.folder(found.kind, &found.sensor, &found.scene)?;
        if !places.is_new_scene(&to) {
            return None;
        }
        found_moves.push(PathMove { from: found.dir.path(), to: to.into_bytes() });
    }
    found_moves.extend(images_of_clouds(&of_clouds, &of_sensors, places)?);
    Some(found_moves)
}

/// Without the folders that hold what another holds in another form: of those of one sensor and
/// scene that the layout names, one is to hold frames as they are. `None` where several do.
fn without_other_forms(dirs: Vec<NamedDir<'_>>) -> Option<Vec<NamedDir<'_>>> {
    let key = |dir: &NamedDir<'_>| (dir.kind, dir.sensor.clone(), dir.scene.clone());
    let mut counts: BTreeMap<_, (u32, u32)> = BTreeMap::new();
    for dir in dirs.iter().filter(|dir| dir.is_called) {
        let (all, ready) = counts.entry(key(dir)).or_default();
        *all += 1;
        *ready += u32::from(are_frames(dir));
    }
    if counts.values().any(|(all, ready)| *all > 1 && *ready != 1) {
        return None;
    }
    let is_alone = |dir: &NamedDir<'_>| counts.get(&key(dir)).is_none_or(|(all, _)| *all == 1);
    Some(dirs.into_iter().filter(|dir| is_alone(dir) || are_frames(dir)).collect())
}

/// The folders that frames go to.
pub(super) struct Places<'t> {
    tree: &'t Tree,
    /// The sensors' folders, and which sensor each is of.
    named: BTreeMap<String, (SensorKind, String)>,
    /// The folders of scenes that were given.
    taken: BTreeSet<String>,
}

impl Places<'_> {
    /// The folder of a scene of a sensor. `None` where it is no name in order, where something
    /// stands there, or where another sensor gets the same name.
    pub(super) fn folder(&mut self, kind: SensorKind, sensor: &str, scene: &str) -> Option<String> {
        let name = sensor_name::in_order(sensor, kind);
        let folder = format!("{name}/{scene}/");
        let root = self.tree.folder(FolderId::ROOT);
        let is_free = !root.holds(name.as_bytes())
            && self.tree.child(FolderId::ROOT, name.as_bytes()).is_none();
        let owner = (kind, sensor.to_owned());
        let known = self.named.entry(name).or_insert_with(|| owner.clone());
        (is_free && *known == owner && dataset_path::is_valid(folder.as_bytes())).then_some(folder)
    }

    /// Whether a folder was not given before.
    pub(super) fn is_new_scene(&mut self, folder: &str) -> bool {
        self.taken.insert(folder.to_owned())
    }
}

/// Whether a folder holds no other folders, and of point clouds and images only those that are
/// frames of its sensor as they are.
fn are_frames(found: &NamedDir<'_>) -> bool {
    let NamedDir { dir, kind, file, .. } = found;
    let folder = dir.tree.folder(dir.id);
    let is_kept = |suffix: &str| {
        let suffix = suffix.to_ascii_lowercase();
        match Media::of_suffix(&suffix) {
            Media::Other => true,
            _ => is_frame(*kind, &suffix),
        }
    };
    let numbered = folder.frames().iter().all(|(naming, _)| is_kept(naming.suffix()));
    let unnumbered = folder.remarks().iter().all(|(class, _)| match class {
        FileClass::Unnumbered(suffix) => is_kept(suffix.as_str()),
        _ => true,
    });
    numbered && unnumbered && is_frame(*kind, &whole_suffix(file)) && dir.dirs().next().is_none()
}

/// Whether files of a suffix are frames of a sensor.
pub(super) fn is_frame(kind: SensorKind, suffix: &str) -> bool {
    match kind {
        SensorKind::Lidar => suffix == kind.suffix(),
        SensorKind::Camera => dataset_path::CAMERA_SUFFIXES.contains(&suffix),
    }
}

/// The files of a folder, by name.
pub(super) fn files(dir: View<'_>) -> Vec<Vec<u8>> {
    let mut names = Vec::new();
    dir.tree.folder(dir.id).for_each_entry(|name, _| names.push(name.to_vec()));
    names.sort_unstable();
    names
}

/// What stands before the last dot.
pub(super) fn stem(name: &[u8]) -> &[u8] {
    let dot = name.iter().rposition(|byte| *byte == b'.').filter(|at| *at > 0);
    dot.map_or(name, |at| &name[..at])
}

/// A name as it stands in folders' names, where a dot may be an underscore.
fn without_dots(name: &[u8]) -> Vec<u8> {
    name.iter().map(|byte| if *byte == b'.' { b'_' } else { *byte }).collect()
}

/// An image in the folder of its cloud.
struct CloudImage<'d> {
    from: Vec<u8>,
    scene: &'d str,
    /// The cloud's stem, which becomes its own.
    stem: Vec<u8>,
    /// Its own stem, and its suffix with the dot.
    own: String,
    suffix: Vec<u8>,
}

/// The moves of images that stand in a folder for each cloud. `None` where their names do not say
/// which are of one camera.
fn images_of_clouds(
    of_clouds: &[NamedDir<'_>],
    of_sensors: &[NamedDir<'_>],
    places: &mut Places<'_>,
) -> Option<Vec<PathMove>> {
    // By scene, what folders are called and the stem of the cloud that is meant.
    let mut clouds: BTreeMap<&str, BTreeMap<Vec<u8>, Vec<u8>>> = BTreeMap::new();
    for found in of_sensors.iter().filter(|found| found.kind == SensorKind::Lidar) {
        let known = clouds.entry(&found.scene).or_default();
        for name in files(found.dir) {
            known.insert(without_dots(&name), stem(&name).to_vec());
            known.insert(without_dots(stem(&name)), stem(&name).to_vec());
        }
    }
    let mut images = Vec::new();
    let (mut most, mut names) = (0, BTreeSet::new());
    for found in of_clouds {
        let folder = found.dir.tree.folder(found.dir.id).name();
        let known = clouds.get(&*found.scene).and_then(|of| of.get(&without_dots(folder)));
        let without_its_cloud = || folder.strip_suffix(b"_pcd").map(<[u8]>::to_vec);
        let cloud = known.cloned().or_else(without_its_cloud).filter(|it| !it.is_empty())?;
        let mut here = BTreeSet::new();
        for name in files(found.dir) {
            let suffix = whole_suffix(&text::lossless(&name));
            if Media::of_suffix(&suffix) != Media::Image {
                continue;
            }
            let own = text::lossless(stem(&name)).into_owned();
            if !is_frame(found.kind, &suffix) || !here.insert(own.clone()) {
                return None;
            }
            names.insert(own.clone());
            let suffix = name.get(stem(&name).len()..).unwrap_or_default().to_vec();
            let from = [found.dir.path(), name].concat();
            let scene = &*found.scene;
            images.push(CloudImage { from, scene, stem: cloud.clone(), own, suffix });
        }
        most = most.max(here.len());
    }
    // The same names in every folder are those of the cameras. Where each folder has one image with
    // a name of its own, these are of one camera.
    let are_cameras = names.len() == most;
    if !are_cameras && (most > 1 || names.len() != images.len()) {
        return None;
    }
    let mut taken = BTreeSet::new();
    let moves = images.into_iter().map(|image| {
        let sensor = if are_cameras { image.own.as_str() } else { "0" };
        let folder = places.folder(SensorKind::Camera, sensor, image.scene)?;
        let to = [folder.as_bytes(), &image.stem, &image.suffix].concat();
        taken.insert(to.clone()).then_some(PathMove { from: image.from, to })
    });
    moves.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::foreign::recognise;
    use crate::sketch::Sketch;

    fn check(drawn: &str, expected: &[(&str, &str)]) {
        let inspection = Sketch::parse(drawn).expect("a sketch").inspection();
        let tree = &inspection.tree;
        let foreign = recognise(tree).unwrap_or_else(|| panic!("not recognised: {drawn}"));
        let found = moves(tree, &inspection.target, &foreign).paths;
        let text = |path: Vec<u8>| String::from_utf8(path).expect("text");
        let mut found: Vec<(String, String)> =
            found.into_iter().map(|PathMove { from, to }| (text(from), text(to))).collect();
        found.sort();
        let found: Vec<(&str, &str)> = found.iter().map(|(from, to)| (&**from, &**to)).collect();
        assert_eq!(found, expected, "{drawn}");
    }

    #[test]
    fn scenes_of_xtreme1() {
        let scene = "  camera_config/\n    08.json\n  camera_image_0/\n    08.jpg\n  lidar_point_cloud_0/\n    08.pcd\n";
        check(
            &format!("a/\n{scene}b/\n{scene}notes/\n  x.txt\n"),
            &[
                ("a/camera_image_0/", "camera-image_0/a/"),
                ("a/lidar_point_cloud_0/", "lidar-point_cloud_0/a/"),
                ("b/camera_image_0/", "camera-image_0/b/"),
                ("b/lidar_point_cloud_0/", "lidar-point_cloud_0/b/"),
            ],
        );
        let clouds = scene.replace("pcd", "bin");
        check(&format!("a/\n{scene}b/\n{clouds}"), &[]);
        // Two scenes of one name, and folders that stand where sensors go.
        let batch = |name: &str| {
            let lines = scene.lines().map(|line| format!("  {line}\n"));
            format!("{name}/\n  a/\n{}", lines.collect::<String>())
        };
        check(&format!("{}{}", batch("train"), batch("val")), &[]);
        check(&format!("a/\n{scene}camera-image_0/\n  notes.txt\n"), &[]);
        check(&format!("a/\n{}", scene.replace("08.jpg", "x/\n      1.jpg\n    08.jpg")), &[]);
    }

    #[test]
    fn one_scene_is_named_as_the_target() {
        let scene = "camera_config/\n  08.json\ncamera_image_0/\n  08.jpg\nlidar_point_cloud_0/\n  08.pcd\n";
        let expected = [
            ("camera_image_0/", "camera-image_0/drive_7/"),
            ("lidar_point_cloud_0/", "lidar-point_cloud_0/drive_7/"),
        ];
        check(&format!("target: data/drive_7\n{scene}"), &expected);
        check(&format!("target: data/drive 7\n{scene}"), &expected);
    }

    #[test]
    fn images_of_one_cloud_each() {
        let dataset = |images: [&str; 4]| {
            let [a, b, c, d] = images;
            format!(
                "meta.json\nkey_id_map.json\nds0/\n  ann/\n    1.5.pcd.json\n  pointcloud/\n    1.5.pcd\n    2.5.pcd\n  related_images/\n    1_5_pcd/\n      {a}\n      {b}\n      x.json\n    2_5_pcd/\n      {c}\n      {d}\n"
            )
        };
        let clouds = ("ds0/pointcloud/", "lidar-0/ds0/");
        check(
            &dataset(["left.png", "right.jpg", "left.png", "right.jpg"]),
            &[
                clouds,
                ("ds0/related_images/1_5_pcd/left.png", "camera-left/ds0/1.5.png"),
                ("ds0/related_images/1_5_pcd/right.jpg", "camera-right/ds0/1.5.jpg"),
                ("ds0/related_images/2_5_pcd/left.png", "camera-left/ds0/2.5.png"),
                ("ds0/related_images/2_5_pcd/right.jpg", "camera-right/ds0/2.5.jpg"),
            ],
        );
        check(
            &dataset(["1.5.png", "a.txt", "2.5.png", "a.txt"]),
            &[
                clouds,
                ("ds0/related_images/1_5_pcd/1.5.png", "camera-0/ds0/1.5.png"),
                ("ds0/related_images/2_5_pcd/2.5.png", "camera-0/ds0/2.5.png"),
            ],
        );
        // Which of them are of one camera?
        check(&dataset(["p1.png", "p2.png", "p3.png", "p4.png"]), &[]);
        check(&dataset(["left.png", "left.jpg", "left.png", "left.jpg"]), &[]);
        check(&dataset(["left.tif", "a.txt", "left.tif", "a.txt"]), &[]);
    }

    #[test]
    fn of_two_forms_of_one_sensor_the_one_that_can_be_read() {
        let drive = |first: &str, second: &str| {
            format!(
                "00000/\n  os1_cloud_node_color_ply/\n    000000.{first}\n  os1_cloud_node_kitti_bin/\n    000000.{second}\n  pylon_camera_node/\n    frame000000-1581624652_750.jpg\n  poses.txt\n"
            )
        };
        check(
            &drive("ply", "pcd"),
            &[
                ("00000/os1_cloud_node_kitti_bin/", "lidar-os1/00000/"),
                ("00000/pylon_camera_node/", "camera-pylon_camera_node/00000/"),
            ],
        );
        check(&drive("pcd", "pcd"), &[]);
        check(&drive("ply", "bin"), &[]);
    }

    #[test]
    fn clouds_with_images_beside_them_are_sorted_by_what_says_their_camera() {
        let frames = |images: [&str; 3]| {
            let [a, b, c] = images;
            format!(
                "7/\n  01/\n    01.pcd\n    {a}\n    {b}\n    label.json\n  02/\n    02.pcd\n    {c}\n  notes/\n    a.txt\n"
            )
        };
        check(
            &frames(["left.png", "right.JPG", "left.png"]),
            &[
                ("7/01/01.pcd", "lidar-0/7/01.pcd"),
                ("7/01/left.png", "camera-left/7/01.png"),
                ("7/01/right.JPG", "camera-right/7/01.JPG"),
                ("7/02/02.pcd", "lidar-0/7/02.pcd"),
                ("7/02/left.png", "camera-left/7/02.png"),
            ],
        );
        check(
            &frames(["01.jpg", "a.txt", "02.png"]),
            &[
                ("7/01/01.jpg", "camera-0/7/01.jpg"),
                ("7/01/01.pcd", "lidar-0/7/01.pcd"),
                ("7/02/02.pcd", "lidar-0/7/02.pcd"),
                ("7/02/02.png", "camera-0/7/02.png"),
            ],
        );
        // Which of them are of one camera, and of one moment?
        check(&frames(["left.png", "a.txt", "right.png"]), &[]);
        check(&frames(["left.png", "left.jpg", "left.png"]), &[]);
        check(&frames(["left.png", "03.pcd", "left.png"]), &[]);
        check(&frames(["left.png", "03.bin", "left.png"]), &[]);
        check(&format!("{}  03/\n    left.png\n", frames(["left.png", "a.txt", "left.png"])), &[]);
        check(
            &format!("{}  03/\n    x/\n      1.pcd\n", frames(["left.png", "a.txt", "left.png"])),
            &[],
        );
        check(&frames(["left.png", "deep/\n      1.jpg", "left.png"]), &[]);
        // Where the sensor goes something stands.
        check(
            &format!("{}lidar-0/\n  notes.txt\n", frames(["left.png", "a.txt", "left.png"])),
            &[],
        );
    }

    #[test]
    fn the_folder_data_of_a_task_names_no_scene() {
        let expected = [
            ("data/01.jpg", "camera-0/drive_7/01.jpg"),
            ("data/01.pcd", "lidar-0/drive_7/01.pcd"),
            ("data/02.pcd", "lidar-0/drive_7/02.pcd"),
        ];
        check("target: data/drive_7\ndata/\n  01.pcd\n  02.pcd\n  01.jpg\n", &expected);
        check(
            "a/\n  data/\n    01.pcd\n    01.jpg\nb/\n  data/\n    01.pcd\n    01.jpg\n",
            &[
                ("a/data/01.jpg", "camera-0/a/01.jpg"),
                ("a/data/01.pcd", "lidar-0/a/01.pcd"),
                ("b/data/01.jpg", "camera-0/b/01.jpg"),
                ("b/data/01.pcd", "lidar-0/b/01.pcd"),
            ],
        );
        // An image of no cloud, two of one, and what stands deeper.
        check("data/\n  01.pcd\n  01.jpg\n  02.jpg\n", &[]);
        check("data/\n  01.pcd\n  01.jpg\n  01.png\n", &[]);
        check("data/\n  01.pcd\n  01.jpg\n  x/\n    02.pcd\n", &[]);
        check("data/\n  01.pcd\n  01.jpg\n  02.tif\n", &[]);
    }

    #[test]
    fn what_is_to_be_converted_or_sorted_stays() {
        for drawn in [
            "camera/\n  front_camera/\n    00.jpg\n    intrinsics.json\nlidar/\n  00.pkl.gz\n  poses.json\n",
            "2021/\n  641/\n    000069.pcd\n    000069.yaml\n    000069_camera0.png\n  data_protocol.yaml\n",
            "2021/\n  641/\n    000069.yaml\n    000069_camera0.png\n    000069_camera1.png\n  data_protocol.yaml\n",
        ] {
            check(drawn, &[]);
        }
    }
}
