//! Draws a [`Report`](sensortree_core::report::Report). One module a format; [`Format`] names
//! those there are.
//!
//! The crate judges nothing and asks nothing of the world: the terminal's width, the colours and
//! the clock are handed in.

pub mod escape;

mod annotations;
mod concise;
mod datasets;
mod document_view;
mod error;
mod excerpt;
mod fixable;
mod format;
mod github;
mod gitlab;
mod html;
mod human;
mod json;
mod junit;
mod markdown;
mod palette;
mod places;
mod plan;
mod quantities;
mod render;
mod response;
mod run_facts;
mod sarif;
mod standing;
mod steps;
mod style;
mod summary;
mod target_name;
mod tree_view;

pub use datasets::{DatasetRow, datasets_table};
pub use error::RenderError;
pub use format::{Format, UnknownFormat};
pub use json::lines::lines_schema;
pub use json::report_schema;
pub use places::{Places, STATED_ANCHOR};
pub use plan::{
    PairingView, PlanView, counts_line, incomplete_lines, plan_schema, render_plan, text_hash,
    write_csv_plan, write_json_plan, write_script_plan,
};
pub use render::{render, render_all};
pub use run_facts::{Check, Dataset, RunFacts, SettingInForce, Timing};
pub use style::Style;
pub use summary::verdict_line;
