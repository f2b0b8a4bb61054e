//! What a store's refusal means, and what a user can do about it.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};

use super::place::{Keys, Place};
use crate::answer::{self, Complaint, Unfit};
use crate::pages::PageError;
use crate::url::Provider;
use sensortree_scan::SourceError;

/// Clocks further apart than this make stores refuse a signature.
const SKEW: Duration = Duration::from_secs(4 * 60);

/// Longer waits than this are not waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

/// Codes that ask for fewer requests.
const THROTTLED: [&str; 11] = [
    "SlowDown",
    "ServerBusy",
    "Throttling",
    "ThrottlingException",
    "RequestLimitExceeded",
    "TooManyRequests",
    "BandwidthLimitExceeded",
    "ServiceUnavailable",
    "EgressIsOverAccountLimit",
    "IngressIsOverAccountLimit",
    "rateLimitExceeded",
];

/// Codes of what may go well another time.
const PASSING: [&str; 5] = [
    "InternalError",
    "InternalServerError",
    "RequestTimeout",
    "OperationTimedOut",
    "OperationAborted",
];

/// Codes of what the keys may not do.
const DENIED: [&str; 9] = [
    "AccessDenied",
    "AllAccessDisabled",
    "AuthorizationFailure",
    "AuthorizationPermissionMismatch",
    "AuthorizationResourceTypeMismatch",
    "AuthorizationServiceMismatch",
    "AuthorizationSourceIPMismatch",
    "InsufficientAccountPermissions",
    "PublicAccessNotPermitted",
];

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    List,
    Read,
}

/// An answer that is no success.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal<'a> {
    pub(super) place: &'a Place,
    pub(super) asked: Asked,
    pub(super) status: u16,
    pub(super) headers: &'a HeaderMap,
}

impl Refusal<'_> {
    /// What an answer means whose status is no success.
    pub(super) fn of_status(&self, body: &[u8]) -> PageError {
        if self.status == 407 {
            return PageError::Fatal(SourceError::new(
                "the proxy on the way to the store wants a password",
            ));
        }
        match answer::complaint(body) {
            Some(complaint) => self.of_complaint(&complaint),
            None => {
                // To a request without a body for the answer, Azure still names the reason
                // in a header.
                let code = self.header("x-ms-error-code").unwrap_or_default().to_owned();
                let html = answer::is_html(body);
                match self.of_complaint(&Complaint { code, ..Complaint::default() }) {
                    PageError::Fatal(_) | PageError::Denied { .. } if html => {
                        PageError::Fatal(self.html())
                    }
                    error => error,
                }
            }
        }
    }

    /// What an answer means that came with a success and is no listing.
    pub(super) fn of_unfit(&self, unfit: Unfit) -> PageError {
        let Place { host, .. } = self.place;
        match unfit {
            Unfit::CutOff => {
                PageError::Transient { said: format!("an answer of {host} was cut off") }
            }
            Unfit::Malformed(why) => PageError::Fatal(
                SourceError::new(format!(
                    "{host} sent an answer that cannot be read as a listing: {why}"
                ))
                .unreadable()
                .help(match self.place.provider {
                    Provider::S3 => {
                        "make sure that the endpoint speaks the S3 protocol with ListObjectsV2"
                    }
                    Provider::Gcs | Provider::Azure => {
                        "make sure that the endpoint is the store itself"
                    }
                }),
            ),
            Unfit::Html => PageError::Fatal(self.html()),
            Unfit::Error(complaint) => self.of_complaint(&complaint),
        }
    }

    fn html(&self) -> SourceError {
        SourceError::new(format!("{} sent a page of HTML instead of a listing", self.place.host)).unreadable().help(
            "a proxy or a sign-in page stands in between, or the endpoint is a console: name the store's own endpoint",
        )
    }

    fn of_complaint(&self, complaint: &Complaint) -> PageError {
        if let Some(region) = self.named_region(complaint) {
            return PageError::Fatal(self.wrong_region(&region));
        }
        let code = complaint.code.as_str();
        if THROTTLED.contains(&code) {
            self.throttled()
        } else if PASSING.contains(&code) {
            self.passing(code)
        } else if DENIED.contains(&code) {
            self.denied()
        } else if let Some(error) = self.of_keys(complaint).or_else(|| self.of_target(code)) {
            PageError::Fatal(error)
        } else {
            self.of_bare_status(complaint)
        }
    }

    /// What is wrong with the target itself.
    fn of_target(&self, code: &str) -> Option<SourceError> {
        let Place { host, .. } = self.place;
        let bucket = self.place.bucket();
        Some(match code {
            "NoSuchBucket" | "ContainerNotFound" | "ContainerBeingDeleted" => self.no_bucket(),
            "InvalidBucketName" | "InvalidResourceName" | "InvalidUri" => {
                SourceError::new(format!("{host} does not take the name of {bucket}"))
            }
            "AccountIsDisabled" => SourceError::new(format!("the account of {bucket} is disabled")),
            "UserProjectMissing" => SourceError::new(format!("{bucket} lets the requester pay, which is not supported")),
            "NotImplemented" | "MethodNotAllowed" => SourceError::new(format!(
                "{host} does not know this kind of request"
            ))
            .help("make sure that the endpoint is the store's own, and try `--path-style` or `--virtual-host-style`"),
            _ => return None,
        })
    }

    /// What an answer means that names no known reason.
    fn of_bare_status(&self, complaint: &Complaint) -> PageError {
        let Place { provider, host, .. } = self.place;
        PageError::Fatal(match self.status {
            429 | 503 => return self.throttled(),
            408 | 500 | 502 | 504..=599 => return self.passing(&complaint.code),
            403 => return self.denied(),
            401 => self.unknown_keys(),
            404 if self.asked == Asked::List => self.no_bucket(),
            300..=399 => self.redirected(),
            _ => {
                let message = brief(&complaint.message);
                let message = if message.is_empty() { message } else { format!(": {message}") };
                let error = SourceError::new(format!(
                    "{host} answers {}{message}",
                    self.answered(&complaint.code)
                ));
                match provider {
                    Provider::S3 => {
                        error.help("make sure that the endpoint and `--region` are right")
                    }
                    Provider::Gcs | Provider::Azure => error,
                }
            }
        })
    }

    /// What is wrong with the keys, or with how they sign.
    fn of_keys(&self, complaint: &Complaint) -> Option<SourceError> {
        let place = self.place;
        let host = &place.host;
        Some(match complaint.code.as_str() {
            "RequestTimeTooSkewed" => self.skewed(complaint),
            "InvalidAccessKeyId" | "InvalidSecurity" => self.unknown_keys(),
            "SignatureDoesNotMatch" | "AuthenticationFailed" | "InvalidAuthenticationInfo" => {
                // Azure says no more than that of a clock that is wrong.
                if self.skew(None).is_some_and(|(skew, _)| skew > SKEW) {
                    return Some(self.skewed(complaint));
                }
                SourceError::new(format!("{host} refuses the signature")).help(match (place.keys, place.provider) {
                    (Keys::Request, _) => "`secreteKey` does not belong to `accessKey`, or the region is another",
                    (_, Provider::S3) => {
                        "the secret key does not belong to the access key id: check both for missing characters"
                    }
                    (_, Provider::Gcs) => {
                        "the credentials are damaged: get new ones with `gcloud auth application-default login`"
                    }
                    (_, Provider::Azure) => "the account key or the SAS token is not the account's, or it has expired",
                })
            }
            "ExpiredToken" | "TokenRefreshRequired" | "InvalidToken" | "ExpiredTokenException" => {
                SourceError::new("the session token has expired or is not valid")
                    .help("sign in again (for SSO: `aws sso login`)")
            }
            "NoAuthenticationInformation"
            | "InvalidCredentials"
            | "Unauthorized"
            | "AuthenticationRequired" => self.unknown_keys(),
            _ => return None,
        })
    }

    fn unknown_keys(&self) -> SourceError {
        let host = &self.place.host;
        match self.place.keys {
            Keys::None => SourceError::new(format!("{host} lists {} with keys only", self.place.bucket()))
                .help("leave out `--no-sign-request`, and give keys as docs/cloud.md says"),
            Keys::Request => SourceError::new(format!("{host} does not know the access key"))
                .help("check `accessKey` and `endpoint` in the request's `externalStorage`"),
            Keys::Environment => SourceError::new(format!("{host} does not know the keys")).help(
                "they are another store's, or have been deleted: check the profile and the environment (docs/cloud.md)",
            ),
        }
    }

    fn no_bucket(&self) -> SourceError {
        let Place { host, provider, .. } = self.place;
        SourceError::new(format!("there is no {} at {host}", self.place.bucket())).help(
            match provider {
                Provider::S3 => {
                    "check the spelling; a store other than AWS is named with `--endpoint-url`"
                }
                Provider::Gcs => "check the spelling",
                Provider::Azure => "check the spelling, and the storage account",
            },
        )
    }

    /// Listing without the right to is no reason to give up all the rest.
    fn denied(&self) -> PageError {
        let keys = if self.place.keys == Keys::None { "without keys" } else { "with these keys" };
        let (verb, permission) = match self.asked {
            Asked::List => ("list", self.place.list_permission()),
            Asked::Read => ("read", self.place.read_permission()),
        };
        PageError::Denied {
            said: format!("no permission to {verb} {keys} (it takes {permission})"),
        }
    }

    fn passing(&self, code: &str) -> PageError {
        PageError::Transient {
            said: format!("{} answers {}", self.place.host, self.answered(code)),
        }
    }

    fn throttled(&self) -> PageError {
        let code = if self.status == 200 { String::new() } else { format!(" ({})", self.status) };
        PageError::Throttled {
            after: self.retry_after(),
            said: format!("{} asks for fewer requests{code}", self.place.host),
        }
    }

    fn redirected(&self) -> SourceError {
        let elsewhere = self.header(LOCATION.as_str()).and_then(host_of);
        let host = &self.place.host;
        match elsewhere {
            Some(other) => SourceError::new(format!(
                "{host} sends on to `{other}`, which is not followed with keys"
            ))
            .help(format!("if that is the store, name it: `--endpoint-url https://{other}`")),
            None => SourceError::new(format!(
                "{host} says that the bucket is elsewhere, and not where"
            ))
            .help(
                "name the bucket's region with `--region`, or its endpoint with `--endpoint-url`",
            ),
        }
    }

    /// The region that the bucket is in, where that is what is wrong.
    fn named_region(&self, complaint: &Complaint) -> Option<String> {
        let misplaced = matches!(
            complaint.code.as_str(),
            "PermanentRedirect"
                | "TemporaryRedirect"
                | "Redirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException"
                | "IncorrectEndpoint"
        );
        let moved =
            matches!(self.status, 300..=399) || (self.status == 400 && self.asked == Asked::List);
        if self.place.provider != Provider::S3 || !(misplaced || moved) {
            return None;
        }
        let from_header = self.header("x-amz-bucket-region").map(str::to_owned);
        let region = from_header.or_else(|| complaint.region.clone())?;
        let plausible = region.len() <= 40
            && region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (plausible && self.place.region.as_deref() != Some(&region)).then_some(region)
    }

    fn wrong_region(&self, region: &str) -> SourceError {
        let asked = self
            .place
            .region
            .as_deref()
            .map(|asked| format!(", not in `{asked}`"))
            .unwrap_or_default();
        SourceError::new(format!("{} is in the region `{region}`{asked}", self.place.bucket()))
            .help(format!("name it: `--region {region}`"))
    }

    fn skewed(&self, complaint: &Complaint) -> SourceError {
        let error = match self.skew(complaint.server_time.as_deref()) {
            Some((skew, behind)) => {
                let direction = if behind { "behind" } else { "ahead of" };
                SourceError::new(format!(
                    "this computer's clock is {} {direction} {}'s, and the store refuses its signatures",
                    in_words(skew),
                    self.place.host
                ))
            }
            None => SourceError::new(format!(
                "this computer's clock is not {}'s, and the store refuses its signatures",
                self.place.host
            )),
        };
        error.help("set the clock, and try again")
    }

    /// How far the clocks are apart, and whether ours is behind.
    fn skew(&self, server_time: Option<&str>) -> Option<(Duration, bool)> {
        let from_body = server_time.and_then(|time| time.parse::<Timestamp>().ok());
        let theirs = from_body.or_else(|| http_date(self.header(DATE.as_str())?))?;
        let ours = Timestamp::now();
        Some((ours.duration_since(theirs).unsigned_abs(), ours < theirs))
    }

    fn retry_after(&self) -> Option<Duration> {
        let text = self.header(RETRY_AFTER.as_str())?.trim();
        let wait = match text.parse::<u64>() {
            Ok(seconds) => Duration::from_secs(seconds),
            Err(_) => {
                http_date(text)?.duration_since(Timestamp::now()).try_into().unwrap_or_default()
            }
        };
        Some(wait.min(LONGEST_WAIT))
    }

    /// The error code and the status, as far as there are any.
    fn answered(&self, code: &str) -> String {
        let plain = |code: &&str| {
            code.len() <= 64
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        };
        match Some(code).filter(|code| !code.is_empty()).filter(plain) {
            Some(code) => format!("{code} (status {})", self.status),
            None => format!("with status {}", self.status),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

fn http_date(text: &str) -> Option<Timestamp> {
    Some(rfc2822::parse(text).ok()?.timestamp())
}

/// The host that an address leads to, without a name, a key or a query.
fn host_of(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (!host.is_empty() && host.len() <= 253 && host.bytes().all(plain)).then(|| host.to_owned())
}

/// A message that a store sent, cut to what fits on a line.
pub(super) fn brief(message: &str) -> String {
    const LONGEST: usize = 200;
    let line: Vec<&str> = message.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests;
