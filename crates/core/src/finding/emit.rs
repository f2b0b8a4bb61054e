//! The one way to a finding: what a rule found goes in as [`Part`]s, what the user ignores is taken away, and only then the
//! [`Statement`] is made, from what was [`Kept`]. So no sentence counts what is not reported.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::covered::Covered;
use super::figures::{Figure, Quantity};
use super::settings::{Excuse, Settings, Severity};
use super::{Example, Finding, Potential, Rule, Sink, Subject, contents};
use crate::digest::{Digest, Identified as _, Several};
use crate::document::{Document, Location};
use crate::layout::{SceneId, Sensor, SensorId};
use crate::names::name_set::NameSet;
use crate::platform::{Basis, Effect};
use crate::smallest::Smallest;
use crate::text;
use crate::tree::files::Files;
use crate::tree::{FolderId, Tree};

/// Draws a place that is shown, from a file's path and its name.
type Draw<'t> = Box<dyn Fn(Vec<u8>, &[u8]) -> Example + 't>;

/// Gives the name of an item, and what tells it from any other, from its position.
type Item<'t> = Box<dyn Fn(usize) -> (Vec<u8>, Digest) + 't>;

/// Draws the places that are shown of items, from the positions of those that are kept.
type DrawItems<'t> = Box<dyn Fn(&[usize]) -> Vec<Example> + 't>;

/// Occurrences that a rule found together, with their names, and what it knows of them: a `K`.
pub(crate) struct Part<'t, K = ()> {
    key: K,
    what: What<'t>,
    scene: Option<SceneId>,
    names: Vec<Named>,
}

/// Where the occurrences are.
enum What<'t> {
    /// Nowhere: the part says what the finding names, and is no occurrence.
    Nothing,
    /// At one place.
    At { several: Several, example: Example },
    /// In a document.
    Document { count: u64, location: Location },
    /// Files behind one path, each of which may be ignored.
    Files { folder: Vec<u8>, id: Option<FolderId>, files: Files<'t>, draw: Draw<'t> },
    /// Names behind one path that are no files, each of which may be ignored, with what tells each from others.
    Items { folder: Vec<u8>, count: usize, item: Item<'t>, draw: DrawItems<'t> },
}

/// A difference between sensors that a finding names, so that no other need name it.
enum Named {
    Cell(SceneId, SensorId),
    Sensor(SensorId),
    Absent(SceneId),
    Missing(SceneId, SensorId, NameSet),
    Extra(SceneId, NameSet),
    /// Files that stand in the place of frames which the finding names.
    InPlace(FolderId, NameSet),
}

impl<'t> Part<'t> {
    fn new(what: What<'t>) -> Self {
        Part { key: (), what, scene: None, names: Vec::new() }
    }

    /// No occurrence: for what is to be named by the finding all the same.
    pub(crate) fn nothing() -> Self {
        Part::new(What::Nothing)
    }

    /// One occurrence at a place.
    pub(crate) fn at(example: Example) -> Self {
        Part::group(1, example)
    }

    /// Several occurrences at one place, which `example` shows.
    pub(crate) fn group(several: impl Into<Several>, example: Example) -> Self {
        Part::new(What::At { several: several.into(), example })
    }

    /// One occurrence in a document.
    pub(crate) fn located(location: Location) -> Self {
        Part::located_many(1, location)
    }

    /// So many occurrences in a document, of which `location` is one.
    pub(crate) fn located_many(count: u64, location: Location) -> Self {
        Part::new(What::Document { count, location })
    }

    /// Files of one folder, each of them an occurrence.
    pub(crate) fn files(tree: &Tree, folder: FolderId, files: Files<'t>) -> Self {
        let draw: Draw<'t> = Box::new(|path, _| Example::at(path));
        Part::new(What::Files { folder: tree.path(folder), id: Some(folder), files, draw })
    }

    /// As [`Part::files`], of files that do not stand in a folder of the tree: `folder` is the path before their names.
    pub(crate) fn paths(folder: &[u8], files: Files<'t>) -> Self {
        let draw: Draw<'t> = Box::new(|path, _| Example::at(path));
        Part::new(What::Files { folder: folder.to_vec(), id: None, files, draw })
    }

    /// So many names of one folder that are no files of it, each of them an occurrence. `item` gives a name, with what tells
    /// it from any other, by its position: they are not held here, as there may be millions. `draw` makes the places that
    /// are shown from the positions of those that are not ignored.
    pub(crate) fn items(
        folder: Vec<u8>,
        count: usize,
        item: impl Fn(usize) -> (Vec<u8>, Digest) + 't,
        draw: impl Fn(&[usize]) -> Vec<Example> + 't,
    ) -> Self {
        Part::new(What::Items { folder, count, item: Box::new(item), draw: Box::new(draw) })
    }
}

impl<'t, K> Part<'t, K> {
    /// The same with what the rule knows of it.
    pub(crate) fn keyed<L>(self, key: L) -> Part<'t, L> {
        let Part { what, scene, names, .. } = self;
        Part { key, what, scene, names }
    }

    /// Draws the places of files by `draw`, from their path and their name.
    pub(crate) fn drawn(mut self, draw: impl Fn(Vec<u8>, &[u8]) -> Example + 't) -> Self {
        if let What::Files { draw: drawn, .. } = &mut self.what {
            *drawn = Box::new(draw);
        }
        self
    }

    /// Says which scene is concerned; at risk, if the effect is [`Effect::Scene`].
    pub(crate) fn in_scene(self, scene: SceneId) -> Self {
        Part { scene: Some(scene), ..self }
    }

    fn naming(mut self, named: Named) -> Self {
        self.names.push(named);
        self
    }

    /// Says that the finding names a sensor's difference from the others in a scene, whatever it is.
    pub(crate) fn names_cell(self, scene: SceneId, sensor: SensorId) -> Self {
        self.naming(Named::Cell(scene, sensor))
    }

    /// As [`Part::names_cell`], in every scene.
    pub(crate) fn names_sensor(self, sensor: SensorId) -> Self {
        self.naming(Named::Sensor(sensor))
    }

    /// Says that the finding names all sensors that have no folder of this scene.
    pub(crate) fn names_absent(self, scene: SceneId) -> Self {
        self.naming(Named::Absent(scene))
    }

    /// Says that the finding names the stems that a sensor lacks in a scene.
    pub(crate) fn names_missing(self, scene: SceneId, sensor: SensorId, stems: NameSet) -> Self {
        self.naming(Named::Missing(scene, sensor, stems))
    }

    /// Says that the finding names the stems that one sensor has in a scene, and others lack.
    pub(crate) fn names_extra(self, scene: SceneId, stems: NameSet) -> Self {
        self.naming(Named::Extra(scene, stems))
    }

    /// Says that files of a folder stand in the place of frames which the finding names.
    pub(crate) fn in_place(self, folder: FolderId, files: NameSet) -> Self {
        self.naming(Named::InPlace(folder, files))
    }

    /// How many occurrences there are, the ignored ones included.
    fn count(&self) -> u64 {
        match &self.what {
            What::Nothing => 0,
            What::At { several, .. } => several.count,
            What::Document { count, .. } => *count,
            What::Files { files, .. } => files.count(),
            What::Items { count, .. } => *count as u64,
        }
    }
}

/// What is left of one part.
pub(crate) struct KeptPart<'p, 't, K> {
    /// What the rule knows of it.
    pub(crate) key: &'p K,
    /// How many occurrences are left, one at the least.
    pub(crate) count: u64,
    /// The files, where they are files.
    pub(crate) files: Option<Files<'p>>,
    /// The positions of the items, where they are items.
    pub(crate) items: Vec<usize>,
    part: &'p Part<'t, K>,
}

/// What is left of the parts when what the user ignores is taken away.
pub(crate) struct Kept<'p, 't, K> {
    /// Those of which anything is left, in the order of the rule.
    pub(crate) parts: Vec<KeptPart<'p, 't, K>>,
    count: u64,
}

impl<'p, 't, K> Kept<'p, 't, K> {
    fn new(parts: Vec<KeptPart<'p, 't, K>>) -> Self {
        let count = parts.iter().map(|part| part.count).sum();
        Kept { parts, count }
    }

    /// How many occurrences there are.
    pub(crate) fn count(&self) -> u64 {
        self.count
    }

    /// How many there are, with the noun: `1 frame`, `1,000 frames`.
    pub(crate) fn counted(&self, noun: &str) -> String {
        text::count(self.count, noun)
    }

    /// The verb that goes with their number.
    pub(crate) fn verb<'v>(&self, one: &'v str, several: &'v str) -> &'v str {
        if self.count == 1 { one } else { several }
    }

    /// What the rule knows of each part.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'p K> {
        self.parts.iter().map(|part| part.key)
    }

    /// What the rule knows of the parts, where it is the same of parts that follow each other only once.
    pub(crate) fn distinct_keys(&self) -> Vec<K>
    where
        K: Copy + PartialEq,
    {
        let mut keys: Vec<K> = self.keys().copied().collect();
        keys.dedup();
        keys
    }

    /// The scenes concerned, ascending, each once.
    pub(crate) fn scenes(&self) -> Vec<SceneId> {
        let mut scenes: Vec<SceneId> =
            self.parts.iter().filter_map(|kept| kept.part.scene).collect();
        scenes.sort_unstable();
        scenes.dedup();
        scenes
    }
}

/// What a finding says of what was kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    message: String,
    help: Option<String>,
    notes: Vec<String>,
    figures: Vec<Figure>,
    subject: Subject,
    weight: Option<(Effect, Basis)>,
    scenes: Vec<SceneId>,
    excerpt: Option<(Document, Location)>,
}

impl Statement {
    /// Says what is wrong, in one sentence.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Statement { message: message.into(), ..Statement::default() }
    }

    /// Says what would mend it, in one sentence.
    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        Statement { help: Some(help.into()), ..self }
    }

    /// Adds lines of what else is worth knowing: one, none, or several.
    pub(crate) fn notes<N: Into<String>>(mut self, notes: impl IntoIterator<Item = N>) -> Self {
        self.notes.extend(notes.into_iter().map(Into::into));
        self
    }

    /// Adds a line of what else is worth knowing.
    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        self.notes([note])
    }

    /// Adds a measured value.
    pub(crate) fn figure(mut self, quantity: &'static Quantity, value: impl Into<i128>) -> Self {
        self.figures.push(Figure { quantity, value: value.into() });
        self
    }

    /// Says which sensor's folder it is about.
    pub(crate) fn about_sensor(mut self, folder: &[u8]) -> Self {
        self.subject.sensor = Some(folder.to_vec());
        self
    }

    /// As [`Statement::about_sensor`], where it is about one.
    pub(crate) fn about(self, sensor: Option<&Sensor>) -> Self {
        match sensor {
            Some(sensor) => self.about_sensor(&sensor.folder_name),
            None => self,
        }
    }

    /// Says which scene it is about.
    pub(crate) fn about_scene(mut self, scene: &[u8]) -> Self {
        self.subject.scene = Some(scene.to_vec());
        self
    }

    /// Predicts another answer than the rule's own, as well supported as this.
    pub(crate) fn effect(self, effect: Effect, basis: Basis) -> Self {
        Statement { weight: Some((effect, basis)), ..self }
    }

    /// Says that further scenes are concerned than those of the parts.
    pub(crate) fn in_scenes(mut self, scenes: impl IntoIterator<Item = SceneId>) -> Self {
        self.scenes.extend(scenes);
        self
    }

    /// Shows a place in a file of which only this much is kept.
    pub(crate) fn excerpt(self, excerpt: Option<(Document, Location)>) -> Self {
        Statement { excerpt, ..self }
    }

    fn weight(&self, rule: &Rule) -> (Effect, Basis) {
        self.weight.unwrap_or((rule.effect, rule.basis))
    }
}

impl Sink<'_> {
    /// Makes one finding of the parts, or none where there is no occurrence. `build` is given what is left when the user's
    /// ignores are taken away. Where they take anything, it is asked twice: what would be said without them counts for
    /// what would be predicted without them.
    pub(crate) fn emit<'t, K>(
        &mut self,
        rule: &'static Rule,
        parts: impl IntoIterator<Item = Part<'t, K>>,
        build: impl Fn(&Kept<'_, 't, K>) -> Statement,
    ) {
        let parts: Vec<Part<'t, K>> = parts.into_iter().collect();
        let found: u64 = parts.iter().map(Part::count).sum();
        if found == 0 {
            return;
        }
        let mut suppression = Suppression::new(self, rule);
        let kept = Kept::new(parts.iter().filter_map(|part| suppression.kept(part)).collect());
        let Suppression { lapsed, .. } = suppression;
        let statement = (kept.count > 0).then(|| build(&kept));
        let ignored = found.saturating_sub(kept.count);
        let (effect, basis) = match &statement {
            Some(statement) if ignored == 0 => statement.weight(rule),
            _ => build(&everything(&parts)).weight(rule),
        };
        self.potential.push(Potential { rule, effect, basis });
        if let Some(statement) = statement.filter(|_| self.keeps) {
            let finding = self.finding(rule, &kept, statement, &lapsed);
            self.findings.push(finding);
        }
        if self.keeps {
            self.ignored += ignored;
        }
        drop(kept);
        self.covers(rule, parts, effect != Effect::Advice && basis <= Basis::Implied);
    }

    /// The files, folder by folder, that stand in the place of frames which a finding before names.
    pub(crate) fn in_place(&self) -> &HashMap<FolderId, NameSet> {
        self.covered.all_explained()
    }

    fn finding<K>(
        &mut self,
        rule: &'static Rule,
        kept: &Kept<'_, '_, K>,
        statement: Statement,
        lapsed: &BTreeSet<usize>,
    ) -> Finding {
        let (effect, basis) = statement.weight(rule);
        let Statement { message, help, mut notes, figures, subject, excerpt, scenes, .. } =
            statement;
        let settings = self.settings;
        let lapsed = lapsed.iter().filter_map(|at| settings.excuses.get(*at));
        notes.extend(lapsed.filter_map(|excuse| {
            let Excuse { lapsed: Some(day), reason, .. } = excuse else { return None };
            Some(format!("an ignore excused this until {day}: {reason}"))
        }));
        let mut counted = Counted::new(self);
        kept.parts.iter().for_each(|part| counted.add(part));
        let Counted { several, examples, location, .. } = counted;
        let (document, excerpt) = excerpt.unzip();
        self.documents.extend(document);
        let mut all = kept.scenes();
        all.extend(scenes);
        all.sort_unstable();
        all.dedup();
        Finding {
            rule,
            effect,
            basis,
            severity: severity(settings, rule, effect, basis),
            message,
            notes,
            help,
            count: several.count,
            contents: contents(rule, effect, &subject, several),
            subject,
            examples: examples.kept().to_vec(),
            location: location.or(excerpt),
            scenes: all,
            figures,
        }
    }

    /// Remembers which differences the finding names.
    fn covers<K>(&mut self, rule: &'static Rule, parts: Vec<Part<'_, K>>, is_at_risk: bool) {
        let (mut covered, mut in_place) = (Covered::default(), Vec::new());
        for Part { what, names, .. } in parts {
            if let What::Files { id: Some(folder), .. } = what {
                covered.add_folder(folder, rule.code);
            }
            for named in names {
                match named {
                    Named::Cell(scene, sensor) => covered.add_cell(scene, sensor),
                    Named::Sensor(sensor) => covered.add_sensor(sensor),
                    Named::Absent(scene) => covered.add_absent(scene),
                    Named::Missing(scene, sensor, stems) => {
                        covered.add_missing(scene, sensor, &stems);
                    }
                    Named::Extra(scene, stems) => covered.add_extra(scene, &stems),
                    Named::InPlace(folder, files) => in_place.push((folder, files)),
                }
            }
        }
        self.covered.explain(in_place);
        if is_at_risk {
            self.covered.merge(covered);
        }
    }
}

/// How grave a finding is to the user.
fn severity(settings: &Settings, rule: &Rule, effect: Effect, basis: Basis) -> Severity {
    settings.severity_of(rule).unwrap_or(match effect {
        // A basis that the user does not let count decides nothing.
        _ if basis > settings.basis => Severity::Advice,
        Effect::Reject(_) => Severity::Error,
        Effect::Scene => Severity::Warning,
        Effect::Advice => Severity::Advice,
    })
}

/// All parts, with nothing taken away.
fn everything<'p, 't, K>(parts: &'p [Part<'t, K>]) -> Kept<'p, 't, K> {
    let parts = parts.iter().filter(|part| part.count() > 0);
    Kept::new(parts.map(|part| whole(part)).collect())
}

fn whole<'p, 't, K>(part: &'p Part<'t, K>) -> KeptPart<'p, 't, K> {
    let (files, items) = match &part.what {
        What::Files { files, .. } => (Some(files.borrowed()), Vec::new()),
        What::Items { count, .. } => (None, (0..*count).collect()),
        _ => (None, Vec::new()),
    };
    KeptPart { key: &part.key, count: part.count(), files, items, part }
}

/// Takes away what the user ignores of one rule.
struct Suppression<'g, 's> {
    sink: &'g mut Sink<'s>,
    rule: &'static Rule,
    /// The positions of the ignores that are of the rule; none where findings are not kept.
    excuses: Vec<usize>,
    /// The positions of those that were meant and are past their day.
    lapsed: BTreeSet<usize>,
}

impl<'g, 's> Suppression<'g, 's> {
    fn new(sink: &'g mut Sink<'s>, rule: &'static Rule) -> Self {
        let excuses = sink.settings.excuses.iter().enumerate();
        let excuses = excuses
            .filter(|(_, excuse)| excuse.rules.iter().any(|selector| selector.matches(rule)))
            .map(|(at, _)| at);
        let excuses = if sink.keeps { excuses.collect() } else { Vec::new() };
        Suppression { sink, rule, excuses, lapsed: BTreeSet::new() }
    }

    /// What is left of a part, if anything is.
    fn kept<'p, 't, K>(&mut self, part: &'p Part<'t, K>) -> Option<KeptPart<'p, 't, K>> {
        let mut kept = whole(part);
        if !self.excuses.is_empty() {
            match &part.what {
                What::Nothing => {}
                What::At { example, .. } if self.is_ignored(&example.path) => kept.count = 0,
                What::Document { location, .. }
                    if self.is_ignored(location.document.as_bytes()) =>
                {
                    kept.count = 0;
                }
                What::At { .. } | What::Document { .. } => {}
                What::Files { folder, files, .. } => {
                    let mut path = folder.clone();
                    let left = files.borrowed().filtered(|name| {
                        path.truncate(folder.len());
                        path.extend_from_slice(name);
                        !self.is_ignored(&path)
                    });
                    kept.count = left.count();
                    kept.files = Some(left);
                }
                What::Items { folder, item, .. } => {
                    kept.items.retain(|at| {
                        let (name, _) = item(*at);
                        !self.is_ignored(&[&folder[..], &name].concat())
                    });
                    kept.count = kept.items.len() as u64;
                }
            }
        }
        (kept.count > 0).then_some(kept)
    }

    /// Whether the user ignores the rule at this path. Asking marks the ignores that are meant as of use.
    fn is_ignored(&mut self, path: &[u8]) -> bool {
        self.sink.excused(self.rule, &self.excuses, path, &mut self.lapsed)
    }
}

/// Counts what is kept, and chooses what is shown of it.
struct Counted<'s> {
    renamed: &'s BTreeMap<Vec<u8>, String>,
    several: Several,
    examples: Smallest<Example>,
    location: Option<Location>,
}

impl<'s> Counted<'s> {
    fn new(sink: &'s Sink<'_>) -> Self {
        let examples = Smallest::new(sink.settings.max_examples);
        Counted { renamed: &sink.renamed, several: Several::default(), examples, location: None }
    }

    fn add<K>(&mut self, kept: &KeptPart<'_, '_, K>) {
        match &kept.part.what {
            What::Nothing => {}
            What::At { several, example } => {
                self.count(*several, example.identity());
                self.show(example.clone());
            }
            What::Document { count, location } => {
                self.count((*count).into(), location.identity());
                self.location.get_or_insert_with(|| location.clone());
            }
            What::Files { folder, draw, .. } => self.add_files(kept, folder, draw),
            What::Items { item, draw, .. } => {
                let one = |at: &usize| Several { count: 1, digest: item(*at).1 };
                let several = kept.items.iter().map(one).collect();
                let examples = draw(&kept.items);
                if let Some(first) = examples.first() {
                    self.count(several, first.identity());
                }
                examples.into_iter().for_each(|example| self.show(example));
            }
        }
    }

    fn add_files<K>(&mut self, kept: &KeptPart<'_, '_, K>, folder: &[u8], draw: &Draw<'_>) {
        let Some(files) = &kept.files else { return };
        let is_beyond = self.is_beyond_shown(folder);
        let shown = if is_beyond { 1 } else { self.examples.most().max(1) };
        let names = files.names(shown);
        let path = |name: &[u8]| [folder, name].concat();
        let Some(first) = names.first() else { return };
        self.count(files.several(), Digest::of(&[&path(first)]));
        for name in names.iter().filter(|_| !is_beyond) {
            self.show(draw(path(name), name));
        }
    }

    /// Whether nothing in this folder would be shown: enough is, and all of it comes before.
    fn is_beyond_shown(&self, folder: &[u8]) -> bool {
        let examples = self.examples.kept();
        examples.len() == self.examples.most()
            && examples.last().is_some_and(|last| *last.path < *folder)
    }

    /// Counts several occurrences that are known by where they are, too.
    fn count(&mut self, several: Several, place: Digest) {
        self.several.count += several.count;
        let parts =
            [&several.count.to_be_bytes()[..], &several.digest.to_bytes(), &place.to_bytes()];
        self.several.digest.add(Digest::of(&parts));
    }

    fn show(&mut self, example: Example) {
        self.examples.add(example.with_sound_suggestion(self.renamed));
    }
}
