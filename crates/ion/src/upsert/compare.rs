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
    /// Compares one field, and gives what a change of the row has to say about it.
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
        if matches!(wanted, Input::Unset) {
            return Input::Unset;
        }
        let (from, to) = (json(&present), json(&wanted.as_value()));
        if are_same(&from, &to) {
            return Input::Unset;
        }
        self.changes.push(FieldChange {
            field: field.to_owned(),
            from,
            to,
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

/// Equal, or the same decimal in another spelling.
fn are_same(left: &Json, right: &Json) -> bool {
    let decimal = |json: &Json| serde_json::from_value::<Decimal>(json.clone()).ok();
    left == right
        || decimal(left)
            .zip(decimal(right))
            .is_some_and(|(left, right)| left.to_f64() == right.to_f64())
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
        let decimal = Input::Value(Decimal::from(1));
        let spelled: Decimal = "1.00".parse().unwrap();
        assert_eq!(differences.of("a", &decimal, Some(&spelled)), Input::Unset);
        assert!(differences.changes.is_empty());
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
