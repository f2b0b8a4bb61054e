//! What a plan comes to in a store: the operations, and the requests that they take.

use serde::{Deserialize, Serialize};

use super::leg::Operation;
use crate::executor::Outline;
use crate::sealed::ByteString;

/// How many requests of each kind something takes, if none has to be sent again.
///
/// Google, Amazon and Azure bill them in two classes, [writes](Self::writes) and
/// [reads](Self::reads), whose prices depend on the region and the class of storage; `delete` is
/// free.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Requests {
    /// What is known of an object.
    pub head: u64,
    /// A copy within the store.
    pub copy: u64,
    /// An object that is written.
    pub put: u64,
    /// An object that is read.
    pub get: u64,
    /// An object that is deleted.
    pub delete: u64,
}

impl Requests {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.writes() + self.reads() + self.delete
    }

    /// Those that stores bill as writes. A list is billed so, too; there is none among these.
    #[must_use]
    pub fn writes(&self) -> u64 {
        self.copy + self.put
    }

    /// Those that stores bill as reads.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.head + self.get
    }
}

/// What is to be done: `work.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Work {
    /// The host that the bucket was asked at.
    pub(super) host: String,
    pub(super) operations: Vec<Operation>,
    pub(super) metadata: Option<Edit>,
    /// Whether what is taken out is kept.
    pub(super) is_kept: bool,
    /// Markers of folders that stay behind.
    pub(super) markers: u64,
    pub(super) bytes: u64,
}

/// A new text for metadata.json.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Edit {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) before: ByteString,
    pub(super) after: ByteString,
}

/// How far a run is: `phase.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Phase {
    Copying,
    /// All is copied, and all originals are there.
    Copied,
    /// Copies and originals are looked at once more, and what is taken out is kept.
    Verifying,
    /// Originals are being deleted.
    Finishing,
    Finished,
    /// Copies are being deleted.
    TakingBack,
    /// All is being copied back.
    Reversing,
    Undone,
}

impl Work {
    pub(super) fn to_apply(&self) -> Requests {
        let moved = self.moved();
        let edited = u64::from(self.metadata.is_some());
        Requests {
            // Of an original, of its new key before, and of that afterwards.
            head: 3 * moved + self.removed(),
            copy: moved,
            put: edited,
            get: 2 * edited,
            delete: 0,
        }
    }

    pub(super) fn to_finish(&self) -> Requests {
        let (moved, removed) = (self.moved(), self.removed());
        let occupied = self.operations.iter().filter(|it| it.occupied).count() as u64;
        let edited = self.metadata.as_ref().is_some_and(|edit| edit.from != edit.to);
        Requests {
            head: 3 * moved + 2 * removed,
            copy: occupied,
            put: 0,
            get: if self.is_kept { removed } else { 0 } + u64::from(edited),
            delete: moved + removed + u64::from(edited),
        }
    }

    pub(super) fn moved(&self) -> u64 {
        self.operations.len() as u64 - self.removed()
    }

    pub(super) fn removed(&self) -> u64 {
        self.operations.iter().filter(|operation| operation.to.is_none()).count() as u64
    }

    pub(super) fn outline(&self) -> Outline {
        let edited = self.metadata.as_ref().is_some_and(|edit| edit.from != edit.to);
        Outline {
            renamed: self.moved() + u64::from(edited),
            removed: self.removed(),
            edits_metadata: self.metadata.is_some(),
            requests: self.to_apply().all() + self.to_finish().all(),
            bytes: self.bytes,
        }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        match self.markers {
            0 => Vec::new(),
            1 => vec!["1 marker of a folder (a key that ends in `/`) stays".to_owned()],
            many => vec![format!("{many} markers of folders (keys that end in `/`) stay")],
        }
    }
}
