//! Archives of any bytes, and listings of them that the user ends.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use sensortree_core::finding::settings::Settings;
use sensortree_core::tree::Unread;

use super::{CENTRAL, checked, drive, options, packed, whole};
use crate::content::Content;
use crate::inspect;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::scan_errors::INTERRUPTED;
use crate::zip::*;

#[test]
fn an_interrupted_listing_ends_with_what_it_has() {
    /// Asked so many times, the listing goes on.
    struct Asked(AtomicU64);
    impl Progress for Asked {
        fn cancelled(&self) -> bool {
            self.0
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_err()
        }
    }
    let frames = 1_681_532_060_000..1_681_532_060_000 + 2 * PROGRESS_STEP;
    let names: Vec<String> = frames.map(|at| format!("drive/lidar-top/s/{at}.pcd")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let bytes = packed(&files, options());
    // The list is gone through twice, and in each half of it once asked.
    for (asked, expected) in [(0, 0), (1, 0), (2, PROGRESS_STEP), (3, 2 * PROGRESS_STEP)] {
        let target = Target {
            kind: TargetKind::Zip,
            uri: String::new(),
            segments: vec!["drive".to_owned()],
        };
        let progress = Asked(AtomicU64::new(asked));
        let options = ScanOptions { content: Content::None, ..ScanOptions::default() };
        let ended =
            inspect(&ZipBytes { bytes: whole(&bytes), target }, &options, &progress).unwrap();
        assert_eq!(ended.tree.files(), expected);
        assert_eq!(
            ended.coverage.unread,
            [Unread { path: Vec::new(), reason: INTERRUPTED.to_owned() }]
        );
        let report = sensortree_core::check(ended, &Settings::default());
        let codes: Vec<_> = report.findings.iter().map(|finding| finding.rule.code).collect();
        assert_eq!(codes, [""; 0]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever stands in an archive, it is read to an end and judged.
    #[test]
    fn a_mutated_zip_never_hurts(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let mut bytes = drive();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let report = checked(&bytes);
        prop_assert!(report.findings.len() < 40);
    }

    /// Where the directory is, hits are rare by chance: here every change lies in it.
    #[test]
    fn a_mutated_directory_never_hurts(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), prop_oneof![Just(0_u8), Just(0xff), any::<u8>()]), 1..12),
    ) {
        let mut bytes = drive();
        let begin = bytes.windows(4).position(|w| w == CENTRAL).unwrap();
        for (at, byte) in changes {
            let at = begin + at.index(bytes.len() - begin);
            bytes[at] = byte;
        }
        checked(&bytes);
    }

    #[test]
    fn noise_never_hurts(head in prop_oneof![Just(&b""[..]), Just(&b"PK\x03\x04"[..]), Just(&b"PK\x05\x06"[..])],
                         noise in proptest::collection::vec(any::<u8>(), 0..400),
                         tail in prop_oneof![Just(&b""[..]), Just(&b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0"[..])]) {
        checked(&[head, &noise, tail].concat());
    }
}
