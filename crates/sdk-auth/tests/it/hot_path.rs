//! What a call with a valid token costs.

use allocation_counter::measure;
use sdk_auth::{TokenEndpoint, TokenProvider, TokenScheme};

use crate::server::{Act, Server};
use crate::setup::{credentials, http, tokens_and};

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
