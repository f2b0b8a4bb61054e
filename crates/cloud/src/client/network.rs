//! Why a store could not be reached.

use std::error::Error;
use std::io;

use object_store::client::HttpError;

use super::place::Place;
use crate::http::SILENCE;
use crate::pages::PageError;
use sensortree_scan::SourceError;

/// What a request means that got no answer. `reached` is whether this store has ever answered: one
/// that has may be out for a moment, while one that never did is most likely named wrongly.
pub(super) fn unreached(place: &Place, error: &HttpError, reached: bool) -> PageError {
    let host = &place.address;
    let passing_once_reached = |error: SourceError| match reached {
        true => PageError::Transient { said: error.said },
        false => PageError::Fatal(error.unreadable()),
    };
    match cause(error) {
        Cause::Name => passing_once_reached(
            SourceError::new(format!("there is no host `{host}` (its name does not resolve)"))
                .help("check the endpoint's spelling, and the network"),
        ),
        Cause::Refused => passing_once_reached(
            SourceError::new(format!("{host} refuses connections"))
                .help("make sure that the store runs, and that the endpoint's port is right"),
        ),
        Cause::Certificate => PageError::Fatal(
            SourceError::new(format!(
                "the certificate of {host} is not trusted, or is not for that host"
            ))
            .unreadable()
            .help("if the store has its own certificate authority, name its file in SSL_CERT_FILE"),
        ),
        Cause::NoTls => {
            PageError::Fatal(SourceError::new(format!("{host} does not answer in TLS")).help(
                "if the store is meant to be asked unencrypted, write `http://` in the endpoint",
            ))
        }
        Cause::NoHttp => PageError::Fatal(
            SourceError::new(format!("{host} does not answer in HTTP"))
                .help("if the store is asked with TLS, write `https://` in the endpoint"),
        ),
        Cause::Connecting => passing_once_reached(
            SourceError::new(format!("{host} could not be connected to in time"))
                .help("check the endpoint, the network, and the proxy settings"),
        ),
        Cause::Silence => {
            PageError::Transient { said: format!("{host} was silent for {} s", SILENCE.as_secs()) }
        }
        Cause::Other => {
            PageError::Transient { said: format!("the connection to {host} broke off") }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Name,
    Refused,
    Certificate,
    NoTls,
    NoHttp,
    Connecting,
    Silence,
    Other,
}

fn cause(error: &HttpError) -> Cause {
    let mut connecting = false;
    let mut timeout = false;
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            connecting |= error.is_connect();
            timeout |= error.is_timeout();
        }
        if let Some(tls) = tls_error(error) {
            return match tls {
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented => {
                    Cause::Certificate
                }
                rustls::Error::InvalidMessage(_) => Cause::NoTls,
                rustls::Error::AlertReceived(_) => Cause::Certificate,
                _ => Cause::NoTls,
            };
        }
        if let Some(error) = error.downcast_ref::<io::Error>() {
            match error.kind() {
                io::ErrorKind::ConnectionRefused => return Cause::Refused,
                io::ErrorKind::TimedOut => timeout = true,
                _ => {}
            }
        }
        // The types of these two are private to the libraries below.
        let text = error.to_string();
        if text == "dns error" || text.starts_with("failed to lookup address") {
            return Cause::Name;
        }
        if text.starts_with("invalid HTTP") {
            return Cause::NoHttp;
        }
        next = error.source();
    }
    match (connecting, timeout) {
        (true, true) => Cause::Connecting,
        (false, true) => Cause::Silence,
        _ => Cause::Other,
    }
}

/// The error of the TLS library, which travels inside errors of the system's.
fn tls_error<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut inside: &(dyn Error + 'static) = error;
    while let Some(wrapped) = inside.downcast_ref::<io::Error>() {
        inside = wrapped.get_ref()?;
    }
    inside.downcast_ref()
}
