//! [`SensorKind`]: LiDAR or camera.

use super::Media;

/// A LiDAR or a camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SensorKind {
    /// Frames are point clouds.
    Lidar,
    /// Frames are images.
    Camera,
}

impl SensorKind {
    /// Both kinds.
    pub const ALL: [SensorKind; 2] = [SensorKind::Lidar, SensorKind::Camera];

    /// What a sensor's folder of this kind starts with (facts T1, T2).
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            SensorKind::Lidar => "lidar-",
            SensorKind::Camera => "camera-",
        }
    }

    /// The suffix of its frames, without the dot (facts T7, T8).
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            SensorKind::Lidar => "pcd",
            SensorKind::Camera => "jpg",
        }
    }

    /// What its frames are.
    #[must_use]
    pub fn media(self) -> Media {
        match self {
            SensorKind::Lidar => Media::PointCloud,
            SensorKind::Camera => Media::Image,
        }
    }

    /// What one frame of it is called in sentences.
    #[must_use]
    pub fn frame_noun(self) -> &'static str {
        match self {
            SensorKind::Lidar => "point cloud",
            SensorKind::Camera => "image",
        }
    }

    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            SensorKind::Lidar => "lidar",
            SensorKind::Camera => "camera",
        }
    }

    /// The word in sentences.
    #[must_use]
    pub fn noun(self) -> &'static str {
        match self {
            SensorKind::Lidar => "LiDAR",
            SensorKind::Camera => "camera",
        }
    }
}
