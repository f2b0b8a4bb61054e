use crate::document::json::Span;
use crate::finding::{Context, Sink, Statement};
use crate::platform::{Basis, Effect, ResponseCode};
use crate::rules::sentences::emit_syntax;

declare_rule! {
    /// The request body is not JSON as the standard has it.
    ///
    /// The platform reads the body as JSON and refuses it whole at the first byte that is out of
    /// place. Each kind of fault is said once, at the first place that has it: a comma too many,
    /// single quotes, a comment, a key that stands twice, text behind the end, a byte order mark,
    /// another encoding than UTF-8, brackets nested over 127 levels deep.
    ///
    /// The upload calls take a multipart form and no JSON. Their fields are checked all the same
    /// from a JSON object that has them by name; the zip is then the TARGET of the check.
    ///
    /// Of a key that stands twice the later value counts, as for most readers; a strict
    /// one may refuse it. Where what was meant is clear all the same, the rest of the body
    /// is still checked.
    ///
    /// **Repair:** mend the place that is pointed at, or let a JSON library write the body.
    ///
    /// ```tree bad
    /// request:
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26,
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
    REQUEST_SYNTAX {
        code: "R101",
        name: "request-syntax",
        effect: Effect::Reject(ResponseCode::IllegalParameter),
        basis: Documented,
        facts: [],
        scope: Request,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(request) = context.request else { return };
    let document = &request.document;
    emit_syntax(sink, &REQUEST_SYNTAX, document, document.name(), |_| None);
    if let Some(why) = document.unread() {
        let statement = Statement::new(format!("`{}` cannot be checked: {why}", document.name()))
            .effect(Effect::Reject(ResponseCode::IllegalParameter), Basis::Advice);
        sink.emit_one(&REQUEST_SYNTAX, document.locate(Span::at(0)), statement);
    }
}
