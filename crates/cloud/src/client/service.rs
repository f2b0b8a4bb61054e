//! The way a request takes to a store and back.
//!
//! object_store signs requests and says which credentials they carry, and stops there: it would put
//! every listed key through a parser that refuses some keys and changes others. So an answer is
//! read here, where its body comes in, and left in the request's [`ResponseCell`]; object_store is
//! told that there is none.

use std::fmt;
use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use flate2::read::GzDecoder;
use http_body_util::BodyExt as _;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use reqwest::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap};

use super::connections::OpenAhead;
use super::place::Place;
use super::refusal::{Asked, Refusal};
use super::{Use, connections, network};
use crate::endpoint::Endpoint;
use crate::pages::{Page, PageError};
use crate::side_channel::SideChannelClient;
use crate::url::Provider;
use crate::{answer, http as clients};
use sensortree_scan::SourceError;

/// A connection that is not made by then never will be.
const CONNECT: Duration = Duration::from_secs(8);

/// A request that sends a little now and then is given up by then.
const WHOLE: Duration = Duration::from_secs(300);

/// A page of 5,000 keys of the greatest length, every character written as a reference, has less.
const LARGEST_PAGE: usize = 64 << 20;

/// Longer explanations of an error are not read.
const LARGEST_COMPLAINT: usize = 1 << 20;

/// Where the answer to one request is left. It travels with the request, as one of its extensions.
#[derive(Debug)]
pub(super) struct ResponseCell<T>(Arc<Mutex<Option<Result<T, PageError>>>>);

impl<T> Clone for ResponseCell<T> {
    fn clone(&self) -> Self {
        ResponseCell(Arc::clone(&self.0))
    }
}

impl<T> Default for ResponseCell<T> {
    fn default() -> Self {
        ResponseCell(Arc::default())
    }
}

impl<T> ResponseCell<T> {
    /// The answer; `None` when no request was sent.
    pub(super) fn take(&self) -> Option<Result<T, PageError>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, answer: Result<T, PageError>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }
}

/// A request for an object, or for a part of it.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    /// At most so many bytes are taken.
    pub(super) limit: usize,
    /// The first byte wanted, when it is a part that was asked for.
    pub(super) from: Option<u64>,
    pub(super) response: ResponseCell<Option<Object>>,
}

/// Where the headers of an answer are left that object_store does not hand on. It travels with the
/// request, as one of its extensions.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeaderCell(Arc<Mutex<HeaderMap>>);

impl HeaderCell {
    fn put(&self, headers: &HeaderMap) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = headers.clone();
    }

    /// The values of a header.
    pub(crate) fn values(&self, name: &str) -> Vec<String> {
        let headers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let values = headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok().map(str::to_owned)).collect()
    }
}

/// An object, or a part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    /// The bytes, up to the limit that was asked for.
    pub(crate) bytes: Vec<u8>,
    /// The size of the whole object; `None` where the store does not say it.
    pub(crate) size: Option<u64>,
    /// Whether there is more than `bytes` of what was asked for.
    pub(crate) cut: bool,
    /// What the store calls this version of the object (`ETag`).
    pub(crate) version: Option<String>,
}

/// Sends requests for one bucket.
#[derive(Clone)]
pub(super) struct HttpTransport(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    place: Place,
    /// The store itself, where nothing is asked.
    address: String,
    is_loopback: bool,
    side_channel: Option<SideChannelClient>,
    how: Use,
    reached: AtomicBool,
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("place", &self.0.place).finish_non_exhaustive()
    }
}

impl HttpTransport {
    /// Makes ready to ask a store. Without `side`, requests for anything but the store's own
    /// answers fail: then nobody but the store is ever asked. `authorities` are trusted
    /// beside the system's.
    pub(super) fn new(
        place: Place,
        endpoint: &Endpoint,
        side_channel: Option<SideChannelClient>,
        authorities: Vec<reqwest::Certificate>,
        how: Use,
    ) -> Result<Self, SourceError> {
        let mut http = clients::builder()
            .https_only(!endpoint.is_plain())
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .connector_layer(OpenAhead)
            .tls_certs_merge(authorities);
        if endpoint.is_loopback() {
            http = http.no_proxy();
        }
        let http = http.build();
        let http =
            http.map_err(|_| SourceError::new("the system's certificates cannot be read"))?;
        let scheme = if endpoint.is_plain() { "http" } else { "https" };
        Ok(HttpTransport(Arc::new(Inner {
            http,
            address: format!("{scheme}://{}/", place.address),
            is_loopback: endpoint.is_loopback(),
            place,
            side_channel,
            how,
            reached: AtomicBool::new(false),
        })))
    }

    pub(super) fn place(&self) -> &Place {
        &self.0.place
    }

    /// Whether the store is on this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.0.is_loopback
    }

    /// Opens so many connections to the store.
    pub(super) fn open_ahead(&self, count: usize) {
        for _ in 0..count {
            connections::ahead(self.0.http.get(&self.0.address).send());
        }
    }

    /// Whether a request is for the store itself, and not for keys.
    fn is_own(&self, request: &HttpRequest) -> bool {
        let without_usual_port = |authority: &str| {
            let usual = [":443", ":80"].into_iter().find_map(|port| authority.strip_suffix(port));
            usual.unwrap_or(authority).to_ascii_lowercase()
        };
        request.uri().authority().is_some_and(|authority| {
            without_usual_port(authority.as_str()) == without_usual_port(&self.0.place.address)
        })
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, PageError> {
        let inner = &self.0;
        match HttpService::call(&inner.http, request).await {
            Ok(response) => {
                inner.reached.store(true, Ordering::Relaxed);
                Ok(response)
            }
            Err(error) => {
                Err(network::unreached(&inner.place, &error, inner.reached.load(Ordering::Relaxed)))
            }
        }
    }

    async fn list(&self, request: HttpRequest) -> Result<Page, PageError> {
        let (parts, body) = self.send(request).await?.into_parts();
        let refusal = self.refusal(Asked::List, parts.status.as_u16(), &parts.headers);
        if parts.status != 200 {
            return Err(refusal.of_status(&self.explanation(body).await));
        }
        let body = match self.body(body, LARGEST_PAGE).await? {
            (body, false) => body,
            (_, true) => {
                return Err(
                    refusal.of_unfit(answer::Unfit::Malformed("it is larger than any listing"))
                );
            }
        };
        let page = match self.0.place.provider {
            Provider::S3 | Provider::Gcs => answer::bucket_listing(&body),
            Provider::Azure => answer::container_listing(&body),
        };
        page.map_err(|unfit| refusal.of_unfit(unfit))
    }

    async fn read(
        &self,
        request: HttpRequest,
        reading: &Reading,
    ) -> Result<Option<Object>, PageError> {
        let (parts, body) = self.send(request).await?.into_parts();
        let refusal = self.refusal(Asked::Read, parts.status.as_u16(), &parts.headers);
        let host = &self.0.place.host;
        let size = match (parts.status.as_u16(), reading.from) {
            // Who gives the whole for a part gives its beginning, too; no more is read than
            // was asked for.
            (200, None | Some(0)) => header_number(&parts.headers, CONTENT_LENGTH.as_str()),
            (206, Some(from)) => {
                let (start, size) = content_range(&parts.headers).unwrap_or_default();
                if start != Some(from) {
                    return Err(PageError::Fatal(SourceError::new(format!(
                        "{host} answers with another part than was asked for"
                    ))));
                }
                size
            }
            (200, Some(_)) => {
                return Err(PageError::Fatal(
                    SourceError::new(format!("{host} cannot be asked for a part of an object"))
                        .help("copy the data to a local folder and check them there"),
                ));
            }
            (416, Some(_)) => {
                let size = content_range(&parts.headers).and_then(|(_, size)| size);
                return Ok(Some(Object { size, ..Object::default() }));
            }
            (404, _) => {
                let explanation = self.explanation(body).await;
                let bucket_missing = answer::complaint(&explanation).is_some_and(|complaint| {
                    ["NoSuchBucket", "ContainerNotFound"].contains(&complaint.code.as_str())
                });
                return if bucket_missing {
                    Err(refusal.of_status(&explanation))
                } else {
                    Ok(None)
                };
            }
            _ => return Err(refusal.of_status(&self.explanation(body).await)),
        };
        let (bytes, cut) = self.body(body, reading.limit).await?;
        let packed = parts.headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding == "gzip");
        let version = parts.headers.get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let object = Object { bytes: bytes.into(), size, cut, version };
        Ok(Some(if packed && reading.from.is_none() {
            unpacked(&object, reading.limit)
        } else {
            object
        }))
    }

    fn refusal<'a>(&'a self, asked: Asked, status: u16, headers: &'a HeaderMap) -> Refusal<'a> {
        Refusal { place: &self.0.place, asked, status, headers }
    }

    /// The body that explains an error, as far as it can be had.
    async fn explanation(&self, body: HttpResponseBody) -> Bytes {
        self.body(body, LARGEST_COMPLAINT).await.map(|(body, _)| body).unwrap_or_default()
    }

    /// The first bytes of a body, and whether there are more.
    async fn body(
        &self,
        mut body: HttpResponseBody,
        limit: usize,
    ) -> Result<(Bytes, bool), PageError> {
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| network::unreached(&self.0.place, &error, true))?;
            let Ok(data) = frame.into_data() else { continue };
            let room = limit - bytes.len();
            bytes.extend_from_slice(data.get(..room).unwrap_or(&data));
            if data.len() > room {
                return Ok((bytes.into(), true));
            }
        }
        Ok((bytes.into(), false))
    }
}

#[async_trait]
impl HttpService for HttpTransport {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if let Some(response) = request.extensions().get::<ResponseCell<Page>>().cloned() {
            response.put(self.list(request).await);
        } else if let Some(reading) = request.extensions().get::<Reading>().cloned() {
            let answer = self.read(request, &reading).await;
            reading.response.put(answer);
        } else if self.0.how == Use::Writing && self.is_own(&request) {
            let cell = request.extensions().get::<HeaderCell>().cloned();
            let response = HttpService::call(&self.0.http, request).await?;
            if let Some(cell) = cell {
                cell.put(response.headers());
            }
            return Ok(response);
        } else if let Some(side_channel) = &self.0.side_channel {
            return side_channel.send(request).await;
        }
        Err(HttpError::new(HttpErrorKind::Unknown, Taken))
    }
}

impl HttpConnector for HttpTransport {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// What object_store is told instead of an answer.
#[derive(Debug, thiserror::Error)]
#[error("the answer has been taken out")]
struct Taken;

/// An object that was stored packed, as a browser would see it. What cannot be unpacked stays
/// as it is.
fn unpacked(object: &Object, limit: usize) -> Object {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    match GzDecoder::new(object.bytes.as_slice()).take(most).read_to_end(&mut bytes) {
        Ok(length) => {
            bytes.truncate(limit);
            Object {
                bytes,
                size: (length <= limit && !object.cut).then_some(length as u64),
                cut: object.cut || length > limit,
                version: object.version.clone(),
            }
        }
        Err(_) => object.clone(),
    }
}

fn header_number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// The first byte of a `Content-Range`, where it names a range, and the size of the whole.
fn content_range(headers: &HeaderMap) -> Option<(Option<u64>, Option<u64>)> {
    let (range, size) = headers
        .get(CONTENT_RANGE)?
        .to_str()
        .ok()?
        .trim()
        .strip_prefix("bytes ")?
        .split_once('/')?;
    let start = range.split_once('-').and_then(|(start, _)| start.trim().parse().ok());
    Some((start, size.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::read::GzEncoder;

    use super::*;

    #[test]
    fn what_was_stored_packed_is_unpacked_up_to_the_limit() {
        let packed = |text: &[u8]| {
            let mut bytes = Vec::new();
            GzEncoder::new(text, Compression::fast()).read_to_end(&mut bytes).unwrap();
            Object { size: Some(bytes.len() as u64), bytes, cut: false, version: None }
        };
        let object =
            |bytes: &[u8], size, cut| Object { bytes: bytes.to_vec(), size, cut, version: None };
        assert_eq!(unpacked(&packed(b"{}"), 100), object(b"{}", Some(2), false));
        assert_eq!(unpacked(&packed(&[0; 100_000]), 300), object(&[0; 300], None, true));
        let plain = object(b"{}", Some(2), false);
        assert_eq!(unpacked(&plain, 100), plain);
    }
}
