//! What rules judge, and whether a tree has it: only a rule that had something to judge counts as
//! one that passed.
//!
//! Each function here answers for one such thing. A rule names one in its `judges:`, or has that of
//! its family. Nothing is answered by what a rule would find: a rule without findings has passed
//! only where there was something to find them in.

use sensortree_probe::Format;

use super::calibration::{
    calibrated_cameras, declared_size, entries, has_lidar, image_sizes, projected_cameras, sizes_of,
};
use super::content::image_sizes_differ::cameras_of_free_size;
use super::metadata::{body, is_projected};
use super::{request, who_says};
use crate::archive::{ArchiveFacts, Root, State};
use crate::document::calibration::CameraModel;
use crate::document::metadata::{Body, Coefficients};
use crate::document::request::Field;
use crate::finding::Context;
use crate::layout::SensorId;
use crate::names::SensorKind;
use crate::tree::files::Files;
use crate::tree::{Folder, FolderId};

/// Whether a tree, or what goes with it, has something that a rule judges.
pub(super) type Judges = fn(&Context<'_>) -> bool;

/// What the rules of a family judge, by the letter that a rule's code begins with, where a rule
/// does not say otherwise.
#[expect(
    clippy::panic,
    reason = "the compiler evaluates it, for each rule that names nothing itself"
)]
pub(super) const fn of_family(code: &str) -> Judges {
    match code.as_bytes().first() {
        Some(b'R') => request,
        Some(b'Z') => archive_entries,
        Some(b'L') => sensors,
        Some(b'A') => compared_frames,
        Some(b'M') => metadata_values,
        Some(b'C') => projected_poses,
        Some(b'F') => frames_looked_into,
        Some(b'H') => listing,
        _ => panic!("a rule's code begins with the letter of its family"),
    }
}

// The request.

/// A request, whatever it holds.
pub(super) fn request(context: &Context<'_>) -> bool {
    context.request.is_some()
}

/// A request that can be read as JSON, if only in part.
pub(super) fn request_values(context: &Context<'_>) -> bool {
    context.request.is_some_and(|request| request.document.root().is_some())
}

/// The fields of a request.
pub(super) fn request_fields(context: &Context<'_>) -> bool {
    request::body(context).is_some()
}

/// The address of the tree in a request.
pub(super) fn request_address(context: &Context<'_>) -> bool {
    request::field(context, Field::ResourceUrl).is_some()
}

/// What a request says of the tree's layout.
pub(super) fn request_file_tree_type(context: &Context<'_>) -> bool {
    request::field(context, Field::FileTreeType).is_some()
}

/// Whether the data are 2D or 3D by a request.
pub(super) fn request_data_type(context: &Context<'_>) -> bool {
    request::field(context, Field::DataType).is_some()
}

/// The same, where metadata.json or the tree says it, too.
pub(super) fn data_type_twice(context: &Context<'_>) -> bool {
    let is_said = || who_says::metadata(context).or_else(|| who_says::tree(context)).is_some();
    request_data_type(context) && is_said()
}

/// The dataset's name in a request.
pub(super) fn request_name(context: &Context<'_>) -> bool {
    request::field(context, Field::Name).is_some()
}

/// The project in a request.
pub(super) fn request_project(context: &Context<'_>) -> bool {
    request::field(context, Field::ProjectId).is_some()
}

/// The keys of a store that the platform is to read from, in a request.
pub(super) fn request_storage(context: &Context<'_>) -> bool {
    request::body(context).is_some_and(|(_, body)| body.storage.is_some())
        && Field::ExternalStorage.is_taken_by(context.settings.endpoint)
}

// The archive.

/// An archive, whether or not it can be read.
pub(super) fn archive(context: &Context<'_>) -> bool {
    context.archive.is_some()
}

/// What an archive lists, as far as its list could be read.
pub(super) fn archive_entries(context: &Context<'_>) -> bool {
    context.archive.is_some_and(|facts| match facts.state {
        State::Whole => facts.files > 0 || facts.tops.count() > 0,
        State::Broken { read, .. } => read > 0,
        State::Empty | State::NotAZip(_) | State::CutOff | State::Unread => false,
    })
}

/// An archive that holds a tree.
pub(super) fn archive_tree(context: &Context<'_>) -> bool {
    context.archive.is_some_and(ArchiveFacts::has_tree)
}

/// The top folder of an archive.
pub(super) fn archive_top(context: &Context<'_>) -> bool {
    context.archive.is_some_and(|facts| matches!(facts.root, Root::Top(_)))
}

// The listing: folders, files and their names.

/// Anything listed at all.
pub(super) fn listing(context: &Context<'_>) -> bool {
    !context.tree.is_empty()
}

/// A sensor.
pub(super) fn sensors(context: &Context<'_>) -> bool {
    !context.layout.sensors.is_empty()
}

/// A LiDAR.
pub(super) fn lidars(context: &Context<'_>) -> bool {
    has_sensor(context, SensorKind::Lidar)
}

/// A camera.
pub(super) fn cameras(context: &Context<'_>) -> bool {
    has_sensor(context, SensorKind::Camera)
}

fn has_sensor(context: &Context<'_>, kind: SensorKind) -> bool {
    context.layout.sensors.iter().any(|sensor| sensor.kind == kind)
}

/// A scene's folder.
pub(super) fn scenes(context: &Context<'_>) -> bool {
    !context.layout.cells().is_empty()
}

/// Two top folders or two scenes, whose names may be alike.
pub(super) fn several_names(context: &Context<'_>) -> bool {
    let tops = context.tree.children(FolderId::ROOT).len();
    tops > 1 || context.layout.scenes.len() > 1
}

/// A file in a scene, be it a frame or not.
pub(super) fn scene_files(context: &Context<'_>) -> bool {
    has_scene_folder(context, |folder| folder.files() > 0)
}

/// A frame, however it is named.
pub(super) fn frames(context: &Context<'_>) -> bool {
    let layout = context.layout;
    layout.cells().iter().any(|cell| {
        let media = layout.sensor(cell.sensor).kind.media();
        Files::in_folder(context.tree.folder(cell.folder)).any(|files| files.media() == media)
    })
}

/// A frame that is named by a number.
pub(super) fn numbered_frames(context: &Context<'_>) -> bool {
    let layout = context.layout;
    layout.cells().iter().any(|cell| layout.frames_in(context.tree, *cell) > 0)
}

/// Two frames of one sensor and scene that are named by numbers.
pub(super) fn frames_in_a_row(context: &Context<'_>) -> bool {
    let layout = context.layout;
    layout.cells().iter().any(|cell| layout.frames_in(context.tree, *cell) > 1)
}

/// Whether a scene's folder of some sensor is such a one.
fn has_scene_folder(context: &Context<'_>, is_it: impl Fn(&Folder) -> bool) -> bool {
    context.layout.cells().iter().any(|cell| is_it(context.tree.folder(cell.folder)))
}

// How sensors relate.

/// Two sensors, and a scene that either of them has to have.
pub(super) fn shared_scenes(context: &Context<'_>) -> bool {
    context.layout.sensors.len() > 1 && !context.layout.scenes.is_empty()
}

/// A scene of which two sensors have a folder.
pub(super) fn common_scenes(context: &Context<'_>) -> bool {
    let layout = context.layout;
    layout.scene_ids().any(|scene| layout.scene_cells(scene).len() > 1)
}

/// Two sensors whose frames were compared in some scene.
pub(super) fn compared_frames(context: &Context<'_>) -> bool {
    context.layout.sensors().any(|(id, _)| context.alignment.scenes_compared(id) > 0)
}

/// A sensor whose frames have a steady distance in time.
pub(super) fn steady_frames(context: &Context<'_>) -> bool {
    context.alignment.cadence_ns().is_some()
}

// metadata.json.

/// A metadata.json, whatever it holds.
pub(super) fn metadata(context: &Context<'_>) -> bool {
    context.metadata.is_some()
}

/// A metadata.json that can be read as JSON, if only in part.
pub(super) fn metadata_values(context: &Context<'_>) -> bool {
    context.metadata.is_some_and(|metadata| metadata.document.root().is_some())
}

fn says(context: &Context<'_>, what: impl Fn(&Body) -> bool) -> bool {
    body(context).is_some_and(|(_, body)| what(body))
}

/// The version in metadata.json.
pub(super) fn metadata_version(context: &Context<'_>) -> bool {
    says(context, |body| body.version.is_some())
}

/// What metadata.json says of the tree's layout.
pub(super) fn metadata_file_tree_type(context: &Context<'_>) -> bool {
    says(context, |body| body.file_tree_type.is_some())
}

/// Whether the data are 2D or 3D by metadata.json.
pub(super) fn metadata_data_type(context: &Context<'_>) -> bool {
    says(context, |body| body.data_type.is_some())
}

/// The names of sensors in metadata.json.
pub(super) fn named_sensors(context: &Context<'_>) -> bool {
    says(context, |body| SensorKind::ALL.into_iter().any(|kind| names_in(body, kind) > 0))
}

/// A sensor and the sequence of its kind in metadata.json.
pub(super) fn sensors_and_sequence(context: &Context<'_>) -> bool {
    says(context, |body| {
        let has_both = |kind| has_sensor(context, kind) && body.sequence(kind).is_some();
        SensorKind::ALL.into_iter().any(has_both)
    })
}

/// Two names of sensors in metadata.json, one of which may repeat the other.
pub(super) fn several_named_sensors(context: &Context<'_>) -> bool {
    says(context, |body| {
        let in_sequences: usize = SensorKind::ALL.map(|kind| names_in(body, kind)).iter().sum();
        in_sequences > 1 || entries(context).nth(1).is_some()
    })
}

fn names_in(body: &Body, kind: SensorKind) -> usize {
    body.sequence(kind).map_or(0, |sequence| sequence.names.len())
}

/// A camera and the list of coefficients in metadata.json, where the camera is projected into point
/// clouds.
pub(super) fn cameras_and_coefficients(context: &Context<'_>) -> bool {
    cameras(context) && is_projected(context) && says(context, |body| body.coefficients.is_some())
}

// The coefficients of cameras in metadata.json.

/// Coefficients.
pub(super) fn coefficients(context: &Context<'_>) -> bool {
    entries(context).next().is_some()
}

fn has_entry(context: &Context<'_>, is_it: impl Fn(&Coefficients) -> bool) -> bool {
    entries(context).any(is_it)
}

/// A camera's model.
pub(super) fn camera_models(context: &Context<'_>) -> bool {
    has_entry(context, |entry| entry.camera.as_ref().is_some_and(|camera| camera.model.is_some()))
}

/// A camera's parameters.
pub(super) fn camera_parameters(context: &Context<'_>) -> bool {
    has_entry(context, |entry| entry.camera.is_some())
}

/// The size that a camera's images are said to have.
pub(super) fn declared_sizes(context: &Context<'_>) -> bool {
    has_entry(context, |entry| entry.width.is_some() || entry.height.is_some())
}

/// Images that were measured: beside a size that they are said to have, or beside one another.
pub(super) fn measured_images(context: &Context<'_>) -> bool {
    let are_measured = |id: SensorId| !sizes_of(context, id).is_empty();
    let is_camera = |id: SensorId| context.layout.sensor(id).kind == SensorKind::Camera;
    let mut cameras = context.layout.sensors().map(|(id, _)| id).filter(|id| is_camera(*id));
    is_projected(context) && cameras.any(are_measured)
        || has_entry(context, |entry| {
            declared_size(entry).is_some() && !image_sizes(context, entry).is_empty()
        })
}

/// Two images of a camera that were measured, and of which nothing says the size.
pub(super) fn images_of_free_size(context: &Context<'_>) -> bool {
    let count = |id: SensorId| {
        sizes_of(context, id).iter().map(|(_, images)| images.images.count).sum::<u64>()
    };
    cameras_of_free_size(context).any(|(id, _)| count(id) > 1)
}

/// The intrinsics of a camera that is projected.
pub(super) fn intrinsics(context: &Context<'_>) -> bool {
    calibrated_cameras(context).any(|(_, camera)| camera.intrinsic.is_some())
}

/// What a pinhole camera's field of view is computed from.
pub(super) fn fields_of_view(context: &Context<'_>) -> bool {
    calibrated_cameras(context).any(|(entry, camera)| {
        let focal_length = camera.intrinsic.as_ref().and_then(|group| group.member("fx"));
        let is_pinhole = camera.model() == Some(CameraModel::PinHole);
        is_pinhole && focal_length.is_some() && entry.width.is_some()
    })
}

/// The rotation of a camera that is projected.
pub(super) fn headings(context: &Context<'_>) -> bool {
    projected_cameras(context).any(|(_, camera)| camera.heading.is_some())
}

/// The place of a camera that is projected.
pub(super) fn positions(context: &Context<'_>) -> bool {
    projected_cameras(context).any(|(_, camera)| camera.position.is_some())
}

/// The parameters of a camera that is projected.
pub(super) fn projected_poses(context: &Context<'_>) -> bool {
    projected_cameras(context).next().is_some()
}

/// Two cameras that are projected and have a pose.
pub(super) fn several_poses(context: &Context<'_>) -> bool {
    projected_cameras(context).filter(|(_, camera)| camera.extrinsics().is_some()).nth(1).is_some()
}

/// A camera that is projected into the point clouds of a LiDAR.
pub(super) fn poses_beside_a_lidar(context: &Context<'_>) -> bool {
    has_lidar(context) && projected_poses(context)
}

// What frames hold.

/// A frame that was looked into.
pub(super) fn frames_looked_into(context: &Context<'_>) -> bool {
    has_scene_folder(context, |folder| folder.content().is_some())
}

/// Two frames of one sensor and scene that follow each other and were looked into.
pub(super) fn consecutive_frames(context: &Context<'_>) -> bool {
    let has_several = |folder: &Folder| folder.frames().iter().any(|(_, set)| set.len() > 1);
    has_scene_folder(context, |folder| folder.content().is_some() && has_several(folder))
}

/// A PCD file that was looked into.
pub(super) fn point_clouds(context: &Context<'_>) -> bool {
    has_scene_folder(context, |folder| holds(folder, &[Format::Pcd]) > 0)
}

/// Two PCD files of one scene and sensor.
pub(super) fn point_clouds_of_a_scene(context: &Context<'_>) -> bool {
    has_scene_folder(context, |folder| holds(folder, &[Format::Pcd]) > 1)
}

/// Two PCD files of one sensor.
pub(super) fn point_clouds_of_a_sensor(context: &Context<'_>) -> bool {
    let layout = context.layout;
    layout.sensors().any(|(id, _)| {
        let folders = layout.sensor_cells(id).map(|cell| context.tree.folder(cell.folder));
        folders.map(|folder| holds(folder, &[Format::Pcd])).sum::<u64>() > 1
    })
}

/// An image that was looked into, of whichever format.
pub(super) fn images(context: &Context<'_>) -> bool {
    let formats = [Format::Jpeg, Format::Png, Format::Webp];
    has_scene_folder(context, |folder| holds(folder, &formats) > 0)
}

/// A JPEG file that was looked into.
pub(super) fn jpegs(context: &Context<'_>) -> bool {
    has_scene_folder(context, |folder| holds(folder, &[Format::Jpeg]) > 0)
}

/// A PNG or WebP file that was looked into.
pub(super) fn pngs_or_webps(context: &Context<'_>) -> bool {
    has_scene_folder(context, |folder| holds(folder, &[Format::Png, Format::Webp]) > 0)
}

/// The files of some formats in a folder of which files were looked into. Where that is a sample,
/// it is one of them all.
fn holds(folder: &Folder, formats: &[Format]) -> u64 {
    if folder.content().is_none() {
        return 0;
    }
    let is_it = |files: &Files<'_>| {
        Format::of_suffix(files.suffix()).is_some_and(|format| formats.contains(&format))
    };
    Files::in_folder(folder).filter(is_it).map(|files| files.count()).sum()
}
