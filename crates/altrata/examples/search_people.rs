//! Searches people by the words on the command line, or by `ada`.
//!
//! With `ALTRATA_USERNAME`, `ALTRATA_PASSWORD`, `ALTRATA_API_KEY` and `ALTRATA_TOKEN_STORE=memory` set it asks the vendor; with none of
//! them set it starts a sandbox of its own.

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

mod support;

use std::error::Error;

use altrata::queries::profile::SearchPeople;
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, _sandbox) = support::client().await?;

    let words = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    let words = if words.is_empty() {
        "ada".to_owned()
    } else {
        words
    };
    let mut people = client.items(SearchPeople::new(words));

    let mut count = 0;
    while let Some(person) = people.try_next().await? {
        count += 1;
        println!(
            "{:<16} {}",
            person.id.as_deref().unwrap_or("-"),
            person.name.as_deref().unwrap_or("(no name)")
        );
    }
    println!("{count} people");
    Ok(())
}
