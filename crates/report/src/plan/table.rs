//! `.csv`: the changes of paths of a plan, for a spreadsheet: `from,to,why`, with nothing in `to`
//! where something is taken out of the tree.

use std::io;

use csv::{Terminator, WriterBuilder};

use super::PlanView;
use crate::error::RenderError;

/// Writes the changes of paths, one a line. Changes of metadata.json have no place in such a
/// table.
///
/// # Errors
/// When `out` does.
pub fn write_csv_plan(view: &PlanView<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
    let mut writer = WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(out);
    let mut written = writer.write_record(["from", "to", "why"]);
    view.proposal.for_each_change(|change, causes| {
        if written.is_ok() {
            let why = view.why(causes);
            let to = change.to.as_deref().unwrap_or_default();
            written = writer.write_record([change.from.as_slice(), to, why.as_bytes()]);
        }
    });
    written.map_err(io::Error::from)?;
    Ok(writer.flush()?)
}
