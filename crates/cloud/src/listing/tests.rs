//! Listings of a store in memory, of any keys and with any fault: every key once, or it is
//! said that not.

mod store;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use sensortree_core::tree::{Entry, EntryKind, FileClass, FolderId, Tree, TreeBuilder};

use super::{RetryClient, RetryPolicy, list};
use sensortree_scan::{
    Capabilities, Content, INTERRUPTED, Looks, Progress, Run, ScanOptions, SourceError,
};
use store::{Fault, Offsets, Store};

/// Where the store fails for good; a slow machine makes a store slow that does not.
const IMPATIENT: RetryPolicy = RetryPolicy {
    silence: Duration::from_millis(100),
    failures: Duration::from_millis(400),
    first_wait: Duration::from_millis(2),
    longest_wait: Duration::from_millis(20),
};

struct Found {
    tree: Tree,
    unread: Vec<String>,
}

/// A run that looks into no file.
fn quietly(progress: &dyn Progress) -> Run<'_> {
    let options = ScanOptions { content: Content::None, ..ScanOptions::default() };
    Run::new(&options, progress, Capabilities { looks: Looks::Afterwards, is_costly: true })
}

fn run(
    store: &Arc<Store>,
    root: &str,
    concurrency: usize,
    progress: &dyn Progress,
) -> Result<Found, SourceError> {
    let patient = RetryPolicy { first_wait: IMPATIENT.first_wait, ..RetryPolicy::default() };
    let policy = if store.fault == Fault::None { patient } else { IMPATIENT };
    let retry_client = Arc::new(RetryClient::new(policy, concurrency));
    let runtime = if store.lockstep {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
    } else {
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
    };
    if store.lockstep {
        runtime.spawn(Arc::clone(store).answer_in_rounds());
    }
    let pages: Arc<Store> = Arc::clone(store);
    let listed = runtime.block_on(list(pages, root, retry_client, &quietly(progress)))?;
    let say = |unread: &sensortree_core::tree::Unread| {
        format!("{}: {}", String::from_utf8_lossy(&unread.path), unread.reason)
    };
    Ok(Found { tree: listed.builder.finish(), unread: listed.unread.iter().map(say).collect() })
}

fn found(store: Store, root: &str, concurrency: usize) -> Found {
    run(&Arc::new(store), root, concurrency, &()).unwrap()
}

/// The tree that these keys are, as one reads it off them.
fn expected(keys: &BTreeMap<String, u64>, root: &str) -> Tree {
    let mut builder = TreeBuilder::new();
    for (key, size) in keys.iter().filter(|(key, _)| key.starts_with(root)) {
        let path = &key[root.len()..];
        let is_folder = || {
            let below = format!("{key}/");
            path.ends_with('/')
                || keys
                    .range(below.clone()..)
                    .next()
                    .is_some_and(|(key, _)| key.starts_with(&below))
        };
        let kind = match size {
            0 if path.is_empty() => EntryKind::Folder,
            0 if is_folder() => EntryKind::FolderMarker,
            _ => EntryKind::File,
        };
        builder.add(&Entry { path: path.as_bytes(), kind, size: Some(*size) });
    }
    builder.finish()
}

/// The trees are one, down to each name. Only which names were added next to each other may differ.
fn same(found: &Tree, expected: &Tree) -> bool {
    found.entries() == expected.entries()
        && format!("{:?}", found.folders()) == format!("{:?}", expected.folders())
}

fn numbered(
    prefix: &str,
    first: u64,
    step: u64,
    count: u64,
    suffix: &str,
) -> BTreeMap<String, u64> {
    (0..count).map(|at| (format!("{prefix}{:013}{suffix}", first + at * step), 7)).collect()
}

fn drive(root: &str, scenes: u64, frames: u64) -> BTreeMap<String, u64> {
    let mut keys = BTreeMap::from([(format!("{root}metadata.json"), 3)]);
    for sensor in ["camera-back", "camera-front", "lidar-top"] {
        for scene in 0..scenes {
            keys.extend(numbered(
                &format!("{root}{sensor}/scene_{scene:04}/"),
                1_681_532_060_061,
                100,
                frames,
                ".pcd",
            ));
        }
    }
    keys
}

/// Well mixed numbers, the same in each run.
fn hashes(prefix: &str, count: u64) -> BTreeMap<String, u64> {
    let mix = |at: u64| {
        (at + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(31)
            .wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    (0..count).map(|at| (format!("{prefix}{:016x}-{:04x}.jpg", mix(at), at & 0xffff), 7)).collect()
}

/// The tree comes whole however it is listed; and with many requests at once in so many rounds of
/// them at most.
fn check(name: &str, keys: &BTreeMap<String, u64>, root: &str, most_rounds: u64) {
    for concurrency in [1, 7, 64] {
        for offsets in [Offsets::Honoured, Offsets::Ignored, Offsets::NotTaken] {
            let lockstep = concurrency == 64 && offsets == Offsets::Honoured;
            let store = Arc::new(Store { offsets, lockstep, page: 100, ..Store::of(keys.clone()) });
            let found = run(&store, root, concurrency, &()).unwrap();
            assert_eq!(found.unread, [""; 0], "{name}");
            assert!(
                same(&found.tree, &expected(keys, root)),
                "{name} with {concurrency} at once, {offsets:?}"
            );
            if lockstep {
                let rounds = store.rounds();
                assert!(
                    rounds <= most_rounds,
                    "{name}: {rounds} rounds for {} requests",
                    store.requests()
                );
            }
        }
    }
}

#[test]
fn trees_of_every_shape_are_listed_whole_and_in_few_rounds() {
    check("nothing", &BTreeMap::new(), "data/", 1);
    check("one page", &numbered("data/", 1, 1, 100, ".pcd"), "data/", 1);
    check("a drive", &drive("data/", 8, 250), "data/", 12);
    check("small scenes", &drive("data/", 300, 7), "data/", 12);
    check("flat", &numbered("data/", 1_681_532_060_061, 100, 10_000, ".pcd"), "data/", 7);
    check("hashes", &hashes("data/", 10_000), "data/", 8);
    let bare = (0..10_000).map(|at| (format!("data/{at}.pcd"), 7)).collect();
    check("numbers without zeros before them", &bare, "data/", 12);
    let mut stray = numbered("data/", 1_681_532_060_061, 100, 9_999, ".pcd");
    stray.insert("data/9999999999999.pcd".to_owned(), 7);
    check("a stamp far behind all others", &stray, "data/", 8);
    let mut growing: u64 = 1;
    let sparser = (0..10_000).map(|_| {
        growing += 1 + growing / 700;
        (format!("data/{growing:013}.pcd"), 7)
    });
    check("ever sparser stamps", &sparser.collect(), "data/", 14);
    let mut bursts = BTreeMap::new();
    for burst in 0..100 {
        let first = 1_681_532_060_061 + burst * 977_777;
        bursts.extend(numbered("data/", first, 1, 101, ".pcd"));
    }
    check("bursts that just do not fit on a page", &bursts, "data/", 10);
    let mut skewed = numbered("data/", 0, 1_000_000, 1_000, ".pcd");
    skewed.extend(numbered("data/", 700_000_001, 1, 9_000, ".pcd"));
    check("skewed", &skewed, "data/", 16);
    check("words", &words(), "data/", 40);
    let deep = numbered("data/a/b/c/d/e/f/", 1, 1, 3_000, ".pcd");
    check("all in one folder far down", &deep, "data/", 9);
    check(
        "a longer sibling",
        &[drive("data/", 2, 60), drive("data2/", 2, 60)].into_iter().flatten().collect(),
        "data/",
        12,
    );
    check("the whole bucket", &drive("", 2, 60), "", 12);
}

#[test]
fn a_thousand_pages_take_hardly_more_rounds_than_they_have_to() {
    let mut skewed = numbered("data/", 0, 1_000_000, 10_000, ".pcd");
    // Nine tenths of the keys in a hundredth of the range.
    skewed.extend(numbered("data/", 3_300_000_001, 1_111, 90_000, ".pcd"));
    let flat = numbered("data/", 1_681_532_060_061, 100, 100_000, ".pcd");
    let scene = numbered("data/lidar-top/scene_0001/", 1_681_532_060_061, 100, 100_000, ".pcd");
    let all = [
        ("flat", flat),
        ("skewed", skewed),
        ("hashes", hashes("data/", 100_000)),
        ("one scene", scene),
    ];
    for (name, keys) in all {
        let store = Arc::new(Store { lockstep: true, page: 100, ..Store::of(keys.clone()) });
        let found = run(&store, "data/", 64, &()).unwrap();
        assert_eq!((found.tree.files(), found.unread), (keys.len() as u64, Vec::new()), "{name}");
        let least = 1_000_u64.div_ceil(64);
        assert!(
            store.rounds() * 4 <= least * 5,
            "{name}: {} rounds, {least} at the least",
            store.rounds()
        );
    }
}

fn words() -> BTreeMap<String, u64> {
    let syllables = ["ba", "ne", "场景", "di", "lo", "É", "_", "-", "xy", "/"];
    let word = |mut at: usize| {
        let mut word = String::from("data/w");
        while at > 0 {
            word.push_str(syllables[at % syllables.len()]);
            at /= syllables.len();
        }
        word
    };
    (0..4000).map(|at| (word(at), 7)).collect()
}

#[test]
fn markers_of_folders_are_told_from_empty_files() {
    let keys: BTreeMap<String, u64> = [
        "data/",
        "data/a",
        "data/a/",
        "data/a/b",
        "data/a/b/1.pcd",
        "data/c",
        "data/c.x",
        "data/d/",
    ]
    .into_iter()
    .map(|key| (key.to_owned(), 0))
    .collect();
    for page in 1..9 {
        for offsets in [Offsets::Honoured, Offsets::NotTaken] {
            for concurrency in [1, 8] {
                let store = Store { page, offsets, ..Store::of(keys.clone()) };
                let found = found(store, "data/", concurrency);
                assert_eq!(found.unread, [""; 0]);
                assert!(
                    same(&found.tree, &expected(&keys, "data/")),
                    "pages of {page}, {concurrency} at once"
                );
            }
        }
    }
}

/// What is found and what is said when this happens to the requests that start so.
fn check_fault(
    fault: Fault,
    below: &'static str,
    keys: BTreeMap<String, u64>,
    expected_files: Option<u64>,
    said: &[&str],
) {
    let name = format!("{fault:?} below {below:?}");
    let total = keys.len() as u64;
    let store = Store { fault, below, page: 10, ..Store::of(keys) };
    let began = Instant::now();
    let found = found(store, "data/", 8);
    assert!(began.elapsed() < Duration::from_secs(20), "{name} does not end");
    assert_eq!(found.unread.len(), said.len(), "{name}: {:?}", found.unread);
    for (unread, said) in found.unread.iter().zip(said) {
        assert!(unread.contains(said), "{name}: {unread:?}");
    }
    match expected_files {
        Some(files) => assert_eq!(found.tree.files(), files, "{name}"),
        None => assert!(found.tree.files() <= total, "{name}: {} of {total}", found.tree.files()),
    }
}

#[test]
fn faults_end_and_are_said() {
    let drive = || drive("data/", 2, 25);
    let whole = drive().len() as u64;
    let all = Some(whole);
    check_fault(
        Fault::Denied,
        "data/camera-front/",
        drive(),
        Some(whole - 50),
        &["camera-front/: Access Denied"],
    );
    check_fault(Fault::Denied, "data/", drive(), Some(0), &[": Access Denied"]);
    check_fault(Fault::DeniedFlat, "data/", drive(), all, &[]);
    check_fault(Fault::Throttled { times: 30 }, "", drive(), all, &[]);
    check_fault(
        Fault::Throttled { times: u64::MAX },
        "data/camera-front/",
        drive(),
        Some(whole - 50),
        &["camera-front/: throttled out"],
    );
    check_fault(Fault::Throttled { times: u64::MAX }, "", drive(), Some(0), &[": throttled out"]);
    check_fault(Fault::Transient { times: 3 }, "", drive(), all, &[]);
    check_fault(Fault::Silent { times: 2 }, "", drive(), all, &[]);
    check_fault(
        Fault::Silent { times: u64::MAX },
        "data/camera-front/",
        drive(),
        Some(whole - 50),
        &["camera-front/: the store did not answer"],
    );
    check_fault(
        Fault::SamePage,
        "data/lidar-top/scene_0000/",
        drive(),
        Some(whole - 15),
        &["lidar-top/scene_0000/: the store gives the same page"],
    );
    check_fault(
        Fault::EmptyPages,
        "data/lidar-top/scene_0000/",
        drive(),
        None,
        &["lidar-top/scene_0000/: the store gives the same page"],
    );
    check_fault(
        Fault::Backwards,
        "data/lidar-top/scene_0000/",
        drive(),
        None,
        &["lidar-top/scene_0000/: the store listed keys out of order"],
    );
    check_fault(
        Fault::Foreign,
        "data/lidar-top/scene_0000/",
        drive(),
        all,
        &["lidar-top/scene_0000/: the store listed names that do not lie"],
    );
    check_fault(
        Fault::Vanished,
        "data/lidar-top/",
        drive(),
        Some(whole - 50),
        &["lidar-top/: vanished"],
    );
}

#[test]
fn a_bucket_that_is_not_there_is_an_error() {
    let store = Store { fault: Fault::Fatal, ..Store::of(drive("data/", 2, 25)) };
    assert!(run(&Arc::new(store), "data/", 8, &()).is_err());
}

#[test]
fn throttling_lowers_what_is_in_flight_and_loses_nothing() {
    let keys = numbered("data/", 1_681_532_060_061, 100, 3_000, ".pcd");
    let store = Store { fault: Fault::Busy { limit: 4 }, page: 20, ..Store::of(keys.clone()) };
    let store = Arc::new(store);
    let found = run(&store, "data/", 64, &()).unwrap();
    assert_eq!(found.unread, [""; 0]);
    assert!(same(&found.tree, &expected(&keys, "data/")));
}

#[test]
fn one_who_gives_up_gets_what_was_found_and_hears_what_was_not() {
    struct Impatient {
        listed: AtomicU64,
        over: AtomicBool,
    }
    impl Progress for Impatient {
        fn listed(&self, entries: u64) {
            self.listed.fetch_add(entries, Ordering::Relaxed);
        }
        fn cancelled(&self) -> bool {
            self.over.store(true, Ordering::Relaxed);
            true
        }
    }
    let progress = Impatient { listed: AtomicU64::new(0), over: AtomicBool::new(false) };
    let fault = Fault::Silent { times: u64::MAX };
    let store =
        Store { fault, below: "data/lidar-top/", page: 10, ..Store::of(drive("data/", 2, 25)) };
    let patient = RetryPolicy {
        silence: Duration::from_secs(600),
        failures: Duration::from_secs(600),
        ..IMPATIENT
    };
    let retry_client = Arc::new(RetryClient::new(patient, 8));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .unwrap();
    let began = Instant::now();
    let listed = runtime
        .block_on(list(Arc::new(store), "data/", retry_client, &quietly(&progress)))
        .unwrap();
    assert!(began.elapsed() < Duration::from_secs(10) && progress.over.load(Ordering::Relaxed));
    let said: Vec<_> = listed
        .unread
        .iter()
        .map(|unread| (unread.path.as_slice(), unread.reason.as_str()))
        .collect();
    assert_eq!(said, [(b"lidar-top/".as_slice(), INTERRUPTED)]);
    let tree = listed.builder.finish();
    assert_eq!((tree.files(), progress.listed.into_inner()), (101, 101));
}

/// Stores that are file systems inside list `a/b` before `a-b`.
#[test]
fn an_order_by_folders_costs_no_key() {
    let keys: BTreeMap<String, u64> = ["a", "a-b", "a-c", "a.d", "aa", "b"]
        .iter()
        .flat_map(|scene| numbered(&format!("data/{scene}/"), 1, 1, 9, ".pcd"))
        .collect();
    for concurrency in [1, 16] {
        for page in [3, 7, 20, 100] {
            let store = Store { by_folders: true, page, ..Store::of(keys.clone()) };
            let found = found(store, "data/", concurrency);
            let whole = same(&found.tree, &expected(&keys, "data/"));
            assert!(whole || !found.unread.is_empty(), "pages of {page}, {concurrency} at once");
            assert!(concurrency > 1 || found.unread.is_empty(), "{:?}", found.unread);
        }
    }
}

/// What lies below a hidden folder is not listed folder by folder, and its markers tell all the
/// same where it is.
#[test]
fn a_marker_below_a_hidden_folder_keeps_its_path() {
    let keys: BTreeMap<String, u64> =
        ["data/.a", "data/.a//", "data/.b/c/"].map(|key| (key.to_owned(), 0)).into();
    let found = found(Store::of(keys.clone()), "data/", 1);
    assert!(same(&found.tree, &expected(&keys, "data/")), "{:#?}", found.tree);
    let markers = found.tree.folder(FolderId::ROOT).remark(FileClass::Marker).unwrap();
    let names = [&b".a"[..], b".a//", b".b/c/"].map(<[u8]>::to_vec);
    assert_eq!(markers.smallest(9), names);
}

fn any_keys() -> impl Strategy<Value = BTreeMap<String, u64>> {
    let name = prop_oneof![
        "[0-9]{1,4}",
        "[a-f0-9]{6}",
        "[ab/.-]{1,5}",
        "[é~\u{1}/x]{1,3}",
        "168153206[0-9]{4}\\.pcd"
    ];
    let key = ("(|a/|a/b/|a-b/|lidar/s[0-3]/|x)", name)
        .prop_map(|(folder, name)| format!("data/{folder}{name}"));
    proptest::collection::btree_map(key, 0_u64..3, 0..200)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]
    #[test]
    fn every_key_is_counted_once(
        keys in any_keys(),
        page in 1_usize..30,
        concurrency in 1_usize..20,
        offsets in prop_oneof![Just(Offsets::Honoured), Just(Offsets::Ignored), Just(Offsets::NotTaken)],
        late in any::<bool>(),
    ) {
        let store = Store { offsets, page, late, ..Store::of(keys.clone()) };
        let found = found(store, "data/", concurrency);
        prop_assert_eq!(found.unread, Vec::<String>::new());
        prop_assert!(same(&found.tree, &expected(&keys, "data/")), "{:#?}\n{:#?}", found.tree, expected(&keys, "data/"));
    }
}
