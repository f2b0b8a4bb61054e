//! Azure Blob Storage.

use object_store::azure::MicrosoftAzureBuilder;

use super::place::{Keys, Place};
use super::service::HttpTransport;
use super::{Client, Use};
use crate::access::EnvironmentAccess;
use crate::credentials::azure::Azure;
use crate::endpoint::Endpoint;
use crate::side_channel::SideChannelClient;
use crate::url::{CloudUrl, Provider};
use sensortree_scan::SourceError;

/// Asks as the environment's conventions have it.
pub(super) fn environment(
    url: &CloudUrl,
    access: &EnvironmentAccess,
    how: Use,
) -> Result<Client, SourceError> {
    let azure = Azure::of_environment(url.azure_account(), access.endpoint_url.as_deref())?;
    let endpoint = Endpoint::parse(&azure.endpoint)?;
    let (keys, side_channel) = if access.unsigned {
        (Keys::None, None)
    } else {
        (Keys::Environment, Some(SideChannelClient::new()?))
    };
    let place = Place::new(url, Provider::Azure, endpoint.shown(), None, keys);
    let transport = HttpTransport::new(place, &endpoint, side_channel, Vec::new(), how)?;
    let builder = MicrosoftAzureBuilder::new()
        .with_account(&azure.account)
        .with_container_name(url.bucket())
        .with_endpoint(endpoint.url())
        .with_retry(how.retry())
        .with_http_connector(transport.clone());
    let failed = azure.failed();
    let builder = if access.unsigned {
        builder.with_bearer_token_authorization("").with_skip_signature(true)
    } else {
        azure.sign(builder)
    };
    let unusable =
        || failed.clone().unwrap_or_else(|| SourceError::new("the keys for Azure are incomplete"));
    let store = builder.build().map_err(|_| unusable())?;
    Ok(Client { without_keys: failed, ..Client::new_with(store, transport) })
}
