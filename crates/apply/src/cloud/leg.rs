//! [`Leg`]: copying objects to where they are to be, and deleting what is left behind: there, or
//! back again.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::future::Future;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use sensortree_cloud::{BucketError, Head};
use serde::{Deserialize, Serialize};

use super::asking::{Asking, Fault, REQUESTS};
use super::journal::{Done, Journal, Record, Sameness, Seen};
use super::store::Store;
use crate::error::ApplyError;
use crate::executor::Progress;
use crate::run::sync_folder;

/// So many objects are in work at once: more than requests, as some wait for the disk.
const OBJECTS: usize = REQUESTS + REQUESTS / 2;

/// Until a store that copies by and by (Azure) is asked again, and how often.
const PENDING: Duration = Duration::from_millis(500);
const MOST_PENDING: u32 = 1_200;

/// What is to become of one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Operation {
    /// Its key.
    pub(super) from: String,
    /// Its key afterwards; `None` where it is taken out.
    pub(super) to: Option<String>,
    /// Whether the new key is now that of another object, which has to go from there first. Then
    /// the copy gets a key of its own until the run is finished.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) occupied: bool,
    /// What it was known by when it came here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expected: Option<Seen>,
}

/// Says of each operation whether its new key is another's.
pub(super) fn mark_occupied(operations: &mut [Operation]) {
    let sources: HashSet<String> =
        operations.iter().map(|operation| operation.from.clone()).collect();
    for operation in operations {
        operation.occupied = operation.to.as_ref().is_some_and(|to| sources.contains(to));
    }
}

/// Some operations, and how far each is.
pub(super) struct Leg<'a, S> {
    asking: &'a Asking<'a, S>,
    operations: &'a [Operation],
    /// What the name of a copy ends in that cannot have its key yet.
    aside: String,
    journal: Journal,
    journal_path: PathBuf,
    done: RefCell<BTreeMap<u64, Done>>,
    /// Where taken out objects are kept; `None` where they are not.
    trash: Option<PathBuf>,
    progress: &'a dyn Progress,
    /// Copies of which only the size could be compared.
    by_size: Cell<u64>,
    notes: RefCell<BTreeSet<String>>,
}

impl<'a, S: Store> Leg<'a, S> {
    pub(super) fn open(
        asking: &'a Asking<'a, S>,
        operations: &'a [Operation],
        run: &str,
        journal: &Path,
        trash: Option<PathBuf>,
        progress: &'a dyn Progress,
    ) -> Result<Self, ApplyError> {
        let journal_path = journal.to_owned();
        let (journal, done) = Journal::open(journal)?;
        if let Some(parent) = journal_path.parent() {
            let synced = sync_folder(parent);
            synced.map_err(|source| ApplyError::State { folder: parent.to_owned(), source })?;
        }
        Ok(Leg {
            asking,
            operations,
            aside: format!(".sensortree-{run}"),
            journal,
            journal_path,
            done: RefCell::new(done),
            trash,
            progress,
            by_size: Cell::new(0),
            notes: RefCell::default(),
        })
    }

    /// What a user should know of it.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.notes.borrow().iter().cloned().collect();
        if self.by_size.get() > 0 {
            notes.push(format!(
                "{} copies were compared with their originals by size alone: the store has no \
                 checksum of both that could be compared",
                self.by_size.get()
            ));
        }
        notes
    }

    /// What was done with an operation's object.
    pub(super) fn done(&self, number: u64) -> Done {
        self.done.borrow().get(&number).cloned().unwrap_or_default()
    }

    async fn record(&self, number: u64, record: Record) -> Result<(), Fault> {
        let added = self.journal.add(number, record.clone()).await;
        added.map_err(|error| Fault::Local { path: self.journal_path.clone(), error })?;
        self.done.borrow_mut().entry(number).or_default().add(record);
        Ok(())
    }

    /// Where the copy is until the run is finished.
    fn landing(&self, operation: &Operation) -> Option<String> {
        let to = operation.to.as_ref()?;
        Some(if operation.occupied { format!("{to}{}", self.aside) } else { to.clone() })
    }

    /// Does something for each operation, for many at once. After a fault nothing more is begun,
    /// and what is on the way is waited for: it may be carried out.
    async fn each<'s, F: Future<Output = Result<(), Fault>>>(
        &'s self,
        step: impl Fn(u64, &'s Operation) -> F,
    ) -> Result<(), Fault> {
        let fault: RefCell<Option<Fault>> = RefCell::new(None);
        let finished = Cell::new(0);
        let all = self.operations.len() as u64;
        let going = (0..).zip(self.operations).take_while(|_| {
            if self.progress.cancelled() {
                fault.borrow_mut().get_or_insert(Fault::Cancelled);
            }
            fault.borrow().is_none()
        });
        stream::iter(going.map(|(number, operation)| step(number, operation)))
            .buffer_unordered(OBJECTS)
            .for_each(|outcome| {
                finished.set(finished.get() + 1);
                self.progress.done(finished.get(), all);
                if let Err(error) = outcome {
                    fault.borrow_mut().get_or_insert(error);
                }
                std::future::ready(())
            })
            .await;
        match fault.into_inner() {
            Some(fault) => Err(fault),
            None => Ok(()),
        }
    }

    /// Copies all objects to where they are to be. What is to be taken out is looked at.
    pub(super) async fn copy(&self) -> Result<(), Fault> {
        self.each(|number, operation| self.copy_one(number, operation)).await
    }

    async fn copy_one(&self, number: u64, operation: &Operation) -> Result<(), Fault> {
        let known = self.done(number);
        let is_done = if operation.to.is_some() { &known.copied } else { &known.begun };
        if is_done.is_some() {
            return Ok(());
        }
        let changed = |key: &str, what| Fault::Changed { key: key.to_owned(), what };
        let from = operation.from.as_str();
        let original = self.asking.head(from).await?;
        let original = original.ok_or_else(|| changed(from, "is not there any more"))?;
        let original = Seen::from(&original);
        if operation.expected.as_ref().is_some_and(|expected| !expected.is_version(&original)) {
            return Err(changed(from, "was written in between"));
        }
        let Some(landing) = self.landing(operation) else {
            return self.record(number, Record::Begun(original)).await;
        };
        if let Some(found) = self.asking.head(&landing).await? {
            // Where it was begun, nothing was there before.
            let is_begun = known.begun.as_ref().is_some_and(|begun| begun.is_version(&original));
            if !is_begun || !self.holds_the_same(from, &original, &landing, &found).await? {
                return Err(changed(&landing, "is there already"));
            }
        } else {
            if known.begun.as_ref() != Some(&original) {
                self.record(number, Record::Begun(original.clone())).await?;
            }
            let copy = self.asking.store.copy(from, &landing);
            match self.asking.ask(from, "copied", copy).await {
                Ok(()) => {}
                // A request that was sent twice finds its own copy.
                Err(Fault::Store { error: BucketError::Precondition, .. }) => {
                    let found = self.asking.head(&landing).await?.unwrap_or_default();
                    if !self.holds_the_same(from, &original, &landing, &found).await? {
                        return Err(changed(&landing, "is there already"));
                    }
                }
                Err(fault) => return Err(fault),
            }
        }
        let copy = self.compared(&landing, &original).await?;
        self.record(number, Record::Copied(copy)).await
    }

    /// Whether an object, of which it is not known who wrote it, is the copy of another. Where
    /// the store has nothing that tells, both are read.
    async fn holds_the_same(
        &self,
        from: &str,
        original: &Seen,
        landing: &str,
        found: &Head,
    ) -> Result<bool, Fault> {
        match original.sameness(&Seen::from(found)) {
            Sameness::Sure => Ok(true),
            Sameness::Other => Ok(false),
            Sameness::BySize => {
                Ok(self.asking.get(from).await?.0 == self.asking.get(landing).await?.0)
            }
        }
    }

    /// Looks at a copy, and makes sure that it holds what the original does.
    async fn compared(&self, key: &str, original: &Seen) -> Result<Seen, Fault> {
        let changed = |what| Fault::Changed { key: key.to_owned(), what };
        for _ in 0..MOST_PENDING {
            let head = self.asking.head(key).await?;
            let head = head.ok_or_else(|| changed("was copied to, and is not there"))?;
            if head.pending {
                tokio::time::sleep(PENDING).await;
                continue;
            }
            let copy = Seen::from(&head);
            match original.sameness(&copy) {
                Sameness::Sure => {}
                Sameness::BySize => self.by_size.set(self.by_size.get() + 1),
                Sameness::Other => return Err(changed("is another object than its original")),
            }
            return Ok(copy);
        }
        Err(changed("is still being copied to"))
    }

    /// Deletes the copies. The originals are all there.
    pub(super) async fn take_back(&self) -> Result<(), Fault> {
        self.each(|number, operation| self.take_back_one(number, operation)).await
    }

    async fn take_back_one(&self, number: u64, operation: &Operation) -> Result<(), Fault> {
        let Done { begun: Some(begun), copied, .. } = self.done(number) else { return Ok(()) };
        if let Some(landing) = self.landing(operation)
            && let Some(found) = self.asking.head(&landing).await?
        {
            let found = Seen::from(&found);
            let is_ours = match &copied {
                Some(copy) => copy.is_version(&found),
                None => begun.sameness(&found) != Sameness::Other,
            };
            let original = self.asking.head(&operation.from).await?;
            if !is_ours {
                let note = format!("`{landing}` is not as this run left it, and stays");
                self.notes.borrow_mut().insert(note);
            } else if !original.is_some_and(|original| begun.is_version(&Seen::from(&original))) {
                let note = format!(
                    "`{}` is not what it was, so its copy `{landing}` stays",
                    operation.from
                );
                self.notes.borrow_mut().insert(note);
            } else {
                self.asking.delete(&landing).await?;
            }
        }
        self.record(number, Record::TakenBack).await
    }

    /// Makes ready to make the copies final: every copy has to be there and every original
    /// unchanged, and what is to be taken out is kept elsewhere. The store is only read.
    pub(super) async fn verify(&self) -> Result<(), Fault> {
        let placing = self.placing();
        self.each(|number, operation| self.verify_one(number, operation, &placing)).await?;
        self.each(|number, operation| self.keep(number, operation, &placing)).await
    }

    /// Makes the copies final: they get their keys, and originals are deleted.
    pub(super) async fn finish(&self) -> Result<(), Fault> {
        let placing = self.placing();
        self.each(|number, operation| self.place(number, operation)).await?;
        self.each(|number, operation| self.delete(number, operation, &placing)).await?;
        self.each(|number, operation| self.tidy(number, operation)).await
    }

    /// Which operation gives a key of an object to another one.
    fn placing(&self) -> HashMap<&'a str, u64> {
        let occupied = (0..).zip(self.operations).filter(|(_, operation)| operation.occupied);
        occupied
            .filter_map(|(number, operation)| Some((operation.to.as_deref()?, number)))
            .collect()
    }

    /// Whether an object's key has been given to another one already.
    fn is_replaced(&self, operation: &Operation, placing: &HashMap<&str, u64>) -> bool {
        placing.get(operation.from.as_str()).is_some_and(|by| self.done(*by).placed.is_some())
    }

    async fn verify_one(
        &self,
        number: u64,
        operation: &Operation,
        placing: &HashMap<&str, u64>,
    ) -> Result<(), Fault> {
        let Done { begun, copied, placed, deleted, tidied } = self.done(number);
        let changed = |key: &str, what| Fault::Changed { key: key.to_owned(), what };
        let from = operation.from.as_str();
        if let (Some(landing), false) = (self.landing(operation), tidied || deleted) {
            let expected = copied.ok_or_else(|| changed(from, "was not copied"))?;
            let found = self.asking.head(&landing).await?;
            let found = found.ok_or_else(|| changed(&landing, "is not there any more"))?;
            if !expected.is_version(&Seen::from(&found)) {
                return Err(changed(&landing, "was written in between"));
            }
        }
        let is_open = !deleted && placed.is_none() && !self.is_replaced(operation, placing);
        if is_open {
            let begun = begun.ok_or_else(|| changed(from, "was not looked at"))?;
            let found = self.asking.head(from).await?;
            // Where it is gone, nobody wants it.
            if let Some(found) = found
                && !begun.is_version(&Seen::from(&found))
                && !self.is_placed(from, &found, placing).await?
            {
                return Err(changed(from, "was written in between"));
            }
        }
        Ok(())
    }

    /// Whether a key has been given to another object without it being written down.
    async fn is_placed(
        &self,
        key: &str,
        found: &Head,
        placing: &HashMap<&str, u64>,
    ) -> Result<bool, Fault> {
        let Some(by) = placing.get(key) else { return Ok(false) };
        let operation = usize::try_from(*by).ok().and_then(|by| self.operations.get(by));
        match (operation.and_then(|operation| self.landing(operation)), self.done(*by).copied) {
            (Some(landing), Some(copy)) => self.holds_the_same(&landing, &copy, key, found).await,
            _ => Ok(false),
        }
    }

    /// Keeps what is taken out on this machine.
    async fn keep(
        &self,
        number: u64,
        operation: &Operation,
        placing: &HashMap<&str, u64>,
    ) -> Result<(), Fault> {
        let Some(trash) = self.trash.as_ref().filter(|_| operation.to.is_none()) else {
            return Ok(());
        };
        let Done { begun: Some(begun), deleted: false, .. } = self.done(number) else {
            return Ok(());
        };
        let path = kept(trash, number);
        let length = fs::metadata(&path).map(|found| found.len()).ok();
        if length == Some(begun.size) || self.is_replaced(operation, placing) {
            return Ok(());
        }
        let (bytes, head) = match self.asking.get(&operation.from).await {
            Err(Fault::Store { error: BucketError::Missing, .. }) => return Ok(()),
            read => read?,
        };
        if !begun.is_version(&Seen::from(&head)) || bytes.len() as u64 != begun.size {
            let key = operation.from.clone();
            return Err(Fault::Changed { key, what: "was written in between" });
        }
        let write = || {
            fs::create_dir_all(trash)?;
            let new = path.with_extension("new");
            let mut file = fs::File::create(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            sync_folder(trash)
        };
        write().map_err(|error| Fault::Local { path: path.clone(), error })
    }

    async fn place(&self, number: u64, operation: &Operation) -> Result<(), Fault> {
        let Some(to) = operation.to.as_ref().filter(|_| operation.occupied) else { return Ok(()) };
        let Done { copied: Some(copied), placed: None, .. } = self.done(number) else {
            return Ok(());
        };
        let landing = self.landing(operation).unwrap_or_default();
        let copy = self.asking.store.overwrite(&landing, to);
        self.asking.ask(to, "written", copy).await?;
        let placed = self.compared(to, &copied).await?;
        self.record(number, Record::Placed(placed)).await
    }

    async fn delete(
        &self,
        number: u64,
        operation: &Operation,
        placing: &HashMap<&str, u64>,
    ) -> Result<(), Fault> {
        let Done { begun: Some(begun), deleted: false, .. } = self.done(number) else {
            return Ok(());
        };
        let from = operation.from.as_str();
        if !placing.contains_key(from)
            && let Some(found) = self.asking.head(from).await?
        {
            if !begun.is_version(&Seen::from(&found)) {
                let key = from.to_owned();
                return Err(Fault::Changed { key, what: "was written in between" });
            }
            self.asking.delete(from).await?;
        }
        self.record(number, Record::Deleted).await
    }

    async fn tidy(&self, number: u64, operation: &Operation) -> Result<(), Fault> {
        let Some(landing) = self.landing(operation).filter(|_| operation.occupied) else {
            return Ok(());
        };
        if self.done(number).tidied {
            return Ok(());
        }
        self.asking.delete(&landing).await?;
        self.record(number, Record::Tidied).await
    }
}

/// Where an object is kept that is taken out.
pub(super) fn kept(trash: &Path, number: u64) -> PathBuf {
    trash.join(format!("{number:06}"))
}
