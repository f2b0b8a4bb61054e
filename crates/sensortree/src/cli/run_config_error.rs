//! Flags that cannot be obeyed together.

use miette::Diagnostic;
use sensortree_core::platform::Endpoint;
use sensortree_report::Format;

use crate::cli::as_if::AsIfError;
use crate::cli::baseline::BaselineError;
use crate::cli::listing_output::ListingOutputError;
use crate::cli::request::RequestError;
use crate::cli::target::NoTarget;

/// Flags that cannot be obeyed together.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum RunConfigError {
    /// Two reports into one place.
    #[error("two reports would go to {place}: {first} and {second}")]
    #[diagnostic(help("give each its own file: `--format {second}=PATH`"))]
    SamePlace {
        /// Standard output, or the file.
        place: String,
        /// The first of the two.
        first: Format,
        /// The second.
        second: Format,
    },
    /// Two outputs into one file, by whatever spelling.
    #[error("two outputs would go to one file: `{first}` and `{second}`")]
    #[diagnostic(help("give each its own file"))]
    SameFile {
        /// The first of the two, as named.
        first: String,
        /// The second.
        second: String,
    },
    /// An output into what git keeps of a repository.
    #[error("`{path}` belongs to git, which keeps the repository there")]
    #[diagnostic(help("name a file outside of the repository's own files"))]
    OverGit {
        /// The file.
        path: String,
    },
    /// A report over what the run reads.
    #[error("a report would be written over `{path}`, which this run reads")]
    #[diagnostic(help("name another file"))]
    OverInput {
        /// The file.
        path: String,
    },
    /// A report over a file of the dataset.
    #[error("`{path}` is there already, in the checked tree, and is no report")]
    #[diagnostic(help(
        "name another file, best outside the tree; there, only a report that sensortree wrote is replaced"
    ))]
    OverDataset {
        /// The file.
        path: String,
    },
    /// One report for several datasets.
    #[error("`{flag}` is of one dataset, and {count} are to be checked")]
    #[diagnostic(help("name one of them"))]
    OfOneDataset {
        /// The flag.
        flag: &'static str,
        /// How many datasets.
        count: usize,
    },
    /// `--each` where nothing lies below.
    #[error("no dataset lies below `{prefix}`")]
    #[diagnostic(help(
        "a dataset is a folder with a metadata.json or with folders that begin with `lidar-` or `camera-`; name one as TARGET"
    ))]
    NoneBelow {
        /// What was named.
        prefix: String,
    },
    /// `--each` where datasets cannot be looked for.
    #[error("datasets cannot be looked for in `{prefix}`: {reason}")]
    NotLookedFor {
        /// What was named.
        prefix: String,
        /// Why.
        reason: String,
    },
    /// An upload without its zip.
    #[error("a request of `{endpoint}` does not say where its zip is")]
    #[diagnostic(help("name the zip as TARGET, or check the request alone with --no-list"))]
    NoZip {
        /// The call.
        endpoint: Endpoint,
    },
    /// A list of renames that cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    AsIf(#[from] AsIfError),
    /// Standard input twice.
    #[error("standard input cannot be both the request and the target")]
    #[diagnostic(help("save one of them to a file"))]
    StandardInputTwice,
    /// The request cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Request(#[from] RequestError),
    /// The target cannot be checked.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Target(#[from] NoTarget),
    /// The listing cannot be saved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    ListingOutput(#[from] ListingOutputError),
    /// The baseline cannot be used.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Baseline(#[from] BaselineError),
}
