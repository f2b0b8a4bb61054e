//! The text of metadata.json in a store: what is written has to be what was expected before.

use sensortree_cloud::{BucketError, Precondition};

use super::asking::{Asking, Fault};
use super::store::Store;
use super::work::Edit;
use crate::error::ApplyError;
use crate::sealed::ByteString;

pub(super) fn changed(key: &str, what: &'static str) -> Fault {
    Fault::Changed { key: key.to_owned(), what }
}

/// Makes sure that metadata.json is the one that is to be edited.
pub(super) async fn check_text<S: Store>(
    asking: &Asking<'_, S>,
    edit: &Edit,
) -> Result<(), ApplyError> {
    let checked = async {
        let (text, _) = asking.get(&edit.from).await?;
        if text != edit.before.0 {
            return Err(changed(&edit.from, "holds something else"));
        }
        Ok(())
    };
    checked.await.map_err(|fault| fault.error(true))
}

/// Writes the new text of metadata.json, where that is not done yet.
pub(super) async fn write_text<S: Store>(asking: &Asking<'_, S>, edit: &Edit) -> Result<(), Fault> {
    let text = edit.after.0.clone();
    if edit.from == edit.to {
        return exchange(asking, &edit.to, &edit.before.0, text).await;
    }
    put_back(asking, &edit.to, text).await
}

/// Writes a text over another, which has to be the one expected.
pub(super) async fn exchange<S: Store>(
    asking: &Asking<'_, S>,
    key: &str,
    old: &[u8],
    new: Vec<u8>,
) -> Result<(), Fault> {
    let (text, head) = asking.get(key).await?;
    if text == new {
        return Ok(());
    }
    if text != old {
        return Err(changed(key, "was written in between"));
    }
    match asking.put(key, new.clone(), Precondition::Is(&head)).await {
        // A request that was sent twice finds its own text.
        Err(Fault::Store { error: BucketError::Precondition, .. }) => {
            match asking.get(key).await? {
                (text, _) if text == new => Ok(()),
                _ => Err(changed(key, "was written in between")),
            }
        }
        Err(Fault::Store { error: BucketError::Unsupported, .. }) => {
            asking.put(key, new, Precondition::Nothing).await
        }
        put => put,
    }
}

/// Writes an object where none is; one that holds the same is as good.
pub(super) async fn put_back<S: Store>(
    asking: &Asking<'_, S>,
    key: &str,
    bytes: Vec<u8>,
) -> Result<(), Fault> {
    match asking.put(key, bytes.clone(), Precondition::Absent).await {
        Err(Fault::Store { error: BucketError::Precondition, .. }) => {
            match asking.get(key).await? {
                (found, _) if found == bytes => Ok(()),
                _ => Err(changed(key, "is there already")),
            }
        }
        Err(Fault::Store { error: BucketError::Unsupported, .. }) => match asking.get(key).await {
            Err(Fault::Store { error: BucketError::Missing, .. }) => {
                asking.put(key, bytes, Precondition::Nothing).await
            }
            Ok((found, _)) if found == bytes => Ok(()),
            Ok(_) => Err(changed(key, "is there already")),
            Err(fault) => Err(fault),
        },
        put => put,
    }
}

/// Deletes an object that holds this.
pub(super) async fn delete_text<S: Store>(
    asking: &Asking<'_, S>,
    key: &str,
    text: &ByteString,
) -> Result<(), Fault> {
    match asking.get(key).await {
        Err(Fault::Store { error: BucketError::Missing, .. }) => Ok(()),
        Ok((found, _)) if found == text.0 => asking.delete(key).await,
        Ok(_) => Err(changed(key, "was written in between")),
        Err(fault) => Err(fault),
    }
}
