//! The object store behind presigned links: an origin of its own that takes parts and gives downloads.
//!
//! It behaves like the S3 that the vendor's links point to: a link allows one method on one object for a
//! while, an `Authorization` header beside it is an error, and the answer to a PUT carries an `ETag`.
//! Bytes of uploads are counted and hashed, and kept up to a limit, so that a large upload takes no memory.

mod content;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::Response;
use futures_util::StreamExt;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::SandboxBuilder;
use crate::clock;
use crate::front::Front;
use crate::record::Endpoint;
pub(crate) use content::Content;
use content::Keep;

/// How long a link works.
const LINK_SECONDS: u64 = 900;

/// An object that an upload has left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StoredObject {
    /// The key the vendor gave it.
    pub key: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// The SHA-256 of each part in order, in hexadecimal; one for an upload in one piece.
    pub parts: Vec<String>,
}

/// One upload of one part.
#[derive(Clone, Debug)]
struct Part {
    etag: String,
    bytes: u64,
    digest: String,
    content: Option<Content>,
}

/// The store, shared by its routes and by the vendor that signs its links.
pub(crate) struct Storage {
    url: String,
    /// Nobody outside this process can sign a link.
    salt: String,
    /// The end of every signature.
    link_mark: String,
    pub(crate) front: Arc<Front>,
    contents: Mutex<Contents>,
    keep: Keep,
}

#[derive(Default)]
struct Contents {
    /// Parts by upload id and number, until the upload is completed.
    parts: HashMap<(String, u32), Part>,
    objects: HashMap<String, StoredObject>,
    downloads: HashMap<String, (HeaderValue, Content)>,
    links: u64,
    /// Links up to this number have expired, whatever they say.
    expired_links: u64,
}

/// Why an upload cannot be completed, in the words of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompleteError {
    NoParts,
    InvalidPartOrder,
    InvalidPart(u32),
}

impl Storage {
    /// A store that keeps as much of its uploads as the settings say.
    pub(crate) fn new(url: String, front: Arc<Front>, settings: &SandboxBuilder) -> Self {
        let salt = format!(
            "{:x}",
            Sha256::digest(format!("{url} {}", clock::unix_seconds()))
        );
        Self {
            url,
            salt,
            front,
            contents: Mutex::default(),
            keep: Keep::new(settings.kept_upload_bytes),
            link_mark: settings.marks.link_in_query(),
        }
    }

    /// A link for one method on one object, with parameters of the caller's. With a parameter
    /// `content-type` the upload must have exactly that type.
    pub(crate) fn presign(
        &self,
        method: &Method,
        key: &str,
        parameters: &[(&str, &str)],
    ) -> String {
        let number = {
            let mut contents = self.contents();
            contents.links += 1;
            contents.links
        };
        let expires = clock::unix_seconds() + LINK_SECONDS;
        let mut query: String = parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}&"))
            .collect();
        query.push_str(&format!("expires={expires}&link={number}"));
        let path = format!("/{key}");
        let signature = self.sign(method, &path, &query);
        format!("{}{path}?{query}&signature={signature}", self.url)
    }

    /// Makes something to download.
    pub(crate) fn offer(&self, key: String, content_type: &'static str, content: Content) {
        let content_type = HeaderValue::from_static(content_type);
        self.contents()
            .downloads
            .insert(key, (content_type, content));
    }

    /// Lets every link given out so far expire.
    pub(crate) fn expire_links(&self) {
        let mut contents = self.contents();
        contents.expired_links = contents.links;
    }

    /// Joins uploaded parts to an object. Parts are named in order, each with the ETag of its upload.
    pub(crate) fn complete(
        &self,
        upload_id: &str,
        key: &str,
        parts: &[(u32, String)],
    ) -> Result<(), CompleteError> {
        let mut contents = self.contents();
        if parts.is_empty() {
            return Err(CompleteError::NoParts);
        }
        if !parts.is_sorted_by(|left, right| left.0 < right.0) {
            return Err(CompleteError::InvalidPartOrder);
        }
        let mut object = StoredObject {
            key: key.to_owned(),
            bytes: 0,
            parts: Vec::new(),
        };
        let mut joined = Some(Content::default());
        for (number, etag) in parts {
            let part = contents.parts.get(&(upload_id.to_owned(), *number));
            let part = part.filter(|part| part.etag == *etag);
            let part = part.ok_or(CompleteError::InvalidPart(*number))?;
            object.bytes += part.bytes;
            object.parts.push(part.digest.clone());
            joined = joined
                .zip(part.content.as_ref())
                .map(|(whole, part)| whole.and(part));
        }
        contents.parts.retain(|(upload, _), _| upload != upload_id);
        if let Some(content) = joined {
            let content_type = HeaderValue::from_static("application/octet-stream");
            contents
                .downloads
                .insert(key.to_owned(), (content_type, content));
        }
        contents.objects.insert(key.to_owned(), object);
        Ok(())
    }

    /// Whether an upload has left an object under this key.
    pub(crate) fn holds(&self, key: &str) -> bool {
        self.contents().objects.contains_key(key)
    }

    /// All objects, by key.
    pub(crate) fn objects(&self) -> Vec<StoredObject> {
        let mut objects: Vec<_> = self.contents().objects.values().cloned().collect();
        objects.sort_by(|left, right| left.key.cmp(&right.key));
        objects
    }

    fn contents(&self) -> std::sync::MutexGuard<'_, Contents> {
        self.contents
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn sign(&self, method: &Method, path: &str, query: &str) -> String {
        let digest = Sha256::digest(format!("{} {method} {path}?{query}", self.salt));
        format!("{digest:x}{}", self.link_mark)
    }

    /// Checks a link as it arrives.
    fn check(&self, request: &Request) -> Result<(), (StatusCode, &'static str, &'static str)> {
        if request.headers().contains_key(AUTHORIZATION) {
            self.front
                .recorder
                .count(|counts| counts.storage_authorizations += 1);
            let message = "Only one auth mechanism allowed";
            return Err((StatusCode::BAD_REQUEST, "InvalidArgument", message));
        }
        let query = request.uri().query().unwrap_or_default();
        let (signed, signature) = query.split_once("&signature=").unwrap_or_default();
        if signature.is_empty()
            || signature != self.sign(request.method(), request.uri().path(), signed)
        {
            let message = "The signature does not match the request";
            return Err((StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message));
        }
        let number = |name| parameter(signed, name).and_then(|value| value.parse::<u64>().ok());
        let late = number("expires").is_none_or(|expires| expires < clock::unix_seconds())
            || number("link").is_none_or(|link| link <= self.contents().expired_links);
        if late {
            return Err((StatusCode::FORBIDDEN, "AccessDenied", "Request has expired"));
        }
        let content_type = request.headers().get(CONTENT_TYPE);
        let content_type = content_type.map(HeaderValue::as_bytes);
        let signed_type = parameter(signed, "content-type").map(str::as_bytes);
        if signed_type.is_some() && signed_type != content_type {
            let message = "The link was signed for another content type";
            return Err((StatusCode::FORBIDDEN, "SignatureDoesNotMatch", message));
        }
        Ok(())
    }

    async fn answer(&self, request: Request) -> Response {
        if let Err((status, code, message)) = self.check(&request) {
            drain(request.into_body()).await;
            return xml(status, code, message);
        }
        if request.method() == Method::PUT {
            self.put(request).await
        } else {
            self.get(&request)
        }
    }

    async fn put(&self, request: Request) -> Response {
        let key = request.uri().path().trim_start_matches('/').to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let octets = HeaderValue::from_static("application/octet-stream");
        let content_type = request.headers().get(CONTENT_TYPE).cloned();
        let content_type = content_type.unwrap_or(octets);
        let mut chunks = request.into_body().into_data_stream();
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        let mut kept = self.keep.begin();
        while let Some(chunk) = chunks.next().await {
            let Ok(chunk) = chunk else {
                let message = "The body ended before its announced length";
                return xml(StatusCode::BAD_REQUEST, "IncompleteBody", message);
            };
            bytes += chunk.len() as u64;
            hash.update(&chunk);
            kept.add(&chunk);
        }
        let content = kept.finish();
        let digest = format!("{:x}", hash.finalize());
        let etag = format!("\"{}\"", digest.get(..32).unwrap_or_default());
        let mut response = Response::new(Body::empty());
        if let Ok(value) = HeaderValue::from_str(&etag) {
            response.headers_mut().insert(ETAG, value);
        }
        let part = Part {
            etag,
            bytes,
            digest,
            content,
        };
        let number = parameter(&query, "partNumber").and_then(|number| number.parse().ok());
        let mut contents = self.contents();
        match parameter(&query, "uploadId").zip(number) {
            Some((upload_id, number)) => {
                contents.parts.insert((upload_id.to_owned(), number), part);
            }
            None => {
                let parts = vec![part.digest];
                if let Some(content) = part.content {
                    let download = (content_type, content);
                    contents.downloads.insert(key.clone(), download);
                }
                contents
                    .objects
                    .insert(key.clone(), StoredObject { key, bytes, parts });
            }
        }
        response
    }

    fn get(&self, request: &Request) -> Response {
        let key = request.uri().path().trim_start_matches('/');
        let Some((content_type, content)) = self.contents().downloads.get(key).cloned() else {
            return xml(StatusCode::NOT_FOUND, "NoSuchKey", "The key does not exist");
        };
        let mut response = Response::new(content.into_body());
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    }
}

/// The routes of a store: every path is a key.
pub(crate) fn routes(storage: Arc<Storage>) -> Router {
    Router::new().fallback(handle).with_state(storage)
}

async fn handle(State(storage): State<Arc<Storage>>, request: Request) -> Response {
    let answer = |request| storage.answer(request);
    storage
        .front
        .pass_streaming(Endpoint::Storage, request, answer)
        .await
}

/// Reads a body to its end, so that the connection stays usable and the client can finish sending.
pub(crate) async fn drain(body: Body) {
    let mut chunks = body.into_data_stream();
    while let Some(Ok(_)) = chunks.next().await {}
}

fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .next()
}

fn xml(status: StatusCode, code: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}
