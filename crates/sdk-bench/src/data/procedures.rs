//! A procedure as a factory writes it: steps with text, fields to fill in, pictures and a data grid.

use serde_json::{Value, json};

use super::Words;
use crate::by_hand::procedures::{
    Asset, Attribute, Column, ColumnEdge, Columns, Data, Field, Label, Named, Part, Procedure,
    Step, Substep, SubstepField, Validation,
};

/// What ids are on the wire.
pub(super) trait Identity {
    fn of(number: usize) -> Self;
}

impl Identity for i64 {
    fn of(number: usize) -> Self {
        number as i64
    }
}

impl Identity for String {
    fn of(number: usize) -> Self {
        number.to_string()
    }
}

pub(super) fn procedure<I: Identity>(steps: Vec<Step<I>>) -> Data<I> {
    let mut words = Words::new();
    Data {
        procedure: Some(Procedure {
            id: id(&mut words),
            family_id: Some(id(&mut words)),
            title: Some(words.sentence(4)),
            description: Some(words.sentence(20)),
            r#type: Some("STANDARD".to_owned()),
            labels: Some(words.some(3, |words| words.sentence(1))),
            attributes: Some(words.some(3, attribute)),
            steps: Some(steps),
        }),
    }
}

pub(super) fn step<I: Identity>(words: &mut Words, number: usize) -> Step<I> {
    let own_number = words.below(100_000_000);
    let own = || I::of(own_number);
    Step {
        id: own(),
        etag: Some(words.hex()),
        entity_id: Some(id(words)),
        family_id: Some(id(words)),
        procedure_id: Some(id(words)),
        title: Some(words.sentence(4)),
        r#type: Some("DATAGRID".to_owned()),
        content: None,
        slate_content: Some(slate(words)),
        position: Some(number as i64),
        version: Some(json!(1)),
        lead_time: words.flag().then(|| words.score()),
        location_id: Some(id(words)),
        location_subtype_id: Some(id(words)),
        location_subtype: Some(named(words)),
        parent_id: None,
        origin_step_id: words.flag().then(|| id(words)),
        is_derived_step: Some(words.flag()),
        is_standard_step: Some(false),
        is_child_standard_step: Some(false),
        standard_step_status: None,
        standard_step_family_id: None,
        upstream_step_ids: Some(words.some(2, id)),
        downstream_step_ids: Some(words.some(2, id)),
        fields: Some(words.some(5, |words| field(words, own()))),
        labels: Some(words.some(2, |words| Label {
            id: id(words),
            value: Some(words.sentence(1)),
        })),
        attributes: Some(words.some(2, attribute)),
        assets: Some(words.some(2, asset)),
        datagrid_columns: Some(Columns {
            edges: Some(words.some(8, |words| ColumnEdge {
                node: Some(column(words, own())),
            })),
        }),
        steps: Some(words.some(2, substep)),
    }
}

fn id<I: Identity>(words: &mut Words) -> I {
    I::of(words.below(100_000_000))
}

fn named<I: Identity>(words: &mut Words) -> Named<I> {
    Named {
        id: id(words),
        name: Some(words.sentence(2)),
    }
}

/// Rich text: a list of paragraphs, each a list of texts.
fn slate(words: &mut Words) -> Value {
    let paragraphs = words.some(2, |words| {
        let text = words.sentence(12);
        json!({"type": "paragraph", "children": [{"text": text, "bold": words.flag()}]})
    });
    Value::Array(paragraphs)
}

fn attribute(words: &mut Words) -> Attribute {
    Attribute {
        key: Some(words.sentence(1)),
        r#type: Some("STRING".to_owned()),
        value: Some(Value::String(words.sentence(2))),
    }
}

fn asset<I: Identity>(words: &mut Words) -> Asset<I> {
    Asset {
        id: id(words),
        entity_id: Some(id(words)),
        filename: Some("assembly.png".to_owned()),
        content_type: Some("image/png".to_owned()),
        download_url: Some(format!(
            "https://files.example.com/{}?expires=900",
            words.hex()
        )),
    }
}

fn field<I: Identity>(words: &mut Words, step: I) -> Field<I> {
    Field {
        id: id(words),
        etag: Some(words.hex()),
        step_id: Some(step),
        name: Some(words.sentence(2)),
        r#type: Some("NUMBER".to_owned()),
        display: None,
        unit: Some("N m".to_owned()),
        options: Some(Vec::new()),
        required: Some(words.flag()),
        allow_not_applicable: Some(words.flag()),
        allowed_ion_type: None,
        peer_review_required: Some(false),
        signoff_role: words.flag().then(|| named(words)),
        part: words.flag().then(|| Part {
            id: id(words),
            part_number: Some("P-00017".to_owned()),
        }),
        part_subtype: None,
        validations: Some(words.some(1, |words| Validation {
            function_id: Some(json!(3)),
            field_id: Some(id(words)),
        })),
    }
}

fn column<I: Identity>(words: &mut Words, step: I) -> Column<I> {
    Column {
        id: id(words),
        index: Some(words.below(8) as i64),
        header: Some(words.sentence(2)),
        r#type: Some("NUMBER".to_owned()),
        unit: Some("mm".to_owned()),
        options: Some(Vec::new()),
        editable: Some(words.flag()),
        settable: Some(words.flag()),
        signoff_role_id: None,
        signoff_role: None,
        last_session_id: Some(id(words)),
        step_id: Some(step),
        run_step_id: None,
    }
}

fn substep<I: Identity>(words: &mut Words) -> Substep<I> {
    Substep {
        id: id(words),
        etag: Some(words.hex()),
        title: Some(words.sentence(4)),
        r#type: None,
        content: None,
        slate_content: Some(slate(words)),
        position: Some(words.below(8) as i64),
        fields: Some(words.some(2, |words| SubstepField {
            id: id(words),
            etag: Some(words.hex()),
            name: Some(words.sentence(2)),
            r#type: Some("BOOLEAN".to_owned()),
        })),
    }
}
