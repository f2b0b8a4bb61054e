//! [`Bucket`]: objects that are copied, written and deleted.
//!
//! Requests that fail in passing (5xx, 429, broken connections) are sent again by object_store, up
//! to ten times within three minutes, more slowly each time. Such a request may have been carried
//! out the first time: who asks has to find out what is there.

use std::error::Error as _;

use object_store::path::Path;
use object_store::{
    CopyMode, CopyOptions, Error, GetOptions, ObjectMeta, ObjectStoreExt as _, PutMode, PutOptions,
    UpdateVersion,
};
use sensortree_scan::SourceError;

use super::access::CloudAccess;
use super::client::{Client, HeaderCell};
use super::url::{CloudUrl, Provider};

/// A bucket that is changed.
#[derive(Debug)]
pub struct Bucket {
    client: Client,
}

/// What a store says of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Its size in bytes.
    pub size: u64,
    /// What the store calls this version of it (`ETag`).
    pub etag: Option<String>,
    /// Google's number of this version.
    pub version: Option<String>,
    /// A checksum over the object that the store holds, as `KIND:VALUE`: of two objects in one
    /// bucket with the same kind they are comparable. Google's is CRC32C (`x-goog-hash`), Azure's
    /// the MD5 that was given or computed when it was written (`Content-MD5`). Over the S3 protocol
    /// there is none that is always there; what an equal `ETag` tells is up to who asks.
    pub checksum: Option<String>,
    /// Whether it is still being copied to here (Azure).
    pub pending: bool,
}

/// What has to hold for an object to be written.
#[derive(Clone, Copy, Debug)]
pub enum Precondition<'a> {
    /// There is none yet.
    Absent,
    /// It is this version.
    Is(&'a Head),
    /// Nothing: whatever is there is replaced.
    Nothing,
}

/// Why a bucket was not changed, or not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BucketError {
    /// There is no such object.
    #[error("there is no such object")]
    Missing,
    /// There is an object already, or another version than expected.
    #[error("there is another object")]
    Precondition,
    /// The keys do not permit it.
    #[error("the keys do not permit it")]
    Denied,
    /// The store, or its protocol, cannot do it: a condition, most often.
    #[error("the store cannot do it")]
    Unsupported,
    /// The store cannot be asked for such a key: it has an empty part, a `.` or a `..`.
    #[error("the key has an empty part, a `.` or a `..`, and cannot be asked for")]
    Key,
    /// Something else.
    #[error(transparent)]
    Other(#[from] SourceError),
}

impl Bucket {
    /// Makes ready to change the bucket of an address. Nothing is sent yet. To be called within a
    /// runtime.
    ///
    /// # Errors
    /// When the access is incomplete or contradicts itself.
    pub fn new(url: &CloudUrl, access: &CloudAccess) -> Result<Self, SourceError> {
        Ok(Bucket { client: Client::writing(url, access)? })
    }

    /// The host and port that it is asked at.
    #[must_use]
    pub fn host(&self) -> &str {
        self.client.host()
    }

    /// Whether a store can be asked for an object of this key.
    #[must_use]
    pub fn takes(key: &str) -> bool {
        path(key).is_ok()
    }

    /// Whether [`Bucket::copy`] fails where the new key is taken, whatever happens in between.
    /// Over the S3 protocol it does not, and who asks has to look first.
    #[must_use]
    pub fn copies_atomically(&self) -> bool {
        self.client.protocol() != Provider::S3
    }

    /// What the store says of an object; `None` where there is none.
    ///
    /// # Errors
    /// When the store cannot be asked, or refuses to say it.
    pub async fn head(&self, key: &str) -> Result<Option<Head>, BucketError> {
        let cell = HeaderCell::default();
        let mut options = GetOptions::default().with_head(true);
        options.extensions.insert(cell.clone());
        match self.client.store().get_opts(&path(key)?, options).await {
            Ok(answer) => Ok(Some(head(&answer.meta, &cell))),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// Reads an object as a whole.
    ///
    /// # Errors
    /// When there is none, or the store cannot be asked.
    pub async fn get(&self, key: &str) -> Result<(Vec<u8>, Head), BucketError> {
        let cell = HeaderCell::default();
        let mut options = GetOptions::default();
        options.extensions.insert(cell.clone());
        let answer = self.client.store().get_opts(&path(key)?, options).await;
        let answer = answer.map_err(|error| self.failure(&error))?;
        let head = head(&answer.meta, &cell);
        let bytes = answer.bytes().await.map_err(|error| self.failure(&error))?;
        Ok((bytes.into(), head))
    }

    /// Copies an object within the bucket, its metadata included, without reading it. Where
    /// [`Bucket::copies_atomically`], only to a key that is not taken.
    ///
    /// # Errors
    /// When the store refuses: [`BucketError::Precondition`] where the key is taken.
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), BucketError> {
        let mode = if self.copies_atomically() { CopyMode::Create } else { CopyMode::Overwrite };
        self.copy_with(from, to, mode).await
    }

    /// As [`Bucket::copy`], in the place of what the new key stands for.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn overwrite(&self, from: &str, to: &str) -> Result<(), BucketError> {
        self.copy_with(from, to, CopyMode::Overwrite).await
    }

    async fn copy_with(&self, from: &str, to: &str, mode: CopyMode) -> Result<(), BucketError> {
        let options = CopyOptions::new().with_mode(mode);
        let copied = self.client.store().copy_opts(&path(from)?, &path(to)?, options).await;
        copied.map_err(|error| self.failure(&error))
    }

    /// Deletes an object. That there is none is no error.
    ///
    /// # Errors
    /// When the store refuses.
    pub async fn delete(&self, key: &str) -> Result<(), BucketError> {
        match self.client.store().delete(&path(key)?).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// Writes an object.
    ///
    /// # Errors
    /// When the precondition does not hold, the store does not know any (then nothing is written),
    /// or it refuses.
    pub async fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        precondition: Precondition<'_>,
    ) -> Result<(), BucketError> {
        let mode = match precondition {
            Precondition::Absent => PutMode::Create,
            Precondition::Nothing => PutMode::Overwrite,
            Precondition::Is(head) => PutMode::Update(UpdateVersion {
                e_tag: head.etag.clone(),
                version: head.version.clone(),
            }),
        };
        let (path, options) = (path(key)?, PutOptions::from(mode));
        let put = self.client.store().put_opts(&path, bytes.into(), options).await;
        put.map(|_| ()).map_err(|error| self.failure(&error))
    }

    /// What a failure comes to. Nothing of the library's words is shown: they hold addresses, which
    /// may be signed.
    fn failure(&self, error: &Error) -> BucketError {
        match error {
            Error::NotFound { .. } => BucketError::Missing,
            Error::AlreadyExists { .. }
            | Error::Precondition { .. }
            | Error::NotModified { .. } => BucketError::Precondition,
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => BucketError::Denied,
            Error::NotSupported { .. } | Error::NotImplemented { .. } => BucketError::Unsupported,
            Error::InvalidPath { .. } => BucketError::Key,
            error => self.words(error),
        }
    }

    fn words(&self, error: &Error) -> BucketError {
        let mut answered = status(&error.to_string());
        let mut next = error.source();
        while let Some(error) = next {
            if let Some(known) = error.downcast_ref::<SourceError>() {
                return BucketError::Other(known.clone());
            }
            answered = answered.or_else(|| status(&error.to_string()));
            next = error.source();
        }
        let unreached = || SourceError::new("the store could not be reached, or broke off");
        BucketError::Other(match answered {
            Some(501) => return BucketError::Unsupported,
            Some(status) => {
                SourceError::new(format!("the store answered with the status {status}"))
            }
            None => self.client.without_keys().cloned().unwrap_or_else(unreached),
        })
    }
}

/// The HTTP status in the library's words for an answer.
fn status(said: &str) -> Option<u16> {
    let (_, behind) = said.split_once("status code: ")?;
    behind.get(..3)?.parse().ok()
}

fn path(key: &str) -> Result<Path, BucketError> {
    let path = Path::parse(key).ok().filter(|path| !key.is_empty() && path.as_ref() == key);
    path.ok_or(BucketError::Key)
}

fn head(meta: &ObjectMeta, cell: &HeaderCell) -> Head {
    let crc =
        cell.values("x-goog-hash").iter().flat_map(|value| value.split(',')).find_map(|value| {
            value.trim().strip_prefix("crc32c=").map(|it| format!("crc32c:{it}"))
        });
    let md5 = cell.values("content-md5").into_iter().next().map(|it| format!("md5:{it}"));
    Head {
        size: meta.size,
        etag: meta.e_tag.clone(),
        version: meta.version.clone(),
        checksum: crc.or(md5),
        pending: cell.values("x-ms-copy-status").iter().any(|status| status == "pending"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_is_found_in_the_words_for_an_answer() {
        let said = "Error performing GET http://h/k in 1ms - Server returned non-2xx status code: \
                    503 Service Unavailable: ";
        assert_eq!(status(said), Some(503));
        assert_eq!(status("the connection broke"), None);
    }

    #[test]
    fn keys_that_no_request_can_name_are_known() {
        for key in ["a/b", "a b/%2F", "ü"] {
            assert!(Bucket::takes(key), "{key}");
        }
        for key in ["", "a//b", "/a", "a/", "a/../b", "./a", "a\u{1}"] {
            assert!(!Bucket::takes(key), "{key:?}");
        }
    }
}
