//! Keys for Google Cloud Storage: application default credentials.

use std::sync::Arc;

use object_store::gcp::{GcpCredential, GcpCredentialProvider};
use reqsign_core::Context;
use reqsign_google::{
    Credential, FileCredentialProvider, ServiceAccountTokenCredentialProvider,
    TokenCredentialProvider, VmMetadataCredentialProvider,
};
use sensortree_scan::SourceError;
use serde::Deserialize;

use super::{Adapter, CredentialKind, variable};
use crate::side_channel::SideChannelClient;

/// Nothing is ever written.
const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_only";

type Source = super::Source<Keys>;

/// Tokens for Google Cloud Storage.
#[derive(Debug)]
struct Keys;

impl CredentialKind for Keys {
    type Given = Credential;
    type Taken = GcpCredential;

    const STORE: &'static str = "GCS";

    fn taken(given: &Credential) -> Option<GcpCredential> {
        Some(GcpCredential { bearer: given.token.as_ref()?.access_token.clone() })
    }

    fn sent(taken: &GcpCredential) -> Vec<(&'static str, &str)> {
        vec![("the token", &taken.bearer)]
    }

    fn none() -> SourceError {
        SourceError::new("there are no credentials for Google Cloud Storage: no file, and no metadata service").help(
            "run `gcloud auth application-default login`, or name a file in GOOGLE_APPLICATION_CREDENTIALS; for a public \
             bucket add `--no-sign-request`",
        )
    }
}

/// Gives object_store the credentials of the environment.
pub(crate) fn provider(
    side_channel: SideChannelClient,
) -> Result<GcpCredentialProvider, SourceError> {
    let context = super::context().with_http_send(side_channel);
    Ok(Arc::new(Adapter::new(source(&context)?, context)))
}

fn source(context: &Context) -> Result<Source, SourceError> {
    super::check_variables(context, "CLOUDSDK_AUTH")?;
    super::check_variables(context, "GOOGLE_OAUTH")?;
    let named = ["CLOUDSDK_AUTH_ACCESS_TOKEN", "GOOGLE_OAUTH_ACCESS_TOKEN"];
    if let Some(token) = named.into_iter().find_map(|name| variable(context, name)) {
        return Ok(Source::new("the environment", TokenCredentialProvider::new(token)));
    }
    if let Some(path) = variable(context, "GOOGLE_APPLICATION_CREDENTIALS") {
        let text = std::fs::read(&path).map_err(|_| {
            SourceError::new(format!(
                "GOOGLE_APPLICATION_CREDENTIALS names `{path}`, which cannot be read"
            ))
        })?;
        return of_file(&path, &text);
    }
    let usual = usual_path(context).and_then(|path| Some((std::fs::read(&path).ok()?, path)));
    match usual {
        Some((text, path)) => of_file(&path, &text),
        None => Ok(Source::last_resort(VmMetadataCredentialProvider::new().with_scope(SCOPE))),
    }
}

/// Where `gcloud auth application-default login` leaves its file.
fn usual_path(context: &Context) -> Option<String> {
    let folder = variable(context, "CLOUDSDK_CONFIG").or_else(|| match cfg!(windows) {
        true => Some(format!("{}/gcloud", variable(context, "APPDATA")?)),
        false => context.expand_home_dir("~/.config/gcloud"),
    })?;
    Some(format!("{folder}/application_default_credentials.json"))
}

fn of_file(path: &str, text: &[u8]) -> Result<Source, SourceError> {
    #[derive(Deserialize)]
    struct File {
        r#type: String,
    }
    // What stands in the file is not repeated: it may be a key.
    let File { r#type: kind } = serde_json::from_slice(text).map_err(|_| {
        SourceError::new(format!(
            "`{path}` is no credentials file of Google: it is no JSON with a `type`"
        ))
    })?;
    let file = FileCredentialProvider::new(path).with_scope(SCOPE);
    Ok(match kind.as_str() {
        "service_account" => Source::new(
            "the service account",
            ServiceAccountTokenCredentialProvider::from_provider(file).with_scope(SCOPE),
        )
        .advise(
            "its key may have been deleted: make a new one, or attach the account to the machine",
        ),
        "authorized_user" => Source::new("the signed-in user", file)
            .advise("sign in again: `gcloud auth application-default login`"),
        "external_account" => Source::new("the external account", file),
        "impersonated_service_account" => Source::new("the impersonated service account", file),
        _ => {
            return Err(SourceError::new(format!(
                "`{path}` is a credentials file of a kind that is not read"
            ))
            .help("service accounts, signed-in users, external accounts and impersonation are"));
        }
    })
}

#[cfg(test)]
mod tests;
