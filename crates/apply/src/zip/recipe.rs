//! [`Recipe`]: what of a zip becomes what in the new one, by the positions of entries.

use std::collections::HashSet;
use std::io::Read as _;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipFileHeaderRecord};
use sensortree_core::archive::{FirstPass, Member, Root, SecondPass};
use sensortree_core::document::MAX_METADATA_BYTES;
use sensortree_core::plan::{After, Placement};
use sensortree_core::tree::EntryKind;
use sensortree_scan::zip::{is_encrypted, member, unicode_name};
use serde::{Deserialize, Serialize};

use super::source::{Source, u16_at};
use crate::error::ApplyError;
use crate::executor::{Job, MetadataEdit, Outline};
use crate::sealed::ByteString;

/// What is to be made of a zip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Recipe {
    /// The old and the new name of the top folder, where it is to be named as the new zip.
    pub(super) top: Option<(ByteString, ByteString)>,
    /// Entries with another name (`None`: which are left out), by position in the list, ascending.
    pub(super) changes: Vec<(u64, Option<ByteString>)>,
    /// The position of metadata.json, and what it is to hold.
    pub(super) metadata: Option<(u64, ByteString)>,
}

impl Recipe {
    /// The name of an entry that is not among the changes.
    pub(super) fn kept_name(&self, name: &[u8]) -> Vec<u8> {
        if let Some((old, new)) = &self.top
            && let Some(rest) = name.strip_prefix(old.0.as_slice())
            && rest.starts_with(b"/")
        {
            return [new.0.as_slice(), rest].concat();
        }
        name.to_vec()
    }
}

/// Holds a zip against a job, and says what is to be made of it. `stems` are the names of the old
/// and the new file, without their suffix.
pub(super) fn survey(
    source: &Source,
    job: &Job<'_>,
    stems: (&str, &str),
) -> Result<(Recipe, Outline), ApplyError> {
    let mut first = FirstPass::new();
    source.walk(|_, record| {
        let name = record.file_path();
        let unicode = unicode_name(record);
        first.add(&member(record, name.as_bytes(), unicode.as_deref()));
        Ok(())
    })?;
    let summary = first.finish(stems.0);
    let root = summary.root().clone();
    let top = match &root {
        Root::Top(top) if **top == *stems.0.as_bytes() => {
            Some((ByteString(top.to_vec()), ByteString(stems.1.as_bytes().to_vec())))
        }
        _ => None,
    };
    let mut survey = Survey {
        source,
        placement: job.plan.placement(),
        edit: job.metadata,
        root,
        reading: SecondPass::new(summary, stems.0, source.bytes()),
        recipe: Recipe { top, changes: Vec::new(), metadata: None },
        outline: Outline::default(),
        folders: HashSet::new(),
    };
    source.walk(|position, record| survey.add(position, record))?;
    let Survey { placement, reading, recipe, outline, .. } = survey;
    let (tree, _) = reading.finish();
    let before = placement.before();
    if (tree.files(), tree.entries()) != (before.files(), before.entries()) {
        let path = source.name().to_owned();
        return Err(ApplyError::Changed { path, what: "holds another number of entries" });
    }
    if let Some(edit) = job.metadata.filter(|_| recipe.metadata.is_none()) {
        let path = shown(&edit.path);
        return Err(ApplyError::Changed { path, what: "is not in the zip" });
    }
    Ok((recipe, outline))
}

struct Survey<'a> {
    source: &'a Source,
    placement: Placement<'a>,
    edit: Option<&'a MetadataEdit>,
    root: Root,
    reading: SecondPass,
    recipe: Recipe,
    outline: Outline,
    /// The names of folders in the new zip.
    folders: HashSet<Vec<u8>>,
}

impl Survey<'_> {
    fn add(&mut self, position: u64, record: &ZipFileHeaderRecord<'_>) -> Result<(), ApplyError> {
        let raw = record.file_path();
        let raw = raw.as_bytes();
        if record.flags().is_masked() {
            let what = format!(
                "the list of entries of `{}` is encrypted, and names in it cannot be changed",
                self.source.name()
            );
            return Err(ApplyError::Impossible { what });
        }
        let central = self.source.central(record)?;
        if !matches!(u16_at(&central.fixed, 34), 0 | u16::MAX) {
            let what = format!("`{}` is one part of several", self.source.name());
            return Err(ApplyError::Impossible { what });
        }
        let unicode = unicode_name(record);
        let member = member(record, raw, unicode.as_deref());
        self.reading.add(&member);
        let to = match self.reading.path_in_tree(&member) {
            Some(path) => self.place(position, record, &member, &path)?,
            None => Some(self.recipe.kept_name(raw)),
        };
        let to = to.filter(|name| {
            // What two folders become is one.
            member.kind != EntryKind::Folder || self.folders.insert(name.clone()) || name == raw
        });
        if to.is_some() {
            self.outline.bytes = self.outline.bytes.saturating_add(record.compressed_size_hint());
        }
        if to.as_ref() != Some(&self.recipe.kept_name(raw)) {
            self.recipe.changes.push((position, to.map(ByteString)));
        }
        Ok(())
    }

    /// The name in the new zip of an entry that stands in the tree; `None` where it is left out.
    fn place(
        &mut self,
        position: u64,
        record: &ZipFileHeaderRecord<'_>,
        member: &Member<'_>,
        path: &[u8],
    ) -> Result<Option<Vec<u8>>, ApplyError> {
        let is_folder = member.kind == EntryKind::Folder;
        if let Some(edit) = self.edit.filter(|edit| !is_folder && edit.path == path) {
            self.edit(position, record, edit)?;
        }
        let after = if is_folder { self.placement.folder(path) } else { self.placement.file(path) };
        let to = match after {
            After::Kept(to) => to,
            After::Removed => {
                self.outline.removed += 1;
                return Ok(None);
            }
            After::Unknown => {
                return Err(ApplyError::Changed { path: shown(path), what: "is new in the zip" });
            }
        };
        let is_below_top = member.path().is_some_and(|known| *known != *path);
        if to == path {
            let renamed = self.recipe.kept_name(member.name);
            let is_plain = renamed != member.name && member.unicode_name.is_none();
            if is_plain || self.recipe.top.is_none() || !is_below_top {
                return Ok(Some(renamed));
            }
            // A name that is written so oddly that its top folder does not stand at its beginning,
            // or that is said a second time, in UTF-8, where it would not follow.
        } else {
            self.outline.renamed += 1;
        }
        let top = match (&self.recipe.top, &self.root) {
            _ if to == path && !is_below_top => None,
            (Some((_, new)), _) => Some(new.0.as_slice()),
            (None, Root::Top(top)) => Some(&**top),
            (None, Root::Bare) => None,
        };
        let mut name = top.map_or_else(Vec::new, |top| [top, b"/"].concat());
        name.extend_from_slice(&to);
        if is_folder {
            name.push(b'/');
        }
        if name.len() > usize::from(u16::MAX) {
            let what = format!("`{}` is too long for a name in a zip", shown(&to));
            return Err(ApplyError::Impossible { what });
        }
        Ok(Some(name))
    }

    fn edit(
        &mut self,
        position: u64,
        record: &ZipFileHeaderRecord<'_>,
        edit: &MetadataEdit,
    ) -> Result<(), ApplyError> {
        let path = || shown(&edit.path);
        if self.recipe.metadata.is_some() {
            let what =
                format!("`{}` is twice in the zip, and it is not known which counts", path());
            return Err(ApplyError::Impossible { what });
        }
        let changed = || ApplyError::Changed { path: path(), what: "holds something else" };
        if self.unpacked(record)?.ok_or_else(changed)? != edit.before {
            return Err(changed());
        }
        self.outline.edits_metadata = true;
        self.recipe.metadata = Some((position, ByteString(edit.after.clone())));
        Ok(())
    }

    /// What an entry holds, where it is no larger than a metadata.json may be and can be unpacked.
    fn unpacked(&self, record: &ZipFileHeaderRecord<'_>) -> Result<Option<Vec<u8>>, ApplyError> {
        if is_encrypted(record) {
            return Ok(None);
        }
        let archive = self.source.archive()?;
        let Ok(entry) = archive.get_entry(record.wayfinder()) else { return Ok(None) };
        let mut text = Vec::new();
        let most = MAX_METADATA_BYTES + 1;
        let read = match record.compression_method() {
            CompressionMethod::STORE => {
                entry.verifying_reader(entry.reader()).take(most).read_to_end(&mut text)
            }
            CompressionMethod::DEFLATE => entry
                .verifying_reader(DeflateDecoder::new(entry.reader()))
                .take(most)
                .read_to_end(&mut text),
            _ => return Ok(None),
        };
        Ok(read.is_ok().then_some(text))
    }
}

/// A path as errors have it.
pub(super) fn shown(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}
