//! Which stores a developer wants: the environment variable `SENSORTREE_STORES`.

use std::io::Write as _;

use super::Outcome;

const VARIABLE: &str = "SENSORTREE_STORES";

/// What becomes of a store, after the words of the variable: names of stores, `none`, `required`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    No,
    IfItCanBeHad,
    Required,
}

fn wanted(variable: &str, name: &str) -> Wanted {
    let words = || variable.split(',').map(str::trim).filter(|word| !word.is_empty());
    let mut chosen = words().filter(|&word| word != "required").peekable();
    let is_chosen = chosen.peek().is_none() || chosen.any(|word| word == name);
    match (is_chosen, words().any(|word| word == "required")) {
        (false, _) => Wanted::No,
        (true, true) => Wanted::Required,
        (true, false) => Wanted::IfItCanBeHad,
    }
}

/// Starts a store, unless it is not wanted. What leaves tests out is said past what
/// captures their output.
pub(super) fn or_skip<T>(name: &str, start: fn() -> Outcome<T>) -> Option<T> {
    let variable = std::env::var(VARIABLE).unwrap_or_default();
    let wanted = wanted(&variable, name);
    if wanted == Wanted::No {
        say(&format!("SKIPPED: the tests that need {name}: {VARIABLE} is `{variable}`"));
        return None;
    }
    match start() {
        Ok(store) => Some(store),
        Err(error) => {
            assert!(
                wanted != Wanted::Required,
                "{name} cannot be had, and {VARIABLE} requires it: {error}"
            );
            say(&format!("SKIPPED: the tests that need {name}, which cannot be had here: {error}"));
            None
        }
    }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "\n{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_names_what_is_wanted() {
        let check = |variable: &str, expected| {
            assert_eq!(wanted(variable, "moto"), expected, "{variable:?}");
        };
        check("", Wanted::IfItCanBeHad);
        check("required", Wanted::Required);
        check("moto", Wanted::IfItCanBeHad);
        check("moto, required", Wanted::Required);
        check("azurite", Wanted::No);
        check("azurite,required", Wanted::No);
        check("none", Wanted::No);
    }
}
