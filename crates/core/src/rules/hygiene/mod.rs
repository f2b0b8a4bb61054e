//! Family H: what tools and systems leave behind.
