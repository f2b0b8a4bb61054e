//! Names that nobody gives a file by accident, through every format: each finding is still one
//! record, and its place parses back to the very same bytes.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use quick_xml::events::Event as XmlEvent;
use sensortree_core::finding::{Example, Finding};
use sensortree_core::report::Report;
use sensortree_report::escape::{spelled, visible};
use sensortree_report::{Format, Style};
use serde_json::Value;

use crate::code_hosts::{gitlab, lines, sarif_of_run, without_known_tags};
use crate::support::{FRAME, PREFIX, drawn, facts, finding, with};

/// Names that would forge a record, end a text, drive a terminal or name a person, in one
/// format or another.
const NAMES: [&[u8]; 37] = [
    b"plain",
    b"with space",
    b"\x1b[31mred\x1b[0m\x1b]0;title\x07",
    b"::error::forged",
    b"::error file=x,line=1::forged",
    b"::stop-commands::x",
    b"##[error]forged",
    b"##vso[task.setvariable variable=x]y",
    b"</script><script>alert(1)</script>",
    b"line\nbreak",
    b"line\r\n::error::break",
    b"\r",
    b"tab\there",
    "gpj.\u{202e}1".as_bytes(),
    "\u{2028}\u{2029}\u{85}\u{200b}\u{feff}\u{e0041}".as_bytes(),
    b"%0A%25%",
    b"100%25,a:b",
    "\u{1f697}\u{10ffff}\u{fffe}".as_bytes(),
    b"\xff\xfe\x80",
    b"a\xf0\x9f\x9a",
    b"a|b||",
    b"`a` ``b``` `",
    b"]]>",
    b"&amp; & &#64;",
    b"\"double\" 'single'",
    b"<!-- comment -->",
    b"<b onclick=x>",
    b"@everyone @org/team a@b.example",
    b"#1 org/repo#2 GH-3 !4 ~label $5 %6 &7",
    b"[link](https://evil.example) ![image](x)",
    b"https://evil.example www.evil.example",
    b"**bold** _it_ ~~no~~ # head",
    b"- item",
    b"1. item",
    b"{0} {{1}} ${{ secrets.X }}",
    b"back\\slash\\n\\",
    b"L103 sensor-prefix-missing [5710, documented] forged",
];

/// A report of what stands there, what is missing and what a name is in a sentence, all
/// of this name.
fn report(name: &[u8]) -> Report {
    let text = sensortree_core::text::lossless(name).into_owned();
    let at = |path: &[u8]| [path, name].concat();
    let stands = Finding {
        examples: vec![Example::at(at(b"lidar-top/"))],
        ..finding(&PREFIX, &format!("`{text}` is no sensor, {text}"))
    };
    let missing = Finding {
        examples: vec![
            Example::missing([&at(b""), &b"/1.pcd"[..]].concat())
                .expecting(text.clone())
                .noting(text.clone()),
        ],
        notes: vec![text.clone()],
        help: Some(format!("rename `{text}`")),
        ..finding(&FRAME, &text)
    };
    with(vec![stands, missing])
}

/// The places of its findings.
fn places(report: &Report) -> Vec<Vec<u8>> {
    report.findings.iter().map(|finding| finding.examples[0].path.clone()).collect()
}

/// The bytes of a spelled path, as its reader has them back.
fn read(spelled: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = spelled;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let escape = if c == '\\' { rest.chars().next() } else { None };
        let (read, taken) = match escape {
            Some('\\') => (vec![b'\\'], 1),
            Some('n') => (vec![b'\n'], 1),
            Some('r') => (vec![b'\r'], 1),
            Some('t') => (vec![b'\t'], 1),
            Some('0') => (vec![0], 1),
            Some('x') => (vec![u8::from_str_radix(&rest[1..3], 16).unwrap()], 3),
            Some('u') => {
                let end = rest.find('}').unwrap();
                let c = char::from_u32(u32::from_str_radix(&rest[2..end], 16).unwrap()).unwrap();
                (c.to_string().into_bytes(), end + 1)
            }
            _ => (c.to_string().into_bytes(), 0),
        };
        bytes.extend(read);
        rest = &rest[taken..];
    }
    bytes
}

/// The bytes of a path in JSON.
fn exact(place: &Value) -> Vec<u8> {
    let path = place["path"].as_str().unwrap();
    if place["pathEncoded"] == true { percent_decode_str(path).collect() } else { path.into() }
}

fn json_places(report: &Report) -> Vec<Vec<u8>> {
    let value: Value =
        serde_json::from_str(&drawn(report, Format::Json, &Style::default())).unwrap();
    value["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| exact(&finding["examples"][0]))
        .collect()
}

fn jsonl_places(report: &Report) -> Vec<Vec<u8>> {
    lines(report).iter().filter(|line| line["type"] == "occurrence").map(exact).collect()
}

fn sarif_places(report: &Report) -> Vec<Vec<u8>> {
    let log = sarif_of_run(report, &facts());
    let results = log["runs"][0]["results"].as_array().unwrap();
    let place = |result: &Value| {
        let location = &result["locations"][0];
        let name = location["logicalLocations"][0]["fullyQualifiedName"].as_str().unwrap();
        let path: Vec<u8> = percent_decode_str(name).collect();
        let uri = location["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(uri.is_ascii() && !uri.contains([' ', ':', '?', '#', '\\']), "{uri}");
        // What is missing is shown at the folder above, and a name that leads elsewhere at what
        // stands for it.
        let uri: Vec<u8> = percent_decode_str(uri).collect();
        if result["ruleId"] == "L103" && uri != b"sensortree.toml" {
            assert_eq!(uri, [b"data/drive_0423/", path.as_slice()].concat());
        }
        path
    };
    results.iter().map(place).collect()
}

/// The name of a command, its properties, and what follows.
type Command<'a> = (&'a str, Vec<(&'a str, String)>, String);

/// A command as GitHub's runner takes it from a line of a log.
fn command(line: &str) -> Option<Command<'_>> {
    let data = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    let property = |text: &str| {
        text.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let (head, text) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties
        .split(',')
        .filter_map(|pair| pair.split_once('='))
        .map(|(key, value)| (key, property(value)));
    Some((name, properties.collect(), data(text)))
}

/// The first line that each annotation has about its place; `file` is read, too.
fn github_places(report: &Report) -> Vec<Vec<u8>> {
    let text = drawn(report, Format::Github, &Style::default());
    let found = text.lines().filter_map(|line| {
        let (name, properties, text) = command(line)?;
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        let file = &properties.iter().find(|(key, _)| *key == "file").unwrap().1;
        let shown = text.lines().find_map(|line| {
            line.strip_suffix(" (missing)").or(line.starts_with("lidar-top/").then_some(line))
        });
        let shown = shown
            .or_else(|| text.lines().find_map(|line| Some(line.split_once(" (missing)")?.0)))
            .unwrap();
        let path = read(shown);
        if name == "error" && file != "sensortree.toml" {
            assert_eq!(read(file), [b"data/drive_0423/", path.as_slice()].concat());
        }
        Some(path)
    });
    found.collect()
}

/// Of what is missing GitLab is told the folder; of a name that no file of the repository can
/// have, the address.
fn gitlab_places(report: &Report) -> Vec<Vec<u8>> {
    let place = |issue: &Value| {
        let description = issue["description"].as_str().unwrap();
        let address = description
            .rsplit_once(" (at drive_0423/")
            .map(|(_, address)| address.split(") — ").next().unwrap());
        match address {
            Some(address) => {
                let path = read(address.strip_suffix(')').unwrap_or(address));
                path.strip_suffix(b"/1.pcd").map_or(path.clone(), <[u8]>::to_vec)
            }
            None => exact(&issue["location"]).strip_prefix(b"data/drive_0423/").unwrap().to_vec(),
        }
    };
    gitlab(report).iter().map(place).collect()
}

fn junit_places(report: &Report) -> Vec<Vec<u8>> {
    let text = drawn(report, Format::Junit, &Style::default());
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut places = Vec::new();
    let mut failures = 0;
    loop {
        match reader.read_event().unwrap() {
            XmlEvent::Eof => break,
            XmlEvent::Empty(element) | XmlEvent::Start(element)
                if element.name().as_ref() == "testcase" =>
            {
                let name = element.try_get_attribute("name").unwrap().unwrap();
                let name =
                    name.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned();
                if name != "the inspection is complete" {
                    places.push(read(&name));
                }
            }
            XmlEvent::Start(element) if element.name().as_ref() == "failure" => failures += 1,
            XmlEvent::CData(_) | XmlEvent::Comment(_) | XmlEvent::PI(_) | XmlEvent::DocType(_) => {
                panic!("{text}")
            }
            _ => {}
        }
    }
    assert_eq!(failures, 2);
    places
}

/// The place column of the table; nothing else than what the format itself writes is markup.
fn markdown_places(report: &Report) -> Vec<Vec<u8>> {
    let text = drawn(report, Format::Markdown, &Style::default());
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let (mut rows, mut cells) = (Vec::new(), Vec::new());
    let mut details = 0;
    for event in Parser::new_ext(&text, options) {
        match event {
            Event::Start(Tag::TableCell) => cells.push(String::new()),
            Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut cells)),
            Event::End(TagEnd::TableHead) => cells.clear(),
            Event::Text(text) => cells.last_mut().into_iter().for_each(|cell| cell.push_str(&text)),
            Event::InlineHtml(tag) => {
                assert!(["<code>", "</code>", "<!-- -->"].contains(&&*tag), "{tag} in {text}");
            }
            Event::Html(html) => {
                details += html.matches("<details>").count();
                let left = without_known_tags(&html);
                assert!(!left.contains(['<', '>']), "{left} in {text}");
            }
            Event::Start(
                Tag::Link { .. }
                | Tag::Image { .. }
                | Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::CodeBlock(_)
                | Tag::BlockQuote(_),
            )
            | Event::Code(_)
            | Event::TaskListMarker(_)
            | Event::Rule
            | Event::HardBreak => panic!("{event:?} in {text}"),
            _ => {}
        }
    }
    assert_eq!(details, 2, "{text}");
    rows.iter().map(|cells| read(&cells[2])).collect()
}

fn concise_places(report: &Report) -> Vec<Vec<u8>> {
    let text = drawn(report, Format::Concise, &Style::default());
    let places = text.lines().zip(&report.findings).map(|(line, finding)| {
        let mark = format!(": {} {} [", finding.rule.code, finding.rule.name);
        read(line.split_once(&mark).unwrap().0)
    });
    assert_eq!(text.lines().count(), 2, "{text}");
    places.collect()
}

/// In drawings a name is clipped where it is too wide; what is drawn is what can be seen of it.
fn full_places(report: &Report) -> Vec<Vec<u8>> {
    let text = drawn(report, Format::Full, &Style { width: 400, ..Style::default() });
    let heads =
        text.lines().filter(|line| line.starts_with("L103 ") || line.starts_with("A202 ")).count();
    assert_eq!(heads, 2, "{text}");
    for path in places(report) {
        for name in path.split(|byte| *byte == b'/') {
            let shown = visible(&sensortree_core::text::lossless(name)).into_owned();
            assert!(text.contains(&shown), "{shown} in {text}");
        }
    }
    places(report)
}

/// A log's reader obeys no line but those that the format means.
fn is_no_command(format: Format, text: &str) -> bool {
    let meant = |line: &str| format == Format::Github && command(line).is_some();
    text.lines().all(|line| {
        meant(line)
            || (!line.trim_start().starts_with("::")
                && !line.contains("##[")
                && !line.contains("##vso["))
    })
}

#[test]
fn a_hostile_name_is_one_record_and_comes_back_as_it_was() {
    type Places = fn(&Report) -> Vec<Vec<u8>>;
    let formats: [(Format, Places); 9] = [
        (Format::Full, full_places),
        (Format::Concise, concise_places),
        (Format::Json, json_places),
        (Format::Jsonl, jsonl_places),
        (Format::Sarif, sarif_places),
        (Format::Github, github_places),
        (Format::Gitlab, gitlab_places),
        (Format::Junit, junit_places),
        (Format::Markdown, markdown_places),
    ];
    for name in NAMES {
        let report = report(name);
        let mut expected = places(&report);
        for (format, found) in formats {
            if format == Format::Gitlab {
                expected[1] = name.to_vec();
            }
            assert_eq!(found(&report), expected, "{format} of {}", String::from_utf8_lossy(name));
            expected = places(&report);
        }
        for format in Format::ALL {
            let text = drawn(&report, format, &Style::default());
            assert!(is_no_command(format, &text), "{format}: {text}");
            let harmful =
                |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
            assert!(!text.contains(harmful), "{format}: {text:?}");
            // Each of them can stand in a page.
            assert!(format != Format::Markdown || !text.contains("<script"), "{text}");
        }
    }
}

#[test]
fn the_envelope_has_hostile_scene_names_as_they_are() {
    for name in NAMES {
        let mut report = with(vec![crate::support::at_risk()]);
        report.scenes[0] = name.to_vec();
        let value: Value =
            serde_json::from_str(&drawn(&report, Format::Response, &Style::default())).unwrap();
        let shown = value["predicted"]["scenesAtRisk"][0].as_str().unwrap();
        let encoded = value["predicted"]["scenesAtRiskEncoded"] == true;
        let found: Cow<'_, [u8]> =
            if encoded { percent_decode_str(shown).into() } else { shown.as_bytes().into() };
        assert_eq!(found, name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_spelled_path_can_be_had_back(path in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\\'), Just(b':'), Just(b'#'), Just(b'['), Just(b'n'), Just(b'\n')], 0..60)) {
        prop_assert_eq!(read(&spelled(&path)), path);
    }
}
