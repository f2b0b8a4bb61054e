//! What the command line says of cloud stores.

use clap::Args;
#[cfg(feature = "cloud")]
use sensortree_cloud::{Addressing, CloudAccess, EnvironmentAccess};

/// How a cloud store is asked, beside what the environment says.
#[derive(Clone, Debug, Default, Args)]
pub struct CloudArguments {
    /// The store's address, if it is not the provider's own
    ///
    /// Unencrypted only with http:// written out.
    #[arg(long, value_name = "URL", help_heading = "Cloud")]
    pub endpoint_url: Option<String>,

    /// The region of an S3 bucket [default: that of the environment, the profile or the endpoint]
    #[arg(long, value_name = "NAME", help_heading = "Cloud")]
    pub region: Option<String>,

    /// Ask without any keys, as public buckets allow it
    #[arg(long, help_heading = "Cloud")]
    pub no_sign_request: bool,

    /// Name an S3 bucket in the address's path [default: with an endpoint of one's own]
    #[arg(long, conflicts_with = "virtual_host_style", help_heading = "Cloud")]
    pub path_style: bool,

    /// Name an S3 bucket in the address's host [default: with AWS, OSS, OBS and COS]
    #[arg(long, help_heading = "Cloud")]
    pub virtual_host_style: bool,
}

#[cfg(feature = "cloud")]
impl CloudArguments {
    /// How a store is asked with these arguments.
    #[must_use]
    pub fn access(&self) -> CloudAccess {
        CloudAccess::Environment(self.environment())
    }

    /// What these arguments say beside the environment.
    #[must_use]
    pub fn environment(&self) -> EnvironmentAccess {
        let addressing = match (self.path_style, self.virtual_host_style) {
            (true, _) => Some(Addressing::Path),
            (_, true) => Some(Addressing::VirtualHost),
            _ => None,
        };
        EnvironmentAccess {
            endpoint_url: self.endpoint_url.clone(),
            region: self.region.clone(),
            unsigned: self.no_sign_request,
            addressing,
        }
    }
}
