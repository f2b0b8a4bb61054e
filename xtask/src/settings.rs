//! What pages and the Python package say of the settings, each of its declaration: the example of a
//! configuration file, the parameters of `check` and `fix` with what they mean, and their flags.

use std::error::Error;
use std::fs;
use std::path::Path;

use clap::{Arg, Args, ValueHint};
use sensortree::cli::config::{self, Config};
use serde_json::{Map, Value};
use textwrap::Options;

/// Where the example of a configuration file stands.
const PAGE: &str = "docs/configuration.md";

/// The columns of a line in that example.
const PAGE_WIDTH: usize = 120;

/// Where the words of settings, the parameters of `check` and what they mean stand.
const CHECK: &str = "python/sensortree/_check.py";

/// Where the parameters of `fix` stand.
const FIX: &str = "python/sensortree/_fix.py";

/// Where it stands how an option is written as a flag.
const OPTIONS: &str = "python/sensortree/_options.py";

/// The columns of a line in the Python package.
const PYTHON_WIDTH: usize = 132;

/// The settings that are no options of Python's `fix`, or mean something else there.
const NOT_OF_FIX: [&str; 4] = ["fail-on", "ignore", "max-examples", "select"];

/// The words that an example lists; of more, the sentence says what they are.
const MOST_WORDS: usize = 6;

/// One setting, as it is declared.
struct Setting {
    key: String,
    /// What the schema says of it.
    property: Value,
    /// Its flag, where it has one.
    flag: Option<Arg>,
}

/// The files of which a part is generated here, whole.
///
/// # Errors
/// When a file cannot be read or lacks the marks of what is generated, and when a setting is of a
/// type that has no form in Python yet.
pub(crate) fn files(root: &Path) -> Result<[(&'static str, String); 4], Box<dyn Error>> {
    let schema = config::schema();
    let settings = settings(&schema)?;
    let options: Vec<&Setting> = settings.iter().filter(|it| it.flag.is_some()).collect();
    let read = |name: &str| {
        fs::read_to_string(root.join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let of_fix = options.iter().filter(|it| !NOT_OF_FIX.contains(&it.key.as_str()));
    let check = between(&read(CHECK)?, "the words of settings", &words(&schema, &options)?)
        .and_then(|text| between(&text, "the settings", &parameters(options.iter())?))
        .and_then(|text| explained(&text, &options))
        .map_err(|error| format!("{CHECK}: {error}"))?;
    let fix = between(&read(FIX)?, "the settings", &parameters(of_fix)?)
        .map_err(|error| format!("{FIX}: {error}"))?;
    let page = between(&read(PAGE)?, "the settings", &example(&settings, &schema)?)
        .map_err(|error| format!("{PAGE}: {error}"))?;
    let table = between(&read(OPTIONS)?, "the settings", &table(&options)?)
        .map_err(|error| format!("{OPTIONS}: {error}"))?;
    Ok([(PAGE, page), (CHECK, check), (FIX, fix), (OPTIONS, table)])
}

/// The settings in the order of their declaration.
fn settings(schema: &Value) -> Result<Vec<Setting>, Box<dyn Error>> {
    let command = Config::augment_args(clap::Command::new("settings"));
    let flag = |key: &str| command.get_arguments().find(|flag| flag.get_long() == Some(key));
    let setting = |key: String| {
        let property = schema["properties"].get(&key).cloned();
        let property = property.ok_or_else(|| format!("the schema lacks the setting {key}"))?;
        Ok(Setting { flag: flag(&key).cloned(), property, key })
    };
    Config::keys().into_iter().map(setting).collect()
}

/// Puts `lines` in the place of those between the two lines that mark them.
fn between(text: &str, what: &str, lines: &str) -> Result<String, Box<dyn Error>> {
    let mark = format!("{what}: written by `cargo xtask generate`");
    let end = format!("end of {what}");
    let (mut marks, mut ends) = (text.match_indices(&mark), text.match_indices(&end));
    let one = || format!("it needs one line that marks the begin of {what}, and one their end");
    let (Some((begin, _)), None, Some((end, _)), None) =
        (marks.next(), marks.next(), ends.next(), ends.next())
    else {
        return Err(one().into());
    };
    let begin = begin + text[begin..].find('\n').ok_or_else(one)? + 1;
    let end = text[..end].rfind('\n').filter(|end| *end + 1 >= begin).ok_or_else(one)? + 1;
    Ok([&text[..begin], lines, &text[end..]].concat())
}

impl Setting {
    /// What it means, and what holds where it is not set, in sentences.
    fn prose(&self) -> String {
        let text = self.property["description"].as_str().unwrap_or_default();
        let mut prose = String::new();
        for paragraph in text.split("\n\n") {
            let sentences = match paragraph.split_once(" [default: ") {
                Some((says, default)) => {
                    format!("{says}. Without it: {}", default.trim_end_matches(']'))
                }
                None => paragraph.to_owned(),
            };
            prose.push_str(sentences.trim_end_matches('.'));
            prose.push_str(". ");
        }
        prose.trim_end().to_owned()
    }

    /// The name of what its values are, in the schema.
    fn kind(&self) -> Option<&str> {
        self.property["$ref"].as_str()?.strip_prefix("#/$defs/")
    }

    /// The words that it takes, where they are few.
    fn words(&self, schema: &Value) -> Option<Vec<String>> {
        let words = schema["$defs"][self.kind()?]["enum"].as_array()?;
        let words: Vec<String> =
            words.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        (words.len() <= MOST_WORDS).then_some(words)
    }

    /// Its name in Python.
    fn name(&self) -> String {
        self.key.replace('-', "_")
    }

    /// Its type in Python, and the function that writes it as a flag.
    fn python(&self) -> Result<(String, &'static str), Box<dyn Error>> {
        let hint = self.flag.as_ref().map(Arg::get_value_hint);
        let kind = self.property["type"].as_str();
        Ok(match (kind, self.kind(), hint) {
            (Some("string"), _, Some(ValueHint::FilePath)) => ("StrPath".to_owned(), "_path"),
            (Some("string"), ..) => ("str".to_owned(), "_value"),
            (Some("integer"), ..) => ("int".to_owned(), "_value"),
            (Some("array"), ..) => ("Union[str, Iterable[str]]".to_owned(), "_rules"),
            (Some("object"), ..) => {
                ("Mapping[str, Union[Severity, SeverityWord]]".to_owned(), "_levels")
            }
            (_, Some("Duration"), _) => ("Union[str, timedelta]".to_owned(), "_duration"),
            (_, Some(words), _) => (words.to_owned(), "_value"),
            _ => return Err(format!("there is no type in Python for {}", self.key).into()),
        })
    }
}

/// The example of a configuration file that says every setting: tables stand last, as what follows
/// one belongs to it.
fn example(settings: &[Setting], schema: &Value) -> Result<String, Box<dyn Error>> {
    let mut values = Vec::new();
    let mut tables = Vec::new();
    for setting in settings {
        let mut says = setting.prose();
        if let Some(words) = setting.words(schema) {
            says.push_str(&format!(" One of: {}.", words.join(", ")));
        }
        let wrapped = textwrap::wrap(&says, Options::new(PAGE_WIDTH - "# ".len()));
        let comment: String = wrapped.iter().map(|line| format!("# {line}\n")).collect();
        let key = &setting.key;
        let lacks = || format!("the setting {key} has no example");
        let value = setting.property["examples"].get(0).ok_or_else(lacks)?;
        match value {
            Value::Object(table) => {
                tables.push(format!("{comment}[{key}]\n{}", lines(table, &[])?));
            }
            Value::Array(list) if list.iter().any(Value::is_object) => {
                let of = setting.property["items"]["$ref"].as_str().unwrap_or_default();
                let of = of.strip_prefix("#/$defs/").unwrap_or_default();
                let order: Vec<&str> = schema["$defs"][of]["required"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                let list = list.iter().filter_map(Value::as_object);
                let list: Vec<String> = list
                    .map(|table| Ok(format!("[[{key}]]\n{}", lines(table, &order)?)))
                    .collect::<Result<_, Box<dyn Error>>>()?;
                tables.push(format!("{comment}{}", list.join("\n")));
            }
            value => values.push(format!("{comment}{key} = {}\n", toml_of(value)?)),
        }
    }
    let all = [values, tables].concat().join("\n");
    Ok(format!("```toml\n{all}```\n"))
}

/// The lines of a table: what must be said first, in its own order.
fn lines(table: &Map<String, Value>, order: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut entries: Vec<(&String, &Value)> = table.iter().collect();
    entries.sort_by_key(|(key, _)| order.iter().position(|it| it == key).unwrap_or(order.len()));
    entries.into_iter().map(|(key, value)| Ok(format!("{key} = {}\n", toml_of(value)?))).collect()
}

/// A value as TOML has it, where days have no quotes.
fn toml_of(value: &Value) -> Result<String, Box<dyn Error>> {
    if let Some(day) = value.as_str().and_then(|text| text.parse::<toml::value::Datetime>().ok()) {
        return Ok(day.to_string());
    }
    Ok(toml::Value::try_from(value)?.to_string())
}

/// The types of words, as Python has them.
fn words(schema: &Value, options: &[&Setting]) -> Result<String, Box<dyn Error>> {
    // What is set by rule has words, too.
    let mut kinds: Vec<&str> = vec!["Severity"];
    kinds.extend(options.iter().filter(|it| it.words(schema).is_some()).filter_map(|it| it.kind()));
    kinds.sort_unstable();
    kinds
        .into_iter()
        .map(|kind| {
            let lacks = || format!("the schema has no words of {kind}");
            let words = schema["$defs"][kind]["enum"].as_array().ok_or_else(lacks)?;
            let words: Vec<String> = words.iter().map(Value::to_string).collect();
            // `Severity` is the enum of the words in a report, which can be given, too.
            let name = if kind == "Severity" { "SeverityWord" } else { kind };
            Ok(format!("{name} = Literal[{}]\n", words.join(", ")))
        })
        .collect()
}

/// The settings as parameters of a function.
fn parameters<'s>(
    options: impl Iterator<Item = &'s &'s Setting>,
) -> Result<String, Box<dyn Error>> {
    options
        .map(|it| Ok(format!("    {}: Optional[{}] = None,\n", it.name(), it.python()?.0)))
        .collect()
}

/// The rows of the table that says how each option is written.
fn table(options: &[&Setting]) -> Result<String, Box<dyn Error>> {
    options.iter().map(|it| Ok(format!("    \"{}\": {},\n", it.name(), it.python()?.1))).collect()
}

/// Puts what the settings mean in the place of what is said of them: the entries of the parameters,
/// which stand together.
fn explained(text: &str, options: &[&Setting]) -> Result<String, Box<dyn Error>> {
    let (before, entries) = text.split_once("\n    Args:\n").ok_or("there are no Args")?;
    let (entries, after) = entries.split_once("\n    Returns:").ok_or("there are no Returns")?;
    let is_of_setting = |line: &&str| {
        let name = line.strip_prefix("        ").and_then(|line| line.split_once(": "));
        name.is_some_and(|(name, _)| options.iter().any(|it| it.name() == name))
    };
    let begins = |line: &&str| line.starts_with("        ") && !line.starts_with("         ");
    let lines: Vec<&str> = entries.lines().collect();
    let first = lines.iter().position(is_of_setting).ok_or("no setting is explained")?;
    let last = lines.iter().rposition(is_of_setting).unwrap_or(first);
    let rest = lines[last + 1..].iter().position(begins).map_or(lines.len(), |at| last + 1 + at);
    let written: Vec<String> = options.iter().map(|it| explanation(it)).collect();
    let entries = [lines[..first].join("\n"), written.join("\n"), lines[rest..].join("\n")];
    Ok(format!("{before}\n    Args:\n{}\n\n    Returns:{after}", entries.join("\n").trim_end()))
}

/// What a setting means, as an entry of a docstring: flags are called as Python has them.
fn explanation(setting: &Setting) -> String {
    let prose = setting.prose();
    let mut words = Vec::new();
    for word in prose.split(' ') {
        let flag = word.strip_prefix("--").map(|flag| flag.replace('-', "_"));
        words.push(flag.map_or_else(|| word.to_owned(), |flag| format!("`{flag}`")));
    }
    let prose = words.join(" ");
    let mut letters = prose.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string());
    let entry = format!("{}: {}{}", setting.name(), first.unwrap_or_default(), letters.as_str());
    let (first, others) = ("        ", "            ");
    let options = Options::new(PYTHON_WIDTH).initial_indent(first).subsequent_indent(others);
    textwrap::fill(&entry, options.break_words(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(key: &str) -> Setting {
        let all = settings(&config::schema()).unwrap();
        all.into_iter().find(|it| it.key == key).unwrap()
    }

    #[test]
    fn a_default_in_brackets_becomes_a_sentence() {
        let says = setting("tolerance").prose();
        let default = ". Without it: half the cadence, at most 100 ms. A number with its unit";
        assert!(says.contains(default), "{says}");
        let says = setting("ignore").prose();
        assert!(says.ends_with("on a tie the ignore does.") && !says.contains(".."), "{says}");
    }

    #[test]
    fn a_flag_is_called_as_python_has_it() {
        assert!(explanation(&setting("baseline")).contains(". `write_baseline` writes it."));
    }

    #[test]
    fn only_what_is_marked_is_replaced() {
        let text =
            "a\n# the settings: written by `cargo xtask generate`\nb\n# end of the settings\nc\n";
        let written = between(text, "the settings", "d\ne\n").unwrap();
        assert_eq!(written, text.replace("\nb\n", "\nd\ne\n"));
        assert_eq!(between(&written, "the settings", "b\n").unwrap(), text);
        for lacks in
            ["# end of the settings\n", "# the settings: written by `cargo xtask generate`\n"]
        {
            assert!(between(&text.replace(lacks, ""), "the settings", "").is_err(), "{lacks}");
        }
        assert!(between(&text.repeat(2), "the settings", "").is_err());
    }
}
