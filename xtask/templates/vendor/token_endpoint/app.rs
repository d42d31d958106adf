/// A token request with a JSON body of the vendor's own: an app's id and secret, and no grant type.
pub(crate) fn token_endpoint(url: Url) -> TokenEndpoint {
    TokenEndpoint::new(url)
        .body(sdk_auth::BodyFormat::Json)
        .client_auth(sdk_auth::ClientAuth::in_body_as("app_id", "secret"))
        .grant_type(sdk_auth::GrantType::Omitted)
}
