//! Operations that users derive with `graphql_client`, run through the same client.

mod paged;

use graphql_client::{GraphQLQuery, QueryBody};

use crate::{Operation, OperationKind, Response};
pub use paged::PagedQuery;

/// An operation of a type that derives [`graphql_client::GraphQLQuery`].
///
/// It runs like a generated one: `client.execute(Derived::<Ping>::new(variables))`. A list pages when its
/// type implements [`PagedQuery`].
///
/// ```
/// use graphql_client::{GraphQLQuery, QueryBody};
/// use sdk_graphql::{Derived, Operation, OperationKind};
///
/// // What `#[derive(GraphQLQuery)]` writes for `query Ping { ping }`.
/// struct Ping;
/// impl GraphQLQuery for Ping {
///     type Variables = ();
///     type ResponseData = serde_json::Value;
///     fn build_query(variables: ()) -> QueryBody<()> {
///         QueryBody { variables, query: "query Ping { ping }", operation_name: "Ping" }
///     }
/// }
///
/// let ping = Derived::<Ping>::new(());
/// assert_eq!(ping.name(), "Ping");
/// assert_eq!(ping.kind(), OperationKind::Query);
/// ```
pub struct Derived<Q: GraphQLQuery> {
    body: QueryBody<Q::Variables>,
    service: &'static str,
}

impl<Q: GraphQLQuery> Derived<Q> {
    /// The operation with these variables.
    pub fn new(variables: Q::Variables) -> Self {
        Self {
            body: Q::build_query(variables),
            service: "",
        }
    }

    /// Sends it to one of several services of a vendor. Default: the vendor's only or first service.
    #[must_use]
    pub fn service(mut self, service: &'static str) -> Self {
        self.service = service;
        self
    }
}

impl<Q> Operation for Derived<Q>
where
    Q: GraphQLQuery,
    Q::Variables: Send + Sync,
    Q::ResponseData: Send + 'static,
{
    type Data = Q::ResponseData;

    fn name(&self) -> &'static str {
        self.body.operation_name
    }

    fn document(&self) -> &'static str {
        self.body.query
    }

    fn kind(&self) -> OperationKind {
        kind_of(self.body.query, self.body.operation_name)
    }

    fn service(&self) -> &'static str {
        self.service
    }

    fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(&self.body)
    }

    fn decode(body: &[u8]) -> Result<Response<Self::Data>, serde_json::Error> {
        serde_json::from_slice(body)
    }
}

impl<Q: GraphQLQuery<Variables: Clone>> Clone for Derived<Q> {
    fn clone(&self) -> Self {
        let QueryBody {
            variables,
            query,
            operation_name,
        } = &self.body;
        Self {
            body: QueryBody {
                variables: variables.clone(),
                query,
                operation_name,
            },
            service: self.service,
        }
    }
}

impl<Q: GraphQLQuery> std::fmt::Debug for Derived<Q> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Derived")
            .field("operation", &self.body.operation_name)
            .finish_non_exhaustive()
    }
}

/// Finds the keyword before the operation's name, at the top level of the document; anything that is
/// not plainly a query counts as a mutation, because a mutation is never sent twice.
fn kind_of(document: &str, operation: &str) -> OperationKind {
    let top = top_level(document);
    let mut words = top
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty());
    let mut keyword = "";
    for word in words.by_ref() {
        if word == operation && matches!(keyword, "query" | "mutation" | "subscription") {
            break;
        }
        keyword = word;
    }
    if keyword == "query" && !top.contains('"') {
        OperationKind::Query
    } else {
        OperationKind::Mutation
    }
}

/// The document without comments and without what stands in braces and parentheses.
fn top_level(document: &str) -> String {
    let mut depth = 0_usize;
    let mut top = String::new();
    for line in document.lines() {
        for c in line.split('#').next().unwrap_or_default().chars() {
            match c {
                '{' | '(' => depth += 1,
                '}' | ')' => depth = depth.saturating_sub(1),
                _ if depth == 0 => top.push(c),
                _ => {}
            }
        }
        top.push(' ');
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keyword_before_the_name_decides_the_kind() {
        let document = "# mutation Get\nquery Get($id: ID!) { a }\nmutation Set { b }";
        assert_eq!(kind_of(document, "Get"), OperationKind::Query);
        assert_eq!(kind_of(document, "Set"), OperationKind::Mutation);
    }

    #[test]
    fn what_stands_inside_another_operation_does_not_count() {
        let document = "mutation Save($query: Save2!) { a }\nmutation Save2 { b }\n\
                        query Deep { query Hidden }";
        assert_eq!(kind_of(document, "Save2"), OperationKind::Mutation);
        assert_eq!(kind_of(document, "Deep"), OperationKind::Query);
        assert_eq!(kind_of(document, "Hidden"), OperationKind::Mutation);
    }

    #[test]
    fn a_document_that_cannot_be_read_counts_as_a_mutation() {
        assert_eq!(kind_of("{ a }", "Get"), OperationKind::Mutation);
        assert_eq!(kind_of("", ""), OperationKind::Mutation);
    }
}
