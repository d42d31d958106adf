//! Matches the people of a CSV file without quotes, `id,first name,last name,organization` in each line, or a
//! few people of the sandbox.
//!
//! `match_people people.csv state.json` keeps its state in the second file: run it again after an interruption, or
//! when it says that records are left.
//!
//! With `ALTRATA_USERNAME`, `ALTRATA_PASSWORD`, `ALTRATA_API_KEY` and `ALTRATA_TOKEN_STORE=memory` set it asks
//! the vendor; with none of them set it starts a sandbox of its own.

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

mod support;

use std::error::Error;

use altrata::{Client, MatchOutcome, PersonRecord, queries::profile::SearchPeople};
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, _sandbox) = support::client().await?;
    let mut arguments = std::env::args().skip(1);
    let records = match arguments.next() {
        Some(path) => read(&std::fs::read_to_string(path)?)?,
        None => found(&client).await?,
    };
    let mut job = client.match_people(records);
    let state = arguments.next();
    if let Some(path) = &state {
        job = job.state_file(path);
    }
    let report = job.await?;
    for person in &report.people {
        let id = person.record.client_supplied_id();
        match &person.outcome {
            MatchOutcome::Unique(found) => println!(
                "{id:<16} {:<16} {}",
                found.altrata_id.as_deref().unwrap_or("-"),
                found.last_name.as_deref().unwrap_or_default(),
            ),
            _ => println!("{id:<16} no unique match"),
        }
    }
    println!("{} records", report.people.len());
    for request in &report.unmatched {
        println!("{} records left: {}", request.records.len(), request.error);
    }
    if !report.is_complete() {
        return Err("records are left: run this again with the same state file".into());
    }
    // What is printed is kept, as far as an example goes.
    if let Some(path) = state {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

/// One record from each line.
fn read(text: &str) -> Result<Vec<PersonRecord>, Box<dyn Error>> {
    let record = |line: &str| {
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let [id, first, last, organization] = fields[..] else {
            return Err(format!("not `id,first name,last name,organization`: {line}").into());
        };
        Ok(PersonRecord::named(id, first, last, organization))
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(record).collect()
}

/// A few people whom the service knows, and one whom nobody does.
async fn found(client: &Client) -> Result<Vec<PersonRecord>, altrata::Error> {
    let known = client.items(SearchPeople::new("ada").first(5));
    let known: Vec<_> = known.try_collect().await?;
    let ids = known.into_iter().filter_map(|person| person.id);
    let mut records: Vec<PersonRecord> = ids
        .enumerate()
        .map(|(row, id)| PersonRecord::new(format!("row-{row}")).altrata_id(id))
        .collect();
    records.push(PersonRecord::named("nobody", "No", "Body", "Nowhere"));
    Ok(records)
}
