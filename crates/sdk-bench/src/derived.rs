//! The same operations under `graphql_client`'s derive, as its manual shows it.
#![allow(missing_docs, reason = "the derive writes no documentation")]

pub mod altrata;
pub mod ion;

use graphql_client::GraphQLQuery;

type DateTime = chrono::DateTime<chrono::Utc>;

#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "../../schemas/finitestate.graphql",
    query_path = "../../queries/finitestate/list_findings.graphql",
    response_derives = "Debug"
)]
pub struct ListFindings;

#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "probe/schema.graphql",
    query_path = "probe/queries/leaf_fragments.graphql",
    response_derives = "Debug"
)]
pub struct LeafFragments;

#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "probe/schema.graphql",
    query_path = "probe/queries/node_fragments.graphql",
    response_derives = "Debug"
)]
pub struct NodeFragments;

#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "probe/schema.graphql",
    query_path = "probe/queries/deep_fragments.graphql",
    response_derives = "Debug"
)]
pub struct DeepFragments;

#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "probe/schema.graphql",
    query_path = "probe/queries/members.graphql",
    response_derives = "Debug"
)]
pub struct Members;
