//! Names as a listing gives them, kept without an allocation for each.

use std::ffi::CStr;

/// Many names in one piece of memory.
#[derive(Default)]
pub(super) struct Names {
    /// Each with a zero byte at its end.
    bytes: Vec<u8>,
    /// Where each ends, and whether the listing says that it is a file.
    ends: Vec<(usize, bool)>,
}

impl Names {
    pub(super) fn push(&mut self, name: &CStr) {
        self.push_of(name, false);
    }

    pub(super) fn push_of(&mut self, name: &CStr, is_regular: bool) {
        self.bytes.extend_from_slice(name.to_bytes_with_nul());
        self.ends.push((self.bytes.len(), is_regular));
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, at: usize) -> &CStr {
        let start = if at == 0 { 0 } else { self.ends[at - 1].0 };
        CStr::from_bytes_with_nul(&self.bytes[start..self.ends[at].0]).unwrap_or_default()
    }

    /// Each name, and whether the listing says that it is a file.
    pub(super) fn each(&self) -> impl Iterator<Item = (&CStr, bool)> {
        self.ends.iter().enumerate().map(|(at, (_, is_regular))| (self.get(at), *is_regular))
    }
}
