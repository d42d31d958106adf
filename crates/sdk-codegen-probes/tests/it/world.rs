//! Names and shapes of large public schemas, sent and received.

use sdk_codegen_probes::world::{
    GetPort0, ListPorts1, MovePort0, Visitor0, get_port0,
    types::{Filter0, Key0, Kind0, MovePort0Input},
    visitor0::Visitor0 as Visitor,
};
use serde_json::json;

use crate::{decode, variables};

#[test]
fn values_that_differ_only_in_case_stay_apart() {
    let values = [
        "red",
        "RED",
        "Red",
        "r_e_d",
        "Self",
        "type",
        "_private",
        "_",
        "OTHER",
        "Other",
        "OtherValue",
        "_2D",
    ];
    let kinds: Vec<Kind0> = values.map(Kind0::from).into();
    for (index, (value, kind)) in values.iter().zip(&kinds).enumerate() {
        assert_eq!(kind.as_str(), *value);
        assert!(
            !kinds[..index].contains(kind),
            "{value} is another value too"
        );
        assert_ne!(
            *kind,
            Kind0::OtherValue2((*value).to_owned()),
            "{value} is known"
        );
    }
    assert_eq!(Kind0::from("new"), Kind0::OtherValue2("new".to_owned()));
}

#[test]
fn fields_that_differ_only_in_case_stay_apart() {
    let data = json!({"port0": {
        "id": "1", "name": "n", "_": true, "_1": 7, "url": "a", "URL": {"b": 1}, "uRL": "c",
        "any": [1], "matrix": [[1.5]], "type": "Red", "self": {"id": "2", "Self": "s"}, "async": 3,
        "berths": {"edges": [null], "pageInfo": {"hasNextPage": false, "endCursor": null}},
    }});
    let port = decode::<GetPort0>(&data.to_string())
        .unwrap()
        .port0
        .unwrap();
    assert_eq!((port.n, port.n1), (Some(true), Some(7)));
    assert_eq!(port.url, Some(json!("a")));
    assert_eq!(port.url2, Some(json!({"b": 1})));
    assert_eq!(port.u_rl.as_deref(), Some("c"));
    assert_eq!(port.self_.unwrap().self_.as_deref(), Some("s"));
    assert_eq!(port.async_, Some(3));
    assert_eq!(port.matrix, Some(vec![vec![1.5]]));
    let _shared: get_port0::PageInfo = port.berths.page_info;
}

#[test]
fn inputs_inside_themselves_are_sent_under_their_own_names() {
    let inner = Filter0::new().type_(Kind0::Red).new2(true);
    let filter = Filter0::new()
        .and([inner.clone()])
        .not(inner)
        .type2("t")
        .by(Key0::Name("n".to_owned()));
    let input = MovePort0Input::new("1", filter).self_(2);
    let inner = json!({"type": "red", "new": true});
    assert_eq!(
        variables(&MovePort0::new(input))["input"],
        json!({"id": "1", "Self": 2, "to": {
            "and": [inner], "not": inner, "type_": "t", "by": {"name": "n"},
        }})
    );
}

#[test]
fn members_of_a_union_come_through_interfaces_of_interfaces() {
    let tug = r#"{"visitor0":{"__typename":"Tug0","id":"1","name":"t","pulls":null}}"#;
    let berth = r#"{"visitor0":{"__typename":"Berth1","id":"2"}}"#;
    let visitor = |data| decode::<Visitor0>(data).unwrap().visitor0.unwrap();
    assert!(matches!(visitor(tug), Visitor::Tug0(tug) if tug.id == "1"));
    assert_eq!(visitor(berth).type_name(), "Berth1");
}

#[test]
fn a_variable_with_a_default_is_left_out_when_unset() {
    assert_eq!(variables(&ListPorts1::new()), json!({}));
}
