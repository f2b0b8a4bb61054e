//! What names tell by themselves: numbers and sets of them, what a file is by its suffix, leftovers, sensors' names, and
//! whether a path is in order.

mod file_name;
pub mod frame_name;
pub mod frame_set;
pub mod leftovers;
pub mod name_set;
pub mod place;
mod sensor_kind;
pub mod sensor_name;

pub use file_name::{
    DVC, IMAGE_SUFFIXES, LANDMARKS, METADATA, Media, NameClass, OTHER_SUFFIXES, Oddity,
    POINT_CLOUD_SUFFIXES, Suffix, classify, fold, format_name, has_odd_characters, is_invisible,
    is_junk_folder, is_near_metadata, is_version_control_folder, junk_folder, oddity,
    without_odd_marks,
};
pub use sensor_kind::SensorKind;
