//! A naive reading of the platform's facts: which scenes of a tree are whole.
//!
//! It shares no line with the program, so that the two can be held against each other. Facts T1 to
//! T10: a sensor's folder has its prefix, below it come scenes, in them frames; every sensor holds
//! the same scenes, and in a scene the same stems.

use std::collections::{BTreeMap, BTreeSet};

/// What a listing says of one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) path: Vec<u8>,
    pub(crate) kind: Kind,
    pub(crate) size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    Special,
}

/// What has arrived of a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    Whole,
    /// Why, in words; and whether a scene or a sensor is absent altogether.
    Incomplete {
        why: String,
        is_rejected: bool,
    },
}

/// Each stem of a sensor in a scene, and how many files have it.
type Held<'i> = BTreeMap<&'i [u8], u32>;

/// Judges a listing.
pub(crate) fn judge(items: &[Item]) -> Judgement {
    let mut sensors: BTreeSet<&[u8]> = BTreeSet::new();
    let mut scenes: BTreeSet<&[u8]> = BTreeSet::new();
    // By scene and sensor.
    let mut held: BTreeMap<(&[u8], &[u8]), Held<'_>> = BTreeMap::new();
    for item in items {
        let parts: Vec<&[u8]> = item.path.split(|byte| *byte == b'/').collect();
        let Some(top) = parts.first().filter(|top| is_sensor(top)) else { continue };
        if item.kind != Kind::Folder && parts.len() == 1 {
            // A link or a file in a sensor's place is a sensor of which nothing arrived.
            if item.kind == Kind::Link {
                sensors.insert(top);
            }
            continue;
        }
        sensors.insert(top);
        let Some(scene) = parts.get(1).filter(|scene| !is_hidden(scene)) else { continue };
        let is_folder = parts.len() > 2 || item.kind == Kind::Folder;
        if !is_folder {
            continue;
        }
        scenes.insert(scene);
        let cell = held.entry((scene, top)).or_default();
        if let [_, _, name] = parts[..]
            && let Some(stem) = frame(top, name).filter(|_| item.kind == Kind::File)
            && item.size > 0
        {
            *cell.entry(stem).or_default() += 1;
        }
    }
    let says = |why: String, is_rejected| Judgement::Incomplete { why, is_rejected };
    let text = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    for sensor in &sensors {
        let any =
            scenes.iter().any(|scene| held.get(&(*scene, *sensor)).is_some_and(|c| !c.is_empty()));
        if !any {
            return says(format!("{} has no frame", text(sensor)), true);
        }
    }
    let mut lesser = None;
    for scene in &scenes {
        let cells: Vec<_> =
            sensors.iter().map(|sensor| (sensor, held.get(&(*scene, *sensor)))).collect();
        for (sensor, cell) in &cells {
            let Some(cell) = cell else {
                return says(format!("{} has no scene {}", text(sensor), text(scene)), true);
            };
            if let Some((stem, _)) = cell.iter().find(|(_, count)| **count > 1) {
                lesser =
                    Some(format!("{} is twice in {}/{}", text(stem), text(sensor), text(scene)));
            }
        }
        let stems = |cell: &Held<'_>| cell.keys().map(|stem| stem.to_vec()).collect();
        let sets: Vec<BTreeSet<Vec<u8>>> =
            cells.iter().filter_map(|(_, cell)| cell.map(stems)).collect();
        if sets.iter().any(|set| set.is_empty() || *set != sets[0]) {
            lesser = Some(format!("the sensors of {} differ", text(scene)));
        }
    }
    match lesser {
        Some(why) => says(why, false),
        None if sensors.is_empty() || scenes.is_empty() => {
            says("nothing is there".to_owned(), true)
        }
        None => Judgement::Whole,
    }
}

fn is_sensor(name: &[u8]) -> bool {
    [&b"lidar-"[..], b"camera-"]
        .iter()
        .any(|prefix| name.starts_with(prefix) && name.len() > prefix.len())
}

fn is_hidden(name: &[u8]) -> bool {
    matches!(name.first(), Some(b'.' | b'@' | b'#'))
}

/// The stem of a frame of this sensor.
fn frame<'n>(sensor: &[u8], name: &'n [u8]) -> Option<&'n [u8]> {
    let dot = name.iter().rposition(|byte| *byte == b'.').filter(|dot| *dot > 0)?;
    let suffix = name[dot + 1..].to_ascii_lowercase();
    let fits = match sensor.starts_with(b"lidar-") {
        true => name[dot + 1..] == *b"pcd",
        false => [&b"jpg"[..], b"jpeg", b"png", b"webp"].contains(&&suffix[..]),
    };
    // What a system or a transfer left behind is no frame: all that the trees of this test hold
    // begins with a dot, or is a copy that a file manager numbered.
    let is_left_behind = name.starts_with(b".") || name[..dot].ends_with(b")");
    (fits && !is_left_behind).then_some(&name[..dot])
}
