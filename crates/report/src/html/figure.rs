//! The picture by itself: the sensors in all scenes, and the gravest scene on its time axis, as one
//! SVG for documents that are not the page, such as a notebook.
//!
//! It needs no style of the document that it stands in, and puts none there: what classes say on
//! the page is said by attributes. Text and lines have the colour of the text around it, so that it
//! can be read on a light and on a dark ground; the colours of the sensors stand out on both.

use maud::html;
use sensortree_core::align::picture::{Picture, PicturedScene};
use sensortree_core::text::{count, number};

use super::chart::{Shape, short};
use super::prose::name;
use super::scene::{Detail, WIDTH, drawing};
use crate::escape::clip_middle;
use crate::standing::{Cell, Tone, cell, columns, gravity, overall};

/// The most sensors that are drawn.
const SENSORS: usize = 60;
/// The most columns of the map.
const COLUMNS: usize = 96;
/// Where the map begins, and how wide it is.
const MAP: (f64, f64) = (620.0, 520.0);
/// How high the line of a sensor in all scenes is.
const LINE: f64 = 22.0;
/// How many characters of a sensor's name and of what is said of it are shown.
const NAME: usize = 27;
const SAID: usize = 52;

/// Draws it; `None` where there is nothing to draw, or too much for one drawing.
pub(crate) fn figure(picture: &Picture) -> Option<String> {
    if picture.sensors.len() > SENSORS {
        return None;
    }
    let gravest = picture.scenes.iter().min_by_key(|scene| gravity(scene))?;
    let scene = drawing(picture, gravest, Detail::Frames);
    let glance = (picture.scenes.len() > 1 || scene.is_none()).then(|| glance(picture));
    let top = glance.as_ref().map_or(0.0, |(_, height)| *height);
    let below = scene.as_ref().map(|scene| scene.height + LINE);
    let height = short(top + below.unwrap_or_default());
    let width = short(WIDTH);
    let title = format!("How the frames of {} lie", count(picture.sensors.len() as u64, "sensor"));
    let drawn = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={"0 0 " (width) " " (height)} width="100%"
            font-family="system-ui, sans-serif" font-size="11" fill="currentColor" role="img" {
            title { (title) }
            @if let Some((glance, _)) = &glance { (glance) }
            @if let Some(scene) = &scene {
                text.strong y=(short(top + 14.0)) { (caption(picture, gravest)) }
                svg y=(short(top + LINE)) width=(width) height=(short(scene.height)) { (scene.inner) }
            }
        }
    };
    Some(with_attributes(&drawn.into_string()))
}

/// Which scene it is that is drawn.
fn caption(picture: &Picture, scene: &PicturedScene) -> String {
    let scenes = picture.scenes.len();
    let name = clip_middle(&name(&scene.name), 2 * NAME, "…").into_owned();
    match (scenes, scene.is_whole()) {
        (1, _) => name,
        (_, true) => format!("{name}, the first of {} whole scenes", number(scenes as u64)),
        (_, false) => format!("{name}, the gravest of {} scenes", number(scenes as u64)),
    }
}

/// The sensors in all scenes, and how high that is.
fn glance(picture: &Picture) -> (maud::Markup, f64) {
    let columns = columns(picture.scenes.len(), COLUMNS);
    let width = (MAP.1 / columns.len().max(1) as f64).min(40.0);
    let line = |sensor: usize| {
        let said = overall(picture, sensor).statements;
        let tone = said.iter().map(|statement| statement.tone).max().unwrap_or(Tone::Fine);
        let words: Vec<&str> = said.iter().map(|statement| statement.text.as_str()).collect();
        let words = clip_middle(&words.join(", "), SAID, "…").into_owned();
        let mut shapes = [Tone::Fine, Tone::Mute, Tone::Odd, Tone::Clock, Tone::Missing]
            .map(|tone| (tone, Shape::default()));
        let top = sensor as f64 * LINE + LINE;
        for (at, (from, to)) in columns.iter().enumerate() {
            let scenes = picture.scenes.get(*from..*to).unwrap_or_default();
            let Cell { tone, missing } =
                cell(scenes.iter().filter_map(|scene| scene.lanes.get(sensor)));
            let x = MAP.0 + at as f64 * width;
            let mut add = |wanted: Tone, height: f64| {
                for (_, shape) in shapes.iter_mut().filter(|(tone, _)| *tone == wanted) {
                    shape.rectangle(x, top, width - 0.8, height);
                }
            };
            add(tone, LINE - 6.0);
            if missing > 0.0 {
                add(Tone::Missing, ((LINE - 6.0) * missing).max(5.0));
            }
        }
        (tone, words, shapes, top)
    };
    let drawn = html! {
        text.strong y="14" { "Sensors in " (count(picture.scenes.len() as u64, "scene")) }
        @for (at, sensor) in picture.sensors.iter().enumerate() {
            @let (tone, words, shapes, top) = line(at);
            text.sensor y=(short(top + 12.0)) { (clip_middle(&name(&sensor.folder), NAME, "…")) }
            text.said x="232" y=(short(top + 12.0)) { (tone.sign()) " " (words) }
            // What is missing is drawn over the rest.
            @for (tone, shape) in &shapes {
                @if !shape.is_empty() { path class=(tone.class()) d=(shape.0) {} }
            }
        }
    };
    (drawn, LINE * (picture.sensors.len() + 2) as f64)
}

/// What the classes of the page's style come to.
const ATTRIBUTES: [(&str, &str); 24] = [
    ("fine", r##"fill="#2a9d83""##),
    ("late", r##"fill="#e08a1a""##),
    ("odd", r##"fill="#8f74e0""##),
    ("mute", r##"fill="#8593a1""##),
    ("miss", r##"fill="#d8405a""##),
    ("ticks", r##"stroke="#2a9d83" stroke-width="3.6" fill="none""##),
    ("track", r#"fill-opacity="0.1""#),
    ("row", r#"stroke="currentColor" stroke-opacity="0.15" fill="none""#),
    ("grid", r#"stroke="currentColor" stroke-opacity="0.2" stroke-dasharray="1 3" fill="none""#),
    ("slot", r#"stroke="currentColor" stroke-opacity="0.3" fill="none""#),
    ("zero", r#"stroke="currentColor" stroke-opacity="0.4" fill="none""#),
    ("rule", r#"stroke="currentColor" stroke-opacity="0.4" fill="none""#),
    ("band", r##"fill="#e08a1a" fill-opacity="0.85""##),
    ("gap", r##"fill="#d8405a" fill-opacity="0.15" stroke="#d8405a" stroke-width="1.2""##),
    ("pin", r##"fill="#d8405a""##),
    ("whisker", r##"stroke="#e08a1a" stroke-width="1.5" fill="none""##),
    ("lens", r#"stroke="currentColor" stroke-width="1.5" fill="none""#),
    ("cursor", r#"visibility="hidden""#),
    ("sensor", r#"font-family="monospace" font-size="13" font-weight="600""#),
    ("said", r#"font-size="12" font-weight="600""#),
    ("strong", r#"font-size="12" font-weight="600""#),
    ("stamp", r#"font-family="monospace" fill-opacity="0.8""#),
    ("name", r#"font-family="monospace""#),
    ("stem", r#"font-family="monospace""#),
];

/// The drawing with attributes in the place of classes. Text holds no `"`, which is escaped there,
/// so that what looks like a class is one.
fn with_attributes(drawn: &str) -> String {
    let mut parts = drawn.split(" class=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (classes, rest) = part.split_once('"').unwrap_or((part, ""));
        // Of several, the first says what it is.
        let class = classes.split(' ').next().unwrap_or_default();
        if let Some((_, attributes)) = ATTRIBUTES.iter().find(|(known, _)| *known == class) {
            out.push(' ');
            out.push_str(attributes);
        }
        out.push_str(rest);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_a_drawing_has_its_attributes() {
        for (_, attributes) in ATTRIBUTES {
            assert!(attributes.ends_with('"') && !attributes.contains("class"));
        }
        let drawn = with_attributes(
            "<path class=\"fine\" d=\"M0\"></path><text class=\"said late\">a</text>",
        );
        assert_eq!(
            drawn,
            "<path fill=\"#2a9d83\" d=\"M0\"></path><text font-size=\"12\" font-weight=\"600\">a</text>"
        );
        assert_eq!(with_attributes("<g class=\"unknown\">x</g>"), "<g>x</g>");
    }
}
