use std::path::Path;

use object_store::CredentialProvider as _;

use super::*;
use crate::credentials::tests::{context_of, giver};

const CONFIG: &str = "\
[default]
region = eu-north-1
[profile keys]
aws_access_key_id = AKIDCONFIG
aws_secret_access_key = hunter2
region=eu-west-3
endpoint_url = https://minio.example
s3 =
    addressing_style = path
[profile  process]
credential_process = /opt/keys --for \"a b\"
[profile echo]
credential_process = echo '{\"Version\": 1, \"AccessKeyId\": \"AKIDECHO\", \"SecretAccessKey\": \"hun  ter2\"}'
[profile broken]
credential_process = false
[profile role]
role_arn = arn:aws:iam::1:role/reader
source_profile = keys
[profile own-role]
role_arn = arn:aws:iam::1:role/reader
source_profile = own-role
aws_access_key_id = AKID
aws_secret_access_key = hunter2
[profile machine-role]
role_arn = arn:aws:iam::1:role/reader
credential_source = Ec2InstanceMetadata
[profile round]
role_arn = arn:aws:iam::1:role/reader
source_profile = about
[profile about]
role_arn = arn:aws:iam::1:role/reader
source_profile = round
[profile code]
role_arn = arn:aws:iam::1:role/reader
source_profile = keys
mfa_serial = arn:aws:iam::1:mfa/me
[profile rootless]
role_arn = arn:aws:iam::1:role/reader
[profile web]
role_arn = arn:aws:iam::1:role/reader
web_identity_token_file = /var/run/token
[profile sso]
sso_session = corp
sso_account_id = 1
sso_role_name = reader
[profile old-sso]
sso_start_url = https://corp.example/start
sso_region = eu-west-1
sso_account_id = 1
sso_role_name = reader
[profile lost-sso]
sso_session = nowhere
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.example/start
";

const CREDENTIALS: &str = "\
[keys]
aws_access_key_id = AKIDFILE
aws_secret_access_key = hunter2
[only-here]
aws_access_key_id = AKIDFILE
aws_secret_access_key = hun/ter+2==
aws_session_token = hunter3
";

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".aws")).unwrap();
    std::fs::write(home.path().join(".aws/config"), CONFIG).unwrap();
    std::fs::write(home.path().join(".aws/credentials"), CREDENTIALS).unwrap();
    home
}

fn aws(home: &Path, variables: &[(&str, &str)]) -> Result<Aws, SourceError> {
    Aws::of(context_of(home, variables))
}

#[test]
fn keys_come_from_where_aws_has_them() {
    let home = home();
    let check = |variables: &[(&str, &str)], expected: &str| {
        let found = giver(aws(home.path(), variables).and_then(|aws| aws.source("eu-west-1")));
        assert!(found.contains(expected), "{variables:?}: {found}");
    };
    let keys = [("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
    check(&keys, "the environment");
    check(&[keys[0], keys[1], ("AWS_PROFILE", "keys")], "the environment");
    check(&[keys[0]], "AWS_SECRET_ACCESS_KEY is not");
    check(&[], "last resort");
    check(&[("AWS_ACCESS_KEY_ID", "")], "last resort");
    check(&[("AWS_WEB_IDENTITY_TOKEN_FILE", "/x"), ("AWS_ROLE_ARN", "y")], "a web identity");
    check(
        &[("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/x")],
        "the container's credentials",
    );
    let profile = |name: &'static str, expected: &str| check(&[("AWS_PROFILE", name)], expected);
    profile("keys", "the profile");
    profile("only-here", "the profile");
    profile("process", "credential_process");
    profile("role", "a role");
    profile("own-role", "a role");
    profile("machine-role", "a role");
    profile("web", "a web identity");
    profile("sso", "single sign-on");
    profile("old-sso", "single sign-on");
    profile("lost-sso", "`nowhere`, which is not there");
    profile("round", "round in circles");
    profile("code", "takes a code");
    profile("rootless", "no keys to take it with");
    profile("missing", "there is no AWS profile `missing`");
}

#[test]
fn region_and_endpoint_come_from_variables_or_the_profile() {
    let home = home();
    let check = |variables: &[(&str, &str)], region: Option<&str>, endpoint: Option<&str>| {
        let aws = aws(home.path(), variables).unwrap();
        assert_eq!(
            (aws.region().as_deref(), aws.endpoint_url().as_deref()),
            (region, endpoint),
            "{variables:?}"
        );
    };
    check(&[], Some("eu-north-1"), None);
    check(&[("AWS_DEFAULT_REGION", "a"), ("AWS_REGION", "b")], Some("b"), None);
    check(&[("AWS_PROFILE", "keys")], Some("eu-west-3"), Some("https://minio.example"));
    let profile = ("AWS_PROFILE", "keys");
    check(&[profile, ("AWS_ENDPOINT_URL", "https://x")], Some("eu-west-3"), Some("https://x"));
    let both = [("AWS_ENDPOINT_URL", "https://x"), ("AWS_ENDPOINT_URL_S3", "https://y")];
    check(&both, Some("eu-north-1"), Some("https://y"));
    check(&[profile, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")], Some("eu-west-3"), None);
}

fn given(profile: &str) -> Result<Arc<AwsCredential>, String> {
    let home = home();
    let aws = aws(home.path(), &[("AWS_PROFILE", profile)]).unwrap();
    let adapter = Adapter::new(aws.source("eu-west-1").unwrap(), aws.context);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(adapter.get_credential()).map_err(|error| error.to_string())
}

#[test]
fn the_keys_of_a_profile_are_taken_as_they_stand() {
    let keys = given("only-here").unwrap();
    assert_eq!((keys.key_id.as_str(), keys.secret_key.as_str()), ("AKIDFILE", "hun/ter+2=="));
    assert_eq!(keys.token.as_deref(), Some("hunter3"));
    assert_eq!(given("keys").unwrap().key_id, "AKIDFILE");
}

#[test]
#[cfg(unix)]
fn a_program_gives_keys() {
    let keys = given("echo").unwrap();
    assert_eq!(keys.key_id, "AKIDECHO");
    let error = given("broken").unwrap_err();
    assert!(error.contains("credential_process: credential process failed"), "{error}");
}

#[test]
fn a_file_that_is_none_is_not_repeated() {
    let home = home();
    std::fs::write(home.path().join(".aws/credentials"), "[default]\nhunter2\n").unwrap();
    let error = aws(home.path(), &[]).err().unwrap();
    assert!(
        error.said.contains("credentials` cannot be read: line ")
            && !error.said.contains("hunter2"),
        "{error}"
    );
}

#[test]
fn a_bundle_of_certificates_that_is_none_is_said() {
    let home = home();
    let path = home.path().join("bundle.pem");
    let variables = [("AWS_CA_BUNDLE", path.to_str().unwrap())];
    let said = || aws(home.path(), &variables).unwrap().authorities().map(|found| found.len());
    assert!(said().unwrap_err().said.contains("holds no certificates"));
    std::fs::write(&path, "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n").unwrap();
    assert!(said().is_err());
    assert_eq!(aws(home.path(), &[]).unwrap().authorities().unwrap().len(), 0);
}
