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

use super::metadata::{body, camera_list, is_projected, put_at_risk, soften};
use super::sentences::SHOWN;
use crate::document::calibration::{Camera, pixels};
use crate::document::json::Span;
use crate::document::metadata::{Coefficients, Metadata};
use crate::finding::{Context, Rule, Sink};
use crate::layout::{Cell, Sensor, SensorId};
use crate::names::SensorKind;
use crate::platform::{Basis, Effect};
use crate::tree::SizeCount;

/// A fault in one camera's calibration.
struct Fault<'a> {
    camera: &'a Coefficients,
    /// Where it stands, and a few words to say there.
    span: Span,
    label: String,
    /// What is wrong, so that `… in camera front` can follow. Cameras of which the same is said share one finding.
    what: String,
    /// What is to be said behind the cameras, with its own punctuation.
    tail: String,
    /// The camera's own figures, where `what` is said of several.
    note: Option<String>,
    help: String,
    /// Another effect and basis than the rule's.
    effect: Option<(Effect, Basis)>,
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
        }
    }
}

/// Every entry of `cameraCoefficients`.
fn entries<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Coefficients> {
    body(context)
        .and_then(|(_, body)| body.coefficients.as_ref())
        .into_iter()
        .flat_map(|list| &list.entries)
}

/// Every camera whose images are to be projected. 2D data projects nothing, so nothing is asked of its cameras.
fn projected_cameras<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (&'a Coefficients, &'a Camera)> {
    let asked = is_projected(context);
    entries(context)
        .filter(move |_| asked)
        .filter_map(|entry| Some((entry, entry.camera.as_ref()?)))
}

/// The same without those whose whole calibration is a placeholder, as C112 says.
fn calibrated_cameras<'a>(
    context: &Context<'a>,
) -> impl Iterator<Item = (&'a Coefficients, &'a Camera)> {
    let has_lidar = has_lidar(context);
    projected_cameras(context).filter(move |(_, camera)| {
        !(has_lidar && camera.is_unplaced() && camera.has_blank_intrinsics())
    })
}

/// Whether there is a LiDAR that a camera can have a place beside.
fn has_lidar(context: &Context<'_>) -> bool {
    context.layout.sensors().any(|(_, sensor)| sensor.kind == SensorKind::Lidar)
}

/// What the images of a camera measure, with the folder that each size was found in, in the order of the scenes.
fn image_sizes<'a>(context: &Context<'a>, camera: &Coefficients) -> Vec<(Cell, &'a SizeCount)> {
    let Some(name) = &camera.name else { return Vec::new() };
    let is_it = |sensor: &Sensor| sensor.kind == SensorKind::Camera && sensor.name == name.value;
    let sensors = context.layout.sensors().filter(|(_, sensor)| is_it(sensor));
    sensors.flat_map(|(id, _)| sizes_of(context, id)).collect()
}

/// The same of a sensor.
fn sizes_of<'a>(context: &Context<'a>, sensor: SensorId) -> Vec<(Cell, &'a SizeCount)> {
    let Context { tree, layout, .. } = context;
    let cells = layout
        .sensor_cells(sensor)
        .filter_map(|cell| Some((cell, tree.folder(cell.folder).holdings()?)));
    cells
        .flat_map(|(cell, holdings)| holdings.sizes().iter().map(move |size| (cell, size)))
        .collect()
}

/// The width and height that metadata.json gives a camera, where both are sizes.
fn declared_size(camera: &Coefficients) -> Option<(f64, f64)> {
    Some((pixels(camera.width.as_ref()?)?, pixels(camera.height.as_ref()?)?))
}

/// Whether the size of a camera's images is one pixel, as a part of a calibration that is a placeholder (C112).
fn has_placeholder_size(camera: &Coefficients) -> bool {
    declared_size(camera) == Some((1.0, 1.0))
        && camera
            .camera
            .as_ref()
            .is_some_and(|camera| camera.is_unplaced() && camera.has_blank_intrinsics())
}

/// Whether an image is of this size: as it is stored, or as Exif says that it is to be shown.
fn is_of_size(image: ImageSize, (width, height): (f64, f64)) -> bool {
    let (stored_width, stored_height) = (f64::from(image.width), f64::from(image.height));
    (stored_width, stored_height) == (width, height)
        || image.turned && (stored_height, stored_width) == (width, height)
}

/// Says the faults: what is said of several cameras is one finding.
fn say_all(
    context: &Context<'_>,
    sink: &mut Sink<'_>,
    rule: &'static Rule,
    faults: Vec<Fault<'_>>,
) {
    let Some(Metadata { document, .. }) = context.metadata else { return };
    let mut alike: BTreeMap<(String, String), Vec<Fault<'_>>> = BTreeMap::new();
    for fault in faults {
        alike.entry((fault.what.clone(), fault.tail.clone())).or_default().push(fault);
    }
    for ((what, tail), faults) in alike {
        let mut finding = sink.gather(rule);
        for fault in &faults {
            finding.locate(document.point(fault.span, fault.label.as_str()));
            if let Some(name) = &fault.camera.name {
                put_at_risk(context, &name.value, &mut finding);
            }
        }
        for note in faults.iter().filter_map(|fault| fault.note.as_ref()).take(SHOWN) {
            finding.note(note);
        }
        if let Some(fault) = faults.first() {
            if let Some((effect, basis)) = fault.effect {
                finding.effect(effect, basis);
            }
            finding.help(fault.help.as_str());
        }
        if let [Fault { camera: Coefficients { name: Some(name), .. }, .. }] = faults.as_slice()
            && let Some((_, sensor)) = context
                .layout
                .sensors()
                .find(|(_, sensor)| sensor.kind == SensorKind::Camera && sensor.name == name.value)
        {
            finding.about_sensor(&sensor.folder_name);
        }
        soften(context, &mut finding);
        finding.say(format!(
            "{what} in {}{tail}",
            camera_list(faults.iter().map(|fault| fault.camera.label()))
        ));
    }
}
