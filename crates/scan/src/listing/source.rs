//! Reads a saved listing from its beginning to a tree in its place.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sensortree_core::document::MetadataFile;
use sensortree_core::names::METADATA;
use sensortree_core::tree::{FolderId, Target, TargetKind, Tree, Unread};
use sensortree_core::{Inspection, text};

use super::bytes::Text;
use super::kind::Kind;
use super::line::{Format, after_scheme};
use super::listed::Listed;
use super::sink::{Root, Sink};
use super::{inventory, json, lines, own, own_format, root};
use crate::content::Content;
use crate::error::ScanError;
use crate::inspect::finish;
use crate::local;
use crate::options::ScanOptions;
use crate::progress::Progress;
use crate::scan_errors::ScanErrors;
use crate::source::{Capabilities, Contents, ListedTree, Looks, Run, Source};

/// A saved listing, and what is to be known beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The file; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Where in the listing's paths the dataset begins, as `s3://bucket/prefix` or `prefix`.
    /// `None`: in the deepest folder that holds everything.
    pub root: Option<String>,
    /// The text of metadata.json, which most listings only name.
    pub metadata: Option<Vec<u8>>,
}

impl Source for Listing {
    fn capabilities(&self) -> Capabilities {
        let reason = "a saved listing holds names and sizes, and not what is in the files";
        Capabilities { looks: Looks::Never(reason), is_costly: false }
    }

    /// Reads the listing.
    ///
    /// # Errors
    /// When there is no such file, or when it is no listing. A listing that can be read in part
    /// only is no error.
    fn list<'r>(
        &'r self,
        run: &'r Run<'r>,
    ) -> Result<(ListedTree, Box<dyn Contents + 'r>), ScanError> {
        let Some(path) = &self.path else {
            return Ok((list_from(io::stdin().lock(), self, run)?, Box::new(())));
        };
        let file = File::open(path).map_err(|source| local::cannot_open(path, source))?;
        if file.metadata().is_ok_and(|facts| facts.is_dir()) {
            return Err(ScanError::NotAListing {
                name: self.name(),
                what: "a folder, which is checked by itself".to_owned(),
            });
        }
        Ok((list_from(file, self, run)?, Box::new(())))
    }
}

/// Reads a saved listing from wherever its bytes come. Parts that it names are looked for
/// beside its path.
///
/// # Errors
/// As those of listing a [`Listing`].
pub fn inspect_from(
    reader: impl Read,
    listing: &Listing,
    options: &ScanOptions,
    progress: &dyn Progress,
) -> Result<Inspection, ScanError> {
    let run = Run::new(options, progress, listing.capabilities());
    let listed = list_from(reader, listing, &run)?;
    finish(&run, listed, &mut ())
}

fn list_from(reader: impl Read, listing: &Listing, run: &Run<'_>) -> Result<ListedTree, ScanError> {
    let path = || listing.path.clone().unwrap_or_else(|| PathBuf::from("-"));
    let text = Text::of(reader).map_err(|error| ScanError::Unreadable { path: path(), error })?;
    let not_a_listing = |what| ScanError::NotAListing { name: listing.name(), what };
    let (sink, listed) = read(text, listing, run).map_err(not_a_listing)?;
    place(sink, listed, listing, run.options()).map_err(not_a_listing)
}

/// The entries of a text; an error says what it is that is no listing.
fn read<'a>(
    text: Text<'_>,
    listing: &Listing,
    run: &'a Run<'a>,
) -> Result<(Sink<'a>, Listed), String> {
    let kind = Kind::of(&text)?;
    let told = listing.root.as_deref().map(told);
    let wrapping = text.wrapping;
    let begin = |root: Root| Sink::new(told.clone().unwrap_or(root), run);
    let named = |name: String| match wrapping {
        "" => Listed { name, ..Listed::default() },
        _ => Listed { name: format!("{name} ({wrapping})"), ..Listed::default() },
    };
    Ok(match kind {
        Kind::Empty => (begin(Root::Here), named("an empty file".to_owned())),
        Kind::Own => own::read(text.into_reader(), told, run)?,
        Kind::Inventory => inventory::read(text, listing.path.as_deref(), begin(Root::Sought))?,
        Kind::Json => {
            let tool = json::tool(&text.head);
            let mut sink = begin(if tool.is_relative() { Root::Here } else { Root::Sought });
            json::read(text.into_reader(), tool, &mut sink);
            // A page or a list may be empty, and what is none of them lists nothing.
            if sink.entries == 0 && !matches!(tool, json::Tool::S3Api | json::Tool::Rclone) {
                return Err("JSON that lists no objects; make the listing with `aws s3api list-objects-v2`, `gcloud storage ls --json`, `az storage blob list -o json` or `rclone lsjson -R`".to_owned());
            }
            let may_be_shallow = tool == json::Tool::Rclone;
            (sink, Listed { may_be_shallow, ..named(format!("a listing by {}", tool.name())) })
        }
        Kind::Lines(lines) => {
            let is_relative = lines.dotted || matches!(lines.format, Format::SizedDated);
            let mut sink = begin(if is_relative { Root::Here } else { Root::Sought });
            lines::read(text.into_reader(), lines, &mut sink);
            let ends = match (lines.end, lines.returns) {
                (0, _) => ", separated by zero bytes",
                (_, true) => ", one a line (CRLF)",
                _ => ", one a line",
            };
            let name = match lines.format {
                Format::Path
                | Format::WindowsPath
                | Format::Url
                | Format::Sized
                | Format::Typed => {
                    format!("a listing of {}{ends}", lines.format.tool())
                }
                Format::Table(_) => "a table with a path in each line".to_owned(),
                _ => format!("a listing by {}", lines.format.tool()),
            };
            let of_folder = lines.format.is_of_files();
            let may_be_shallow = lines.format.may_be_shallow();
            (sink, Listed { may_be_shallow, of_folder, ..named(name) })
        }
    })
}

/// The root that the user told. A bucket in it stands in the paths of some listings only.
fn told(root: &str) -> Root {
    let (path, bucket) = match after_scheme(root.as_bytes()) {
        Some(path) => (path, true),
        None => (root.as_bytes(), false),
    };
    let path = path.strip_prefix(b"./").unwrap_or(path);
    let path = path.strip_suffix(b"/").unwrap_or(path);
    let folder = |path: &[u8]| [path, b"/"].concat();
    match path {
        b"" | b"." => Root::Here,
        _ => {
            let key = path.iter().position(|byte| *byte == b'/').and_then(|at| path.get(at + 1..));
            let key = key.filter(|_| bucket).map(folder);
            Root::Told([folder(path)].into_iter().chain(key).collect())
        }
    }
}

/// Puts the tree where it belongs, and says what was read and what was not. An error says that only
/// one level of folders was listed.
fn place(
    mut sink: Sink<'_>,
    listed: Listed,
    listing: &Listing,
    options: &ScanOptions,
) -> Result<ListedTree, String> {
    const SHALLOW: &str = "one level of folders without what is below; list all below, too (`--recursive`, `-r`, `-R`)";
    if sink.is_shallow() {
        return Err(SHALLOW.to_owned());
    }
    let builder = sink.settle();
    let (tree, above) = match sink.root() {
        Root::Sought => {
            let tree = builder.finish();
            let root = root::find(&tree);
            let above = tree.path(root);
            (if root == FolderId::ROOT { tree } else { tree.below(root) }, above)
        }
        Root::Here | Root::Told(_) => (builder.finish(), Vec::new()),
    };
    if let Some(recording) = &options.recording {
        recording.begin_at(&above);
    }
    if listed.may_be_shallow && is_without_depth(&tree) {
        return Err(SHALLOW.to_owned());
    }
    let mut unread = listed.unread;
    unread.extend(sink.unread(&above));
    let mut notes = vec![note(&listed.name, &sink, &above)];
    notes.extend(listed.notes);
    let metadata = metadata(listed.metadata, listing, &tree, &mut unread, &mut notes);
    let mut errors = ScanErrors::default();
    for Unread { path, reason } in unread {
        errors.unread_folder_for(&path, reason);
    }
    listed.skipped.into_iter().for_each(|path| errors.skip(path));
    let segments = listed.segments.unwrap_or_else(|| segments(&above, listing.root.as_deref()));
    let target = Target {
        kind: TargetKind::Listing { of_folder: listed.of_folder },
        uri: listing.name(),
        segments,
    };
    let content = Some(Content::None);
    Ok(ListedTree { metadata, errors, content, notes, ..ListedTree::new(target, tree) })
}

/// Whether a file is a listing that sensortree saved, or has no bytes: something that another
/// one may replace.
///
/// # Errors
/// When the file cannot be read.
pub fn may_be_replaced(path: &Path) -> io::Result<bool> {
    let text = Text::of(File::open(path)?)?;
    Ok(own_format::begins(&text.head) || (text.head.is_empty() && text.is_whole))
}

impl Listing {
    /// What the listing is called in reports.
    fn name(&self) -> String {
        match &self.path {
            Some(path) => text::lossless(path.as_os_str().as_encoded_bytes()).into_owned(),
            None => "standard input".to_owned(),
        }
    }
}

/// Says what kind of listing it is, and from where on its paths were read.
fn note(name: &str, sink: &Sink<'_>, above: &[u8]) -> String {
    let mut note = format!("read {name}");
    if !above.is_empty() {
        note.push_str(&format!(
            "; its paths are taken from `{}` on, where all of it lies (--root names another place)",
            text::lossless(above)
        ));
    }
    if sink.outside > 0 {
        let (outside, first) =
            (text::number(sink.outside), text::lossless(&sink.first_outside).into_owned());
        note.push_str(&format!(
            "; left out {outside} of its paths outside the root, the first `{first}`"
        ));
    }
    note
}

/// Whether a listing names folders and holds nothing of any: it was not made to go down.
fn is_without_depth(tree: &Tree) -> bool {
    let is_empty = |id: FolderId| tree.folder(id).files() == 0 && tree.children(id).len() == 0;
    let mut named = tree.ids().skip(1).filter(|id| tree.folder(*id).is_listed()).peekable();
    named.peek().is_some() && named.all(is_empty)
}

fn metadata(
    carried: Option<MetadataFile>,
    listing: &Listing,
    tree: &Tree,
    unread: &mut Vec<Unread>,
    notes: &mut Vec<String>,
) -> MetadataFile {
    let is_named = tree.folder(FolderId::ROOT).has_landmark(METADATA);
    if let Some(text) = &listing.metadata {
        if is_named {
            unread.retain(|unread| unread.path != METADATA.as_bytes());
            return MetadataFile::Text(text.clone());
        }
        notes.push(format!(
            "--metadata has no effect: the listing names no {METADATA} at the dataset's root"
        ));
    }
    match carried {
        Some(carried) => carried,
        None if is_named => {
            let reason = "a listing only names it: give its text with --metadata FILE".to_owned();
            unread.push(Unread { path: METADATA.as_bytes().to_vec(), reason });
            MetadataFile::Unreadable
        }
        None => MetadataFile::Absent,
    }
}

/// The names of the folders above the dataset's root, as far as they are known.
fn segments(above: &[u8], root: Option<&str>) -> Vec<String> {
    let told =
        root.map_or(&b""[..], |root| after_scheme(root.as_bytes()).unwrap_or(root.as_bytes()));
    let path = if above.is_empty() { told } else { above };
    let names = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty() && *name != b".");
    names.map(|name| text::lossless(name).into_owned()).collect()
}
