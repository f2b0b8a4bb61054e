use super::field;
use crate::document::json::{Span, characters};
use crate::document::request::{Field, is_blank};
use crate::finding::figures::{SIZE, SIZE_LIMIT};
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Effect, ResponseCode};
use crate::text;

/// How many bytes a name may have.
const MOST: usize = 60;

declare_rule! {
    /// The dataset's name is longer than 60 bytes.
    ///
    /// What counts are bytes of UTF-8, not characters: most Latin letters take one, accented ones
    /// two, Chinese characters three, emoji four. So twenty Chinese characters fit, and the
    /// twenty-first does not. The finding points at the character that byte 61 falls into.
    ///
    /// **Repair:** shorten the name, so that it ends before the place pointed at.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "Highway drive of 23 April 2026, Gothenburg to Malmö, night run",
    ///   "projectId": 26
    /// }
    /// ```
    ///
    /// ```tree good
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26
    /// }
    /// ```
    DATASET_NAME_TOO_LONG {
        code: "R108",
        name: "dataset-name-too-long",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Documented,
        facts: ["Q4"],
        scope: Request,
        judges: request_name,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some((request, found)) = field(context, Field::Name) else { return };
    // Of a name without anything to see that is what is to be said.
    let Some(name) = found.value.as_str().filter(|name| name.len() > MOST && !is_blank(name))
    else {
        return;
    };
    let mut bytes = 0;
    let beyond =
        characters(request.document.text(), found.value.span).into_iter().find(|written| {
            bytes += written.character.len_utf8();
            bytes > MOST
        });
    let span = found.value.span;
    let start = beyond.map_or(span.start, |written| written.span.start);
    let beyond = Span::new(start, span.end.saturating_sub(1).max(start));
    let place = request.document.point(beyond, "byte 61 is here");
    let (length, characters) = (name.len() as u64, name.chars().count() as u64);
    let statement = Statement::new(format!(
        "`name` has {} bytes in {} characters; at most {MOST} bytes are taken",
        text::number(length),
        text::number(characters)
    ))
    .help("shorten the name to 60 bytes")
    .figure(&SIZE, length)
    .figure(&SIZE_LIMIT, MOST as u64);
    sink.emit_one(&DATASET_NAME_TOO_LONG, place, statement);
}
