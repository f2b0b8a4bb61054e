//! `json`: `sensortree-report/1`, and `jsonl`: the same in lines. The structs here are the formats,
//! apart from the core's own: additions keep the 1, anything else raises it.

mod figures;
mod fill;
pub(crate) mod lines;
mod visible;

use std::borrow::Cow;
use std::io;
use std::num::NonZeroU64;

use schemars::{JsonSchema, generate::SchemaSettings};
use sensortree_core::report::Report;
use serde::Serialize;

pub(crate) use fill::{encoded, scene_names};
pub(crate) use visible::{write, write_line};

use self::figures::JsonFigure;
use crate::error::RenderError;
use crate::run_facts::{Check, RunFacts, Timing};

/// The name of the format, and of what it may hold.
const SCHEMA: &str = "sensortree-report/1";

/// Writes the reports as a list, however many they are.
pub(crate) fn render_list(
    checks: &[Check<'_>],
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let mut before: &[u8] = b"[\n";
    for Check { report, timing, facts } in checks {
        out.write_all(before)?;
        render(report, timing, facts, out)?;
        before = b",\n";
    }
    Ok(out.write_all(if checks.is_empty() { b"[]\n" } else { b"]\n" })?)
}

/// Writes the report as one JSON object.
pub(crate) fn render(
    report: &Report,
    timing: &Timing,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    write(&JsonReport::of(report, timing, facts), out)
}

/// The JSON Schema of the report.
#[must_use]
pub fn report_schema() -> serde_json::Value {
    schema_of::<JsonReport<'_>>(SCHEMA)
}

pub(crate) fn schema_of<T: JsonSchema>(title: &str) -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// What one check of one tree found. Paths and names are relative to the target and `/`-separated,
/// exactly the bytes listed. Where bytes are not UTF-8 a flag beside says that the text is
/// percent-encoded; without the flag, `%` is just a `%`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct JsonReport<'a> {
    /// The name of this format.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    tool: Tool<'a>,
    target: Target<'a>,
    /// The API call whose answer is predicted.
    #[schemars(extend("enum" = ["import", "import-annotation", "upload", "upload-annotation"]))]
    endpoint: &'static str,
    /// The document that is the request's body, where one was checked too.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a str>,
    prediction: Prediction<'a>,
    coverage: Coverage<'a>,
    tree: Tree<'a>,
    /// Gravest first, in a fixed order.
    findings: Vec<JsonFinding<'a>>,
    /// How many of the findings have a repair that `sensortree fix` can carry out.
    fixable: usize,
    /// What the baseline covers, where one was given. What it covers is none of the findings, and
    /// counts for no exit code; the prediction takes no notice of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<JsonBaseline<'a>>,
    /// Settings that had no effect, in words.
    idle_settings: &'a [String],
    /// How the frames lie on the time axis, drawn as one SVG, where `--picture` asks for it and
    /// there is something to draw. It needs no style and no script, and has the colour of the text
    /// around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
    timing: JsonTiming,
}

/// The program that wrote the report.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

/// What was checked.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Target<'a> {
    /// `request`: no tree was looked at, but the body of a request alone.
    #[schemars(extend("enum" = ["local", "zip", "s3", "gs", "az", "git", "listing", "request"]))]
    kind: &'static str,
    /// The place as the user named it, without any secret.
    uri: &'a str,
}

/// The answer that the platform is predicted to give.
#[derive(Serialize, JsonSchema)]
struct Prediction<'a> {
    /// `unknown`: the inspection was incomplete, or of a request's body alone, and nothing found so
    /// far rejects it.
    #[schemars(extend("enum" = ["accepted", "scenes-at-risk", "rejected", "unknown"]))]
    outcome: &'static str,
    /// The response code; null when the outcome is unknown.
    code: Option<u16>,
    /// The response message; null when the outcome is unknown.
    message: Option<&'static str>,
    /// How well the prediction is supported: the basis of the strongest finding that decides it,
    /// null where none does.
    #[schemars(extend("enum" = ["documented", "implied", "advice", null]))]
    basis: Option<&'static str>,
    /// The codes of the rules that decide it, strongest first.
    because: &'a [&'static str],
    /// How many rules were not run, as the user left them out, and could have led to another
    /// prediction. Absent where none.
    #[serde(rename = "rulesLeftOut", skip_serializing_if = "is_zero")]
    rules_left_out: usize,
    /// How many occurrences the ignores of the configuration took away. The platform does not know
    /// of them. Absent where none.
    #[serde(skip_serializing_if = "is_none_ignored")]
    ignored: u64,
    /// The answer that is predicted when nothing is ignored and no rule is left out, where that
    /// is another one.
    #[serde(rename = "withoutIgnores", skip_serializing_if = "Option::is_none")]
    without_ignores: Option<WithoutIgnores<'a>>,
    scenes: Scenes<'a>,
}

/// The answer that is predicted when nothing is ignored and no rule is left out.
#[derive(Serialize, JsonSchema)]
struct WithoutIgnores<'a> {
    #[schemars(extend("enum" = ["accepted", "scenes-at-risk", "rejected", "unknown"]))]
    outcome: &'static str,
    /// The response code; null when the outcome is unknown.
    code: Option<u16>,
    /// The codes of the rules that decide it, strongest first.
    because: &'a [&'static str],
}

/// The scenes, and which of them are at risk.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Scenes<'a> {
    total: usize,
    /// Their names, all of them, ascending.
    at_risk: Vec<Cow<'a, str>>,
    /// All names in `atRisk` are percent-encoded.
    #[serde(skip_serializing_if = "is_false")]
    at_risk_encoded: bool,
}

/// How much of the target was looked at.
#[derive(Serialize, JsonSchema)]
struct Coverage<'a> {
    /// Whether all that was to be read was read.
    complete: bool,
    /// Entries listed, folders included.
    entries: u64,
    files: u64,
    /// The size of all files, in bytes.
    bytes: u64,
    /// How far file contents were looked into.
    #[schemars(extend("enum" = ["none", "headers", "full"]))]
    content: &'static str,
    /// How many files' contents were looked into.
    probed: u64,
    /// Of how many: those of a known format that are not empty. 0 where none was to be looked into.
    probeable: u64,
    /// How many of each folder's were to be looked into at the most; absent where all were.
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<NonZeroU64>,
    /// What could not be read.
    unread: Vec<Unread<'a>>,
    /// What was left out on purpose.
    skipped: Vec<PathField<'a>>,
    /// How the target was taken, where that was not said by the user, in words.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notes: &'a [String],
}

/// A part of the target that could not be read.
#[derive(Serialize, JsonSchema)]
struct Unread<'a> {
    #[serde(flatten)]
    path: PathField<'a>,
    /// Why, in words.
    reason: &'a str,
}

/// A path relative to the target; the target itself is the empty path.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Path")]
struct PathField<'a> {
    path: Cow<'a, str>,
    /// `path` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    path_encoded: bool,
}

/// What the tree holds.
#[derive(Serialize, JsonSchema)]
struct Tree<'a> {
    /// By folder name.
    sensors: Vec<Sensor<'a>>,
    scenes: usize,
    /// Over all sensors and scenes.
    frames: u64,
    /// The cadence of the sensor that the others are compared with, the median over its scenes;
    /// null where it has none.
    cadence: Option<Cadence>,
}

/// How far apart frames are.
#[derive(Serialize, JsonSchema)]
struct Cadence {
    /// From one frame to the next, in nanoseconds.
    nanoseconds: u64,
    /// Frames a second.
    hertz: f64,
}

/// A LiDAR or a camera.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Sensor<'a> {
    folder: Cow<'a, str>,
    /// `folder` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    folder_encoded: bool,
    #[schemars(extend("enum" = ["lidar", "camera"]))]
    kind: &'static str,
    /// The sensor's name, without the prefix.
    name: &'a str,
    /// The scenes that it has a folder of.
    scenes: u64,
    /// Its frames, over all scenes.
    frames: u64,
}

/// One fault, with everything that shares its cause.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct JsonFinding<'a> {
    #[serde(flatten)]
    fault: JsonFault<'a>,
    /// The first few places, by path.
    examples: Vec<JsonExample<'a>>,
}

/// What is said of a fault beside its places.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Fault")]
struct JsonFault<'a> {
    /// The rule's code, stable for ever.
    code: &'static str,
    /// The rule's name.
    name: &'static str,
    #[schemars(extend("enum" = ["error", "warning", "advice"]))]
    severity: &'static str,
    /// What is predicted: the response code that rejects the request, `scene` (accepted, and scenes
    /// are at risk) or `advice`.
    #[schemars(extend("enum" = ["400", "5707", "5708", "5709", "5710", "5838", "scene", "advice"]))]
    effect: &'static str,
    /// How well that is supported.
    #[schemars(extend("enum" = ["documented", "implied", "advice"]))]
    basis: &'static str,
    /// What is wrong, in one sentence.
    message: &'a str,
    /// What else is worth knowing, a sentence each.
    notes: &'a [String],
    /// What would mend it.
    help: Option<&'a str>,
    /// How often it occurs.
    count: u64,
    subject: JsonSubject<'a>,
    /// How many scenes it concerns.
    #[serde(rename = "sceneCount")]
    scene_count: usize,
    /// What was measured, where anything was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    figures: Vec<JsonFigure>,
    /// The ways to mend it that a program can carry out, where there are any; with several, a
    /// person has to choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    repairs: Vec<JsonRepair<'a>>,
    /// The place in a document, for a finding in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<JsonLocation<'a>>,
    /// The same in every run that finds the same fault, wherever the target lies; different for
    /// every finding of a run.
    #[schemars(extend("pattern" = "^[0-9a-f]{32}$"))]
    fingerprint: String,
}

/// A way to mend a finding by other names, places or values.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Repair")]
pub(crate) struct JsonRepair<'a> {
    /// How far it may be trusted: `safe` follows from the tree alone, `unsafe` should be looked at,
    /// and of several `choice` a person has to choose one.
    #[schemars(extend("enum" = ["safe", "unsafe", "choice"]))]
    applicability: &'static str,
    /// What makes it right.
    rests_on: &'a str,
}

/// What a finding is about, whichever apply.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Subject")]
struct JsonSubject<'a> {
    /// The sensor's folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensor: Option<Cow<'a, str>>,
    /// `sensor` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    sensor_encoded: bool,
    /// The scene.
    #[serde(skip_serializing_if = "Option::is_none")]
    scene: Option<Cow<'a, str>>,
    /// `scene` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    scene_encoded: bool,
}

/// A place in the tree.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Example")]
struct JsonExample<'a> {
    #[serde(flatten)]
    path: PathField<'a>,
    /// False where the fault is that nothing stands there.
    present: bool,
    /// What would be right in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    /// The path that would be right in its place, relative to the target: what `expected` says,
    /// with the folders before it.
    #[serde(rename = "expectedPath", skip_serializing_if = "Option::is_none")]
    expected_path: Option<String>,
    /// What is to be said at this place.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
}

/// A stretch of a document.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Location")]
struct JsonLocation<'a> {
    /// The document's name.
    document: &'a str,
    /// The first byte, from 0.
    offset: usize,
    /// How many bytes.
    length: usize,
    /// The line of the first byte, from 1.
    line: usize,
    /// The column of the first byte in characters, from 1.
    column: usize,
    /// What is to be said at the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
}

/// What a baseline covers, and where it does no more.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Baseline")]
struct JsonBaseline<'a> {
    /// Its file, as the user named it.
    file: &'a str,
    /// The name of the target that it was written for, where that is another than the one checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    written_for: Option<&'a str>,
    /// The findings that it covers.
    suppressed: Vec<Suppressed<'a>>,
    /// Its entries whose finding is gone or has changed.
    stale: Vec<JsonStale<'a>>,
}

/// A finding that a baseline covers.
#[derive(Serialize, JsonSchema)]
struct Suppressed<'a> {
    code: &'static str,
    name: &'static str,
    #[schemars(extend("enum" = ["error", "warning", "advice"]))]
    severity: &'static str,
    effect: &'static str,
    message: &'a str,
    count: u64,
    subject: JsonSubject<'a>,
    fingerprint: String,
}

/// An entry of a baseline that covers nothing any more.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Stale")]
struct JsonStale<'a> {
    code: &'a str,
    name: &'a str,
    /// What was wrong when the baseline was written.
    message: &'a str,
    /// How often that was.
    count: u64,
    /// How often the finding occurs that it has become; absent where it is gone, or `regrouped`.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<u64>,
    /// Whether its rule groups findings otherwise since the baseline was written, so that it is not
    /// known which of them it is.
    #[serde(skip_serializing_if = "is_false")]
    regrouped: bool,
    fingerprint: &'a str,
}

/// How long the run took. The only part that differs between two runs on one tree.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Timing")]
struct JsonTiming {
    list_seconds: f64,
    check_seconds: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_none_ignored(count: &u64) -> bool {
    *count == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_false(value: &bool) -> bool {
    !*value
}
