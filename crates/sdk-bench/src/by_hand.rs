//! The types a careful user would write by hand for the measured responses: plain owned structs with
//! serde's derives, fields in the order of the selection, nothing generic, nothing borrowed.
#![allow(missing_docs, reason = "the fields are those of the probes' schema")]

pub mod findings;
pub mod members;
pub mod organizations;
pub mod procedures;
pub mod tickets;

use serde::{Deserialize, Serialize};

/// A GraphQL response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// The data.
    pub data: Option<T>,
    /// What went wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One error of a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// What it says.
    pub message: String,
}

impl<T> From<T> for Envelope<T> {
    fn from(data: T) -> Self {
        Self {
            data: Some(data),
            errors: Vec::new(),
        }
    }
}
