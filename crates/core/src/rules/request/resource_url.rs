//! What is wrong with the address of a tree (fact Q1).

use std::ops::Range;

use crate::platform::{Basis, Effect, ResponseCode};

/// One thing that is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) effect: Effect,
    pub(super) basis: Basis,
    /// Which characters of the address it is about.
    pub(super) place: Range<usize>,
    /// What is wrong: `names no bucket`.
    pub(super) what: String,
    /// What would mend it.
    pub(super) help: Option<String>,
}

const DOCUMENTED: (Effect, Basis) =
    (Effect::Reject(ResponseCode::IllegalParameter), Basis::Documented);
const IMPLIED: (Effect, Basis) = (Effect::Reject(ResponseCode::IllegalParameter), Basis::Implied);
const ADVICE: (Effect, Basis) = (Effect::Advice, Basis::Advice);

/// Schemes of stores that follow the S3 protocol.
const S3_PROTOCOL: [&str; 8] = ["s3", "s3a", "s3n", "oss", "obs", "cos", "cosn", "minio"];

/// All that is wrong with an address, gravest first. With a storage of one's own it may be one of
/// the S3 protocol.
pub(super) fn faults(url: &str, is_external: bool) -> Vec<Fault> {
    let mut faults = Faults { url, found: Vec::new() };
    faults.look(is_external);
    faults.found.sort_by_key(|fault| (fault.effect, fault.basis, fault.place.start));
    faults.found
}

struct Faults<'u> {
    url: &'u str,
    found: Vec<Fault>,
}

impl Faults<'_> {
    fn add(
        &mut self,
        (effect, basis): (Effect, Basis),
        bytes: Range<usize>,
        what: impl Into<String>,
        help: Option<String>,
    ) {
        let count = |end: usize| self.url.get(..end).unwrap_or_default().chars().count();
        let place = count(bytes.start)..count(bytes.end);
        self.found.push(Fault { effect, basis, place, what: what.into(), help });
    }

    fn look(&mut self, is_external: bool) {
        let url = self.url;
        let lower = url.to_ascii_lowercase();
        let scheme = url.find("://").filter(|at| is_scheme(&url[..*at]));
        if url.starts_with(char::is_whitespace) {
            let spaces = url.len() - url.trim_start().len();
            return self.add(
                DOCUMENTED,
                0..spaces,
                "starts with a space",
                Some(format!("write `{}`", url.trim())),
            );
        }
        let Some(end) = scheme else { return self.without_scheme(&lower) };
        let rest = end + 3;
        match &lower[..end] {
            "gs" if &url[..end] == "gs" => self.bucket(rest, true),
            "gs" => {
                self.add(
                    DOCUMENTED,
                    0..end,
                    "has its scheme in capitals",
                    Some(format!("write `gs{}`", &url[end..])),
                );
            }
            "http" | "https" => self.web_address(&lower, rest, is_external),
            "file" => self.local_path(),
            scheme if S3_PROTOCOL.contains(&scheme) && is_external => {
                self.add(
                    ADVICE,
                    0..rest,
                    "is of the S3 protocol; documented is `gs://bucket-name/` only",
                    None,
                );
                self.bucket(rest, false);
            }
            scheme if S3_PROTOCOL.contains(&scheme) => self.add(
                DOCUMENTED,
                0..rest,
                "is of the S3 protocol, and the request names no storage of its own",
                Some(format!("put the tree into a Google Cloud Storage bucket, or add {EXTERNAL}")),
            ),
            "az" | "abfs" | "abfss" | "wasb" | "wasbs" => self.add(
                DOCUMENTED,
                0..rest,
                "is of Azure, which the platform does not read",
                Some("put the tree into a Google Cloud Storage bucket".to_owned()),
            ),
            _ => self.add(
                DOCUMENTED,
                0..rest,
                "does not start with `gs://`",
                Some(GS_FORM.to_owned()),
            ),
        }
    }

    fn without_scheme(&mut self, lower: &str) {
        let url = self.url;
        let drive = url.as_bytes().get(1..3).is_some_and(|behind| matches!(behind, b":\\" | b":/"));
        if drive || url.starts_with(['/', '~', '.', '\\']) {
            self.local_path();
        } else if lower.starts_with("gs:") {
            let bucket = url[3..].trim_start_matches('/');
            self.add(
                DOCUMENTED,
                0..3,
                "does not start with `gs://`",
                Some(format!("write `gs://{bucket}`")),
            );
        } else {
            self.add(
                DOCUMENTED,
                0..0,
                "says no scheme",
                Some(format!("write `gs://{}/`", url.trim_matches('/'))),
            );
        }
    }

    fn local_path(&mut self) {
        let help =
            "upload the tree to a bucket and name that, or pack it into a zip for an upload call"
                .to_owned();
        self.add(
            DOCUMENTED,
            0..self.url.len(),
            "is a local path, which the platform cannot reach",
            Some(help),
        );
    }

    fn web_address(&mut self, lower: &str, rest: usize, is_external: bool) {
        let url = self.url;
        if let Some(form) = google_form(url, rest) {
            let what = "is the web address of a Google Cloud Storage object or bucket";
            return self.add(DOCUMENTED, 0..rest, what, Some(format!("write `{form}`")));
        }
        if is_external {
            self.add(
                ADVICE,
                0..rest,
                "is a web address; documented is `gs://bucket-name/` only",
                None,
            );
            return self.oddities(rest);
        }
        let host = lower[rest..].split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        let host = host.split(':').next().unwrap_or_default();
        let is_store = ["amazonaws.com", "aliyuncs.com", "myhuaweicloud.com", "myqcloud.com"]
            .iter()
            .any(|it| host.ends_with(it));
        let help = match is_store {
            true => format!("put the tree into a Google Cloud Storage bucket, or add {EXTERNAL}"),
            false => GS_FORM.to_owned(),
        };
        self.add(
            DOCUMENTED,
            0..rest,
            "is a web address, and does not start with `gs://`",
            Some(help),
        );
    }

    /// The bucket that starts here, and the prefix behind it.
    fn bucket(&mut self, start: usize, of_google: bool) {
        let rest = &self.url[start..];
        let end = start + rest.find('/').unwrap_or(rest.len());
        let bucket = &self.url[start..end];
        if bucket.is_empty() {
            return self.add(DOCUMENTED, start..end, "names no bucket", Some(GS_FORM.to_owned()));
        }
        if of_google && let Some(what) = odd_bucket(bucket) {
            self.add(IMPLIED, start..end, what, None);
        }
        if end == self.url.len() {
            let help = Some(format!("write `{}/`", self.url));
            return self.add(
                if of_google { DOCUMENTED } else { ADVICE },
                end..end,
                "ends with the bucket, without a `/`",
                help,
            );
        }
        self.oddities(end + 1);
    }

    /// What is allowed in the prefix that starts here, and seldom meant.
    fn oddities(&mut self, start: usize) {
        let prefix = self.url.get(start..).unwrap_or_default();
        let places = |wanted: fn(&str) -> bool| {
            let mut at = start;
            prefix.split('/').find_map(|segment| {
                let here = at..at + segment.len();
                at = here.end + 1;
                wanted(segment).then_some(here)
            })
        };
        let is_last = |here: &Range<usize>| here.end == self.url.len();
        let found = [
            (
                places(|name| matches!(name, "." | "..")),
                "has a `.` or `..`, which means nothing in the names of objects",
            ),
            (
                places(str::is_empty).filter(|here| !is_last(here)),
                "has an empty name between two slashes",
            ),
            (
                places(is_percent_encoded),
                "is percent-encoded; names of objects are written as they are",
            ),
            (
                places(|name| name.contains(['?', '#'])),
                "has a query, which names of objects do not have",
            ),
            (places(|name| name.contains('\\')), "has a backslash, which parts no folders"),
            (
                places(|name| !name.is_empty() && name.trim() != name),
                "has a space at the border of a name",
            ),
            (places(|name| name.contains(char::is_control)), "has a control character"),
        ];
        for (place, what) in found {
            if let Some(place) = place {
                self.add(ADVICE, place, what, None);
            }
        }
        if !self.url.ends_with('/') && !prefix.contains(['?', '#']) {
            let end = self.url.len();
            let what = "does not end in `/`, so that whatever starts with its last name may be taken for a part of the tree";
            self.add(ADVICE, end..end, what, Some(format!("write `{}/`", self.url)));
        }
    }
}

pub(super) const GS_FORM: &str = "write `gs://bucket-name/prefix/`";
const EXTERNAL: &str = "`externalStorage` with its four fields";

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn is_percent_encoded(name: &str) -> bool {
    name.split('%').skip(1).any(|behind| {
        behind.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Why no bucket of Google's has this name.
fn odd_bucket(bucket: &str) -> Option<&'static str> {
    let longest = if bucket.contains('.') { 222 } else { 63 };
    let borders = [bucket.chars().next(), bucket.chars().next_back()];
    if bucket.chars().any(char::is_uppercase) {
        Some("names a bucket with a capital letter, which no bucket has")
    } else if bucket.contains(['@', ':']) {
        Some("has a user name, a password or a port before the bucket")
    } else if !bucket
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.".contains(&byte))
    {
        Some("names a bucket with a character that no bucket's name has")
    } else if bucket.len() < 3 || bucket.len() > longest {
        Some(
            "names a bucket that is too short or too long for one: 3 to 63 characters, 222 with dots",
        )
    } else if borders.iter().flatten().any(|c| !c.is_ascii_alphanumeric()) {
        Some("names a bucket that does not start and end with a letter or digit")
    } else {
        None
    }
}

/// The `gs://` form of a web address of Google Cloud Storage, of which the host starts at `rest`.
fn google_form(url: &str, rest: usize) -> Option<String> {
    let address = url.get(rest..)?.split(['?', '#']).next()?;
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let host = host.rsplit('@').next()?.to_ascii_lowercase();
    let host = host.split(':').next()?;
    let place = match host {
        "storage.googleapis.com"
        | "storage.cloud.google.com"
        | "commondatastorage.googleapis.com" => path.to_owned(),
        "console.cloud.google.com" => {
            path.strip_prefix("storage/browser/")?.trim_start_matches("_details/").to_owned()
        }
        _ => format!("{}/{path}", host.strip_suffix(".storage.googleapis.com")?),
    };
    let place = place.trim_matches('/');
    Some(if place.is_empty() { "gs://bucket-name/".to_owned() } else { format!("gs://{place}/") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        // R: documented, r: implied, a: advice.
        let check = |url: &str, is_external: bool, expected: &[&str]| {
            let found: Vec<String> = faults(url, is_external)
                .iter()
                .map(|fault| {
                    let mark = match (fault.effect, fault.basis) {
                        (Effect::Reject(_), Basis::Documented) => 'R',
                        (Effect::Reject(_), _) => 'r',
                        _ => 'a',
                    };
                    let place: String =
                        url.chars().skip(fault.place.start).take(fault.place.len()).collect();
                    format!(
                        "{mark} {} [{place}] {}",
                        fault.what,
                        fault.help.as_deref().unwrap_or_default()
                    )
                })
                .collect();
            let fits = found.len() == expected.len()
                && expected
                    .iter()
                    .zip(&found)
                    .all(|(part, found)| part.split('…').all(|part| found.contains(part)));
            assert!(fits, "{url}: {found:#?}");
        };
        check("gs://bucket/drive/", false, &[]);
        check("gs://bucket/", false, &[]);
        check("gs://a-b_c.d1/\u{e9} x/", false, &[]);
        check("gs://bucket/drive", false, &["a does not end in `/`…gs://bucket/drive/"]);
        check("gs://bucket", false, &["R ends with the bucket…`gs://bucket/`"]);
        check("gs://", false, &["R names no bucket"]);
        check("gs:///drive/", false, &["R names no bucket"]);
        check("GS://bucket/", false, &["R has its scheme in capitals…`gs://bucket/`"]);
        check("gs:/bucket/a/", false, &["R does not start with `gs://`…`gs://bucket/a/`"]);
        check("gs://Bucket/a/", false, &["r names a bucket with a capital…[Bucket]"]);
        check("gs://my bucket/a/", false, &["r names a bucket with a character…[my bucket]"]);
        check("gs://ab/a/", false, &["r names a bucket that is too short"]);
        check("gs://-ab/a/", false, &["r names a bucket that does not start"]);
        check("gs://user:pass@bucket/a/", false, &["r has a user name"]);
        check(" gs://bucket/", false, &["R starts with a space…[ ]"]);
        check(
            "gs://bucket/a ",
            false,
            &["a has a space at the border…[a ]", "a does not end in `/`"],
        );
        check(
            "gs://bucket/a/../b//c%20d/",
            false,
            &["a has a `.`…[..]", "a has an empty name", "a is percent-encoded…[c%20d]"],
        );
        check("gs://bucket/50%/", false, &[]);
        check("gs://bucket/a?x=1", false, &["a has a query"]);
        check("gs://bucket/a\\b/", false, &["a has a backslash"]);
        check("gs://bucket/a\u{7}b/", false, &["a has a control"]);
        check("s3://bucket/a/", false, &["R is of the S3 protocol, and…externalStorage"]);
        check("s3://bucket/a/", true, &["a is of the S3 protocol; documented"]);
        check("OSS://bucket", true, &["a is of the S3", "a ends with the bucket"]);
        check("az://c/a/", true, &["R is of Azure"]);
        check("https://host:9000/bucket/a/", true, &["a is a web address; documented"]);
        check("https://example.org/a", false, &["R is a web address, and…gs://bucket-name/"]);
        check("https://b.s3.amazonaws.com/a", false, &["R is a web address, and…externalStorage"]);
        check(
            "https://storage.googleapis.com/bucket/a/b?X-Goog-Signature=*",
            false,
            &["R is the web address…`gs://bucket/a/b/`"],
        );
        check(
            "https://bucket.storage.googleapis.com/a",
            true,
            &["R is the web address…`gs://bucket/a/`"],
        );
        check(
            "https://console.cloud.google.com/storage/browser/bucket/a",
            false,
            &["R is the web…`gs://bucket/a/`"],
        );
        check(
            "https://storage.cloud.google.com",
            false,
            &["R is the web address…`gs://bucket-name/`"],
        );
        check("/data/drive", false, &["R is a local path"]);
        check("C:\\data", false, &["R is a local path"]);
        check("file:///data", false, &["R is a local path"]);
        check("bucket/drive", false, &["R says no scheme…`gs://bucket/drive/`"]);
        check("ftp://host/a", false, &["R does not start with `gs://`"]);
        check("\u{e9}://x", false, &["R says no scheme"]);
    }
}
