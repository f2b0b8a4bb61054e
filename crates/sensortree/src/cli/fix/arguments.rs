//! The command line of `fix`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use sensortree_core::finding::Rule;
use sensortree_core::finding::settings::Selector;
use sensortree_core::plan::Selection;
use sensortree_core::rules;

use super::pairing_arguments::PairingArguments;
use crate::cli::check_arguments::CheckArguments;
use crate::cli::config::Word;
use crate::cli::inspection_arguments::ListingArguments;
use crate::cli::target_arguments::TargetArguments;

const FIX_EXAMPLES: &str = "\
Examples:
  sensortree fix drives/0423                             what would be done, and what would be left
  sensortree fix drives/0423 --apply                     do it, after a question
  sensortree fix drives/0423 --unsafe --remove           with repairs that a person should look at
  sensortree fix drives/0423 --select L103,M --choose A204=1
  sensortree fix drives/0423 --plan plan.json            write the plan, to be read and edited
  sensortree apply plan.json                             carry it out
  sensortree undo drives/0423                            take back what was done last
  sensortree fix gs://bucket/0423 --apply                in a store: copy each object to its new key
  sensortree fix gs://bucket/0423 --finish               and then delete the originals

Exit codes:
  0  a plan is shown or carried out, or there is nothing to fix
  2  wrong usage or configuration, no such target, or a plan that cannot be carried out
  3  the inspection is incomplete, so that no plan is made
  4  nothing there to fix";

const TARGET: &str = "A folder, `.zip`, s3:// gs:// az:// prefix, git:REV[:FOLDER], git:index or saved listing [default: the \
                      current folder]";

/// The arguments of `fix`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = FIX_EXAMPLES,
    mut_arg("select", |arg| arg.help("Mend only what these rules find").long_help("Mend only what these rules find: codes, names, families (`L`) or `ALL`, separated by commas").help_heading("Repairs")),
    mut_arg("ignore", |arg| arg.help("Do not mend what these rules find").long_help(None).help_heading("Repairs")),
)]
pub struct FixArguments {
    /// What to fix.
    #[arg(value_hint = clap::ValueHint::AnyPath, help = TARGET)]
    pub target: Option<OsString>,

    /// Carry the plan out, after a question
    #[arg(long, group = "touches", help_heading = "Repairs")]
    pub apply: bool,

    /// Show the plan and touch nothing, as without --apply
    #[arg(long, conflicts_with = "touches", help_heading = "Repairs")]
    pub dry_run: bool,

    /// Delete the originals that the last run in a store left
    #[arg(long, group = "touches", conflicts_with = "plan", help_heading = "Repairs")]
    pub finish: bool,

    /// Do not ask before anything is touched
    #[arg(long, short, requires = "touches", help_heading = "Repairs")]
    pub yes: bool,

    /// Also repairs that a person should look at
    ///
    /// They are right in all likelihood.
    #[arg(long = "unsafe", help_heading = "Repairs")]
    pub with_unsafe: bool,

    /// Also repairs that take files out of the tree
    ///
    /// Leftovers, copies, surplus frames.
    #[arg(long, help_heading = "Repairs")]
    pub remove: bool,

    /// Choose the Nth of the repairs of a rule's findings
    ///
    /// Counted from 1, as the plan lists them.
    #[arg(long, value_name = "CODE=N", value_delimiter = ',', help_heading = "Repairs")]
    pub choose: Vec<Choice>,

    /// Delete what is taken out, instead of keeping it
    ///
    /// Without it, it is kept in `.sensortree` beside the tree.
    #[arg(long, requires = "apply", help_heading = "Repairs")]
    pub no_trash: bool,

    /// Write the plan into FILE
    ///
    /// All of it in `.json`, the paths in `.csv`, or as a script in `.sh`; may be given several
    /// times.
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, help_heading = "Output")]
    pub plan: Vec<PathBuf>,

    /// How to show the plan
    #[arg(long, value_enum, default_value_t = PlanFormat::Text, help_heading = "Output")]
    pub format: PlanFormat,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub pairing: PairingArguments,

    // No comment of its own: it would be put before the first flag.
    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub listed: ListingArguments,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub checking: TargetArguments,
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// What is done for which finding, what is left, and what the dataset will be
    Text,
    /// One object, sensortree-plan/1
    Json,
}

/// `CODE=N`.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// The rule.
    pub rule: &'static Rule,
    /// Which of the repairs of its findings, from 1.
    pub number: NonZeroUsize,
}

impl FromStr for Choice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (code, number) = text.split_once('=').ok_or("expected CODE=N, as in `A204=1`")?;
        let selector: Selector = code.parse().map_err(|error| format!("{error}"))?;
        let is_named = |rule: &&&Rule| [rule.code, rule.name].contains(&selector.as_str());
        let rule = rules::ALL.iter().find(is_named).ok_or("expected the code of one rule")?;
        let number = number.parse().map_err(|_| "expected a whole number from 1 up")?;
        Ok(Choice { rule, number })
    }
}

impl FixArguments {
    /// Which repairs are wanted.
    #[must_use]
    pub fn selection(&self) -> Selection {
        let choices: BTreeMap<_, _> =
            self.choose.iter().map(|choice| (choice.rule.code, choice.number)).collect();
        Selection {
            with_unsafe: self.with_unsafe,
            with_removals: self.remove,
            choices,
            select: selectors(self.checking.settings.select.iter().flatten()),
            ignore: selectors(&self.checking.settings.ignore),
        }
    }

    /// What is checked: as `check` does it, whatever is chosen to be mended.
    #[must_use]
    pub fn check_arguments(&self) -> CheckArguments {
        let mut arguments = self.checking.check_arguments(self.target.clone());
        (arguments.settings.select, arguments.settings.ignore) = (None, Vec::new());
        CheckArguments { listed: self.listed.clone(), ..arguments }
    }

    /// The flags by which the same plan is made again, with a space before each.
    #[must_use]
    pub fn flags(&self) -> String {
        let mut flags = String::new();
        let Selection { select, ignore, .. } = self.selection();
        for (name, selected) in [("select", select), ("ignore", ignore)] {
            if !selected.is_empty() {
                let selected: Vec<&str> = selected.iter().map(Selector::as_str).collect();
                flags.push_str(&format!(" --{name} {}", selected.join(",")));
            }
        }
        for (name, is_set) in [("unsafe", self.with_unsafe), ("remove", self.remove)] {
            if is_set {
                flags.push_str(&format!(" --{name}"));
            }
        }
        for choice in &self.choose {
            flags.push_str(&format!(" --choose {}={}", choice.rule.code, choice.number));
        }
        flags.push_str(&self.pairing.flags());
        flags
    }
}

fn selectors<'w>(words: impl IntoIterator<Item = &'w Word<Selector>>) -> Vec<Selector> {
    words.into_iter().map(|word| word.0.clone()).collect()
}
