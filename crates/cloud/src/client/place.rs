//! Which bucket is asked, as errors call it.

use crate::url::{CloudUrl, Provider};

/// What the words of an error need to know.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) provider: Provider,
    pub(super) bucket: String,
    /// Host and port of the store.
    pub(super) host: String,
    /// Host and port that are connected to, which may have the bucket in them.
    pub(super) address: String,
    /// The region that requests are signed for (S3).
    pub(super) region: Option<String>,
    pub(super) keys: Keys,
}

/// Where the keys come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Environment,
    Request,
    None,
}

impl Place {
    pub(super) fn new(
        url: &CloudUrl,
        provider: Provider,
        host: String,
        region: Option<String>,
        keys: Keys,
    ) -> Self {
        Place {
            provider,
            bucket: url.bucket().to_owned(),
            address: host.clone(),
            host,
            region,
            keys,
        }
    }

    /// "bucket `drives`".
    pub(super) fn bucket(&self) -> String {
        format!("{} `{}`", self.provider.bucket_word(), self.bucket)
    }

    /// What listing takes.
    pub(super) fn list_permission(&self) -> &'static str {
        match self.provider {
            Provider::S3 => "`s3:ListBucket`",
            Provider::Gcs => "`storage.objects.list`",
            Provider::Azure => {
                "the role `Storage Blob Data Reader`, or a SAS token for reading and listing"
            }
        }
    }

    /// What reading an object takes.
    pub(super) fn read_permission(&self) -> &'static str {
        match self.provider {
            Provider::S3 => "`s3:GetObject`",
            Provider::Gcs => "`storage.objects.get`",
            Provider::Azure => {
                "the role `Storage Blob Data Reader`, or a SAS token for reading and listing"
            }
        }
    }
}
