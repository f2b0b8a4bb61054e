//! The sizes that an index has of the files in the work tree: where they are taken, and where not.

use std::fs;

use sha1::{Digest as _, Sha1};

use super::*;

/// How many frames the scene has, of which a few are looked up in any case.
const FRAMES: u64 = 40;

/// One of those that are not.
const UNSAMPLED: &str = "lidar-top/scene_2/1681532060761.pcd";

/// The last of the scene, which is.
const SAMPLED: &str = "lidar-top/scene_2/1681532063961.pcd";

/// Long ago, so that no file was written when the index was.
const MTIME: u32 = 1_600_000_000;

/// What is noted of a file in an entry of the index, and the entry's flags.
struct Noted<'e>(&'e mut [u8]);

impl Noted<'_> {
    fn put(&mut self, at: usize, value: u32) {
        self.0[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }

    fn written(&mut self, seconds: u32) {
        self.put(8, seconds);
        self.put(12, 1);
    }

    fn size(&mut self, size: u32) {
        self.put(36, size);
    }
}

/// Changes what the index notes of files, each by its path, and seals it again.
fn edit(repository: &Repository, change: impl Fn(&str, &mut Noted<'_>)) {
    let path = repository.path().join(".git/index");
    let mut index = fs::read(&path).unwrap();
    let count = u32::from_be_bytes(index[8..12].try_into().unwrap());
    let mut at = 12;
    for _ in 0..count {
        let is_extended = index[at + 60] & 0x40 != 0;
        let name = at + 62 + if is_extended { 2 } else { 0 };
        let length = index[name..].iter().position(|byte| *byte == 0).unwrap();
        let text = String::from_utf8(index[name..name + length].to_vec()).unwrap();
        let mut noted = Noted(&mut index[at..at + 62]);
        noted.written(MTIME);
        change(&text, &mut noted);
        at += (name - at + length + 8) & !7;
    }
    seal(&mut index);
    fs::write(&path, index).unwrap();
}

/// Gives an index the checksum that it is to have.
pub(super) fn seal(index: &mut [u8]) {
    let end = index.len() - 20;
    let sum = Sha1::digest(&index[..end]);
    index[end..].copy_from_slice(&sum);
}

/// A drive with a scene of many frames, whose texts are given, checked out a while ago.
fn checked_out(frame: impl Fn(u64) -> String) -> Option<Repository> {
    let mut repository = Repository::with_a_drive()?;
    for number in 0..FRAMES {
        let stamp = 1_681_532_060_061 + number * 100;
        repository.write(&format!("lidar-top/scene_2/{stamp}.pcd"), &frame(number));
    }
    repository.commit();
    edit(&repository, |_, _| {});
    Some(repository)
}

fn text(number: u64) -> String {
    format!("{number:05000}")
}

/// The sum of all sizes, in the commit and in the index.
fn sums(repository: &Repository) -> (u64, u64) {
    let sum = |target: &str| {
        let (exit, report) = repository.check(target);
        assert_ne!(exit, 3, "{report}");
        report["coverage"]["bytes"].as_u64().unwrap()
    };
    (sum("git:HEAD"), sum("git:index"))
}

#[test]
fn a_size_of_the_index_is_taken_without_a_look_at_the_object() {
    let Some(repository) = checked_out(text) else { return };
    let (committed, staged) = sums(&repository);
    assert_eq!(staged, committed);
    // What no git writes shows where a size was taken from.
    edit(&repository, |path, noted| {
        if path == UNSAMPLED {
            noted.size(6_000);
        }
    });
    assert_eq!(sums(&repository), (committed, committed + 1_000));
    // Of what a commit changes, too.
    let (exit, report) = repository.check("git:index:lidar-top/scene_2");
    assert_ne!(exit, 3);
    assert_eq!(report["coverage"]["bytes"], FRAMES * 5_000 + 1_000);
}

#[test]
fn a_size_of_the_index_that_says_nothing_is_not_taken() {
    let Some(repository) = checked_out(text) else { return };
    let (committed, _) = sums(&repository);
    let check = |what: &str, change: &dyn Fn(&str, &mut Noted<'_>)| {
        edit(&repository, |path, noted| {
            if path == UNSAMPLED {
                noted.size(6_000);
            }
            change(path, noted);
        });
        assert_eq!(sums(&repository), (committed, committed), "{what}");
        edit(&repository, |path, noted| {
            if path.contains("scene_2") {
                noted.size(5_000);
            }
        });
    };
    let of = |path: &'static str, change: &'static dyn Fn(&mut Noted<'_>)| {
        move |at: &str, noted: &mut Noted<'_>| {
            if at == path {
                change(noted);
            }
        }
    };
    check("to be looked at again", &of(UNSAMPLED, &|noted| noted.size(0)));
    check("perhaps a pointer's", &of(UNSAMPLED, &|noted| noted.size(130)));
    check("of when the index was written", &of(UNSAMPLED, &|noted| noted.written(u32::MAX)));
    check("another's is wrong", &of(SAMPLED, &|noted| noted.size(5_001)));
    check("another's may be cut off", &of(SAMPLED, &|noted| noted.size(300 << 20)));
    for flag in ["assume-unchanged", "skip-worktree"] {
        edit(&repository, |path, noted| {
            if path == UNSAMPLED {
                noted.size(6_000);
            }
        });
        repository.git(&["update-index", &format!("--{flag}"), UNSAMPLED]);
        edit(&repository, |_, _| {});
        assert_eq!(sums(&repository), (committed, committed), "{flag}");
        repository.git(&["update-index", &format!("--no-{flag}"), UNSAMPLED]);
    }
    edit(&repository, |path, noted| {
        if path == UNSAMPLED {
            noted.size(6_000);
        }
    });
    assert_eq!(sums(&repository), (committed, committed + 1_000), "it is taken all the same");
    // Of a few frames each is looked up.
    let scene = "camera-front/scene_1/1681532060161.jpg";
    edit(&repository, |path, noted| {
        if path == scene {
            noted.size(6_000);
        }
    });
    assert_eq!(sums(&repository), (committed, committed + 1_000), "the scene's alone");
}

#[test]
fn a_size_of_the_index_is_not_taken_where_files_are_changed_on_their_way() {
    let Some(repository) = checked_out(text) else { return };
    let (committed, _) = sums(&repository);
    edit(&repository, |path, noted| {
        if path == UNSAMPLED {
            noted.size(6_000);
        }
    });
    let is_taken = |place: &repository::Place| {
        let report = place.check("git:index").1;
        report["coverage"]["bytes"].as_u64().unwrap() == committed + 1_000
    };
    assert!(is_taken(&repository));
    let attributes = repository.path().join(".gitattributes");
    for (text, expected) in [
        ("*.pcd filter=lfs diff=lfs merge=lfs -text\n*.md text=auto\n", true),
        ("* text=auto\n", false),
        ("*.pcd filter=annex\n", false),
    ] {
        fs::write(&attributes, text).unwrap();
        assert_eq!(is_taken(&repository), expected, "{text}");
    }
    fs::remove_file(&attributes).unwrap();
    fs::create_dir(&attributes).unwrap();
    assert!(!is_taken(&repository), "what cannot be read may say anything");
    fs::remove_dir(&attributes).unwrap();
    assert!(is_taken(&repository));

    let info = repository.path().join(".git/info");
    fs::create_dir_all(&info).unwrap();
    fs::write(info.join("attributes"), "*.pcd eol=crlf\n").unwrap();
    assert!(!is_taken(&repository));
    fs::remove_file(info.join("attributes")).unwrap();
    assert!(is_taken(&repository));

    for (key, value, expected) in [
        ("core.autocrlf", "false", true),
        ("core.autocrlf", "input", false),
        ("core.autocrlf", "true", false),
        ("lfs.extension.fold.clean", "fold", false),
    ] {
        repository.git(&["config", key, value]);
        assert_eq!(is_taken(&repository), expected, "{key} {value}");
        repository.git(&["config", "--unset-all", key]);
    }
    let named = repository.path().join(".git/named-attributes");
    fs::write(&named, "*.pcd ident\n").unwrap();
    repository.git(&["config", "core.attributesFile", named.to_str().unwrap()]);
    assert!(!is_taken(&repository));
    repository.git(&["config", "--unset", "core.attributesFile"]);
    fs::create_dir_all(repository.path().join(".git/user/git")).unwrap();
    let of_user = repository.path().join(".git/user");
    let place = repository.at(repository.path()).with("XDG_CONFIG_HOME", of_user.to_str().unwrap());
    assert!(is_taken(&place));
    fs::write(of_user.join("git/attributes"), "*.pcd ident\n").unwrap();
    assert!(!is_taken(&place));

    // Staged, and gone from the work tree.
    let staged = "lidar-top/.gitattributes";
    repository.write(staged, "*.pcd text\n");
    repository.git(&["add", "-f", staged]);
    fs::remove_file(repository.path().join(staged)).unwrap();
    edit(&repository, |_, _| {});
    let sum = |repository: &Repository| {
        repository.check("git:index:lidar-top/scene_2").1["coverage"]["bytes"].as_u64().unwrap()
    };
    assert_eq!(sum(&repository), FRAMES * 5_000);
    repository.git(&["rm", "-q", "--cached", staged]);
    edit(&repository, |_, _| {});
    assert_eq!(sum(&repository), FRAMES * 5_000 + 1_000);

    // An object that stands for another.
    let other = repository.git_with(&["hash-object", "-w", "--stdin"], b"1");
    repository.git(&["replace", &other, &repository.git(&["rev-parse", "HEAD:metadata.json"])]);
    assert_eq!(sum(&repository), FRAMES * 5_000);
}

/// The line ends of the work tree are those of an attribute that is gone since.
#[test]
fn sizes_of_files_that_were_changed_on_their_way_once_are_not_taken() {
    let lines = |number: u64| format!("{number:05000}\n").repeat(3);
    let Some(repository) = checked_out(lines) else { return };
    let (committed, _) = sums(&repository);
    repository.write(".gitattributes", "*.pcd text eol=crlf\n");
    for number in 0..FRAMES {
        let stamp = 1_681_532_060_061 + number * 100;
        let path = repository.path().join(format!("lidar-top/scene_2/{stamp}.pcd"));
        fs::remove_file(path).unwrap();
    }
    repository.git(&["checkout", "--", "lidar-top"]);
    fs::remove_file(repository.path().join(".gitattributes")).unwrap();
    edit(&repository, |_, _| {});
    let index = repository.git(&["ls-files", "--debug", UNSAMPLED]);
    assert!(index.contains(&format!("size: {}", 3 * 5_002)), "{index}");
    assert_eq!(sums(&repository), (committed, committed));
}

#[test]
fn a_pointer_has_the_size_of_its_file_in_the_work_tree() {
    let Some(mut repository) = checked_out(|number| pointer(100_000 + number)) else { return };
    repository.write(".gitattributes", "*.pcd filter=lfs diff=lfs merge=lfs -text\n");
    repository.git(&["config", "filter.lfs.clean", "cat"]);
    repository.commit();
    let number = |path: &str| -> Option<u32> {
        let stamp: u64 =
            path.strip_prefix("lidar-top/scene_2/")?.strip_suffix(".pcd")?.parse().ok()?;
        u32::try_from((stamp - 1_681_532_060_061) / 100).ok()
    };
    let data_are_there = |path: &str, noted: &mut Noted<'_>| {
        if let Some(number) = number(path) {
            noted.size(100_000 + number);
        }
    };
    let (committed, pointers) = sums(&repository);
    assert_eq!(pointers, committed, "not fetched");
    edit(&repository, data_are_there);
    assert_eq!(sums(&repository), (committed, committed), "fetched");
    edit(&repository, |path, noted| {
        if path == UNSAMPLED {
            noted.size(101_007);
        }
    });
    assert_eq!(sums(&repository), (committed, committed + 1_000), "taken from the index");

    // One of more than 4 GiB, of which the index has the rest only.
    repository.write(UNSAMPLED, &pointer(5_000_000_000));
    repository.commit();
    edit(&repository, |path, noted| {
        data_are_there(path, noted);
        if path == UNSAMPLED {
            noted.size(705_032_704);
        }
    });
    let with_large = committed - 100_007 + 5_000_000_000;
    assert_eq!(sums(&repository), (with_large, with_large));
}

#[test]
fn an_object_that_is_missing_is_unread_though_the_index_has_its_size() {
    for is_packed in [false, true] {
        let Some(repository) = checked_out(text) else { return };
        let object = repository.git(&["rev-parse", &format!("HEAD:{UNSAMPLED}")]);
        if is_packed {
            // All but one.
            let all = repository.git(&["rev-list", "--objects", "HEAD"]);
            let others: String = all
                .lines()
                .filter_map(|line| line.split(' ').next())
                .filter(|id| *id != object)
                .map(|id| format!("{id}\n"))
                .collect();
            repository
                .git_with(&["pack-objects", "-q", ".git/objects/pack/pack"], others.as_bytes());
            repository.git(&["prune-packed", "-q"]);
        }
        assert_eq!(repository.exit("git:index"), 1, "a scene is of one sensor alone");
        let path = repository.path().join(".git/objects").join(&object[..2]).join(&object[2..]);
        fs::remove_file(path).unwrap();
        let (exit, report) = repository.check("git:index");
        assert_eq!(exit, 3, "{report}");
        assert_eq!(
            unread(&report),
            [(UNSAMPLED, "its object is missing from this clone, and nothing is fetched")]
        );
    }
}

#[test]
fn which_sizes_are_taken_does_not_depend_on_threads() {
    let Some(mut repository) = Repository::with_a_drive() else { return };
    for number in 0..9_000_u64 {
        let stamp = 1_681_532_060_061 + number * 100;
        repository.write(&format!("lidar-top/scene_2/{stamp}.pcd"), "1");
    }
    repository.commit();
    // The first frame of the sensor gives away that sizes in its block are wrong. In the others
    // nothing does.
    edit(&repository, |path, noted| {
        if path == "lidar-top/scene_1/1681532060061.pcd" || path.ends_with("7761.pcd") {
            noted.size(7);
        }
    });
    let sum = |jobs: &str| {
        repository.check_with("git:index", &["--jobs", jobs]).1["coverage"]["bytes"].clone()
    };
    let one = sum("1");
    for jobs in ["2", "3", "7", "16"] {
        assert_eq!(sum(jobs), one, "{jobs}");
    }
    assert_ne!(one, repository.check("git:HEAD").1["coverage"]["bytes"], "some were taken");
}
