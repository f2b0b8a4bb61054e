//! Random trees: whole ones, to which one to three things happened.
#![expect(clippy::ptr_arg, reason = "all that can happen has one signature")]

use crate::oracle::{Item, Kind};

/// A small generator of numbers, the same on every machine.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn roll(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        (self.roll() % most.max(1) as u64) as usize
    }

    fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }

    /// Puts things in an order of its own.
    pub(crate) fn shuffle<T>(&mut self, things: &mut [T]) {
        for at in (1..things.len()).rev() {
            things.swap(at, self.below(at + 1));
        }
    }
}

/// A tree, and what happened to it.
pub(crate) struct Tree {
    pub(crate) items: Vec<Item>,
    pub(crate) sensors: Vec<String>,
    pub(crate) happened: Vec<&'static str>,
}

/// Something that can happen to a tree.
type Happening = fn(&mut Vec<Item>, &mut Dice);

const FAULTS: &[(&str, Happening)] = &[
    ("lost frames", lose_frames),
    ("lost scene", lose_scene),
    ("lost sensor", lose_sensor),
    ("leftovers", leave_files),
    ("broken transfers", break_transfers),
    ("hidden folder", hide_copies),
    ("folder in a scene", add_inner_folder),
    ("twin folder", add_twin),
    ("links in place of frames", |items, dice| replace(items, dice, Kind::Link)),
    ("pipes in place of frames", |items, dice| replace(items, dice, Kind::Special)),
    ("other links", add_link),
    ("scene is a link", link_scene),
    ("other suffixes", change_suffix),
    ("masks beside images", add_masks),
    ("padded names", pad_names),
    ("odd names", make_odd),
    ("odd names beside", add_odd),
    ("text names", name_by_text),
    ("another stamp", restamp),
    ("wrong scene", move_to_other_scene),
    ("wrong sensor", add_to_other_sensor),
    ("empty frames", empty_frames),
    ("another clock", shift_clock),
    ("an extra frame", add_frame),
    ("frames beside scenes", raise_frames),
];

/// The tree of a seed.
pub(crate) fn tree(seed: u64) -> Tree {
    let mut dice = Dice::new(seed);
    let (mut items, sensors) = whole(&mut dice);
    let mut happened = Vec::new();
    for _ in 0..dice.below(4) {
        let (name, happen) = dice.one(FAULTS);
        happen(&mut items, &mut dice);
        happened.push(*name);
    }
    // One path stands for one thing.
    items.sort_by(|a, b| a.path.cmp(&b.path));
    items.dedup_by(|a, b| a.path == b.path);
    dice.shuffle(&mut items);
    Tree { items, sensors, happened }
}

fn whole(dice: &mut Dice) -> (Vec<Item>, Vec<String>) {
    let mut sensors: Vec<String> = (0..=dice.below(2)).map(|at| format!("lidar-l{at}")).collect();
    sensors.extend((0..=dice.below(3)).map(|at| format!("camera-c{at}")));
    let mut items = Vec::new();
    let frames = 3 + dice.below(10) as u64;
    let is_jittered = dice.below(2) == 1;
    let scenes = 1 + dice.below(3) as u64;
    for scene in 0..scenes {
        let stamps: Vec<u64> = (0..frames)
            .map(|at| {
                let jitter = if is_jittered { dice.below(9) as u64 } else { 0 };
                1_681_532_060_061 + scene * 60_000 + at * 100 + jitter
            })
            .collect();
        for sensor in &sensors {
            let suffix = if sensor.starts_with("lidar-") { "pcd" } else { "jpg" };
            for stamp in &stamps {
                items.push(file(format!("{sensor}/scene_{scene}/{stamp}.{suffix}").into_bytes()));
            }
        }
    }
    (items, sensors)
}

fn file(path: Vec<u8>) -> Item {
    Item { path, kind: Kind::File, size: 1_000 }
}

fn split(path: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let at = path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
    (path[..at].to_vec(), path[at..].to_vec())
}

/// The folder of some frame, with a `/` at its end, and the positions of what lies in it.
fn cell(items: &[Item], dice: &mut Dice) -> (Vec<u8>, Vec<usize>) {
    let folders: Vec<Vec<u8>> = items
        .iter()
        .map(|item| split(&item.path).0)
        .filter(|folder| folder.iter().filter(|byte| **byte == b'/').count() == 2)
        .collect();
    if folders.is_empty() {
        return (b"camera-c0/scene_0/".to_vec(), Vec::new());
    }
    let folder = dice.one(&folders).clone();
    let within = |item: &Item| split(&item.path).0 == folder && item.kind == Kind::File;
    let mut inside: Vec<usize> = (0..items.len()).filter(|at| within(&items[*at])).collect();
    inside.sort_by(|a, b| items[*a].path.cmp(&items[*b].path));
    (folder, inside)
}

/// Some of the frames of a cell: the first, the last, some in the middle, or all.
fn some(items: &[Item], dice: &mut Dice) -> (Vec<u8>, Vec<usize>) {
    let (folder, inside) = cell(items, dice);
    let count = 1 + dice.below(inside.len().clamp(1, 4));
    let chosen = match dice.below(5) {
        0 => inside.clone(),
        1 => inside.iter().take(count).copied().collect(),
        2 => inside.iter().rev().take(count).copied().collect(),
        _ => inside.iter().skip(dice.below(inside.len())).take(count).copied().collect(),
    };
    (folder, chosen)
}

fn rename(items: &mut [Item], chosen: &[usize], name: impl Fn(&str) -> Vec<u8>) {
    for at in chosen {
        let (folder, old) = split(&items[*at].path);
        let new = name(&String::from_utf8_lossy(&old));
        items[*at].path = [folder, new].concat();
    }
}

fn without(items: &mut Vec<Item>, chosen: &[usize]) {
    let mut at = 0;
    items.retain(|_| {
        at += 1;
        !chosen.contains(&(at - 1))
    });
}

fn lose_frames(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, chosen) = some(items, dice);
    without(items, &chosen);
    // The folder itself stays.
    items.push(Item { path: folder[..folder.len() - 1].to_vec(), kind: Kind::Folder, size: 0 });
}

fn lose_scene(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, _) = cell(items, dice);
    items.retain(|item| !item.path.starts_with(&folder));
}

fn lose_sensor(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, _) = cell(items, dice);
    let top = folder.split(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
    items.retain(|item| !item.path.starts_with(&[&top[..], b"/"].concat()));
    items.push(Item { path: top, kind: Kind::Folder, size: 0 });
}

fn leave_files(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, inside) = cell(items, dice);
    let frame = inside.first().map(|at| split(&items[*at].path).1).unwrap_or_default();
    for _ in 0..=dice.below(3) {
        let name: Vec<u8> = match dice.below(7) {
            0 => b"Thumbs.db".to_vec(),
            1 => b".DS_Store".to_vec(),
            2 => [&b"._"[..], &frame].concat(),
            3 => b"export.log".to_vec(),
            4 => b"notes.txt".to_vec(),
            5 => [&b"@eaDir/"[..], &frame, b"/SYNOPHOTO_THUMB_XL.jpg"].concat(),
            _ => b".hidden".to_vec(),
        };
        items.push(file([&folder[..], &name].concat()));
    }
}

fn break_transfers(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    let beside = dice.below(2) == 1;
    let form = dice.below(3);
    let copies: Vec<Item> = chosen.iter().map(|at| items[*at].clone()).collect();
    rename(items, &chosen, |name| match form {
        0 => format!(".{name}.Xy12Ab").into_bytes(),
        1 => format!("{name}.part").into_bytes(),
        _ => format!("{name}.crdownload").into_bytes(),
    });
    if beside {
        items.extend(copies);
    }
}

fn hide_copies(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, chosen) = some(items, dice);
    let copies: Vec<Item> = chosen.iter().map(|at| items[*at].clone()).collect();
    let top = folder.split(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
    let hidden: Vec<u8> = match dice.below(3) {
        0 => b".backup/".to_vec(),
        1 => [&top[..], b"/.old/"].concat(),
        _ => [&folder[..], b".cache/"].concat(),
    };
    if dice.below(2) == 1 {
        without(items, &chosen);
    }
    for copy in copies {
        items.push(file([&hidden[..], &split(&copy.path).1].concat()));
    }
}

fn add_inner_folder(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, chosen) = some(items, dice);
    let moved = dice.below(2) == 1;
    for at in &chosen {
        let (_, name) = split(&items[*at].path);
        let inner = [&folder[..], b"debug/", &name].concat();
        if moved {
            items[*at].path = inner;
        } else {
            items.push(file([&folder[..], b"debug/7", &name].concat()));
        }
    }
}

fn add_twin(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, inside) = cell(items, dice);
    let twin = match dice.below(2) {
        0 => [&folder[..folder.len() - 1], b" (1)/"].concat(),
        _ => [&folder[..folder.len() - 1], b".bak/"].concat(),
    };
    for at in inside {
        let (_, name) = split(&items[at].path);
        items.push(file([&twin[..], &name].concat()));
    }
}

fn replace(items: &mut Vec<Item>, dice: &mut Dice, kind: Kind) {
    let (_, chosen) = some(items, dice);
    chosen.iter().for_each(|at| items[*at].kind = kind);
}

fn add_link(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, _) = cell(items, dice);
    let path = [&folder[..], b"latest.jpg"].concat();
    if !items.iter().any(|item| item.path == path) {
        items.push(Item { path, kind: Kind::Link, size: 0 });
    }
}

fn link_scene(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, _) = cell(items, dice);
    items.retain(|item| !item.path.starts_with(&folder));
    let path = folder[..folder.len() - 1].to_vec();
    items.push(Item { path, kind: Kind::Link, size: 0 });
}

fn change_suffix(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, chosen) = some(items, dice);
    let suffix = match folder.starts_with(b"lidar-") {
        true => *dice.one(&["bin", "PCD", "txt", "jpg"]),
        false => *dice.one(&["bmp", "heic", "JPG", "png", "jpeg", "txt", "pcd", "tiff"]),
    };
    rename(items, &chosen, |name| {
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        format!("{stem}.{suffix}").into_bytes()
    });
}

fn add_masks(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    for at in chosen {
        let stem = items[at].path.rsplitn(2, |byte| *byte == b'.').last().unwrap_or_default();
        let mask = file([stem, b".png"].concat());
        items.push(mask);
    }
}

fn pad_names(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    rename(items, &chosen, |name| format!("00{name}").into_bytes());
}

fn odd(name: &str, form: usize) -> Vec<u8> {
    match form {
        0 => format!("{name} ").into_bytes(),
        1 => format!(" {name}").into_bytes(),
        2 => {
            format!("{}\u{200b}.{}", &name[..name.len() - 4], &name[name.len() - 3..]).into_bytes()
        }
        3 => [&name.as_bytes()[..3], b"\n", &name.as_bytes()[3..]].concat(),
        _ => [&name.as_bytes()[..3], b"\xff", &name.as_bytes()[3..]].concat(),
    }
}

fn make_odd(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    let form = dice.below(5);
    rename(items, &chosen, |name| {
        if name.len() > 4 && name.is_ascii() { odd(name, form) } else { name.into() }
    });
}

fn add_odd(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, _) = cell(items, dice);
    let form = dice.below(5);
    for name in ["foo.txt", "notes.jpg"].iter().take(1 + dice.below(2)) {
        items.push(file([&folder[..], &odd(name, form)].concat()));
    }
}

fn name_by_text(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    rename(items, &chosen, |name| {
        let behind: String = name.chars().skip(name.chars().count().saturating_sub(8)).collect();
        format!("IMG_{behind}").into_bytes()
    });
}

fn restamp(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    let by = 1 + dice.below(9_000_000) as u64;
    rename(items, &chosen, |name| shifted(name, by));
}

fn shifted(name: &str, by: u64) -> Vec<u8> {
    match name.split_once('.').and_then(|(stem, suffix)| Some((stem.parse::<u64>().ok()?, suffix)))
    {
        Some((stamp, suffix)) => format!("{}.{suffix}", stamp + by).into_bytes(),
        None => name.into(),
    }
}

fn shift_clock(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, inside) = cell(items, dice);
    let by = *dice.one(&[1, 5, 40, 18_000, 28_800_000, 777_777]);
    rename(items, &inside, |name| shifted(name, by));
}

fn move_to_other_scene(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, chosen) = some(items, dice);
    let sensor = folder.split(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
    let scene = format!("/scene_{}/", dice.below(4));
    for at in chosen {
        let (_, name) = split(&items[at].path);
        items[at].path = [&sensor[..], scene.as_bytes(), &name].concat();
    }
}

fn add_to_other_sensor(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    let (folder, _) = cell(items, dice);
    for at in chosen {
        let copy = file([&folder[..], &split(&items[at].path).1].concat());
        if !items.iter().any(|item| item.path == copy.path) {
            items.push(copy);
        }
    }
}

fn empty_frames(items: &mut Vec<Item>, dice: &mut Dice) {
    let (_, chosen) = some(items, dice);
    chosen.iter().for_each(|at| items[*at].size = 0);
}

fn add_frame(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, _) = cell(items, dice);
    let suffix: &[u8] = if folder.starts_with(b"lidar-") { b".pcd" } else { b".jpg" };
    let stamp = (1_681_532_060_000 + dice.below(90_000)).to_string();
    let path = [&folder[..], stamp.as_bytes(), suffix].concat();
    if !items.iter().any(|item| item.path == path) {
        items.push(file(path));
    }
}

fn raise_frames(items: &mut Vec<Item>, dice: &mut Dice) {
    let (folder, chosen) = some(items, dice);
    let sensor = folder.split(|byte| *byte == b'/').next().unwrap_or_default().to_vec();
    for at in chosen {
        let (_, name) = split(&items[at].path);
        let path = [&sensor[..], b"/", &name].concat();
        if !items.iter().any(|item| item.path == path) {
            items[at].path = path;
        }
    }
}
