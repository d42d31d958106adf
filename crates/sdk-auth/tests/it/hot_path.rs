//! What a call with a valid token costs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use allocation_counter::measure;
use sdk_auth::{TokenEndpoint, TokenProvider, TokenScheme};

use crate::server::{Act, Server, json};
use crate::setup::{credentials, grant, http, manual_clock, provider, tokens_and};

#[tokio::test]
async fn a_valid_token_is_read_without_an_allocation() {
    let server = Server::start(tokens_and(3600, |_| Act::Close)).await;
    let endpoint = TokenEndpoint::new(server.url("/token"));
    let provider = TokenProvider::new(http(), endpoint, credentials()).unwrap();
    provider.token().await.unwrap();
    let mut header = None;
    let cost = measure(|| {
        for _ in 0..1000 {
            let token = provider.ready();
            header = token.map(|token| token.authorization(TokenScheme::Bearer).clone());
        }
    });
    assert_eq!(cost.count_total, 0);
    assert_eq!(header.unwrap().as_bytes(), b"Bearer token-1");
}

#[tokio::test]
async fn a_token_that_is_due_is_read_without_an_allocation_during_its_renewal_and_after_a_failed_one()
 {
    for (later, failed) in [(Act::Hang, 0), (json(500, "oops"), 1)] {
        let asked = AtomicUsize::new(0);
        let server = Server::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
            0 => grant("token-1", 3600),
            _ => later.clone(),
        })
        .await;
        let time = manual_clock();
        let provider = provider(&server, &time);
        provider.token().await.unwrap();
        time.advance(Duration::from_secs(50 * 60));
        assert!(provider.ready().is_some());
        while server.count("/token") < 2 || provider.stats().failed < failed {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let cost = measure(|| {
            for _ in 0..1000 {
                assert!(provider.ready().is_some());
            }
        });
        assert_eq!(cost.count_total, 0, "after {failed} failures");
    }
}
