//! Structs: required and optional fields, unknown keys, conditions, merged selections.

use sdk_codegen_probes::queries::{Conditional, GetPet, Merged, Where, conditional, merged};

use crate::decode;

#[test]
fn a_plain_object_decodes_and_unknown_keys_are_skipped() {
    let data = decode::<GetPet>(
        r#"{"pet":{"new":[{"deep":1}],"name":"Rex","owner":{"login":"ann","age":3}}}"#,
    )
    .unwrap();
    let pet = data.pet.unwrap();
    assert_eq!(pet.name, "Rex");
    assert_eq!(pet.owner.unwrap().login, "ann");
}

#[test]
fn nullable_fields_may_be_null_or_left_out() {
    let null = decode::<GetPet>(r#"{"pet":{"name":"Rex","owner":null}}"#).unwrap();
    let absent = decode::<GetPet>(r#"{"pet":{"name":"Rex"}}"#).unwrap();
    assert_eq!(null, absent);
    assert!(decode::<GetPet>("{}").unwrap().pet.is_none());
}

#[test]
fn a_missing_required_field_is_an_error_that_names_it() {
    let error = decode::<GetPet>(r#"{"pet":{"owner":null}}"#)
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("missing field `name`"), "{error}");
}

#[test]
fn a_value_of_another_type_is_an_error_that_says_what_was_expected() {
    let error = decode::<GetPet>(r#"{"pet":["x"]}"#)
        .unwrap_err()
        .to_string();
    assert!(error.contains("expected an object (Pet)"), "{error}");
}

#[test]
fn keys_with_escapes_are_recognised() {
    let data = decode::<GetPet>(r#"{"pet":{"na\u006de":"Rex"}}"#).unwrap();
    assert_eq!(data.pet.unwrap().name, "Rex");
}

#[test]
fn of_a_repeated_key_the_last_value_counts() {
    let data = decode::<GetPet>(r#"{"pet":{"name":"a","name":"b"}}"#).unwrap();
    assert_eq!(data.pet.unwrap().name, "b");
}

#[test]
fn keywords_and_clashing_names_decode_into_their_own_fields() {
    let data = decode::<Where>(
        r#"{"where":{"type":"t","fn":7,"_cursor":"c","self":"s","where":{"fnName":"a","fn_name":"b"}}}"#,
    )
    .unwrap();
    let found = data.where_.unwrap();
    assert_eq!(found.type_.as_deref(), Some("t"));
    assert_eq!(found.fn_, Some(7));
    assert_eq!(found.cursor.as_deref(), Some("c"));
    assert_eq!(found.self_.as_deref(), Some("s"));
    let inner = found.where_.unwrap();
    assert_eq!(
        (inner.fn_name.as_deref(), inner.fn_name2.as_deref()),
        (Some("a"), Some("b"))
    );
}

#[test]
fn a_non_null_field_under_a_false_include_is_none() {
    let data =
        decode::<Conditional>(r#"{"node":{"__typename":"Ship","captain":{"id":"1"}}}"#).unwrap();
    let Some(conditional::Node::Ship(ship)) = data.node else {
        panic!("{data:?}")
    };
    assert_eq!(ship.name, None);
    assert_eq!(ship.id, None);
    let captain = ship.captain.unwrap();
    assert_eq!(captain.id, "1");
    assert_eq!(captain.login, None, "selected only where `$full` is true");
}

#[test]
fn one_field_selected_twice_has_the_parts_of_both() {
    let data = decode::<Merged>(
        r#"{"node":{"__typename":"Ship","captain":{"id":"1","email":"e","friends":[{"id":"2"}]},"mate":{"login":"m"}}}"#,
    )
    .unwrap();
    let Some(merged::Node::Ship(ship)) = data.node else {
        panic!("{data:?}")
    };
    let captain = ship.captain.unwrap();
    assert_eq!(captain.email.as_deref(), Some("e"));
    assert_eq!(captain.friends.unwrap()[0].id, "2");
    assert_eq!(ship.mate.unwrap().login, "m");
}

#[test]
fn data_survives_encoding_and_decoding_again() {
    let text = r#"{"node":{"__typename":"Ship","captain":{"id":"1","email":null,"friends":[]},"mate":null}}"#;
    let data = decode::<Merged>(text).unwrap();
    assert_eq!(serde_json::to_string(&data).unwrap(), text);
}

#[test]
fn an_id_that_is_a_number_is_kept_as_text() {
    for id in ["7", "\"7\""] {
        let object = format!(r#"{{"node":{{"__typename":"Moon","id":{id}}}}}"#);
        let sdk_codegen_probes::queries::get_node::Node::Other(moon) =
            decode::<sdk_codegen_probes::queries::GetNode>(&object)
                .unwrap()
                .node
                .unwrap()
        else {
            panic!("no variant is for the moon")
        };
        assert_eq!(moon.id, "7");
    }
}
