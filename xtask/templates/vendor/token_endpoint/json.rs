/// A token request with a JSON body, and the credentials in it.
pub(crate) fn token_endpoint(url: Url) -> TokenEndpoint {
    TokenEndpoint::new(url)
        .body(sdk_auth::BodyFormat::Json)
        .client_auth(sdk_auth::ClientAuth::in_body())
}
