//! The one way to a finding: what a rule found goes in as [`Part`]s, what the user ignores is taken
//! away, and only then the [`Statement`] is made, from what was [`Kept`]. So no sentence counts
//! what is not reported.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;

use super::covered::Covered;
use super::model::{ContentHash, Example, Finding};
use super::part::{Draw, Named, Part, What};
use super::rule::Rule;
use super::settings::{Settings, Severity, Suppression};
use super::sink::{Potential, Sink};
use super::statement::Statement;
use crate::document::Location;
use crate::layout::SceneId;
use crate::multiset_hash::{Identified as _, MultisetHash, Occurrences};
use crate::names::name_set::NameSet;
use crate::platform::{Basis, Effect};
use crate::smallest::Smallest;
use crate::text;
use crate::tree::FolderId;
use crate::tree::files::Files;

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
    pub(super) part: &'p Part<'t, K>,
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

    /// What the rule knows of the parts, where it is the same of parts that follow each
    /// other only once.
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

impl Sink<'_> {
    /// Makes one finding of the parts, or none where there is no occurrence. `build` is given what
    /// is left when the user's ignores are taken away. Where they take anything, it is asked twice:
    /// what would be said without them counts for what would be predicted without them. Returns
    /// whether any occurrence is left.
    pub(crate) fn emit<'t, K>(
        &mut self,
        rule: &'static Rule,
        parts: impl IntoIterator<Item = Part<'t, K>>,
        build: impl Fn(&Kept<'_, 't, K>) -> Statement,
    ) -> bool {
        let parts: Vec<Part<'t, K>> = parts.into_iter().collect();
        let found: u64 = parts.iter().map(Part::count).sum();
        if found == 0 {
            return false;
        }
        let mut suppressor = Suppressor::new(self, rule);
        let kept = Kept::new(parts.iter().filter_map(|part| suppressor.kept(part)).collect());
        let statement = (kept.count > 0).then(|| build(&kept));
        let statement = statement.map(|statement| suppressor.without_ignored_places(statement));
        let Suppressor { expired, .. } = suppressor;
        let is_left = statement.is_some();
        let ignored = found.saturating_sub(kept.count);
        let (effect, basis) = match &statement {
            Some(statement) if ignored == 0 => statement.weight(rule),
            _ => build(&everything(&parts)).weight(rule),
        };
        self.potential.push(Potential { rule, effect, basis });
        if let Some(statement) = statement.filter(|_| self.keeps) {
            let finding = self.finding(rule, &kept, statement, &expired);
            self.findings.push(finding);
        }
        if self.keeps {
            self.ignored += ignored;
        }
        drop(kept);
        self.covers(rule, parts, effect != Effect::Advice && basis <= Basis::Implied);
        is_left
    }

    /// Makes a finding of one part, of which all or nothing is ignored.
    pub(crate) fn emit_one<'t>(
        &mut self,
        rule: &'static Rule,
        part: impl Into<Part<'t>>,
        statement: Statement,
    ) {
        self.emit(rule, [part.into()], move |_| statement.clone());
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
        expired: &BTreeSet<usize>,
    ) -> Finding {
        let (effect, basis) = statement.weight(rule);
        let Statement {
            message, help, mut notes, figures, subject, scenes, excerpt, places, ..
        } = statement;
        let settings = self.settings;
        let expired = expired.iter().filter_map(|at| settings.suppressions.get(*at));
        notes.extend(expired.filter_map(|suppression| {
            let Suppression { expired_on: Some(day), reason, .. } = suppression else {
                return None;
            };
            Some(format!("an ignore excused this until {day}: {reason}"))
        }));
        let mut counted = Counted::new(self);
        kept.parts.iter().for_each(|part| counted.add(part));
        places.into_iter().for_each(|place| counted.locate(0, &place));
        let Counted { occurrences, examples, location, .. } = counted;
        let repairs = statement.repairs.into_iter().filter_map(|(repair, way)| {
            let repair = match (way, settings.repairs) {
                (None, _) => return Some(repair),
                (Some(_), false) => return self.has_moves(kept).then_some(repair),
                (Some(way), true) => repair.with(self.moves(kept, way)),
            };
            (!repair.operations.is_empty()).then_some(repair)
        });
        let repairs = repairs.collect();
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
            count: occurrences.count,
            repairs,
            content_hash: ContentHash::new(rule, effect, &subject, occurrences),
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
struct Suppressor<'g, 's> {
    sink: &'g mut Sink<'s>,
    rule: &'static Rule,
    /// The positions of the ignores that are of the rule; none where findings are not kept.
    suppressions: Vec<usize>,
    /// The positions of those that were meant and are past their day.
    expired: BTreeSet<usize>,
}

impl<'g, 's> Suppressor<'g, 's> {
    fn new(sink: &'g mut Sink<'s>, rule: &'static Rule) -> Self {
        let suppressions = sink.settings.suppressions.iter().enumerate();
        let suppressions = suppressions
            .filter(|(_, suppression)| {
                suppression.rules.iter().any(|selector| selector.matches(rule))
            })
            .map(|(at, _)| at);
        let suppressions = if sink.keeps { suppressions.collect() } else { Vec::new() };
        Suppressor { sink, rule, suppressions, expired: BTreeSet::new() }
    }

    /// What is left of a part, if anything is.
    fn kept<'p, 't, K>(&mut self, part: &'p Part<'t, K>) -> Option<KeptPart<'p, 't, K>> {
        let mut kept = whole(part);
        if !self.suppressions.is_empty() {
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

    /// The statement without places in documents at which the user ignores the rule.
    fn without_ignored_places(&mut self, mut statement: Statement) -> Statement {
        statement.places.retain(|place| !self.is_ignored(place.document.as_bytes()));
        statement
    }

    /// Whether the user ignores the rule at this path. Asking marks the ignores that are meant
    /// as of use.
    fn is_ignored(&mut self, path: &[u8]) -> bool {
        self.sink.is_suppressed(self.rule, &self.suppressions, path, &mut self.expired)
    }
}

/// Counts what is kept, and chooses what is shown of it.
struct Counted<'s> {
    renamed: &'s BTreeMap<Vec<u8>, String>,
    occurrences: Occurrences,
    examples: Smallest<Example>,
    location: Option<Location>,
}

impl<'s> Counted<'s> {
    fn new(sink: &'s Sink<'_>) -> Self {
        let examples = Smallest::new(sink.settings.max_examples);
        Counted {
            renamed: &sink.renamed,
            occurrences: Occurrences::default(),
            examples,
            location: None,
        }
    }

    fn add<K>(&mut self, kept: &KeptPart<'_, '_, K>) {
        match &kept.part.what {
            What::Nothing => {}
            What::At { occurrences, example } => {
                self.count(*occurrences, example.identity());
                self.show(example.clone());
            }
            What::Document { count, location } => self.locate(*count, location),
            What::Files { folder, draw, .. } => self.add_files(kept, folder, draw),
            What::Items { item, draw, .. } => {
                let one = |at: &usize| Occurrences { count: 1, hash: item(*at).1 };
                let occurrences = kept.items.iter().map(one).collect();
                let examples = draw(&kept.items);
                if let Some(first) = examples.first() {
                    self.count(occurrences, first.identity());
                }
                examples.into_iter().for_each(|example| self.show(example));
            }
        }
    }

    /// Counts so many occurrences in a document. Of several places the first is shown.
    fn locate(&mut self, count: u64, location: &Location) {
        self.count(count.into(), location.identity());
        self.location.get_or_insert_with(|| location.clone());
    }

    fn add_files<K>(&mut self, kept: &KeptPart<'_, '_, K>, folder: &[u8], draw: &Draw<'_>) {
        let Some(files) = &kept.files else { return };
        let is_beyond = self.is_beyond_shown(folder);
        let shown = if is_beyond { 1 } else { self.examples.most().max(1) };
        let names = files.names(shown);
        let path = |name: &[u8]| [folder, name].concat();
        let Some(first) = names.first() else { return };
        self.count(files.occurrences(), MultisetHash::from_parts(&[&path(first)]));
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
    pub(super) fn count(&mut self, occurrences: Occurrences, place: MultisetHash) {
        self.occurrences.count += occurrences.count;
        let parts =
            [&occurrences.count.to_be_bytes()[..], &occurrences.hash.to_bytes(), &place.to_bytes()];
        self.occurrences.hash.add(MultisetHash::from_parts(&parts));
    }

    fn show(&mut self, example: Example) {
        self.examples.add(example.with_sound_suggestion(self.renamed));
    }
}
