//! Requests for cover: what an insurer accepts or declines ("Insurer Covernote API" on developer.finlex.io).

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::list::list;
use crate::parts::{
    BrokerCompany, ChangesMetadata, Customer, LineOfBusiness, PersonInCharge, TenderStatus,
    line_of_business,
};
use crate::{Get, Misfit, Operation, Prefix, Undocumented, lenient};

list! {
    /// Lists the requests for cover that wait for this insurer.
    ListCovernotes(Api, "covernotes") of Covernote
}

/// `Operation("path"), "documentation"`: a request value with an id and `prefix`.
macro_rules! decision {
    ($(#[$doc:meta])* $operation:ident($segment:literal)) => {
        $(#[$doc])*
        ///
        /// It changes something although it is a GET. It is therefore sent again only if the server
        /// provably has not acted on it: when no connection could be made, or when the token was refused.
        /// After any other failure, list the requests for cover to see what became of it. It is never
        /// followed to another address and never fetched ahead. The answer is not documented; any success
        /// counts as done.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[must_use = "an operation does nothing unless executed"]
        pub struct $operation {
            prefix: Prefix,
            covernote_id: String,
        }

        impl $operation {
            /// The request for cover with this id. That it is [`Covernote::id`] is inferred.
            pub fn new(covernote_id: impl Into<String>) -> Self {
                Self { prefix: Prefix::Public, covernote_id: covernote_id.into() }
            }

            /// Another prefix of the path than the one that the vendor's page prints.
            pub fn prefix(mut self, prefix: Prefix) -> Self {
                self.prefix = prefix;
                self
            }
        }

        impl Operation for $operation {
            type Data = Undocumented;

            fn name(&self) -> &'static str {
                stringify!($operation)
            }

            fn request(&self) -> Get {
                Get::new(&self.prefix)
                    .segment("covernotes")
                    .id(&self.covernote_id)
                    .segment($segment)
                    .at_most_once()
            }

            fn decode(body: &[u8]) -> Result<Undocumented, Misfit> {
                Ok(Undocumented::new(body))
            }
        }
    };
}

decision! {
    /// Accepts a request for cover; its tender is then [`TenderStatus::Successful`].
    AcceptCovernote("accept")
}

decision! {
    /// Declines a request for cover. What state that leads to is not documented.
    DeclineCovernote("decline")
}

/// A request for cover: the same object as a tender, in the vendor's example.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct Covernote {
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
