/// A token request with a form, and the credentials in it.
pub(crate) fn token_endpoint(url: Url) -> TokenEndpoint {
    TokenEndpoint::new(url).client_auth(sdk_auth::ClientAuth::in_body())
}
