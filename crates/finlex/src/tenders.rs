//! Tenders: what brokers, insurers and customers work on until it becomes a policy ("Broker Tender API"
//! and "Insurer Tender API" on developer.finlex.io).

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::lenient;
use crate::list::list;
use crate::parts::{
    BrokerCompany, ChangesMetadata, Customer, LineOfBusiness, PersonInCharge, TenderStatus,
    line_of_business,
};

list! {
    /// Lists the tenders of a broker.
    ListBrokerTenders(Api, "tenders") of Tender
}

list! {
    /// Lists the tenders of an insurer.
    ListInsurerTenders(Public, "tenders") of Tender
}

list! {
    /// Lists the tenders that are not closed and whose status [is open](TenderStatus::is_open).
    ListOpenTenders(Public, "tenders", "open") of Tender
}

list! {
    /// Lists the tenders whose contract is final.
    ListSuccessfulTenders(Public, "tenders", "successful") of Tender
}

/// A tender. That everything but the id may be missing is inferred.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Tender {
    /// The id; opaque.
    #[serde(rename = "_id")]
    pub id: String,
    /// The state of the tender.
    pub status: Option<TenderStatus>,
    /// The product.
    pub product: Option<String>,
    /// The tax rate, as a fraction.
    #[serde(default, deserialize_with = "lenient::number")]
    pub tax_rate: Option<f64>,
    /// When it was created.
    #[serde(default, deserialize_with = "lenient::time")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "lenient::time")]
    pub updated_at: Option<DateTime<Utc>>,
    /// When it came to which state.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub changes_metadata: ChangesMetadata,
    /// The line of business.
    #[serde(default, deserialize_with = "line_of_business")]
    pub line_of_business: Option<LineOfBusiness>,
    /// Who is to be insured.
    pub customer: Option<Customer>,
    /// The broker.
    pub broker_company: Option<BrokerCompany>,
    /// Who works on it.
    pub person_in_charge: Option<PersonInCharge>,
}
