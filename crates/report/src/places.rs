//! Where in a repository a finding is shown. Code hosts know files of the repository only; what
//! lies in a store, or nowhere since it is missing, is shown at something that is there, and its
//! real place is said.

use std::borrow::Cow;

use sensortree_core::document::Location;
use sensortree_core::finding::{Example, Finding};
use sensortree_core::report::Report;
use sensortree_core::tree::TargetKind;

use crate::escape::spelled;

/// Where what was checked lies, as `/`-separated paths from the top of the repository, or of the
/// current folder where there is none. `None` for what lies elsewhere. The caller knows that; this
/// crate asks no file system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The checked folder; empty for the top itself.
    pub tree: Option<Vec<u8>>,
    /// The request's file.
    pub request: Option<Vec<u8>>,
    /// The metadata.json that was named apart from a listing.
    pub metadata: Option<Vec<u8>>,
    /// What stands for all that lies elsewhere: the request, the configuration, a metadata.json
    /// named apart, the zip or the listing.
    pub anchor: Option<Vec<u8>>,
}

/// What stands for all that lies elsewhere where nothing that is there can: the configuration
/// that could be.
pub const STATED_ANCHOR: &str = "sensortree.toml";

/// The document that findings of the dataset's own description point into.
const METADATA: &str = "metadata.json";

/// A place in the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The path from its top, never empty.
    pub(crate) path: Vec<u8>,
    /// The stretch of text; the file's beginning for what is no place in a text.
    pub(crate) region: Region,
    /// The real place, as visible text, where that is another.
    pub(crate) elsewhere: Option<String>,
}

/// A stretch of text: lines and columns from 1, the end exclusive, columns in UTF-16 code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) start_line: usize,
    pub(crate) start_column: usize,
    pub(crate) end_line: usize,
    pub(crate) end_column: usize,
}

impl Region {
    /// A file as a whole.
    pub(crate) const FILE: Region =
        Region { start_line: 1, start_column: 1, end_line: 1, end_column: 1 };

    /// The stretch of a document.
    fn of(location: &Location, report: &Report) -> Self {
        let (start_line, start_column) = (location.line, location.column);
        let document = report.documents.iter().find(|document| document.name == location.document);
        let Some(text) = document.map(|document| document.text.as_slice()) else {
            return Region {
                start_line,
                start_column,
                end_line: start_line,
                end_column: start_column,
            };
        };
        let start = location.offset.min(text.len());
        let end = start.saturating_add(location.length).min(text.len());
        let start_column = column_at(text, start);
        let lines = text[start..end].iter().filter(|byte| **byte == b'\n').count();
        Region {
            start_line,
            start_column,
            end_line: start_line + lines,
            end_column: column_at(text, end),
        }
    }
}

/// The column of a byte in its line, in UTF-16 code units from 1. A byte order mark is no
/// character.
fn column_at(text: &[u8], place: usize) -> usize {
    let before = text.get(..place).unwrap_or_default();
    let line = match before.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => &before[at + 1..],
        None => before.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(before),
    };
    String::from_utf8_lossy(line).encode_utf16().count() + 1
}

impl Places {
    /// Where a finding is shown.
    pub(crate) fn of_finding(&self, finding: &Finding, report: &Report) -> Place {
        if let Some(location) = &finding.location {
            return self.in_document(location, finding, report);
        }
        match finding.examples.first() {
            Some(example) => self.of_example(example, report),
            None => {
                let subject = [finding.subject.sensor.as_deref(), finding.subject.scene.as_deref()];
                let folder: Vec<&[u8]> = subject.into_iter().flatten().collect();
                self.of_path(&folder.join(&b'/'), report)
            }
        }
    }

    /// Where an example is shown: what is missing, at the folder that it is missing from.
    pub(crate) fn of_example(&self, example: &Example, report: &Report) -> Place {
        let shown = if example.present { &example.path } else { parent(&example.path) };
        self.in_tree(shown, &example.path, report)
    }

    /// Where a path of the tree is shown.
    pub(crate) fn of_path(&self, path: &[u8], report: &Report) -> Place {
        self.in_tree(path, path, report)
    }

    fn in_document(&self, location: &Location, finding: &Finding, report: &Report) -> Place {
        let document: &str = &location.document;
        let is_request = report.request.as_deref() == Some(document);
        let file = if is_request {
            self.request.clone()
        } else if document == METADATA {
            self.metadata.clone().or_else(|| self.below_tree(METADATA.as_bytes()))
        } else {
            self.below_tree(exact_name(document, finding))
        };
        let region = Region::of(location, report);
        if let Some(path) = file.filter(|path| !path.is_empty()) {
            return Place { path, region, elsewhere: None };
        }
        let name = if is_request {
            spelled(document.as_bytes())
        } else {
            real(document.as_bytes(), report)
        };
        let elsewhere = format!("{name}:{}:{}", region.start_line, region.start_column);
        Place { path: self.anchor(), region: Region::FILE, elsewhere: Some(elsewhere) }
    }

    /// What stands at `shown`, for what is to be at `path`.
    fn in_tree(&self, shown: &[u8], path: &[u8], report: &Report) -> Place {
        match self.below_tree(shown) {
            Some(path) if !path.is_empty() => Place { path, region: Region::FILE, elsewhere: None },
            Some(_) => Place { path: self.anchor(), region: Region::FILE, elsewhere: None },
            None => Place {
                path: self.anchor(),
                region: Region::FILE,
                elsewhere: Some(real(path, report)),
            },
        }
    }

    /// A path of the tree from the top of the repository, without the slash that ends a folder's.
    /// None where the tree lies elsewhere, or the path would lead somewhere else.
    fn below_tree(&self, path: &[u8]) -> Option<Vec<u8>> {
        let tree = self.tree.as_deref()?;
        let path = path.strip_suffix(b"/").unwrap_or(path);
        if path.is_empty() {
            return Some(tree.to_vec());
        }
        let strays = |name: &[u8]| matches!(name, b"" | b"." | b"..");
        if path.split(|byte| *byte == b'/').any(strays) {
            return None;
        }
        Some(if tree.is_empty() { path.to_vec() } else { [tree, path].join(&b'/') })
    }

    fn anchor(&self) -> Vec<u8> {
        self.anchor.clone().filter(|path| !path.is_empty()).unwrap_or_else(|| STATED_ANCHOR.into())
    }
}

/// The folder that a path stands in; empty for the top.
fn parent(path: &[u8]) -> &[u8] {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    path.iter().rposition(|byte| *byte == b'/').map_or(&b""[..], |at| &path[..at])
}

/// The name of a document that is a file of the tree, exactly the bytes listed.
fn exact_name<'a>(document: &'a str, finding: &'a Finding) -> &'a [u8] {
    let mut paths = finding.examples.iter().map(|example| example.path.as_slice());
    paths
        .find(|path| sensortree_core::text::lossless(path) == document)
        .unwrap_or(document.as_bytes())
}

/// The address of a path of the tree, as visible text.
fn real(path: &[u8], report: &Report) -> String {
    let uri = spelled(report.target.uri.as_bytes());
    let uri =
        if report.target.kind == TargetKind::Request { Cow::Borrowed("") } else { Cow::Owned(uri) };
    match (uri.trim_end_matches('/'), path) {
        ("", path) => spelled(path),
        (uri, b"") => uri.to_owned(),
        (uri, path) => format!("{uri}/{}", spelled(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_those_of_an_editor() {
        let at = |text: &str, place: usize| column_at(text.as_bytes(), place);
        assert_eq!(at("ab", 0), 1);
        assert_eq!(at("ab\ncd", 4), 2);
        assert_eq!(at("\"é\": 1", 4), 4, "characters, not bytes");
        assert_eq!(at("\"🚗\": 1", 6), 5, "a character beyond the first 65,536 takes two");
        assert_eq!(at("\u{feff}{}", 4), 2, "a byte order mark is not seen");
        assert_eq!(at("ab", 9), 1, "nothing stands there");
    }

    #[test]
    fn no_path_leads_out_of_the_tree() {
        let places = Places { tree: Some(b"data/drive".to_vec()), ..Places::default() };
        let below = |path: &str| {
            places.below_tree(path.as_bytes()).map(|path| String::from_utf8(path).unwrap())
        };
        assert_eq!(below("lidar-top/").as_deref(), Some("data/drive/lidar-top"));
        assert_eq!(below("").as_deref(), Some("data/drive"));
        for path in ["../x", "a/../b", "/etc/passwd", "a//b", "./a", "a/."] {
            assert_eq!(below(path), None, "{path}");
        }
    }
}
