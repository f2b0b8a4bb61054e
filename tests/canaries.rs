//! A secret is never printed: through every field of a request, its text whole and broken, in every
//! format and error, and in a target on the command line.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "other tests write files, too")]
mod place;

use std::io::Write as _;
use std::process::Stdio;

use place::Place;
use sensortree_core::document::request::{Request, without_secrets};
use sensortree_core::finding::settings::Settings;
use sensortree_core::{Inspection, check_request};
use sensortree_report::{Format, RunFacts, Style, Timing, render};

/// No part of either is in any word that the program says.
const CANARIES: [&str; 2] = ["Q7zXv9KpW2", "jR5tB8yNc4"];

/// The least that gives something away: four characters in a row.
fn leak(said: &str) -> Option<&'static str> {
    CANARIES
        .into_iter()
        .flat_map(|canary| (0..canary.len() - 3).map(|at| &canary[at..at + 4]))
        .find(|part| said.contains(part))
}

fn bodies() -> Vec<String> {
    let [id, key] = CANARIES;
    let body = |url: &str| {
        format!(
            r#"{{"name": "my drive", "resourceUrl": "{url}", "fileTreeType": "0", "dataType": 3, "projectId": 26, "externalStorage": {{"accessKey": "{id}", "secreteKey": "{key}", "endpoint": "https://store.example", "vendorType": "OSS"}}}}"#
        )
    };
    let mut bodies = vec![body("gs://acme/0423/")];
    bodies.extend(addresses().iter().map(|url| body(url)));
    bodies.push(format!("{{\n  \"name\": 'x\",\n  \"accessKey\": \"{id}\"\n}}"));
    bodies.push(format!(
        "{{\"name\": [my drive\", \"accessKey\": \"{id}\", \"secreteKey\": \"{key}\"}}"
    ));
    bodies.push(format!("{{{id}key: \"x\", key{key}: 3}}"));
    bodies.push(format!("{{\"vendorType\": \"{id}{key}\", \"dataType\": \"{id}{key}\"}}"));
    bodies
}

fn addresses() -> Vec<String> {
    let key = CANARIES[1];
    [
        "//user:{}@host/a/",
        "http:/user:{}@host/a/",
        "http:user:{}@host/a/",
        "http:\\\\\\\\user:{}@host/a/",
        "https://user:{}@host/a/",
        "https://{}@host/a/",
        "https://user:12/{}@host/a/",
        "s3://user:ab/{}@bucket/a/",
        "s3://user%3A{}%40bucket/a/",
        "gs://bucket/a?sig%3D{}",
        "gs://bucket/a?sig%253D{}",
        "gs://bucket/a?{}",
        "gs://bucket/a%3F{}",
        "gs://bucket/a?x={}",
        "gs://bucket/a?x=ab/{}",
        "gs://bucket/a?{}=x",
        "gs://bucket/a;sig={}",
        "gs://bucket/a;{}",
        "gs://bucket/a&sig={}",
        "gs://bucket/a#{}",
        "gs://bucket/sig={}/",
        "AccountKey={};",
        "AccountName=x;AccountKey=ab/{};EndpointSuffix=y",
        "DefaultEndpointsProtocol=https;AccountKey={}",
    ]
    .iter()
    .map(|form| form.replace("{}", key))
    .collect()
}

/// Numbers that are the same in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// The text with one to three characters deleted, doubled, swapped, or one quote or
/// bracket made another.
fn mutated(text: &str, numbers: &mut Seeded) -> String {
    const MARKS: &[char] = &['"', '\'', '[', ']', '{', '}', ',', ':', '\\', '\n', '`', ' '];
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..=numbers.below(3) {
        let marks: Vec<usize> =
            (0..characters.len()).filter(|at| MARKS.contains(&characters[*at])).collect();
        let Some(at) = marks.get(numbers.below(marks.len().max(1))).copied() else { break };
        let mark = MARKS[numbers.below(MARKS.len())];
        match numbers.below(5) {
            0 => drop(characters.remove(at)),
            1 => characters.insert(at, mark),
            2 => characters.truncate(at),
            3 if at > 0 => characters.swap(at, at - 1),
            _ => characters[at] = mark,
        }
    }
    characters.into_iter().collect()
}

/// How many requests are mutated; `cargo xtask soak` asks for more.
fn rounds() -> usize {
    let asked = std::env::var("SENSORTREE_SOAK_REQUESTS").ok();
    asked.map_or(20_000, |number| number.parse().unwrap())
}

/// The report of one in so many is drawn, too, which takes long. It is drawn from the text that is
/// looked through for all.
const DRAWN: usize = 20;

/// The seed of all that is random here.
fn seed() -> u64 {
    let asked = std::env::var("SENSORTREE_SOAK_SEED").ok();
    let asked: u64 = asked.map_or(0, |number| number.parse().unwrap());
    0x5EED_CAFE_F00D_0001 ^ asked.rotate_left(32)
}

#[test]
fn no_mutation_of_a_request_shows_a_secret() {
    let mut numbers = Seeded(seed());
    let bodies = bodies();
    let (facts, settings) = (RunFacts::default(), Settings::default());
    for round in 0..rounds() {
        let body = mutated(&bodies[round % bodies.len()], &mut numbers);
        let request = Request::parse("body.json", body.as_bytes());
        let mut shown = request.document.text().to_vec();
        if round.is_multiple_of(DRAWN) {
            let inspection = Inspection::of_no_tree(request.name());
            let report = check_request(&request, inspection, &settings);
            let format = Format::ALL[round / DRAWN % Format::ALL.len()];
            let (style, timing) = (Style::default(), Timing::default());
            render(&report, format, &style, &timing, &facts, &mut shown).unwrap();
        }
        let shown = String::from_utf8_lossy(&shown);
        assert_eq!(leak(&shown), None, "{body}\n{shown}");
    }
}

#[test]
fn no_format_prints_a_secret() {
    let place = Place::with("metadata.json\n");
    let mut numbers = Seeded(0x5EED_CAFE_F00D_0002);
    let formats = [
        "full", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown",
        "response",
    ];
    let check = |body: &str, words: &str| {
        let mut command = place.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        running.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
        let run = running.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
        assert_eq!(leak(&said), None, "{words} < {body}\n{said}");
        assert!(run.status.code().is_some_and(|exit| exit <= 4), "{body}\n{said}");
    };
    for body in bodies() {
        for format in formats {
            check(&body, &format!("check --isolated --request - --no-list -v --format {format}"));
        }
    }
    let bodies = bodies();
    for round in 0..200 {
        let body = mutated(&bodies[round % bodies.len()], &mut numbers);
        let format = formats[round % formats.len()];
        check(&body, &format!("check --isolated --request - --no-list --format {format}"));
    }
}

#[test]
fn no_target_prints_a_secret() {
    let place = Place::with("metadata.json\n");
    for address in addresses() {
        assert_eq!(
            leak(&without_secrets(&address)),
            None,
            "{address}: {}",
            without_secrets(&address)
        );
        // The last three are no command lines: what is wrong with them repeats the address.
        for flags in [
            "check --isolated",
            "check --isolated --format json",
            "config --isolated",
            "",
            "check --jobs",
            "explain 5710 --color",
        ] {
            let run = place.command(flags).arg(&address).stdin(Stdio::null()).output().unwrap();
            let said = String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned();
            // A well-formed prefix is asked for, and may be named by what is said of the store.
            assert_eq!(leak(&said), None, "{address}: {said}");
        }
    }
    // What is none stays as it is.
    for plain in [
        "drives/0423",
        "gs://bucket/date=2026-11-23/",
        "C:\\data",
        "/data/a b/c",
        "https://host:9000/a/",
    ] {
        assert_eq!(without_secrets(plain), plain);
    }
}
