//! One GraphQL operation as a value: its document, its variables, and the type of its data.

use crate::{Refusal, Response};

/// Whether an operation reads or writes, which decides what may be sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Reads. Sent again after a transport failure or a transient status.
    Query,
    /// Writes. Sent again only when the first request provably never reached the server.
    Mutation,
}

impl OperationKind {
    /// The keyword that starts such an operation in a document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Mutation => "mutation",
        }
    }
}

/// A GraphQL operation: a value that holds the variables and knows its document.
///
/// Generated code implements this for every `.graphql` file. A type that derives
/// `graphql_client::GraphQLQuery` runs through `Derived` instead.
///
/// `encode` and `decode` name concrete types, so the crate that holds the operations compiles them
/// once and the crates that call them do not compile them again.
pub trait Operation: Send + Sync {
    /// The typed `data` of a response.
    type Data: Send + 'static;

    /// The operation's name, as sent in `operationName`.
    fn name(&self) -> &'static str;

    /// The document as sent: minified, with the fragments it reaches.
    fn document(&self) -> &str;

    /// Query or mutation.
    fn kind(&self) -> OperationKind;

    /// Which of the vendor's services answers this operation; empty where the vendor has only one.
    fn service(&self) -> &'static str {
        ""
    }

    /// The JSON request body: `query`, `operationName` and `variables`.
    ///
    /// # Errors
    ///
    /// When a variable cannot be written as JSON, which the generated types rule out.
    fn encode(&self) -> Result<Vec<u8>, serde_json::Error>;

    /// Reads a response body straight into the typed data.
    ///
    /// # Errors
    ///
    /// When the bytes are not a GraphQL response, or the data does not have the operation's shape.
    fn decode(body: &[u8]) -> Result<Response<Self::Data>, serde_json::Error>;

    /// The typed error that stands in the data in place of the result, for a vendor that answers so.
    ///
    /// It becomes [`Error::Refused`](crate::Error::Refused). Default: none.
    fn refusal(_data: &Self::Data) -> Option<Refusal> {
        None
    }
}

/// An operation with one result, for a vendor that answers with a union of results and refusals.
///
/// Generated code implements it where a single type of the union is no refusal, and the operation selects it.
pub trait Outcome: Operation {
    /// The result, with neither the union nor the root field around it.
    type Success;

    /// Takes the result out of the data; `None` where the server has put nothing there.
    fn success(data: Self::Data) -> Option<Self::Success>;
}
