//! `ListObjectsV2`.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use super::World;
use super::answer::Answer;
use super::request::Recorded;
use super::script::Fault;
use crate::keys::Keys;

/// What `encoding-type=url` leaves as it is.
const URL: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
enum From {
    Beginning,
    /// Behind this key.
    Key(Vec<u8>),
    /// Behind all keys that start so.
    Prefix(Vec<u8>),
}

impl From {
    /// As a continuation token: any bytes, in letters that need no escape.
    fn token(&self) -> String {
        let (mark, bytes) = match self {
            From::Beginning => ("b", &[][..]),
            From::Key(key) => ("k", key.as_slice()),
            From::Prefix(prefix) => ("p", prefix.as_slice()),
        };
        format!("{mark}{}", percent_encode(bytes, NON_ALPHANUMERIC))
    }

    fn of_token(token: &str) -> Option<From> {
        let bytes = |text: &str| percent_decode_str(text).collect();
        match token.split_at_checked(1)? {
            ("b", _) => Some(From::Beginning),
            ("k", key) => Some(From::Key(bytes(key))),
            ("p", prefix) => Some(From::Prefix(bytes(prefix))),
            _ => None,
        }
    }

    fn position(&self, keys: &Keys) -> u64 {
        match self {
            From::Beginning => 0,
            From::Key(key) => keys.position(&[key.as_slice(), &[0]].concat()),
            From::Prefix(prefix) => keys.behind(prefix),
        }
    }
}

struct Query<'a> {
    prefix: Cow<'a, str>,
    delimiter: Cow<'a, str>,
    from: From,
    limit: usize,
    url_encoded: bool,
}

/// The parts of a page, as XML.
#[derive(Default)]
struct Page {
    objects: Vec<Vec<u8>>,
    prefixes: Vec<Vec<u8>>,
    next: Option<From>,
}

pub(crate) fn answer(
    request: &Recorded,
    bucket: &str,
    world: &World,
    fault: Option<&Fault>,
) -> Answer {
    let from = match (request.parameter("continuation-token"), request.parameter("start-after")) {
        (Some(_), _) if matches!(fault, Some(Fault::RepeatPage)) => From::Beginning,
        (Some(token), _) => match From::of_token(&token) {
            Some(from) => from,
            None => {
                return Answer::error(
                    400,
                    "InvalidArgument",
                    "The continuation token provided is incorrect",
                );
            }
        },
        (None, Some(_)) if matches!(fault, Some(Fault::IgnoreStartAfter)) => From::Beginning,
        (None, Some(after)) => From::Key(after.into_owned().into_bytes()),
        (None, None) => From::Beginning,
    };
    let asked =
        request.parameter("max-keys").and_then(|limit| limit.parse().ok()).unwrap_or(usize::MAX);
    let query = Query {
        prefix: request.parameter("prefix").unwrap_or_default(),
        delimiter: request.parameter("delimiter").unwrap_or_default(),
        from,
        limit: asked.min(world.page),
        url_encoded: request.parameter("encoding-type").is_some_and(|kind| kind == "url"),
    };
    let mut page = page(&world.keys, &query);
    if matches!(fault, Some(Fault::Backwards)) {
        page.objects.reverse();
        page.prefixes.reverse();
    }
    match fault {
        Some(Fault::EmptyPages) => page = Page { next: Some(From::Beginning), ..Page::default() },
        Some(Fault::EarlierKeys) if request.parameter("continuation-token").is_some() => {
            let number = u64::MAX - world.another_number();
            let key = format!("{}!{number:020}", query.prefix).into_bytes();
            let objects = vec![object_element(&key, 1, query.url_encoded)];
            page = Page { objects, next: Some(From::Beginning), ..Page::default() };
        }
        Some(Fault::EarlierKeys) => page.next = Some(From::Beginning),
        Some(Fault::LongToken(_)) => page.next = Some(From::Beginning),
        Some(Fault::LongKey(length)) => {
            let mut key = query.prefix.as_bytes().to_vec();
            key.resize(*length, b'~');
            page.objects.push(object_element(&key, 1, query.url_encoded));
        }
        _ => {}
    }
    let token = page.next.as_ref().map(|next| match fault {
        Some(Fault::RepeatToken) => {
            request.parameter("continuation-token").map_or(next.token(), Cow::into_owned)
        }
        Some(Fault::RepeatPage | Fault::EmptyPages | Fault::EarlierKeys) => {
            format!("k{}", world.another_number())
        }
        Some(Fault::LongToken(length)) => format!("k{}", "0".repeat(length.saturating_sub(1))),
        _ => next.token(),
    });
    let token = token.filter(|_| !matches!(fault, Some(Fault::NoToken)));
    Answer::xml(200, document(bucket, &query, &page, token.as_deref()))
}

fn page(keys: &Keys, query: &Query<'_>) -> Page {
    let mut page = Page::default();
    let prefix = query.prefix.as_bytes();
    let delimiter = query.delimiter.as_bytes();
    let mut position = keys.position(prefix).max(query.from.position(keys));
    let mut last = From::Beginning;
    let mut key = Vec::new();
    while let Some(object) = keys.at(position, &mut key).filter(|_| key.starts_with(prefix)) {
        if page.objects.len() + page.prefixes.len() >= query.limit {
            page.next = Some(last);
            break;
        }
        if let Some(common) = common_prefix(&key, prefix.len(), delimiter) {
            page.prefixes.push(common_prefix_element(common, query.url_encoded));
            position = keys.behind(common);
            last = From::Prefix(common.to_vec());
        } else {
            page.objects.push(object_element(&key, object.size(), query.url_encoded));
            position += 1;
            last = From::Key(key.clone());
        }
    }
    page
}

/// The part of a key up to and with the first delimiter behind the prefix.
fn common_prefix<'a>(key: &'a [u8], prefix: usize, delimiter: &[u8]) -> Option<&'a [u8]> {
    if delimiter.is_empty() {
        return None;
    }
    let behind = key.get(prefix..)?;
    let at = behind.windows(delimiter.len()).position(|window| window == delimiter)?;
    key.get(..prefix + at + delimiter.len())
}

fn object_element(key: &[u8], size: u64, url_encoded: bool) -> Vec<u8> {
    let mut element = Vec::with_capacity(key.len() + 256);
    element.extend_from_slice(b"<Contents><Key>");
    text(key, url_encoded, &mut element);
    element.extend_from_slice(b"</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified>");
    element.extend_from_slice(b"<ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><Size>");
    element.extend_from_slice(itoa::Buffer::new().format(size).as_bytes());
    element.extend_from_slice(b"</Size><StorageClass>STANDARD</StorageClass></Contents>");
    element
}

fn common_prefix_element(prefix: &[u8], url_encoded: bool) -> Vec<u8> {
    let mut element = b"<CommonPrefixes><Prefix>".to_vec();
    text(prefix, url_encoded, &mut element);
    element.extend_from_slice(b"</Prefix></CommonPrefixes>");
    element
}

fn document(bucket: &str, query: &Query<'_>, page: &Page, token: Option<&str>) -> Vec<u8> {
    let mut document = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>"
        .to_vec();
    text(bucket.as_bytes(), false, &mut document);
    document.extend_from_slice(b"</Name><Prefix>");
    text(query.prefix.as_bytes(), query.url_encoded, &mut document);
    document.extend_from_slice(b"</Prefix>");
    if !query.delimiter.is_empty() {
        document.extend_from_slice(b"<Delimiter>");
        text(query.delimiter.as_bytes(), query.url_encoded, &mut document);
        document.extend_from_slice(b"</Delimiter>");
    }
    if let Some(token) = token {
        document.extend_from_slice(
            format!("<NextContinuationToken>{token}</NextContinuationToken>").as_bytes(),
        );
    }
    let counts = format!(
        "<KeyCount>{}</KeyCount><MaxKeys>{}</MaxKeys><IsTruncated>{}</IsTruncated>",
        page.objects.len() + page.prefixes.len(),
        query.limit,
        page.next.is_some(),
    );
    document.extend_from_slice(counts.as_bytes());
    if query.url_encoded {
        document.extend_from_slice(b"<EncodingType>url</EncodingType>");
    }
    for element in page.objects.iter().chain(&page.prefixes) {
        document.extend_from_slice(element);
    }
    document.extend_from_slice(b"</ListBucketResult>");
    document
}

/// A key as the text of an element. Control characters become references, as S3 writes them
/// although XML 1.0 has none.
fn text(key: &[u8], url_encoded: bool, into: &mut Vec<u8>) {
    if url_encoded {
        into.extend_from_slice(percent_encode(key, URL).to_string().as_bytes());
        return;
    }
    for &byte in key {
        match byte {
            b'<' => into.extend_from_slice(b"&lt;"),
            b'>' => into.extend_from_slice(b"&gt;"),
            b'&' => into.extend_from_slice(b"&amp;"),
            b'"' => into.extend_from_slice(b"&quot;"),
            0..0x20 => into.extend_from_slice(format!("&#x{byte:X};").as_bytes()),
            byte => into.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new()
            .object("data", "x")
            .numbered("data/a/", 1, 1, 5, ".pcd", 7)
            .marker("data/b/")
            .object("data/m&n", "x")
            .object("data2/c", "x")
    }

    /// All pages of a listing: the elements' texts, a `|` between pages.
    fn check(prefix: &str, delimiter: &str, after: Option<&str>, limit: usize, expected: &str) {
        let keys = keys();
        let mut from = after.map_or(From::Beginning, |after| From::Key(after.as_bytes().to_vec()));
        let mut pages = Vec::new();
        loop {
            let query = Query {
                prefix: prefix.into(),
                delimiter: delimiter.into(),
                from,
                limit,
                url_encoded: false,
            };
            let page = page(&keys, &query);
            let texts: Vec<String> = page
                .objects
                .iter()
                .chain(&page.prefixes)
                .map(|element| {
                    let element = String::from_utf8_lossy(element).into_owned();
                    element
                        .split(['<', '>'])
                        .find(|part| part.starts_with("data"))
                        .unwrap()
                        .to_owned()
                })
                .collect();
            pages.push(texts.join(" "));
            match page.next {
                Some(next) => from = From::of_token(&next.token()).unwrap(),
                None => break,
            }
        }
        assert_eq!(
            pages.join(" | "),
            expected,
            "prefix {prefix:?} delimiter {delimiter:?} after {after:?}"
        );
    }

    #[test]
    fn pages_are_as_s3_gives_them() {
        check("", "/", None, 9, "data data/ data2/");
        check("", "/", None, 1, "data | data/ | data2/");
        check("data/", "/", None, 9, "data/m&amp;n data/a/ data/b/");
        check(
            "data/",
            "",
            None,
            4,
            "data/a/1.pcd data/a/2.pcd data/a/3.pcd data/a/4.pcd | data/a/5.pcd data/b/ data/m&amp;n",
        );
        check("data/a/", "", Some("data/a/3.pcd"), 9, "data/a/4.pcd data/a/5.pcd");
        check("data/", "/", Some("data/a/3.pcd"), 1, "data/a/ | data/b/ | data/m&amp;n");
        check("data/", "/", Some("data/a/9"), 9, "data/m&amp;n data/b/");
        check("nothing/", "", None, 9, "");
    }
}
