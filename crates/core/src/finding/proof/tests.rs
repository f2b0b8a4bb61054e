use crate::finding::settings::Settings;
use crate::report::verdict::Outcome;
use crate::sketch::Sketch;
use crate::tree::{Entry, TreeBuilder};

/// Sensors whose frames bear hashes as names: more than are kept by name.
#[test]
fn names_that_are_not_kept_are_compared_all_the_same() {
    let sketch = Sketch::parse(
        "lidar-top/\n  a/\n    1000.pcd\ncamera-front/\n  a/\n    1000.jpg\nmetadata.json\n",
    )
    .unwrap();
    let hash = |k: u64| format!("{:016x}{k:08x}", k.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let outcome = |lost: Option<u64>| {
        let mut builder = TreeBuilder::new();
        for k in 0..20_000 {
            let names = [("lidar-top", "pcd"), ("camera-front", "jpg")];
            for (sensor, suffix) in names {
                if sensor == "camera-front" && lost == Some(k) {
                    continue;
                }
                let path = format!("{sensor}/a/{}.{suffix}", hash(k));
                builder.add(&Entry::file(path.as_bytes(), 9));
            }
        }
        builder.add(&Entry::file(b"metadata.json", 9));
        let inspection = crate::Inspection { tree: builder.finish(), ..sketch.inspection() };
        // That they are no times is another matter.
        let ignore = vec!["L117".parse().unwrap()];
        let report = crate::check(inspection, &Settings { ignore, ..Settings::default() });
        report.verdict.outcome
    };
    assert_eq!(outcome(None), Outcome::Accepted);
    assert_eq!(outcome(Some(12_345)), Outcome::ScenesAtRisk);
}
