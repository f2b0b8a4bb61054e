//! Family C: the cameras' models and poses.

pub(super) mod calibration_copied;
pub(super) mod calibration_placeholder;
pub(super) mod camera_model_unknown;
pub(super) mod camera_parameters_mismatch;
pub(super) mod field_of_view_implausible;
pub(super) mod focal_length_invalid;
pub(super) mod image_size_invalid;
pub(super) mod image_size_mismatch;
pub(super) mod parameter_key_order;
pub(super) mod position_implausible;
pub(super) mod principal_point_outside;
pub(super) mod rotation_not_unit;

use std::collections::BTreeMap;

use sensortree_probe::ImageSize;

use super::metadata::edits::{edit, replace};
use super::metadata::{body, camera_list, emit_groups, is_projected, scenes_of, softened};
use super::sentences::SHOWN;
use crate::document::calibration::{Camera, Parameter, pixels};
use crate::document::json::{Span, Spanned};
use crate::document::metadata::Coefficients;
use crate::finding::{Context, Rule, Sink, Statement};
use crate::layout::{Cell, Sensor, SensorId};
use crate::names::SensorKind;
use crate::platform::{Basis, Effect};
use crate::repair::{Edit, Repair};
use crate::text;
use crate::tree::SizeCount;

/// A fault in one camera's calibration.
struct Fault<'a> {
    camera: &'a Coefficients,
    /// Where it stands, and a few words to say there.
    span: Span,
    label: String,
    /// What is wrong, so that `… in camera front` can follow. Cameras of which the same is said
    /// share one finding.
    what: String,
    /// What is to be said behind the cameras, with its own punctuation.
    tail: String,
    /// The camera's own figures, where `what` is said of several.
    note: Option<String>,
    help: String,
    /// Another effect and basis than the rule's.
    effect: Option<(Effect, Basis)>,
    /// What mends it in metadata.json, and what makes that right.
    repair: Option<(&'static str, Vec<Edit>)>,
}

impl<'a> Fault<'a> {
    fn new(
        camera: &'a Coefficients,
        span: Span,
        label: impl Into<String>,
        what: impl Into<String>,
    ) -> Self {
        Fault {
            camera,
            span,
            label: label.into(),
            what: what.into(),
            tail: String::new(),
            note: None,
            help: String::new(),
            effect: None,
            repair: None,
        }
    }

    /// Numbers of the camera that are to be others, and what makes that right.
    fn numbers<'n>(
        self,
        rests_on: &'static str,
        numbers: impl IntoIterator<Item = (&'n Parameter, f64)>,
    ) -> Self {
        let edits =
            numbers.into_iter().map(|(number, value)| replace(number.span, value.to_string()));
        self.edits(rests_on, edits.collect())
    }

    fn edits(self, rests_on: &'static str, edits: Vec<Edit>) -> Self {
        Fault { repair: Some((rests_on, edits)), ..self }
    }

    /// What else is said, behind the cameras.
    fn tail(self, tail: impl Into<String>) -> Self {
        Fault { tail: tail.into(), ..self }
    }

    fn note(self, note: impl Into<String>) -> Self {
        Fault { note: Some(note.into()), ..self }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Fault { help: help.into(), ..self }
    }

    fn effect(self, effect: Effect, basis: Basis) -> Self {
        Fault { effect: Some((effect, basis)), ..self }
    }

    fn name(&self) -> Option<&'a str> {
        Some(self.camera.name.as_ref()?.value.as_str())
    }
}

/// Every entry of `cameraCoefficients`.
pub(super) fn entries<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Coefficients> {
    body(context)
        .and_then(|(_, body)| body.coefficients.as_ref())
        .into_iter()
        .flat_map(|list| &list.entries)
}

/// Every camera whose images are to be projected. 2D data projects nothing, so nothing is asked
/// of its cameras.
pub(super) fn projected_cameras<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (&'a Coefficients, &'a Camera)> {
    let asked = is_projected(context);
    entries(context)
        .filter(move |_| asked)
        .filter_map(|entry| Some((entry, entry.camera.as_ref()?)))
}

/// The same without those whose whole calibration is a placeholder, as C112 says.
pub(super) fn calibrated_cameras<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (&'a Coefficients, &'a Camera)> {
    let has_lidar = has_lidar(context);
    projected_cameras(context).filter(move |(_, camera)| {
        !(has_lidar && camera.is_unplaced() && camera.has_blank_intrinsics())
    })
}

/// Whether there is a LiDAR that a camera can have a place beside.
pub(super) fn has_lidar(context: &Context<'_>) -> bool {
    context.layout.sensors().any(|(_, sensor)| sensor.kind == SensorKind::Lidar)
}

/// What the images of a camera measure, with the folder that each size was found in, in the order
/// of the scenes.
pub(super) fn image_sizes<'a>(
    context: &Context<'a>,
    camera: &Coefficients,
) -> Vec<(Cell, &'a SizeCount)> {
    let Some(name) = &camera.name else { return Vec::new() };
    let is_it = |sensor: &Sensor| sensor.kind == SensorKind::Camera && sensor.name == name.value;
    let sensors = context.layout.sensors().filter(|(_, sensor)| is_it(sensor));
    sensors.flat_map(|(id, _)| sizes_of(context, id)).collect()
}

/// The same of a sensor.
pub(super) fn sizes_of<'a>(context: &Context<'a>, sensor: SensorId) -> Vec<(Cell, &'a SizeCount)> {
    let Context { tree, layout, .. } = context;
    let cells = layout
        .sensor_cells(sensor)
        .filter_map(|cell| Some((cell, tree.folder(cell.folder).content()?)));
    cells.flat_map(|(cell, content)| content.sizes().iter().map(move |size| (cell, size))).collect()
}

/// The width and height that metadata.json gives a camera, where both are sizes.
pub(super) fn declared_size(camera: &Coefficients) -> Option<(f64, f64)> {
    Some((pixels(camera.width.as_ref()?)?, pixels(camera.height.as_ref()?)?))
}

/// Whether the size of a camera's images is one pixel, as a part of a calibration that is
/// a placeholder (C112).
fn has_placeholder_size(camera: &Coefficients) -> bool {
    declared_size(camera) == Some((1.0, 1.0))
        && camera
            .camera
            .as_ref()
            .is_some_and(|camera| camera.is_unplaced() && camera.has_blank_intrinsics())
}

/// The width and height that metadata.json gives a camera, where C112 does not say that
/// they mean nothing.
fn meant_size(context: &Context<'_>, camera: &Coefficients) -> Option<(f64, f64)> {
    let is_said = || is_projected(context) && has_lidar(context);
    declared_size(camera).filter(|_| !(has_placeholder_size(camera) && is_said()))
}

/// Whether metadata.json says the size of a camera's images.
pub(super) fn has_declared_size(context: &Context<'_>, sensor: &Sensor) -> bool {
    entries(context)
        .filter(|entry| entry.name.as_ref().is_some_and(|name| name.value == sensor.name))
        .any(|entry| meant_size(context, entry).is_some())
}

/// Whether an image is of this size: as it is stored, or as Exif says that it is to be shown.
fn is_of_size(image: ImageSize, (width, height): (f64, f64)) -> bool {
    let (stored_width, stored_height) = (f64::from(image.width), f64::from(image.height));
    (stored_width, stored_height) == (width, height)
        || image.turned && (stored_height, stored_width) == (width, height)
}

/// Numbers of a camera that are no numbers of their kind, in one sentence: where the first stands,
/// and `` `fx` is 0 ``.
fn wrong_numbers<'k>(
    numbers: impl IntoIterator<Item = (&'k str, Option<Spanned<f64>>)>,
    is_right: impl Fn(&Spanned<f64>) -> bool,
) -> Option<(Span, String)> {
    let wrong: Vec<(&str, Spanned<f64>)> = numbers
        .into_iter()
        .filter_map(|(key, number)| Some((key, number.filter(|number| !is_right(number))?)))
        .collect();
    let words: Vec<String> = wrong
        .iter()
        .map(|(key, number)| format!("`{key}` is {}", text::decimal(number.value)))
        .collect();
    Some((wrong.first()?.1.span, text::list(&words, words.len())))
}

/// Makes findings of the faults: what is said of several cameras is one.
fn emit_faults<'a>(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    rule: &'static Rule,
    faults: impl IntoIterator<Item = Fault<'a>>,
) {
    let Some(metadata) = context.metadata else { return };
    let document = &metadata.document;
    let mut alike: BTreeMap<(String, String), Vec<Fault<'_>>> = BTreeMap::new();
    for fault in faults {
        alike.entry((fault.what.clone(), fault.tail.clone())).or_default().push(fault);
    }
    let place = |fault: &Fault<'_>| document.point(fault.span, fault.label.as_str());
    emit_groups(sink, rule, alike.into_values(), place, |faults| {
        let Some(Fault { what, tail, help, effect, .. }) = faults.first() else {
            return Statement::default();
        };
        let names: Vec<&str> = faults.iter().filter_map(|fault| fault.name()).collect();
        let cameras = camera_list(faults.iter().map(|fault| fault.camera.label()));
        let mut statement = Statement::new(format!("{what} in {cameras}{tail}"))
            .help(help.as_str())
            .notes(faults.iter().filter_map(|fault| fault.note.as_deref()).take(SHOWN))
            .in_scenes(names.iter().flat_map(|name| scenes_of(context, name)));
        if let Some((effect, basis)) = *effect {
            statement = statement.effect(effect, basis);
        }
        let repairs = || faults.iter().filter_map(|fault| fault.repair.as_ref());
        if let Some((rests_on, _)) = repairs().next() {
            let edits = repairs().flat_map(|(_, edits)| edits.iter().cloned());
            let repair = Repair::to_be_looked_at(*rests_on).with(edit(metadata, edits));
            statement = statement.repair(repair);
        }
        let mut sensors = context.layout.sensors().map(|(_, sensor)| sensor);
        if let ([_], [name]) = (faults, names.as_slice())
            && let Some(sensor) =
                sensors.find(|sensor| sensor.kind == SensorKind::Camera && sensor.name == **name)
        {
            statement = statement.about_sensor(&sensor.folder_name);
        }
        softened(context, statement)
    });
}
