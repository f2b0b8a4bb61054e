//! Saved listings on the command line: made, kept, read again.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use place::Place;

const GOOD: &str = include_str!("place/good.tree");

const BAD: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
Cam_left/
  scene_1/
    1681532060061.jpg x3 +100
  empty/
metadata.json
";

impl Place {
    fn check(&self, words: &str) -> Command {
        self.command(&format!("check --isolated {words}"))
    }

    fn run(&self, arguments: &str) -> (Option<i32>, String, String) {
        read(&self.check(arguments).output().unwrap())
    }

    fn run_with(&self, arguments: &str, input: &[u8]) -> (Option<i32>, String, String) {
        let mut command = self.check(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        read(&child.wait_with_output().unwrap())
    }

    /// What `find` lists below the dataset, with types and sizes.
    fn keys(&self) -> String {
        let path = self.path("keys.txt");
        self.run("drive --save-listing own.gz");
        let mut text = String::new();
        std::io::Read::read_to_string(
            &mut flate2::read::MultiGzDecoder::new(fs::File::open(self.path("own.gz")).unwrap()),
            &mut text,
        )
        .unwrap();
        let mut folder = String::new();
        let mut keys = String::new();
        for line in text.lines() {
            match line.split_at(1) {
                (">", name) => {
                    folder = if name.is_empty() { String::new() } else { format!("{name}/") }
                }
                ("f", rest) => {
                    let (size, name) = rest.split_once(' ').unwrap();
                    keys.push_str(&format!(
                        "2026-11-23 16:55:29 {size:>10} data/drive/{folder}{name}\n"
                    ));
                }
                _ => {}
            }
        }
        fs::write(path, &keys).unwrap();
        keys
    }
}

fn read(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_saved_listing_is_checked_as_its_source_was() {
    for (sketch, expected) in [(GOOD, 0), (BAD, 1), ("", 4)] {
        let place = Place::with(sketch);
        let (code, report, said) = place.run("drive --format concise --save-listing drive.gz");
        assert_eq!(code, Some(expected), "{said}");
        // Of a listing nothing can be opened; its places are relative to the target.
        let report: String = report
            .split_inclusive('\n')
            .map(|line| line.strip_prefix("drive/").expect("a place in the folder"))
            .collect();
        assert!(
            said.contains("the listing is saved: sensortree check --listing drive.gz"),
            "{said}"
        );
        fs::rename(place.path("drive"), place.path("gone")).unwrap();
        for arguments in ["--listing drive.gz", "drive.gz --listing", "--listing=drive.gz"] {
            let (again, same, said) = place.run(&format!("{arguments} --format concise"));
            assert_eq!((again, &same), (code, &report), "{arguments}: {said}");
            assert!(said.contains("note: read a saved listing of `drive`"), "{said}");
        }
        let packed = fs::read(place.path("drive.gz")).unwrap();
        let (again, same, _) = place.run_with("- --listing --format concise", &packed);
        assert_eq!((again, same), (code, report));
    }
}

#[test]
fn a_listing_of_another_tool_needs_the_metadata() {
    let place = Place::with(GOOD);
    let keys = place.keys();
    let (code, report, _) = place.run("--listing keys.txt");
    assert_eq!(code, Some(3), "{report}");
    assert!(
        report.contains("predicted answer: unknown") && report.contains("--metadata FILE"),
        "{report}"
    );
    assert!(
        report.contains("`aws s3 ls --recursive`; its paths are taken from `data/drive/` on"),
        "{report}"
    );
    for arguments in ["--listing keys.txt", "--listing keys.txt --root s3://bucket/data/drive"] {
        let (code, report, _) = place.run(&format!("{arguments} --metadata drive/metadata.json"));
        assert_eq!(code, Some(0), "{report}");
    }
    let (code, report, _) =
        place.run_with("--listing - --metadata drive/metadata.json", keys.as_bytes());
    assert_eq!(code, Some(0), "{report}");
    let (code, report, _) =
        place.run("--listing keys.txt --metadata drive/metadata.json --root data");
    assert_eq!(code, Some(1), "{report}");
    assert!(report.contains("check with `--root data/drive`"), "{report}");
    let (code, ..) = place.run("--listing keys.txt --root elsewhere");
    assert_eq!(code, Some(4));
}

#[test]
fn exit_codes_of_listings() {
    let place = Place::with(GOOD);
    place.run("drive --save-listing drive.gz");
    let packed = fs::read(place.path("drive.gz")).unwrap();
    place.write("cut.gz", &packed[..packed.len() - 40]);
    place.write("stump.gz", &packed[..5]);
    place.write("empty.txt", "");
    place.write("page.html", "<!DOCTYPE html><html>");
    let check = |arguments: &str, expected: i32, said: &str| {
        let (code, out, err) = place.run(arguments);
        assert_eq!(code, Some(expected), "{arguments}: {out}{err}");
        assert!(out.contains(said) || err.contains(said), "{arguments}: {out}{err}");
    };
    check("--listing cut.gz", 3, "could not be read");
    check("--listing stump.gz", 3, "its gzip data are");
    check("--listing empty.txt", 4, "there was nothing to check");
    check("--listing empty.txt --allow-empty", 0, "");
    check("--listing page.html", 2, "`page.html` is no listing, but a web page");
    check("--listing drive", 2, "`drive` is no listing, but a folder");
    check("--listing absent.txt", 2, "`absent.txt` does not exist");
    check("--listing", 2, "--listing needs the file of a listing");
    check("drive --listing drive.gz", 2, "both `drive` and the listing `drive.gz` are named");
    check("drive --root data", 2, "--listing");
    check("--listing drive.gz --metadata absent.json", 2, "`absent.json`");
}

#[test]
fn only_a_saved_listing_is_replaced() {
    let place = Place::with(GOOD);
    let notes = "what nobody wants to lose";
    place.write("notes.txt", notes);
    let (code, out, said) = place.run("drive --save-listing notes.txt");
    assert_eq!((code, out.as_str()), (Some(2), ""), "{said}");
    assert!(said.contains("`notes.txt` is there already, and is no saved listing"), "{said}");
    assert_eq!(fs::read_to_string(place.path("notes.txt")).unwrap(), notes);
    place.write("new.gz", "");
    for _ in 0..2 {
        assert_eq!(place.run("drive --save-listing new.gz").0, Some(0));
    }
    // Onto itself, too.
    assert_eq!(place.run("--listing new.gz --save-listing new.gz").0, Some(0));
    assert_eq!(place.run("--listing new.gz").0, Some(0));
    let (code, _, said) = place.run("drive --save-listing absent/new.gz");
    assert_eq!(code, Some(2));
    assert!(said.contains("the listing cannot be saved in `absent/new.gz`"), "{said}");
    // A scan that comes to nothing leaves what was there.
    let before = fs::read(place.path("new.gz")).unwrap();
    assert_eq!(place.run("absent --save-listing new.gz").0, Some(2));
    assert_eq!(fs::read(place.path("new.gz")).unwrap(), before);
}

#[test]
fn a_listing_saved_inside_the_tree_is_no_part_of_it_yet() {
    let place = Place::with(GOOD);
    let (code, report, said) = place.run("drive --save-listing drive/new.gz");
    assert_eq!(code, Some(0), "{report}");
    assert!(said.contains("`drive/new.gz` will lie inside the checked tree"), "{said}");
    assert_eq!(place.run("--listing drive/new.gz").0, Some(0));
    assert_eq!(place.run("drive").0, Some(1));
}

#[test]
fn what_was_incomplete_stays_incomplete() {
    let place = Place::with(GOOD);
    place.keys();
    let (code, _, said) = place.run("--listing keys.txt --save-listing again.gz");
    assert_eq!(code, Some(3));
    assert!(said.contains("the listing saved in again.gz is incomplete"), "{said}");
    let (code, report, _) = place.run("--listing again.gz --format concise");
    assert_eq!(code, Some(3));
    assert!(report.contains("metadata.json: H106 unreadable [incomplete]"), "{report}");
    assert_eq!(place.run("--listing again.gz --metadata drive/metadata.json").0, Some(0));
}
