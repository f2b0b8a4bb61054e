//! Looking into some frames of an archive only. Which, is known once all are listed, so the list is
//! read once more.

use std::collections::HashMap;
use std::io;

use rawzip::ReaderAt;
use sensortree_core::tree::{self, SelectedFile};

use super::frames::{Frames, Looked};
use super::headers::Headers;
use super::{TOO_LARGE, Zip};
use crate::source::ListedTree;

impl<R: ReaderAt> Zip<'_, R> {
    /// Looks into the frames that are chosen among all, in the order of the list.
    pub(super) fn look_into_sample(
        &self,
        buffer: &mut [u8],
        members: u64,
        listed: &mut ListedTree,
    ) -> io::Result<()> {
        let ListedTree { tree, archive: Some(facts), errors, .. } = listed else { return Ok(()) };
        let path = |pick: &SelectedFile| tree.path_of(pick.folder, &pick.name);
        let mut wanted: HashMap<Vec<u8>, SelectedFile> =
            tree.picks(self.run.options().sample).map(|pick| (path(&pick), pick)).collect();
        let all = wanted.len() as u64;
        let mut headers = Headers::new(members, self.most_headers);
        let mut frames = Frames::new(&self.archive, self.run.options().content, self.bytes);
        let mut looked = tree::Found::default();
        self.walk(buffer, false, |record, member| {
            // What is broken in an entry was said when the tree was made.
            let damage = headers.compare(&self.archive, record, false);
            // Of a name that stands there twice, the first counts.
            let Some(path) = facts.path_in_tree(member) else { return };
            let Some(pick) = wanted.remove(&path) else { return };
            if damage.is_none() && member.can_be_unpacked() {
                match frames.look_into(record, pick.format) {
                    Ok(Looked::Into(facts)) => looked.add(&pick, facts),
                    Ok(Looked::Unwanted) => {}
                    Ok(Looked::TooLarge) => {
                        errors.unread_file_for(b"", &path, TOO_LARGE.to_owned());
                    }
                    Err(damage) => facts.damaged(damage, member.name),
                }
            }
            self.run.progress().looked(all - wanted.len() as u64, all);
        })?;
        facts.seal();
        tree.hold(looked);
        Ok(())
    }
}
