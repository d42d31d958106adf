/// A token request without a body: the credentials in a Basic header, the grant type in the query.
pub(crate) fn token_endpoint(url: Url) -> TokenEndpoint {
    TokenEndpoint::new(url)
        .body(sdk_auth::BodyFormat::Empty)
        .client_auth(sdk_auth::ClientAuth::Basic)
        .grant_type(sdk_auth::GrantType::Query)
}
