//! Findings, and how a rule says them.

pub(crate) mod covered;
mod emit;
pub mod figures;
pub(crate) mod proof;
mod rule;
pub mod settings;

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use crate::digest::{Digest, Identified, Several};
pub(crate) use emit::{Kept, Part, Statement};
pub use rule::{Context, Needs, Rule, Scope};

use crate::document::{Document, Location};
use crate::finding::covered::Covered;
use crate::finding::figures::Figure;
use crate::finding::settings::{Excuse, Settings, Severity};
use crate::layout::{Layout, SceneId, SensorId};
use crate::names::name_set::NameSet;
use crate::names::place;
use crate::platform::{Basis, Effect};
use crate::smallest::Smallest;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FolderId, Tree};

/// A place in the tree that a finding points at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// The path relative to the target, exactly the bytes listed. A folder's ends in `/`.
    pub path: Vec<u8>,
    /// False where the fault is that nothing stands there.
    pub present: bool,
    /// The path or name that would be right in its place, where one is known.
    pub expected: Option<String>,
    /// What is to be said at this place, in a few words.
    pub note: Option<String>,
}

impl Example {
    /// Something that stands in the tree.
    #[must_use]
    pub fn at(path: impl Into<Vec<u8>>) -> Self {
        Example { path: path.into(), present: true, expected: None, note: None }
    }

    /// Something that should stand in the tree and does not.
    #[must_use]
    pub fn missing(path: impl Into<Vec<u8>>) -> Self {
        Example { present: false, ..Self::at(path) }
    }

    /// Says what would be right there.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// The path that would be right there: what was expected, or with that as its last segment.
    #[must_use]
    pub fn mended(&self) -> Option<Vec<u8>> {
        let expected = self.expected.as_ref()?.as_bytes();
        let is_name = !expected.strip_suffix(b"/").unwrap_or(expected).contains(&b'/');
        if !is_name || place::is_in_order(expected) {
            return Some(expected.to_vec());
        }
        let path = self.path.strip_suffix(b"/").unwrap_or(&self.path);
        let parent =
            path.iter().rposition(|byte| *byte == b'/').map_or(&b""[..], |at| &path[..=at]);
        Some([parent, expected].concat())
    }

    /// The same with a suggestion only if that would not itself be rejected. Where the sensor's folder needs another name,
    /// too, it is suggested with that name.
    fn with_sound_suggestion(mut self, renamed: &BTreeMap<Vec<u8>, String>) -> Self {
        let Some(path) = self.mended().filter(|path| !place::is_in_order(path)) else {
            return self;
        };
        let (top, rest) =
            path.split_at(path.iter().position(|byte| *byte == b'/').unwrap_or(path.len()));
        let renamed = renamed.get(top).map(|name| [name.as_bytes(), rest].concat());
        self.expected = renamed
            .filter(|path| place::is_in_order(path))
            .and_then(|path| String::from_utf8(path).ok());
        self
    }

    /// Says a few words there.
    #[must_use]
    pub fn noting(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// A place is known by its path, and by whether something stands there.
impl Identified for Example {
    fn identity(&self) -> Digest {
        Digest::of(&[&self.path, &[u8::from(self.present)]])
    }
}

/// What a finding is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// The sensor's folder, as listed.
    pub sensor: Option<Vec<u8>>,
    /// The scene, as listed. `None` where the finding is about several.
    pub scene: Option<Vec<u8>>,
}

/// One fault, with everything that shares its cause.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule that found it.
    pub rule: &'static Rule,
    /// What the platform is predicted to answer.
    pub effect: Effect,
    /// How well the prediction is supported.
    pub basis: Basis,
    /// How grave it is to this user.
    pub severity: Severity,
    /// What is wrong, in one sentence. Names from the tree stand in it unescaped.
    pub message: String,
    /// What else is worth knowing: figures, the cause in a person's words.
    pub notes: Vec<String>,
    /// What would mend it, in one sentence.
    pub help: Option<String>,
    /// How often it occurs.
    pub count: u64,
    /// What it is about.
    pub subject: Subject,
    /// The first few places, by path.
    pub examples: Vec<Example>,
    /// The place in a document, for a finding in one.
    pub location: Option<Location>,
    /// The scenes that it puts at risk or concerns, ascending.
    pub scenes: Vec<SceneId>,
    /// What was measured, in the order in which it is said.
    pub figures: Vec<Figure>,
    /// What tells all that it found from anything else that it could have found.
    pub contents: Digest,
}

/// What was found before anything that the user ignores was taken away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Potential {
    /// The rule that found it.
    pub(crate) rule: &'static Rule,
    /// What the platform is predicted to answer.
    pub(crate) effect: Effect,
    /// How well the prediction is supported.
    pub(crate) basis: Basis,
}

/// Where rules put their findings. Applies the user's ignores and severities.
#[derive(Debug)]
pub struct Sink<'s> {
    settings: &'s Settings,
    findings: Vec<Finding>,
    /// Whether findings are kept: not those of a rule that the user left out.
    keeps: bool,
    /// What would be found without ignores and with all rules.
    potential: Vec<Potential>,
    /// Which differences between sensors are explained by something found.
    covered: Covered,
    /// How many occurrences the user's ignores took away.
    ignored: u64,
    /// For each excuse, which of its rules found something that it is meant for.
    matched: Vec<Vec<bool>>,
    documents: Vec<Document>,
    renamed: BTreeMap<Vec<u8>, String>,
}

impl<'s> Sink<'s> {
    /// An empty sink.
    #[must_use]
    pub fn new(settings: &'s Settings) -> Self {
        Sink {
            settings,
            findings: Vec::new(),
            keeps: true,
            potential: Vec::new(),
            covered: Covered::default(),
            ignored: 0,
            matched: settings
                .excuses
                .iter()
                .map(|excuse| vec![false; excuse.rules.len()])
                .collect(),
            documents: Vec::new(),
            renamed: BTreeMap::new(),
        }
    }

    /// The same for a tree read so: what is suggested in a sensor's folder that needs another name has that name.
    #[must_use]
    pub fn in_layout(mut self, layout: &Layout) -> Self {
        let renamed = layout.sensors.iter().filter_map(|sensor| {
            Some((sensor.folder_name.clone(), sensor.expected_folder.clone()?))
        });
        self.renamed = renamed.collect();
        self
    }

    /// Says whether findings are kept from now on. Those of rules that the user left out are not, and are weighed all the
    /// same: in what would be predicted with all rules, and in what they explain.
    pub(crate) fn keep(&mut self, keeps: bool) {
        self.keeps = keeps;
    }

    /// Which differences between sensors are explained by what was found so far.
    pub(crate) fn covered(&self) -> &Covered {
        &self.covered
    }

    /// Starts a finding of the rule, with the rule's own effect and basis.
    pub fn gather(&mut self, rule: &'static Rule) -> Gather<'_, 's> {
        let cap = self.settings.max_examples;
        let excuses = self.settings.excuses.iter().enumerate();
        let excuses = excuses
            .filter(|(_, excuse)| excuse.rules.iter().any(|selector| selector.matches(rule)))
            .map(|(at, _)| at);
        Gather {
            excuses: excuses.collect(),
            potential: 0,
            covered: Covered::default(),
            explained: Vec::new(),
            rule,
            effect: rule.effect,
            basis: rule.basis,
            several: Several::default(),
            examples: Smallest::new(cap),
            scenes: Vec::new(),
            subject: Subject::default(),
            location: None,
            document: None,
            notes: Vec::new(),
            help: None,
            lapsed: BTreeSet::new(),
            sink: self,
        }
    }

    /// Whether one of these excuses, which are of the rule, is meant for the path. Asking marks the excuse as one that
    /// matched, and adds those that lapsed to `lapsed`.
    fn excused(
        &mut self,
        rule: &Rule,
        excuses: &[usize],
        path: &[u8],
        lapsed: &mut BTreeSet<usize>,
    ) -> bool {
        if excuses.is_empty() || !self.keeps {
            return false;
        }
        let path = text::lossless(path);
        let mut excused = false;
        for at in excuses {
            let (Some(excuse), Some(matched)) =
                (self.settings.excuses.get(*at), self.matched.get_mut(*at))
            else {
                continue;
            };
            if !excuse.covers(&path) {
                continue;
            }
            for (selector, matched) in excuse.rules.iter().zip(matched) {
                *matched |= selector.matches(rule);
            }
            if excuse.lapsed.is_some() {
                lapsed.insert(*at);
            } else {
                excused = true;
            }
        }
        excused
    }

    /// All that was found.
    #[must_use]
    pub(crate) fn finish(self) -> Findings {
        Findings {
            findings: self.findings,
            documents: self.documents,
            matched: self.matched,
            potential: self.potential,
            ignored: self.ignored,
        }
    }
}

/// What the rules found.
#[derive(Debug)]
pub(crate) struct Findings {
    /// The findings.
    pub(crate) findings: Vec<Finding>,
    /// The documents that they brought with them.
    pub(crate) documents: Vec<Document>,
    /// For each excuse, which of its rules it was of use for.
    pub(crate) matched: Vec<Vec<bool>>,
    /// What would be found without ignores and with all rules.
    pub(crate) potential: Vec<Potential>,
    /// How many occurrences the ignores took away.
    pub(crate) ignored: u64,
}

/// A finding in the making: occurrences are added, then it is said in one sentence.
#[derive(Debug)]
pub struct Gather<'g, 's> {
    sink: &'g mut Sink<'s>,
    rule: &'static Rule,
    /// The positions of the excuses that are of the rule.
    excuses: Vec<usize>,
    /// How many occurrences there are, those that are excused included.
    potential: u64,
    covered: Covered,
    /// Files that stand in the place of frames which the finding names.
    explained: Vec<(FolderId, NameSet)>,
    effect: Effect,
    basis: Basis,
    several: Several,
    examples: Smallest<Example>,
    scenes: Vec<SceneId>,
    subject: Subject,
    location: Option<Location>,
    document: Option<Document>,
    notes: Vec<String>,
    help: Option<String>,
    lapsed: BTreeSet<usize>,
}

impl Gather<'_, '_> {
    /// Sets another effect and basis than the rule's own.
    pub fn effect(&mut self, effect: Effect, basis: Basis) -> &mut Self {
        self.effect = effect;
        self.basis = basis;
        self
    }

    /// Adds one occurrence; false when the user excused it.
    pub fn add(&mut self, example: Example) -> bool {
        self.add_many(1, example)
    }

    /// Adds several occurrences at one place, which `example` shows; false when the user excused them.
    pub fn add_many(&mut self, several: impl Into<Several>, example: Example) -> bool {
        let several = several.into();
        self.potential += several.count;
        if self.is_excused(&example.path) {
            self.sink.ignored += several.count;
            return false;
        }
        self.count_at(several, example.identity());
        self.show(example);
        true
    }

    /// Adds files of one folder, each of them an occurrence that the user may have excused by its path. Gives how many are
    /// left. `example` makes the place that is shown from a file's name.
    pub(crate) fn add_files(
        &mut self,
        tree: &Tree,
        folder: FolderId,
        files: Files<'_>,
        example: impl FnMut(Vec<u8>, &[u8]) -> Example,
    ) -> u64 {
        self.covered.add_folder(folder, self.rule.code);
        self.add_paths(&tree.path(folder), files, example)
    }

    /// As [`Gather::add_files`], of files that do not stand in a folder of the tree: `folder` is the path before their
    /// names.
    pub(crate) fn add_paths(
        &mut self,
        folder: &[u8],
        files: Files<'_>,
        mut example: impl FnMut(Vec<u8>, &[u8]) -> Example,
    ) -> u64 {
        let all = files.count();
        self.potential += all;
        let files = match self.excuses.is_empty() || !self.sink.keeps {
            true => files,
            false => {
                let mut path = folder.to_vec();
                files.filtered(|name| {
                    path.truncate(folder.len());
                    path.extend_from_slice(name);
                    !self.sink.excused(self.rule, &self.excuses, &path, &mut self.lapsed)
                })
            }
        };
        let left = files.count();
        if self.sink.keeps {
            self.sink.ignored += all.saturating_sub(left);
        }
        let is_beyond = self.is_beyond_shown(folder);
        let shown = if is_beyond { 1 } else { self.examples.most() };
        let names = files.names(shown.max(1));
        let Some(first) = names.first() else { return 0 };
        let path = |name: &[u8]| [folder, name].concat();
        self.count_at(files.several(), Digest::of(&[&path(first)]));
        for name in names.iter().filter(|_| !is_beyond) {
            self.show(example(path(name), name));
        }
        left
    }

    /// Whether nothing in this folder would be shown: enough is, and all of it comes before.
    fn is_beyond_shown(&self, folder: &[u8]) -> bool {
        let examples = self.examples.kept();
        examples.len() == self.examples.most()
            && examples.last().is_some_and(|last| *last.path < *folder)
    }

    fn is_excused(&mut self, path: &[u8]) -> bool {
        self.sink.excused(self.rule, &self.excuses, path, &mut self.lapsed)
    }

    /// Says that a sensor's difference from the others in a scene is explained by this finding, whatever it is.
    pub(crate) fn covers_cell(&mut self, scene: SceneId, sensor: SensorId) -> &mut Self {
        self.covered.add_cell(scene, sensor);
        self
    }

    /// As [`Gather::covers_cell`], in every scene.
    pub(crate) fn covers_sensor(&mut self, sensor: SensorId) -> &mut Self {
        self.covered.add_sensor(sensor);
        self
    }

    /// Says that this finding names all sensors that have no folder of this scene.
    pub(crate) fn covers_absent(&mut self, scene: SceneId) -> &mut Self {
        self.covered.add_absent(scene);
        self
    }

    /// Says that files of a folder stand in the place of frames that this finding names, so that no other rule need name
    /// them.
    pub(crate) fn explains(&mut self, folder: FolderId, names: NameSet) -> &mut Self {
        self.explained.push((folder, names));
        self
    }

    /// The files, folder by folder, that stand in the place of frames which a finding before this one names.
    pub(crate) fn explained(&self) -> HashMap<FolderId, NameSet> {
        self.sink.covered.all_explained().clone()
    }

    /// Counts one occurrence at a path; false when the user excused it. What is left is to be added by
    /// [`Gather::add_counted`].
    pub(crate) fn keeps(&mut self, path: &[u8]) -> bool {
        self.potential += 1;
        let is_excused = self.is_excused(path);
        if is_excused {
            self.sink.ignored += 1;
        }
        !is_excused
    }

    /// Adds occurrences for which [`Gather::keeps`] was asked, of which `example` is the first.
    pub(crate) fn add_counted(&mut self, several: Several, example: Example) -> &mut Self {
        self.count_at(several, example.identity());
        self.show(example)
    }

    /// Says that this finding names the stems that a sensor lacks in a scene.
    pub(crate) fn covers_missing(
        &mut self,
        scene: SceneId,
        sensor: SensorId,
        stems: &NameSet,
    ) -> &mut Self {
        self.covered.add_missing(scene, sensor, stems);
        self
    }

    /// Says that this finding names the stems that one sensor has in a scene, and others lack.
    pub(crate) fn covers_extra(&mut self, scene: SceneId, stems: &NameSet) -> &mut Self {
        self.covered.add_extra(scene, stems);
        self
    }

    /// Counts several occurrences that are known by where they are, too.
    fn count_at(&mut self, several: Several, place: Digest) {
        self.several.count += several.count;
        let parts =
            [&several.count.to_be_bytes()[..], &several.digest.to_bytes(), &place.to_bytes()];
        self.several.digest.add(Digest::of(&parts));
    }

    /// Adds a further place to show, without counting it.
    pub fn show(&mut self, example: Example) -> &mut Self {
        self.examples.add(example.with_sound_suggestion(&self.sink.renamed));
        self
    }

    /// Says that a scene is concerned. At risk, if the effect is [`Effect::Scene`].
    pub fn in_scene(&mut self, scene: SceneId) -> &mut Self {
        if self.scenes.last() != Some(&scene) {
            self.scenes.push(scene);
        }
        self
    }

    /// Says which sensor's folder it is about.
    pub fn about_sensor(&mut self, folder: &[u8]) -> &mut Self {
        self.subject.sensor = Some(folder.to_vec());
        self
    }

    /// Says which scene it is about.
    pub fn about_scene(&mut self, scene: &[u8]) -> &mut Self {
        self.subject.scene = Some(scene.to_vec());
        self
    }

    /// Points at a place in a document, counting one occurrence; nothing is counted when the user excused the document.
    /// Of several places the first is shown.
    pub fn locate(&mut self, location: Location) -> &mut Self {
        self.locate_many(1, location)
    }

    /// Counts `count` occurrences in a document, of which `location` is one, as [`Gather::locate`] does.
    pub fn locate_many(&mut self, count: u64, location: Location) -> &mut Self {
        self.potential += count;
        if self.is_excused(location.document.as_bytes()) {
            self.sink.ignored += count;
        } else {
            self.count_at(count.into(), location.identity());
            self.location.get_or_insert(location);
        }
        self
    }

    /// Points at a place in one of the files added, of which only this much is kept. Of several places the first is shown.
    pub fn point_into(&mut self, place: impl FnOnce() -> (Document, Location)) -> &mut Self {
        if self.location.is_none() {
            let (document, location) = place();
            self.document = Some(document);
            self.location = Some(location);
        }
        self
    }

    /// Adds a line of what else is worth knowing.
    pub fn note(&mut self, note: impl Into<String>) -> &mut Self {
        self.notes.push(note.into());
        self
    }

    /// Says what would mend it.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// How many occurrences were added.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.several.count
    }

    /// The scenes concerned so far, ascending, each once.
    pub fn scenes(&mut self) -> &[SceneId] {
        self.scenes.sort_unstable();
        self.scenes.dedup();
        &self.scenes
    }

    /// Ends the finding with what is wrong, in one sentence. Nothing is said when there was no occurrence.
    pub fn say(mut self, message: impl Into<String>) {
        if self.several.count == 0 || !self.sink.keeps {
            return;
        }
        self.scenes.sort_unstable();
        self.scenes.dedup();
        self.sink.documents.extend(self.document.take());
        let settings = self.sink.settings;
        let lapsed = self.lapsed.iter().filter_map(|at| settings.excuses.get(*at));
        self.notes.extend(lapsed.filter_map(|excuse| {
            let Excuse { lapsed: Some(day), reason, .. } = excuse else { return None };
            Some(format!("an ignore excused this until {day}: {reason}"))
        }));
        let severity = settings.severity_of(self.rule).unwrap_or(match self.effect {
            // A basis that the user does not let count decides nothing.
            _ if self.basis > settings.basis => Severity::Advice,
            Effect::Reject(_) => Severity::Error,
            Effect::Scene => Severity::Warning,
            Effect::Advice => Severity::Advice,
        });
        let finding = Finding {
            rule: self.rule,
            effect: self.effect,
            basis: self.basis,
            severity,
            message: message.into(),
            notes: std::mem::take(&mut self.notes),
            help: self.help.take(),
            count: self.several.count,
            contents: contents(self.rule, self.effect, &self.subject, self.several),
            subject: std::mem::take(&mut self.subject),
            examples: self.examples.kept().to_vec(),
            location: self.location.take(),
            scenes: std::mem::take(&mut self.scenes),
            figures: Vec::new(),
        };
        self.sink.findings.push(finding);
    }
}

/// What was found counts for what would be predicted without ignores, and explains differences, whether or not any of it
/// is said in the end.
impl Drop for Gather<'_, '_> {
    fn drop(&mut self) {
        if self.potential == 0 {
            return;
        }
        let Gather { rule, effect, basis, .. } = *self;
        self.sink.potential.push(Potential { rule, effect, basis });
        self.sink.covered.explain(std::mem::take(&mut self.explained));
        if effect != Effect::Advice && basis <= Basis::Implied {
            self.sink.covered.merge(std::mem::take(&mut self.covered));
        }
    }
}

/// What tells a finding from any other: what it says of whom, and where each time. How it is worded does not matter, nor how
/// grave the user takes it to be.
fn contents(rule: &Rule, effect: Effect, subject: &Subject, several: Several) -> Digest {
    let named = |name: &Option<Vec<u8>>| {
        Digest::of(&name.iter().map(Vec::as_slice).collect::<Vec<_>>()).to_bytes()
    };
    Digest::of(&[
        rule.code.as_bytes(),
        effect.as_str().as_bytes(),
        &named(&subject.sensor),
        &named(&subject.scene),
        &several.count.to_be_bytes(),
        &several.digest.to_bytes(),
    ])
}
