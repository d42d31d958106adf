//! Parts that tenders and cover requests share.
//!
//! No page says which fields may be missing, so everything is optional.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::lenient;

/// The state of a tender; values that are not known here are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TenderStatus {
    /// `QUOTES_AVAILABLE`: insurers have made offers. Open.
    QuotesAvailable,
    /// `IN_NEGOTIATION`. Open.
    InNegotiation,
    /// `IN_COVERNOTE`: cover has been requested, and an insurer is to accept or decline. Open.
    InCovernote,
    /// `REOPENED`. Open.
    Reopened,
    /// `SUCCESSFUL`: the contract is final.
    Successful,
    /// A value that the vendor's pages do not show.
    Other(String),
}

impl TenderStatus {
    /// The value as it goes over the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::QuotesAvailable => "QUOTES_AVAILABLE",
            Self::InNegotiation => "IN_NEGOTIATION",
            Self::InCovernote => "IN_COVERNOTE",
            Self::Reopened => "REOPENED",
            Self::Successful => "SUCCESSFUL",
            Self::Other(text) => text,
        }
    }

    /// True for the four states that the vendor calls open; false for those that are not known here.
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::QuotesAvailable | Self::InNegotiation | Self::InCovernote | Self::Reopened
        )
    }
}

impl From<&str> for TenderStatus {
    fn from(text: &str) -> Self {
        match text {
            "QUOTES_AVAILABLE" => Self::QuotesAvailable,
            "IN_NEGOTIATION" => Self::InNegotiation,
            "IN_COVERNOTE" => Self::InCovernote,
            "REOPENED" => Self::Reopened,
            "SUCCESSFUL" => Self::Successful,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for TenderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for TenderStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for TenderStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
    }
}

/// When things happened to a tender, by the vendor's names for them.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(transparent)]
pub struct ChangesMetadata(BTreeMap<String, Value>);

impl ChangesMetadata {
    /// When the tender last came to this state.
    ///
    /// The pages show the name for `QUOTES_AVAILABLE` alone; that the others are built alike is inferred.
    pub fn status_changed_to(&self, status: &TenderStatus) -> Option<DateTime<Utc>> {
        let name = format!("status_changed_to_{}", status.as_str().to_lowercase());
        self.0.get(&name)?.as_str()?.parse().ok()
    }

    /// Everything, as it came.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

/// A line of business, such as cyber insurance.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct LineOfBusiness {
    /// Its id; `None` where the server gives the line as text.
    #[serde(rename = "_id")]
    pub id: Option<String>,
    /// Its name, or the text where the server gives the line as text.
    pub name: Option<String>,
}

/// An object in the vendor's examples, text in its table of properties ("Insurer Covernote API").
pub(crate) fn line_of_business<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<LineOfBusiness>, D::Error> {
    lenient::object_or_text(deserializer, |name| {
        Some(LineOfBusiness {
            id: None,
            name: Some(name),
        })
    })
}

/// A postal address; the vendor's examples leave some parts as empty texts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct Address {
    /// The street.
    pub street: Option<String>,
    /// The number of the house.
    pub house_number: Option<String>,
    /// The postal code.
    pub zip: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The country, in two letters.
    pub country: Option<String>,
}

/// Who is to be insured.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct Customer {
    /// The customer's id.
    #[serde(rename = "_id")]
    pub id: Option<String>,
    /// The id of the company behind the customer.
    pub company_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Where the customer is.
    pub address: Option<Address>,
}

/// The broker that runs a tender.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct BrokerCompany {
    /// The broker's id.
    #[serde(rename = "_id")]
    pub id: Option<String>,
    /// The id of the company.
    pub company_id: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The address for mail.
    pub email: Option<String>,
    /// Where the broker is.
    pub address: Option<Address>,
}

/// Who works on a tender.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[non_exhaustive]
pub struct PersonInCharge {
    /// The person's id.
    #[serde(rename = "_id")]
    pub id: Option<String>,
    /// The id of the person's account.
    pub account_id: Option<String>,
    /// The address for mail.
    pub email: Option<String>,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// How the person is addressed.
    pub salutation: Option<String>,
}
