//! What was set and has no effect, in words.

use sensortree_core::document::request::Request;
use sensortree_core::finding::settings::Settings;
use sensortree_core::rules;
use sensortree_report::Format;
use sensortree_scan::{Content, Links, Looks, Source as _};

use crate::cli::check_arguments::CheckArguments;
use crate::cli::run_tree::{Tree, default_content};
use crate::target::Target;

/// The flags that change nothing for such a request and tree, in words.
pub(crate) fn unused_flags(
    arguments: &CheckArguments,
    request: Option<&Request>,
    tree: &Tree,
) -> Vec<String> {
    let mut idle = Vec::new();
    if arguments.inspection.data_type.is_some() && request.and_then(Request::data_type).is_some() {
        idle.push("`--data-type` changes nothing: the request says it".to_owned());
    }
    if arguments.picture && !arguments.format.iter().any(|it| it.format == Format::Json) {
        idle.push("`--picture` changes nothing without `--format json`".to_owned());
    }
    let Some(target) = tree.target() else { return idle };
    let content = arguments.inspection.content.unwrap_or_else(|| default_content(tree));
    let why_closed = match target.capabilities().looks {
        Looks::Never(why) => Some(why),
        Looks::WhileListing | Looks::Afterwards => None,
    };
    if let Some(why) = why_closed
        .filter(|_| arguments.inspection.content.is_some_and(|content| content != Content::None))
    {
        idle.push(format!("`--content` changes nothing: {why}"));
    }
    if arguments.inspection.sample.is_some() && (content == Content::None || why_closed.is_some()) {
        let way = if why_closed.is_some() { "" } else { " without `--content headers`" };
        idle.push(format!("`--sample` changes nothing: no file is looked into{way}"));
    }
    idle
}

/// What is to be said of links that are to be followed where none are.
pub(crate) fn unused_links(
    flag: Option<Links>,
    in_file: Option<Links>,
    tree: &Tree,
) -> Option<String> {
    let said = match (flag, in_file) {
        (Some(Links::Follow), _) => "`--links follow`",
        (None, Some(Links::Follow)) => "`links = \"follow\"`",
        _ => return None,
    };
    match tree.target()? {
        Target::Folder(_) => None,
        _ => Some(format!("{said} changes nothing: links are followed in local folders only")),
    }
}

/// The selections, ignores and severities without which the run would have been the same, in words.
pub(crate) fn unused_settings(settings: &Settings) -> Vec<String> {
    let running =
        |settings: &Settings| rules::ALL.iter().map(|rule| settings.runs(rule)).collect::<Vec<_>>();
    let as_set = running(settings);
    let mut idle = Vec::new();
    for (at, selector) in settings.select.iter().enumerate() {
        let mut without = settings.clone();
        without.select.remove(at);
        // Without its only selection everything would run: that one is never idle.
        if !without.select.is_empty() && running(&without) == as_set {
            idle.push(format!(
                "selecting `{}` changes nothing: without it the same rules run",
                selector.as_str()
            ));
        }
    }
    for (at, selector) in settings.ignore.iter().enumerate() {
        let mut without = settings.clone();
        without.ignore.remove(at);
        if running(&without) == as_set {
            idle.push(format!(
                "ignoring `{}` changes nothing: without it the same rules run",
                selector.as_str()
            ));
        }
    }
    for selector in settings.severity.keys() {
        if !rules::ALL.iter().any(|rule| selector.matches(rule) && settings.runs(rule)) {
            idle.push(format!(
                "the severity of `{}` changes nothing: it does not run",
                selector.as_str()
            ));
        }
    }
    idle
}
