//! The profiles of `~/.aws/config` and `~/.aws/credentials`.

use std::collections::BTreeMap;

use ini::{Ini, ParseOption};
use reqsign_core::Context;
use sensortree_scan::SourceError;

/// What the two files say of one profile.
pub(super) type Profile = BTreeMap<String, String>;

/// The two files.
pub(super) struct Profiles {
    config: Option<Ini>,
    credentials: Option<Ini>,
}

impl Profiles {
    /// Reads both files, as far as they are there.
    pub(super) fn read(context: &Context) -> Result<Self, SourceError> {
        Ok(Profiles {
            config: load(context, "AWS_CONFIG_FILE", "~/.aws/config")?,
            credentials: load(context, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")?,
        })
    }

    /// A profile; `None` where neither file has it. What the credentials file says wins.
    pub(super) fn profile(&self, name: &str) -> Option<Profile> {
        let in_config = match name {
            "default" => self
                .section(&self.config, "default")
                .or_else(|| self.section(&self.config, "profile default")),
            _ => self.section(&self.config, &format!("profile {name}")),
        };
        let in_credentials = self.section(&self.credentials, name);
        if in_config.is_none() && in_credentials.is_none() {
            return None;
        }
        Some(in_config.into_iter().chain(in_credentials).flatten().collect())
    }

    /// What the configuration says of a single sign-on.
    pub(super) fn sso_session(&self, name: &str) -> Option<Profile> {
        self.section(&self.config, &format!("sso-session {name}"))
    }

    fn section(&self, file: &Option<Ini>, name: &str) -> Option<Profile> {
        let same = |found: &str| found.split_whitespace().eq(name.split_whitespace());
        let (_, section) = file.as_ref()?.iter().find(|(found, _)| found.is_some_and(same))?;
        Some(section.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect())
    }
}

fn load(context: &Context, variable: &str, usual: &str) -> Result<Option<Ini>, SourceError> {
    let named = context.env_var(variable).filter(|path| !path.is_empty());
    let Some(path) = context.expand_home_dir(named.as_deref().unwrap_or(usual)) else {
        return Ok(None);
    };
    let Ok(text) = std::fs::read(&path) else { return Ok(None) };
    let options =
        ParseOption { enabled_quote: false, enabled_escape: false, ..ParseOption::default() };
    match Ini::load_from_str_opt(&String::from_utf8_lossy(&text), options) {
        Ok(file) => Ok(Some(file)),
        // What stands in the line could be a key.
        Err(error) => Err(SourceError::new(format!(
            "`{path}` cannot be read: line {} is none of such a file",
            error.line
        ))),
    }
}
