//! The licences of all dependencies, held against the list in deny.toml: for machines that
//! have no cargo-deny.

use std::fs;
use std::path::Path;

use cargo_metadata::{CargoOpt, MetadataCommand, Package};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use crate::Outcome;

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

pub(crate) fn check(root: &Path) -> Outcome {
    let deny: Deny = toml::from_str(&fs::read_to_string(root.join("deny.toml"))?)?;
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        .other_options(["--locked".to_owned()])
        .exec()?;
    let refused: Vec<String> = metadata
        .packages
        .iter()
        .filter(|package| !is_allowed(package, &deny.licenses.allow))
        .map(|package| {
            format!(
                "{} {} ({})",
                package.name,
                package.version,
                package.license.as_deref().unwrap_or("none")
            )
        })
        .collect();
    match refused.as_slice() {
        [] => Ok(format!(
            "the licences of {} packages are among those allowed",
            metadata.packages.len()
        )),
        packages => {
            Err(format!("licences that deny.toml does not allow:\n  {}", packages.join("\n  "))
                .into())
        }
    }
}

fn is_allowed(package: &Package, allowed: &[String]) -> bool {
    let among = |requirement: &LicenseReq| {
        allowed.iter().any(|licence| *licence == requirement.to_string())
    };
    // Older packages write `MIT/Apache-2.0`.
    package
        .license
        .as_deref()
        .and_then(|licence| Expression::parse_mode(licence, ParseMode::LAX).ok())
        .is_some_and(|expression| expression.evaluate(among))
}
