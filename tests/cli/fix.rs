//! Plans: shown, written, carried out, taken back.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::{BAD, GOOD, Place, fs, text};

/// A camera without its prefix, a file that was left behind, a comma too many.
const FAULTY: &str = "\
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
    .DS_Store
Cam_left/
  scene_1/
    1681532060061.jpg x3 +100
metadata.json
";

/// What stands in a folder, by path; of files what they hold.
fn contents(folder: &Path) -> BTreeMap<String, Option<Vec<u8>>> {
    let entries = walkdir::WalkDir::new(folder).min_depth(1).into_iter().map(Result::unwrap);
    let content = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
        (path, entry.file_type().is_file().then(|| fs::read(entry.path()).unwrap()))
    };
    entries.map(content).collect()
}

impl Place {
    fn drive(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        contents(&self.path("drive"))
    }

    /// A metadata.json with a comma too many.
    fn with_comma(self) -> Self {
        let sound = r#"{"version":"1.0","fileTreeType":0,"dataType":3,"lidarSequence":["top"],"cameraSequence":["left"],}"#;
        self.write("drive/metadata.json", sound);
        self
    }
}

#[test]
fn a_plan_touches_nothing_and_is_carried_out_and_taken_back() {
    let place = Place::with(FAULTY).with_comma();
    let before = place.drive();
    let shown = place.run("fix drive");
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    let drawn = text(&shown.stdout);
    for expected in ["Cam_left/ → camera-left/", "needs --remove", "edits metadata.json in 1 place"]
    {
        assert!(drawn.contains(expected), "{expected}: {drawn}");
    }
    assert!(text(&shown.stderr).contains("sensortree fix drive --apply"));
    assert_eq!(place.drive(), before);
    assert!(!place.path(".sensortree").exists());

    let refused = place.run("fix drive --apply");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--yes"), "{}", text(&refused.stderr));
    assert_eq!(place.drive(), before);

    let done = place.run("fix drive --remove --apply --yes");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let said = text(&done.stdout);
    assert!(said.contains("to take it back: sensortree undo drive"), "{said}");
    let after = place.drive();
    assert!(after.contains_key("camera-left/scene_1/1681532060061.jpg"), "{after:?}");
    assert!(!after.contains_key("lidar-top/scene_1/.DS_Store"));
    let metadata = after["metadata.json"].clone().unwrap();
    assert!(metadata.ends_with(b"[\"left\"]}"), "{}", text(&metadata));
    // What is left is what the plan said.
    let left = place.codes("");
    assert!(!left.iter().any(|code| ["L103", "H101", "M101"].contains(&code.as_str())), "{left:?}");

    let undone = place.run("undo drive");
    assert_eq!(undone.status.code(), Some(0), "{}", text(&undone.stderr));
    assert_eq!(place.drive(), before);
    assert_eq!(place.code("undo drive"), Some(2), "it is taken back already");
}

#[test]
fn there_is_nothing_to_fix_in_a_good_tree_and_in_none() {
    let place = Place::with(GOOD);
    let run = place.run("fix drive --apply --yes");
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("nothing to carry out"));
    fs::create_dir(place.path("empty")).unwrap();
    assert_eq!(place.code("fix empty"), Some(4));
    assert_eq!(place.code("fix absent"), Some(2));
    // What is not known whole is not planned for.
    let large = fs::File::create(place.path("drive/metadata.json")).unwrap();
    large.set_len(65 << 20).unwrap();
    let run = place.run("fix drive --plan plan.json");
    assert_eq!(run.status.code(), Some(3), "{}", text(&run.stderr));
    assert!(!place.path("plan.json").exists());
}

#[test]
fn plans_in_files_are_carried_out_as_they_are_shown() {
    let place = Place::with(FAULTY).with_comma();
    let before = place.drive();
    let run = place.run("fix drive --remove --format json --plan plan.json --plan plan.csv");
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_eq!(run.stdout, fs::read(place.path("plan.json")).unwrap());
    assert!(text(&run.stderr).contains("are not in `plan.csv`"));
    let plan: Value = serde_json::from_slice(&run.stdout).unwrap();
    let schema = jsonschema::validator_for(&sensortree_report::plan_schema()).unwrap();
    let faults: Vec<String> = schema.iter_errors(&plan).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(plan["metadata"]["edits"][0]["before"], ",");

    let done = place.run("apply plan.json --yes");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let by_json = place.drive();
    assert!(by_json.contains_key("camera-left"));
    // What is found is what was foretold, and nothing else.
    let left = plan["outlook"]["left"].as_array().unwrap();
    let foretold: Vec<&str> = left.iter().map(|it| it["code"].as_str().unwrap()).collect();
    assert_eq!(place.codes(""), foretold);
    let again = place.run("apply plan.json --yes");
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("is not as it was when the plan of `plan.json`"));
    assert_eq!(place.drive(), by_json);
    assert_eq!(place.code("undo drive"), Some(0));
    assert_eq!(place.drive(), before);

    let done = place.run("apply plan.csv --target drive --yes");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let mut by_csv = place.drive();
    assert_eq!(
        by_csv.insert("metadata.json".to_owned(), by_json["metadata.json"].clone()),
        before.get("metadata.json").cloned()
    );
    assert_eq!(by_csv, by_json);
}

#[cfg(unix)]
#[test]
fn a_script_does_what_the_plan_does() {
    let place = Place::with(FAULTY).with_comma();
    let run = place.run("fix drive --remove --plan plan.sh");
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let bash = |arguments: &[&str]| {
        let folder = place.path("");
        std::process::Command::new("bash").current_dir(folder).args(arguments).output().unwrap()
    };
    let run = bash(&["plan.sh"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let by_script = place.drive();
    let again = bash(&["plan.sh"]);
    assert!(!again.status.success(), "it is done already");
    assert_eq!(place.drive(), by_script);

    let other = Place::with(FAULTY).with_comma();
    assert_eq!(other.code("fix drive --remove --apply --yes"), Some(0));
    assert_eq!(by_script, other.drive());
}

#[test]
fn a_plan_is_written_over_nothing_that_it_is_about() {
    let place = Place::with(BAD);
    let before = place.drive();
    for path in
        ["drive/metadata.json", "drive/lidar-top/scene_1/1.csv/../1681532060061.pcd", "a.txt"]
    {
        assert_eq!(place.code(&format!("fix drive --plan {path}")), Some(2), "{path}");
    }
    assert_eq!(place.code("fix drive --plan a.json --plan a.json"), Some(2));
    assert_eq!(place.drive(), before);
}

#[test]
fn what_cannot_be_changed_gets_a_plan_alone() {
    let place = Place::with(BAD);
    let keys: Vec<String> = place.drive().into_keys().filter(|path| path.contains('.')).collect();
    place.write("keys.txt", keys.join("\n"));
    let run = place.run("fix --listing keys.txt --metadata drive/metadata.json --plan plan.csv");
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let run = place.run("fix --listing keys.txt --apply --yes");
    assert_eq!(run.status.code(), Some(2));
    assert!(
        text(&run.stderr).contains("a listing is not the dataset itself"),
        "{}",
        text(&run.stderr)
    );
    // The plan of the listing is carried out where the dataset is.
    let run = place.run("apply plan.csv --target drive --yes");
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(place.path("drive/camera-left").is_dir());
}

#[test]
fn an_interrupted_run_is_said_before_anything_else() {
    let place = Place::with(BAD);
    let before = place.drive();
    let target = place.path("drive").canonicalize().unwrap();
    let state = sensortree_apply::StateFolder::beside(&target).unwrap();
    let run = state.begin("local", target.to_str().unwrap(), jiff::Timestamp::now()).unwrap();
    for command in ["fix drive", "apply plan.csv --target drive --yes"] {
        place.write("plan.csv", "from,to\n");
        let refused = place.run(command);
        assert_eq!(refused.status.code(), Some(2), "{command}");
        let said = text(&refused.stderr);
        assert!(said.contains(run.id.as_str()) && said.contains("sensortree undo"), "{said}");
    }
    let lock = state.lock(target.to_str().unwrap()).unwrap();
    let refused = place.run("undo drive");
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("another run is at work"), "{}", text(&refused.stderr));
    drop(lock);
    let undone = place.run(&format!("undo {}", run.id));
    assert_eq!(undone.status.code(), Some(0), "{}", text(&undone.stderr));
    assert_eq!(place.drive(), before);
    assert_eq!(place.code("fix drive"), Some(0));
}

#[test]
fn check_says_how_many_findings_can_be_fixed() {
    let place = Place::with(BAD);
    let report = place.report("");
    let last = report.lines().last().unwrap();
    assert!(last.contains("can be fixed: sensortree fix drive"), "{report}");
    let json: Value = serde_json::from_str(&place.report("--format json")).unwrap();
    let findings = json["findings"].as_array().unwrap();
    let with_repair = findings.iter().filter(|finding| finding.get("repairs").is_some()).count();
    assert!(with_repair > 0);
    assert_eq!(json["fixable"], with_repair);
    assert!(!Place::with(GOOD).report("").contains("can be fixed"));
}

#[test]
fn a_zip_gets_a_new_one_beside_it_and_stays() {
    let place = Place::with(BAD);
    let mut writer = zip::ZipWriter::new(fs::File::create(place.path("drive.zip")).unwrap());
    for (path, content) in place.drive() {
        if let Some(content) = content {
            writer.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut writer, &content).unwrap();
        }
    }
    writer.finish().unwrap();
    let before = fs::read(place.path("drive.zip")).unwrap();
    let run = place.run("fix drive.zip --apply --yes");
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert!(text(&run.stdout).contains("the result is"), "{}", text(&run.stdout));
    assert_eq!(fs::read(place.path("drive.zip")).unwrap(), before);
    let fixed = zip::ZipArchive::new(fs::File::open(place.path("drive.fixed.zip")).unwrap());
    assert!(fixed.unwrap().file_names().any(|name| name.unwrap().starts_with("camera-left/")));
    assert_eq!(place.code("undo drive.zip"), Some(0));
    assert!(!place.path("drive.fixed.zip").exists());
    assert_eq!(place.code("fix drive.zip --plan plan.sh"), Some(2), "a script is for folders");
    let nothing = place.run("fix drive --finish --yes");
    assert_eq!(nothing.status.code(), Some(2));
    assert!(text(&nothing.stderr).contains("no run on this target"), "{}", text(&nothing.stderr));
}

#[test]
fn what_is_said_of_a_run_is_what_it_did() {
    let place = Place::with(FAULTY).with_comma();
    let done = text(&place.run("fix drive --remove --no-trash --apply --yes").stdout);
    assert!(done.contains("taken out, metadata.json edited\n"), "{done}");
    assert!(done.contains("this run cannot be taken back"), "{done}");
    assert!(!done.contains("to take it back"), "{done}");
    let undo = place.run("undo drive");
    assert_eq!(undo.status.code(), Some(2), "{}", text(&undo.stdout));
}
