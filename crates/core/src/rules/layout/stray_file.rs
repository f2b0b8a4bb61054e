use crate::finding::{Context, Part, Sink, Statement};
use crate::platform::Effect;
use crate::rules::in_place::is_dvc;
use crate::tree::FolderId;
use crate::tree::files::Files;
use crate::{names, text};

declare_rule! {
    /// A file at the top of the tree that is not metadata.json.
    ///
    /// The platform's page shows one file beside the sensors' folders and no other. A README, a
    /// calibration file or a checksum list there is not part of that layout, and what reads the
    /// tree by its top level may well refuse it. What systems and tools leave behind is H101.
    ///
    /// **Repair:** keep such files outside the folder that is uploaded.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// README.md
    /// calibration.yaml
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd
    /// metadata.json
    /// ```
    STRAY_FILE {
        code: "L105",
        name: "stray-file",
        effect: Effect::MISALIGNED,
        basis: Implied,
        facts: ["T9"],
        judges: listing,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let top = context.tree.folder(FolderId::ROOT);
    let has_metadata = top.has_landmark(names::METADATA);
    // Where metadata.json is not there, a file of nearly that name is taken for it (L102).
    let is_stray = |name: &[u8]| {
        name != names::METADATA.as_bytes()
            && (has_metadata || !names::is_near_metadata(&text::lossless(name)))
    };
    // What DVC keeps in a repository in place of data is no stray: see L109 and H101.
    let parts = Files::in_folder(top).filter(|files| !is_dvc(files)).map(|files| {
        let named = matches!(files, Files::Landmark(_) | Files::Named(..));
        Part::files(context.tree, FolderId::ROOT, files.filtered_if(named, is_stray))
    });
    sink.emit(&STRAY_FILE, parts, |kept| {
        let files = kept.parts.iter().filter_map(|part| part.files.as_ref());
        let mut names: Vec<String> = files
            .flat_map(|files| files.names(MOST_NAMES))
            .map(|name| format!("`{}`", text::lossless(&name)))
            .collect();
        names.sort_unstable();
        let stand = "at the top, beside the sensors, where only metadata.json belongs";
        Statement::new(match kept.count() {
            1 => format!("{} stands {stand}", names.concat()),
            count => {
                format!("{} stand {stand}: {}", kept.counted("file"), names_of(&names, count))
            }
        })
        .help("keep what is no part of the dataset outside the folder that is uploaded")
    });
}

/// How many names are told.
const MOST_NAMES: usize = 3;

/// The first few of `count` names, the rest counted.
fn names_of(shown: &[String], count: u64) -> String {
    let named = shown.len().min(MOST_NAMES);
    match count - named as u64 {
        0 => text::list(&shown[..named], MOST_NAMES),
        left => format!("{} and {} more", shown[..named].join(", "), text::number(left)),
    }
}

#[cfg(test)]
mod tests {
    use crate::Inspection;
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;
    use crate::tree::{Entry, TreeBuilder};

    #[test]
    fn a_hundred_thousand_strays_are_one_finding() {
        let sketch =
            Sketch::parse("lidar-top/\n  a/\n    1681532060061.pcd\nmetadata.json\n").unwrap();
        let mut builder = TreeBuilder::new();
        for drawn in &sketch.entries {
            builder.add(&Entry { path: &drawn.path, kind: drawn.kind, size: Some(drawn.size) });
        }
        for k in 0..100_000 {
            builder.add(&Entry::file(format!("dump.{k:06}").as_bytes(), 1));
        }
        let inspection = Inspection { tree: builder.finish(), ..sketch.inspection() };
        let report = crate::check(inspection, &Settings::default());
        let findings: Vec<_> =
            report.findings.iter().map(|finding| (finding.rule.code, finding.count)).collect();
        assert_eq!(findings, [("L105", 100_000)]);
        assert!(
            report.findings[0]
                .message
                .ends_with(": `dump.000000`, `dump.000001`, `dump.000002` and 99,997 more")
        );
    }
}
