//! `completions --install`: a file of sensortree's own, where the shell looks for completions.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap_complete::Shell;
use miette::Diagnostic;
use sensortree_report::escape::visible_path;

use crate::cli::file_system::{folder_of, into_file};

/// By this line a file is known to be sensortree's own.
const MARK: &str = "# Written by `sensortree completions --install`, which may write it anew.";

/// Why completions cannot be installed.
#[derive(Debug, thiserror::Error, Diagnostic)]
pub enum InstallError {
    /// The shell looks for completions in no folder.
    #[error("{shell} reads completions from no folder of their own")]
    #[diagnostic(help("add this line to {file}: {line}"))]
    NoFolder {
        /// The shell.
        shell: Shell,
        /// What the user's own settings of the shell are called.
        file: &'static str,
        /// What is to be written there.
        line: &'static str,
    },
    /// The environment does not say where the user's files are.
    #[error("there is no HOME to install completions in")]
    NoHome,
    /// A file stands there that is not sensortree's.
    #[error("{path} is there, and was not written by sensortree: it is left as it is")]
    #[diagnostic(help("move it away, or use `sensortree completions` in it yourself"))]
    Foreign {
        /// The file.
        path: String,
    },
    /// It cannot be written.
    #[error("cannot write {path}")]
    Unwritable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// Installs the completions for a shell, and says what was written and what is left to do.
///
/// # Errors
/// When the shell has no folder for them, or the file cannot be written or is somebody else's.
pub(super) fn install(shell: Shell) -> Result<String, InstallError> {
    let place = Place::of(shell)?;
    let path = &place.path;
    let named = || visible_path(path.as_os_str().as_encoded_bytes());
    let unwritable = |source| InstallError::Unwritable { path: named(), source };
    match fs::read(path) {
        Ok(text) if !String::from_utf8_lossy(&text).lines().any(|line| line == MARK) => {
            return Err(InstallError::Foreign { path: named() });
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritable(error)),
        Ok(_) | Err(_) => {}
    }
    fs::create_dir_all(folder_of(path)).map_err(unwritable)?;
    into_file(path, |file| file.write_all(place.text.as_bytes())).map_err(unwritable)?;
    Ok(format!("wrote {}\n{}\n", named(), place.next))
}

/// Where a shell looks for completions.
struct Place {
    path: PathBuf,
    /// What stands there: the script itself is asked for when it is needed, so that it is always
    /// that of the program.
    text: String,
    /// What is left to do.
    next: String,
}

impl Place {
    fn of(shell: Shell) -> Result<Self, InstallError> {
        let (path, text) = match shell {
            Shell::Bash => (
                user_folder("XDG_DATA_HOME", ".local/share")?
                    .join("bash-completion/completions/sensortree"),
                format!("{MARK}\neval \"$(sensortree completions bash)\"\n"),
            ),
            Shell::Zsh => (
                user_folder("XDG_DATA_HOME", ".local/share")?
                    .join("zsh/site-functions/_sensortree"),
                format!(
                    "#compdef sensortree\n{MARK}\nsource <(sensortree completions zsh)\n_sensortree_words \"$@\"\n"
                ),
            ),
            Shell::Fish => (
                user_folder("XDG_CONFIG_HOME", ".config")?.join("fish/completions/sensortree.fish"),
                format!("{MARK}\nsensortree completions fish | source\n"),
            ),
            Shell::Elvish => {
                return Err(InstallError::NoFolder {
                    shell,
                    file: "rc.elv",
                    line: "eval (sensortree completions elvish | slurp)",
                });
            }
            _ => {
                return Err(InstallError::NoFolder {
                    shell,
                    file: "your profile",
                    line: "sensortree completions powershell | Out-String | Invoke-Expression",
                });
            }
        };
        let next = next(shell, &path);
        Ok(Place { path, text, next })
    }
}

/// What is left to do in a shell.
fn next(shell: Shell, path: &Path) -> String {
    // In single quotes, as a shell has them.
    let named =
        |path: &Path| visible_path(path.as_os_str().as_encoded_bytes()).replace('\'', r"'\''");
    match shell {
        Shell::Bash => format!(
            "New shells read it by bash-completion. Where that is not installed, ~/.bashrc needs the line:\n  source '{}'",
            named(path)
        ),
        Shell::Zsh => format!(
            "New shells read it if ~/.zshrc has this line before it calls compinit:\n  fpath=('{}' $fpath)",
            named(folder_of(path))
        ),
        _ => "New shells read it; no line is needed.".to_owned(),
    }
}

/// A folder of the user's: the one that the variable names, or else one in the home folder.
fn user_folder(variable: &str, in_home: &str) -> Result<PathBuf, InstallError> {
    let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|it| it.is_absolute());
    let named = absolute(variable);
    named.or_else(|| Some(absolute("HOME")?.join(in_home))).ok_or(InstallError::NoHome)
}
