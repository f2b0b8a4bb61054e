//! What frames in an archive hold.

use sensortree_core::finding::settings::Settings;

use super::*;
use crate::zip::frames::MOST_UNPACKED;

/// The codes that are found in whole frames, and what could not be read.
fn wholly_held(bytes: &[u8]) -> (Vec<&'static str>, Vec<String>) {
    let inspection = inspected_with(bytes, Content::Full);
    let report = sensortree_core::check(inspection, &Settings::default());
    let unread = report.coverage.unread.iter().map(|unread| lossless(&unread.path).into_owned());
    let unread = unread.collect();
    (report.findings.iter().map(|finding| finding.rule.code).collect(), unread)
}

/// A point cloud of so many points, no two of them alike.
fn points(count: u64) -> Vec<u8> {
    let header = format!(
        "VERSION 0.7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH {count}\nHEIGHT 1\n\
         VIEWPOINT 0 0 0 1 0 0 0\nPOINTS {count}\nDATA binary\n"
    );
    let point = |at: u64| {
        let angle = at as f32 / 100.0;
        [angle.sin() * 20.0, angle.cos() * 20.0, angle.fract()].map(f32::to_le_bytes).concat()
    };
    [header.into_bytes(), (0..count).flat_map(point).collect()].concat()
}

#[test]
fn whole_frames_are_held_against_their_checksums() {
    let metadata = metadata();
    // Two of one content would be said (F123).
    let (cloud, other) = (points(8_000), points(8_001));
    for method in [Method::Stored, Method::Deflated] {
        let frames: &[(&str, &[u8])] = &[
            ("drive/lidar-top/scene_1/1681532060061.pcd", &cloud),
            ("drive/lidar-top/scene_1/1681532060161.pcd", &other),
            ("drive/metadata.json", metadata.as_bytes()),
        ];
        let good = packed(frames, options().compression_method(method));
        assert_eq!(wholly_held(&good), (vec![], vec![]));
        // The second frame's checksum is another, in the list and in its own header.
        let own: Vec<usize> =
            good.windows(4).enumerate().filter(|(_, w)| w == LOCAL).map(|(at, _)| at).collect();
        let mut lying = with_entry_field(&good, 1, 16, &[1, 2, 3, 4]);
        lying[own[1] + 14..own[1] + 18].copy_from_slice(&[1, 2, 3, 4]);
        assert_eq!(wholly_held(&lying), (vec!["Z109"], vec![]), "{method:?}");
        // Headers tell nothing of it.
        assert_eq!(held(&lying), (vec![], 2));
    }
    let stored = packed(
        &[
            ("drive/lidar-top/scene_1/1681532060061.pcd", &cloud),
            ("drive/metadata.json", metadata.as_bytes()),
        ],
        options(),
    );
    // One bit of the last point.
    let mut flipped = stored;
    let name = flipped.windows(4).position(|w| w == b".pcd").unwrap();
    flipped[name + 4 + cloud.len() - 9] ^= 1;
    assert_eq!(wholly_held(&flipped).0, ["Z109"]);
}

#[test]
fn a_frame_that_would_take_too_long_is_not_looked_into_and_said_to_be_so() {
    let metadata = metadata();
    let cloud = points(MOST_UNPACKED / 12 + 1);
    let frames: &[(&str, &[u8])] = &[
        ("drive/lidar-top/scene_1/1681532060061.pcd", &cloud),
        ("drive/lidar-top/scene_1/1681532060161.pcd", &points(100)),
        ("drive/metadata.json", metadata.as_bytes()),
    ];
    let bytes = packed(frames, options().compression_method(Method::Deflated));
    let unread = vec!["lidar-top/scene_1/1681532060061.pcd".to_owned()];
    assert_eq!(wholly_held(&bytes), (vec![], unread.clone()));
    // What all is listed of is judged all the same.
    let missing: &[(&str, &[u8])] = &[frames[0], ("drive/camera-front/", b""), frames[2]];
    let bytes = packed(missing, options().compression_method(Method::Deflated));
    let (codes, still_unread) = wholly_held(&bytes);
    assert!(!codes.is_empty());
    assert_eq!(still_unread, unread);
}

/// The codes that are found in frames, and how many were looked into.
fn held(bytes: &[u8]) -> (Vec<&'static str>, u64) {
    let inspection = inspected_with(bytes, Content::Headers);
    let report = sensortree_core::check(inspection, &Settings::default());
    (report.findings.iter().map(|finding| finding.rule.code).collect(), report.coverage.probed)
}

#[test]
fn frames_are_looked_into_however_they_are_packed() {
    let metadata = fitting_metadata(&["top".to_owned()], &["front".to_owned()]);
    let cloud = |words: &str| drawn(b"1681532060061.pcd", 100_000, words);
    let image = |words: &str| drawn(b"1681532060061.jpg", 300_000, words);
    let drive = |cloud: &[u8], image: &[u8], options| {
        let files: &[(&str, &[u8])] = &[
            ("drive/lidar-top/scene_1/1681532060061.pcd", cloud),
            ("drive/camera-front/scene_1/1681532060061.jpg", image),
            ("drive/metadata.json", metadata.as_bytes()),
        ];
        packed(files, options)
    };
    for options in
        [options(), options().compression_method(Method::Deflated), options().large_file(true)]
    {
        assert_eq!(held(&drive(&cloud(""), &image(""), options)), (vec![], 2));
        assert_eq!(held(&drive(&cloud("cut"), &image("cut"), options)), (vec!["F103", "F107"], 2));
        assert_eq!(
            held(&drive(&cloud("zeros"), &image("640x480"), options)),
            (vec!["F110", "C104"], 2)
        );
    }
    // What cannot be unpacked is damaged, and not said to be cut off.
    let deflated = drive(&cloud(""), &image(""), options().compression_method(Method::Deflated));
    let data = deflated.windows(4).position(|w| w == b".jpg").unwrap() + 4;
    let mut damaged = deflated.clone();
    damaged[data..data + 40].fill(0xFF);
    assert_eq!(held(&damaged), (vec!["Z109"], 1));
    // Encrypted data say nothing, and every frame so.
    let encrypted = with_field(&with_field(&deflated, CENTRAL, 8, &[1, 0]), LOCAL, 6, &[1, 0]);
    assert_eq!(held(&encrypted).1, 0);
}

/// A frame as a sketch draws it.
fn drawn(name: &[u8], size: u64, words: &str) -> Vec<u8> {
    let held = (!words.is_empty()).then(|| Held::parse(words).unwrap());
    let content = DrawnContent::of(name, size, held.as_ref());
    let mut bytes = content.head;
    bytes.resize(usize::try_from(size).unwrap() - content.tail.len(), 0);
    [bytes, content.tail].concat()
}
