//! Requests: three states, nested inputs, choices, and graphql_client's trait.

use sdk_codegen_probes::queries::{
    ListColors, Search, Update,
    types::{Color, ColorFilter, Shade, TargetBy, UpdateInput},
};
use sdk_graphql::{Input, Operation, OperationKind, graphql_client::GraphQLQuery};
use serde_json::{Value, json};

use crate::variables;

#[test]
fn unset_is_not_sent_and_null_is() {
    let input = UpdateInput::new("1");
    assert_eq!(
        variables(&Update::new(input.clone())),
        json!({"input": {"id": "1"}})
    );
    let input = input
        .name(None::<String>)
        .built(Input::Null)
        .color(Color::Red2);
    assert_eq!(
        variables(&Update::new(input)),
        json!({"input": {"id": "1", "name": null, "built": null, "color": "red"}})
    );
}

#[test]
fn inputs_nest_without_boxes_in_sight() {
    let input = UpdateInput::new("1")
        .nested(UpdateInput::new("2").type_("t"))
        .many([UpdateInput::new("3")])
        .ids(["a", "b"]);
    assert_eq!(
        variables(&Update::new(input)),
        json!({"input": {
            "id": "1", "nested": {"id": "2", "type": "t"}, "many": [{"id": "3"}], "ids": ["a", "b"]
        }})
    );
}

#[test]
fn a_list_with_a_null_inside_can_be_sent() {
    let input = UpdateInput::new("1").ids(vec![Some("a".into()), None]);
    assert_eq!(
        variables(&Update::new(input))["input"]["ids"],
        json!(["a", null])
    );
}

#[test]
fn a_one_of_input_sends_exactly_one_field() {
    let by = |by| variables(&Update::new(UpdateInput::new("1")).by(by))["by"].clone();
    assert_eq!(by(TargetBy::Id("7".into())), json!({"id": "7"}));
    assert_eq!(by(TargetBy::Name("n".to_owned())), json!({"name": "n"}));
    let filter = ColorFilter::new().shade(Shade::Dark);
    assert_eq!(
        by(TargetBy::Filter(Box::new(filter))),
        json!({"filter": {"shade": "DARK"}})
    );
}

#[test]
fn a_variable_with_a_default_may_be_left_out() {
    assert_eq!(variables(&Search::new("x")), json!({"text": "x"}));
    assert_eq!(
        variables(&Search::new("x").limit(3)),
        json!({"text": "x", "limit": 3})
    );
    assert_eq!(variables(&ListColors::new()), json!({}));
}

#[test]
fn the_body_names_the_operation_and_carries_its_document() {
    let body: Value = serde_json::from_slice(&ListColors::new().encode().unwrap()).unwrap();
    assert_eq!(body["operationName"], "ListColors");
    assert_eq!(body["query"], ListColors::DOCUMENT);
    assert!(
        ListColors::DOCUMENT.contains(r#""""block "text" \ """"#),
        "{}",
        ListColors::DOCUMENT
    );
}

#[test]
fn an_operation_knows_its_kind_and_service() {
    let update = Update::new(UpdateInput::new("1"));
    assert_eq!(
        (update.name(), update.kind()),
        ("Update", OperationKind::Mutation)
    );
    assert_eq!(update.service(), "probes");
    assert_eq!(Search::new("x").kind(), OperationKind::Query);
}

#[test]
fn graphql_client_builds_the_same_body() {
    let update = Update::new(UpdateInput::new("1").name(None::<String>));
    let ours: Value = serde_json::from_slice(&update.encode().unwrap()).unwrap();
    let theirs = serde_json::to_value(Update::build_query(update)).unwrap();
    assert_eq!(ours, theirs);
}
