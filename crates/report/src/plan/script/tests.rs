use super::*;

#[test]
fn words_stand_for_their_bytes() {
    let check = |bytes: &[u8], expected: &str| assert_eq!(quoted(bytes), expected);
    check(b"a b/$c", "'./a b/$c'");
    check(b"-rf", "'./-rf'");
    check(b"it's", r"'./it'\''s'");
    check(b"a\nb'\\", r"$'./a\x0ab\'\\'");
    check(b"\xff1", r"$'./\xff1'");
    check("车\u{202e}".as_bytes(), r"$'./车\xe2\x80\xae'");
    assert_eq!(format_of(b"100%\\'\0\n"), "'100%%\\\\\\047\\000\n'");
}

/// The scripts, run.
#[cfg(unix)]
mod run {
    use std::collections::BTreeMap;
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;
    use std::process::Command;

    use sensortree_core::finding::Finding;
    use sensortree_core::finding::settings::Settings;
    use sensortree_core::plan::Selection;
    use sensortree_core::repair::{Edit, FileSet, Operation, Repair};
    use sensortree_core::report::Outlook;
    use sensortree_core::sketch::Sketch;
    use sensortree_core::tree::{Entry, Tree, TreeBuilder};

    use super::*;

    type Files = BTreeMap<Vec<u8>, Vec<u8>>;

    fn at(folder: &Path, path: &[u8]) -> std::path::PathBuf {
        folder.join(OsStr::from_bytes(path))
    }

    /// The files of a folder by their path, with what they hold.
    fn files(root: &Path, folder: &Path, found: &mut Files) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                files(root, &path, found);
            } else {
                let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().to_vec();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }

    fn tree(paths: &[&[u8]]) -> Tree {
        let mut builder = TreeBuilder::new();
        paths.iter().for_each(|path| builder.add(&Entry::file(path, path.len() as u64)));
        builder.finish()
    }

    /// Carries operations out by a script, on files that hold their own paths. Returns what stands
    /// there afterwards, and what was taken out.
    fn carried_out(
        paths: &[&[u8]],
        operations: &dyn Fn(&Tree) -> Vec<Operation>,
        metadata: Option<&[u8]>,
    ) -> (Files, Files) {
        let around = tempfile::tempdir().unwrap();
        let target = around.path().join("drive");
        for path in paths {
            let path = (at(&target, path), *path);
            fs::create_dir_all(path.0.parent().unwrap()).unwrap();
            let is_metadata = path.1 == METADATA.as_bytes();
            fs::write(&path.0, metadata.filter(|_| is_metadata).unwrap_or(path.1)).unwrap();
        }
        let tree = tree(paths);
        let inspection = Sketch::parse("lidar-top/\n  scene_1/\n").unwrap().inspection();
        let mut report = sensortree_core::check(inspection, &Settings::default());
        let repair = Repair::safe("it is a test").with(operations(&tree));
        let finding = report.findings.pop().unwrap();
        report.findings = vec![Finding { repairs: vec![repair], ..finding }];
        report.target.uri = target.to_str().unwrap().to_owned();
        let selection = Selection { with_removals: true, ..Selection::default() };
        let proposal = selection.choose(&tree, &report.findings);
        assert_eq!(proposal.causes.len(), 1, "{:?}", proposal.left);
        let outlook = Outlook::new(&report, report.clone(), &selection);
        let view = PlanView {
            tree: &tree,
            report: &report,
            metadata,
            proposal: &proposal,
            outlook: &outlook,
            pairing: None,
        };
        let mut script = Vec::new();
        write_script_plan(&view, &RunFacts::default(), &mut script).unwrap();
        let path = around.path().join("plan.sh");
        fs::write(&path, &script).unwrap();
        let run = Command::new("bash").arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&script));
        let (mut left, mut removed) = (Files::new(), Files::new());
        files(&target, &target, &mut left);
        let state = around.path().join(".sensortree");
        if let Some(trash) = fs::read_dir(&state).ok().and_then(|mut entries| entries.next()) {
            let trash = trash.unwrap().path();
            files(&trash, &trash, &mut removed);
        }
        // It is what the plan comes to.
        let planned = proposal.plan.tree();
        assert_eq!(planned.files(), left.len() as u64, "{}", String::from_utf8_lossy(&script));
        for path in left.keys() {
            let cut = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
            let folder = planned.folder_at(&path[..cut.saturating_sub(1)]).unwrap();
            assert!(planned.folder(folder).holds(&path[cut..]), "{}", path.escape_ascii());
        }
        (left, removed)
    }

    fn moved(from: &[u8], to: &[u8]) -> Operation {
        Operation::Move { from: from.to_vec(), to: to.to_vec() }
    }

    #[test]
    fn names_of_any_bytes_swap_and_move() {
        let names: [&[u8]; 7] = [
            b"-n",
            b"it's",
            b"a\nb",
            b"$(x) `y` \"z\"",
            b"\xff\x01",
            b"*",
            "车 \u{202e}".as_bytes(),
        ];
        let paths: Vec<Vec<u8>> = names.iter().map(|name| [b"-a/", *name].concat()).collect();
        let paths: Vec<&[u8]> = paths.iter().map(Vec::as_slice).collect();
        // Each gets the name of the next, and the last goes to another folder.
        let (left, removed) = carried_out(
            &paths,
            &|_| {
                let next = paths.iter().zip(paths.iter().skip(1));
                let mut moves: Vec<Operation> = next.map(|(from, to)| moved(from, to)).collect();
                moves.push(moved(paths[6], b"-b/'/last"));
                moves
            },
            None,
        );
        assert!(removed.is_empty());
        for (from, to) in paths.iter().zip(paths.iter().skip(1)) {
            assert_eq!(left.get(*to).map(Vec::as_slice), Some(*from), "{}", to.escape_ascii());
        }
        assert_eq!(left.get(&b"-b/'/last"[..]).map(Vec::as_slice), Some(paths[6]));
        // In a circle.
        let circle: Vec<&[u8]> = paths[..3].to_vec();
        let (left, _) = carried_out(
            &circle,
            &|_| (0..3).map(|at| moved(circle[at], circle[(at + 1) % 3])).collect(),
            None,
        );
        assert_eq!(left.get(circle[0]).map(Vec::as_slice), Some(circle[2]));
    }

    #[test]
    fn folders_swap_merge_and_go() {
        let paths: [&[u8]; 5] = [b"a/1/x", b"a/2/y", b"b/1/z", b"c/x", b"d/w"];
        let (left, removed) = carried_out(
            &paths,
            &|tree| {
                vec![
                    moved(b"a/", b"b"),
                    moved(b"b/", b"a"),
                    moved(b"c/", b"b/1/c"),
                    Operation::Remove { files: FileSet::Folder(tree.folder_at(b"d").unwrap()) },
                ]
            },
            None,
        );
        let expected: [(&[u8], &[u8]); 4] = [
            (b"a/1/z", b"b/1/z"),
            (b"b/1/x", b"a/1/x"),
            (b"b/2/y", b"a/2/y"),
            (b"b/1/c/x", b"c/x"),
        ];
        for (path, content) in expected {
            assert_eq!(left.get(path).map(Vec::as_slice), Some(content), "{left:?}");
        }
        assert_eq!(removed.get(&b"removed/d/w"[..]).map(Vec::as_slice), Some(&b"d/w"[..]));
    }

    #[test]
    fn metadata_gets_its_new_text_byte_by_byte() {
        let text = b"\xef\xbb\xbf{\"a\": '100%\\n',\0\r\n}";
        let edit = Edit { start: 0, end: 3, text: Vec::new() };
        let (left, removed) = carried_out(
            &[METADATA.as_bytes(), b"x"],
            &|_| vec![Operation::Edit { edits: vec![edit.clone()] }],
            Some(text),
        );
        assert_eq!(left.get(METADATA.as_bytes()).map(Vec::as_slice), Some(&text[3..]));
        let before = removed.get(&b"before/metadata.json"[..]).map(Vec::as_slice);
        assert_eq!(before, Some(&text[..]));
    }
}
