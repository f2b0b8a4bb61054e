//! Plans carried out in real folders, stopped after each operation, and taken back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use sensortree_apply::local::{Hook, LocalExecutor};
use sensortree_apply::{
    Applied, ApplyError, Executor as _, Job, MetadataEdit, Progress, Removals, Run, RunStatus,
    StateFolder,
};
use sensortree_core::names::name_set::NameSet;
use sensortree_core::plan::Plan;
use sensortree_core::repair::{FileSet, Operation};
use sensortree_core::tree::Tree;
use sensortree_scan::local::LocalFolder;
use sensortree_scan::{ScanOptions, inspect};

/// What is at a path: what a file holds or a link leads to, its mode, and when it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    text: Option<Vec<u8>>,
    is_read_only: bool,
    changed: SystemTime,
}

/// Everything below a folder, and the folder itself.
fn held(folder: &Path) -> BTreeMap<PathBuf, Held> {
    let mut all = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let facts = fs::symlink_metadata(&path).unwrap();
        let text = if facts.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            None
        } else if facts.is_symlink() {
            Some(fs::read_link(&path).unwrap().into_os_string().into_encoded_bytes())
        } else {
            Some(fs::read(&path).unwrap())
        };
        let changed = facts.modified().unwrap();
        let is_read_only = facts.permissions().readonly();
        let relative = path.strip_prefix(folder).unwrap().to_owned();
        all.insert(relative, Held { text, is_read_only, changed });
    }
    all
}

/// The paths and what they hold, without times.
fn texts(held: &BTreeMap<PathBuf, Held>) -> BTreeMap<String, String> {
    let file = |(path, held): (&PathBuf, &Held)| {
        let text = held.text.clone().map(|text| String::from_utf8(text).unwrap());
        (path.display().to_string(), text.unwrap_or_else(|| "folder".to_owned()))
    };
    held.iter().map(file).collect()
}

/// A dataset in a folder of its own, so that what stands beside it is seen, too.
struct Dataset {
    _room: tempfile::TempDir,
    path: PathBuf,
}

impl Dataset {
    fn new(files: &[&str]) -> Self {
        let room = tempfile::tempdir().unwrap();
        let path = room.path().canonicalize().unwrap().join("drive");
        let dataset = Dataset { _room: room, path };
        for file in files {
            dataset.write(file, file);
        }
        // Times that no operation of now gives by chance.
        let mut folders = vec![dataset.path.clone()];
        let long_ago = SystemTime::UNIX_EPOCH + Duration::new(1_681_532_060, 61_000_000);
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
            folders.extend(entries.filter(|path| path.is_dir()));
            fs::File::open(&folder).unwrap().set_modified(long_ago).unwrap();
        }
        dataset
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn tree(&self) -> Tree {
        inspect(&LocalFolder::new(&self.path), &ScanOptions::default(), &()).unwrap().tree
    }

    fn executor(&self) -> LocalExecutor {
        LocalExecutor::new(&self.path).unwrap()
    }

    fn state(&self) -> StateFolder {
        StateFolder::beside(&self.path).unwrap()
    }

    fn last_run(&self) -> Run {
        self.state().runs(&self.executor().target()).unwrap().pop().unwrap()
    }
}

/// What a test carries out.
struct Task {
    files: &'static [&'static str],
    moves: &'static [(&'static str, &'static str)],
    removed: &'static [&'static str],
    metadata: Option<&'static str>,
}

impl Task {
    fn apply(&self, dataset: &Dataset, executor: &LocalExecutor) -> Result<Applied, ApplyError> {
        self.apply_with(Removals::ToTrash, dataset, executor)
    }

    fn apply_with(
        &self,
        removals: Removals,
        dataset: &Dataset,
        executor: &LocalExecutor,
    ) -> Result<Applied, ApplyError> {
        self.apply_told(removals, dataset, executor, &())
    }

    fn apply_told(
        &self,
        removals: Removals,
        dataset: &Dataset,
        executor: &LocalExecutor,
        progress: &dyn Progress,
    ) -> Result<Applied, ApplyError> {
        let tree = dataset.tree();
        let mut plan = Plan::new(&tree);
        for (from, to) in self.moves {
            let (from, to) = (from.as_bytes().to_vec(), to.as_bytes().to_vec());
            plan.add(&Operation::Move { from, to }).unwrap();
        }
        for path in self.removed {
            let files = match path.strip_suffix('/') {
                Some(folder) => FileSet::Folder(tree.folder_at(folder.as_bytes()).unwrap()),
                None => {
                    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
                    let folder = tree.folder_at(folder.as_bytes()).unwrap();
                    FileSet::named(folder, NameSet::from_names([name]))
                }
            };
            plan.add(&Operation::Remove { files }).unwrap();
        }
        assert!(plan.collisions(1).is_empty());
        let metadata = self.metadata.map(|after| MetadataEdit {
            path: b"metadata.json".to_vec(),
            before: b"metadata.json".to_vec(),
            after: after.as_bytes().to_vec(),
        });
        let job = Job { plan: &plan, metadata: metadata.as_ref(), removals };
        executor.apply(&job, &dataset.state(), progress)
    }
}

/// Steps of each phase: new folders, a new metadata.json, files taken out, swapped, moved out and
/// renamed in a chain, folders swapped, moved, taken out and left empty.
const ALL: Task = Task {
    files: &[
        "metadata.json",
        "lidar-a/s1/1.pcd",
        "lidar-a/s1/2.pcd",
        "lidar-a/s1/3.pcd",
        "lidar-a/s1/junk",
        "lidar-a/s2/1.pcd",
        "lidar-a/s2/2.pcd",
        "front/s1/1.jpg",
        "back/s1/1.jpg",
        "back/s2/9.jpg",
        "s3/camera-x/1.jpg",
        "old/1.jpg",
        "flat/1.jpg",
        "flat/2.jpg",
    ],
    moves: &[
        ("lidar-a/s1/1.pcd", "lidar-a/s1/2.pcd"),
        ("lidar-a/s1/2.pcd", "lidar-a/s1/3.pcd"),
        ("lidar-a/s1/3.pcd", "lidar-a/s1/4.pcd"),
        ("lidar-a/s2/1.pcd", "lidar-a/s2/2.pcd"),
        ("lidar-a/s2/2.pcd", "lidar-a/s2/1.pcd"),
        ("front", "back"),
        ("back", "front"),
        ("s3/camera-x", "camera-x/s3"),
        ("flat/1.jpg", "camera-y/s1/1.jpg"),
        ("flat/2.jpg", "camera-y/s1/2.jpg"),
    ],
    removed: &["lidar-a/s1/junk", "old/"],
    metadata: Some("edited"),
};

const AFTER_ALL: &[(&str, &str)] = &[
    ("", "folder"),
    ("back", "folder"),
    ("back/s1", "folder"),
    ("back/s1/1.jpg", "front/s1/1.jpg"),
    ("camera-x", "folder"),
    ("camera-x/s3", "folder"),
    ("camera-x/s3/1.jpg", "s3/camera-x/1.jpg"),
    ("camera-y", "folder"),
    ("camera-y/s1", "folder"),
    ("camera-y/s1/1.jpg", "flat/1.jpg"),
    ("camera-y/s1/2.jpg", "flat/2.jpg"),
    ("front", "folder"),
    ("front/s1", "folder"),
    ("front/s1/1.jpg", "back/s1/1.jpg"),
    ("front/s2", "folder"),
    ("front/s2/9.jpg", "back/s2/9.jpg"),
    ("lidar-a", "folder"),
    ("lidar-a/s1", "folder"),
    ("lidar-a/s1/2.pcd", "lidar-a/s1/1.pcd"),
    ("lidar-a/s1/3.pcd", "lidar-a/s1/2.pcd"),
    ("lidar-a/s1/4.pcd", "lidar-a/s1/3.pcd"),
    ("lidar-a/s2", "folder"),
    ("lidar-a/s2/1.pcd", "lidar-a/s2/2.pcd"),
    ("lidar-a/s2/2.pcd", "lidar-a/s2/1.pcd"),
    ("metadata.json", "edited"),
];

fn expected() -> BTreeMap<String, String> {
    AFTER_ALL.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

#[test]
fn a_plan_is_carried_out_and_taken_back() {
    let dataset = Dataset::new(ALL.files);
    let before = held(&dataset.path);
    let applied = ALL.apply(&dataset, &dataset.executor()).unwrap();
    assert_eq!((applied.outline.renamed, applied.outline.removed), (10, 2));
    assert_eq!(applied.notes, Vec::<String>::new());
    assert_eq!(texts(&held(&dataset.path)), expected());
    let trash = dataset.state().trash(&applied.run);
    assert_eq!(fs::read(trash.join("lidar-a/s1/junk")).unwrap(), b"lidar-a/s1/junk");
    assert_eq!(fs::read(trash.join("old/1.jpg")).unwrap(), b"old/1.jpg");
    let run = dataset.last_run();
    assert_eq!((run.status, &run.id), (RunStatus::Finished, &applied.run));

    let undone = dataset.executor().undo(&run, &()).unwrap();
    assert_eq!(undone.notes, Vec::<String>::new());
    assert_eq!(held(&dataset.path), before);
    assert!(!trash.exists());
    assert_eq!(dataset.last_run().status, RunStatus::Undone);
    let again = dataset.executor().undo(&dataset.last_run(), &()).unwrap_err();
    assert!(again.to_string().contains("undone already"), "{again}");
}

/// Keeps what it is told.
#[derive(Default)]
struct Told(Mutex<Vec<(u64, u64)>>);

impl Progress for Told {
    fn done(&self, steps: u64, of: u64) {
        self.0.lock().unwrap().push((steps, of));
    }
}

#[test]
fn the_steps_of_all_phases_are_one_count() {
    let dataset = Dataset::new(ALL.files);
    let check = |told: Told| {
        let told = told.0.into_inner().unwrap();
        assert_eq!(told.iter().max(), Some(&(12, 12)), "{told:?}");
        assert!(told.iter().all(|(steps, of)| (1..=12).contains(steps) && *of == 12), "{told:?}");
    };
    let told = Told::default();
    ALL.apply_told(Removals::ToTrash, &dataset, &dataset.executor(), &told).unwrap();
    check(told);
    let told = Told::default();
    dataset.executor().undo(&dataset.last_run(), &told).unwrap();
    check(told);
}

#[test]
fn what_somebody_wrote_to_metadata_since_is_kept_when_the_run_is_taken_back() {
    let dataset = Dataset::new(ALL.files);
    let before = held(&dataset.path);
    ALL.apply(&dataset, &dataset.executor()).unwrap();
    dataset.write("metadata.json", "a day of work");
    let run = dataset.last_run();
    let undone = dataset.executor().undo(&run, &()).unwrap();
    assert_eq!(held(&dataset.path), before);
    let kept = run.folder.join("metadata.changed");
    assert_eq!(fs::read(&kept).unwrap(), b"a day of work");
    let [note] = undone.notes.as_slice() else { panic!("{:?}", undone.notes) };
    assert!(note.contains(&kept.display().to_string()), "{note}");
}

#[test]
fn a_file_that_was_deleted_since_is_left_out_when_the_run_is_taken_back() {
    let dataset = Dataset::new(ALL.files);
    let before = texts(&held(&dataset.path));
    ALL.apply(&dataset, &dataset.executor()).unwrap();
    fs::remove_file(dataset.path.join("lidar-a/s1/3.pcd")).unwrap();
    let undone = dataset.executor().undo(&dataset.last_run(), &()).unwrap();
    let now = texts(&held(&dataset.path));
    let missing: Vec<&String> = before.keys().filter(|path| !now.contains_key(*path)).collect();
    assert_eq!(missing, ["lidar-a/s1/2.pcd"]);
    assert!(now.iter().all(|(path, text)| before.get(path) == Some(text)), "{now:?}");
    let note = "a file is not there any more, under the name that the run gave: `lidar-a/s1/2.pcd`";
    assert_eq!(undone.notes, [note]);
}

#[test]
fn a_run_that_cannot_be_taken_back_stays_as_it_is() {
    // A name that is taken, a folder that is gone, another dataset in this place.
    let obstacles: &[&dyn Fn(&Dataset)] = &[
        &|dataset| dataset.write("lidar-a/s1/1.pcd", "new"),
        &|dataset| dataset.write("lidar-a/s1/junk", "new"),
        &|dataset| dataset.write("flat/1.jpg/x", "new"),
        &|dataset| fs::remove_dir_all(dataset.path.join("camera-x")).unwrap(),
        &|dataset| fs::remove_dir_all(dataset.path.join("lidar-a")).unwrap(),
        &|dataset| fs::remove_file(dataset.path.join("metadata.json")).unwrap(),
        &|dataset| {
            fs::remove_dir_all(&dataset.path).unwrap();
            dataset.write("lidar-a/s1/9.pcd", "new");
        },
    ];
    for (at, obstacle) in obstacles.iter().enumerate() {
        let dataset = Dataset::new(ALL.files);
        ALL.apply(&dataset, &dataset.executor()).unwrap();
        obstacle(&dataset);
        let before = texts(&held(&dataset.path));
        let error = dataset.executor().undo(&dataset.last_run(), &()).unwrap_err();
        assert_eq!(texts(&held(&dataset.path)), before, "{at}: {error}");
        assert_eq!(dataset.last_run().status, RunStatus::Finished, "{at}: {error}");
        assert!(error.to_string().ends_with("as it was before"), "{at}: {error}");
    }
}

#[test]
fn only_what_a_plan_named_is_deleted_for_good() {
    for (hidden, is_deleted) in [
        ("old/2.jpg", true),
        ("old/.git/HEAD", false),
        // A folder of systems, which a listing sets apart by another mark than its first letter.
        ("old/$RECYCLE.BIN/HEAD", false),
    ] {
        let dataset = Dataset::new(ALL.files);
        dataset.write(hidden, "hidden");
        let before = texts(&held(&dataset.path));
        let applied = ALL.apply_with(Removals::Deleted, &dataset, &dataset.executor()).unwrap();
        assert_eq!(texts(&held(&dataset.path)), expected());
        let trash = dataset.state().trash(&applied.run);
        assert_eq!(trash.exists(), !is_deleted, "{hidden}");
        assert_eq!(
            (applied.can_be_undone, applied.notes.len()),
            (!is_deleted, usize::from(!is_deleted))
        );
        let undone = dataset.executor().undo(&dataset.last_run(), &());
        assert_eq!(undone.is_err(), is_deleted, "{hidden}");
        if !is_deleted {
            assert_eq!(texts(&held(&dataset.path)), before);
        }
    }
}

/// Fails from the `first` operation on, as if the process were gone.
fn dead_from(first: u64) -> Hook {
    Box::new(move |at| if at < first { Ok(()) } else { Err(io::Error::other("dead")) })
}

/// Fails at one operation alone.
fn failing_at(which: u64, kind: io::ErrorKind) -> Hook {
    Box::new(move |at| if at == which { Err(kind.into()) } else { Ok(()) })
}

/// How many operations a task takes.
fn operations(task: &Task) -> u64 {
    let dataset = Dataset::new(task.files);
    let most = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&most);
    let count: Hook = Box::new(move |at| {
        counted.fetch_max(at, Ordering::Relaxed);
        Ok(())
    });
    task.apply(&dataset, &dataset.executor().with_faults(count)).unwrap();
    most.load(Ordering::Relaxed)
}

#[test]
fn a_run_that_ends_after_any_operation_is_undone_or_finished() {
    let operations = operations(&ALL);
    assert!(operations > 50, "{operations}");
    for first in 1..=operations {
        let dataset = Dataset::new(ALL.files);
        let before = held(&dataset.path);
        let error = ALL.apply(&dataset, &dataset.executor().with_faults(dead_from(first)));
        assert!(error.is_err(), "{first}");
        let interrupted = dataset.state().interrupted(&dataset.executor().target()).unwrap();
        let Some(run) = interrupted else {
            assert_eq!(held(&dataset.path), before, "{first}");
            continue;
        };
        let tree = dataset.tree();
        let nothing = Job { plan: &Plan::new(&tree), metadata: None, removals: Removals::ToTrash };
        let other = dataset.executor().apply(&nothing, &dataset.state(), &());
        assert!(matches!(other, Err(ApplyError::Interrupted { .. })), "{first}");
        if first % 2 == 0 {
            dataset.executor().undo(&run, &()).unwrap();
            assert_eq!(held(&dataset.path), before, "undone after {first}");
        } else {
            dataset.executor().resume(&run, &()).unwrap();
            assert_eq!(texts(&held(&dataset.path)), expected(), "finished after {first}");
            dataset.executor().undo(&dataset.last_run(), &()).unwrap();
            assert_eq!(held(&dataset.path), before, "finished and undone after {first}");
        }
    }
}

#[test]
fn taking_back_that_ends_after_any_operation_is_taken_back_or_finished() {
    for first in 1..400 {
        let dataset = Dataset::new(ALL.files);
        let before = held(&dataset.path);
        ALL.apply(&dataset, &dataset.executor()).unwrap();
        let run = dataset.last_run();
        if dataset.executor().with_faults(dead_from(first)).undo(&run, &()).is_ok() {
            assert!(first > 30, "{first}");
            return;
        }
        let run = dataset.last_run();
        if run.status == RunStatus::Running && first % 2 == 0 {
            dataset.executor().resume(&run, &()).unwrap_or_else(|error| {
                panic!("{first}: {error} {:#?}", texts(&held(&dataset.path)))
            });
            assert_eq!(texts(&held(&dataset.path)), expected(), "finished after {first}");
        }
        dataset.executor().undo(&dataset.last_run(), &()).unwrap();
        assert_eq!(held(&dataset.path), before, "undone after {first}");
    }
    panic!("it never ended");
}

#[test]
fn an_operation_that_fails_leaves_everything_as_it_was() {
    for kind in [
        io::ErrorKind::StorageFull,
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::CrossesDevices,
        io::ErrorKind::AlreadyExists,
    ] {
        for which in 1..=operations(&ALL) {
            let dataset = Dataset::new(ALL.files);
            let before = held(&dataset.path);
            let executor = dataset.executor().with_faults(failing_at(which, kind));
            let error = ALL.apply(&dataset, &executor).unwrap_err();
            assert_eq!(held(&dataset.path), before, "{which}: {error}");
            let state = dataset.state();
            assert_eq!(state.interrupted(&executor.target()).unwrap(), None, "{which}: {error}");
        }
    }
}

#[test]
fn a_name_that_is_taken_since_is_never_replaced() {
    for taken in ["lidar-a/s1/4.pcd", "camera-y", "camera-x/s3/1.jpg"] {
        let dataset = Dataset::new(ALL.files);
        let before = held(&dataset.path);
        let path = dataset.path.clone();
        // Behind the listing and the journal, before the first step.
        let hook: Hook = Box::new(move |at| {
            let taken = path.join(taken);
            if at > 20 && !taken.exists() && taken.parent().is_some_and(Path::exists) {
                fs::write(taken, "stranger").unwrap();
            }
            Ok(())
        });
        let result = ALL.apply(&dataset, &dataset.executor().with_faults(hook));
        let now = texts(&held(&dataset.path));
        let stranger = now.values().filter(|text| *text == "stranger").count();
        if let Err(error) = result {
            assert_eq!(stranger, 1, "{taken}: {error}\n{now:#?}");
            for (path, was) in texts(&before) {
                assert_eq!(now.get(&path), Some(&was), "{taken}: {path}");
            }
        } else {
            // It was there too late to be in the way.
            let kept: Vec<&String> = now.values().filter(|text| *text != "folder").collect();
            assert_eq!(kept.len() - stranger, ALL.files.len() - 2, "{taken}");
        }
    }
}

#[test]
fn what_was_changed_since_is_seen_before_anything_is_touched() {
    let dataset = Dataset::new(ALL.files);
    dataset.write("metadata.json", "something else");
    let before = held(&dataset.path);
    let error = ALL.apply(&dataset, &dataset.executor()).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    assert_eq!(held(&dataset.path), before);
    assert_eq!(dataset.state().interrupted(&dataset.executor().target()).unwrap(), None);
}

#[test]
fn a_later_run_is_undone_first() {
    let dataset = Dataset::new(&["a/1.jpg"]);
    let task = |from, to| Task {
        files: &[],
        moves: Box::leak(Box::new([(from, to)])),
        removed: &[],
        metadata: None,
    };
    task("a/1.jpg", "a/2.jpg").apply(&dataset, &dataset.executor()).unwrap();
    let first = dataset.last_run();
    task("a/2.jpg", "a/3.jpg").apply(&dataset, &dataset.executor()).unwrap();
    let error = dataset.executor().undo(&first, &()).unwrap_err();
    assert!(error.to_string().contains("came after it"), "{error}");
    dataset.executor().undo(&dataset.last_run(), &()).unwrap();
    dataset.executor().undo(&first, &()).unwrap();
    assert!(dataset.path.join("a/1.jpg").exists());
}

#[test]
fn a_damaged_journal_is_refused_or_changes_nothing() {
    let operations = operations(&ALL);
    // Stopped in the middle, and damaged at each byte.
    let stopped = |at: u64| {
        let dataset = Dataset::new(ALL.files);
        assert!(ALL.apply(&dataset, &dataset.executor().with_faults(dead_from(at))).is_err());
        dataset
    };
    let which = operations / 2 + 10;
    let before = texts(&held(&Dataset::new(ALL.files).path));
    let mut dataset = stopped(which);
    let mut run = dataset.last_run();
    assert_eq!(run.status, RunStatus::Running);
    let mut journal = run.folder.join("journal");
    let mut whole = fs::read(&journal).unwrap();
    let mut halfway = held(&dataset.path);
    let mut refused = 0;
    // Each byte of the steps and of the marks, and a few of the room behind them.
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for at in (0..used).chain((used..whole.len()).step_by(97)) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        fs::write(&journal, &damaged).unwrap();
        match dataset.executor().undo(&run, &()) {
            Err(error) => {
                assert!(matches!(error, ApplyError::Journal { .. }), "{at}: {error}");
                if at % 64 == 0 {
                    assert_eq!(held(&dataset.path), halfway, "byte {at}");
                }
                refused += 1;
            }
            // The last mark was damaged, which is found out from the names.
            Ok(_) => {
                assert_eq!(texts(&held(&dataset.path)), before, "byte {at}");
                dataset = stopped(which);
                run = dataset.last_run();
                journal = run.folder.join("journal");
                whole = fs::read(&journal).unwrap();
                halfway = held(&dataset.path);
            }
        }
    }
    assert!(refused > used * 9 / 10, "{refused} of {used}");
    // Cut off at each byte.
    for length in (0..whole.len()).rev().step_by(31) {
        let dataset = stopped(which);
        let halfway = held(&dataset.path);
        let run = dataset.last_run();
        let whole = fs::read(run.folder.join("journal")).unwrap();
        fs::write(run.folder.join("journal"), &whole[..length]).unwrap();
        let error = dataset.executor().undo(&run, &()).unwrap_err();
        assert!(matches!(error, ApplyError::Journal { .. }), "{length}: {error}");
        assert_eq!(held(&dataset.path), halfway, "cut to {length}");
    }
}

#[cfg(unix)]
#[test]
fn an_edited_metadata_file_is_read_by_whoever_could_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let dataset = Dataset::new(ALL.files);
    let path = dataset.path.join("metadata.json");
    for mode in [0o640, 0o444] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        ALL.apply(&dataset, &dataset.executor()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"edited");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
        dataset.executor().undo(&dataset.last_run(), &()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"metadata.json");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[cfg(unix)]
#[test]
fn links_and_odd_names_are_renamed_and_not_followed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    let dataset = Dataset::new(&["a/1.jpg", "b/x.jpg"]);
    symlink("1.jpg", dataset.path.join("a/2.jpg")).unwrap();
    symlink(dataset.path.join("b"), dataset.path.join("c")).unwrap();
    fs::hard_link(dataset.path.join("a/1.jpg"), dataset.path.join("a/5.jpg")).unwrap();
    fs::write(dataset.path.join(OsStr::from_bytes(b"a/\xff.jpg")), "odd").unwrap();
    let tree = dataset.tree();
    let apply = |renames: &[(&[u8], &[u8])]| {
        let mut plan = Plan::new(&tree);
        for (from, to) in renames {
            plan.add(&Operation::Move { from: from.to_vec(), to: to.to_vec() }).unwrap();
        }
        let job = Job { plan: &plan, metadata: None, removals: Removals::ToTrash };
        dataset.executor().apply(&job, &dataset.state(), &())
    };
    apply(&[
        (b"a/2.jpg", b"a/3.jpg"),
        (b"a/\xff.jpg", b"a/4.jpg"),
        // Two names of one file.
        (b"a/5.jpg", b"a/6.jpg"),
    ])
    .unwrap();
    assert_eq!(fs::read_link(dataset.path.join("a/3.jpg")).unwrap(), Path::new("1.jpg"));
    assert_eq!(fs::read(dataset.path.join("a/4.jpg")).unwrap(), b"odd");
    assert_eq!(fs::read(dataset.path.join("a/6.jpg")).unwrap(), b"a/1.jpg");
    dataset.executor().undo(&dataset.last_run(), &()).unwrap();
    assert!(dataset.path.join(OsStr::from_bytes(b"a/\xff.jpg")).exists());

    // A relative link would lead elsewhere from another folder.
    let error = apply(&[(b"a/2.jpg", b"b/2.jpg")]).unwrap_err();
    assert!(matches!(error, ApplyError::Impossible { .. }), "{error}");
    // What is behind the link of a folder is not of this tree.
    if tree.folder_at(b"c").is_some() {
        let error = apply(&[(b"c/x.jpg", b"c/y.jpg")]).unwrap_err();
        assert!(matches!(error, ApplyError::Step { .. }), "{error}");
    }
    assert!(dataset.path.join("b/x.jpg").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn datasets_whose_paths_could_look_the_same_are_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let room = tempfile::tempdir().unwrap();
    for name in [b"drive \xff", b"drive \xfe"] {
        let path = room.path().join(OsStr::from_bytes(name));
        fs::create_dir(&path).unwrap();
        let error = LocalExecutor::new(&path).err().unwrap();
        assert!(matches!(error, ApplyError::Impossible { .. }), "{error}");
    }
}

/// Carries `ALL` out in the folder that is named, and is killed at the operation that is numbered.
/// Only the test below starts it so.
#[test]
#[ignore = "the child of another test"]
fn child_that_is_killed() {
    let Some(folder) = std::env::var_os("SENSORTREE_TEST_FOLDER") else { return };
    let which: u64 = std::env::var("SENSORTREE_TEST_KILLED_AT").unwrap().parse().unwrap();
    let dataset = Dataset { _room: tempfile::tempdir().unwrap(), path: folder.into() };
    let kill: Hook = Box::new(move |at| {
        if at == which {
            // Not `abort`, which would leave a core file, and no chance to do anything more.
            let me = std::process::id().to_string();
            std::process::Command::new("kill").args(["-KILL", &me]).status()?;
            std::thread::sleep(Duration::from_secs(60));
        }
        Ok(())
    });
    ALL.apply(&dataset, &dataset.executor().with_faults(kill)).unwrap();
}

#[cfg(unix)]
#[test]
fn a_process_that_is_killed_is_undone_or_finished() {
    let operations = operations(&ALL);
    for which in (1..=operations).step_by(3) {
        let dataset = Dataset::new(ALL.files);
        let before = held(&dataset.path);
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_is_killed", "--ignored", "--quiet"])
            .env("SENSORTREE_TEST_FOLDER", &dataset.path)
            .env("SENSORTREE_TEST_KILLED_AT", which.to_string())
            .output()
            .unwrap()
            .status;
        assert!(!status.success(), "{which}");
        let Some(run) = dataset.state().interrupted(&dataset.executor().target()).unwrap() else {
            assert_eq!(held(&dataset.path), before, "{which}");
            continue;
        };
        if which % 2 == 0 {
            dataset.executor().resume(&run, &()).unwrap();
            if run.status == RunStatus::Running {
                assert_eq!(texts(&held(&dataset.path)), expected(), "finished after {which}");
                dataset.executor().undo(&dataset.last_run(), &()).unwrap();
            }
        } else {
            dataset.executor().undo(&run, &()).unwrap();
        }
        assert_eq!(held(&dataset.path), before, "{which}");
    }
}
