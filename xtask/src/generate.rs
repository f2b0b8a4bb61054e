//! What is generated: each file, or a marked part of it, of one function, so that it cannot say
//! other than the program does.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Outcome, notation, picture, settings};

/// The generated files, and what each must hold.
///
/// # Errors
/// When a source of what is generated cannot be read.
fn files() -> Result<Vec<(&'static str, String)>, Box<dyn Error>> {
    let mut files = vec![
        ("docs/example.svg", picture::svg(&crate::workspace())?),
        ("docs/notation.md", notation::page(&crate::workspace())?),
        ("docs/rules.md", sensortree::cli::catalogue::markdown()),
        ("schema/sensortree-config.schema.json", pretty(&sensortree::cli::config::schema())),
        ("schema/sensortree-lines-1.schema.json", pretty(&sensortree_report::lines_schema())),
        ("schema/sensortree-plan-1.schema.json", pretty(&sensortree_report::plan_schema())),
        ("schema/sensortree-report-1.schema.json", pretty(&sensortree_report::report_schema())),
    ];
    files.extend(settings::files(&crate::workspace())?);
    Ok(files)
}

fn pretty(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// Writes every file whose content differs.
pub(crate) fn write(root: &Path) -> Outcome {
    let mut written = Vec::new();
    for (name, content) in files()? {
        let path = root.join(name);
        if fs::read_to_string(&path).is_ok_and(|present| present == content) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content)?;
        written.push(name);
    }
    Ok(match written.as_slice() {
        [] => "nothing to write".to_owned(),
        names => format!("wrote {}", names.join(", ")),
    })
}

/// Fails where a file differs.
pub(crate) fn check(root: &Path) -> Outcome {
    let differing: Vec<&str> = files()?
        .into_iter()
        .filter(|(name, content)| {
            fs::read_to_string(root.join(name)).map_or(true, |present| present != *content)
        })
        .map(|(name, _)| name)
        .collect();
    match differing.as_slice() {
        [] => Ok("the generated files are as they should be".to_owned()),
        names => {
            Err(format!("not as generated: {}; run `cargo xtask generate`", names.join(", "))
                .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_files_are_as_they_should_be() {
        check(&crate::workspace()).unwrap();
    }

    #[test]
    fn what_was_written_passes_and_what_was_changed_does_not() {
        let root = tempfile::tempdir().unwrap();
        assert!(check(root.path()).is_err());
        write(root.path()).unwrap();
        check(root.path()).unwrap();
        fs::write(root.path().join("docs/rules.md"), "by hand").unwrap();
        assert!(check(root.path()).unwrap_err().to_string().contains("docs/rules.md"));
    }
}
