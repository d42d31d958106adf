//! A procedure with its steps, as ION's `GetProcedure` asks for it: the columns of a step's data grid are
//! a connection inside the step.
//!
//! The vendor sends ids as numbers and may send them as text; `I` is the one or the other.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data<I> {
    pub procedure: Option<Procedure<I>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Procedure<I> {
    pub id: I,
    pub family_id: Option<I>,
    pub title: Option<String>,
    pub description: Option<String>,
    pub r#type: Option<String>,
    pub labels: Option<Vec<String>>,
    pub attributes: Option<Vec<Attribute>>,
    pub steps: Option<Vec<Step<I>>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    pub key: Option<String>,
    pub r#type: Option<String>,
    pub value: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step<I> {
    pub id: I,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub entity_id: Option<I>,
    pub family_id: Option<I>,
    pub procedure_id: Option<I>,
    pub title: Option<String>,
    pub r#type: Option<String>,
    pub content: Option<String>,
    pub slate_content: Option<Value>,
    pub position: Option<i64>,
    pub version: Option<Value>,
    pub lead_time: Option<f64>,
    pub location_id: Option<I>,
    pub location_subtype_id: Option<I>,
    pub location_subtype: Option<Named<I>>,
    pub parent_id: Option<I>,
    pub origin_step_id: Option<I>,
    pub is_derived_step: Option<bool>,
    pub is_standard_step: Option<bool>,
    pub is_child_standard_step: Option<bool>,
    pub standard_step_status: Option<String>,
    pub standard_step_family_id: Option<I>,
    pub upstream_step_ids: Option<Vec<I>>,
    pub downstream_step_ids: Option<Vec<I>>,
    pub fields: Option<Vec<Field<I>>>,
    pub labels: Option<Vec<Label<I>>>,
    pub attributes: Option<Vec<Attribute>>,
    pub assets: Option<Vec<Asset<I>>>,
    pub datagrid_columns: Option<Columns<I>>,
    pub steps: Option<Vec<Substep<I>>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Named<I> {
    pub id: I,
    pub name: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Field<I> {
    pub id: I,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub step_id: Option<I>,
    pub name: Option<String>,
    pub r#type: Option<String>,
    pub display: Option<Value>,
    pub unit: Option<String>,
    pub options: Option<Vec<String>>,
    pub required: Option<bool>,
    pub allow_not_applicable: Option<bool>,
    pub allowed_ion_type: Option<String>,
    pub peer_review_required: Option<bool>,
    pub signoff_role: Option<Named<I>>,
    pub part: Option<Part<I>>,
    pub part_subtype: Option<Named<I>>,
    pub validations: Option<Vec<Validation<I>>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part<I> {
    pub id: I,
    pub part_number: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Validation<I> {
    pub function_id: Option<Value>,
    pub field_id: Option<I>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Label<I> {
    pub id: I,
    pub value: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asset<I> {
    pub id: I,
    pub entity_id: Option<I>,
    pub filename: Option<String>,
    pub content_type: Option<String>,
    pub download_url: Option<String>,
}

/// The connection inside a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Columns<I> {
    pub edges: Option<Vec<ColumnEdge<I>>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnEdge<I> {
    pub node: Option<Column<I>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Column<I> {
    pub id: I,
    pub index: Option<i64>,
    pub header: Option<String>,
    pub r#type: Option<String>,
    pub unit: Option<String>,
    pub options: Option<Vec<String>>,
    pub editable: Option<bool>,
    pub settable: Option<bool>,
    pub signoff_role_id: Option<I>,
    pub signoff_role: Option<Named<I>>,
    #[serde(rename = "LastSessionId")]
    pub last_session_id: Option<I>,
    pub step_id: Option<I>,
    pub run_step_id: Option<I>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Substep<I> {
    pub id: I,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub title: Option<String>,
    pub r#type: Option<String>,
    pub content: Option<String>,
    pub slate_content: Option<Value>,
    pub position: Option<i64>,
    pub fields: Option<Vec<SubstepField<I>>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SubstepField<I> {
    pub id: I,
    #[serde(rename = "_etag")]
    pub etag: Option<String>,
    pub name: Option<String>,
    pub r#type: Option<String>,
}
