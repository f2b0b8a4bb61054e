//! Family L: where things stand in the tree.
