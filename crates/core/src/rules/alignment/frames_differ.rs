use crate::finding::proof::{self, StandInsCount};
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::names::name_set::NameSet;
use crate::platform::Effect;
use crate::text;
use crate::tree::files::Files;

declare_rule! {
    /// A scene whose sensors do not hold the same frames, for a reason that no other rule names.
    ///
    /// A scene is whole when every sensor has it, with the same file stems, none of them twice.
    /// What makes two sensors differ has a rule of its own nearly always: a lost frame, a clock
    /// that stands apart, a file that cannot be read. This one is the safety net: whatever the
    /// cause, a scene that is not whole is not passed.
    ///
    /// **Repair:** give each sensor of the scene a file of the same stem; and report the case,
    /// since a rule is missing.
    ///
    /// Where another rule names the difference, this one is silent.
    ///
    /// ```tree good
    /// lidar-top/
    ///   scene_1/
    ///     1681532060061.pcd x3 +100
    /// camera-front/
    ///   scene_1/
    ///     1681532060061.jpg x3 +100
    /// metadata.json
    /// ```
    FRAMES_DIFFER {
        code: "A210",
        name: "frames-differ",
        effect: Effect::Scene,
        basis: Implied,
        facts: ["T10"],
        judges: common_scenes,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let differences =
        proof::differences(context, sink.covered(), StandInsCount::WhereNamed, &|_, _| false);
    let parts = differences.iter().map(|difference| {
        let sensor = context.layout.sensor(difference.sensor);
        let mut folder = context.tree.path(sensor.folder);
        folder.extend_from_slice(context.layout.scene_name(difference.scene));
        folder.push(b'/');
        let suffix = sensor.kind.suffix().as_bytes();
        let names = difference.lacked.iter().map(|it| [&*it.stem, &b"."[..], suffix].concat());
        let part = match difference.lacked.is_empty() {
            true => {
                Part::at(Example::at(folder).noting("too many names to be compared one by one"))
            }
            false => {
                let part = Part::paths(&folder, Files::owned(NameSet::from_names(names)));
                part.drawn(|path, _| Example::missing(path))
            }
        };
        part.in_scene(difference.scene).keyed(difference.lacked.is_empty())
    });
    sink.emit(&FRAMES_DIFFER, parts, |kept| {
        let scenes = text::count(kept.scenes().len() as u64, "scene");
        let (frames, are) = (kept.counted("frame"), kept.verb("is", "are"));
        Statement::new(match kept.keys().any(|is_unknown| *is_unknown) {
            true => format!("the frames of {scenes} are not the same in every sensor"),
            false => format!("{frames} of {scenes} {are} not in every sensor"),
        })
        .help("give each sensor of the scene a file of the same stem, or delete the others")
    });
}
