//! Files: links to an object store of its own origin, and what the tables know of the files.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use apollo_compiler::response::{JsonMap, JsonValue};
use axum::http::Method;

use super::kinds;
use super::mutate::{Payload, Result, not_found, number};
use crate::data::select::QueryError;
use crate::data::{Row, Store, Value};
use crate::storage::Storage;

/// The file of the seed, which is there without an upload.
pub(super) const SEEDED_KEY: &str = "seed/drawing.pdf";

/// What a download of the seed's file gives.
pub(super) const SEEDED_CONTENT: &str = "%PDF-1.4 a drawing of a pump\n";

/// Types by extension; every other file is octets.
const TYPES: &[(&str, &str)] = &[
    ("csv", "text/csv"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("txt", "text/plain"),
    ("zip", "application/zip"),
];

fn content_type(filename: &str) -> &'static str {
    let extension = filename.rsplit_once('.').map(|(_, extension)| extension);
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    let known = TYPES.iter().find(|(of, _)| *of == extension);
    known.map_or("application/octet-stream", |(_, name)| name)
}

/// The object store, and the keys given out for it.
pub(super) struct Files {
    pub(super) storage: Arc<Storage>,
    keys: AtomicU64,
}

impl Files {
    pub(super) fn new(storage: Arc<Storage>) -> Self {
        storage.offer(
            SEEDED_KEY.to_owned(),
            "application/pdf",
            SEEDED_CONTENT.into(),
        );
        Self {
            storage,
            keys: AtomicU64::new(1),
        }
    }

    /// Where a file of this name can be uploaded to, with exactly the type that its extension stands for.
    pub(super) fn upload_url(&self, filename: &str) -> Value {
        let (key, content_type) = (self.next_key(), content_type(filename));
        let fields = vec![
            (
                "uploadUrl",
                Value::text(self.upload_link(&key, content_type)),
            ),
            ("s3Key", Value::text(key)),
            ("contentType", Value::Static(content_type)),
        ];
        Value::object("FileUploadUrl", fields)
    }

    fn next_key(&self) -> String {
        format!("uploads/{}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    fn upload_link(&self, key: &str, content_type: &str) -> String {
        let parameters = [("content-type", content_type)];
        self.storage.presign(&Method::PUT, key, &parameters)
    }

    /// Registers a file: one that has been uploaded, by its key and ETag, or one that will be.
    pub(super) fn register(&self, store: &mut Store, input: &JsonMap) -> Result<Payload> {
        let text = |name| input.get(name).and_then(JsonValue::as_str);
        let filename = text("filename").unwrap_or_default();
        let content_type = content_type(filename);
        let entity = match input.get("entityId").filter(|id| !id.is_null()) {
            None => Value::Null,
            Some(id) => {
                let id = number(id).filter(|id| kinds::find_entity(store, *id).is_some());
                let id = id.ok_or_else(|| not_found("entity"))?;
                Value::Int(i64::try_from(id).unwrap_or(i64::MAX))
            }
        };
        let (key, upload_url) = match text("s3Key") {
            Some(key) => {
                self.check_upload(key, text("s3Etag"))?;
                (key.to_owned(), Value::Null)
            }
            None => {
                let key = self.next_key();
                let link = self.upload_link(&key, content_type);
                (key, Value::text(link))
            }
        };
        let fields = vec![
            ("filename", Value::text(filename)),
            ("contentType", Value::Static(content_type)),
            ("s3Key", Value::text(key)),
            ("entityId", entity),
        ];
        let row = store.insert(kinds::FILE_ATTACHMENT, fields);
        Ok(vec![
            ("fileAttachment", Value::One(row)),
            ("uploadUrl", upload_url),
        ])
    }

    /// The ETag is that of the store, with its quotes or without.
    fn check_upload(&self, key: &str, etag: Option<&str>) -> Result<()> {
        let objects = self.storage.objects();
        let object = objects.iter().find(|object| object.key == key);
        let object = object.ok_or_else(|| QueryError::plain("nothing was uploaded to s3Key"))?;
        let digest = object.parts.first().and_then(|digest| digest.get(..32));
        match etag.map(|etag| etag.trim_matches('"')) == digest {
            true => Ok(()),
            false => Err(QueryError::plain("s3Etag is not that of the upload")),
        }
    }

    /// Where a file can be fetched from, if there is one yet.
    pub(super) fn download_url(&self, store: &Store, row: Row) -> Option<String> {
        let key = store.get(row, "s3Key").as_text()?;
        let is_there = key == SEEDED_KEY || self.storage.holds(key);
        is_there.then(|| self.storage.presign(&Method::GET, key, &[]))
    }
}
