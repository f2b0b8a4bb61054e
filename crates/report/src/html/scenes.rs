//! All scenes: those in which something is to be seen, each drawn before and after its repairs;
//! and the others in a table.

use std::collections::BTreeMap;

use maud::{Markup, html};
use sensortree_core::align::picture::{LaneKind, Picture, PicturedScene, RESOLUTION, Span};
use sensortree_core::report::pictures::PictureAfter;
use sensortree_core::text::{count, number};

use super::chart::{Shape, stamp};
use super::ids::Ids;
use super::overview::chips;
use super::prose::{command, name};
use super::room::Room;
use super::scene::{Detail, drawing, measures};
use crate::quantities::{length, rate};
use crate::standing::{Tone, gravity, of_lane};

/// How many scenes are drawn with single frames, and as they will be.
const IN_DETAIL: usize = 24;
/// Up to so many whole scenes are drawn, too.
const FEW: usize = 6;
/// How many scenes are named that are neither drawn nor in the table.
const NAMED: usize = 400;
/// How many sensors are named in the line of a scene.
const SENSORS_NAMED: usize = 4;

/// The scenes of a picture, drawn as far as there is room.
pub(super) struct Scenes<'p> {
    picture: &'p Picture,
    after: Option<&'p PictureAfter>,
    /// What carries the repairs out.
    command: String,
    ids: Ids,
    room: Room,
    /// The scene that is open from the start.
    gravest: Option<usize>,
    /// For each scene, what is drawn of it.
    drawn: Vec<Option<Markup>>,
    /// For each scene, where on the page it is.
    pub(super) anchors: Vec<Option<String>>,
}

impl<'p> Scenes<'p> {
    /// Draws the scenes, the gravest first as long as there is room.
    pub(super) fn new(
        picture: &'p Picture,
        after: Option<&'p PictureAfter>,
        command: String,
        (ids, room): (Ids, Room),
    ) -> Self {
        let mut order: Vec<usize> = (0..picture.scenes.len()).collect();
        order.sort_by_cached_key(|at| picture.scenes.get(*at).map(gravity));
        let whole = picture.scenes.iter().filter(|scene| scene.is_whole()).count();
        let later: BTreeMap<&[u8], &PicturedScene> = after
            .iter()
            .flat_map(|after| &after.picture.scenes)
            .map(|scene| (scene.name.as_slice(), scene))
            .collect();
        let mut scenes = Scenes {
            picture,
            after,
            command,
            ids,
            room,
            gravest: order.first().copied(),
            drawn: vec![None; picture.scenes.len()],
            anchors: vec![None; picture.scenes.len()],
        };
        let mut room = room.drawings;
        for (place, at) in order.into_iter().enumerate() {
            let Some(scene) = picture.scenes.get(at) else { continue };
            if scene.is_whole() && whole > FEW {
                break;
            }
            let after = later.get(scene.name.as_slice()).copied();
            let detail = if place < IN_DETAIL { Detail::Frames } else { Detail::Whole };
            let drawn = scenes.before_and_after(scene, after, detail);
            let size = drawn.0.len();
            if size > room {
                break;
            }
            room -= size;
            if let (Some(slot), Some(anchor)) =
                (scenes.drawn.get_mut(at), scenes.anchors.get_mut(at))
            {
                *slot = Some(drawn);
                *anchor = Some(ids.scene(at));
            }
        }
        scenes
    }

    /// A scene as it is and, where that is another one, as it will be.
    fn before_and_after(
        &self,
        scene: &PicturedScene,
        after: Option<&PicturedScene>,
        detail: Detail,
    ) -> Markup {
        let said = |scene: &PicturedScene| -> Vec<_> { scene.lanes.iter().map(of_lane).collect() };
        let later = self.after.zip(after).filter(|(_, after)| said(after) != said(scene));
        html! {
            div.scrolls tabindex="0" role="group" aria-label={(name(&scene.name)) ", as it is"} {
                @match drawing(self.picture, scene, detail) {
                    Some(drawing) => { (drawing.svg()) },
                    None => { p.note { "No frame of this scene has a number, so that it has no axis." } },
                }
            }
            @if let Some((after, scene)) = later {
                @if detail == Detail::Frames && let Some(drawing) = drawing(&after.picture, scene, detail) {
                    h4 { "After its repairs: " (command(&self.command)) }
                    div.scrolls tabindex="0" role="group" aria-label={(name(&scene.name)) ", after its repairs"} { (drawing.svg()) }
                } @else {
                    p { "After its repairs: " (troubles(&after.picture, scene)) }
                }
            }
        }
    }

    /// The section of the page.
    pub(super) fn section(&self) -> Markup {
        let scenes =
            || self.picture.scenes.iter().zip(self.drawn.iter().zip(&self.anchors)).enumerate();
        let all = self.picture.scenes.len();
        let whole = self.picture.scenes.iter().filter(|scene| scene.is_whole()).count();
        let undrawn: Vec<&PicturedScene> = scenes()
            .filter(|(_, (scene, (drawn, _)))| drawn.is_none() && !scene.is_whole())
            .map(|(_, (scene, _))| scene)
            .collect();
        let (left, width) = measures();
        html! {
            section.pictures id=(self.ids.id("pictures")) aria-labelledby=[self.ids.landmark("scenes")] data-left=(left) data-width=(width) {
                h2 id=(self.ids.id("scenes")) { "Scene by scene" }
                p { (wholeness(whole, all)) }
                @for (at, (scene, (drawn, anchor))) in scenes() {
                    @if let (Some(drawn), Some(anchor)) = (drawn, anchor) {
                        details.scene id=(anchor) open[self.gravest == Some(at)] {
                            summary { h3 { (name(&scene.name)) } (troubles(self.picture, scene)) }
                            (drawn)
                            output.reading aria-live="polite" {}
                        }
                    }
                }
                @if !undrawn.is_empty() { (self.named(&undrawn)) }
                @if whole > FEW { (self.table()) }
            }
        }
    }

    /// Scenes in which something is to be seen, and for which there is no room.
    fn named(&self, scenes: &[&PicturedScene]) -> Markup {
        html! {
            details.scene {
                summary { h3 { (count(scenes.len() as u64, "more scene")) " in which something is to be seen" } }
                p.note { "They are not drawn, so that this file stays small; the map above shows them." }
                ul.names {
                    @for scene in scenes.iter().take(NAMED) {
                        li { code { (name(&scene.name)) } " " (troubles(self.picture, scene)) }
                    }
                }
                @if scenes.len() > NAMED {
                    p.note { "and " (number((scenes.len() - NAMED) as u64)) " more" }
                }
            }
        }
    }

    /// The whole scenes, one line each: all sensors are the same there.
    fn table(&self) -> Markup {
        let whole = || self.picture.scenes.iter().filter(|scene| scene.is_whole());
        let longest = whole().filter_map(|scene| Some(scene.axis?.length)).max().unwrap_or(1);
        html! {
            details.scene {
                summary { h3 { (count(whole().count() as u64, "whole scene")) } }
                div.scrolls tabindex="0" role="group" aria-label="Whole scenes" {
                    table.wholes {
                        thead { tr {
                            th scope="col" { "Scene" } th scope="col" { "Frames" }
                            th scope="col" { "Begins at" } th scope="col" { "All sensors alike" }
                        } }
                        tbody {
                            @for scene in whole().take(self.room.rows) { (whole_row(scene, longest)) }
                        }
                    }
                }
                @if whole().count() > self.room.rows {
                    p.note { "and " (number((whole().count() - self.room.rows) as u64)) " more" }
                }
            }
        }
    }
}

/// How many of the scenes are whole.
fn wholeness(whole: usize, all: usize) -> String {
    let same = "all sensors have the same frames";
    match (whole, all) {
        (1, 1) => format!("The scene is whole: {same}."),
        (whole, all) if whole == all => format!("All scenes are whole: in each, {same}."),
        (0, _) => "No scene is whole: in each, something is to be said of a sensor.".to_owned(),
        (whole, all) => {
            let verb = if whole == 1 { "is" } else { "are" };
            let (whole, all) = (number(whole as u64), count(all as u64, "scene"));
            format!("{whole} of {all} {verb} whole: {same}.")
        }
    }
}

/// What is to be said of a scene's sensors, in its line.
fn troubles(picture: &Picture, scene: &PicturedScene) -> Markup {
    let mut said: Vec<(String, _)> = Vec::new();
    for (sensor, lane) in picture.sensors.iter().zip(&scene.lanes) {
        let of_lane = of_lane(lane);
        if of_lane.iter().any(|statement| statement.tone != Tone::Fine) {
            said.push((name(&sensor.folder), of_lane));
        }
    }
    let more = said.len().saturating_sub(SENSORS_NAMED);
    html! {
        span.troubles {
            @if said.is_empty() {
                span.chip.fine { span.sign aria-hidden="true" { (Tone::Fine.sign()) } "whole" }
            }
            @for (sensor, said) in said.iter().take(SENSORS_NAMED) {
                span.trouble { (sensor) " " (chips(said)) }
            }
            @if more > 0 { span.note { "and " (count(more as u64, "sensor")) " more" } }
        }
    }
}

fn whole_row(scene: &PicturedScene, longest: i128) -> Markup {
    const WIDTH: f64 = 420.0;
    let lane = scene.lanes.iter().find(|lane| lane.kind == LaneKind::Same);
    let frames = lane.map_or(0, |lane| lane.frames);
    let Some(axis) = &scene.axis else {
        return html! { tr { th scope="row" { (name(&scene.name)) } td { (number(frames)) } td {} td {} } };
    };
    let width = axis.length as f64 / longest.max(1) as f64 * WIDTH;
    let mut bar = Shape::default();
    for Span { from, to } in lane.map(|lane| lane.covered.as_slice()).unwrap_or_default() {
        let x = f64::from(*from) / f64::from(RESOLUTION) * width;
        let end = f64::from(*to) / f64::from(RESOLUTION) * width;
        bar.rectangle(x, 0.0, (end - x).max(1.0), 9.0);
    }
    let rate = u64::try_from(axis.step).ok().filter(|_| axis.timed).and_then(rate);
    html! {
        tr {
            th scope="row" { (name(&scene.name)) }
            td { (number(frames)) }
            td { (stamp(axis, axis.begin + (axis.step / 2).max(1))) }
            td {
                svg width="420" height="9" { path.fine d=(bar.0) {} }
                " " (length(axis.length, axis.timed)) @if let Some(rate) = rate { " at " (rate) }
            }
        }
    }
}
