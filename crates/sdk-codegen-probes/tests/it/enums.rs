//! Open enums.

use sdk_codegen_probes::queries::types::Color;

#[test]
fn every_value_keeps_its_text() {
    for text in [
        "RED",
        "red",
        "Self",
        "OTHER",
        "type",
        "OLD",
        "ultraviolet",
        "",
    ] {
        let color: Color = serde_json::from_value(text.into()).unwrap();
        assert_eq!(color.as_str(), text);
        assert_eq!(color.to_string(), text);
        assert_eq!(Color::from(text), color);
        assert_eq!(serde_json::to_value(&color).unwrap(), text);
    }
}

#[test]
fn values_that_differ_only_in_case_are_different_variants() {
    assert_eq!(Color::from("RED"), Color::Red);
    assert_eq!(Color::from("red"), Color::Red2);
}

#[test]
fn the_catch_all_gives_way_to_a_value_of_its_name() {
    assert_eq!(Color::from("OTHER"), Color::Other);
    assert_eq!(Color::from("new"), Color::OtherValue("new".to_owned()));
}
