//! `GetObject` and `HeadObject`.

use super::World;
use super::answer::Answer;
use super::request::Recorded;
use super::script::{Fault, Operation};

pub(crate) fn answer(
    request: &Recorded,
    operation: Operation,
    key: &[u8],
    world: &World,
    fault: Option<&Fault>,
) -> Answer {
    let Some(object) = world.keys.get(key) else {
        return Answer::error(404, "NoSuchKey", "The specified key does not exist.");
    };
    let size = object.size();
    let range = request.header("range").filter(|_| !matches!(fault, Some(Fault::IgnoreRange)));
    let (status, start, end) = match range.map(|range| bounds(range, size)) {
        None => (200, 0, size),
        Some(Some((start, end))) => (206, start, end),
        Some(None) => {
            return Answer::error(416, "InvalidRange", "The requested range is not satisfiable")
                .with("content-range", &format!("bytes */{size}"));
        }
    };
    let is_head = operation == Operation::HeadObject;
    let body = if is_head { Vec::new() } else { object.part(start, end) };
    let etag = match fault {
        Some(Fault::AnotherVersion) => "\"fedcba9876543210fedcba9876543210\"",
        _ => "\"0123456789abcdef0123456789abcdef\"",
    };
    let mut answer = Answer::new(status, "application/octet-stream", body)
        .with("etag", &etag)
        .with("last-modified", &"Fri, 02 Jan 2026 03:04:05 GMT")
        .with("accept-ranges", &"bytes");
    if status == 206 {
        let whole = size + u64::from(matches!(fault, Some(Fault::AnotherSize)));
        answer = answer
            .with("content-range", &format!("bytes {start}-{}/{whole}", end.saturating_sub(1)));
    }
    answer.length = is_head.then_some(end - start);
    answer
}

/// Start and end (exclusive) of a `Range` header's one range. `None` where the object has
/// nothing of it.
fn bounds(range: &str, size: u64) -> Option<(u64, u64)> {
    let (start, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (start, end) = match (start.parse::<u64>(), last.parse::<u64>()) {
        (Ok(start), Ok(last)) => (start, last.saturating_add(1).min(size)),
        (Ok(start), Err(_)) => (start, size),
        (Err(_), Ok(length)) => (size.saturating_sub(length), size),
        (Err(_), Err(_)) => return None,
    };
    (start < end).then_some((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_has_them() {
        assert_eq!(bounds("bytes=0-3", 10), Some((0, 4)));
        assert_eq!(bounds("bytes=4-", 10), Some((4, 10)));
        assert_eq!(bounds("bytes=-4", 10), Some((6, 10)));
        assert_eq!(bounds("bytes=-40", 10), Some((0, 10)));
        assert_eq!(bounds("bytes=8-40", 10), Some((8, 10)));
        assert_eq!(bounds("bytes=10-", 10), None);
        assert_eq!(bounds("lines=1-2", 10), None);
    }
}
