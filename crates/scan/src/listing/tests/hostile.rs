//! Listings that are damaged, without an end, or ended by the user.

use std::io::{self, Read as _};
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::{KEYS, gzip, listing, read_as, saved, shown};
use crate::listing::inspect_from;
use crate::options::ScanOptions;
use crate::progress::Progress;

/// Ends a listing after some entries.
struct Impatient(AtomicU64);

impl Progress for Impatient {
    fn listed(&self, entries: u64) {
        self.0.fetch_add(entries, Ordering::Relaxed);
    }

    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 10_000
    }
}

#[test]
fn an_interrupted_listing_ends_with_what_it_has() {
    let lines = "./lidar-top/s/1.pcd\n".repeat(40_000);
    let objects = format!("[{}null]", "{\"Path\": \"a/1.pcd\", \"IsDir\": false},".repeat(40_000));
    for text in [lines.as_bytes().to_vec(), objects.into_bytes(), saved(&lines, None)] {
        let progress = Impatient(AtomicU64::new(0));
        let found =
            inspect_from(text.as_slice(), &listing(None), &ScanOptions::default(), &progress)
                .unwrap();
        assert!(found.tree.files() > 10_000 && found.tree.files() < 20_000);
        assert_eq!(found.coverage.unread.len(), 1, "{:?}", found.coverage.unread);
        assert_eq!(found.coverage.unread[0].reason, "the listing was interrupted");
    }
}

#[test]
fn hostile_listings_are_read_without_harm() {
    let check = |before: &str, repeated: u8, count: u64, after: &str, expected: &str| {
        let text =
            before.as_bytes().chain(io::repeat(repeated).take(count)).chain(after.as_bytes());
        let found = inspect_from(text, &listing(None), &ScanOptions::default(), &());
        let said = found.map_or_else(|error| error.to_string(), |found| shown(&found));
        assert!(said.contains(expected), "{said:.200}");
    };
    let long = "line 2 of the listing is longer than any name";
    check("./a/1.pcd\n./", b'x', 100 << 20, "\n./a/2.pcd\n", &format!(":0:0 a/:2:0 !:{long}"));
    let long = "a string in it is longer than any name";
    check("[{\"Path\":\"a/1.pcd\"},{\"Path\":\"", b'x', 100 << 20, "\"}]", long);
    check("", b'[', 1_000_000, "", "JSON that lists no objects");
    check("[{\"Path\":\"a\"},", b'[', 1_000_000, "", "recursion limit exceeded");
    check("[{\"Path\":\"a\"},{\"b\":", b'[', 1_000_000, "", "it is cut off");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_harm(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let _ = read_as(&bytes, &listing(None));
        let _ = read_as(gzip(&bytes), &listing(Some("data")));
    }

    #[test]
    fn damaged_listings_are_read_without_harm(which in 0_usize..7, at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let saved = saved(KEYS, Some(b"{}"));
        let samples: [&[u8]; 7] = [
            include_bytes!("../samples/aws-s3-ls.txt"),
            include_bytes!("../samples/aws-s3api.json"),
            include_bytes!("../samples/gsutil-lr.txt"),
            include_bytes!("../samples/s5cmd-ls.txt"),
            include_bytes!("../samples/rclone-lsjson.json"),
            KEYS.as_bytes(),
            &saved,
        ];
        let mut text = samples[which].to_vec();
        let at = at.index(text.len());
        text[at] = byte;
        text.truncate(1 + cut.index(text.len()));
        let _ = read_as(&text, &listing(None));
    }

    #[test]
    fn a_damaged_saved_listing_is_never_taken_for_another(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut packed = saved(KEYS, Some(b"{}"));
        let whole = shown(&read_as(&packed, &listing(None)).unwrap());
        // Without its first two bytes it is no gzip file.
        let at = 2 + at.index(packed.len() - 2);
        packed[at] = byte;
        if let Ok(found) = read_as(&packed, &listing(None)) {
            prop_assert!(!found.coverage.is_complete() || shown(&found) == whole);
        }
    }
}
