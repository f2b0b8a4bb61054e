//! What is made of a store that misbehaves.

use std::process::Stdio;
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use sensortree_stores::{Fault, FaultServer, Keys, Operation, Rule, World};

use crate::run::{GOOD, GOOD_FILES, Outcome, Run, keys};

/// Pages so small that the tree takes several.
fn world() -> World {
    World::new("data", keys(GOOD, "drive/")).page(10)
}

fn run(server: &FaultServer) -> Run {
    Run::on("s3://data/drive", &server.endpoint())
}

fn outcome(rule: Rule) -> Outcome {
    let server = FaultServer::start(world().fault(rule)).unwrap();
    run(&server).outcome()
}

/// What is found where nothing is wrong.
fn undisturbed() -> &'static Outcome {
    static OUTCOME: OnceLock<Outcome> = OnceLock::new();
    OUTCOME.get_or_init(|| {
        let outcome = outcome(Fault::HangUp.first(0));
        outcome.check(0, &["predicted answer: 200"]);
        assert_eq!(outcome.files(), GOOD_FILES);
        outcome
    })
}

/// A run that meets the fault gives the very report of one that does not.
#[track_caller]
fn check_overcome(rule: Rule) {
    let said = format!("{rule:?}");
    let undisturbed = undisturbed();
    let disturbed = outcome(rule);
    disturbed.check(0, &[]);
    assert_eq!(disturbed.comparable(), undisturbed.comparable(), "{said}");
}

#[test]
fn what_passes_is_waited_for() {
    check_overcome(Fault::slow_down(None).first(5));
    check_overcome(Fault::slow_down(Some(1)).first(2));
    check_overcome(Fault::too_many_requests(None).first(3));
    check_overcome(Fault::slow_down(None).always().busier_than(3));
    check_overcome(Fault::internal().first(3));
    check_overcome(Fault::ErrorWith200.first(2).on(Operation::List));
    check_overcome(Fault::CutOff.first(2));
    check_overcome(Fault::CutShort.first(2).on(Operation::List));
    check_overcome(Fault::HangUp.first(2));
    check_overcome(Fault::CutOff.first(2).on(Operation::Get));
}

#[test]
fn wrong_pages_do_not_lead_astray() {
    check_overcome(Fault::IgnoreRange.always());
    // Nothing says that a list out of order is all that there is.
    let backwards = outcome(Fault::Backwards.always());
    backwards.check(3, &["out of order"]);
    assert_eq!(backwards.files(), GOOD_FILES);
}

/// More than is found with one page after the other, so that ranges of keys are asked for.
fn flat(rule: Rule) -> World {
    let keys = Keys::new()
        .numbered("drive/lidar-top/scene_1/", 1_681_532_060_061, 100, 3_000, ".pcd", 1_000)
        .object("drive/metadata.json", r#"{"version": "1.0", "fileTreeType": 0, "dataType": 3, "lidarSequence": ["top"], "cameraSequence": [], "cameraCoefficients": []}"#);
    World::new("data", keys).page(100).fault(rule)
}

#[test]
fn an_ignored_offset_changes_no_count() {
    let server = FaultServer::start(flat(Fault::IgnoreStartAfter.always())).unwrap();
    let outcome = run(&server).outcome();
    assert_eq!(outcome.files(), 3_001, "{}", outcome.said);
    assert_eq!(outcome.report["tree"]["sensors"][0]["frames"], 3_000);
}

#[test]
fn a_listing_that_never_ends_is_ended() {
    for fault in [Fault::RepeatPage, Fault::RepeatToken, Fault::NoToken] {
        let said = format!("{fault:?}");
        let server = FaultServer::start(flat(fault.always())).unwrap();
        let outcome = run(&server).outcome();
        // Whoever finds another way to go on may be sure of the whole.
        let is_whole = outcome.code == Some(0) && outcome.files() == 3_001;
        assert!(
            is_whole || matches!(outcome.code, Some(2 | 3)),
            "{said}: {:?}\n{}",
            outcome.code,
            outcome.said
        );
        assert!(server.requests().len() < 1_000, "{said}: {} requests", server.requests().len());
    }
}

/// Pages without end and without news, as a server makes them that wants to keep its clients.
#[test]
fn pages_that_bring_nothing_new_end_the_listing() {
    for fault in [Fault::EmptyPages, Fault::EarlierKeys] {
        for (below, concurrency) in [("", 1), ("drive/lidar-top/", 1), ("", 4)] {
            let said = format!("{fault:?} below {below:?}, {concurrency} at once");
            let rule = fault.clone().always().on(Operation::List).below(below);
            let server = FaultServer::start(flat(rule)).unwrap();
            let outcome = run(&server).with(&["--concurrency", &concurrency.to_string()]).outcome();
            outcome.check(3, &["1,000 of them in a row brought no name"]);
            assert_ne!(outcome.report["prediction"]["outcome"], "accepted", "{said}");
            let requests = server.requests().len();
            // Three folders, and the ranges that are listed side by side.
            assert!(requests < (3 + concurrency) * 1_100, "{said}: {requests} requests");
        }
    }
}

#[test]
fn names_and_tokens_longer_than_any_are_refused_in_words() {
    // The longest that are taken, and the next.
    outcome(Fault::LongKey(4_096).always().on(Operation::List)).check(3, &[]);
    for length in [4_097, 100_000, 20_000_000] {
        let fault = Fault::LongKey(length).always().on(Operation::List);
        outcome(fault).check(3, &["a name in it is longer than any store's"]);
    }
    for length in [8_193, 100_000, 20_000_000] {
        let fault = Fault::LongToken(length).always().on(Operation::List);
        outcome(fault).check(3, &["its token for the next page is longer than any store's"]);
    }
    // Asked for with such a token, the server begins anew.
    outcome(Fault::LongToken(8_192).always().on(Operation::List)).check(3, &["out of order"]);
}

#[test]
fn what_leaves_nothing_to_judge_is_said_in_words() {
    let check = |fault: Fault, code: i32, says: &[&str]| outcome(fault.always()).check(code, says);
    check(Fault::Html, 3, &["sent a page of HTML"]);
    check(Fault::no_such_bucket(), 2, &["there is no bucket `data`"]);
    check(
        Fault::OtherRegion("eu-central-1"),
        2,
        &["in the region `eu-central-1`", "--region eu-central-1"],
    );
    check(Fault::clock_skew(), 2, &["clock"]);
    check(Fault::wrong_secret(), 2, &["refuses the signature"]);
    check(Fault::OnlyFor("ANOTHERKEY"), 2, &["does not know the keys"]);
}

#[test]
fn the_right_region_is_enough() {
    let server =
        FaultServer::start(world().fault(Fault::OtherRegion("eu-central-1").always())).unwrap();
    run(&server).with(&["--region", "eu-central-1"]).outcome().check(0, &[]);
}

#[test]
fn what_may_not_be_listed_is_named_and_the_rest_is_checked() {
    for below in ["drive/camera-front/", "drive/camera-front/scene_2/"] {
        let outcome = outcome(Fault::denied().always().on(Operation::List).below(below));
        outcome.check(3, &["no permission to list", "s3:ListBucket"]);
        let unread = outcome.unread();
        let path = below.strip_prefix("drive/").unwrap();
        assert!(
            !unread.is_empty() && unread.iter().all(|unread| unread.starts_with(path)),
            "{unread:?}"
        );
        assert_eq!(outcome.report["prediction"]["outcome"], "unknown");
        let sensors = outcome.report["tree"]["sensors"].as_array().unwrap();
        let lidar = sensors.iter().find(|sensor| sensor["folder"] == "lidar-top").unwrap();
        assert_eq!(lidar["frames"], 24, "{}", outcome.said);
    }
    outcome(Fault::denied().always().on(Operation::List)).check(3, &["no permission to list"]);
}

#[test]
fn an_object_that_vanishes_is_said() {
    let outcome = outcome(Fault::no_such_key().always().on(Operation::Get));
    outcome.check(3, &["vanished"]);
    assert_eq!(outcome.unread(), ["metadata.json"]);
}

#[test]
fn a_throttle_that_lasts_ends_the_run() {
    // Longer than anyone waits: the run ends at once.
    let outcome = outcome(Fault::slow_down(Some(3_600)).always());
    outcome.check(3, &["throttled out"]);
}

#[test]
fn a_hundred_thousand_folder_markers_are_counted() {
    let markers = Keys::new()
        .numbered("drive/lidar-top/scene_", 0, 1, 100_000, "/", 0)
        .marker("drive/lidar-top/");
    let server = FaultServer::start(World::new("data", markers)).unwrap();
    let outcome = run(&server).outcome();
    assert_eq!(outcome.report["coverage"]["complete"], true, "{}", outcome.said);
    assert_eq!(outcome.report["tree"]["scenes"], 100_000, "{}", outcome.said);
}

#[test]
fn an_interrupted_run_prints_what_it_found() {
    let keys = keys(GOOD, "drive/").numbered(
        "drive/lidar-top/scene_3/",
        1_681_532_090_061,
        100,
        1_000_000,
        ".pcd",
        1_000,
    );
    // Undisturbed, it would take minutes.
    let world = World::new("data", keys)
        .page(10)
        .fault(Fault::Late(Duration::from_secs(1)).always().after(20));
    let server = FaultServer::start(world).unwrap();
    let run = run(&server).with(&["--concurrency", "4"]);
    let child = run.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begin = Instant::now();
    while server.requests().len() < 30 {
        assert!(begin.elapsed() < Duration::from_secs(60), "{} requests", server.requests().len());
        thread::sleep(Duration::from_millis(10));
    }
    interrupt(child.id());
    let output = child.wait_with_output().unwrap();
    let outcome = run.read(output.status.code(), &[output.stdout, output.stderr].concat());
    outcome.check(3, &["interrupted"]);
    assert!(outcome.files() > 0, "{}", outcome.said);
    assert!(server.requests().len() < 1_000, "it went on after it was told to end");
}

pub(crate) fn interrupt(process: u32) {
    let sent = std::process::Command::new("sh")
        .args(["-c", &format!("kill -INT {process}")])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Faults that last, each with what a run says in the end. A run is as patient as a user would
/// want; so these run side by side, and only when asked for.
#[test]
#[ignore = "takes as long as the program is patient, most of a minute"]
fn what_lasts_is_given_up_in_the_end() {
    let lasting = [
        (Fault::slow_down(None), "throttled out"),
        (Fault::internal(), "InternalError"),
        (Fault::ErrorWith200, "InternalError"),
        (Fault::CutOff, ""),
        (Fault::CutShort, "cut off"),
        (Fault::HangUp, ""),
        (Fault::Silence, "was silent for 20 s"),
        (Fault::HalfThenSilence, ""),
    ];
    thread::scope(|scope| {
        for (fault, says) in lasting {
            scope.spawn(move || {
                let said = format!("{fault:?}");
                let outcome = outcome(fault.always());
                assert_eq!(outcome.code, Some(3), "{said}: {}", outcome.said);
                outcome.check(3, &[says]);
            });
        }
        scope.spawn(|| check_overcome(Fault::Silence.first(2)));
        scope.spawn(|| check_overcome(Fault::HalfThenSilence.first(2)));
    });
}
