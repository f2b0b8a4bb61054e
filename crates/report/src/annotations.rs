//! What the formats for code hosts and CI services have in common: a list of annotations, gravest
//! first, each at a place in the repository. An inspection that came to no end is an annotation,
//! too: those services know no exit code 3.

use sensortree_core::finding::settings::Severity;
use sensortree_core::finding::{Example, Finding};
use sensortree_core::platform::Effect;
use sensortree_core::report::FindingId;
use sensortree_core::report::Report;
use sensortree_core::text::{count, number};

use crate::escape::{spelled, visible};
use crate::places::Place;
use crate::run_facts::RunFacts;

/// How many places an annotation names before the rest is counted.
const NAMED: usize = 10;

/// One thing to show.
#[derive(Debug)]
pub(crate) struct Annotation<'a> {
    /// The rule's code, or what stands for one: `L103`.
    pub(crate) code: &'static str,
    /// The rule's name, or what stands for one.
    pub(crate) name: &'static str,
    /// How grave it is to the user.
    pub(crate) severity: Severity,
    /// The finding; `None` for what is wrong with the run.
    pub(crate) finding: Option<&'a Finding>,
    /// What is wrong, in one sentence, as visible text.
    pub(crate) message: String,
    /// What else there is to say.
    pub(crate) details: Vec<Line>,
    /// Where it is shown.
    pub(crate) place: Place,
    /// What it is known by in the next run; different for every annotation.
    pub(crate) fingerprint: String,
}

/// A line of what there is to say.
#[derive(Debug)]
pub(crate) struct Line(pub(crate) Vec<Span>);

/// A part of a line, as visible text.
#[derive(Debug)]
pub(crate) enum Span {
    /// The format's own words.
    Text(&'static str),
    /// A path or a name, alone.
    Name(String),
    /// A sentence, in which names stand in backticks.
    Prose(String),
}

impl Span {
    fn prose(text: &str) -> Self {
        Span::Prose(visible(text).into_owned())
    }
}

impl Line {
    /// The line as plain text.
    pub(crate) fn plain(&self) -> String {
        let part = |span: &Span| match span {
            Span::Text(text) => (*text).to_owned(),
            Span::Name(text) | Span::Prose(text) => text.clone(),
        };
        self.0.iter().map(part).collect()
    }
}

/// The code and name of what could not be read.
pub(crate) const UNREADABLE: (&str, &str) = ("H106", "unreadable");
/// The same of a target that holds nothing.
pub(crate) const NOTHING: (&str, &str) = ("nothing-to-check", "nothing-to-check");

/// All that there is to show, gravest first: what is wrong with the run before what it found.
pub(crate) fn annotations<'a>(report: &'a Report, facts: &RunFacts) -> Vec<Annotation<'a>> {
    let findings = report.findings.iter().zip(FindingId::of_report(report));
    let of_findings = findings.map(|(finding, id)| of_finding(finding, id, report, facts));
    fault_of_run(report, facts).into_iter().chain(of_findings).collect()
}

/// What makes the run itself end otherwise than with 0 or 1.
pub(crate) fn fault_of_run<'a>(report: &'a Report, facts: &RunFacts) -> Option<Annotation<'a>> {
    let annotation = |(code, name): (&'static str, &'static str),
                      path: &[u8],
                      message: String,
                      details| Annotation {
        code,
        name,
        severity: Severity::Error,
        finding: None,
        message,
        details,
        place: facts.places.of_path(path, report),
        fingerprint: format!("sensortree-{name}"),
    };
    let unread = &report.coverage.unread;
    if let Some(first) = unread.first() {
        let places = count(unread.len() as u64, "place");
        let message = format!("the inspection is incomplete: {places} could not be read");
        let lines = unread.iter().map(|unread| {
            Line(vec![
                Span::Name(path_or_target(&unread.path)),
                Span::Text(": "),
                Span::prose(&unread.reason),
            ])
        });
        let details = named(lines, unread.len() as u64);
        return Some(annotation(UNREADABLE, &first.path, message, details));
    }
    let is_mistake = report.is_of_nothing() && !facts.allow_empty;
    is_mistake.then(|| {
        annotation(
            NOTHING,
            b"",
            "the target holds no file: there was nothing to check".to_owned(),
            Vec::new(),
        )
    })
}

fn of_finding<'a>(
    finding: &'a Finding,
    id: FindingId,
    report: &'a Report,
    facts: &RunFacts,
) -> Annotation<'a> {
    let place = facts.places.of_finding(finding, report);
    let mut details = Vec::new();
    let prose =
        |before: &'static str, text: &str| Line(vec![Span::Text(before), Span::prose(text)]);
    details.extend(
        place
            .elsewhere
            .iter()
            .map(|elsewhere| Line(vec![Span::Text("at "), Span::Name(elsewhere.clone())])),
    );
    details.extend(named(
        finding.examples.iter().map(described),
        finding.count.max(finding.examples.len() as u64),
    ));
    let label = finding.location.as_ref().and_then(|location| location.label.as_deref());
    details.extend(label.map(|label| prose("here: ", label)));
    details.extend(finding.notes.iter().map(|note| prose("", note)));
    details.extend(finding.help.iter().map(|help| prose("to do: ", help)));
    details.push(Line(vec![Span::Prose(ground(finding))]));
    Annotation {
        code: finding.rule.code,
        name: finding.rule.name,
        severity: finding.severity,
        finding: Some(finding),
        message: visible(&finding.message).into_owned(),
        details,
        place,
        fingerprint: id.to_string(),
    }
}

/// The first few lines, and how many of `all` are left.
fn named(lines: impl Iterator<Item = Line>, all: u64) -> Vec<Line> {
    let mut lines: Vec<Line> = lines.take(NAMED).collect();
    let left = all.saturating_sub(lines.len() as u64);
    // Findings in a document alone name no path.
    if left > 0 && !lines.is_empty() {
        lines.push(Line(vec![Span::Prose(format!("{} more", number(left)))]));
    }
    lines
}

/// A place and what is to be said of it: `camera-c0/s/1.jpg (missing), expected …`.
pub(crate) fn described(example: &Example) -> Line {
    let mut line = vec![Span::Name(path_or_target(&example.path))];
    if !example.present {
        line.push(Span::Text(" (missing)"));
    }
    if let Some(expected) = &example.expected {
        line.extend([Span::Text(", expected "), Span::Name(spelled(expected.as_bytes()))]);
    }
    if let Some(note) = &example.note {
        line.extend([Span::Text(": "), Span::prose(note)]);
    }
    Line(line)
}

/// A path relative to the target, which itself is `.`.
fn path_or_target(path: &[u8]) -> String {
    if path.is_empty() { ".".to_owned() } else { spelled(path) }
}

/// What is predicted, and how well that is supported.
pub(crate) fn ground(finding: &Finding) -> String {
    let effect = match finding.effect {
        Effect::Reject(code) => format!("predicts {} {}", code.code(), code.message()),
        Effect::Scene => "predicts scenes at risk".to_owned(),
        Effect::Advice => return "predicts nothing; worth knowing".to_owned(),
    };
    format!("{effect} ({})", finding.basis)
}

impl Annotation<'_> {
    /// `L103 sensor-prefix-missing`.
    pub(crate) fn title(&self) -> String {
        if self.code == self.name {
            self.code.to_owned()
        } else {
            format!("{} {}", self.code, self.name)
        }
    }

    /// The message and the details, a line each, cut where they are longer than anyone would read.
    pub(crate) fn text(&self) -> String {
        const MOST: usize = 4_000;
        let mut text = self.message.clone();
        for line in &self.details {
            text.push('\n');
            text.push_str(&line.plain());
        }
        if let Some((at, _)) = text.char_indices().nth(MOST) {
            text.truncate(at);
            text.push('…');
        }
        text
    }
}
