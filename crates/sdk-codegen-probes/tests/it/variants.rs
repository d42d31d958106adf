//! Unions and interfaces, in every order of keys.

use sdk_codegen_probes::queries::{GetNode, ListColors, Search, get_node, search};
use serde_json::json;

use crate::decode;

#[test]
fn the_type_name_picks_the_variant() {
    let data = decode::<GetNode>(
        r#"{"node":{"__typename":"Ship","id":"1","name":"Argo","captain":{"login":"jason"}}}"#,
    )
    .unwrap();
    let Some(get_node::Node::Ship(ship)) = data.node else {
        panic!("{data:?}")
    };
    assert_eq!((ship.id.as_str(), ship.name.as_str()), ("1", "Argo"));
}

#[test]
fn a_type_name_that_comes_late_still_picks_the_variant() {
    let early =
        r#"{"node":{"__typename":"Ship","id":"1","name":"Argo","captain":{"login":"jason"}}}"#;
    let late =
        r#"{"node":{"id":"1","captain":{"login":"jason"},"name":"Argo","__typename":"Ship"}}"#;
    assert_eq!(
        decode::<GetNode>(early).unwrap(),
        decode::<GetNode>(late).unwrap()
    );
}

#[test]
fn an_error_in_the_late_order_names_the_field_and_no_misleading_place() {
    let error = decode::<GetNode>(r#"{"node":{"id":"1","__typename":"Ship"}}"#).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("missing field `name`"), "{text}");
    assert_eq!(text.matches(" at line ").count(), 1, "{text}");
    assert!(
        error.column() > 40,
        "the place is one in the response: {text}"
    );
}

#[test]
fn an_object_without_a_type_name_is_an_error() {
    for object in ["{}", r#"{"id":"1"}"#] {
        let error = decode::<GetNode>(&format!(r#"{{"node":{object}}}"#))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("missing field `__typename`"), "{error}");
    }
}

#[test]
fn types_that_only_an_interface_selects_share_a_variant_that_keeps_their_name() {
    let data = decode::<GetNode>(r#"{"node":{"__typename":"Bot","id":"7","login":"b"}}"#).unwrap();
    let Some(get_node::Node::Actor(actor)) = data.node else {
        panic!("{data:?}")
    };
    assert_eq!(
        (actor.type_name.as_str(), actor.login.as_str()),
        ("Bot", "b")
    );
}

#[test]
fn an_unknown_type_keeps_its_name_and_the_common_fields() {
    let data = decode::<GetNode>(r#"{"node":{"__typename":"Comet","id":"9","tail":2}}"#).unwrap();
    let node = data.node.unwrap();
    assert_eq!(node.type_name(), "Comet");
    let get_node::Node::Other(other) = node else {
        panic!("{node:?}")
    };
    assert_eq!(other.id, "9");
}

#[test]
fn fragments_on_members_merge_with_what_stands_beside_them() {
    let data = decode::<Search>(
        r#"{"search":[
            {"__typename":"Ship","name":"Argo","captain":{"id":"1","login":"j"},"length":28.5,"id":"s"},
            {"__typename":"User","friends":[{"id":"2","login":"k"}],"id":"u"},
            {"__typename":"Bot","id":"b"},
            {"__typename":"Moon"}
        ]}"#,
    )
    .unwrap();
    let [search::Hit::Ship(ship), search::Hit::User(user), bot, moon] = &data.search[..] else {
        panic!("{data:?}")
    };
    assert_eq!(ship.length, Some(28.5));
    let captain: &search::Person = ship.captain.as_ref().unwrap();
    let friend: &search::Person = &user.friends.as_ref().unwrap()[0];
    assert_eq!((captain.login.as_str(), friend.login.as_str()), ("j", "k"));
    assert_eq!((bot.type_name(), moon.type_name()), ("Bot", "Moon"));
}

#[test]
fn variants_survive_encoding_and_decoding_again() {
    let value = json!({"node": {"__typename": "Bot", "id": "7", "login": "b"}});
    let data = decode::<GetNode>(&value.to_string()).unwrap();
    assert_eq!(serde_json::to_value(&data).unwrap(), value);
}

#[test]
fn an_aliased_type_name_is_a_field_like_any_other() {
    let data =
        decode::<ListColors>(r#"{"colors":null,"actor":{"kind":"User","login":"x"}}"#).unwrap();
    assert_eq!(data.actor.unwrap().kind, "User");
}
