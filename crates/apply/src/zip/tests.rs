use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};

use ::zip::write::{ExtendedFileOptions, FileOptions, SimpleFileOptions, ZipWriter};
use ::zip::{CompressionMethod as Method, DateTime, ZipArchive};
use sensortree_core::names::name_set::NameSet;
use sensortree_core::plan::{Plan, Rename};
use sensortree_core::repair::{FileSet, Operation};
use sensortree_core::tree::{FolderId, Tree};
use sensortree_scan::ScanOptions;
use sensortree_scan::inspect;
use sensortree_scan::zip::ZipFile;

use super::*;
use crate::executor::{MetadataEdit, Removals};

const OLD_TEXT: &[u8] = br#"{"sequences": 1}"#;
const NEW_TEXT: &[u8] =
    br#"{"sequences": [1, 2, 3], "and": "some text that is longer than it was"}"#;

type Options = FileOptions<'static, 'static, ExtendedFileOptions>;

fn options(method: Method, second: u8) -> Options {
    let time = DateTime::from_date_and_time(2023, 4, 15, 12, 14, second).unwrap();
    Options::default().compression_method(method).last_modified_time(time).unix_permissions(0o640)
}

/// A zip with one of everything that a writer may put into it.
fn rich() -> Vec<u8> {
    // As a zip that unpacks itself has it.
    let mut before = Cursor::new(b"a program that unpacks".to_vec());
    before.set_position(22);
    let mut writer = ZipWriter::new(before);
    let folder = SimpleFileOptions::default().unix_permissions(0o750);
    for name in ["drive", "drive/Lidar_top", "drive/Lidar_top/scene_1", "drive/old"] {
        writer.add_directory(name, folder).unwrap();
    }
    let mut put = |name: &str, text: &[u8], options: Options| {
        writer.start_file(name, options).unwrap();
        writer.write_all(text).unwrap();
    };
    put("drive/Lidar_top/scene_1/1681532060061.pcd", b"stored", options(Method::Stored, 2));
    put("drive/Lidar_top/scene_1/1681532060161.pcd", &[7; 9_000], options(Method::Deflated, 4));
    let mut extra = options(Method::Deflated, 6).with_file_comment("a comment of its own");
    extra.add_extra_field(0x7777, vec![1, 2, 3, 4], false).unwrap();
    extra.add_extra_field(0x6666, vec![5, 6], true).unwrap();
    put("drive/Lidar_top/scene_1/1681532060261.pcd", b"with extra fields", extra);
    put("drive/old/only.jpg", b"a picture", options(Method::Stored, 8).large_file(true));
    put("drive/metadata.json", OLD_TEXT, options(Method::Stored, 10));
    put("drive/.DS_Store", b"left behind", options(Method::Stored, 12));
    put("drive/cam\u{e9}ra/1.jpg", b"not in ASCII", options(Method::Stored, 14));
    put("__MACOSX/drive/._metadata.json", b"beside", options(Method::Stored, 16));
    writer.set_comment("packed by hand").unwrap();
    writer.finish().unwrap().into_inner()
}

/// The same as a program packs it that cannot go back: the sizes stand behind the data.
fn streamed() -> Vec<u8> {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (at, name) in (0..).zip(["drive/Lidar_top/scene_1/1.pcd", "drive/metadata.json"]) {
        writer.start_file(name, options(Method::Deflated, at * 2)).unwrap();
        writer.write_all(if at == 0 { &[3; 5_000] } else { OLD_TEXT }).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// What is known of an entry that is to stay as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    packed: Vec<u8>,
    method: Method,
    sum: u32,
    size: u64,
    time: Option<DateTime>,
    mode: Option<u32>,
    extra: Vec<u8>,
    comment: Vec<u8>,
    flags: u16,
}

/// The entries of a zip by name, each of which unpacks.
fn entries(bytes: &[u8]) -> BTreeMap<String, Kept> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for at in 0..archive.len() {
        let mut packed = Vec::new();
        archive.by_index_raw(at).unwrap().read_to_end(&mut packed).unwrap();
        let mut entry = archive.by_index(at).unwrap();
        let mut text = Vec::new();
        entry.read_to_end(&mut text).unwrap();
        let header = usize::try_from(entry.central_header_start()).unwrap();
        // That there is more room for an entry's place in the file is no change.
        let mut extra = entry.extra_data().unwrap_or_default();
        let at = extra.windows(2).position(|it| it == [1, 0]).filter(|at| *at == 0);
        if at.is_some() {
            extra.clear();
        }
        let kept = Kept {
            packed,
            method: entry.compression(),
            sum: entry.crc32(),
            size: entry.size(),
            time: entry.last_modified(),
            mode: entry.unix_mode(),
            extra,
            comment: entry.comment_raw().to_vec(),
            flags: source::u16_at(bytes, header + 8),
        };
        let name = entry.name().unwrap().into_owned();
        assert_eq!(found.insert(name.clone(), kept), None, "{name}");
    }
    found
}

/// A folder with a zip, and the tree that is listed in it.
struct Place {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
    tree: Tree,
}

impl Place {
    fn of(bytes: Vec<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("drive.zip");
        fs::write(&path, &bytes).unwrap();
        let tree = inspect(&ZipFile::new(&path), &ScanOptions::default(), &()).unwrap().tree;
        Place { folder, bytes, tree }
    }

    fn zip(&self) -> PathBuf {
        self.folder.path().join("drive.zip")
    }

    fn state(&self) -> StateFolder {
        StateFolder::beside(&self.zip()).unwrap()
    }

    fn executor(&self) -> ZipExecutor {
        ZipExecutor::new(&self.zip()).unwrap()
    }

    fn plan(&self, renames: &[(&str, &str)]) -> Plan<'_> {
        let renames: Vec<Rename> = renames
            .iter()
            .map(|(from, to)| Rename { from: (*from).into(), to: (*to).into() })
            .collect();
        Plan::from_renames(&self.tree, &renames).unwrap()
    }

    /// A plan with one of everything, for [`rich`].
    fn rich_plan(&self) -> Plan<'_> {
        let mut plan = self.plan(&[
            ("Lidar_top", "lidar-top"),
            ("Lidar_top/scene_1/1681532060161.pcd", "lidar-top/scene_2/1681532060161.pcd"),
            ("old/only.jpg", "camera-a/sc\u{e9}ne/1.jpg"),
        ]);
        let mut names = NameSet::default();
        names.insert(b".DS_Store");
        names.seal();
        let files = FileSet::Files { folder: FolderId::ROOT, names: Some(names) };
        plan.add(&Operation::Remove { files }).unwrap();
        plan
    }

    /// The names of the files beside the old zip, but for the runs.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name != ".sensortree")
            .collect();
        names.sort();
        names
    }

    fn assert_old_is_untouched(&self) {
        assert!(fs::read(self.zip()).unwrap() == self.bytes, "the old zip was written to");
    }
}

fn edit() -> MetadataEdit {
    MetadataEdit {
        path: b"metadata.json".to_vec(),
        before: OLD_TEXT.to_vec(),
        after: NEW_TEXT.to_vec(),
    }
}

fn job<'a>(plan: &'a Plan<'a>, metadata: Option<&'a MetadataEdit>) -> Job<'a> {
    Job { plan, metadata, removals: Removals::ToTrash }
}

#[test]
fn entries_get_their_names_and_stay_what_they_are() {
    let place = Place::of(rich());
    let (plan, edit) = (place.rich_plan(), edit());
    let executor = place.executor();
    let outline = executor.outline(&job(&plan, Some(&edit))).unwrap();
    assert_eq!(place.files(), ["drive.zip"]);
    let applied = executor.apply(&job(&plan, Some(&edit)), &place.state(), &()).unwrap();
    assert_eq!(applied.outline, outline);
    // Two folders and four files; a file and the folder that it leaves empty.
    assert_eq!((outline.renamed, outline.removed), (6, 2));
    assert_eq!(place.files(), ["drive.fixed.zip", "drive.zip"]);
    place.assert_old_is_untouched();
    let result = applied.result.unwrap();
    let bytes = fs::read(&result).unwrap();
    let (mut old, mut new) = (entries(&place.bytes), entries(&bytes));
    let text = new.remove("drive.fixed/metadata.json").unwrap();
    let old_text = old.remove("drive/metadata.json").unwrap();
    assert_eq!((text.time, text.mode), (old_text.time, old_text.mode));
    assert_eq!((text.method, text.size), (Method::Deflated, NEW_TEXT.len() as u64));
    let moved = [
        ("drive/", "drive.fixed/"),
        ("drive/Lidar_top/", "drive.fixed/lidar-top/"),
        ("drive/Lidar_top/scene_1/", "drive.fixed/lidar-top/scene_1/"),
        (
            "drive/Lidar_top/scene_1/1681532060061.pcd",
            "drive.fixed/lidar-top/scene_1/1681532060061.pcd",
        ),
        (
            "drive/Lidar_top/scene_1/1681532060161.pcd",
            "drive.fixed/lidar-top/scene_2/1681532060161.pcd",
        ),
        (
            "drive/Lidar_top/scene_1/1681532060261.pcd",
            "drive.fixed/lidar-top/scene_1/1681532060261.pcd",
        ),
        ("drive/old/only.jpg", "drive.fixed/camera-a/sc\u{e9}ne/1.jpg"),
        ("drive/cam\u{e9}ra/1.jpg", "drive.fixed/cam\u{e9}ra/1.jpg"),
        ("__MACOSX/drive/._metadata.json", "__MACOSX/drive/._metadata.json"),
    ];
    assert_eq!(new.len(), moved.len(), "{:?}", new.keys());
    for (from, to) in moved {
        let mut expected = old[from].clone();
        if to.contains("sc\u{e9}ne") {
            expected.flags |= 1 << 11;
        }
        assert_eq!(new[to], expected, "{from}");
    }
    let mut archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.comment(), b"packed by hand");
    let mut text = String::new();
    archive.by_name("drive.fixed/metadata.json").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text.as_bytes(), NEW_TEXT);
    // The tree in it is the planned one.
    let inspected = inspect(&ZipFile::new(&result), &ScanOptions::default(), &()).unwrap();
    let planned = plan.tree();
    let paths = |tree: &Tree| tree.ids().map(|id| tree.path(id)).collect::<Vec<_>>();
    assert_eq!(paths(&inspected.tree), paths(&planned));
    assert_eq!(inspected.tree.files(), planned.files());
    assert!(inspected.archive.unwrap().damage.is_empty());
}

#[test]
fn what_stands_behind_the_data_is_kept() {
    let place = Place::of(streamed());
    let plan = place.plan(&[("Lidar_top", "lidar-top")]);
    let applied = place.executor().apply(&job(&plan, Some(&edit())), &place.state(), &()).unwrap();
    let new = entries(&fs::read(applied.result.unwrap()).unwrap());
    let old = entries(&place.bytes);
    let frame = &new["drive.fixed/lidar-top/scene_1/1.pcd"];
    assert_eq!(frame, &old["drive/Lidar_top/scene_1/1.pcd"]);
    assert_eq!(frame.flags & 8, 8);
    assert_eq!(new["drive.fixed/metadata.json"].flags & 8, 0);
}

#[test]
fn two_folders_that_become_one_are_listed_once_and_a_bare_zip_stays_bare() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    for name in ["lidar-top", "lidar-top/a", "Lidar-top", "Lidar-top/a"] {
        writer.add_directory(name, plain).unwrap();
    }
    for name in ["lidar-top/a/1.pcd", "Lidar-top/a/2.pcd"] {
        writer.start_file(name, plain).unwrap();
    }
    let place = Place::of(writer.finish().unwrap().into_inner());
    let plan = place.plan(&[("Lidar-top", "lidar-top")]);
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    let new = entries(&fs::read(applied.result.unwrap()).unwrap());
    let names: Vec<&str> = new.keys().map(String::as_str).collect();
    assert_eq!(names, ["lidar-top/", "lidar-top/a/", "lidar-top/a/1.pcd", "lidar-top/a/2.pcd"]);
}

#[test]
fn what_is_in_the_way_or_has_changed_is_refused_and_nothing_touched() {
    let place = Place::of(rich());
    let plan = place.rich_plan();
    let refused = |executor: &ZipExecutor, edit: Option<&MetadataEdit>| {
        let files = place.files();
        let error = executor.apply(&job(&plan, edit), &place.state(), &()).unwrap_err();
        assert_eq!(place.files(), files);
        error.to_string()
    };
    let other = MetadataEdit { before: b"{}".to_vec(), ..edit() };
    assert!(refused(&place.executor(), Some(&other)).contains("holds something else"));
    let nowhere = MetadataEdit { path: b"a/metadata.json".to_vec(), ..edit() };
    assert!(refused(&place.executor(), Some(&nowhere)).contains("is not in the zip"));
    let limited = ZipExecutor { limit: place.bytes.len() as u64 + 1, ..place.executor() };
    let larger = MetadataEdit { after: (0..=255).cycle().take(999).collect(), ..edit() };
    assert!(refused(&limited, Some(&larger)).contains("less than 100 MB"));
    let elsewhere = Place::of(streamed());
    let executor = place.executor();
    let theirs = elsewhere.plan(&[("Lidar_top", "lidar-top")]);
    let error = executor.apply(&job(&theirs, None), &place.state(), &()).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    let mut longer = place.bytes.clone();
    longer.extend_from_slice(b"more");
    fs::write(place.zip(), &longer).unwrap();
    assert!(refused(&executor, None).contains("was written in between"));
    fs::write(place.zip(), &place.bytes).unwrap();
    fs::write(place.executor().result(), b"mine").unwrap();
    assert!(refused(&place.executor(), None).contains("is there already"));
    assert_eq!(fs::read(place.executor().result()).unwrap(), b"mine");
    place.assert_old_is_untouched();
}

#[test]
fn a_metadata_json_that_is_there_twice_is_not_edited_and_other_entries_are_copied() {
    let mut bytes = rich();
    let second = b"drive/.DS_Store/x/y";
    // One name is written over another of its length.
    let other = b"drive/metadata.json";
    assert_eq!(second.len(), other.len());
    let mut writer = ZipWriter::new_append(Cursor::new(&mut bytes)).unwrap();
    writer.start_file("drive/.DS_Store/x/y", SimpleFileOptions::default()).unwrap();
    writer.finish().unwrap();
    while let Some(at) = bytes.windows(second.len()).position(|part| part == second) {
        bytes[at..at + other.len()].copy_from_slice(other);
    }
    let place = Place::of(bytes);
    let plan = place.plan(&[("Lidar_top", "lidar-top")]);
    let error = place.executor().outline(&job(&plan, Some(&edit()))).unwrap_err();
    assert!(error.to_string().contains("is twice in the zip"), "{error}");
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    let copied = fs::read(applied.result.unwrap()).unwrap();
    let name = b"drive.fixed/metadata.json";
    // Each in its own header and in the list.
    assert_eq!(copied.windows(name.len()).filter(|part| part == name).count(), 4);
}

#[test]
fn an_encrypted_entry_is_copied_and_an_encrypted_metadata_json_not_edited() {
    let mut bytes = rich();
    for (signature, flags, name) in [(b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)] {
        let mut marked = 0;
        for at in 0..bytes.len() - 100 {
            let is_one =
                [&b"drive/metadata.json"[..], b"drive/Lidar_top/scene_1/1681532060061.pcd"]
                    .iter()
                    .any(|wanted| bytes[at + name..].starts_with(wanted));
            if bytes[at..].starts_with(signature) && is_one {
                bytes[at + flags] |= 1;
                marked += 1;
            }
        }
        assert_eq!(marked, 2);
    }
    let place = Place::of(bytes);
    let plan = place.plan(&[("Lidar_top", "lidar-top")]);
    let error = place.executor().outline(&job(&plan, Some(&edit()))).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    let copied = fs::read(applied.result.unwrap()).unwrap();
    let inspect = |path: &Path| {
        let options = ScanOptions::default();
        inspect(&ZipFile::new(path), &options, &()).unwrap().archive.unwrap().encrypted
    };
    assert_eq!(inspect(&place.executor().result()).count(), 2);
    let name = b"drive.fixed/lidar-top/scene_1/1681532060061.pcdstored";
    assert_eq!(copied.windows(name.len()).filter(|part| part == name).count(), 1);
}

#[test]
fn a_run_is_taken_back_and_what_was_changed_since_is_not() {
    let place = Place::of(rich());
    let plan = place.rich_plan();
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    let result = applied.result.unwrap();
    let bytes = fs::read(&result).unwrap();
    let run = place.state().run(&applied.run).unwrap();
    fs::write(&result, b"changed").unwrap();
    let error = place.executor().undo(&run, &()).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    assert_eq!(place.files(), ["drive.fixed.zip", "drive.zip"]);
    fs::write(&result, &bytes).unwrap();
    place.executor().undo(&run, &()).unwrap();
    assert_eq!(place.files(), ["drive.zip"]);
    let trash = place.state().trash(&run.id).join("drive.fixed.zip");
    assert_eq!(fs::read(trash).unwrap(), bytes);
    assert_eq!(place.state().run(&run.id).unwrap().status, RunStatus::Undone);
    // The new one may have been given the name of the old one.
    let old = fs::read(place.zip()).unwrap();
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    fs::rename(applied.result.unwrap(), place.zip()).unwrap();
    let run = place.state().run(&applied.run).unwrap();
    let error = place.executor().undo(&run, &()).unwrap_err();
    assert!(matches!(error, ApplyError::Changed { .. }), "{error}");
    assert_eq!(fs::read(place.zip()).unwrap(), bytes);
    fs::write(place.zip(), old).unwrap();
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    fs::remove_file(applied.result.unwrap()).unwrap();
    let run = place.state().run(&applied.run).unwrap();
    assert_eq!(place.executor().undo(&run, &()).unwrap().notes.len(), 1);
    let run = place.state().run(&applied.run).unwrap();
    for taken in [place.executor().undo(&run, &()), place.executor().resume(&run, &())] {
        assert!(matches!(taken, Err(ApplyError::NoRun { .. })), "{taken:?}");
    }
}

#[test]
fn there_is_no_second_run_before_the_first_is_finished_or_taken_back() {
    let place = Place::of(rich());
    let plan = place.rich_plan();
    let executor = place.executor().failing(Faults::from(8));
    executor.apply(&job(&plan, None), &place.state(), &()).unwrap_err();
    let error = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap_err();
    assert!(matches!(error, ApplyError::Interrupted { .. }), "{error}");
}

/// What is left of a run that stopped somewhere: undone, or finished, by an executor that knows
/// nothing of it but what is on the disk.
fn mend(place: &Place, planned: &[u8], is_undone: bool, case: &str) {
    place.assert_old_is_untouched();
    let target = place.executor().target().unwrap();
    let runs = place.state().runs(&target).unwrap();
    assert!(runs.len() <= 1, "{case}");
    if let Some(run) = place.state().interrupted(&target).unwrap().as_ref() {
        let mended = if is_undone {
            place.executor().undo(run, &())
        } else {
            place.executor().resume(run, &())
        };
        mended.unwrap_or_else(|error| panic!("{case}: {error}"));
        let status = place.state().run(&run.id).unwrap().status;
        assert!(matches!(status, RunStatus::Finished | RunStatus::Undone), "{case}");
        let expected: &[&str] = if status == RunStatus::Undone {
            &["drive.zip"]
        } else {
            &["drive.fixed.zip", "drive.zip"]
        };
        assert!(!is_undone || status == RunStatus::Undone, "{case}");
        assert_eq!(place.files(), expected, "{case}");
    }
    place.assert_old_is_untouched();
    if let Ok(result) = fs::read(place.executor().result()) {
        assert!(result == planned, "{case}: the result is another one");
    }
    assert!(
        place.files().iter().all(|name| name.ends_with("drive.zip") || name == "drive.fixed.zip")
    );
    assert_eq!(place.state().interrupted(&target).unwrap(), None, "{case}");
}

/// The zip that a plan makes, and in how many steps.
fn planned() -> (Vec<u8>, u64) {
    let place = Place::of(rich());
    let executor = place.executor();
    let plan = place.rich_plan();
    let applied = executor.apply(&job(&plan, Some(&edit())), &place.state(), &()).unwrap();
    (fs::read(applied.result.unwrap()).unwrap(), executor.steps())
}

#[test]
fn wherever_it_stops_it_is_undone_or_finished_and_nothing_is_lost() {
    let (planned, steps) = planned();
    assert!(steps > 15, "{steps}");
    for step in 0..steps {
        for is_undone in [true, false] {
            for faults in [Faults::from(step), Faults::at(step)] {
                let case = format!("step {step}, undone: {is_undone}, {faults:?}");
                let place = Place::of(rich());
                let executor = place.executor().failing(faults);
                let plan = place.rich_plan();
                let outcome = executor.apply(&job(&plan, Some(&edit())), &place.state(), &());
                let error = outcome.expect_err(&case);
                if let ApplyError::Step { undone: true, .. } = error {
                    assert_eq!(place.files(), ["drive.zip"], "{case}");
                }
                mend(&place, &planned, is_undone, &case);
            }
        }
    }
}

#[test]
fn wherever_mending_stops_it_is_mended_the_next_time() {
    let (planned, steps) = planned();
    for first in [3, steps - 3, steps - 1] {
        for is_undone in [true, false] {
            for second in 0.. {
                let case = format!("steps {first} and {second}, undone: {is_undone}");
                let place = Place::of(rich());
                let plan = place.rich_plan();
                let executor = place.executor().failing(Faults::from(first));
                executor.apply(&job(&plan, Some(&edit())), &place.state(), &()).unwrap_err();
                let run = place.state().runs(&executor.target().unwrap()).unwrap().remove(0);
                let executor = place.executor().failing(Faults::from(second));
                if !matches!(run.status, RunStatus::Running) {
                    break;
                }
                let mended =
                    if is_undone { executor.undo(&run, &()) } else { executor.resume(&run, &()) };
                mend(&place, &planned, is_undone, &case);
                if mended.is_ok() {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_damaged_journal_is_not_used() {
    let place = Place::of(rich());
    let plan = place.rich_plan();
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    let run = place.state().run(&applied.run).unwrap();
    for name in [JOURNAL, RESULT] {
        let path = run.folder.join(name);
        let whole = fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 4;
            fs::write(&path, damaged).unwrap();
            // A run that is finished is not resumed, whatever its journal says.
            let open = Run { status: RunStatus::Running, ..run.clone() };
            for taken in [place.executor().undo(&run, &()), place.executor().resume(&open, &())] {
                let is_refused = matches!(taken, Err(ApplyError::Journal { .. }));
                assert!(is_refused, "{name}, byte {at}: {taken:?}");
            }
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(place.files(), ["drive.fixed.zip", "drive.zip"]);
    place.executor().undo(&run, &()).unwrap();
}

#[test]
fn of_a_damaged_zip_comes_nothing_or_a_whole_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drive.zip");
    let whole = streamed();
    let mut written = 0;
    for at in 0..whole.len() {
        for bit in [1, 0x80] {
            let mut damaged = whole.clone();
            damaged[at] ^= bit;
            fs::write(&path, &damaged).unwrap();
            let Ok(source) = Source::open(&path) else { continue };
            let Ok(inspected) = inspect(&ZipFile::new(&path), &ScanOptions::default(), &()) else {
                continue;
            };
            let plan = Plan::new(&inspected.tree);
            let Ok((recipe, _)) = survey(&source, &job(&plan, None), ("drive", "fixed")) else {
                continue;
            };
            let mut out = Vec::new();
            if write(&source, &recipe, &mut out, &Faults::default(), &()).is_err() {
                continue;
            }
            written += 1;
            let made = folder.path().join("fixed.zip");
            fs::write(&made, &out).unwrap();
            let again = inspect(&ZipFile::new(&made), &ScanOptions::default(), &()).unwrap();
            assert_eq!(again.tree.files(), inspected.tree.files(), "byte {at}");
        }
    }
    // Where data, times or modes are other ones, they are copied as they are.
    assert!(written > 20, "{written}");
}

#[test]
fn more_entries_than_the_old_form_counts_are_all_there() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    for number in 0..70_000 {
        writer.start_file(format!("drive/Lidar_top/s/{number}.pcd"), plain).unwrap();
    }
    let place = Place::of(writer.finish().unwrap().into_inner());
    let plan = place.plan(&[("Lidar_top", "lidar-top")]);
    let applied = place.executor().apply(&job(&plan, None), &place.state(), &()).unwrap();
    assert_eq!(applied.outline.renamed, 70_000);
    let bytes = fs::read(applied.result.unwrap()).unwrap();
    let archive = ZipArchive::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(archive.len(), 70_000);
    assert!(archive.index_for_name("drive.fixed/lidar-top/s/69999.pcd").is_some());
}

#[test]
fn places_beyond_four_gigabytes_are_said_in_the_field_for_them() {
    let far = 5_u64 << 32;
    let check = |fixed_sizes: u32, extra: &[u8], expected: &[u8]| {
        let mut fixed = [0; source::CENTRAL];
        fixed[20..24].copy_from_slice(&fixed_sizes.to_le_bytes());
        let mut extra = extra.to_vec();
        let set = writer::set_offset(&mut fixed, &mut extra, far);
        assert!(set.is_some());
        assert_eq!((source::u32_at(&fixed, 42), extra.as_slice()), (u32::MAX, expected));
    };
    let field = |values: &[u64]| {
        let mut field = vec![1, 0, u8::try_from(8 * values.len()).unwrap(), 0];
        values.iter().for_each(|value| field.extend_from_slice(&value.to_le_bytes()));
        field
    };
    check(0, &[], &field(&[far]));
    let other = [0x77, 0x77, 1, 0, 9];
    check(0, &other, &[field(&[far]).as_slice(), &other].concat());
    let with_size = [other.as_slice(), &field(&[7])].concat();
    check(u32::MAX, &with_size, &[other.as_slice(), &field(&[7, far])].concat());
}
