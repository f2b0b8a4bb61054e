//! `sensortree config`: the settings in force, and where each comes from.

use std::fmt::Write as _;
use std::path::Path;

use jiff::civil::Date;
use sensortree_core::finding::settings::{FailOn, Settings, Suppression};
use sensortree_report::escape::{visible, visible_path};
use sensortree_scan::Links;
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::{ConfigArguments, SettingsFormat};
use crate::baseline::{BaselineError, BaselineInput};
use crate::catalogue::{FAINT, HEADING};
use crate::check_arguments::SettingArguments;
use crate::config::{Config, Day, Found, Layer, Step, shown};
use crate::settings::in_days;

/// The name of the format.
const SCHEMA: &str = "sensortree-config/1";

/// How wide the column of values is at the most.
const MOST_ALIGNED: usize = 40;

/// One value that is in force.
struct Row {
    key: &'static str,
    /// As people read it.
    text: String,
    /// As programs read it.
    value: Value,
    origin: Origin,
}

/// Where a value comes from.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Origin {
    /// It holds where nothing else is said.
    Default,
    /// A configuration file says it.
    File {
        path: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<usize>,
    },
    /// The command line says it.
    Flag { flag: &'static str },
}

/// Draws the settings in force on a day.
///
/// # Errors
/// When a baseline is in force that cannot be used.
pub fn show(
    arguments: &ConfigArguments,
    found: &Found,
    today: Date,
) -> Result<String, BaselineError> {
    let rows = rows(&arguments.settings, found, today)?;
    Ok(match arguments.format {
        SettingsFormat::Text => text(found, arguments.settings.isolated, &rows),
        SettingsFormat::Json => json(found, &rows),
    })
}

fn rows(flags: &SettingArguments, found: &Found, today: Date) -> Result<Vec<Row>, BaselineError> {
    let defaults = Settings::default();
    let one = Single { found };
    let words = |words: Vec<&str>| (words.join(", "), json!(words));
    let mut rows = Vec::new();

    let selected: Vec<&str> = flags.select.iter().map(|selector| selector.as_str()).collect();
    rows.push(one.row(
        "select",
        "--select",
        (!selected.is_empty()).then(|| words(selected)),
        |config| Some(words(config.select.as_ref()?.iter().map(|word| word.0.as_str()).collect())),
        ("all that are on by default".to_owned(), Value::Null),
    ));
    rows.extend(ignored(flags, found));
    rows.extend(severities(flags, found));
    rows.extend(suppressions(found, today));
    rows.push(baseline(flags, found)?);
    rows.push(one.row(
        "tolerance",
        "--tolerance",
        flags.tolerance.map(|it| duration(it.nanoseconds)),
        |config| Some(duration(config.tolerance.as_ref()?.0.nanoseconds)),
        ("half the cadence, at most 100 ms".to_owned(), Value::Null),
    ));
    rows.push(one.row(
        "reference",
        "--reference",
        flags.reference.as_deref().map(same),
        |config| Some(same(config.reference.as_deref()?)),
        ("of the clock that most sensors share".to_owned(), Value::Null),
    ));
    rows.push(one.row(
        "fail-on",
        "--fail-on",
        flags.fail_on.map(|it| same(it.as_str())),
        |config| Some(same(config.fail_on.as_ref()?.0.as_str())),
        same(FailOn::Scene.as_str()),
    ));
    rows.push(one.row(
        "basis",
        "--basis",
        flags.basis.map(|it| same(it.as_str())),
        |config| Some(same(config.basis.as_ref()?.0.as_str())),
        same(defaults.basis.as_str()),
    ));
    rows.push(one.row(
        "endpoint",
        "--endpoint",
        flags.endpoint.map(|it| same(it.as_str())),
        |config| Some(same(config.endpoint.as_ref()?.0.as_str())),
        (
            "what the request is made for; else import-annotation, and upload for a zip".to_owned(),
            Value::Null,
        ),
    ));
    rows.push(one.row(
        "links",
        "--links",
        flags.links.map(|it| same(it.as_str())),
        |config| Some(same(config.links.as_ref()?.0.as_str())),
        same(Links::default().as_str()),
    ));
    let number = |number: usize| (number.to_string(), json!(number));
    rows.push(one.row(
        "max-examples",
        "--max-examples",
        flags.max_examples.map(|it| number(it.get())),
        |config| Some(number(config.max_examples?.get())),
        number(defaults.max_examples),
    ));
    Ok(rows)
}

fn same(word: &str) -> (String, Value) {
    (visible(word).into_owned(), json!(word))
}

/// Nanoseconds in words, and as the configuration file has them.
fn duration(nanoseconds: u64) -> (String, Value) {
    let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
    let (scale, unit) = units
        .into_iter()
        .find(|(scale, _)| nanoseconds.is_multiple_of(*scale))
        .unwrap_or((1, "ns"));
    same(&format!("{}{unit}", nanoseconds / scale))
}

/// Settings of which but one holds.
struct Single<'f> {
    found: &'f Found,
}

impl Single<'_> {
    /// The flag's value; else that of the first file that has one; else the default.
    fn row(
        &self,
        key: &'static str,
        flag: &'static str,
        given: Option<(String, Value)>,
        of: impl Fn(&Config) -> Option<(String, Value)>,
        default: (String, Value),
    ) -> Row {
        let in_file =
            || self.found.layers.iter().find_map(|layer| Some((of(&layer.config)?, layer)));
        let ((text, value), origin) = match given {
            Some(given) => (given, Origin::Flag { flag }),
            None => match in_file() {
                Some((value, layer)) => (value, Origin::of(layer, &[Step::Key(key)])),
                None => (default, Origin::Default),
            },
        };
        Row { key, text, value, origin }
    }
}

impl Origin {
    fn of(layer: &Layer, keys: &[Step<'_>]) -> Self {
        Origin::File { path: named(&layer.path), line: layer.line(keys) }
    }

    fn text(&self) -> String {
        match self {
            Origin::Default => "default".to_owned(),
            Origin::File { path, line: Some(line) } => format!("{path}:{line}"),
            Origin::File { path, line: None } => path.clone(),
            Origin::Flag { flag } => (*flag).to_owned(),
        }
    }
}

/// The rules that are left out. With a selection on the command line those of the files are not.
fn ignored(flags: &SettingArguments, found: &Found) -> Vec<Row> {
    let row = |word: &str, origin| Row {
        key: "ignore",
        text: word.to_owned(),
        value: json!(word),
        origin,
    };
    let mut rows: Vec<Row> = flags
        .ignore
        .iter()
        .map(|selector| row(selector.as_str(), Origin::Flag { flag: "--ignore" }))
        .collect();
    for layer in found.layers.iter().filter(|_| flags.select.is_empty()) {
        for (at, word) in layer.config.ignore.iter().enumerate() {
            rows.push(row(
                word.0.as_str(),
                Origin::of(layer, &[Step::Key("ignore"), Step::At(at)]),
            ));
        }
    }
    rows
}

/// The severities that are set; of several for the same rules the nearest.
fn severities(flags: &SettingArguments, found: &Found) -> Vec<Row> {
    let mut seen = Vec::new();
    let mut rows = Vec::new();
    let mut add = |selector: &str, severity: &str, origin: Origin| {
        if !seen.iter().any(|known| known == selector) {
            seen.push(selector.to_owned());
            let value = json!({ "rules": selector, "severity": severity });
            rows.push(Row {
                key: "severity",
                text: format!("{selector} = {severity}"),
                value,
                origin,
            });
        }
    };
    // Of one flag said twice the last one holds.
    for choice in flags.severity.iter().rev() {
        add(
            choice.selector.as_str(),
            choice.severity.as_str(),
            Origin::Flag { flag: "--severity" },
        );
    }
    for layer in &found.layers {
        for (selector, severity) in &layer.config.severity {
            let selector = selector.0.as_str();
            let origin = Origin::of(layer, &[Step::Key("severity"), Step::Key(selector)]);
            add(selector, severity.0.as_str(), origin);
        }
    }
    rows
}

fn suppressions(found: &Found, today: Date) -> Vec<Row> {
    let mut rows = Vec::new();
    for layer in &found.layers {
        for (at, ignore) in layer.config.ignores.iter().enumerate() {
            rows.push(suppression(
                layer,
                ("ignores", at),
                &ignore.on(today),
                ignore.expires,
                today,
            ));
        }
        for (at, ignore) in layer.config.per_path_ignores.iter().enumerate() {
            rows.push(suppression(
                layer,
                ("per-path-ignores", at),
                &ignore.on(today),
                ignore.expires,
                today,
            ));
        }
    }
    rows
}

fn suppression(
    layer: &Layer,
    (key, at): (&'static str, usize),
    suppression: &Suppression,
    expires: Option<Day>,
    today: Date,
) -> Row {
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
    let text =
        visible(&format!("{}{place}: {}{end}", rules.join(", "), suppression.reason)).into_owned();
    Row { key, text, value, origin: Origin::of(layer, &[Step::Key(key), Step::At(at)]) }
}

fn baseline(flags: &SettingArguments, found: &Found) -> Result<Row, BaselineError> {
    let key = "baseline";
    let naming = found.layers.iter().find(|layer| layer.config.baseline.is_some());
    let (path, origin) = match (&flags.baseline, &found.baseline, naming) {
        (Some(path), ..) => (path, Origin::Flag { flag: "--baseline" }),
        (None, Some(path), Some(layer)) => (path, Origin::of(layer, &[Step::Key(key)])),
        _ => {
            return Ok(Row {
                key,
                text: "none".to_owned(),
                value: Value::Null,
                origin: Origin::Default,
            });
        }
    };
    let path = shown(path);
    let findings = match BaselineInput::read(&path) {
        Ok(known) => Some(known.baseline.entries.len()),
        // It may be about to be written.
        Err(BaselineError::Absent { .. }) => None,
        Err(error) => return Err(error),
    };
    let holds = match findings {
        Some(findings) => sensortree_core::text::count(findings as u64, "finding"),
        None => "not there yet".to_owned(),
    };
    let value = json!({ "file": named(&path), "findings": findings });
    Ok(Row { key, text: format!("{} ({holds})", named(&path)), value, origin })
}

fn text(found: &Found, isolated: bool, rows: &[Row]) -> String {
    let mut text = String::new();
    let mut say = |line: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    };
    match found.layers.as_slice() {
        [] if isolated => say("no configuration file is read (--isolated)".to_owned()),
        [] => say("no configuration file stands in this folder or above it".to_owned()),
        [first, bases @ ..] => {
            let extends: String = bases
                .iter()
                .map(|layer| format!(", which extends {}", named(&layer.path)))
                .collect();
            say(format!("{}{extends}", named(&first.path)));
        }
    }
    for passed_by in &found.passed_by {
        say(format!("{} is not read: {}", named(&passed_by.path), passed_by.reason));
    }
    say(String::new());
    let keys = rows.iter().map(|row| row.key.len()).max().unwrap_or_default();
    // A long value does not push all origins out of sight.
    let values =
        rows.iter().map(|row| row.text.chars().count()).max().unwrap_or_default().min(MOST_ALIGNED);
    let mut last = "";
    for Row { key, text, origin, .. } in rows {
        // A key of several values is said once.
        let said = if *key == last { "" } else { key };
        last = key;
        let origin = origin.text();
        say(format!("{HEADING}{said:keys$}{HEADING:#}  {text:values$}  {FAINT}{origin}{FAINT:#}"));
    }
    text
}

fn json(found: &Found, rows: &[Row]) -> String {
    let settings: Vec<Value> = rows
        .iter()
        .map(|row| json!({ "key": row.key, "value": row.value, "origin": row.origin }))
        .collect();
    let passed_by: Vec<Value> = found
        .passed_by
        .iter()
        .map(|file| json!({ "path": named(&file.path), "reason": file.reason }))
        .collect();
    let files: Vec<String> = found.layers.iter().map(|layer| named(&layer.path)).collect();
    let document =
        json!({ "schema": SCHEMA, "files": files, "notRead": passed_by, "settings": settings });
    format!("{document:#}\n")
}

fn named(path: &Path) -> String {
    visible_path(path.as_os_str().as_encoded_bytes())
}
