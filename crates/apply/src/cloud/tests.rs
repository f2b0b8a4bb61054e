use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sensortree_cloud::{Head, Precondition};
use sensortree_core::names::name_set::NameSet;
use sensortree_core::plan::{Plan, Rename};
use sensortree_core::repair::{FileSet, Operation as Repair};
use sensortree_core::tree::{Entry, Tree, TreeBuilder};
use sensortree_scan::SourceError;

use super::leg::kept;
use super::store::Store;
use super::work::Phase;
use super::*;
use crate::executor::MetadataEdit;
use crate::run::RunStatus;
use crate::sealed;

const OLD_TEXT: &[u8] = b"{\"sequences\": 1}";
const NEW_TEXT: &[u8] = b"{\"sequences\": [1]}";

/// What a store tells of its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    /// As S3 does: `ETag` is a sum of the content.
    Content,
    /// As Google does: `ETag` is of the version, and there is a sum besides.
    VersionAndSum,
    /// `ETag` is of the version, and nothing tells of the content.
    Version,
}

/// What goes wrong with requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    /// One request fails.
    At(u64),
    /// All fail from this one on.
    From(u64),
    /// As before, but the first is carried out, and its answer lost.
    LostFrom(u64),
    /// One is sent twice, and the second answer comes.
    Twice(u64),
    /// Nothing may be deleted.
    Deletes,
    /// It knows no conditions for what is written.
    Conditions,
}

/// A store in memory.
struct Fake {
    objects: Mutex<BTreeMap<String, (Vec<u8>, u64)>>,
    versions: AtomicU64,
    tells: Tells,
    /// Whether it refuses to copy to a key that is taken.
    is_careful: bool,
    wrong: Wrong,
    asked: AtomicU64,
    /// The requests of each kind.
    kinds: Mutex<Requests>,
    delay: Duration,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
    /// Is written by somebody else right before the first copy.
    intruder: Mutex<Option<(String, Vec<u8>)>>,
}

impl Fake {
    fn of(objects: &BTreeMap<String, Vec<u8>>, tells: Tells) -> Self {
        let fake = Fake {
            objects: Mutex::default(),
            versions: AtomicU64::new(0),
            tells,
            is_careful: tells != Tells::Content,
            wrong: Wrong::Nothing,
            asked: AtomicU64::new(0),
            kinds: Mutex::default(),
            delay: Duration::ZERO,
            in_flight: AtomicUsize::new(0),
            most_in_flight: AtomicUsize::new(0),
            intruder: Mutex::default(),
        };
        objects.iter().for_each(|(key, bytes)| fake.write(key, bytes.clone()));
        fake
    }

    /// From now on this goes wrong, counted from here.
    fn failing(mut self, wrong: Wrong) -> Self {
        self.wrong = wrong;
        self.asked = AtomicU64::new(0);
        self
    }

    fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// The requests of each kind since this was asked last.
    fn kinds(&self) -> Requests {
        std::mem::take(&mut self.kinds.lock().unwrap())
    }

    fn contents(&self) -> BTreeMap<String, Vec<u8>> {
        let objects = self.objects.lock().unwrap();
        objects.iter().map(|(key, (bytes, _))| (key.clone(), bytes.clone())).collect()
    }

    fn write(&self, key: &str, bytes: Vec<u8>) {
        let version = self.versions.fetch_add(1, Ordering::SeqCst);
        self.objects.lock().unwrap().insert(key.to_owned(), (bytes, version));
    }

    fn head_of(&self, (bytes, version): &(Vec<u8>, u64)) -> Head {
        let sum = format!("{:08x}", rawzip::crc32(bytes));
        Head {
            size: bytes.len() as u64,
            etag: Some(if self.tells == Tells::Content {
                sum.clone()
            } else {
                version.to_string()
            }),
            version: Some(version.to_string()),
            checksum: (self.tells == Tells::VersionAndSum).then(|| format!("crc32c:{sum}")),
            pending: false,
        }
    }

    async fn answer<T>(
        &self,
        carry_out: impl Fn() -> Result<T, BucketError>,
    ) -> Result<T, BucketError> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
        if self.delay.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(self.delay).await;
        }
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        let broken = || Err(BucketError::Other(SourceError::new("the connection broke off")));
        match self.wrong {
            Wrong::At(at) if number == at => broken(),
            Wrong::From(from) if number >= from => broken(),
            Wrong::LostFrom(from) if number >= from => {
                if number == from {
                    let _ = carry_out();
                }
                broken()
            }
            Wrong::Twice(at) if number == at => {
                let _ = carry_out();
                carry_out()
            }
            _ => carry_out(),
        }
    }

    fn copy_now(&self, from: &str, to: &str, is_careful: bool) -> Result<(), BucketError> {
        if let Some((key, bytes)) = self.intruder.lock().unwrap().take() {
            self.write(&key, bytes);
        }
        let bytes = {
            let objects = self.objects.lock().unwrap();
            if is_careful && objects.contains_key(to) {
                return Err(BucketError::Precondition);
            }
            objects.get(from).ok_or(BucketError::Missing)?.0.clone()
        };
        self.write(to, bytes);
        Ok(())
    }
}

impl Store for Fake {
    async fn head(&self, key: &str) -> Result<Option<Head>, BucketError> {
        self.kinds.lock().unwrap().head += 1;
        self.answer(|| Ok(self.objects.lock().unwrap().get(key).map(|it| self.head_of(it)))).await
    }

    async fn get(&self, key: &str) -> Result<(Vec<u8>, Head), BucketError> {
        self.kinds.lock().unwrap().get += 1;
        self.answer(|| {
            let objects = self.objects.lock().unwrap();
            let object = objects.get(key).ok_or(BucketError::Missing)?;
            Ok((object.0.clone(), self.head_of(object)))
        })
        .await
    }

    async fn copy(&self, from: &str, to: &str) -> Result<(), BucketError> {
        self.kinds.lock().unwrap().copy += 1;
        self.answer(|| self.copy_now(from, to, self.is_careful)).await
    }

    async fn overwrite(&self, from: &str, to: &str) -> Result<(), BucketError> {
        self.kinds.lock().unwrap().copy += 1;
        self.answer(|| self.copy_now(from, to, false)).await
    }

    async fn delete(&self, key: &str) -> Result<(), BucketError> {
        self.kinds.lock().unwrap().delete += 1;
        self.answer(|| {
            if self.wrong == Wrong::Deletes {
                return Err(BucketError::Denied);
            }
            self.objects.lock().unwrap().remove(key);
            Ok(())
        })
        .await
    }

    async fn put(
        &self,
        key: &str,
        bytes: Vec<u8>,
        precondition: Precondition<'_>,
    ) -> Result<(), BucketError> {
        self.kinds.lock().unwrap().put += 1;
        self.answer(|| {
            let found = self.objects.lock().unwrap().get(key).map(|it| self.head_of(it));
            let holds = match precondition {
                Precondition::Nothing => true,
                _ if self.wrong == Wrong::Conditions => return Err(BucketError::Unsupported),
                Precondition::Absent => found.is_none(),
                Precondition::Is(head) => found.is_some_and(|found| found.etag == head.etag),
            };
            if !holds {
                return Err(BucketError::Precondition);
            }
            self.write(key, bytes.clone());
            Ok(())
        })
        .await
    }
}

/// A bucket with a dataset below `data/drive/`, and what a plan with one of everything makes of it.
struct Case {
    before: BTreeMap<String, Vec<u8>>,
    after: BTreeMap<String, Vec<u8>>,
    tree: Tree,
    folder: tempfile::TempDir,
}

const PREFIX: &str = "data/drive/";

/// Keys before and afterwards.
const MOVES: &[(&str, Option<&str>)] = &[
    ("Lidar_top/s/1.pcd", Some("lidar-top/s/1.pcd")),
    ("Lidar_top/s/2.pcd", Some("lidar-top/s/2.pcd")),
    // Two that swap their keys.
    ("camera-a/s/1.jpg", Some("camera-b/s/1.jpg")),
    ("camera-b/s/1.jpg", Some("camera-a/s/1.jpg")),
    // One that goes where another goes away from, and where that is taken out.
    ("camera-c/s/1.jpg", Some("camera-c/s/2.jpg")),
    ("camera-c/s/2.jpg", Some("camera-c/s/.DS_Store")),
    ("camera-c/s/.DS_Store", None),
    ("camera-a/s/9.jpg", Some("camera-a/s/9.jpg")),
];

impl Case {
    fn new() -> Self {
        let mut case = Case {
            before: BTreeMap::new(),
            after: BTreeMap::new(),
            tree: TreeBuilder::new().finish(),
            // In memory, where that can be had: a disk would be waited for some 100,000 times.
            folder: tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap(),
        };
        let mut builder = TreeBuilder::new();
        for (at, (from, to)) in (0..).zip(MOVES) {
            // All of one size: only what they hold tells them apart.
            let bytes = vec![at; 20];
            builder.add(&Entry::file(from.as_bytes(), 20));
            case.before.insert(format!("{PREFIX}{from}"), bytes.clone());
            if let Some(to) = to {
                case.after.insert(format!("{PREFIX}{to}"), bytes);
            }
        }
        builder.add(&Entry::file(b"metadata.json", 16));
        case.before.insert(format!("{PREFIX}metadata.json"), OLD_TEXT.to_vec());
        case.after.insert(format!("{PREFIX}metadata.json"), NEW_TEXT.to_vec());
        for objects in [&mut case.before, &mut case.after] {
            objects.insert("data/drive2/metadata.json".to_owned(), b"not of this one".to_vec());
        }
        case.tree = builder.finish();
        case
    }

    fn plan(&self) -> Plan<'_> {
        let rename = |from: &str, to: &str| Rename { from: from.into(), to: to.into() };
        let mut renames = vec![rename("Lidar_top", "lidar-top")];
        for (from, to) in MOVES.iter().filter_map(|(from, to)| Some((from, (*to)?))) {
            if from.starts_with("camera") && *from != to {
                renames.push(rename(from, to));
            }
        }
        let mut plan = Plan::new(&self.tree);
        for Rename { from, to } in renames {
            plan.add(&Repair::Move { from, to }).unwrap();
        }
        let folder = self.tree.folder_at(b"camera-c/s").unwrap();
        let mut names = NameSet::default();
        names.insert(b".DS_Store");
        names.seal();
        let files = FileSet::Files { folder, names: Some(names) };
        plan.add(&Repair::Remove { files }).unwrap();
        assert_eq!(plan.collisions(1), Vec::<Vec<u8>>::new());
        plan
    }

    fn state(&self) -> StateFolder {
        StateFolder::in_folder(self.folder.path())
    }

    fn executor() -> CloudExecutor {
        let url = "s3://bucket/data/drive".parse().unwrap();
        CloudExecutor::new(&url, &CloudAccess::default())
    }

    fn work(&self) -> Work {
        let plan = self.plan();
        let edit = MetadataEdit {
            path: b"metadata.json".to_vec(),
            before: OLD_TEXT.to_vec(),
            after: NEW_TEXT.to_vec(),
        };
        let job = Job { plan: &plan, metadata: Some(&edit), removals: Removals::ToTrash };
        Case::executor().work(&job, String::new()).unwrap()
    }

    fn apply(&self, store: &Fake) -> Result<Applied, ApplyError> {
        let session = Case::executor().session(store, "host", &());
        on(session.apply(self.work(), &self.state()))
    }

    fn run(&self) -> Run {
        self.state().runs(&Case::executor().target()).unwrap().pop().unwrap()
    }

    fn finish(&self, store: &Fake) -> Result<Applied, ApplyError> {
        on(Case::executor().session(store, "host", &()).finish(&self.run()))
    }

    fn resume(&self, store: &Fake) -> Result<Applied, ApplyError> {
        on(Case::executor().session(store, "host", &()).resume(&self.run()))
    }

    fn undo(&self, store: &Fake) -> Result<Applied, ApplyError> {
        on(Case::executor().session(store, "host", &()).undo(&self.run()))
    }

    fn take(&self, step: Step, store: &Fake) -> Result<Applied, ApplyError> {
        match step {
            Step::Apply => self.apply(store),
            Step::Finish => self.finish(store),
            Step::Undo => self.undo(store),
        }
    }
}

fn on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Apply,
    Finish,
    Undo,
}

const ALL: [Tells; 3] = [Tells::Content, Tells::VersionAndSum, Tells::Version];

#[test]
fn copies_are_made_then_originals_deleted_and_all_is_taken_back() {
    for tells in ALL {
        let case = Case::new();
        let store = Fake::of(&case.before, tells);
        let work = case.work();
        let applied = case.apply(&store).unwrap();
        assert_eq!(store.kinds(), work.to_apply(), "{tells:?}");
        assert_eq!(store.asked(), work.to_apply().all(), "{tells:?}");
        assert_eq!(applied.outline.requests, store.asked());
        assert_eq!(applied.notes.len(), usize::from(tells == Tells::Version));
        let id = applied.run.as_str();
        let now = store.contents();
        for (key, bytes) in case.before.iter().filter(|(key, _)| !key.ends_with("metadata.json")) {
            assert_eq!(&now[key], bytes, "{key}");
        }
        assert_eq!(now[&format!("{PREFIX}lidar-top/s/1.pcd")], [0; 20]);
        assert_eq!(now[&format!("{PREFIX}camera-b/s/1.jpg.sensortree-{id}")], [2; 20]);
        assert_eq!(now[&format!("{PREFIX}metadata.json")], NEW_TEXT);
        assert_eq!(case.run().status, RunStatus::Finished);
        case.finish(&store).unwrap();
        assert_eq!(store.kinds(), work.to_finish(), "{tells:?}");
        assert_eq!(store.contents(), case.after, "{tells:?}");
        assert!(matches!(case.finish(&store), Err(ApplyError::Impossible { .. })));
        case.undo(&store).unwrap();
        assert_eq!(store.contents(), case.before, "{tells:?}");
        assert_eq!(case.run().status, RunStatus::Undone);
        assert!(matches!(case.finish(&store), Err(ApplyError::Impossible { .. })));
        assert!(matches!(case.resume(&store), Err(ApplyError::NoRun { .. })));
        // Once more, taken back before anything is final.
        case.apply(&store).unwrap();
        case.undo(&store).unwrap();
        assert_eq!(store.contents(), case.before, "{tells:?}");
    }
}

/// Whichever request of a step goes wrong, the step is finished or taken back afterwards.
fn check_every_request(before: &[Step], step: Step, wrong: fn(u64) -> Wrong, tells: Tells) {
    for at in 0.. {
        for is_undone in [true, false] {
            let told = format!("{before:?} {step:?} {:?} {tells:?} undone: {is_undone}", wrong(at));
            let case = Case::new();
            let mut store = Fake::of(&case.before, tells);
            for step in before {
                case.take(*step, &store).unwrap();
            }
            store = store.failing(wrong(at));
            let outcome = case.take(step, &store);
            let was_reached = store.asked() > at;
            store = store.failing(Wrong::Nothing);
            let run = case.state().runs(&Case::executor().target()).unwrap().pop();
            let status = run.map_or(RunStatus::Undone, |run| run.status);
            let mended = match status {
                RunStatus::Begun | RunStatus::Running if is_undone => case.undo(&store).map(|_| ()),
                RunStatus::Begun | RunStatus::Running => case.resume(&store).map(|_| ()),
                RunStatus::Finished if is_undone => case.undo(&store).map(|_| ()),
                // Before anything was final, it failed to be.
                RunStatus::Finished if step == Step::Finish && outcome.is_err() => {
                    case.finish(&store).map(|_| ())
                }
                RunStatus::Finished | RunStatus::Undone => Ok(()),
            };
            mended.unwrap_or_else(|error| panic!("{told}: {error}"));
            let is_gone = is_undone || step == Step::Undo || status == RunStatus::Undone;
            if is_gone {
                assert_eq!(store.contents(), case.before, "{told}");
            } else if step == Step::Finish {
                assert_eq!(store.contents(), case.after, "{told}");
            } else {
                case.finish(&store).unwrap_or_else(|error| panic!("{told}: {error}"));
                assert_eq!(store.contents(), case.after, "{told}");
            }
            let target = Case::executor().target();
            assert_eq!(case.state().interrupted(&target).unwrap(), None, "{told}");
            if !was_reached {
                assert!(outcome.is_ok(), "{told}");
                return;
            }
        }
    }
}

#[test]
fn whichever_request_of_applying_fails_it_is_finished_or_taken_back() {
    for tells in ALL {
        for wrong in [Wrong::At, Wrong::From, Wrong::LostFrom, Wrong::Twice] {
            check_every_request(&[], Step::Apply, wrong, tells);
        }
    }
}

#[test]
fn whichever_request_of_finishing_fails_it_is_finished_or_taken_back() {
    for tells in ALL {
        for wrong in [Wrong::At, Wrong::From, Wrong::LostFrom, Wrong::Twice] {
            check_every_request(&[Step::Apply], Step::Finish, wrong, tells);
        }
    }
}

#[test]
fn whichever_request_of_taking_back_fails_it_is_taken_back() {
    for tells in ALL {
        for wrong in [Wrong::At, Wrong::LostFrom, Wrong::Twice] {
            check_every_request(&[Step::Apply], Step::Undo, wrong, tells);
            check_every_request(&[Step::Apply, Step::Finish], Step::Undo, wrong, tells);
        }
    }
}

#[test]
fn what_is_in_the_way_stays_and_nothing_else_does() {
    for tells in ALL {
        let case = Case::new();
        let key = format!("{PREFIX}lidar-top/s/2.pcd");
        let mut with_it = case.before.clone();
        // It even holds the same.
        with_it.insert(key.clone(), vec![1; 20]);
        let store = Fake::of(&with_it, tells);
        let error = case.apply(&store).unwrap_err();
        assert!(matches!(&error, ApplyError::Changed { path, .. } if *path == key), "{error}");
        assert_eq!(store.contents(), with_it);
        assert_eq!(case.run().status, RunStatus::Undone);
        if tells == Tells::Content {
            continue;
        }
        // It appears between the look and the copy.
        let store = Fake::of(&case.before, tells);
        with_it.insert(key.clone(), b"of somebody else".to_vec());
        *store.intruder.lock().unwrap() = Some((key, b"of somebody else".to_vec()));
        let error = case.apply(&store).unwrap_err();
        assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
        assert_eq!(store.contents(), with_it);
    }
}

#[test]
fn nothing_is_final_where_a_copy_or_an_original_was_changed() {
    for key in
        ["Lidar_top/s/1.pcd", "lidar-top/s/1.pcd", "camera-a/s/1.jpg", "camera-c/s/.DS_Store"]
    {
        for tells in ALL {
            let case = Case::new();
            let store = Fake::of(&case.before, tells);
            case.apply(&store).unwrap();
            store.write(&format!("{PREFIX}{key}"), b"of somebody else now".to_vec());
            let now = store.contents();
            let error = case.finish(&store).unwrap_err();
            assert!(error.to_string().contains("was written in between"), "{key}: {error}");
            assert_eq!(store.contents(), now, "{key}");
            // What was changed stays, and is said.
            let undone = case.undo(&store).unwrap();
            let is_original = case.before.contains_key(&format!("{PREFIX}{key}"));
            let left = store.contents();
            assert_eq!(left[&format!("{PREFIX}{key}")], b"of somebody else now");
            let extra = left.keys().filter(|key| !case.before.contains_key(*key)).count();
            let is_copied = key != "camera-c/s/.DS_Store";
            assert_eq!(extra, usize::from(is_copied), "{key}, an original: {is_original}");
            assert!(undone.notes.iter().any(|note| note.contains("stays")) || !is_copied);
        }
    }
}

#[test]
fn without_the_right_to_delete_all_is_kept_until_there_is_one() {
    let case = Case::new();
    let store = Fake::of(&case.before, Tells::Content);
    case.apply(&store).unwrap();
    let store = store.failing(Wrong::Deletes);
    for outcome in [case.finish(&store), case.resume(&store)] {
        let Err(ApplyError::Step { source, undone: false, .. }) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(source.kind(), std::io::ErrorKind::PermissionDenied);
    }
    // All that was before is somewhere, but for the text that is in the run's folder.
    let now: Vec<Vec<u8>> = store.contents().into_values().collect();
    let trash: Vec<Vec<u8>> = std::fs::read_dir(case.state().trash(&case.run().id))
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
        .collect();
    for bytes in case.before.values().filter(|bytes| *bytes != OLD_TEXT) {
        assert!(now.contains(bytes) || trash.contains(bytes), "{bytes:?}");
    }
    let store = store.failing(Wrong::Nothing);
    case.resume(&store).unwrap();
    assert_eq!(store.contents(), case.after);
}

#[test]
fn a_store_that_knows_no_conditions_is_looked_at_before_something_is_written() {
    let case = Case::new();
    let store = Fake::of(&case.before, Tells::Content).failing(Wrong::Conditions);
    case.apply(&store).unwrap();
    case.finish(&store).unwrap();
    assert_eq!(store.contents(), case.after);
    // There is something in the way of what is to be put back.
    let text = format!("{PREFIX}metadata.json");
    let key = format!("{PREFIX}Lidar_top/s/1.pcd");
    store.write(&key, b"of somebody else".to_vec());
    let error = case.undo(&store).unwrap_err();
    assert!(error.to_string().contains("is there already"), "{error}");
    assert_eq!(store.contents()[&text], NEW_TEXT);
    store.objects.lock().unwrap().remove(&key);
    case.resume(&store).unwrap();
    assert_eq!(store.contents(), case.before);
}

#[test]
fn what_is_taken_out_is_kept_or_said_to_be_gone() {
    let case = Case::new();
    let store = Fake::of(&case.before, Tells::VersionAndSum);
    let key = format!("{PREFIX}camera-c/s/.DS_Store");
    case.apply(&store).unwrap();
    case.finish(&store).unwrap();
    let trash = case.state().trash(&case.run().id);
    let path = kept(&trash, 6);
    assert_eq!(case.work().operations[6].from, key);
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes, case.before[&key]);
    // Where it is not whole any more, it is not put back.
    std::fs::write(&path, b"half").unwrap();
    let error = case.undo(&store).unwrap_err();
    assert!(error.to_string().contains("another size"), "{error}");
    std::fs::write(&path, bytes).unwrap();
    case.undo(&store).unwrap();
    assert_eq!(store.contents(), case.before);

    let work = Work { is_kept: false, ..case.work() };
    on(Case::executor().session(&store, "host", &()).apply(work, &case.state())).unwrap();
    case.finish(&store).unwrap();
    assert!(!case.state().trash(&case.run().id).exists());
    let undone = case.undo(&store).unwrap();
    assert!(undone.notes.iter().any(|note| note.contains("deleted for good")));
    let mut left = case.before.clone();
    left.remove(&key);
    assert_eq!(store.contents(), left);
}

#[test]
fn a_metadata_json_that_somebody_else_wrote_is_not_overwritten() {
    let key = format!("{PREFIX}metadata.json");
    let case = Case::new();
    let store = Fake::of(&case.before, Tells::Content);
    store.write(&key, b"{}".to_vec());
    let error = case.apply(&store).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    store.write(&key, OLD_TEXT.to_vec());
    case.apply(&store).unwrap();
    store.write(&key, b"{}".to_vec());
    let undone = case.undo(&store).unwrap();
    assert_eq!(undone.notes.len(), 1);
    assert_eq!(store.contents()[&key], b"{}");
}

#[test]
fn a_metadata_json_that_moves_is_written_anew_and_the_old_one_kept_until_the_end() {
    let before: BTreeMap<String, Vec<u8>> =
        [("data/drive/sub/metadata.json".to_owned(), OLD_TEXT.to_vec())].into();
    let after: BTreeMap<String, Vec<u8>> =
        [("data/drive/metadata.json".to_owned(), NEW_TEXT.to_vec())].into();
    let mut builder = TreeBuilder::new();
    builder.add(&Entry::file(b"sub/metadata.json", 16));
    let tree = builder.finish();
    let renames = [Rename { from: b"sub/metadata.json".to_vec(), to: b"metadata.json".to_vec() }];
    let plan = Plan::from_renames(&tree, &renames).unwrap();
    let edit = MetadataEdit {
        path: b"sub/metadata.json".to_vec(),
        before: OLD_TEXT.to_vec(),
        after: NEW_TEXT.to_vec(),
    };
    let job = Job { plan: &plan, metadata: Some(&edit), removals: Removals::ToTrash };
    let case = Case::new();
    let store = Fake::of(&before, Tells::VersionAndSum);
    let apply = || {
        let work = Case::executor().work(&job, String::new()).unwrap();
        let session = Case::executor().session(&store, "host", &());
        on(session.apply(work, &case.state())).unwrap()
    };
    apply();
    assert_eq!(store.contents().len(), 2);
    case.undo(&store).unwrap();
    assert_eq!(store.contents(), before);
    apply();
    case.finish(&store).unwrap();
    assert_eq!(store.contents(), after);
    case.undo(&store).unwrap();
    assert_eq!(store.contents(), before);
}

#[test]
fn keys_that_cannot_be_asked_for_are_refused_before_anything_is_asked() {
    let mut builder = TreeBuilder::new();
    builder.add(&Entry::file(b"a/b\x01.pcd", 1));
    let tree = builder.finish();
    let plan = Plan::from_renames(&tree, &[Rename { from: b"a".to_vec(), to: b"c".to_vec() }]);
    let plan = plan.unwrap();
    let job = Job { plan: &plan, metadata: None, removals: Removals::ToTrash };
    let error = Case::executor().outline(&job).unwrap_err();
    assert!(matches!(error, ApplyError::Impossible { .. }), "{error}");
}

#[test]
fn a_run_is_taken_up_only_at_the_store_that_it_is_about_and_the_last_one_first() {
    let case = Case::new();
    let store = Fake::of(&case.before, Tells::Content);
    case.apply(&store).unwrap();
    let elsewhere = Case::executor();
    let error = on(elsewhere.session(&store, "other", &()).undo(&case.run())).unwrap_err();
    assert!(matches!(error, ApplyError::NoRun { .. }), "{error}");
    let other = CloudExecutor { url: "s3://bucket/data".parse().unwrap(), ..Case::executor() };
    let error = on(other.session(&store, "host", &()).undo(&case.run())).unwrap_err();
    assert!(matches!(error, ApplyError::NoRun { .. }), "{error}");
    // The later one first.
    let first = case.run();
    sealed::write(&first.folder, PHASE, &Phase::Finished).unwrap();
    let mut later = case.state().begin("s3", &first.target, Timestamp::now()).unwrap();
    later.set_status(RunStatus::Finished).unwrap();
    let error = on(Case::executor().session(&store, "host", &()).undo(&first)).unwrap_err();
    assert!(error.to_string().contains("is to be undone first"), "{error}");
}

#[test]
fn a_damaged_journal_is_not_used() {
    let case = Case::new();
    let store = Fake::of(&case.before, Tells::Content);
    case.apply(&store).unwrap();
    let now = store.contents();
    for name in [WORK, PHASE, FORWARD] {
        let path = case.run().folder.join(name);
        let whole = std::fs::read(&path).unwrap();
        // The end of the last line apart: without it, the line was not written whole.
        for at in (0..whole.len() - 1).step_by(11) {
            let mut damaged = whole.clone();
            damaged[at] ^= 4;
            std::fs::write(&path, damaged).unwrap();
            for outcome in [case.finish(&store), case.undo(&store)] {
                let is_refused = matches!(outcome, Err(ApplyError::Journal { .. }));
                assert!(is_refused, "{name}, byte {at}: {outcome:?}");
                assert_eq!(store.contents()[&format!("{PREFIX}lidar-top/s/1.pcd")], [0; 20]);
            }
            std::fs::write(&path, &whole).unwrap();
            sealed::write(&case.run().folder, PHASE, &Phase::Copied).unwrap();
        }
    }
    let text = format!("{PREFIX}metadata.json");
    let is_other = |(key, bytes): &(&String, &Vec<u8>)| **key != text && now[*key] != **bytes;
    assert_eq!(store.contents().iter().find(is_other), None);
}

#[test]
#[ignore = "prints how busy the requests are, for somebody to read"]
fn how_busy_the_requests_are() {
    let mut builder = TreeBuilder::new();
    let mut objects = BTreeMap::new();
    for number in 0..4_000 {
        let path = format!("Lidar_top/s/{number}.pcd");
        builder.add(&Entry::file(path.as_bytes(), 3));
        objects.insert(format!("{PREFIX}{path}"), vec![0; 3]);
    }
    let tree = builder.finish();
    let renames = [Rename { from: b"Lidar_top".to_vec(), to: b"lidar-top".to_vec() }];
    let plan = Plan::from_renames(&tree, &renames).unwrap();
    let job = Job { plan: &plan, metadata: None, removals: Removals::ToTrash };
    let mut case = Case::new();
    // The journal waits for a disk, as it does for users.
    case.folder = tempfile::tempdir().unwrap();
    let mut store = Fake::of(&objects, Tells::Content);
    store.delay = Duration::from_millis(50);
    let measure = |what: &str, work: &mut dyn FnMut()| {
        let (begun, asked) = (Instant::now(), store.asked());
        work();
        let (wall, asked) = (begun.elapsed().as_secs_f64(), store.asked() - asked);
        let most = store.most_in_flight.load(Ordering::SeqCst);
        #[expect(clippy::cast_precision_loss, reason = "some thousand")]
        let busy = asked as f64 * 0.05 / wall / asking::REQUESTS as f64;
        println!("{what}: {asked} requests in {wall:.2} s, {busy:.3} of 64 busy, at most {most}");
        assert!(most <= asking::REQUESTS);
    };
    measure("apply", &mut || {
        let work = Case::executor().work(&job, String::new()).unwrap();
        let session = Case::executor().session(&store, "host", &());
        on(session.apply(work, &case.state())).unwrap();
    });
    measure("finish", &mut || drop(case.finish(&store).unwrap()));
    measure("undo", &mut || drop(case.undo(&store).unwrap()));
}
