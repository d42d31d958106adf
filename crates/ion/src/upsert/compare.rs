//! Wanted and present values side by side.

use sdk_graphql::Input;
use serde::Serialize;

use super::FieldChange;
use crate::{Decimal, Json, types::AttributeInput};

/// What differs so far.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub(super) changes: Vec<FieldChange>,
}

impl Differences {
    /// Compares one field as it is written, and gives what a change of the row has to say about it.
    pub(super) fn of<T, U>(
        &mut self,
        field: &str,
        wanted: &Input<T>,
        present: Option<&U>,
    ) -> Input<T>
    where
        T: Serialize + Clone,
        U: Serialize,
    {
        let is_same = json(&present) == json(&wanted.as_value());
        self.take(field, wanted, present, is_same)
    }

    /// Compares one field that holds a decimal, which the server may spell in another way.
    pub(super) fn of_decimal(
        &mut self,
        field: &str,
        wanted: &Input<Decimal>,
        present: Option<&Decimal>,
    ) -> Input<Decimal> {
        let is_same = match (wanted.as_value(), present) {
            (Some(wanted), Some(present)) => wanted.is_same_number(present),
            (wanted, present) => wanted == present,
        };
        self.take(field, wanted, present, is_same)
    }

    /// Keeps a field that is set and differs.
    fn take<T, U>(
        &mut self,
        field: &str,
        wanted: &Input<T>,
        present: Option<&U>,
        is_same: bool,
    ) -> Input<T>
    where
        T: Serialize + Clone,
        U: Serialize,
    {
        if is_same || matches!(wanted, Input::Unset) {
            return Input::Unset;
        }
        self.changes.push(FieldChange {
            field: field.to_owned(),
            from: json(&present),
            to: json(&wanted.as_value()),
        });
        wanted.clone()
    }

    /// Compares custom attributes by their keys, and gives those to write, each under its own etag.
    ///
    /// `present` finds the value and the etag of a key.
    pub(super) fn of_attributes<'a>(
        &mut self,
        wanted: &Input<Vec<Option<AttributeInput>>>,
        present: impl Fn(&str) -> Option<(Option<&'a Json>, Option<&'a String>)>,
    ) -> Input<Vec<Option<AttributeInput>>> {
        let mut written = Vec::new();
        for wanted in wanted.as_value().into_iter().flatten().flatten() {
            let (value, etag) = present(&wanted.key).unwrap_or_default();
            let field = format!("attributes.{}", wanted.key);
            if let Input::Unset = self.of(&field, &wanted.value, value) {
                continue;
            }
            let mut attribute = wanted.clone();
            attribute.etag = etag.cloned().map_or(Input::Unset, Input::Value);
            written.push(Some(attribute));
        }
        match written.is_empty() {
            true => Input::Unset,
            false => Input::Value(written),
        }
    }
}

/// Values of the schema always have a JSON form.
fn json(value: &impl Serialize) -> Json {
    serde_json::to_value(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_unset_or_the_same_is_no_change() {
        let mut differences = Differences::default();
        let unset = Input::<String>::Unset;
        assert_eq!(differences.of("a", &unset, Some(&"x")), Input::Unset);
        let same = Input::Value("x".to_owned());
        assert_eq!(differences.of("a", &same, Some(&"x")), Input::Unset);
        let absent = Input::<String>::Null;
        assert_eq!(differences.of("a", &absent, None::<&String>), Input::Unset);
        assert!(differences.changes.is_empty());
    }

    #[test]
    fn a_decimal_in_another_spelling_is_no_change_and_the_smallest_other_number_is_one() {
        let mut differences = Differences::default();
        let wanted = Input::Value(Decimal::from(1));
        for (present, changes) in [("1.00", 0), ("100e-2", 0), ("1.00000000000000000001", 1)] {
            let present: Decimal = present.parse().unwrap();
            differences.of_decimal("a", &wanted, Some(&present));
            assert_eq!(differences.changes.len(), changes, "{present}");
        }
        let unset = Input::Unset;
        let zero = Decimal::from(0);
        assert_eq!(differences.of_decimal("b", &unset, Some(&zero)), unset);
        assert_eq!(differences.of_decimal("b", &Input::Null, None), unset);
        let null = differences.of_decimal("b", &Input::Null, Some(&zero));
        assert_eq!((null, differences.changes.len()), (Input::Null, 2));
    }

    #[test]
    fn text_that_looks_like_the_same_number_is_another_text() {
        for (wanted, present) in [("1.10", "1.1"), ("007", "7"), ("1e2", "100"), ("+1", "1")] {
            let mut differences = Differences::default();
            let text = Input::Value(wanted.to_owned());
            assert_eq!(differences.of("a", &text, Some(&present)), text);
            let attribute = AttributeInput::new("key").value(json!(wanted));
            let attributes = Input::Value(vec![Some(attribute)]);
            let row = json!(present);
            let written = differences.of_attributes(&attributes, |_| Some((Some(&row), None)));
            assert!(written.as_value().is_some(), "{wanted} {present}");
            assert_eq!(differences.changes.len(), 2, "{wanted} {present}");
        }
    }

    #[test]
    fn a_difference_is_kept_with_both_values_and_null_is_one() {
        let mut differences = Differences::default();
        let wanted = Input::Value("y".to_owned());
        assert_eq!(differences.of("a", &wanted, Some(&"x")), wanted);
        let absent = Input::<String>::Null;
        assert_eq!(differences.of("b", &absent, Some(&"x")), Input::Null);
        let [first, second] = &differences.changes[..] else {
            panic!("{differences:?}");
        };
        assert_eq!((&first.from, &first.to), (&json!("x"), &json!("y")));
        assert_eq!((&second.field[..], &second.to), ("b", &Json::Null));
    }

    #[test]
    fn an_attribute_is_written_under_its_etag_and_a_new_one_without() {
        let mut differences = Differences::default();
        let set = |key: &str, value: &str| Some(AttributeInput::new(key).value(json!(value)));
        let wanted = Input::Value(vec![set("same", "1"), set("old", "2"), set("new", "3")]);
        let (same, old, etag) = (json!("1"), json!("1"), "etag".to_owned());
        let written = differences.of_attributes(&wanted, |key| match key {
            "same" => Some((Some(&same), Some(&etag))),
            "old" => Some((Some(&old), Some(&etag))),
            _ => None,
        });
        let written = written.as_value().unwrap();
        let etags = written
            .iter()
            .flatten()
            .map(|row| row.etag.as_value().cloned());
        assert_eq!(etags.collect::<Vec<_>>(), [Some(etag.clone()), None]);
        assert_eq!(differences.changes.len(), 2);
    }
}
