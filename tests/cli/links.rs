//! Symbolic links in a dataset, refused and followed.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use super::{GOOD, Place, text};

impl Place {
    /// Moves a file or folder of the dataset out of it, and puts a link in its place.
    fn link_out(&self, name: &str) {
        let target = self.path("store").join(name);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::rename(self.path("drive").join(name), &target).unwrap();
        symlink(target, self.path("drive").join(name)).unwrap();
    }

    /// The exit code and the report of a check.
    fn json_report(&self, arguments: &str) -> (Option<i32>, Value) {
        let run = self.run(&format!("check --format json {arguments}"));
        (run.status.code(), serde_json::from_slice(&run.stdout).unwrap())
    }
}

#[test]
fn what_lies_behind_links_is_checked_where_they_are_followed() {
    let place = Place::with(GOOD);
    let names = ["metadata.json", "camera-front", "lidar-top/scene_1/1681532060061.pcd"];
    names.into_iter().for_each(|name| place.link_out(name));
    let (exit, report) = place.json_report("drive");
    assert_ne!(exit, Some(0), "{report}");
    let (exit, report) = place.json_report("drive --links follow");
    assert_eq!((exit, &report["tree"]["frames"]), (Some(0), &Value::from(6)), "{report}");
    place.write("sensortree.toml", "links = \"follow\"\n");
    assert_eq!(place.json_report("drive").0, Some(0));
    assert_ne!(place.json_report("drive --links refuse").0, Some(0), "the command line wins");
}

#[test]
fn links_that_are_to_be_followed_where_none_are_is_said() {
    let place = Place::with(GOOD);
    assert_eq!(place.code("check drive --save-listing drive.listing.gz"), Some(0));
    let said = |flags: &str| text(&place.run(&format!("check {flags}")).stdout);
    let flags = "--listing drive.listing.gz --links follow";
    assert!(said(flags).contains("`--links follow` changes nothing"), "{}", said(flags));
    place.write("sensortree.toml", "links = \"follow\"\n");
    let flags = "--listing drive.listing.gz";
    assert!(said(flags).contains("`links = \"follow\"` changes nothing"), "{}", said(flags));
    assert!(!said("drive").contains("changes nothing"));
    assert!(!said(&format!("{flags} --links refuse")).contains("changes nothing"));
}
