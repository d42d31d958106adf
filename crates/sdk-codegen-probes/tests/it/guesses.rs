//! Leaves whose type is a guess take any JSON scalar.

use sdk_codegen_probes::queries::{GetGuesses, get_guesses::Guesses};
use sdk_graphql::Inferred;
use serde_json::json;

use crate::decode;

fn guesses(object: &serde_json::Value) -> Result<Guesses, serde_json::Error> {
    let data = decode::<GetGuesses>(&json!({ "guesses": object }).to_string())?;
    Ok(data.guesses.expect("guesses are there"))
}

#[test]
fn values_of_the_expected_type_are_typed() {
    let found = guesses(&json!({
        "id": "1", "text": "t", "score": 1.5, "flag": true, "at": "2024-02-29T12:00:00Z",
        "tags": ["a", "b"], "scores": [1, 2.5], "color": "RED", "named": "n",
    }))
    .unwrap();
    assert_eq!(found.score.unwrap().into_value(), Some(1.5));
    assert_eq!(found.flag.value(), Some(&true));
    assert_eq!(
        found.at.unwrap().value().unwrap().to_rfc3339(),
        "2024-02-29T12:00:00+00:00"
    );
    assert_eq!(found.tags.unwrap(), ["a", "b"]);
    assert_eq!(
        found.scores.unwrap(),
        [Inferred::Expected(1.0), Inferred::Expected(2.5)]
    );
}

#[test]
fn text_and_ids_take_any_scalar_as_text() {
    let found = guesses(&json!({"id": 42, "text": 1.25, "flag": false})).unwrap();
    assert_eq!(found.id.unwrap(), "42");
    assert_eq!(found.text, "1.25");
    assert_eq!(
        guesses(&json!({"text": true, "flag": false})).unwrap().text,
        "true"
    );
}

#[test]
fn other_scalars_are_kept_as_they_came() {
    let found =
        guesses(&json!({"text": "", "score": "high", "flag": "yes", "at": 1700000000})).unwrap();
    assert_eq!(found.score.unwrap().raw(), Some(&json!("high")));
    assert_eq!(found.flag.raw(), Some(&json!("yes")));
    assert_eq!(found.at.unwrap().raw(), Some(&json!(1_700_000_000)));
}

#[test]
fn one_value_where_a_list_was_guessed_is_a_list_of_one() {
    let found = guesses(&json!({"text": "", "flag": true, "tags": "a", "scores": 2})).unwrap();
    assert_eq!(found.tags.unwrap(), ["a"]);
    assert_eq!(found.scores.unwrap(), [Inferred::Expected(2.0)]);
}

#[test]
fn an_enum_keeps_the_text_of_a_number() {
    let found = guesses(&json!({"text": "", "flag": true, "color": 3})).unwrap();
    assert_eq!(found.color.unwrap().as_str(), "3");
}

#[test]
fn null_and_absence_are_none_and_a_missing_text_is_an_error() {
    let found = guesses(&json!({"text": "", "flag": true, "score": null})).unwrap();
    assert_eq!((found.score, found.tags), (None, None));
    let error = guesses(&json!({"flag": true})).unwrap_err().to_string();
    assert!(error.starts_with("missing field `text`"), "{error}");
}

#[test]
fn an_object_where_text_was_guessed_is_an_error_that_does_not_show_it() {
    let error = guesses(&json!({"text": {"a": "private"}, "flag": true}))
        .unwrap_err()
        .to_string();
    assert!(error.contains("an object, expected a scalar"), "{error}");
    assert!(!error.contains("private"), "{error}");
}

#[test]
fn a_list_where_text_was_guessed_is_an_error_that_does_not_show_it() {
    let error = guesses(&json!({"text": ["private"], "flag": true}))
        .unwrap_err()
        .to_string();
    assert!(error.contains("a list, expected a scalar"), "{error}");
    assert!(!error.contains("private"), "{error}");
}

#[test]
fn lists_and_objects_where_a_number_was_guessed_are_kept_as_they_came() {
    let found =
        guesses(&json!({"text": "", "flag": {"on": [1, 2.5]}, "score": [1, "x", null]})).unwrap();
    assert_eq!(found.flag.raw(), Some(&json!({"on": [1, 2.5]})));
    assert_eq!(found.score.unwrap().raw(), Some(&json!([1, "x", null])));
}

#[test]
fn items_of_a_guessed_list_take_any_scalar_but_null() {
    let found = guesses(
        &json!({"text": "", "flag": true, "tags": ["a", 1, -2, 2.5, true], "scores": ["x", {}]}),
    )
    .unwrap();
    assert_eq!(found.tags.unwrap(), ["a", "1", "-2", "2.5", "true"]);
    assert_eq!(
        found.scores.unwrap(),
        [json!("x"), json!({})].map(|raw| Inferred::Raw(Box::new(raw)))
    );
    let error = guesses(&json!({"text": "", "flag": true, "tags": ["a", null]})).unwrap_err();
    assert!(
        error.to_string().contains("null, expected a scalar"),
        "{error}"
    );
}

#[test]
fn escapes_and_whole_numbers_of_any_sign_survive() {
    let found = guesses(&json!({
        "id": u64::MAX, "text": "tab\t \"quoted\" \u{1F980}", "score": i64::MIN, "flag": -1,
        "at": "2024-02-29T12:00:00+02:00", "color": "RED",
    }))
    .unwrap();
    assert_eq!(found.id.unwrap(), u64::MAX.to_string().as_str());
    assert_eq!(found.text, "tab\t \"quoted\" \u{1F980}");
    assert_eq!(found.score.unwrap().into_value(), Some(i64::MIN as f64));
    assert_eq!(found.flag.raw(), Some(&json!(-1)));
    assert_eq!(
        found.at.unwrap().into_value().unwrap().to_rfc3339(),
        "2024-02-29T10:00:00+00:00"
    );
    assert_eq!(found.color.unwrap().as_str(), "RED");
}

#[test]
fn what_was_kept_is_written_as_it_came() {
    let object = json!({
        "id": "1", "text": "t", "score": "high", "flag": 1, "at": null, "tags": ["a"],
        "scores": [1.5, "x"], "color": "RED", "named": null,
    });
    let written = serde_json::to_value(guesses(&object).unwrap()).unwrap();
    assert_eq!(written, object);
}

#[test]
fn an_optional_guess_is_no_larger_than_an_optional_number() {
    assert_eq!(size_of::<Option<Inferred<f64>>>(), size_of::<Option<f64>>());
}
