//! The address of a cloud target.
//!
//! Parsed by hand, since a URL parser decodes percent signs and cuts off what follows `#` and `?`,
//! all of which may stand in a key.

use std::fmt;
use std::str::FromStr;

use sensortree_core::tree::TargetKind;
use sensortree_scan::SourceError;

use crate::web_address;

/// Which protocol a target is read with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
    /// The S3 protocol, as AWS and many other stores speak it.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage.
    Azure,
}

impl Provider {
    /// What a target of this kind is called in a report.
    #[must_use]
    pub fn target_kind(self) -> TargetKind {
        match self {
            Provider::S3 => TargetKind::S3,
            Provider::Gcs => TargetKind::Gcs,
            Provider::Azure => TargetKind::Azure,
        }
    }

    /// What this store calls a bucket.
    #[must_use]
    pub fn bucket_word(self) -> &'static str {
        match self {
            Provider::S3 | Provider::Gcs => "bucket",
            Provider::Azure => "container",
        }
    }
}

/// A place in a bucket: `s3://bucket/prefix`, `gs://bucket/prefix`, `az://container/prefix` or
/// `abfs[s]://container@account.dfs.core.windows.net/prefix`.
///
/// All that follows the bucket's `/` is taken as it stands: `%`, `#`, `?` and spaces are the
/// key's own characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudUrl {
    provider: Provider,
    scheme: &'static str,
    bucket: String,
    account: Option<AzureAccount>,
    region: Option<String>,
    path: String,
}

/// A storage account that an address itself names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AzureAccount {
    pub(crate) name: String,
    /// Where its cloud lives: `core.windows.net`, or that of a national cloud.
    pub(crate) suffix: &'static str,
}

const SCHEMES: [(&str, Provider); 5] = [
    ("s3", Provider::S3),
    ("gs", Provider::Gcs),
    ("az", Provider::Azure),
    ("abfs", Provider::Azure),
    ("abfss", Provider::Azure),
];

/// Schemes of other programs, and what to write instead.
const OTHER_SCHEMES: [(&str, &str); 8] = [
    ("s3a", "write `s3://` for `s3a://`"),
    ("s3n", "write `s3://` for `s3n://`"),
    ("gcs", "write `gs://` for `gcs://`"),
    ("azure", "write `az://` for `azure://`"),
    ("wasb", "write `abfss://container@account.dfs.core.windows.net/prefix`"),
    (
        "oss",
        "OSS speaks the S3 protocol: `s3://bucket/prefix` with `--endpoint-url https://oss-REGION.aliyuncs.com`",
    ),
    (
        "obs",
        "OBS speaks the S3 protocol: `s3://bucket/prefix` with `--endpoint-url https://obs.REGION.myhuaweicloud.com`",
    ),
    (
        "cos",
        "COS speaks the S3 protocol: `s3://bucket/prefix` with `--endpoint-url https://cos.REGION.myqcloud.com`",
    ),
];

/// The clouds that keys for Azure may be sent to. An address could name any host, and must not get
/// at keys that way.
pub(crate) const AZURE_CLOUDS: [&str; 4] =
    ["core.windows.net", "core.chinacloudapi.cn", "core.usgovcloudapi.net", "fabric.microsoft.com"];

/// What only stands in an address that was signed to be passed on.
const SIGNED: [&str; 7] = [
    "x-amz-signature=",
    "&signature=",
    "x-amz-security-token=",
    "x-goog-signature=",
    "awsaccesskeyid=",
    "&sig=",
    "?sig=",
];

impl CloudUrl {
    /// Whether a text is meant to be a cloud address, well written or not.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.split_once(':').is_some_and(|(scheme, rest)| {
            let known = SCHEMES.iter().any(|(known, _)| scheme.eq_ignore_ascii_case(known));
            let other = OTHER_SCHEMES.iter().any(|(other, _)| scheme.eq_ignore_ascii_case(other));
            known || (other && rest.starts_with("//"))
        })
    }

    /// The place of an address in any form that is understood: also a web address of a store, as
    /// consoles and SDKs show it. `None` for what is no cloud address.
    ///
    /// From a web address nothing but the place is taken, and its region: the store is asked as for
    /// `s3://BUCKET/PREFIX`, `gs://…` and `abfss://…`, and that is what it is shown as.
    ///
    /// # Errors
    /// When it is a cloud address with a mistake, or holds a key. It is not repeated.
    #[must_use]
    pub fn of_address(text: &str) -> Option<Result<Self, SourceError>> {
        if text.contains("://") && CloudUrl::is_meant(text) {
            return Some(text.parse());
        }
        web_address::parse(text)
    }

    /// Which protocol it is read with.
    #[must_use]
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The bucket, or Azure's container.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// What keys of this target start with: empty for a whole bucket, else with `/` at its end.
    #[must_use]
    pub fn prefix(&self) -> String {
        match self.path.as_str() {
            path if path.is_empty() || path.ends_with('/') => path.to_owned(),
            path => format!("{path}/"),
        }
    }

    /// The key that is named when the target is a single object.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.path
    }

    /// Whether the address is that of a zip, going by its suffix.
    #[must_use]
    pub fn is_zip(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.rsplit_once('.')
            .is_some_and(|(stem, suffix)| !stem.is_empty() && suffix.eq_ignore_ascii_case("zip"))
    }

    /// The names on the way to the target, the bucket first.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        let path = self.path.strip_suffix('/').unwrap_or(&self.path);
        let below = if path.is_empty() { None } else { Some(path.split('/')) };
        std::iter::once(self.bucket.as_str())
            .chain(below.into_iter().flatten())
            .map(str::to_owned)
            .collect()
    }

    /// The region that the address itself names (S3).
    pub(crate) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The storage account that the address itself names.
    pub(crate) fn azure_account(&self) -> Option<&AzureAccount> {
        self.account.as_ref()
    }
}

impl fmt::Display for CloudUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.bucket)?;
        if let Some(AzureAccount { name, suffix }) = &self.account {
            write!(f, "@{name}.dfs.{suffix}")?;
        }
        write!(f, "/{}", self.path)
    }
}

/// No store has a longer key, in bytes: 1,024 of them, or at Azure as many characters.
pub(super) const LONGEST_KEY: usize = 4_096;

impl FromStr for CloudUrl {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, SourceError> {
        let (scheme, provider, rest) = split_scheme(text)?;
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if is_signed(path) {
            return Err(of_signature());
        }
        let (bucket, account) = match (provider, authority.rsplit_once('@')) {
            (_, None) => (authority, None),
            (Provider::Azure, Some((container, host))) if !container.contains([':', '@']) => {
                (container, Some(azure_account(host)?))
            }
            _ => {
                return Err(SourceError::new("the address holds a user name or a key before the `@`")
                    .help("write the address as `SCHEME://BUCKET/PREFIX`, and give the keys as docs/cloud.md says"));
            }
        };
        CloudUrl::of_parts(Parts { provider, scheme, bucket, account, region: None, path })
    }
}

/// What an address consists of.
pub(crate) struct Parts<'a> {
    pub(crate) provider: Provider,
    pub(crate) scheme: &'static str,
    pub(crate) bucket: &'a str,
    pub(crate) account: Option<AzureAccount>,
    pub(crate) region: Option<&'a str>,
    pub(crate) path: &'a str,
}

impl CloudUrl {
    /// The address of these parts.
    ///
    /// # Errors
    /// When no store has such a bucket, or so long a key.
    pub(crate) fn of_parts(parts: Parts<'_>) -> Result<Self, SourceError> {
        let Parts { provider, scheme, bucket, account, region, path } = parts;
        check_bucket(bucket, provider, scheme)?;
        if path.len() > LONGEST_KEY {
            return Err(SourceError::new("the prefix is longer than any key of a store")
                .help("a key has 1,024 characters at the most"));
        }
        let (bucket, region) = (bucket.to_owned(), region.map(str::to_owned));
        Ok(CloudUrl { provider, scheme, bucket, account, region, path: path.to_owned() })
    }
}

/// Whether an address, or what follows its bucket, was signed to be passed on.
pub(crate) fn is_signed(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    SIGNED.iter().any(|mark| lower.contains(mark))
}

/// The error of a signed address, which is not repeated.
pub(crate) fn of_signature() -> SourceError {
    SourceError::new("the address holds a signature, which is as good as a password").help(
        "write the address without what follows the `?`, and give the keys as docs/cloud.md says",
    )
}

fn split_scheme(text: &str) -> Result<(&'static str, Provider, &str), SourceError> {
    let not_one = || {
        SourceError::new("this is no cloud address")
            .help("write `s3://BUCKET/PREFIX`, `gs://…` or `az://…`")
    };
    let (written, rest) = text.split_once(':').ok_or_else(not_one)?;
    if let Some((_, instead)) =
        OTHER_SCHEMES.iter().find(|(other, _)| written.eq_ignore_ascii_case(other))
    {
        return Err(SourceError::new(format!("`{}://` is not read", written.to_ascii_lowercase()))
            .help(*instead));
    }
    let known = SCHEMES.iter().find(|(known, _)| written.eq_ignore_ascii_case(known));
    let (scheme, provider) = *known.ok_or_else(not_one)?;
    let Some(rest) = rest.strip_prefix("//") else {
        return Err(SourceError::new(format!("`{scheme}:` is followed by two slashes"))
            .help(format!("write `{scheme}://{}/PREFIX`", provider.bucket_word().to_uppercase())));
    };
    if written != scheme {
        return Err(SourceError::new(format!("`{scheme}://` is written in small letters")));
    }
    Ok((scheme, provider, rest))
}

pub(crate) fn azure_account(host: &str) -> Result<AzureAccount, SourceError> {
    let parts = host.split_once('.').and_then(|(name, rest)| {
        let rest = rest.strip_prefix("dfs.").or_else(|| rest.strip_prefix("blob."))?;
        let suffix = AZURE_CLOUDS.into_iter().find(|cloud| *cloud == rest)?;
        Some((name, suffix))
    });
    let fits = |name: &str| {
        (3..=24).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    match parts {
        Some((name, suffix)) if fits(name) => Ok(AzureAccount { name: name.to_owned(), suffix }),
        _ => Err(SourceError::new("what follows the `@` is no storage account of Azure")
            .help("write `abfss://CONTAINER@ACCOUNT.dfs.core.windows.net/PREFIX`")),
    }
}

fn check_bucket(bucket: &str, provider: Provider, scheme: &str) -> Result<(), SourceError> {
    let word = provider.bucket_word();
    let wrong = |said: String| {
        Err(SourceError::new(said)
            .help(format!("write `{scheme}://{}/PREFIX`", word.to_uppercase())))
    };
    if bucket.is_empty() {
        return wrong(format!("`{scheme}://` lacks the {word}'s name"));
    }
    if provider == Provider::Azure && ["$root", "$web", "$logs"].contains(&bucket) {
        return Ok(());
    }
    if bucket.starts_with("arn:") {
        return wrong("access points are not read by their ARN".to_owned());
    }
    if bucket.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return wrong(format!("a {word}'s name has no capital letters"));
    }
    let extra: &[u8] = match provider {
        Provider::S3 | Provider::Gcs => b"-._",
        Provider::Azure => b"-",
    };
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if !bucket.bytes().all(|byte| alphanumeric(byte) || extra.contains(&byte)) {
        return wrong(format!("a {word}'s name has small letters, digits and hyphens only"));
    }
    let longest = if provider == Provider::Gcs { 222 } else { 63 };
    if !(3..=longest).contains(&bucket.len()) {
        return wrong(format!("a {word}'s name has 3 to {longest} characters"));
    }
    let at_ends = bucket.bytes().next().is_some_and(alphanumeric)
        && bucket.bytes().last().is_some_and(alphanumeric);
    if !at_ends || bucket.contains("..") {
        return wrong(format!(
            "a {word}'s name starts and ends with a letter or digit, and has no `..`"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_is_told_by_its_suffix() {
        let check = |url: &str, expected: bool| {
            assert_eq!(url.parse::<CloudUrl>().unwrap().is_zip(), expected, "{url}");
        };
        check("s3://drives/in/0423.zip", true);
        check("gs://drives/0423.ZIP", true);
        check("s3://drives/0423.zip/", false);
        check("s3://drives/0423.zip/lidar-top", false);
        check("s3://drives/.zip", false);
        check("s3://drives.zip", false);
    }

    #[test]
    fn what_follows_the_bucket_is_the_key_as_it_stands() {
        let check = |text: &str, bucket: &str, prefix: &str, segments: &[&str]| {
            let url: CloudUrl = text.parse().unwrap();
            assert_eq!((url.bucket(), url.prefix().as_str()), (bucket, prefix), "{text}");
            assert_eq!(url.segments(), segments, "{text}");
        };
        check("s3://acme-drives", "acme-drives", "", &["acme-drives"]);
        check("s3://acme-drives/", "acme-drives", "", &["acme-drives"]);
        check("s3://acme-drives/data", "acme-drives", "data/", &["acme-drives", "data"]);
        check("gs://acme-drives/data/", "acme-drives", "data/", &["acme-drives", "data"]);
        check(
            "gs://acme_drives.example/a%20b#c?d e/ü",
            "acme_drives.example",
            "a%20b#c?d e/ü/",
            &["acme_drives.example", "a%20b#c?d e", "ü"],
        );
        check("s3://acme-drives//x", "acme-drives", "/x/", &["acme-drives", "", "x"]);
        check("s3://acme-drives//", "acme-drives", "/", &["acme-drives"]);
        check("az://drives/me@home:x", "drives", "me@home:x/", &["drives", "me@home:x"]);
        check("az://$web/a", "$web", "a/", &["$web", "a"]);
    }

    #[test]
    fn an_account_stands_in_the_address_or_not() {
        let check = |text: &str, account: Option<(&str, &str)>| {
            let url: CloudUrl = text.parse().unwrap();
            let found = url.azure_account().map(|account| (account.name.as_str(), account.suffix));
            assert_eq!(found, account, "{text}");
            assert_eq!(url.provider(), Provider::Azure);
        };
        check("az://drives/x", None);
        check("abfs://drives/x", None);
        check("abfss://drives@acme.dfs.core.windows.net/x", Some(("acme", "core.windows.net")));
        check(
            "abfs://drives@acme.blob.core.chinacloudapi.cn/x",
            Some(("acme", "core.chinacloudapi.cn")),
        );
    }

    #[test]
    fn an_address_is_shown_as_it_was_written() {
        for text in [
            "s3://acme-drives/a b",
            "gs://acme-drives/x/",
            "abfss://drives@acme.dfs.core.windows.net/x%2F",
        ] {
            assert_eq!(text.parse::<CloudUrl>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn mistakes_are_said_and_secrets_are_not() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<CloudUrl>().unwrap_err();
            let said = format!("{error} / {}", error.help.as_deref().unwrap_or_default());
            assert!(said.contains(expected), "{text}: {said}");
            assert!(!said.contains("hunter2") && !said.contains("AKIA"), "{text}: {said}");
            assert!(CloudUrl::is_meant(text), "{text}");
        };
        check("s3://", "lacks the bucket's name / write `s3://BUCKET/PREFIX`");
        check("s3:///data", "lacks the bucket's name");
        check("az:///data", "lacks the container's name");
        check("s3:/acme-drives/x", "two slashes");
        check("s3:acme-drives", "two slashes");
        check("S3://acme-drives/x", "small letters");
        check("s3://Acme/x", "no capital letters");
        check("s3://acme drives/x", "small letters, digits and hyphens");
        check("s3://acme%20drives/x", "small letters, digits and hyphens");
        check("s3://ab/x", "3 to 63");
        check("s3://acme..drives/x", "no `..`");
        check("s3://-acme/x", "starts and ends");
        check("az://acme_drives/x", "small letters, digits and hyphens");
        check("s3://arn:aws:s3:eu-west-1:1:accesspoint/x", "ARN");
        check("s3://AKIA:hunter2@acme-drives/x", "a key before the `@`");
        check("az://AKIA:hunter2@acme.dfs.core.windows.net/x", "a key before the `@`");
        check("s3://acme-drives/x?X-Amz-Signature=hunter2", "a signature");
        check("az://drives/x?sv=2024&sig=hunter2", "a signature");
        check("abfss://drives@hunter2.example.com/x", "no storage account");
        check("abfss://drives@acme.dfs.core.windows.net.example.com/x", "no storage account");
        check("oss://acme-drives/x", "--endpoint-url https://oss-REGION.aliyuncs.com");
        check("gcs://acme-drives/x", "write `gs://`");
        assert!(
            !CloudUrl::is_meant("git:HEAD")
                && !CloudUrl::is_meant("C:/data")
                && !CloudUrl::is_meant("cos:x")
        );
    }
}
