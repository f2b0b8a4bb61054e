//! Where reports go, several of one run among them.

use std::fs;

use sensortree_report::Format;

use super::{BAD, GOOD, Place, text};

#[test]
fn several_reports_of_one_run() {
    let place = Place::with(BAD);
    let report =
        place.report("--format full --format json=report.json --format concise=report.txt");
    assert!(report.contains("predicted answer: 5710"), "{report}");
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(place.path("report.json")).unwrap()).unwrap();
    assert_eq!(json["prediction"]["code"], 5710);
    assert_eq!(
        fs::read_to_string(place.path("report.txt")).unwrap(),
        place.report("--format concise")
    );
}

#[test]
fn a_report_in_a_file_alone_leaves_standard_output_empty() {
    let place = Place::with(BAD);
    assert_eq!(place.report("--format json=report.json"), "");
    assert_eq!(place.report("--format json=no/such/folder/report.json"), "");
    assert_eq!(place.code("check drive --format json=no/such/folder/report.json"), Some(2));
}

#[test]
fn a_report_replaces_no_file_of_the_dataset_and_none_that_is_read() {
    let place = Place::with(GOOD);
    place
        .write("drive/notes.txt", "ours")
        .write("body.json", "{}")
        .write("sensortree.toml", "")
        .write("old.txt", "ours");
    let kept = |name: &str, flags: &str| {
        let before = fs::read(place.path(name)).unwrap();
        for format in Format::ALL {
            let run = place.run(&format!("check drive --format {format}={name} {flags}"));
            assert_eq!(run.status.code(), Some(2), "{format} over {name}: {}", text(&run.stderr));
            assert!(text(&run.stderr).contains("name another file"), "{}", text(&run.stderr));
            assert_eq!(fs::read(place.path(name)).unwrap(), before, "{format} over {name}");
        }
    };
    kept("drive/metadata.json", "");
    kept("drive/lidar-top/scene_1/1681532060061.pcd", "");
    kept("drive/notes.txt", "");
    kept("body.json", "--request body.json");
    kept("sensortree.toml", "");
    place.report("--format concise=old.txt");
    assert_ne!(
        fs::read_to_string(place.path("old.txt")).unwrap(),
        "ours",
        "elsewhere a file is replaced"
    );
}

#[test]
fn a_report_in_the_tree_replaces_the_one_before() {
    for sketch in [GOOD, BAD] {
        let place = Place::with(sketch);
        for format in Format::ALL {
            for _ in 0..2 {
                let code = place.code(&format!(
                    "check drive --fail-on never --format {format}=drive/report.{format}"
                ));
                assert_eq!(code, Some(0), "{format} on {sketch}");
            }
            fs::remove_file(place.path(&format!("drive/report.{format}"))).unwrap();
        }
    }
}

#[test]
fn code_hosts_are_told_paths_from_the_top_of_the_repository() {
    let place = Place::with(BAD);
    let uri = |folder: &str, arguments: &str| {
        let mut command = place.command(&format!("check --isolated --format gitlab {arguments}"));
        let run = command.current_dir(place.path(folder)).output().unwrap();
        let issues: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        issues[0]["location"]["path"].as_str().unwrap().to_owned()
    };
    assert_eq!(uri("", "drive"), "drive/Cam_left");
    assert_eq!(uri("drive", ""), "Cam_left");
    // A repository is told by its `.git`.
    fs::create_dir(place.path(".git")).unwrap();
    assert_eq!(uri("drive", ""), "drive/Cam_left");
    assert_eq!(uri("drive/lidar-top", "../../drive"), "drive/Cam_left");
    fs::create_dir(place.path("elsewhere")).unwrap();
    fs::create_dir(place.path("elsewhere/.git")).unwrap();
    assert_eq!(uri("elsewhere", "../drive"), "sensortree.toml", "it lies in no repository");
    let listing = "lidar-top/s/1681532060061.pcd\nCam_left/s/1681532060061.jpg\nmetadata.json\n";
    place.write("keys.txt", listing).write("body.json", "{}").write("sensortree.toml", "");
    assert_eq!(uri("", "--listing keys.txt"), "keys.txt");
    let metadata = fs::read_to_string(place.path("drive/metadata.json")).unwrap();
    place.write("meta.json", &metadata);
    assert_eq!(uri("", "--listing keys.txt --metadata meta.json"), "meta.json");
    assert_eq!(uri("", "--listing keys.txt --metadata meta.json --request body.json"), "body.json");
}

#[test]
fn a_workflow_of_github_gets_its_summary() {
    let place = Place::with(BAD);
    place.write("summary.md", "before\n");
    let run = |format: &str, summary: &str| {
        let mut command = place.command(&format!("check drive --format {format}"));
        command.env("GITHUB_STEP_SUMMARY", summary).output().unwrap()
    };
    let summary = || fs::read_to_string(place.path("summary.md")).unwrap();
    run("full", "summary.md");
    assert_eq!(summary(), "before\n");
    let annotations = run("github", "summary.md");
    assert!(text(&annotations.stdout).starts_with("::error file=drive/Cam_left,line=1,title=L103"));
    assert_eq!(summary(), format!("before\n{}", place.report("--format markdown")));
    let run = run("github", "no/such/folder");
    assert_eq!(
        (run.status.code(), text(&run.stderr).contains("summary cannot be written")),
        (Some(1), true)
    );
}

#[test]
fn lines_have_more_places_than_the_other_reports_of_the_run() {
    let frames: String = (0..1_200)
        .map(|frame| format!("    {}.pcd (0 bytes)\n", 1_681_532_060_061_u64 + frame * 100))
        .collect();
    let place = Place::with(&format!("lidar-top/\n  scene_1/\n{frames}metadata.json\n"));
    let lines = |flags: &str| {
        let report = place.report(&format!("--select F --format jsonl {flags}"));
        report.lines().filter(|line| line.starts_with("{\"type\":\"occurrence\"")).count()
    };
    assert_eq!(lines(""), 1_000);
    assert_eq!(lines("--max-examples 1100"), 1_100);
    assert_eq!(lines("--max-examples 3"), 3);
    assert_eq!(lines("--format json=report.json"), 1_000);
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(place.path("report.json")).unwrap()).unwrap();
    let alone: serde_json::Value =
        serde_json::from_str(&place.report("--select F --format json")).unwrap();
    assert_eq!(report["findings"], alone["findings"]);
    assert_eq!(report["findings"][0]["examples"].as_array().unwrap().len(), 5);
}

#[cfg(unix)]
#[test]
fn a_report_file_is_as_readable_as_any_other_and_a_link_stays_one() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::with(GOOD);
    place.write("other.txt", "").write("report-1.json", "old");
    std::os::unix::fs::symlink("report-1.json", place.path("latest.json")).unwrap();
    place.report("--format json=latest.json --format concise=report.txt");
    let mode = |name: &str| fs::metadata(place.path(name)).unwrap().permissions().mode();
    assert_eq!(mode("report.txt"), mode("other.txt"));
    assert!(fs::symlink_metadata(place.path("latest.json")).unwrap().is_symlink());
    assert!(
        fs::read_to_string(place.path("report-1.json")).unwrap().contains("sensortree-report/1")
    );
}

#[test]
fn a_report_inside_the_tree_is_warned_of() {
    let place = Place::with(GOOD);
    assert!(
        place
            .warnings("--format json=drive/report.json")
            .contains("`drive/report.json` will lie inside")
    );
    assert_eq!(place.warnings("--format json=report.json"), "");
}
