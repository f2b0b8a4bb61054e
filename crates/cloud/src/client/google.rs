//! Google Cloud Storage.

use object_store::gcp::GoogleCloudStorageBuilder;

use super::place::{Keys, Place};
use super::service::HttpTransport;
use super::{Client, Use};
use crate::access::EnvironmentAccess;
use crate::credentials::google;
use crate::endpoint::Endpoint;
use crate::side_channel::SideChannelClient;
use crate::url::{CloudUrl, Provider};
use sensortree_scan::SourceError;

const USUAL_ENDPOINT: &str = "https://storage.googleapis.com";

/// Asks as the environment's conventions have it.
pub(super) fn environment(
    url: &CloudUrl,
    access: &EnvironmentAccess,
    how: Use,
) -> Result<Client, SourceError> {
    let endpoint = Endpoint::parse(access.endpoint_url.as_deref().unwrap_or(USUAL_ENDPOINT))?;
    let (keys, side_channel) = if access.unsigned {
        (Keys::None, None)
    } else {
        (Keys::Environment, Some(SideChannelClient::new()?))
    };
    let place = Place::new(url, Provider::Gcs, endpoint.shown(), None, keys);
    let transport = HttpTransport::new(place, &endpoint, side_channel.clone(), Vec::new(), how)?;
    let builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(url.bucket())
        .with_base_url(&endpoint.url())
        .with_retry(how.retry())
        .with_http_connector(transport.clone());
    let builder = match side_channel {
        Some(side_channel) => builder.with_credentials(google::provider(side_channel)?),
        // A bearer keeps the builder from reading files; it is not sent.
        None => builder.with_bearer_token("").with_skip_signature(true),
    };
    let store = builder.build().map_err(|_| SourceError::new("the endpoint cannot be used"))?;
    Ok(Client::new_with(store, transport))
}
