//! A server of fixed answers in a process of its own, so that its CPU time is not the client's.

use std::{
    io::{BufRead, BufReader, Read},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use axum::{
    Router,
    body::Bytes,
    extract::Path,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::post,
};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use serde_json::json;

use crate::data;

/// How long the tokens of every contender live.
pub const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// How many findings the pages of `/pages/…` have.
pub const PAGES: [usize; 3] = [10, 100, 1000];

/// The first argument by which this program becomes the server.
pub const SERVE: &str = "serve";

/// A token of 1 200 bytes, about what an identity provider with many claims issues.
pub fn token() -> String {
    "abcdefghijklmnopqrstuvwxyz0123456789-_.ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        .chars()
        .cycle()
        .take(1200)
        .collect()
}

/// The server process; it ends when this is dropped.
#[derive(Debug)]
pub struct Loopback {
    child: Child,
    address: SocketAddr,
}

impl Loopback {
    /// Starts this same program as a server.
    ///
    /// # Errors
    ///
    /// When the process does not start or does not tell its address.
    pub fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(SERVE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the loopback server")?;
        let mut line = String::new();
        let output = child.stdout.take().context("the server's output")?;
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().context("the server's address")?;
        Ok(Self { child, address })
    }

    /// The URL of a path on the server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing left to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Lets this process have as many sockets as the system allows it.
///
/// # Errors
///
/// When the system refuses.
pub fn allow_many_sockets() -> Result<()> {
    let (_, most) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(setrlimit(Resource::RLIMIT_NOFILE, most, most)?)
}

/// Prints the address and serves until standard input closes.
///
/// # Errors
///
/// When no port can be had.
pub fn serve() -> Result<()> {
    allow_many_sockets()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        // Thousands may arrive at once.
        let listener = socket.listen(16_384)?;
        println!("{}", listener.local_addr()?);
        std::thread::spawn(|| {
            drop(std::io::stdin().read_to_end(&mut Vec::new()));
            std::process::exit(0);
        });
        let token: Bytes = json!({
            "access_token": token(),
            "token_type": "Bearer",
            "expires_in": LIFETIME.as_secs(),
        })
        .to_string()
        .into();
        let (small, medium): (Bytes, Bytes) = (data::small().into(), data::medium().into());
        let answer = move |Path(size): Path<String>| {
            let body = match size.as_str() {
                "small" => Some(small.clone()),
                "medium" => Some(medium.clone()),
                _ => None,
            };
            async move { body.map_or_else(|| StatusCode::NOT_FOUND.into_response(), as_json) }
        };
        let pages = PAGES.map(|length| (length.to_string(), data::page(length)));
        let turned = Arc::new(AtomicU64::new(0));
        // The same rows every time, under a cursor that never was, as an endless list.
        let page = move |Path(length): Path<String>| {
            let found = pages.iter().find(|(name, _)| *name == length);
            let body = found.map(|(_, [before, after])| {
                let cursor = turned.fetch_add(1, Relaxed).to_string();
                Bytes::from([before, cursor.as_bytes(), after].concat())
            });
            async move { body.map_or_else(|| StatusCode::NOT_FOUND.into_response(), as_json) }
        };
        let app = Router::new()
            .route("/pages/{length}", post(page))
            .route("/token", post(move || async move { as_json(token) }))
            .route("/graphql/{size}", post(answer));
        axum::serve(listener, app).await?;
        Ok(())
    })
}

fn as_json(body: Bytes) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}
