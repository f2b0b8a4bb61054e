//! The flags that say what is looked at and how, which every command has that looks at a target.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;

use clap::Args;
use sensortree_core::platform::DataType;
use sensortree_scan::Content;

use crate::cli::cloud::CloudArguments;
use crate::cli::value_parsers::{at_least_one, data_type, positive, words};

const LISTING: &str = "\
Check a saved listing: FILE, or TARGET where no FILE is given; `-` is standard input.

What it is shows by its beginning, and is said. All of these are read, gzip-compressed too:

- what --save-listing wrote
- paths, one a line or separated by zero bytes (find -print0, git ls-files, rclone lsf)
- find -printf '%y %s %p\\n', or '%s %p\\n'
- aws s3 ls --recursive; aws s3api list-objects-v2; s5cmd ls 's3://bucket/prefix/*'
- gsutil ls -l, gcloud storage ls -l, also with -r; gsutil ls and gcloud storage ls of `**`
- az storage blob list; rclone lsjson -R, ls, lsl
- the manifest.json of an S3 Inventory, with its parts in CSV or Parquet beside it

  sensortree check --listing keys.txt
  aws s3 ls --recursive s3://bucket/drive/ | sensortree check - --listing";

// A comment would become part of the help of a command that has these flags.
#[expect(missing_docs, reason = "a comment here would become part of the help")]
#[derive(Clone, Debug, Default, Args)]
pub struct ListingArguments {
    /// Check a saved listing: FILE, or TARGET without FILE
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Listings", long_help = LISTING)]
    pub listing: Option<Option<PathBuf>>,

    /// Where in the listing's paths the dataset begins [default: the
    /// deepest folder that holds everything]
    ///
    /// As `s3://bucket/prefix`, or `prefix`.
    #[arg(long, value_name = "PREFIX", requires = "listing", help_heading = "Listings")]
    pub root: Option<String>,

    /// Read metadata.json here, as most listings only name it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "listing", help_heading = "Listings")]
    pub metadata: Option<PathBuf>,
}

// A comment would become part of the help of a command that has these flags.
#[expect(missing_docs, reason = "a comment here would become part of the help")]
#[derive(Clone, Debug, Default, Args)]
pub struct InspectionArguments {
    /// 2 for images, 3 for point clouds
    ///
    /// Where metadata.json does not say it.
    #[arg(long, value_name = "2|3", value_parser = data_type(), hide_possible_values = true, help_heading = "Prediction")]
    pub data_type: Option<DataType>,

    /// How far frames are looked into [default: headers, and none in a
    /// cloud store or git]
    ///
    /// Not at all, their headers, or all of them.
    #[arg(long, value_parser = words(Content::ALL, Content::as_str), help_heading = "Rules")]
    pub content: Option<Content>,

    /// Look into N frames of each sensor's scenes only
    ///
    /// Spread evenly, the first and the last among them.
    #[arg(long, value_name = "N", value_parser = positive, help_heading = "Rules")]
    pub sample: Option<NonZeroU64>,

    /// Show no progress while listing
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,

    /// Say how far it is on standard error, in lines of JSON
    // For the Python module, which is of the same version: the lines are promised to nobody else.
    #[arg(long, hide = true, conflicts_with = "no_progress")]
    pub progress_lines: bool,

    // No comment of its own: it would be put before the first flag.
    #[command(flatten)]
    pub cloud: CloudArguments,

    /// How many threads list the tree [default: one for each core, 32 over a network]
    #[arg(long, value_name = "N", value_parser = at_least_one, help_heading = "Configuration")]
    pub jobs: Option<NonZeroUsize>,

    /// How many requests a store is asked at once [default: 64]
    #[arg(long, value_name = "N", value_parser = at_least_one, help_heading = "Cloud")]
    pub concurrency: Option<NonZeroUsize>,
}
