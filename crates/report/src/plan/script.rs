//! `.sh`: a plan as a script for bash, for whoever carries it out by other means. What it takes out
//! of the tree goes to a folder beside it, and nothing is written over.

use std::io;

use sensortree_core::names::METADATA;
use sensortree_core::plan::steps::{Phase, Place, Step, StepsEnd};

use super::PlanView;
use crate::error::RenderError;
use crate::escape::{must_be_written_out, visible};
use crate::run_facts::RunFacts;

/// What temporary names begin with.
const TEMPORARY: &str = ".sensortree-script-";

/// What comes before the first step. `move` fails where `mv -n` would silently do nothing.
const BEGINNING: &str = r#"if [ $# -gt 0 ]; then target=$1; fi
cd -- "$target"
trash=../.sensortree/trash-script-$(date +%Y%m%d-%H%M%S)-$$

move() {
  if [ -e "$2" ] || [ -L "$2" ]; then
    printf 'something is in the way: %s\n' "$2" >&2
    exit 1
  fi
  mv -n -- "$1" "$2"
}

"#;

/// Writes a plan as a script for bash. It is run in the folder in which the plan was made, or with
/// the target as its argument.
///
/// # Errors
/// When the plan cannot be carried out by renames, or `out` fails.
pub fn write_script_plan(
    view: &PlanView<'_>,
    facts: &RunFacts,
    out: &mut dyn io::Write,
) -> Result<(), RenderError> {
    let uri = &view.report.target.uri;
    writeln!(out, "#!/usr/bin/env bash")?;
    writeln!(out, "# Mends {}. Written by sensortree {}.", visible(uri), facts.tool_version)?;
    writeln!(
        out,
        "# Run it once, where the plan was made, or say where the dataset is: bash FILE FOLDER"
    )?;
    writeln!(out, "set -eu")?;
    writeln!(out, "target={}", quoted(uri.as_bytes()))?;
    out.write_all(BEGINNING.as_bytes())?;
    let edits = !view.proposal.plan.edits().is_empty();
    let text = view.metadata.filter(|_| edits).map(|text| view.proposal.plan.edited(text));
    let steps = Steps { view, text };
    // The steps come in no order of their phases: those of one phase are asked for at a time, so
    // that they need not be kept.
    let mut counts = [0_u64; Phase::ALL.len()];
    steps.for_each(&mut |phase, step| {
        if !matches!(step, Step::Touches { .. })
            && let Some(at) = Phase::ALL.iter().position(|known| *known == phase)
            && let Some(count) = counts.get_mut(at)
        {
            *count += 1;
        }
        Ok(())
    })?;
    for (phase, _) in Phase::ALL.into_iter().zip(counts).filter(|(_, count)| *count > 0) {
        steps.for_each(&mut |of, step| match of == phase {
            true => steps.write(step, out),
            false => Ok(()),
        })?;
    }
    Ok(())
}

struct Steps<'a> {
    view: &'a PlanView<'a>,
    /// The new text of metadata.json, where it gets one.
    text: Option<Vec<u8>>,
}

impl Steps<'_> {
    fn for_each(
        &self,
        each: &mut dyn FnMut(Phase, Step<'_>) -> Result<(), RenderError>,
    ) -> Result<(), RenderError> {
        let edited = self.text.as_ref().map(|_| METADATA.as_bytes());
        let plan = &self.view.proposal.plan;
        plan.for_each_step(TEMPORARY, edited, each).map_err(|end| match end {
            StepsEnd::Taker(error) => error,
            StepsEnd::Plan(error) => {
                RenderError::NoScript(visible(&error.to_string()).into_owned())
            }
        })
    }

    fn write(&self, step: Step<'_>, out: &mut dyn io::Write) -> Result<(), RenderError> {
        match step {
            Step::MakeFolder { path } => writeln!(out, "mkdir -p -- {}", quoted(path))?,
            Step::WriteMetadata { path } => {
                let text = self.text.as_deref().unwrap_or_default();
                let before = self.view.metadata.unwrap_or_default();
                let metadata = quoted(METADATA.as_bytes());
                writeln!(out, "if ! printf -- {} | cmp -s - {metadata}; then", format_of(before))?;
                writeln!(out, "  printf 'metadata.json is not as it was\n' >&2")?;
                writeln!(out, "  exit 1")?;
                writeln!(out, "fi")?;
                writeln!(out, "if [ -e {0} ]; then exit 1; fi", quoted(path))?;
                writeln!(out, "printf -- {} >{}", format_of(text), quoted(path))?;
            }
            Step::Rename { from, to, names } => {
                let folder = match to {
                    Place::Tree(path) => quoted(path),
                    Place::Trash(path) => in_trash(&[b"removed/", path].concat()),
                    Place::Kept => in_trash(b"before"),
                };
                if !matches!(to, Place::Tree(_)) {
                    writeln!(out, "mkdir -p -- {folder}")?;
                }
                for (name, new_name) in names {
                    let from = quoted(&below(from, name));
                    let to = match to {
                        Place::Tree(path) => quoted(&below(path, new_name)),
                        Place::Trash(path) => {
                            in_trash(&below(&[b"removed/", path].concat(), new_name))
                        }
                        Place::Kept => in_trash(&below(b"before", new_name)),
                    };
                    writeln!(out, "move {from} {to}")?;
                }
            }
            // What a listing does not show may be left in it.
            Step::RemoveFolder { path } => writeln!(out, "rmdir -- {} || true", quoted(path))?,
            Step::Touches { .. } => {}
        }
        Ok(())
    }
}

/// The path of a name in a folder.
fn below(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let folder = folder.strip_suffix(b"/").unwrap_or(folder);
    match folder {
        b"" => name.to_vec(),
        folder => [folder, b"/", name].concat(),
    }
}

/// A path below the folder for what is taken out, as a word of bash.
fn in_trash(path: &[u8]) -> String {
    format!("\"$trash\"/{}", word(path.strip_suffix(b"/").unwrap_or(path)))
}

/// A path as a word of bash, which is taken for no option.
fn quoted(path: &[u8]) -> String {
    match path.first() {
        Some(b'/') => word(path),
        _ => word(&[b"./", path].concat()),
    }
}

/// Bytes as a word of bash.
fn word(bytes: &[u8]) -> String {
    let is_plain = |text: &str| !text.chars().any(must_be_written_out);
    if let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| is_plain(text)) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut word = "$'".to_owned();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\'' | '\\' => word.extend(['\\', c]),
                c if must_be_written_out(c) => push_bytes(&mut word, c.to_string().as_bytes()),
                c => word.push(c),
            }
        }
        push_bytes(&mut word, chunk.invalid());
    }
    word.push('\'');
    word
}

fn push_bytes(word: &mut String, bytes: &[u8]) {
    for byte in bytes {
        word.push_str(&format!("\\x{byte:02x}"));
    }
}

/// Text as a format of `printf`, which can give any byte.
fn format_of(text: &[u8]) -> String {
    let mut format = String::with_capacity(text.len() + 2);
    format.push('\'');
    for byte in text {
        match byte {
            b'%' => format.push_str("%%"),
            b'\\' => format.push_str("\\\\"),
            b'\n' => format.push('\n'),
            b'\'' => format.push_str("\\047"),
            b' '..=b'~' => format.push(char::from(*byte)),
            byte => format.push_str(&format!("\\{byte:03o}")),
        }
    }
    format.push('\'');
    format
}

#[cfg(test)]
mod tests;
