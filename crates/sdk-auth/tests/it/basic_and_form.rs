//! A vendor with Basic credentials and a form, as the sandbox plays it.

use sdk_auth::{
    ApiAuth, AuthorizedHttp, ClientAuth, Credentials, Error, Request, TokenEndpoint, TokenProvider,
};
use sdk_sandbox::{Endpoint, Fault, Oauth2Basic, Sandbox};

use crate::setup::{by_status, http};

fn client(
    vendor: &Oauth2Basic,
    client_auth: ClientAuth,
    id: &str,
) -> Result<AuthorizedHttp, Error> {
    let endpoint = TokenEndpoint::new(vendor.token_url().parse().unwrap()).client_auth(client_auth);
    let credentials = Credentials::client(id, vendor.client_secret());
    let provider = TokenProvider::new(http(), endpoint, credentials)?;
    Ok(AuthorizedHttp::new(http(), provider, ApiAuth::bearer()))
}

async fn status(client: &AuthorizedHttp, vendor: &Oauth2Basic) -> Result<u16, Error> {
    let request = Request::get("ListItems", vendor.api_url().parse().unwrap());
    let reply = client.send(request, by_status).await?;
    Ok(reply.status().as_u16())
}

#[tokio::test]
async fn each_reading_of_basic_is_let_in_where_it_is_expected_and_nowhere_else() {
    for form_encoded in [false, true] {
        let sandbox = Sandbox::start().await.unwrap();
        let vendor = sandbox.oauth2_basic();
        if form_encoded {
            vendor.expect_form_encoded();
        }
        for (client_auth, fits) in [
            (ClientAuth::Basic, !form_encoded),
            (ClientAuth::BasicFormEncoded, form_encoded),
        ] {
            let client = client(vendor, client_auth, vendor.client_id()).unwrap();
            match status(&client, vendor).await {
                Ok(status) => assert_eq!((status, fits), (200, true)),
                Err(error) => {
                    assert!(error.is_unauthorized() && !fits, "{error:?}");
                    let Error::TokenRequest(details) = &error else {
                        panic!("{error:?}")
                    };
                    assert_eq!(details.code(), Some("invalid_client"));
                }
            }
        }
        let counts = vendor.counts();
        assert_eq!((counts.token_requests, counts.tokens_issued), (2, 1));
    }
}

#[tokio::test]
async fn a_client_id_with_a_colon_is_refused_before_anything_is_sent() {
    let sandbox = Sandbox::start().await.unwrap();
    let vendor = sandbox.oauth2_basic();
    let error = client(vendor, ClientAuth::Basic, "own:id").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the client id is not usable \
         (expected no colon, because Basic authentication ends the id at the first one)"
    );
    assert!(client(vendor, ClientAuth::BasicFormEncoded, "own:id").is_ok());
    assert_eq!(vendor.counts().token_requests, 0);
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_a_missing_permission_costs_none() {
    let sandbox = Sandbox::start().await.unwrap();
    let vendor = sandbox.oauth2_basic();
    let client = client(vendor, ClientAuth::Basic, vendor.client_id()).unwrap();
    assert_eq!(status(&client, vendor).await.unwrap(), 200);
    vendor.fail_next(Endpoint::Api, Fault::status(403));
    assert_eq!(status(&client, vendor).await.unwrap(), 403);
    assert_eq!(vendor.counts().token_requests, 1);
    vendor.expire_tokens();
    assert_eq!(status(&client, vendor).await.unwrap(), 200);
    assert_eq!(vendor.counts().token_requests, 2);
}
