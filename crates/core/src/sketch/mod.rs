//! Trees drawn as indented text: the examples on rule pages, and the project's fixtures.
//!
//! ```text
//! target: drives/0423             optional, first: the target's path
//! content: full                   optional: frames are looked into to their end
//! lidar-top/                      a folder
//!   scene_1/
//!     1681532060061.pcd x3 +100   three frames, 100 apart
//!     notes.txt (0 bytes)         a file of another size than 1,000 bytes, or than its image takes
//!     1681532060361.pcd =cut      a frame that holds something else than its suffix says: see below
//!     latest -> elsewhere         a symbolic link whose target is there
//!     lost -> gone (dangling)     a symbolic link whose target is not there
//!     pipe (fifo)                 a special file
//!     scene_2/ (marker)           an object that stands for a folder
//! metadata.json                   alone: made to fit the sensor folders
//! metadata.json:                  last: the rest of the text is its content
//! {"version": "1.0"}
//! ```
//!
//! `metadata.json with:` stands last, too, and is made to fit but for what the lines behind it say:
//! `cameraSequence = ["camera-front"]`, `cameraCoefficients[0].camera.skew = 2`, `dataType absent`,
//! `cameraCoefficients[1] = as cameraCoefficients[0]`.
//!
//! Frames hold the smallest file that their suffix says, filled up to their size; images are of
//! 1920 × 1080 pixels. Behind a `=` stands what they hold instead: `640x480` (another size),
//! `turned` (by Exif), `one colour` (and not two), `cmyk`, `png` (under whatever suffix), `cut`
//! (less than promised), `torn` (data that are none in the middle of an image), `no tables` (that
//! it is decoded with), `zeros`, `no points`, or several of these with commas. A point cloud is
//! written in `ascii` or `compressed` (and `torn`) in place of binary, and holds `lost points` (no
//! numbers), `half lost`, `points at origin`, `equal points`, `millimetres`, `map coordinates`,
//! `noise` or a `blank` or `half blank` body in place of a ring around the sensor. Behind all of
//! these may stand `edit FROM -> TO` (a piece of a point cloud's text). `begins TEXT` is nothing
//! but this text.
//!
//! A target that ends in `.zip` is drawn as that archive: the names are those in it, its
//! top folder included.
//!
//! ```text
//! target: drives/0423.zip
//! archive: 150000000 bytes        the size of the file; or what it is: `empty`, `cut off`, `broken`, `begins <html>`
//! 0423/
//!   lidar-top/
//!     scene_1/
//!       1681532060061.pcd [encrypted, method 14, packed 10]
//! ```
//!
//! Its entries take the marks `encrypted`, `undeclared` (a name that does not say that it is in
//! UTF-8), `method N`, `packed N`, `overlapping`, `out of range` and `headers disagree`.
//!
//! A request that goes with the tree is drawn behind it; without any tree it is looked at alone.
//!
//! ```text
//! request:                        the rest of the text, or up to `metadata.json:`, is its body
//! request (upload, tracked):      of another call than import-annotation; from a file that git tracks
//! {"name": "drive"}
//! ```
//!
//! In names `\n`, `\t`, `\s` (a space), `\\`, `\xNN` (a byte) and `\u{N}` (a character) stand for
//! what cannot be typed.

mod cloud;
mod content;
mod patch;
mod request;
mod zip;

use std::fmt::Write as _;

use sensortree_probe::Depth;

pub use cloud::pack_lzf;
pub use content::{Content, Held};
pub use request::DrawnRequest;
pub use zip::{DrawnArchive, Marks};

use crate::document::MetadataFile;
use crate::finding::settings::Settings;
use crate::layout::Layout;
use crate::names::{METADATA, SensorKind, frame_name};
use crate::report::Report;
use crate::report::check::{Inspection, check, check_request};
use crate::tree::{Coverage, Entry, EntryKind, Target, TargetKind, Tree, TreeBuilder};

/// One drawn entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// The path relative to the target.
    pub path: Vec<u8>,
    /// What stands there.
    pub kind: EntryKind,
    /// Its size in bytes.
    pub size: u64,
    /// What else is said of it, in an archive.
    pub marks: Marks,
    /// What it holds, where that is not what its suffix says.
    pub held: Option<Box<Held>>,
}

impl Drawn {
    /// A file of the usual size that holds what its suffix says.
    #[must_use]
    pub fn file(path: impl Into<Vec<u8>>) -> Self {
        let path = path.into();
        Drawn {
            size: Held::default().size(&path).unwrap_or(FRAME_BYTES),
            path,
            kind: EntryKind::File,
            marks: Marks::default(),
            held: None,
        }
    }

    /// Lets it hold something else than its suffix says.
    pub fn hold(&mut self, held: Held) {
        // What a file's text is decides its size; of other files a size can be drawn.
        if held.is_text() || self.size == Drawn::file(self.path.as_slice()).size {
            self.size = held.size(&self.path).unwrap_or(self.size);
        }
        self.held = Some(Box::new(held));
    }

    /// What the file holds.
    #[must_use]
    pub fn content(&self) -> Content {
        let name = self.path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        Content::of(name, self.size, self.held.as_deref())
    }
}

/// A drawn tree.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// The target's path, as drawn.
    pub target: String,
    /// The archive that the target is, where its name ends in `.zip`.
    pub archive: Option<DrawnArchive>,
    /// How far its frames are looked into.
    pub depth: Depth,
    /// Its entries, in the order drawn.
    pub entries: Vec<Drawn>,
    /// The content of metadata.json, where one is drawn at the top.
    pub metadata: Option<Vec<u8>>,
    /// The request that goes with it, where one is drawn.
    pub request: Option<DrawnRequest>,
}

/// Text that is no sketch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct SketchError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: String,
}

impl Sketch {
    /// Reads a sketch.
    ///
    /// # Errors
    /// When a line has tabs, a broken escape or repeat, or lies in no folder.
    pub fn parse(text: &str) -> Result<Self, SketchError> {
        let target = "dataset".to_owned();
        let mut sketch = Sketch {
            target,
            archive: None,
            depth: Depth::Headers,
            entries: Vec::new(),
            metadata: None,
            request: None,
        };
        // The open folders: indentation, and the path with its slash.
        let mut open: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut at = 0;
        // Up to here lines are those of the request.
        let mut request_end = 0;
        // How metadata.json differs from one that fits.
        let mut patches = "";
        for (number, line) in text.split_inclusive('\n').enumerate() {
            at += line.len();
            if at <= request_end {
                continue;
            }
            let error = |what: String| SketchError { line: number + 1, what };
            let content = line.trim();
            if content.is_empty() || content.starts_with("# ") {
                continue;
            }
            if let Some(target) = content.strip_prefix("target: ") {
                sketch.target = target.to_owned();
                sketch.archive = zip::is_archive(target).then(DrawnArchive::default);
                continue;
            }
            if content == "content: full" {
                sketch.depth = Depth::Whole;
                continue;
            }
            if let (Some(archive), Some(words)) =
                (&mut sketch.archive, content.strip_prefix("archive: "))
            {
                *archive = zip::parse_archive(words).map_err(error)?;
                continue;
            }
            let (content, marks) = match sketch.archive {
                Some(_) => zip::take_marks(content).map_err(error)?,
                None => (content, Marks::default()),
            };
            let (content, held) = match content.split_once(" =") {
                Some((content, words)) => (content, Some(Held::parse(words).map_err(error)?)),
                None => (content, None),
            };
            let drawn = sketch.entries.len();
            let indent = line.len() - line.trim_start_matches(' ').len();
            while open.last().is_some_and(|(outer, _)| *outer >= indent) {
                open.pop();
            }
            let parent = open.last().map_or(&[][..], |(_, path)| path);
            if indent == 0 && content == "metadata.json:" {
                sketch.draw(METADATA.as_bytes(), EntryKind::File, (text.len() - at) as u64);
                sketch.metadata = Some(text.as_bytes()[at..].to_vec());
                break;
            }
            if indent == 0 && content == "metadata.json with:" {
                patches = &text[at..];
                sketch.entries.push(Drawn::file(METADATA.as_bytes().to_vec()));
                break;
            }
            if let Some(words) =
                content.strip_prefix("request").filter(|_| indent == 0).and_then(request::heading)
            {
                let drawn = DrawnRequest::parse(words, &text[at..]).map_err(error)?;
                request_end = at + drawn.text.len();
                sketch.request = Some(drawn);
                continue;
            }
            if indent > 0 && parent.is_empty() {
                return Err(error("indented, but no folder is open".to_owned()));
            }
            let path = |name: &str| -> Result<Vec<u8>, SketchError> {
                Ok([parent, &unescape(name).map_err(error)?].concat())
            };
            if let Some(name) = content.strip_suffix('/') {
                let mut path = path(name)?;
                sketch.draw(&path, EntryKind::Folder, 0);
                path.push(b'/');
                open.push((indent, path));
            } else if let Some((name, target)) = content.split_once(" -> ") {
                let kind = match target.ends_with(" (dangling)") {
                    true => EntryKind::DanglingLink,
                    false => EntryKind::Link,
                };
                sketch.draw(&path(name)?, kind, 0);
            } else if let Some(name) = content.strip_suffix(" (marker)") {
                sketch.draw(&path(name)?, EntryKind::FolderMarker, 0);
            } else if let Some(name) = content.strip_suffix(" (fifo)") {
                sketch.draw(&path(name)?, EntryKind::Special, 0);
            } else if let Some((name, size)) =
                content.strip_suffix(" bytes)").and_then(|rest| rest.rsplit_once(" ("))
            {
                let size = size.parse().map_err(|_| error(format!("`{size}` is no size")))?;
                sketch.draw(&path(name)?, EntryKind::File, size);
            } else if let Some((name, times, step)) = repeat(content) {
                let (first, naming) = frame_name::parse(name.as_bytes())
                    .ok_or_else(|| error(format!("`{name}` has no number to repeat")))?;
                for k in 0..times {
                    let name = naming.render(first + i128::from(k) * i128::from(step));
                    sketch.entries.push(Drawn::file(path(&name)?));
                }
            } else {
                sketch.entries.push(Drawn::file(path(content)?));
            }
            for drawn in &mut sketch.entries[drawn..] {
                drawn.marks = marks;
                if let Some(held) = &held {
                    drawn.hold(held.clone());
                }
            }
        }
        let fits = sketch.metadata.is_none();
        if let Some(at) = sketch
            .entries
            .iter()
            .position(|drawn| fits && sketch.is_metadata(&drawn.path) && drawn.size == FRAME_BYTES)
        {
            let text = patch::patched(sketch.fitting_metadata(), patches)
                .map_err(|what| SketchError { line: text.lines().count(), what })?;
            let text = text.into_bytes();
            sketch.entries[at].size = text.len() as u64;
            sketch.metadata = Some(text);
        }
        Ok(sketch)
    }

    fn draw(&mut self, path: &[u8], kind: EntryKind, size: u64) {
        self.entries.push(Drawn { kind, size, ..Drawn::file(path) });
    }

    /// Whether a metadata.json at this path stands at the top, or in an archive's top folder.
    fn is_metadata(&self, path: &[u8]) -> bool {
        let mut segments = path.rsplit(|byte| *byte == b'/');
        let depth = if self.archive.is_some() { 2 } else { 1 };
        segments.next() == Some(METADATA.as_bytes()) && segments.count() < depth
    }

    /// A metadata.json for the sensors that the tree is read to have, by the names that they
    /// are to have.
    fn fitting_metadata(&self) -> String {
        let inspection = self.inspection();
        let layout = Layout::read(&inspection.tree, &inspection.target);
        let names = |kind: SensorKind| -> Vec<String> {
            let sensors = layout
                .sensors
                .iter()
                .filter(|sensor| sensor.kind == kind && !sensor.name.is_empty());
            sensors.map(|sensor| sensor.name.clone()).collect()
        };
        fitting_metadata(&names(SensorKind::Lidar), &names(SensorKind::Camera))
    }

    /// The tree as a listing of the entries gives it.
    #[must_use]
    pub fn tree(&self) -> Tree {
        let mut builder = TreeBuilder::new();
        for drawn in &self.entries {
            let size = (drawn.kind == EntryKind::File).then_some(drawn.size);
            if let Some(format) = builder.take(&Entry { path: &drawn.path, kind: drawn.kind, size })
            {
                builder.hold(&drawn.path, drawn.content().probe(self.depth, format));
            }
        }
        builder.finish()
    }

    /// The report on what is drawn: the tree with its request, or the one of the two that there is.
    #[must_use]
    pub fn check(&self, settings: &Settings) -> Report {
        let Some(drawn) = &self.request else {
            return check(self.inspection(), settings);
        };
        let request = drawn.request();
        let inspection = if self.entries.is_empty() {
            Inspection::of_no_tree(request.name())
        } else {
            self.inspection()
        };
        check_request(
            &request,
            inspection,
            &Settings { endpoint: drawn.endpoint, ..settings.clone() },
        )
    }

    /// The sketch as a source would hand it on.
    #[must_use]
    pub fn inspection(&self) -> Inspection {
        let mut segments: Vec<String> = self.target.split('/').map(str::to_owned).collect();
        let text = self.metadata.clone().map_or(MetadataFile::Absent, MetadataFile::Text);
        let (kind, tree, archive, metadata) = match self.archive {
            None => (TargetKind::Local, self.tree(), None, text),
            Some(archive) => {
                let file_name = segments.pop().unwrap_or_default();
                let (tree, facts, has_metadata) = zip::read(&file_name, archive, self);
                segments.push(facts.stem.clone());
                (
                    TargetKind::Zip,
                    tree,
                    Some(facts),
                    if has_metadata { text } else { MetadataFile::Absent },
                )
            }
        };
        let content = match self.depth {
            Depth::Headers => "headers",
            Depth::Whole => "full",
        };
        Inspection {
            target: Target { kind, uri: self.target.clone(), segments },
            coverage: Coverage {
                content,
                probed: tree.probed(),
                probeable: tree.probeable(),
                ..Coverage::default()
            },
            tree,
            archive,
            metadata,
        }
    }
}

/// The size of a file that is drawn without one, but for images and text: these have their own.
pub const FRAME_BYTES: u64 = 1_000;

/// `name xN +STEP`.
fn repeat(content: &str) -> Option<(&str, u32, i64)> {
    let (rest, step) = content.rsplit_once(" +")?;
    let (name, times) = rest.rsplit_once(" x")?;
    Some((name, times.parse().ok()?, step.parse().ok()?))
}

fn unescape(name: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let broken = || format!("`\\{behind}` is no escape");
        let mut chars = behind.chars();
        match chars.next().ok_or_else(broken)? {
            'n' => bytes.push(b'\n'),
            't' => bytes.push(b'\t'),
            's' => bytes.push(b' '),
            '\\' => bytes.push(b'\\'),
            'x' => {
                let hex = behind.get(1..3).ok_or_else(broken)?;
                bytes.push(u8::from_str_radix(hex, 16).map_err(|_| broken())?);
                chars = behind[3..].chars();
            }
            'u' => {
                let (hex, after) = behind
                    .strip_prefix("u{")
                    .and_then(|hex| hex.split_once('}'))
                    .ok_or_else(broken)?;
                let c = u32::from_str_radix(hex, 16)
                    .ok()
                    .and_then(char::from_u32)
                    .ok_or_else(broken)?;
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                chars = after.chars();
            }
            _ => return Err(broken()),
        }
        rest = chars.as_str();
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}

/// A metadata.json that is right for sensors of these names.
#[must_use]
pub fn fitting_metadata(lidars: &[String], cameras: &[String]) -> String {
    let quoted = |names: &[String]| {
        names
            .iter()
            .map(|name| serde_json::Value::from(name.as_str()).to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let data_type = if lidars.is_empty() { 2 } else { 3 };
    let mut text = format!(
        "{{\n  \"version\": \"1.0\",\n  \"fileTreeType\": 0,\n  \"dataType\": {data_type},\n  \"lidarSequence\": [{}],\n  \"cameraSequence\": [{}],\n  \"cameraCoefficients\": [",
        quoted(lidars),
        quoted(cameras),
    );
    for (at, name) in cameras.iter().enumerate() {
        let separator = if at == 0 { "" } else { "," };
        let name = serde_json::Value::from(name.as_str());
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "{separator}\n    {{\n      \"name\": {name},\n      \"width\": 1920,\n      \"height\": 1080,\n      \"camera\": {{\n        \"type\": \"PinHole\",\n        \"heading\": {{\"w\": 0.5, \"x\": -0.5, \"y\": 0.5, \"z\": -0.5}},\n        \"position\": {{\"x\": {at}.5, \"y\": 0.25, \"z\": 1.5}},\n        \"intrinsic\": {{\"fx\": 1200.0, \"fy\": 1200.0, \"cx\": 960.0, \"cy\": 540.0}},\n        \"skew\": 0,\n        \"radial\": {{\"k1\": 0.0, \"k2\": 0.0, \"k3\": 0.0, \"k4\": 0.0}},\n        \"tangential\": {{\"p1\": 0.0, \"p2\": 0.0}}\n      }}\n    }}"
        );
    }
    if !cameras.is_empty() {
        text.push_str("\n  ");
    }
    text.push_str("]\n}\n");
    text
}
