//! The scaffold of a rule: its file, its module, its line in the registry, and its first fixtures.

use std::error::Error;
use std::fs;
use std::path::Path;

use sensortree_core::rules::FAMILIES;

use crate::Outcome;

/// Where the rules of a family live, by the family's letter.
const MODULES: [(&str, &str); 8] = [
    ("R", "request"),
    ("Z", "archive"),
    ("L", "layout"),
    ("A", "alignment"),
    ("M", "metadata"),
    ("C", "calibration"),
    ("F", "content"),
    ("H", "hygiene"),
];

const REGISTRY: &str = "crates/core/src/rules/mod.rs";

/// A rule to be.
struct Plan<'p> {
    code: &'p str,
    name: &'p str,
    /// The folder of its family under `rules/`.
    family: &'static str,
    /// What its family looks at, as the registry heads it.
    topic: &'static str,
    module: String,
    identifier: String,
}

/// Writes a rule that compiles, is registered, and passes the tests, to be replaced piece by piece.
pub(crate) fn scaffold(root: &Path, code: &str, name: &str) -> Outcome {
    let plan = Plan::new(code, name)?;
    let rules = root.join("crates/core/src/rules").join(plan.family);
    let rule = rules.join(format!("{}.rs", plan.module));
    let fixtures = root.join("fixtures").join(format!("{code}-{name}"));
    if rule.exists() || fixtures.exists() {
        return Err(format!("{code} {name} is already there").into());
    }

    let registry = root.join(REGISTRY);
    let registered = plan.register(root, &fs::read_to_string(&registry)?)?;
    let modules = rules.join("mod.rs");
    let declared = with_module(&fs::read_to_string(&modules)?, &plan.module);

    fs::write(&rule, plan.source())?;
    fs::write(registry, registered)?;
    fs::write(modules, declared)?;
    fs::create_dir_all(&fixtures)?;
    fs::write(fixtures.join("bad-one-sensor.tree"), BAD)?;
    fs::write(fixtures.join("good-one-sensor.tree"), GOOD)?;
    Ok(format!(
        "wrote {} and {}\nnext: say what it means, look for it, draw its edge cases; `cargo test -p sensortree-core` tells",
        rule.display(),
        fixtures.display(),
    ))
}

impl<'p> Plan<'p> {
    fn new(code: &'p str, name: &'p str) -> Result<Self, Box<dyn Error>> {
        let digits = code
            .get(1..)
            .filter(|digits| digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        let letter = code.get(..1).filter(|_| digits.is_some());
        let family = letter.and_then(|letter| MODULES.iter().find(|(known, _)| *known == letter));
        let topic = letter.and_then(|letter| FAMILIES.iter().find(|(known, _)| *known == letter));
        let (Some((_, family)), Some((_, topic))) = (family, topic) else {
            let letters: Vec<&str> = MODULES.iter().map(|(letter, _)| *letter).collect();
            return Err(format!(
                "`{code}` is no code: one of {} and three digits",
                letters.join(", ")
            )
            .into());
        };
        let is_kebab = name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('-')
            && !name.contains("--")
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !is_kebab {
            return Err(format!(
                "`{name}` is no name: lower-case words with `-` between, as sensor-prefix-missing"
            )
            .into());
        }
        let module = name.replace('-', "_");
        let identifier = module.to_uppercase();
        Ok(Plan { code, name, family, topic, module, identifier })
    }

    /// The registry with the rule in its family's section, by code.
    fn register(&self, root: &Path, registry: &str) -> Result<String, Box<dyn Error>> {
        let heading = format!("    // {}.", self.topic);
        let lines: Vec<&str> = registry.lines().collect();
        let is_heading = |line: &&str| line.eq_ignore_ascii_case(&heading);
        let start = lines
            .iter()
            .position(is_heading)
            .ok_or_else(|| format!("no `{heading}` in {REGISTRY}"))?
            + 1;
        let section = lines.iter().skip(start).take_while(|line| line.starts_with("    &"));
        let mut at = start;
        for line in section {
            let code = code_of(root, line).ok_or_else(|| format!("no code behind `{line}`"))?;
            if code == self.code {
                return Err(format!("{code} is taken; codes are never reused").into());
            }
            if code.as_str() > self.code {
                break;
            }
            at += 1;
        }
        let entry = format!("    &{}::{}::{},", self.family, self.module, self.identifier);
        let mut registered = lines;
        registered.insert(at, &entry);
        Ok(registered.join("\n") + "\n")
    }

    fn source(&self) -> String {
        TEMPLATE
            .replace("IDENTIFIER", &self.identifier)
            .replace("CODE", self.code)
            .replace("NAME", self.name)
    }
}

/// The code that stands behind a line of the registry: `    &content::file_empty::FILE_EMPTY,`.
fn code_of(root: &Path, line: &str) -> Option<String> {
    let mut parts = line.trim().trim_start_matches('&').trim_end_matches(',').split("::");
    let (family, module, identifier) = (parts.next()?, parts.next()?, parts.next()?);
    let source =
        fs::read_to_string(root.join(format!("crates/core/src/rules/{family}/{module}.rs")))
            .ok()?;
    let (_, declaration) = source.split_once(&format!("    {identifier} {{"))?;
    let (_, code) = declaration.split_once("code: \"")?;
    code.split('"').next().map(str::to_owned)
}

/// The family's modules with one more, in order.
fn with_module(text: &str, module: &str) -> String {
    let declaration = format!("pub(super) mod {module};");
    let mut lines: Vec<&str> = text.lines().collect();
    let is_module = |line: &str| line.starts_with("pub(super) mod ");
    let later = lines.iter().position(|line| is_module(line) && *line > declaration.as_str());
    match (later, lines.iter().rposition(|line| is_module(line))) {
        (Some(at), _) => lines.insert(at, &declaration),
        (None, Some(last)) => lines.insert(last + 1, &declaration),
        (None, None) => lines.extend(["", &declaration]),
    }
    lines.join("\n") + "\n"
}

const TEMPLATE: &str = r#"use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::platform::Effect;

declare_rule! {
    /// What is wrong, in one sentence.
    ///
    /// Why it is: what the platform does with it, as far as that is known, and how it comes about.
    ///
    /// **Repair:** what mends it.
    ///
    /// ```tree bad
    /// lidar-replace-me/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x2 +100
    /// metadata.json
    /// ```
    IDENTIFIER {
        code: "CODE",
        name: "NAME",
        effect: Effect::Advice,
        basis: Advice,
        facts: [],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    for (_, sensor) in context.layout.sensors() {
        let is_wrong = sensor.name == "replace-me";
        let folder = [&sensor.folder_name[..], b"/"].concat();
        let part = Part::at(Example::at(folder).noting("what is wrong here"));
        sink.emit(&IDENTIFIER, is_wrong.then_some(part), |_| {
            Statement::new(format!("`{}` is what is wrong", sensor.label()))
                .about_sensor(&sensor.folder_name)
                .help("what mends it")
        });
    }
}
"#;

const BAD: &str = "\
# What this case is about.
lidar-replace-me/
  scene_1/
    1681532060061.pcd x2 +100
metadata.json
";

const GOOD: &str = "\
# What comes near it and is right.
lidar-top/
  scene_1/
    1681532060061.pcd x2 +100
metadata.json
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_checked() {
        let check = |code: &str, name: &str, expected: Option<&str>| {
            let said = Plan::new(code, name).err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(said, None, "{code} {name}"),
                Some(expected) => {
                    assert!(said.is_some_and(|said| said.contains(expected)), "{code} {name}");
                }
            }
        };
        check("L124", "scene-too-short", None);
        check("X124", "scene-too-short", Some("no code"));
        check("L12", "scene-too-short", Some("no code"));
        check("é124", "scene-too-short", Some("no code"));
        check("L124", "SceneTooShort", Some("no name"));
        check("L124", "scene--short", Some("no name"));
    }

    #[test]
    fn every_family_has_its_folder() {
        for (letter, _) in FAMILIES {
            let (_, module) = MODULES.iter().find(|(known, _)| known == letter).expect("a module");
            assert!(
                crate::workspace().join("crates/core/src/rules").join(module).is_dir(),
                "{module}"
            );
        }
    }

    #[test]
    fn a_rule_takes_its_place_by_code() {
        let root = crate::workspace();
        let registry = fs::read_to_string(root.join(REGISTRY)).unwrap();
        let register =
            |code: &str| Plan::new(code, "a-new-rule").unwrap().register(&root, &registry);
        let place = |code: &str, neighbour: isize| {
            let registered = register(code).unwrap();
            let lines: Vec<&str> = registered.lines().collect();
            let at = lines.iter().position(|line| line.contains("A_NEW_RULE")).unwrap();
            lines[at.checked_add_signed(neighbour).unwrap()].trim().to_owned()
        };
        assert_eq!(place("F100", 1), "&content::file_empty::FILE_EMPTY,");
        assert_eq!(place("L122", -1), "&layout::name_characters::NAME_CHARACTERS,");
        assert!(register("F101").unwrap_err().to_string().contains("taken"));
    }

    #[test]
    fn modules_stay_in_order() {
        assert_eq!(with_module("//! Family.\n", "b"), "//! Family.\n\npub(super) mod b;\n");
        let two = "//! Family.\n\npub(super) mod a;\npub(super) mod c;\n";
        assert_eq!(with_module(two, "b"), two.replace("mod a;", "mod a;\npub(super) mod b;"));
        assert_eq!(with_module(two, "d"), two.to_owned() + "pub(super) mod d;\n");
    }
}
