//! Completions in real shells: what each offers, and what `--install` writes.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::print_stderr, reason = "it says what it skips")]

mod place;

use std::fs;
use std::path::Path;
use std::process::Command;

use place::Place;

const TREE: &str = include_str!("place/good.tree");

/// Calls the function that bash calls, with the words as bash has them, and prints what it offers.
const IN_BASH: &str = r#"
eval "$(sensortree completions bash)"
complete -p sensortree | grep -q _sensortree_words || echo "not registered"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
COMPREPLY=()
_sensortree_words sensortree "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

/// The same of zsh, where what it would add to a line is printed.
const IN_ZSH: &str = r#"
compdef() { registered="$*" }
compadd() { print -rl -- $offered }
eval "$(sensortree completions zsh)"
[[ "$registered" == "_sensortree_words sensortree" ]] || print "not registered"
words=("$@")
CURRENT=$#
_sensortree_words
"#;

/// Fish completes a line itself.
const IN_FISH: &str = r#"
sensortree completions fish | source
complete -C "$argv" | string replace -r '\t.*' ''
"#;

impl Place {
    /// What a shell prints, with the program on its path; `None` where there is no such shell.
    fn in_shell(&self, shell: &str, script: &str, words: &[&str]) -> Option<Vec<String>> {
        let program = Path::new(env!("CARGO_BIN_EXE_sensortree")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(program.to_owned()).chain(std::env::split_paths(&path));
        let mut command = Command::new(shell);
        command
            .args((shell == "zsh").then_some("-f"))
            .args(["-c", script])
            .args((shell != "fish").then_some(shell))
            .args(words)
            .current_dir(self.path(""))
            .env("PATH", std::env::join_paths(path).unwrap())
            .env("HOME", self.path(""))
            .env_remove("XDG_DATA_HOME")
            .env_remove("XDG_CONFIG_HOME")
            .env("LC_ALL", "C.UTF-8");
        let Ok(output) = command.output() else {
            eprintln!("skipped: there is no {shell}");
            return None;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said, "", "{shell}: {words:?}");
        let printed = String::from_utf8(output.stdout).unwrap();
        Some(printed.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }

    /// Completes a line in each shell that there is; bash takes a `=` for a word of its own.
    fn completes(&self, line: &str, expected: &[&str]) {
        let whole: Vec<&str> = line.split(' ').collect();
        let split = line.replace('=', " = ");
        let split: Vec<&str> = split.split(' ').collect();
        // Of a word that it splits, bash is offered the last part.
        let last = |word: &str| word.rsplit('=').next().unwrap().to_owned();
        // The tests of pages need bash, too.
        let bash = self.in_shell("bash", IN_BASH, &split).unwrap();
        let parts = expected
            .iter()
            .map(|word| if line.contains('=') { last(word) } else { (*word).to_owned() });
        assert_eq!(bash, parts.collect::<Vec<_>>(), "bash: {line}");
        if let Some(zsh) = self.in_shell("zsh", IN_ZSH, &whole) {
            assert_eq!(zsh, expected, "zsh: {line}");
        }
        if let Some(fish) = self.in_shell("fish", IN_FISH, &[line]) {
            assert_eq!(fish, expected, "fish: {line}");
        }
    }
}

#[test]
fn shells_offer_rules_formats_and_sensors() {
    let place = Place::with(TREE);
    fs::create_dir(place.path("drive/lidar-$(touch pwned)")).unwrap();
    place.completes("sensortree explain L12", &["L120", "L121", "L123"]);
    place.completes("sensortree explain 571", &["5710"]);
    place.completes(
        "sensortree check --select L,M10",
        &["L,M101", "L,M102", "L,M103", "L,M104", "L,M105", "L,M106", "L,M107", "L,M108", "L,M109"],
    );
    place.completes("sensortree check --ignore sensor-p", &["sensor-prefix-missing"]);
    place.completes("sensortree check --format=js", &["--format=json", "--format=jsonl"]);
    place.completes("sensortree check --severity L105=w", &["L105=warning"]);
    place.completes("sensortree fix --choose A204", &["A204="]);
    place.completes("sensortree check drive --reference l", &["lidar-top"]);
    assert!(!place.path("pwned").exists());
}

#[test]
fn what_a_flag_declares_is_offered_as_before() {
    let place = Place::with(TREE);
    let bash = place.in_shell("bash", IN_BASH, &["sensortree", "check", "--fail-on", "s"]);
    assert_eq!(bash.unwrap(), ["scene"]);
    let bash = place.in_shell("bash", IN_BASH, &["sensortree", "compl"]);
    assert_eq!(bash.unwrap(), ["completions"]);
    if let Some(fish) = place.in_shell("fish", IN_FISH, &["sensortree check --fail-on s"]) {
        assert_eq!(fish, ["scene"]);
    }
}

#[test]
fn only_a_file_of_its_own_is_written_and_it_is_said_what_is_left_to_do() {
    let place = Place::with(TREE);
    for (shell, file, line) in [
        ("bash", ".local/share/bash-completion/completions/sensortree", "source '"),
        ("zsh", ".local/share/zsh/site-functions/_sensortree", "fpath=('"),
        ("fish", ".config/fish/completions/sensortree.fish", "no line is needed"),
    ] {
        let install = format!("sensortree completions {shell} --install 2>&1");
        let path = place.path(file);
        // Once more, it is written anew.
        for _ in 0..2 {
            let said = place.in_shell("bash", &install, &[]).unwrap();
            assert_eq!(said[0], format!("wrote {}", path.display()));
            assert!(said[1..].iter().any(|said| said.contains(line)), "{said:?}");
        }
        place.write(file, "# mine\n");
        let said = place.in_shell("bash", &install, &[]).unwrap().join(" ");
        assert!(said.contains("not written by sensortree"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n");
        fs::remove_file(&path).unwrap();
        place.in_shell("bash", &install, &[]).unwrap();
    }
    for rc in [".bashrc", ".zshrc", ".profile", ".config/fish/config.fish"] {
        assert!(!place.path(rc).exists(), "{rc}");
    }
    let run = place.command("completions elvish --install").output().unwrap();
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(run.status.code() == Some(2) && said.contains("add this line to rc.elv"), "{said}");
}

#[test]
fn what_is_installed_is_read_by_the_shell() {
    let place = Place::with(TREE);
    let of_file = |script: &str, file: &str| {
        let (eval, rest) = script.trim_start().split_once('\n').unwrap();
        if eval.starts_with("eval") {
            format!("{file}\n{rest}")
        } else {
            script.replace(eval, file)
        }
    };
    place.in_shell(
        "bash",
        "sensortree completions bash --install; sensortree completions fish --install",
        &[],
    );
    let bash = of_file(IN_BASH, "source ~/.local/share/bash-completion/completions/sensortree");
    let offered = place.in_shell("bash", &bash, &["sensortree", "explain", "L12"]).unwrap();
    assert_eq!(offered, ["L120", "L121", "L123"]);
    let fish = of_file(IN_FISH, "true");
    if let Some(offered) = place.in_shell("fish", &fish, &["sensortree explain L12"]) {
        assert_eq!(offered, ["L120", "L121", "L123"]);
    }
}
