//! The parts of the command line: what is asked for, and what is printed. `main.rs` joins them.
//!
//! Nothing here is for other programs: it changes as the command line does.

pub mod apply;
pub mod args;
pub mod as_if;
mod base;
pub mod baseline;
pub mod catalogue;
pub mod check_arguments;
pub mod checked;
pub mod clock;
pub mod cloud;
pub mod completions;
pub mod config;
mod executors;
pub mod exit;
pub mod explain;
mod file_system;
pub mod fix;
pub mod fix_error;
pub mod inspection_arguments;
pub mod interruption;
pub mod listing_output;
pub mod manual;
pub mod output;
pub mod overwrite_guard;

pub mod pipeline;
pub mod places;
pub mod progress;
mod progress_lines;
pub mod record;
pub mod request;
pub mod run_config;
pub mod run_config_error;
pub mod run_tree;
mod settings;
pub mod several;
pub mod show_config;
pub mod shown;
#[cfg(feature = "git")]
pub mod staged;
pub mod target;
pub mod target_arguments;
pub mod terminal;
pub mod tolerance;
mod unused_settings;
mod value_parsers;
