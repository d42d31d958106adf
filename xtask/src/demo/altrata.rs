//! Altrata: search people page by page, then match a few records.

use std::time::Duration;

use altrata::{
    Backoff, Client, Config, Env, MatchOutcome, PersonRecord,
    queries::profile::{SearchPeople, search_people::Person},
};
use anyhow::{Result, ensure};
use futures_util::TryStreamExt;
use sdk_sandbox::Sandbox;

use super::{Took, chart};

/// What is searched for.
const WORDS: &str = "ada";

/// People shown of those that were found.
const SHOWN: usize = 8;

/// Between the first two looks at a job.
const POLL: Duration = Duration::from_millis(100);

/// Does the main job; against the vendor, the part of it that only reads.
pub(super) async fn play() -> Result<Took> {
    let process = Env::process();
    let sandbox = match Config::is_present(&process) {
        true => None,
        false => Some(Sandbox::start().await?),
    };
    let config = match &sandbox {
        Some(sandbox) => Config::from_env(&Env::from_pairs(sandbox.altrata().variables()))?,
        None => Config::from_env(&process)?,
    };
    let client = config.into_builder().build()?;
    println!(
        "\nAltrata, {}\n",
        match sandbox {
            Some(_) => "in a sandbox on loopback",
            None => "at the addresses that the environment names; nothing is submitted",
        }
    );

    let people = search(&client).await?;
    if sandbox.is_some() {
        match_records(&client, &people).await?;
    }

    let (tokens, calls) = (client.token_stats(), client.call_stats());
    if let Some(sandbox) = &sandbox {
        let seen = sandbox.altrata().counts();
        ensure!(
            (seen.token_requests, seen.api_requests) == (tokens.requests, calls.sent),
            "the sandbox saw {} token requests and {} API requests",
            seen.token_requests,
            seen.api_requests,
        );
    }
    Ok(Took {
        vendor: "Altrata",
        token_requests: tokens.requests,
        api_requests: calls.sent,
    })
}

/// Searches page by page, within the rate that the vendor allows.
async fn search(client: &Client) -> Result<Vec<Person>> {
    let mut pages = client.pages(SearchPeople::new(WORDS));
    let mut people = Vec::new();
    while let Some(page) = pages.try_next().await? {
        println!("a page of {} people", page.items.len());
        people.extend(page.items);
    }
    println!("\n{} people for `{WORDS}`\n", people.len());
    let rows = people.iter().take(SHOWN).map(|person| {
        [
            person.id.clone().unwrap_or_default(),
            person.name.clone().unwrap_or_default(),
        ]
    });
    println!("{}", chart::table(["id", "name"], rows));
    Ok(people)
}

/// Submits some of the people by their ids, and somebody who is not there by name.
async fn match_records(client: &Client, people: &[Person]) -> Result<()> {
    let known = people.iter().filter_map(|person| person.id.as_deref());
    let mut records: Vec<PersonRecord> = known
        .take(3)
        .enumerate()
        .map(|(row, id)| PersonRecord::new(format!("row {row}")).altrata_id(id))
        .collect();
    records.push(PersonRecord::named("nobody", "No", "Body", "Nowhere"));
    let count = records.len();

    println!("\nMatching {count} records");
    let report = client
        .match_people(records)
        .backoff(Backoff::new(POLL))
        .await?;
    let left = report.unmatched.len();
    ensure!(left == 0, "{left} requests came to nothing");
    let matches = report.people.iter().filter_map(|person| {
        let id = person.record.client_supplied_id().to_owned();
        match &person.outcome {
            MatchOutcome::Unique(found) => Some((id, found)),
            _ => None,
        }
    });
    let rows: Vec<_> = matches
        .map(|(id, found)| {
            let of = |field: &Option<String>| field.clone().unwrap_or_default();
            [
                id,
                of(&found.last_name),
                of(&found.role_title),
                of(&found.organization_name),
            ]
        })
        .collect();
    println!("\n{} of {count} records have one good match\n", rows.len());
    let header = ["record", "last name", "role", "organization"];
    println!("{}", chart::table(header, rows.into_iter()));
    Ok(())
}
