//! Lists the open tenders, with who is to be insured and since when they have their state.
//!
//! With `FINLEX_APP_ID`, `FINLEX_SECRET` and `FINLEX_API_URL` set it asks the vendor; with none of them set
//! it starts a sandbox of its own.

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

mod support;

use std::error::Error;

use finlex::{ListOpenTenders, Tender};
use futures_util::TryStreamExt;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (client, _sandbox) = support::client().await?;

    let mut tenders = client.items(ListOpenTenders::new());
    let mut count = 0;
    while let Some(tender) = tenders.try_next().await? {
        count += 1;
        println!("{}", line(&tender));
    }
    println!("{count} open tenders");

    client.revoke_token().await?; // nobody else uses this program's token
    Ok(())
}

fn line(tender: &Tender) -> String {
    let status = tender.status.as_ref();
    let since = status.and_then(|status| tender.changes_metadata.status_changed_to(status));
    let since = since.map_or_else(String::new, |time| time.format("%F").to_string());
    let status = status.map_or("(no status)", |status| status.as_str());
    let product = tender.product.as_deref().unwrap_or("(no product)");
    let customer = tender.customer.as_ref();
    let customer = customer
        .and_then(|it| it.name.as_deref())
        .unwrap_or("(no customer)");
    format!("{status:<16} {since:<10}  {product:<14}  {customer}")
}
