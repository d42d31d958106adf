//! What became of a named operation, for clients that are built on this crate.
//!
//! [`AuthorizedHttp`](crate::AuthorizedHttp) hands out answers whatever their status. What a status
//! means, and where an answer does not have the shape it should have, is the same question for every
//! client, GraphQL or REST; these errors answer it in one voice. A client puts them into an enum of its
//! own, beside what only it can fail with.
//!
//! ```
//! use http::{HeaderMap, StatusCode};
//! use sdk_auth::Reply;
//! use sdk_auth::answer::{DecodeError, ErrorClass, StatusError};
//!
//! let reply = Reply::new(StatusCode::FORBIDDEN, HeaderMap::new(), "no");
//! let error = StatusError::new("ListThings", "api.example.com", &reply);
//! assert_eq!(error.class(), ErrorClass::Forbidden);
//!
//! let body = br#"{"things": [{"id": 1}, {"id": "two"}]}"#;
//! # #[derive(Debug, serde::Deserialize)]
//! # struct Thing { #[allow(dead_code)] id: u32 }
//! type Things = std::collections::BTreeMap<String, Vec<Thing>>;
//! let error = serde_json::from_slice::<Things>(body).unwrap_err();
//! let error = DecodeError::of_body("ListThings", "api.example.com", body, &error);
//! assert_eq!(error.path(), "things[1].id");
//! ```

mod class;
mod decode;
mod json_path;
mod status;
mod unanswered;

pub use class::ErrorClass;
pub use decode::{DecodeError, without_values};
pub use status::StatusError;
pub use unanswered::AuthError;
