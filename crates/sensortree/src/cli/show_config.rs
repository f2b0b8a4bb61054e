//! `sensortree config`: the settings in force, and where each comes from.

use std::fmt::Write as _;
use std::iter;
use std::path::Path;

use jiff::civil::Date;
use sensortree_core::text;
use sensortree_report::SettingInForce;
use sensortree_report::escape::visible_path;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::args::{ConfigArguments, SettingsFormat};
use crate::cli::base::{Location, names_beside};
use crate::cli::baseline::{self, BaselineError, BaselineInput, Baselines};
use crate::cli::catalogue::{FAINT, HEADING};
use crate::cli::config::{self, Config, Found, Layer, NamedFile, Shown, Step, shown};
use crate::target::Target;

/// The name of the format.
const SCHEMA: &str = "sensortree-config/1";

/// How wide the column of values is at the most.
const MOST_ALIGNED: usize = 40;

/// The key of ignores at some paths.
const PER_PATH_IGNORES: &str = "per-path-ignores";

/// One value that is in force.
struct Row {
    key: String,
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
    Flag { flag: String },
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
    let target = arguments.target.as_ref().and_then(|target| Target::named(target).ok());
    let rows = rows(&arguments.settings, found, target.as_ref(), today)?;
    Ok(match arguments.format {
        SettingsFormat::Text => text(found, arguments.config_file.isolated, &rows),
        SettingsFormat::Json => json(found, &rows),
    })
}

/// The settings in force on a day, as a report tells them.
///
/// # Errors
/// When a baseline is in force that cannot be used.
pub(crate) fn in_force(
    flags: &Config,
    found: &Found,
    target: Option<&Target>,
    today: Date,
) -> Result<Vec<SettingInForce>, BaselineError> {
    let told =
        |row: Row| SettingInForce { origin: row.origin.text(), name: row.key, value: row.text };
    Ok(rows(flags, found, target, today)?.into_iter().map(told).collect())
}

fn rows(
    flags: &Config,
    found: &Found,
    target: Option<&Target>,
    today: Date,
) -> Result<Vec<Row>, BaselineError> {
    let defaults = Config::defaults();
    let defaults = defaults.each().into_iter().map(|(_, setting)| setting.values(today));
    let mut rows = Vec::new();
    for (at, ((key, setting), default)) in flags.each().into_iter().zip(defaults).enumerate() {
        // What a file extends stands above all rows.
        if key == "extend" {
            continue;
        }
        let of_flag = |shown| Row::new(&key, shown, Origin::Flag { flag: format!("--{key}") });
        let given = setting.values(today).into_iter().map(of_flag);
        let layers = found.layers.iter().filter(|_| !(key == "ignore" && flags.hides_ignores()));
        let in_files = layers.flat_map(|layer| {
            let shown = layer.config.each().swap_remove(at).1.values(today);
            let mut rows: Vec<Row> =
                shown.into_iter().map(|shown| Row::of(layer, &key, shown)).collect();
            if key == PER_PATH_IGNORES && target.is_some() {
                mark_ignores_of_others(layer, target, today, &mut rows);
            }
            rows
        });
        let mut said = given.chain(in_files);
        if setting.adds_up() {
            rows.extend(without_overridden(said));
        } else {
            let or_default = || Row::of_default(&key, default);
            rows.push(said.next().unwrap_or_else(or_default));
        }
    }
    let baseline = flags.baseline.as_ref().or(found.config.baseline.as_ref());
    if let (Some(NamedFile { path, .. }), Some(row)) =
        (baseline, rows.iter_mut().find(|row| row.key == "baseline"))
    {
        row.count_findings(path, target)?;
    }
    Ok(rows)
}

/// Says of the ignores at some paths, which are those of a file, which of them excuse nothing of
/// the target, since they begin at another dataset.
fn mark_ignores_of_others(layer: &Layer, target: Option<&Target>, today: Date, rows: &mut [Row]) {
    let location = Location::of(target);
    for (ignore, row) in layer.config.per_path_ignores.iter().zip(rows) {
        let suppression = ignore.on(today).with_base(location.relative_to_folder_of(&ignore.file));
        let is_of_another =
            suppression.is_for_another_dataset() || suppression.why_out_of_reach().is_some();
        if is_of_another {
            row.text.push_str(" (not of this dataset)");
        }
        row.value["holds"] = Value::Bool(!is_of_another);
    }
}

/// Of severities of the same rules the nearest.
fn without_overridden(rows: impl Iterator<Item = Row>) -> Vec<Row> {
    let rules = |row: &Row| (row.key == "severity").then(|| row.value["rules"].clone());
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        if rules(&row).is_none_or(|named| !kept.iter().any(|kept| kept.value["rules"] == named)) {
            kept.push(row);
        }
    }
    kept
}

impl Row {
    fn new(key: &str, shown: Shown, origin: Origin) -> Self {
        Row { key: key.to_owned(), text: shown.text, value: shown.value, origin }
    }

    fn of(layer: &Layer, key: &str, shown: Shown) -> Self {
        let steps = iter::once(Step::Key(key.to_owned())).chain(shown.step.clone());
        let line = layer.line(&steps.collect::<Vec<_>>());
        Row::new(key, shown, Origin::File { path: named(&layer.path), line })
    }

    /// What holds where nothing is said: a value, or what the help says of it.
    fn of_default(key: &str, value: Vec<Shown>) -> Self {
        match value.into_iter().next() {
            Some(shown) => Row::new(key, shown, Origin::Default),
            None => Row {
                key: key.to_owned(),
                text: config::default_in_words(key).unwrap_or_else(|| "none".to_owned()),
                value: Value::Null,
                origin: Origin::Default,
            },
        }
    }

    /// Adds to a baseline how many findings it has: of the target, where it has a part for each of
    /// several datasets.
    fn count_findings(
        &mut self,
        path: &Path,
        target: Option<&Target>,
    ) -> Result<(), BaselineError> {
        let path = shown(path);
        let file = named(&path);
        let findings = |count: usize| text::count(count as u64, "finding");
        let (holds, value) = match baseline::read(&path) {
            Ok(Baselines::One(one)) => {
                let count = one.entries.len();
                (findings(count), json!({ "file": file, "findings": count }))
            }
            Ok(Baselines::Each(datasets)) if target.is_none() => {
                let count = datasets.values().map(|one| one.entries.len()).sum();
                let of = text::count(datasets.len() as u64, "dataset");
                let value = json!({ "file": file, "findings": count, "datasets": datasets.len() });
                (format!("{} of {of}", findings(count)), value)
            }
            Ok(each) => {
                let input = BaselineInput::of(&path, each, &names_beside(&path, target));
                let count = input.baseline.as_ref().map_or(0, |one| one.entries.len());
                let holds =
                    input.baseline.as_ref().map_or("nothing of this dataset".to_owned(), |_| {
                        format!("{} of this dataset", findings(count))
                    });
                (holds, json!({ "file": file, "findings": count }))
            }
            // It may be about to be written.
            Err(BaselineError::Absent { .. }) => {
                ("not there yet".to_owned(), json!({ "file": file, "findings": null }))
            }
            Err(error) => return Err(error),
        };
        self.text = format!("{file} ({holds})");
        self.value = value;
        Ok(())
    }
}

impl Origin {
    fn text(&self) -> String {
        match self {
            Origin::Default => "default".to_owned(),
            Origin::File { path, line: Some(line) } => format!("{path}:{line}"),
            Origin::File { path, line: None } => path.clone(),
            Origin::Flag { flag } => flag.clone(),
        }
    }
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
        let said = if key == last { "" } else { key };
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
