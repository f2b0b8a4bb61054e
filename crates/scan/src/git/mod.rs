//! Revisions and the index of a git repository, read from its object database without a checkout.
//!
//! Read with `gix` (MIT or Apache-2.0), and not with the program `git`: it needs no program on the
//! machine, and it runs none. A repository's own configuration can make `git` start programs
//! (`core.fsmonitor`, filters, `core.sshCommand`, the fetch of a partial clone), and a repository
//! that is to be checked is not to be trusted that far. It is faster, too: `git ls-tree -l` and
//! `git cat-file --batch-check` look up one object after the other, on one core.
//!
//! **Sizes** are those of the objects, and that of a Git LFS pointer is the one that it names. The
//! index also holds a size for each entry, that of the file in the work tree; `checkout` says
//! where that is taken in place of a look at the object, and why not everywhere.
//!
//! **Nothing is fetched.** What a partial or damaged clone lacks goes to the coverage.

mod blobs;
mod changes;
mod checkout;
mod contents;
pub(crate) mod error;
mod index;
mod index_file;
mod listing;
mod literals;
mod loose_names;
mod packs;
mod repository;
mod revision;
mod sample;
mod source;
mod staged;
mod target;
mod trees;
mod unpacking;

pub use error::GitError;
pub use source::GitFolder;
pub use staged::{Staged, StagedDataset, StagedFile};
pub use target::GitTarget;
