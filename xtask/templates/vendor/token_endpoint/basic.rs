/// A token request as RFC 6749 has it: a form, and the credentials in a Basic header.
pub(crate) fn token_endpoint(url: Url) -> TokenEndpoint {
    TokenEndpoint::new(url)
}
