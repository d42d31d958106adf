//! An operation of Altrata.

use graphql_client::GraphQLQuery;

#[derive(Debug, GraphQLQuery)]
#[graphql(
    schema_path = "../../schemas/altrata/profile.graphql",
    query_path = "probe/altrata/search_organizations.graphql",
    response_derives = "Debug"
)]
pub struct SearchOrganizations;

#[cfg(test)]
mod tests {
    #[test]
    fn the_copy_asks_for_what_the_shipped_operation_asks_for() {
        let (copy, shipped) = (
            include_str!("../../probe/altrata/search_organizations.graphql"),
            include_str!("../../../../queries/altrata/profile/search_organizations.graphql"),
        );
        let lines = |text: &str| -> Vec<String> {
            let asked = |line: &&str| !line.starts_with('#') && line.trim() != "__typename";
            text.lines().filter(asked).map(str::to_owned).collect()
        };
        assert_eq!(lines(copy), lines(shipped));
    }
}
