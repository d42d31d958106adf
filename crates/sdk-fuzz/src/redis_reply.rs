//! Replies of Redis to a token store: of a server that is broken, or of somebody else.

use std::error::Error;
use std::time::Duration;

use sdk_auth::{
    Lease, RedisStore, StoreError, StoreFailure, StoreKey, TokenEndpoint, TokenRecord, TokenStore,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink};
use tokio::net::{TcpListener, TcpStream};

use crate::refused::CANARY;

/// What stands between two replies of a case. A reply ends with the first two of these bytes.
const BETWEEN: &[u8] = b"\n\n";

/// A server repeats it when it does not know `AUTH`.
const PASSWORD: &str = "canary-password";

/// How long to listen for hints, which nobody need ever give.
const LISTENS: Duration = Duration::from_millis(5);

/// The first line says what the store is asked for; the rest are replies, with an empty line between two.
///
/// The server answers each command with the next reply, and hangs up. Whatever it says, the store gives what a
/// whole reply says, or an error of its kinds that repeats nothing of it.
///
/// # Panics
///
/// When that does not hold.
#[expect(
    clippy::expect_used,
    reason = "without a server nothing can be checked"
)]
pub fn check(bytes: &[u8]) {
    let (asked, replies) = crate::first_line(bytes);
    // Of its own, so that a connection of one case does not reach into the next.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let url = format!("redis://:{PASSWORD}@{address}");
        let store = RedisStore::new(&url).expect("a store");
        let greets = asked == b"greeting";
        let replies = split(replies);
        let first = replies.first().cloned().unwrap_or_default();
        tokio::spawn(serve(listener, replies, greets));
        ask(&store, asked, &first).await;
    });
}

/// Asks the store; `reply` is the first that it gets.
async fn ask(store: &RedisStore, asked: &[u8], reply: &[u8]) {
    let url = "https://auth.example.com/token".parse();
    let Ok(url) = url else { return };
    let key = StoreKey::new(&TokenEndpoint::new(url), "ada");
    let told = elements(reply);
    match asked {
        b"greeting" => {
            let error = store.load(&key).await.err();
            let mut cause = error.as_ref().map(|it| it as &dyn Error);
            while let Some(error) = cause {
                let shown = format!("{error} {error:?}");
                assert!(!shown.contains(PASSWORD), "{shown}");
                cause = error.source();
            }
            assert!(error.is_none_or(|it| it.is_transient()));
        }
        b"load" => {
            let loaded = store.load(&key).await.map_err(failure);
            if let Some([text]) = told.as_deref() {
                let read = text.map(TokenRecord::from_json).transpose();
                assert_eq!(loaded, read);
            }
        }
        b"holder" => {
            let holder = store.holder(&key).await.map_err(failure);
            if let Some([owner]) = told.as_deref() {
                let text = owner.map(std::str::from_utf8).transpose();
                let name = |text: &str| Some(text.split_once(' ')?.1.to_owned());
                let read = text.map(|it| it.and_then(name));
                assert_eq!(holder, read.map_err(|_| StoreFailure::Unavailable));
            }
        }
        b"lease" => {
            let leased = store.lease(&key, "a process").await.map_err(failure);
            let fence = leased.as_ref().map(|it| it.as_ref().map(Lease::fence));
            if let Some(number) = whole_number(reply) {
                assert_eq!(fence, Ok(Some(number)));
            }
            if let Ok(Some(lease)) = leased {
                use_lease(store, &key, lease).await;
            }
        }
        b"publish" => use_lease(store, &key, Lease::new(7)).await,
        b"changed" => {
            let told = tokio::time::timeout(LISTENS, store.changed(&key)).await;
            assert!(matches!(told, Ok(Ok(())) | Err(_)));
        }
        _ => {}
    }
}

async fn use_lease(store: &RedisStore, key: &StoreKey, lease: Lease) {
    let record = TokenRecord::default();
    let _ = store.publish(key, &lease, &record).await.map_err(failure);
    let _ = store.release(key, lease).await.map_err(failure);
}

/// What an error says is wrong, once its words have been looked at.
#[expect(
    clippy::needless_pass_by_value,
    reason = "an outcome's error is turned into its failure"
)]
fn failure(error: StoreError) -> StoreFailure {
    let shown = error.to_string();
    assert!(!shown.contains(CANARY), "{shown}");
    let failure = error.failure();
    assert!(
        matches!(
            failure,
            StoreFailure::Unavailable | StoreFailure::Damaged | StoreFailure::NewerVersion
        ),
        "{failure:?}"
    );
    failure
}

/// Answers one command on each connection, until there are no more replies.
async fn serve(listener: TcpListener, replies: Vec<Vec<u8>>, greets: bool) {
    for reply in replies {
        let Ok((stream, _)) = listener.accept().await else {
            return;
        };
        tokio::spawn(answer(stream, reply, greets));
    }
}

/// Lets a client in, unless that is to be answered already; answers what it asks, and hangs up.
async fn answer(mut stream: TcpStream, reply: Vec<u8>, greets: bool) -> Option<()> {
    let mut buffer = [0; 4096];
    loop {
        let read = stream
            .read(&mut buffer)
            .await
            .ok()
            .filter(|read| *read > 0)?;
        let asked = buffer.get(..read)?;
        let greetings = greetings(asked);
        if greetings == 0 || greets {
            break;
        }
        let welcome = b"+OK\r\n".repeat(greetings);
        stream.write_all(&welcome).await.ok()?;
    }
    stream.write_all(&reply).await.ok()?;
    stream.shutdown().await.ok()?;
    copy(&mut stream, &mut sink()).await.ok().map(drop)
}

/// How many commands of a client are about itself.
fn greetings(asked: &[u8]) -> usize {
    let count = |name: &[u8]| asked.windows(name.len()).filter(|it| *it == name).count();
    count(b"\r\nSETINFO\r\n") + count(b"\r\nAUTH\r\n") + count(b"\r\nHELLO\r\n")
}

/// The replies of a case.
fn split(replies: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = replies;
    let mut found = Vec::new();
    while let Some(place) = rest.windows(2).position(|it| it == BETWEEN) {
        let (reply, after) = rest.split_at(place + 1);
        found.push(reply.to_vec());
        rest = after.get(1..).unwrap_or_default();
    }
    found.push(rest.to_vec());
    found
}

/// The elements of a whole reply that is one array of texts and nothing else.
fn elements(reply: &[u8]) -> Option<Vec<Option<&[u8]>>> {
    let (count, mut rest) = number(reply.strip_prefix(b"*")?)?;
    let mut found = Vec::new();
    for _ in 0..count {
        if let Some(after) = rest.strip_prefix(b"$-1\r\n") {
            found.push(None);
            rest = after;
            continue;
        }
        let (length, after) = number(rest.strip_prefix(b"$")?)?;
        let (text, after) = after.split_at_checked(usize::try_from(length).ok()?)?;
        found.push(Some(text));
        rest = after.strip_prefix(b"\r\n")?;
    }
    rest.is_empty().then_some(found)
}

/// A whole reply that is one number.
fn whole_number(reply: &[u8]) -> Option<u64> {
    let (number, rest) = number(reply.strip_prefix(b":")?)?;
    (rest.is_empty() && i64::try_from(number).is_ok()).then_some(number)
}

/// A number of digits alone, to the end of its line.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let end = text.windows(2).position(|it| it == b"\r\n")?;
    let (digits, rest) = text.split_at(end);
    let all = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok().filter(|_| all)?;
    Some((digits.parse().ok()?, rest.get(2..)?))
}
