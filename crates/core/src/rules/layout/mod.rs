//! Family L: where things stand in the tree.

mod files;

pub(super) mod empty_scene;
pub(super) mod empty_sensor;
pub(super) mod name_characters;
pub(super) mod sensor_name_empty;
pub(super) mod sensor_prefix_missing;
pub(super) mod stray_file;
pub(super) mod stray_folder;
