//! Family C: the cameras' models and poses.
