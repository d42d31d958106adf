//! Where the server is, and whether the way there is safe.

use std::net::IpAddr;

use redis::{Client, IntoConnectionInfo as _};
use url::{Host, Url};

use crate::error::ConfigError;

/// The network between this process and the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// Anybody may listen, unless it is this machine's own.
    Open,
    /// Nobody else is on it.
    Trusted,
}

/// A client for the URL, and the URL as it may be shown.
pub(super) fn client(url: &str, network: Network) -> Result<(Client, String), ConfigError> {
    let wrong = |expected: &'static str| ConfigError::new("the URL of the token store", expected);
    let malformed = || wrong("rediss:// or redis://, a host, and user:password@ before it");
    let url: Url = url.parse().map_err(|_| malformed())?;
    let encrypted = match url.scheme() {
        "rediss" => true,
        "redis" => false,
        _ => return Err(malformed()),
    };
    if url.host_str().is_none_or(str::is_empty) {
        return Err(malformed());
    }
    if url.fragment().is_some() {
        return Err(wrong("a URL without a fragment"));
    }
    if network == Network::Open && !is_loopback(&url) {
        if !encrypted {
            return Err(wrong(
                "rediss://, because what is not encrypted can be read and replaced on its way",
            ));
        }
        if url.password().is_none_or(str::is_empty) {
            return Err(wrong(
                "user:password@ before the host, so that others cannot replace what is stored",
            ));
        }
    }
    let shown = shown(&url);
    // What this says about a URL may repeat a part of it.
    let info = url.into_connection_info().map_err(|_| malformed())?;
    let client = Client::open(info).map_err(|_| malformed())?;
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
    fn check(url: &str, expected: Result<&str, &str>) {
        let found = client(url, Network::Open);
        let found = found.map(|(_, shown)| shown);
        let found = found.map_err(|error| error.to_string());
        match expected {
            Ok(shown) => assert_eq!(found.as_deref(), Ok(shown), "{url}"),
            Err(part) => {
                let message = found.unwrap_err();
                assert!(message.contains(part), "{url}: {message}");
                assert!(!message.contains("canary"), "{url}: {message}");
            }
        }
    }

    #[test]
    fn the_shown_url_has_neither_user_nor_password() {
        check(
            "rediss://ada:canary@cache.example.com",
            Ok("rediss://cache.example.com:6379/0"),
        );
        check(
            "rediss://:canary@cache.example.com:7000/3",
            Ok("rediss://cache.example.com:7000/3"),
        );
    }

    #[test]
    fn what_is_not_encrypted_or_has_no_password_stays_on_this_machine() {
        for host in ["127.0.0.1", "localhost", "[::1]"] {
            let shown = format!("redis://{host}:6379/0");
            check(&format!("redis://{host}"), Ok(&shown));
        }
        for url in [
            "redis://ada:canary@cache.example.com",
            "redis://10.0.0.1",
            "redis://localhost.example.com",
        ] {
            check(url, Err("rediss://"));
            assert!(client(url, Network::Trusted).is_ok(), "{url}");
        }
        for url in [
            "rediss://cache.example.com",
            "rediss://canary:@cache.example.com",
        ] {
            check(url, Err("user:password@"));
            assert!(client(url, Network::Trusted).is_ok(), "{url}");
        }
    }

    #[test]
    fn a_malformed_url_is_refused_without_being_repeated() {
        for url in [
            "",
            "canary",
            "rediss://",
            "rediss://:canary@",
            "https://canary.example.com",
            "unix:///canary",
            "redis://127.0.0.1/canary",
            "redis://ada:canary@127.0.0.1:port",
            "redis://127.0.0.1?protocol=canary",
        ] {
            check(url, Err("rediss:// or redis://"));
        }
        check(
            "rediss://ada:canary@cache.example.com#insecure",
            Err("without a fragment"),
        );
    }
}
