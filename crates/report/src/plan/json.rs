//! `sensortree-plan/1`: a plan as one JSON object, which a person can edit and `sensortree apply`
//! carries out. Additions keep the 1, anything else raises it.

use std::borrow::Cow;
use std::io;

use schemars::JsonSchema;
use sensortree_core::finding::Finding;
use sensortree_core::multiset_hash::MultisetHash;
use sensortree_core::names::METADATA;
use sensortree_core::plan::{Cause, Change, ChangeCounts, PathCounts, Proposal, WhyLeft};
use sensortree_core::platform::ResponseCode;
use sensortree_core::report::{Outlook, Report, SceneOutlook};
use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};

use super::PlanView;
use super::pairing_json::JsonPairing;
use crate::error::RenderError;
use crate::json::{JsonRepair, Target, Tool, encoded, schema_of, write};
use crate::run_facts::RunFacts;

/// The name of the format.
pub(super) const SCHEMA: &str = "sensortree-plan/1";

/// Writes a plan as one JSON object. Its changes are written as they are computed, and never held
/// together.
///
/// # Errors
/// When `out` does.
pub fn write_json_plan(
    view: &PlanView<'_>,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    write(&JsonPlan::of(view, facts), out)
}

/// The JSON Schema of a plan.
#[must_use]
pub fn plan_schema() -> serde_json::Value {
    schema_of::<JsonPlan<'_>>(SCHEMA)
}

/// Identifies a text of metadata.json, in 32 hexadecimal digits, as a plan keeps it.
#[must_use]
pub fn text_hash(text: &[u8]) -> String {
    MultisetHash::from_parts(&[text]).to_string()
}

/// What is to be done to one tree, and what it comes to. Paths are relative to the target and
/// `/`-separated, exactly the bytes listed. Where bytes are not UTF-8 a flag beside says that the
/// text is percent-encoded; without the flag, `%` is just a `%`.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct JsonPlan<'a> {
    /// The name of this format.
    #[schemars(extend("const" = SCHEMA))]
    schema: &'static str,
    tool: Tool<'a>,
    target: Target<'a>,
    /// Identifies the tree that the plan is made for: all paths that are known, and how many files
    /// of how many bytes each folder holds. The plan is carried out on no other.
    #[schemars(extend("pattern" = "^[0-9a-f]{32}$"))]
    fingerprint: String,
    /// The findings that are mended, gravest first.
    causes: Vec<JsonCause<'a>>,
    /// How the frames of sensors are paired, where `--pair` or `--times` asked for it. What carries
    /// the plan out takes no notice of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pairing: Option<JsonPairing<'a>>,
    outlook: JsonOutlook<'a>,
    /// The changes of the text of metadata.json, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<JsonMetadata<'a>>,
    /// The changes of paths. All of them happen at once, so that names can be swapped.
    #[schemars(with = "Vec<JsonChange<'a>>")]
    changes: Changes<'a>,
}

/// A finding that is mended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Cause")]
struct JsonCause<'a> {
    /// The rule's code.
    code: &'static str,
    /// The rule's name.
    name: &'static str,
    /// What is wrong, in one sentence.
    message: &'a str,
    #[serde(flatten)]
    repair: JsonRepair<'a>,
    /// Which of the repairs of the finding it is, from 1.
    choice: usize,
    /// How many repairs the finding has.
    choices: usize,
    counts: JsonCounts,
}

/// How many paths a repair changes by itself. A folder that goes as a whole counts as one.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Counts")]
struct JsonCounts {
    /// What gets another name in the same folder.
    renamed: JsonPaths,
    /// What goes to another folder.
    moved: JsonPaths,
    /// What is taken out of the tree.
    removed: JsonPaths,
    /// Changes of stretches of metadata.json.
    edits: u64,
}

/// So many files and folders.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Paths")]
struct JsonPaths {
    files: u64,
    folders: u64,
}

/// What the dataset will be once the plan is carried out.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Outlook")]
struct JsonOutlook<'a> {
    /// The answer that is predicted now.
    before: JsonAnswer<'a>,
    /// The answer that will be predicted.
    after: JsonAnswer<'a>,
    /// The findings that will be left, gravest first.
    left: Vec<JsonLeft<'a>>,
    /// How many frames all sensors have, over all scenes; null where that is known of none.
    complete_before: Option<u64>,
    /// How many they will have.
    complete_after: Option<u64>,
    /// The same by scene, where it changes.
    scenes: Vec<JsonScene<'a>>,
}

/// A predicted answer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Answer")]
struct JsonAnswer<'a> {
    #[schemars(extend("enum" = ["accepted", "scenes-at-risk", "rejected", "unknown"]))]
    outcome: &'static str,
    /// The response code; null when the outcome is unknown.
    code: Option<u16>,
    /// The codes of the rules that decide it, strongest first.
    because: &'a [&'static str],
}

/// A finding that will be left.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Left")]
struct JsonLeft<'a> {
    /// The rule's code.
    code: &'static str,
    /// The rule's name.
    name: &'static str,
    /// What is wrong, in one sentence.
    message: &'a str,
    /// Why it is not mended: `person`: no repair is known that a program can carry out;
    /// `deselected`: the user left it out; `unsafe`, `removes`, `unsafe-and-removes`: it needs
    /// `--unsafe`, `--remove` or both; `choice`: one of its repairs has to be chosen; `later`: it
    /// can be mended once the plan is carried out.
    #[schemars(extend("enum" = ["person", "deselected", "unsafe", "removes", "unsafe-and-removes", "choice", "collides", "later"]))]
    why: &'static str,
    /// What would mend it.
    help: Option<&'a str>,
    /// What else is worth knowing, a sentence each.
    notes: &'a [String],
    /// Its repairs, in the order in which they are chosen by their number.
    repairs: Vec<JsonRepair<'a>>,
}

/// How many frames of a scene all sensors have.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Scene")]
struct JsonScene<'a> {
    scene: Cow<'a, str>,
    /// `scene` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    scene_encoded: bool,
    /// How many now; null where there is no such scene, or it takes too long to be told.
    before: Option<u64>,
    /// How many afterwards, in the same way.
    after: Option<u64>,
}

/// The changes of the text of metadata.json.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Metadata")]
struct JsonMetadata<'a> {
    /// Where the file stands before the plan is carried out.
    path: &'static str,
    /// Identifies its text: the first 16 bytes of the SHA-256 of its length, as 8 bytes with the
    /// highest first, and the text.
    #[schemars(extend("pattern" = "^[0-9a-f]{32}$"))]
    hash: String,
    /// The causes, by their position from 0.
    causes: Vec<usize>,
    /// The changes, by their place. They do not overlap.
    edits: Vec<JsonEdit<'a>>,
}

/// A change of a stretch of text.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Edit")]
struct JsonEdit<'a> {
    /// Where the stretch begins, in bytes.
    start: usize,
    /// Where it ends, in bytes.
    end: usize,
    /// What stands there.
    before: Cow<'a, str>,
    /// `before` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    before_encoded: bool,
    /// What stands there afterwards.
    text: Cow<'a, str>,
    /// `text` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    text_encoded: bool,
}

/// A change of one path.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Change")]
struct JsonChange<'a> {
    /// The path before. A folder's ends in `/`, and stands for all that is in it.
    from: Cow<'a, str>,
    /// `from` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    from_encoded: bool,
    /// The path afterwards; null where it is taken out of the tree.
    to: Option<Cow<'a, str>>,
    /// `to` is percent-encoded, since its bytes are not UTF-8.
    #[serde(skip_serializing_if = "is_false")]
    to_encoded: bool,
    /// The causes, by their position from 0. What carries the plan out takes no notice of them.
    causes: &'a [usize],
}

/// All changes, computed while they are written.
struct Changes<'a>(&'a Proposal<'a>);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sequence = serializer.serialize_seq(None)?;
        let mut written = Ok(());
        self.0.for_each_change(|change, causes| {
            if written.is_ok() {
                written = sequence.serialize_element(&JsonChange::of(&change, causes));
            }
        });
        written?;
        sequence.end()
    }
}

impl<'a> JsonPlan<'a> {
    fn of(view: &PlanView<'a>, facts: &'a RunFacts) -> Self {
        let PlanView { tree, report, proposal, outlook, .. } = *view;
        let cause = |cause: &Cause<'_>| JsonCause::of(report, cause);
        JsonPlan {
            schema: SCHEMA,
            tool: Tool::of(facts),
            target: Target::of(report),
            fingerprint: tree.fingerprint().to_string(),
            causes: proposal.causes.iter().filter_map(cause).collect(),
            pairing: view.pairing.as_ref().map(JsonPairing::of),
            outlook: JsonOutlook::of(report, outlook),
            metadata: JsonMetadata::of(view),
            changes: Changes(proposal),
        }
    }
}

impl<'a> JsonCause<'a> {
    fn of(report: &'a Report, cause: &Cause<'_>) -> Option<Self> {
        let finding = report.findings.get(cause.finding)?;
        Some(JsonCause {
            code: finding.rule.code,
            name: finding.rule.name,
            message: &finding.message,
            repair: JsonRepair::of(finding.repairs.get(cause.repair)?),
            choice: cause.repair + 1,
            choices: finding.repairs.len(),
            counts: JsonCounts::of(&cause.counts),
        })
    }
}

impl JsonCounts {
    fn of(counts: &ChangeCounts) -> Self {
        let paths = |PathCounts { files, folders }: PathCounts| JsonPaths { files, folders };
        let ChangeCounts { renamed, moved, removed, edits } = *counts;
        JsonCounts { renamed: paths(renamed), moved: paths(moved), removed: paths(removed), edits }
    }
}

impl<'a> JsonOutlook<'a> {
    fn of(before: &'a Report, outlook: &'a Outlook) -> Self {
        let after = &outlook.report;
        let left = after.findings.iter().zip(&outlook.why_left);
        let changed = outlook.scenes.iter().filter(|scene| scene.before != scene.after);
        JsonOutlook {
            before: JsonAnswer::of(before),
            after: JsonAnswer::of(after),
            left: left.map(|(finding, why)| JsonLeft::of(finding, *why)).collect(),
            complete_before: outlook.complete_before(),
            complete_after: outlook.complete_after(),
            scenes: changed.map(JsonScene::of).collect(),
        }
    }
}

impl<'a> JsonAnswer<'a> {
    fn of(report: &'a Report) -> Self {
        let verdict = &report.verdict;
        JsonAnswer {
            outcome: verdict.outcome.as_str(),
            code: verdict.code.map(ResponseCode::code),
            because: &verdict.because,
        }
    }
}

impl<'a> JsonLeft<'a> {
    fn of(finding: &'a Finding, why: WhyLeft) -> Self {
        JsonLeft {
            code: finding.rule.code,
            name: finding.rule.name,
            message: &finding.message,
            why: why.as_str(),
            help: finding.help.as_deref(),
            notes: &finding.notes,
            repairs: finding.repairs.iter().map(JsonRepair::of).collect(),
        }
    }
}

impl<'a> JsonScene<'a> {
    fn of(scene: &'a SceneOutlook) -> Self {
        let (name, scene_encoded) = encoded(&scene.name);
        JsonScene { scene: name, scene_encoded, before: scene.before, after: scene.after }
    }
}

impl<'a> JsonMetadata<'a> {
    fn of(view: &PlanView<'a>) -> Option<Self> {
        let edits = view.proposal.plan.edits();
        let text = view.metadata.filter(|_| !edits.is_empty())?;
        let edit = |edit: &'a sensortree_core::repair::Edit| {
            let before = text.get(edit.start..edit.end).unwrap_or_default();
            let ((before, before_encoded), (text, text_encoded)) =
                (encoded(before), encoded(&edit.text));
            let (start, end) = (edit.start, edit.end);
            JsonEdit { start, end, before, before_encoded, text, text_encoded }
        };
        Some(JsonMetadata {
            path: METADATA,
            hash: text_hash(text),
            causes: view.proposal.causes_of_edits().collect(),
            edits: edits.iter().map(edit).collect(),
        })
    }
}

impl<'a> JsonChange<'a> {
    fn of(change: &'a Change, causes: &'a [usize]) -> Self {
        let (from, from_encoded) = encoded(&change.from);
        let (to, to_encoded) = change.to.as_deref().map(encoded).unzip();
        JsonChange { from, from_encoded, to, to_encoded: to_encoded.unwrap_or(false), causes }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
pub(super) fn is_false(value: &bool) -> bool {
    !*value
}
