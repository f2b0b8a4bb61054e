//! Links between the project's pages: to a file that is there, and to a heading that is in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::Outcome;

/// The list of the book's pages.
const SUMMARY: &str = "SUMMARY.md";

/// What a page links to, and what can be linked to in it.
#[derive(Debug, Default)]
struct Page {
    links: Vec<String>,
    anchors: Vec<String>,
}

/// Fails where a link leads nowhere, or a page of `docs/` is not in the book.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut pages = BTreeMap::new();
    for folder in [root.to_path_buf(), root.join("docs")] {
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                pages.insert(path.clone(), Page::read(&fs::read_to_string(&path)?));
            }
        }
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for (path, page) in &pages {
        for link in page.links.iter().filter(|link| !link.contains("://")) {
            count += 1;
            if let Some(fault) = fault(root, path, link, &pages) {
                wrong.push(format!("{}: `{link}` {fault}", path.strip_prefix(root)?.display()));
            }
        }
    }
    let docs = root.join("docs");
    let listed: Vec<PathBuf> = pages
        .get(&docs.join(SUMMARY))
        .into_iter()
        .flat_map(|page| &page.links)
        .map(|link| docs.join(link))
        .collect();
    for path in pages.keys().filter(|path| path.parent() == Some(&docs) && !path.ends_with(SUMMARY))
    {
        if !listed.contains(path) {
            wrong.push(format!("{} is not in docs/{SUMMARY}", path.strip_prefix(root)?.display()));
        }
    }
    match wrong.as_slice() {
        [] => Ok(format!("{count} links of {} pages lead somewhere", pages.len())),
        wrong => Err(format!("\n  {}", wrong.join("\n  ")).into()),
    }
}

/// What is wrong with a link on a page.
fn fault(
    root: &Path,
    from: &Path,
    link: &str,
    pages: &BTreeMap<PathBuf, Page>,
) -> Option<&'static str> {
    let (file, anchor) =
        link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
    let folder = from.parent()?;
    let target = if file.is_empty() { from.to_path_buf() } else { resolved(&folder.join(file)) };
    if !target.exists() {
        return Some("is not there");
    }
    // The book is made of that folder alone.
    if folder == root.join("docs") && !target.starts_with(folder) {
        return Some("leads out of the book");
    }
    let anchor = anchor?;
    let known =
        pages.get(&target).is_some_and(|page| page.anchors.iter().any(|known| known == anchor));
    (!known).then_some("has no such heading")
}

/// The path without `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(resolved.pop()),
            part => resolved.push(part),
        }
    }
    resolved
}

impl Page {
    fn read(text: &str) -> Page {
        let mut page = Page::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => page.links.push(dest_url.into_string()),
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    heading.iter_mut().for_each(|heading| heading.push_str(&text));
                }
                Event::End(TagEnd::Heading(_)) => {
                    page.anchors.extend(heading.take().map(|heading| anchor(&heading)));
                }
                _ => {}
            }
        }
        page
    }
}

/// A heading as it is linked to, on GitHub and in the book.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.flat_map(char::to_lowercase)
        .map(|letter| if letter == ' ' { '-' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_links_lead_somewhere() {
        check(&crate::workspace()).unwrap();
    }

    #[test]
    fn links_that_lead_nowhere_are_named() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        fs::create_dir(root.path().join("docs")).unwrap();
        write("README.md", "# Top\n[a](docs/a.md#one-two) [b](#top) [c](https://example.org/x)\n");
        write("docs/SUMMARY.md", "[a](a.md)");
        write("docs/a.md", "## One `two`!\n");
        assert_eq!(check(root.path()).unwrap(), "3 links of 3 pages lead somewhere");
        write("docs/a.md", "## One\n[up](../README.md)");
        write("docs/b.md", "[gone](c.md)");
        let said = check(root.path()).unwrap_err().to_string();
        for fault in [
            "no such heading",
            "out of the book",
            "`c.md` is not there",
            "docs/b.md is not in docs/SUMMARY.md",
        ] {
            assert!(said.contains(fault), "no {fault:?} in {said}");
        }
    }
}
