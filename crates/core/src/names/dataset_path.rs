//! Path ↔ place, both ways: what a path in order says, and the path that says it.

use std::fmt;

use super::{SensorKind, sensor_name};
use crate::names::frame_name::{self, Naming};
use crate::names::{self};

/// The longest path, in bytes, that every object store takes.
pub const MAX_PATH: usize = 1024;

/// Camera frames' suffixes that the platform is known to read somewhere (fact T8), the
/// documented one first.
pub(crate) const CAMERA_SUFFIXES: &[&str] = &["jpg", "jpeg", "png", "webp"];

/// What a path in order stands for.
///
/// [`DatasetPath::parse`] and [`DatasetPath::render`] are each other's inverse: a path is in order
/// when it parses, and then it renders back to the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatasetPath<'p> {
    /// metadata.json at the top.
    Metadata,
    /// A sensor's folder.
    Sensor {
        /// LiDAR or camera.
        kind: SensorKind,
        /// The sensor's name, as metadata.json has it.
        name: &'p str,
    },
    /// The folder of one scene in a sensor.
    Scene {
        /// LiDAR or camera.
        kind: SensorKind,
        /// The sensor's name, as metadata.json has it.
        name: &'p str,
        /// The scene id.
        scene: &'p str,
    },
    /// One frame.
    Frame {
        /// LiDAR or camera.
        kind: SensorKind,
        /// The sensor's name, as metadata.json has it.
        name: &'p str,
        /// The scene id.
        scene: &'p str,
        /// When it was taken.
        timestamp: i128,
        /// How the timestamp is written, and the suffix.
        naming: Naming,
    },
}

/// Why a path stands for no place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// What is wrong with it.
    pub fault: Fault,
    /// The path that was most likely meant, where one is known; it parses.
    pub nearest: Option<String>,
}

/// What can be wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An empty segment, control or invisible characters, outer spaces, backslashes or invalid
    /// UTF-8.
    Characters,
    /// Longer than [`MAX_PATH`] bytes.
    TooLong,
    /// A file at the top that is not metadata.json.
    StrayFile,
    /// A top folder that starts neither with `lidar-` nor with `camera-`.
    NoPrefix,
    /// A prefix with nothing behind it.
    EmptySensorName,
    /// A file right under a sensor.
    FrameOutsideScene,
    /// Something below a scene folder's files.
    TooDeep,
    /// A frame whose stem is no integer.
    Stem,
    /// A frame with a suffix that its kind of sensor does not have.
    Suffix,
}

impl<'p> DatasetPath<'p> {
    /// Reads a path relative to the target; a folder's ends in `/`.
    ///
    /// # Errors
    /// When the path is not in order.
    pub fn parse(path: &'p [u8]) -> Result<Self, PathError> {
        Self::read(path).map_err(|fault| PathError { fault, nearest: nearest(path, fault) })
    }

    fn read(path: &'p [u8]) -> Result<Self, Fault> {
        if path.len() > MAX_PATH {
            return Err(Fault::TooLong);
        }
        let text = std::str::from_utf8(path).map_err(|_| Fault::Characters)?;
        let (text, is_folder) =
            text.strip_suffix('/').map_or((text, false), |folder| (folder, true));
        if text.split('/').any(|segment| names::has_odd_characters(segment.as_bytes())) {
            return Err(Fault::Characters);
        }
        let mut segments = text.split('/');
        let top = segments.next().unwrap_or_default();
        let (scene, frame, deeper) = (segments.next(), segments.next(), segments.next());
        if scene.is_none() && !is_folder {
            return if top == names::METADATA {
                Ok(DatasetPath::Metadata)
            } else {
                Err(Fault::StrayFile)
            };
        }
        let (kind, name) = sensor_name::split(top).ok_or(Fault::NoPrefix)?;
        if name.is_empty() {
            return Err(Fault::EmptySensorName);
        }
        if name.starts_with(char::is_whitespace) {
            return Err(Fault::Characters);
        }
        match (scene, frame) {
            (None, _) => Ok(DatasetPath::Sensor { kind, name }),
            (Some(_), None) if !is_folder => Err(Fault::FrameOutsideScene),
            (Some(scene), None) => Ok(DatasetPath::Scene { kind, name, scene }),
            (Some(_), Some(_)) if deeper.is_some() || is_folder => Err(Fault::TooDeep),
            (Some(scene), Some(frame)) => {
                let (timestamp, naming) = frame_name::parse(frame.as_bytes()).ok_or(Fault::Stem)?;
                if naming.fraction_digits() > 0 {
                    return Err(Fault::Stem);
                }
                let fits = match kind {
                    SensorKind::Lidar => naming.suffix() == kind.suffix(),
                    SensorKind::Camera => CAMERA_SUFFIXES.contains(&naming.suffix()),
                };
                if fits {
                    Ok(DatasetPath::Frame { kind, name, scene, timestamp, naming })
                } else {
                    Err(Fault::Suffix)
                }
            }
        }
    }

    /// The path, a folder's with a `/` at its end.
    #[must_use]
    pub fn render(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for DatasetPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatasetPath::Metadata => f.write_str(names::METADATA),
            DatasetPath::Sensor { kind, name } => write!(f, "{}{name}/", kind.prefix()),
            DatasetPath::Scene { kind, name, scene } => {
                write!(f, "{}{name}/{scene}/", kind.prefix())
            }
            DatasetPath::Frame { kind, name, scene, timestamp, naming } => {
                write!(f, "{}{name}/{scene}/{}", kind.prefix(), naming.render(*timestamp))
            }
        }
    }
}

/// Whether a path stands for a place; a folder's may lack the `/` at its end.
#[must_use]
pub fn is_valid(path: &[u8]) -> bool {
    DatasetPath::read(path).is_ok()
        || (!path.ends_with(b"/") && DatasetPath::read(&[path, b"/"].concat()).is_ok())
}

/// The path in order that a path with this fault was most likely meant to be.
fn nearest(path: &[u8], fault: Fault) -> Option<String> {
    let text = std::str::from_utf8(path).ok()?;
    let candidate = match fault {
        Fault::StrayFile => names::is_near_metadata(text).then(|| names::METADATA.to_owned()),
        Fault::NoPrefix => {
            let (top, rest) = text.split_once('/')?;
            Some(format!("{}/{rest}", sensor_name::near(top)?.folder_name()))
        }
        Fault::Suffix => {
            let (stem, suffix) = text.rsplit_once('.')?;
            let lower = suffix.to_ascii_lowercase();
            (lower != suffix).then(|| format!("{stem}.{lower}"))
        }
        _ => None,
    }?;
    is_valid(candidate.as_bytes()).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_wrong_with_a_path_and_what_was_meant() {
        let check = |path: &str, fault: Fault, nearest: Option<&str>| {
            let misfit = DatasetPath::parse(path.as_bytes()).expect_err(path);
            assert_eq!((misfit.fault, misfit.nearest.as_deref()), (fault, nearest), "{path}");
        };
        check("", Fault::Characters, None);
        check("/", Fault::Characters, None);
        check("lidar-top//1.pcd", Fault::Characters, None);
        check(" lidar-top/", Fault::Characters, None);
        check("lidar-top/../1.pcd", Fault::Characters, None);
        check("lidar-top", Fault::StrayFile, None);
        check("Metadata.json", Fault::StrayFile, Some("metadata.json"));
        check("README.md", Fault::StrayFile, None);
        check("Lidar_top/a/1.pcd", Fault::NoPrefix, Some("lidar-top/a/1.pcd"));
        check("labels/", Fault::NoPrefix, None);
        check("lidar-/", Fault::EmptySensorName, None);
        check("lidar-top/1.pcd", Fault::FrameOutsideScene, None);
        check("lidar-top/a/b/1.pcd", Fault::TooDeep, None);
        check("lidar-top/a/b/", Fault::TooDeep, None);
        check("lidar-top/a/frame.pcd", Fault::Stem, None);
        check("lidar-top/a/1.5.pcd", Fault::Stem, None);
        check("lidar-top/a/1.PCD", Fault::Suffix, Some("lidar-top/a/1.pcd"));
        check("lidar-top/a/1.jpg", Fault::Suffix, None);
        check("camera-c/a/1.BIN", Fault::Suffix, None);
        check(&format!("camera-c/{}/1.jpg", "a".repeat(1024)), Fault::TooLong, None);
        assert_eq!(
            DatasetPath::parse(b"lidar-\xff/").expect_err("not text").fault,
            Fault::Characters
        );
    }

    #[test]
    fn a_folder_is_in_order_with_and_without_its_slash() {
        for path in
            ["metadata.json", "lidar-top", "lidar-top/", "camera-c/scene 1", "camera-c/s/-5.png"]
        {
            assert!(is_valid(path.as_bytes()), "{path}");
        }
        for path in ["", "top", "lidar-", "lidar-top/s/1.jpg/"] {
            assert!(!is_valid(path.as_bytes()), "{path}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_renders_back(path in "(lidar-|camera-|cam_|)[a-z0 ]{0,3}(/|)[a-z.]{0,3}(/|)-?[0-9]{1,20}(\\.[0-9]{1,2})?\\.?(pcd|jpg|png|JPG|)/?") {
            if let Ok(place) = DatasetPath::parse(path.as_bytes()) {
                prop_assert_eq!(place.render(), path);
            }
        }

        #[test]
        fn what_renders_parses_back(
            lidar in any::<bool>(),
            name in "[a-zA-Z0-9_.é-]{1,8}",
            scene in "[a-zA-Z0-9_-][a-zA-Z0-9_ .-]{0,8}[a-z]",
            timestamp in any::<i64>(),
            depth in 0..3,
        ) {
            prop_assume!(name != "." && name != "..");
            let kind = if lidar { SensorKind::Lidar } else { SensorKind::Camera };
            let timestamp = i128::from(timestamp);
            let naming = Naming::plain(kind.suffix()).expect("a short suffix");
            let (name, scene) = (name.as_str(), scene.as_str());
            let place = match depth {
                0 => DatasetPath::Sensor { kind, name },
                1 => DatasetPath::Scene { kind, name, scene },
                _ => DatasetPath::Frame { kind, name, scene, timestamp, naming },
            };
            let path = place.render();
            prop_assert_eq!(DatasetPath::parse(path.as_bytes()), Ok(place));
        }

        #[test]
        fn any_bytes_are_read_without_harm_and_what_is_meant_is_in_order(path in proptest::collection::vec(any::<u8>(), 0..60)) {
            match DatasetPath::parse(&path) {
                Ok(place) => prop_assert_eq!(place.render().into_bytes(), path),
                Err(misfit) => prop_assert!(misfit.nearest.is_none_or(|nearest| is_valid(nearest.as_bytes()))),
            }
        }
    }
}
