//! [`Outlook`]: what a dataset will be once a plan is carried out.

use std::collections::BTreeMap;

use super::Report;
use crate::plan::{Selection, WhyLeft};

/// What a dataset will be once a plan is carried out.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The tree as it will be, judged. Its findings are those that are left.
    pub report: Report,
    /// Why each of these findings was not mended, in their order.
    pub why_left: Vec<WhyLeft>,
    /// How many frames are complete, by scene, ascending by name.
    pub scenes: Vec<SceneOutlook>,
}

/// How many frames of a scene all sensors have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneOutlook {
    /// The scene's name, exactly the bytes listed.
    pub name: Vec<u8>,
    /// How many now; `None` where there is no such scene, or it takes too long to be told.
    pub before: Option<u64>,
    /// How many afterwards, in the same way.
    pub after: Option<u64>,
}

impl Outlook {
    /// Compares the tree as it is with the tree as it will be. Both were judged with
    /// [`Settings::complete_frames`](crate::finding::settings::Settings::complete_frames).
    #[must_use]
    pub fn new(before: &Report, after: Report, selection: &Selection) -> Self {
        let why_left = after.findings.iter().map(|finding| match selection.repair_of(finding) {
            Ok(_) => WhyLeft::Later,
            Err(why) => why,
        });
        let why_left = why_left.collect();
        let mut scenes: BTreeMap<&[u8], (Option<u64>, Option<u64>)> = BTreeMap::new();
        for (name, complete) in before.scenes.iter().zip(&before.complete_frames) {
            scenes.entry(name).or_default().0 = *complete;
        }
        for (name, complete) in after.scenes.iter().zip(&after.complete_frames) {
            scenes.entry(name).or_default().1 = *complete;
        }
        let scenes = scenes.into_iter().map(|(name, (before, after))| SceneOutlook {
            name: name.to_vec(),
            before,
            after,
        });
        Outlook { scenes: scenes.collect(), report: after, why_left }
    }

    /// How many frames are complete now, over all scenes; `None` where that is known of none.
    #[must_use]
    pub fn complete_before(&self) -> Option<u64> {
        sum(self.scenes.iter().map(|scene| scene.before))
    }

    /// How many frames will be complete, over all scenes; `None` where that is known of none.
    #[must_use]
    pub fn complete_after(&self) -> Option<u64> {
        sum(self.scenes.iter().map(|scene| scene.after))
    }
}

/// The sum of what is known.
fn sum(of: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    of.flatten().fold(None, |sum, count| Some(sum.unwrap_or(0) + count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::settings::Settings;
    use crate::sketch::Sketch;

    fn judged(sketch: &str) -> Report {
        let settings = Settings { repairs: true, complete_frames: true, ..Settings::default() };
        crate::check(Sketch::parse(sketch).unwrap().inspection(), &settings)
    }

    #[test]
    fn frames_are_counted_scene_by_scene_before_and_after() {
        let before = judged(
            "\
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
camera-front/
  scene_1/
    1681532060061.jpg x2 +100
  scene_2/
    1681532070061.jpg x2 +100
metadata.json
",
        );
        let after = judged(
            "\
lidar-top/
  scene_1/
    1681532060061.pcd x3 +100
  scene_3/
    1681532070061.pcd x2 +100
Camera-front/
  scene_1/
    1681532060061.jpg x3 +100
  scene_3/
    1681532070061.jpg x2 +100
metadata.json
",
        );
        let outlook = Outlook::new(&before, after, &Selection::default());
        let scene = |name: &str, before, after| SceneOutlook { name: name.into(), before, after };
        // What is no sensor yet counts for nothing: of `scene_1` three frames are complete in the
        // one sensor that there is.
        let expected = [
            scene("scene_1", Some(2), Some(3)),
            scene("scene_2", Some(0), None),
            scene("scene_3", None, Some(2)),
        ];
        assert_eq!(outlook.scenes, expected);
        assert_eq!((outlook.complete_before(), outlook.complete_after()), (Some(2), Some(5)));
        let why: Vec<(&str, WhyLeft)> = outlook
            .report
            .findings
            .iter()
            .zip(&outlook.why_left)
            .map(|(finding, why)| (finding.rule.code, *why))
            .collect();
        assert!(why.contains(&("L103", WhyLeft::Later)), "{why:?}");
    }
}
