use sensortree_core::finding::settings::Settings;
use sensortree_core::sketch::fitting_metadata;
use sensortree_scan::Progress;
use sensortree_scan::zip::ZipBytes;
use sensortree_stores::{Fault, FaultServer, Keys, Operation, Rule, World};

use sensortree_core::Inspection;
use sensortree_core::tree::TargetKind;

use super::*;
use crate::CloudPrefix;
use crate::access::{CloudAccess, EnvironmentAccess};
use sensortree_scan::inspect;

/// A zip of a drive that is in order: so many frames, each of so many bytes, only stored.
fn drive(frames: u64, size: usize) -> Vec<u8> {
    let metadata = fitting_metadata(&["top".to_owned()], &[]);
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    let mut add = |name: &str, content: &[u8], checksum: u32| {
        let header = |start: &[u8]| {
            let mut header = start.to_vec();
            for field in [20u16, 0x800, 0, 0, 0] {
                header.extend(field.to_le_bytes());
            }
            for field in [
                checksum,
                u32::try_from(content.len()).unwrap(),
                u32::try_from(content.len()).unwrap(),
            ] {
                header.extend(field.to_le_bytes());
            }
            header.extend([u8::try_from(name.len()).unwrap(), 0, 0, 0]);
            header
        };
        list.extend(header(b"PK\x01\x02\x14\0"));
        list.extend([0; 10]);
        list.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        list.extend(name.as_bytes());
        bytes.extend(header(b"PK\x03\x04"));
        bytes.extend(name.as_bytes());
        bytes.extend(content);
    };
    add("drive/metadata.json", metadata.as_bytes(), rawzip::crc32(metadata.as_bytes()));
    let frame = vec![0; size];
    for at in 0..frames {
        add(&format!("drive/lidar-top/scene_1/{}.pcd", 1_681_532_060_061 + at * 100), &frame, 0);
    }
    let begin = bytes.len();
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    let count = u16::try_from(frames + 1).unwrap().to_le_bytes();
    bytes.extend([count, count].concat());
    bytes.extend(
        [u32::try_from(list.len()).unwrap(), u32::try_from(begin).unwrap()]
            .map(u32::to_le_bytes)
            .concat(),
    );
    bytes.extend([0, 0]);
    bytes
}

struct Asked {
    inspected: Result<Inspection, ScanError>,
    heads: usize,
    gets: usize,
}

/// Inspects `s3://data/in/drive.zip` of a store that holds these bytes there.
fn ask(bytes: Vec<u8>, faults: Vec<Rule>, progress: &dyn Progress) -> Asked {
    let world = World::new("data", Keys::new().object("in/drive.zip", bytes));
    ask_of(faults.into_iter().fold(world, World::fault), "s3://data/in/drive.zip", progress)
}

fn access(server: &FaultServer) -> CloudAccess {
    CloudAccess::Environment(EnvironmentAccess {
        endpoint_url: Some(server.endpoint()),
        region: Some("us-east-1".to_owned()),
        unsigned: true,
        addressing: None,
    })
}

fn ask_of(world: World, url: &str, progress: &dyn Progress) -> Asked {
    ask_for(Content::None, world, url, progress)
}

fn ask_for(content: Content, world: World, url: &str, progress: &dyn Progress) -> Asked {
    let server = FaultServer::start(world).unwrap();
    let access = access(&server);
    let url: CloudUrl = url.parse().unwrap();
    let options = ScanOptions { content, jobs: Some(1), ..ScanOptions::default() };
    let inspected = inspect(&CloudPrefix::new(url, access), &options, progress);
    let requests = server.requests();
    let count = |method: &str| requests.iter().filter(|request| request.method == method).count();
    Asked { inspected, heads: count("HEAD"), gets: count("GET") }
}

/// The codes of what is found, and what is unread and why.
fn judged(asked: Asked) -> (Vec<&'static str>, Vec<String>) {
    let report = sensortree_core::check(asked.inspected.unwrap(), &Settings::default());
    let codes = report.findings.iter().map(|finding| finding.rule.code).collect();
    (codes, report.coverage.unread.into_iter().map(|unread| unread.reason).collect())
}

#[test]
fn a_zip_afar_is_judged_as_one_at_hand() {
    for (frames, size) in [(0, 0), (3, 10), (40, 100_000), (3_000, 2_000)] {
        let bytes = drive(frames, size);
        let target = Target {
            kind: TargetKind::Zip,
            uri: "s3://data/in/drive.zip".to_owned(),
            segments: ["data", "in", "drive"].map(str::to_owned).to_vec(),
        };
        let count = bytes.len() as u64;
        let judged =
            |inspection: Inspection| sensortree_core::check(inspection, &Settings::default());
        for content in [Content::None, Content::Headers] {
            let at_hand = Bytes { reader: &bytes[..], count, most_headers: MOST_HEADERS };
            let options = ScanOptions { content, ..ScanOptions::default() };
            let at_hand = judged(
                inspect(&ZipBytes { bytes: at_hand, target: target.clone() }, &options, &())
                    .unwrap(),
            );
            let world = World::new("data", Keys::new().object("in/drive.zip", bytes.clone()));
            let afar = ask_for(content, world, "s3://data/in/drive.zip", &());
            let judged_afar = judged(afar.inspected.unwrap());
            assert_eq!(
                format!("{judged_afar:#?}"),
                format!("{at_hand:#?}"),
                "{frames} frames of {size} bytes"
            );
            let has_zeros = at_hand.findings.iter().any(|finding| finding.rule.code == "F110");
            assert_eq!(has_zeros, content == Content::Headers && frames > 0);
            // The list, and then each part once.
            assert!(afar.gets as u64 <= 12 + count.div_ceil(PART), "{} requests", afar.gets);
        }
    }
}

#[test]
fn few_requests_are_needed() {
    let check = |bytes: Vec<u8>, most: usize| {
        let size = bytes.len();
        let asked = ask(bytes, Vec::new(), &());
        assert!(asked.gets <= most && asked.gets > 0, "{} requests for {size} bytes", asked.gets);
        assert_eq!(asked.heads, 1);
        assert!(asked.inspected.unwrap().coverage.unread.is_empty());
    };
    check(drive(3, 10), 1);
    // Near the platform's limit: the end, the parts with headers that are looked at, and
    // metadata.json.
    check(drive(99, 1_000_000), 2 + 9);
    // A list of entries of 4 MB.
    check(drive(50_000, 1_000), 2 + 2 + 9);
}

#[test]
fn what_passes_is_asked_for_again() {
    for fault in [Fault::slow_down(None), Fault::internal(), Fault::CutOff, Fault::HangUp] {
        for operation in [Operation::Get, Operation::HeadObject] {
            let said = format!("{fault:?} on {operation:?}");
            // A head has no half.
            if matches!((&fault, operation), (Fault::CutOff, Operation::HeadObject)) {
                continue;
            }
            let asked = ask(drive(40, 100_000), vec![fault.clone().first(1).on(operation)], &());
            assert_eq!(judged(asked), (Vec::new(), Vec::new()), "{said}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_no_damage() {
    let check = |rule: Rule, expected: &str| {
        let (codes, unread) = judged(ask(drive(40, 100_000), vec![rule.on(Operation::Get)], &()));
        assert_eq!(codes, [""; 0], "{expected}");
        assert!(unread.len() == 1 && unread[0].contains(expected), "{unread:?}");
    };
    check(Fault::AnotherVersion.first(1), "it changed while it was read");
    check(Fault::AnotherVersion.always().after(1), "it changed while it was read");
    check(Fault::no_such_key().always().after(1), "it vanished while it was read");
    check(Fault::denied().always().after(1), "permission");
}

#[test]
fn what_leaves_nothing_to_judge_is_an_error() {
    let check = |bytes: Vec<u8>, fault: Fault, operation: Operation, expected: &str| {
        let error = ask(bytes, vec![fault.always().on(operation)], &()).inspected.unwrap_err();
        assert!(error.to_string().contains(expected), "{error:?}");
    };
    check(
        drive(40, 100_000),
        Fault::IgnoreRange,
        Operation::Get,
        "cannot be asked for a part of an object",
    );
    check(drive(3, 10), Fault::no_such_bucket(), Operation::Get, "data");
}

#[test]
fn what_is_no_object_may_be_a_folder() {
    let world = |key: &str, bytes: Vec<u8>| World::new("data", Keys::new().object(key, bytes));
    let nothing = ask_of(world("x", vec![1]), "s3://data/in/drive.zip", &()).inspected.unwrap();
    assert_eq!((nothing.target.kind, nothing.tree.files()), (TargetKind::S3, 0));
    let check = |key: &str, bytes: Vec<u8>, expected: TargetKind| {
        let server = FaultServer::start(world(key, bytes)).unwrap();
        let url = "s3://data/in/drive.zip".parse().unwrap();
        let inspection =
            inspect(&CloudPrefix::new(url, access(&server)), &ScanOptions::default(), &()).unwrap();
        assert_eq!(
            (inspection.target.kind, inspection.target.uri.as_str()),
            (expected, "s3://data/in/drive.zip")
        );
        assert!(
            inspection.coverage.unread.is_empty() && inspection.tree.files() > 0,
            "{:?}",
            inspection.coverage
        );
    };
    check("in/drive.zip/lidar-top/a/1.pcd", vec![1], TargetKind::S3);
    check("in/drive.zip", drive(2, 10), TargetKind::Zip);
}

#[test]
fn nothing_is_fetched_of_frames_in_a_zip_too_large_to_upload() {
    let asked = |frames| {
        let world =
            World::new("data", Keys::new().object("in/drive.zip", drive(frames, 1_100_000)));
        ask_for(Content::Headers, world, "s3://data/in/drive.zip", &())
    };
    let [small, large] = [90, 100].map(asked);
    assert!(small.gets > 20, "{} requests", small.gets);
    assert!(large.gets < 15, "{} requests", large.gets);
    let [small, large] = [small, large].map(|asked| asked.inspected.unwrap().coverage);
    assert_eq!((small.content, small.probed, small.notes.len()), ("headers", 90, 0));
    assert_eq!((large.content, large.probed, large.notes.len()), ("none", 0, 1));
}

#[test]
fn an_interruption_ends_it() {
    struct Interrupted;
    impl Progress for Interrupted {
        fn cancelled(&self) -> bool {
            true
        }
    }
    let asked = ask(drive(3, 10), vec![Fault::Silence.always().on(Operation::Get)], &Interrupted);
    let (codes, unread) = judged(asked);
    assert_eq!((codes, unread), (Vec::new(), vec!["the listing was interrupted".to_owned()]));
}

#[test]
fn a_caller_may_run_on_threads_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let frame = "in/drive.zip/lidar-top/a/1.pcd";
    for (key, bytes, files) in [(frame, vec![1], 1), ("in/drive.zip", drive(2, 10), 3)] {
        let world = World::new("data", Keys::new().object(key, bytes));
        let asked = runtime
            .block_on(async { ask_for(Content::Headers, world, "s3://data/in/drive.zip", &()) });
        let inspection = asked.inspected.unwrap();
        assert_eq!(inspection.tree.files(), files);
        assert_eq!(
            (inspection.coverage.content, inspection.coverage.probed),
            ("headers", files.min(2))
        );
    }
}
