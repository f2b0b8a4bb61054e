//! Family A: whether the sensors of a scene have the same scenes and frames.

pub(super) mod clock_offset;
pub(super) mod frame_missing_in_sensor;
pub(super) mod frame_order;
pub(super) mod frame_rate_mismatch;
pub(super) mod no_common_frame;
pub(super) mod scene_missing_in_sensor;
pub(super) mod timeline_gap;
pub(super) mod timestamp_unit_mismatch;
pub(super) mod timestamps_jittered;

mod group;
