//! Who else sends `ListFindings`: by hand, and through the helpers of two GraphQL crates.

use std::{hint::black_box, time::Duration};

use anyhow::{Context, Result};
use cynic::{QueryBuilder, http::ReqwestExt};
use finitestate::queries::ListFindings;
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use serde::Serialize;

use crate::{
    by_hand::{Envelope, findings::Data},
    derived::{self, list_findings},
    loopback::token,
    under_cynic::finitestate::list_findings as under_cynic,
};

pub(super) const ORGANIZATION: &str = "00000000-0000-0000-0000-000000000000";

/// What every request of every contender carries, whatever crate makes it.
fn headers() -> Result<HeaderMap> {
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token()))?;
    bearer.set_sensitive(true);
    let accept = "application/graphql-response+json, application/json;q=0.9";
    Ok(HeaderMap::from_iter([
        (ACCEPT, HeaderValue::from_static(accept)),
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (AUTHORIZATION, bearer),
        (
            HeaderName::from_static("organization-context"),
            HeaderValue::from_static(ORGANIZATION),
        ),
    ]))
}

fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent("by-hand/1.0")
        .connect_timeout(Duration::from_secs(3))
        .timeout(Duration::from_secs(30))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
}

/// What a careful user writes instead: the same headers, limits and compressions, a token that is
/// simply there, and no second thought about anything that can go wrong.
pub(super) struct ByHand {
    client: reqwest::Client,
    url: reqwest::Url,
    headers: HeaderMap,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: &'static str,
    operation_name: &'static str,
    variables: Variables,
}

#[derive(Serialize)]
struct Variables {
    first: i32,
}

impl ByHand {
    pub(super) fn new(url: &str) -> Result<Self> {
        Ok(Self {
            client: client().build()?,
            url: url.parse()?,
            headers: headers()?,
        })
    }

    pub(super) async fn execute(&self, times: u64) -> Result<()> {
        for _ in 0..times {
            let body = serde_json::to_vec(&Body {
                query: ListFindings::DOCUMENT,
                operation_name: "ListFindings",
                variables: Variables { first: 100 },
            })?;
            let request = self
                .client
                .post(self.url.clone())
                .headers(self.headers.clone())
                .body(body);
            let answer = request.send().await?.error_for_status()?.bytes().await?;
            let response: Envelope<Data> = serde_json::from_slice(&answer)?;
            black_box(
                response
                    .data
                    .and_then(|data| data.all_findings)
                    .context("no findings")?,
            );
        }
        Ok(())
    }
}

/// `graphql_client`'s helper, on the reqwest that it takes; the headers are the client's defaults.
pub(super) struct PostGraphql {
    client: reqwest_0_12::Client,
    url: reqwest_0_12::Url,
}

impl PostGraphql {
    pub(super) fn new(url: &str) -> Result<Self> {
        let client = reqwest_0_12::Client::builder()
            .user_agent("by-hand/1.0")
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(30))
            .redirect(reqwest_0_12::redirect::Policy::none())
            .no_proxy()
            .default_headers(headers()?)
            .build()?;
        Ok(Self {
            client,
            url: url.parse()?,
        })
    }

    pub(super) async fn execute(&self, times: u64) -> Result<()> {
        for _ in 0..times {
            let variables = list_findings::Variables {
                filter: None,
                order_by: None,
                after: None,
                skip: None,
                first: Some(100),
            };
            let response = graphql_client::reqwest::post_graphql::<derived::ListFindings, _>(
                &self.client,
                self.url.clone(),
                variables,
            );
            black_box(
                response
                    .await?
                    .data
                    .and_then(|data| data.all_findings)
                    .context("no findings")?,
            );
        }
        Ok(())
    }
}

/// cynic's `run_graphql`; the headers are the client's defaults.
pub(super) struct RunGraphql {
    client: reqwest::Client,
    url: reqwest::Url,
}

impl RunGraphql {
    pub(super) fn new(url: &str) -> Result<Self> {
        Ok(Self {
            client: client().default_headers(headers()?).build()?,
            url: url.parse()?,
        })
    }

    pub(super) async fn execute(&self, times: u64) -> Result<()> {
        for _ in 0..times {
            let variables = under_cynic::ListFindingsVariables {
                filter: None,
                order_by: None,
                after: None,
                skip: None,
                first: Some(100),
            };
            let operation = under_cynic::ListFindings::build(variables);
            let response = self.client.post(self.url.clone()).run_graphql(operation);
            black_box(
                response
                    .await?
                    .data
                    .and_then(|data| data.all_findings)
                    .context("no findings")?,
            );
        }
        Ok(())
    }
}
