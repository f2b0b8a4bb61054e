//! Keys for the S3 protocol: variables, profiles, and the services that give keys to
//! containers and machines.

use std::sync::Arc;

use object_store::aws::{AwsCredential, AwsCredentialProvider};
use reqsign_aws_v4::{
    AssumeRoleCredentialProvider, AssumeRoleWithWebIdentityCredentialProvider, Credential,
    ECSCredentialProvider, EnvCredentialProvider, IMDSv2CredentialProvider,
    ProcessCredentialProvider, RequestSigner, SSOCredentialProvider, StaticCredentialProvider,
};
use reqsign_core::{Context, Signer};
use sensortree_scan::SourceError;

use super::profile::{Profile, Profiles};
use super::{Adapter, CredentialKind, variable};
use crate::side_channel::SideChannelClient;

/// How many profiles may take their role from one another.
const LONGEST_CHAIN: usize = 8;

type Source = super::Source<Keys>;

/// What AWS's conventions find in the environment.
pub(crate) struct Aws {
    context: Context,
    profiles: Profiles,
    /// The profile that is in use, and its name.
    profile: Option<Profile>,
    name: String,
}

impl Aws {
    /// Looks at variables and profiles.
    pub(crate) fn of_environment() -> Result<Self, SourceError> {
        Aws::of(super::context())
    }

    fn of(context: Context) -> Result<Self, SourceError> {
        super::check_variables(&context, "AWS_")?;
        let profiles = Profiles::read(&context)?;
        let named =
            variable(&context, "AWS_PROFILE").or_else(|| variable(&context, "AWS_DEFAULT_PROFILE"));
        let name = named.clone().unwrap_or_else(|| "default".to_owned());
        let profile = profiles.profile(&name);
        if named.is_some() && profile.is_none() {
            return Err(SourceError::new(format!("there is no AWS profile `{name}`")).help(
                "AWS_PROFILE names it; `aws configure list-profiles` lists those that there are",
            ));
        }
        Ok(Aws { context, profiles, profile, name })
    }

    /// The store's address, if it is not AWS's own.
    pub(crate) fn endpoint_url(&self) -> Option<String> {
        if variable(&self.context, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
            .is_some_and(|value| value == "true")
        {
            return None;
        }
        let named = variable(&self.context, "AWS_ENDPOINT_URL_S3")
            .or_else(|| variable(&self.context, "AWS_ENDPOINT_URL"));
        named.or_else(|| self.setting("endpoint_url"))
    }

    /// The region.
    pub(crate) fn region(&self) -> Option<String> {
        let named = variable(&self.context, "AWS_REGION")
            .or_else(|| variable(&self.context, "AWS_DEFAULT_REGION"));
        named.or_else(|| self.setting("region"))
    }

    /// The certificate authorities that are trusted beside the system's.
    pub(crate) fn authorities(&self) -> Result<Vec<reqwest::Certificate>, SourceError> {
        let Some(path) =
            variable(&self.context, "AWS_CA_BUNDLE").or_else(|| self.setting("ca_bundle"))
        else {
            return Ok(Vec::new());
        };
        let text = std::fs::read(&path).ok();
        let bundle = text.and_then(|text| reqwest::Certificate::from_pem_bundle(&text).ok());
        bundle.ok_or_else(|| {
            SourceError::new(format!("AWS_CA_BUNDLE names `{path}`, which holds no certificates"))
        })
    }

    fn setting(&self, key: &str) -> Option<String> {
        self.profile.as_ref()?.get(key).filter(|value| !value.is_empty()).cloned()
    }

    /// Where the keys come from, in the order of AWS's own tools.
    fn source(&self, region: &str) -> Result<Source, SourceError> {
        if variable(&self.context, "AWS_ACCESS_KEY_ID").is_some() {
            if variable(&self.context, "AWS_SECRET_ACCESS_KEY").is_none() {
                return Err(SourceError::new(
                    "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not",
                ));
            }
            return Ok(Source::new("the environment", EnvCredentialProvider::new()));
        }
        if let Some(profile) = &self.profile
            && let Some(source) = self.of_profile(&self.name, profile, region, LONGEST_CHAIN)?
        {
            return Ok(source);
        }
        if variable(&self.context, "AWS_WEB_IDENTITY_TOKEN_FILE").is_some() {
            return Ok(Source::new(
                "a web identity",
                AssumeRoleWithWebIdentityCredentialProvider::new(),
            ));
        }
        if let Some(source) = self.of_container() {
            return Ok(source);
        }
        Ok(Source::last_resort(IMDSv2CredentialProvider::new()))
    }

    fn of_container(&self) -> Option<Source> {
        let named =
            ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
        let inside = named.iter().any(|name| variable(&self.context, name).is_some());
        inside.then(|| Source::new("the container's credentials", ECSCredentialProvider::new()))
    }

    /// Where a profile's keys come from; `None` where it names none.
    fn of_profile(
        &self,
        name: &str,
        profile: &Profile,
        region: &str,
        left: usize,
    ) -> Result<Option<Source>, SourceError> {
        let get =
            |key: &str| profile.get(key).map(String::as_str).filter(|value| !value.is_empty());
        if let Some(role) = get("role_arn") {
            return self.of_role(name, profile, role, region, left).map(Some);
        }
        if let Some(source) = of_keys(profile)? {
            return Ok(Some(source));
        }
        if get("sso_account_id").is_some() || get("sso_session").is_some() {
            return self.of_sso(name, profile).map(Some);
        }
        Ok(get("credential_process").map(|command| {
            Source::new(
                "credential_process",
                ProcessCredentialProvider::new().with_command(command),
            )
            .advise("run the command by hand to see what it says")
        }))
    }

    /// The keys that come with a role.
    fn of_role(
        &self,
        name: &str,
        profile: &Profile,
        role: &str,
        region: &str,
        left: usize,
    ) -> Result<Source, SourceError> {
        let get =
            |key: &str| profile.get(key).map(String::as_str).filter(|value| !value.is_empty());
        if let Some(file) = get("web_identity_token_file") {
            let provider = AssumeRoleWithWebIdentityCredentialProvider::with_config(
                role.to_owned(),
                file.into(),
            );
            return Ok(Source::new("a web identity", provider));
        }
        if get("mfa_serial").is_some() {
            return Err(SourceError::new(format!(
                "the role of the AWS profile `{name}` takes a code, which cannot be asked for here"
            ))
            .help("get keys with `aws configure export-credentials --format env`, and set them"));
        }
        let incomplete = |what: &str| {
            SourceError::new(format!("the AWS profile `{name}` names a role, and {what}"))
                .help("`source_profile` names the profile whose keys take the role, `credential_source` another place")
        };
        let from = match (get("source_profile"), get("credential_source")) {
            (Some(source), _) if source == name => {
                of_keys(profile)?.ok_or_else(|| incomplete("has no keys itself"))?
            }
            (Some(source), _) => {
                let left = left
                    .checked_sub(1)
                    .ok_or_else(|| incomplete("the profiles go round in circles"))?;
                let found = self
                    .profiles
                    .profile(source)
                    .ok_or_else(|| incomplete("its `source_profile` is not there"))?;
                self.of_profile(source, &found, region, left)?
                    .ok_or_else(|| incomplete("its `source_profile` has no keys"))?
            }
            (None, Some("Environment")) => {
                Source::new("the environment", EnvCredentialProvider::new())
            }
            (None, Some("Ec2InstanceMetadata")) => {
                Source::new("the metadata service", IMDSv2CredentialProvider::new())
            }
            (None, Some("EcsContainer")) => {
                Source::new("the container's credentials", ECSCredentialProvider::new())
            }
            (None, Some(_)) => return Err(incomplete("its `credential_source` is unknown")),
            (None, None) => return Err(incomplete("no keys to take it with")),
        };
        let region = if region.is_empty() { "us-east-1" } else { region };
        let signer =
            Signer::new(self.context.clone(), from.provider, RequestSigner::new("sts", region));
        let mut provider = AssumeRoleCredentialProvider::new(role.to_owned(), signer)
            .with_region(region.to_owned())
            .with_regional_sts_endpoint()
            .with_role_session_name(get("role_session_name").unwrap_or("sensortree").to_owned());
        if let Some(id) = get("external_id") {
            provider = provider.with_external_id(id.to_owned());
        }
        if let Some(seconds) = get("duration_seconds").and_then(|seconds| seconds.parse().ok()) {
            provider = provider.with_duration_seconds(seconds);
        }
        Ok(Source::new("a role", provider))
    }

    /// The keys that come with a single sign-on.
    fn of_sso(&self, name: &str, profile: &Profile) -> Result<Source, SourceError> {
        let session_name = profile.get("sso_session");
        let session = match session_name {
            Some(session) => self.profiles.sso_session(session).ok_or_else(|| {
                SourceError::new(format!(
                    "the AWS profile `{name}` names the single sign-on `{session}`, which is not there"
                ))
            })?,
            None => Profile::new(),
        };
        let get = |key: &str| {
            let value = profile.get(key).or_else(|| session.get(key));
            value
                .cloned()
                .ok_or_else(|| SourceError::new(format!("the AWS profile `{name}` lacks `{key}`")))
        };
        // The sign-on's token is kept under the name of its session, and where there is none
        // under its address.
        let kept_under = session_name.cloned().map_or_else(|| get("sso_start_url"), Ok)?;
        let provider = SSOCredentialProvider::new()
            .with_account_id(get("sso_account_id")?)
            .with_role_name(get("sso_role_name")?)
            .with_region(get("sso_region")?)
            .with_start_url(kept_under);
        Ok(Source::new("single sign-on", provider).advise("sign in: `aws sso login`"))
    }
}

/// The keys that stand in a profile.
fn of_keys(profile: &Profile) -> Result<Option<Source>, SourceError> {
    let get = |key: &str| profile.get(key).map(|value| value.trim());
    let (Some(id), Some(key)) = (get("aws_access_key_id"), get("aws_secret_access_key")) else {
        return Ok(None);
    };
    let token = get("aws_session_token").filter(|token| !token.is_empty());
    let named = [("aws_access_key_id", id), ("aws_secret_access_key", key)];
    for (name, value) in named.into_iter().chain(token.map(|token| ("aws_session_token", token))) {
        super::must_be_sendable(&format!("`{name}` of the AWS profile"), value)?;
    }
    let mut provider = StaticCredentialProvider::new(id, key);
    if let Some(token) = token {
        provider = provider.with_session_token(token);
    }
    Ok(Some(Source::new("the profile", provider)))
}

/// Keys for the S3 protocol.
#[derive(Debug)]
struct Keys;

impl CredentialKind for Keys {
    type Given = Credential;
    type Taken = AwsCredential;

    const STORE: &'static str = "S3";

    fn taken(given: &Credential) -> Option<AwsCredential> {
        Some(AwsCredential {
            key_id: given.access_key_id.clone(),
            secret_key: given.secret_access_key.clone(),
            token: given.session_token.clone(),
        })
    }

    fn sent(taken: &AwsCredential) -> Vec<(&'static str, &str)> {
        let token = taken.token.iter().map(|token| ("the session token", token.as_str()));
        let keys = [("the access key", &taken.key_id), ("the secret key", &taken.secret_key)];
        keys.map(|(name, key)| (name, key.as_str())).into_iter().chain(token).collect()
    }

    fn none() -> SourceError {
        SourceError::new("there are no keys for S3: none in the environment, in a profile, or from a metadata service").help(
            "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a public bucket add `--no-sign-request`",
        )
    }
}

/// Gives object_store the keys of the environment.
pub(crate) fn provider(
    mut aws: Aws,
    side_channel: SideChannelClient,
    region: &str,
) -> Result<AwsCredentialProvider, SourceError> {
    aws.context = aws.context.with_http_send(side_channel);
    let source = aws.source(region)?;
    Ok(Arc::new(Adapter::new(source, aws.context)))
}

#[cfg(test)]
mod tests;
