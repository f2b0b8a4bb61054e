//! [`Statement`]: what a finding says of what was kept.

use super::figures::{Figure, Quantity};
use super::model::Subject;
use super::rule::Rule;
use crate::document::{Document, Location};
use crate::layout::{SceneId, Sensor};
use crate::platform::{Basis, Effect};
use crate::repair::Repair;

/// What a finding says of what was kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Statement {
    pub(super) message: String,
    pub(super) help: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) figures: Vec<Figure>,
    pub(super) subject: Subject,
    pub(super) weight: Option<(Effect, Basis)>,
    pub(super) scenes: Vec<SceneId>,
    pub(super) excerpt: Option<(Document, Location)>,
    pub(super) places: Vec<Location>,
    /// The ways to mend it. To some belong the moves to the places that are shown as right, or
    /// what the parts say of this way.
    pub(super) repairs: Vec<(Repair, Option<usize>)>,
}

impl Statement {
    /// Says what is wrong, in one sentence.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Statement { message: message.into(), ..Statement::default() }
    }

    /// Says what is wrong in other words.
    pub(crate) fn message(self, message: impl Into<String>) -> Self {
        Statement { message: message.into(), ..self }
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

    /// Adds a way to mend it, as operations.
    pub(crate) fn repair(mut self, repair: Repair) -> Self {
        if !repair.operations.is_empty() {
            self.repairs.push((repair, None));
        }
        self
    }

    /// Adds a way to mend it: what is shown with a right path or name moves there, also what is not
    /// among the examples.
    pub(crate) fn repair_as_shown(self, repair: Repair) -> Self {
        self.repairs_in_ways([(repair, 0)])
    }

    /// Adds ways to mend it, each by its number: what the parts say of it.
    pub(crate) fn repairs_in_ways(
        mut self,
        repairs: impl IntoIterator<Item = (Repair, usize)>,
    ) -> Self {
        self.repairs.extend(repairs.into_iter().map(|(repair, way)| (repair, Some(way))));
        self
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

    /// Points at places in a document that are no occurrences themselves: where in it the finding
    /// is to be mended.
    pub(crate) fn pointing_at(mut self, places: impl IntoIterator<Item = Location>) -> Self {
        self.places.extend(places);
        self
    }

    pub(super) fn weight(&self, rule: &Rule) -> (Effect, Basis) {
        self.weight.unwrap_or((rule.effect, rule.basis))
    }
}
