//! What the command line names to be checked.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
#[cfg(feature = "cloud")]
use sensortree_cloud::{CloudAccess, CloudPrefix};
use sensortree_core::document::request::Request;
use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_report::escape::{visible, visible_path};
use sensortree_scan::listing::Listing;
use sensortree_scan::read_metadata;

use crate::cli::check_arguments::CheckArguments;
use crate::cli::cloud::CloudArguments;
#[cfg(feature = "cloud")]
use crate::cli::request::place::place;
use crate::target::{Target, TargetError};

/// A target that cannot be checked.
#[derive(Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
pub enum NoTarget {
    /// Nothing can be checked of what is named.
    #[error("{said}")]
    Named {
        /// Why, as it can be shown.
        said: String,
        /// What was most likely meant, or what else to do.
        #[help]
        help: Option<String>,
    },
    /// `--listing` without a listing.
    #[error("--listing needs the file of a listing")]
    #[diagnostic(help("say `--listing FILE`, or `- --listing` for standard input"))]
    NoListing,
    /// A listing and another target.
    #[error("both `{target}` and the listing `{listing}` are named to be checked")]
    #[diagnostic(help("name one; where in the listing the dataset begins is said by --root"))]
    ListingAndTarget {
        /// The target as named.
        target: String,
        /// The listing as named.
        listing: String,
    },
    /// The file of `--metadata` cannot be read.
    #[error("`{path}`: {reason}")]
    Metadata {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// What else to do with what this build does not read.
const COPY: &str = "copy it to a local folder, or mount it, and check that";

impl NoTarget {
    /// A kind of target that this build does not read, and how to check it all the same.
    fn unsupported(target: &str, kind: &'static str, way: &str) -> Self {
        let error = TargetError::Unsupported { target: target.to_owned(), kind };
        NoTarget::Named {
            said: visible(&error.to_string()).into_owned(),
            help: Some(way.to_owned()),
        }
    }

    /// What is to be read from a git repository, in a build that reads none.
    #[cfg(not(feature = "git"))]
    #[must_use]
    pub fn of_git(named: &str) -> Self {
        NoTarget::unsupported(named, "of a git repository", "check the files in the work tree")
    }
}

impl From<TargetError> for NoTarget {
    fn from(error: TargetError) -> Self {
        let said = visible(&error.to_string()).into_owned();
        let help = match error {
            TargetError::Missing { nearest, .. } => nearest.map(|path| {
                format!("did you mean `{}`?", visible_path(path.as_os_str().as_encoded_bytes()))
            }),
            TargetError::NotAFolder { .. } => Some(
                "name the folder that holds the sensors' folders and metadata.json, or a `.zip` of it; a saved listing needs --listing"
                    .to_owned(),
            ),
            #[cfg(feature = "cloud")]
            TargetError::Address(error) => error.help,
            #[cfg(feature = "git")]
            TargetError::Git(_) => None,
            TargetError::Unsupported { .. } => Some(COPY.to_owned()),
        };
        NoTarget::Named { said, help }
    }
}

/// The target that the flags and the argument name together.
///
/// # Errors
/// As [`named`], and when the flags about listings contradict each other or name a file that cannot
/// be read.
pub fn of(arguments: &CheckArguments) -> Result<Target, NoTarget> {
    let target = arguments.target.as_deref();
    let path = match (&arguments.listed.listing, target) {
        (None, _) => {
            return named(target.unwrap_or(OsStr::new(".")), &arguments.inspection.cloud);
        }
        (Some(Some(path)), None) => path.as_os_str(),
        (Some(None), Some(target)) => target,
        (Some(None), None) => return Err(NoTarget::NoListing),
        (Some(Some(listing)), Some(target)) => {
            let [target, listing] =
                [target, listing.as_os_str()].map(|name| visible_path(name.as_encoded_bytes()));
            return Err(NoTarget::ListingAndTarget { target, listing });
        }
    };
    Ok(Target::Listing(Listing {
        path: (path != "-").then(|| PathBuf::from(path)),
        root: arguments.listed.root.clone(),
        metadata: arguments.listed.metadata.as_deref().map(metadata_at).transpose()?,
    }))
}

/// The target that is named, where stores are asked as `cloud` says.
///
/// # Errors
/// As [`Target::named`].
pub fn named(target: &OsStr, cloud: &CloudArguments) -> Result<Target, NoTarget> {
    #[cfg(feature = "cloud")]
    let found = Target::named_with(target, || cloud.access());
    #[cfg(not(feature = "cloud"))]
    let (found, _) = (Target::named(target), cloud);
    match found {
        Err(TargetError::Missing { target, .. }) if target == "-" => Err(NoTarget::unsupported(
            &target,
            "standard input",
            "say `- --listing` for a saved listing",
        )),
        found => Ok(found?),
    }
}

/// The target that a request names in its `resourceUrl`, which is `url`.
///
/// # Errors
/// When it is no cloud prefix, or this build reads none.
#[cfg(feature = "cloud")]
pub fn requested(request: &Request, url: &str, cloud: &CloudArguments) -> Result<Target, NoTarget> {
    let (url, access) = place(request, url, &cloud.environment()).map_err(TargetError::Address)?;
    Ok(Target::Cloud(CloudPrefix::new(url, access)))
}

/// The same in a build that reads no cloud prefix.
#[cfg(not(feature = "cloud"))]
pub fn requested(
    _request: &Request,
    url: &str,
    _cloud: &CloudArguments,
) -> Result<Target, NoTarget> {
    let way = "name a local copy of the tree as TARGET, or check the request alone with --no-list";
    Err(NoTarget::unsupported(url, crate::target::CLOUD, way))
}

/// What is to be said of the keys that a store is asked with.
#[must_use]
pub fn note_on_keys(target: &Target) -> Option<String> {
    #[cfg(feature = "cloud")]
    if let Target::Cloud(prefix) = target
        && let CloudAccess::Environment(access) = prefix.access()
        && !access.unsigned
    {
        let names = sensortree_cloud::untidy_variables();
        return (!names.is_empty())
            .then(|| format!("white space at the ends of {} is left out", names.join(", ")));
    }
    let _ = target;
    None
}

/// Whether what a plan moves stays where it was, too, until that is made final.
#[must_use]
pub fn keeps_originals(target: &Target) -> bool {
    match target {
        #[cfg(feature = "cloud")]
        Target::Cloud(_) => true,
        _ => false,
    }
}

/// Reads the metadata.json in a file that the user names.
pub(crate) fn metadata_at(path: &Path) -> Result<Vec<u8>, NoTarget> {
    let cannot = |reason: String| NoTarget::Metadata {
        path: visible_path(path.as_os_str().as_encoded_bytes()),
        reason,
    };
    let read = fs::File::open(path).and_then(|file| read_metadata(file, 0));
    match read.map_err(|error| cannot(error.to_string()))? {
        MetadataFile::Text(text) => Ok(text),
        _ => Err(cannot(format!(
            "is larger than any metadata.json ({} MB)",
            MAX_METADATA_BYTES >> 20
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_a_folder_nor_a_zip_is_said_to_be_so() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        fs::create_dir(at("drive_0423")).unwrap();
        fs::write(at("drive.zip"), "").unwrap();
        fs::write(at("notes.txt"), "").unwrap();
        let check = |target: &Path, expected: &str| {
            let said = match named(target.as_os_str(), &CloudArguments::default()) {
                Ok(Target::Folder(_)) => "a folder".to_owned(),
                Ok(Target::Zip(_)) => "a zip".to_owned(),
                #[cfg(feature = "cloud")]
                Ok(Target::Cloud(prefix)) => format!("the cloud's {}", prefix.url()),
                #[cfg(feature = "git")]
                Ok(Target::Git(_)) => "of a repository".to_owned(),
                Ok(Target::Listing(_)) => "a listing".to_owned(),
                Err(error) => {
                    let help = error.help().map(|help| help.to_string()).unwrap_or_default();
                    format!("{error} / {help}").replace(&format!("{}/", root.path().display()), "")
                }
            };
            assert!(said.starts_with(expected), "{said}");
        };
        check(&at("drive_0423"), "a folder");
        check(&at("drive_0432"), "there is no folder `drive_0432` / did you mean `drive_0423`?");
        check(&at("elsewhere"), "there is no folder `elsewhere` / ");
        check(&at("drive.zip"), "a zip");
        check(&at("notes.txt"), "`notes.txt` is a file");
        if cfg!(feature = "cloud") {
            check(Path::new("gs://acme-drives/0423"), "the cloud's gs://acme-drives/0423");
            check(Path::new("gs:/acme-drives/0423"), "`gs:` is followed by two slashes");
            check(
                Path::new("s3://me:secret@acme-drives"),
                "the address holds a user name or a key",
            );
        } else {
            check(Path::new("gs://acme-drives/0423"), "`gs://acme-drives/0423` is a cloud prefix");
        }
        let git =
            if cfg!(feature = "git") { "of a repository" } else { "`git:HEAD` is a git revision" };
        check(Path::new("git:HEAD"), git);
        check(
            Path::new("https://user:secret@host.example/drive?X-Amz-Signature=secret"),
            "`https://host.example/drive` is a web address",
        );
        check(Path::new("-"), "`-` is standard input");
    }
}
