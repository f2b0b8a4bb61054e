//! Keys by the conventions of each provider's own tools.
//!
//! The conventions themselves are `reqsign`'s, which knows more of them than object_store does;
//! here is what it leaves to its user: reading files and variables, running programs, sending
//! requests, and choosing where to look. The choice is made from what is configured, before
//! anything is asked, so that a failure can be said: a chain that tries one place after the other
//! ends at a metadata service that is not there, with nothing to say but that.

pub(super) mod aws;
pub(super) mod azure;
pub(super) mod google;
mod profile;

use std::collections::HashMap;
use std::fmt::{self, Debug};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use object_store::CredentialProvider;
use object_store::client::HttpRequestBody;
use reqsign_core::{
    CommandExecute, CommandOutput, Context, Env, Error, FileRead, HttpSend, OsEnv,
    ProvideCredentialDyn, SigningCredential,
};
use sensortree_scan::SourceError;
use tokio::sync::Mutex;

use super::side_channel::SideChannelClient;

/// Keys of one kind of store.
trait CredentialKind: Debug + Send + Sync + 'static {
    /// As `reqsign` gives them.
    type Given: SigningCredential;
    /// As object_store takes them.
    type Taken: Debug + Send + Sync + 'static;

    const STORE: &'static str;

    fn taken(given: &Self::Given) -> Option<Self::Taken>;

    /// What of the keys travels in a request, each with what it is called.
    fn sent(taken: &Self::Taken) -> Vec<(&'static str, &str)>;

    /// What is said when there are no keys at all.
    fn none() -> SourceError;
}

/// One place that gives keys.
struct Source<F: CredentialKind> {
    /// What it is called; `None` where nothing says that there are keys, and it is only tried.
    name: Option<&'static str>,
    help: Option<&'static str>,
    provider: Arc<dyn ProvideCredentialDyn<Credential = F::Given>>,
}

impl<F: CredentialKind> Source<F> {
    fn new(name: &'static str, provider: impl ProvideCredentialDyn<Credential = F::Given>) -> Self {
        Source { name: Some(name), help: None, provider: Arc::new(provider) }
    }

    fn last_resort(provider: impl ProvideCredentialDyn<Credential = F::Given>) -> Self {
        Source { name: None, help: None, provider: Arc::new(provider) }
    }

    /// Says what to do when it gives none.
    fn advise(self, help: &'static str) -> Self {
        Source { help: Some(help), ..self }
    }

    fn failed(&self, error: Option<&Error>) -> SourceError {
        let Some(name) = self.name else { return F::none() };
        let why = error.map(ToString::to_string).unwrap_or_default();
        let why = why.trim_end_matches([' ', ':']);
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        let failed = SourceError::new(format!("no keys could be had from {name}{why}"));
        SourceError { help: self.help.map(str::to_owned), ..failed }
    }
}

// Some of the providers show their keys.
impl<F: CredentialKind> fmt::Debug for Source<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

/// Keys as object_store takes them, asked for anew when they expire.
struct Adapter<F: CredentialKind> {
    source: Source<F>,
    context: Context,
    known: Mutex<Option<Known<F>>>,
}

/// Keys in both their forms.
type Known<F> = (<F as CredentialKind>::Given, Arc<<F as CredentialKind>::Taken>);

impl<F: CredentialKind> Adapter<F> {
    fn new(source: Source<F>, context: Context) -> Self {
        Adapter { source, context, known: Mutex::new(None) }
    }
}

impl<F: CredentialKind> fmt::Debug for Adapter<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adapter").field("source", &self.source).finish_non_exhaustive()
    }
}

#[async_trait]
impl<F: CredentialKind> CredentialProvider for Adapter<F> {
    type Credential = F::Taken;

    async fn get_credential(&self) -> object_store::Result<Arc<F::Taken>> {
        let mut known = self.known.lock().await;
        if let Some((_, taken)) = known.as_ref().filter(|(given, _)| given.is_valid()) {
            return Ok(Arc::clone(taken));
        }
        let failed = |error: Option<&Error>| object_store::Error::Generic {
            store: F::STORE,
            source: Box::new(self.source.failed(error)),
        };
        let given = self.source.provider.provide_credential_dyn(&self.context).await;
        let given = given.map_err(|error| failed(Some(&error)))?.ok_or_else(|| failed(None))?;
        let taken = Arc::new(F::taken(&given).ok_or_else(|| failed(None))?);
        for (name, value) in F::sent(&taken) {
            must_be_sendable(name, value).map_err(|error| object_store::Error::Generic {
                store: F::STORE,
                source: Box::new(error),
            })?;
        }
        *known = Some((given, Arc::clone(&taken)));
        Ok(taken)
    }
}

/// Variables that hold keys, or name who has them.
const KEYS: [&str; 21] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_PROFILE",
    "CLOUDSDK_AUTH_ACCESS_TOKEN",
    "GOOGLE_OAUTH_ACCESS_TOKEN",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_ACCOUNT",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_TOKEN",
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
];

/// The longest key or token that is sent: a server takes no longer header.
const LONGEST_KEY: usize = 32 << 10;

/// The variables of this environment that hold keys with white space at an end, as a secret has
/// that is mounted from a file with a line break. It is left out.
#[must_use]
pub fn untidy_variables() -> Vec<&'static str> {
    let is_untidy = |name: &&str| OsEnv.var(name).is_some_and(|value| value.trim() != value);
    KEYS.into_iter().filter(is_untidy).collect()
}

/// Refuses a key with what cannot be sent. It is not repeated.
pub(super) fn must_be_sendable(name: &str, value: &str) -> Result<(), SourceError> {
    if value.len() > LONGEST_KEY {
        return Err(SourceError::new(format!("{name} is longer than any key")));
    }
    if value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Ok(());
    }
    Err(SourceError::new(format!(
        "{name} has a control character, or one that is not ASCII, as no key has"
    ))
    .help("copy it anew; a line break or an invisible character may have come with it"))
}

/// Refuses keys of the environment with what cannot be sent, before anybody is asked.
fn check_variables(context: &Context, store: &str) -> Result<(), SourceError> {
    let named = KEYS.into_iter().filter(|name| {
        name.starts_with(store) && !name.ends_with("_FILE") && *name != "AWS_PROFILE"
    });
    for name in named {
        if let Some(value) = variable(context, name) {
            must_be_sendable(name, &value)?;
        }
    }
    Ok(())
}

/// The environment, its values without white space at their ends. What is no UTF-8 is left out.
#[derive(Debug)]
struct Tidy;

impl Env for Tidy {
    fn var(&self, key: &str) -> Option<String> {
        OsEnv.var(key).map(|value| value.trim().to_owned())
    }

    fn vars(&self) -> HashMap<String, String> {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?.trim().to_owned()))
        };
        std::env::vars_os().filter_map(text).collect()
    }

    fn home_dir(&self) -> Option<PathBuf> {
        OsEnv.home_dir()
    }
}

/// A variable of the environment, if it is not empty.
fn variable(context: &Context, name: &str) -> Option<String> {
    context.env_var(name).filter(|value| !value.is_empty())
}

/// What `reqsign` may do: all but send requests.
pub(super) fn context() -> Context {
    Context::new().with_env(Tidy).with_file_read(Files).with_command_execute(Programs)
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
        // The caller has split the line at every space; quotes are honoured only when it
        // is split anew.
        let line =
            std::iter::once(program).chain(args.iter().copied()).collect::<Vec<_>>().join(" ");
        let words = words(&line)
            .ok_or_else(|| Error::config_invalid("the command has a quote without an end"))?;
        let run = move || {
            let (program, arguments) = words.split_first()?;
            Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()
        };
        let output = tokio::task::spawn_blocking(run).await.ok().flatten();
        let output = output.ok_or_else(|| Error::config_invalid("the command cannot be run"))?;
        // What it complains of may hold a secret, and ends up in an error.
        Ok(CommandOutput {
            status: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: Vec::new(),
        })
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

impl HttpSend for SideChannelClient {
    async fn http_send(
        &self,
        request: http::Request<Bytes>,
    ) -> reqsign_core::Result<http::Response<Bytes>> {
        // What went wrong could name an address with a token in it.
        let failed =
            || Error::unexpected("the service that gives credentials could not be reached");
        let response = self.send(request.map(HttpRequestBody::from)).await.map_err(|_| failed())?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| failed())?.to_bytes();
        Ok(http::Response::from_parts(parts, body))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use reqsign_core::{ProvideCredential, StaticEnv};

    use super::*;

    /// What there is in an environment with these variables and this home, and nothing else.
    pub(super) fn context_of(home: &Path, variables: &[(&str, &str)]) -> Context {
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        context().with_env(StaticEnv { home_dir: Some(home.to_owned()), envs: variables.collect() })
    }

    /// What gives the keys, or why nothing does. The secrets of tests (`hunter2`) are not in it.
    pub(super) fn giver<K: CredentialKind>(found: Result<Source<K>, SourceError>) -> String {
        assert!(!format!("{found:?}").contains("hunter"), "{found:?}");
        found.map_or_else(
            |error| error.said,
            |source| source.name.unwrap_or("last resort").to_owned(),
        )
    }

    #[derive(Debug)]
    struct Pass;

    impl CredentialKind for Pass {
        type Given = Ticket;
        type Taken = u64;

        const STORE: &'static str = "test";

        fn taken(given: &Ticket) -> Option<u64> {
            Some(given.number)
        }

        fn sent(_: &u64) -> Vec<(&'static str, &str)> {
            Vec::new()
        }

        fn none() -> SourceError {
            SourceError::new("nobody gives tickets")
        }
    }

    #[derive(Clone, Debug)]
    struct Ticket {
        number: u64,
        lasts: bool,
    }

    impl SigningCredential for Ticket {
        fn is_valid(&self) -> bool {
            self.lasts
        }
    }

    /// Gives tickets in a row; the first does not last, and there are three.
    #[derive(Debug, Default)]
    struct Counter(AtomicU64);

    impl ProvideCredential for Counter {
        type Credential = Ticket;

        async fn provide_credential(&self, _: &Context) -> reqsign_core::Result<Option<Ticket>> {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok((number < 3).then_some(Ticket { number, lasts: number > 0 }))
        }
    }

    #[test]
    fn keys_are_kept_until_they_expire() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let adapter: Adapter<Pass> =
            Adapter::new(Source::last_resort(Counter::default()), context());
        let numbers: Vec<u64> =
            (0..4).map(|_| *runtime.block_on(adapter.get_credential()).unwrap()).collect();
        assert_eq!(numbers, [0, 1, 1, 1]);
        let empty: Adapter<Pass> =
            Adapter::new(Source::last_resort(Counter(AtomicU64::new(3))), context());
        let error = runtime.block_on(empty.get_credential()).unwrap_err();
        assert!(error.to_string().contains("nobody gives tickets"), "{error}");
    }

    #[test]
    fn a_command_line_is_split_outside_quotes() {
        let check = |line: &str, expected: Option<&[&str]>| {
            assert_eq!(
                words(line),
                expected.map(|words| words.iter().map(ToString::to_string).collect()),
                "{line}"
            );
        };
        check("vault read  -x", Some(&["vault", "read", "-x"]));
        check(
            r#"'/opt/my tool/keys' --role "a b"c '' "#,
            Some(&["/opt/my tool/keys", "--role", "a bc", ""]),
        );
        check("", Some(&[]));
        check("keys 'open", None);
    }
}
