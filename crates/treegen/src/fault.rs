//! Single known faults.

use sensortree_core::names::{METADATA, SensorKind};
use sensortree_core::sketch::{Drawn, Held, Sketch, fitting_metadata};
use sensortree_core::tree::EntryKind;
use sensortree_probe::Depth;

use crate::{Plan, Unit};

/// Declares the faults: each a variant, the code of the rule that finds it, and what is done.
macro_rules! faults {
    ($($(#[doc = $doc:literal])* $id:ident = $code:literal,)*) => {
        /// One thing that is wrong about a tree, named for the rule that finds it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault {
            $($(#[doc = $doc])* $id,)*
        }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Fault] = &[$(Fault::$id,)*];

            /// The code of the rule that finds it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Fault::$id => $code,)*
                }
            }
        }
    };
}

faults! {
    /// No metadata.json.
    MetadataMissing = "L101",
    /// metadata.json in another case.
    MetadataMisplaced = "L102",
    /// `camera_c0` for `camera-c0`.
    SensorPrefixMissing = "L103",
    /// `camera-` for the last camera.
    SensorNameEmpty = "L104",
    /// A file at the top.
    StrayFile = "L105",
    /// A folder without frames at the top.
    StrayFolder = "L106",
    /// A frame right under a sensor.
    FrameOutsideScene = "L107",
    /// A folder in a scene's folder.
    NestedTooDeep = "L108",
    /// A further camera without any frame.
    EmptySensor = "L109",
    /// A further scene without any frame.
    EmptyScene = "L110",
    /// Scenes at the top and sensors below.
    SceneOrientedTree = "L111",
    /// Everything one level deeper.
    WrongRoot = "L112",
    /// Nothing but metadata.json.
    NoSensor = "L113",
    /// `.bin` for the `.pcd` of a LiDAR.
    LidarSuffix = "L114",
    /// `.png` for the `.jpg` of a camera.
    CameraSuffix = "L115",
    /// `.pcd` for the `.jpg` of a camera.
    ModalitySwapped = "L116",
    /// `frame_….pcd`, in all sensors.
    StemNotTimestamp = "L117",
    /// Microseconds, in all sensors.
    TimestampUnit = "L118",
    /// One frame a second time, with a leading zero.
    DuplicateFrame = "L119",
    /// A second scene, in all sensors, whose name differs by case.
    NameCollision = "L120",
    /// A scene whose name has a control character, in all sensors.
    NameCharacters = "L121",
    /// The layout of KITTI raw.
    ForeignLayout = "L123",
    /// A scene that one camera lacks.
    SceneMissingInSensor = "A201",
    /// Frames that one camera lacks.
    FrameMissingInSensor = "A202",
    /// A camera whose timestamps are a few milliseconds off, each by another amount.
    TimestampsJittered = "A203",
    /// A camera whose clock is eight hours ahead.
    ClockOffset = "A204",
    /// A camera of three times the rate.
    FrameRateMismatch = "A205",
    /// A camera in microseconds.
    TimestampUnitMismatch = "A206",
    /// A scene in which one camera's timestamps have nothing to do with the others'.
    NoCommonFrame = "A207",
    /// A stretch that all sensors lack.
    TimelineGap = "A208",
    /// Timestamps that get one digit longer within a scene.
    FrameOrder = "A209",
    /// A trailing comma.
    MetadataSyntax = "M101",
    /// No `version`.
    MetadataFieldMissing = "M102",
    /// A number for `version`.
    MetadataFieldType = "M103",
    /// A field that is not known.
    MetadataFieldUnknown = "M104",
    /// `version` 2.0.
    MetadataVersion = "M105",
    /// `fileTreeType` 1.
    MetadataFileTreeType = "M106",
    /// `dataType` 2 where there is a LiDAR.
    MetadataDataType = "M107",
    /// A LiDAR in metadata.json that has no folder.
    SequenceSensorUnknown = "M108",
    /// A LiDAR that metadata.json does not name.
    SensorNotInSequence = "M109",
    /// A LiDAR that metadata.json names twice.
    SequenceDuplicate = "M110",
    /// A camera without coefficients.
    CoefficientsMissing = "M111",
    /// Coefficients of a camera that is not there.
    CoefficientsUnknownCamera = "M112",
    /// `Pinhole` for `PinHole`.
    CameraModelUnknown = "C101",
    /// No `fy`.
    CameraParametersMismatch = "C102",
    /// An image that is 0 wide.
    ImageSizeInvalid = "C103",
    /// An image on its side.
    ImageSizeMismatch = "C104",
    /// A focal length of 0.
    FocalLengthInvalid = "C105",
    /// A principal point far outside the image.
    PrincipalPointOutside = "C106",
    /// A heading of length 1.08.
    RotationNotUnit = "C107",
    /// A camera half a kilometre away.
    PositionImplausible = "C108",
    /// Two cameras in one place.
    CalibrationCopied = "C109",
    /// A pinhole that sees 174°.
    FieldOfViewImplausible = "C110",
    /// No rotation, no place and a focal length of 1.
    CalibrationPlaceholder = "C112",
    /// A frame of zero bytes.
    FileEmpty = "F101",
    /// A PCD header without `SIZE`.
    PcdHeader = "F102",
    /// Half of the points that a header promises.
    PcdTruncated = "F103",
    /// A point cloud of `X Y Z`.
    PcdFields = "F104",
    /// A point cloud of no points.
    PcdNoPoints = "F105",
    /// A PNG under the name of a JPEG.
    JpegSignature = "F106",
    /// A JPEG without its end.
    JpegTruncated = "F107",
    /// A JPEG in CMYK.
    JpegExotic = "F108",
    /// A git-LFS pointer.
    ContentIsPointer = "F109",
    /// A frame of zeros.
    ContentAllZero = "F110",
    /// A point cloud in which no position is a number.
    PcdNanPoints = "F111",
    /// A point cloud in which every point is at the origin.
    PcdZeroPoints = "F112",
    /// A point cloud in millimetres.
    PcdCoordinatesImplausible = "F113",
    /// A compressed point cloud that cannot be unpacked.
    PcdDataMalformed = "F114",
    /// A point cloud in text of more lines than its header says.
    PcdSurplusPoints = "F115",
    /// A JPEG without tables of quantisation.
    JpegHeader = "F116",
    /// A JPEG whose data are no codes in the middle.
    JpegDamaged = "F117",
    /// A point cloud of `HEIGHT` 0.
    PcdHeaderUncommon = "F120",
    /// A point cloud whose second half is zeros.
    PcdBlankTail = "F121",
    /// A point cloud that is the same as the one before.
    FramesIdentical = "F123",
    /// A point cloud of hardly any points.
    PcdSparse = "F124",
    /// A point cloud of other fields than the others.
    PcdFieldsDiffer = "F125",
    /// A point cloud whose points are all in one place.
    PcdPointsEqual = "F126",
    /// An image of one colour.
    ImageBlank = "F127",
    /// A `.DS_Store`.
    JunkFile = "H101",
    /// What an interrupted copy left behind.
    PartialFile = "H103",
    /// A symbolic link.
    SymbolicLink = "H104",
    /// A fifo.
    SpecialFile = "H105",
}

/// How many points a cloud in text is drawn with.
const HUNDRED: &str = "WIDTH 100\\nHEIGHT 1\\nVIEWPOINT 0 0 0 1 0 0 0\\nPOINTS 100\\n";
/// The camera that most faults hit, as its folder starts.
const CAMERA: &[u8] = b"camera-c0/";
/// The LiDAR that most faults hit.
const LIDAR: &[u8] = b"lidar-l0/";

impl Fault {
    /// The fault whose rule has this code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.code().eq_ignore_ascii_case(code))
    }

    /// Draws the plan's tree with this fault in it. The plan should have two LiDARs, two cameras, two scenes and a dozen
    /// frames at least; what a fault does not find is left as it is.
    #[must_use]
    pub fn plant(self, plan: &Plan) -> Sketch {
        let mut plan = plan.clone();
        self.disturb(&mut plan);
        let mut draft = Draft { sketch: plan.sketch() };
        self.edit(&plan, &mut draft);
        draft.sketch
    }

    /// Faults of time are made in the plan.
    fn disturb(self, plan: &mut Plan) {
        let eight_hours = 8 * 3_600_000_000_000;
        match self {
            Fault::TimestampUnit => {
                plan.sensors.iter_mut().for_each(|sensor| sensor.unit = Unit::Microseconds);
            }
            Fault::FrameOrder => plan.start_ns = 999_999_999_500_000_000,
            _ => {
                let Some(camera) = plan.sensors_mut(SensorKind::Camera).next() else { return };
                match self {
                    Fault::TimestampsJittered => camera.jitter_ns = 4_000_000,
                    Fault::ClockOffset => camera.offset_ns = eight_hours,
                    Fault::FrameRateMismatch => camera.rate = 3,
                    Fault::TimestampUnitMismatch => camera.unit = Unit::Microseconds,
                    _ => {}
                }
            }
        }
    }

    /// All others are made in the drawn tree.
    fn edit(self, plan: &Plan, draft: &mut Draft) {
        match self {
            Fault::TimestampUnit
            | Fault::FrameOrder
            | Fault::TimestampsJittered
            | Fault::ClockOffset
            | Fault::FrameRateMismatch
            | Fault::TimestampUnitMismatch => {}
            Fault::MetadataMissing => draft.drop_metadata(),
            Fault::MetadataMisplaced => draft.move_metadata(b"Metadata.json"),
            Fault::SensorPrefixMissing => draft.rename(CAMERA, b"camera_c0/"),
            Fault::SensorNameEmpty => draft.rename(CAMERA, b"camera-/"),
            Fault::StrayFile => draft.add(b"notes.txt"),
            Fault::StrayFolder => draft.add(b"labels/classes.txt"),
            Fault::FrameOutsideScene => draft.add(b"lidar-l0/1600000000000.pcd"),
            Fault::NestedTooDeep => draft.add(b"lidar-l0/scene_0000/more/1600000000000.pcd"),
            Fault::EmptySensor => {
                draft.put(b"camera-empty", EntryKind::Folder, 0);
                draft.fit_metadata(plan, "empty");
            }
            Fault::EmptyScene => {
                for sensor in &plan.sensors {
                    let folder = format!("{}{}/scene_empty", sensor.kind.prefix(), sensor.name);
                    draft.put(folder.as_bytes(), EntryKind::Folder, 0);
                }
            }
            Fault::SceneOrientedTree => draft.transpose(),
            Fault::WrongRoot => draft.nest(b"dataset/"),
            Fault::NoSensor => draft.keep(|path| path == METADATA.as_bytes()),
            Fault::LidarSuffix => {
                draft.rename_files(LIDAR, |name| swap_end(name, b".pcd", b".bin"));
            }
            Fault::CameraSuffix => {
                draft.rename_files(CAMERA, |name| swap_end(name, b".jpg", b".png"));
            }
            Fault::ModalitySwapped => {
                draft.rename_files(CAMERA, |name| swap_end(name, b".jpg", b".pcd"));
            }
            Fault::StemNotTimestamp => {
                draft.rename_files(b"lidar-", |name| [b"frame_", name].concat());
                draft.rename_files(b"camera-", |name| [b"frame_", name].concat());
            }
            Fault::DuplicateFrame => draft.repeat_first(LIDAR, |name| [b"0", name].concat()),
            Fault::NameCollision => draft.repeat_scene(b"/scene_0000/", b"/Scene_0000/"),
            Fault::NameCharacters => draft.rename_scene(b"/scene_0000/", b"/scene\n0000/"),
            Fault::ForeignLayout => draft.become_kitti(plan),
            Fault::SceneMissingInSensor => {
                draft.keep(|path| !path.starts_with(b"camera-c0/scene_0000/"));
            }
            Fault::FrameMissingInSensor => draft.lose(b"camera-c0/scene_0000/", 3..5),
            Fault::TimelineGap => {
                for sensor in 0..plan.sensors.len() {
                    draft.lose(plan.folder(sensor, 0).as_bytes(), 6..18);
                }
            }
            Fault::NoCommonFrame => draft.scatter(plan, b"camera-c0/scene_0000/"),
            Fault::PcdHeader => draft.hold(LIDAR, "edit SIZE 4 4 4 4\\n ->"),
            Fault::PcdTruncated => draft.hold(LIDAR, "cut"),
            Fault::PcdFields => draft.hold(LIDAR, "edit x y z -> X Y Z"),
            Fault::PcdNoPoints => draft.hold(LIDAR, "no points"),
            Fault::JpegSignature => draft.hold(CAMERA, "png"),
            Fault::JpegTruncated => draft.hold(CAMERA, "cut"),
            Fault::JpegExotic => draft.hold(CAMERA, "cmyk"),
            Fault::PcdHeaderUncommon => draft.hold(LIDAR, "edit HEIGHT 1\\n -> HEIGHT 0\\n"),
            Fault::PcdBlankTail => draft.hold_whole(LIDAR, "half blank"),
            Fault::JpegHeader => draft.hold(CAMERA, "no tables"),
            Fault::JpegDamaged => draft.hold_whole(CAMERA, "torn"),
            Fault::ContentIsPointer => {
                draft.hold(LIDAR, "begins version https://git-lfs.github.com/spec/v1\\n");
            }
            Fault::ContentAllZero => draft.hold(LIDAR, "zeros"),
            Fault::PcdNanPoints => draft.hold_whole(LIDAR, "lost points"),
            Fault::PcdZeroPoints => draft.hold_whole(LIDAR, "points at origin"),
            Fault::ImageBlank => draft.hold_whole(CAMERA, "one colour"),
            Fault::PcdPointsEqual => draft.hold_whole(LIDAR, "equal points"),
            Fault::PcdCoordinatesImplausible => draft.hold_whole(LIDAR, "millimetres"),
            Fault::PcdDataMalformed => draft.hold_whole(LIDAR, "compressed, torn"),
            Fault::PcdSurplusPoints => {
                draft.hold_whole(LIDAR, &format!("ascii, edit {HUNDRED} -> POINTS 99\\n"));
            }
            Fault::FramesIdentical => {
                draft.sketch.depth = Depth::Whole;
                let same = Held::parse("same").unwrap_or_default();
                draft.starting_with(LIDAR).take(2).for_each(|drawn| drawn.hold(same.clone()));
            }
            Fault::PcdSparse => {
                draft.starting_with(LIDAR).for_each(|drawn| drawn.size = 20_000);
                draft.change_first(LIDAR, |drawn| drawn.size = 300);
            }
            Fault::PcdFieldsDiffer => draft.hold(LIDAR, "edit intensity -> ring"),
            Fault::ImageSizeMismatch => draft.hold(CAMERA, "1080x1920"),
            Fault::FileEmpty => draft.change_first(LIDAR, |drawn| drawn.size = 0),
            Fault::JunkFile => draft.add(b"camera-c0/scene_0000/.DS_Store"),
            Fault::PartialFile => draft.add(b"camera-c0/scene_0000/1600000000000.jpg.part"),
            Fault::SymbolicLink => draft.put(b"camera-c0/scene_0000/latest", EntryKind::Link, 0),
            Fault::SpecialFile => draft.put(b"camera-c0/scene_0000/pipe", EntryKind::Special, 0),
            _ => self.edit_metadata(draft),
        }
    }

    fn edit_metadata(self, draft: &mut Draft) {
        let (from, to) = match self {
            Fault::MetadataSyntax => ("]\n}", "],\n}"),
            Fault::MetadataFieldMissing => ("  \"version\": \"1.0\",\n", ""),
            Fault::MetadataFieldType => ("\"version\": \"1.0\"", "\"version\": 1"),
            Fault::MetadataFieldUnknown => {
                ("\"fileTreeType\": 0", "\"fileTreeType\": 0,\n  \"filetreeKind\": 0")
            }
            Fault::MetadataVersion => ("\"version\": \"1.0\"", "\"version\": \"2.0\""),
            Fault::MetadataFileTreeType => ("\"fileTreeType\": 0", "\"fileTreeType\": 1"),
            Fault::MetadataDataType => ("\"dataType\": 3", "\"dataType\": 2"),
            Fault::SequenceSensorUnknown => {
                ("\"lidarSequence\": [", "\"lidarSequence\": [\"unknown\", ")
            }
            Fault::SensorNotInSequence => ("\"lidarSequence\": [\"l0\", ", "\"lidarSequence\": ["),
            Fault::SequenceDuplicate => ("\"lidarSequence\": [", "\"lidarSequence\": [\"l0\", "),
            Fault::CameraModelUnknown => ("\"PinHole\"", "\"Pinhole\""),
            Fault::CameraParametersMismatch => (", \"fy\": 1200.0", ""),
            Fault::ImageSizeInvalid => ("\"width\": 1920", "\"width\": 0"),
            Fault::FocalLengthInvalid => ("\"fx\": 1200.0", "\"fx\": 0"),
            Fault::PrincipalPointOutside => ("\"cx\": 960.0", "\"cx\": 9600.0"),
            Fault::RotationNotUnit => ("\"w\": 0.5", "\"w\": 0.64"),
            Fault::PositionImplausible => ("\"x\": 0.5,", "\"x\": 500,"),
            Fault::CalibrationCopied => ("\"x\": 1.5,", "\"x\": 0.5,"),
            Fault::FieldOfViewImplausible => ("\"fx\": 1200.0", "\"fx\": 50.0"),
            Fault::CalibrationPlaceholder => (
                "\"heading\": {\"w\": 0.5, \"x\": -0.5, \"y\": 0.5, \"z\": -0.5},\n        \
                 \"position\": {\"x\": 0.5, \"y\": 0.25, \"z\": 1.5},\n        \
                 \"intrinsic\": {\"fx\": 1200.0, \"fy\": 1200.0, \"cx\": 960.0, \"cy\": 540.0}",
                "\"heading\": {\"w\": 1, \"x\": 0, \"y\": 0, \"z\": 0},\n        \
                 \"position\": {\"x\": 0, \"y\": 0, \"z\": 0},\n        \
                 \"intrinsic\": {\"fx\": 1, \"fy\": 1, \"cx\": 0, \"cy\": 0}",
            ),
            Fault::CoefficientsMissing => return draft.copy_coefficients("c0", None),
            Fault::CoefficientsUnknownCamera => {
                return draft.copy_coefficients("c0", Some("unknown"));
            }
            _ => return,
        };
        draft.edit_metadata(|text| text.replacen(from, to, 1));
    }
}

/// A drawn tree that is being changed.
struct Draft {
    sketch: Sketch,
}

impl Draft {
    fn put(&mut self, path: &[u8], kind: EntryKind, size: u64) {
        self.sketch.entries.push(Drawn { kind, size, ..Drawn::file(path) });
    }

    fn add(&mut self, path: &[u8]) {
        self.sketch.entries.push(Drawn::file(path));
    }

    fn keep(&mut self, wanted: impl Fn(&[u8]) -> bool) {
        self.sketch.entries.retain(|drawn| wanted(&drawn.path));
    }

    /// Changes every path that starts so.
    fn rename(&mut self, from: &[u8], to: &[u8]) {
        for drawn in &mut self.sketch.entries {
            if let Some(rest) = drawn.path.strip_prefix(from) {
                drawn.path = [to, rest].concat();
            }
        }
    }

    /// Changes the name of every file whose path starts so.
    fn rename_files(&mut self, start: &[u8], rename: impl Fn(&[u8]) -> Vec<u8>) {
        for drawn in self.sketch.entries.iter_mut().filter(|drawn| drawn.path.starts_with(start)) {
            let (folder, name) = split(&drawn.path);
            drawn.path = [folder, &rename(name)].concat();
        }
    }

    fn change_first(&mut self, start: &[u8], change: impl FnOnce(&mut Drawn)) {
        if let Some(drawn) = self.starting_with(start).next() {
            change(drawn);
        }
    }

    /// The files whose path starts so.
    fn starting_with<'d>(&'d mut self, start: &'d [u8]) -> impl Iterator<Item = &'d mut Drawn> {
        self.sketch.entries.iter_mut().filter(move |drawn| drawn.path.starts_with(start))
    }

    /// Lets the first file whose path starts so hold something else.
    fn hold(&mut self, start: &[u8], words: &str) {
        if let Ok(held) = Held::parse(words) {
            self.change_first(start, |drawn| drawn.hold(held));
        }
    }

    /// The same where the fault is seen by whoever looks at whole files.
    fn hold_whole(&mut self, start: &[u8], words: &str) {
        self.sketch.depth = Depth::Whole;
        self.hold(start, words);
    }

    /// Puts the first file whose path starts so beside itself, under another name.
    fn repeat_first(&mut self, start: &[u8], rename: impl Fn(&[u8]) -> Vec<u8>) {
        let first = self.sketch.entries.iter().find(|drawn| drawn.path.starts_with(start));
        if let Some(path) = first.map(|drawn| drawn.path.clone()) {
            let (folder, name) = split(&path);
            self.add(&[folder, &rename(name)].concat());
        }
    }

    fn repeat_scene(&mut self, from: &[u8], to: &[u8]) {
        let copies: Vec<Drawn> = self
            .sketch
            .entries
            .iter()
            .filter_map(|drawn| {
                Some(Drawn { path: replace(&drawn.path, from, to)?, ..drawn.clone() })
            })
            .collect();
        self.sketch.entries.extend(copies);
    }

    fn rename_scene(&mut self, from: &[u8], to: &[u8]) {
        for drawn in &mut self.sketch.entries {
            if let Some(path) = replace(&drawn.path, from, to) {
                drawn.path = path;
            }
        }
    }

    /// Takes some of the files in a folder away, by their position there.
    fn lose(&mut self, folder: &[u8], lost: std::ops::Range<usize>) {
        let mut at = 0;
        self.sketch.entries.retain(|drawn| {
            let inside = drawn.path.starts_with(folder);
            at += usize::from(inside);
            !(inside && lost.contains(&(at - 1)))
        });
    }

    /// Gives the frames in a folder timestamps at random within some weeks, years before the others.
    fn scatter(&mut self, plan: &Plan, folder: &[u8]) {
        let mut frame = 0;
        for drawn in self.sketch.entries.iter_mut().filter(|drawn| drawn.path.starts_with(folder)) {
            frame += 1;
            let stamp = 1_500_000_000_000 + plan.chance(usize::MAX, 0, frame) % 2_000_000_000;
            drawn.path = [folder, format!("{stamp}.jpg").as_bytes()].concat();
        }
    }

    fn transpose(&mut self) {
        for drawn in &mut self.sketch.entries {
            let parts: Vec<&[u8]> = drawn.path.split(|byte| *byte == b'/').collect();
            if let [sensor, scene, frame] = parts[..] {
                drawn.path = [scene, sensor, frame].join(&b'/');
            }
        }
    }

    fn nest(&mut self, folder: &[u8]) {
        for drawn in &mut self.sketch.entries {
            drawn.path = [folder, &drawn.path].concat();
        }
        self.sketch.metadata = None;
    }

    fn become_kitti(&mut self, plan: &Plan) {
        self.sketch.entries.clear();
        self.sketch.metadata = None;
        for name in ["calib_cam_to_cam.txt", "calib_velo_to_cam.txt"] {
            self.add(format!("2011_09_26/{name}").as_bytes());
        }
        for (sensor, suffix) in
            [("image_00", "png"), ("image_02", "png"), ("velodyne_points", "bin")]
        {
            let folder = format!("2011_09_26/2011_09_26_drive_0001_sync/{sensor}");
            self.add(format!("{folder}/timestamps.txt").as_bytes());
            for frame in 0..plan.frames {
                self.add(format!("{folder}/data/{frame:010}.{suffix}").as_bytes());
            }
        }
    }

    fn drop_metadata(&mut self) {
        self.keep(|path| path != METADATA.as_bytes());
        self.sketch.metadata = None;
    }

    fn move_metadata(&mut self, to: &[u8]) {
        self.drop_metadata();
        self.add(to);
    }

    fn set_metadata(&mut self, text: String) {
        self.change_first(METADATA.as_bytes(), |drawn| drawn.size = text.len() as u64);
        self.sketch.metadata = Some(text.into_bytes());
    }

    fn edit_metadata(&mut self, edit: impl FnOnce(String) -> String) {
        let text = self.sketch.metadata.take().unwrap_or_default();
        self.set_metadata(edit(String::from_utf8(text).unwrap_or_default()));
    }

    /// Makes metadata.json fit with one camera more.
    fn fit_metadata(&mut self, plan: &Plan, camera: &str) {
        let of_kind = |kind: SensorKind| {
            plan.sensors
                .iter()
                .filter(move |sensor| sensor.kind == kind)
                .map(|sensor| sensor.name.clone())
        };
        let lidars: Vec<String> = of_kind(SensorKind::Lidar).collect();
        let cameras: Vec<String> = of_kind(SensorKind::Camera).chain([camera.to_owned()]).collect();
        self.set_metadata(fitting_metadata(&lidars, &cameras));
    }

    /// Takes the coefficients of one camera away, or adds them a second time under another name and in another place.
    fn copy_coefficients(&mut self, camera: &str, to: Option<&str>) {
        self.edit_metadata(|text| {
            let mark = format!("    {{\n      \"name\": \"{camera}\"");
            let Some(start) = text.find(&mark) else { return text };
            let Some(length) = text[start..].find("\n    },\n") else { return text };
            let (before, rest) = text.split_at(start);
            let (entry, after) = rest.split_at(length + "\n    },\n".len());
            match to {
                None => format!("{before}{after}"),
                Some(name) => {
                    let other = entry.replacen(
                        &format!("\"name\": \"{camera}\""),
                        &format!("\"name\": \"{name}\""),
                        1,
                    );
                    let other = other.replacen("\"z\": 1.5", "\"z\": 2.5", 1);
                    format!("{before}{entry}{other}{after}")
                }
            }
        });
    }
}

fn split(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1))
}

fn swap_end(name: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    name.strip_suffix(from).map_or_else(|| name.to_vec(), |stem| [stem, to].concat())
}

fn replace(path: &[u8], from: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    let at = path.windows(from.len()).position(|window| window == from)?;
    Some([&path[..at], to, &path[at + from.len()..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_changes_the_tree() {
        let plan = Plan::new(2, 2, 2, 20);
        let good = plan.sketch();
        for fault in Fault::ALL {
            let bad = fault.plant(&plan);
            assert!(
                bad.entries != good.entries || bad.metadata != good.metadata,
                "{fault:?} does nothing"
            );
            assert_eq!(Fault::find(fault.code()), Some(*fault), "{fault:?}");
        }
    }
}
