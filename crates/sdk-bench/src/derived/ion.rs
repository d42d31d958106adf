//! An operation of ION under `graphql_client`'s derive.

use graphql_client::GraphQLQuery;

type GenericScalar = serde_json::Value;
type Decimal = f64;

#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "../../schemas/ion.graphql",
    query_path = "../../queries/ion/get_procedure.graphql",
    response_derives = "Debug"
)]
pub struct GetProcedure;
