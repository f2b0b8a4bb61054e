use super::*;
use crate::credentials::tests::context_of;

fn described(variables: &[(&str, &str)], named: Option<&str>, endpoint: Option<&str>) -> String {
    let home = tempfile::tempdir().unwrap();
    let named =
        named.map(|name| AzureAccount { name: name.to_owned(), suffix: "core.chinacloudapi.cn" });
    let azure = match Azure::of(&context_of(home.path(), variables), named.as_ref(), endpoint) {
        Ok(azure) => azure,
        Err(error) => return error.said,
    };
    assert!(!format!("{azure:?}").contains("hunter2"), "{azure:?}");
    let (kind, secret) = match &azure.keys {
        Keys::AccountKey(key) => ("key", key.reveal()),
        Keys::Signature(token) => ("signature", token.reveal()),
        Keys::Token(token) => ("token", token.reveal()),
        Keys::Principal { token_file: Some(file), .. } => ("federated", file.as_str()),
        Keys::Principal { secret, .. } => ("principal", secret.as_ref().map_or("", Secret::reveal)),
        Keys::Cli => ("cli", ""),
        Keys::Machine { endpoint } => ("machine", endpoint.as_deref().unwrap_or_default()),
    };
    format!("{} {} {kind} {secret}", azure.account, azure.endpoint).trim_end().to_owned()
}

#[test]
fn accounts_and_keys_go_by_the_names_of_the_az_cli() {
    let check = |variables: &[(&str, &str)], expected: &str| {
        assert_eq!(described(variables, None, None), expected, "{variables:?}");
    };
    let account = ("AZURE_STORAGE_ACCOUNT", "acme");
    const ACME: &str = "acme https://acme.blob.core.windows.net";
    check(&[], "the storage account is not named");
    check(&[account], &format!("{ACME} machine"));
    check(&[account, ("AZURE_STORAGE_KEY", "hunter2")], &format!("{ACME} key hunter2"));
    check(
        &[("AZURE_STORAGE_ACCOUNT_NAME", "acme"), ("AZURE_STORAGE_ACCOUNT_KEY", "hunter2")],
        &format!("{ACME} key hunter2"),
    );
    check(
        &[account, ("AZURE_STORAGE_SAS_TOKEN", "?sig=hunter2")],
        &format!("{ACME} signature ?sig=hunter2"),
    );
    let key = ("AZURE_STORAGE_KEY", "hunter2");
    check(&[account, key, ("AZURE_STORAGE_AUTH_MODE", "login")], &format!("{ACME} machine"));
    check(
        &[account, ("IDENTITY_ENDPOINT", "http://localhost/x")],
        &format!("{ACME} machine http://localhost/x"),
    );
    let principal = [account, ("AZURE_TENANT_ID", "t"), ("AZURE_CLIENT_ID", "c")];
    check(&principal, &format!("{ACME} machine"));
    check(
        &[&principal[..], &[("AZURE_CLIENT_SECRET", "hunter2")]].concat(),
        &format!("{ACME} principal hunter2"),
    );
    check(
        &[&principal[..], &[("AZURE_FEDERATED_TOKEN_FILE", "/t")]].concat(),
        &format!("{ACME} federated /t"),
    );
    let connection = |text: &'static str| ("AZURE_STORAGE_CONNECTION_STRING", text);
    check(
        &[connection(
            "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=hunter2==;EndpointSuffix=core.windows.net",
        )],
        &format!("{ACME} key hunter2=="),
    );
    check(
        &[connection(
            "BlobEndpoint=https://acme.blob.core.usgovcloudapi.net;SharedAccessSignature=sv=1&sig=hunter2;",
        )],
        "acme https://acme.blob.core.usgovcloudapi.net signature sv=1&sig=hunter2",
    );
    check(&[connection("hunter2")], "AZURE_STORAGE_CONNECTION_STRING is no list of NAME=VALUE");
    check(&[connection("AccountKey=hunter2")], "AZURE_STORAGE_CONNECTION_STRING names no account");
    assert!(
        described(&[connection("UseDevelopmentStorage=true")], None, None)
            .starts_with("devstoreaccount1 http://127.0.0.1:10000/")
    );
}

#[test]
fn keys_of_one_account_are_not_used_for_another() {
    let variables = [("AZURE_STORAGE_ACCOUNT", "acme"), ("AZURE_STORAGE_KEY", "hunter2")];
    let check = |variables: &[(&str, &str)], named: &str, expected: &str| {
        assert_eq!(described(variables, Some(named), None), expected);
    };
    check(&variables, "acme", "acme https://acme.blob.core.chinacloudapi.cn key hunter2");
    check(&variables, "other", "other https://other.blob.core.chinacloudapi.cn machine");
    check(&variables[1..], "other", "other https://other.blob.core.chinacloudapi.cn key hunter2");
    let connection = [("AZURE_STORAGE_CONNECTION_STRING", "AccountName=acme;AccountKey=hunter2")];
    check(&connection, "other", "other https://other.blob.core.chinacloudapi.cn machine");
    assert_eq!(
        described(&variables, None, Some("http://127.0.0.1:1/acme")),
        "acme http://127.0.0.1:1/acme key hunter2"
    );
}
