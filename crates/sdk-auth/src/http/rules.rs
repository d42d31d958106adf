//! Which URLs a secret may travel to; pure.

use std::fmt;

use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use url::{Host, Url};

use crate::error::{ConfigError, target};

/// Refuses a URL that secrets must not travel to: HTTPS anywhere, HTTP on this machine only.
///
/// # Errors
///
/// Names the URL by `what` it is for, and by host and path.
pub fn check_url(what: impl fmt::Display, url: &Url) -> Result<(), ConfigError> {
    let allowed = match url.scheme() {
        "https" => url.has_host(),
        "http" => is_loopback(url),
        _ => false,
    };
    let clean = url.username().is_empty() && url.password().is_none();
    if allowed && clean {
        return Ok(());
    }
    let expected = if allowed {
        "a URL without a user name or password"
    } else {
        "an https URL, or an http URL on loopback"
    };
    Err(ConfigError::new(
        format!("{what} {}://{}", url.scheme(), target(url)),
        expected,
    ))
}

/// True for this machine: 127.0.0.0/8, ::1 and `localhost`.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Where a redirect leads, if it keeps method and body and stays within the origin.
pub(super) fn same_origin_target(
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Option<Url> {
    if !matches!(
        status,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    ) {
        return None;
    }
    let to = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    let same = to.origin() == from.origin() && check_url("redirect", &to).is_ok();
    same.then_some(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn https_is_allowed_anywhere_and_http_on_loopback_alone() {
        for fine in [
            "https://api.example.com/graphql",
            "https://127.0.0.1:8443/",
            "http://127.0.0.1:8080/",
            "http://127.9.9.9/",
            "http://[::1]:8080/",
            "http://localhost:3000/",
        ] {
            assert_eq!(check_url("endpoint", &url(fine)), Ok(()), "{fine}");
        }
        for refused in [
            "http://api.example.com/",
            "http://localhost.example.com/",
            "http://0.0.0.0/",
            "http://10.0.0.1/",
            "http://[::ffff:127.0.0.1]/",
            "ftp://127.0.0.1/",
            "ws://localhost/",
            "file:///etc/passwd",
            "data:text/plain,x",
            "https://user@api.example.com/",
            "https://user:pass@api.example.com/",
        ] {
            assert!(check_url("endpoint", &url(refused)).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_refused_url_is_named_without_its_user_and_query() {
        let error =
            check_url("endpoint", &url("http://u:canary@example.com/a?t=canary")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "endpoint http://example.com/a is not usable (expected an https URL, or an http URL on loopback)"
        );
    }

    #[track_caller]
    fn check_redirect(status: u16, location: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, location.parse().unwrap());
        let status = StatusCode::from_u16(status).unwrap();
        let found = same_origin_target(&url("https://api.example.com/graphql"), status, &headers);
        assert_eq!(
            found.as_ref().map(Url::as_str),
            expected,
            "{status} {location}"
        );
    }

    #[test]
    fn only_redirects_that_keep_the_body_and_the_origin_lead_somewhere() {
        check_redirect(307, "/v2", Some("https://api.example.com/v2"));
        check_redirect(
            308,
            "https://api.example.com:443/v2",
            Some("https://api.example.com/v2"),
        );
        check_redirect(301, "/v2", None);
        check_redirect(302, "/v2", None);
        check_redirect(303, "/v2", None);
        check_redirect(307, "http://api.example.com/v2", None);
        check_redirect(307, "https://api.example.com:8443/v2", None);
        check_redirect(307, "https://evil.example.com/v2", None);
        check_redirect(307, "//evil.example.com/v2", None);
        check_redirect(307, "https://user@api.example.com/v2", None);
        check_redirect(307, "", Some("https://api.example.com/graphql"));
    }
}
