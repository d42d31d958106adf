//! What a token store holds, and what it is told.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use altrata::queries::profile::GetPerson;
use altrata::{RedisStore, TokenSharing};
use sdk_sandbox::{Endpoint, Fault, RedisServer, Sandbox};

use crate::altrata::builder;
use crate::session::{Session, check_clean, check_log};

/// Makes clients of one store ask, lose their token, and ask again.
async fn use_store(session: &mut Session, sandbox: &Sandbox, sharing: &TokenSharing) {
    let vendor = sandbox.altrata();
    session.show(sharing);
    let clients = [0, 1].map(|_| {
        builder(vendor)
            .token_store(sharing.clone())
            .build()
            .unwrap()
    });
    for round in 0..3 {
        for client in &clients {
            client.execute(GetPerson::new("x")).await.unwrap();
            session.show(client);
        }
        match round {
            0 => vendor.mint_token(),
            _ => vendor.fail_next(Endpoint::Api, Fault::ExpireTokens),
        }
    }
    assert!(vendor.counts().tokens_issued > 1, "{:?}", vendor.counts());
}

/// Every file under a folder, byte for byte.
fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_of_tokens_holds_no_secret() {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("canary-store-{}", std::process::id()));
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .unwrap();
    let sharing = TokenSharing::parse(&format!("file:{}", folder.display()));
    use_store(&mut session, &sandbox, &sharing.unwrap().unwrap()).await;
    let files = files(&folder);
    let all: Vec<u8> = files.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let text = String::from_utf8_lossy(&all);
    assert!(text.contains("\"sealed\""), "no token is stored: {text}");
    for (path, bytes) in files {
        check_clean(&path.display().to_string(), bytes);
    }
    std::fs::remove_dir_all(&folder).unwrap();
    check_log(&["token.refresh"]);
}

/// Connects to a server; its answers come as they are on the wire.
fn connect(url: &str) -> TcpStream {
    let address = url.strip_prefix("redis://").unwrap();
    let stream = TcpStream::connect(address).unwrap();
    let patience = Duration::from_millis(200);
    stream.set_read_timeout(Some(patience)).unwrap();
    stream
}

/// All that a server says until it has nothing more to say.
fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        said.extend_from_slice(&buffer[..read]);
    }
    said
}

/// A server's answer to one command.
fn ask(stream: &mut TcpStream, command: &str) -> Vec<u8> {
    stream
        .write_all(format!("{command}\r\n").as_bytes())
        .unwrap();
    rest(stream)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_server_is_told_no_secret() {
    let mut session = Session::start();
    let sandbox = Session::sandbox().await;
    let server = RedisServer::start().unwrap();
    let mut monitor = connect(&server.url());
    monitor.write_all(b"MONITOR\r\n").unwrap();
    let store = RedisStore::new(&server.url()).unwrap();
    session.show(&store);
    use_store(&mut session, &sandbox, &TokenSharing::from(store)).await;

    let told = rest(&mut monitor);
    let text = String::from_utf8_lossy(&told);
    assert!(text.contains("sealed"), "no token was stored: {text}");
    check_clean("what Redis was told", &told);
    let mut client = connect(&server.url());
    let keys = ask(&mut client, "KEYS *");
    check_clean("a name in Redis", &keys);
    let keys = String::from_utf8(keys).unwrap();
    let keys: Vec<&str> = keys
        .lines()
        .filter(|it| !it.starts_with(['*', '$']))
        .collect();
    assert!(!keys.is_empty(), "nothing is stored");
    for key in keys {
        let value = ask(&mut client, &format!("GET {key}"));
        assert!(!value.starts_with(b"-"), "{key} is no text");
        check_clean(key, value);
    }
    check_log(&["token.refresh"]);
}
