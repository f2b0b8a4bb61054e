//! [`PlanFile`]: a plan as it stands in a file, which a person may have edited.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use percent_encoding::percent_decode_str;
use sensortree_core::plan::{Change, Plan, RenameFault};
use sensortree_core::repair::{Edit, Operation};
use sensortree_core::tree::Tree;
use sensortree_report::escape::{visible, visible_path};
use sensortree_report::text_hash;
use serde::{Deserialize, Deserializer};

use crate::cli::as_if::Table;
use crate::cli::fix::PlanForm;
use crate::cli::fix_error::FixError;

/// The format of a plan in JSON.
const SCHEMA: &str = "sensortree-plan/1";

/// A plan as it stands in a file.
#[derive(Debug)]
pub(super) struct PlanFile {
    /// The file, as the user named it.
    pub(super) name: String,
    /// What it was made for, where it says that.
    pub(super) target: Option<String>,
    /// The fingerprint of the tree that it was made for, where it says that.
    pub(super) fingerprint: Option<String>,
    changes: Vec<Change>,
    /// The line of each change, from 1, where the file has one for each.
    lines: Option<Vec<u64>>,
    metadata: Option<MetadataPart>,
}

#[derive(Debug, Deserialize)]
struct JsonFile {
    schema: String,
    target: TargetPart,
    fingerprint: String,
    #[serde(default)]
    metadata: Option<MetadataPart>,
    changes: Vec<ChangePart>,
}

#[derive(Debug, Deserialize)]
struct TargetPart {
    uri: String,
}

#[derive(Debug, Deserialize)]
struct MetadataPart {
    hash: String,
    edits: Vec<EditPart>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EditPart {
    start: usize,
    end: usize,
    before: String,
    #[serde(default)]
    before_encoded: bool,
    text: String,
    #[serde(default)]
    text_encoded: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChangePart {
    from: String,
    #[serde(default)]
    from_encoded: bool,
    /// It must be said: null takes the path out.
    #[serde(deserialize_with = "said")]
    to: Option<String>,
    #[serde(default)]
    to_encoded: bool,
}

/// What may be null, and must not be left out.
fn said<'d, D: Deserializer<'d>>(from: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(from)
}

/// The bytes that a text stands for.
fn bytes(text: String, is_encoded: bool) -> Vec<u8> {
    if is_encoded { percent_decode_str(&text).collect() } else { text.into_bytes() }
}

impl PlanFile {
    /// Reads a plan, whose form its suffix says.
    ///
    /// # Errors
    /// When it cannot be read, or is no plan.
    pub(super) fn read(path: &Path) -> Result<Self, FixError> {
        let name = visible_path(path.as_os_str().as_encoded_bytes());
        match PlanForm::of(path)? {
            PlanForm::Json => Self::read_json(path, name),
            PlanForm::Csv => {
                let Table { file, changes, lines } = Table::read(path, true)?;
                Ok(PlanFile {
                    name: file,
                    target: None,
                    fingerprint: None,
                    changes,
                    lines: Some(lines),
                    metadata: None,
                })
            }
            PlanForm::Script => {
                let what = "a script is not read; run it with bash".to_owned();
                Err(FixError::PlanFile { file: name, what })
            }
        }
    }

    fn read_json(path: &Path, name: String) -> Result<Self, FixError> {
        let no_plan = |what: String| FixError::PlanFile {
            file: name.clone(),
            what: visible(&what).into_owned(),
        };
        let opened = File::open(path).map_err(|error| no_plan(error.to_string()))?;
        let file: JsonFile = serde_json::from_reader(BufReader::new(opened))
            .map_err(|error| no_plan(error.to_string()))?;
        if file.schema != SCHEMA {
            return Err(no_plan(format!("its schema is `{}`, not `{SCHEMA}`", file.schema)));
        }
        let change = |change: ChangePart| Change {
            from: bytes(change.from, change.from_encoded),
            to: change.to.map(|to| bytes(to, change.to_encoded)),
        };
        Ok(PlanFile {
            target: Some(file.target.uri),
            fingerprint: Some(file.fingerprint),
            changes: file.changes.into_iter().map(change).collect(),
            lines: None,
            metadata: file.metadata,
            name,
        })
    }

    /// The plan in a tree with this metadata.json.
    ///
    /// # Errors
    /// When what it changes is not there, it leads out of the tree, or its changes do not go
    /// together.
    pub(super) fn plan<'t>(
        &self,
        tree: &'t Tree,
        metadata: Option<&[u8]>,
    ) -> Result<Plan<'t>, FixError> {
        let mut plan = Plan::from_changes(tree, &self.changes).map_err(|error| {
            let at = error.at.or_else(|| match &error.fault {
                RenameFault::Taken(path) => self.changes.iter().position(|change| {
                    let to = change.to.as_deref();
                    to.is_some_and(|to| to.strip_suffix(b"/").unwrap_or(to) == path.as_slice())
                }),
                _ => None,
            });
            let what = visible(&error.fault.to_string()).into_owned();
            self.refused(at, what)
        })?;
        let Some(part) = &self.metadata else { return Ok(plan) };
        let no_text = "metadata.json is not the one that the plan was made for";
        let text = metadata.filter(|text| text_hash(text) == part.hash);
        let text = text.ok_or_else(|| self.refused(None, no_text.to_owned()))?;
        let mut edits = Vec::with_capacity(part.edits.len());
        for (at, edit) in part.edits.iter().enumerate() {
            let before = bytes(edit.before.clone(), edit.before_encoded);
            if text.get(edit.start..edit.end) != Some(before.as_slice()) {
                let what = format!(
                    "edit {} of metadata.json: what it replaces does not stand there",
                    at + 1
                );
                return Err(self.refused(None, what));
            }
            let text = bytes(edit.text.clone(), edit.text_encoded);
            edits.push(Edit { start: edit.start, end: edit.end, text });
        }
        edits.sort_unstable();
        let overlap = edits.is_sorted_by(|one, other| {
            one.end <= other.start && (one.start, one.end) != (other.start, other.end)
        });
        if !overlap || plan.add(&Operation::Edit { edits }).is_err() {
            return Err(self.refused(None, "its edits of metadata.json overlap".to_owned()));
        }
        Ok(plan)
    }

    /// The error that names the place in the file.
    fn refused(&self, at: Option<usize>, what: String) -> FixError {
        let line = at.and_then(|at| self.lines.as_ref()?.get(at));
        let place = match (line, at) {
            (Some(line), _) => format!("line {line} of "),
            (None, Some(at)) => format!("change {} of ", at + 1),
            (None, None) => String::new(),
        };
        FixError::PlanChange { place, file: self.name.clone(), what }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use sensortree_core::tree::{Entry, TreeBuilder};

    use super::*;

    #[test]
    fn plans_are_read_and_what_was_edited_wrongly_is_refused_with_its_place() {
        let mut builder = TreeBuilder::new();
        builder.add(&Entry::file(b"a/\xff.pcd", 1));
        builder.add(&Entry::file(b"a/x.pcd", 1));
        builder.add(&Entry::file(b"metadata.json", 3));
        let tree = builder.finish();
        let folder = tempfile::tempdir().unwrap();
        let plan = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            let file = PlanFile::read(&path)?;
            file.plan(&tree, Some(b"{,}")).map(|plan| (plan.counts(), plan.edited(b"{,}")))
        };
        let json = |changes: &str, edits: &str| {
            let hash = text_hash(b"{,}");
            format!(
                r#"{{"schema":"sensortree-plan/1","target":{{"uri":"d"}},"fingerprint":"",
                "metadata":{{"hash":"{hash}","edits":[{edits}]}},"changes":[{changes}]}}"#
            )
        };
        let comma = r#"{"start":1,"end":2,"before":",","text":""}"#;
        let good = r#"{"from":"a/%FF.pcd","fromEncoded":true,"to":null},{"from":"a/x.pcd","to":"b/x.pcd"}"#;
        let (counts, text) = plan("plan.json", &json(good, comma)).unwrap();
        assert_eq!((counts.moved.files, counts.removed.files), (1, 1));
        assert_eq!(text, b"{}");
        let (counts, _) = plan("plan.csv", "from,to,why\na/x.pcd,,surplus\n").unwrap();
        assert_eq!(counts.removed.files, 1);
        let check = |name: &str, text: &str, expected: &str| {
            let error = plan(name, text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        };
        let change =
            |from: &str, to: &str| json(&format!(r#"{{"from":"{from}","to":{to}}}"#), comma);
        check("plan.json", &change("a/x.pcd", r#""../x.pcd""#), "change 1 of");
        check("plan.json", &change("a/x.pcd", r#""/x.pcd""#), "it is absolute");
        check("plan.json", &change("a/none.pcd", "null"), "`a/none.pcd` is not in the tree");
        check("plan.json", &change("a/x.pcd", r#""metadata.json""#), "change 1 of");
        check("plan.json", &json(r#"{"from":"a/x.pcd"}"#, comma), "missing field `to`");
        check("plan.json", &json("", &format!("{comma},{comma}")), "overlap");
        check("plan.json", &json("", r#"{"start":0,"end":9,"before":"","text":""}"#), "edit 1 of");
        check("plan.json", "{}", "missing field");
        check("plan.json", &json("", "").replace("plan/1", "plan/2"), "its schema is");
        check("plan.csv", "from,to\na/x.pcd,b/../../c\n", "line 2 of");
        check("plan.csv", "from,to\n,b\n", "line 2 of");
        check("plan.csv", "a/x.pcd,metadata.json\n", "line 1 of");
        check("plan.txt", "", "no form of a plan");
    }
}
