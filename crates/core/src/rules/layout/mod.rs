//! Family L: where things stand in the tree.

mod files;
mod misspelt_by_characters;
mod suffix;

pub(super) mod camera_suffix;
pub(super) mod duplicate_frame;
pub(super) mod empty_scene;
pub(super) mod empty_sensor;
pub(super) mod foreign_layout;
pub(super) mod frame_outside_scene;
pub(super) mod lidar_suffix;
pub(super) mod metadata_misplaced;
pub(super) mod metadata_missing;
pub(super) mod modality_swapped;
pub(super) mod name_characters;
pub(super) mod name_collision;
pub(super) mod nested_too_deep;
pub(super) mod no_sensor;
pub(super) mod scene_oriented_tree;
pub(super) mod sensor_name_empty;
pub(super) mod sensor_prefix_missing;
pub(super) mod stem_not_timestamp;
pub(super) mod stray_file;
pub(super) mod stray_folder;
pub(super) mod timestamp_unit;
pub(super) mod wrong_root;
