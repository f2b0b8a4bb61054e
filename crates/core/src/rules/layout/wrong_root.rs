use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{LayoutKind, OtherLayout, WrongRoot};
use crate::names::METADATA;
use crate::platform::Effect;
use crate::repair::{Operation, Repair};
use crate::text;
use crate::tree::{FileClass, FolderId, Target, TargetKind, Tree};

declare_rule! {
    /// The tree is laid out right, but the target is not its top folder: it lies one or more levels
    /// above or below.
    ///
    /// The import looks for sensor folders right below `resourceUrl`, and for a local folder that
    /// is uploaded whole the same holds. A folder too many around the dataset, several datasets
    /// side by side, or the folder of one sensor given for the dataset each leave it with nothing
    /// that it knows.
    ///
    /// **Repair:** give the folder that the finding names, in `resourceUrl` and to this check.
    /// Where metadata.json stands apart from the sensors, bring them together. Where nothing else
    /// stands above the sensors, all that is there can also be moved up.
    ///
    /// ```tree bad
    /// target: drives
    /// 0423/
    ///   lidar-top/
    ///     scene_1/
    ///       1681532060061.pcd x3 +100
    ///   metadata.json
    /// ```
    ///
    /// ```tree good
    /// target: drives/0423
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    WRONG_ROOT {
        code: "L112",
        name: "wrong-root",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T1", "T2", "T9"],
        scope: AnyTree,
        judges: listing,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, target, .. } = context;
    let LayoutKind::Other(OtherLayout::WrongRoot(root)) = &layout.reading else { return };
    match root {
        // What could not be read may be the target's own sensors.
        WrongRoot::Below(_) if context.unseen.is_at_the_top() => {}
        WrongRoot::Below(roots) => below(tree, target, roots, sink),
        WrongRoot::Above(levels) => above(target, *levels, sink),
    }
}

fn below(tree: &Tree, target: &Target, roots: &[FolderId], sink: &mut Sink<'_>) {
    let parts = roots.iter().map(|root| {
        Part::at(Example::at(tree.path(*root)).noting("sensors stand here")).keyed(*root)
    });
    sink.emit(&WRONG_ROOT, parts, |kept| match kept.distinct_keys().as_slice() {
        [root] => one_below(tree, target, *root),
        roots => {
            let names: Vec<String> = roots.iter().take(4).map(|root| quoted(tree, *root)).collect();
            let named = match roots.len().saturating_sub(names.len()) {
                0 => text::list(&names, 4),
                more => format!("{} and {} more", names.join(", "), text::number(more as u64)),
            };
            let datasets = kept.counted("dataset");
            Statement::new(format!(
                "the target holds {datasets}, {named}, and no sensor of its own"
            ))
            .help(match target.kind {
                TargetKind::Zip => "upload each as an archive of its own",
                _ => "check and import each by itself, or merge their scenes into one tree",
            })
        }
    });
}

fn one_below(tree: &Tree, target: &Target, root: FolderId) -> Statement {
    let path = quoted(tree, root);
    let here = tree.folder(FolderId::ROOT).has_landmark(METADATA);
    let there = tree.folder(root).has_landmark(METADATA);
    let plain = tree.path(root);
    let levels = text::count(u64::from(tree.folder(root).depth()), "level");
    let statement = Statement::new(format!("the sensors stand {levels} further down, in {path}"));
    let help = match target.kind {
        _ if plain.split(|byte| *byte == b'/').rev().skip(1).any(<[u8]>::is_empty) => {
            return statement.help("take the doubled or leading slash out of the names: each makes a folder without a name");
        }
        _ if here && !there => format!("move what is in {path} up, beside metadata.json"),
        TargetKind::Zip => format!("pack the content of {path} itself"),
        TargetKind::Listing { .. } => {
            format!("check with `--root {}`, and import that folder", listed(target, &plain))
        }
        _ => format!("check and import `{}`", joined(target, &plain)),
    };
    let neither = "there is no metadata.json beside the sensors there, either";
    let repair = Repair::to_be_looked_at("nothing else stands beside the folder, or above it");
    let statement = statement.repair(repair.with(moves_up(tree, root)));
    statement.help(help).notes((!here && !there).then_some(neither))
}

/// Moves all that stands in a folder to the top. None where anything else stands there or in
/// between, but for metadata.json and what systems left behind: the dataset may be a part of
/// something larger.
fn moves_up(tree: &Tree, root: FolderId) -> Vec<Operation> {
    let above = |id: &FolderId| (*id != FolderId::ROOT).then(|| tree.folder(*id).parent());
    let chain: Vec<FolderId> = std::iter::successors(Some(root), above).skip(1).collect();
    let holds_more = |id: &FolderId| {
        let folder = tree.folder(*id);
        let left = folder.remarks().iter().filter(|(remark, _)| {
            matches!(remark, FileClass::Leftover(_) | FileClass::Hidden | FileClass::Marker)
        });
        let left: u64 = left.map(|(_, names)| names.count()).sum();
        let metadata = u64::from(*id == FolderId::ROOT && folder.has_landmark(METADATA));
        folder.files() > left + metadata || tree.children(*id).len() != 1
    };
    if chain.iter().any(holds_more) {
        return Vec::new();
    }
    let top = tree.folder(FolderId::ROOT);
    let path = tree.path(root);
    let mut names: Vec<Vec<u8>> = Vec::new();
    tree.folder(root).for_each_entry(|name, _| names.push(name.to_vec()));
    let files = names.len();
    names.extend(tree.children(root).map(|child| tree.folder(child).name().to_vec()));
    let is_taken = |name: &Vec<u8>| top.holds(name) || tree.child(FolderId::ROOT, name).is_some();
    if names.iter().any(is_taken) {
        return Vec::new();
    }
    let end = |at: usize| if at < files { "" } else { "/" }.as_bytes();
    let moves = names.into_iter().enumerate().map(|(at, name)| Operation::Move {
        from: [&path, name.as_slice(), end(at)].concat(),
        to: [&name, end(at)].concat(),
    });
    moves.collect()
}

fn above(target: &Target, levels: u8, sink: &mut Sink<'_>) {
    let inward =
        target.segments.iter().skip(target.segments.len().saturating_sub(usize::from(levels)));
    let inward: Vec<&str> = inward.map(String::as_str).collect();
    let sensor = inward.first().copied().unwrap_or_default();
    let what = if levels == 1 { "one sensor's folder" } else { "one scene's folder" };
    let uri = target.uri.trim_end_matches('/');
    let right = uri.strip_suffix(&inward.join("/")).map(|above| above.trim_end_matches('/'));
    let right = match target.kind {
        // The top of the repository.
        TargetKind::Git => right.map(|above| above.trim_end_matches(':')),
        _ => right,
    };
    let help = match right.filter(|above| !above.is_empty() && !above.ends_with(':')) {
        Some(above) => format!("check and import `{above}`"),
        None => format!("check and import the folder that holds `{sensor}`"),
    };
    sink.emit(&WRONG_ROOT, [Part::at(Example::at(&b""[..]).noting(what))], |_| {
        Statement::new(match levels {
            1 => format!("the target is the folder of one sensor, `{sensor}`; the dataset is the folder that holds it"),
            _ => format!("the target is a scene of the sensor `{sensor}`; the dataset is the folder that holds the sensor"),
        })
        .help(help.as_str())
    });
}

fn quoted(tree: &Tree, folder: FolderId) -> String {
    format!("`{}`", text::lossless(&tree.path(folder)))
}

/// The path of a folder as it stands in the listing.
fn listed(target: &Target, path: &[u8]) -> String {
    let below = text::lossless(path).trim_end_matches('/').to_owned();
    target.segments.iter().cloned().chain([below]).collect::<Vec<_>>().join("/")
}

/// The address of a folder below the target.
fn joined(target: &Target, path: &[u8]) -> String {
    let uri = target.uri.trim_end_matches('/');
    let separator = match target.kind {
        TargetKind::Git if uri.ends_with(':') => "",
        TargetKind::Git if !names_a_folder(uri) => ":",
        _ => "/",
    };
    format!("{uri}{separator}{}", text::lossless(path).trim_end_matches('/'))
}

/// Whether an address of a git repository has a folder: the time in
/// `git:main@{2026-11-23 10:00}` is none.
fn names_a_folder(uri: &str) -> bool {
    let mut depth = 0_i32;
    uri.strip_prefix("git:").unwrap_or(uri).chars().any(|c| {
        depth += match c {
            '{' => 1,
            '}' => -1,
            _ => 0,
        };
        c == ':' && depth <= 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::settings::Settings;
    use crate::plan::Plan;
    use crate::repair::Applicability;
    use crate::sketch::Sketch;

    #[test]
    fn what_stands_alone_below_is_moved_up() {
        let check = |drawn: &str, expected: Option<(Applicability, &[(&str, &str)])>| {
            let inspection = Sketch::parse(drawn).expect("a sketch").inspection();
            let tree = inspection.tree.clone();
            let settings = Settings { repairs: true, ..Settings::default() };
            let report = crate::check(inspection, &settings);
            let found = report.findings.iter().find(|found| found.rule.code == "L112").unwrap();
            let Some(repair) = found.repairs.first() else {
                assert_eq!(expected, None, "{drawn}");
                return;
            };
            let text = |path: Vec<u8>| String::from_utf8(path).expect("text");
            let mut plan = Plan::new(&tree);
            repair
                .operations
                .iter()
                .for_each(|operation| plan.add(operation).expect("no conflict"));
            let mut moves = Vec::new();
            plan.for_each_change(|change| {
                moves.push((text(change.from), text(change.to.unwrap())));
            });
            moves.sort();
            let moves: Vec<_> = moves.iter().map(|(from, to)| (&**from, &**to)).collect();
            assert_eq!(Some((repair.applicability, &*moves)), expected, "{drawn}");
            assert_eq!(plan.collisions(1), Vec::<Vec<u8>>::new());
        };
        let sensor = |indent: &str| {
            format!("{indent}lidar-top/\n{indent}  a/\n{indent}    1000.pcd x3 +100\n")
        };
        let moved: &[(&str, &str)] =
            &[("a/b/lidar-top/", "lidar-top/"), ("a/b/metadata.json", "metadata.json")];
        let deep = format!("a/\n  .DS_Store\n  b/\n{}    metadata.json\n", sensor("    "));
        check(&deep, Some((Applicability::Unsafe, moved)));
        // An archive is to be a dataset; one folder in it may be around all.
        let in_one: &[(&str, &str)] =
            &[("b/lidar-top/", "lidar-top/"), ("b/metadata.json", "metadata.json")];
        check(&format!("target: a.zip\n{deep}"), Some((Applicability::Unsafe, in_one)));
        let up: &[(&str, &str)] = &[("a/lidar-top/", "lidar-top/")];
        let above = format!("a/\n{}metadata.json\n", sensor("  "));
        check(&above, Some((Applicability::Unsafe, up)));
        for other in [
            format!("a/\n{}  metadata.json\nmetadata.json\n", sensor("  ")),
            format!("a/\n{}README.md\n", sensor("  ")),
            format!("a/\n{}docs/\n  x.md\n", sensor("  ")),
            format!("a/\n{}b/\n{}", sensor("  "), sensor("  ")),
            format!("a/\n{}  a/\n    x.txt\n", sensor("  ")),
        ] {
            check(&other, None);
        }
    }

    #[test]
    fn a_folder_in_a_repository_has_an_address() {
        let check = |uri: &str, expected: &str| {
            let target =
                Target { kind: TargetKind::Git, uri: uri.to_owned(), segments: Vec::new() };
            assert_eq!(joined(&target, b"data/"), expected);
        };
        check("git:HEAD", "git:HEAD:data");
        check("git:HEAD:", "git:HEAD:data");
        check("git:index:drives/", "git:index:drives/data");
        check("git:main@{2026-11-23 10:00}", "git:main@{2026-11-23 10:00}:data");
        check("git:main@{10:00}:a}b", "git:main@{10:00}:a}b/data");
    }
}
