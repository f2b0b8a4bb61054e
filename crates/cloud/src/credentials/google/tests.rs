use super::*;
use crate::credentials::tests::{context_of, giver};

#[test]
fn credentials_are_looked_for_where_google_has_them() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name).to_string_lossy().into_owned();
    let check = |variables: &[(&str, &str)], expected: &str| {
        let found = giver(source(&context_of(home.path(), variables)));
        assert!(found.contains(expected), "{variables:?}: {found}");
    };
    let file = |name: &str, text: &str| {
        std::fs::write(path(name), text).unwrap();
        path(name)
    };
    let named =
        |path: &str, expected: &str| check(&[("GOOGLE_APPLICATION_CREDENTIALS", path)], expected);
    check(&[], "last resort");
    check(&[("CLOUDSDK_AUTH_ACCESS_TOKEN", "hunter2")], "the environment");
    named(&path("missing"), "which cannot be read");
    named(&file("broken", "hunter2"), "is no credentials file of Google");
    named(&file("unknown", r#"{"type": "hunter2"}"#), "of a kind that is not read");
    named(
        &file("service", r#"{"type": "service_account", "private_key": "hunter2"}"#),
        "the service account",
    );
    named(&file("external", r#"{"type": "external_account"}"#), "the external account");
    let folder = path("gcloud");
    std::fs::create_dir(&folder).unwrap();
    file("gcloud/application_default_credentials.json", r#"{"type": "authorized_user"}"#);
    check(&[("CLOUDSDK_CONFIG", &folder)], "the signed-in user");
}
