//! Where the server is, and whether the way there is safe.

use std::net::IpAddr;

use redis::{Client, IntoConnectionInfo as _};
use url::{Host, Url};

/// The network between this process and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// Anybody may listen, unless it is this machine's own.
    Open,
    /// Nobody else is on it.
    Trusted,
}

/// What a URL should have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) &'static str);

const MALFORMED: Wrong = Wrong("rediss:// or redis://, a host, and user:password@ before it");
const NOT_ENCRYPTED: Wrong =
    Wrong("rediss://, because what is not encrypted can be read and replaced on its way");
const NO_PASSWORD: Wrong =
    Wrong("user:password@ before the host, so that others cannot replace what is stored");

/// A client for the URL, and the URL as it may be shown.
pub(super) fn client(url: &str, network: Network) -> Result<(Client, String), Wrong> {
    let url: Url = url.parse().map_err(|_| MALFORMED)?;
    let encrypted = match url.scheme() {
        "rediss" => true,
        "redis" => false,
        _ => return Err(MALFORMED),
    };
    // With a fragment, the Redis client would leave the certificate unchecked.
    if url.host_str().is_none_or(str::is_empty) || url.fragment().is_some() {
        return Err(MALFORMED);
    }
    if network == Network::Open && !is_loopback(&url) {
        if !encrypted {
            return Err(NOT_ENCRYPTED);
        }
        if url.password().is_none_or(str::is_empty) {
            return Err(NO_PASSWORD);
        }
    }
    let shown = shown(&url);
    // What this says about a URL may repeat a part of it.
    let info = url.into_connection_info().map_err(|_| MALFORMED)?;
    let client = Client::open(info).map_err(|_| MALFORMED)?;
    Ok((client, shown))
}

/// Scheme, host, port and number of the database.
fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().unwrap_or(6379);
    let database = match url.path().trim_matches('/') {
        "" => "0",
        path => path,
    };
    format!("{}://{host}:{port}/{database}", url.scheme())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        // Other schemes than those of the web keep addresses as text.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Result<&str, Wrong>) {
        let found = client(url, Network::Open).map(|(_, shown)| shown);
        assert_eq!(found.as_deref().map_err(|wrong| *wrong), expected, "{url}");
    }

    #[test]
    fn the_shown_url_has_neither_user_nor_password() {
        for (url, shown) in [
            (
                "rediss://ada:canary@cache.example.com",
                "rediss://cache.example.com:6379/0",
            ),
            (
                "rediss://:canary@cache.example.com:7000/3",
                "rediss://cache.example.com:7000/3",
            ),
        ] {
            check(url, Ok(shown));
        }
    }

    #[test]
    fn what_is_not_encrypted_or_has_no_password_stays_on_this_machine() {
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let shown = format!("redis://{host}:6379/0");
            check(&format!("redis://{host}"), Ok(&shown));
        }
        for (url, wrong) in [
            ("redis://ada:canary@cache.example.com", NOT_ENCRYPTED),
            ("redis://10.0.0.1", NOT_ENCRYPTED),
            ("redis://localhost.example.com", NOT_ENCRYPTED),
            ("rediss://cache.example.com", NO_PASSWORD),
            ("rediss://ada:@cache.example.com", NO_PASSWORD),
        ] {
            check(url, Err(wrong));
            assert!(client(url, Network::Trusted).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_malformed_url_is_refused() {
        for url in [
            "",
            "cache.example.com",
            "rediss://",
            "rediss://:canary@",
            "https://cache.example.com",
            "unix:///var/run/redis",
            "redis://127.0.0.1/name",
            "redis://ada:canary@127.0.0.1:port",
            "redis://127.0.0.1?protocol=unknown",
            "rediss://ada:canary@cache.example.com#insecure",
        ] {
            check(url, Err(MALFORMED));
        }
    }
}
