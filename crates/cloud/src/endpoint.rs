//! Where a store is asked.

use std::net::IpAddr;

use sensortree_scan::SourceError;

use crate::access::Addressing;

/// A store's address: `https://host[:port][/path]`, and `http://` only when that is written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    plain: bool,
    host: String,
    port: Option<u16>,
    /// Without the `/` at its end.
    path: String,
}

/// Stores that take the bucket in the host alone.
const VIRTUAL_HOST_ONLY: [&str; 5] =
    [".amazonaws.com", ".amazonaws.com.cn", ".aliyuncs.com", ".myhuaweicloud.com", ".myqcloud.com"];

/// What stands before the region in a store's host.
const BEFORE_REGION: [&str; 6] = ["s3.oss-", "oss-", "s3.", "s3-", "obs.", "cos."];

/// What stands behind it.
const BEHIND_REGION: [&str; 8] = [
    "-internal.aliyuncs.com",
    ".aliyuncs.com",
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".myhuaweicloud.com",
    ".myqcloud.com",
    ".backblazeb2.com",
    ".wasabisys.com",
];

/// A host has 253 characters at the most, and the path to a gateway not many more.
const LONGEST: usize = 1_024;

impl Endpoint {
    /// Reads an address as it is written on a command line or in a request. Without a scheme
    /// it is `https`.
    pub(super) fn parse(text: &str) -> Result<Self, SourceError> {
        let wrong = |said: &str| {
            Err(SourceError::new(said).help("write the endpoint as `https://HOST[:PORT]`"))
        };
        let text = text.trim();
        if text.len() > LONGEST {
            return wrong("the endpoint is longer than any address");
        }
        let (plain, rest) = match text.split_once("://") {
            None => (false, text),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => (false, rest),
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => (true, rest),
            Some(_) => return wrong("the endpoint is neither `https://` nor `http://`"),
        };
        if rest.contains('@') {
            return wrong("the endpoint holds a user name or a key before the `@`");
        }
        if rest.contains(['?', '#']) {
            return wrong("the endpoint holds a query");
        }
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, digits)) if !digits.ends_with(']') => match digits.parse() {
                Ok(port) => (host, Some(port)),
                Err(_) => return wrong("the endpoint's port is no number up to 65535"),
            },
            _ => (authority, None),
        };
        let is_name = !host.is_empty()
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
        if !is_name && !is_ipv6(host) {
            return wrong("the endpoint's host is no host name");
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
        if !path.bytes().all(fits) {
            return wrong("the endpoint's path has characters that an address cannot hold");
        }
        Ok(Endpoint {
            plain,
            host: host.to_ascii_lowercase(),
            port,
            path: path.trim_matches('/').to_owned(),
        })
    }

    /// Whether keys and names travel unencrypted, as was asked for.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Whether it is this computer, which no proxy leads to.
    pub(super) fn is_loopback(&self) -> bool {
        let address = self.host.trim_matches(['[', ']']).parse();
        self.host == "localhost" || address.is_ok_and(|address: IpAddr| address.is_loopback())
    }

    /// Host and port, as a user knows them.
    pub(super) fn shown(&self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}{port}", self.host)
    }

    /// The address itself, without a `/` at its end.
    pub(super) fn url(&self) -> String {
        self.join(&self.host, "")
    }

    /// The address of a bucket, without a `/` at its end.
    pub(super) fn bucket_url(&self, bucket: &str, addressing: Option<Addressing>) -> String {
        let inside = self.host.strip_prefix(bucket).is_some_and(|rest| rest.starts_with('.'));
        let automatic = || {
            let wants = VIRTUAL_HOST_ONLY.iter().any(|suffix| self.host.ends_with(suffix));
            // A certificate for `*.host` does not cover a bucket with a dot.
            let covered = self.plain || !bucket.contains('.') || inside;
            if (wants || inside) && covered { Addressing::VirtualHost } else { Addressing::Path }
        };
        match addressing.unwrap_or_else(automatic) {
            Addressing::VirtualHost if inside => self.url(),
            Addressing::VirtualHost => self.join(&format!("{bucket}.{}", self.host), ""),
            Addressing::Path => self.join(&self.host, bucket),
        }
    }

    /// The region that the host names.
    pub(super) fn region(&self) -> Option<&str> {
        let start = BEFORE_REGION.into_iter().find_map(|before| {
            // The bucket may stand before it.
            let inside =
                self.host.find(&format!(".{before}")).and_then(|at| self.host.get(at + 1..));
            self.host.strip_prefix(before).or_else(|| inside?.strip_prefix(before))
        })?;
        let region = BEHIND_REGION.into_iter().find_map(|behind| start.strip_suffix(behind))?;
        Some(region).filter(|region| !region.is_empty() && !region.contains('.'))
    }

    fn join(&self, host: &str, bucket: &str) -> String {
        let scheme = if self.plain { "http" } else { "https" };
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let path = [self.path.as_str(), bucket].into_iter().filter(|part| !part.is_empty());
        let path: String = path.flat_map(|part| ["/", part]).collect();
        format!("{scheme}://{host}{port}{path}")
    }
}

fn is_ipv6(host: &str) -> bool {
    let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    inner.is_some_and(|inner| matches!(inner.parse(), Ok(IpAddr::V6(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bucket_goes_where_the_store_takes_it() {
        let check =
            |endpoint: &str, bucket: &str, addressing: Option<Addressing>, expected: &str| {
                assert_eq!(
                    Endpoint::parse(endpoint).unwrap().bucket_url(bucket, addressing),
                    expected,
                    "{endpoint}"
                );
            };
        check("http://127.0.0.1:9000", "drives", None, "http://127.0.0.1:9000/drives");
        check("minio.example/", "drives", None, "https://minio.example/drives");
        check("https://gateway.example/s3/", "drives", None, "https://gateway.example/s3/drives");
        check("http://[::1]:9000", "drives", None, "http://[::1]:9000/drives");
        check(
            "minio.example",
            "drives",
            Some(Addressing::VirtualHost),
            "https://drives.minio.example",
        );
        check(
            "oss-cn-hangzhou.aliyuncs.com",
            "drives",
            None,
            "https://drives.oss-cn-hangzhou.aliyuncs.com",
        );
        check(
            "https://drives.oss-cn-hangzhou.aliyuncs.com",
            "drives",
            None,
            "https://drives.oss-cn-hangzhou.aliyuncs.com",
        );
        check(
            "obs.cn-north-4.myhuaweicloud.com",
            "drives",
            None,
            "https://drives.obs.cn-north-4.myhuaweicloud.com",
        );
        check(
            "cos.ap-guangzhou.myqcloud.com",
            "drives-1250",
            None,
            "https://drives-1250.cos.ap-guangzhou.myqcloud.com",
        );
        check(
            "s3.eu-west-1.amazonaws.com",
            "drives",
            None,
            "https://drives.s3.eu-west-1.amazonaws.com",
        );
        check("s3.eu-west-1.amazonaws.com", "a.b", None, "https://s3.eu-west-1.amazonaws.com/a.b");
        check(
            "s3.eu-west-1.amazonaws.com",
            "drives",
            Some(Addressing::Path),
            "https://s3.eu-west-1.amazonaws.com/drives",
        );
    }

    #[test]
    fn the_host_names_the_region() {
        let check = |endpoint: &str, expected: Option<&str>| {
            assert_eq!(Endpoint::parse(endpoint).unwrap().region(), expected, "{endpoint}");
        };
        check("oss-cn-hangzhou.aliyuncs.com", Some("cn-hangzhou"));
        check("s3.oss-cn-hangzhou-internal.aliyuncs.com", Some("cn-hangzhou"));
        check("drives.oss-cn-beijing.aliyuncs.com", Some("cn-beijing"));
        check("obs.cn-north-4.myhuaweicloud.com", Some("cn-north-4"));
        check("cos.ap-guangzhou.myqcloud.com", Some("ap-guangzhou"));
        check("s3.eu-west-1.amazonaws.com", Some("eu-west-1"));
        check("s3.cn-north-1.amazonaws.com.cn", Some("cn-north-1"));
        check("s3.amazonaws.com", None);
        check("minio.example", None);
        check("http://127.0.0.1:9000", None);
    }

    #[test]
    fn plain_http_is_written_out_or_not_used() {
        assert!(Endpoint::parse("http://127.0.0.1:9000").unwrap().is_plain());
        assert!(!Endpoint::parse("127.0.0.1:9000").unwrap().is_plain());
        assert_eq!(Endpoint::parse("127.0.0.1:9000").unwrap().shown(), "127.0.0.1:9000");
    }

    #[test]
    fn this_computer_is_known_by_its_names() {
        let is_loopback = |text| Endpoint::parse(text).unwrap().is_loopback();
        assert!(["localhost:9000", "127.0.0.1", "http://[::1]:9000"].into_iter().all(is_loopback));
        assert!(!["store.example", "10.0.0.1", "127.0.0.1.example"].into_iter().any(is_loopback));
    }

    #[test]
    fn what_is_no_endpoint_is_said() {
        for text in [
            "",
            "ftp://x",
            "https://",
            "https://key:secret@host",
            "https://host?x",
            "host:99999",
            "ho st",
            "[::g]",
        ] {
            let error = Endpoint::parse(text).unwrap_err();
            assert!(!format!("{error:?}").contains("secret"), "{error}");
        }
    }
}
