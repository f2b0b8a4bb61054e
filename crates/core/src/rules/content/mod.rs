//! Family F: what the files hold.

pub(super) mod file_empty;
