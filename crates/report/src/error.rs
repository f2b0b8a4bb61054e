//! Why a report could not be drawn.

use std::fmt;
use std::io;

/// A report that could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The output took no more.
    #[error("cannot write the report: {0}")]
    Write(#[from] io::Error),
    /// The report could not be written as JSON.
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A plan cannot be carried out by renames, for the reason said.
    #[error("the plan is no script: {0}")]
    NoScript(String),
    /// An excerpt could not be drawn.
    #[error("cannot draw an excerpt of the report")]
    Draw(#[from] fmt::Error),
}

impl RenderError {
    /// Whether the reader went away, as `head` does: nothing to complain about.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        let kind = match self {
            RenderError::Write(error) => Some(error.kind()),
            RenderError::Json(error) => error.io_error_kind(),
            RenderError::NoScript(_) | RenderError::Draw(_) => None,
        };
        kind == Some(io::ErrorKind::BrokenPipe)
    }
}
