//! Requests that get credentials: to sign-in services, and to the metadata service of
//! a virtual machine.

use std::net::IpAddr;
use std::time::Duration;

use object_store::client::{HttpError, HttpRequest, HttpResponse, HttpService};
use sensortree_scan::SourceError;

use super::http;

/// A metadata service is next door, or there is none.
const NEXT_DOOR: Duration = Duration::from_secs(1);

const ELSEWHERE: Duration = Duration::from_secs(8);

/// Sends requests that get credentials.
#[derive(Clone, Debug)]
pub(super) struct SideChannelClient {
    next_door: reqwest::Client,
    elsewhere: reqwest::Client,
}

impl SideChannelClient {
    pub(super) fn new() -> Result<Self, SourceError> {
        let broken = |_| SourceError::new("the system's certificates cannot be read");
        let next_door =
            http::builder().no_proxy().connect_timeout(NEXT_DOOR).timeout(NEXT_DOOR * 5).build();
        let elsewhere = http::builder().connect_timeout(ELSEWHERE).build();
        Ok(SideChannelClient {
            next_door: next_door.map_err(broken)?,
            elsewhere: elsewhere.map_err(broken)?,
        })
    }

    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let host = request.uri().host().unwrap_or_default();
        HttpService::call(
            if is_next_door(host) { &self.next_door } else { &self.elsewhere },
            request,
        )
        .await
    }
}

/// Whether this is the address of a metadata service.
fn is_next_door(host: &str) -> bool {
    host == "metadata.google.internal"
        || match host.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(address)) => address.is_link_local() || address.is_loopback(),
            Ok(IpAddr::V6(address)) => {
                address.is_unique_local()
                    || address.is_unicast_link_local()
                    || address.is_loopback()
            }
            Err(_) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_services_are_next_door() {
        let near = [
            "169.254.169.254",
            "169.254.170.2",
            "[fd00:ec2::254]",
            "127.0.0.1",
            "metadata.google.internal",
        ];
        assert!(near.into_iter().all(is_next_door));
        let far = ["sts.eu-west-1.amazonaws.com", "10.0.0.1", "8.8.8.8", "", "metadata.example"];
        assert!(!far.into_iter().any(is_next_door));
    }
}
