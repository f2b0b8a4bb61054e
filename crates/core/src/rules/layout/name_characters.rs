use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::files::{labels, only};
use crate::finding::{Context, Example, Gather, Sink};
use crate::names::name_set::NameSet;
use crate::names::place::{MAX_PATH, is_in_order};
use crate::names::{self, Oddity, sensor_name};
use crate::platform::{Basis, Effect};
use crate::text;
use crate::tree::files::Files;
use crate::tree::{Folder, FolderId, Remark, Tree};

declare_rule! {
    /// A name that not every system takes, or that does not look like what it is.
    ///
    /// Looked for in the names of all folders, and in those of files that are no numbered frames: empty segments (`a//b`),
    /// `.` and `..` segments, bytes that are not UTF-8, control characters, backslashes, invisible and direction-changing
    /// marks, white space at either end; and paths of over 1,024 bytes, which is the most that object stores take. No page
    /// of the platform speaks of them. The first ones cannot be had in a file system, an object store or JSON alike, so
    /// somewhere on the way the name breaks; spaces and invisible marks do travel, and are advice.
    ///
    /// In a frame's name any of them also makes the stem something else than a sampling time, which is documented: then
    /// 5710 is predicted. White space between a prefix and the sensor's name is a part of that name, which metadata.json
    /// has without it.
    ///
    /// **Repair:** rename, in every sensor alike. A backslash mostly comes from a Windows program that wrote whole paths
    /// into a zip: pack it again with `/`.
    ///
    /// ```tree bad
    /// lidar-top/
    ///   scene_1\s/
    ///     1681532060061.pcd
    ///   scene_2\n/
    ///     1681532070061.pcd
    /// metadata.json
    /// ```
    ///
    /// ```tree good
    /// lidar-top/
    ///   scène 1/
    ///     1681532060061.pcd
    ///   scene_2/
    ///     1681532070061.pcd
    /// metadata.json
    /// ```
    NAME_CHARACTERS {
        code: "L121",
        name: "name-characters",
        effect: Effect::MISALIGNED,
        basis: Advice,
        facts: ["T3", "T4", "T6"],
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tree = context.tree;
    let nameless = say_nameless(context, sink);
    let odd_folders: Vec<(Oddity, FolderId)> = tree
        .ids()
        .skip(1)
        .filter(|id| !nameless.contains(id))
        .filter_map(|id| Some((names::oddity(tree.folder(id).name())?, id)))
        .collect();
    let scenes: BTreeSet<FolderId> =
        context.layout.cells().iter().map(|cell| cell.folder).collect();
    let (scenes, others): (Vec<FolderId>, Vec<FolderId>) =
        tree.ids().partition(|id| scenes.contains(id));

    for oddity in Oddity::ALL {
        // Whatever else such a character does, in a frame's name it makes the stem no timestamp.
        let mut frames = sink.gather(&NAME_CHARACTERS);
        frames.effect(Effect::MISALIGNED, Basis::Documented);
        gather_files(context, &scenes, Remark::OddFrame(oddity), &mut frames);
        frames.help("name the frames by their timestamps alone");
        let (count, verb) = (text::count(frames.count(), "frame"), is(frames.count()));
        frames.say(format!("{count} {verb} named by more than a timestamp: {}", fault(oddity)));

        let mut odd = sink.gather(&NAME_CHARACTERS);
        for (_, id) in odd_folders.iter().filter(|(of, _)| *of == oddity) {
            odd.add(folder_example(tree, *id, oddity));
        }
        gather_files(context, &scenes, Remark::Odd(oddity), &mut odd);
        gather_files(context, &others, Remark::Odd(oddity), &mut odd);
        gather_files(context, &others, Remark::OddFrame(oddity), &mut odd);
        if matches!(oddity, Oddity::Invisible | Oddity::OuterSpace) {
            odd.effect(Effect::Advice, Basis::Advice);
        }
        odd.help(match oddity {
            Oddity::Backslash => "pack or upload again with `/` between folders, or rename",
            Oddity::Empty | Oddity::Dots => "upload again under paths without such segments",
            _ => "rename, in every sensor alike",
        });
        let noun = if matches!(oddity, Oddity::Empty | Oddity::Dots) { "path" } else { "name" };
        let have = if odd.count() == 1 { "has" } else { "have" };
        let names = text::count(odd.count(), noun);
        odd.say(format!("{names} {have} {}", fault(oddity)));
    }

    let mut apart = sink.gather(&NAME_CHARACTERS);
    apart.effect(Effect::MISALIGNED, Basis::Implied);
    for sensor in &context.layout.sensors {
        if let Some(folder) = without_space_behind_prefix(&sensor.label()) {
            let example = Example::at(tree.path(sensor.folder));
            let is_free = tree.child(FolderId::ROOT, folder.as_bytes()).is_none();
            apart.add(if is_free { example.expecting(format!("{folder}/")) } else { example });
        }
    }
    apart.help(
        "take the space out: what follows the prefix is the sensor's name, as metadata.json has it",
    );
    let (sensors, have) =
        (text::count(apart.count(), "sensor"), if apart.count() == 1 { "has" } else { "have" });
    apart.say(format!("{sensors} {have} white space between the prefix and the name"));

    let mut long = sink.gather(&NAME_CHARACTERS);
    gather_files(context, &scenes, Remark::LongPath, &mut long);
    gather_files(context, &others, Remark::LongPath, &mut long);
    long.help("shorten the names of scenes or sensors");
    let (count, verb) = (text::count(long.count(), "path"), is(long.count()));
    let most = text::number(MAX_PATH as u64);
    long.say(format!("{count} {verb} longer than the {most} bytes that object stores take"));
}

/// Says which sensors have a level without a name (`camera-front//scene_1/…`) above their scenes, so that none of those is
/// where it belongs. Returns the folders of that level.
fn say_nameless(context: &Context<'_>, sink: &mut Sink<'_>) -> BTreeSet<FolderId> {
    let Context { tree, layout, .. } = context;
    let mut found = sink.gather(&NAME_CHARACTERS);
    found.effect(Effect::MISALIGNED, Basis::Implied);
    let mut folders = BTreeSet::new();
    let mut sensors = Vec::new();
    for (id, sensor) in layout.sensors() {
        let Some(folder) = tree.child(sensor.folder, b"") else { continue };
        folders.insert(folder);
        found.covers_sensor(id);
        if found.add(Example::at(tree.path(folder)).noting("a folder without a name")) {
            sensors.push(id);
        }
    }
    if let Some(sensor) = only(layout, &sensors) {
        found.about_sensor(&sensor.folder_name);
    }
    found.help("move or upload the scenes again with a single `/` before each");
    let verb = if sensors.len() == 1 { "lie" } else { "all lie" };
    found.say(format!(
        "the scenes of {} {verb} behind an empty folder name (`//`)",
        labels(layout, &sensors)
    ));
    folders
}

/// The folder name of a sensor whose name begins with white space, without that.
fn without_space_behind_prefix(folder: &str) -> Option<String> {
    let (kind, name) = sensor_name::split(folder)?;
    let trimmed = name.trim_start();
    (trimmed.len() < name.len() && !trimmed.is_empty())
        .then(|| format!("{}{}", kind.prefix(), trimmed.trim_end()))
}

/// What is odd, in a few words.
fn fault(oddity: Oddity) -> &'static str {
    match oddity {
        Oddity::Empty => "an empty segment (`//`)",
        Oddity::Dots => "a segment `.` or `..`",
        Oddity::NotText => "bytes that are not UTF-8",
        Oddity::Control => "control characters",
        Oddity::Backslash => "a backslash",
        Oddity::Invisible => "marks that do not show or that turn the direction of text",
        Oddity::OuterSpace => "white space at the start or end",
    }
}

fn is(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn folder_example(tree: &Tree, id: FolderId, oddity: Oddity) -> Example {
    let folder = tree.folder(id);
    let example = Example::at(tree.path(id));
    let mended = mended(folder.name(), oddity)
        .filter(|name| tree.child(folder.parent(), name.as_bytes()).is_none());
    match mended
        .and_then(|name| in_order(tree.path_of(folder.parent(), &[name.as_bytes(), b"/"].concat())))
    {
        Some(path) => example.expecting(path),
        None => example,
    }
}

fn gather_files(
    context: &Context<'_>,
    folders: &[FolderId],
    remark: Remark,
    odd: &mut Gather<'_, '_>,
) {
    let tree = context.tree;
    for id in folders {
        let Some(names) = tree.folder(*id).remark(remark) else { continue };
        let suggestions = Suggestions::new(names, remark);
        let left = odd.add_files(tree, *id, Files::named(names), |path, name| {
            file_example(tree, *id, path, suggestions.of(tree.folder(*id), name))
        });
        if left > 0 {
            for cell in context.layout.cells().iter().filter(|cell| cell.folder == *id) {
                odd.in_scene(cell.scene);
            }
        }
    }
}

/// The names that files of odd names were meant to have, and how many would get each.
struct Suggestions {
    oddity: Option<Oddity>,
    given: HashMap<String, u32>,
}

impl Suggestions {
    fn new(names: &NameSet, remark: Remark) -> Self {
        let oddity = match remark {
            Remark::Odd(oddity) | Remark::OddFrame(oddity) if names.is_complete() => Some(oddity),
            _ => None,
        };
        let mut given: HashMap<String, u32> = HashMap::new();
        if let Some(oddity) = oddity {
            names.for_each(|name| {
                if let Some(name) = mended(name, oddity) {
                    *given.entry(name).or_default() += 1;
                }
            });
        }
        Suggestions { oddity, given }
    }

    /// The name that a file was meant to have, where no other has it or would get it.
    fn of(&self, folder: &Folder, name: &[u8]) -> Option<String> {
        mended(name, self.oddity?)
            .filter(|name| self.given.get(name) == Some(&1) && !folder.holds(name.as_bytes()))
    }
}

fn file_example(tree: &Tree, id: FolderId, path: Vec<u8>, meant: Option<String>) -> Example {
    let example = Example::at(path);
    match meant.and_then(|name| in_order(tree.path_of(id, name.as_bytes()))) {
        Some(path) => example.expecting(path),
        None => example,
    }
}

/// A path as text, if it would pass.
fn in_order(path: Vec<u8>) -> Option<String> {
    String::from_utf8(path).ok().filter(|path| is_in_order(path.as_bytes()))
}

/// The name without what is odd about it, where that leaves a name in order.
fn mended(name: &[u8], oddity: Oddity) -> Option<String> {
    if !matches!(oddity, Oddity::Control | Oddity::Invisible | Oddity::OuterSpace) {
        return None;
    }
    let text: String = std::str::from_utf8(name)
        .ok()?
        .chars()
        .filter(|c| !c.is_control() && !names::is_invisible(*c))
        .collect();
    let text = text.trim();
    names::oddity(text.as_bytes()).is_none().then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_frames_name_it_decides() {
        let check = |tree: &str, expected: (Effect, Basis)| {
            let sketch = crate::sketch::Sketch::parse(tree).unwrap();
            let report =
                crate::check(sketch.inspection(), &crate::finding::settings::Settings::default());
            let found: Vec<_> = report
                .findings
                .iter()
                .map(|found| (found.rule.code, found.effect, found.basis))
                .collect();
            assert_eq!(found, [("L121", expected.0, expected.1)], "{tree}");
        };
        let tree = |scene: &str, frame: &str| {
            format!("lidar-top/\n  {scene}/\n    1000.pcd\n    {frame}\nmetadata.json\n")
        };
        check(&tree("a", "11\\n00.pcd"), (Effect::MISALIGNED, Basis::Documented));
        check(&tree("a", "1100\\u{200b}.pcd"), (Effect::MISALIGNED, Basis::Documented));
        check(&tree("a\\n", "1100.pcd"), (Effect::MISALIGNED, Basis::Advice));
        check(&tree("a\\u{200b}", "1100.pcd"), (Effect::Advice, Basis::Advice));
    }

    #[test]
    fn few_examples_change_no_count() {
        let notes: String = (0..9).map(|at| format!("    a\\n{at}.txt\n")).collect();
        let drawn = format!("lidar-top/\n  a/\n    1000.pcd\n{notes}    z\\n.pcd\nmetadata.json\n");
        let sketch = crate::sketch::Sketch::parse(&drawn).unwrap();
        for examples in [1, 3, 20] {
            let mut builder = crate::tree::TreeBuilder::new();
            for drawn in &sketch.entries {
                builder.add(&crate::tree::Entry {
                    path: &drawn.path,
                    kind: drawn.kind,
                    size: Some(drawn.size),
                });
            }
            let inspection = crate::Inspection { tree: builder.finish(), ..sketch.inspection() };
            let settings =
                crate::finding::settings::Settings { max_examples: examples, ..Default::default() };
            let report = crate::check(inspection, &settings);
            let found: Vec<_> = report
                .findings
                .iter()
                .map(|finding| (finding.rule.code, finding.basis, finding.count))
                .collect();
            // An odd name turns no other rule off.
            let expected = [
                ("L117", Basis::Documented, 1),
                ("L121", Basis::Documented, 1),
                ("L114", Basis::Implied, 9),
                ("L121", Basis::Advice, 9),
            ];
            assert_eq!(found, expected, "{examples} examples");
        }
    }

    #[test]
    fn what_a_name_was_meant_to_be() {
        let check = |name: &str, expected: Option<&str>| {
            let oddity = names::oddity(name.as_bytes()).expect("an odd name");
            assert_eq!(mended(name.as_bytes(), oddity).as_deref(), expected, "{name:?}");
        };
        check("scene_1\n", Some("scene_1"));
        check("\u{1b}[31mscene_1", Some("[31mscene_1"));
        check("scene_1\u{202e}", Some("scene_1"));
        check(" scene 1 ", Some("scene 1"));
        check("\n", None);
        check(" .. ", None);
        check("a\\b", None);
        check("a\nb\\c", None);
    }
}
