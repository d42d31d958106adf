//! Finlex: list the open tenders, and end the token.

use anyhow::{Result, ensure};
use finlex::{Client, Config, Env, ListOpenTenders, Tender, TenderStatus};
use futures_util::TryStreamExt;
use sdk_sandbox::Sandbox;

use super::{Took, chart};

/// Rows in the table of tenders.
const LATEST: usize = 8;

/// States of open tenders, in the order of their lives.
const OPEN: [TenderStatus; 4] = [
    TenderStatus::QuotesAvailable,
    TenderStatus::InNegotiation,
    TenderStatus::InCovernote,
    TenderStatus::Reopened,
];

/// Does the main job, which only reads.
pub(super) async fn play() -> Result<Took> {
    let process = Env::process();
    let (client, sandbox) = if Config::is_present(&process) {
        println!("\nFinlex, at the addresses that the environment names\n");
        (Client::from_env()?, None)
    } else {
        println!("\nFinlex, in a sandbox on loopback\n");
        let sandbox = Sandbox::builder().items(300).start().await?;
        let config = Config::from_env(&Env::from_pairs(sandbox.finlex().variables()))?;
        (config.into_builder().build()?, Some(sandbox))
    };

    let mut tenders: Vec<Tender> = client.items(ListOpenTenders::new()).try_collect().await?;
    println!("{} open tenders\n", tenders.len());
    print!("{}", chart::bars(&by_status(&tenders)));
    tenders.sort_by_key(|tender| std::cmp::Reverse(tender.updated_at));
    println!("\nThe latest changes\n");
    println!(
        "{}",
        chart::table(
            ["changed", "status", "product", "customer"],
            tenders.iter().take(LATEST).map(row)
        )
    );

    // A token of a real app may be shared with other programs, so only a sandbox's is ended.
    if let Some(sandbox) = &sandbox {
        client.revoke_token().await?;
        let seen = sandbox.finlex().counts();
        let (tokens, calls) = (client.token_stats(), client.call_stats());
        ensure!(
            (seen.token_requests, seen.api_requests) == (tokens.requests, calls.sent)
                && seen.revocation_requests == 1,
            "the sandbox saw something else: {seen:?}"
        );
        println!("\nThe token has been revoked");
    }
    Ok(Took {
        vendor: "Finlex",
        token_requests: client.token_stats().requests,
        api_requests: client.call_stats().sent,
    })
}

fn by_status(tenders: &[Tender]) -> Vec<(&str, usize)> {
    let count = |status: &TenderStatus| {
        let has = |tender: &&Tender| tender.status.as_ref() == Some(status);
        tenders.iter().filter(has).count()
    };
    OPEN.iter()
        .map(|status| (status.as_str(), count(status)))
        .collect()
}

fn row(tender: &Tender) -> [String; 4] {
    let changed = tender.updated_at.map(|time| time.format("%F %R"));
    let customer = tender.customer.as_ref();
    [
        changed.map_or_else(String::new, |time| time.to_string()),
        tender
            .status
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        tender.product.clone().unwrap_or_default(),
        customer.and_then(|it| it.name.clone()).unwrap_or_default(),
    ]
}
