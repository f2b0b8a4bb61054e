//! Family L: where things stand in the tree.

pub(super) mod sensor_prefix_missing;
