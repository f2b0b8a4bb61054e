use super::metadata_misplaced;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::Layout;
use crate::names::{METADATA, SensorKind};
use crate::platform::{DataType, Effect};
use crate::tree::{FileClass, FolderId};

declare_rule! {
    /// There is no `metadata.json` at the top of the tree, nor anywhere else.
    ///
    /// The file names the sensors and says where each camera looks; every example of the layout has
    /// it beside the sensor folders. A symbolic link of that name counts as missing, since uploads
    /// leave links out or store them as links, and so does a folder.
    ///
    /// **Repair:** write one. The finding shows a skeleton with the names of the sensors that are
    /// there; for 3D data each camera also needs an entry in `cameraCoefficients` with its size,
    /// model, pose and intrinsics.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// metadata.json
    /// ```
    METADATA_MISSING {
        code: "L101",
        name: "metadata-missing",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T9"],
        judges: listing,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let Context { tree, layout, .. } = context;
    let root = tree.folder(FolderId::ROOT);
    if root.has_landmark(METADATA)
        || metadata_misplaced::is_anywhere(tree)
        || context.unseen.is_at_the_top()
    {
        return;
    }
    let bears_name =
        |remark| root.remark(remark).is_some_and(|links| links.contains(METADATA.as_bytes()));
    let is_link = bears_name(FileClass::Link) || bears_name(FileClass::DanglingLink);
    let folder = tree.child(FolderId::ROOT, METADATA.as_bytes());
    let linked = "`metadata.json` is a symbolic link, which an upload does not follow: there is no metadata.json";
    let is_folder = "`metadata.json` is a folder: there is no metadata.json";
    let none = "there is no `metadata.json` beside the sensor folders";
    let (place, message) = match folder {
        _ if is_link => (Example::at(METADATA).noting("a symbolic link"), linked),
        Some(folder) => (Example::at(tree.path(folder)).noting("a folder"), is_folder),
        None => (Example::missing(METADATA), none),
    };
    sink.emit(&METADATA_MISSING, [Part::at(place)], |_| {
        Statement::new(message)
            .help(format!("write a metadata.json, starting from {}", skeleton(layout)))
    });
}

/// The fields that the tree itself can fill, in one line.
fn skeleton(layout: &Layout) -> String {
    let names = |kind: SensorKind| -> serde_json::Value {
        let sensors =
            layout.sensors.iter().filter(|sensor| sensor.kind == kind && !sensor.name.is_empty());
        sensors.map(|sensor| sensor.name.as_str()).collect()
    };
    let data_type = layout.data_type().unwrap_or(DataType::PointCloud3D).number();
    format!(
        "{{\"version\": \"1.0\", \"fileTreeType\": 0, \"dataType\": {data_type}, \"lidarSequence\": {}, \"cameraSequence\": {}, \
         \"cameraCoefficients\": []}}",
        names(SensorKind::Lidar),
        names(SensorKind::Camera),
    )
}

#[cfg(test)]
mod tests {
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;

    #[test]
    fn what_stands_in_the_files_place_is_said() {
        let check = |drawn: &str, expected: &str| {
            let drawn = format!(
                "camera_left/\n  a/\n    1000.jpg\nlidar-top/\n  a/\n    1000.pcd\n{drawn}"
            );
            let inspection = Sketch::parse(&drawn).unwrap().inspection();
            let report = crate::check(inspection, &Settings::default());
            let finding =
                report.findings.iter().find(|finding| finding.rule.code == "L101").expect("L101");
            assert!(finding.message.contains(expected), "{}", finding.message);
            let help = finding.help.as_deref().unwrap_or_default();
            assert!(
                help.contains("\"lidarSequence\": [\"top\"], \"cameraSequence\": [\"left\"]"),
                "{help}"
            );
            assert!(
                !report.findings.iter().any(|finding| finding.rule.code == "L106"),
                "a metadata.json is no stray"
            );
        };
        check("", "there is no `metadata.json`");
        check("metadata.json -> ../metadata.json\n", "is a symbolic link");
        check("metadata.json/\n  notes.txt\n", "is a folder");
    }
}
