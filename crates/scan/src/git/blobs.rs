//! How large files are, from the object database alone.

use std::sync::Arc;

use gix::objs::Kind;
use gix::odb::find::Header;
use gix::prelude::{FindExt as _, Header as _};
use gix::{ObjectId, oid};
use sensortree_core::document::{MAX_METADATA_BYTES, MetadataFile};
use sensortree_core::names::METADATA;
use sensortree_probe::LfsPointer;

use super::error::said;
use super::packs::{Packs, Reader};
use crate::scan_errors::ScanErrors;

/// Looks up files' sizes. One for each thread.
pub(super) struct Blobs {
    objects: gix::OdbHandle,
    packs: Arc<Packs>,
    reader: Reader,
    /// The file of zero bytes, which git knows without having it.
    empty: ObjectId,
    buffer: Vec<u8>,
}

impl Blobs {
    pub(super) fn new(repository: &gix::Repository, packs: Arc<Packs>) -> Self {
        let mut objects = repository.objects.clone();
        // Where many objects are missing on purpose, as in a partial clone, each would else be
        // looked for twice.
        objects.refresh_never();
        let empty = ObjectId::empty_blob(repository.object_hash());
        Blobs { objects, packs, reader: Reader::new(), empty, buffer: Vec::new() }
    }

    /// The sizes of many files at once; `None` for those that have to be looked up one by one.
    pub(super) fn sizes(&mut self, ids: &[&oid]) -> Vec<Option<u64>> {
        self.packs.sizes(&mut self.reader, ids)
    }

    /// For each of many files, whether its object is surely in this clone.
    pub(super) fn are_there(&mut self, ids: &[&oid]) -> Vec<bool> {
        self.packs.are_there(&mut self.reader, ids)
    }

    /// A file's size in bytes; for a Git LFS pointer, that of the file that it stands for. Or why
    /// it cannot be known.
    pub(super) fn size(&mut self, id: &oid) -> Result<u64, String> {
        if id == self.empty {
            return Ok(0);
        }
        let size = self.header_of(id, Kind::Blob)?.size();
        if !LfsPointer::BYTES.contains(&size) {
            return Ok(size);
        }
        let blob = self.objects.find(id, &mut self.buffer).map_err(|error| damaged(&error))?;
        Ok(LfsPointer::parse(blob.data).map_or(size, |pointer| pointer.size))
    }

    /// A file's bytes; `None` where there are more of them than `most`. Or why they cannot be had.
    pub(super) fn whole(&mut self, id: &oid, most: u64) -> Result<Option<&[u8]>, String> {
        if self.header_of(id, Kind::Blob)?.size() > most {
            return Ok(None);
        }
        self.objects
            .find(id, &mut self.buffer)
            .map(|blob| Some(blob.data))
            .map_err(|error| damaged(&error))
    }

    /// What is known of an object of this kind without unpacking it. One of another kind is damage,
    /// whatever names it.
    fn header_of(&self, id: &oid, kind: Kind) -> Result<Header, String> {
        match self.objects.try_header(id) {
            Ok(Some(header)) if header.kind() == kind => Ok(header),
            Ok(Some(header)) => Err(format!("its object is a {}", header.kind())),
            Ok(None) => {
                Err("its object is missing from this clone, and nothing is fetched".to_owned())
            }
            Err(error) => Err(damaged(&error)),
        }
    }

    /// Puts a tree's bytes into the buffer. Or says why they cannot be had.
    pub(super) fn tree(&mut self, id: &oid, buffer: &mut Vec<u8>) -> Result<(), String> {
        if *id == *ObjectId::empty_tree(id.kind()) {
            buffer.clear();
            return Ok(());
        }
        self.header_of(id, Kind::Tree)?;
        self.objects.find(id, buffer).map(drop).map_err(|error| damaged(&error))
    }

    /// The metadata.json that this is.
    pub(super) fn metadata(&mut self, id: &oid, errors: &mut ScanErrors) -> MetadataFile {
        match self.read_metadata(id) {
            Ok(metadata) => metadata,
            Err(reason) => {
                errors.unread_file_for(b"", METADATA.as_bytes(), reason);
                MetadataFile::Unreadable
            }
        }
    }

    /// The same, or why it cannot be read.
    pub(super) fn read_metadata(&mut self, id: &oid) -> Result<MetadataFile, String> {
        if id == self.empty {
            return Ok(MetadataFile::Text(Vec::new()));
        }
        let header = self.header_of(id, Kind::Blob)?;
        if header.size() > MAX_METADATA_BYTES {
            return Ok(MetadataFile::TooLarge { bytes: header.size() });
        }
        let blob = self.objects.find(id, &mut self.buffer).map_err(|error| damaged(&error))?;
        if LfsPointer::parse(blob.data).is_some() {
            return Err("it is a Git LFS pointer, and its text is not in the repository".to_owned());
        }
        Ok(MetadataFile::Text(blob.data.to_vec()))
    }
}

fn damaged(error: &gix::Error) -> String {
    format!("its object cannot be read: {}", said(error))
}
