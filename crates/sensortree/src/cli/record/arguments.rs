//! The command lines of `record` and `accuracy`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser, ValueParser};
use clap::{Args, ValueEnum, ValueHint};
use sensortree_core::platform::ResponseCode;

const RECORD_EXAMPLES: &str = "\
Examples:
  sensortree check drives/0423 --format json=report.json
  sensortree record --report report.json --actual 5710
  sensortree record --report report.json --actual 200 --errors scene_2,scene_7
  sensortree record --report report.json --answer import.json --answer status.json";

/// The arguments of `record`.
#[derive(Clone, Debug, Args)]
#[command(after_help = RECORD_EXAMPLES)]
pub struct RecordArguments {
    /// The report of the check, as `check --format json` wrote it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Answer")]
    pub report: PathBuf,

    /// The `code` of the platform's answer
    #[arg(long, value_name = "CODE", value_parser = response_code(), required_unless_present = "answer", help_heading = "Answer")]
    pub actual: Option<ResponseCode>,

    /// The platform's answer, as the JSON that came
    ///
    /// In place of `--actual` and `--errors`. Where scenes came back as errors, the answer of
    /// `GET /dataset/status` is named, too: its `mappingList` says which scenes the ids in
    /// `errorDataIdList` are.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with_all = ["actual", "errors", "no_errors"], help_heading = "Answer")]
    pub answer: Vec<PathBuf>,

    /// The scenes that came back as errors, separated by commas
    ///
    /// By their names, which are those that `mappingList` gives for the ids in `errorDataIdList`;
    /// `--answer` finds them by itself.
    #[arg(long, value_name = "SCENES", value_delimiter = ',', help_heading = "Answer")]
    pub errors: Vec<String>,

    /// No scene came back as an error
    ///
    /// Without this and `--errors` that is not known.
    #[arg(long, conflicts_with = "errors", help_heading = "Answer")]
    pub no_errors: bool,

    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub place: LogArguments,
}

/// The arguments of `accuracy`.
#[derive(Clone, Debug, Args)]
pub struct AccuracyArguments {
    #[expect(missing_docs, reason = "a comment here would become part of the help")]
    #[command(flatten)]
    pub place: LogArguments,

    /// How to show it
    #[arg(long, value_enum, default_value_t = AccuracyFormat::Text, help_heading = "Output")]
    pub format: AccuracyFormat,
}

/// Where the log is.
#[derive(Clone, Debug, Args)]
pub struct LogArguments {
    /// The log of answers [default: sensortree/answers.jsonl in the user's folder for state]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Configuration")]
    pub log: Option<PathBuf>,
}

/// How the accuracy is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AccuracyFormat {
    /// A table
    Text,
    /// One object, sensortree-accuracy/1: codes and counts only, to be shared
    Json,
}

fn response_code() -> ValueParser {
    let words = ResponseCode::ALL.map(|code| match code {
        ResponseCode::Success => "200",
        ResponseCode::IllegalParameter => "400",
        ResponseCode::FileEmpty => "5707",
        ResponseCode::FileTooLarge => "5708",
        ResponseCode::NotAZip => "5709",
        ResponseCode::TreeMisalignment => "5710",
        ResponseCode::WrongDataType => "5838",
    });
    PossibleValuesParser::new(words)
        .try_map(|word| {
            word.parse().ok().and_then(ResponseCode::from_code).ok_or("it is no response code")
        })
        .into()
}
