use crate::finding::{Context, Sink, Statement};
use crate::platform::Effect;

declare_rule! {
    /// A request file with a key in it is tracked by git.
    ///
    /// Whoever can read the repository can read the storage, also after the key was deleted from
    /// the file: git keeps what was committed. A text that only stands for a key, as
    /// `${SECRET_KEY}` or `<your key>`, is none. Whether git tracks the file is looked up in the
    /// index of its repository; of a file outside of any, or a request from standard input,
    /// nothing is said.
    ///
    /// **Repair:** revoke the key and make a new one; keep it out of the file, and put it in when
    /// the request is sent.
    ///
    /// ```tree bad
    /// request (tracked):
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26,
    ///   "externalStorage": {
    ///     "accessKey": "not-a-real-key",
    ///     "secreteKey": "not-a-real-secret",
    ///     "endpoint": "https://oss-eu-central-1.aliyuncs.com",
    ///     "vendorType": "OSS"
    ///   }
    /// }
    /// ```
    ///
    /// ```tree good
    /// request (tracked):
    /// {
    ///   "resourceUrl": "gs://acme-drives/0423/",
    ///   "fileTreeType": "0",
    ///   "dataType": 3,
    ///   "name": "drive 0423",
    ///   "projectId": 26,
    ///   "externalStorage": {
    ///     "accessKey": "${ACCESS_KEY}",
    ///     "secreteKey": "${SECRET_KEY}",
    ///     "endpoint": "https://oss-eu-central-1.aliyuncs.com",
    ///     "vendorType": "OSS"
    ///   }
    /// }
    /// ```
    SECRET_IN_REPOSITORY {
        code: "R113",
        name: "secret-in-repository",
        effect: Effect::Advice,
        basis: Advice,
        facts: ["Q6"],
        scope: Request,
        judges: request_fields,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Some(request) = context.request.filter(|request| request.is_tracked) else { return };
    let Some(secret) = request.secret else { return };
    let statement =
        Statement::new(format!("git tracks `{}`, which has a secret in it", request.name()))
            .help("revoke the key, make a new one, and keep it out of the repository");
    sink.emit_one(&SECRET_IN_REPOSITORY, request.document.point(secret, "a secret"), statement);
}
