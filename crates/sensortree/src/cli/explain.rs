//! Pages about rules, response codes and how sensors are aligned, in the terminal.

use std::collections::BTreeSet;

use anstyle::Style;
use miette::Diagnostic;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use sensortree_core::finding::Rule;
use sensortree_core::platform::{Effect, FACTS, ResponseCode};
use sensortree_core::{rules, text};
use sensortree_report::escape::visible;

use crate::cli::catalogue::{CODE, FAINT, HEADING, predicts, put};

/// A word that names neither a rule nor a response code nor a topic.
#[derive(Debug, PartialEq, Eq, thiserror::Error, Diagnostic)]
#[error("`{}` is neither a rule nor a response code nor a topic", visible(word))]
pub struct UnknownWord {
    word: String,
    #[help]
    help: String,
}

/// What a word names.
#[derive(Clone, Copy, Debug)]
enum Subject {
    Rule(&'static Rule),
    Code(ResponseCode),
    Topic(&'static str),
}

/// What has a page of the book, by the word for it.
const TOPICS: [(&str, &str); 1] = [("alignment", include_str!("../../../../docs/alignment.md"))];

/// Every response code and topic that has a page, and what it means.
pub(crate) fn others() -> impl Iterator<Item = (String, &'static str)> {
    let codes = ResponseCode::ALL.map(|code| (code.code().to_string(), code.message()));
    codes.into_iter().chain(TOPICS.iter().map(|(topic, _)| ((*topic).to_owned(), "")))
}

/// The pages of what the words name, one after the other.
///
/// # Errors
/// When a word names neither a rule nor a response code nor a topic.
pub fn pages(words: &[String], width: usize) -> Result<String, UnknownWord> {
    let subjects = words.iter().map(|word| find(word)).collect::<Result<Vec<_>, _>>()?;
    let pages: Vec<String> = subjects.into_iter().map(|subject| page(subject, width)).collect();
    Ok(pages.join("\n"))
}

fn find(word: &str) -> Result<Subject, UnknownWord> {
    if let Some(rule) = rules::find(&word.to_lowercase()) {
        return Ok(Subject::Rule(rule));
    }
    if let Some(code) = word.parse().ok().and_then(ResponseCode::from_code) {
        return Ok(Subject::Code(code));
    }
    if let Some((_, page)) = TOPICS.iter().find(|(topic, _)| word.eq_ignore_ascii_case(topic)) {
        return Ok(Subject::Topic(page));
    }
    let codes = ResponseCode::ALL.map(|code| code.code().to_string());
    let known = rules::ALL
        .iter()
        .flat_map(|rule| [rule.code, rule.name])
        .chain(codes.iter().map(String::as_str))
        .chain(TOPICS.iter().map(|(topic, _)| *topic));
    let help = match text::nearest(word, known) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => {
            format!(
                "the response codes are {}; `sensortree rules` lists the rules",
                text::list(&codes, codes.len())
            )
        }
    };
    Err(UnknownWord { word: word.to_owned(), help })
}

fn page(subject: Subject, width: usize) -> String {
    match subject {
        Subject::Rule(rule) => rule_page(rule, width),
        Subject::Code(code) => code_page(code, width),
        Subject::Topic(page) => drawn(page, width),
    }
}

fn rule_page(rule: &Rule, width: usize) -> String {
    let mut page = String::new();
    put(
        &mut page,
        format_args!("{CODE}{}{CODE:#} {HEADING}{}{HEADING:#}\n\n", rule.code, rule.name),
    );
    page.push_str(&drawn(&predicts(rule), width));
    page.push('\n');
    page.push_str(&drawn(&rule.page(), width));
    let mut gap = "\n";
    for fact in FACTS.iter().filter(|fact| rule.facts.contains(&fact.id)) {
        put(&mut page, format_args!("{gap}{FAINT}{} ({}){FAINT:#} ", fact.id, fact.basis));
        page.push_str(&drawn(fact.statement, width));
        gap = "";
    }
    page
}

fn code_page(code: ResponseCode, width: usize) -> String {
    let mut page = String::new();
    put(
        &mut page,
        format_args!("{CODE}{}{CODE:#} {HEADING}{}{HEADING:#}\n\n", code.code(), code.message()),
    );
    page.push_str(&drawn(code.meaning(), width));
    let predicted_by = rules::ALL.iter().filter(|rule| match code {
        ResponseCode::Success => rule.effect == Effect::Scene,
        _ => rule.effect == Effect::Reject(code),
    });
    let mut heading = match code {
        ResponseCode::Success => "\nRules that put scenes at risk in it:\n",
        _ => "\nRules that predict it:\n",
    };
    for rule in predicted_by {
        put(
            &mut page,
            format_args!(
                "{heading}  {CODE}{}{CODE:#} {} {FAINT}({}){FAINT:#}\n",
                rule.code, rule.name, rule.basis
            ),
        );
        heading = "";
    }
    if !heading.is_empty() {
        page.push_str("\nNo rule of this version predicts it.\n");
    }
    page
}

/// Markdown as a terminal shows it: wrapped, code blocks indented, marks turned into style.
fn drawn(markdown: &str, width: usize) -> String {
    let mut page = Page { text: String::new(), line: String::new(), width, lists: 0, code: false };
    for event in Parser::new(markdown) {
        page.take(event);
    }
    page.text
}

struct Page {
    text: String,
    /// The paragraph that is being gathered.
    line: String,
    width: usize,
    /// How many lists are open.
    lists: usize,
    /// Whether a code block is open.
    code: bool,
}

const STRONG: Style = Style::new().bold();
const EMPHASIS: Style = Style::new().italic();

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Strong | Tag::Heading { .. }) => {
                put(&mut self.line, format_args!("{STRONG}"));
            }
            Event::End(TagEnd::Strong) => put(&mut self.line, format_args!("{STRONG:#}")),
            Event::Start(Tag::Emphasis) => put(&mut self.line, format_args!("{EMPHASIS}")),
            Event::End(TagEnd::Emphasis) => put(&mut self.line, format_args!("{EMPHASIS:#}")),
            Event::Start(Tag::List(_)) => {
                self.end_paragraph();
                self.lists += 1;
            }
            Event::End(TagEnd::List(_)) => self.lists -= 1,
            Event::Start(Tag::CodeBlock(kind)) => self.begin_code(&kind),
            Event::End(TagEnd::CodeBlock) => self.code = false,
            Event::End(TagEnd::Heading(_)) => {
                put(&mut self.line, format_args!("{STRONG:#}"));
                self.end_paragraph();
            }
            Event::End(TagEnd::Paragraph | TagEnd::Item) => self.end_paragraph(),
            Event::Text(text) if self.code => {
                for line in text.lines() {
                    put(&mut self.text, format_args!("    {line}\n"));
                }
            }
            Event::Text(text) => self.line.push_str(&text),
            Event::Code(code) => put(&mut self.line, format_args!("`{code}`")),
            Event::SoftBreak | Event::HardBreak => self.line.push(' '),
            _ => {}
        }
    }

    fn begin_code(&mut self, kind: &CodeBlockKind<'_>) {
        self.end_paragraph();
        self.code = true;
        self.gap();
        match kind {
            CodeBlockKind::Fenced(info) if **info == *"tree bad" => {
                self.text.push_str("It fires on:\n\n");
            }
            CodeBlockKind::Fenced(info) if **info == *"tree good" => {
                self.text.push_str("It does not fire on:\n\n");
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let line = std::mem::take(&mut self.line);
        if line.is_empty() {
            return;
        }
        let (first, rest) = match self.lists {
            0 => {
                self.gap();
                (String::new(), String::new())
            }
            depth => (format!("{}- ", "  ".repeat(depth - 1)), "  ".repeat(depth)),
        };
        let options = textwrap::Options::new(self.width.max(20))
            .initial_indent(&first)
            .subsequent_indent(&rest);
        self.text.push_str(&textwrap::fill(&line, options));
        self.text.push('\n');
    }

    /// An empty line, but not at the start.
    fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }
}

/// The words that `explain` takes, each once.
#[must_use]
pub fn vocabulary() -> BTreeSet<String> {
    let rules = rules::ALL.iter().flat_map(|rule| [rule.code.to_owned(), rule.name.to_owned()]);
    let topics = TOPICS.iter().map(|(topic, _)| (*topic).to_owned());
    rules.chain(ResponseCode::ALL.map(|code| code.code().to_string())).chain(topics).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(word: &str) -> Result<String, String> {
        pages(&[word.to_owned()], 80)
            .map(|page| anstream::adapter::strip_str(&page).to_string())
            .map_err(|error| error.help)
    }

    #[test]
    fn every_word_has_a_page() {
        for word in vocabulary() {
            let page = shown(&word).unwrap();
            assert!(page.lines().count() > 4, "{word}:\n{page}");
            assert!(!page.contains("```") && !page.contains("**"), "{word}:\n{page}");
        }
    }

    #[test]
    fn words_are_taken_in_any_case() {
        assert_eq!(shown("f101"), shown("FILE-EMPTY"));
        assert!(
            shown("f101")
                .unwrap()
                .starts_with("F101 file-empty\n\nPredicts 200 with scenes at risk; implied (T5).")
        );
    }

    #[test]
    fn an_unknown_word_names_the_nearest() {
        let check = |word: &str, expected: &str| {
            assert!(shown(word).unwrap_err().contains(expected), "{word}");
        };
        check("5711", "did you mean `5710`?");
        check("file-emtpy", "did you mean `file-empty`?");
        check("quite-another-thing", "`sensortree rules` lists the rules");
    }

    #[test]
    fn markdown_becomes_text() {
        let text = drawn(
            "One *two* `three`\nfour.\n\n- a\n- b\n  - c\n\n```text\nx\n  y\n```\n\n# End\n",
            80,
        );
        let text = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(text, "One two `three` four.\n- a\n- b\n  - c\n\n    x\n      y\n\nEnd\n");
    }
}
