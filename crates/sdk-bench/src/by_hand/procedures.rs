//! A procedure with its steps, as ION's `GetProcedure` asks for it: the columns of a step's data grid are
//! a connection inside the step.
//!
//! Ids are numbers, as the vendor sends them, and so are quantities.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data {
    pub procedure: Option<Procedure>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Procedure {
    pub id: i64,
    pub family_id: Option<i64>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub r#type: Option<String>,
    pub labels: Option<Vec<String>>,
    pub attributes: Option<Vec<Attribute>>,
    pub steps: Option<Vec<Step>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    pub key: Option<String>,
    pub r#type: Option<String>,
    pub value: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub id: i64,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub entity_id: Option<i64>,
    pub family_id: Option<i64>,
    pub procedure_id: Option<i64>,
    pub title: Option<String>,
    pub r#type: Option<String>,
    pub content: Option<String>,
    pub slate_content: Option<Value>,
    pub position: Option<i64>,
    pub version: Option<Value>,
    pub lead_time: Option<f64>,
    pub location_id: Option<i64>,
    pub location_subtype_id: Option<i64>,
    pub location_subtype: Option<Named>,
    pub parent_id: Option<i64>,
    pub origin_step_id: Option<i64>,
    pub is_derived_step: Option<bool>,
    pub is_standard_step: Option<bool>,
    pub is_child_standard_step: Option<bool>,
    pub standard_step_status: Option<String>,
    pub standard_step_family_id: Option<i64>,
    pub upstream_step_ids: Option<Vec<i64>>,
    pub downstream_step_ids: Option<Vec<i64>>,
    pub fields: Option<Vec<Field>>,
    pub labels: Option<Vec<Label>>,
    pub attributes: Option<Vec<Attribute>>,
    pub assets: Option<Vec<Asset>>,
    pub datagrid_columns: Option<Columns>,
    pub steps: Option<Vec<Substep>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Named {
    pub id: i64,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field {
    pub id: i64,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub step_id: Option<i64>,
    pub name: Option<String>,
    pub r#type: Option<String>,
    pub display: Option<Value>,
    pub unit: Option<String>,
    pub options: Option<Vec<String>>,
    pub required: Option<bool>,
    pub allow_not_applicable: Option<bool>,
    pub allowed_ion_type: Option<String>,
    pub peer_review_required: Option<bool>,
    pub signoff_role: Option<Named>,
    pub part: Option<Part>,
    pub part_subtype: Option<Named>,
    pub validations: Option<Vec<Validation>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    pub id: i64,
    pub part_number: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Validation {
    pub function_id: Option<Value>,
    pub field_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label {
    pub id: i64,
    pub value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asset {
    pub id: i64,
    pub entity_id: Option<i64>,
    pub filename: Option<String>,
    pub content_type: Option<String>,
    pub download_url: Option<String>,
}

/// The connection inside a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    pub edges: Option<Vec<ColumnEdge>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnEdge {
    pub node: Option<Column>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column {
    pub id: i64,
    pub index: Option<i64>,
    pub header: Option<String>,
    pub r#type: Option<String>,
    pub unit: Option<String>,
    pub options: Option<Vec<String>>,
    pub editable: Option<bool>,
    pub settable: Option<bool>,
    pub signoff_role_id: Option<i64>,
    pub signoff_role: Option<Named>,
    #[serde(rename = "LastSessionId")]
    pub last_session_id: Option<i64>,
    pub step_id: Option<i64>,
    pub run_step_id: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Substep {
    pub id: i64,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub title: Option<String>,
    pub r#type: Option<String>,
    pub content: Option<String>,
    pub slate_content: Option<Value>,
    pub position: Option<i64>,
    pub fields: Option<Vec<SubstepField>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubstepField {
    pub id: i64,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub name: Option<String>,
    pub r#type: Option<String>,
}
