//! Family Z: the zip that a dataset is uploaded in.

pub(super) mod not_a_zip;
pub(super) mod several_top_folders;
pub(super) mod top_folder_missing;
pub(super) mod top_folder_name;
pub(super) mod zip_bomb;
pub(super) mod zip_damaged;
pub(super) mod zip_duplicate_entry;
pub(super) mod zip_empty;
pub(super) mod zip_encrypted;
pub(super) mod zip_method_unsupported;
pub(super) mod zip_name_encoding;
pub(super) mod zip_path_unsafe;
pub(super) mod zip_too_large;

use crate::archive::Name;
use crate::finding::{Example, Gather};
use crate::tally::Tally;

/// Adds all that a tally counted, showing each of its examples as `draw` has it. False when nothing was counted, or the
/// user excused it.
fn add_tally(
    gather: &mut Gather<'_, '_>,
    tally: &Tally<Name>,
    draw: impl Fn(&Name) -> Example,
) -> bool {
    let [first, rest @ ..] = tally.examples() else { return false };
    if !gather.add_many(tally.several(), draw(first)) {
        return false;
    }
    for name in rest {
        gather.show(draw(name));
    }
    true
}

/// The name as it stands in the archive.
fn plainly(name: &Name) -> Example {
    Example::at(name.to_vec())
}
