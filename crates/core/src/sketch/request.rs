//! Requests drawn beside a tree.

use crate::document::request::Request;
use crate::platform::Endpoint;

/// A drawn request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnRequest {
    /// The call whose body it is.
    pub endpoint: Endpoint,
    /// Whether it is from a file that git tracks.
    pub is_tracked: bool,
    /// The body.
    pub text: String,
}

/// What is said of the request in the line that begins it, of which `rest` is what follows
/// `request`.
pub(super) fn heading(rest: &str) -> Option<&str> {
    let words = rest.strip_suffix(':')?;
    if words.is_empty() { Some("") } else { words.strip_prefix(" (")?.strip_suffix(')') }
}

impl DrawnRequest {
    /// Reads the words of the line that begins it, and the body that starts `text`.
    pub(super) fn parse(words: &str, text: &str) -> Result<Self, String> {
        let mut request = DrawnRequest {
            endpoint: Endpoint::ImportAnnotation,
            is_tracked: false,
            text: String::new(),
        };
        for word in words.split(", ").filter(|word| !word.is_empty()) {
            match word {
                "tracked" => request.is_tracked = true,
                _ => {
                    request.endpoint =
                        word.parse().map_err(|_| format!("`{word}` says nothing of a request"))?;
                }
            }
        }
        let end = text.find("\nmetadata.json:").map_or(text.len(), |at| at + 1);
        request.text = text.get(..end).unwrap_or_default().to_owned();
        Ok(request)
    }

    /// The request as it would be read from a file.
    #[must_use]
    pub fn request(&self) -> Request {
        Request::parse("request.json", self.text.as_bytes()).tracked(self.is_tracked)
    }
}
