//! Operations that are derived with `graphql_client`, for a service that has such types already.
//!
//! [`Derived`] runs them through the vendors' clients: the same tokens, retries and errors. What they have not
//! is what the generator knows of a vendor: an Altrata error in the data stays there, and a list is one when
//! its type implements `PagedQuery`. The derive reads a file with the schema, which a service outside of this
//! repository copies.

#![allow(missing_docs, reason = "what is derived has no documentation")]

use anyhow::Result;
use finitestate::Derived;
use graphql_client::GraphQLQuery;

/// On Finite State.
#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "../../schemas/finitestate.graphql",
    query_path = "derived/finitestate.graphql",
    response_derives = "Debug"
)]
pub struct ProductNames;

/// On Altrata's Profile API.
#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "../../schemas/altrata/profile.graphql",
    query_path = "derived/altrata.graphql",
    response_derives = "Debug"
)]
pub struct PersonName;

/// The names of the first products.
///
/// # Errors
///
/// When the request fails.
pub async fn product_names(client: &finitestate::Client, first: i64) -> Result<Vec<String>> {
    let variables = product_names::Variables { first: Some(first) };
    let data = client
        .execute(Derived::<ProductNames>::new(variables))
        .await?;
    let products = data.all_products.into_iter().flatten();
    Ok(products.filter_map(|product| product.name).collect())
}

/// The name of a person, if the answer is one: derived types leave a vendor's errors in the data.
///
/// # Errors
///
/// When the request fails.
pub async fn person_name(client: &altrata::Client, id: &str) -> Result<Option<String>> {
    use person_name::PersonNamePersonIdSearch as Found;

    let variables = person_name::Variables { id: id.to_owned() };
    // Altrata has several services, so a derived operation says which it is for.
    let operation = Derived::<PersonName>::new(variables).service("profile");
    let data = client.execute(operation).await?;
    Ok(match data.person_id_search {
        Some(Found::Person(person)) => person.name,
        _ => None,
    })
}
