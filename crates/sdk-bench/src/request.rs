//! One request over loopback, from an operation's value to its typed data.

use std::{hint::black_box, time::Duration};

use anyhow::{Context, Result};
use finitestate::{Client, Credentials, queries::ListFindings};
use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

use crate::{
    builds::own_cpu_time,
    by_hand::{Envelope, findings::Data},
    loopback::{Loopback, token},
    report::{Goal, Line, Unit},
    rounds::{Contender, Effort, race, repetitions, warm_up},
};

const PART: &str = "request: execute over loopback, CPU of the client's process";
const ORGANIZATION: &str = "00000000-0000-0000-0000-000000000000";

/// Measures a small and a medium response.
///
/// # Errors
///
/// When a request fails.
pub fn measure(effort: Effort, loopback: &Loopback) -> Result<Vec<Line>> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut lines = Vec::new();
    for (case, path) in [("1 KB", "/graphql/small"), ("100 KB", "/graphql/medium")] {
        let url = loopback.url(path);
        let ours = ours(&loopback.url("/token"), &url)?;
        let by_hand = ByHand::new(&url)?;
        // One request over each: the token is there and the connection is open.
        runtime.block_on(execute(&ours, 1))?;
        runtime.block_on(by_hand.execute(1))?;
        let times = repetitions(effort.round, |times| {
            runtime.block_on(by_hand.execute(times))
        })?;
        let mut contenders = vec![
            Contender::new("finitestate", || {
                cpu_micros(&runtime, times, execute(&ours, times))
            }),
            Contender::new("hand-written reqwest", || {
                cpu_micros(&runtime, times, by_hand.execute(times))
            }),
        ];
        warm_up(&mut contenders)?;
        // Twice the rounds: the promise is about a twentieth, which one round cannot show.
        let samples = race(effort.rounds * 2 + 1, contenders)?;
        if let [ours, peer] = samples.as_slice() {
            let line = Line::raced(PART, case, Unit::CpuMicroseconds, ours, peer);
            lines.push(line.goal(Goal::RatioAtMost(1.05)));
        }
    }
    Ok(lines)
}

/// CPU time of this process per request.
fn cpu_micros(
    runtime: &Runtime,
    times: u64,
    requests: impl Future<Output = Result<()>>,
) -> Result<f64> {
    let before = own_cpu_time()?;
    runtime.block_on(requests)?;
    Ok((own_cpu_time()? - before).as_secs_f64() * 1e6 / times as f64)
}

fn ours(token_url: &str, api_url: &str) -> Result<Client> {
    Ok(Client::builder()
        .credentials(Credentials::client("client", "not a secret"))
        .organization_context(ORGANIZATION)
        .token_url(token_url.parse()?)
        .api_url(api_url.parse()?)
        .build()?)
}

async fn execute(client: &Client, times: u64) -> Result<()> {
    for _ in 0..times {
        let data = client.execute(ListFindings::new().first(100)).await?;
        black_box(data.all_findings.context("no findings")?);
    }
    Ok(())
}

/// What a careful user writes instead: the same headers, limits and compressions, a token that is
/// simply there, and no second thought about anything that can go wrong.
struct ByHand {
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
    fn new(url: &str) -> Result<Self> {
        let client = reqwest::Client::builder()
            .user_agent("by-hand/1.0")
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token()))?;
        bearer.set_sensitive(true);
        let accept = "application/graphql-response+json, application/json;q=0.9";
        let headers = HeaderMap::from_iter([
            (ACCEPT, HeaderValue::from_static(accept)),
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (AUTHORIZATION, bearer),
            (
                HeaderName::from_static("organization-context"),
                HeaderValue::from_static(ORGANIZATION),
            ),
        ]);
        Ok(Self {
            client,
            url: url.parse()?,
            headers,
        })
    }

    async fn execute(&self, times: u64) -> Result<()> {
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
