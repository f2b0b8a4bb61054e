//! [`Pictures`]: what is drawn beside the findings of a report: how the frames lie on the time
//! axis, as they are and as they will be, and what each repair comes to.

use super::Report;
use super::check::{Inspection, Read};
use crate::align::picture::Picture;
use crate::document::metadata::MetadataFile;
use crate::finding::Finding;
use crate::finding::settings::Settings;
use crate::plan::{Change, ChangeCounts, Plan, Selection, WhyLeft};
use crate::repair::{Applicability, Operation, Repair};

/// How many changes of a repair are kept as examples.
const MOST_EXAMPLES: usize = 5;
/// How many bytes of a stretch of text are kept.
const MOST_TEXT: usize = 300;

/// What is drawn beside the findings of a report.
#[derive(Clone, Debug)]
pub struct Pictures {
    /// The frames as they are.
    pub before: Picture,
    /// The frames as they will be; `None` where no repair can be carried out without a choice, or
    /// not all of the tree was read.
    pub after: Option<PictureAfter>,
    /// The repairs of each finding of the report, in the order of the findings.
    pub repairs: Vec<Vec<RepairPreview>>,
}

/// The frames of a tree once its repairs are carried out: all that need no choice and do not
/// collide.
#[derive(Clone, Debug)]
pub struct PictureAfter {
    /// The frames as they will be.
    pub picture: Picture,
    /// What has to be allowed for that.
    pub allow: Allow,
}

/// What has to be allowed to carry repairs out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Repairs that a person should look at.
    pub is_unsafe: bool,
    /// Repairs that take files out of the tree.
    pub removes: bool,
}

/// What one repair of a finding comes to by itself.
#[derive(Clone, Debug)]
pub struct RepairPreview {
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// What makes it right, in one sentence.
    pub rests_on: String,
    /// What has to be allowed to carry it out.
    pub allow: Allow,
    /// How many paths it changes.
    pub counts: ChangeCounts,
    /// The first few changes of paths.
    pub examples: Vec<Change>,
    /// The first few changes of metadata.json.
    pub edits: Vec<EditPreview>,
}

/// A change of a stretch of metadata.json.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditPreview {
    /// The line that it begins in, from 1.
    pub line: usize,
    /// What stands there, cut where it is long.
    pub old: Vec<u8>,
    /// What stands there afterwards, cut where it is long.
    pub new: Vec<u8>,
}

impl Pictures {
    /// The picture of the frames as they are, without what repairs come to: for formats that show
    /// none.
    #[must_use]
    pub fn as_they_are(inspection: &Inspection, settings: &Settings) -> Self {
        Pictures { before: picture(inspection, settings, None), after: None, repairs: Vec::new() }
    }

    /// Draws up the pictures for a report of what was inspected. The report was made with
    /// [`Settings::repairs`], and the same settings otherwise.
    #[must_use]
    pub fn of(inspection: &Inspection, report: &Report, settings: &Settings) -> Self {
        let before = picture(inspection, settings, None);
        let repairs = report.findings.iter().map(|finding| previews(inspection, finding));
        let after = after(inspection, &report.findings, settings, &before);
        Pictures { after, repairs: repairs.collect(), before }
    }
}

/// The picture of a tree, to be held against another one where that is given.
fn picture(inspection: &Inspection, settings: &Settings, like: Option<&Picture>) -> Picture {
    let Inspection { target, tree, metadata, coverage, .. } = inspection;
    let mut coverage = coverage.clone();
    let Read { layout, alignment, unseen, .. } =
        Read::new(tree, target, metadata.clone(), &mut coverage, settings);
    Picture::of(tree, &layout, &unseen, &alignment, like)
}

fn after(
    inspection: &Inspection,
    findings: &[Finding],
    settings: &Settings,
    before: &Picture,
) -> Option<PictureAfter> {
    if !inspection.coverage.is_complete() {
        return None;
    }
    let selection = Selection { with_unsafe: true, with_removals: true, ..Selection::default() };
    let proposal = selection.choose(&inspection.tree, findings);
    let mut allow = Allow::default();
    for cause in &proposal.causes {
        let finding = findings.get(cause.finding)?;
        let of_cause = allowed(finding);
        allow.is_unsafe |= of_cause.is_unsafe;
        allow.removes |= of_cause.removes;
    }
    // The texts of files that become metadata.json are not at hand: they decide no more here than
    // the order of the sensors.
    let picture = (!proposal.plan.is_empty())
        .then(|| picture(&inspection.after(&proposal.plan, None), settings, Some(before)));
    picture.map(|picture| PictureAfter { picture, allow })
}

/// What has to be allowed for the repair of a finding that is carried out where none is chosen.
fn allowed(finding: &Finding) -> Allow {
    match Selection::default().repair_of(finding) {
        Err(WhyLeft::NotAllowed { is_unsafe, removes }) => Allow { is_unsafe, removes },
        _ => Allow::default(),
    }
}

fn previews(inspection: &Inspection, finding: &Finding) -> Vec<RepairPreview> {
    let preview = |repair: &Repair| {
        let (counts, examples) = Plan::preview(&inspection.tree, repair, MOST_EXAMPLES);
        let alone = Finding { repairs: vec![repair.clone()], ..finding.clone() };
        RepairPreview {
            applicability: repair.applicability,
            rests_on: repair.rests_on.clone(),
            allow: allowed(&alone),
            counts,
            examples,
            edits: edits(&inspection.metadata, repair),
        }
    };
    finding.repairs.iter().map(preview).collect()
}

/// The first few changes of metadata.json that a repair makes.
fn edits(metadata: &MetadataFile, repair: &Repair) -> Vec<EditPreview> {
    let MetadataFile::Text(text) = metadata else { return Vec::new() };
    let edits = repair.operations.iter().filter_map(|operation| match operation {
        Operation::Edit { edits } => Some(edits),
        _ => None,
    });
    let preview = |edit: &crate::repair::Edit| {
        let before = text.get(..edit.start)?;
        let old = text.get(edit.start..edit.end)?;
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let cut = |text: &[u8]| text.get(..MOST_TEXT).unwrap_or(text).to_vec();
        Some(EditPreview { line, old: cut(old), new: cut(&edit.text) })
    };
    edits.flatten().take(MOST_EXAMPLES).filter_map(preview).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::align::picture::{LaneKind, RESOLUTION};
    use crate::sketch::Sketch;

    fn pictured(sketch: &str) -> (Report, Pictures) {
        let inspection = Sketch::parse(sketch).unwrap().inspection();
        let settings = Settings { repairs: true, ..Settings::default() };
        let report = crate::check(inspection.clone(), &settings);
        let pictures = Pictures::of(&inspection, &report, &settings);
        (report, pictures)
    }

    const LATE_AND_SHORT: &str = "\
lidar-top/
  scene_1/
    1681532060000.pcd x100 +100
  scene_2/
    1681532160000.pcd x100 +100
camera-late/
  scene_1/
    1681532060030.jpg x100 +100
  scene_2/
    1681532160030.jpg x100 +100
camera-short/
  scene_1/
    1681532060000.jpg x40 +100
    1681532065000.jpg x50 +100
  scene_2/
    1681532160000.jpg x100 +100
metadata.json
";

    #[test]
    fn a_late_and_a_short_sensor_are_drawn_as_what_they_are() {
        let (_, pictures) = pictured(LATE_AND_SHORT);
        let picture = &pictures.before;
        let folders: Vec<&[u8]> = picture.sensors.iter().map(|it| &it.folder[..]).collect();
        assert_eq!(folders, [b"lidar-top" as &[u8], b"camera-late", b"camera-short"]);
        let [first, second] = picture.scenes.as_slice() else { panic!("{picture:?}") };
        assert_eq!((first.reference, first.is_whole()), (Some(0), false));
        let kinds = |scene: &crate::align::picture::PicturedScene| {
            scene.lanes.iter().map(|lane| lane.kind).collect::<Vec<_>>()
        };
        use LaneKind::{Differs, Same};
        assert_eq!(kinds(first), [Same, Differs, Differs]);
        assert_eq!(kinds(second), [Same, Differs, Same]);

        let [lidar, late, short] = first.lanes.as_slice() else { panic!("{first:?}") };
        let whole: Vec<(u16, u16)> =
            lidar.covered.iter().map(|span| (span.from, span.to)).collect();
        assert_eq!(whole, [(0, RESOLUTION)]);
        assert_eq!(late.covered, lidar.covered);
        let [all] = late.deviations.as_slice() else { panic!("{late:?}") };
        assert_eq!((all.low, all.high), (30_000_000, 30_000_000));
        assert_eq!((late.lacks(), late.base), (0, 0));
        let [gap] = short.missing.as_slice() else { panic!("{short:?}") };
        assert_eq!((gap.span.from, gap.span.to, gap.count), (400, 500, 10));
        assert_eq!((gap.first, gap.last), (1_681_532_064_000, 1_681_532_064_900));
        assert_eq!(short.covered.len(), 2);

        let close_up = first.close_up.as_ref().unwrap();
        assert_eq!(close_up.slots.len(), 12);
        let [_, late, short] = close_up.lanes.as_slice() else { panic!("{close_up:?}") };
        let off: Vec<i64> =
            close_up.slots.iter().zip(&late.frames).map(|(slot, own)| own - slot).collect();
        assert_eq!(off, [30_000_000; 12]);
        assert_eq!((short.frames.len(), short.missing.len()), (4, 8));

        let [lidar, late, short] = picture.sensors.as_slice() else { panic!("{picture:?}") };
        assert_eq!(lidar.histogram.bars(100, 1), [0, 200, 0]);
        assert_eq!(late.histogram.bars(100, 1), [0, 0, 200]);
        assert_eq!(short.histogram.frames(), 190);
    }

    #[test]
    fn the_picture_afterwards_is_that_of_the_tree_once_it_is_mended() {
        let (report, pictures) = pictured(LATE_AND_SHORT);
        let after = pictures.after.unwrap();
        assert_eq!(after.allow, Allow::default());
        let [first, second] = after.picture.scenes.as_slice() else { panic!("{after:?}") };
        assert_eq!((first.lanes[1].kind, second.is_whole()), (LaneKind::Same, true));
        assert_eq!(first.lanes[2].lacks(), 10);
        let offset = report.findings.iter().position(|it| it.rule.code == "A204").unwrap();
        let [repair] = pictures.repairs[offset].as_slice() else {
            panic!("{:?}", pictures.repairs)
        };
        assert_eq!(repair.applicability, Applicability::Safe);
        assert_eq!((repair.counts.renamed.files, repair.examples.len()), (200, MOST_EXAMPLES));
        assert!(repair.edits.is_empty());
    }

    #[test]
    fn a_clock_far_apart_is_taken_off_and_a_missing_scene_is_told() {
        let (_, pictures) = pictured(
            "\
lidar-top/
  scene_1/
    1681532060000.pcd x50 +100
  scene_2/
    1681532160000.pcd x50 +100
camera-far/
  scene_1/
    1681560860000.jpg x50 +100
metadata.json
",
        );
        let [first, second] = pictures.before.scenes.as_slice() else { panic!("{pictures:?}") };
        let far = &first.lanes[1];
        assert_eq!(far.base, 8 * 3_600 * 1_000_000_000);
        assert!(far.deviations.is_empty());
        assert_eq!(far.covered, first.lanes[0].covered);
        assert_eq!(first.close_up.as_ref().unwrap().lanes[1].moved_by, far.base);
        assert!(pictures.before.sensors[1].histogram.is_corrected);
        assert_eq!(second.lanes[1].kind, LaneKind::Absent);
    }
}
