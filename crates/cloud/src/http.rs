//! What all HTTP clients have in common.

use std::time::Duration;

/// A store that sends nothing for so long has lost the request. It is less than the listing
/// waits for a whole page, so that what is said of it does not depend on which of the two
/// is noticed first.
pub(super) const SILENCE: Duration = Duration::from_secs(20);

/// What all clients have in common: nobody is followed to another host, where keys would go along.
pub(super) fn builder() -> reqwest::ClientBuilder {
    // Another part of the process may have installed one already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .read_timeout(SILENCE)
        .http1_only()
        .user_agent(concat!("sensortree/", env!("CARGO_PKG_VERSION")))
}
