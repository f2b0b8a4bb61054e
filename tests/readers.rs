//! Reports read by programs that are not ours: validators of the public schemas, and what
//! CI pipelines have.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod place;

use std::fs;
use std::path::Path;

use place::Place;

const SKETCH: &str = "
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
metadata.json
";
/// What would end or forge something in XML or JSON, as names of files beside it.
#[cfg(unix)]
const NAMES: [&str; 4] =
    ["]]><x>&amp;.txt", "::error::\u{1b}[31m.txt", "line\nbreak\u{202e}.txt", "\u{1f697}\"'`|.txt"];
#[cfg(not(unix))]
const NAMES: [&str; 2] = ["]]&amp;.txt", "\u{1f697}'`.txt"];

/// A folder with the reports of a clean run, of one with findings of hostile names, and of one with
/// nothing to check.
fn reports() -> Place {
    let place = Place::with(SKETCH);
    let report = |run: &str| {
        let formats = format!("--format junit={run}.xml --format sarif={run}.sarif");
        place.command(&format!("check drive --isolated {formats}")).output().unwrap();
    };
    report("clean");
    for name in NAMES {
        fs::write(place.path("drive").join(name), "x").unwrap();
    }
    report("findings");
    fs::remove_dir_all(place.path("drive")).unwrap();
    fs::create_dir(place.path("drive")).unwrap();
    report("empty");
    place
}

#[test]
fn junit_is_valid_for_the_schemas_of_jenkins_and_ant() {
    let Some(readers) = sensortree_stores::readers() else { return };
    let place = reports();
    let script = "import sys, xmlschema; xmlschema.XMLSchema(sys.argv[1]).validate(sys.argv[2])";
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/report/tests/schemas");
    for schema in ["junit-10.xsd", "junit-ant.xsd"] {
        for run in ["clean", "findings", "empty"] {
            let read =
                readers.run(script, &[&schemas.join(schema), &place.path(&format!("{run}.xml"))]);
            assert_eq!(read.as_deref(), Ok(""), "{run} and {schema}");
        }
    }
    place.write("wrong.xml", "<testsuites><testsuite/></testsuites>");
    assert!(
        readers.run(script, &[&schemas.join("junit-10.xsd"), &place.path("wrong.xml")]).is_err(),
        "a test that cannot fail"
    );
}

#[test]
fn junitparser_counts_the_cases() {
    let Some(readers) = sensortree_stores::readers() else { return };
    let place = reports();
    let script = "import sys; from junitparser import JUnitXml\n\
                  for suite in JUnitXml.fromfile(sys.argv[1]):\n  \
                    results = [type(result).__name__ for case in suite for result in case.result]\n  \
                    print(len(list(suite)), results.count('Failure'), results.count('Error'), results.count('Skipped'))";
    for (run, counts) in [("clean", "1 0 0 0"), ("findings", "3 1 0 1"), ("empty", "1 0 1 0")] {
        let read = readers.run(script, &[&place.path(&format!("{run}.xml"))]);
        assert_eq!(read.as_deref().map(str::trim), Ok(counts), "{run}");
    }
}

#[test]
fn sarif_tools_counts_the_results() {
    let Some(readers) = sensortree_stores::readers() else { return };
    let place = reports();
    let script = "import sys; from sarif import loader\n\
                  file = loader.load_sarif_file(sys.argv[1])\n\
                  print(file.get_distinct_tool_names(), [(r['Severity'], r['Code']) for r in file.get_records()])";
    for (run, results) in [
        ("clean", "[]"),
        ("findings", "[('error', 'L105'), ('note', 'L121')]"),
        ("empty", "[('error', 'nothing-to-check')]"),
    ] {
        let read = readers.run(script, &[&place.path(&format!("{run}.sarif"))]);
        assert_eq!(
            read.as_deref().map(str::trim),
            Ok(format!("['sensortree'] {results}").as_str()),
            "{run}"
        );
    }
}
