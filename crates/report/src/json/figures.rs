//! What was measured of a fault, in JSON, with the schema of it from the core's table of
//! quantities.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use sensortree_core::finding::figures::{self, Figure};
use serde::Serialize;
use serde_json::{Value, json};

/// A measured value.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Figure")]
pub(super) struct JsonFigure {
    /// What was measured; a later version may know more.
    #[schemars(schema_with = "name_schema")]
    name: &'static str,
    /// How much it is.
    value: i128,
    /// In what: `ns`, `byte`, `px`, `step` (of the numbers in names) or `1`.
    unit: &'static str,
}

impl JsonFigure {
    pub(super) fn of(figure: &Figure) -> Self {
        let Figure { quantity, value } = figure;
        JsonFigure { name: quantity.name, value: *value, unit: quantity.unit.as_str() }
    }
}

fn name_schema(_: &mut SchemaGenerator) -> Schema {
    let known: Vec<Value> = figures::ALL
        .iter()
        .map(|quantity| json!({ "const": quantity.name, "description": quantity.meaning }))
        .collect();
    json_schema!({ "type": "string", "anyOf": [{ "oneOf": known }, { "type": "string" }] })
}
