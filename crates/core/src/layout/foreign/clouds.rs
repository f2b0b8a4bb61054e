//! Layouts in which a cloud and its images stand side by side: where each file of them belongs.

use std::collections::BTreeSet;

use super::moves::{PathMove, Places, files, is_frame, stem};
use super::view::{View, whole_suffix};
use crate::names::{Media, SensorKind};
use crate::text;

/// The sensors' name, where there is one of a kind and nothing names it.
const ONLY: &str = "0";

/// The frames of one scene, which stand cloud by cloud.
pub(super) struct CloudTask<'t> {
    /// The scene's name, in order; it may hold [`SCENE`](super::SCENE).
    pub(super) scene: String,
    pub(super) clouds: Vec<CloudAndImages<'t>>,
}

/// A cloud, and the images of its moment.
pub(super) struct CloudAndImages<'t> {
    /// Where all of them stand.
    pub(super) dir: View<'t>,
    pub(super) cloud: Vec<u8>,
    pub(super) images: Vec<Vec<u8>>,
}

/// The frames right in one folder, by name.
#[derive(Default)]
pub(super) struct CloudFiles {
    pub(super) clouds: Vec<Vec<u8>>,
    pub(super) images: Vec<Vec<u8>>,
}

impl CloudFiles {
    /// Looks into a folder. `None` where frames are to be converted.
    pub(super) fn of(dir: View<'_>) -> Option<Self> {
        let mut found = CloudFiles::default();
        for name in files(dir) {
            let suffix = whole_suffix(&text::lossless(&name));
            match Media::of_suffix(&suffix) {
                Media::PointCloud if is_frame(SensorKind::Lidar, &suffix) => {
                    found.clouds.push(name);
                }
                Media::Image if is_frame(SensorKind::Camera, &suffix) => found.images.push(name),
                Media::Other => {}
                Media::PointCloud | Media::Image => return None,
            }
        }
        Some(found)
    }
}

/// The moves of the frames of a task. `None` where the names of images do not say which are of one
/// camera, or something stands where frames are to go.
pub(super) fn moves_of(task: &CloudTask<'_>, places: &mut Places<'_>) -> Option<Vec<PathMove>> {
    let images =
        || task.clouds.iter().flat_map(|it| it.images.iter().map(move |image| (it, image)));
    let most = task.clouds.iter().map(|it| it.images.len()).max()?;
    let names: BTreeSet<&[u8]> = images().map(|(_, image)| stem(image)).collect();
    let are_named_as_clouds = images().all(|(it, image)| stem(image) == stem(&it.cloud));
    // The same names beside every cloud are those of the cameras.
    if !are_named_as_clouds && names.len() != most {
        return None;
    }
    let lidar = places.folder(SensorKind::Lidar, ONLY, &task.scene)?;
    if !places.is_new_scene(&lidar) {
        return None;
    }
    let mut found = Vec::new();
    let mut taken = BTreeSet::new();
    // Two images of one name are not both the frame of their moment.
    let mut place = |dir: View<'_>, file: &[u8], stem: Vec<u8>, suffix: &[u8]| {
        let to = [&*stem, suffix].concat();
        found.push(PathMove { from: [dir.path(), file.to_vec()].concat(), to });
        taken.insert(stem).then_some(())
    };
    for CloudAndImages { dir, cloud, images } in &task.clouds {
        let suffix = |file: &[u8]| file.get(stem(file).len()..).unwrap_or_default().to_vec();
        place(*dir, cloud, [lidar.as_bytes(), stem(cloud)].concat(), &suffix(cloud))?;
        for image in images {
            let own = text::lossless(stem(image));
            let sensor = if are_named_as_clouds { ONLY } else { &own };
            let folder = places.folder(SensorKind::Camera, sensor, &task.scene)?;
            place(*dir, image, [folder.as_bytes(), stem(cloud)].concat(), &suffix(image))?;
        }
    }
    Some(found)
}
