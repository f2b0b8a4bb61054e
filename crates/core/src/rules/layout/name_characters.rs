use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::files::{labels, only};
use super::misspelt_by_characters;
use crate::finding::{Context, Example, Part, Sink, Statement};
use crate::layout::{Sensor, SensorId};
use crate::names::dataset_path::{MAX_PATH, is_valid};
use crate::names::name_set::NameSet;
use crate::names::{self, Oddity, frame_name, look_alikes};
use crate::platform::{Basis, Effect};
use crate::repair::Repair;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FileClass, Folder, FolderId, Tree};

declare_rule! {
    /// A name that not every system takes, or that does not look like what it is.
    ///
    /// Looked for in the names of all folders, and in those of files that are no numbered frames:
    /// empty segments (`a//b`), `.` and `..` segments, bytes that are not UTF-8, control
    /// characters, backslashes, invisible and direction-changing marks, white space at either end;
    /// and paths of over 1,024 bytes, which is the most that object stores take. No page of the
    /// platform speaks of them. The first ones cannot be had in a file system, an object store or
    /// JSON alike, so somewhere on the way the name breaks; spaces and invisible marks do travel,
    /// and are advice.
    ///
    /// Characters that only look like ASCII are looked for, too: full-width letters, digits and
    /// dots, which Chinese and Japanese input methods write, dashes of word processors, and Greek
    /// or Cyrillic letters within Latin words. The table comes from Unicode's list of confusable
    /// characters. Names in another script are not meant by it. In the folder of a sensor, and in a
    /// scene that other sensors spell in ASCII, such a character decides; where all sensors write a
    /// scene alike it is advice.
    ///
    /// In a frame's name any of them also makes the stem something else than a sampling time, which
    /// is documented: then 5710 is predicted. White space between a prefix and the sensor's name is
    /// a part of that name, which metadata.json has without it.
    ///
    /// **Repair:** rename as shown, in every sensor alike. A backslash mostly comes from a Windows
    /// program that wrote whole paths into a zip: pack it again with `/`.
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
        judges: listing,
    }
}

fn check(context: &Context<'_>, sink: &mut Sink<'_>) {
    let tree = context.tree;
    let nameless = say_nameless(context, sink);
    let mut said = misspelt_by_characters::say_sensors(context, sink);
    said.extend(misspelt_by_characters::say_scenes(context, sink));
    let odd_folders: Vec<(Oddity, FolderId)> = tree
        .ids()
        .skip(1)
        .filter(|id| !nameless.contains(id) && !said.contains(id))
        .filter_map(|id| Some((names::oddity(tree.folder(id).name())?, id)))
        .collect();
    let scenes: BTreeSet<FolderId> =
        context.layout.cells().iter().map(|cell| cell.folder).collect();
    let (scenes, others): (Vec<FolderId>, Vec<FolderId>) =
        tree.ids().partition(|id| scenes.contains(id));

    for oddity in Oddity::ALL {
        // Whatever else such a character does, in a frame's name it makes the stem no timestamp.
        let frames = files(context, &scenes, FileClass::OddFrame(oddity));
        sink.emit(&NAME_CHARACTERS, frames, |kept| {
            let (frames, are) = (kept.counted("frame"), kept.verb("is", "are"));
            let fault = with_characters(oddity, kept.keys());
            Statement::new(match oddity {
                Oddity::LookAlike => format!("{frames} {are} named with {fault}"),
                _ => format!("{frames} {are} named by more than a timestamp: {fault}"),
            })
            .effect(Effect::MISALIGNED, Basis::Documented)
            .help("name the frames by their timestamps alone")
            .repair_as_shown(Repair::to_be_looked_at("it is the name without what is odd"))
        });

        let odd = odd_folders.iter().filter(|(of, _)| *of == oddity);
        let odd = odd
            .map(|(_, id)| {
                let characters = look_alikes::odd_characters(tree.folder(*id).name());
                Part::at(folder_example(tree, *id, oddity)).keyed(characters)
            })
            .chain(files(context, &scenes, FileClass::Odd(oddity)))
            .chain(files(context, &others, FileClass::Odd(oddity)))
            .chain(files(context, &others, FileClass::OddFrame(oddity)));
        // What is no frame has a finding of its own, and its name keeps it from nothing.
        let odd: Vec<_> = match oddity {
            Oddity::LookAlike => odd.filter(|part| part.is_at_one_place()).collect(),
            _ => odd.collect(),
        };
        sink.emit(&NAME_CHARACTERS, odd, |kept| {
            let is_path = matches!(oddity, Oddity::Empty | Oddity::Dots);
            let names = kept.counted(if is_path { "path" } else { "name" });
            let have = kept.verb("has", "have");
            let fault = with_characters(oddity, kept.keys());
            let statement = Statement::new(format!("{names} {have} {fault}"));
            let statement = statement.help(match oddity {
                Oddity::Backslash => "pack or upload again with `/` between folders, or rename",
                Oddity::Empty | Oddity::Dots => "upload again under paths without such segments",
                _ => "rename, in every sensor alike",
            });
            let statement = statement
                .repair_as_shown(Repair::to_be_looked_at("it is the name without what is odd"));
            match oddity {
                Oddity::Invisible | Oddity::OuterSpace | Oddity::LookAlike => {
                    statement.effect(Effect::Advice, Basis::Advice)
                }
                _ => statement,
            }
        });
    }

    let long = [&scenes, &others].map(|folders| files(context, folders, FileClass::LongPath));
    sink.emit(&NAME_CHARACTERS, long.into_iter().flatten(), |kept| {
        let (paths, are) = (kept.counted("path"), kept.verb("is", "are"));
        let most = text::number(MAX_PATH as u64);
        Statement::new(format!(
            "{paths} {are} longer than the {most} bytes that object stores take"
        ))
        .help("shorten the names of scenes or sensors")
    });
}

/// Says which sensors have a level without a name (`camera-front//scene_1/…`) above their scenes,
/// so that none of those is where it belongs. Returns the folders of that level.
fn say_nameless(context: &Context<'_>, sink: &mut Sink<'_>) -> BTreeSet<FolderId> {
    let Context { tree, layout, .. } = context;
    let nameless = |(id, sensor): (SensorId, &Sensor)| Some((id, tree.child(sensor.folder, b"")?));
    let folders: Vec<(SensorId, FolderId)> = layout.sensors().filter_map(nameless).collect();
    let parts = folders.iter().map(|(id, folder)| {
        let example = Example::at(tree.path(*folder)).noting("a folder without a name");
        Part::at(example).names_sensor(*id).keyed(*id)
    });
    sink.emit(&NAME_CHARACTERS, parts, |kept| {
        let sensors = kept.distinct_keys();
        let (of, lie) = (labels(layout, &sensors), kept.verb("lie", "all lie"));
        Statement::new(format!("the scenes of {of} {lie} behind an empty folder name (`//`)"))
            .about(only(layout, &sensors))
            .effect(Effect::MISALIGNED, Basis::Implied)
            .help("move or upload the scenes again with a single `/` before each")
    });
    folders.into_iter().map(|(_, folder)| folder).collect()
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
        Oddity::LookAlike => "characters that look like ASCII and are not",
    }
}

/// What is odd, with the characters by their code points and names.
fn with_characters<'k>(
    oddity: Oddity,
    characters: impl Iterator<Item = &'k BTreeSet<char>>,
) -> String {
    let characters: BTreeSet<char> = characters.flatten().copied().collect();
    match oddity.is_of_characters() && !characters.is_empty() {
        true => format!("{}: {}", fault(oddity), look_alikes::list(&characters)),
        false => fault(oddity).to_owned(),
    }
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

/// The files of these folders that have the remark.
fn files<'t>(
    context: &'t Context<'_>,
    folders: &[FolderId],
    remark: FileClass,
) -> Vec<Part<'t, BTreeSet<char>>> {
    let tree = context.tree;
    let mut parts = Vec::new();
    for id in folders.iter().copied() {
        let Some(names) = tree.folder(id).remark(remark) else { continue };
        let suggestions = Suggestions::new(names, remark);
        let characters = suggestions.characters.clone();
        let part = Part::files(tree, id, Files::named(names)).drawn(move |path, name| {
            file_example(tree, id, path, suggestions.of(tree.folder(id), name))
        });
        let mut cells = context.layout.cells().iter().filter(|cell| cell.folder == id);
        let part = match cells.next() {
            // Frames that are named by more than a number are those of that number.
            Some(cell) if matches!(remark, FileClass::OddFrame(_)) => {
                part.in_scene(cell.scene).names_extra(cell.scene, stems_of_numbers(names))
            }
            Some(cell) => part.in_scene(cell.scene),
            None => part,
        };
        parts.push(part.keyed(characters));
    }
    parts
}

/// The stems of odd names that are numbers but for what is odd.
fn stems_of_numbers(names: &NameSet) -> NameSet {
    let mut stems = NameSet::default();
    names.for_each(|name| {
        if frame_name::parse(&names::without_odd_marks(name)).is_some() {
            let end = name.iter().rposition(|byte| *byte == b'.').unwrap_or(name.len());
            stems.insert(&name[..end]);
        }
    });
    stems.seal();
    stems
}

/// How many odd characters of one folder's files are told apart.
const MOST_CHARACTERS: usize = 32;

/// The names that files of odd names were meant to have, and how many would get each.
struct Suggestions {
    oddity: Option<Oddity>,
    given: HashMap<String, u32>,
    /// What is odd in them.
    characters: BTreeSet<char>,
}

impl Suggestions {
    fn new(names: &NameSet, remark: FileClass) -> Self {
        let oddity = match remark {
            FileClass::Odd(oddity) | FileClass::OddFrame(oddity) if names.is_complete() => {
                Some(oddity)
            }
            _ => None,
        };
        let mut given: HashMap<String, u32> = HashMap::new();
        let mut characters = BTreeSet::new();
        if let Some(oddity) = oddity {
            names.for_each(|name| {
                if characters.len() < MOST_CHARACTERS {
                    characters.append(&mut look_alikes::odd_characters(name));
                }
                if let Some(name) = mended(name, oddity) {
                    *given.entry(name).or_default() += 1;
                }
            });
        }
        Suggestions { oddity, given, characters }
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
    String::from_utf8(path).ok().filter(|path| is_valid(path.as_bytes()))
}

/// The name without what is odd about it, where that leaves a name in order.
fn mended(name: &[u8], oddity: Oddity) -> Option<String> {
    if !oddity.is_of_characters() || std::str::from_utf8(name).is_err() {
        return None;
    }
    let meant = String::from_utf8(names::without_odd_marks(name)).ok()?;
    names::oddity(meant.as_bytes()).is_none().then_some(meant)
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
