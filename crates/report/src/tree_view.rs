//! An excerpt of the tree for a finding about it: the folders above, the places marked, what is
//! missing drawn in its place.

use sensortree_core::finding::{Example, Finding};
use sensortree_core::report::Report;
use sensortree_core::text::number;

use crate::escape::{clip_middle, visible, visible_path, width};
use crate::excerpt::{Excerpt, Mark};
use crate::palette::Palette;
use crate::target_name::target_name;

/// The most examples that are drawn: no one reads more, and each costs the drawing of all
/// others some time.
const MOST: usize = 100;

/// The cells by which each level is indented.
const LEVEL: usize = 4;

/// The excerpt of the tree that shows the finding's examples; `None` where it has none.
pub(crate) fn excerpt(finding: &Finding, report: &Report, palette: Palette) -> Option<Excerpt> {
    if finding.examples.is_empty() {
        return None;
    }
    let gutter = Excerpt::gutter(1);
    let room = palette.width.saturating_sub(gutter);
    let mut tree = Excerpted::new((room / 2 / LEVEL).max(2));
    let drawn = &finding.examples[..finding.examples.len().min(MOST)];
    for example in drawn {
        tree.add(example);
    }
    let more = finding.count.max(finding.examples.len() as u64).saturating_sub(drawn.len() as u64);
    if more > 0 {
        tree.add_more(finding, more);
    }
    let mut drawing = Drawing { palette, room, text: String::new(), marks: Vec::new() };
    drawing.root(&tree);
    // The name stands between `╭─[` and `]`.
    let name =
        clip_middle(&target_name(report), room.saturating_sub(2), palette.ellipsis()).into_owned();
    Some(Excerpt { name, text: drawing.text, numbering: None, marks: drawing.marks })
}

/// A folder, file or gap of the excerpt.
#[derive(Debug)]
struct Node<'a> {
    kind: Kind,
    name: Vec<u8>,
    example: Option<&'a Example>,
    children: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Folder,
    File,
    /// So many more than are drawn.
    More(u64),
}

/// The part of the tree that is drawn; the first node is the target.
#[derive(Debug)]
struct Excerpted<'a> {
    nodes: Vec<Node<'a>>,
    levels: usize,
}

impl<'a> Excerpted<'a> {
    fn new(levels: usize) -> Self {
        let root =
            Node { kind: Kind::Folder, name: Vec::new(), example: None, children: Vec::new() };
        Excerpted { nodes: vec![root], levels }
    }

    fn add(&mut self, example: &'a Example) {
        let at = self.place(&example.path);
        self.nodes[at].example = Some(example);
    }

    /// Where the finding is about one sensor or scene, the rest lies there; else anywhere.
    fn add_more(&mut self, finding: &Finding, more: u64) {
        let mut folder = Vec::new();
        if let Some(sensor) = &finding.subject.sensor {
            folder.extend_from_slice(sensor);
            folder.push(b'/');
            if let Some(scene) = &finding.subject.scene {
                folder.extend_from_slice(scene);
                folder.push(b'/');
            }
        }
        let holds_all = finding
            .examples
            .iter()
            .all(|example| example.path.starts_with(&folder) && example.path.len() > folder.len());
        let parent = if holds_all { self.place(&folder) } else { 0 };
        self.child(parent, Kind::More(more), b"");
    }

    /// The node at a path, made with all above it where it is not there yet.
    fn place(&mut self, path: &[u8]) -> usize {
        if path.is_empty() {
            return 0;
        }
        let (path, kind) = match path.strip_suffix(b"/") {
            Some(folder) => (folder, Kind::Folder),
            None => (path, Kind::File),
        };
        let segments: Vec<&[u8]> = path.split(|byte| *byte == b'/').collect();
        // In a path deeper than can be indented, the folders right below the top share a line.
        let joined = (segments.len() + 1).saturating_sub(self.levels);
        let mut at = 0;
        let mut next = 0;
        while next < segments.len() {
            let end = if next == 1 && joined > 1 { next + joined } else { next + 1 };
            let kind = if end == segments.len() { kind } else { Kind::Folder };
            at = self.child(at, kind, &segments[next..end].join(&b'/'));
            next = end;
        }
        at
    }

    fn child(&mut self, parent: usize, kind: Kind, name: &[u8]) -> usize {
        // Examples come by path, so what a folder holds comes in one go.
        if let Some(at) = self.nodes[parent].children.last()
            && let node = &self.nodes[*at]
            && node.kind == kind
            && node.name == name
        {
            return *at;
        }
        let at = self.nodes.len();
        self.nodes.push(Node { kind, name: name.to_vec(), example: None, children: Vec::new() });
        self.nodes[parent].children.push(at);
        at
    }
}

/// The lines drawn so far.
struct Drawing {
    palette: Palette,
    room: usize,
    text: String,
    marks: Vec<Mark>,
}

impl Drawing {
    fn root(&mut self, tree: &Excerpted<'_>) {
        let root = &tree.nodes[0];
        if root.example.is_some() {
            self.line("", ".", root, None);
        }
        // Not by recursion: what is still to be drawn, with what stands before it.
        let mut open: Vec<(usize, String, bool)> = Vec::new();
        let push = |open: &mut Vec<(usize, String, bool)>, node: &Node<'_>, before: &str| {
            for (at, child) in node.children.iter().enumerate().rev() {
                open.push((*child, before.to_owned(), at + 1 == node.children.len()));
            }
        };
        push(&mut open, root, "");
        let mut told: Option<(usize, String)> = None;
        while let Some((at, before, last)) = open.pop() {
            let node = &tree.nodes[at];
            let parent = before.len();
            let missing = node.example.is_some_and(|example| !example.present);
            let branch = self.branch(last, missing);
            let label = node.example.and_then(label);
            // What was said of the one before is not said again.
            let again = told
                .as_ref()
                .is_some_and(|(depth, text)| *depth == parent && Some(text) == label.as_ref());
            self.line(
                &format!("{before}{branch}"),
                &name_of(node, self.palette),
                node,
                label.clone().filter(|_| !again),
            );
            if let Some(label) = label {
                told = Some((parent, label));
            }
            let below = format!("{before}{}", self.stem(last));
            push(&mut open, node, &below);
        }
    }

    fn line(&mut self, before: &str, name: &str, node: &Node<'_>, label: Option<String>) {
        let slash = if node.kind == Kind::Folder { "/" } else { "" };
        let room = self.room.saturating_sub(width(before) + slash.len()).max(8);
        let name = clip_middle(name, room, self.palette.ellipsis());
        self.text.push_str(before);
        let start = self.text.len();
        self.text.push_str(&name);
        let end = self.text.len();
        self.text.push_str(slash);
        self.text.push('\n');
        if node.example.is_some() {
            self.marks.push(Mark { start, end, label });
        }
    }

    /// What leads to a name; broken where nothing stands there.
    fn branch(&self, last: bool, missing: bool) -> &'static str {
        match (self.palette.unicode, last, missing) {
            (true, false, false) => "├── ",
            (true, true, false) => "└── ",
            (true, false, true) => "├╌╌ ",
            (true, true, true) => "└╌╌ ",
            (false, false, false) => "|-- ",
            (false, true, false) => "`-- ",
            (false, false, true) => "|.. ",
            (false, true, true) => "`.. ",
        }
    }

    /// What stands below a branch, before the names under it.
    fn stem(&self, last: bool) -> &'static str {
        match (self.palette.unicode, last) {
            (_, true) => "    ",
            (true, false) => "│   ",
            (false, false) => "|   ",
        }
    }
}

fn name_of(node: &Node<'_>, palette: Palette) -> String {
    match node.kind {
        Kind::More(more) => format!("{} {} more", palette.ellipsis(), number(more)),
        _ if node.name.is_empty() => "(no name)".to_owned(),
        _ => visible_path(&node.name),
    }
}

/// What is said at an example: `missing`, `expected camera-left`, the rule's own words.
fn label(example: &Example) -> Option<String> {
    let mut parts = Vec::new();
    if !example.present {
        parts.push("missing".to_owned());
    }
    if let Some(expected) = &example.expected {
        parts.push(format!("expected {}", visible(beside(expected, &example.path))));
    }
    if let Some(note) = &example.note {
        parts.push(visible(note).into_owned());
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What is expected in the same folder, by its name alone.
fn beside<'e>(expected: &'e str, path: &[u8]) -> &'e str {
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let folder = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    match expected.as_bytes().strip_prefix(&path[..folder]) {
        Some(name) if folder > 0 && !name.is_empty() => expected.get(folder..).unwrap_or(expected),
        _ => expected,
    }
}
