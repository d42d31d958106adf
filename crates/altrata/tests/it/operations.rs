//! Every shipped operation against the sandbox, each at its own service.

use altrata::{
    Derived, ErrorClass, Outcome, PersonRecord,
    queries::{events::*, matching::*, profile::*, relationships::*},
};

use crate::setup::Setup;

async fn result<O: Outcome + 'static>(setup: &Setup, operation: O) -> O::Success {
    let name = operation.name();
    let fetched = setup.client.fetch(operation).await;
    fetched.unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

#[tokio::test]
async fn every_operation_gives_its_result_with_one_token() {
    let setup = Setup::start().await;
    let id = setup.vendor().first_person_id();

    let person = result(&setup, GetPerson::new(&id)).await;
    assert_eq!(person.id.as_deref(), Some(id.as_str()));
    let people = result(&setup, GetPeople::new([id.clone(), "1-per-1".to_owned()])).await;
    assert_eq!(people.items.unwrap().len(), 1);
    let found = result(&setup, SearchPeople::new("ada")).await;
    assert_eq!(found.items.unwrap().len(), 10);
    let organizations = result(&setup, SearchOrganizations::new("harbour")).await;
    let organization = organizations.items.unwrap().remove(0).unwrap();
    assert!(
        organization
            .latest_daily_market_capital
            .unwrap()
            .value()
            .is_some()
    );
    let roles = organization.roles_board.unwrap().items.unwrap();
    let role = roles.into_iter().flatten().next().unwrap();
    assert!(role.person.unwrap().name_is_known());

    let events = result(&setup, ListAnnouncements::new(&id)).await;
    assert_eq!(events.events.len(), 10);

    let paths = result(&setup, CountMyPathsToPerson::new(&id)).await;
    assert!(paths.page_info_response.unwrap().total_count.is_some());
    let to = || "1-org-3000001".to_owned();
    let paths = result(&setup, CountMyPathsToOrganization::new(to())).await;
    assert_eq!(paths.page_info_response.unwrap().total_count, Some(4));
    let paths = result(&setup, CountOrganizationPaths::new("1-org-3000000", to())).await;
    assert_eq!(paths.page_info_response.unwrap().total_count, Some(9));

    let job = result(&setup, MatchPerson::new("row").altrata_id(id.as_str())).await;
    let job = job.request_id.unwrap();
    while !result(&setup, GetMatchStatus::new(&job)).await.is_ready() {}
    let matches = result(&setup, GetUniqueMatches::new(&job))
        .await
        .data
        .unwrap();
    assert_eq!(matches.len(), 1);

    assert_eq!(setup.client.token_stats().granted, 1);
    assert_eq!(setup.vendor().counts().token_requests, 1);
}

/// A name of a person in a role.
trait Named {
    fn name_is_known(&self) -> bool;
}

impl Named for search_organizations::Person {
    fn name_is_known(&self) -> bool {
        self.first_name.is_some() && self.last_name.is_some()
    }
}

#[tokio::test]
async fn several_types_of_one_role_and_a_single_one_both_decode() {
    let body = |kind: &str| {
        format!(
            r#"{{"data":{{"organizationKeywordSearch":{{"__typename":"OrganizationPagedResult",
            "items":[{{"rolesBoard":{{"items":[{{"type":{kind}}}]}}}}]}}}}}}"#
        )
    };
    for (kind, expected) in [
        (r#""Board""#, vec!["Board"]),
        (r#"["Board","Employment"]"#, vec!["Board", "Employment"]),
    ] {
        use altrata::Operation;
        let data = SearchOrganizations::decode(body(kind).as_bytes())
            .unwrap()
            .data
            .unwrap();
        let page = SearchOrganizations::success(data).unwrap();
        let organization = page.items.unwrap().remove(0).unwrap();
        let role = organization
            .roles_board
            .unwrap()
            .items
            .unwrap()
            .remove(0)
            .unwrap();
        let kinds: Vec<String> = role.type_.unwrap().into_iter().flatten().collect();
        assert_eq!(kinds, expected);
    }
}

#[tokio::test]
async fn somebody_who_is_not_there_is_not_found() {
    let setup = Setup::start().await;
    let error = setup
        .client
        .fetch(GetPerson::new("1-per-1"))
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.refusal().unwrap().kind(), "null");
    assert_eq!(error.class(), Some(ErrorClass::NotFound));
}

/// What `#[derive(graphql_client::GraphQLQuery)]` writes for a query of a user's own.
struct OwnEvents;

#[derive(Debug, serde::Deserialize)]
struct OwnEventsData {
    events: serde_json::Value,
}

impl graphql_client::GraphQLQuery for OwnEvents {
    type Variables = ();
    type ResponseData = OwnEventsData;

    fn build_query(variables: ()) -> graphql_client::QueryBody<()> {
        graphql_client::QueryBody {
            variables,
            query: "query OwnEvents { events(altrataId: \"1-per-4000000\") { __typename } }",
            operation_name: "OwnEvents",
        }
    }
}

#[tokio::test]
async fn an_operation_of_a_users_own_names_its_service() {
    let setup = Setup::start().await;
    let own = Derived::<OwnEvents>::new(()).service("events");
    let data = setup.client.execute(own).await.unwrap();
    assert_eq!(data.events["__typename"], "EventsResponse");

    let nowhere = Derived::<OwnEvents>::new(()).service("weather");
    let error = setup.client.execute(nowhere).await.unwrap_err();
    assert!(error.to_string().contains("`weather`"), "{error}");
}

#[test]
fn a_record_shows_what_is_set_and_not_to_whom() {
    let record = PersonRecord::named("row", "Canary", "Canary", "Canary").work_email("canary@x");
    let shown = format!("{record:?}");
    assert!(!shown.to_lowercase().contains("canary"), "{shown}");
    assert!(shown.contains("workEmail"), "{shown}");
}
