//! Reads a request from where the user says: a file, or standard input.

#[cfg(feature = "cloud")]
pub mod place;

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use miette::Diagnostic;
use sensortree_core::document::request::{MAX_REQUEST_BYTES, Request};
use sensortree_core::text::{lossless, number};
use sensortree_report::escape::visible;
use zeroize::Zeroizing;

/// What `vendorType` may say of a store that follows the S3 protocol.
const VENDORS: [&str; 22] = [
    "s3",
    "aws",
    "amazon",
    "awss3",
    "amazons3",
    "oss",
    "aliyun",
    "alibaba",
    "aliyunoss",
    "obs",
    "huawei",
    "huaweiobs",
    "cos",
    "tencent",
    "tencentcos",
    "minio",
    "gcs",
    "google",
    "ceph",
    "r2",
    "tos",
    "s3compatible",
];

/// What a request from standard input is called.
const STANDARD_INPUT: &str = "standard input";

/// A request that cannot be read.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum RequestError {
    /// The system refused.
    #[error("the request `{name}` cannot be read: {reason}")]
    Unreadable {
        /// The file as named.
        name: String,
        /// What the system said.
        reason: io::Error,
    },
    /// It is no request, whatever it is.
    #[error("`{name}` is too large for a request: it has over {} bytes", number(MAX_REQUEST_BYTES))]
    #[diagnostic(help("a request has less than a thousand; name the file that holds its JSON"))]
    TooLarge {
        /// The file as named.
        name: String,
    },
}

/// Reads the request in a file, `-` for standard input. Its bytes are wiped once it is parsed.
///
/// # Errors
/// When it cannot be read, or is larger than any request.
pub fn read(path: &Path) -> Result<Request, RequestError> {
    let is_standard_input = path.as_os_str() == "-";
    let written = path.as_os_str().as_encoded_bytes();
    let name = if is_standard_input { Cow::Borrowed(STANDARD_INPUT) } else { lossless(written) };
    let shown = || visible(&name).into_owned();
    let source = if is_standard_input { standard_input() } else { File::open(path) };
    let bytes = source
        .and_then(all_of)
        .map_err(|reason| RequestError::Unreadable { name: shown(), reason })?;
    if bytes.len() as u64 > MAX_REQUEST_BYTES {
        return Err(RequestError::TooLarge { name: shown() });
    }
    let is_tracked = !is_standard_input && sensortree_scan::is_tracked_by_git(path);
    Ok(Request::parse(&name, &bytes).tracked(is_tracked))
}

/// Standard input without the buffer that the standard library keeps for it, and that could
/// not be wiped.
#[cfg(unix)]
fn standard_input() -> io::Result<File> {
    use std::os::fd::AsFd as _;
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(windows)]
fn standard_input() -> io::Result<File> {
    use std::os::windows::io::AsHandle as _;
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// All bytes there are, or one more than a request may have. They are never moved to another place
/// in memory, where they could not be wiped.
fn all_of(source: impl Read) -> io::Result<Zeroizing<Vec<u8>>> {
    let limit = MAX_REQUEST_BYTES + 1;
    let room = usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    source.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What is to be said of a vendor that is not known.
#[must_use]
pub fn note_on_vendor(request: &Request) -> Option<String> {
    let vendor = request.storage()?.vendor_type?;
    let folded: String =
        vendor.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_known = VENDORS.contains(&folded.as_str());
    (!is_known).then(|| {
        format!(
            "`vendorType` `{}` is not known here; the store is asked over the S3 protocol",
            visible(vendor)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendors_are_known_by_several_names() {
        let note = |vendor: &str| {
            let text = format!(r#"{{"externalStorage": {{"vendorType": "{vendor}"}}}}"#);
            note_on_vendor(&Request::parse("body.json", text.as_bytes()))
        };
        for known in ["S3", "OSS", "OBS", "COS", "MinIO", "Aliyun OSS", "AWS_S3"] {
            assert_eq!(note(known), None);
        }
        assert!(note("FTP").is_some_and(|said| said.contains("`FTP` is not known")));
    }
}
