//! Generates what is generated, scaffolds new rules, checks licences and links, counts
//! instructions, and tests the Python package. `cargo xtask help` names the tasks.

mod generate;
mod instructions;
mod layers;
mod licences;
mod links;
mod new_rule;
mod notation;
mod picture;
mod python;
mod settings;
mod soak;
mod width;
mod words;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own tasks")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Write the rule reference, the JSON Schemas, what is said of settings and the README's
    /// picture anew
    Generate {
        /// Write nothing; fail where a file is not as it would be written
        #[arg(long)]
        check: bool,
    },
    /// Write the files of a new rule, register it, and draw its first fixtures
    NewRule {
        /// Its code: the family's letter and three digits, as L124
        code: String,
        /// Its name, which says the fault: kebab-case, as sensor-prefix-missing
        name: String,
        /// The workspace to write into
        #[arg(long, default_value_os_t = workspace())]
        root: PathBuf,
    },
    /// Judge many random trees by the program and by a naive oracle, look for secrets in what is
    /// shown of many requests, and judge many changed frames by the program and by decoders
    Soak {
        /// How many trees
        #[arg(long, default_value_t = 100_000)]
        trees: u64,
        /// How many requests
        #[arg(long, default_value_t = 100_000)]
        requests: u64,
        /// How many changed frames
        #[arg(long, default_value_t = 100_000)]
        frames: u64,
        /// The seed of the first; each tree has its own
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
    /// Count the instructions of the small workloads, and compare them with
    /// benches/instructions.txt
    Instructions {
        /// Fail where a case takes over 3 % more than recorded
        #[arg(long, conflicts_with = "write")]
        check: bool,
        /// Record what changed
        #[arg(long, requires = "reason")]
        write: bool,
        /// Why the figures changed, in a line that is kept beside each
        #[arg(long, requires = "write")]
        reason: Option<String>,
    },
    /// Check that no crate, and no module of the core, uses one above it, and that no folders need
    /// one another in a circle
    Layers,
    /// Check that comments keep to 100 columns, which rustfmt does not see to
    Width,
    /// Check that pages, and what the program prints, use none of the words of xtask/words.toml
    Words,
    /// Check the licences of all dependencies against deny.toml
    Licences,
    /// Check that every link within the project's pages leads somewhere, and that the book has
    /// every page of docs/
    Links,
    /// Build the Python package, install it into a clean environment, and run its tests there
    Python {
        /// Build it as it is released: slow, unless that was done before
        #[arg(long)]
        release: bool,
        /// Fail where Python or PyPI cannot be had, instead of skipping
        #[arg(long)]
        required: bool,
    },
}

/// What a task says when it is done, or why it failed.
type Outcome = Result<String, Box<dyn Error>>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Generate { check: true } => generate::check(&workspace()),
        Task::Generate { check: false } => generate::write(&workspace()),
        Task::NewRule { code, name, root } => new_rule::scaffold(&root, &code, &name),
        Task::Soak { trees, requests, frames, seed } => {
            soak::run(&workspace(), &soak::Counts { trees, requests, frames }, seed)
        }
        Task::Instructions { reason: Some(reason), .. } => {
            instructions::write(&workspace(), &reason)
        }
        Task::Instructions { check, .. } => instructions::compare(&workspace(), check),
        Task::Layers => layers::check(&workspace()),
        Task::Width => width::check(&workspace()),
        Task::Words => words::check(&workspace()),
        Task::Licences => licences::check(&workspace()),
        Task::Links => links::check(&workspace()),
        Task::Python { release, required } => python::test(&workspace(), release, required),
    };
    report(outcome)
}

#[expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task tells the developer what it did"
)]
fn report(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}
