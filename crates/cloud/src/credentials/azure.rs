//! Keys for Azure Blob Storage, by the names that the az CLI and Azure's libraries have for them.

use std::collections::BTreeMap;

use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use reqsign_core::Context;
use sensortree_scan::SourceError;

use super::variable;
use crate::access::Secret;
use crate::url::AzureAccount;

/// What Azurite, the emulator, has for everyone. Published, and good for nothing else.
const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
const EMULATOR_KEY: &str =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const EMULATOR_ENDPOINT: &str = "http://127.0.0.1:10000/devstoreaccount1";

const USUAL_CLOUD: &str = "core.windows.net";

/// A storage account, where it is asked, and with what.
#[derive(Debug)]
pub(crate) struct Azure {
    pub(crate) account: String,
    /// The address of the account's blobs.
    pub(crate) endpoint: String,
    keys: Keys,
}

#[derive(Debug)]
enum Keys {
    AccountKey(Secret),
    Signature(Secret),
    Token(Secret),
    /// A service principal: tenant, client, and its secret or the file that holds its token.
    Principal {
        tenant: String,
        client: String,
        secret: Option<Secret>,
        token_file: Option<String>,
    },
    /// Who is signed in with the az CLI.
    Cli,
    /// The identity of the machine, if it has one.
    Machine {
        endpoint: Option<String>,
    },
}

impl Azure {
    /// Looks at variables, and whether the az CLI is signed in.
    pub(crate) fn of_environment(
        named: Option<&AzureAccount>,
        endpoint: Option<&str>,
    ) -> Result<Self, SourceError> {
        Azure::of(&super::context(), named, endpoint)
    }

    fn of(
        context: &Context,
        named: Option<&AzureAccount>,
        endpoint: Option<&str>,
    ) -> Result<Self, SourceError> {
        super::check_variables(context, "AZURE_")?;
        let parts = variable(context, "AZURE_STORAGE_CONNECTION_STRING")
            .map(|text| Connection::parse(&text))
            .transpose()?;
        let of_variables = ["AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_ACCOUNT_NAME"];
        let of_variables = of_variables.into_iter().find_map(|name| variable(context, name));
        let account = named
            .map(|account| account.name.clone())
            .or_else(|| of_variables.clone())
            .or_else(|| parts.as_ref().map(|parts| parts.account.clone()))
            .ok_or_else(|| {
                SourceError::new("the storage account is not named")
                    .help("set AZURE_STORAGE_ACCOUNT, or write `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX`")
            })?;
        // Keys of one account are nothing for another.
        let parts = parts.filter(|parts| parts.account == account);
        let own_variables = of_variables.is_none_or(|of_variables| of_variables == account);
        let endpoint = endpoint
            .map(str::to_owned)
            .or_else(|| {
                let names = ["AZURE_STORAGE_SERVICE_ENDPOINT", "AZURE_STORAGE_ENDPOINT"];
                names.into_iter().find_map(|name| variable(context, name)).filter(|_| own_variables)
            })
            .or_else(|| parts.as_ref().map(|parts| parts.endpoint.clone()))
            .unwrap_or_else(|| {
                format!(
                    "https://{account}.blob.{}",
                    named.map_or(USUAL_CLOUD, |named| named.suffix)
                )
            });
        let keys = keys(context, parts, own_variables);
        Ok(Azure { account, endpoint, keys })
    }

    /// Hands the keys on to object_store.
    pub(crate) fn sign(self, builder: MicrosoftAzureBuilder) -> MicrosoftAzureBuilder {
        let kind = |builder: MicrosoftAzureBuilder, kind: &str| builder.with_credential_type(kind);
        match self.keys {
            Keys::AccountKey(key) => kind(builder.with_access_key(key.reveal()), "access_key"),
            Keys::Signature(token) => {
                kind(builder.with_config(AzureConfigKey::SasKey, token.reveal()), "sas_token")
            }
            Keys::Token(token) => {
                kind(builder.with_bearer_token_authorization(token.reveal()), "bearer_token")
            }
            Keys::Principal { tenant, client, secret, token_file } => {
                let builder = builder.with_tenant_id(tenant).with_client_id(client);
                match (token_file, secret) {
                    (Some(file), _) => {
                        kind(builder.with_federated_token_file(file), "workload_identity")
                    }
                    (None, Some(secret)) => {
                        kind(builder.with_client_secret(secret.reveal()), "client_secret")
                    }
                    (None, None) => builder,
                }
            }
            Keys::Cli => kind(builder, "azure_cli"),
            Keys::Machine { endpoint: Some(endpoint) } => {
                kind(builder.with_msi_endpoint(endpoint), "managed_identity")
            }
            Keys::Machine { endpoint: None } => kind(builder, "managed_identity"),
        }
    }

    /// What is said when these keys cannot be had.
    pub(crate) fn failed(&self) -> Option<SourceError> {
        match self.keys {
            Keys::Machine { endpoint: None } => Some(
                SourceError::new("there are no keys for Azure: none in the environment, nobody is signed in, and no managed identity")
                    .help(
                        "run `az login`, or set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING; \
                         for a public container add `--no-sign-request`",
                    ),
            ),
            Keys::Cli => Some(SourceError::new("the az CLI gives no token for storage").help("sign in: `az login`")),
            Keys::AccountKey(_) => Some(SourceError::new("the account key is damaged: it is no base64")),
            Keys::Signature(_) => Some(SourceError::new("the SAS token is damaged")),
            Keys::Token(_) | Keys::Principal { .. } | Keys::Machine { .. } => None,
        }
    }
}

fn keys(context: &Context, parts: Option<Connection>, own_variables: bool) -> Keys {
    let first = |names: &[&str]| names.iter().find_map(|name| variable(context, name));
    let of_account = |names: &[&str]| first(names).filter(|_| own_variables).map(Secret::new);
    let signed_in_only =
        variable(context, "AZURE_STORAGE_AUTH_MODE").is_some_and(|mode| mode == "login");
    if !signed_in_only {
        let (key, signature) = parts.map_or((None, None), |parts| (parts.key, parts.signature));
        let named = ["AZURE_STORAGE_KEY", "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_ACCESS_KEY"];
        if let Some(key) = key.or_else(|| of_account(&named)) {
            return Keys::AccountKey(key);
        }
        if let Some(token) =
            signature.or_else(|| of_account(&["AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY"]))
        {
            return Keys::Signature(token);
        }
    }
    if let Some(token) = first(&["AZURE_STORAGE_TOKEN"]) {
        return Keys::Token(Secret::new(token));
    }
    if let (Some(tenant), Some(client)) = (first(&["AZURE_TENANT_ID"]), first(&["AZURE_CLIENT_ID"]))
    {
        let secret = first(&["AZURE_CLIENT_SECRET"]).map(Secret::new);
        let token_file = first(&["AZURE_FEDERATED_TOKEN_FILE"]);
        if secret.is_some() || token_file.is_some() {
            return Keys::Principal { tenant, client, secret, token_file };
        }
    }
    if let Some(endpoint) = first(&["IDENTITY_ENDPOINT", "MSI_ENDPOINT"]) {
        return Keys::Machine { endpoint: Some(endpoint) };
    }
    let folder = first(&["AZURE_CONFIG_DIR"]).or_else(|| context.expand_home_dir("~/.azure"));
    match folder {
        Some(folder) if std::path::Path::new(&folder).join("azureProfile.json").is_file() => {
            Keys::Cli
        }
        _ => Keys::Machine { endpoint: None },
    }
}

/// The parts of a connection string.
#[derive(Debug)]
struct Connection {
    account: String,
    endpoint: String,
    key: Option<Secret>,
    signature: Option<Secret>,
}

impl Connection {
    fn parse(text: &str) -> Result<Self, SourceError> {
        let wrong =
            |said: &str| SourceError::new(format!("AZURE_STORAGE_CONNECTION_STRING {said}"));
        let mut parts = BTreeMap::new();
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) =
                part.split_once('=').ok_or_else(|| wrong("is no list of NAME=VALUE"))?;
            parts.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
        }
        if parts
            .get("usedevelopmentstorage")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
        {
            return Ok(Connection {
                account: EMULATOR_ACCOUNT.to_owned(),
                endpoint: EMULATOR_ENDPOINT.to_owned(),
                key: Some(Secret::new(EMULATOR_KEY.to_owned())),
                signature: None,
            });
        }
        let endpoint = parts.remove("blobendpoint");
        let of_endpoint =
            || Some(endpoint.as_deref()?.split_once("://")?.1.split(['.', '/']).next()?.to_owned());
        let account = parts
            .remove("accountname")
            .or_else(of_endpoint)
            .ok_or_else(|| wrong("names no account"))?;
        let endpoint = endpoint.unwrap_or_else(|| {
            let part = |name: &str, usual: &str| {
                parts.get(name).cloned().unwrap_or_else(|| usual.to_owned())
            };
            format!(
                "{}://{account}.blob.{}",
                part("defaultendpointsprotocol", "https"),
                part("endpointsuffix", USUAL_CLOUD)
            )
        });
        let key = parts.remove("accountkey").map(Secret::new);
        let signature = parts.remove("sharedaccesssignature").map(Secret::new);
        Ok(Connection { account, endpoint, key, signature })
    }
}

#[cfg(test)]
mod tests;
