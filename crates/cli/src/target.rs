//! What the user named to be checked.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
#[cfg(feature = "cloud")]
use sensortree_cloud::{CloudAccess, CloudPrefix, CloudUrl};
use sensortree_core::document::request::{Request, without_secrets};
use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::platform::Endpoint;
use sensortree_core::text;
#[cfg(any(feature = "git", not(feature = "cloud")))]
use sensortree_report::escape::visible;
use sensortree_report::escape::visible_path;
#[cfg(feature = "cloud")]
use sensortree_scan::SourceError;
#[cfg(feature = "git")]
use sensortree_scan::git::{GitError, GitFolder, GitTarget};
use sensortree_scan::listing::Listing;
use sensortree_scan::local::LocalFolder;
use sensortree_scan::zip::ZipFile;
use sensortree_scan::{Source, read_metadata};

use crate::check_arguments::CheckArguments;
use crate::cloud::CloudArguments;
#[cfg(feature = "cloud")]
use crate::request::place::place;

/// A target that cannot be checked.
#[derive(Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
pub enum TargetError {
    /// Nothing stands there.
    #[error("there is no folder `{target}`")]
    Missing {
        /// The target as named.
        target: String,
        /// What was most likely meant, or what else to do.
        #[help]
        help: Option<String>,
    },
    /// A file stands there.
    #[error("`{target}` is a file")]
    #[diagnostic(help(
        "name the folder that holds the sensors' folders and metadata.json, or a `.zip` of it; a saved listing needs --listing"
    ))]
    NotAFolder {
        /// The target as named.
        target: String,
    },
    /// A cloud address with a mistake. It is not repeated, since keys may stand in it.
    #[cfg(feature = "cloud")]
    #[error("{said}")]
    Address {
        /// What is wrong with it.
        said: String,
        /// What to write instead.
        #[help]
        help: Option<String>,
    },
    /// The target names nothing in a git repository.
    #[cfg(feature = "git")]
    #[error("{}", visible(&error.to_string()))]
    Git {
        /// What is wrong with it.
        error: GitError,
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
    /// A kind of target that this version does not read.
    #[error("`{target}` is {kind}, which this build does not read")]
    #[diagnostic(help("{way}"))]
    Unsupported {
        /// The target as named.
        target: String,
        /// What it is.
        kind: &'static str,
        /// How to check it all the same.
        way: &'static str,
    },
}

#[cfg(not(feature = "git"))]
impl TargetError {
    /// What is to be read from a git repository, in a build that reads none.
    #[must_use]
    pub fn of_git(named: &str) -> Self {
        let way = "check the files in the work tree";
        TargetError::Unsupported { target: named.to_owned(), kind: "of a git repository", way }
    }
}

/// What starts a target that is no local path.
const SCHEMES: [(&str, &str); 8] = [
    ("s3://", CLOUD),
    ("gs://", CLOUD),
    ("az://", CLOUD),
    ("abfs://", CLOUD),
    ("abfss://", CLOUD),
    ("http://", "a web address"),
    ("https://", "a web address"),
    ("git:", "a git revision"),
];
const CLOUD: &str = "a cloud prefix";

/// A target that this version reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A local folder.
    Folder(PathBuf),
    /// A zip archive.
    Zip(PathBuf),
    /// A prefix in a cloud store.
    #[cfg(feature = "cloud")]
    Cloud {
        /// Which one.
        url: CloudUrl,
        /// How the store is asked.
        access: CloudAccess,
    },
    /// A revision or the index of a git repository.
    #[cfg(feature = "git")]
    Git(GitTarget),
    /// A saved listing.
    Listing(Listing),
}

impl Target {
    /// The target that the flags and the argument name together.
    ///
    /// # Errors
    /// As [`Target::named`], and when the flags about listings contradict each other or name a file
    /// that cannot be read.
    pub fn of(arguments: &CheckArguments) -> Result<Self, TargetError> {
        let target = arguments.target.as_deref();
        let path = match (&arguments.listed.listing, target) {
            (None, _) => {
                return Target::named(
                    target.unwrap_or(OsStr::new(".")),
                    &arguments.inspection.cloud,
                );
            }
            (Some(Some(path)), None) => path.as_os_str(),
            (Some(None), Some(target)) => target,
            (Some(None), None) => return Err(TargetError::NoListing),
            (Some(Some(listing)), Some(target)) => {
                let [target, listing] = [target, listing.as_os_str()]
                    .map(|name| visible_path(name.as_encoded_bytes()).to_owned());
                return Err(TargetError::ListingAndTarget { target, listing });
            }
        };
        Ok(Target::Listing(Listing {
            path: (path != "-").then(|| PathBuf::from(path)),
            root: arguments.listed.root.clone(),
            metadata: arguments.listed.metadata.as_deref().map(metadata_at).transpose()?,
        }))
    }

    /// The target that is named.
    ///
    /// What begins with `git:` is of a git repository, whatever stands beside it: a folder of such
    /// a name is `./git:…`.
    ///
    /// A folder that is there but cannot be looked at is passed on: that it cannot be read is the
    /// inspection's to say.
    ///
    /// # Errors
    /// When nothing stands there or a file that is no zip by its name, or it is another
    /// kind of target.
    pub fn named(target: &OsStr, cloud: &CloudArguments) -> Result<Self, TargetError> {
        #[cfg(feature = "cloud")]
        if let Some(address) =
            target.to_str().filter(|text| text.contains("://") && CloudUrl::is_meant(text))
        {
            return Ok(Target::Cloud {
                url: address.parse().map_err(mistake)?,
                access: cloud.access(),
            });
        }
        #[cfg(not(feature = "cloud"))]
        let _ = cloud;
        #[cfg(feature = "git")]
        if let Some(found) = GitTarget::named(target.as_encoded_bytes()) {
            return found.map(Target::Git).map_err(|error| TargetError::Git { error });
        }
        let path = PathBuf::from(target);
        let named = || visible_path(target.as_encoded_bytes());
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => Ok(Target::Folder(path)),
            Ok(metadata) if metadata.is_file() && is_zip(&path) => Ok(Target::Zip(path)),
            Ok(_) => Err(TargetError::NotAFolder { target: named() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(absent(named(), &path)),
            Err(_) => Ok(Target::Folder(path)),
        }
    }

    /// The target that a request names in its `resourceUrl`, which is `url`.
    ///
    /// # Errors
    /// When it is no cloud prefix, or this build reads none.
    #[cfg(feature = "cloud")]
    pub fn requested(
        request: &Request,
        url: &str,
        cloud: &CloudArguments,
    ) -> Result<Self, TargetError> {
        let (url, access) = place(request, url, &cloud.environment()).map_err(mistake)?;
        Ok(Target::Cloud { url, access })
    }

    /// The same in a build that reads no cloud prefix.
    #[cfg(not(feature = "cloud"))]
    pub fn requested(
        _request: &Request,
        url: &str,
        _cloud: &CloudArguments,
    ) -> Result<Self, TargetError> {
        let way =
            "name a local copy of the tree as TARGET, or check the request alone with --no-list";
        Err(TargetError::Unsupported { target: visible(url).into_owned(), kind: CLOUD, way })
    }

    /// Where the dataset itself lies, when that is a folder or a file on the disk.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Target::Folder(path) | Target::Zip(path) => Some(path),
            _ => None,
        }
    }

    /// Where the files of it lie on the disk, also when they are not read there: what is read from
    /// a git repository is a folder of its work tree, too. Or why they lie nowhere, in words.
    ///
    /// # Errors
    /// When they lie nowhere on the disk.
    pub fn on_disk(&self) -> Result<PathBuf, &'static str> {
        match self {
            Target::Folder(path) | Target::Zip(path) => Ok(path.clone()),
            #[cfg(feature = "cloud")]
            Target::Cloud { .. } => Err("the dataset lies in a cloud store"),
            #[cfg(feature = "git")]
            Target::Git(target) => {
                target.path_in_work_tree(Path::new(".")).ok_or("the repository has no work tree")
            }
            Target::Listing(_) => Err("a saved listing does not say where its dataset lies"),
        }
    }

    /// The file that is read in place of the tree, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Target::Zip(path) => Some(path),
            Target::Listing(listing) => listing.path.as_deref(),
            _ => None,
        }
    }

    /// What is to be said of the keys that a store is asked with.
    #[must_use]
    pub fn note_on_keys(&self) -> Option<String> {
        #[cfg(feature = "cloud")]
        if let Target::Cloud { access: CloudAccess::Environment(access), .. } = self
            && !access.unsigned
        {
            let names = sensortree_cloud::untidy_variables();
            return (!names.is_empty())
                .then(|| format!("white space at the ends of {} is left out", names.join(", ")));
        }
        None
    }

    /// Whether what a plan moves stays where it was, too, until that is made final.
    #[must_use]
    pub fn keeps_originals(&self) -> bool {
        match self {
            #[cfg(feature = "cloud")]
            Target::Cloud { .. } => true,
            _ => false,
        }
    }

    /// The API call that takes such a target; the user may name another.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        match self {
            Target::Zip(_) => Endpoint::Upload,
            #[cfg(feature = "cloud")]
            Target::Cloud { url, .. } if url.is_zip() => Endpoint::Upload,
            _ => Endpoint::ImportAnnotation,
        }
    }

    /// What lists it.
    #[must_use]
    pub fn source(&self) -> Box<dyn Source> {
        match self.clone() {
            Target::Folder(path) => Box::new(LocalFolder::new(path)),
            Target::Zip(path) => Box::new(ZipFile::new(path)),
            #[cfg(feature = "cloud")]
            Target::Cloud { url, access } => Box::new(CloudPrefix::new(url, access)),
            #[cfg(feature = "git")]
            Target::Git(target) => Box::new(GitFolder::new(target, ".")),
            Target::Listing(listing) => Box::new(listing),
        }
    }
}

#[cfg(feature = "cloud")]
fn mistake(SourceError { said, help, .. }: SourceError) -> TargetError {
    TargetError::Address { said, help }
}

/// Reads the metadata.json in a file that the user names.
pub(crate) fn metadata_at(path: &Path) -> Result<Vec<u8>, TargetError> {
    let cannot = |reason: String| TargetError::Metadata {
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

fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("zip"))
}

fn absent(target: String, path: &Path) -> TargetError {
    let way = "copy it to a local folder, or mount it, and check that";
    if target == "-" {
        let way = "say `- --listing` for a saved listing";
        return TargetError::Unsupported { target, kind: "standard input", way };
    }
    #[cfg(feature = "cloud")]
    if CloudUrl::is_meant(&target)
        && let Err(error) = target.parse::<CloudUrl>()
    {
        return mistake(error);
    }
    // Whatever is not there may have been meant for an address with keys in it.
    let target = without_secrets(&without_query(target));
    if let Some((_, kind)) = SCHEMES.iter().find(|(scheme, _)| target.starts_with(scheme)) {
        return TargetError::Unsupported { target, kind, way };
    }
    let help = neighbour(path).map(|name| path.with_file_name(name));
    let help = help.map(|path| {
        format!("did you mean `{}`?", visible_path(path.as_os_str().as_encoded_bytes()))
    });
    TargetError::Missing { target, help }
}

/// A web address without what may be a key in it: its query (a signature), and a name and password
/// before its host.
fn without_query(target: String) -> String {
    let Some((scheme @ ("http" | "https"), rest)) = target.split_once("://") else { return target };
    let place = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

/// The folder beside the path that was most likely meant.
fn neighbour(path: &Path) -> Option<String> {
    let parent =
        path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folders = fs::read_dir(parent)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let names: Vec<String> =
        folders.take(1_000).filter_map(|entry| entry.file_name().into_string().ok()).collect();
    let found = path.file_name()?.to_str()?;
    text::nearest(found, names.iter().map(String::as_str)).map(str::to_owned)
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
            let said = match Target::named(target.as_os_str(), &CloudArguments::default()) {
                Ok(Target::Folder(_)) => "a folder".to_owned(),
                Ok(Target::Zip(_)) => "a zip".to_owned(),
                #[cfg(feature = "cloud")]
                Ok(Target::Cloud { url, .. }) => format!("the cloud's {url}"),
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
