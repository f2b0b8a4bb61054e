//! Family A: whether the sensors of a scene have the same scenes and frames.
