//! Single known faults.

use sensortree_core::names::{METADATA, SensorKind};
use sensortree_core::sketch::{Held, Sketch};
use sensortree_core::tree::EntryKind;
use sensortree_probe::Depth;

use crate::draft::{Draft, swap_end};
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

    /// Draws the plan's tree with this fault in it. The plan should have two LiDARs, two cameras,
    /// two scenes and a dozen frames at least; what a fault does not find is left as it is.
    #[must_use]
    pub fn plant(self, plan: &Plan) -> Sketch {
        Self::plant_all(&[self], plan)
    }

    /// Draws the plan's tree with all of these faults in it, one after the other, as far as each
    /// finds what it hits.
    #[must_use]
    pub fn plant_all(faults: &[Self], plan: &Plan) -> Sketch {
        let mut plan = plan.clone();
        faults.iter().for_each(|fault| fault.disturb(&mut plan));
        let mut draft = Draft { sketch: plan.sketch() };
        faults.iter().for_each(|fault| fault.edit(&plan, &mut draft));
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
