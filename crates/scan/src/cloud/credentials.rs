//! Keys by the conventions of each provider's own tools.
//!
//! The conventions themselves are `reqsign`'s, which knows more of them than object_store does; here is what it leaves to
//! its user: reading files and variables, running programs, sending requests, and choosing where to look. The choice is made
//! from what is configured, before anything is asked, so that a failure can be said: a chain that tries one place after the
//! other ends at a metadata service that is not there, with nothing to say but that.

pub(super) mod aws;
mod profile;

use std::process::{Command, Stdio};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use object_store::client::HttpRequestBody;
use reqsign_core::{CommandExecute, CommandOutput, Context, Error, FileRead, HttpSend, OsEnv};

use super::client::Side;

/// What `reqsign` may do: all but send requests.
pub(super) fn context() -> Context {
    Context::new().with_env(OsEnv).with_file_read(Files).with_command_execute(Programs)
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        // These files have some hundred bytes.
        Ok(std::fs::read(path)?)
    }
}

#[derive(Debug)]
struct Programs;

impl CommandExecute for Programs {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        args: &'a [&'a str],
    ) -> reqsign_core::Result<CommandOutput> {
        // The caller has split the line at every space; quotes are honoured only when it is split anew.
        let line = std::iter::once(program).chain(args.iter().copied()).collect::<Vec<_>>().join(" ");
        let words = words(&line).ok_or_else(|| Error::config_invalid("the command has a quote without an end"))?;
        let run = move || {
            let (program, arguments) = words.split_first()?;
            Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()
        };
        let output = tokio::task::spawn_blocking(run).await.ok().flatten();
        let output = output.ok_or_else(|| Error::config_invalid("the command cannot be run"))?;
        // What it complains of may hold a secret, and ends up in an error.
        Ok(CommandOutput { status: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: Vec::new() })
    }
}

/// Splits a command line at its spaces, but not inside quotes.
fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, character) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

impl HttpSend for Side {
    async fn http_send(&self, request: http::Request<Bytes>) -> reqsign_core::Result<http::Response<Bytes>> {
        // What went wrong could name an address with a token in it.
        let failed = || Error::unexpected("the service that gives credentials could not be reached");
        let response = self.send(request.map(HttpRequestBody::from)).await.map_err(|_| failed())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| failed())?.to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_split_outside_quotes() {
        let check = |line: &str, expected: Option<&[&str]>| {
            assert_eq!(words(line), expected.map(|words| words.iter().map(ToString::to_string).collect()), "{line}");
        };
        check("vault read  -x", Some(&["vault", "read", "-x"]));
        check(r#"'/opt/my tool/keys' --role "a b"c '' "#, Some(&["/opt/my tool/keys", "--role", "a bc", ""]));
        check("", Some(&[]));
        check("keys 'open", None);
    }
}
