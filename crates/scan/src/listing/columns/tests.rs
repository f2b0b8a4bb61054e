use super::*;

#[test]
fn lines_of_each_tool() {
    let check = |tool: Tool, line: &str, path: &str, size: Option<u64>| {
        assert!(
            matches!(tool.read(line.as_bytes()), Line::Entry { path: read, size: given, .. }
                if read == path.as_bytes() && given == size),
            "{line}: {:?}",
            tool.read(line.as_bytes())
        );
    };
    check(
        Tool::S3cmd,
        "2024-10-10 22:40        20000  s3://acme/a/1.jpg",
        "acme/a/1.jpg",
        Some(20_000),
    );
    check(
        Tool::Ossutil,
        "2024-10-11 06:40:00 +0800 CST        20000      Standard   0D5EAD      oss://acme/a/1.jpg",
        "acme/a/1.jpg",
        Some(20_000),
    );
    check(
        Tool::S3ApiText,
        "CONTENTS\t\"d4\"\ta/1.jpg\t2024-10-10T22:40:00+00:00\t20\tSTANDARD",
        "a/1.jpg",
        Some(20),
    );
    check(Tool::Azcopy, "a/1.jpg; Content Length: 1.50 KiB", "a/1.jpg", Some(1_536));
    check(Tool::Azcopy, "INFO: a/1.jpg;  Content Length: 0.00 B", "a/1.jpg", Some(0));
    check(
        Tool::Mc,
        "[2024-10-10 22:40:00 UTC]  20KiB STANDARD a/1 2.jpg",
        "a/1 2.jpg",
        Some(20_480),
    );
    check(Tool::Mc, "[2024-10-10 22:40:00 CEST]     0B a/1.jpg", "a/1.jpg", Some(0));
    check(
        Tool::FindLs,
        "   123457     24 -rw-r--r--   1 ann      ann         20000 Oct 10 22:40 ./a/1 2.jpg",
        "./a/1 2.jpg",
        Some(20_000),
    );
    check(Tool::Ls, "-rw-r--r--. 1 ann ann 20000 Oct 10  2024 1.jpg", "1.jpg", Some(20_000));
    check(
        Tool::Ls,
        "-rw-r--r-- 1 ann ann 20000 2024-10-10 22:40:00.000000000 +0000 1.jpg",
        "1.jpg",
        Some(20_000),
    );
    check(Tool::Ls, "lrwxrwxrwx 1 ann ann 5 Oct 10 22:40 1.jpg -> 2.jpg", "1.jpg", None);
    check(
        Tool::Tar,
        "-rw-r--r-- ann/ann     20000 2024-10-10 22:40 d/a/1.jpg",
        "d/a/1.jpg",
        Some(20_000),
    );
    check(Tool::Unzip, "    20000  2024-10-10 22:40   d/a/1.jpg", "d/a/1.jpg", Some(20_000));
    check(
        Tool::UnzipVerbose,
        "   20000  Stored    20000   0% 10-10-2024 22:40 1a2b3c4d  d/a/1.jpg",
        "d/a/1.jpg",
        Some(20_000),
    );
    let hash = "d41d8cd98f00b204e9800998ecf8427ed41d8cd9";
    check(
        Tool::GitTreeSized,
        &format!("100644 blob {hash}   20000\ta/1.jpg"),
        "a/1.jpg",
        Some(20_000),
    );
    check(Tool::GitTree, &format!("100644 blob {hash}\ta/1.jpg"), "a/1.jpg", None);
    check(Tool::GitFiles, &format!("100644 {hash} 0\ta/1.jpg"), "a/1.jpg", None);
    check(Tool::Checksums, &format!("{hash}  ./a/1.jpg"), "./a/1.jpg", None);
    check(Tool::Checksums, &format!("{hash} *a/1.jpg"), "a/1.jpg", None);
    check(Tool::NamedChecksums, &format!("SHA1 (a/1.jpg) = {hash}"), "a/1.jpg", None);
}

#[test]
fn lines_beside_the_entries() {
    let check = |tool: Tool, line: &str, expected: Line<'_>| {
        assert_eq!(tool.read(line.as_bytes()), expected, "{line}");
    };
    check(Tool::Unzip, "Archive:  drive.zip", Line::Nothing);
    check(Tool::Unzip, "  Length      Date    Time    Name", Line::Nothing);
    check(Tool::Unzip, "---------  ---------- -----   ----", Line::Nothing);
    check(Tool::Unzip, "  1234567                     20 files", Line::Total(20));
    check(Tool::Ossutil, "Object Number is: 20", Line::Total(20));
    check(Tool::Ossutil, "0.052143(s) elapsed", Line::Nothing);
    check(Tool::Azcopy, "File count: 20", Line::Total(20));
    check(Tool::S3cmd, "                       DIR  s3://acme/a/", Line::Unlisted(b"acme/a/"));
    check(Tool::Ls, "./a:", Line::Heading(b"./a"));
    check(Tool::Ls, "total 12", Line::Nothing);
    check(Tool::S3ApiText, "NEXTTOKEN\tabc", Line::Foreign);
    check(Tool::GitFiles, "odd", Line::Foreign);
}

#[test]
fn names_that_git_quotes() {
    let mut name = Vec::new();
    unquoted(br#""a/\303\244\t\"b\\.jpg""#, &mut name).unwrap();
    assert_eq!(name, "a/ä\t\"b\\.jpg".as_bytes());
    assert!(unquoted(b"\"a\\9\"", &mut name).is_none());
    assert!(unquoted(b"a", &mut name).is_none());
}
