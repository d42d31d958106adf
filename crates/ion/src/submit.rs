//! Measured values, in the type that their field wants.

use std::fmt;

use crate::{
    Client, Decimal, Id, JobError, Json,
    edit::{self, Edited},
    queries::{get_run::RunStepField, update_run_step_field_value},
    run_progress::RunProgress,
    types::{RunStepFieldType, RunStepStatus},
};

/// A value that waits for being submitted; [`Client::submit`] makes it.
#[derive(Debug, Clone)]
#[must_use = "nothing is submitted until it is sent"]
pub struct Submission {
    client: Client,
    run: Id,
    field: String,
    step: Option<Id>,
    value: Json,
}

impl Client {
    /// Submits a value for a field of a run, by the field's name.
    ///
    /// The value goes out in the type that the field wants: text from a file becomes a number where a
    /// number is asked for, and a value that does not fit is refused here, as is a number that a 64-bit
    /// float would round. A null takes the value back.
    ///
    /// ```
    /// # async fn example(client: &ion::Client, run: ion::Id) -> Result<(), ion::JobError> {
    /// let field = client.submit(run, "Torque", "42.5").send().await?;
    /// assert_eq!(field.value, Some(serde_json::json!(42.5)));
    /// # Ok(())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// #     let sandbox = sdk_sandbox::Sandbox::start().await?;
    /// #     let env = ion::Env::from_pairs(sandbox.ion().variables());
    /// #     let client = ion::Config::from_env(&env)?.into_builder().build()?;
    /// #     use futures_util::TryStreamExt;
    /// #     let open = ion::types::StringFilter::new().eq("IN_PROGRESS");
    /// #     let open = ion::types::RunsInputFilters::new().status(open);
    /// #     let mut runs = client.items(ion::queries::ListRuns::new().filters(open));
    /// #     let run = runs.try_next().await?.ok_or("no run")?;
    /// #     example(&client, run.id).await?;
    /// #     Ok(())
    /// # }
    /// ```
    pub fn submit(
        &self,
        run: impl Into<Id>,
        field: impl Into<String>,
        value: impl Into<Json>,
    ) -> Submission {
        Submission {
            client: self.clone(),
            run: run.into(),
            field: field.into(),
            step: None,
            value: value.into(),
        }
    }
}

impl Submission {
    /// The step that has the field. Default: the one that is in progress.
    pub fn step(mut self, step: impl Into<Id>) -> Self {
        self.step = Some(step.into());
        self
    }

    /// Looks for the field, and submits the value under its etag.
    ///
    /// # Errors
    ///
    /// When an operation fails, no field of this name or more than one is there, the value does not fit
    /// the field ([`JobError::Value`]), or somebody else has submitted another value at the same
    /// moment ([`JobError::is_conflict`]): theirs stays.
    pub async fn send(self) -> Result<update_run_step_field_value::RunStepField, JobError> {
        let progress = self.client.run_progress(self.run.clone()).await?;
        let field = self.find(&progress)?;
        let value = in_type(field.type_.as_ref(), self.value.clone())?;
        let before = field.value.clone();
        let edit = self
            .client
            .edit(edit::run_step_field(self.run.clone(), field.id.clone()));
        let edited = edit.apply(|row, change| {
            let is_as_found = row.value == before || row.value.as_ref() == Some(&value);
            is_as_found.then(|| change.value(value.clone()))
        });
        match edited.await? {
            Edited::Written(field) => Ok(field),
            Edited::Unchanged(_) => Err(ValueError::Taken.into()),
        }
    }

    fn find<'a>(&self, progress: &'a RunProgress) -> Result<&'a RunStepField, JobError> {
        let steps = progress.run().steps.iter().flatten().flatten();
        let steps = steps.filter(|step| match &self.step {
            Some(wanted) => step.id == *wanted,
            None => step.status == Some(RunStepStatus::InProgress),
        });
        let fields = steps
            .filter_map(|step| step.fields.as_ref())
            .flatten()
            .flatten();
        let mut named = fields.filter(|field| field.name.as_ref() == Some(&self.field));
        let found = named
            .next()
            .ok_or_else(|| JobError::not_found("field of the run"))?;
        match named.next() {
            None => Ok(found),
            Some(_) => Err(JobError::ambiguous("field of the run")),
        }
    }
}

/// Why a value was not submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The field wants a number, and the value is none.
    NotANumber,
    /// The value is a number that would be rounded on its way: it has more digits than a 64-bit float keeps.
    Inexact,
    /// The field wants true or false, and the value is neither.
    NotABoolean,
    /// The field wants text, and the value is a structure.
    NotText,
    /// The field wants one or more choices, and the value is no text and no list of texts.
    NotChoices,
    /// The field wants a full timestamp (RFC 3339), and the value is none; a day alone is refused too.
    NotATimestamp,
    /// Somebody else has submitted another value since the field was read.
    Taken,
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "the field wants a number",
            Self::Inexact => "the number has more digits than a field of numbers keeps",
            Self::NotABoolean => "the field wants true or false",
            Self::NotText => "the field wants text",
            Self::NotChoices => "the field wants a text, or a list of texts",
            Self::NotATimestamp => "the field wants a full timestamp, such as 2026-01-31T08:00:00Z",
            Self::Taken => "somebody else has submitted another value meanwhile",
        })
    }
}

impl std::error::Error for ValueError {}

/// The value as a field of this type takes it; types that no public source describes take any.
fn in_type(kind: Option<&RunStepFieldType>, value: Json) -> Result<Json, ValueError> {
    match (kind, value) {
        (_, Json::Null) => Ok(Json::Null),
        (Some(RunStepFieldType::Number), Json::Number(number)) => Ok(Json::Number(number)),
        (Some(RunStepFieldType::Number), Json::String(text)) => number(&text),
        (Some(RunStepFieldType::Number), _) => Err(ValueError::NotANumber),
        (Some(RunStepFieldType::Boolean), Json::Bool(value)) => Ok(Json::Bool(value)),
        (Some(RunStepFieldType::Boolean), Json::String(text)) => boolean(&text),
        (Some(RunStepFieldType::Boolean), _) => Err(ValueError::NotABoolean),
        (Some(RunStepFieldType::String | RunStepFieldType::Select), value) => text(value),
        (Some(RunStepFieldType::Multiselect), value) => choices(value),
        (Some(RunStepFieldType::Datetime), value) => timestamp(value),
        (_, value) => Ok(value),
    }
}

/// Whole numbers stay whole, up to 64 bits, and no number becomes another one.
fn number(text: &str) -> Result<Json, ValueError> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        return Ok(number.into());
    }
    if let Ok(number) = text.parse::<u64>() {
        return Ok(number.into());
    }
    let wanted: Decimal = text.parse().map_err(|_| ValueError::NotANumber)?;
    let float = wanted.to_f64();
    match serde_json::Number::from_f64(float) {
        Some(number) if wanted.is_same_number(&float.into()) => Ok(Json::Number(number)),
        _ => Err(ValueError::Inexact),
    }
}

fn boolean(text: &str) -> Result<Json, ValueError> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" => Ok(Json::Bool(true)),
        "false" => Ok(Json::Bool(false)),
        _ => Err(ValueError::NotABoolean),
    }
}

fn text(value: Json) -> Result<Json, ValueError> {
    match value {
        Json::Number(number) => Ok(Json::String(number.to_string())),
        Json::Bool(value) => Ok(Json::String(value.to_string())),
        Json::String(text) => Ok(Json::String(text)),
        _ => Err(ValueError::NotText),
    }
}

fn choices(value: Json) -> Result<Json, ValueError> {
    match value {
        Json::String(text) => Ok(Json::Array(vec![Json::String(text)])),
        Json::Array(items) if items.iter().all(Json::is_string) => Ok(Json::Array(items)),
        _ => Err(ValueError::NotChoices),
    }
}

fn timestamp(value: Json) -> Result<Json, ValueError> {
    let is_full = |text: &str| {
        serde_json::from_value::<crate::DateTime>(Json::String(text.to_owned())).is_ok()
    };
    match value {
        Json::String(text) if is_full(&text) => Ok(Json::String(text)),
        _ => Err(ValueError::NotATimestamp),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_takes_the_type_of_its_field_or_is_refused() {
        use RunStepFieldType::{Boolean, Datetime, Multiselect, Number, Select, Signoff, String};
        use ValueError::{Inexact, NotABoolean, NotANumber, NotATimestamp, NotChoices, NotText};

        for (kind, value, expected) in [
            (Number, json!(12.5), Ok(json!(12.5))),
            (Number, json!(" 12.5 "), Ok(json!(12.5))),
            (Number, json!("12"), Ok(json!(12))),
            (Number, json!("tight"), Err(NotANumber)),
            (Number, json!("NaN"), Err(NotANumber)),
            (Number, json!("1e999"), Err(Inexact)),
            (Number, json!("1e2"), Ok(json!(100.0))),
            (
                Number,
                json!("-9223372036854775808"),
                Ok(json!(-9_223_372_036_854_775_808_i64)),
            ),
            (Number, json!("-9223372036854775809"), Err(Inexact)),
            (
                Number,
                json!("18446744073709551615"),
                Ok(json!(18_446_744_073_709_551_615_u64)),
            ),
            (Number, json!("18446744073709551617"), Err(Inexact)),
            (Number, json!("100000000000000000000"), Ok(json!(1e20))),
            (Number, json!("0.1234567890123456789"), Err(Inexact)),
            (Number, json!(true), Err(NotANumber)),
            (Boolean, json!(false), Ok(json!(false))),
            (Boolean, json!("True"), Ok(json!(true))),
            (Boolean, json!(1), Err(NotABoolean)),
            (String, json!(7), Ok(json!("7"))),
            (String, json!({"a": 1}), Err(NotText)),
            (Select, json!("A"), Ok(json!("A"))),
            (Multiselect, json!("A"), Ok(json!(["A"]))),
            (Multiselect, json!(["A", "B"]), Ok(json!(["A", "B"]))),
            (Multiselect, json!([1]), Err(NotChoices)),
            (Datetime, json!("2026-01-31"), Err(NotATimestamp)),
            (
                Datetime,
                json!("2026-01-31T08:00:00Z"),
                Ok(json!("2026-01-31T08:00:00Z")),
            ),
            (Signoff, json!({"any": 1}), Ok(json!({"any": 1}))),
            (Number, Json::Null, Ok(Json::Null)),
        ] {
            assert_eq!(
                in_type(Some(&kind), value.clone()),
                expected,
                "{kind:?} {value}"
            );
        }
    }
}
