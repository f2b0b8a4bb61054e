//! What stays complete where frames or scenes are left out: said with that choice, which is always the last one.

use crate::finding::{Context, proof};
use crate::text;

/// `, or leave it out of all sensors (60 frames stay complete)`, for one thing or several.
pub(in crate::rules) fn or_leave_out(context: &Context<'_>, is_one: bool) -> String {
    let what = if is_one { "it" } else { "them" };
    match proof::complete_frames(context) {
        Some(frames) if frames > 0 => {
            let stay = if frames == 1 { "stays" } else { "stay" };
            let frames = text::count(frames, "frame");
            format!(", or leave {what} out of all sensors ({frames} {stay} complete)")
        }
        _ => format!(", or leave {what} out of all sensors"),
    }
}
