use crate::finding::proof::{self, StandInsCount};
use crate::finding::{Context, Example, Sink};
use crate::names::name_set::NameSet;
use crate::platform::Effect;
use crate::text;
use crate::tree::files::Files;

declare_rule! {
    /// A scene whose sensors do not hold the same frames, for a reason that no other rule names.
    ///
    /// A scene is whole when every sensor has it, with the same file stems, none of them twice. What makes two sensors differ
    /// has a rule of its own nearly always: a lost frame, a clock that stands apart, a file that cannot be read. This one is
    /// the safety net: whatever the cause, a scene that is not whole is not passed.
    ///
    /// **Repair:** give each sensor of the scene a file of the same stem; and report the case, since a rule is missing.
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
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let differences =
        proof::differences(context, sink.covered(), StandInsCount::WhereNamed, &|_, _| false);
    let mut found = sink.gather(&FRAMES_DIFFER);
    let mut unknown = false;
    for difference in &differences {
        let sensor = context.layout.sensor(difference.sensor);
        let mut folder = context.tree.path(sensor.folder);
        folder.extend_from_slice(context.layout.scene_name(difference.scene));
        folder.push(b'/');
        let suffix = sensor.kind.suffix().as_bytes();
        let names =
            difference.lacked.iter().map(|frame| [&*frame.stem, &b"."[..], suffix].concat());
        let names = NameSet::from_names(names);
        let left = found.add_paths(&folder, Files::named(&names), |path, _| Example::missing(path));
        let is_unknown = difference.lacked.is_empty()
            && found
                .add(Example::at(&folder[..]).noting("too many names to be compared one by one"));
        unknown |= is_unknown;
        if left > 0 || is_unknown {
            found.in_scene(difference.scene);
        }
    }
    found.help("give each sensor of the scene a file of the same stem, or delete the others");
    let count = text::count(found.count(), "frame");
    let verb = if found.count() == 1 { "is" } else { "are" };
    let scenes = found.scenes().len() as u64;
    let scenes = text::count(scenes, "scene");
    found.say(match unknown {
        true => format!("the frames of {scenes} are not the same in every sensor"),
        false => format!("{count} of {scenes} {verb} not in every sensor"),
    });
}
