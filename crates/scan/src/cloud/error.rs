//! Why a cloud target cannot be listed, in words that a user can act on.

/// Why there is nothing to judge in a cloud target. No secret is ever part of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct CloudError {
    /// What is wrong.
    pub said: String,
    /// What to do.
    pub help: Option<String>,
    /// Whether the target may well be there and named rightly, and just could not be read.
    pub unreadable: bool,
}

impl CloudError {
    /// Says what is wrong.
    #[must_use]
    pub fn new(said: impl Into<String>) -> Self {
        CloudError { said: said.into(), help: None, unreadable: false }
    }

    /// Says that a store which could not be read is at fault, not how it was named.
    pub(crate) fn unreadable(self) -> Self {
        CloudError { unreadable: true, ..self }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
