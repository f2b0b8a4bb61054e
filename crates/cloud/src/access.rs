//! Who asks a store, and where: the environment's conventions, or keys that were handed over
//! for one endpoint.

use std::fmt;

use zeroize::Zeroizing;

/// A text that is shown nowhere, and overwritten when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text into custody.
    #[must_use]
    pub fn new(text: String) -> Self {
        Secret(Zeroizing::new(text))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing to hide.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where the bucket stands in the address of a request over the S3 protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// In the path: `https://host/bucket/key`.
    Path,
    /// In the host: `https://bucket.host/key`.
    VirtualHost,
}

/// How a store is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CloudAccess {
    /// With what the environment holds: variables, configuration files, metadata services.
    Environment(EnvironmentAccess),
    /// With handed over keys alone. Nothing of the environment is read, and nobody but the one
    /// endpoint is asked.
    Explicit(ExplicitAccess),
}

impl Default for CloudAccess {
    fn default() -> Self {
        CloudAccess::Environment(EnvironmentAccess::default())
    }
}

/// What the command line says beside the environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentAccess {
    /// The store's address, if it is not the provider's own.
    pub endpoint_url: Option<String>,
    /// The region of the bucket (S3).
    pub region: Option<String>,
    /// Whether to ask without any keys.
    pub unsigned: bool,
    /// Where the bucket stands in the address; `None` to go by the endpoint (S3).
    pub addressing: Option<Addressing>,
}

/// Keys for the S3 protocol, and the one endpoint that they are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplicitAccess {
    /// The access key id.
    pub access_key: Secret,
    /// The secret access key.
    pub secret_key: Secret,
    /// The store's address; `None` for the provider's own (`s3://` AWS, `gs://` Google).
    pub endpoint_url: Option<String>,
    /// The region to sign for; `None` to go by the endpoint.
    pub region: Option<String>,
    /// Where the bucket stands in the address; `None` to go by the endpoint.
    pub addressing: Option<Addressing>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let secret = || Secret::new("hunter2".to_owned());
        let access = CloudAccess::Explicit(ExplicitAccess {
            access_key: secret(),
            secret_key: secret(),
            endpoint_url: None,
            region: None,
            addressing: None,
        });
        assert!(!format!("{access:?} {access:#?}").contains("hunter2"));
    }
}
