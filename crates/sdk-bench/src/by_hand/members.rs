//! Two ways to write a union by hand: serde's tagged enum, and one struct that has every field.

use serde::{Deserialize, Serialize};

use super::tickets::Label;

/// The data, with unions as tagged enums.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Data {
    pub feed: Vec<Event>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "__typename")]
pub enum Event {
    Opened(Opened),
    Commented(Commented),
    Labeled(Labeled),
    Moved(Moved),
    #[serde(other)]
    Other,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    pub id: String,
    pub at: String,
    pub title: String,
    pub actor: Option<Actor>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Commented {
    pub id: String,
    pub at: String,
    pub text: String,
    pub edited: bool,
    pub actor: Option<Actor>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Labeled {
    pub id: String,
    pub at: String,
    pub label: Label,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    pub id: String,
    pub at: String,
    pub from: String,
    pub to: String,
    pub distance: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "__typename")]
pub enum Actor {
    Person {
        id: String,
        login: String,
        email: Option<String>,
    },
    Robot {
        id: String,
        login: String,
        version: String,
    },
    #[serde(other)]
    Other,
}

/// The data, with every field of every member in one struct: no enum, no buffering, the fastest
/// that serde's derive can do.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FlatData {
    pub feed: Vec<FlatEvent>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FlatEvent {
    #[serde(rename = "__typename")]
    pub type_name: String,
    pub id: String,
    pub at: String,
    pub title: Option<String>,
    pub text: Option<String>,
    pub edited: Option<bool>,
    pub actor: Option<FlatActor>,
    pub label: Option<Label>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub distance: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct FlatActor {
    #[serde(rename = "__typename")]
    pub type_name: String,
    pub id: String,
    pub login: String,
    pub email: Option<String>,
    pub version: Option<String>,
}
