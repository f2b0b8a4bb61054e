//! A drawn tree that is being changed: renamed, moved, cut and filled.

use sensortree_core::names::{METADATA, SensorKind};
use sensortree_core::sketch::{Drawn, Held, Sketch, fitting_metadata};
use sensortree_core::tree::EntryKind;
use sensortree_probe::Depth;

use crate::Plan;

/// A drawn tree that is being changed.
pub(crate) struct Draft {
    pub(crate) sketch: Sketch,
}

impl Draft {
    pub(crate) fn put(&mut self, path: &[u8], kind: EntryKind, size: u64) {
        self.sketch.entries.push(Drawn { kind, size, ..Drawn::file(path) });
    }

    pub(crate) fn add(&mut self, path: &[u8]) {
        self.sketch.entries.push(Drawn::file(path));
    }

    pub(crate) fn keep(&mut self, wanted: impl Fn(&[u8]) -> bool) {
        self.sketch.entries.retain(|drawn| wanted(&drawn.path));
    }

    /// Changes every path that starts so.
    pub(crate) fn rename(&mut self, from: &[u8], to: &[u8]) {
        for drawn in &mut self.sketch.entries {
            if let Some(rest) = drawn.path.strip_prefix(from) {
                drawn.path = [to, rest].concat();
            }
        }
    }

    /// Changes the name of every file whose path starts so.
    pub(crate) fn rename_files(&mut self, start: &[u8], rename: impl Fn(&[u8]) -> Vec<u8>) {
        for drawn in self.sketch.entries.iter_mut().filter(|drawn| drawn.path.starts_with(start)) {
            let (folder, name) = split(&drawn.path);
            drawn.path = [folder, &rename(name)].concat();
        }
    }

    pub(crate) fn change_first(&mut self, start: &[u8], change: impl FnOnce(&mut Drawn)) {
        if let Some(drawn) = self.starting_with(start).next() {
            change(drawn);
        }
    }

    /// The files whose path starts so.
    pub(crate) fn starting_with<'d>(
        &'d mut self,
        start: &'d [u8],
    ) -> impl Iterator<Item = &'d mut Drawn> {
        self.sketch.entries.iter_mut().filter(move |drawn| drawn.path.starts_with(start))
    }

    /// Lets the first file whose path starts so hold something else.
    pub(crate) fn hold(&mut self, start: &[u8], words: &str) {
        if let Ok(held) = Held::parse(words) {
            self.change_first(start, |drawn| drawn.hold(held));
        }
    }

    /// The same where the fault is seen by whoever looks at whole files.
    pub(crate) fn hold_whole(&mut self, start: &[u8], words: &str) {
        self.sketch.depth = Depth::Whole;
        self.hold(start, words);
    }

    /// Puts the first file whose path starts so beside itself, under another name.
    pub(crate) fn repeat_first(&mut self, start: &[u8], rename: impl Fn(&[u8]) -> Vec<u8>) {
        let first = self.sketch.entries.iter().find(|drawn| drawn.path.starts_with(start));
        if let Some(path) = first.map(|drawn| drawn.path.clone()) {
            let (folder, name) = split(&path);
            self.add(&[folder, &rename(name)].concat());
        }
    }

    pub(crate) fn repeat_scene(&mut self, from: &[u8], to: &[u8]) {
        let copies: Vec<Drawn> = self
            .sketch
            .entries
            .iter()
            .filter_map(|drawn| {
                Some(Drawn { path: replace(&drawn.path, from, to)?, ..drawn.clone() })
            })
            .collect();
        self.sketch.entries.extend(copies);
    }

    pub(crate) fn rename_scene(&mut self, from: &[u8], to: &[u8]) {
        for drawn in &mut self.sketch.entries {
            if let Some(path) = replace(&drawn.path, from, to) {
                drawn.path = path;
            }
        }
    }

    /// Takes some of the files in a folder away, by their position there.
    pub(crate) fn lose(&mut self, folder: &[u8], lost: std::ops::Range<usize>) {
        let mut at = 0;
        self.sketch.entries.retain(|drawn| {
            let inside = drawn.path.starts_with(folder);
            at += usize::from(inside);
            !(inside && lost.contains(&(at - 1)))
        });
    }

    /// Gives the frames in a folder timestamps at random within some weeks, years
    /// before the others.
    pub(crate) fn scatter(&mut self, plan: &Plan, folder: &[u8]) {
        let mut frame = 0;
        for drawn in self.sketch.entries.iter_mut().filter(|drawn| drawn.path.starts_with(folder)) {
            frame += 1;
            let stamp = 1_500_000_000_000 + plan.chance(usize::MAX, 0, frame) % 2_000_000_000;
            drawn.path = [folder, format!("{stamp}.jpg").as_bytes()].concat();
        }
    }

    pub(crate) fn transpose(&mut self) {
        for drawn in &mut self.sketch.entries {
            let parts: Vec<&[u8]> = drawn.path.split(|byte| *byte == b'/').collect();
            if let [sensor, scene, frame] = parts[..] {
                drawn.path = [scene, sensor, frame].join(&b'/');
            }
        }
    }

    pub(crate) fn nest(&mut self, folder: &[u8]) {
        for drawn in &mut self.sketch.entries {
            drawn.path = [folder, &drawn.path].concat();
        }
        self.sketch.metadata = None;
    }

    pub(crate) fn become_kitti(&mut self, plan: &Plan) {
        self.sketch.entries.clear();
        self.sketch.metadata = None;
        for name in ["calib_cam_to_cam.txt", "calib_velo_to_cam.txt"] {
            self.add(format!("2011_09_26/{name}").as_bytes());
        }
        for (sensor, suffix) in
            [("image_00", "png"), ("image_02", "png"), ("velodyne_points", "bin")]
        {
            let folder = format!("2011_09_26/2011_09_26_drive_0001_sync/{sensor}");
            self.add(format!("{folder}/timestamps.txt").as_bytes());
            for frame in 0..plan.frames {
                self.add(format!("{folder}/data/{frame:010}.{suffix}").as_bytes());
            }
        }
    }

    pub(crate) fn drop_metadata(&mut self) {
        self.keep(|path| path != METADATA.as_bytes());
        self.sketch.metadata = None;
    }

    pub(crate) fn move_metadata(&mut self, to: &[u8]) {
        self.drop_metadata();
        self.add(to);
    }

    pub(crate) fn set_metadata(&mut self, text: String) {
        self.change_first(METADATA.as_bytes(), |drawn| drawn.size = text.len() as u64);
        self.sketch.metadata = Some(text.into_bytes());
    }

    pub(crate) fn edit_metadata(&mut self, edit: impl FnOnce(String) -> String) {
        let text = self.sketch.metadata.take().unwrap_or_default();
        self.set_metadata(edit(String::from_utf8(text).unwrap_or_default()));
    }

    /// Makes metadata.json fit with one camera more.
    pub(crate) fn fit_metadata(&mut self, plan: &Plan, camera: &str) {
        let of_kind = |kind: SensorKind| {
            plan.sensors
                .iter()
                .filter(move |sensor| sensor.kind == kind)
                .map(|sensor| sensor.name.clone())
        };
        let lidars: Vec<String> = of_kind(SensorKind::Lidar).collect();
        let cameras: Vec<String> = of_kind(SensorKind::Camera).chain([camera.to_owned()]).collect();
        self.set_metadata(fitting_metadata(&lidars, &cameras));
    }

    /// Takes the coefficients of one camera away, or adds them a second time under another name and
    /// in another place.
    pub(crate) fn copy_coefficients(&mut self, camera: &str, to: Option<&str>) {
        self.edit_metadata(|text| {
            let mark = format!("    {{\n      \"name\": \"{camera}\"");
            let Some(start) = text.find(&mark) else { return text };
            let Some(length) = text[start..].find("\n    },\n") else { return text };
            let (before, rest) = text.split_at(start);
            let (entry, after) = rest.split_at(length + "\n    },\n".len());
            match to {
                None => format!("{before}{after}"),
                Some(name) => {
                    let other = entry.replacen(
                        &format!("\"name\": \"{camera}\""),
                        &format!("\"name\": \"{name}\""),
                        1,
                    );
                    let other = other.replacen("\"z\": 1.5", "\"z\": 2.5", 1);
                    format!("{before}{entry}{other}{after}")
                }
            }
        });
    }
}

fn split(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(path.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1))
}

pub(crate) fn swap_end(name: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    name.strip_suffix(from).map_or_else(|| name.to_vec(), |stem| [stem, to].concat())
}

fn replace(path: &[u8], from: &[u8], to: &[u8]) -> Option<Vec<u8>> {
    let at = path.windows(from.len()).position(|window| window == from)?;
    Some([&path[..at], to, &path[at + from.len()..]].concat())
}
