//! What each type of a setting can do.

use std::num::NonZeroUsize;
use std::path::Path;

use jiff::civil::Date;
use sensortree_core::finding::settings::{Selector, Suppression};
use sensortree_report::escape::{visible, visible_path};
use serde_json::{Value, json};

use super::layer::Step;
use super::named_file::NamedFile;
use super::settings::{PerPathIgnore, RuleIgnore, SeverityChoice};
use super::word::{Day, Flag, Word, in_days};

/// What one place says of a setting.
pub(crate) trait Setting {
    /// The values, as they are on a day; none where nothing is said.
    fn values(&self, today: Date) -> Vec<Shown>;

    /// Whether the values of all places hold together, and not those of the nearest alone.
    fn adds_up(&self) -> bool {
        false
    }

    /// Tells the setting the file that it stands in.
    fn stand_in(&mut self, _file: &Path) {}
}

/// A value as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// As people read it.
    pub(crate) text: String,
    /// As programs read it.
    pub(crate) value: Value,
    /// Where below the key it stands.
    pub(crate) step: Option<Step>,
}

impl Shown {
    /// A value that is one word, or one number.
    fn whole(text: &str, value: impl Into<Value>) -> Self {
        Shown { text: visible(text).into_owned(), value: value.into(), step: None }
    }
}

impl<T: Flag> Setting for Option<Word<T>> {
    fn values(&self, _: Date) -> Vec<Shown> {
        let word = self.as_ref().map(|word| word.0.text());
        word.map(|word| Shown::whole(&word, word.as_ref())).into_iter().collect()
    }
}

impl Setting for Option<String> {
    fn values(&self, _: Date) -> Vec<Shown> {
        self.iter().map(|text| Shown::whole(text, text.as_str())).collect()
    }
}

impl Setting for Option<NonZeroUsize> {
    fn values(&self, _: Date) -> Vec<Shown> {
        self.iter().map(|number| Shown::whole(&number.to_string(), number.get())).collect()
    }
}

impl Setting for Option<NamedFile> {
    fn values(&self, _: Date) -> Vec<Shown> {
        let named = |file: &NamedFile| visible_path(file.path.as_os_str().as_encoded_bytes());
        self.iter().map(|file| Shown::whole(&named(file), named(file))).collect()
    }

    fn stand_in(&mut self, file: &Path) {
        if let Some(named) = self {
            named.stand_in(file);
        }
    }
}

impl Setting for Option<Vec<Word<Selector>>> {
    fn values(&self, _: Date) -> Vec<Shown> {
        let words = |words: &Vec<Word<Selector>>| -> Vec<String> {
            words.iter().map(|word| word.0.as_str().to_owned()).collect()
        };
        self.iter().map(words).map(|words| Shown::whole(&words.join(", "), words)).collect()
    }
}

impl Setting for Vec<Word<Selector>> {
    fn values(&self, _: Date) -> Vec<Shown> {
        let words = self.iter().map(|word| word.0.as_str()).enumerate();
        words
            .map(|(at, word)| Shown { step: Some(Step::At(at)), ..Shown::whole(word, word) })
            .collect()
    }

    fn adds_up(&self) -> bool {
        true
    }
}

impl Setting for Vec<SeverityChoice> {
    /// Of two choices for the same rules the later one is shown.
    fn values(&self, _: Date) -> Vec<Shown> {
        let holds = |at: usize, choice: &SeverityChoice| {
            !self.iter().skip(at + 1).any(|later| later.selector == choice.selector)
        };
        let choices = self.iter().enumerate().filter(|(at, choice)| holds(*at, choice));
        choices
            .map(|(_, SeverityChoice { selector, severity })| {
                let rules = selector.as_str();
                Shown {
                    text: format!("{rules} = {severity}"),
                    value: json!({ "rules": rules, "severity": severity.as_str() }),
                    step: Some(Step::Key(rules.to_owned())),
                }
            })
            .collect()
    }

    fn adds_up(&self) -> bool {
        true
    }
}

impl Setting for Vec<RuleIgnore> {
    fn values(&self, today: Date) -> Vec<Shown> {
        let ignores = self.iter().map(|ignore| (ignore.on(today), ignore.expires));
        suppressions(ignores, today)
    }

    fn adds_up(&self) -> bool {
        true
    }
}

impl Setting for Vec<PerPathIgnore> {
    fn values(&self, today: Date) -> Vec<Shown> {
        let ignores = self.iter().map(|ignore| (ignore.on(today), ignore.expires));
        suppressions(ignores, today)
    }

    fn adds_up(&self) -> bool {
        true
    }

    fn stand_in(&mut self, file: &Path) {
        for ignore in self {
            file.clone_into(&mut ignore.file);
        }
    }
}

fn suppressions(
    ignores: impl Iterator<Item = (Suppression, Option<Day>)>,
    today: Date,
) -> Vec<Shown> {
    let at = |(at, (suppression, expires))| Shown {
        step: Some(Step::At(at)),
        ..shown(&suppression, expires, today)
    };
    ignores.enumerate().map(at).collect()
}

fn shown(suppression: &Suppression, expires: Option<Day>, today: Date) -> Shown {
    let rules: Vec<&str> = suppression.rules.iter().map(|selector| selector.as_str()).collect();
    let place =
        suppression.pattern.as_deref().map(|pattern| format!(" at {pattern}")).unwrap_or_default();
    let end = match expires.map(|day| (day.0, day.days_from(today))) {
        None => String::new(),
        Some((day, None)) => format!(", ended on {day}"),
        Some((day, Some(days))) => format!(", ends on {day}, {}", in_days(days)),
    };
    let value = json!({
        "path": suppression.pattern,
        "rules": rules,
        "reason": suppression.reason,
        "expires": expires.map(|day| day.0.to_string()),
        "expired": suppression.expired_on.is_some(),
    });
    Shown::whole(&format!("{}{place}: {}{end}", rules.join(", "), suppression.reason), value)
}
