//! Stores over the S3 protocol.

use std::sync::Arc;

use async_trait::async_trait;
use object_store::CredentialProvider;
use object_store::aws::{AmazonS3Builder, AwsCredential, AwsCredentialProvider};
use zeroize::Zeroize as _;

use super::place::{Keys, Place};
use super::service::HttpTransport;
use super::{Client, Use};
use crate::access::Addressing;
use crate::access::{EnvironmentAccess, ExplicitAccess};
use crate::credentials::aws::{self, Aws};
use crate::credentials::must_be_sendable;
use crate::endpoint::Endpoint;
use crate::side_channel::SideChannelClient;
use crate::url::{CloudUrl, Provider};
use sensortree_scan::SourceError;

/// Google takes keys for the S3 protocol, too.
const GOOGLE: &str = "https://storage.googleapis.com";

/// No region's name is as long, and one in a host is a label, which has 63 characters at most.
const LONGEST_REGION: usize = 63;

/// Asks with keys that were handed over, and nothing else.
pub(super) fn explicit(
    url: &CloudUrl,
    access: &ExplicitAccess,
    how: Use,
) -> Result<Client, SourceError> {
    if access.access_key.is_empty() || access.secret_key.is_empty() {
        return Err(SourceError::new("the access key or the secret key is empty"));
    }
    for (name, key) in
        [("the access key", &access.access_key), ("the secret key", &access.secret_key)]
    {
        must_be_sendable(name, key.reveal())?;
    }
    let named = access.endpoint_url.as_deref().filter(|endpoint| !endpoint.trim().is_empty());
    let endpoint = match (named, url.provider()) {
        (Some(endpoint), _) => Some(Endpoint::parse(endpoint)?),
        (None, Provider::Gcs) => Some(Endpoint::parse(GOOGLE)?),
        (None, _) => None,
    };
    let keys: AwsCredentialProvider = Arc::new(Handed::new(access));
    let site = Site::new(url, endpoint, access.region.clone(), access.addressing)?;
    site.client(url, how, Keys::Request, None, Some(keys), Vec::new())
}

/// Asks as the environment's conventions have it.
pub(super) fn environment(
    url: &CloudUrl,
    access: &EnvironmentAccess,
    how: Use,
) -> Result<Client, SourceError> {
    let aws = Aws::of_environment()?;
    let endpoint = access.endpoint_url.clone().or_else(|| aws.endpoint_url());
    let endpoint = endpoint.as_deref().map(Endpoint::parse).transpose()?;
    let site = Site::new(
        url,
        endpoint,
        access.region.clone().or_else(|| url.region().map(str::to_owned)).or_else(|| aws.region()),
        access.addressing,
    )?;
    let authorities = aws.authorities()?;
    if access.unsigned {
        return site.client(url, how, Keys::None, None, None, authorities);
    }
    let side_channel = SideChannelClient::new()?;
    let keys = aws::provider(aws, side_channel.clone(), &site.region)?;
    site.client(url, how, Keys::Environment, Some(side_channel), Some(keys), authorities)
}

/// Where a bucket is asked.
struct Site {
    endpoint: Endpoint,
    bucket_url: String,
    region: String,
}

impl Site {
    fn new(
        url: &CloudUrl,
        endpoint: Option<Endpoint>,
        region: Option<String>,
        addressing: Option<Addressing>,
    ) -> Result<Self, SourceError> {
        let named = endpoint.as_ref().and_then(Endpoint::region).map(str::to_owned);
        let region = region.or(named).unwrap_or_else(|| "us-east-1".to_owned());
        let plain = (1..=LONGEST_REGION).contains(&region.len())
            && region
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if !plain {
            return Err(SourceError::new("the region has characters that no region has")
                .help("write it as in `eu-central-1`"));
        }
        let endpoint = match endpoint {
            Some(endpoint) => endpoint,
            None if region.starts_with("cn-") => {
                Endpoint::parse(&format!("https://s3.{region}.amazonaws.com.cn"))?
            }
            None => Endpoint::parse(&format!("https://s3.{region}.amazonaws.com"))?,
        };
        Ok(Site { bucket_url: endpoint.bucket_url(url.bucket(), addressing), endpoint, region })
    }

    fn client(
        self,
        url: &CloudUrl,
        how: Use,
        keys: Keys,
        side_channel: Option<SideChannelClient>,
        provider: Option<AwsCredentialProvider>,
        authorities: Vec<reqwest::Certificate>,
    ) -> Result<Client, SourceError> {
        let authority = self.bucket_url.split('/').nth(2).unwrap_or_default();
        let place = Place {
            address: authority.to_owned(),
            ..Place::new(url, Provider::S3, self.endpoint.shown(), Some(self.region.clone()), keys)
        };
        let transport = HttpTransport::new(place, &self.endpoint, side_channel, authorities, how)?;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(url.bucket())
            .with_region(self.region)
            // The address has the bucket in it already, wherever it stands.
            .with_endpoint(self.bucket_url)
            .with_virtual_hosted_style_request(true)
            // Not all that speak the protocol have it, and each answer is to be about one object.
            .with_disable_bulk_delete(true)
            .with_retry(how.retry())
            .with_http_connector(transport.clone());
        builder = match provider {
            Some(keys) => builder.with_credentials(keys),
            None => builder.with_skip_signature(true),
        };
        let store = builder.build().map_err(|_| SourceError::new("the endpoint cannot be used"))?;
        Ok(Client::new_with(store, transport))
    }
}

/// Keys that were handed over, which are overwritten once nobody uses them any more.
struct Handed(Arc<AwsCredential>);

impl Handed {
    fn new(access: &ExplicitAccess) -> Self {
        Handed(Arc::new(AwsCredential {
            key_id: access.access_key.reveal().to_owned(),
            secret_key: access.secret_key.reveal().to_owned(),
            token: None,
        }))
    }
}

impl std::fmt::Debug for Handed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handed(…)")
    }
}

impl Drop for Handed {
    fn drop(&mut self) {
        if let Some(keys) = Arc::get_mut(&mut self.0) {
            keys.key_id.zeroize();
            keys.secret_key.zeroize();
        }
    }
}

#[async_trait]
impl CredentialProvider for Handed {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        Ok(Arc::clone(&self.0))
    }
}
