//! Names for the sensors whose folders are to be renamed anyway: those that metadata.json
//! has for them.

use std::collections::BTreeSet;

use super::contents::Contents;
use super::{Layout, LayoutKind, Sensor, read};
use crate::names::{self, SensorKind, dataset_path, sensor_name};
use crate::text;
use crate::tree::{FolderId, Tree};

/// How many pairs of folders and names are compared at most.
const MOST_COMPARED: usize = 250_000;

impl Layout {
    /// Gives sensors whose folders lack their prefix the names that metadata.json lists for their
    /// kind, where one fits and no folder has it: so that one wrong folder is not also a wrong
    /// name in metadata.json.
    pub fn name_as_listed<'n>(
        &mut self,
        tree: &Tree,
        kind: SensorKind,
        listed: impl Iterator<Item = &'n str>,
    ) {
        let listed: BTreeSet<&str> = listed.collect();
        self.adopt_listed(tree, kind, &listed);
        // What looks odd and is written in metadata.json with the very same characters is a name.
        for sensor in self.sensors.iter_mut().filter(|sensor| sensor.expected_folder.is_some()) {
            let own = std::str::from_utf8(&sensor.folder_name).ok().and_then(sensor_name::split);
            if let Some((_, own)) = own.filter(|(of, own)| *of == kind && listed.contains(own))
                && dataset_path::is_valid(&sensor.folder_name)
            {
                own.clone_into(&mut sensor.name);
                sensor.expected_folder = None;
            }
        }
        let is_open =
            |sensor: &super::Sensor| sensor.kind == kind && sensor.expected_folder.is_some();
        if !self.sensors.iter().any(is_open) {
            return;
        }
        let of_kind = || self.sensors.iter().filter(|sensor| sensor.kind == kind);
        let has_it: BTreeSet<&str> = of_kind().map(|sensor| sensor.name.as_str()).collect();
        // A folder that is renamed itself does not hold its name: `LIDAR-Top` becomes `lidar-top`.
        let stays = |folder: &FolderId| {
            let mut open = self.sensors.iter().filter(|sensor| is_open(sensor));
            !open.any(|sensor| sensor.folder == *folder)
        };
        let tops = tree.children(FolderId::ROOT).filter(stays);
        let taken: BTreeSet<Vec<u8>> =
            tops.map(|folder| names::fold(tree.folder(folder).name())).collect();
        let folder_of = |name: &str| format!("{}{name}", kind.prefix());
        let mut free: Vec<&str> =
            listed.iter().copied().filter(|name| !has_it.contains(name)).collect();
        free.retain(|name| {
            let folder = folder_of(name);
            dataset_path::is_valid(format!("{folder}/").as_bytes())
                && !taken.contains(&names::fold(folder.as_bytes()))
        });
        let open = (0..self.sensors.len()).filter(|at| {
            let sensor = &self.sensors[*at];
            is_open(sensor) && !listed.contains(sensor.name.as_str())
        });
        let open: Vec<usize> = open.collect();
        if open.len().saturating_mul(free.len()) > MOST_COMPARED {
            return;
        }
        let mut unnamed = Vec::new();
        for at in open {
            let folder = letters(&text::lossless(&self.sensors[at].folder_name));
            let ends_it =
                |name: &&str| !letters(name).is_empty() && folder.ends_with(&letters(name));
            match free.iter().copied().filter(ends_it).max_by_key(|name| name.len()) {
                Some(name) => {
                    free.retain(|other| *other != name);
                    self.rename(at, name, folder_of(name));
                }
                None => unnamed.push(at),
            }
        }
        // A folder that is only numbered, or says only what it holds, can have any name.
        if let ([at], [name]) = (unnamed.as_slice(), free.as_slice())
            && sensor_name::says_no_more_than_the_kind(&self.sensors[*at].name)
        {
            self.rename(*at, name, folder_of(name));
        }
    }

    /// Takes top folders that are called as a sensor in metadata.json, and hold frames of its kind,
    /// for that sensor without its prefix.
    fn adopt_listed(&mut self, tree: &Tree, kind: SensorKind, listed: &BTreeSet<&str>) {
        let (mut adopted, mut strays) = (Vec::new(), Vec::new());
        for folder in std::mem::take(&mut self.strays) {
            let folder_name = tree.folder(folder).name();
            let name = names::meant(folder_name);
            let right = format!("{}{name}", kind.prefix());
            let is_it = listed.contains(&*name)
                && Contents::within_reach(tree, folder).kind() == Some(kind)
                && dataset_path::is_valid(format!("{right}/").as_bytes())
                && tree.child(FolderId::ROOT, right.as_bytes()).is_none();
            if is_it {
                adopted.push(Sensor {
                    folder,
                    folder_name: folder_name.to_vec(),
                    kind,
                    name: name.into_owned(),
                    expected_folder: Some(right),
                });
            } else {
                strays.push(folder);
            }
        }
        self.strays = strays;
        if !adopted.is_empty() {
            let mut sensors = std::mem::take(&mut self.sensors);
            sensors.append(&mut adopted);
            sensors.sort_by(|a, b| a.folder_name.cmp(&b.folder_name));
            let strays = std::mem::take(&mut self.strays);
            let (scenes, cells) = read::scenes(tree, &sensors);
            *self = Layout {
                strays,
                ..Layout::new(LayoutKind::SensorOriented, sensors, scenes, cells)
            };
        }
    }

    /// Gives a sensor a name, unless another is to get that already.
    fn rename(&mut self, at: usize, name: &str, folder: String) {
        let is_it =
            |other: &String| names::fold(other.as_bytes()) == names::fold(folder.as_bytes());
        let mut others = self.sensors.iter().enumerate().filter(|(other, _)| *other != at);
        let is_given = others.any(|(_, other)| other.expected_folder.as_ref().is_some_and(is_it));
        if let Some(sensor) = self.sensors.get_mut(at).filter(|_| !is_given) {
            sensor.name = name.to_owned();
            sensor.expected_folder = Some(folder);
        }
    }
}

/// A name without case and separators.
fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
