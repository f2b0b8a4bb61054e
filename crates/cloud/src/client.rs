//! A client of one bucket: pages of raw keys, single objects, parts of objects.

mod azure;
mod connections;
mod google;
mod network;
mod place;
mod refusal;
mod s3;
mod service;

use std::error::Error;
use std::ops::Range;

use async_trait::async_trait;
use object_store::list::{PaginatedListOptions, PaginatedListStore};
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, RetryConfig};

use self::place::Place;
pub(crate) use self::service::{HeaderCell, Object};
use self::service::{HttpTransport, Reading, ResponseCell};
use super::pages::{Page, PageError, PageRequest, Pages};
use crate::access::CloudAccess;
use crate::url::{CloudUrl, Provider};
use sensortree_scan::SourceError;

/// A store that lists page by page and reads objects.
trait Store: PaginatedListStore + ObjectStore {}
impl<S: PaginatedListStore + ObjectStore> Store for S {}

/// Asks one bucket.
#[derive(Debug)]
pub(crate) struct Client {
    store: Box<dyn Store>,
    transport: HttpTransport,
    /// What is said when the keys cannot be had, where object_store gets them.
    without_keys: Option<SourceError>,
}

impl Client {
    /// Makes ready to ask the bucket of an address. Nothing is sent yet.
    ///
    /// # Errors
    /// When the access is incomplete or contradicts itself.
    pub(crate) fn new(url: &CloudUrl, access: &CloudAccess) -> Result<Self, SourceError> {
        Client::for_use(url, access, Use::Reading)
    }

    /// Makes ready to change the bucket of an address, through [`Client::store`]. Nothing is sent
    /// yet.
    ///
    /// # Errors
    /// When the access is incomplete or contradicts itself.
    pub(crate) fn writing(url: &CloudUrl, access: &CloudAccess) -> Result<Self, SourceError> {
        Client::for_use(url, access, Use::Writing)
    }

    fn for_use(url: &CloudUrl, access: &CloudAccess, how: Use) -> Result<Self, SourceError> {
        match (access, url.provider()) {
            (CloudAccess::Explicit(access), Provider::S3 | Provider::Gcs) => {
                s3::explicit(url, access, how)
            }
            (CloudAccess::Explicit(_), Provider::Azure) => Err(SourceError::new(
                "keys of a request are for the S3 protocol, which Azure does not speak",
            )),
            (CloudAccess::Environment(access), Provider::S3) => s3::environment(url, access, how),
            (CloudAccess::Environment(access), Provider::Gcs) => {
                google::environment(url, access, how)
            }
            (CloudAccess::Environment(access), Provider::Azure) => {
                azure::environment(url, access, how)
            }
        }
    }

    /// The store itself, for requests that are answered to object_store.
    pub(crate) fn store(&self) -> &dyn ObjectStore {
        &*self.store
    }

    /// Which protocol is spoken, whatever the address is that of: Google takes keys of S3, too.
    pub(crate) fn protocol(&self) -> Provider {
        self.place().provider
    }

    /// The host and port of the store.
    pub(crate) fn host(&self) -> &str {
        &self.place().host
    }

    /// What to say where the keys could not be had.
    pub(crate) fn without_keys(&self) -> Option<&SourceError> {
        self.without_keys.as_ref()
    }

    fn new_with(store: impl Store, transport: HttpTransport) -> Self {
        Client { store: Box::new(store), transport, without_keys: None }
    }

    /// Opens so many connections for requests that are about to come, on which nothing is sent
    /// until then.
    pub(crate) fn open_ahead(&self, count: usize) {
        // To one's own machine it takes no time to connect, and a server for a developer's use may
        // serve one connection at a time: it would wait for a request on one that is idle.
        if !self.transport.is_loopback() {
            self.transport.open_ahead(count);
        }
    }

    /// Reads an object, at most `limit` bytes of it; `None` where there is none.
    pub(crate) async fn get(&self, key: &str, limit: usize) -> Result<Option<Object>, PageError> {
        self.read(key, GetOptions::default(), limit, None).await
    }

    /// Reads a part of an object, which may end before the range does; `None` where there is
    /// no such object.
    pub(crate) async fn read_range(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<Option<Object>, PageError> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
        let from = range.start;
        self.read(key, GetOptions::default().with_range(Some(range)), length, Some(from)).await
    }

    /// The size of an object; `None` where there is none.
    pub(crate) async fn head(&self, key: &str) -> Result<Option<u64>, PageError> {
        let object = self.read(key, GetOptions::default().with_head(true), 0, None).await?;
        let no_size = || {
            PageError::Fatal(SourceError::new(format!(
                "{} does not say how large an object is",
                self.place().host
            )))
        };
        object.map(|object| object.size.ok_or_else(no_size)).transpose()
    }

    async fn read(
        &self,
        key: &str,
        mut options: GetOptions,
        limit: usize,
        from: Option<u64>,
    ) -> Result<Option<Object>, PageError> {
        let unreadable = || PageError::Denied {
            said: "its key has an empty part, a `.` or a `..`, and cannot be asked for".to_owned(),
        };
        let path = Path::parse(key)
            .ok()
            .filter(|path| !key.is_empty() && path.as_ref() == key)
            .ok_or_else(unreadable)?;
        let response = ResponseCell::default();
        options.extensions.insert(Reading { limit, from, response: response.clone() });
        let unsent = self.store.get_opts(&path, options).await.err();
        response.take().unwrap_or_else(|| Err(self.unsent(unsent)))
    }

    fn place(&self) -> &Place {
        self.transport.place()
    }

    /// Why a request was not even sent.
    fn unsent(&self, error: Option<object_store::Error>) -> PageError {
        let mut next: Option<&(dyn Error + 'static)> = error.as_ref().map(|error| error as _);
        while let Some(error) = next {
            if let Some(known) = error.downcast_ref::<SourceError>() {
                return PageError::Fatal(known.clone());
            }
            next = error.source();
        }
        if let Some(error) = &self.without_keys {
            return PageError::Fatal(error.clone());
        }
        let said = error.map(|error| refusal::brief(&error.to_string())).unwrap_or_default();
        PageError::Fatal(SourceError::new(format!("the credentials cannot be used: {said}")))
    }
}

#[async_trait]
impl Pages for Client {
    async fn page(&self, request: &PageRequest<'_>) -> Result<Page, PageError> {
        let response: ResponseCell<Page> = ResponseCell::default();
        let mut options = PaginatedListOptions {
            offset: request.after.map(str::to_owned),
            delimiter: request.delimited.then_some("/".into()),
            max_keys: request.limit,
            page_token: request.token.map(str::to_owned),
            ..PaginatedListOptions::default()
        };
        options.extensions.insert(response.clone());
        let prefix = Some(request.prefix).filter(|prefix| !prefix.is_empty());
        let unsent = self.store.list_paginated(prefix, options).await.err();
        response.take().unwrap_or_else(|| Err(self.unsent(unsent)))
    }

    fn takes_after(&self) -> bool {
        self.place().provider != Provider::Azure
    }
}

/// What a client is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Answers are read here, and trying again is the caller's to decide.
    Reading,
    /// Answers go to object_store, which tries again.
    Writing,
}

impl Use {
    fn retry(self) -> RetryConfig {
        match self {
            Use::Reading => RetryConfig { max_retries: 0, ..RetryConfig::default() },
            Use::Writing => RetryConfig::default(),
        }
    }
}

#[cfg(test)]
mod tests;
