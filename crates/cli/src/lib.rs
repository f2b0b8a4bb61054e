//! The parts of the command line: what is asked for, and what is printed. `main.rs` joins them.

pub mod args;
mod base;
pub mod baseline;
pub mod catalogue;
pub mod clock;
pub mod cloud;
pub mod config;
pub mod exit;
pub mod explain;
mod file_system;
mod idle;
pub mod in_force;
pub mod interruption;
pub mod manual;
pub mod output;
pub mod places;
pub mod plan;
pub mod plan_error;
pub mod progress;
pub mod replacing;
pub mod request;
pub mod run_tree;
pub mod saving;
mod settings;
#[cfg(feature = "git")]
pub mod staged;
pub mod target;
pub mod terminal;
pub mod tolerance;
