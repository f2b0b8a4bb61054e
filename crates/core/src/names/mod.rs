//! What names tell by themselves: numbers and sets of them, what a file is by its suffix,
//! leftovers, sensors' names, and whether a path is in order.

mod classify;
pub mod dataset_path;
pub mod frame_name;
pub mod frame_set;
pub mod leftovers;
pub mod look_alikes;
pub mod name_set;
mod oddity;
mod sensor_kind;
pub mod sensor_name;
pub(crate) mod suffix;

pub use classify::{
    LANDMARKS, METADATA, NameClass, classify, is_junk_folder, is_near_metadata,
    is_version_control_folder, junk_folder,
};
pub use look_alikes::is_invisible;
pub use oddity::{Oddity, fold, has_odd_characters, meant, oddity, plain, without_odd_marks};
pub use sensor_kind::SensorKind;
pub use suffix::{
    DVC, IMAGE_SUFFIXES, Media, OTHER_SUFFIXES, POINT_CLOUD_SUFFIXES, Suffix, format_name,
};
pub(crate) use suffix::{split, stem};
