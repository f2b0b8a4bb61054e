//! `junit`: test results. Each finding is a test case, named so that CI services know it again in
//! the next run; one more case says whether the inspection came to its end, so that a clean run has
//! a case that passed.
//!
//! What the exit code counts as a failure is one; other findings are skipped cases, whose message
//! is shown all the same. The XML keeps to what the stricter of the known schemas asks for, and is
//! written as it is made.

use std::collections::HashMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sensortree_core::report::Report;

use crate::annotations::{Annotation, annotations, fault_of_run};
use crate::error::RenderError;
use crate::run_facts::{Check, RunFacts};
use crate::style::Style;
use crate::summary::verdict_line;

/// What becomes of a test case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Broken,
    Skipped,
}

struct Case<'a> {
    class: String,
    name: String,
    outcome: Outcome,
    annotation: Option<Annotation<'a>>,
}

/// Writes the test results, a suite for each report.
pub(crate) fn render(checks: &[Check<'_>], out: &mut dyn io::Write) -> Result<(), RenderError> {
    let mut xml = Writer::new_with_indent(out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("testsuites").write_inner_content(|xml| {
        checks.iter().enumerate().try_for_each(|(id, check)| write_suite(id, check, xml))
    })?;
    Ok(xml.get_mut().write_all(b"\n")?)
}

fn write_suite(
    id: usize,
    check: &Check<'_>,
    xml: &mut Writer<&mut dyn io::Write>,
) -> io::Result<()> {
    let Check { report, timing, facts } = check;
    let cases = cases(report, facts);
    let count =
        |outcome: Outcome| cases.iter().filter(|case| case.outcome == outcome).count().to_string();
    let time = format!("{:.3}", timing.list_seconds + timing.check_seconds);
    let attributes = [
        ("name", "sensortree"),
        ("package", "sensortree"),
        ("id", &id.to_string()),
        ("hostname", "localhost"),
        ("timestamp", &facts.date.replace(' ', "T")),
        ("tests", &cases.len().to_string()),
        ("failures", &count(Outcome::Failed)),
        ("errors", &count(Outcome::Broken)),
        ("skipped", &count(Outcome::Skipped)),
        ("time", &time),
    ];
    let answer = verdict_line(report, &Style::default());
    let properties = [
        ("version", facts.tool_version.clone()),
        ("target", crate::escape::visible(&report.target.uri).into_owned()),
        ("endpoint", report.endpoint.as_str().to_owned()),
    ];
    let suite = xml.create_element("testsuite").with_attributes(attributes);
    suite.write_inner_content(|xml| {
        xml.create_element("properties").write_inner_content(|xml| {
            for (name, value) in &properties {
                let property = xml.create_element("property");
                property.with_attributes([("name", *name), ("value", value)]).write_empty()?;
            }
            Ok(())
        })?;
        for case in &cases {
            write_case(case, xml)?;
        }
        xml.create_element("system-out").write_text_content(BytesText::new(&answer))?;
        xml.create_element("system-err").write_empty()?;
        Ok(())
    })?;
    Ok(())
}

fn cases<'a>(report: &'a Report, facts: &RunFacts) -> Vec<Case<'a>> {
    let fault = fault_of_run(report, facts);
    let outcome = if fault.is_some() { Outcome::Broken } else { Outcome::Passed };
    let inspection = Case {
        class: "sensortree".to_owned(),
        name: "the inspection is complete".to_owned(),
        outcome,
        annotation: fault,
    };
    let mut names: HashMap<String, u32> = HashMap::new();
    let of_findings = annotations(report, facts)
        .into_iter()
        .filter(|annotation| annotation.finding.is_some())
        .map(|annotation| {
            let fails = facts.fail_on.includes(annotation.severity);
            let class = format!("sensortree.{}", annotation.title().replace(' ', "-"));
            let mut name = annotation.finding.map(crate::concise::place).unwrap_or_default();
            // Services take two cases of one name for one that ran twice.
            let alike = names.entry(format!("{class} {name}")).or_default();
            *alike += 1;
            if *alike > 1 {
                name.push_str(&format!(" ({alike})"));
            }
            Case {
                class,
                name,
                outcome: if fails { Outcome::Failed } else { Outcome::Skipped },
                annotation: Some(annotation),
            }
        });
    std::iter::once(inspection).chain(of_findings).collect()
}

fn write_case(case: &Case<'_>, xml: &mut Writer<&mut dyn io::Write>) -> io::Result<()> {
    let attributes = [("name", case.name.as_str()), ("classname", &case.class), ("time", "0")];
    let element = xml.create_element("testcase").with_attributes(attributes);
    let (kind, annotation) = match (case.outcome, &case.annotation) {
        (Outcome::Failed, Some(annotation)) => ("failure", annotation),
        (Outcome::Broken, Some(annotation)) => ("error", annotation),
        (Outcome::Skipped, Some(annotation)) => ("skipped", annotation),
        _ => return element.write_empty().map(drop),
    };
    element
        .write_inner_content(|xml| {
            let attributes =
                [("type", annotation.severity.as_str()), ("message", annotation.message.as_str())];
            let text = annotation.text();
            xml.create_element(kind)
                .with_attributes(attributes)
                .write_text_content(BytesText::new(&text))
                .map(drop)
        })
        .map(drop)
}
