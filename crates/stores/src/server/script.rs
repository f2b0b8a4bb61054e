//! What the server does wrong, and when.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// A page of a listing.
    List,
    /// An object, or a range of it.
    Get,
    /// Whether an object is there, and its size.
    HeadObject,
    /// Whether a bucket is there, and its region.
    HeadBucket,
    /// Anything else.
    Other,
}

/// One way to misbehave.
#[derive(Clone, Debug)]
pub enum Fault {
    /// An error as S3 says it: an XML document with a status to match.
    Error {
        /// The HTTP status.
        status: u16,
        /// S3's word for it.
        code: &'static str,
        /// S3's sentence for it.
        message: &'static str,
        /// The header Retry-After, in seconds.
        retry_after: Option<u32>,
    },
    /// The document of an error, with the status 200.
    ErrorWith200,
    /// A web page with the status 200, as a proxy's log-in page is.
    Html,
    /// Half the body, and then the connection is closed: fewer bytes than Content-Length says.
    CutOff,
    /// Half the body in a response that is whole as far as HTTP goes.
    CutShort,
    /// The request is taken and never answered.
    Silence,
    /// Half the answer, and then nothing more; the connection stays open.
    HalfThenSilence,
    /// The connection is closed without an answer.
    HangUp,
    /// The answer comes this much later.
    Late(Duration),
    /// The status 307 to the same path and query on another host: `http://host:port`.
    Redirect(String),
    /// The bucket lives in this region: 301 and its name for a request signed for another.
    OtherRegion(&'static str),
    /// 403 for a request that is not signed (`AccessDenied`), or by another access key than this
    /// (`InvalidAccessKeyId`). The signature itself is not looked at.
    OnlyFor(&'static str),
    /// Lists from the beginning although `start-after` is given.
    IgnoreStartAfter,
    /// Lists the first page again and again, each time with another token for the next.
    RepeatPage,
    /// Gives with each page the same token for the next, and for that token the same page.
    RepeatToken,
    /// Says that there is more, and gives no token to ask for it.
    NoToken,
    /// Lists nothing, and gives each time another token for the next page.
    EmptyPages,
    /// Lists on each page names that were not there before, all of them before those of the first
    /// page, for ever.
    EarlierKeys,
    /// Gives a token of so many bytes for the next page.
    LongToken(usize),
    /// Lists a last name of so many bytes.
    LongKey(usize),
    /// Gives a page's keys in the opposite order.
    Backwards,
    /// The object is another one by now: its `ETag` differs.
    AnotherVersion,
    /// The object is a byte longer by now than it was listed.
    AnotherSize,
    /// Gives the whole object, with 200, where a range was asked for.
    IgnoreRange,
}

impl Fault {
    const fn error(status: u16, code: &'static str, message: &'static str) -> Fault {
        Fault::Error { status, code, message, retry_after: None }
    }

    /// 503 SlowDown: throttled.
    #[must_use]
    pub const fn slow_down(retry_after: Option<u32>) -> Fault {
        Fault::Error {
            status: 503,
            code: "SlowDown",
            message: "Please reduce your request rate.",
            retry_after,
        }
    }

    /// 429: throttled, in GCS's and Azure's way.
    #[must_use]
    pub const fn too_many_requests(retry_after: Option<u32>) -> Fault {
        Fault::Error {
            status: 429,
            code: "TooManyRequests",
            message: "Too many requests.",
            retry_after,
        }
    }

    /// 500: something broke.
    #[must_use]
    pub const fn internal() -> Fault {
        Fault::error(500, "InternalError", "We encountered an internal error. Please try again.")
    }

    /// 403: no permission.
    #[must_use]
    pub const fn denied() -> Fault {
        Fault::error(403, "AccessDenied", "Access Denied")
    }

    /// 403: the signature does not fit.
    #[must_use]
    pub const fn wrong_secret() -> Fault {
        Fault::error(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )
    }

    /// 403: the clocks of client and server are too far apart.
    #[must_use]
    pub const fn clock_skew() -> Fault {
        Fault::error(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
        )
    }

    /// 404: no such bucket.
    #[must_use]
    pub const fn no_such_bucket() -> Fault {
        Fault::error(404, "NoSuchBucket", "The specified bucket does not exist")
    }

    /// 404: no such object, as when it was deleted after it was listed.
    #[must_use]
    pub const fn no_such_key() -> Fault {
        Fault::error(404, "NoSuchKey", "The specified key does not exist.")
    }

    /// Misbehaves in answer to every request. The methods of [`Rule`] narrow it down.
    #[must_use]
    pub fn always(self) -> Rule {
        Rule {
            fault: self,
            operation: None,
            below: None,
            busier_than: None,
            skipped: 0,
            times: u64::MAX,
            met: AtomicU64::new(0),
        }
    }

    /// Misbehaves so many times, and then no more.
    #[must_use]
    pub fn first(self, times: u64) -> Rule {
        Rule { times, ..self.always() }
    }
}

/// A fault, and the requests that meet it. All conditions have to hold.
#[derive(Debug)]
pub struct Rule {
    pub(crate) fault: Fault,
    operation: Option<Operation>,
    below: Option<String>,
    busier_than: Option<u64>,
    skipped: u64,
    times: u64,
    met: AtomicU64,
}

impl Rule {
    /// Only requests of this kind.
    #[must_use]
    pub fn on(self, operation: Operation) -> Rule {
        Rule { operation: Some(operation), ..self }
    }

    /// Only listings of a prefix, and objects of a key, that start so.
    #[must_use]
    pub fn below(self, prefix: &str) -> Rule {
        Rule { below: Some(prefix.to_owned()), ..self }
    }

    /// Only when more requests than this are being answered at once: throttling that yields when
    /// the client does.
    #[must_use]
    pub fn busier_than(self, in_flight: u64) -> Rule {
        Rule { busier_than: Some(in_flight), ..self }
    }

    /// Leaves the first of those that it would meet in peace.
    #[must_use]
    pub fn after(self, skipped: u64) -> Rule {
        Rule { skipped, ..self }
    }

    /// Whether a request meets the fault; it is counted as one that did.
    pub(crate) fn meets(&self, operation: Operation, key: &[u8], in_flight: u64) -> bool {
        let may = self.operation.is_none_or(|wanted| wanted == operation)
            && self.below.as_ref().is_none_or(|below| key.starts_with(below.as_bytes()))
            && self.busier_than.is_none_or(|limit| in_flight > limit);
        if !may {
            return false;
        }
        let before = self.met.fetch_add(1, Ordering::Relaxed);
        before >= self.skipped && before - self.skipped < self.times
    }
}
