//! [`Target`]: what is named to be checked.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

#[cfg(feature = "cloud")]
use sensortree_cloud::{CloudAccess, CloudPrefix, CloudUrl, EnvironmentAccess};
use sensortree_core::document::request::without_secrets;
use sensortree_core::platform::Endpoint;
use sensortree_core::text;
#[cfg(feature = "cloud")]
use sensortree_scan::SourceError;
#[cfg(feature = "git")]
use sensortree_scan::git::{GitError, GitFolder, GitTarget};
use sensortree_scan::listing::Listing;
use sensortree_scan::local::LocalFolder;
use sensortree_scan::zip::ZipFile;
use sensortree_scan::{Capabilities, Contents, ListedTree, Run, ScanError, Source};

/// Why nothing can be checked of what was named.
///
/// What these say holds the name as it was given, with its control characters.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing stands there.
    #[error("there is no folder `{target}`")]
    Missing {
        /// The target as named.
        target: String,
        /// The folder beside it that was most likely meant.
        nearest: Option<PathBuf>,
    },
    /// A file stands there.
    #[error("`{target}` is a file")]
    NotAFolder {
        /// The target as named.
        target: String,
    },
    /// A cloud address with a mistake. It is not repeated, since keys may stand in it.
    #[cfg(feature = "cloud")]
    #[error(transparent)]
    Address(SourceError),
    /// The target names nothing in a git repository.
    #[cfg(feature = "git")]
    #[error(transparent)]
    Git(GitError),
    /// A kind of target that this build does not read.
    #[error("`{target}` is {kind}, which this build does not read")]
    Unsupported {
        /// The target as named.
        target: String,
        /// What it is.
        kind: &'static str,
    },
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
/// What a prefix is called in a build that reads none.
pub(crate) const CLOUD: &str = "a cloud prefix";

/// What is named to be checked: a [`Source`], whatever it is.
///
/// A source of one's own needs none of these: [`check`](crate::check) takes any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A local folder.
    Folder(LocalFolder),
    /// A zip archive.
    Zip(ZipFile),
    /// A prefix or a zip in a cloud store.
    #[cfg(feature = "cloud")]
    Cloud(CloudPrefix),
    /// A revision or the index of a git repository.
    #[cfg(feature = "git")]
    Git(GitFolder),
    /// A saved listing.
    Listing(Listing),
}

impl Target {
    /// The target of a name: a folder, a zip, an address such as `s3://bucket/prefix`, or
    /// `git:REVISION[:FOLDER]`. Stores are asked with the keys of the environment.
    ///
    /// What begins with `git:` is of a git repository, whatever stands beside it: a folder of such
    /// a name is `./git:…`. A folder that is there but cannot be looked at is passed on: that it
    /// cannot be read is for the listing to say.
    ///
    /// # Errors
    /// When nothing stands there, or a file that is no zip by its name, or it is another kind of
    /// target.
    pub fn named(target: impl AsRef<OsStr>) -> Result<Self, TargetError> {
        let target = target.as_ref();
        #[cfg(feature = "cloud")]
        if let Some(found) =
            Target::in_store(target, || CloudAccess::Environment(EnvironmentAccess::default()))
        {
            return found;
        }
        Target::outside_of_stores(target)
    }

    /// The target of a name, with what stores are asked with.
    ///
    /// # Errors
    /// As [`Target::named`].
    #[cfg(feature = "cloud")]
    pub fn named_with(
        target: impl AsRef<OsStr>,
        access: impl FnOnce() -> CloudAccess,
    ) -> Result<Self, TargetError> {
        let target = target.as_ref();
        Target::in_store(target, access).unwrap_or_else(|| Target::outside_of_stores(target))
    }

    #[cfg(feature = "cloud")]
    fn in_store(
        target: &OsStr,
        access: impl FnOnce() -> CloudAccess,
    ) -> Option<Result<Self, TargetError>> {
        let url = CloudUrl::of_address(target.to_str()?)?;
        Some(
            url.map(|url| Target::Cloud(CloudPrefix::new(url, access())))
                .map_err(TargetError::Address),
        )
    }

    fn outside_of_stores(target: &OsStr) -> Result<Self, TargetError> {
        #[cfg(feature = "git")]
        if let Some(found) = GitTarget::named(target.as_encoded_bytes()) {
            let found = found.map_err(TargetError::Git)?;
            return Ok(Target::Git(GitFolder::new(found, ".")));
        }
        let path = PathBuf::from(target);
        let named = || text::lossless(target.as_encoded_bytes()).into_owned();
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => Ok(Target::Folder(LocalFolder::new(path))),
            Ok(metadata) if metadata.is_file() && is_zip(&path) => {
                Ok(Target::Zip(ZipFile::new(path)))
            }
            Ok(_) => Err(TargetError::NotAFolder { target: named() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(absent(named(), &path)),
            Err(_) => Ok(Target::Folder(LocalFolder::new(path))),
        }
    }

    /// Where the dataset itself lies, when that is a folder or a file on the disk.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Target::Folder(folder) => Some(folder.path()),
            Target::Zip(zip) => Some(zip.path()),
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
            Target::Folder(folder) => Ok(folder.path().to_owned()),
            Target::Zip(zip) => Ok(zip.path().to_owned()),
            #[cfg(feature = "cloud")]
            Target::Cloud(_) => Err("the dataset lies in a cloud store"),
            #[cfg(feature = "git")]
            Target::Git(folder) => {
                folder.path_in_work_tree().ok_or("the repository has no work tree")
            }
            Target::Listing(_) => Err("a saved listing does not say where its dataset lies"),
        }
    }

    /// The file that is read in place of the tree, where there is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Target::Zip(zip) => Some(zip.path()),
            Target::Listing(listing) => listing.path.as_deref(),
            _ => None,
        }
    }

    /// The API call that takes such a target; the user may name another.
    #[must_use]
    pub fn endpoint(&self) -> Endpoint {
        match self {
            Target::Zip(_) => Endpoint::Upload,
            #[cfg(feature = "cloud")]
            Target::Cloud(prefix) if prefix.url().is_zip() => Endpoint::Upload,
            _ => Endpoint::ImportAnnotation,
        }
    }

    fn source(&self) -> &dyn Source {
        match self {
            Target::Folder(folder) => folder,
            Target::Zip(zip) => zip,
            #[cfg(feature = "cloud")]
            Target::Cloud(prefix) => prefix,
            #[cfg(feature = "git")]
            Target::Git(folder) => folder,
            Target::Listing(listing) => listing,
        }
    }
}

impl Source for Target {
    fn capabilities(&self) -> Capabilities {
        self.source().capabilities()
    }

    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        self.source().list(run)
    }
}

fn is_zip(path: &Path) -> bool {
    path.extension().is_some_and(|suffix| suffix.eq_ignore_ascii_case("zip"))
}

fn absent(target: String, path: &Path) -> TargetError {
    #[cfg(feature = "cloud")]
    if CloudUrl::is_meant(&target)
        && let Err(error) = target.parse::<CloudUrl>()
    {
        return TargetError::Address(error);
    }
    // Whatever is not there may have been meant for an address with keys in it.
    let target = without_secrets(&without_query(target));
    if let Some((_, kind)) = SCHEMES.iter().find(|(scheme, _)| target.starts_with(scheme)) {
        return TargetError::Unsupported { target, kind };
    }
    let nearest = neighbour(path).map(|name| path.with_file_name(name));
    TargetError::Missing { target, nearest }
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
