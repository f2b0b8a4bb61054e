//! Ignores whose path begins with `/`: relative to the folder of the configuration file.

use std::fs;

use super::{Place, RISKY, text};

/// An ignore of the empty frame in [`RISKY`].
fn ignore(path: &str) -> String {
    format!("[[per-path-ignores]]\npath = \"{path}\"\nrules = [\"F101\"]\nreason = \"known\"\n")
}

/// Two datasets in a repository, each with an empty frame.
fn repository() -> Place {
    let place = Place::with(RISKY);
    for copy in ["data/a", "data/b"] {
        copy_folder(&place.path("drive"), &place.path(copy));
    }
    place
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

impl Place {
    /// The exit code of a check that is run in a folder, and all that it says.
    fn checked(&self, folder: &str, arguments: &str) -> (Option<i32>, String) {
        let mut command = self.command(&format!("check {arguments}"));
        let run = command.current_dir(self.path(folder)).output().unwrap();
        let said = text(&run.stdout) + &text(&run.stderr);
        (run.status.code(), said.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

#[test]
fn one_dataset_of_a_repository_is_excused_alone_however_it_is_named() {
    let place = repository();
    place.write("sensortree.toml", ignore("/data/a/lidar-top/**"));
    let check = |folder: &str, target: &str, expected: i32| {
        let (exit, said) = place.checked(folder, target);
        assert_eq!(exit, Some(expected), "{target} in {folder:?}: {said}");
        // Of another dataset's ignore nothing is said, as it is of use there.
        assert!(!said.contains("without effect"), "{target} in {folder:?}: {said}");
    };
    check("", "data/a", 0);
    check("", "data/b", 1);
    check("", "./data/../data/a/", 0);
    check("data", "a", 0);
    check("data", "b", 1);
    check("data/a", "", 0);
    check("data/a", ".", 0);
    check("data/a/lidar-top", "..", 0);
    check("data/b", "", 1);
    check("", &place.path("data/a").display().to_string(), 0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("data/a", place.path("link")).unwrap();
        check("", "link", 0);
        fs::rename(place.path("data/a"), place.path("elsewhere")).unwrap();
        symlink("../elsewhere", place.path("data/a")).unwrap();
        check("", "data/a", 0);
        check("data", "a", 0);
    }
}

#[test]
fn a_scene_is_excused_in_every_sensor_and_a_folder_stands_for_all_below() {
    let place = repository();
    for (path, a, b) in [
        ("*/scene_1", 0, 0),
        ("*/scene_2", 1, 1),
        ("/data/*/lidar-top", 0, 0),
        ("/data/b", 1, 0),
        ("/data", 0, 0),
        ("/", 0, 0),
        ("/lidar-top/**", 1, 1),
    ] {
        place.write("sensortree.toml", ignore(path));
        assert_eq!(place.checked("", "data/a").0, Some(a), "{path}");
        assert_eq!(place.checked("", "data/b").0, Some(b), "{path}");
    }
}

#[test]
fn a_file_that_is_extended_counts_from_its_own_folder() {
    let place = repository();
    place.write("data/sensortree.toml", "extend = \"../base/shared.toml\"\n");
    place.write("base/shared.toml", ignore("/data/a/**"));
    let (exit, said) = place.checked("data", "a");
    assert_eq!(exit, Some(1), "{said}");
    let reason = "the dataset does not lie below the folder of `../base/shared.toml`";
    assert!(said.contains(reason), "{said}");
    place.write("base/shared.toml", "").write("data/sensortree.toml", "extend = \"../top.toml\"\n");
    place.write("top.toml", ignore("/data/a/**"));
    assert_eq!(place.checked("data", "a").0, Some(0));
    assert_eq!(place.checked("data", "b").0, Some(1));
}

#[test]
fn an_ignore_that_is_out_of_reach_is_said_with_the_reason() {
    let place = repository();
    place.write("conf/sensortree.toml", ignore("/data/a/**"));
    let (exit, said) = place.checked("", "data/a --config conf/sensortree.toml");
    assert_eq!(exit, Some(1), "{said}");
    let says = "the ignore of `F101` at `/data/a/**` can match nothing: the dataset does not lie \
                below the folder of `conf/sensortree.toml`";
    assert!(said.contains(says), "{said}");

    place.write("sensortree.toml", ignore("/data/a/**"));
    assert_eq!(place.code("check data/a --isolated --save-listing a.listing.gz"), Some(1));
    let (exit, said) = place.checked("", "--listing a.listing.gz");
    assert_eq!(exit, Some(1), "{said}");
    assert!(said.contains("a saved listing does not say where its dataset lies"), "{said}");

    // One that is in reach and matches nothing is said as ever.
    place.write("sensortree.toml", ignore("/data/a/camera-*"));
    let (_, said) = place.checked("", "data/a");
    assert!(said.contains("at `/data/a/camera-*` matched nothing"), "{said}");
}

#[test]
fn the_paths_in_a_zip_follow_that_of_the_zip() {
    let place = repository();
    let mut zip = zip::ZipWriter::new(fs::File::create(place.path("data/a.zip")).unwrap());
    for name in ["lidar-top/scene_1", "."] {
        let folder = place.path("drive").join(name);
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if let (true, Ok(path)) = (entry.is_file(), entry.strip_prefix(place.path("drive"))) {
                let options = zip::write::SimpleFileOptions::default();
                zip.start_file(format!("a/{}", path.display()), options).unwrap();
                std::io::Write::write_all(&mut zip, &fs::read(&entry).unwrap()).unwrap();
            }
        }
    }
    zip.finish().unwrap();
    for (path, expected) in [
        ("/data/a.zip/lidar-top/**", 0),
        ("/data/*.zip", 0),
        ("/data/a/lidar-top", 1),
        ("lidar-top", 0),
    ] {
        place.write("sensortree.toml", ignore(path));
        let (exit, said) = place.checked("data", "a.zip");
        assert_eq!(exit, Some(expected), "{path}: {said}");
    }
}
