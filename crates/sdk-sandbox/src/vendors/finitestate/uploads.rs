//! Uploads: presigned links, multipart bookkeeping, and the launch of the analysis.
//!
//! Uploads are not analysed: a launched test runs through its stages and finds nothing.

use apollo_compiler::response::JsonValue;
use axum::http::Method;

use super::input::{Input, Result};
use super::jobs::Jobs;
use super::kinds::TEST;
use crate::data::select::QueryError;
use crate::data::{Row, Store, Value};
use crate::storage::{CompleteError, Storage};

/// The most parts an upload may have, as in S3.
const MAX_PARTS: u32 = 10_000;

/// What an upload needs: the object store, the jobs, and the tests.
#[derive(Clone, Copy)]
pub(super) struct Uploads<'a> {
    pub(super) storage: &'a Storage,
    pub(super) jobs: &'a Jobs,
    pub(super) store: &'a Store,
}

impl Uploads<'_> {
    /// Starts a multipart upload; `id_name` is what the answer calls the upload's id.
    pub(super) fn start(
        self,
        input: Input<'_>,
        type_name: &'static str,
        id_name: &'static str,
    ) -> Result<Value> {
        let key = self.new_key(input.required(self.store, TEST, "testId")?);
        let id = self.jobs.start_upload(key.clone());
        Ok(Value::object(
            type_name,
            vec![(id_name, Value::text(id)), ("key", Value::text(key))],
        ))
    }

    /// A link for one part of a started upload.
    pub(super) fn part_url(self, input: Input<'_>) -> Result<Value> {
        let (id, key) = self.started(input)?;
        let number = input.0.get("partNumber").and_then(JsonValue::as_i64);
        let number = number.and_then(|number| u32::try_from(number).ok());
        let number = number.filter(|number| (1..=MAX_PARTS).contains(number));
        let Some(number) = number else {
            return Err(QueryError::plain(format!(
                "partNumber must be 1 to {MAX_PARTS}"
            )));
        };
        let parameters = [("partNumber", number.to_string()), ("uploadId", id)];
        let parameters = parameters
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let url = self.storage.presign(&Method::PUT, &key, &parameters);
        Ok(url_response(key, url))
    }

    /// Joins the parts of a started upload.
    pub(super) fn complete(self, input: Input<'_>) -> Result<Value> {
        let (id, key) = self.started(input)?;
        let part = |item: &JsonValue| {
            let part = Input(item.as_object()?);
            let number = part.0.get("PartNumber").and_then(JsonValue::as_i64)?;
            Some((u32::try_from(number).ok()?, part.text("ETag")?.to_owned()))
        };
        let parts: Option<Vec<_>> = input.list("partData").iter().map(part).collect();
        let parts = parts.ok_or_else(|| QueryError::plain("a part number is out of range"))?;
        self.storage.complete(&id, &key, &parts).map_err(|error| {
            QueryError::plain(match error {
                CompleteError::NoParts => "MalformedXML: the upload names no part".to_owned(),
                CompleteError::InvalidPartOrder => {
                    "InvalidPartOrder: the parts are not in ascending order".to_owned()
                }
                CompleteError::InvalidPart(number) => {
                    format!("InvalidPart: part {number} was not uploaded with this ETag")
                }
            })
        })?;
        self.jobs.finish_upload(&id);
        Ok(key_response(key))
    }

    /// A link for an upload in one piece.
    pub(super) fn single(self, input: Input<'_>) -> Result<Value> {
        let key = self.new_key(input.required(self.store, TEST, "testId")?);
        let url = self.storage.presign(&Method::PUT, &key, &[]);
        Ok(url_response(key, url))
    }

    /// Starts the analysis of what was uploaded; gives the key.
    pub(super) fn launch(self, input: Input<'_>) -> Result<String> {
        let test = input.required(self.store, TEST, "testId")?;
        let key = input.text("key").unwrap_or_default();
        if !self.storage.holds(key) {
            return Err(QueryError::plain("no completed upload has this key"));
        }
        self.jobs.launch_test(test);
        Ok(key.to_owned())
    }

    fn new_key(self, test: Row) -> String {
        format!("uploads/{}/{}", Store::id(test), self.jobs.next_id())
    }

    fn started(self, input: Input<'_>) -> Result<(String, String)> {
        let id = input
            .0
            .get("uploadId")
            .and_then(super::input::id_text)
            .unwrap_or_default();
        let key = input.text("uploadKey").unwrap_or_default();
        let upload = self.jobs.upload(&id, key);
        let unknown = || QueryError::coded("NOT_FOUND", "no upload with this id and key is open");
        upload.map(|upload| (id, upload.key)).ok_or_else(unknown)
    }
}

fn url_response(key: String, url: String) -> Value {
    let fields = vec![("key", Value::text(key)), ("uploadUrl", Value::text(url))];
    Value::object("UploadUrlResponse", fields)
}

pub(super) fn key_response(key: String) -> Value {
    Value::object("UploadKeyResponse", vec![("key", Value::text(key))])
}
