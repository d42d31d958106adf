//! What `#[derive(GraphQLQuery)]` writes, run by the client.

use futures_util::{StreamExt, TryStreamExt};
use graphql_client::{GraphQLQuery, QueryBody};
use sdk_graphql::{Cursor, Derived, Page, PageFault, PagedQuery};

use crate::setup::Setup;

/// What the derive writes for the document below.
struct ListFindings;

mod list_findings {
    #[derive(Clone, Default, serde::Serialize)]
    pub(super) struct Variables {
        pub(super) after: Option<String>,
        pub(super) first: Option<i64>,
    }

    #[derive(serde::Deserialize)]
    pub(super) struct ResponseData {
        #[serde(rename = "allFindings")]
        pub(super) all_findings: Option<Vec<Finding>>,
    }

    #[derive(serde::Deserialize)]
    pub(super) struct Finding {
        #[serde(rename = "_cursor")]
        pub(super) cursor: Option<String>,
        pub(super) id: String,
    }
}

impl GraphQLQuery for ListFindings {
    type Variables = list_findings::Variables;
    type ResponseData = list_findings::ResponseData;

    fn build_query(variables: Self::Variables) -> QueryBody<Self::Variables> {
        QueryBody {
            variables,
            query: "query ListFindings($after: String, $first: Int) {
                allFindings(after: $after, first: $first) { _cursor id }
            }",
            operation_name: "ListFindings",
        }
    }
}

impl PagedQuery for ListFindings {
    type Item = list_findings::Finding;

    fn prepare(variables: &mut Self::Variables) {
        variables.first.get_or_insert(2);
    }

    fn cursor(variables: &Self::Variables) -> Option<Cursor> {
        variables.after.clone().map(Cursor::from)
    }

    fn set_cursor(variables: &mut Self::Variables, cursor: Cursor) {
        variables.after = Some(cursor.into_string());
    }

    fn page(_: &Self::Variables, data: Self::ResponseData) -> Result<Page<Self::Item>, PageFault> {
        let items = data.all_findings.ok_or(PageFault::MissingList)?;
        let next = items.last().and_then(|last| last.cursor.clone());
        Ok(Page {
            items,
            next: next.map(Cursor::from),
        })
    }
}

#[tokio::test]
async fn a_derived_operation_runs_through_the_client() {
    let setup = Setup::start().await;
    let variables = list_findings::Variables {
        first: Some(3),
        ..Default::default()
    };
    let operation = Derived::<ListFindings>::new(variables);
    let data = setup.client.execute(operation).await.unwrap();
    assert_eq!(data.all_findings.unwrap().len(), 3);
}

#[tokio::test]
async fn a_derived_list_is_followed_from_page_to_page() {
    let setup = Setup::start().await;
    let list = Derived::<ListFindings>::new(list_findings::Variables::default());
    let pages = setup.client.pages(list.clone()).take(3);
    let pages: Vec<Vec<String>> = pages
        .map_ok(|page| page.items.into_iter().map(|finding| finding.id).collect())
        .try_collect()
        .await
        .unwrap();
    let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 2, 2]);

    let items = setup.client.items(list).map_ok(|finding| finding.id);
    let ids: Vec<String> = items.take(6).try_collect().await.unwrap();
    assert_eq!(ids, pages.concat());
}
