use std::path::Path;

use gix::Repository;
use gix::discover::upwards;
use gix::open::Options;
use gix::sec::trust::Mapping;

use super::error::{GitError, said};
use super::target::GitTarget;

/// The most memory, in bytes, that one object may ask for. What is read whole is trees, pointers
/// and metadata.json; a damaged or hostile one can declare any size.
const MOST_MEMORY: &str = "gitoxide.objects.allocLimit=1g";

/// Opens the repository that git would take: the one that the environment names, or else the
/// nearest around `from`.
///
/// As with git, one that belongs to somebody else is refused unless it is listed as a safe
/// directory.
pub(super) fn open(target: &GitTarget, from: &Path) -> Result<Repository, GitError> {
    let options = || Options::default().bail_if_untrusted(true).cli_overrides([MOST_MEMORY]);
    let upwards =
        upwards::Options { match_ceiling_dir_or_error: false, ..upwards::Options::default() };
    let trust = Mapping { full: options(), reduced: options() };
    gix::ThreadSafeRepository::discover_with_environment_overrides_opts(from, upwards, trust)
        .map(|repository| repository.to_thread_local())
        .map_err(|error| refused(&error, target, from))
}

fn refused(error: &gix::Error, target: &GitTarget, from: &Path) -> GitError {
    let from = from.canonicalize().unwrap_or_else(|_| from.to_path_buf());
    match error.downcast_any_ref::<upwards::Error>() {
        Some(upwards::Error::NoTrustedGitRepository { candidate, .. }) => {
            GitError::NotTrusted { path: candidate.clone() }
        }
        Some(_) => GitError::NoRepository { target: target.named.clone(), from },
        None if error.is_permission_denied() => match said(error) {
            text if text.contains("safe") || text.contains("trust") => {
                GitError::NotTrusted { path: from }
            }
            said => GitError::Unopenable { said },
        },
        None => GitError::Unopenable { said: said(error) },
    }
}

/// The path from the top of the work tree to where one stands, with `/` between its names; `None`
/// outside of it.
pub(super) fn here(repository: &Repository, from: &Path) -> Option<Vec<u8>> {
    let top = repository.workdir()?.canonicalize().ok()?;
    let from = from.canonicalize().ok()?;
    let names: Vec<&[u8]> =
        from.strip_prefix(&top).ok()?.iter().map(|name| name.as_encoded_bytes()).collect();
    Some(names.join(&b'/'))
}
