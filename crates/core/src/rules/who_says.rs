//! Who says whether the data are 2D or 3D: the request, metadata.json and the tree itself.
//! Two rules ask, so that one of them answers (M107 where there is no request, R112 where
//! there is one).

use sensortree_probe::Fault;

use crate::finding::Context;
use crate::layout::{Sensor, SensorId};
use crate::names::SensorKind;
use crate::platform::DataType;
use crate::text;

/// What `dataType` of the request is, where one is given and it is one of the two.
pub(super) fn request(context: &Context<'_>) -> Option<DataType> {
    context.request.and_then(crate::document::request::Request::data_type)
}

/// What `dataType` of metadata.json is, where it is one of the two.
pub(super) fn metadata(context: &Context<'_>) -> Option<DataType> {
    context.metadata?.body.as_ref()?.data_type()
}

/// What the tree's sensors make it, where that is for this to judge: a LiDAR without a name, or one
/// that metadata.json names and whose folder is missing, is the matter of other rules; so is one
/// whose files are no point clouds; and where something could not be read, a LiDAR may be.
pub(super) fn tree(context: &Context<'_>) -> Option<DataType> {
    match context.layout.data_type()? {
        DataType::PointCloud3D => has_named_lidar(context).then_some(DataType::PointCloud3D),
        DataType::Image2D => {
            let hidden = names_lidars(context) || context.unseen.is_at_the_top();
            (!hidden).then_some(DataType::Image2D)
        }
    }
}

/// `LiDAR data in ``lidar-top``` or `no LiDAR`.
pub(super) fn holds(context: &Context<'_>, data_type: DataType) -> String {
    if data_type == DataType::Image2D {
        return "no LiDAR".to_owned();
    }
    let sensors = context.layout.sensors().filter(|(_, sensor)| sensor.kind == SensorKind::Lidar);
    let folders: Vec<String> =
        sensors.map(|(_, sensor)| format!("`{}`", text::short(&sensor.label()))).collect();
    format!("LiDAR data in {}", text::list(&folders, 5))
}

/// `2 (2D)`
pub(super) fn spelled(data_type: DataType) -> String {
    format!("{0} ({0}D)", data_type.number())
}

fn has_named_lidar(context: &Context<'_>) -> bool {
    let is_named = |sensor: &Sensor| sensor.kind == SensorKind::Lidar && !sensor.name.is_empty();
    context
        .layout
        .sensors()
        .any(|(id, sensor)| is_named(sensor) && !holds_something_else(context, id))
}

/// Whether all frames of a LiDAR that were looked into are in truth something else than point
/// clouds. Then it is F102 that says what is wrong, and whether there are LiDAR data is not known.
fn holds_something_else(context: &Context<'_>, lidar: SensorId) -> bool {
    let cells = context.layout.sensor_cells(lidar);
    let (mut looked, mut other) = (0, 0);
    for content in cells.filter_map(|cell| context.tree.folder(cell.folder).content()) {
        looked += content.files();
        let faults =
            content.faults().iter().filter(|(fault, _)| matches!(fault, Fault::NotAPointCloud(_)));
        other += faults.map(|(_, files)| files.names().count()).sum::<u64>();
    }
    looked > 0 && looked == other
}

fn names_lidars(context: &Context<'_>) -> bool {
    let body = context.metadata.and_then(|metadata| metadata.body.as_ref());
    body.and_then(|body| body.lidar_sequence.as_ref())
        .is_some_and(|sequence| !sequence.names.is_empty())
}
