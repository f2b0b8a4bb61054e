//! The floors of the house: what may use what.
//!
//! Crates stand above one another ([`CRATES`]), and so do the modules of the core ([`CORE`]): one
//! may use those below it, never one above. In no crate may files of different folders need one
//! another in a circle. Code that is compiled for tests only is left out: a test may check what it
//! tests by the whole program.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand};

use self::imports::{Crate, Import};
use crate::Outcome;

/// The crates, lowest first. Those of one row do not use each other.
const CRATES: &[&[&str]] = &[
    &["sensortree-probe", "sensortree-stdout"],
    &["sensortree-core"],
    &["sensortree-scan", "sensortree-report"],
    &["sensortree-cloud"],
    &["sensortree-apply"],
    &["sensortree"],
];

/// The modules right in the core, lowest first. Those of one row may use each other.
const CORE: &[&[&str]] = &[
    &["platform", "text", "multiset_hash", "smallest", "for_each"],
    &["names"],
    &["tree"],
    &["archive"],
    &["document"],
    &["layout"],
    &["align"],
    &["repair"],
    &["finding"],
    &["pairing"],
    &["plan"],
    &["rules"],
    &["report"],
    &["sketch"],
];

/// The folders of sources that are looked into, with whether their modules are those of [`CORE`].
const SOURCES: &[(&str, bool)] = &[
    ("crates/probe/src", false),
    ("crates/core/src", true),
    ("crates/scan/src", false),
    ("crates/cloud/src", false),
    ("crates/report/src", false),
    ("crates/apply/src", false),
    ("crates/sensortree/src", false),
];

/// Checks the workspace at `root`.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut faults = crate_faults(root)?;
    let mut files = 0;
    for (source, is_core) in SOURCES {
        let sources = Crate::read(&root.join(source))?;
        files += sources.files.len();
        let floors = if *is_core { CORE } else { &[] };
        faults.extend(
            faults_of(&sources, floors).into_iter().map(|fault| format!("{source}/{fault}")),
        );
    }
    if faults.is_empty() {
        return Ok(format!("{files} files stand on their floors, and none are in a circle"));
    }
    Err(format!("imports that the floors do not allow:\n  {}", faults.join("\n  ")).into())
}

/// Dependencies between the workspace's crates that lead up, or to the side.
fn crate_faults(root: &Path) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .other_options(["--locked".to_owned()])
        .exec()?;
    let mut faults = Vec::new();
    for package in &metadata.packages {
        let Some(floor) = floor_of(&package.name, CRATES) else { continue };
        let used = package.dependencies.iter().filter(|used| used.kind == DependencyKind::Normal);
        for used in used {
            if floor_of(&used.name, CRATES).is_some_and(|other| other >= floor) {
                faults.push(format!("crate {} uses {}", package.name, used.name));
            }
        }
    }
    Ok(faults)
}

/// The row that a name stands in.
fn floor_of(name: &str, floors: &[&[&str]]) -> Option<usize> {
    floors.iter().position(|row| row.contains(&name))
}

/// What is wrong with the imports of one crate.
fn faults_of(sources: &Crate, floors: &[&[&str]]) -> Vec<String> {
    let mut faults = climbing(sources, floors);
    faults.extend(circles(sources));
    faults
}

/// Imports from a floor above.
fn climbing(sources: &Crate, floors: &[&[&str]]) -> Vec<String> {
    let mut faults = Vec::new();
    if floors.is_empty() {
        return faults;
    }
    let floor = |module: &[String]| module.first().and_then(|top| floor_of(top, floors));
    for file in &sources.files {
        if file.module.is_empty() {
            continue;
        }
        let Some(own) = floor(&file.module) else {
            faults.push(format!("{}: its module is on no floor", file.path.display()));
            continue;
        };
        for Import { path, module, line } in &file.imports {
            if floor(module).is_none_or(|other| other > own) {
                faults.push(format!("{}:{line} uses {path}, a floor above", file.path.display()));
            }
        }
    }
    faults
}

/// Circles of imports between files that do not all lie in one folder.
fn circles(sources: &Crate) -> Vec<String> {
    let position: BTreeMap<&[String], usize> =
        sources.files.iter().enumerate().map(|(at, file)| (file.module.as_slice(), at)).collect();
    let edges: Vec<BTreeSet<usize>> = sources
        .files
        .iter()
        .map(|file| {
            let targets = file.imports.iter();
            targets.filter_map(|import| position.get(import.module.as_slice()).copied()).collect()
        })
        .collect();
    let mut faults = Vec::new();
    for circle in strongly_connected(&edges) {
        let folders: BTreeSet<PathBuf> =
            circle.iter().map(|at| sources.folder(&sources.files[*at])).collect();
        if folders.len() < 2 {
            continue;
        }
        let paths: Vec<String> =
            circle.iter().map(|at| sources.files[*at].path.display().to_string()).collect();
        faults.push(format!("{} are in a circle", paths.join(", ")));
    }
    faults
}

/// The groups of nodes of which each reaches each other, of two nodes and more, in a fixed order.
fn strongly_connected(edges: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let reached: Vec<BTreeSet<usize>> = (0..edges.len())
        .map(|start| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
            while let Some(at) = next.pop() {
                next.extend(edges[at].iter().copied().filter(|to| seen.insert(*to)));
            }
            seen
        })
        .collect();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for at in 0..edges.len() {
        let group = groups.iter_mut().find(|group| {
            group
                .first()
                .is_some_and(|first| reached[at].contains(first) && reached[*first].contains(&at))
        });
        match group {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The faults of a crate of these files.
    fn faults(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        faults_of(&Crate::read(folder.path()).unwrap(), &[&["low"], &["high"]])
    }

    #[test]
    fn an_import_from_above_is_refused_in_whatever_way_it_is_written() {
        let ways = [
            "use crate::high::Thing;",
            "use crate::{high::Thing as Other, low};",
            "use super::high::*;",
            "fn f() -> crate::high::Thing { loop {} }",
            "fn f() { let _ = vec![crate::high::Thing]; }",
            "macro_rules! m { () => { $crate::high::Thing } }",
            "mod inner { use super::super::high::Thing; }",
        ];
        for way in ways {
            let found =
                faults(&[("lib.rs", "mod low; mod high;"), ("low.rs", way), ("high.rs", "")]);
            assert_eq!(found, ["low.rs:1 uses crate::high, a floor above"], "{way}");
        }
    }

    #[test]
    fn what_is_below_or_only_for_tests_is_allowed() {
        let found = faults(&[
            ("lib.rs", "mod low; mod high; pub use high::Thing;"),
            (
                "low.rs",
                "#[cfg(test)] mod tests { use crate::high::Thing; }\n#[cfg(test)] mod more;",
            ),
            ("low/more.rs", "use crate::high::Thing;"),
            ("high.rs", "use crate::low;\n/// As crate::high::Thing.\nstruct Thing;"),
        ]);
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_module_on_no_floor_is_refused() {
        assert_eq!(
            faults(&[("lib.rs", ""), ("new.rs", "")]),
            ["new.rs: its module is on no floor"]
        );
    }

    #[test]
    fn the_root_is_above_all() {
        let found = faults(&[
            ("lib.rs", "mod high; pub use high::Thing;"),
            ("high.rs", "use crate::Thing;"),
        ]);
        assert_eq!(found, ["high.rs:1 uses crate::Thing, a floor above"],);
    }

    #[test]
    fn a_circle_is_allowed_within_a_folder_only() {
        let found = faults(&[
            ("lib.rs", ""),
            ("low/mod.rs", "mod a; mod b; mod c;"),
            ("low/a.rs", "use super::b::B;"),
            ("low/b.rs", "use super::a::A;"),
            ("low/c/mod.rs", "use crate::low::d::D;"),
            ("low/d.rs", "use crate::low::c::C;"),
            ("high/mod.rs", "mod e; fn f() -> e::g::G { loop {} }"),
            ("high/e/mod.rs", ""),
            ("high/e/g.rs", "use crate::high::H;"),
        ]);
        assert_eq!(
            found,
            ["high/e/g.rs, high/mod.rs are in a circle", "low/c/mod.rs, low/d.rs are in a circle",]
        );
    }
}
