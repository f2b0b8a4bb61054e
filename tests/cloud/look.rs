//! Looking into frames in a store, and what is made of it when the store misbehaves.

use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use sensortree_stores::{Fault, FaultServer, Keys, Operation, Recorded, Rule, World};

use crate::run::{GOOD, Outcome, Run, keys};

/// A tree whose frames take several reads each.
const LARGE: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd (9000 bytes)
    1681532060161.pcd (9000 bytes)
  scene_2/
    1681532090061.pcd (9000 bytes)
camera-front/
  scene_1/
    1681532060061.jpg (90000 bytes)
    1681532060161.jpg (90000 bytes)
  scene_2/
    1681532090061.jpg (90000 bytes)
metadata.json
";

fn run(server: &FaultServer) -> Run {
    Run::on("s3://data/drive", &server.endpoint()).with(&["--content", "headers"])
}

fn server(keys: Keys, fault: Option<Rule>) -> FaultServer {
    let world = World::new("data", keys);
    FaultServer::start(fault.into_iter().fold(world, World::fault)).unwrap()
}

fn outcome(rule: Rule) -> Outcome {
    run(&server(keys(LARGE, "drive/"), Some(rule.on(Operation::Get)))).outcome()
}

/// The requests for frames.
fn frames(server: &FaultServer) -> Vec<Recorded> {
    let is_of_frame = |request: &Recorded| {
        request.method == "GET"
            && request.target.starts_with("/data/drive/")
            && !request.holds("metadata.json")
    };
    server.requests().into_iter().filter(is_of_frame).collect()
}

#[test]
fn nothing_is_looked_into_unless_that_is_asked_for() {
    let server = server(keys(GOOD, "drive/"), None);
    let outcome = Run::on("s3://data/drive", &server.endpoint()).outcome();
    outcome.check(0, &["file contents not looked into (--content headers)"]);
    assert!(frames(&server).is_empty());
    Run::on("s3://data/drive", &server.endpoint()).with(&["--sample", "3"]).outcome().check(
        0,
        &["`--sample` changes nothing: no file is looked into without `--content headers`"],
    );
    assert!(frames(&server).is_empty());
}

#[test]
fn few_and_small_parts_of_frames_are_asked_for() {
    let server = server(keys(LARGE, "drive/"), None);
    let outcome = run(&server).outcome();
    outcome.check(
        0,
        &[
            "looked into 6 files",
            "looking into 6 frames takes 9 requests and about 26.11 kB",
            "looking into 6 frames took 9 requests and 26,112 bytes",
        ],
    );
    let asked = frames(&server);
    assert_eq!(asked.len(), 9);
    for request in asked {
        let (start, end) = request
            .header("range")
            .unwrap()
            .strip_prefix("bytes=")
            .unwrap()
            .split_once('-')
            .unwrap();
        let length = end.parse::<u64>().unwrap() + 1 - start.parse::<u64>().unwrap();
        // The end of an image is half a kilobyte.
        let expected = if start == "0" { 4_096 } else { 512 };
        assert_eq!(length, expected, "{request:?}");
    }
}

#[test]
fn a_sample_takes_the_requests_of_its_frames() {
    let server = server(keys(GOOD, "drive/"), None);
    let outcome = run(&server).with(&["--sample", "3"]).outcome();
    outcome.check(
        0,
        &["looked into 12 of 48 files (--sample 3)", "looking into 12 frames took 18 requests"],
    );
    // One for the header of each, and one for the end of each image.
    assert_eq!(frames(&server).len(), 18);
    assert!(!outcome.said.contains("frames takes"), "{}", outcome.said);
    let coverage = &outcome.report["coverage"];
    assert_eq!(
        (&coverage["probed"], &coverage["probeable"], &coverage["sample"]),
        (&12.into(), &48.into(), &3.into())
    );
}

#[test]
fn empty_objects_are_never_asked_for() {
    let sketch = "
lidar-top/
  scene_1/
    1681532060061.pcd (0 bytes)
    1681532060161.pcd =zeros
metadata.json
";
    let server = server(keys(sketch, "drive/"), None);
    run(&server).outcome().check(1, &["F101", "F110", "looked into 1 file"]);
    assert_eq!(frames(&server).len(), 1);
}

#[test]
fn a_header_that_goes_on_is_followed_and_no_further_than_is_fair() {
    let image = |segments: usize| {
        let segment = [&[0xFF, 0xE5, 0xFF, 0xFF][..], &vec![1; 0xFFFD]].concat();
        let steps = [&[0xFF, 0xDB, 0, 67, 0][..], &[1; 64]].concat();
        let frame = [0xFF, 0xC0, 0, 11, 8, 0x04, 0x38, 0x07, 0x80, 1, 1, 0x11, 0];
        let scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
        let begin = [&[0xFF, 0xD8][..], &segment.repeat(segments), &steps, &frame, &scan].concat();
        [&begin[..], &[7; 90_000], &[0xFF, 0xD9]].concat()
    };
    let metadata = "{\"version\": \"1.0\", \"fileTreeType\": 0, \"dataType\": 2, \"lidarSequence\": [], \
                    \"cameraSequence\": [\"front\"], \"cameraCoefficients\": []}";
    for (segments, code, says) in [
        (1, 0, "took 3 requests and 70,144 bytes"),
        (40, 3, "its header is longer than is read of a frame in a store"),
    ] {
        let keys = Keys::new()
            .object("drive/camera-front/scene_1/1681532060061.jpg", image(segments))
            .object("drive/metadata.json", metadata);
        let server = server(keys, None);
        run(&server).outcome().check(code, &[says]);
        assert!(frames(&server).len() <= 5, "{} requests", frames(&server).len());
    }
}

#[test]
fn what_passes_is_waited_for() {
    let undisturbed = run(&server(keys(LARGE, "drive/"), None)).outcome();
    undisturbed.check(0, &[]);
    for rule in [
        Fault::slow_down(None).first(8),
        Fault::slow_down(Some(1)).first(2),
        Fault::too_many_requests(None).first(3),
        Fault::slow_down(None).always().busier_than(2),
        Fault::internal().first(3),
        Fault::CutOff.first(3),
        Fault::CutShort.first(3).below("drive/lidar-top/"),
        Fault::HangUp.first(2),
    ] {
        let said = format!("{rule:?}");
        let disturbed = outcome(rule);
        disturbed.check(0, &[]);
        assert_eq!(disturbed.comparable(), undisturbed.comparable(), "{said}");
    }
}

#[test]
fn frames_that_cannot_be_read_are_named_and_the_rest_is_judged() {
    let scene = "drive/camera-front/scene_2/";
    let check = |rule: Rule, says: &str| {
        let outcome = outcome(rule);
        outcome.check(3, &[says, "looked into 5 of 6 files"]);
        assert_eq!(outcome.unread(), ["camera-front/scene_2/1681532090061.jpg"]);
        assert_eq!(outcome.report["prediction"]["outcome"], "unknown");
        assert!(outcome.report["findings"].as_array().unwrap().is_empty(), "{}", outcome.said);
    };
    check(Fault::denied().always().below(scene), "s3:GetObject");
    check(Fault::no_such_key().always().below(scene), "vanished since it was listed");
    check(Fault::AnotherSize.always().below(scene), "changed since it was listed");
    check(Fault::AnotherVersion.always().below(scene).after(1), "changed while it was read");
}

#[test]
fn a_store_that_reads_nothing_is_not_asked_for_everything() {
    let many = |rule: Rule| {
        let keys = keys(GOOD, "drive/").numbered(
            "drive/lidar-top/scene_3/",
            1_681_532_090_061,
            100,
            3_000,
            ".pcd",
            1,
        );
        let server = server(keys, Some(rule.on(Operation::Get)));
        let outcome = run(&server).outcome();
        assert!(frames(&server).len() < 300, "{} requests", frames(&server).len());
        outcome
    };
    let denied = many(Fault::denied().always());
    denied.check(3, &["not all frames were looked into", "s3:GetObject"]);
    // What is missing is said all the same: the names were listed.
    denied.check(3, &["A201"]);
    many(Fault::slow_down(Some(3_600)).always()).check(3, &["throttled out"]);
}

#[test]
fn an_ignored_range_costs_no_more_than_was_asked_for() {
    // The beginning is all that a point cloud takes.
    let clouds = Keys::new().numbered(
        "drive/lidar-top/scene_1/",
        1_681_532_060_061,
        100,
        3,
        ".pcd",
        30_000_000,
    );
    let ignoring = server(clouds, Some(Fault::IgnoreRange.always()));
    run(&ignoring)
        .outcome()
        .check(1, &["F110", "looking into 3 frames took 3 requests and 12,288 bytes"]);
    outcome(Fault::IgnoreRange.always()).check(3, &["cannot be asked for a part of an object"]);
}

#[test]
fn an_interrupted_look_prints_what_it_found() {
    let keys = keys(GOOD, "drive/").numbered(
        "drive/lidar-top/scene_3/",
        1_681_532_090_061,
        100,
        10_000,
        ".pcd",
        9,
    );
    let late = Fault::Late(Duration::from_secs(1)).always().on(Operation::Get).after(20);
    let server = server(keys, Some(late));
    let run = run(&server).with(&["--concurrency", "4"]);
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while frames(&server).len() < 24 {
        assert!(begin.elapsed() < Duration::from_secs(60), "{} requests", frames(&server).len());
        thread::sleep(Duration::from_millis(10));
    }
    crate::faults::interrupt(child.id());
    let output = child.wait_with_output().unwrap();
    let outcome = run.read(output.status.code(), &[output.stdout, output.stderr].concat());
    outcome.check(3, &["not all frames were looked into: interrupted", "A201"]);
    let probed = outcome.report["coverage"]["probed"].as_u64().unwrap();
    assert!((10..1_000).contains(&probed), "{probed} frames");
    assert!(frames(&server).len() < 1_000, "it went on after it was told to end");
}

/// As patient as a user would want, so only when asked for.
#[test]
#[ignore = "takes as long as the program is patient, most of a minute"]
fn what_lasts_is_given_up_in_the_end() {
    thread::scope(|scope| {
        for (fault, says) in
            [(Fault::slow_down(None), "throttled out"), (Fault::Silence, "was silent for 20 s")]
        {
            scope.spawn(move || outcome(fault.always()).check(3, &[says]));
        }
        scope.spawn(|| outcome(Fault::Silence.first(1).below("drive/lidar-top/")).check(0, &[]));
    });
}
