use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn pattern(name: &str) -> Option<&'static str> {
    file(name.as_bytes()).map(|id| id.row().pattern)
}

fn original_of(name: &str) -> Option<String> {
    stands_for(name.as_bytes()).map(|name| String::from_utf8(name).unwrap())
}

/// A name of the pattern's shape.
fn example(row: &Leftover) -> String {
    let glob = std::str::from_utf8(row.glob()).unwrap();
    glob.replace('*', "lorem").replace('?', "a")
}

#[test]
fn rows_are_complete_and_distinct() {
    let mut patterns = BTreeSet::new();
    for row in table() {
        assert!(patterns.insert(row.pattern), "{} stands twice", row.pattern);
        assert!(!row.left_by.is_empty() && !row.glob().is_empty());
        let stars = row.glob().iter().filter(|byte| **byte == b'*').count();
        let is_star = matches!(row.form, Form::Star) && !row.is_folder();
        assert!(!is_star || stars == 1, "{} has {stars} stars", row.pattern);
        assert_ne!(row.own_advice(), Some(row.class.advice()), "{}", row.pattern);
        if row.is_folder() {
            let is_whole = !matches!(row.form, Form::Parsed(..));
            assert!(is_whole, "{}: folders are known by their pattern", row.pattern);
        }
    }
}

#[test]
fn each_row_is_the_first_to_match_its_own_pattern() {
    for (at, row) in table().iter().enumerate() {
        let name = example(row);
        if matches!(row.form, Form::Parsed(..)) {
            continue;
        }
        let found = if row.is_folder() { folder } else { file }(name.as_bytes());
        assert_eq!(found, Some(LeftoverId::new(at)), "{name}");
        if matches!(row.form, Form::Star) && !row.is_folder() {
            assert_eq!(original_of(&name).as_deref(), Some("lorem"), "{name}");
        }
    }
}

#[test]
fn what_systems_and_tools_leave() {
    for (name, expected) in [
        (".DS_Store", ".DS_Store"),
        ("._.DS_Store", "._*"),
        ("._168.jpg", "._*"),
        ("Icon\r", "Icon\r"),
        ("Thumbs.db", "Thumbs.db"),
        ("thumbs.db", "Thumbs.db"),
        ("Desktop.ini", "desktop.ini"),
        (".fuse_hidden0000002a00000001", ".fuse_hidden*"),
        (".nfs00000000004a2c2b00000001", ".nfs0*"),
        (".sync_5f3c2a.db", ".sync_*.db"),
        (".~lock.1728600000000.jpg#", ".~lock.*#"),
        ("~$labels.xlsx", "~$*"),
        (".picasa.ini", ".picasa.ini"),
        (".apdisk", ".apdisk"),
        (".s3cfg", ".s3cfg"),
        ("nohup.out", "nohup.out"),
        (".hidden", ".*"),
        (".env", ".*"),
        ("...", ".*"),
        (".1728600000000.jpg", ".*"),
        (".1000.123456", ".*"),
        (".settings.backup", "*.backup"),
        ("ZbThumbnail.info", "ZbThumbnail.info"),
        ("MD5SUMS", "MD5SUMS"),
        ("metadata.json.bak", "*.bak"),
        (".metadata.json.swp", ".*.sw?"),
        (".168.jpg.swo", ".*.sw?"),
        ("_SUCCESS", "_SUCCESS"),
        (".1681532060061.pcd.crc", ".*.crc"),
        ("1728600000000.jpg:Zone.Identifier", "*Zone.Identifier"),
        ("1728600000000.jpg@SynoEAStream", "*@SynoEAStream"),
        ("metadata.json~", "*~"),
        ("#metadata.json#", "#*#"),
        (".#metadata.json", ".#*"),
        ("dvc.lock", "dvc.lock"),
        ("data.dvc", "*.dvc"),
        (".gitattributes", ".gitattributes"),
        ("sensortree.toml", "sensortree.toml"),
    ] {
        assert_eq!(pattern(name), Some(expected), "{name}");
        assert!(file(name.as_bytes()).unwrap().class().is_harmless(), "{name}");
    }
    for name in ["", ".", "..", "~", "##", "README.md", "lidar-top_$folder$", "a.txt", "x.old"] {
        assert_eq!(pattern(name), None, "{name}");
    }
}

#[test]
fn folders_whose_every_file_is_a_leftover() {
    for (name, expected) in [
        ("@eaDir", "@eaDir/"),
        (".@__thumb", ".@__thumb/"),
        ("@Recycle", "@Recycle/"),
        ("#recycle", "#recycle/"),
        ("lost+found", "lost+found/"),
        ("$RECYCLE.BIN", "$RECYCLE.BIN/"),
        ("System Volume Information", "System Volume Information/"),
        (".stversions", ".stversions/"),
        (".dropbox.cache", ".dropbox.cache/"),
        (".thumbnails", ".thumbnails/"),
        (".Trash-1000", ".Trash-*/"),
        (".huggingface", ".huggingface/"),
        (".vscode", ".vscode/"),
        ("@tmp", "@tmp/"),
        ("__MACOSX", "__MACOSX/"),
        ("__pycache__", "__pycache__/"),
        (".git", ".git/"),
        (".anything", ".*/"),
    ] {
        let found = folder(name.as_bytes()).map(|id| id.row().pattern);
        assert_eq!(found, Some(expected), "{name}");
        assert!(is_set_apart(name.as_bytes()), "{name}");
    }
    for name in ["", ".", "..", "MACOSX", "Thumbs", "drive.part", "drive.tmp", "1 (1)", "a~"] {
        assert_eq!(folder(name.as_bytes()), None, "{name}");
        assert!(!is_set_apart(name.as_bytes()), "{name}");
    }
    for name in ["#12", "@front"] {
        assert_eq!(folder(name.as_bytes()), None, "{name}");
        assert!(is_set_apart(name.as_bytes()), "{name}");
    }
}

#[test]
fn what_a_broken_transfer_stands_for() {
    let uuid = "5f3c2a10-0000-4000-8000-0123456789ab";
    let hash = "0123456789abcdef0123456789abcdef";
    for (name, expected) in [
        ("168.jpg.part", Some("168.jpg")),
        ("168.jpg.PART", Some("168.jpg")),
        ("168.part", Some("168")),
        ("168.jpg.crdownload", Some("168.jpg")),
        ("168.jpg.tmp", Some("168.jpg")),
        (".168.jpg.Xy12Ab", Some("168.jpg")),
        (".168.jpg.abcdef", Some("168.jpg")),
        (".168.jpg.123456", Some("168.jpg")),
        (".notes.Ab12Cd", Some("notes")),
        ("168.jpg.6eF2a9B1", Some("168.jpg")),
        ("metadata.json.6eF2a9B1", Some("metadata.json")),
        (&format!(".azDownload-{uuid}-168.jpg"), Some("168.jpg")),
        (".azDownload-168.jpg", None),
        ("168.jpg.part.minio", Some("168.jpg")),
        (&format!("168.jpg.{hash}.part.minio"), Some("168.jpg")),
        (&format!("168.jpg.{hash}-2.part.minio"), Some("168.jpg")),
        ("168.jpg.1a2b3c4d.partial", Some("168.jpg")),
        ("168.jpg.rclone.partial", Some("168.jpg")),
        ("168.jpg.partial", Some("168.jpg")),
        ("168.pcd.rclone_chunk.001", Some("168.pcd")),
        (".in.168.jpg", Some("168.jpg")),
        (".in.168.jpg.", Some("168.jpg")),
        ("168.jpg.aria2", Some("168.jpg")),
        ("168.jpg_.gstmp", Some("168.jpg")),
        ("168.jpg.filepart", Some("168.jpg")),
        ("168.jpg._COPYING_", Some("168.jpg")),
        (".syncthing.168.jpg.tmp", Some("168.jpg")),
        (".168.jpg.~1a2b3c4d", Some("168.jpg")),
        (&format!(".unison.168.jpg.{hash}.unison.tmp"), Some("168.jpg")),
        (".getxfer.12.3.mega", None),
        (".com.google.Chrome.Xy12Ab", None),
    ] {
        let class = file(name.as_bytes()).map(LeftoverId::class);
        assert_eq!(class, Some(LeftoverClass::BrokenTransfer), "{name}");
        assert_eq!(original_of(name).as_deref(), expected, "{name}");
    }
    for name in ["dump.1a2b3c4d", "168.jpg.20230415", "1532402927.64795112", ".rclone_chunk."] {
        let class = file(name.as_bytes()).map(LeftoverId::class);
        assert_ne!(class, Some(LeftoverClass::BrokenTransfer), "{name}");
    }
}

#[test]
fn what_a_placeholder_stands_for() {
    for (name, expected) in [
        (".168.jpg.icloud", "168.jpg"),
        ("168.jpg.nextcloud", "168.jpg"),
        ("168.pcd.dvc", "168.pcd"),
        ("lidar-top.dvc", "lidar-top"),
        ("camera-front.dvc", "camera-front"),
        ("168.jpg.lnk", "168.jpg"),
        ("168.jpg - Shortcut.lnk", "168.jpg"),
    ] {
        let class = file(name.as_bytes()).map(LeftoverId::class);
        assert_eq!(class, Some(LeftoverClass::Placeholder), "{name}");
        assert_eq!(original_of(name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(original_of("s1.dvc").as_deref(), Some("s1"));
    assert_eq!(pattern("notes.lnk"), Some("*.lnk"));
}

#[test]
fn what_a_conflict_copy_stands_for() {
    for (name, expected) in [
        ("168 (1).jpg", "168.jpg"),
        ("168(1).jpg", "168.jpg"),
        ("168 (12).jpg", "168.jpg"),
        ("metadata (1).json", "metadata.json"),
        ("frame_000123 (1).pcd", "frame_000123.pcd"),
        ("168 (1).pcd.bin", "168.pcd.bin"),
        ("168 copy.jpg", "168.jpg"),
        ("168 copy 2.jpg", "168.jpg"),
        ("168 - Copy.jpg", "168.jpg"),
        ("168 - Copy (2).jpg", "168.jpg"),
        ("168 - Kopie.jpg", "168.jpg"),
        ("168 (copy).jpg", "168.jpg"),
        ("168 (another copy).jpg", "168.jpg"),
        ("168 (3rd copy).jpg", "168.jpg"),
        ("Copy of 168.jpg", "168.jpg"),
        ("168 (Anna's conflicted copy 2023-04-15).jpg", "168.jpg"),
        ("168 (conflicted copy 2023-04-15 121420).jpg", "168.jpg"),
        ("168 (Case Conflict).jpg", "168.jpg"),
        ("168 (Case Conflict 1).jpg", "168.jpg"),
        ("168 (case clash from 2023-04-15 121420).jpg", "168.jpg"),
        ("168 (SFConflict anna@example.org 2023-04-15-12-14-20).jpg", "168.jpg"),
        ("168.sync-conflict-20230415-121420-ABCDEFG.jpg", "168.jpg"),
        ("168.sync-conflict-20230415-121420.jpg", "168.jpg"),
        ("168_conflict-20230415-121420.jpg", "168.jpg"),
        ("168.Conflict.jpg", "168.jpg"),
        ("168.Conflict2.jpg", "168.jpg"),
        ("168.jpg.conflict1", "168.jpg"),
        ("168_ANNA-PC_Apr-15-1214-2023_Conflict.jpg", "168.jpg"),
        ("168_ANNA-PC_Apr-15-1214-2023_CaseConflict_1.jpg", "168.jpg"),
        ("168.variant-1a2b.jpg", "168.jpg"),
        ("168.jpg.1", "168.jpg"),
    ] {
        let class = file(name.as_bytes()).map(LeftoverId::class);
        assert_eq!(class, Some(LeftoverClass::ConflictCopy), "{name}");
        assert_eq!(original_of(name).as_deref(), Some(expected), "{name}");
    }
    for name in [
        "night (1).jpg",
        "168 (0).jpg",
        "168 (100).jpg",
        "168 2.jpg",
        "168-HOST.jpg",
        "copy.jpg",
        " copy.jpg",
        "conflict.jpg",
        "x.sync-conflict-2023.jpg",
        "168 (night).jpg",
        "notes.1",
    ] {
        assert_eq!(pattern(name), None, "{name}");
        assert_eq!(original_of(name), None, "{name}");
    }
}

#[test]
fn backups_stand_for_what_they_were_made_of() {
    for name in ["168.jpg~", "168.jpg.bak", "168.jpg.orig"] {
        assert_eq!(original_of(name).as_deref(), Some("168.jpg"), "{name}");
        assert!(file(name.as_bytes()).unwrap().class().is_harmless(), "{name}");
    }
    assert_eq!(original_of("._168.jpg"), None);
    assert_eq!(original_of("168.jpg"), None);
}

/// What a lookup has to come to: the first row of the table that matches.
fn first_match(name: &[u8], of_folders: bool) -> Option<LeftoverId> {
    let is_name = !matches!(name, b"" | b"." | b"..");
    let at = table().iter().position(|row| row.is_folder() == of_folders && row.matches(name))?;
    is_name.then(|| LeftoverId::new(at))
}

/// Names that are put together from what the rows look for.
fn likely_name() -> impl Strategy<Value = Vec<u8>> {
    let literal = proptest::sample::select(table()).prop_map(|row| {
        let pieces = row.glob().split(|byte| !is_literal(byte));
        pieces.max_by_key(|piece| piece.len()).unwrap_or_default().to_vec()
    });
    let frame = proptest::sample::select(
        ["168", ".jpg", ".pcd", ".", " (1)", "1a2b3c4d", "20230415-121420", "~", "_", "-"]
            .map(|text| text.as_bytes().to_vec())
            .to_vec(),
    );
    proptest::collection::vec(prop_oneof![literal, frame], 0..5).prop_map(|parts| parts.concat())
}

fn check(name: &[u8]) -> Result<(), TestCaseError> {
    prop_assert_eq!(file(name), first_match(name, false));
    prop_assert_eq!(folder(name), first_match(name, true));
    prop_assert!(folder(name).is_none() || is_set_apart(name));
    if let Some(original) = stands_for(name) {
        prop_assert!(file(name).is_some());
        prop_assert!(!original.is_empty() && original.len() < name.len());
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_lookup_finds_the_first_row_that_matches(name in likely_name()) {
        check(&name)?;
    }

    #[test]
    fn any_bytes_are_read_without_harm(
        name in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        check(&name)?;
    }

    #[test]
    fn regular_frames_are_no_leftovers(
        stem in "[0-9]{1,20}|[0-9]{1,12}\\.[0-9]{1,9}|[0-9]{10}_[0-9]{9}\
            |(frame|scan|CAM_FRONT_|n015-2018-07-24)[_-]{1,2}[0-9]{1,18}\
            |[0-9]{4}(-[0-9]{2}){5}-[0-9]{3}|[0-9]{8}T[0-9]{6}",
        suffix in "pcd|jpg|jpeg|png|webp|bin|pcd\\.bin|JPG|txt|json|csv|mp4|npy",
    ) {
        let name = format!("{stem}.{suffix}");
        prop_assert_eq!(file(name.as_bytes()), None);
        prop_assert_eq!(stands_for(name.as_bytes()), None);
    }
}
