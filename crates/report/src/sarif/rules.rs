//! The rules as SARIF has them, from their own pages.

use sensortree_core::finding::Rule;
use sensortree_core::finding::settings::Severity;
use sensortree_core::platform::{Basis, Effect};
use sensortree_core::rules::{self, FAMILIES};

use super::level;
use super::log::{Configuration, Descriptor, DescriptorProperties, Help, Message};
use crate::annotations::{NOTHING, UNREADABLE};
use crate::run_facts::RunFacts;

/// What a notification is called that says how much is left out.
pub(super) const LEFT_OUT: &str = "results-left-out";
/// What a notification is called that says of a setting that it had no effect.
pub(super) const IDLE_SETTING: &str = "idle-setting";
/// How many characters a description may have.
const DESCRIPTION: usize = 1_024;

/// Every rule, and what stands for one in an inspection that came to no end.
pub(super) fn descriptors(facts: &RunFacts) -> Vec<Descriptor> {
    let of_run = [
        (
            UNREADABLE,
            "A part of the target could not be read, so that the inspection is incomplete.",
        ),
        (NOTHING, "The target holds no file, so that there was nothing to check."),
    ];
    let of_run = of_run.into_iter().map(|((id, name), what)| of_fault(id, name, what));
    rules::ALL.iter().map(|rule| of_rule(rule, facts)).chain(of_run).collect()
}

fn of_rule(rule: &Rule, facts: &RunFacts) -> Descriptor {
    let page = rule.page();
    let severity = match rule.effect {
        Effect::Reject(_) => Severity::Error,
        Effect::Scene => Severity::Warning,
        Effect::Advice => Severity::Advice,
    };
    let (_, family) =
        FAMILIES.iter().find(|(letter, _)| *letter == rule.family()).unwrap_or(&("", "rules"));
    Descriptor {
        id: rule.code,
        name: rule.name.to_owned(),
        short_description: described(&rule.summary()),
        full_description: described(&paragraphs(&page)),
        help: Help { text: page.clone(), markdown: page },
        help_uri: facts.page_of(rule),
        default_configuration: Configuration { enabled: rule.default_on, level: level(severity) },
        properties: DescriptorProperties {
            tags: vec![family, rule.basis.as_str()],
            precision: match rule.basis {
                Basis::Documented => "very-high",
                Basis::Implied => "high",
                Basis::Advice => "medium",
            },
            problem_severity: match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Advice => "recommendation",
            },
            effect: Some(rule.effect.as_str()),
            basis: Some(rule.basis.as_str()),
        },
    }
}

/// A fault of the run, which no rule finds.
fn of_fault(id: &'static str, name: &'static str, what: &str) -> Descriptor {
    Descriptor {
        id,
        name: name.to_owned(),
        short_description: described(what),
        full_description: described(what),
        help: Help { text: what.to_owned(), markdown: what.to_owned() },
        help_uri: None,
        default_configuration: Configuration { enabled: true, level: "error" },
        properties: DescriptorProperties {
            tags: vec!["inspection"],
            precision: "very-high",
            problem_severity: "error",
            effect: None,
            basis: None,
        },
    }
}

/// What a page says before its examples.
fn paragraphs(page: &str) -> String {
    page.split("```").next().unwrap_or_default().trim().to_owned()
}

fn described(text: &str) -> Message {
    let mut text = text.to_owned();
    if let Some((at, _)) = text.char_indices().nth(DESCRIPTION - 1) {
        text.truncate(at);
        text.push('…');
    }
    Message::new(&text)
}
